#include "register/listing.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "register/block.h"
#include "scoring/batch.h"

enum {
    COHORT_SIZE = BLOCK_WORKERS, /* a block's workers are judged together */
    STAGED = 16 * 1024,          /* their events; FACTS_PER_WORKER_MAX * 2 is the least */
    NOT_SEEN = LISTING_VOID      /* whoever joined after the survey has no status in it */
};

struct listing {
    struct survey survey;
    struct registry_reader *reader; /* for slots; used by the survey's thread alone */
    void (*done)(void *arg, bool complete);
    void *arg;
    char region[REGION_BYTES + 1];
    uint32_t number; /* of the policy */
    day_t on;
    uint64_t generation;
    const struct policy_document *document; /* while the generation lasts */
    bool replaced;                          /* by another policy, while this was at work */
    bool planned;                           /* false: the policy is too large for columns */
    int64_t last_worker;
    struct batch_plan plan;
    struct cohort_builder builder;
    struct cohort_entry staged[STAGED];
    int64_t worker_ids[COHORT_SIZE];
    unsigned count;
    unsigned char *cohort; /* COHORT_ALIGN; the one that is being judged */
    size_t cohort_room;
    uint8_t person[COHORT_WORKERS_MAX], here[COHORT_WORKERS_MAX];
    unsigned char *statuses; /* of workers by their id, two bits each */
    size_t statuses_room;    /* bytes */
};

/* -- statuses by worker --------------------------------------------------------------------------- */

static void put(unsigned char *packed, uint64_t place, unsigned status)
{
    unsigned shift = (unsigned)(place % 4) * 2;

    packed[place / 4] &= (unsigned char)~(3u << shift);
    packed[place / 4] |= (unsigned char)(status << shift);
}

static unsigned status_of(const struct listing *l, int64_t worker_id)
{
    size_t byte = (size_t)worker_id / 4;

    if (byte >= l->statuses_room)
        return NOT_SEEN;
    return (unsigned)l->statuses[byte] >> worker_id % 4 * 2 & 3;
}

static void remember(struct listing *l, int64_t worker_id, unsigned status)
{
    size_t byte = (size_t)worker_id / 4, room = l->statuses_room;

    if (byte >= room) {
        while (byte >= room)
            room = room == 0 ? 64 * 1024 : 2 * room;
        l->statuses = realloc(l->statuses, room);
        CHECK_ALLOCATED(l->statuses);
        memset(l->statuses + l->statuses_room, NOT_SEEN * 0x55, room - l->statuses_room);
        l->statuses_room = room;
    }
    put(l->statuses, (uint64_t)worker_id, status);
}

static unsigned status_of_colour(uint8_t colour)
{
    switch (colour) {
    case COLOUR_GREEN:  return LISTING_GREEN;
    case COLOUR_YELLOW: return LISTING_YELLOW;
    case COLOUR_RED:    return LISTING_RED;
    default:            return LISTING_VOID;
    }
}

/* -- judging, a block at a time ------------------------------------------------------------------- */

static void cohort_open(struct listing *l)
{
    l->count = 0;
    if (l->planned)
        cohort_begin(&l->builder, l->staged, STAGED, batch_gap_days(&l->document->policy));
}

static void judge_cohort(struct listing *l)
{
    size_t bytes;

    if (l->count == 0)
        return;
    bytes = cohort_bytes(&l->builder);
    if (bytes > l->cohort_room) {
        free(l->cohort);
        l->cohort_room = (bytes + bytes / 2 + COHORT_ALIGN) / COHORT_ALIGN * COHORT_ALIGN;
        l->cohort = aligned_alloc(COHORT_ALIGN, l->cohort_room);
        CHECK_ALLOCATED(l->cohort);
    }
    CHECK(batch_colours(&l->plan, cohort_seal(&l->builder, l->cohort), l->person, l->here));
    for (unsigned i = 0; i < l->count; i++)
        remember(l, l->worker_ids[i], status_of_colour(l->person[i]));
    cohort_open(l);
}

