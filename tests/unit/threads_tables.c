/* Loops against one another over the tables they share, presence and recent: who is first is one of
 * them, what is found is whole, and what is newest stays.
 *
 * A program of its own without Criterion, whose arena the thread sanitizer does not let it map; so
 * it runs under the address and the thread sanitizer alike. Exit status 0: all is well. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "register/presence.h"
#include "register/recent.h"

enum { THREADS = 4, ROUNDS = 4000, PEOPLE = 64, SITE = 7, GATE = 1000, DAY = 46000 };
enum { ROOMY = 64 * 1024, CROWDED = 512 };

enum wrong { CLAIM_ALONE, CLAIM_LOST, ANSWER_TORN, PRESENCE_LOST, DIGEST_LOST, DIGEST_TORN, WRONGS };
static const char *const wrongs[] = {
    [CLAIM_ALONE] = "claims of one's own code that met another",
    [CLAIM_LOST] = "claims that were not found again",
    [ANSWER_TORN] = "answers of two passes",
    [PRESENCE_LOST] = "presences lost",
    [DIGEST_LOST] = "digests lost",
    [DIGEST_TORN] = "digests of two halves",
};

static struct contest {
    struct recent *recent, *crowded; /* in the second one's entries displace another's */
    struct presence *presence;
    pthread_barrier_t barrier;
    _Atomic unsigned firsts[ROUNDS];
    _Atomic int64_t newest_us[PEOPLE];
    _Atomic unsigned wrong[WRONGS];
} contest;

static void expect(bool condition, enum wrong wrong)
{
    if (!condition)
        atomic_fetch_add(&contest.wrong[wrong], 1);
}

static void meet(void)
{
    int met = pthread_barrier_wait(&contest.barrier);

    CHECK(met == 0 || met == PTHREAD_BARRIER_SERIAL_THREAD);
}

static struct recent_use use_of(int64_t gate_id, int64_t index, int64_t until_s)
{
    return (struct recent_use){.site_id = SITE, .gate_id = gate_id, .index = index, .iat = 1,
                               .until_s = until_s, .seq = index, .epoch = 1, .direction = 1};
}

/* Every gate sees the round's code at the same moment; then each sees its own use of it again. */
static void claim_round(int64_t gate_id, int64_t round)
{
    int64_t now_s = clock_wall_us() / US_PER_SECOND;
    struct recent_use use = use_of(gate_id, round, now_s + 60), earlier = {0};

    meet();
    if (recent_claim(contest.recent, &use, now_s, &earlier) == RECENT_NEW)
        atomic_fetch_add(&contest.firsts[round], 1);
    expect(recent_claim(contest.recent, &use, now_s, &earlier) == RECENT_SAME &&
               earlier.gate_id == gate_id && earlier.index == round,
           CLAIM_LOST);
    meet(); /* until all have claimed it */
    recent_release(contest.recent, &use);
    recent_forget(contest.recent, &use);
    use = use_of(gate_id, ROUNDS + gate_id, now_s + 60); /* a code that this gate alone sees */
    expect(recent_claim(contest.recent, &use, now_s, &earlier) == RECENT_NEW, CLAIM_ALONE);
    recent_forget(contest.recent, &use);
}

/* Gate and number say what else is in the pass: a mixture is a torn one. Another gate's may not be
 * there yet, or no more. */
static void answer_round(struct recent *recent, int64_t gate_id, int64_t round)
{
    int64_t from = GATE + round % THREADS, seq = round % PEOPLE;
    struct pass found, pass = {.gate_id = gate_id, .epoch = 1, .seq = seq, .day = DAY,
                               .worker_id = gate_id * 100 + seq, .decided_at = clock_wall_us()};
    enum recent_recorded recorded;

    pass.at = pass.decided_at;
    recent_answered(recent, &pass, RECENT_PENDING);
    recent_answered(recent, &pass, RECENT_DB);
    if (recent_find(recent, from, 1, seq, DAY, &found, &recorded))
        expect(found.gate_id == from && found.worker_id == from * 100 + seq &&
                   found.at == found.decided_at,
               ANSWER_TORN);
    if (round % 16 == 0)
        recent_drop(recent, &pass);
}

static void remember_newest(_Atomic int64_t *newest_us, int64_t at_us)
{
    int64_t known = atomic_load(newest_us);

    while (known < at_us && !atomic_compare_exchange_weak(newest_us, &known, at_us))
        ;
}

