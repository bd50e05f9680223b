#include "support/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static struct text file_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *at = malloc(1 << 20);
    size_t bytes;

    CHECK_ALLOCATED(at);
    CHECK(file != NULL);
    bytes = fread(at, 1, (1 << 20) - 1, file);
    (void)fclose(file);
    return (struct text){at, bytes};
}

/* Policies are kept for the life of the test's process. */
static const struct policy_document *compiled(struct text json, const char *name)
{
    static struct arena arena;
    struct policy_document *document;
    struct err e;

    if (arena.bytes_max == 0)
        arena_init(&arena, 64 << 20);
    document = arena_new(&arena, struct policy_document);
    CHECK_ALLOCATED(document);
    e = policy_compile(json, &arena, document);
    if (err_is(e))
        fprintf(stderr, "%s: %s, expected %s\n", name, e.field, e.expected);
    CHECK(!err_is(e));
    return document;
}

const struct policy_document *shipped_policy(const char *name)
{
    char path[512];
    struct text json;
    const struct policy_document *document;

    (void)snprintf(path, sizeof path, "%s/migrations/policies/%s", JIANAN_SOURCE_DIR, name);
    json = file_text(path);
    document = compiled(json, name);
    free((void *)(uintptr_t)json.at);
    return document;
}

static void build_texts(struct build *b, const char *reasons)
{
    static const char words[] = "{\"what\":\"w\",\"remedy\":\"r\",\"help\":\"h\"}";
    struct text rest = text_of(reasons);

    while (rest.at != NULL && rest.bytes > 0) {
        struct text code = text_cut(rest, ' ', &rest);

        build_format(b, "\"%.*s\":{\"zh\":%s,\"en\":%s}%s", (int)code.bytes, code.at, words, words,
                     rest.at != NULL ? "," : "");
    }
}

const struct policy_document *policy_of_rule(const char *rule, const char *reasons)
{
    static char json[1 << 16];
    struct build b = build_over(json, sizeof json);

    build_string(&b, "{\"format\":1,\"number\":9,\"semantics\":1,\"id\":\"TEST\",\"region\":\"\","
                     "\"effective\":\"2000-01-01\",\"title\":{\"zh\":\"t\",\"en\":\"t\"},"
                     "\"yellow_gate\":\"deny\",\"rules\":[{");
    build_string(&b, rule);
    build_string(&b, ",\"basis\":[{\"text\":\"b\",\"mark\":\"INF\"}],\"texts\":{");
    build_texts(&b, reasons);
    build_string(&b, "}}]}");
    CHECK(!b.full);
    return compiled(build_done(&b), rule);
}

struct record *records_of(const char *json, struct arena *arena, size_t *count)
{
    json_t *array;
    struct record *records;
    struct err e = json_read(text_of(json), &array);

    if (err_is(e) || !json_is_array(array))
        fprintf(stderr, "the case is not a JSON array: %s\n", json);
    CHECK(!err_is(e) && json_is_array(array));
    *count = json_array_size(array);
    records = arena_new_array(arena, *count + 1, struct record);
    for (size_t i = 0; i < *count; i++) {
        e = record_parse(json_array_get(array, i), arena, &records[i]);
        if (err_is(e))
            fprintf(stderr, "record %zu: %s, expected %s\n", i, e.field, e.expected);
        CHECK(!err_is(e));
        if (records[i].version == 0)
            records[i].version = (uint32_t)(i + 1);
    }
    json_decref(array); /* the records' texts go with it: nothing here looks at them again */
    return records;
}

struct facts facts_of(const char *json, struct arena *arena)
{
    struct facts facts;
    size_t count;
    struct record *records = records_of(json, arena, &count);
    struct err e = facts_fold(records, count, arena, &facts);

    CHECK(!err_is(e));
    return facts;
}

day_t on_day(const char *date)
{
    day_t day = DAY_UNKNOWN;

    CHECK(!err_is(day_parse(text_of(date), NULL, &day)));
    return day;
}

static void build_day(struct build *b, day_t day)
{
    char text[DAY_TEXT_BYTES];

    build_char(b, ' ');
    if (day == DAY_UNKNOWN || day == DAY_NEVER)
        build_char(b, '-');
    else
        build_text(b, day_format(day, text));
}

const char *verdict_text(const struct verdict *verdict, struct arena *arena)
{
    char *at = arena_alloc(arena, 8192);
    struct build b = build_over(at, 8192);

    for (unsigned i = 0; i < verdict->reason_count; i++) {
        const struct reason *r = &verdict->reasons[i];

        build_format(&b, "%s%s %s %s", i > 0 ? "; " : "", reason_name(r->code),
                     colour_name(r->colour), scope_name(r->scope));
        build_day(&b, r->since);
        build_day(&b, r->until);
    }
    CHECK(!b.full);
    return at;
}
