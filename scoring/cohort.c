/* scoring/cohort.c: where everything in a cohort lies. */
#include "scoring/cohort.h"

#include <string.h>

_Static_assert(COHORT_LANES * sizeof(uint16_t) == COHORT_ALIGN, "every rank begins aligned");
_Static_assert(sizeof(struct cohort) % 4 == 0, "the columns follow after padding only");

/* -- reading ---------------------------------------------------------------------------------- */

enum { COLUMN_WHAT = 1, COLUMN_MORE = 2 };

static unsigned columns_of(unsigned list)
{
    switch (list) {
    case LIST_EXAM:
    case LIST_VIOLATION:
    case LIST_CERTIFICATE:
    case LIST_STATUS:
    case LIST_BAN:
    case LIST_OVERRIDE:
        return 3;
    default:
        return 2;
    }
}

/* Lists in which many people have something. */
static bool has_ranks(unsigned list)
{
    return list <= LIST_AGREEMENT || list > LIST_TRAINING;
}

static const uint16_t *at_byte(const struct cohort *cohort, size_t at)
{
    return (const uint16_t *)(const void *)((const unsigned char *)cohort + at);
}

const uint16_t *cohort_column(const struct cohort *cohort, enum cohort_column column)
{
    return at_byte(cohort, cohort->columns_at) + (size_t)column * cohort->pitch;
}

struct cohort_events cohort_events(const struct cohort *cohort, enum cohort_list list)
{
    const struct cohort_part *part = &cohort->part[list];
    const uint16_t *ranks = at_byte(cohort, part->at), *tail = at_byte(cohort, part->tail_at);
    size_t entries = (size_t)part->ranks * cohort->pitch;
    bool more = columns_of(list) == 3;

    return (struct cohort_events){
        .pitch = cohort->pitch,
        .latest = part->latest,
        .on = ranks,
        .what = ranks + entries,
        .more = more ? ranks + 2 * entries : NULL,
        .tail_worker = tail,
        .tail_on = tail + part->tail_count,
        .tail_what = tail + 2 * (size_t)part->tail_count,
        .tail_more = more ? tail + 3 * (size_t)part->tail_count : NULL,
        .ranks = part->ranks,
        .tail_count = part->tail_count,
    };
}

/* -- sealing ---------------------------------------------------------------------------------- */

static unsigned lanes_of(const struct cohort_builder *builder)
{
    return (builder->workers + COHORT_LANES - 1u) / COHORT_LANES * COHORT_LANES;
}

/* An odd number of times COHORT_LANES: were columns 4,096 bytes apart, all that is known of a worker
 * would compete for the same few places in the cache. */
static size_t pitch_of(unsigned lanes)
{
    return lanes | COHORT_LANES;
}

static size_t aligned(size_t bytes)
{
    return (bytes + COHORT_ALIGN - 1) / COHORT_ALIGN * COHORT_ALIGN;
}

/* How many ranks become columns, and how many events are left for the tail. */
static void divide(const struct cohort_builder *builder, unsigned list, struct cohort_part *part)
{
    const uint32_t *of_rank = builder->of_rank[list];
    unsigned ranks = 0;

    if (has_ranks(list)) {
        while (ranks < COHORT_RANKS_MAX && of_rank[ranks] != 0 &&
               of_rank[ranks] * COHORT_FILL >= builder->workers)
            ranks++;
    }
    part->ranks = (uint16_t)ranks;
    part->tail_count = 0;
    for (unsigned rank = ranks; rank <= COHORT_RANKS_MAX; rank++)
        part->tail_count += of_rank[rank];
}

/* Where everything lies: columns of workers, the ranks of all lists, then the tails. */
static void plan_layout(const struct cohort_builder *builder, struct cohort *cohort)
{
    const unsigned lanes = lanes_of(builder);
    const size_t pitch = pitch_of(lanes);
    size_t at = aligned(sizeof *cohort);

    cohort->columns_at = (uint32_t)at;
    at += (size_t)COHORT_COLUMNS * pitch * sizeof(uint16_t);
    for (unsigned list = 0; list < COHORT_LISTS; list++) {
        struct cohort_part *part = &cohort->part[list];

        divide(builder, list, part);
        part->at = (uint32_t)at;
        at += (size_t)part->ranks * pitch * columns_of(list) * sizeof(uint16_t);
    }
    for (unsigned list = 0; list < COHORT_LISTS; list++) {
        struct cohort_part *part = &cohort->part[list];

        part->tail_at = (uint32_t)at;
        at += (size_t)part->tail_count * (columns_of(list) + 1) * sizeof(uint16_t);
    }
    cohort->bytes = (uint32_t)aligned(at);
    cohort->workers = builder->workers;
    cohort->lanes = (uint16_t)lanes;
    cohort->pitch = (uint16_t)pitch;
    cohort->gap_days = builder->gap_days;
    cohort->facts = builder->count;
}

