#include "register/presence.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/check.h"

/* A key has WAYS places in one set, so the table never grows and nothing is ever moved. */
enum { PARTS = 64, WAYS = 8 };

struct entry {
    int64_t site_id, worker_id; /* worker_id 0: empty */
    int64_t at_us;
    bool inside;
};

struct part {
    pthread_mutex_t lock; /* guards everything here */
    struct entry *entries;
    struct presence_counts counts;
};

struct presence {
    size_t sets; /* a part */
    struct part parts[PARTS];
};

/* Finalizer of SplitMix64: neighbouring ids spread over all sets. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}

struct presence *presence_new(size_t entries_max)
{
    struct presence *presence = calloc(1, sizeof *presence);

    CHECK_ALLOCATED(presence);
    presence->sets = (entries_max + PARTS * WAYS - 1) / (PARTS * WAYS);
    CHECK(presence->sets > 0);
    for (unsigned i = 0; i < PARTS; i++) {
        struct part *part = &presence->parts[i];

        CHECK(pthread_mutex_init(&part->lock, NULL) == 0);
        part->entries = calloc(presence->sets * WAYS, sizeof *part->entries);
        CHECK_ALLOCATED(part->entries);
    }
    return presence;
}

void presence_free(struct presence *presence)
{
    if (presence == NULL)
        return;
    for (unsigned i = 0; i < PARTS; i++) {
        free(presence->parts[i].entries);
        CHECK(pthread_mutex_destroy(&presence->parts[i].lock) == 0);
    }
    free(presence);
}

/* Locks the part of a key and gives the first of its WAYS places. */
static struct part *part_lock(struct presence *presence, int64_t site_id, int64_t worker_id,
                              struct entry **set)
{
    uint64_t hash = mix(mix((uint64_t)worker_id) ^ (uint64_t)site_id);
    struct part *part = &presence->parts[hash % PARTS];

    CHECK(pthread_mutex_lock(&part->lock) == 0);
    *set = part->entries + (hash / PARTS) % presence->sets * WAYS;
    return part;
}

static void part_unlock(struct part *part)
{
    CHECK(pthread_mutex_unlock(&part->lock) == 0);
}

static struct entry *find(struct entry *set, int64_t site_id, int64_t worker_id)
{
    for (unsigned i = 0; i < WAYS; i++) {
        if (set[i].worker_id == worker_id && set[i].site_id == site_id)
            return &set[i];
    }
    return NULL;
}

/* An empty place, else the oldest. */
static struct entry *find_room(struct entry *set)
{
    struct entry *oldest = &set[0];

    for (unsigned i = 0; i < WAYS; i++) {
        if (set[i].worker_id == 0)
            return &set[i];
        if (set[i].at_us < oldest->at_us)
            oldest = &set[i];
    }
    return oldest;
}

void presence_note(struct presence *presence, int64_t site_id, int64_t worker_id, bool inside,
                   int64_t at_us)
{
    struct entry *set, *entry;
    struct part *part;

    CHECK(worker_id > 0 && site_id > 0);
    part = part_lock(presence, site_id, worker_id, &set);
    entry = find(set, site_id, worker_id);
    part->counts.notes++;
    if (entry != NULL && entry->at_us > at_us) {
        part->counts.late++;
        part_unlock(part);
        return;
    }
    if (entry == NULL) {
        entry = find_room(set);
        if (entry->worker_id != 0)
            part->counts.evicted++;
    }
    *entry = (struct entry){site_id, worker_id, at_us, inside};
    part_unlock(part);
}

enum presence_of presence_find(struct presence *presence, int64_t site_id, int64_t worker_id,
                               int64_t now_us)
{
    int64_t oldest_us = now_us - (int64_t)PRESENCE_HOURS * 3600 * 1000000;
    enum presence_of found = PRESENCE_UNKNOWN;
    struct entry *set, *entry;
    struct part *part;

    if (worker_id <= 0)
        return PRESENCE_UNKNOWN;
    part = part_lock(presence, site_id, worker_id, &set);
    entry = find(set, site_id, worker_id);
    if (entry != NULL && entry->at_us > oldest_us)
        found = entry->inside ? PRESENCE_INSIDE : PRESENCE_OUTSIDE;
    part_unlock(part);
    return found;
}

struct presence_counts presence_counts(struct presence *presence)
{
    struct presence_counts sum = {0};

    for (unsigned i = 0; i < PARTS; i++) {
        struct part *part = &presence->parts[i];

        CHECK(pthread_mutex_lock(&part->lock) == 0);
        sum.notes += part->counts.notes;
        sum.late += part->counts.late;
        sum.evicted += part->counts.evicted;
        part_unlock(part);
    }
    return sum;
}
