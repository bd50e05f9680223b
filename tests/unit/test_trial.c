/* register/trial: who would change colour under a draft, counted over everybody. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "register/trial.h"
#include "support/cases.h"
#include "support/workforce.h"

/* The draft knows no rule but this: men of 50 and more are red. */
static const char fifty[] =
    "\"kind\":\"age\",\"men\":[{\"below\":50,\"colour\":\"green\"},"
    "{\"from\":50,\"colour\":\"red\",\"reason\":\"AGE_RED\"}],"
    "\"women\":[{\"from\":0,\"colour\":\"green\"}],\"unknown\":\"yellow\"";

static const char born_1970[] = "[{\"kind\":\"identity\",\"occurred_on\":\"2024-01-01\","
                                "\"recorded_at\":\"2024-01-01T08:00:00+08:00\","
                                "\"birth_date\":\"1970-05-01\",\"sex\":\"M\"}]";
static const char born_1990[] = "[{\"kind\":\"identity\",\"occurred_on\":\"2024-01-01\","
                                "\"recorded_at\":\"2024-01-01T08:00:00+08:00\","
                                "\"birth_date\":\"1990-05-01\",\"sex\":\"M\"}]";

static struct policy_document draft_for(const char *region)
{
    struct policy_document draft = *policy_of_rule(fifty, "AGE_RED AGE_YELLOW");

    snprintf(draft.policy.region, sizeof draft.policy.region, "%s", region);
    draft.policy.number = 900;
    draft.policy.from = on_day("2026-01-01"); /* later than those in force */
    return draft;
}

static struct trial *run(struct workforce *w, const struct policy_document *draft)
{
    struct trial *trial = trial_new(draft, on_day("2026-11-22"));

    cr_assert(survey_run(w->reader, &trial->survey, NULL));
    return trial;
}

/* Without exam, training and agreement, Jiangsu says yellow of both. */
Test(trial, counts_what_changes_where_the_draft_would_govern)
{
    struct workforce w = workforce_new();
    struct policy_document draft = draft_for("3209");
    struct engaged yancheng = engaged_at(1, 11, 30), nanjing = engaged_at(2, 12, 40);
    struct trial *t;
    struct trial_row rows[8];

    workforce_add(&w, 1, born_1970, &yancheng, 1);
    workforce_add(&w, 2, born_1990, &yancheng, 1);
    workforce_add(&w, 3, born_1990, &yancheng, 1);
    workforce_add(&w, 4, born_1970, &nanjing, 1);
    workforce_add(&w, 5, born_1970, NULL, 0);
    t = run(&w, &draft);
    cr_expect_eq(trial_posts(&t->total), 3);
    cr_expect_eq(t->other_policy, 2, "Nanjing and the one who is engaged nowhere");
    cr_expect_eq(trial_changed(&t->total), 3);
    cr_expect_eq(t->total.from_to[COLOUR_YELLOW][COLOUR_RED] +
                     t->total.from_to[COLOUR_RED][COLOUR_RED], 1);
    cr_assert_eq(trial_most(t, TRIAL_BY_REGION, rows, 8), 1);
    cr_expect_eq(rows[0].key, 320902);
    cr_assert_eq(trial_most(t, TRIAL_BY_SITE, rows, 8), 1);
    cr_expect_eq(rows[0].key, 1);
    cr_expect_eq(trial_posts(&rows[0].counts), 3);
    cr_expect_eq(t->began[REASON_AGE_RED], 1);
    cr_expect_eq(t->ended[REASON_HEALTH_NONE], 3);
    trial_free(t);
    workforce_free(&w);
}

Test(trial, the_countrys_policy_is_tried_on_those_who_are_engaged_nowhere_too)
{
    struct workforce w = workforce_new();
    struct policy_document draft = draft_for("");
    struct engaged shenzhen = engaged_at(3, 11, 30), nanjing = engaged_at(2, 12, 40);
    struct trial *t;

    workforce_add(&w, 1, born_1990, &shenzhen, 1);
    workforce_add(&w, 4, born_1970, &nanjing, 1);
    workforce_add(&w, 5, born_1970, NULL, 0);
    t = run(&w, &draft);
    cr_expect_eq(trial_posts(&t->total), 2);
    cr_expect_eq(t->other_policy, 1);
    cr_expect_eq(t->total.from_to[COLOUR_YELLOW][COLOUR_RED], 1, "of the person, without a post");
    cr_assert_eq(t->examples[COLOUR_YELLOW][COLOUR_RED].count, 1);
    cr_expect_eq(t->examples[COLOUR_YELLOW][COLOUR_RED].example[0].worker_id, 5);
    cr_expect_eq(t->examples[COLOUR_YELLOW][COLOUR_RED].example[0].site_id, 0);
    trial_free(t);
    workforce_free(&w);
}

Test(trial, one_person_at_two_sites_counts_twice)
{
    struct workforce w = workforce_new();
    struct policy_document draft = draft_for("32");
    struct engaged two[] = {engaged_at(1, 11, 30), engaged_at(2, 12, 40)};
    struct trial_row rows[8];
    struct trial *t;

    workforce_add(&w, 1, born_1990, two, 2);
    t = run(&w, &draft);
    cr_expect_eq(trial_posts(&t->total), 2);
    cr_expect_eq(trial_most(t, TRIAL_BY_TRADE, rows, 8), 2);
    cr_expect_eq(trial_most(t, TRIAL_BY_ORG, rows, 8), 2);
    cr_expect_eq(trial_most(t, TRIAL_BY_SITE, rows, 1), 1);
    trial_free(t);
    workforce_free(&w);
}

Test(trial, tables_grow_and_the_most_changed_come_first)
{
    struct workforce w = workforce_new();
    struct policy_document draft = draft_for("");
    struct trial_row rows[10];
    struct trial *t;

    for (int64_t id = 1; id <= 2000; id++) {
        struct engaged one = engaged_at(3, 5000 + (id < 1000 ? id : id % 10), 30);

        workforce_add(&w, id, born_1990, &one, 1);
    }
    t = run(&w, &draft);
    cr_expect_eq(trial_posts(&t->total), 2000);
    cr_expect_eq(trial_most(t, TRIAL_BY_ORG, rows, 10), 10);
    for (int i = 0; i < 10; i++) {
        cr_expect_lt(rows[i].key, 5010);
        cr_expect_geq(trial_changed(&rows[i].counts), 100);
        cr_expect(i == 0 || trial_changed(&rows[i - 1].counts) >= trial_changed(&rows[i].counts));
    }
    cr_expect_eq(t->examples[COLOUR_YELLOW][COLOUR_GREEN].count, TRIAL_EXAMPLES);
    trial_free(t);
    workforce_free(&w);
}
