#include "clients/cli/score.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/choice.h"
#include "base/json.h"
#include "domain/fold.h"
#include "domain/pointer.h"
#include "domain/policy.h"

enum {
    EXIT_DONE = 0,
    EXIT_USAGE = 2,
    EXIT_INVALID = 3,
    POLICIES_MAX = 64,
    POLICY_BYTES_MAX = 4 << 20,
    LINE_BYTES_MAX = 4 << 20,
    CASE_BYTES_MAX = 64 << 20, /* of the arena that one line may fill */
    OUT_BYTES_MAX = 64 << 10,
    ID_BYTES_MAX = 256
};

struct score_run {
    struct arena policies_arena;
    struct policy_document policies[POLICIES_MAX];
    const struct policy_document *listed[POLICIES_MAX];
    size_t policy_count;
    day_t on;
    bool has_known_at;
    time_us known_at;
    char *line; /* LINE_BYTES_MAX + 1 */
    char *out;  /* OUT_BYTES_MAX */
    bool some_invalid;
};

/* One line, read. */
struct score_case {
    const json_t *id;
    struct text region;
    bool has_region, has_context;
    struct context context;
    struct record *records;
    size_t record_count;
};

static struct text json_text(const json_t *value)
{
    return (struct text){json_string_value(value), json_string_length(value)};
}

static const json_t *find(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_null(value) ? NULL : value;
}

/* -- reading a case ----------------------------------------------------------------------------- */

static struct err refuse_unknown(const json_t *object, const char *const *keys,
                                 const char *parent, struct arena *arena)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        size_t i = 0;

        while (keys[i] != NULL && strcmp(keys[i], key) != 0)
            i++;
        if (keys[i] == NULL)
            return err_field(ERR_FIELD_UNKNOWN, pointer_key(arena, parent, key), NULL);
    }
    return OK;
}

/* Finds a word of "a|b|c"; *place stays when the key is not there. */
static struct err read_word(const json_t *object, const char *key, const char *pointer,
                            const char *choices, unsigned *place)
{
    const json_t *value = find(object, key);
    int found;

    if (value == NULL)
        return OK;
    if (!json_is_string(value))
        return err_field(ERR_FIELD_TYPE, pointer, choices);
    found = json_string_length(value) > 0 ? choice_find(choices, json_text(value)) : -1;
    if (found < 0)
        return err_field(ERR_FIELD_CHOICE, pointer, choices);
    *place = (unsigned)found;
    return OK;
}

static struct err read_place(const json_t *context, struct context *out)
{
    const json_t *trade = find(context, "trade"), *site = find(context, "site");
    struct err e = OK;

    if (trade != NULL)
        e = record_trade_parse(trade, "/context/trade", &out->trade);
    if (!err_is(e) && site != NULL)
        e = record_id_parse(site, "/context/site", &out->site);
    return e;
}

static struct err read_context(const json_t *context, struct arena *arena, struct context *out)
{
    static const char *const keys[] = {"trade", "role", "site", "site_state", "org_permit", NULL};
    unsigned role = 0, state = 0, permit = PERMIT_UNASKED;
    struct err e;

    if (!json_is_object(context))
        return err_field(ERR_FIELD_TYPE, "/context", "object");
    e = refuse_unknown(context, keys, "/context", arena);
    if (!err_is(e))
        e = read_place(context, out);
    if (!err_is(e))
        e = read_word(context, "role", "/context/role",
                      "|worker|manager|project_manager|safety_officer|supervisor|head", &role);
    if (!err_is(e))
        e = read_word(context, "site_state", "/context/site_state", "|open|stopped|closed", &state);
    if (!err_is(e))
        e = read_word(context, "org_permit", "/context/org_permit",
                      "none|valid|suspended|revoked|expired", &permit);
    out->role = (uint8_t)role;
    out->site_state = (uint8_t)state;
    out->org_permit = (uint8_t)permit;
    return e;
}

static int by_recorded_at(const void *a, const void *b)
{
    const struct record *const *left = a, *const *right = b;

    if ((*left)->recorded_at != (*right)->recorded_at)
        return (*left)->recorded_at < (*right)->recorded_at ? -1 : 1;
    return *left < *right ? -1 : *left > *right; /* the array's order */
}

