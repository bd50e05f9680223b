/* The shipped policy documents: what each says on both sides of its limits, with the decree that it
 * has them from; and `jianan policy check` and `jianan score` as programs over all of them. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/policy_edit.h"
#include "support/worked.h"

/* -- numbers ---------------------------------------------------------------------------------- */

/* Only the reasons that begin with `about` are looked at; `said` leaves out their days. */
struct limit {
    char document[40], source[48], name[72];
    char records[1400];
    uint16_t trade, role; /* no trade: no context; no role: a worker */
    char on[12], about[16], said[100];
};

#define JS "jiangsu-2023-05.json", "江苏2023-05"
#define MILDER "drafts/jiangsu-2023-05-milder.json", "江苏2023-05 另一种读法"
#define YC "yancheng-2023-05.json", "盐城2023"
#define SH "shanghai-2019-346.json", "沪建质安联〔2019〕346号"
#define NC "nanchang-2021-06.json", "南昌2021-06-11"
#define JZ "jingzhou-ages.json", "荆州"
#define CD "chengdu-2021-10.json", "成都2021-10-06"
#define SZ "shenzhen-2020.json", "深圳三年行动"
#define ZZ "drafts/zhengzhou-draft.json", "郑州征求意见稿"
#define CN "default.json"

#define MAN(born) "[" BORN(born, "M") "]"
#define WOMAN(born) "[" BORN(born, "F") "]"
#define TODAY "2026-11-21", "AGE"
#define PAPER(from) CERTIFICATE("T1", "02", "housing", from, "2036-01-01")
#define EXAMINED(born, on, more) "[" BORN(born, "M") "," EXAM(on, more) "]"
#define OLD_HAND(more) "[" ENROLLED("2020-01-01", "1980-05-01", "M") more "]"
#define TRANSFERRED(hours)                                                                       \
    "[" BORN("1980-05-01", "M") "," ENGAGED("2026-01-02", "030") "," ENDED("2026-06-01", "2") ","  \
    ENGAGED("2026-06-01", "040") "," TRAINED("2026-05-31", "transfer", hours, PASSED) "]"

static struct limit limits[] = {
    {CN, "劳动法15", "15 is red", MAN("2010-11-22"), 0, 0, TODAY, "AGE_UNDER red person"},
    {CN, "劳动法58", "16 is yellow", MAN("2010-11-21"), 0, 0, TODAY, "AGE_YELLOW yellow person"},
    {CN, "劳动法58", "17 is yellow", WOMAN("2008-11-22"), 0, 0, TODAY, "AGE_YELLOW yellow person"},
    {CN, "劳动法58", "18 is green", WOMAN("2008-11-21"), 0, 0, TODAY, ""},
    {CN, "建质〔2008〕75号", "a scaffolder of 17 is red", MAN("2008-11-22"), 30, 0, TODAY,
     "AGE_TRADE red trade; AGE_YELLOW yellow person"},
    {CN, "建质〔2008〕75号", "a scaffolder of 18 is green", MAN("2008-11-21"), 30, 0, TODAY, ""},
    {CN, "INF 年龄上限", "80 is green where no region says otherwise", MAN("1946-11-21"), 30, 0,
     TODAY, ""},
    {CN, "建市〔2019〕18号", "12 months less a day without data", "[" ENROLLED("2025-11-21", "1980-05-01", "M") "]",
     0, 0, "2026-11-20", "IDLE", ""},
    {CN, "建市〔2019〕18号", "12 months without data", "[" ENROLLED("2025-11-21", "1980-05-01", "M") "]", 0, 0,
     "2026-11-21", "IDLE", "IDLE_RETRAIN yellow person"},
    {CN, "建教〔1997〕83号", "19 hours before a new trade", TRANSFERRED("19"), 40, 0, "2026-11-21",
     "TRAIN_NONE", "TRAIN_NONE yellow person; TRAIN_NONE yellow trade"},
    {CN, "建教〔1997〕83号", "20 hours before a new trade", TRANSFERRED("20"), 40, 0, "2026-11-21",
     "TRAIN_NONE", "TRAIN_NONE yellow person"},
    {CN, "建质〔2008〕75号", "a certificate counts two years less a day",
     "[" BORN("1980-05-01", "M") "," PAPER("2024-11-22") "]", 30, 0, "2026-11-21", "CERT", ""},
    {CN, "建质〔2008〕75号", "a certificate counts two years, whatever it says",
     "[" BORN("1980-05-01", "M") "," PAPER("2024-11-21") "]", 30, 0, "2026-11-21", "CERT",
     "CERT_EXPIRED yellow trade"},
    {CN, "特种作业2年3次", "two violations in 24 months block nothing",
     "[" BORN("1980-05-01", "M") "," PAPER("2026-01-02") "," WRONG("2026-02-01", "1", "") ","
     WRONG("2026-03-01", "1", "") "]", 30, 0, "2026-11-21", "CERT", ""},
    {CN, "特种作业2年3次", "three violations in 24 months block a certificate",
     "[" BORN("1980-05-01", "M") "," PAPER("2026-01-02") "," WRONG("2026-02-01", "1", "") ","
     WRONG("2026-03-01", "1", "") "," WRONG("2026-04-01", "1", "") "]", 30, 0, "2026-11-21",
     "CERT", "CERT_SUSPENDED red trade"},

