/* domain/site_alert: the limits beyond which a site is warned (江苏2023-05: 黄码超过10%、红码超过2个). */
#include <criterion/criterion.h>

#include "domain/site_alert.h"
#include "scoring/rules.h"
#include "support/cases.h"

static const struct site_alert_rule jiangsu = {.yellow_over_percent = 10, .days = 3,
                                               .then = ALERT_STOP_WORK, .red_over = 2};

enum { NONE = 0, YELLOW = 1 << ALERT_YELLOW_SHARE, RED = 1 << ALERT_RED_COUNT };

Test(site_alert, a_limit_is_passed_by_strictly_more)
{
    static const struct {
        const char *what;
        struct site_counts counts;
        unsigned kinds;
    } cases[] = {
        {"nobody", {0}, NONE},
        {"10 of 100", {.people = 100, .yellow_counted = 10}, NONE},
        {"11 of 100", {.people = 100, .yellow_counted = 11}, YELLOW},
        {"1 of 10", {.people = 10, .yellow_counted = 1}, NONE},
        {"1 of 9", {.people = 9, .yellow_counted = 1}, YELLOW},
        {"1 of 10, one without code", {.people = 10, .no_code = 1, .yellow_counted = 1}, YELLOW},
        {"yellow for violations only", {.people = 10, .yellow = 9, .yellow_counted = 0}, NONE},
        {"only people without code", {.people = 5, .no_code = 5}, NONE},
        {"2 red", {.people = 100, .red = 2}, NONE},
        {"3 red", {.people = 100, .red = 3}, RED},
        {"both", {.people = 20, .yellow_counted = 3, .red = 3}, YELLOW | RED},
        {"more people than 32 bits times 100", {.people = 4000000000u, .yellow_counted = 400000001u},
         YELLOW},
        {"exactly a tenth of as many", {.people = 4000000000u, .yellow_counted = 400000000u}, NONE},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_eq(site_alert_judge(&jiangsu, &cases[i].counts), cases[i].kinds, "%s",
                     cases[i].what);
}

Test(site_alert, a_policy_without_the_rule_warns_nobody)
{
    struct site_counts counts = {.people = 1, .yellow_counted = 1, .red = 1};

    cr_expect_eq(site_alert_judge(&(struct site_alert_rule){0}, &counts), NONE);
}

Test(site_alert, the_day_itself_does_not_count_says_article_201)
{
    cr_expect_eq(site_alert_deadline(&jiangsu, on_day("2026-11-22")), on_day("2026-11-25"));
    cr_expect_eq(site_alert_deadline(&jiangsu, on_day("2027-02-27")), on_day("2027-03-02"));
}

/* -- counting people ------------------------------------------------------------------------- */

static struct policy policy_of(const char *rule, const char *reasons)
{
    struct policy policy = policy_of_rule(rule, reasons)->policy;

    policy.site_alert = jiangsu;
    policy.site_alert.not_counted = UINT32_C(1) << REASON_VIOL_POINTS;
    return policy;
}

static const char violations_rule[] =
    "\"kind\":\"violation_points\",\"window_months\":12,\"points\":[1,3,6,12],\"yellow\":6,\"red\":12";

static const char violation[] =
    "[{\"kind\":\"identity\",\"occurred_on\":\"2024-01-01\",\"recorded_at\":"
    "\"2024-01-01T08:00:00+08:00\",\"birth_date\":\"1990-05-01\",\"sex\":\"M\"},"
    "{\"kind\":\"violation\",\"occurred_on\":\"2026-11-01\",\"recorded_at\":"
    "\"2026-11-01T08:00:00+08:00\",\"class\":\"operation\",\"category\":\"7.06\",\"severity\":3}]";

Test(site_alert, yellow_for_violations_alone_is_counted_apart)
{
    struct policy policy = policy_of(violations_rule, "VIOL_POINTS");
    struct context context = {.trade = 30, .role = ROLE_WORKER, .site_state = SITE_OPEN,
                              .org_permit = PERMIT_VALID, .site = 1};
    struct site_counts counts = {0};
    struct arena arena;
    struct facts facts;

    arena_init(&arena, 1 << 20);
    facts = facts_of(violation, &arena);
    site_counts_add(&counts, &facts, &context, &policy, on_day("2026-11-22"));
    cr_expect_eq(counts.people, 1);
    cr_expect_eq(counts.yellow, 1);
    cr_expect_eq(counts.yellow_counted, 0);
    policy.site_alert.not_counted = 0;
    site_counts_add(&counts, &facts, &context, &policy, on_day("2026-11-22"));
    cr_expect_eq(counts.yellow_counted, 1);
    site_counts_add(&counts, &facts, &context, &policy, on_day("2027-11-01"));
    cr_expect_eq(counts.green, 1, "the points have rolled off");
    arena_clear(&arena);
}

#define ON(day, rest)                                                                              \
    "{\"occurred_on\":\"" day "\",\"recorded_at\":\"" day "T08:00:00+08:00\"," rest "}"
#define SOMEBODY                                                                                   \
    ON("2024-01-01", "\"kind\":\"identity\",\"birth_date\":\"1990-05-01\",\"sex\":\"M\"")
#define VIOLATION(severity)                                                                        \
    ON("2026-11-01", "\"kind\":\"violation\",\"class\":\"operation\",\"category\":\"7.06\","         \
                     "\"severity\":" severity)
#define CONTRACT                                                                                   \
    ON("2026-01-01", "\"kind\":\"agreement\",\"type\":\"labour_contract\",\"from\":\"2026-01-01\"")
#define TRAINED_HERE                                                                               \
    ON("2026-01-01", "\"kind\":\"training\",\"type\":\"site_entry\",\"hours\":4,\"passed\":true,"      \
                     "\"site\":1")
#define DECISION(colour)                                                                           \
    ON("2026-11-02", "\"kind\":\"override\",\"colour\":\"" colour "\",\"from\":\"2026-11-02\","         \
                     "\"until\":\"2026-12-31\",\"evidence\":\"e\",\"signed_by\":[1,2]")

/* Jiangsu's, of which only what the cases are about; and a contract is what no decision lifts. */
static struct policy few_rules(struct rule rules[POLICY_RULES_MAX])
{
    struct policy policy = shipped_policy("jiangsu-2023-05.json")->policy;
    unsigned count = 0;

    for (unsigned i = 0; i < policy.rule_count; i++) {
        switch (policy.rules[i].kind) {
        case RULE_VIOLATION_POINTS:
        case RULE_AGREEMENT:
        case RULE_SITE_TRAINING:
        case RULE_OVERRIDE:
            rules[count] = policy.rules[i];
            if (rules[count].kind == RULE_OVERRIDE)
                rules[count].override.never_lifts = UINT32_C(1) << REASON_NO_CONTRACT;
            count++;
            break;
        default:
            break;
        }
    }
    policy.rules = rules;
    policy.rule_count = (uint8_t)count;
    return policy;
}

/* 三违除外: violations are left out, whatever a decision made of them; see site_alert.h. */
Test(site_alert, only_reasons_that_make_the_colour_count)
{
    static const struct {
        const char *what, *records;
        unsigned yellow, counted;
    } cases[] = {
        {"violations alone", "[" SOMEBODY "," VIOLATION("3") "," CONTRACT "," TRAINED_HERE "]", 1, 0},
        {"violations and no contract", "[" SOMEBODY "," VIOLATION("3") "," TRAINED_HERE "]", 1, 1},
        {"red for violations, made yellow",
         "[" SOMEBODY "," VIOLATION("4") "," CONTRACT "," TRAINED_HERE "," DECISION("yellow") "]", 1, 0},
        {"green, made yellow",
         "[" SOMEBODY "," CONTRACT "," TRAINED_HERE "," DECISION("yellow") "]", 1, 1},
        {"made green", "[" SOMEBODY "," VIOLATION("3") "," CONTRACT "," TRAINED_HERE "," DECISION("green") "]",
         0, 0},
        {"made green, but for this site",
         "[" SOMEBODY "," VIOLATION("3") "," CONTRACT "," DECISION("green") "]", 1, 1},
        {"made green, but for what no decision lifts",
         "[" SOMEBODY "," VIOLATION("3") "," TRAINED_HERE "," DECISION("green") "]", 1, 1},
        {"made yellow, and not trained here",
         "[" SOMEBODY "," VIOLATION("4") "," CONTRACT "," DECISION("yellow") "]", 1, 1},
    };
    struct context context = {.trade = 30, .role = ROLE_WORKER, .site_state = SITE_OPEN,
                              .org_permit = PERMIT_VALID, .site = 1};
    struct rule rules[POLICY_RULES_MAX];
    struct policy policy = few_rules(rules);
    struct arena arena;

    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct site_counts counts = {0};
        struct facts facts = facts_of(cases[i].records, &arena);

        site_counts_add(&counts, &facts, &context, &policy, on_day("2026-11-22"));
        cr_expect_eq(counts.yellow, cases[i].yellow, "%s", cases[i].what);
        cr_expect_eq(counts.yellow_counted, cases[i].counted, "%s", cases[i].what);
    }
    arena_clear(&arena);
}

