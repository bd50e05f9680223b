/* Colours down columns are the colours one by one: for everybody, under any policy, on any day. The
 * seed is printed; SEED=n replays a run, and ROUNDS=n makes it longer. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "property/any.h"
#include "scoring/batch.h"

enum {
    ROUNDS = 500,
    WORKERS = 250, /* a cohort; some are smaller */
    POLICIES = 4,  /* on each: 450,000 worker-posts in all */
    STAGED = WORKERS * ANY_FACTS_MAX,
    TODAY = 46345, /* 2026-11-21 */
};

static struct any_worker workers[WORKERS];
static struct cohort_entry staged[STAGED];
static struct cohort_builder builder;
static struct batch_plan plan;
static struct any_policy policy;

static const struct context *place_of(const struct any_worker *w)
{
    return w->is_asked ? &w->context : NULL;
}

/* In memory of exactly its size, so that the sanitizer sees every step beside it. */
static struct cohort *cohort_of(unsigned count, uint16_t gap_days)
{
    void *at = NULL;

    cohort_begin(&builder, staged, STAGED, gap_days);
    for (unsigned i = 0; i < count; i++)
        cr_assert_eq(cohort_add(&builder, &workers[i].facts, place_of(&workers[i])), COHORT_ADDED);
    cr_assert_eq(posix_memalign(&at, COHORT_ALIGN, cohort_bytes(&builder)), 0);
    return cohort_seal(&builder, at);
}

/* Kinds of the rules, to say what differed. */
static const char *kinds_text(void)
{
    static char text[ANY_RULES_MAX * 4 + 1];
    size_t at = 0;

    for (unsigned i = 0; i < policy.policy.rule_count; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, " %u", policy.rules[i].kind);
    return text;
}

struct counts {
    unsigned person[4], here[4];
};

static void compare(const struct cohort *cohort, day_t on, struct counts *counts)
{
    uint8_t person[COHORT_WORKERS_MAX], here[COHORT_WORKERS_MAX];

    cr_assert(batch_plan_init(&plan, &policy.policy, on), "no plan for rules%s", kinds_text());
    cr_assert(batch_colours(&plan, cohort, person, here));
    for (unsigned i = 0; i < cohort->workers; i++) {
        struct colours one =
            safety_colours(&workers[i].facts, place_of(&workers[i]), &policy.policy, on);

        cr_assert_eq(person[i], one.person_colour, "worker %u on %u by rules%s: %s, not %s", i, on,
                     kinds_text(), colour_name(person[i]), colour_name(one.person_colour));
        cr_assert_eq(here[i], one.colour_here, "worker %u on %u by rules%s: here %s, not %s", i, on,
                     kinds_text(), colour_name(here[i]), colour_name(one.colour_here));
        counts->person[person[i]]++;
        counts->here[here[i]]++;
    }
}

Test(prop_batch, colours_down_columns_are_the_colours_one_by_one)
{
    struct counts counts = {0};

    any_seed_from_environment();
    for (unsigned round = any_setting("ROUNDS", ROUNDS); round > 0; round--) {
        unsigned count = any_below(4) == 0 ? 1 + any_below(WORKERS) : WORKERS;
        struct cohort *cohort;

        any_crowd_begin();
        for (unsigned i = 0; i < count; i++)
            any_worker_make(&workers[i], TODAY);
        cohort = cohort_of(count, BATCH_GAP_DAYS_MIN);
        for (unsigned i = 0; i < POLICIES; i++) {
            any_policy_make(&policy);
            compare(cohort, any_day_near(TODAY), &counts);
        }
        free(cohort);
    }
    for (unsigned colour = COLOUR_GREEN; colour <= COLOUR_RED; colour++)
        cr_assert_gt(counts.person[colour] * 20, counts.person[COLOUR_GREEN],
                     "hardly anybody was %s: nothing was compared", colour_name(colour));
    cr_assert_gt(counts.here[COLOUR_NONE], 0);
}

Test(prop_batch, a_cohort_without_the_gaps_that_a_plan_asks_about_is_refused)
{
    uint8_t person[COHORT_WORKERS_MAX], here[COHORT_WORKERS_MAX];
    struct cohort *cohort;

    any_seed(1);
    for (unsigned i = 0; i < WORKERS; i++)
        any_worker_make(&workers[i], TODAY);
    cohort = cohort_of(WORKERS, 359);
    policy.rules[0] = (struct rule){.kind = RULE_IDLE, .idle = {.months = 12}};
    policy.policy = (struct policy){.semantics = 1, .rule_count = 1, .rules = policy.rules};
    cr_assert(batch_plan_init(&plan, &policy.policy, TODAY));
    cr_assert_not(batch_colours(&plan, cohort, person, here)); /* 358 days are asked about */
    cohort->gap_days = 358;
    cr_assert(batch_colours(&plan, cohort, person, here));
    free(cohort);
}

