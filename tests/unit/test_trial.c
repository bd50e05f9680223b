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

/* -- down columns and one by one ------------------------------------------------------------- */

static const char *records_of_number(unsigned n, char into[1200])
{
    static const char *const exams[] = {"no_abnormality", "recheck", "contraindicated", "unfit"};
    int used = snprintf(into, 1200,
                        "[{\"kind\":\"identity\",\"occurred_on\":\"2024-01-01\",\"recorded_at\":"
                        "\"2024-01-01T08:00:00+08:00\",\"birth_date\":\"%u-%02u-15\",\"sex\":\"%s\"}",
                        1955 + n * 7 % 52, 1 + n % 12, n % 3 == 0 ? "F" : "M");

    if (n % 5 != 0)
        used += snprintf(into + used, 1200 - (size_t)used,
                         ",{\"kind\":\"exam\",\"occurred_on\":\"202%u-%02u-20\",\"recorded_at\":"
                         "\"2026-11-01T08:00:00+08:00\",\"conclusion\":\"%s\"}",
                         5 + n % 2, 1 + n % 10, exams[n % 4]);
    for (unsigned i = 0; i < n % 4; i++)
        used += snprintf(into + used, 1200 - (size_t)used,
                         ",{\"kind\":\"violation\",\"occurred_on\":\"2026-0%u-11\",\"recorded_at\":"
                         "\"2026-11-01T08:00:00+08:00\",\"class\":\"operation\",\"category\":\"7.06\","
                         "\"severity\":%u}", 1 + i, 1 + (n + i) % 4);
    snprintf(into + used, 1200 - (size_t)used, "]");
    return into;
}

struct one_by_one {
    const struct policy_document *draft; /* it would govern where its region's policy does now */
    uint32_t from_to[TRIAL_COLOURS][TRIAL_COLOURS];
};

static void judge_alone(void *arg, const struct post *post)
{
    struct one_by_one *all = arg;
    day_t on = on_day("2026-11-22");
    const struct context *context = post->site != NULL ? &post->context : NULL;
    struct colours now, then;

    if (strcmp(post->document->policy.region, all->draft->policy.region) != 0)
        return;
    now = safety_colours(&post->worker->facts, context, &post->document->policy, on);
    then = safety_colours(&post->worker->facts, context, &all->draft->policy, on);
    if (post->site != NULL)
        all->from_to[now.colour_here][then.colour_here]++;
    else
        all->from_to[now.person_colour][then.person_colour]++;
}

static void compare_for_region(struct workforce *w, const char *region)
{
    struct policy_document draft = *shipped_policy("shanghai-2019-346.json");
    struct one_by_one alone = {.draft = &draft};
    struct survey survey = {.on = on_day("2026-11-22"), .visit = judge_alone, .arg = &alone};
    struct trial *t;

    snprintf(draft.policy.region, sizeof draft.policy.region, "%s", region);
    draft.policy.from = on_day("2026-01-01");
    cr_assert(survey_run(w->reader, &survey, NULL));
    t = run(w, &draft);
    cr_expect_gt(t->other_policy, 0);
    cr_expect_gt(trial_changed(&t->total), 0);
    cr_expect_eq(memcmp(t->total.from_to, alone.from_to, sizeof alone.from_to), 0, "\"%s\"", region);
    trial_free(t);
}

Test(trial, columns_and_single_workers_give_the_same_counts)
{
    static const uint16_t trades[] = {30, 40, 130, 270, 390};
    struct workforce w = workforce_new();
    char records[1200];

    for (unsigned n = 1; n <= 1500; n++) {
        struct engaged posts[] = {engaged_at(1 + n % 3, 11 + n % 3, trades[n % 5]),
                                  engaged_at(1 + (n + 1) % 3, 12, trades[(n + 1) % 5])};

        workforce_add(&w, n, records_of_number(n, records), posts, n / 3 % 3);
    }
    compare_for_region(&w, "");
    compare_for_region(&w, "32");
    workforce_free(&w);
}

/* -- several policies, one after another at the same address --------------------------------- */

struct told {
    unsigned posts;
    enum colour now, then;
};