static bool cohort_takes(struct listing *l, const struct worker_view *worker)
{
    enum cohort_added added;

    if (!l->planned)
        return false;
    if (l->count == COHORT_SIZE)
        judge_cohort(l);
    added = cohort_add(&l->builder, &worker->facts, NULL);
    if (added == COHORT_FULL) {
        judge_cohort(l);
        added = cohort_add(&l->builder, &worker->facts, NULL);
    }
    if (added == COHORT_ADDED)
        l->worker_ids[l->count++] = worker->worker_id;
    return added == COHORT_ADDED;
}

/* The documents are others now; nobody waits, because every block ends with judging. */
static void take_policy(struct listing *l, const struct post *post)
{
    CHECK(l->count == 0);
    l->generation = post->generation;
    l->document = post->policies != NULL
                      ? policy_find(post->policies, text_of(l->region), l->on)
                      : NULL;
    l->replaced = l->document == NULL || l->document->policy.number != l->number;
    if (l->replaced)
        return;
    l->planned = batch_plan_init(&l->plan, &l->document->policy, l->on);
    cohort_open(l);
}

static void on_post(void *arg, const struct post *post)
{
    const struct worker_view *worker = post->worker;
    struct listing *l = arg;

    if (worker->worker_id == l->last_worker || l->replaced)
        return; /* at another of his posts */
    l->last_worker = worker->worker_id;
    if (l->document == NULL || post->generation != l->generation)
        take_policy(l, post);
    if (l->replaced)
        return;
    if (worker->access_version == 0)
        remember(l, worker->worker_id, LISTING_VOID); /* erased */
    else if (!cohort_takes(l, worker))
        remember(l, worker->worker_id,
                 status_of_colour(
                     safety_colours(&worker->facts, NULL, &l->document->policy, l->on).person_colour));
}

static void on_block_end(void *arg)
{
    judge_cohort(arg);
}

static void on_done(void *arg, bool complete)
{
    struct listing *l = arg;

    l->done(l->arg, complete && !l->replaced);
}

/* -- slots ---------------------------------------------------------------------------------------- */

static unsigned status_of_slot(const struct listing *l, uint64_t index)
{
    struct slot_view slot;

    if (!registry_slot(l->reader, index, &slot) || slot.is_void)
        return LISTING_VOID;
    return status_of(l, slot.worker_id);
}

bool listing_pack(struct listing *l, uint32_t list, unsigned char *packed)
{
    uint64_t first = (uint64_t)list * LISTING_SLOTS;
    bool is_there;

    registry_enter(l->reader);
    is_there = registry_has_list(l->reader, list);
    for (uint64_t i = 0; is_there && i < LISTING_SLOTS; i += 4) {
        unsigned byte = 0;

        for (unsigned k = 0; k < 4; k++)
            byte |= status_of_slot(l, first + i + k) << 2 * k;
        packed[i / 4] = (unsigned char)byte;
    }
    registry_leave(l->reader);
    return is_there;
}

/* -- from outside --------------------------------------------------------------------------------- */

struct listing *listing_new(struct registry *registry, struct text region, uint32_t policy,
                            day_t on)
{
    struct listing *l = calloc(1, sizeof *l);

    CHECK_ALLOCATED(l);
    CHECK(region.bytes <= REGION_BYTES);
    memcpy(l->region, region.at, region.bytes);
    l->reader = registry_reader_new(registry, NULL);
    l->number = policy;
    l->on = on;
    l->survey = (struct survey){
        .asked = SURVEY_FOR_GATES, .on = on, .visit = on_post, .block_end = on_block_end,
        .done = on_done, .arg = l};
    return l;
}

void listing_free(struct listing *l)
{
    if (l == NULL)
        return;
    registry_reader_free(l->reader);
    free(l->cohort);
    free(l->statuses);
    free(l);
}

struct survey *listing_survey(struct listing *l)
{
    return &l->survey;
}

bool listing_is_whole(const struct listing *l)
{
    return !l->replaced;
}

void listing_then(struct listing *l, void (*done)(void *arg, bool complete), void *arg)
{
    l->done = done;
    l->arg = arg;
}
