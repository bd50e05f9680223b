#include "jobs/site_tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "domain/engagement_here.h"

enum { ROOM_FIRST = 64 };

static struct counted *row_of(const struct site_tally *tally, int64_t site_id)
{
    size_t at = (size_t)((uint64_t)site_id * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (tally->room - 1);

    while (tally->rows[at].site_id != 0 && tally->rows[at].site_id != site_id)
        at = (at + 1) & (tally->room - 1);
    return &tally->rows[at];
}

static void grow(struct site_tally *tally)
{
    struct site_tally bigger = {.room = tally->room > 0 ? tally->room * 2 : ROOM_FIRST,
                                .count = tally->count};

    bigger.rows = calloc(bigger.room, sizeof *bigger.rows);
    CHECK_ALLOCATED(bigger.rows);
    for (size_t i = 0; i < tally->room; i++)
        if (tally->rows[i].site_id != 0)
            *row_of(&bigger, tally->rows[i].site_id) = tally->rows[i];
    free(tally->rows);
    *tally = bigger;
}

static struct counted *counted_at(struct site_tally *tally, int64_t site_id)
{
    struct counted *row;

    if (tally->count * 4 >= tally->room * 3)
        grow(tally);
    row = row_of(tally, site_id);
    tally->count += row->site_id == 0;
    row->site_id = site_id;
    return row;
}

static bool is_newest_there(const struct post *post, day_t on)
{
    uint32_t newest = 0;

    for (unsigned i = 0; i < post->worker->engaged_count; i++) {
        const struct engaged *e = &post->worker->engaged[i];
        struct engagement_span span = {e->site_id, e->version, e->from, e->until};

        (void)engagement_speaks(&span, post->engaged->site_id, on, &newest);
    }
    return newest == post->engaged->version;
}

void site_tally_add(struct site_tally *tally, const struct post *post, day_t on)
{
    struct counted *site;

    if (post->site == NULL || post->document == NULL || post->site->state == SITE_CLOSED ||
        !is_newest_there(post, on))
        return;
    site = counted_at(tally, post->site->id);
    site->rule = post->document->policy.site_alert;
    site->policy = post->document->policy.number;
    site_counts_add(&site->counts, &post->worker->facts, &post->context, &post->document->policy,
                    on);
}

void site_tally_empty(struct site_tally *tally)
{
    if (tally->room > 0)
        memset(tally->rows, 0, tally->room * sizeof *tally->rows);
    tally->count = 0;
}

void site_tally_clear(struct site_tally *tally)
{
    free(tally->rows);
    *tally = (struct site_tally){0};
}