/* Records that state no version get theirs by when they were recorded. */
static struct err number_records(struct score_case *c, struct arena *arena)
{
    struct record **order = arena_new_array(arena, c->record_count + 1, struct record *);
    size_t numbered = 0;

    if (order == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < c->record_count; i++) {
        order[i] = &c->records[i];
        numbered += c->records[i].version != 0;
    }
    if (numbered == c->record_count)
        return OK;
    for (size_t i = 0; numbered > 0 && i < c->record_count; i++) {
        if (c->records[i].version == 0)
            return err_field(ERR_FIELD_MISSING, arena_format(arena, "/records/%zu/version", i),
                             "every record's version, or none");
    }
    qsort(order, c->record_count, sizeof *order, by_recorded_at);
    for (size_t i = 0; i < c->record_count; i++)
        order[i]->version = (uint32_t)(i + 1);
    return OK;
}

static struct err read_records(const json_t *array, struct arena *arena, struct score_case *c)
{
    size_t count = json_array_size(array);

    if (array == NULL)
        return err_field(ERR_FIELD_MISSING, "/records", "array");
    if (!json_is_array(array))
        return err_field(ERR_FIELD_TYPE, "/records", "array");
    if (count > FOLD_RECORDS_MAX)
        return err_field(ERR_TOO_LARGE, "/records", "at most 16384 records");
    c->records = arena_new_array(arena, count + 1, struct record);
    if (c->records == NULL)
        return err_make(ERR_TOO_LARGE);
    for (c->record_count = 0; c->record_count < count; c->record_count++) {
        struct err e = record_parse(json_array_get(array, c->record_count), arena,
                                    &c->records[c->record_count]);

        if (err_is(e)) {
            e.field = arena_format(arena, "/records/%zu%s", c->record_count,
                                   e.field != NULL ? e.field : "");
            return e;
        }
    }
    return number_records(c, arena);
}

static struct err read_id(const json_t *object, struct score_case *c)
{
    c->id = find(object, "id");
    if (c->id == NULL)
        return err_field(ERR_FIELD_MISSING, "/id", "text or integer");
    if (!json_is_string(c->id) && !json_is_integer(c->id))
        return err_field(ERR_FIELD_TYPE, "/id", "text or integer");
    return json_string_length(c->id) > ID_BYTES_MAX
               ? err_field(ERR_FIELD_LENGTH, "/id", "at most 256 bytes") : OK;
}

static struct err read_region(const json_t *object, struct score_case *c)
{
    const json_t *region = find(object, "region");

    if (region == NULL)
        return OK;
    if (!json_is_string(region))
        return err_field(ERR_FIELD_TYPE, "/region", "digits of GB/T 2260");
    c->region = json_text(region);
    c->has_region = true;
    if (c->region.bytes > REGION_BYTES ||
        strspn(c->region.at, "0123456789") != c->region.bytes)
        return err_field(ERR_FIELD_CHOICE, "/region", "digits of GB/T 2260");
    return OK;
}

static struct err read_case(const json_t *object, struct arena *arena, struct score_case *c)
{
    static const char *const keys[] = {"id", "region", "context", "records", NULL};
    const json_t *context = find(object, "context");
    struct err e;

    if (!json_is_object(object))
        return err_make(ERR_JSON_OBJECT);
    e = refuse_unknown(object, keys, "", arena);
    if (!err_is(e))
        e = read_id(object, c);
    if (!err_is(e))
        e = read_region(object, c);
    if (!err_is(e) && context != NULL) {
        c->has_context = true;
        e = read_context(context, arena, &c->context);
    }
    return err_is(e) ? e : read_records(find(object, "records"), arena, c);
}

/* -- judging ------------------------------------------------------------------------------------ */

/* A case without a region is judged by the only policy there is. */
static const struct policy_document *policy_of(const struct score_run *run,
                                               const struct score_case *c)
{
    struct policy_set set = {.documents = run->listed, .count = run->policy_count};
    struct text region = c->region;

    if (!c->has_region && run->policy_count == 1)
        region = text_of(run->listed[0]->policy.region);
    return policy_find(&set, region, run->on);
}

static int by_version(const void *a, const void *b)
{
    const struct record *left = a, *right = b;

    return (left->version > right->version) - (left->version < right->version);
}

