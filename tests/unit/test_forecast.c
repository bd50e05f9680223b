/* domain/forecast: what becomes of somebody's colours if nothing is recorded. The property at the end
 * holds the walk to the plain way: asking every day. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "domain/forecast.h"
#include "support/cases.h"

static struct arena arena;

static void set_up(void)
{
    arena_init(&arena, 16 << 20);
}

static void tear_down(void)
{
    arena_clear(&arena);
}

TestSuite(forecast, .init = set_up, .fini = tear_down);

#define RECORD(kind, on, more)                                                                     \
    "{\"kind\":\"" kind "\",\"occurred_on\":\"" on "\",\"recorded_at\":\"" on                      \
    "T08:00:00+08:00\"," more "}"
#define IDENTITY RECORD("identity", "2026-01-05", "\"birth_date\":\"1990-05-01\",\"sex\":\"M\"")
#define EXAM(on)  RECORD("exam", on, "\"conclusion\":\"no_abnormality\"")
#define ENTRY                                                                                      \
    RECORD("training", "2026-01-05", "\"type\":\"entry_company\",\"hours\":15,\"passed\":true")    \
    "," RECORD("training", "2026-01-05", "\"type\":\"entry_project\",\"hours\":15,\"passed\":true") \
    "," RECORD("training", "2026-01-05", "\"type\":\"entry_team\",\"hours\":20,\"passed\":true")
#define CONTRACT(until)                                                                            \
    RECORD("agreement", "2026-01-05",                                                              \
           "\"type\":\"labour_contract\",\"from\":\"2026-01-05\",\"until\":\"" until "\"")

struct world {
    struct facts facts;
    struct policy_set policies;
    const struct policy_document *documents[4];
    struct site site;
    struct org org;
    struct outlook outlook;
};

/* A labourer (trade 020) of a firm with a permit, engaged from 2026-01-05 on, on an open site. */
static void make(struct world *w, const char *records, const struct policy_document *policy)
{
    memset(w, 0, sizeof *w);
    w->facts = facts_of(records, &arena);
    w->documents[0] = policy;
    w->policies = (struct policy_set){.documents = w->documents, .count = 1};
    w->site = (struct site){.id = 1, .region = TEXT("320902"), .state = SITE_OPEN};
    w->org = (struct org){.id = 1, .permit = PERMIT_VALID, .permit_until = DAY_UNKNOWN};
    w->outlook = (struct outlook){.facts = &w->facts, .policies = &w->policies, .site = &w->site,
                                  .org = &w->org, .trade = 20, .role = ROLE_WORKER,
                                  .from = on_day("2026-01-05"), .until = DAY_NEVER};
}

/* "2026-12-31 green>yellow +HEALTH_EXPIRED worse; …" */
static char told[2048];

static void tell(const char *sign, const struct verdict *in, const struct verdict *not_in)
{
    struct reason reasons[REASONS_MAX];
    unsigned count = forecast_reasons(in, not_in, reasons);

    for (unsigned i = 0; i < count; i++) {
        size_t used = strlen(told);

        snprintf(told + used, sizeof told - used, " %s%s", sign, reason_name(reasons[i].code));
    }
}

static bool on_change(void *arg, const struct forecast_change *change)
{
    char day[DAY_TEXT_BYTES];
    size_t used = strlen(told);

    (void)arg;
    snprintf(told + used, sizeof told - used, "%s%s %s>%s", used > 0 ? "; " : "",
             day_format(change->on, day).at, colour_name(forecast_colour(&change->before)),
             colour_name(forecast_colour(&change->after)));
    tell("+", &change->after, &change->before);
    tell("-", &change->before, &change->after);
    used = strlen(told);
    if (forecast_worsens(change))
        snprintf(told + used, sizeof told - used, " worse");
    return true;
}

