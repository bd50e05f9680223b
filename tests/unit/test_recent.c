/* What was verified, used and answered lately: the same scan is one pass, elsewhere it is a replay. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "register/recent.h"

enum { NOW = 1790000000, IN = 1, OUT = 2 };

static struct recent_use use_at(int64_t gate_id, int64_t seq)
{
    return (struct recent_use){.site_id = 7, .gate_id = gate_id, .index = 12345, .iat = NOW - 5,
                               .until_s = NOW + 85, .seq = seq, .epoch = 1, .day = 46000,
                               .direction = IN};
}

static enum recent_seen claim(struct recent *r, const struct recent_use *use, int64_t now_s,
                              int64_t *seq)
{
    struct recent_use earlier = {0};
    enum recent_seen seen = recent_claim(r, use, now_s, &earlier);

    if (seq != NULL)
        *seq = earlier.seq;
    return seen;
}

Test(recent, the_same_scan_sent_three_times_is_one_pass)
{
    struct recent *r = recent_new(1000);
    struct recent_use first = use_at(70, 1), again = use_at(70, 2);
    int64_t seq;

    cr_expect_eq(claim(r, &first, NOW, NULL), RECENT_NEW);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(claim(r, &again, NOW + i, &seq), RECENT_SAME);
        cr_expect_eq(seq, 1);
    }
    recent_free(r);
}

Test(recent, a_code_at_two_gates_of_a_site_is_a_replay)
{
    struct recent *r = recent_new(1000);
    struct recent_use a = use_at(70, 1), b = use_at(71, 1);

    cr_expect_eq(claim(r, &a, NOW, NULL), RECENT_NEW);
    cr_expect_eq(claim(r, &b, NOW, NULL), RECENT_ELSEWHERE);
    cr_expect_eq(claim(r, &b, NOW, NULL), RECENT_SAME);
    recent_free(r);
}

Test(recent, a_gate_that_did_not_open_bars_no_other)
{
    struct recent *r = recent_new(1000);
    struct recent_use a = use_at(70, 1), b = use_at(71, 1);

    cr_expect_eq(claim(r, &a, NOW, NULL), RECENT_NEW);
    recent_release(r, &a);
    cr_expect_eq(claim(r, &b, NOW, NULL), RECENT_NEW);
    cr_expect_eq(claim(r, &a, NOW, NULL), RECENT_SAME);
    recent_free(r);
}

static const struct {
    const char *name;
    size_t offset;
} parts[] = {
    {"another site", offsetof(struct recent_use, site_id)},
    {"another code", offsetof(struct recent_use, index)},
    {"a newer code", offsetof(struct recent_use, iat)},
};

Test(recent, other_codes_sites_and_directions_are_new)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct recent *r = recent_new(1000);
        struct recent_use a = use_at(70, 1), b = use_at(71, 1);

        ++*(int64_t *)((char *)&b + parts[i].offset);
        cr_expect_eq(claim(r, &a, NOW, NULL), RECENT_NEW);
        cr_expect_eq(claim(r, &b, NOW, NULL), RECENT_NEW, "%s", parts[i].name);
        recent_free(r);
    }
}

Test(recent, leaving_with_the_code_one_entered_with_is_new)
{
    struct recent *r = recent_new(1000);
    struct recent_use in = use_at(70, 1), out = use_at(70, 2);

    out.direction = OUT;
    cr_expect_eq(claim(r, &in, NOW, NULL), RECENT_NEW);
    cr_expect_eq(claim(r, &out, NOW, NULL), RECENT_NEW);
    recent_free(r);
}

Test(recent, a_dead_code_bars_nobody)
{
    struct recent *r = recent_new(1000);
    struct recent_use a = use_at(70, 1), b = use_at(71, 1);

    cr_expect_eq(claim(r, &a, NOW, NULL), RECENT_NEW);
    cr_expect_eq(claim(r, &b, a.until_s, NULL), RECENT_NEW);
    recent_free(r);
}

Test(recent, a_forgotten_use_is_a_new_question)
{
    struct recent *r = recent_new(1000);
    struct recent_use a = use_at(70, 1);

    cr_expect_eq(claim(r, &a, NOW, NULL), RECENT_NEW);
    recent_forget(r, &a);
    cr_expect_eq(claim(r, &a, NOW, NULL), RECENT_NEW);
    recent_free(r);
}

Test(recent, a_digest_is_known_from_all_its_bytes)
{
    struct recent *r = recent_new(1000);
    unsigned char digest[32];

    memset(digest, 7, sizeof digest);
    cr_expect_not(recent_is_verified(r, digest));
    recent_verified(r, digest, NOW);
    cr_expect(recent_is_verified(r, digest));
    for (size_t i = 0; i < sizeof digest; i++) {
        digest[i] ^= 1;
        cr_expect_not(recent_is_verified(r, digest), "byte %zu", i);
        digest[i] ^= 1;
    }
    memset(digest, 0, sizeof digest);
    cr_expect_not(recent_is_verified(r, digest)); /* an empty place is nobody's digest */
    recent_free(r);
}

