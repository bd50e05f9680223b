#include "register/recent.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { PARTS = 64, WAYS = 8, ANSWER_LIVES_S = 120 };

struct digest_entry {
    unsigned char digest[32];
    int64_t until_s; /* 0: empty */
};

struct use_entry {
    struct recent_use use; /* until_s 0: empty */
    bool counts;           /* against other gates: it opened, or may yet */
};

struct answer_entry {
    struct pass pass; /* gate_id 0: empty */
    enum recent_recorded recorded;
};

struct part {
    pthread_mutex_t lock; /* guards everything here */
    struct digest_entry *digests;
    struct use_entry *uses;
    struct answer_entry *answers;
    struct recent_counts counts;
};

struct recent {
    size_t sets; /* a part */
    struct part parts[PARTS];
};

static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull; /* finalizer of SplitMix64 */
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}

struct recent *recent_new(size_t entries_max)
{
    struct recent *recent = calloc(1, sizeof *recent);

    CHECK_ALLOCATED(recent);
    recent->sets = (entries_max + PARTS * WAYS - 1) / (PARTS * WAYS);
    CHECK(recent->sets > 0);
    for (unsigned i = 0; i < PARTS; i++) {
        struct part *part = &recent->parts[i];

        CHECK(pthread_mutex_init(&part->lock, NULL) == 0);
        part->digests = calloc(recent->sets * WAYS, sizeof *part->digests);
        part->uses = calloc(recent->sets * WAYS, sizeof *part->uses);
        part->answers = calloc(recent->sets * WAYS, sizeof *part->answers);
        CHECK_ALLOCATED(part->digests);
        CHECK_ALLOCATED(part->uses);
        CHECK_ALLOCATED(part->answers);
    }
    return recent;
}

void recent_free(struct recent *recent)
{
    if (recent == NULL)
        return;
    for (unsigned i = 0; i < PARTS; i++) {
        free(recent->parts[i].digests);
        free(recent->parts[i].uses);
        free(recent->parts[i].answers);
        CHECK(pthread_mutex_destroy(&recent->parts[i].lock) == 0);
    }
    free(recent);
}

/* Locks the part of a hash; *first is the place of its set in each of the part's tables. */
static struct part *part_lock(struct recent *recent, uint64_t hash, size_t *first)
{
    struct part *part = &recent->parts[hash % PARTS];

    CHECK(pthread_mutex_lock(&part->lock) == 0);
    *first = (hash / PARTS) % recent->sets * WAYS;
    return part;
}

static void part_unlock(struct part *part)
{
    CHECK(pthread_mutex_unlock(&part->lock) == 0);
}

/* -- digests ---------------------------------------------------------------------------------- */

static uint64_t digest_hash(const unsigned char digest[32])
{
    uint64_t hash;

    memcpy(&hash, digest, sizeof hash);
    return hash;
}

void recent_verified(struct recent *recent, const unsigned char digest[32], int64_t until_s)
{
    struct digest_entry *set, *to;
    int64_t now_s = clock_wall_us() / US_PER_SECOND;
    struct part *part;
    size_t first;

    CHECK(until_s > 0);
    part = part_lock(recent, digest_hash(digest), &first);
    set = to = &part->digests[first];
    for (unsigned i = 0; i < WAYS; i++) {
        if (memcmp(set[i].digest, digest, 32) == 0) {
            to = &set[i];
            break;
        }
        if (set[i].until_s < to->until_s) /* an empty place, else the one that dies first */
            to = &set[i];
    }
    if (to->until_s > now_s && memcmp(to->digest, digest, 32) != 0)
        part->counts.evicted_digests++;
    memcpy(to->digest, digest, 32);
    to->until_s = until_s;
    part_unlock(part);
}

bool recent_is_verified(struct recent *recent, const unsigned char digest[32])
{
    bool found = false;
    struct part *part;
    size_t first;

    part = part_lock(recent, digest_hash(digest), &first);
    for (unsigned i = 0; i < WAYS && !found; i++)
        found = part->digests[first + i].until_s != 0 &&
                memcmp(part->digests[first + i].digest, digest, 32) == 0;
    part_unlock(part);
    return found;
}

/* -- uses ------------------------------------------------------------------------------------- */

static uint64_t use_hash(const struct recent_use *use)
{
    return mix(mix(mix((uint64_t)use->site_id) ^ (uint64_t)use->index) ^ (uint64_t)use->iat);
}

static bool is_same_code(const struct recent_use *a, const struct recent_use *b)
{
    return a->site_id == b->site_id && a->index == b->index && a->iat == b->iat &&
           a->direction == b->direction;
}

static struct use_entry *find_use(struct use_entry *set, const struct recent_use *use)
{
    for (unsigned i = 0; i < WAYS; i++) {
        if (set[i].use.until_s != 0 && is_same_code(&set[i].use, use) &&
            set[i].use.gate_id == use->gate_id)
            return &set[i];
    }
    return NULL;
}

/* Is it known from another gate? *room: where this use may go. */
static bool is_elsewhere(struct use_entry *set, const struct recent_use *use, int64_t now_s,
                         struct use_entry **room)
{
    bool elsewhere = false;

