/* domain/record_set.c: see record_set.h. */
#include "domain/record_set.h"

#include <stdlib.h>

#include "domain/pointer.h"

static int by_version(const void *a, const void *b)
{
    uint32_t left = ((const struct entry *)a)->record->version;
    uint32_t right = ((const struct entry *)b)->record->version;

    return left < right ? -1 : left > right;
}

struct err record_set_refuse(const struct record_set *set, const struct entry *e)
{
    return err_field(ERR_VERSION_UNKNOWN,
                     pointer_key(set->arena, pointer_index(set->arena, "/records", e->index), "of"),
                     "an earlier record's version");
}

struct entry *record_set_earlier(const struct record_set *set, const struct entry *from,
                                 uint32_t version)
{
    struct record key = {.version = version};
    struct entry wanted = {.record = &key};

    if (version >= from->record->version)
        return NULL;
    return bsearch(&wanted, set->entries, set->count, sizeof *set->entries, by_version);
}

static struct err set_open(struct record_set *set, const struct record *records, size_t count,
                           struct arena *arena)
{
    set->arena = arena;
    set->count = count;
    if (count > FOLD_RECORDS_MAX)
        return err_field(ERR_TOO_LARGE, "/records", "at most 16384 records");
    set->entries = arena_new_array(arena, count + 1, struct entry);
    if (set->entries == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < count; i++)
        set->entries[i] = (struct entry){&records[i], i, DAY_NEVER, false};
    qsort(set->entries, count, sizeof *set->entries, by_version);
    for (size_t i = 1; i < count; i++) {
        if (set->entries[i].record->version == set->entries[i - 1].record->version)
            return err_field(ERR_ALREADY_EXISTS,
                             pointer_key(arena,
                                         pointer_index(arena, "/records", set->entries[i].index),
                                         "version"),
                             "each version once");
    }
    return OK;
}

/* From the newest down, so that a supersession that was itself superseded has no effect. */
static struct err set_supersede(struct record_set *set)
{
    for (size_t i = set->count; i-- > 0;) {
        struct entry *e = &set->entries[i], *target;

        if (e->record->kind != RECORD_SUPERSEDE)
            continue;
        target = record_set_earlier(set, e, e->record->supersede.of);
        if (target == NULL)
            return record_set_refuse(set, e);
        if (!e->superseded)
            target->superseded = true;
    }
    return OK;
}

/* The earliest rectification counts. */
static struct err set_rectify(struct record_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        struct entry *e = &set->entries[i], *target;

        if (e->record->kind != RECORD_RECTIFICATION)
            continue;
        target = record_set_earlier(set, e, e->record->rectification.of);
        if (target == NULL || target->record->kind != RECORD_VIOLATION)
            return record_set_refuse(set, e);
        if (!e->superseded && e->record->occurred_on < target->rectified)
            target->rectified = e->record->occurred_on;
    }
    return OK;
}

struct err record_set_read(struct record_set *set, const struct record *records, size_t count,
                           struct arena *arena)
{
    struct err e = set_open(set, records, count, arena);

    if (!err_is(e))
        e = set_supersede(set);
    return err_is(e) ? e : set_rectify(set);
}