size_t cohort_bytes(const struct cohort_builder *builder)
{
    struct cohort layout;

    plan_layout(builder, &layout);
    return layout.bytes;
}

static uint16_t *column_at(struct cohort *cohort, size_t at)
{
    return (uint16_t *)(void *)((unsigned char *)cohort + at);
}

/* Whoever has no event of a rank has one there on no day (DAY_UNKNOWN), which is in no window. */
static void clear_ranks(struct cohort *cohort)
{
    for (unsigned list = 0; list < COHORT_LISTS; list++) {
        size_t entries = (size_t)cohort->part[list].ranks * cohort->pitch;

        memset(column_at(cohort, cohort->part[list].at), 0,
               entries * columns_of(list) * sizeof(uint16_t));
    }
}

/* Where the events of one list go. */
struct target {
    uint16_t *ranks, *tail;         /* tail: the next place there */
    size_t ranks_apart, tail_apart; /* from one column to the next */
    size_t
        more; /* columns from `on` to `more`; where there is none, 1: `what` is written over it */
    unsigned rank_count;
};

static void find_targets(struct cohort *cohort, struct target targets[COHORT_LISTS])
{
    for (unsigned list = 0; list < COHORT_LISTS; list++) {
        const struct cohort_part *part = &cohort->part[list];

        targets[list] = (struct target){
            .ranks = column_at(cohort, part->at),
            .tail = column_at(cohort, part->tail_at),
            .ranks_apart = (size_t)part->ranks * cohort->pitch,
            .tail_apart = part->tail_count,
            .more = columns_of(list) - 1,
            .rank_count = part->ranks,
        };
    }
}

static inline void place(struct target *t, const struct cohort_entry *e, size_t pitch)
{
    size_t apart = t->ranks_apart;
    uint16_t *at = t->ranks + e->rank * pitch + e->worker;

    if (e->rank >= t->rank_count) {
        apart = t->tail_apart;
        at = t->tail + apart;
        *t->tail++ = e->worker;
    }
    at[0] = e->on;
    at[t->more * apart] = e->more;
    at[apart] = e->what;
}

static void place_all(const struct cohort_builder *builder, struct cohort *cohort)
{
    struct target targets[COHORT_LISTS];

    find_targets(cohort, targets);
    for (uint32_t i = 0; i < builder->count; i++)
        place(&targets[builder->staged[i].list], &builder->staged[i], cohort->pitch);
}

static day_t latest_of(const uint16_t *on, size_t count)
{
    day_t latest = 0;

    for (size_t i = 0; i < count; i++)
        latest = on[i] > latest ? on[i] : latest;
    return latest;
}

static void note_latest(struct cohort *cohort)
{
    for (unsigned list = 0; list < COHORT_LISTS; list++) {
        struct cohort_events e = cohort_events(cohort, (enum cohort_list)list);
        struct cohort_part *part = &cohort->part[list];

        memset(part->latest, 0, sizeof part->latest);
        for (unsigned rank = 0; rank < e.ranks; rank++)
            part->latest[rank] = latest_of(e.on + rank * e.pitch, cohort->lanes);
        part->latest[e.ranks] = latest_of(e.tail_on, e.tail_count);
    }
}

struct cohort *cohort_seal(const struct cohort_builder *builder, void *at)
{
    struct cohort *cohort = at;
    size_t spare;

    plan_layout(builder, cohort);
    spare = (size_t)(cohort->lanes - cohort->workers) * sizeof(uint16_t);
    for (unsigned column = 0; column < COHORT_COLUMNS; column++) {
        uint16_t *to = column_at(cohort, cohort->columns_at) + (size_t)column * cohort->pitch;

        memcpy(to, builder->columns[column], cohort->workers * sizeof *to);
        memset(to + cohort->workers, 0, spare);
    }
    clear_ranks(cohort);
    place_all(builder, cohort);
    note_latest(cohort);
    return cohort;
}
