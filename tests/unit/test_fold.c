/* domain/fold: from records to facts and engagements. */
#include <criterion/criterion.h>
#include <string.h>

#include "domain/engagement_here.h"
#include "support/cases.h"

#define AT(date) "\"occurred_on\":\"" date "\",\"recorded_at\":\"" date "T08:00:00+08:00\""
#define BORN(date) "{\"kind\":\"identity\"," AT("2026-01-01") ",\"birth_date\":\"" date "\",\"sex\":\"M\"}"
#define STUDIED(date, points) "{\"kind\":\"study\"," AT(date) ",\"points\":" points "}"
#define SUPERSEDE(of) "{\"kind\":\"supersede\"," AT("2026-06-01") ",\"of\":" of "}"
#define WRONG(date) \
    "{\"kind\":\"violation\"," AT(date) ",\"class\":\"operation\",\"category\":\"7.06\",\"severity\":2}"
#define RECTIFIED(date, of) "{\"kind\":\"rectification\"," AT(date) ",\"of\":" of "}"
#define CERTIFICATE(from, until)                                                                 \
    "{\"kind\":\"certificate\"," AT("2020-01-02") ",\"type\":\"A\",\"number\":\"N1\",\"issuer\":" \
    "\"housing\",\"valid_from\":\"" from "\",\"valid_until\":\"" until "\"}"
#define SIGNED(from, until)                                                                       \
    "{\"kind\":\"agreement\"," AT("2019-01-01") ",\"type\":\"labour_contract\",\"from\":\"" from   \
    "\",\"until\":\"" until "\"}"
#define EXAM(date, conclusion)                                                                    \
    "{\"kind\":\"exam\"," AT(date) ",\"conclusion\":\"" conclusion "\"}"
#define TRAINED(date, type)                                                                       \
    "{\"kind\":\"training\"," AT(date) ",\"type\":\"" type "\",\"hours\":20,\"passed\":true}"
#define ENDED(date, of) "{\"kind\":\"engagement_end\"," AT(date) ",\"of\":" of "}"
#define ENGAGED(date, site) \
    "{\"kind\":\"engagement\"," AT(date) ",\"org\":5,\"site\":" site ",\"trade\":\"040\",\"role\":\"worker\"}"

static struct arena arena;

static void open_arena(void)
{
    arena_init(&arena, 16 << 20);
}

static void close_arena(void)
{
    arena_clear(&arena);
}

TestSuite(fold, .init = open_arena, .fini = close_arena);

static struct err fold_error(const char *json)
{
    struct facts facts;
    size_t count;
    struct record *records = records_of(json, &arena, &count);

    return facts_fold(records, count, &arena, &facts);
}

Test(fold, nothing_folds_to_nothing)
{
    struct facts facts = facts_of("[]", &arena);

    cr_assert_eq(facts.count, 0);
    cr_assert_eq(facts.birth, DAY_UNKNOWN);
    cr_assert_eq(facts.enrolled, DAY_UNKNOWN);
    cr_assert_eq(facts.version, 0);
}

Test(fold, a_superseded_record_is_gone_and_its_correction_stands)
{
    struct facts facts = facts_of("[" STUDIED("2026-01-02", "50") "," SUPERSEDE("1") ","
                                  STUDIED("2026-01-02", "5") "]", &arena);

    cr_assert_eq(facts.count, 1);
    cr_assert_eq(facts.fact[0].ref, 5);
    cr_assert_eq(facts.version, 3);
}

Test(fold, a_superseded_supersession_gives_the_record_back)
{
    struct facts facts = facts_of("[" STUDIED("2026-01-02", "50") "," SUPERSEDE("1") ","
                                  SUPERSEDE("2") "]", &arena);

    cr_assert_eq(facts.count, 1);
    cr_assert_eq(facts.fact[0].ref, 50);
}

Test(fold, a_corrected_birth_date_keeps_the_day_of_enrolment)
{
    struct facts facts = facts_of(
        "[" BORN("1990-01-01") "," SUPERSEDE("1") ",{\"kind\":\"identity\"," AT("2026-06-01")
        ",\"birth_date\":\"1991-01-01\",\"sex\":\"F\"}]", &arena);

    cr_assert_eq(facts.birth, on_day("1991-01-01"));
    cr_assert_eq(facts.sex, SEX_FEMALE);
    cr_assert_eq(facts.enrolled, on_day("2026-01-01"));
}