static void note_told(void *arg, const struct post *post, enum colour now, enum colour then)
{
    (void)post;
    *(struct told *)arg = (struct told){((struct told *)arg)->posts + 1, now, then};
}

Test(trial, a_policy_that_was_replaced_leaves_nothing_behind)
{
    struct policy_document strict = draft_for("32"), in_force = draft_for("32");
    struct policy_document mild = *policy_of_rule(
        "\"kind\":\"age\",\"men\":[{\"from\":0,\"colour\":\"green\"}],"
        "\"women\":[{\"from\":0,\"colour\":\"green\"}],\"unknown\":\"yellow\"", "AGE_YELLOW");
    struct workforce w = workforce_new();
    struct engaged one = engaged_at(1, 11, 30);
    struct worker_view view;
    struct told told = {0};
    struct two_colours *judge = two_colours_new(&mild.policy, on_day("2026-11-22"), note_told, &told);
    struct post post = {.worker = &view, .engaged = &one};

    workforce_add(&w, 1, born_1970, &one, 1);
    registry_enter(w.reader);
    cr_assert(registry_worker(w.reader, 1, &view));
    post_find(w.reader, &view, &one, on_day("2026-11-22"), &post);
    post.document = &in_force;
    two_colours_add(judge, &post, 1);
    cr_expect_eq(told.posts, 0, "gathered");
    two_colours_flush(judge);
    cr_expect_eq(told.posts, 1);
    cr_expect_eq(told.now, COLOUR_RED);
    cr_expect_eq(told.then, COLOUR_GREEN);
    in_force = mild;
    two_colours_add(judge, &post, 2);
    two_colours_flush(judge);
    cr_expect_eq(told.now, COLOUR_GREEN);
    in_force = strict;
    two_colours_add(judge, &post, 3);
    two_colours_flush(judge);
    cr_expect_eq(told.now, COLOUR_RED);
    post.document = NULL;
    two_colours_add(judge, &post, 3);
    cr_expect_eq(told.now, COLOUR_NONE, "without a policy, by itself");
    registry_leave(w.reader);
    two_colours_free(judge);
    workforce_free(&w);
}

Test(trial, who_was_gathered_under_the_policies_before_is_told_too)
{
    struct policy_document before = draft_for("32"), after = draft_for("32");
    struct workforce w = workforce_new();
    struct engaged one = engaged_at(1, 11, 30);
    struct worker_view view;
    struct told told = {0};
    struct two_colours *judge =
        two_colours_new(&before.policy, on_day("2026-11-22"), note_told, &told);
    struct post post;

    workforce_add(&w, 1, born_1970, &one, 1);
    registry_enter(w.reader);
    cr_assert(registry_worker(w.reader, 1, &view));
    post_find(w.reader, &view, &one, on_day("2026-11-22"), &post);
    for (unsigned i = 0; i < 512; i++) {
        post.document = i < 300 ? &before : &after;
        two_colours_add(judge, &post, i < 300 ? 1 : 2);
    }
    cr_expect_eq(told.posts, 300, "under their own policies");
    two_colours_flush(judge);
    cr_expect_eq(told.posts, 512);
    registry_leave(w.reader);
    two_colours_free(judge);
    workforce_free(&w);
}

Test(trial, more_policies_than_groups_are_judged_too)
{
    struct policy_document documents[20];
    struct workforce w = workforce_new();
    struct policy_document strict = draft_for("");
    struct engaged one = engaged_at(1, 11, 30);
    struct worker_view view;
    struct told told = {0};
    struct two_colours *judge = two_colours_new(&strict.policy, on_day("2026-11-22"), note_told,
                                                &told);
    struct post post;

    workforce_add(&w, 1, born_1970, &one, 1);
    registry_enter(w.reader);
    cr_assert(registry_worker(w.reader, 1, &view));
    post_find(w.reader, &view, &one, on_day("2026-11-22"), &post);
    for (unsigned i = 0; i < 20; i++) {
        documents[i] = draft_for("");
        post.document = &documents[i];
        two_colours_add(judge, &post, 1);
    }
    two_colours_flush(judge);
    cr_expect_eq(told.posts, 20);
    cr_expect_eq(told.now, COLOUR_RED);
    registry_leave(w.reader);
    two_colours_free(judge);
    workforce_free(&w);
}