/* -- sums ------------------------------------------------------------------------------------- */

/* Beyond what 16 bits hold: the last one would make it 254 again. */
Test(prop_batch, hours_and_points_that_outgrow_a_column_are_still_enough)
{
    enum { EVENTS = 258 };
    struct counts counts = {0};

    for (unsigned kind = FACT_TRAINING; kind <= FACT_STUDY; kind++) {
        struct any_worker *w = &workers[0];
        struct cohort *cohort;

        *w = (struct any_worker){.facts = {.fact = w->fact, .count = EVENTS, .enrolled = 1}};
        for (unsigned i = 0; i < EVENTS; i++)
            w->fact[i] = (struct fact){.on = (day_t)(TODAY - EVENTS + i),
                                       .kind = (uint8_t)kind,
                                       .a = 1,
                                       .b = 255,
                                       .c = 1,
                                       .ref = 255};
        policy.rules[0] = (struct rule){
            .kind = RULE_ENTRY_TRAINING,
            .entry_training = {
                .need = {{1, 1000}}, .need_count = 1, .missing = {REASON_TRAIN_NONE, COLOUR_RED}}};
        if (kind == FACT_STUDY)
            policy.rules[0] =
                (struct rule){.kind = RULE_STUDY_POINTS,
                              .study_points = {1000, 60, {REASON_TRAIN_POINTS, COLOUR_RED}}};
        policy.policy = (struct policy){.semantics = 1, .rule_count = 1, .rules = policy.rules};
        cohort = cohort_of(1, BATCH_GAP_DAYS_MIN);
        compare(cohort, TODAY, &counts);
        free(cohort);
    }
    cr_assert_eq(counts.person[COLOUR_GREEN], 2);
}

/* -- what does not fit is refused, and leaves no trace ---------------------------------------- */

static const struct odd {
    const char *name;
    struct fact fact;
} odd_facts[] = {
    {"a training of no type", {.on = 46000, .kind = FACT_TRAINING, .a = 14, .c = 1}},
    {"points beyond a column", {.on = 46000, .kind = FACT_STUDY, .ref = 65536}},
    {"a category beyond a column",
     {.on = 46000, .kind = FACT_VIOLATION, .a = 1, .b = 1, .ref = 70000}},
    {"a severity beyond a column", {.on = 46000, .kind = FACT_VIOLATION, .a = 1, .b = 16}},
    {"a day that is not known", {.on = 0, .kind = FACT_STUDY, .ref = 1}},
    {"a day that never comes", {.on = DAY_NEVER, .kind = FACT_EXAM, .a = 1}},
    {"an engagement of no day", {.on = 46000, .until = 46000, .kind = FACT_ENGAGEMENT, .b = 3}},
    {"a colour that is none", {.on = 46000, .kind = FACT_OVERRIDE, .a = 4}},
};

Test(prop_batch, facts_that_no_fold_gives_are_refused_and_leave_no_trace)
{
    for (unsigned i = 0; i < sizeof odd_facts / sizeof odd_facts[0]; i++) {
        struct facts facts = {.fact = &odd_facts[i].fact, .count = 1, .enrolled = 45000};

        cohort_begin(&builder, staged, STAGED, BATCH_GAP_DAYS_MIN);
        cr_assert_eq(cohort_add(&builder, &facts, NULL), COHORT_ODD, "%s", odd_facts[i].name);
        cr_assert_eq(builder.workers, 0);
        cr_assert_eq(builder.count, 0);
    }
}

Test(prop_batch, a_builder_that_is_full_says_so_and_takes_the_worker_the_next_time)
{
    struct fact fact[3] = {{.on = 46000, .kind = FACT_STUDY, .ref = 5},
                           {.on = 46001, .kind = FACT_STUDY, .ref = 5},
                           {.on = 46002, .kind = FACT_STUDY, .ref = 5}};
    struct facts facts = {.fact = fact, .count = 3};

    cohort_begin(&builder, staged, 7, BATCH_GAP_DAYS_MIN);
    cr_assert_eq(cohort_add(&builder, &facts, NULL), COHORT_ADDED);
    cr_assert_eq(cohort_add(&builder, &facts, NULL), COHORT_ADDED);
    cr_assert_eq(cohort_add(&builder, &facts, NULL), COHORT_FULL);
    cr_assert_eq(builder.workers, 2);
    cohort_begin(&builder, staged, 7, BATCH_GAP_DAYS_MIN);
    cr_assert_eq(cohort_add(&builder, &facts, NULL), COHORT_ADDED);

    cohort_begin(&builder, staged, STAGED, BATCH_GAP_DAYS_MIN);
    for (unsigned i = 0; i < COHORT_WORKERS_MAX; i++)
        cr_assert_eq(cohort_add(&builder, &facts, NULL), COHORT_ADDED);
    cr_assert_eq(cohort_add(&builder, &facts, NULL), COHORT_FULL);
}