    {JS, "17 is red", MAN("2008-11-22"), 0, 0, TODAY, "AGE_UNDER red person"},
    {JS, "18 is green", MAN("2008-11-21"), 0, 0, TODAY, ""},
    {JS, "a man of 59 is green", MAN("1966-11-22"), 0, 0, TODAY, ""},
    {JS, "a man of 60 is yellow", MAN("1966-11-21"), 0, 0, TODAY, "AGE_YELLOW yellow person"},
    {JS, "a man of 64 is yellow", MAN("1961-11-22"), 0, 0, TODAY, "AGE_YELLOW yellow person"},
    {JS, "a man of 65 is red", MAN("1961-11-21"), 0, 0, TODAY, "AGE_RED red person"},
    {JS, "a woman of 54 is green", WOMAN("1971-11-22"), 0, 0, TODAY, ""},
    {JS, "a woman of 55 is yellow", WOMAN("1971-11-21"), 0, 0, TODAY, "AGE_YELLOW yellow person"},
    {JS, "a woman of 60 is red", WOMAN("1966-11-21"), 0, 0, TODAY, "AGE_RED red person"},

    {MILDER, "a man of 60 is green", MAN("1966-11-21"), 0, 0, TODAY, ""},
    {MILDER, "a man of 61 is yellow", MAN("1965-11-21"), 0, 0, TODAY, "AGE_YELLOW yellow person"},
    {MILDER, "a man of 65 is yellow", MAN("1961-11-21"), 0, 0, TODAY, "AGE_YELLOW yellow person"},
    {MILDER, "a man of 66 is red", MAN("1960-11-21"), 0, 0, TODAY, "AGE_RED red person"},
    {MILDER, "a woman of 55 is green", WOMAN("1971-11-21"), 0, 0, TODAY, ""},
    {MILDER, "a woman of 56 is yellow", WOMAN("1970-11-21"), 0, 0, TODAY,
     "AGE_YELLOW yellow person"},
    {MILDER, "a woman of 60 is yellow", WOMAN("1966-11-21"), 0, 0, TODAY,
     "AGE_YELLOW yellow person"},
    {MILDER, "a woman of 61 is red", WOMAN("1965-11-21"), 0, 0, TODAY, "AGE_RED red person"},

    {YC, "a man of 59 is green", MAN("1966-11-22"), 0, 0, TODAY, ""},
    {YC, "a man of 60 is yellow", MAN("1966-11-21"), 0, 0, TODAY, "AGE_YELLOW yellow person"},
    {YC, "a woman of 60 is red", WOMAN("1966-11-21"), 0, 0, TODAY, "AGE_RED red person"},
    {YC, "59 study points are yellow",
     "[" BORN("1980-05-01", "M") "," STUDIED("2026-01-07", "59") "]", 0, 0, "2026-11-21",
     "TRAIN_POINTS", "TRAIN_POINTS yellow person"},
    {YC, "60 study points are enough",
     "[" BORN("1980-05-01", "M") "," STUDIED("2026-01-07", "60") "]", 0, 0, "2026-11-21",
     "TRAIN_POINTS", ""},

