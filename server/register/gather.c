/* register/gather.c: see gather.h. */
#include "register/gather.h"

#include <stdlib.h>

#include "base/log.h"
#include "domain/facts_pack.h"
#include "store/register_rows.h"

enum { GATHER_BYTES_MAX = 1 << 30 };

void gather_init(struct gather *gather, size_t workers_max)
{
    *gather = (struct gather){.max = workers_max};
    arena_init(&gather->arena, GATHER_BYTES_MAX);
    gather->views = malloc(workers_max * sizeof *gather->views);
    CHECK_ALLOCATED(gather->views);
}

void gather_clear(struct gather *gather)
{
    arena_clear(&gather->arena);
    free(gather->views);
    free(gather->engaged);
    free(gather->engaged_workers);
}

static struct err unpack(struct gather *gather, const struct worker_row *row, struct facts *facts)
{
    struct text packed = arena_text(&gather->arena, row->packed);
    struct err e;

    CHECK_ALLOCATED(packed.at);
    e = facts_unpack((const unsigned char *)packed.at, packed.bytes, &gather->arena, facts);
    facts->version = row->version;
    return e;
}

bool gather_worker(void *arg, const struct text *fields)
{
    struct gather *gather = arg;
    struct worker_row row;
    struct worker_view view = {0};

    if (!worker_row_read(fields, &row) || gather->count == gather->max)
        return false;
    if (row.worker_id > WORKER_ID_MAX) {
        log_event(LOG_ERROR, 0, "register_worker_id", log_number("worker", row.worker_id));
        return true;
    }
    view.worker_id = row.worker_id;
    if (row.version != 0 && err_is(unpack(gather, &row, &view.facts))) {
        log_event(LOG_ERROR, 0, "register_facts_unreadable", log_number("worker", row.worker_id));
        view.facts = (struct facts){0};
    }
    view.name_masked = arena_text(&gather->arena, row.name_masked);
    CHECK_ALLOCATED(view.name_masked.at);
    if (row.photo.bytes == PHOTO_HASH_BYTES)
        view.photo = arena_text(&gather->arena, row.photo);
    view.index = row.index >> 20 < SLOT_LISTS_MAX ? row.index : INDEX_NONE;
    view.access_version = row.access_version;
    gather->views[gather->count++] = view;
    return true;
}

static void grow_engaged(struct gather *gather)
{
    gather->engaged_max = gather->engaged_max == 0 ? 256 : gather->engaged_max * 2;
    gather->engaged = realloc(gather->engaged, gather->engaged_max * sizeof *gather->engaged);
    gather->engaged_workers =
        realloc(gather->engaged_workers, gather->engaged_max * sizeof *gather->engaged_workers);
    CHECK_ALLOCATED(gather->engaged);
    CHECK_ALLOCATED(gather->engaged_workers);
}

bool gather_engagement(void *arg, const struct text *fields)
{
    struct gather *gather = arg;
    struct engagement_row row;

    if (!engagement_row_read(fields, &row))
        return false;
    if (gather->engaged_count == gather->engaged_max)
        grow_engaged(gather);
    gather->engaged_workers[gather->engaged_count] = row.worker_id;
    gather->engaged[gather->engaged_count++] = (struct engaged){
        .org_id = row.org_id,
        .site_id = row.site_id,
        .version = row.version,
        .from = row.from,
        .until = row.until,
        .trade = row.trade,
        .role = row.role,
    };
    return true;
}

void gather_join(struct gather *gather)
{
    size_t at = 0;

    for (size_t i = 0; i < gather->count; i++) {
        struct worker_view *view = &gather->views[i];
        size_t first;

        while (at < gather->engaged_count && gather->engaged_workers[at] < view->worker_id)
            at++; /* of somebody without facts */
        first = at;
        while (at < gather->engaged_count && gather->engaged_workers[at] == view->worker_id)
            at++;
        view->engaged = gather->engaged + first;
        view->engaged_count = (unsigned)(at - first);
    }
}