Test(fold, the_earliest_rectification_counts_and_a_superseded_one_does_not)
{
    struct facts facts = facts_of("[" WRONG("2026-01-02") "," RECTIFIED("2026-03-01", "1") ","
                                  RECTIFIED("2026-02-01", "1") "]", &arena);

    cr_assert_eq(facts.fact[0].until, on_day("2026-02-01"));
    facts = facts_of("[" WRONG("2026-01-02") "," RECTIFIED("2026-03-01", "1") "," SUPERSEDE("2") "]",
                     &arena);
    cr_assert_eq(facts.fact[0].until, DAY_NEVER);
}

static const struct {
    const char *records;
    const char *field;
} bad_references[] = {
    {"[" SUPERSEDE("1") "]", "/records/0/of"},                         /* itself */
    {"[" SUPERSEDE("2") "," STUDIED("2026-01-02", "5") "]", "/records/0/of"}, /* a later one */
    {"[" STUDIED("2026-01-02", "5") "," SUPERSEDE("9") "]", "/records/1/of"}, /* none */
    {"[" STUDIED("2026-01-02", "5") "," RECTIFIED("2026-02-01", "1") "]", "/records/1/of"},
    {"[" STUDIED("2026-01-02", "5") "," ENDED("2026-02-01", "1") "]", "/records/1/of"},
    {"[" STUDIED("2026-01-02", "5") "," ENDED("2026-02-01", "1") "," SUPERSEDE("2") "]",
     "/records/1/of"}, /* taken back, and yet it names what is not there */
};

Test(fold, a_reference_that_leads_nowhere_is_refused_by_its_place)
{
    for (size_t i = 0; i < sizeof bad_references / sizeof bad_references[0]; i++) {
        struct err e = fold_error(bad_references[i].records);

        cr_expect_eq(e.code, ERR_VERSION_UNKNOWN, "case %zu", i);
        cr_expect_str_eq(e.field, bad_references[i].field);
    }
}

Test(fold, a_version_twice_is_refused)
{
    struct err e = fold_error("[{\"kind\":\"study\",\"version\":1," AT("2026-01-02") ",\"points\":5},"
                              "{\"kind\":\"star\",\"version\":1," AT("2026-01-02") ",\"points\":5}]");

    cr_assert_eq(e.code, ERR_ALREADY_EXISTS);
}

Test(fold, facts_are_sorted_by_kind_then_day_then_version)
{
    struct facts facts = facts_of("[" STUDIED("2026-03-01", "1") "," WRONG("2026-01-02") ","
                                  STUDIED("2026-01-01", "2") "," STUDIED("2026-03-01", "3") "]",
                                  &arena);

    cr_assert_eq(facts.count, 4);
    cr_assert_eq(facts.fact[0].ref, 2);
    cr_assert_eq(facts.fact[1].ref, 1);
    cr_assert_eq(facts.fact[2].ref, 3);
    cr_assert_eq(facts.fact[3].kind, FACT_VIOLATION);
}

Test(fold, the_horizon_is_sixty_months_and_keeps_what_is_still_valid)
{
    struct facts facts = facts_of(
        "[" STUDIED("2021-01-31", "1") "," STUDIED("2021-02-01", "2") "," STUDIED("2026-02-01", "3")
        "," SIGNED("2019-01-01", "2021-02-01") "," SIGNED("2019-01-01", "2021-02-02") "]",
        &arena);

    cr_assert_eq(facts.count, 3);
    cr_assert_eq(facts.fact[0].ref, 2);
    cr_assert_eq(facts.fact[2].kind, FACT_AGREEMENT);
    cr_assert_eq(facts.fact[2].until, on_day("2021-02-02"));
}