static struct pass pass_of(int64_t seq)
{
    struct pass pass;

    memset(&pass, 0, sizeof pass);
    pass.gate_id = 70;
    pass.epoch = 2;
    pass.seq = seq;
    pass.day = 46000;
    pass.decided_at = clock_wall_us() + seq;
    return pass;
}

Test(recent, an_answer_is_found_by_the_gates_number_and_day)
{
    struct recent *r = recent_new(1000);
    struct pass pass = pass_of(9), found;
    enum recent_recorded recorded;

    cr_expect_not(recent_find(r, 70, 2, 9, 46000, &found, &recorded));
    recent_answered(r, &pass, RECENT_PENDING);
    cr_assert(recent_find(r, 70, 2, 9, 46000, &found, &recorded));
    cr_expect_eq(memcmp(&found, &pass, sizeof pass), 0);
    cr_expect_eq(recorded, RECENT_PENDING);
    recent_answered(r, &pass, RECENT_DB);
    recent_answered(r, &pass, RECENT_SPOOL);
    cr_assert(recent_find(r, 70, 2, 9, 46000, &found, &recorded));
    cr_expect_eq(recorded, RECENT_DB, "where it is recorded only gets better");
    cr_expect_not(recent_find(r, 70, 2, 9, 46001, &found, &recorded));
    cr_expect_not(recent_find(r, 70, 3, 9, 46000, &found, &recorded));
    recent_drop(r, &pass);
    cr_expect_not(recent_find(r, 70, 2, 9, 46000, &found, &recorded));
    recent_free(r);
}

Test(recent, memory_is_bounded_and_the_newest_stay)
{
    struct recent *r = recent_new(512);
    struct pass found;
    enum recent_recorded recorded;
    unsigned kept = 0;

    for (int64_t seq = 1; seq <= 5000; seq++) {
        struct pass pass = pass_of(seq);

        recent_answered(r, &pass, RECENT_DB);
    }
    for (int64_t seq = 1; seq <= 5000; seq++)
        kept += recent_find(r, 70, 2, seq, 46000, &found, &recorded);
    cr_expect_gt(kept, 200u);
    cr_expect_leq(kept, 512u);
    cr_expect(recent_find(r, 70, 2, 5000, 46000, &found, &recorded));
    cr_expect_eq(recent_counts(r).evicted_answers, 5000u - kept);
    recent_free(r);
}

struct race {
    struct recent *recent;
    int64_t gate_id;
    pthread_barrier_t *start;
    unsigned first[1000]; /* codes that this gate was first with */
};

static void *race(void *arg)
{
    struct race *race = arg;

    pthread_barrier_wait(race->start);
    for (int64_t code = 0; code < 1000; code++) {
        struct recent_use use = use_at(race->gate_id, code);

        use.index = code;
        race->first[code] = claim(race->recent, &use, NOW, NULL) == RECENT_NEW;
    }
    return NULL;
}

Test(recent, of_many_gates_that_ask_at_once_exactly_one_is_first)
{
    enum { GATES = 4 };
    static struct race races[GATES];
    struct recent *r = recent_new(RECENT_ENTRIES);
    pthread_barrier_t start;
    pthread_t threads[GATES];

    cr_assert_eq(pthread_barrier_init(&start, NULL, GATES), 0);
    for (unsigned i = 0; i < GATES; i++) {
        races[i] = (struct race){.recent = r, .gate_id = 70 + i, .start = &start};
        cr_assert_eq(pthread_create(&threads[i], NULL, race, &races[i]), 0);
    }
    for (unsigned i = 0; i < GATES; i++)
        cr_assert_eq(pthread_join(threads[i], NULL), 0);
    for (unsigned code = 0; code < 1000; code++) {
        unsigned firsts = 0;

        for (unsigned i = 0; i < GATES; i++)
            firsts += races[i].first[code];
        cr_expect_eq(firsts, 1u, "code %u", code);
    }
    cr_assert_eq(pthread_barrier_destroy(&start), 0);
    recent_free(r);
}