    *room = &set[0];
    for (unsigned i = 0; i < WAYS; i++) {
        if (set[i].use.until_s < (*room)->use.until_s)
            *room = &set[i];
        if (set[i].counts && set[i].use.until_s > now_s && is_same_code(&set[i].use, use))
            elsewhere = true;
    }
    return elsewhere;
}

enum recent_seen recent_claim(struct recent *recent, const struct recent_use *use, int64_t now_s,
                              struct recent_use *earlier)
{
    struct use_entry *same, *room;
    enum recent_seen seen;
    struct part *part;
    size_t first;

    CHECK(use->until_s > 0);
    part = part_lock(recent, use_hash(use), &first);
    same = find_use(&part->uses[first], use);
    if (same != NULL && same->use.until_s > now_s) {
        *earlier = same->use;
        part_unlock(part);
        return RECENT_SAME;
    }
    seen = is_elsewhere(&part->uses[first], use, now_s, &room) ? RECENT_ELSEWHERE : RECENT_NEW;
    if (same != NULL)
        room = same;
    else if (room->use.until_s > now_s)
        part->counts.evicted_uses++;
    *room = (struct use_entry){.use = *use, .counts = true};
    part_unlock(part);
    return seen;
}

void recent_release(struct recent *recent, const struct recent_use *use)
{
    struct use_entry *entry;
    struct part *part;
    size_t first;

    part = part_lock(recent, use_hash(use), &first);
    entry = find_use(&part->uses[first], use);
    if (entry != NULL)
        entry->counts = false;
    part_unlock(part);
}

void recent_forget(struct recent *recent, const struct recent_use *use)
{
    struct use_entry *entry;
    struct part *part;
    size_t first;

    part = part_lock(recent, use_hash(use), &first);
    entry = find_use(&part->uses[first], use);
    if (entry != NULL)
        *entry = (struct use_entry){0};
    part_unlock(part);
}

/* -- answers ---------------------------------------------------------------------------------- */

static uint64_t answer_hash(int64_t gate_id, int32_t epoch, int64_t seq)
{
    return mix(mix((uint64_t)gate_id << 20 ^ (uint64_t)epoch) ^ (uint64_t)seq);
}

static struct answer_entry *find_answer(struct answer_entry *set, int64_t gate_id, int32_t epoch,
                                        int64_t seq, day_t day)
{
    for (unsigned i = 0; i < WAYS; i++) {
        const struct pass *pass = &set[i].pass;

        if (pass->gate_id == gate_id && pass->epoch == epoch && pass->seq == seq &&
            pass->day == day)
            return &set[i];
    }
    return NULL;
}

static struct answer_entry *oldest_answer(struct answer_entry *set)
{
    struct answer_entry *oldest = &set[0];

    for (unsigned i = 1; i < WAYS; i++) {
        if (set[i].pass.decided_at < oldest->pass.decided_at)
            oldest = &set[i];
    }
    return oldest;
}

void recent_answered(struct recent *recent, const struct pass *pass, enum recent_recorded recorded)
{
    int64_t alive_us = clock_wall_us() - (int64_t)ANSWER_LIVES_S * US_PER_SECOND;
    struct answer_entry *entry;
    struct part *part;
    size_t first;

    CHECK(pass->gate_id > 0);
    part = part_lock(recent, answer_hash(pass->gate_id, pass->epoch, pass->seq), &first);
    entry = find_answer(&part->answers[first], pass->gate_id, pass->epoch, pass->seq, pass->day);
    if (entry == NULL) {
        entry = oldest_answer(&part->answers[first]);
        if (entry->pass.decided_at > alive_us)
            part->counts.evicted_answers++;
        *entry = (struct answer_entry){.pass = *pass, .recorded = recorded};
    } else {
        entry->pass = *pass;
        if (recorded > entry->recorded)
            entry->recorded = recorded;
    }
    part_unlock(part);
}

bool recent_find(struct recent *recent, int64_t gate_id, int32_t epoch, int64_t seq, day_t day,
                 struct pass *pass, enum recent_recorded *recorded)
{
    struct answer_entry *entry;
    struct part *part;
    size_t first;

    part = part_lock(recent, answer_hash(gate_id, epoch, seq), &first);
    entry = find_answer(&part->answers[first], gate_id, epoch, seq, day);
    if (entry != NULL) {
        *pass = entry->pass;
        *recorded = entry->recorded;
    }
    part_unlock(part);
    return entry != NULL;
}

void recent_drop(struct recent *recent, const struct pass *pass)
{
    struct answer_entry *entry;
    struct part *part;
    size_t first;

    part = part_lock(recent, answer_hash(pass->gate_id, pass->epoch, pass->seq), &first);
    entry = find_answer(&part->answers[first], pass->gate_id, pass->epoch, pass->seq, pass->day);
    if (entry != NULL)
        *entry = (struct answer_entry){0};
    part_unlock(part);
}

struct recent_counts recent_counts(struct recent *recent)
{
    struct recent_counts sum = {0};

    for (unsigned i = 0; i < PARTS; i++) {
        struct part *part = &recent->parts[i];

        CHECK(pthread_mutex_lock(&part->lock) == 0);
        sum.evicted_digests += part->counts.evicted_digests;
        sum.evicted_uses += part->counts.evicted_uses;
        sum.evicted_answers += part->counts.evicted_answers;
        part_unlock(part);
    }
    return sum;
}
