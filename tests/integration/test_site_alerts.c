/* Counting the sites, in this process: a register without follower whose age the test decides, the
 * real surveyor, the real database. */
#include <criterion/criterion.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "jobs/site_alerts.h"
#include "register/registry_write.h"
#include "support/pg_bench.h"
#include "support/pg_fixture.h"
#include "support/workforce.h"

/* Above 2^20, where an array by id once ended. */
#define SITE_FAR 5000000

enum { PERIOD_MS = 400, FRESH_MS = 5000, DAY = 46000 };

static struct workforce w;
static struct registry *shadow; /* the follower's own: what is counted is the test's */
static struct surveyor *surveyor;
static struct site_alerts *alerts;
static struct follower *follower;
static _Atomic bool held, go;

static void set_fresh(bool fresh)
{
    atomic_store(&registry_gauges(w.registry)->fresh_us,
                 clock_monotonic_us() - (fresh ? 0 : 60 * US_PER_SECOND));
}

static const char born_1980[] = "[{\"kind\":\"identity\",\"occurred_on\":\"2024-01-01\","
                                "\"recorded_at\":\"2024-01-01T08:00:00+08:00\","
                                "\"birth_date\":\"1980-05-01\",\"sex\":\"M\"}]";

static void set_up(void)
{
    struct engaged far = engaged_at(SITE_FAR, 11, 30), near = engaged_at(1, 11, 30);
    struct site site = {.id = SITE_FAR, .version = 1, .org_id = 11, .name = TEXT("远"),
                        .region = TEXT("320902"), .state = SITE_OPEN, .rule = site_rule_default};
    struct entry entry = {SITE_FAR, site_keep(&site)};

    fixture_open();
    fixture_exec("INSERT INTO alert (site_id, kind, policy, then_what, opened_on, deadline)"
                 " VALUES (5000000, 1, 2, 0, current_date, current_date + 3)");
    w = workforce_new();
    registry_write_catalogue(w.registry, CATALOGUE_SITE, &entry, 1, false);
    for (int64_t id = 1; id <= 3; id++)
        workforce_add(&w, id, born_1980, &far, 1);
    workforce_add(&w, 4, born_1980, &near, 1);
    atomic_store(&registry_gauges(w.registry)->ready, true);
    set_fresh(true);
    bench_open(fixture_conninfo(FIXTURE_APP), 2, 64, 5000);
    bench_wait_until_up();
    shadow = registry_new();
    follower = follower_start(shadow, &(struct follower_options){
                                          .conninfo = fixture_conninfo(FIXTURE_APP),
                                          .poll_ms = 1000, .heartbeat_ms = 1000,
                                          .load_connections = 1});
    surveyor = surveyor_start(w.registry);
    alerts = NULL;
}

static void start_counting(void)
{
    alerts = site_alerts_start(&(struct site_alerts_options){
        .loop = bench_loop(), .pool = bench_pool(), .registry = w.registry, .surveyor = surveyor,
        .follower = follower, .period_ms = PERIOD_MS, .fresh_ms = FRESH_MS});
}

static void tear_down(void)
{
    surveyor_stop(surveyor);
    follower_stop(follower);
    bench_close_pool();
    site_alerts_stop(alerts);
    bench_close();
    registry_free(shadow);
    workforce_free(&w);
    fixture_close();
}

TestSuite(site_alerts, .init = set_up, .fini = tear_down, .timeout = 120);

/* Until the statement counts 1. */
static bool await(const char *sql)
{
    for (int i = 0; i < 200; i++) {
        if (fixture_query_int(sql) == 1)
            return true;
        bench_turn(50);
    }
    return false;
}

static const char claimed[] = "SELECT count(*) FROM alert_round WHERE at > '-infinity'";
static const char counted[] =
    "SELECT count(*) FROM site_standing WHERE site_id = 5000000 AND people = 3";
static const char cleared[] = "SELECT count(*) FROM alert WHERE state = 'cleared'";

/* -- somebody else's survey, at work until it may go ------------------------------------------ */

static void hold(void *arg, const struct post *post)
{
    (void)arg;
    (void)post;
    atomic_store(&held, true);
    while (!atomic_load(&go))
        usleep(1000);
}

static void forget(void *arg, bool complete)
{
    (void)arg;
    (void)complete;
}

static struct survey holding;

static void hold_surveyor(void)
{
    holding = (struct survey){.asked = SURVEY_FOR_PEOPLE, .on = DAY,
                              .visit = hold, .done = forget};
    atomic_store(&held, false);
    atomic_store(&go, false);
    cr_assert(surveyor_reserve(surveyor, SURVEY_FOR_PEOPLE));
    cr_assert(surveyor_submit(surveyor, &holding));
    while (!atomic_load(&held))
        usleep(1000);
}

Test(site_alerts, a_site_is_counted_however_high_its_number)
{
    start_counting();
    cr_expect(await(counted));
    cr_expect_eq(fixture_query_int(cleared), 0, "three of three are yellow: its alert stays");
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM site_standing"), 2);
}

Test(site_alerts, a_register_that_grew_old_while_it_was_counted_counts_nothing)
{
    workforce_add(&w, 1, born_1980, NULL, 0);
    workforce_add(&w, 2, born_1980, NULL, 0);
    workforce_add(&w, 3, born_1980, NULL, 0); /* the site would be cleared */
    hold_surveyor();
    start_counting();
    cr_assert(await(claimed));
    bench_turn(100);
    set_fresh(false);
    atomic_store(&go, true);
    bench_turn(1000);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM site_standing"), 0);
    cr_expect_eq(fixture_query_int(cleared), 0);
    set_fresh(true);
    cr_expect(await(cleared), "a later round counts anew");
}

Test(site_alerts, a_round_is_claimed_only_with_a_place_in_hand)
{
    for (int i = 0; i < SURVEYS_FOR_SERVICE_MAX; i++)
        cr_assert(surveyor_reserve(surveyor, SURVEY_FOR_SERVICE));
    start_counting();
    bench_turn(500);
    cr_expect_eq(fixture_query_int(claimed), 0);
    surveyor_release(surveyor, SURVEY_FOR_SERVICE);
    cr_expect(await(counted));
}

Test(site_alerts, trials_that_wait_keep_no_site_from_being_counted)
{
    for (int i = 1; i < SURVEYS_FOR_PEOPLE_MAX; i++)
        cr_assert(surveyor_reserve(surveyor, SURVEY_FOR_PEOPLE));
    hold_surveyor();
    cr_assert_not(surveyor_reserve(surveyor, SURVEY_FOR_PEOPLE));
    start_counting();
    cr_expect(await(claimed), "though all places for people are taken");
    atomic_store(&go, true);
    cr_expect(await(counted));
}