/* The facts as they were known at the instant asked about. All records are folded before any is
 * left out: a line that names what is not there is bad whatever was known, and the error's place
 * is a place in the line. */
static struct err fold_known(const struct score_run *run, struct score_case *c,
                             struct arena *arena, struct facts *facts)
{
    struct err e = facts_fold_on(c->records, c->record_count, run->on, arena, facts);

    if (err_is(e) || !run->has_known_at)
        return e;
    qsort(c->records, c->record_count, sizeof *c->records, by_version);
    c->record_count = records_known_at(c->records, c->record_count, run->known_at);
    return facts_fold_on(c->records, c->record_count, run->on, arena, facts);
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
        json_put_text(w, "id", json_text(id));
}

static void put_verdict(struct build *out, const struct score_case *c, const struct verdict *v,
                        const struct policy_document *document)
{
    struct json_writer w = json_writer_over(out);

    json_open_object(&w, NULL);
    put_id(&w, c->id);
    json_put_string(&w, "person_colour", colour_name(v->person_colour));
    json_put_string(&w, "colour_here", v->has_context ? colour_name(v->colour_here) : NULL);
    put_reasons(&w, v);
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

static struct err judge(const struct score_run *run, const json_t *object, struct arena *arena,
                        struct build *out)
{
    struct score_case c = {0};
    struct err e = read_case(object, arena, &c);
    const struct policy_document *document;
    struct facts facts;
    struct verdict verdict;

    if (err_is(e))
        return e;
    document = policy_of(run, &c);
    if (document == NULL)
        return err_field(ERR_FIELD_CHOICE, "/region", "a region with a policy in force on that day");
    e = fold_known(run, &c, arena, &facts);
    if (err_is(e))
        return e;
    safety_code(&facts, c.has_context ? &c.context : NULL, &document->policy, run->on, &verdict);
    put_verdict(out, &c, &verdict, document);
    return OK;
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

/* -- lines -------------------------------------------------------------------------------------- */

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

static int usage(void)
{
    fputs("usage: jianan score --policy FILE [--policy FILE ...] --on YYYY-MM-DD\n"
          "                    [--known-at RFC3339] < cases.jsonl > verdicts.jsonl\n", stderr);
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

static int add_policy(struct score_run *run, const char *path)
{
    struct policy_document *document = &run->policies[run->policy_count];
    struct arena file;
    struct text text;
    struct err e = OK;
    bool is_read;

    if (run->policy_count == POLICIES_MAX) {
        fputs("jianan score: at most 64 policies\n", stderr);
        return EXIT_USAGE;
    }
    arena_init(&file, POLICY_BYTES_MAX * 2);
    is_read = read_file(path, &file, &text);
    if (is_read)
        e = policy_compile(text, &run->policies_arena, document);
    arena_clear(&file);
    if (!is_read)
        return EXIT_USAGE;
    if (err_is(e)) {
        fprintf(stderr, "jianan score: %s: %s: at %s, expected %s\n", path, err_row(e.code)->en,
                e.field != NULL && e.field[0] != '\0' ? e.field : "/",
                e.expected != NULL ? e.expected : "valid JSON");
        return EXIT_INVALID;
    }
    run->listed[run->policy_count++] = document;
    return EXIT_DONE;
}

static int read_options(struct score_run *run, int argc, char **argv)
{
    static const struct option options[] = {{"policy", required_argument, NULL, 'p'},
                                            {"on", required_argument, NULL, 'o'},
                                            {"known-at", required_argument, NULL, 'k'},
                                            {NULL, 0, NULL, 0}};
    int option, status = EXIT_DONE;

    optind = 1;
    while (status == EXIT_DONE && (option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'p')
            status = add_policy(run, optarg);
        else if (option == 'o' && !err_is(day_parse(text_of(optarg), "--on", &run->on)))
            continue;
        else if (option == 'k' && clock_parse(text_of(optarg), &run->known_at))
            run->has_known_at = true;
        else
            return usage();
    }
    if (status != EXIT_DONE)
        return status;
    return run->policy_count > 0 && run->on != DAY_UNKNOWN && optind == argc ? EXIT_DONE : usage();
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
