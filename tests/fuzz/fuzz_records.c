/* Records from anybody: an array is read, folded and rendered, or refused. */
#include <stddef.h>
#include <stdint.h>

#include "domain/facts_pack.h"
#include "domain/fold.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RECORDS_MAX = 256 };

/* What was read can be written, and what was written can be read. */
static void there_and_back(const struct record *record, struct arena *arena)
{
    struct record again = {0};
    struct build b = build_over(arena_alloc(arena, 8192), 8192);
    struct json_writer w = json_writer_over(&b);
    json_t *json;

    json_open_object(&w, NULL);
    record_render_body(record, &w);
    json_close_object(&w);
    CHECK(!b.full);
    CHECK(!err_is(json_read(build_done(&b), &json)));
    if (err_is(record_parse_body(record->kind, json, NULL, arena, &again)))
        CHECK(record->kind == RECORD_TRAINING || record->kind == RECORD_VIOLATION ||
              record->kind == RECORD_BAN || record->kind == RECORD_ENGAGEMENT ||
              record->kind == RECORD_ENGAGEMENT_END ||
              record->kind == RECORD_OVERRIDE); /* sites by name have no way back */
    json_decref(json);
}

static void fold(const json_t *array, struct arena *arena)
{
    struct record *records = arena_new_array(arena, RECORDS_MAX, struct record);
    unsigned char *packed = arena_alloc(arena, FACTS_PACK_BYTES_MAX);
    struct engagements engagements;
    struct facts facts, back;
    size_t count = 0;

    for (size_t i = 0; i < json_array_size(array) && i < RECORDS_MAX; i++) {
        if (err_is(record_parse(json_array_get(array, i), arena, &records[count])))
            continue;
        there_and_back(&records[count], arena);
        if (records[count].version == 0)
            records[count].version = (uint32_t)count + 1;
        count++;
    }
    if (!err_is(facts_fold(records, count, arena, &facts)))
        CHECK(!err_is(facts_unpack(packed, facts_pack(&facts, packed), arena, &back)));
    (void)!err_is(engagements_fold(records, count, arena, &engagements));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    json_t *json;

    if (err_is(json_read((struct text){(const char *)data, size}, &json)))
        return 0;
    arena_init(&arena, 32 << 20);
    if (json_is_array(json))
        fold(json, &arena);
    arena_clear(&arena);
    json_decref(json);
    return 0;
}
