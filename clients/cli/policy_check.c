/* clients/cli/policy_check.c: `jianan policy check FILE…` judges documents as the server would,
 * without one, and says what is wrong with them although their format is right; with --examples it
 * prints people instead, one for each reason and colour. */
#include "domain/policy_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "clients/cli/command.h"
#include "clients/cli/exit.h"
#include "clients/cli/json_file.h"
#include "domain/record.h"

enum { ARENA_BYTES = 48 << 20, OUT_BYTES = 64 << 20 };

struct checking {
    bool english, as_json, examples;
    int status; /* of all files so far */
};

/* One file, read and judged. */
struct checked {
    const char *file;
    struct text json;
    struct err e;
    int line, column; /* where it stops being JSON; 0: it is */
    struct policy_document document;
    struct policy_report report;
};

/* -- for people ------------------------------------------------------------------------------- */

const char *finding_class_word(const char *class, bool english)
{
    static const char *const words[][2] = {
        {"contradiction", "矛盾"}, {"gap", "缺口"}, {"unreachable", "用不到"}, {"text", "文字"},
    };

    for (size_t i = 0; !english && i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i][0], class) == 0)
            return words[i][1];
    }
    return class;
}

/* What is wrong with a file; the errors' own words speak of a request. */
static const char *fault_of(const struct checked *c, bool english)
{
    const struct err_row *row = err_row(c->e.code);

    if (c->e.code == ERR_JSON_SYNTAX)
        return json_file_fault(c->json, english);
    return english ? row->en : row->zh;
}

static void say_invalid(const struct checked *c, bool english)
{
    fprintf(stderr, "%s", c->file);
    if (c->line > 0)
        fprintf(stderr, ":%d:%d", c->line, c->column);
    fprintf(stderr, "%s%s\n", english ? ": " : "：", fault_of(c, english));
    if (c->e.field != NULL)
        fprintf(stderr, english ? "  at %s" : "  位置 %s", c->e.field[0] != '\0' ? c->e.field : "/");
    if (c->e.expected != NULL)
        fprintf(stderr, english ? ", expected: %s" : "，应为：%s", c->e.expected);
    if (c->e.field != NULL || c->e.expected != NULL)
        fputc('\n', stderr);
}

static const char *day_of(const struct checked *c, char day[DAY_TEXT_BYTES])
{
    return day_format(c->report.on, day).at;
}

static void say_finding(const struct policy_finding *f, unsigned number, bool english)
{
    printf("\n  %u. %s  %s\n     %s\n     %s%.*s\n", number,
           finding_class_word(finding_class(f->kind), english), f->at, english ? f->en : f->zh,
           english ? "For example: " : "示例：", (int)f->person.bytes, f->person.at);
}

static void say_report(const struct checked *c, bool english)
{
    const struct policy *policy = &c->document.policy;
    unsigned count = c->report.finding_count;
    char day[DAY_TEXT_BYTES];

    printf(english ? "%s is a valid policy: number %u, %s, region \"%s\"\n"
                   : "%s 有效：编号 %u，%s，区划“%s”\n",
           c->file, (unsigned)policy->number,
           english ? c->document.title_en : c->document.title_zh, policy->region);
    if (count == 0) {
        puts(english ? "  Nothing to mend was found." : "  没有发现需要修改的地方。");
        return;
    }
    printf(english ? "  %u to look at. To see an example judged: jianan score --policy %s --on %s\n"
                   : "  有 %u 处需要看一看。把示例交给 jianan score --policy %s --on %s 可以看到判定结果\n",
           count, c->file, day_of(c, day));
    for (unsigned i = 0; i < count; i++)
        say_finding(&c->report.findings[i], i + 1, english);
}

static void say_examples(const struct checked *c, bool english)
{
    char day[DAY_TEXT_BYTES];

    fprintf(stderr, english ? "%s: judged by jianan score --policy %s --on %s\n"
                            : "%s：用 jianan score --policy %s --on %s 判定\n",
            c->file, c->file, day_of(c, day));
    for (unsigned i = 0; i < c->report.example_count; i++)
        printf("%.*s\n", (int)c->report.examples[i].person.bytes, c->report.examples[i].person.at);
}

/* -- for programs ----------------------------------------------------------------------------- */

