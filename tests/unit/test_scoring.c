/* What holds for every rule. The worked cases of each family stand in test_scoring_*.c. */
#include <criterion/criterion.h>
#include <string.h>

#include "support/worked.h"

static const struct worked cases[] = {
    {"every rule", "a worker with everything is green", "[" GOOD "]", 40, "2026-11-21", "green", "green",
     ""},
    {"every rule", "nobody knows anything: yellow, never green", "[]", 0, "2026-11-21", "yellow", "none",
     "AGE_YELLOW yellow person - -; HEALTH_NONE yellow person - -; NO_CONTRACT yellow person - -; "
     "TRAIN_NONE yellow person - -; TRAIN_POINTS yellow person - -"},
};

Test(scoring, everything_there_is_green_and_nothing_there_is_yellow)
{
    CHECK_EACH(worked_check, cases);
}

static struct verdict verdict_in(const char *records, const struct context *context,
                                 const char *on, struct arena *arena)
{
    const struct policy_document *js = shipped_policy("jiangsu-2023-05.json");
    struct facts facts = facts_of(records, arena);
    struct verdict v;

    safety_code(&facts, context, &js->policy, on_day(on), &v);
    return v;
}

Test(scoring, a_stopped_site_and_a_suspended_permit_are_red_here_and_not_the_persons)
{
    struct context here = {40, ROLE_WORKER, SITE_STOPPED, PERMIT_SUSPENDED, 0};
    struct verdict v;
    struct arena arena;

    arena_init(&arena, 4 << 20);
    v = verdict_in("[" GOOD "]", &here, "2026-11-21", &arena);
    cr_assert_str_eq(verdict_text(&v, &arena), "ENT_PERMIT red site - -; SITE_STOPPED red site - -");
    cr_assert_eq(v.person_colour, COLOUR_GREEN);
    cr_assert_eq(v.colour_here, COLOUR_RED);
    arena_clear(&arena);
}

Test(scoring, an_unknown_permit_is_yellow_and_one_that_nobody_asks_about_is_silent)
{
    struct context here = {40, ROLE_WORKER, SITE_OPEN, PERMIT_NONE, 0};
    struct arena arena;

    arena_init(&arena, 4 << 20);
    cr_assert_eq(verdict_in("[" GOOD "]", &here, "2026-11-21", &arena).colour_here, COLOUR_YELLOW);
    here.org_permit = PERMIT_UNASKED;
    cr_assert_eq(verdict_in("[" GOOD "]", &here, "2026-11-21", &arena).colour_here, COLOUR_GREEN);
    arena_clear(&arena);
}

Test(scoring, a_trade_outside_the_codes_scope_is_none_never_green)
{
    const struct policy_document *js = shipped_policy("jiangsu-2023-05.json");
    static const uint16_t trades[] = {390};
    struct policy with_exempt = js->policy;
    struct context here = {390, ROLE_WORKER, SITE_OPEN, PERMIT_VALID, 0};
    struct verdict v;
    struct facts facts;
    struct arena arena;

    arena_init(&arena, 4 << 20);
    with_exempt.exempt = (struct trade_list){trades, 1};
    facts = facts_of("[" GOOD "]", &arena);
    safety_code(&facts, &here, &with_exempt, on_day("2026-11-21"), &v);
    cr_assert_eq(v.colour_here, COLOUR_NONE);
    cr_assert_eq(v.person_colour, COLOUR_GREEN);
    arena_clear(&arena);
}

/* 建教〔1997〕83号: 15 hours in 12 months; entry training counts for the first year (default policy). At
 * work all the time, so that its rule of long absence stays silent. */
Test(scoring, yearly_training_runs_out_when_too_few_hours_are_left_in_the_window)
{
    static const struct {
        const char *more, *on, *said;
    } rows[] = {
        {"", "2027-01-04", ""},
        {"", "2027-01-05", "TRAIN_EXPIRED yellow person 2027-01-05 -"},
        {"," TRAINED("2026-06-01", "annual", "14", PASSED), "2027-01-05",
         "TRAIN_EXPIRED yellow person 2027-01-05 -"},
        {"," TRAINED("2026-06-01", "annual", "15", PASSED), "2027-01-05", ""},
        {"," TRAINED("2026-06-01", "annual", "15", PASSED), "2027-06-01",
         "TRAIN_EXPIRED yellow person 2027-06-01 -"},
    };
    const struct policy_document *d = shipped_policy("default.json");
    struct arena arena;

    arena_init(&arena, 16 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *json = arena_format(&arena, "[" GOOD "," ENGAGED("2026-01-02", "020") "%s]",
                                        rows[i].more);
        struct facts facts = facts_of(json, &arena);
        struct verdict v;

        safety_code(&facts, NULL, &d->policy, on_day(rows[i].on), &v);
        cr_expect_str_eq(verdict_text(&v, &arena), rows[i].said, "row %zu: %s", i,
                         verdict_text(&v, &arena));
    }
    arena_clear(&arena);
}

Test(scoring, the_next_change_is_the_first_of_all_rules)
{
    struct verdict v;
    struct arena arena;

    arena_init(&arena, 4 << 20);
    v = verdict_in("[" GOOD "," WRONG("2026-02-01", "4", "") "]", NULL, "2026-03-01", &arena);
    cr_assert_eq(v.next_change, on_day("2027-02-01"));
    v = verdict_in("[" GOOD "]", NULL, "2026-03-01", &arena);
    cr_assert_eq(v.next_change, on_day("2027-01-05")); /* the year after training is over */
    arena_clear(&arena);
}

Test(scoring, reasons_are_listed_by_name)
{
    for (unsigned code = 1; code < REASON_COUNT; code++)
        cr_assert_lt(strcmp(reason_name(code - 1), reason_name(code)), 0, "%s", reason_name(code));
}

Test(scoring, worse_is_red_then_yellow_then_green_then_none)
{
    cr_assert_eq(colour_worse(COLOUR_RED, COLOUR_NONE), COLOUR_RED);
    cr_assert_eq(colour_worse(COLOUR_NONE, COLOUR_GREEN), COLOUR_GREEN);
    cr_assert_eq(colour_worse(COLOUR_YELLOW, COLOUR_GREEN), COLOUR_YELLOW);
    cr_assert_eq(colour_worse(COLOUR_YELLOW, COLOUR_RED), COLOUR_RED);
}