Test(fold, what_no_passing_of_time_ends_stays_beyond_the_horizon)
{
    struct facts facts = facts_of(
        "[{\"kind\":\"ban\"," AT("2001-01-01") ",\"scope\":\"industry\",\"from\":\"2001-01-01\","
        "\"basis\":\"b\"}," TRAINED("2001-01-01", "entry_team") "," TRAINED("2001-01-02", "entry_team")
        "," TRAINED("2001-01-01", "transfer") "," TRAINED("2001-01-02", "transfer") ","
        CERTIFICATE("2001-01-01", "2003-01-01") "," ENGAGED("2001-01-01", "7") "," ENDED("2001-02-01", "7")
        "," STUDIED("2001-01-01", "9") "," STUDIED("2026-02-01", "3") "]", &arena);

    cr_assert_eq(facts.count, 8);
    cr_assert_eq(facts.fact[0].a, TRAINING_ENTRY_TEAM);
    cr_assert_eq(facts.fact[4].kind, FACT_STUDY);
    cr_assert_eq(facts.fact[4].ref, 3);
    cr_assert_eq(facts.fact[5].kind, FACT_CERTIFICATE);
    cr_assert_eq(facts.fact[6].kind, FACT_BAN);
    cr_assert_eq(facts.fact[7].kind, FACT_ENGAGEMENT);
}

Test(fold, of_what_is_over_the_newest_exam_and_training_of_each_type_tell_that_there_was_one)
{
    struct facts facts = facts_of(
        "[" EXAM("2001-01-01", "unfit") "," EXAM("2001-01-02", "recheck") ","
        TRAINED("2001-01-01", "annual") "," TRAINED("2001-01-02", "annual") ","
        TRAINED("2001-01-01", "idle") "," EXAM("2026-02-01", "no_abnormality") "]", &arena);

    cr_assert_eq(facts.count, 4);
    cr_assert_eq(facts.fact[0].a, EXAM_RECHECK);
    cr_assert_eq(facts.fact[1].a, EXAM_NO_ABNORMALITY);
    cr_assert_eq(facts.fact[2].a, TRAINING_IDLE);
    cr_assert_eq(facts.fact[3].a, TRAINING_ANNUAL);
    cr_assert_eq(facts.fact[3].on, on_day("2001-01-02"));
}

Test(fold, briefings_are_kept_for_thirty_one_days)
{
    struct facts facts = facts_of(
        "[" TRAINED("2026-01-31", "pre_shift") "," TRAINED("2026-02-01", "pre_shift") ","
        TRAINED("2026-03-04", "pre_shift") "," TRAINED("2026-01-31", "drill") "]", &arena);

    cr_assert_eq(facts.count, 3);
    cr_assert_eq(facts.fact[0].a, TRAINING_DRILL);
    cr_assert_eq(facts.fact[1].on, on_day("2026-02-01"));
}

Test(fold, an_engagement_that_ran_is_a_fact_with_role_trade_and_site)
{
    struct facts facts = facts_of(
        "[" ENGAGED("2026-01-01", "7") "," ENDED("2026-02-01", "1") "," ENGAGED("2026-01-05", "8") ","
        ENDED("2026-01-05", "3") ",{\"kind\":\"engagement\"," AT("2026-03-01") ",\"org\":5,"
        "\"site\":9,\"trade\":\"1000\",\"role\":\"head\",\"from\":\"2026-03-02\"}]", &arena);
    const struct fact ran = {on_day("2026-01-01"), on_day("2026-02-01"), FACT_ENGAGEMENT,
                             ROLE_WORKER, 4, 0, 7};
    const struct fact runs = {on_day("2026-03-02"), DAY_NEVER, FACT_ENGAGEMENT, ROLE_HEAD, 100, 0,
                              9};

    cr_assert_eq(facts.count, 2); /* what ended on the day it began never ran */
    cr_assert_eq(memcmp(&facts.fact[0], &ran, sizeof ran), 0);
    cr_assert_eq(memcmp(&facts.fact[1], &runs, sizeof runs), 0);
}

Test(fold, looking_back_keeps_what_was_within_the_horizon_then)
{
    size_t count;
    struct record *records = records_of("[" STUDIED("2015-01-01", "1") "," STUDIED("2026-01-01", "2")
                                        "]", &arena, &count);
    struct facts now, then;

    cr_assert(!err_is(facts_fold(records, count, &arena, &now)));
    cr_assert(!err_is(facts_fold_on(records, count, on_day("2016-01-01"), &arena, &then)));
    cr_assert_eq(now.count, 1);
    cr_assert_eq(then.count, 2);
}