static const char *told_of(const struct world *w, const char *today, unsigned days)
{
    told[0] = '\0';
    forecast_walk(&w->outlook, on_day(today), days, on_change, NULL);
    return told;
}

/* -- what changes, and when ----------------------------------------------------------------- */

static const struct policy_document *agreement_policy(void)
{
    return policy_of_rule("\"kind\":\"agreement\",\"missing\":\"yellow\"", "NO_CONTRACT");
}

static const struct policy_document *jiangsu(void)
{
    return shipped_policy("jiangsu-2023-05.json");
}

Test(forecast, a_change_is_told_within_the_span_and_not_beyond)
{
    struct world w;

    make(&w, "[" IDENTITY "," EXAM("2026-01-10") "," ENTRY "," CONTRACT("2030-01-01") "]",
         jiangsu());
    told_of(&w, "2026-10-12", 90); /* the 90th day after it is 2027-01-10 */
    cr_expect_not_null(strstr(told, "2027-01-10"), "%s", told);
    cr_expect_not_null(strstr(told, "+HEALTH_EXPIRED"), "%s", told);
    told_of(&w, "2026-10-11", 90);
    cr_expect_null(strstr(told, "HEALTH_EXPIRED"), "%s", told);
    told_of(&w, "2027-01-09", 1);
    cr_expect_not_null(strstr(told, "2027-01-10"), "%s", told);
    told_of(&w, "2027-01-10", 90); /* it is so already */
    cr_expect_null(strstr(told, "HEALTH_EXPIRED"), "%s", told);
}

static const char points_rule[] = "\"kind\":\"violation_points\",\"window_months\":1,"
                                  "\"points\":[1,3,6,12],\"yellow\":6,\"red\":12";

Test(forecast, what_gets_better_is_told_and_is_not_worse)
{
    struct world w;

    make(&w, "[" IDENTITY "," RECORD("violation", "2026-11-01",
             "\"class\":\"operation\",\"category\":\"7.06\",\"severity\":4") "]",
         policy_of_rule(points_rule, "VIOL_POINTS"));
    cr_expect_str_eq(told_of(&w, "2026-11-15", 30), "2026-12-01 red>green -VIOL_POINTS");
}

#define VIOLATION(on)                                                                              \
    RECORD("violation", on, "\"class\":\"operation\",\"category\":\"7.06\",\"severity\":3")

Test(forecast, a_reason_that_becomes_milder_or_graver_is_another)
{
    struct world w;

    make(&w, "[" IDENTITY "," VIOLATION("2026-10-20") "," VIOLATION("2026-11-01") "]",
         policy_of_rule(points_rule, "VIOL_POINTS"));
    cr_expect_str_eq(told_of(&w, "2026-11-10", 30),
                     "2026-11-20 red>yellow +VIOL_POINTS -VIOL_POINTS;"
                     " 2026-12-01 yellow>green -VIOL_POINTS");
    cr_expect_str_eq(told_of(&w, "2026-10-25", 10), "2026-11-01 yellow>red +VIOL_POINTS "
                                                    "-VIOL_POINTS worse");
}

Test(forecast, what_begins_behind_a_colour_that_is_there_already_is_worse_all_the_same)
{
    struct world w;
    const char *records = "[" IDENTITY "," EXAM("2026-01-10") "," CONTRACT("2026-12-01") "," ENTRY "]";

    make(&w, records, jiangsu());
    told_of(&w, "2026-11-20", 90);
    cr_expect_not_null(strstr(told, "2026-12-01"), "%s", told);
    cr_expect_not_null(strstr(told, "2027-01-10"), "%s", told);
    cr_expect_not_null(strstr(told, "2027-01-10 yellow>yellow +HEALTH_EXPIRED +IDLE_RETRAIN worse"),
                       "%s", told);
}

