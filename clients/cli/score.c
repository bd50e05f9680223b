#include "clients/cli/score.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/json_file.h"
#include "clients/cli/score_case.h"
#include "domain/calendar.h"

enum {
    EXIT_DONE = 0,
    EXIT_USAGE = 2,
    EXIT_INVALID = 3,
    POLICIES_MAX = 64,
    POLICY_BYTES_MAX = 4 << 20,
    LINE_BYTES_MAX = 4 << 20,
    CASE_BYTES_MAX = 64 << 20, /* of the arena that one line may fill */
    OUT_BYTES_MAX = 4 << 20 /* a calendar of three years with a run a day */
};

struct score_run {
    struct arena policies_arena;
    struct policy_document policies[POLICIES_MAX];
    const struct policy_document *listed[POLICIES_MAX];
    size_t policy_count;
    day_t on;          /* DAY_UNKNOWN: a calendar */
    day_t from, until; /* of a calendar: [from, until) */
    bool has_known_at;
    time_us known_at;
    char *line; /* LINE_BYTES_MAX + 1 */
    char *out;  /* OUT_BYTES_MAX */
    bool some_invalid;
};

/* -- judging ------------------------------------------------------------------------------------ */

static struct policy_set policies_of(const struct score_run *run)
{
    return (struct policy_set){.documents = run->listed, .count = run->policy_count};
}

/* A case without a region is judged by the only policy there is. */
static struct text region_of(const struct score_run *run, const struct score_case *c)
{
    return !c->has_region && run->policy_count == 1 ? text_of(run->listed[0]->policy.region)
                                                    : c->region;
}

static int by_version(const void *a, const void *b)
{
    const struct record *left = a, *right = b;

    return (left->version > right->version) - (left->version < right->version);
}

/* The facts as they were known at the instant asked about. All records are folded before any is
 * left out: a line that names what is not there is bad whatever was known, and the error's place
 * is a place in the line. */
static struct err fold_known(const struct score_run *run, const struct score_case *c, day_t on,
                             struct arena *arena, struct facts *facts)
{
    struct err e = facts_fold_on(c->records, c->record_count, on, arena, facts);
    size_t known;

    if (err_is(e) || !run->has_known_at)
        return e;
    qsort(c->records, c->record_count, sizeof *c->records, by_version);
    known = records_known_at(c->records, c->record_count, run->known_at);
    return facts_fold_on(c->records, known, on, arena, facts);
}

static void put_day(struct json_writer *w, const char *key, day_t day)
{
    char text[DAY_TEXT_BYTES];

    if (day == DAY_UNKNOWN || day == DAY_NEVER)
        json_put_null(w, key);
    else
        json_put_text(w, key, day_format(day, text));
}

