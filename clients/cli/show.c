#include "clients/cli/show.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/check.h"
#include "clients/cli/exit.h"
#include "clients/cli/record_words.h"
#include "clients/http/screen.h"
#include "crypto/qr.h"
#include "domain/record.h"

enum { CELL_BYTES = 1024, RECORDS_SHOWN = 10, COLUMNS_MAX = 12, LABEL_COLUMNS = 14, QR_ARENA_BYTES = 256 * 1024 };

/* -- values ------------------------------------------------------------------------------------ */

static const char *colour_word(const char *colour, bool english)
{
    static const struct {
        const char *code, *zh;
    } words[] = {{"green", "绿"}, {"yellow", "黄"}, {"red", "红"}, {"none", "无"}};

    for (size_t i = 0; i < sizeof words / sizeof words[0] && !english; i++) {
        if (strcmp(colour, words[i].code) == 0)
            return words[i].zh;
    }
    return colour;
}

static void show_trade(const char *code, bool english, char *into, size_t bytes)
{
    uint16_t number;
    const struct trade *trade =
        err_is(trade_parse(text_of(code), NULL, &number)) ? NULL : trade_find(number);

    snprintf(into, bytes, "%s%s%s", code, trade != NULL ? " " : "",
             trade == NULL ? "" : english ? trade->en : trade->zh);
}

void show_value(const char *field, const json_t *value, bool english, char *into, size_t bytes)
{
    const char *text = json_string_value(value);
    char *dumped;

    if (value == NULL || json_is_null(value)) {
        snprintf(into, bytes, "-");
    } else if (json_is_object(value) && strcmp(field, "body") == 0) {
        record_body_show(value, english, into, bytes);
    } else if (text != NULL && strcmp(field, "kind") == 0) {
        snprintf(into, bytes, "%s", record_word(field, text, english));
    } else if (text != NULL && strcmp(field, "action") == 0) {
        snprintf(into, bytes, "%s", deed_word(text, english));
    } else if (text != NULL && strcmp(field, "trade") == 0) {
        show_trade(text, english, into, bytes);
    } else if (text != NULL && strstr(field, "colour") != NULL) {
        snprintf(into, bytes, "%s", colour_word(text, english));
    } else if (text != NULL && strlen(text) == 32 && text[10] == 'T') {
        snprintf(into, bytes, "%.10s %.8s", text, text + 11); /* an instant, to the second */
    } else if (text != NULL) {
        snprintf(into, bytes, "%s", text);
    } else {
        dumped = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        snprintf(into, bytes, "%s", dumped != NULL ? dumped : "");
        free(dumped);
    }
}

const char *show_label(const char *field, bool english)
{
    static const struct {
        const char *field, *zh;
    } labels[] = {
        {"id", "编号"},           {"version", "版本"},      {"kind", "类别"},
        {"name", "名称"},         {"region", "区划"},       {"org", "单位"},
        {"site", "工地"},         {"state", "状态"},        {"rule", "书面规则"},
        {"uscc", "信用代码"},     {"permit_state", "许可证"}, {"permit_until", "许可证止"},
        {"accreditations", "培训资质"}, {"recorded_at", "登记时间"}, {"rectification", "整改名单"},
        {"direction", "方向"},    {"zone", "区域"},         {"role", "角色"},
        {"device", "闸机"},       {"label", "说明"},        {"key_prefix", "密钥前缀"},
        {"document_type", "证件类型"}, {"document_number", "证件号码"}, {"phone", "手机"},
        {"engagements", "用工"},  {"number", "编号"},       {"import", "导入"},
        {"rows", "总行数"},       {"done", "已处理"},       {"refused", "被拒"},
        {"started_at", "开始"},   {"ended_at", "结束"},     {"worker", "工号"},
        {"account", "账号"},      {"title", "标题"},        {"effective", "生效"},
        {"until", "止"},          {"erased", "已删除"},     {"reason", "原因"},
        {"scope", "范围"},        {"colour", "颜色"},       {"on", "日期"},
        {"policy", "政策"},       {"disputes", "有异议的记录"}, {"round", "第几次"},
        {"filed_at", "提交"},     {"due", "答复期限"},      {"overdue", "逾期"},
        {"answered_at", "答复时间"}, {"mended_by", "更正记录"}, {"words", "申诉理由"},
        {"answer", "答复"},       {"on_behalf_by", "代申诉单位"}, {"due_certain", "期限确定"},
        {"year", "年"},           {"from", "起"},           {"asked_by", "申请人账号"},
        {"named", "待签字账号"},  {"signed_by", "签字账号"}, {"record", "记录版本"},
        {"asked_at", "申请时间"}, {"expires_at", "签字期限"}, {"evidence", "依据材料"},
    };

    for (size_t i = 0; i < sizeof labels / sizeof labels[0] && !english; i++) {
        if (strcmp(field, labels[i].field) == 0)
            return labels[i].zh;
    }
    return field;
}

