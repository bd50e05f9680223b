/* scoring/cohort.c: where everything in a cohort lies. */
#include "scoring/cohort.h"

#include <string.h>

_Static_assert(COHORT_LANES * sizeof(uint16_t) == COHORT_ALIGN, "every rank begins aligned");
_Static_assert(sizeof(struct cohort) % 4 == 0, "the columns follow after padding only");

/* -- reading -------------------------------------------------------------------------------------- */

enum { COLUMN_WHAT = 1, COLUMN_MORE = 2 };

static unsigned columns_of(unsigned list)
{
    switch (list) {
    case LIST_EXAM:
    case LIST_VIOLATION:
    case LIST_CERTIFICATE:
    case LIST_STATUS:
    case LIST_BAN:
    case LIST_OVERRIDE: return 3;
    default:            return 2;
    }
}

/* Lists that many people have something in: the latest first, and ranks of them in columns. */
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
    return at_byte(cohort, cohort->columns_at) + (size_t)column * cohort->lanes;
}

struct cohort_events cohort_events(const struct cohort *cohort, enum cohort_list list)
{
    const struct cohort_part *part = &cohort->part[list];
    const uint16_t *ranks = at_byte(cohort, part->at), *tail = at_byte(cohort, part->tail_at);
    size_t entries = (size_t)part->ranks * cohort->lanes;
    bool more = columns_of(list) == 3;

    return (struct cohort_events){
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

/* -- sealing -------------------------------------------------------------------------------------- */

static unsigned lanes_of(const struct cohort_builder *builder)
{
    return (builder->workers + COHORT_LANES - 1u) / COHORT_LANES * COHORT_LANES;
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
    memset(part->latest, 0, sizeof part->latest);
    for (unsigned rank = ranks; rank <= COHORT_RANKS_MAX; rank++)
        part->tail_count += of_rank[rank];
}

/* Where everything lies: columns of workers, the ranks of all lists, then the tails. */
static void plan_layout(const struct cohort_builder *builder, struct cohort *cohort)
{
    unsigned lanes = lanes_of(builder);
    size_t at = aligned(sizeof *cohort);

    cohort->columns_at = (uint32_t)at;
    at += (size_t)COHORT_COLUMNS * lanes * sizeof(uint16_t);
    for (unsigned list = 0; list < COHORT_LISTS; list++) {
        struct cohort_part *part = &cohort->part[list];

        divide(builder, list, part);
        part->at = (uint32_t)at;
        at += (size_t)part->ranks * lanes * columns_of(list) * sizeof(uint16_t);
    }
    for (unsigned list = 0; list < COHORT_LISTS; list++) {
        struct cohort_part *part = &cohort->part[list];

        part->tail_at = (uint32_t)at;
        at += (size_t)part->tail_count * (columns_of(list) + 1) * sizeof(uint16_t);
    }
    cohort->bytes = (uint32_t)aligned(at);
    cohort->workers = builder->workers;
    cohort->lanes = (uint16_t)lanes;
    cohort->gap_days = builder->gap_days;
    cohort->unused = 0;
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

/* Whoever has no event of a rank has one that never happened: no day reaches it. */
static void clear_ranks(struct cohort *cohort)
{
    for (unsigned list = 0; list < COHORT_LISTS; list++) {
        size_t entries = (size_t)cohort->part[list].ranks * cohort->lanes;
        uint16_t *on = column_at(cohort, cohort->part[list].at);

        memset(on, 0xff, entries * sizeof *on);
        memset(on + entries, 0, entries * (columns_of(list) - 1) * sizeof *on);
    }
}

static void place(struct cohort *cohort, const struct cohort_entry *e, uint32_t tailed[COHORT_LISTS])
{
    struct cohort_part *part = &cohort->part[e->list];
    bool more = columns_of(e->list) == 3;
    day_t *latest = &part->latest[e->rank < part->ranks ? e->rank : part->ranks];

    if (e->on > *latest)
        *latest = e->on;
    if (e->rank < part->ranks) {
        size_t entries = (size_t)part->ranks * cohort->lanes;
        uint16_t *at = column_at(cohort, part->at) + (size_t)e->rank * cohort->lanes + e->worker;

        at[0] = e->on;
        at[entries] = e->what;
        if (more)
            at[2 * entries] = e->more;
    } else {
        size_t count = part->tail_count;
        uint16_t *at = column_at(cohort, part->tail_at) + tailed[e->list]++;

        at[0] = e->worker;
        at[count] = e->on;
        at[2 * count] = e->what;
        if (more)
            at[3 * count] = e->more;
    }
}

struct cohort *cohort_seal(const struct cohort_builder *builder, void *at)
{
    struct cohort *cohort = at;
    uint32_t tailed[COHORT_LISTS] = {0};
    size_t spare;

    plan_layout(builder, cohort);
    spare = (size_t)(cohort->lanes - cohort->workers) * sizeof(uint16_t);
    for (unsigned column = 0; column < COHORT_COLUMNS; column++) {
        uint16_t *to = column_at(cohort, cohort->columns_at) + (size_t)column * cohort->lanes;

        memcpy(to, builder->columns[column], cohort->workers * sizeof *to);
        memset(to + cohort->workers, 0, spare);
    }
    clear_ranks(cohort);
    for (uint32_t i = 0; i < builder->count; i++)
        place(cohort, &builder->staged[i], tailed);
    return cohort;
}