    {SH, "17 is red", MAN("2008-11-22"), 0, 0, TODAY, "AGE_UNDER red person"},
    {SH, "a man of 59 is green", MAN("1966-11-22"), 40, 0, TODAY, ""},
    {SH, "a man of 60 is red", MAN("1966-11-21"), 40, 0, TODAY, "AGE_RED red person"},
    {SH, "a woman of 49 is green", WOMAN("1976-11-22"), 40, 0, TODAY, ""},
    {SH, "a woman of 50 is red", WOMAN("1976-11-21"), 40, 0, TODAY, "AGE_RED red person"},
    {SH, "a scaffolder of 54 is green", MAN("1971-11-22"), 30, 0, TODAY, ""},
    {SH, "a scaffolder of 55 is red", MAN("1971-11-21"), 30, 0, TODAY, "AGE_TRADE red trade"},
    {SH, "a concrete worker of 55 is green", MAN("1971-11-21"), 40, 0, TODAY, ""},
    {SH, "a scaffolding woman of 44 is green", WOMAN("1981-11-22"), 30, 0, TODAY, ""},
    {SH, "a scaffolding woman of 45 is red", WOMAN("1981-11-21"), 30, 0, TODAY,
     "AGE_TRADE red trade"},

    {NC, "a scaffolder of 59 is green", MAN("1966-11-22"), 30, 0, TODAY, ""},
    {NC, "a scaffolder of 60 is red", MAN("1966-11-21"), 30, 0, TODAY, "AGE_TRADE red trade"},
    {NC, "a labouring woman of 49 is green", WOMAN("1976-11-22"), 390, 0, TODAY, ""},
    {NC, "a labouring woman of 50 is red", WOMAN("1976-11-21"), 390, 0, TODAY,
     "AGE_TRADE red trade"},
    {NC, "a concrete worker of 60 is green", MAN("1966-11-21"), 40, 0, TODAY, ""},
    {NC, "without a trade nobody is too old", MAN("1946-11-21"), 0, 0, TODAY, ""},

    {JZ, "a worker of 60 is not over 60", MAN("1965-11-22"), 40, 0, TODAY, ""},
    {JZ, "a worker of 61 is", MAN("1965-11-21"), 40, 0, TODAY, "AGE_TRADE red role"},
    {JZ, "a woman of 55 is not over 55", WOMAN("1970-11-22"), 40, 0, TODAY, ""},
    {JZ, "a woman of 56 is", WOMAN("1970-11-21"), 40, 0, TODAY, "AGE_TRADE red role"},
    {JZ, "a project manager of 61 is green", MAN("1965-11-21"), 900, ROLE_PROJECT_MANAGER, TODAY,
     ""},
    {JZ, "a project manager of 65 is not over 65", MAN("1960-11-22"), 900, ROLE_PROJECT_MANAGER,
     TODAY, ""},
    {JZ, "a project manager of 66 is", MAN("1960-11-21"), 900, ROLE_PROJECT_MANAGER, TODAY,
     "AGE_TRADE red role"},
    {JZ, "a supervisor of 66 is red", WOMAN("1960-11-21"), 900, ROLE_SUPERVISOR, TODAY,
     "AGE_TRADE red role"},
    {JZ, "a manager of 66 is not advised", MAN("1960-11-21"), 900, ROLE_MANAGER, TODAY,
     "AGE_TRADE yellow role"},
    {JZ, "a manager of 65 is green", MAN("1960-11-22"), 900, ROLE_MANAGER, TODAY, ""},
    {JZ, "17 is red at any post", MAN("2008-11-22"), 900, ROLE_MANAGER, TODAY,
     "AGE_UNDER red person"},

