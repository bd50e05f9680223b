/* Runs of equal colours: where one ends, what it tells, and that the span is covered. */
#include <criterion/criterion.h>

#include "domain/calendar.h"
#include "scoring/semantics.h"
#include "support/cases.h"

enum { RUNS_MAX = 32 };

static struct arena arena;

struct runs {
    struct calendar_run run[RUNS_MAX];
    unsigned count, stop_after; /* 0: never */
};

static bool keep(void *arg, const struct calendar_run *run)
{
    struct runs *runs = arg;

    cr_assert(runs->count < RUNS_MAX);
    runs->run[runs->count++] = *run;
    return runs->count != runs->stop_after;
}

#define AT(date) "\"occurred_on\":\"" date "\",\"recorded_at\":\"" date "T08:00:00+08:00\""
#define BORN "{\"kind\":\"identity\"," AT("2026-01-01") ",\"birth_date\":\"1990-05-01\",\"sex\":\"M\"}"
#define EXAM(date, conclusion) \
    "{\"kind\":\"exam\"," AT(date) ",\"conclusion\":\"" conclusion "\"}"

/* Yellow without a valid exam, with one that wants a recheck, and once a good one is that old. */
#define EXAM_RULE(months)                                                                          \
    "\"kind\":\"exam\",\"validity_months\":" months ",\"validity_by_trade\":{},"                   \
    "\"hazards_by_trade\":{},\"conclusions\":{"                                                    \
    "\"no_abnormality\":\"green\",\"recheck\":\"yellow\","                                         \
    "\"suspected_occupational\":\"red\",\"unfit\":\"red\","                                        \
    "\"other\":\"yellow\"},\"none\":\"yellow\",\"expired\":\"yellow\","                            \
    "\"contraindicated_for_trade\":\"red\","                                                       \
    "\"contraindicated_otherwise\":\"yellow\""
#define EXAM_REASONS "HEALTH_NONE HEALTH_EXPIRED HEALTH_RECHECK HEALTH_UNFIT HEALTH_CONTRA"

static const struct policy *exams_alone(void)
{
    return &policy_of_rule(EXAM_RULE("12"), EXAM_REASONS)->policy;
}

static struct runs runs_of(const char *records, const char *from, const char *until,
                           unsigned stop_after)
{
    struct runs runs = {.stop_after = stop_after};
    struct facts facts;

    arena_init(&arena, 1 << 20);
    facts = facts_of(records, &arena);
    safety_calendar(&facts, NULL, exams_alone(), on_day(from), on_day(until), keep, &runs);
    arena_clear(&arena);
    return runs;
}

static void expect_run(const struct runs *runs, unsigned i, const char *from, const char *until,
                       enum colour colour, const char *reason)
{
    const struct calendar_run *run = &runs->run[i];

    cr_assert(i < runs->count, "only %u runs", runs->count);
    cr_expect_eq(run->from, on_day(from), "run %u begins on day %u", i, run->from);
    cr_expect_eq(run->until, on_day(until), "run %u ends on day %u", i, run->until);
    cr_expect_eq(run->first.person_colour, colour, "run %u", i);
    cr_expect_eq(run->first.on, run->from);
    if (reason == NULL)
        cr_expect_eq(run->first.reason_count, 0);
    else
        cr_expect_str_eq(reason_name(run->first.reasons[0].code), reason);
}

static const char examined[] =
    "[" BORN "," EXAM("2026-03-01", "recheck") "," EXAM("2026-05-01", "no_abnormality") "]";

Test(calendar, a_run_ends_where_a_colour_changes_and_tells_why_on_its_first_day)
{
    struct runs runs = runs_of(examined, "2026-04-01", "2027-08-01", 0);

    cr_assert_eq(runs.count, 3);
    expect_run(&runs, 0, "2026-04-01", "2026-05-01", COLOUR_YELLOW, "HEALTH_RECHECK");
    expect_run(&runs, 1, "2026-05-01", "2027-05-01", COLOUR_GREEN, NULL);
    expect_run(&runs, 2, "2027-05-01", "2027-08-01", COLOUR_YELLOW, "HEALTH_EXPIRED");
}

Test(calendar, days_of_one_colour_are_one_run_though_their_reasons_differ)
{
    struct runs runs = runs_of(examined, "2026-02-01", "2026-06-01", 0);

    cr_assert_eq(runs.count, 2); /* never examined until 1 March, then to be rechecked */
    expect_run(&runs, 0, "2026-02-01", "2026-05-01", COLOUR_YELLOW, "HEALTH_NONE");
    cr_expect_eq(runs.run[0].first.reasons[0].until, on_day("2026-03-01"), "its own end stays");
    expect_run(&runs, 1, "2026-05-01", "2026-06-01", COLOUR_GREEN, NULL);
}