Test(fold, beyond_the_ceiling_the_newest_facts_and_all_bans_are_kept)
{
    size_t count = FACTS_PER_WORKER_MAX + 10;
    struct record *records = arena_new_array(&arena, count, struct record);
    struct facts facts;

    for (size_t i = 0; i < count; i++) {
        records[i] = (struct record){.kind = RECORD_STUDY, .version = (uint32_t)i + 1,
                                     .occurred_on = (day_t)(45000 + i)};
        records[i].study.points = 1;
    }
    records[0].kind = RECORD_BAN;
    records[0].ban.scope = BAN_INDUSTRY;
    records[0].ban.from = 45000;
    cr_assert(!err_is(facts_fold(records, count, &arena, &facts)));
    cr_assert_leq(facts.count, FACTS_PER_WORKER_MAX);
    cr_assert_geq(facts.count, FACTS_PER_WORKER_MAX - 20);
    cr_assert_eq(facts.fact[0].on, 45000 + count - facts.count + 1); /* none is left out between */
    cr_assert_eq(facts.fact[facts.count - 1].kind, FACT_BAN);
}

Test(fold, out_of_memory_is_an_error_for_every_small_ceiling)
{
    size_t count;
    struct record *records = records_of("[" BORN("1990-01-01") "," STUDIED("2026-01-02", "5") "]",
                                        &arena, &count);
    bool ever = false;

    for (size_t bytes = 0; bytes < 400; bytes++) {
        struct arena small;
        struct facts facts;
        struct err e;

        arena_init(&small, bytes);
        e = facts_fold(records, count, &small, &facts);
        cr_assert(!err_is(e) || e.code == ERR_TOO_LARGE);
        ever = ever || err_is(e);
        arena_clear(&small);
    }
    cr_assert(ever);
}

static struct engagements engagements_of(const char *json)
{
    size_t count;
    struct record *records = records_of(json, &arena, &count);
    struct engagements all;

    cr_assert(!err_is(engagements_fold(records, count, &arena, &all)));
    return all;
}

Test(fold, engagements_open_and_end_by_version_or_by_place)
{
    struct engagements all = engagements_of(
        "[" ENGAGED("2026-01-01", "7") "," ENGAGED("2026-01-02", "8") "," ENGAGED("2026-01-03", "9")
        ",{\"kind\":\"engagement_end\"," AT("2026-02-01") ",\"of\":1},"
        "{\"kind\":\"engagement_end\"," AT("2026-03-01") ",\"site\":8,\"until\":\"2026-02-15\"}]");

    cr_assert_eq(all.count, 3);
    cr_assert_eq(all.engagement[0].from, on_day("2026-01-01"));
    cr_assert_eq(all.engagement[0].until, on_day("2026-02-01"));
    cr_assert_eq(all.engagement[1].until, on_day("2026-02-15"));
    cr_assert_eq(all.engagement[2].until, DAY_NEVER);
    cr_assert_eq(all.engagement[2].trade, 40);
    cr_assert_eq(all.engagement[2].org, 5);
}

Test(fold, a_superseded_end_leaves_the_engagement_open_and_a_superseded_engagement_is_gone)
{
    struct engagements all = engagements_of(
        "[" ENGAGED("2026-01-01", "7") ",{\"kind\":\"engagement_end\"," AT("2026-02-01")
        ",\"of\":1}," SUPERSEDE("2") "]");

    cr_assert_eq(all.engagement[0].until, DAY_NEVER);
    all = engagements_of("[" ENGAGED("2026-01-01", "7") "," SUPERSEDE("1") "]");
    cr_assert_eq(all.count, 0);
}

/* -- who speaks on a site --------------------------------------------------------------------- */

static const struct {
    const char *what;
    struct engagement_span span;
    uint32_t newest; /* of those before */
    bool speaks;
} spans[] = {
    {"on its first day", {7, 3, 100, 200}, 0, true},
    {"the day before", {7, 3, 101, 200}, 0, false},
    {"on the day on which it ends", {7, 3, 90, 100}, 0, false},
    {"on its last day", {7, 3, 90, 101}, 0, true},
    {"on another site", {8, 3, 90, 200}, 0, false},
    {"after an older one", {7, 3, 90, 200}, 2, true},
    {"after a newer one", {7, 3, 90, 200}, 4, false},
};

Test(fold, of_several_engagements_on_a_site_the_newest_of_the_day_speaks)
{
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        uint32_t newest = spans[i].newest;

        cr_expect_eq(engagement_speaks(&spans[i].span, 7, 100, &newest), spans[i].speaks, "%s",
                     spans[i].what);
        cr_expect_eq(newest, spans[i].speaks ? 3 : spans[i].newest, "%s", spans[i].what);
    }
}
