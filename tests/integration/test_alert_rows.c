/* Alerts of sites in PostgreSQL: what two who act at once, a long past and an empty site leave
 * behind. Statements against the real schema, without a server. */
#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

#include "register/change.h"
#include "store/alerts.h"
#include "support/pg_bench.h"
#include "support/pg_fixture.h"

enum { SITE = 11, OFFICER = 5, TODAY = 46000 };

static void set_up(void)
{
    fixture_open();
    fixture_exec("INSERT INTO site (id, version, name, region, org_id, rule, account_id)"
                 " VALUES (11, 1, '子', '320902', 1, '{}', 0)");
    bench_open(fixture_conninfo(FIXTURE_APP), 2, 64, 5000);
    bench_wait_until_up();
}

static void tear_down(void)
{
    bench_close();
    fixture_close();
}

TestSuite(alert_rows, .init = set_up, .fini = tear_down, .timeout = 60);

/* -- steps ---------------------------------------------------------------------------------- */

static void must(struct batch *b)
{
    struct err e = bench_run(b);

    cr_assert_eq(e.code, ERR_NONE, "%s %s", err_row(e.code)->code, e.detail);
}

/* One round: this many people on the site, all of them red; beyond the limit or not. */
static void count_round(int32_t people, bool breached)
{
    struct standing standing = {.site_id = SITE, .people = people, .red = people};
    struct breach breach = {.site_id = SITE, .kind = 2, .policy = 1, .deadline = TODAY + 3};
    struct batch *b = bench_batch();

    alerts_put(b, bench_arena(),
               &(struct alerts_found){.standings = &standing, .standing_count = people > 0,
                                      .breaches = &breach, .breach_count = breached,
                                      .today = TODAY, .site_change = CHANGE_SITE});
    must(b);
}

static struct alert_rows current(void)
{
    struct batch *b = bench_batch();
    struct reach reach = {.site_id = SITE, .region = TEXT("")};
    struct alert_rows found = {NULL, 0};

    alerts_current(b, &reach, &found);
    must(b);
    return found;
}

static enum err_code act(const struct alert_row *read, const char *event, day_t deadline)
{
    struct batch *b = bench_batch();

    alert_act(b, &(struct alert_act){read, text_of(event), OFFICER, deadline});
    return bench_run(b).code;
}

static int64_t events(const char *event)
{
    char sql[128];

    snprintf(sql, sizeof sql, "SELECT count(*) FROM alert_event WHERE event = '%s'", event);
    return fixture_query_int(sql);
}

/* -- acting --------------------------------------------------------------------------------- */

Test(alert_rows, who_extends_what_has_been_cleared_meanwhile_is_told_so)
{
    struct alert_rows read;

    count_round(3, true);
    read = current();
    cr_assert_eq(read.count, 1);
    count_round(3, false);
    cr_expect_eq(act(&read.rows[0], "extended", TODAY + 9), ERR_CONFLICT);
    cr_expect_eq(act(&read.rows[0], "seen", DAY_UNKNOWN), ERR_CONFLICT);
    cr_expect_eq(events("extended") + events("seen"), 0);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM alert WHERE state = 'cleared'"), 1);
}

Test(alert_rows, of_two_who_extend_at_once_the_second_looks_again)
{
    struct alert_rows read;

    count_round(3, true);
    read = current();
    cr_assert_eq(read.count, 1);
    cr_expect_eq(act(&read.rows[0], "extended", TODAY + 20), ERR_NONE);
    cr_expect_eq(act(&read.rows[0], "extended", TODAY + 9), ERR_CONFLICT, "it would shorten");
    read = current();
    cr_assert_eq(read.count, 1);
    cr_expect_eq(read.rows[0].deadline, TODAY + 20);
    cr_expect_eq(act(&read.rows[0], "extended", TODAY + 30), ERR_NONE);
    cr_expect_eq(events("extended"), 2);
}

Test(alert_rows, seen_twice_by_the_same_adds_nothing)
{
    struct alert_rows read;

    count_round(3, true);
    read = current();
    cr_assert_eq(read.count, 1);
    cr_expect_not(read.rows[0].seen);
    cr_expect_eq(act(&read.rows[0], "seen", DAY_UNKNOWN), ERR_NONE);
    cr_expect_eq(act(&read.rows[0], "seen", DAY_UNKNOWN), ERR_NONE);
    cr_expect_eq(events("seen"), 1);
    read = current();
    cr_assert_eq(read.count, 1);
    cr_expect(read.rows[0].seen);
}