Test(calendar, a_span_without_change_is_one_run_and_an_empty_one_none)
{
    struct runs runs = runs_of(examined, "2026-06-01", "2026-06-02", 0);

    cr_assert_eq(runs.count, 1);
    expect_run(&runs, 0, "2026-06-01", "2026-06-02", COLOUR_GREEN, NULL);
    cr_expect_eq(runs.run[0].first.next_change, on_day("2027-05-01"), "it is not cut");
    cr_expect_eq(runs_of(examined, "2026-06-01", "2026-06-01", 0).count, 0);
}

Test(calendar, the_last_days_of_the_calendar_are_not_overrun)
{
    struct runs runs = runs_of(examined, "2079-06-01", "2079-06-05", 0);

    cr_assert_eq(runs.count, 1);
    expect_run(&runs, 0, "2079-06-01", "2079-06-05", COLOUR_YELLOW, "HEALTH_EXPIRED");
    cr_expect_eq(runs.run[0].first.next_change, DAY_NEVER);
}

Test(calendar, whoever_has_seen_enough_is_not_called_again)
{
    cr_expect_eq(runs_of(examined, "2026-02-01", "2027-08-01", 1).count, 1);
}

Test(semantics, a_number_is_known_or_it_is_not)
{
    cr_assert_not_null(semantics_find(1));
    cr_expect_eq(semantics_find(1)->number, 1);
    cr_expect_null(semantics_find(0));
    cr_expect_null(semantics_find(2));
}

/* -- while the place changes ------------------------------------------------------------------------- */

struct stage {
    const struct policy_document *before, *after; /* the 10th of May */
    int site_before, site_after;                  /* posts, by their address; 0: none */
};
struct told {
    struct calendar_place place[RUNS_MAX];
    struct calendar_run run[RUNS_MAX];
    unsigned count;
    const struct stage *stage;
};
static const int posts[3];

static void place_on(void *arg, day_t day, struct calendar_place *place)
{
    static const struct context context = {.trade = 20, .org_permit = PERMIT_UNASKED};
    const struct stage *stage = ((struct told *)arg)->stage;
    bool after = day >= on_day("2026-05-10");
    int site = after ? stage->site_after : stage->site_before;

    *place = (struct calendar_place){
        .document = after ? stage->after : stage->before,
        .context = site != 0 ? &context : NULL,
        .post = site != 0 ? &posts[site] : NULL,
        .until = after ? DAY_NEVER : on_day("2026-05-10"),
    };
}

static bool tell(void *arg, const struct calendar_place *place, const struct calendar_run *run)
{
    struct told *told = arg;

    told->place[told->count] = *place;
    told->run[told->count++] = *run;
    return true;
}

static struct told walk(const struct stage *stage)
{
    struct told told = {.stage = stage};
    struct facts facts;

    arena_init(&arena, 1 << 20);
    facts = facts_of(examined, &arena);
    calendar_walk(&(struct calendar_walk){&facts, on_day("2026-05-05"), on_day("2026-05-15"),
                                          place_on, tell, &told});
    arena_clear(&arena);
    return told;
}

Test(calendar, a_change_of_place_that_changes_nothing_ends_no_run)
{
    const struct policy_document *d = shipped_policy("default.json");
    struct told told = walk(&(struct stage){d, d, 1, 1});

    cr_assert_eq(told.count, 1);
    cr_expect(told.run[0].from == on_day("2026-05-05") && told.run[0].until == on_day("2026-05-15"));
    told = walk(&(struct stage){d, d, 0, 0});
    cr_expect_eq(told.count, 1);
}

Test(calendar, another_post_or_policy_ends_a_run_though_no_colour_changes)
{
    const struct policy_document *d = shipped_policy("default.json");
    const struct policy_document *e = shipped_policy("default.json"); /* the same, another one */
    struct told told = walk(&(struct stage){d, d, 1, 2});

    cr_assert_eq(told.count, 2);
    cr_expect_eq(told.run[1].from, on_day("2026-05-10"));
    cr_expect(told.place[0].post == &posts[1] && told.place[1].post == &posts[2]);
    told = walk(&(struct stage){d, e, 1, 1});
    cr_assert_eq(told.count, 2);
    cr_expect(told.place[0].document == d && told.place[1].document == e);
    told = walk(&(struct stage){d, d, 1, 0});
    cr_assert_eq(told.count, 2);
    cr_expect_eq(told.run[1].first.colour_here, COLOUR_NONE);
}