static void put_error(struct json_writer *w, const struct checked *c, bool english)
{
    struct err e = c->e;

    json_open_object(w, "error");
    json_put_string(w, "code", err_row(e.code)->code);
    if (c->line > 0) {
        json_put_int(w, "line", c->line);
        json_put_int(w, "column", c->column);
    }
    json_put_string(w, "field", e.field);
    json_put_string(w, "expected", e.expected);
    json_put_string(w, "message", fault_of(c, english));
    json_close_object(w);
}

static void put_examples(struct json_writer *w, const struct policy_report *report)
{
    json_open_array(w, "examples");
    for (unsigned i = 0; i < report->example_count; i++) {
        const struct policy_example *example = &report->examples[i];

        json_open_object(w, NULL);
        json_put_int(w, "rule", example->rule);
        json_put_string(w, "code", reason_name(example->code));
        json_put_string(w, "colour", colour_name(example->colour));
        json_put_raw(w, "example", example->person);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_document(struct json_writer *w, const struct checked *c)
{
    char day[DAY_TEXT_BYTES];

    json_put_int(w, "number", c->document.policy.number);
    json_put_string(w, "id", c->document.policy.id);
    json_put_string(w, "region", c->document.policy.region);
    json_put_string(w, "on", day_of(c, day));
}

/* One line a file. */
static void put_checked(const struct checking *how, const struct checked *c)
{
    char *at = malloc(OUT_BYTES);
    struct build out;
    struct json_writer w;

    CHECK_ALLOCATED(at);
    out = build_over(at, OUT_BYTES);
    w = json_writer_over(&out);
    json_open_object(&w, NULL);
    json_put_string(&w, "file", c->file);
    json_put_bool(&w, "valid", !err_is(c->e));
    if (err_is(c->e)) {
        put_error(&w, c, how->english);
    } else {
        put_document(&w, c);
        policy_findings_put(&w, "findings", &c->report);
        if (how->examples)
            put_examples(&w, &c->report);
    }
    json_close_object(&w);
    CHECK(!out.full); /* what it writes came out of the arena, which is smaller */
    puts(out.at);
    free(at);
}

/* -- files ------------------------------------------------------------------------------------ */

static void tell(const struct checking *how, const struct checked *c)
{
    if (how->as_json)
        put_checked(how, c);
    else if (err_is(c->e))
        say_invalid(c, how->english);
    else if (how->examples)
        say_examples(c, how->english);
    else
        say_report(c, how->english);
}

/* What is invalid weighs more than what is to be looked at. */
static void weigh(struct checking *how, const struct checked *c)
{
    if (err_is(c->e))
        how->status = CLI_INPUT;
    else if (c->report.finding_count > 0 && how->status == CLI_DONE)
        how->status = CLI_NEGATIVE;
}

static void check_file(struct checking *how, const char *file)
{
    struct checked c = {.file = file};
    struct arena arena;
    size_t bytes = 0;
    char *json = file_read(file, &bytes);

    if (json == NULL) {
        how->status = CLI_INPUT;
        return;
    }
    arena_init(&arena, ARENA_BYTES);
    c.json = (struct text){json, bytes};
    c.e = policy_compile(c.json, &arena, &c.document);
    if (!err_is(c.e))
        c.e = policy_check(&c.document, &arena, &c.report);
    else if (c.e.code == ERR_JSON_SYNTAX)
        json_error_place(c.json, &c.line, &c.column);
    tell(how, &c);
    weigh(how, &c);
    arena_clear(&arena);
    free(json);
}

int policy_check_main(const struct command *command, int argc, char **argv, bool english)
{
    struct checking how = {.english = english};
    int files = 0;

    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            how.as_json = true;
        } else if (strcmp(argv[i], "--examples") == 0) {
            how.examples = true;
        } else if (strncmp(argv[i], "--", 2) == 0) {
            fprintf(stderr, english ? "unknown option: %s\n" : "未知选项：%s\n", argv[i]);
            return CLI_USAGE;
        } else {
            files++;
        }
    }
    if (files == 0) {
        help_command(stderr, command, english);
        return CLI_USAGE;
    }
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0)
            check_file(&how, argv[i]);
    }
    return how.status;
}
