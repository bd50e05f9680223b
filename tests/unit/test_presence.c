/* Presence: the newest pass says who is inside, whatever order passes come in. */
#include <criterion/criterion.h>
#include <pthread.h>

#include "register/presence.h"

static const int64_t hour_us = 3600ll * 1000000, now_us = 1790000000ll * 1000000;

Test(presence, who_was_never_seen_is_not_known)
{
    struct presence *p = presence_new(1000);

    cr_expect_eq(presence_find(p, 1, 2, now_us), PRESENCE_UNKNOWN);
    cr_expect_eq(presence_find(p, 1, 0, now_us), PRESENCE_UNKNOWN);
    presence_free(p);
}

Test(presence, entering_and_leaving_are_seen_at_that_site_only)
{
    struct presence *p = presence_new(1000);

    presence_note(p, 1, 2, true, now_us);
    cr_expect_eq(presence_find(p, 1, 2, now_us), PRESENCE_INSIDE);
    cr_expect_eq(presence_find(p, 3, 2, now_us), PRESENCE_UNKNOWN);
    presence_note(p, 1, 2, false, now_us + 1);
    cr_expect_eq(presence_find(p, 1, 2, now_us), PRESENCE_OUTSIDE);
    presence_free(p);
}

Test(presence, a_pass_that_is_handed_in_late_undoes_nothing)
{
    struct presence *p = presence_new(1000);

    presence_note(p, 1, 2, false, now_us);
    presence_note(p, 1, 2, true, now_us - hour_us);
    cr_expect_eq(presence_find(p, 1, 2, now_us), PRESENCE_OUTSIDE);
    cr_expect_eq(presence_counts(p).late, 1u);
    presence_free(p);
}

Test(presence, a_missing_exit_is_forgotten_after_a_day)
{
    struct presence *p = presence_new(1000);

    presence_note(p, 1, 2, true, now_us);
    cr_expect_eq(presence_find(p, 1, 2, now_us + PRESENCE_HOURS * hour_us - 1), PRESENCE_INSIDE);
    cr_expect_eq(presence_find(p, 1, 2, now_us + PRESENCE_HOURS * hour_us), PRESENCE_UNKNOWN);
    presence_free(p);
}

Test(presence, a_full_table_forgets_the_oldest_and_never_errs)
{
    struct presence *p = presence_new(512);
    unsigned inside = 0;

    for (int64_t worker = 1; worker <= 5000; worker++)
        presence_note(p, 1, worker, true, now_us + worker);
    for (int64_t worker = 1; worker <= 5000; worker++) {
        enum presence_of found = presence_find(p, 1, worker, now_us + 5000);

        cr_assert_neq(found, PRESENCE_OUTSIDE);
        inside += found == PRESENCE_INSIDE;
    }
    cr_expect_gt(inside, 200u);
    cr_expect_leq(inside, 512u);
    cr_expect_eq(presence_counts(p).evicted, 5000u - inside);
    cr_expect_eq(presence_find(p, 1, 5000, now_us + 5000), PRESENCE_INSIDE);
    presence_free(p);
}

static void *walk(void *arg)
{
    struct presence *p = arg;

    for (int64_t i = 0; i < 20000; i++) {
        int64_t worker = 1 + i % 100;

        presence_note(p, 1, worker, i / 100 % 2 == 0, now_us + i / 100);
        (void)presence_find(p, 1, 1 + (i * 7) % 100, now_us);
    }
    return NULL;
}

Test(presence, many_threads_at_once_end_with_the_newest)
{
    struct presence *p = presence_new(PRESENCE_ENTRIES);
    pthread_t threads[4];

    for (unsigned i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, walk, p), 0);
    for (unsigned i = 0; i < 4; i++)
        cr_assert_eq(pthread_join(threads[i], NULL), 0);
    for (int64_t worker = 1; worker <= 100; worker++)
        cr_expect_eq(presence_find(p, 1, worker, now_us), PRESENCE_OUTSIDE); /* turn 199 */
    cr_expect_eq(presence_counts(p).notes, 80000u);
    presence_free(p);
}