    {CD, "60 needs no certificate", MAN("1965-11-22"), 40, 0, TODAY, ""},
    {CD, "61 without an exam is yellow", MAN("1965-11-21"), 40, 0, TODAY,
     "AGE_YELLOW yellow person"},
    {CD, "61 with an exam of the last year is green",
     EXAMINED("1965-11-21", "2025-11-22", CLEAN), 40, 0, TODAY, ""},
    {CD, "61 with an exam of a year ago is yellow",
     EXAMINED("1965-11-21", "2025-11-21", CLEAN ",\"valid_until\":\"2030-01-01\""), 40, 0, TODAY,
     "AGE_YELLOW yellow person"},
    {CD, "61 with an exam that asks for a recheck is yellow",
     EXAMINED("1965-11-21", "2026-11-01", "\"conclusion\":\"recheck\""), 40, 0, TODAY,
     "AGE_YELLOW yellow person"},
    {CD, "no exam opens a high-risk trade at 61",
     EXAMINED("1965-11-21", "2026-11-01", CLEAN), 30, 0, TODAY, "AGE_TRADE red trade"},
    {CD, "a scaffolder of 60 is green", MAN("1965-11-22"), 30, 0, TODAY, ""},
    {CD, "17 is yellow, exam or not", EXAMINED("2008-11-22", "2026-11-01", CLEAN), 40, 0, TODAY,
     "AGE_YELLOW yellow person"},

    {SZ, "a man of 59 is green", MAN("1966-11-22"), 40, 0, TODAY, ""},
    {SZ, "a man of 60 is red", MAN("1966-11-21"), 40, 0, TODAY, "AGE_RED red person"},
    {SZ, "a woman of 49 is green", WOMAN("1976-11-22"), 40, 0, TODAY, ""},
    {SZ, "a woman of 50 is red", WOMAN("1976-11-21"), 40, 0, TODAY, "AGE_RED red person"},
    {SZ, "the first quarter's training is good to the end of the second",
     OLD_HAND("," TRAINED("2026-03-31", "quarterly", "15", PASSED)), 0, 0, "2026-06-30",
     "TRAIN_EXPIRED", ""},
    {SZ, "the first quarter's training is not good in the third",
     OLD_HAND("," TRAINED("2026-03-31", "quarterly", "15", PASSED)), 0, 0, "2026-07-01",
     "TRAIN_EXPIRED", "TRAIN_EXPIRED yellow person"},
    {SZ, "somebody new has the quarter he came in, and the next",
     "[" ENROLLED("2026-01-01", "1980-05-01", "M") "]", 0, 0, "2026-06-30", "TRAIN_EXPIRED", ""},
    {SZ, "somebody new without training in his first two quarters",
     "[" ENROLLED("2026-01-02", "1980-05-01", "M") "]", 0, 0, "2026-10-01", "TRAIN_EXPIRED",
     "TRAIN_EXPIRED yellow person"},
    {SZ, "a safety officer trained in September is good through October",
     "[" ENROLLED("2026-08-01", "1980-05-01", "M") "," TRAINED("2026-09-01", "monthly", "15", PASSED) "]", 900,
     ROLE_SAFETY_OFFICER, "2026-10-31", "TRAIN_EXPIRED", ""},
    {SZ, "a safety officer trained in September is not good in November",
     "[" ENROLLED("2026-08-01", "1980-05-01", "M") "," TRAINED("2026-09-01", "monthly", "15", PASSED) "]", 900,
     ROLE_SAFETY_OFFICER, "2026-11-01", "TRAIN_EXPIRED",
     "TRAIN_EXPIRED yellow role"},
    {SZ, "a scaffolder trains every month",
     "[" ENROLLED("2026-08-01", "1980-05-01", "M") "," TRAINED("2026-09-01", "monthly", "15", PASSED) "]", 30,
     0, "2026-11-01", "TRAIN_EXPIRED", "TRAIN_EXPIRED yellow trade"},
    {SZ, "a concrete worker need not",
     "[" ENROLLED("2026-08-01", "1980-05-01", "M") "," TRAINED("2026-09-01", "monthly", "15", PASSED) "]", 40,
     0, "2026-11-01", "TRAIN_EXPIRED", ""},