Test(calendar, days_without_a_policy_are_a_run_of_their_own)
{
    const struct policy_document *d = shipped_policy("default.json");
    struct told told = walk(&(struct stage){NULL, d, 0, 0});

    cr_assert_eq(told.count, 2);
    cr_expect_null(told.place[0].document);
    cr_expect_eq(told.run[0].first.person_colour, COLOUR_NONE);
    cr_expect_eq(told.run[0].until, on_day("2026-05-10"));
    cr_expect_neq(told.run[1].first.person_colour, COLOUR_NONE);
}

Test(calendar, a_policy_holds_until_another_of_its_place_may_begin_or_end)
{
    const struct policy_document *const documents[] = {
        shipped_policy("default.json"), shipped_policy("jiangsu-2023-05.json"),
    };
    struct policy_set set = {.documents = documents, .count = 2};

    cr_expect_eq(policies_hold_until(&set, TEXT("320900"), on_day("2019-01-01")),
                 on_day("2020-01-01"));
    cr_expect_eq(policies_hold_until(&set, TEXT("320900"), on_day("2020-01-01")),
                 on_day("2023-05-25"));
    cr_expect_eq(policies_hold_until(&set, TEXT("320900"), on_day("2023-05-25")), DAY_NEVER);
    cr_expect_eq(policies_hold_until(&set, TEXT("110000"), on_day("2020-01-01")), DAY_NEVER);
}

/* -- one day between two documents -------------------------------------------------------------- */

static struct policy_document in_force(const struct policy_document *d, const char *from)
{
    struct policy_document copy = *d;

    copy.policy.region[0] = '\0';
    copy.policy.from = on_day(from);
    copy.policy.until = DAY_NEVER;
    return copy;
}

/* An exam is good for a year, and from July on for one month. */
static struct verdict judged(const char *records, const char *on)
{
    const struct policy_document year = in_force(policy_of_rule(EXAM_RULE("12"), EXAM_REASONS),
                                                 "2020-01-01");
    const struct policy_document month = in_force(policy_of_rule(EXAM_RULE("1"), EXAM_REASONS),
                                                  "2026-07-01");
    const struct policy_document *const documents[] = {&year, &month};
    struct policy_set set = {.documents = documents, .count = 2};
    struct verdict v;
    struct facts facts;

    arena_init(&arena, 1 << 20);
    facts = facts_of(records, &arena);
    cr_assert(policies_judge(&set, TEXT("320900"), &facts, NULL, on_day(on), &v) ==
              (on_day(on) < on_day("2026-07-01") ? &year : &month));
    arena_clear(&arena);
    return v;
}

Test(calendar, the_next_change_is_what_a_document_to_come_says)
{
    static const char good[] = "[" BORN "," EXAM("2026-05-15", "no_abnormality") "]";
    static const char fresh[] = "[" BORN "," EXAM("2026-06-20", "no_abnormality") "]";

    cr_expect_eq(judged(good, "2026-06-15").next_change, on_day("2026-07-01"));
    cr_expect_eq(judged(fresh, "2026-06-25").next_change, on_day("2026-07-20"), "a month, not a year");
    cr_expect_eq(judged(good, "2026-07-02").next_change, DAY_NEVER);
}

Test(calendar, a_reason_began_when_the_documents_said_so)
{
    static const char good[] = "[" BORN "," EXAM("2026-05-15", "no_abnormality") "]";
    static const char none[] = "[" BORN "]";
    struct verdict v = judged(good, "2026-07-02");

    cr_assert_eq(v.reason_count, 1);
    cr_expect_eq(v.reasons[0].code, REASON_HEALTH_EXPIRED);
    cr_expect_eq(v.reasons[0].since, on_day("2026-07-01"), "in June he was green");
    v = judged(none, "2026-07-02");
    cr_assert_eq(v.reason_count, 1);
    cr_expect_lt(v.reasons[0].since, on_day("2026-07-01"), "both documents say so");
    cr_expect_eq(v.reasons[0].until, DAY_NEVER);
    v = judged(none, "2026-06-02");
    cr_expect_eq(v.reasons[0].until, DAY_NEVER, "the next document says so as well");
}