/* Where a command means another thing by the same name. */
static const char *label_of(const struct session *s, const char *field)
{
    if (!s->reach.english && strcmp(s->command->verb, "reminder") == 0 && strcmp(field, "due") == 0)
        return "日期";
    return show_label(field, s->reach.english);
}

void show_pair(const char *label, const char *value)
{
    fputs("  ", stdout);
    screen_pad(stdout, label, LABEL_COLUMNS);
    printf(" %s\n", value);
}

/* -- objects and lists --------------------------------------------------------------------------- */

static void show_engagements(const json_t *list, bool english)
{
    const json_t *one;
    size_t i;

    json_array_foreach(list, i, one) {
        char line[CELL_BYTES], trade[64];

        show_trade(json_string_at(one, "trade"), english, trade, sizeof trade);
        snprintf(line, sizeof line, english ? "org %lld, site %lld, %s, %s, from %s, version %lld"
                                            : "单位 %lld，工地 %lld，%s，%s，%s 起，版本 %lld",
                 (long long)json_int_at(one, "org"), (long long)json_int_at(one, "site"), trade,
                 json_string_at(one, "role"), json_string_at(one, "from"),
                 (long long)json_int_at(one, "version"));
        show_pair(i == 0 ? show_label("engagements", english) : "", line);
    }
}

int show_object(struct session *s, const json_t *answer)
{
    bool english = s->reach.english;
    const char *field;
    json_t *value;

    if (s->as_json)
        return CLI_DONE;
    json_object_foreach((json_t *)(uintptr_t)answer, field, value) {
        char text[4096];

        if (strcmp(field, "engagements") == 0) {
            show_engagements(value, english);
            continue;
        }
        show_value(field, value, english, text, sizeof text);
        show_pair(label_of(s, field), text);
    }
    return CLI_DONE;
}

static void show_row(const struct column *columns, const unsigned *widths, const json_t *row,
                     bool english)
{
    char cell[CELL_BYTES];

    for (unsigned i = 0; columns[i].field != NULL; i++) {
        if (row == NULL)
            snprintf(cell, sizeof cell, "%s", english ? columns[i].en : columns[i].zh);
        else
            show_value(columns[i].field, json_object_get(row, columns[i].field), english, cell,
                       sizeof cell);
        if (columns[i + 1].field != NULL)
            screen_pad(stdout, cell, widths[i] + 2);
        else
            printf("%s\n", cell);
    }
}