    {ZZ, "twelve points are red to the end of the year",
     "[" BORN("1980-05-01", "M") "," WRONG("2026-12-30", "4", "") "]", 0, 0, "2026-12-31", "VIOL",
     "VIOL_POINTS red person"},
    {ZZ, "on 1 January points begin anew",
     "[" BORN("1980-05-01", "M") "," WRONG("2026-12-30", "4", "") "]", 0, 0, "2027-01-01", "VIOL",
     ""},
};

static const char *said_about(const struct verdict *v, const char *about, struct arena *arena)
{
    char *at = arena_alloc(arena, 1024);
    struct build b = build_over(at, 1024);

    for (unsigned i = 0; i < v->reason_count; i++) {
        const struct reason *r = &v->reasons[i];

        if (strncmp(reason_name(r->code), about, strlen(about)) == 0)
            build_format(&b, "%s%s %s %s", b.bytes > 0 ? "; " : "", reason_name(r->code),
                         colour_name(r->colour), scope_name(r->scope));
    }
    return at;
}

ParameterizedTestParameters(policies, limits)
{
    return cr_make_param_array(struct limit, limits, sizeof limits / sizeof limits[0]);
}

ParameterizedTest(struct limit *l, policies, limits)
{
    const struct policy_document *d = shipped_policy(l->document);
    struct context here = {.trade = l->trade, .role = l->role != 0 ? (uint8_t)l->role : ROLE_WORKER,
                           .site_state = SITE_OPEN, .org_permit = PERMIT_VALID, .site = 7};
    struct arena arena;
    struct facts facts;
    struct verdict v;

    arena_init(&arena, 4 << 20);
    facts = facts_of(l->records, &arena);
    safety_code(&facts, l->trade != 0 ? &here : NULL, &d->policy, on_day(l->on), &v);
    cr_expect_str_eq(said_about(&v, l->about, &arena), l->said, "%s: %s: %s", l->source, l->name,
                     said_about(&v, l->about, &arena));
    arena_clear(&arena);
}

/* What stands beside the rules. */
static const struct {
    const char *document;
    uint8_t yellow_gate, pre_shift, then, percent, red, days;
} besides[] = {
    {CN, YELLOW_ALLOW_RESTRICTED, PRE_SHIFT_OFF, ALERT_REPORT, 10, 2, 3},
    {"jiangsu-2023-05.json", YELLOW_ALLOW_RESTRICTED, PRE_SHIFT_OFF, ALERT_STOP_WORK, 10, 2, 3},
    {"yancheng-2023-05.json", YELLOW_DENY, PRE_SHIFT_OFF, ALERT_STOP_WORK, 10, 2, 3},
    {"shenzhen-2020.json", YELLOW_ALLOW_RESTRICTED, PRE_SHIFT_FLAG, ALERT_REPORT, 10, 2, 3},
};

Test(policies, gates_briefings_and_alerts_are_as_the_regions_ask)
{
    const uint32_t of_violations = 1u << REASON_VIOL_POINTS | 1u << REASON_VIOL_OFFJOB;

    for (size_t i = 0; i < sizeof besides / sizeof besides[0]; i++) {
        const struct policy *p = &shipped_policy(besides[i].document)->policy;

        cr_expect_eq(p->yellow_gate, besides[i].yellow_gate, "%s", besides[i].document);
        cr_expect_eq(p->pre_shift, besides[i].pre_shift, "%s", besides[i].document);
        cr_expect_eq(p->site_alert.then, besides[i].then, "%s", besides[i].document);
        cr_expect_eq(p->site_alert.yellow_over_percent, besides[i].percent);
        cr_expect_eq(p->site_alert.red_over, besides[i].red);
        cr_expect_eq(p->site_alert.days, besides[i].days);
        cr_expect_eq(p->site_alert.not_counted, of_violations, "%s", besides[i].document);
    }
}