static void put_reasons(struct json_writer *w, const struct verdict *v)
{
    json_open_array(w, "reasons");
    for (unsigned i = 0; i < v->reason_count; i++) {
        const struct reason *r = &v->reasons[i];

        json_open_object(w, NULL);
        json_put_string(w, "code", reason_name(r->code));
        json_put_string(w, "colour", colour_name(r->colour));
        json_put_string(w, "scope", scope_name(r->scope));
        put_day(w, "since", r->since);
        put_day(w, "until", r->until);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_id(struct json_writer *w, const json_t *id)
{
    if (json_is_integer(id))
        json_put_int(w, "id", json_integer_value(id));
    else
        json_put_text(w, "id", (struct text){json_string_value(id), json_string_length(id)});
}

static void put_colours(struct json_writer *w, const struct verdict *v)
{
    json_put_string(w, "person_colour", colour_name(v->person_colour));
    json_put_string(w, "colour_here", v->has_context ? colour_name(v->colour_here) : NULL);
    put_reasons(w, v);
}

static void put_verdict(struct build *out, const struct score_case *c, const struct verdict *v,
                        const struct policy_document *document)
{
    struct json_writer w = json_writer_over(out);

    json_open_object(&w, NULL);
    put_id(&w, c->id);
    put_colours(&w, v);
    put_day(&w, "next_change", v->next_change);
    json_put_string(&w, "policy", document->policy.id);
    json_put_int(&w, "semantics", v->semantics);
    put_day(&w, "on", v->on);
    json_close_object(&w);
}

static void put_error(struct build *out, size_t number, struct err e)
{
    struct json_writer w = json_writer_over(out);

    json_open_object(&w, NULL);
    json_put_int(&w, "line", (int64_t)number);
    json_open_object(&w, "error");
    json_put_string(&w, "code", err_row(e.code)->code);
    json_put_string(&w, "field", e.field);
    json_put_string(&w, "expected", e.expected);
    json_put_string(&w, "message", err_row(e.code)->en);
    json_close_object(&w);
    json_close_object(&w);
}

static struct err judge_day(const struct score_run *run, const struct score_case *c,
                            struct arena *arena, struct build *out)
{
    struct policy_set policies = policies_of(run);
    struct text region = region_of(run, c);
    const struct policy_document *document = policy_find(&policies, region, run->on);
    struct facts facts;
    struct verdict verdict;
    struct err e;

    if (document == NULL)
        return err_field(ERR_FIELD_CHOICE, "/region",
                         "a region for which one of the policies is in force on the day of --on");
    e = fold_known(run, c, run->on, arena, &facts);
    if (err_is(e))
        return e;
    (void)policies_judge(&policies, region, &facts, c->has_context ? &c->context : NULL, run->on,
                         &verdict);
    put_verdict(out, c, &verdict, document);
    return OK;
}

/* -- a calendar --------------------------------------------------------------------------------- */

struct calendar {
    const struct score_run *run;
    const struct score_case *c;
    struct json_writer w;
};

static void place_on(void *arg, day_t day, struct calendar_place *place)
{
    const struct calendar *calendar = arg;
    const struct score_case *c = calendar->c;
    struct policy_set policies = policies_of(calendar->run);
    struct text region = region_of(calendar->run, c);

    *place = (struct calendar_place){
        .document = policy_find(&policies, region, day),
        .context = c->has_context ? &c->context : NULL,
        .until = policies_hold_until(&policies, region, day),
    };
}

static bool put_run(void *arg, const struct calendar_place *place, const struct calendar_run *run)
{
    struct json_writer *w = &((struct calendar *)arg)->w;

    json_open_object(w, NULL);
    put_day(w, "from", run->from);
    put_day(w, "until", run->until);
    put_colours(w, &run->first);
    json_put_string(w, "policy", place->document != NULL ? place->document->policy.id : NULL);
    json_close_object(w);
    return true;
}

/* Days without a policy are part of a calendar; a case that says no place among several is not. */
static bool is_placed(const struct score_run *run, const struct score_case *c)
{
    struct policy_set policies = policies_of(run);

    return c->has_region || run->policy_count == 1 ||
           policy_find(&policies, c->region, run->from) != NULL ||
           policy_find(&policies, c->region, (day_t)(run->until - 1)) != NULL;
}

static struct err judge_span(const struct score_run *run, const struct score_case *c,
                             struct arena *arena, struct build *out)
{
    struct calendar calendar = {run, c, json_writer_over(out)};
    struct facts facts;
    struct err e = fold_known(run, c, run->from, arena, &facts);
    struct calendar_walk walk = {&facts, run->from, run->until, place_on, put_run, &calendar};

    if (!err_is(e) && !is_placed(run, c))
        e = err_field(ERR_FIELD_CHOICE, "/region", "the region of one of the policies");
    if (err_is(e))
        return e;
    json_open_object(&calendar.w, NULL);
    put_id(&calendar.w, c->id);
    json_open_array(&calendar.w, "runs");
    calendar_walk(&walk);
    json_close_array(&calendar.w);
    json_close_object(&calendar.w);
    return OK;
}

/* -- lines -------------------------------------------------------------------------------------- */

static struct err judge(const struct score_run *run, const json_t *object, struct arena *arena,
                        struct build *out)
{
    struct score_case c = {0};
    struct err e = score_case_read(object, arena, &c);

    if (err_is(e))
        return e;
    return run->on != DAY_UNKNOWN ? judge_day(run, &c, arena, out)
                                  : judge_span(run, &c, arena, out);
}

static void answer_line(struct score_run *run, struct text line, bool too_long, size_t number)
{
    struct build out = build_over(run->out, OUT_BYTES_MAX);
    struct arena arena;
    json_t *object = NULL;
    struct err e;

    arena_init(&arena, CASE_BYTES_MAX);
    e = too_long ? err_make(ERR_TOO_LARGE) : json_read(line, &object);
    if (!err_is(e))
        e = judge(run, object, &arena, &out);
    if (err_is(e)) {
        out = build_over(run->out, OUT_BYTES_MAX);
        put_error(&out, number, e);
        run->some_invalid = true;
    }
    CHECK(!out.full);
    build_char(&out, '\n');
    (void)fwrite(out.at, 1, out.bytes, stdout);
    json_decref(object);
    arena_clear(&arena);
}

/* Reads one line without its end; false at the end of input. What exceeds the buffer is dropped. */
static bool read_line(struct score_run *run, struct text *line, bool *too_long)
{
    size_t bytes = 0;
    int c;

    *too_long = false;
    while ((c = getc_unlocked(stdin)) != EOF && c != '\n') {
        if (bytes < LINE_BYTES_MAX)
            run->line[bytes++] = (char)c;
        else
            *too_long = true;
    }
    *line = text_trim((struct text){run->line, bytes});
    return c != EOF || bytes > 0;
}

static int run_lines(struct score_run *run)
{
    struct text line;
    bool too_long;

    for (size_t number = 1; read_line(run, &line, &too_long); number++) {
        if (line.bytes > 0 || too_long)
            answer_line(run, line, too_long, number);
    }
    if (ferror(stdin) || fflush(stdout) != 0) {
        perror("jianan score");
        return EXIT_INVALID;
    }
    return run->some_invalid ? EXIT_INVALID : EXIT_DONE;
}

/* -- options ------------------------------------------------------------------------------------ */

static const char usage_text[] =
    "用法 usage:\n"
    "  jianan score --policy FILE [--policy FILE ...] --on YYYY-MM-DD\n"
    "               [--known-at RFC3339] < cases.jsonl > verdicts.jsonl\n"
    "  jianan score --policy FILE ... --from YYYY-MM-DD --to YYYY-MM-DD\n"
    "               [--known-at RFC3339] < cases.jsonl > calendars.jsonl\n\n"
    "每行一个案例（JSON），除 id 和 records 外都可省略。\n"
    "A case is one line of JSON, all fields but id and records optional:\n"
    "  {\"id\":\"c1\",\"region\":\"320900\",\n"
    "   \"context\":{\"trade\":\"030\",\"role\":\"worker\",\"site\":\"S1\",\n"
    "              \"site_state\":\"open\",\"org_permit\":\"valid\"},\n"
    "   \"records\":[{\"kind\":\"identity\",\"occurred_on\":\"2026-01-01\",\n"
    "               \"recorded_at\":\"2026-01-01T08:00:00+08:00\",\n"
    "               \"birth_date\":\"1990-05-01\",\"sex\":\"M\"}]}\n"
    "  role: worker|manager|project_manager|safety_officer|supervisor|head\n"
    "  site_state: open|stopped|closed\n"
    "  org_permit: none|valid|suspended|revoked|expired\n\n"
    "context 里省略的内容不判定：没有 org_permit，安全生产许可证这条规则就不说话，颜色可能因此是绿码；\n"
    "site_state、trade、role、site 同样。没有 context，colour_here 为 null。\n"
    "What the context leaves out is not judged: without org_permit the permit rule says nothing, and\n"
    "the case may be green for that; likewise site_state, trade, role and site. Without a context\n"
    "colour_here is null.\n\n"
    "更多案例 more of them: jianan policy check --examples FILE\n";

static int usage(FILE *to)
{
    fputs(usage_text, to);
    return to == stdout ? EXIT_DONE : EXIT_USAGE;
}

static int bad_value(const char *option, const char *expected)
{
    fprintf(stderr, "jianan score: %s %s: expected %s\n", option, optarg, expected);
    return EXIT_USAGE;
}

/* The whole file in the arena, or an error with errno's text on stderr. */
static bool read_file(const char *path, struct arena *arena, struct text *text)
{
    FILE *file = fopen(path, "rb");
    char *at = arena_alloc(arena, POLICY_BYTES_MAX + 1);
    size_t bytes;
    bool failed;

    CHECK_ALLOCATED(at);
    if (file == NULL) {
        fprintf(stderr, "jianan score: %s: %s\n", path, strerror(errno));
        return false;
    }
    bytes = fread(at, 1, POLICY_BYTES_MAX + 1, file);
    failed = ferror(file) != 0 || bytes > POLICY_BYTES_MAX;
    (void)fclose(file);
    if (failed)
        fprintf(stderr, "jianan score: %s: unreadable or above 4 MiB\n", path);
    *text = (struct text){at, bytes};
    return !failed;
}

static int refuse_policy(const char *path, struct text file, struct err e)
{
    fprintf(stderr, "jianan score: %s: ", path);
    if (e.code == ERR_JSON_SYNTAX)
        fprintf(stderr, "%s / %s\n", json_file_fault(file, false), json_file_fault(file, true));
    else
        fprintf(stderr, "%s: at %s, expected %s\n", err_row(e.code)->en,
                e.field != NULL && e.field[0] != '\0' ? e.field : "/",
                e.expected != NULL ? e.expected : "valid JSON");
    return EXIT_INVALID;
}

static int add_policy(struct score_run *run, const char *path)
{
    struct policy_document *document = &run->policies[run->policy_count];
    struct arena file;
    struct text text;
    struct err e = OK;
    int status = EXIT_DONE;

    if (run->policy_count == POLICIES_MAX) {
        fputs("jianan score: at most 64 policies\n", stderr);
        return EXIT_USAGE;
    }
    arena_init(&file, POLICY_BYTES_MAX * 2);
    if (!read_file(path, &file, &text))
        status = EXIT_USAGE;
    else
        e = policy_compile(text, &run->policies_arena, document);
    if (err_is(e))
        status = refuse_policy(path, text, e);
    arena_clear(&file);
    if (status == EXIT_DONE)
        run->listed[run->policy_count++] = document;
    return status;
}

/* A day, or a span of three years at most. */
static bool asks_one_thing(const struct score_run *run, day_t last)
{
    bool day = run->on != DAY_UNKNOWN, span = run->from != DAY_UNKNOWN && last != DAY_UNKNOWN;

    if (day)
        return run->from == DAY_UNKNOWN && last == DAY_UNKNOWN;
    return span && last >= run->from && last - run->from < CALENDAR_DAYS_MAX;
}

static int read_options(struct score_run *run, int argc, char **argv)
{
    static const struct option options[] = {{"policy", required_argument, NULL, 'p'},
                                            {"on", required_argument, NULL, 'o'},
                                            {"from", required_argument, NULL, 'f'},
                                            {"to", required_argument, NULL, 't'},
                                            {"known-at", required_argument, NULL, 'k'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    int option, status = EXIT_DONE;
    day_t last = DAY_UNKNOWN;

    optind = 1;
    while (status == EXIT_DONE && (option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'p')
            status = add_policy(run, optarg);
        else if (option == 'k' && clock_parse(text_of(optarg), &run->known_at))
            run->has_known_at = true;
        else if (option == 'k')
            return bad_value("--known-at", "2026-11-22T08:00:00+08:00");
        else if (option == 'h')
            return usage(stdout);
        else if (option == '?')
            return usage(stderr);
        else if (err_is(day_parse(text_of(optarg), "", option == 'o'   ? &run->on
                                                       : option == 'f' ? &run->from
                                                                       : &last)))
            return bad_value(option == 'o' ? "--on" : option == 'f' ? "--from" : "--to",
                             "a day, YYYY-MM-DD");
    }
    if (status != EXIT_DONE)
        return status;
    run->until = (day_t)(last + 1);
    return run->policy_count > 0 && asks_one_thing(run, last) && optind == argc ? EXIT_DONE : usage(stderr);
}

int score_main(int argc, char **argv)
{
    struct score_run *run = calloc(1, sizeof *run);
    int status;

    CHECK_ALLOCATED(run);
    run->line = malloc(LINE_BYTES_MAX + 1);
    run->out = malloc(OUT_BYTES_MAX);
    CHECK_ALLOCATED(run->line);
    CHECK_ALLOCATED(run->out);
    arena_init(&run->policies_arena, (size_t)POLICIES_MAX << 20);
    status = read_options(run, argc, argv);
    if (status == EXIT_DONE)
        status = run_lines(run);
    arena_clear(&run->policies_arena);
    free(run->out);
    free(run->line);
    free(run);
    return status;
}