static void measure(const struct column *columns, const json_t *items, bool english,
                    unsigned widths[COLUMNS_MAX])
{
    const json_t *row;
    char cell[CELL_BYTES];
    size_t i;

    for (unsigned c = 0; columns[c].field != NULL; c++) {
        CHECK(c < COLUMNS_MAX);
        widths[c] = screen_width(english ? columns[c].en : columns[c].zh);
        json_array_foreach(items, i, row) {
            unsigned width;

            show_value(columns[c].field, json_object_get(row, columns[c].field), english, cell,
                       sizeof cell);
            width = screen_width(cell);
            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
}

int show_list(struct session *s, const json_t *answer)
{
    const json_t *items = json_object_get(answer, "items"), *row;
    const char *next = json_string_at(answer, "next");
    bool english = s->reach.english;
    unsigned widths[COLUMNS_MAX];
    size_t i;

    if (s->as_json)
        return CLI_DONE;
    measure(s->command->columns, items, english, widths);
    show_row(s->command->columns, widths, NULL, english);
    json_array_foreach(items, i, row) {
        show_row(s->command->columns, widths, row, english);
    }
    (void)fflush(stdout); /* so that what follows on standard error stands below */
    if (next[0] != '\0')
        fprintf(stderr, english ? "More follow: --after %s, or --all\n"
                                : "后面还有：--after %s，或 --all 取全部\n",
                next);
    return CLI_DONE;
}

int show_raw(struct session *s, const json_t *answer)
{
    if (!s->as_json) {
        json_dumpf(answer, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    return CLI_DONE;
}

/* -- writes ------------------------------------------------------------------------------------------ */

int show_written(struct session *s, const json_t *answer)
{
    int64_t id = json_int_at(answer, "id");

    if (!s->as_json)
        printf(s->reach.english ? "done: number %lld, version %lld, %s\n"
                                : "已完成：编号 %lld，版本 %lld，状态 %s\n",
               (long long)(id != 0 ? id : json_int_at(answer, "number")),
               (long long)json_int_at(answer, "version"), json_string_at(answer, "state"));
    return CLI_DONE;
}

/* Into the file that was made for it before the request (remote.c). */
static int keep_key(struct session *s, const char *key)
{
    s->kept = dprintf(s->save_fd, "%s\n", key) > 0 && fsync(s->save_fd) == 0;
    if (!s->kept) {
        perror(s->save);
        printf("%s\n", key); /* rather on the screen than nowhere */
        return CLI_INPUT;
    }
    if (!s->as_json)
        printf(s->reach.english ? "  the key is in %s\n" : "  密钥已存入 %s\n", s->save);
    return CLI_DONE;
}

int show_key(struct session *s, const json_t *answer)
{
    const char *key = json_string_at(
        answer, json_object_get(answer, "secret") != NULL ? "secret" : "key");
    int64_t id = json_int_at(answer, "id");
    bool english = s->reach.english;

    if (s->as_json)
        return s->save != NULL && key[0] != '\0' ? keep_key(s, key) : CLI_DONE;
    printf(english ? "done: number %lld\n" : "已完成：编号 %lld\n",
           (long long)(id != 0 ? id : json_int_at(answer, "worker")));
    if (key[0] == '\0') {
        printf("  %s\n", json_string_at(answer, "hint"));
        return CLI_NEGATIVE;
    }
    if (s->save != NULL)
        return keep_key(s, key);
    printf(english ? "  key, shown this once: %s\n" : "  密钥（只显示这一次）：%s\n", key);
    return CLI_DONE;
}

static void show_refused(size_t place, const json_t *item, bool english)
{
    printf(english ? "  item %zu refused: %s [%s] %s\n" : "  第 %zu 项被拒：%s [%s] %s\n",
           place + 1, json_string_at(item, "title"), json_string_at(item, "pointer"),
           json_string_at(item, "expected"));
}

int show_items(struct session *s, const json_t *answer)
{
    const json_t *items = json_object_get(answer, "items"), *item;
    int64_t refused = json_int_at(answer, "refused");
    bool english = s->reach.english;
    size_t i;

    if (s->as_json)
        return refused > 0 ? CLI_NEGATIVE : CLI_DONE;
    if (items == NULL) {
        printf(english ? "done: worker %lld, version %lld\n" : "已登记：工号 %lld，版本 %lld\n",
               (long long)json_int_at(answer, "worker"), (long long)json_int_at(answer, "version"));
        return CLI_DONE;
    }
    json_array_foreach(items, i, item) {
        if (json_int_at(item, "status") >= 300)
            show_refused(i, item, english);
    }
    printf(english ? "accepted %lld, refused %lld\n" : "通过 %lld 项，被拒 %lld 项\n",
           (long long)json_int_at(answer, "accepted"), (long long)refused);
    return refused > 0 ? CLI_NEGATIVE : CLI_DONE;
}

/* -- the colour and the code -------------------------------------------------------------------------- */

/* "违章 第12号（2026-11-01）、…" */
static void show_rests(const json_t *records, bool english)
{
    char line[CELL_BYTES];
    struct build out = build_over(line, sizeof line);
    const json_t *record;
    size_t i;

    json_array_foreach(records, i, record) {
        if (i == RECORDS_SHOWN)
            break;
        build_format(&out, english ? "%s%s, record %lld (%s)" : "%s%s 第%lld号（%s）",
                     i == 0 ? "" : english ? "; " : "、",
                     record_word("kind", json_string_at(record, "kind"), english),
                     (long long)json_int_at(record, "version"), json_string_at(record, "on"));
    }
    if (json_array_size(records) > RECORDS_SHOWN)
        build_format(&out, english ? "; %zu in all" : " 等共 %zu 条", json_array_size(records));
    if (json_array_size(records) == 0)
        build_string(&out, english ? "none of the kind is there" : "没有这类记录");
    show_pair(english ? "  rests on" : "  所据记录", line);
}

static void show_points(const json_t *reason, bool english)
{
    double points = json_number_value(json_object_get(reason, "points"));
    const json_t *required = json_object_get(reason, "required");
    char line[CELL_BYTES];

    if (json_object_get(reason, "points") == NULL)
        return;
    if (required != NULL)
        snprintf(line, sizeof line, english ? "%g, of %g that are asked for" : "%g 分（须达到 %g 分）",
                 points, json_number_value(required));
    else
        snprintf(line, sizeof line,
                 english ? "%g (yellow from %g, red from %g)" : "%g 分（满 %g 分黄码，满 %g 分红码）", points,
                 json_number_value(json_object_get(reason, "yellow")),
                 json_number_value(json_object_get(reason, "red")));
    show_pair(english ? "  points" : "  计分", line);
}

static void show_reason(const json_t *reason, bool english)
{
    const json_t *basis;
    size_t i;
    const char *what = json_string_at(reason, "what");
    const char *until = json_string_at(reason, "until");
    const char *scope = json_string_at(reason, "scope");

    printf("  [%s] %s\n", colour_word(json_string_at(reason, "colour"), english),
           what[0] != '\0' ? what : json_string_at(reason, "text"));
    if (json_object_get(reason, "rests_on") != NULL)
        show_rests(json_object_get(reason, "rests_on"), english);
    show_points(reason, english);
    if (strcmp(json_string_at(reason, "missing"), "birth_date") == 0)
        show_pair(english ? "  missing" : "  缺少", english ? "birth date" : "出生日期");
    show_pair(english ? "  to do" : "  怎么办", json_string_at(reason, "remedy"));
    show_pair(english ? "  ask" : "  找谁", json_string_at(reason, "help"));
    if (json_string_at(reason, "since")[0] != '\0')
        show_pair(english ? "  since" : "  自", json_string_at(reason, "since"));
    if (until[0] != '\0')
        show_pair(english ? "  until" : "  至", until);
    if (scope[0] != '\0') { /* by these two it is appealed against */
        char code[64];

        snprintf(code, sizeof code, "%s, %s", json_string_at(reason, "code"), scope);
        show_pair(english ? "  code" : "  代码", code);
    }
    json_array_foreach(json_object_get(reason, "basis"), i, basis) {
        show_pair(i > 0 ? "" : english ? "  basis" : "  依据", json_string_at(basis, "text"));
    }
}

/* What stands beside the colour: appeals that wait, praise, and that one may appeal. */
static void show_rights(const json_t *answer, bool english)
{
    const json_t *reasons = json_object_get(answer, "reasons"), *appeal;
    const json_t *stars = json_object_get(answer, "stars");
    size_t i;

    json_array_foreach(json_object_get(answer, "appeals"), i, appeal)
        printf(english ? "\n  appeal %lld (%s) is answered by %s\n"
                       : "\n  申诉 %lld（%s）正在处理，答复期限 %s\n",
               (long long)json_int_at(appeal, "id"), json_string_at(appeal, "reason"),
               json_string_at(appeal, "due"));
    if (json_int_at(stars, "count") > 0)
        printf(english ? "\n  safe-behaviour stars: %lld points\n" : "\n  安全行为之星：%lld 分\n",
               (long long)json_int_at(stars, "points"));
    if (json_array_size(reasons) > 0)
        printf(english ? "\n%s (jianan appeal file)\n" : "\n%s（jianan appeal file）\n",
               json_string_at(json_array_get(reasons, 0), "appeal"));
}

int show_colour(struct session *s, const json_t *answer)
{
    bool english = s->reach.english;
    const json_t *reason;
    char text[CELL_BYTES];
    size_t i;

    if (s->as_json)
        return CLI_DONE;
    printf(english ? "Worker %lld on %s\n" : "工号 %lld，%s\n",
           (long long)json_int_at(answer, "worker"), json_string_at(answer, "on"));
    show_pair(english ? "person" : "个人",
              colour_word(json_string_at(answer, "person_colour"), english));
    show_value("colour_here", json_object_get(answer, "colour_here"), english, text, sizeof text);
    show_pair(english ? "at this post" : "在此岗位", text);
    show_pair(english ? "policy" : "政策", json_string_at(answer, "policy"));
    show_value("next_change", json_object_get(answer, "next_change"), english, text, sizeof text);
    show_pair(english ? "next change" : "下次变化", text);
    json_array_foreach(json_object_get(answer, "reasons"), i, reason) {
        putchar('\n');
        show_reason(reason, english);
    }
    show_rights(answer, english);
    return CLI_DONE;
}

int show_code(struct session *s, const json_t *answer)
{
    bool english = s->reach.english;
    const json_t *reason;
    struct arena arena;
    struct text lines;
    struct qr qr;
    char until[64];
    size_t i;

    if (s->as_json)
        return CLI_DONE;
    arena_init(&arena, QR_ARENA_BYTES);
    if (!err_is(qr_make(text_of(json_string_at(answer, "code")), &arena, &qr)) &&
        !err_is(qr_terminal(&qr, &arena, &lines)))
        printf("%.*s", (int)lines.bytes, lines.at);
    arena_clear(&arena);
    if (json_object_get(answer, "short") != NULL)
        show_pair(english ? "digits" : "数字短码", json_string_at(answer, "short"));
    if (json_object_get(answer, "cred") != NULL)
        show_pair(english ? "cred" : "离线凭证", json_string_at(answer, "cred"));
    show_value("expires_at", json_object_get(answer, "expires_at"), english, until, sizeof until);
    show_pair(english ? "colour" : "颜色", colour_word(json_string_at(answer, "colour"), english));
    show_pair(english ? "valid until" : "有效至", until);
    json_array_foreach(json_object_get(answer, "reasons"), i, reason) {
        show_reason(reason, english);
    }
    return CLI_DONE;
}