Test(policies, a_city_takes_its_districts_along_and_goes_before_its_province)
{
    static const struct {
        const char *region;
        uint32_t number;
    } places[] = {
        {"320902", 3}, {"320900", 3}, {"321003", 2}, {"310115", 4}, {"360103", 5},
        {"421002", 6}, {"510107", 7}, {"440305", 8}, {"410105", 1},
    };
    const struct policy_document *listed[16];
    struct policy_set set = {.documents = listed};

    for (const char *const *name = shipped_names(); *name != NULL; name++) {
        if (strncmp(*name, "drafts/", 7) != 0)
            listed[set.count++] = shipped_policy(*name);
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        cr_expect_eq(policy_find(&set, text_of(places[i].region), on_day("2026-11-21"))
                         ->policy.number,
                     places[i].number, "%s", places[i].region);
}

/* -- the programs ----------------------------------------------------------------------------- */

enum { OUT_BYTES = 4 << 20, ARGS_MAX = 12 };

static char out[OUT_BYTES];

/* `jianan` with these words; what it writes is in `out`, its exit status the result. */
static int jianan(const char *in, const char *const *words)
{
    const char *argv[ARGS_MAX + 2] = {"jianan"};
    FILE *from = tmpfile(), *to = tmpfile();
    int status = 0;
    size_t bytes;
    pid_t child;

    for (size_t i = 0; words[i] != NULL && i < ARGS_MAX; i++)
        argv[i + 1] = words[i];
    cr_assert(from != NULL && to != NULL);
    cr_assert_eq(fwrite(in, 1, strlen(in), from), strlen(in));
    (void)fflush(from);
    rewind(from);
    child = fork();
    if (child == 0) {
        setenv("LC_ALL", "C.UTF-8", 1); /* Chinese, whatever the tester's own language */
        dup2(fileno(from), STDIN_FILENO);
        dup2(fileno(to), STDOUT_FILENO);
        execv(JIANAN_CLI, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    rewind(to);
    bytes = fread(out, 1, sizeof out - 1, to);
    out[bytes] = '\0';
    (void)fclose(from);
    (void)fclose(to);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define JIANAN(in, ...) jianan(in, (const char *const[]){__VA_ARGS__, NULL})

static const char *file_of(const char *name)
{
    static char path[512];

    (void)snprintf(path, sizeof path, "%s/migrations/policies/%s", JIANAN_SOURCE_DIR, name);
    return path;
}

/* The lines of all examples, with the answer that names them kept in *checked. */
static char *examples_of(const char *file, json_t **checked)
{
    char *lines = calloc(1, OUT_BYTES);
    struct build b = build_over(lines, OUT_BYTES);
    size_t i;
    json_t *example;

    cr_assert_eq(JIANAN("", "policy", "check", "--json", "--examples", file), 0, "%s: %s", file,
                 out);
    *checked = json_loads(out, 0, NULL);
    cr_assert_not_null(*checked, "%s", file);
    json_array_foreach(json_object_get(*checked, "examples"), i, example)
    {
        char *line = json_dumps(json_object_get(example, "example"), JSON_COMPACT);

        build_string(&b, line);
        build_char(&b, '\n');
        free(line);
    }
    cr_assert_not(b.full);
    return lines;
}

static bool gives(const json_t *verdict, const char *code, const char *colour)
{
    size_t i;
    json_t *reason;

    json_array_foreach(json_object_get(verdict, "reasons"), i, reason)
    {
        if (strcmp(json_string_value(json_object_get(reason, "code")), code) == 0 &&
            strcmp(json_string_value(json_object_get(reason, "colour")), colour) == 0)
            return true;
    }
    return false;
}

/* Line by line, what was promised of each example. */
static void check_verdicts(const char *name, const json_t *checked)
{
    struct text rest = text_of(out);
    size_t i;
    json_t *example;

    json_array_foreach(json_object_get(checked, "examples"), i, example)
    {
        const char *code = json_string_value(json_object_get(example, "code"));
        const char *colour = json_string_value(json_object_get(example, "colour"));
        struct text line = text_cut(rest, '\n', &rest);
        json_t *verdict = json_loadb(line.at, line.bytes, 0, NULL);

        cr_expect(gives(verdict, code, colour), "%s: %s %s is promised, and said: %.*s", name,
                  code, colour, (int)line.bytes, line.at);
        json_decref(verdict);
    }
    cr_expect_gt(i, 25, "%s", name);
}

Test(policies, every_example_gets_the_reason_that_it_is_shown_for, .timeout = 240)
{
    for (const char *const *name = shipped_names(); *name != NULL; name++) {
        json_t *checked;
        char *lines = examples_of(file_of(*name), &checked);

        cr_assert_eq(JIANAN(lines, "score", "--policy", file_of(*name), "--on",
                            json_string_value(json_object_get(checked, "on"))),
                     0, "%s: %.300s", *name, out);
        check_verdicts(*name, checked);
        json_decref(checked);
        free(lines);
    }
}

/* A shipped document with one change, in a file; the caller's to unlink and free. */
static char *changed(const char *pointer, const char *value)
{
    json_t *json = shipped_json("jiangsu-2023-05.json");
    char *path = strdup("/tmp/jianan-policy-XXXXXX");
    int file = mkstemp(path);

    cr_assert_geq(file, 0);
    policy_set(json, pointer, value);
    cr_assert_eq(json_dumpfd(json, file, 0), 0);
    (void)close(file);
    json_decref(json);
    return path;
}

Test(policies, what_is_found_is_told_with_somebody_whom_score_can_judge)
{
    char *path = changed("/rules/8/cap_day", "5");
    json_t *checked, *finding;
    char *line;

    cr_assert_eq(JIANAN("", "policy", "check", path), 1);
    cr_expect_not_null(strstr(out, "矛盾  /rules/8/cap_day"), "%s", out);
    cr_expect_not_null(strstr(out, "示例：{\"id\":\"/rules/8/cap_day cap_day 2023-11-20\""));
    cr_assert_eq(JIANAN("", "policy", "check", "--json", path), 1);
    checked = json_loads(out, 0, NULL);
    finding = json_array_get(json_object_get(checked, "findings"), 0);
    cr_expect_str_eq(json_string_value(json_object_get(finding, "kind")), "cap_day");
    cr_expect_str_eq(json_string_value(json_object_get(finding, "class")), "contradiction");
    line = json_dumps(json_object_get(finding, "example"), JSON_COMPACT);
    cr_expect_eq(JIANAN(line, "score", "--policy", path, "--on", "2023-11-20"), 0);
    cr_expect_not_null(strstr(out, "\"person_colour\":\"green\""),
                       "forty grave violations in one day, and green: %s", out);
    free(line);
    json_decref(checked);
    (void)unlink(path);
    free(path);
}

Test(policies, a_document_that_is_invalid_weighs_more_than_one_to_look_at)
{
    char *found = changed("/rules/8/cap_day", "5"), *invalid = changed("/rules/0/men", "[]");
    const char *good = file_of("default.json"), *torn = "/tmp/jianan-torn.json";
    FILE *file = fopen(torn, "w");

    cr_assert(file != NULL);
    fputs("{\n  \"format\": 1\n  \"id\": 2\n}\n", file); /* a comma is missing */
    cr_assert_eq(fclose(file), 0);
    cr_expect_eq(JIANAN("", "policy", "check", good), 0);
    cr_expect_eq(JIANAN("", "policy", "check", good, found), 1);
    cr_expect_eq(JIANAN("", "policy", "check", invalid, good, found), 3);
    cr_expect_not_null(strstr(out, "有 1 处"), "the others are told all the same");
    cr_expect_eq(JIANAN("", "policy", "check", "--json", invalid), 3);
    cr_expect_not_null(strstr(out, "\"valid\":false,\"error\":{\"code\":\"policy_invalid\",\"field\":"
                                   "\"/rules/0/men\""), "%s", out);
    cr_expect_eq(JIANAN("", "policy", "check", "/nowhere.json"), 3);
    cr_expect_eq(JIANAN("", "policy", "check", "--json", torn), 3);
    cr_expect_not_null(strstr(out, "\"code\":\"json_syntax\",\"line\":3,\"column\":6"), "%s", out);
    cr_expect_eq(JIANAN("", "policy", "check"), 2);
    cr_expect_eq(JIANAN("", "policy", "check", "--loudly", good), 2);
    (void)unlink(torn);
    (void)unlink(found);
    (void)unlink(invalid);
    free(found);
    free(invalid);
}