/* -- a long past ---------------------------------------------------------------------------- */

Test(alert_rows, the_current_one_is_found_behind_any_number_of_old_ones)
{
    struct alert_rows found;

    fixture_exec("INSERT INTO alert (site_id, kind, policy, then_what, state, opened_on, deadline,"
                 " ended_on) SELECT 11, 2, 1, 0, 'cleared', '2025-01-01', '2025-01-04', '2025-01-02'"
                 " FROM generate_series(1, 600)");
    cr_expect_eq(current().count, 0);
    count_round(3, true);
    found = current();
    cr_assert_eq(found.count, 1);
    cr_expect(text_is(found.rows[0].state, "open"));
    cr_expect_gt(found.rows[0].id, 600);
}

Test(alert_rows, of_many_events_the_newest_are_told_in_order)
{
    struct batch *b = bench_batch();
    struct alert_event_rows found = {NULL, 0};

    fixture_exec("INSERT INTO alert_event (alert_id, at, event, account_id, deadline)"
                 " SELECT 1, timestamptz '2026-01-01 08:00+08' + n * interval '1 hour', 'extended', n,"
                 " '2026-02-01' FROM generate_series(1, 300) AS n");
    alert_events(b, 1, &found);
    must(b);
    cr_assert_eq(found.count, 200);
    cr_expect_eq(found.rows[0].account_id, 101);
    cr_expect_eq(found.rows[199].account_id, 300);
}

Test(alert_rows, what_was_told_long_ago_is_not_read_again)
{
    PGconn *pq = PQconnectdb(fixture_conninfo(FIXTURE_SUPERUSER));
    PGresult *result;
    bool indexed = false;

    fixture_exec("INSERT INTO site (id, version, name, region, org_id, rule, account_id)"
                 " SELECT n, 1, '子', '320902', 1, '{}', 0 FROM generate_series(100, 2099) AS n");
    fixture_exec("INSERT INTO alert (site_id, kind, policy, then_what, state, opened_on, deadline)"
                 " SELECT 100 + n % 2000, 2, 1, 0, 'cleared', '2025-01-01', '2025-01-04'"
                 " FROM generate_series(1, 20000) AS n");
    fixture_exec("INSERT INTO alert_event (alert_id, at, event, account_id, deadline)"
                 " SELECT n, now() - interval '4 days' - n * interval '1 minute', 'opened', 0,"
                 " '2026-01-01' FROM generate_series(1, 20000) AS n");
    fixture_exec("ANALYZE alert_event, alert, site");
    PQclear(PQprepare(pq, "untold", statements[SQL_ALERT_UNTOLD].text, 0, NULL));
    result = PQexec(pq, "EXPLAIN EXECUTE untold(500)");
    cr_assert_eq(PQresultStatus(result), PGRES_TUPLES_OK, "%s", PQerrorMessage(pq));
    for (int i = 0; i < PQntuples(result); i++) {
        indexed |= strstr(PQgetvalue(result, i, 0), "alert_event_told") != NULL;
        cr_expect_null(strstr(PQgetvalue(result, i, 0), "Seq Scan on alert_event"));
    }
    cr_expect(indexed);
    PQclear(result);
    PQfinish(pq);
}

/* -- an empty site --------------------------------------------------------------------------- */

Test(alert_rows, a_site_that_nobody_is_engaged_on_any_more_stands_at_nothing)
{
    struct batch *b;
    struct standing_row row = {0};

    count_round(3, true);
    cr_expect_eq(fixture_query_int("SELECT people + red FROM site_standing"), 6);
    count_round(0, false);
    b = bench_batch();
    standing_find(b, SITE, &row);
    must(b);
    cr_expect_eq(row.standing.people, 0);
    cr_expect_eq(row.standing.red, 0);
    cr_expect_neq(row.at, 0, "it says since when");
    cr_expect_eq(fixture_query_int("SELECT people FROM alert_event WHERE event = 'cleared'"), 0);
    count_round(4, false);
    cr_expect_eq(fixture_query_int("SELECT people FROM site_standing"), 4);
}