Test(site_alert, what_a_decision_lifted_does_not_count)
{
    struct context context = {.trade = 30, .role = ROLE_WORKER, .site_state = SITE_OPEN,
                              .org_permit = PERMIT_VALID, .site = 1};
    struct rule rules[POLICY_RULES_MAX];
    struct policy policy = few_rules(rules);
    struct site_counts counts = {0};
    struct arena arena;
    struct facts facts;

    policy.site_alert.not_counted = UINT32_C(1) << REASON_TRAIN_SITE;
    arena_init(&arena, 1 << 20);
    facts = facts_of("[" SOMEBODY "," VIOLATION("3") "," CONTRACT "," DECISION("green") "]", &arena);
    site_counts_add(&counts, &facts, &context, &policy, on_day("2026-11-22"));
    cr_expect_eq(counts.yellow, 1, "not trained for this site");
    cr_expect_eq(counts.yellow_counted, 0, "violations were lifted, training is left out");
    arena_clear(&arena);
}

Test(site_alert, a_stopped_site_and_a_firms_permit_are_not_its_peoples_colours)
{
    struct policy site = policy_of("\"kind\":\"site_state\",\"stopped\":\"red\",\"closed\":\"red\"",
                                   "SITE_STOPPED");
    struct policy firm = policy_of("\"kind\":\"permit\",\"none\":\"yellow\",\"suspended\":\"red\","
                                   "\"revoked\":\"red\",\"expired\":\"red\"", "ENT_PERMIT");
    struct context context = {.trade = 30, .role = ROLE_WORKER, .site_state = SITE_STOPPED,
                              .org_permit = PERMIT_REVOKED, .site = 1};
    struct site_counts counts = {0};
    struct arena arena;
    struct facts facts;

    arena_init(&arena, 1 << 20);
    facts = facts_of(violation, &arena);
    site_counts_add(&counts, &facts, &context, &site, on_day("2026-11-22"));
    site_counts_add(&counts, &facts, &context, &firm, on_day("2026-11-22"));
    cr_expect_eq(counts.green, 2);
    arena_clear(&arena);
}

Test(site_alert, a_trade_outside_the_codes_scope_stands_apart)
{
    static const uint16_t cleaners[] = {390};
    struct policy policy = policy_of(violations_rule, "VIOL_POINTS");
    struct context context = {.trade = 390, .role = ROLE_WORKER, .site_state = SITE_OPEN,
                              .org_permit = PERMIT_VALID, .site = 1};
    struct site_counts counts = {0};
    struct arena arena;
    struct facts facts;

    policy.exempt = (struct trade_list){cleaners, 1};
    arena_init(&arena, 1 << 20);
    facts = facts_of(violation, &arena);
    site_counts_add(&counts, &facts, &context, &policy, on_day("2026-11-22"));
    cr_expect_eq(counts.no_code, 1);
    cr_expect_eq(counts.yellow, 0);
    arena_clear(&arena);
}