Test(forecast, the_firm_s_permit_runs_out)
{
    struct world w;
    const struct policy_document *policy = policy_of_rule(
        "\"kind\":\"permit\",\"none\":\"yellow\",\"suspended\":\"red\",\"revoked\":\"red\","
        "\"expired\":\"red\"", "ENT_PERMIT");

    make(&w, "[" IDENTITY "]", policy);
    w.org.permit_until = on_day("2026-12-01");
    cr_expect_str_eq(told_of(&w, "2026-11-22", 30), "2026-12-01 green>red +ENT_PERMIT worse");
    w.outlook.org = NULL; /* not asked about */
    cr_expect_str_eq(told_of(&w, "2026-11-22", 30), "");
    w.outlook.site = NULL; /* no post: rules of scope person alone */
    w.outlook.org = &w.org;
    cr_expect_str_eq(told_of(&w, "2026-11-22", 30), "");
}

Test(forecast, a_policy_begins)
{
    struct world w;
    struct policy_document later;

    make(&w, "[" IDENTITY "]", policy_of_rule(points_rule, "VIOL_POINTS"));
    later = *agreement_policy();
    later.policy.from = on_day("2026-12-01");
    w.documents[1] = &later;
    w.policies.count = 2;
    cr_expect_str_eq(told_of(&w, "2026-11-22", 30), "2026-12-01 green>yellow +NO_CONTRACT worse");
    later.policy.until = on_day("2026-12-11");
    cr_expect_str_eq(told_of(&w, "2026-11-22", 30),
                     "2026-12-01 green>yellow +NO_CONTRACT worse;"
                     " 2026-12-11 yellow>green -NO_CONTRACT");
    w.documents[0] = &later; /* nothing is in force outside of it */
    w.policies.count = 1;
    cr_expect_str_eq(told_of(&w, "2026-11-22", 30), "");
}

Test(forecast, an_engagement_that_ends_or_has_not_begun_bounds_it)
{
    struct world w;

    make(&w, "[" IDENTITY "," CONTRACT("2027-01-10") "]", agreement_policy());
    cr_expect_str_neq(told_of(&w, "2026-12-01", 90), "");
    w.outlook.until = on_day("2027-01-10");
    cr_expect_str_eq(told_of(&w, "2026-12-01", 90), "");
    w.outlook.until = on_day("2027-01-11");
    cr_expect_str_neq(told_of(&w, "2026-12-01", 90), "");
    w.outlook.from = on_day("2027-01-09");
    cr_expect_str_neq(told_of(&w, "2026-12-01", 90), "");
    w.outlook.from = on_day("2027-01-10"); /* he begins with it */
    cr_expect_str_eq(told_of(&w, "2026-12-01", 90), "");
}

static bool only_one(void *arg, const struct forecast_change *change)
{
    (void)change;
    ++*(int *)arg;
    return false;
}

Test(forecast, who_has_enough_is_not_told_more)
{
    struct world w;
    int seen = 0;

    make(&w, "[" IDENTITY "," EXAM("2026-01-10") "," CONTRACT("2026-12-01") "," ENTRY "]",
         jiangsu());
    forecast_walk(&w.outlook, on_day("2026-11-20"), 180, only_one, &seen);
    cr_expect_eq(seen, 1);
}

/* -- the plain way -------------------------------------------------------------------------- */

struct days {
    day_t on[400];
    unsigned count;
};

static bool note(void *arg, const struct forecast_change *change)
{
    struct days *days = arg;

    days->on[days->count++] = change->on;
    return true;
}

static bool verdicts_differ(const struct verdict *a, const struct verdict *b)
{
    struct reason unused[REASONS_MAX];

    return a->person_colour != b->person_colour || a->colour_here != b->colour_here ||
           forecast_reasons(a, b, unused) > 0 || forecast_reasons(b, a, unused) > 0;
}