/* All write the same people, often something older than what is known. Somebody is inside by the
 * passes of even microseconds and outside by odd ones, so the newest one tells. */
static void presence_round(int64_t gate_id, int64_t round)
{
    int64_t who = round % PEOPLE, at_us = clock_wall_us() - gate_id * 7919 * round % 1000;

    presence_note(contest.presence, SITE, 1 + who, at_us % 2 == 0, at_us);
    remember_newest(&contest.newest_us[who], at_us);
    expect(presence_find(contest.presence, SITE, 1 + who, at_us) != PRESENCE_UNKNOWN,
           PRESENCE_LOST);
}

/* The bytes of a digest are all the same here; one of two halves was never noted. */
static void digest_round(struct recent *recent, int64_t round)
{
    unsigned char digest[32], torn[32];

    memset(digest, (int)(1 + round % 200), sizeof digest);
    memcpy(torn, digest, sizeof torn);
    memset(torn + 16, (int)(1 + (round + 1) % 200), 16);
    recent_verified(recent, digest, clock_wall_us() / US_PER_SECOND + 60);
    expect(recent_is_verified(recent, digest) || recent == contest.crowded, DIGEST_LOST);
    expect(!recent_is_verified(recent, torn), DIGEST_TORN);
}

static void *gate(void *arg)
{
    int64_t gate_id = GATE + *(const int *)arg;

    for (int64_t round = 0; round < ROUNDS; round++) {
        claim_round(gate_id, round);
        answer_round(contest.recent, gate_id, round);
        answer_round(contest.crowded, gate_id, round);
        presence_round(gate_id, round);
        digest_round(contest.recent, round);
        digest_round(contest.crowded, round);
        if (round % 512 == 0) {
            (void)recent_counts(contest.recent);
            (void)presence_counts(contest.presence);
        }
    }
    return NULL;
}

/* Of all gates that asked about a code at the same moment one was first. */
static unsigned count_contested(void)
{
    unsigned bad = 0;

    for (unsigned round = 0; round < ROUNDS; round++)
        bad += atomic_load(&contest.firsts[round]) != 1;
    return bad;
}

static unsigned count_turned_back(void)
{
    unsigned bad = 0;

    for (int64_t who = 0; who < PEOPLE; who++) {
        int64_t at_us = atomic_load(&contest.newest_us[who]);

        bad += presence_find(contest.presence, SITE, 1 + who, at_us) !=
               (at_us % 2 == 0 ? PRESENCE_INSIDE : PRESENCE_OUTSIDE);
    }
    return bad;
}

static unsigned print(unsigned count, const char *text)
{
    printf("%u %s\n", count, text);
    return count;
}

/* The threads must have met what they are here for: displaced entries, passes that came late. */
static bool has_strained(void)
{
    struct recent_counts crowded = recent_counts(contest.crowded);
    struct presence_counts presence = presence_counts(contest.presence);

    printf("%d codes at %d gates; displaced %llu answers; %llu of %llu presences came late\n",
           ROUNDS, THREADS, (unsigned long long)crowded.evicted_answers,
           (unsigned long long)presence.late, (unsigned long long)presence.notes);
    return crowded.evicted_answers > 0 && presence.late > 0;
}

int main(void)
{
    pthread_t threads[THREADS];
    int numbers[THREADS];
    unsigned bad;
    bool strained;

    contest.recent = recent_new(ROOMY);
    contest.crowded = recent_new(CROWDED);
    contest.presence = presence_new(ROOMY);
    CHECK(pthread_barrier_init(&contest.barrier, NULL, THREADS) == 0);
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        CHECK(pthread_create(&threads[i], NULL, gate, &numbers[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    bad = print(count_contested(), "codes with another number of firsts than one");
    bad += print(count_turned_back(), "people whose newest pass is not what is known");
    for (unsigned i = 0; i < WRONGS; i++)
        bad += print(atomic_load(&contest.wrong[i]), wrongs[i]);
    strained = has_strained();
    recent_free(contest.recent);
    recent_free(contest.crowded);
    presence_free(contest.presence);
    CHECK(pthread_barrier_destroy(&contest.barrier) == 0);
    return bad == 0 && strained ? 0 : 1;
}