static void verdict_on(const struct world *w, day_t day, struct verdict *verdict)
{
    const struct policy_document *document = policy_find(&w->policies, w->site.region, day);
    struct context context = {.trade = w->outlook.trade, .role = w->outlook.role,
                              .site_state = SITE_OPEN,
                              .org_permit = (uint8_t)org_permit_on(&w->org, day), .site = 1};

    safety_code(&w->facts, &context, &document->policy, day, verdict);
}

static unsigned drawn;

static unsigned dice(unsigned below)
{
    drawn = drawn * 1103515245 + 12345;
    return (drawn >> 16) % below;
}

/* Records of any kind that ends of itself, on any day of the year before. */
static const char *random_records(char *into, size_t bytes)
{
    static const char *const bodies[] = {
        "\"kind\":\"exam\",\"conclusion\":\"no_abnormality\"",
        "\"kind\":\"exam\",\"conclusion\":\"recheck\"",
        "\"kind\":\"violation\",\"class\":\"operation\",\"category\":\"7.06\",\"severity\":3",
        "\"kind\":\"violation\",\"class\":\"discipline\",\"category\":\"7.01\",\"severity\":1",
        "\"kind\":\"study\",\"points\":40",
        "\"kind\":\"training\",\"type\":\"annual\",\"hours\":15,\"passed\":true",
        "\"kind\":\"training\",\"type\":\"monthly\",\"hours\":2,\"passed\":true",
        "\"kind\":\"training\",\"type\":\"entry_team\",\"hours\":50,\"passed\":true",
        "\"kind\":\"agreement\",\"type\":\"labour_contract\",\"from\":\"2026-01-05\",\"until\":\"2026-09-17\"",
        "\"kind\":\"ban\",\"scope\":\"industry\",\"from\":\"2026-07-01\",\"until\":\"2026-08-11\",\"basis\":\"x\"",
    };
    size_t used = (size_t)snprintf(into, bytes, "[%s", IDENTITY);

    for (unsigned i = 0, count = dice(9); i < count; i++) {
        char day[16];

        snprintf(day, sizeof day, "2025-%02u-%02u", 1 + dice(12), 1 + dice(28));
        used += (size_t)snprintf(into + used, bytes - used,
                                 ",{\"occurred_on\":\"%s\",\"recorded_at\":\"%sT08:00:00+08:00\",%s}",
                                 day, day, bodies[dice(sizeof bodies / sizeof bodies[0])]);
    }
    snprintf(into + used, bytes - used, "]");
    return into;
}

Test(forecast, the_walk_finds_what_asking_every_day_finds, .timeout = 120)
{
    static const char *const names[] = {"jiangsu-2023-05.json", "default.json",
                                        "shenzhen-2020.json", "yancheng-2023-05.json"};
    enum { PEOPLE = 60, SPAN = 200 };
    unsigned changes = 0;

    for (unsigned seed = 0; seed < PEOPLE; seed++) {
        char records[4096], region[16];
        struct days found = {.count = 0};
        struct verdict before, after;
        struct world w;
        unsigned at = 0;
        day_t today = on_day("2026-01-10");

        drawn = seed;
        make(&w, random_records(records, sizeof records), shipped_policy(names[seed % 4]));
        snprintf(region, sizeof region, "%s000000", w.documents[0]->policy.region);
        w.site.region = (struct text){region, 6};
        w.org.permit_until = on_day("2026-05-09");
        forecast_walk(&w.outlook, today, SPAN, note, &found);
        verdict_on(&w, today, &before);
        for (day_t day = (day_t)(today + 1); day <= today + SPAN; day++) {
            bool changed;

            verdict_on(&w, day, &after);
            changed = verdicts_differ(&before, &after);
            cr_assert_eq(changed, at < found.count && found.on[at] == day, "seed %u, day %u: %s",
                         seed, day - today, records);
            at += changed;
            before = after;
        }
        cr_assert_eq(at, found.count, "seed %u", seed);
        changes += at;
        arena_clear(&arena);
    }
    cr_expect_gt(changes, PEOPLE); /* there was something to find */
}
