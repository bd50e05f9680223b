/* Events and their deliveries in PostgreSQL: whom an event concerns, who takes a delivery, what
 * becomes of it. Statements against the real schema, without a server. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/outbox.h"
#include "store/webhooks.h"
#include "support/pg_bench.h"
#include "support/pg_fixture.h"

enum { CONNECTIONS = 4, LEASE_MS = 60000, DUE = 46000 };

/* Two firms, two sites in two provinces, and a webhook of each kind of owner:
 * 1 firm 1, 2 firm 2, 3 officer of site 11, 4 officer of site 12, 5 regulator of 32,
 * 6 regulator of 3209, 7 regulator of everywhere, 8 firm 1 that wants another event. */
static void make_world(void)
{
    fixture_exec("INSERT INTO org (id, version, kind, name, region, account_id) VALUES"
                 " (1, 1, 'contractor', '甲', '320900', 0), (2, 1, 'contractor', '乙', '410100', 0),"
                 " (9, 1, 'regulator', '丙', '320000', 0)");
    fixture_exec("INSERT INTO site (id, version, name, region, org_id, rule, account_id) VALUES"
                 " (11, 1, '子', '320902', 1, '{}', 0), (12, 1, '丑', '410102', 2, '{}', 0)");
    fixture_exec("INSERT INTO account (id, version, role, org_id, site_id, region, label, key_prefix,"
                 " key_hash, account_id) SELECT n, 1, role, org, site, region, 'x', lpad(n::text, 12, '0'),"
                 " sha256(int8send(n)), 0 FROM (VALUES (1, 'contractor', 1, 0, ''), (2, 'contractor', 2, 0, ''),"
                 " (3, 'safety_officer', 1, 11, ''), (4, 'safety_officer', 2, 12, ''),"
                 " (5, 'regulator', 9, 0, '32'), (6, 'regulator', 9, 0, '3209'),"
                 " (7, 'regulator', 9, 0, '')) AS a (n, role, org, site, region)");
    fixture_exec("INSERT INTO webhook (id, version, role, org_id, site_id, region, url, events, account_id)"
                 " SELECT id, 1, role, org_id, site_id, region, 'https://hook.example.cn/' || id,"
                 " '{reminder.expiry}', id FROM account");
    fixture_exec("INSERT INTO webhook (id, version, role, org_id, url, events, account_id)"
                 " VALUES (8, 1, 'contractor', 1, 'https://hook.example.cn/8', '{other.thing}', 1)");
    fixture_exec("INSERT INTO webhook_secret (webhook_id, number, sealed)"
                 " SELECT id, 1, decode(repeat('00', 61), 'hex') FROM webhook");
}

static void set_up(void)
{
    fixture_open();
    make_world();
    bench_open(fixture_conninfo(FIXTURE_APP), CONNECTIONS, 64, 5000);
    bench_wait_until_up();
}

static void tear_down(void)
{
    bench_close();
    fixture_close();
}

TestSuite(outbox, .init = set_up, .fini = tear_down, .timeout = 60);

/* -- steps ---------------------------------------------------------------------------------- */

static int64_t add(const char *subject, int64_t org_id, int64_t site_id)
{
    struct batch *b = bench_batch();
    int64_t added = 0;
    struct err e;

    outbox_add(b,
               &(struct outbox_event){.kind = EVENT_REMINDER_EXPIRY, .subject = text_of(subject),
                                      .due = DUE, .org_id = org_id, .site_id = site_id,
                                      .worker_id = 7, .data = TEXT("{\"on\":\"2026-01-01\"}")},
               &added);
    e = bench_run(b);
    cr_assert_eq(e.code, ERR_NONE, "%s", err_row(e.code)->code);
    return added;
}

static struct deliveries claim(int32_t of_one, int32_t in_all, int64_t lease_ms)
{
    struct batch *b = bench_batch();
    struct deliveries found = {NULL, 0};
    struct err e;

    deliveries_claim(b, of_one, in_all, lease_ms, &found);
    e = bench_run(b);
    cr_assert_eq(e.code, ERR_NONE, "%s", err_row(e.code)->code);
    return found;
}

static void mark(const struct delivery *d, const char *trouble, int64_t retry_ms)
{
    struct batch *b = bench_batch();
    struct err e;

    delivery_mark(b, &(struct delivery_outcome){.outbox_id = d->outbox_id,
                                                .webhook_id = d->webhook_id,
                                                .attempt = d->attempt, .took_ms = 5,
                                                .status = trouble == NULL ? 204 : 0,
                                                .trouble = trouble, .retry_ms = retry_ms});
    e = bench_run(b);
    cr_assert_eq(e.code, ERR_NONE, "%s", err_row(e.code)->code);
}

static int64_t count(const char *where)
{
    char sql[256];

    snprintf(sql, sizeof sql, "SELECT count(*) FROM delivery WHERE %s", where);
    return fixture_query_int(sql);
}

/* The webhooks that have a delivery, as decimal digits in order. */
static int64_t told(void)
{
    return fixture_query_int("SELECT coalesce(string_agg(webhook_id::text, '' ORDER BY webhook_id), '0')::bigint"
                             " FROM delivery");
}

/* -- whom an event concerns ----------------------------------------------------------------- */

Test(outbox, an_event_goes_to_the_firm_the_site_and_the_region_it_concerns)
{
    cr_expect_eq(add("1", 1, 11), 1);
    cr_expect_eq(told(), 13567);
    fixture_exec("DELETE FROM delivery");
    cr_expect_eq(add("2", 2, 12), 1);
    cr_expect_eq(told(), 247);
    fixture_exec("DELETE FROM delivery");
    cr_expect_eq(add("3", 1, 0), 1); /* of no site: of no region either */
    cr_expect_eq(told(), 17);
}

Test(outbox, the_same_event_is_added_once)
{
    cr_expect_eq(add("1", 1, 11), 1);
    cr_expect_eq(add("1", 1, 11), 0);
    cr_expect_eq(add("1", 1, 11), 0);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM outbox"), 1);
    cr_expect_eq(count("true"), 5);
}

Test(outbox, an_event_is_undone_with_what_it_belongs_to)
{
    struct batch *b = bench_batch();

    outbox_add(b,
               &(struct outbox_event){.kind = EVENT_REMINDER_EXPIRY, .subject = TEXT("1"),
                                      .due = DUE, .org_id = 1, .data = TEXT("{}")},
               NULL);
    outbox_add(b,
               &(struct outbox_event){.kind = EVENT_REMINDER_EXPIRY, .subject = TEXT("UPPER CASE"),
                                      .due = DUE, .org_id = 1, .data = TEXT("{}")},
               NULL);
    cr_expect_neq(bench_run(b).code, ERR_NONE);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM outbox"), 0);
    cr_expect_eq(count("true"), 0);
}

static const struct {
    const char *what, *sql;
    int64_t told; /* of an event of firm 1 on site 11 */
} ends[] = {
    {"the webhook is switched off",
     "INSERT INTO webhook (id, version, role, org_id, site_id, region, url, events, state, account_id)"
     " SELECT id, 2, role, org_id, site_id, region, url, events, 'disabled', 1 FROM webhook WHERE id = 1",
     3567},
    {"the webhook wants something else now",
     "INSERT INTO webhook (id, version, role, org_id, site_id, region, url, events, account_id)"
     " SELECT id, 2, role, org_id, site_id, region, url, '{other.thing}', 1 FROM webhook WHERE id = 3",
     1567},
    {"the firm is closed",
     "INSERT INTO org (id, version, kind, name, region, state, account_id)"
     " SELECT id, 2, kind, name, region, 'closed', 0 FROM org WHERE id = 1",
     567},
    {"nobody can ask in that role any more",
     "INSERT INTO account (id, version, role, org_id, site_id, region, label, state, key_prefix, key_hash,"
     " account_id) SELECT id, 2, role, org_id, site_id, region, label, 'disabled', key_prefix, key_hash, 0"
     " FROM account WHERE id = 5",
     1367},
};

Test(outbox, who_may_not_ask_any_more_is_not_told)
{
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        fixture_exec("TRUNCATE outbox, delivery, webhook, webhook_secret, org, site, account");
        make_world();
        fixture_exec(ends[i].sql);
        add("1", 1, 11);
        cr_expect_eq(told(), ends[i].told, "%s: %lld", ends[i].what, (long long)told());
    }
}

/* -- who takes a delivery ------------------------------------------------------------------- */

static void add_many(int events)
{
    char subject[16];

    for (int i = 0; i < events; i++) {
        snprintf(subject, sizeof subject, "n%d", i);
        add(subject, 1, 0); /* to webhooks 1 and 7 */
    }
}

Test(outbox, what_is_claimed_is_nobody_else_s_until_the_lease_ends)
{
    struct deliveries found;

    add_many(1);
    found = claim(4, 64, LEASE_MS);
    cr_assert_eq(found.count, 2);
    cr_expect_eq(found.rows[0].attempt, 1);
    cr_expect(text_is(found.rows[0].kind, "reminder.expiry"));
    cr_expect(text_is(found.rows[0].url, "https://hook.example.cn/1"));
    cr_expect_eq(found.rows[0].message.bytes, 36);
    cr_expect_eq(found.rows[0].worker_id, 7);
    cr_expect_null(found.rows[0].name_masked.at);
    cr_expect_eq(claim(4, 64, LEASE_MS).count, 0);
    fixture_exec("UPDATE delivery SET lease_until = now() - interval '1 second'");
    found = claim(4, 64, LEASE_MS);
    cr_assert_eq(found.count, 2);
    cr_expect_eq(found.rows[0].attempt, 2);
}

Test(outbox, a_slow_receiver_takes_no_more_than_its_share)
{
    add_many(10);
    fixture_exec("DELETE FROM delivery WHERE webhook_id = 7 AND outbox_id NOT IN"
                 " (SELECT min(outbox_id) FROM delivery)");
    cr_expect_eq(claim(4, 64, LEASE_MS).count, 5); /* four of one, the only one of the other */
    cr_expect_eq(claim(4, 64, LEASE_MS).count, 0);
    cr_expect_eq(claim(6, 64, LEASE_MS).count, 2);
    cr_expect_eq(count("lease_until IS NOT NULL AND webhook_id = 1"), 6);
}

/* All at the same moment; how many deliveries they took together. */
static int claim_at_once(void)
{
    struct batch_outcome outcomes[CONNECTIONS];
    struct deliveries found[CONNECTIONS];
    int taken = 0;

    for (int i = 0; i < CONNECTIONS; i++) {
        struct batch *b = bench_batch();

        found[i] = (struct deliveries){NULL, 0};
        deliveries_claim(b, 1000, 8, LEASE_MS, &found[i]);
        bench_send(b, &outcomes[i]);
    }
    bench_wait(outcomes, CONNECTIONS);
    for (int i = 0; i < CONNECTIONS; i++) {
        cr_assert_eq(outcomes[i].error.code, ERR_NONE);
        cr_expect_leq(found[i].count, 8);
        taken += found[i].count;
    }
    return taken;
}

Test(outbox, servers_share_the_work_and_none_does_another_s)
{
    int taken = 0, before;

    add_many(20);
    do {
        before = taken;
        taken += claim_at_once();
    } while (taken > before);
    cr_expect_eq(taken, 40);
    cr_expect_eq(count("attempts = 1"), 40);
}

Test(outbox, a_masked_name_goes_along_until_the_person_is_erased)
{
    struct deliveries found;

    fixture_exec("INSERT INTO person (worker_id, document_type, document_hmac, name_hmac, name_masked, sealed)"
                 " VALUES (7, 1, sha256('a'), sha256('b'), '张*', '')");
    add_many(1);
    found = claim(4, 64, LEASE_MS);
    cr_expect(text_is(found.rows[0].name_masked, "张*"));
    fixture_exec("DELETE FROM person; UPDATE delivery SET lease_until = NULL");
    cr_expect_null(claim(4, 64, LEASE_MS).rows[0].name_masked.at);
}

Test(outbox, for_a_day_after_a_change_both_secrets_are_there)
{
    struct deliveries found;

    add_many(1);
    fixture_exec("INSERT INTO webhook_secret (webhook_id, number, sealed)"
                 " VALUES (1, 2, decode(repeat('01', 61), 'hex'))");
    found = claim(4, 64, LEASE_MS);
    cr_assert_eq(found.count, 2);
    cr_expect_eq(found.rows[0].secret.at[0], 1);
    cr_assert_not_null(found.rows[0].secret_before.at);
    cr_expect_eq(found.rows[0].secret_before.at[0], 0);
    cr_expect_null(found.rows[1].secret_before.at);
    fixture_exec("UPDATE delivery SET lease_until = NULL;"
                 " UPDATE webhook_secret SET recorded_at = now() - interval '24 hours' WHERE number = 2");
    found = claim(4, 64, LEASE_MS);
    cr_expect_eq(found.rows[0].secret.at[0], 1);
    cr_expect_null(found.rows[0].secret_before.at);
}

/* -- what becomes of it --------------------------------------------------------------------- */

Test(outbox, a_failure_waits_a_success_ends_and_patience_ends)
{
    struct deliveries found;

    add_many(1);
    found = claim(4, 64, LEASE_MS);
    mark(&found.rows[0], "timeout", 3600000);
    mark(&found.rows[1], NULL, -1);
    cr_expect_eq(count("state = 'pending' AND trouble = 'timeout' AND lease_until IS NULL AND"
                       " next_at > now() + interval '59 minutes' AND status IS NULL"), 1);
    cr_expect_eq(count("state = 'delivered' AND status = 204 AND ended_at IS NOT NULL"), 1);
    cr_expect_eq(claim(4, 64, LEASE_MS).count, 0);
    fixture_exec("UPDATE delivery SET next_at = now()");
    found = claim(4, 64, LEASE_MS);
    cr_assert_eq(found.count, 1);
    mark(&found.rows[0], "status", -1);
    cr_expect_eq(count("state = 'dead' AND trouble = 'status' AND ended_at IS NOT NULL"), 1);
}

Test(outbox, who_lost_the_lease_may_say_that_it_was_delivered_but_not_that_it_failed)
{
    struct deliveries first, second;

    add_many(1);
    first = claim(4, 64, LEASE_MS);
    fixture_exec("UPDATE delivery SET lease_until = now() - interval '1 second'");
    second = claim(4, 64, LEASE_MS);
    cr_assert_eq(second.count, 2);
    mark(&first.rows[0], "timeout", -1);
    cr_expect_eq(count("state = 'pending' AND trouble = '' AND lease_until > now()"), 2);
    mark(&first.rows[0], NULL, -1);
    mark(&second.rows[0], "timeout", -1);
    cr_expect_eq(count("state = 'delivered' AND trouble = ''"), 1);
}

Test(outbox, what_was_given_up_can_be_tried_anew_and_what_is_switched_off_ends)
{
    struct deliveries found;
    struct batch *b;

    add_many(1);
    b = bench_batch();
    deliveries_give_up(b, 1);
    cr_assert_eq(bench_run(b).code, ERR_NONE);
    cr_expect_eq(count("webhook_id = 1 AND state = 'dead' AND trouble = 'disabled'"), 1);
    found = claim(4, 64, LEASE_MS);
    cr_assert_eq(found.count, 1);
    cr_expect_eq(found.rows[0].webhook_id, 7);
    b = bench_batch();
    deliveries_revive(b, 1);
    cr_assert_eq(bench_run(b).code, ERR_NONE);
    found = claim(4, 64, LEASE_MS);
    cr_assert_eq(found.count, 1);
    cr_expect_eq(found.rows[0].webhook_id, 1);
    cr_expect_eq(found.rows[0].attempt, 1);
}

/* -- what is old goes ----------------------------------------------------------------------- */

static int64_t purge(int32_t limit_rows)
{
    struct batch *b = bench_batch();
    struct params *p = params_new(b);
    int64_t done = -1;
    struct err e;

    params_int64(p, 4711);
    params_date(p, DUE);
    params_int32(p, limit_rows);
    batch_add(b, SQL_JOB_OUTBOX_PURGE, p, decode_int64, &done);
    e = bench_run(b);
    cr_assert_eq(e.code, ERR_NONE, "%s", err_row(e.code)->code);
    return done;
}

Test(outbox, no_run_of_the_purge_touches_more_rows_than_it_may)
{
    int64_t secrets = fixture_query_int("SELECT count(*) FROM webhook_secret"), before, now;
    int runs = 0;

    add_many(5); /* ten deliveries */
    fixture_exec("UPDATE outbox SET at = now() - interval '181 days'");
    add("new", 1, 0);
    fixture_exec("INSERT INTO webhook_secret (webhook_id, number, sealed, recorded_at)"
                 " SELECT 1, n, decode(repeat('00', 61), 'hex'), now() - interval '2 days'"
                 " FROM generate_series(2, 9) AS n"); /* eight sign no more */
    do {
        before = count("true");
        cr_assert_leq(purge(4), 4);
        now = count("true");
        cr_expect_leq(before - now, 4);
    } while (++runs < 10 && fixture_query_int("SELECT count(*) FROM outbox") > 1);
    cr_expect_eq(runs, 4, "%d: 4, 4 and 2 deliveries, the events with the last or behind", runs);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM webhook_secret"), secrets);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM outbox WHERE subject = 'new'"), 1);
    cr_expect_eq(count("true"), 2);
    cr_expect_eq(purge(4), 0);
}

/* -- what ended before it was sent ----------------------------------------------------------- */

static const struct {
    const char *what, *sql;
} closings[] = {
    {"the webhook is switched off",
     "INSERT INTO webhook (id, version, role, org_id, url, events, state, account_id)"
     " SELECT id, 2, role, org_id, url, events, 'disabled', 1 FROM webhook WHERE id = 1"},
    {"its firm is closed",
     "INSERT INTO org (id, version, kind, name, region, state, account_id)"
     " SELECT id, 2, kind, name, region, 'closed', 0 FROM org WHERE id = 1"},
};

Test(outbox, what_was_written_for_one_that_ended_meanwhile_is_given_up)
{
    for (size_t i = 0; i < sizeof closings / sizeof closings[0]; i++) {
        struct deliveries found;

        fixture_exec("TRUNCATE outbox, delivery, webhook, webhook_secret, org, site, account");
        make_world();
        add_many(3);
        fixture_exec(closings[i].sql);
        found = claim(4, 64, LEASE_MS);
        cr_assert_eq(found.count, 3, "%s", closings[i].what);
        for (int row = 0; row < found.count; row++)
            cr_expect_eq(found.rows[row].webhook_id, 7, "%s", closings[i].what);
        cr_expect_eq(count("webhook_id = 1 AND state = 'dead' AND trouble = 'disabled'"
                           " AND ended_at IS NOT NULL"), 3, "%s", closings[i].what);
        cr_expect_eq(count("webhook_id = 7 AND state = 'pending'"), 3, "%s", closings[i].what);
    }
}

Test(outbox, what_waits_is_counted)
{
    struct outbox_state state = {0};
    struct batch *b;

    add_many(3);
    fixture_exec("UPDATE delivery SET created_at = now() - interval '90 seconds' WHERE outbox_id ="
                 " (SELECT min(outbox_id) FROM delivery);"
                 " UPDATE delivery SET state = 'dead' WHERE webhook_id = 7");
    b = bench_batch();
    outbox_state(b, &state);
    cr_assert_eq(bench_run(b).code, ERR_NONE);
    cr_expect_eq(state.pending, 3);
    cr_expect_eq(state.dead, 3);
    cr_expect(state.oldest_s >= 90 && state.oldest_s < 150);
}

/* -- the work of a day ---------------------------------------------------------------------- */

static bool run_claimed(unsigned char server, bool begin)
{
    unsigned char id[16] = {server};
    struct batch *b = bench_batch();
    bool claimed = false;

    job_run_claim(b, "reminders", DUE, id, LEASE_MS, begin, &claimed);
    cr_assert_eq(bench_run(b).code, ERR_NONE);
    return claimed;
}

static void run_renewed(unsigned char server, int64_t effects, bool done)
{
    unsigned char id[16] = {server};
    struct batch *b = bench_batch();

    job_run_renew(b, "reminders", DUE, id, LEASE_MS, effects, done);
    cr_assert_eq(bench_run(b).code, ERR_NONE);
}

static void run_asked(void)
{
    struct batch *b = bench_batch();

    job_run_ask(b, "reminders", DUE);
    cr_assert_eq(bench_run(b).code, ERR_NONE);
}

Test(outbox, a_day_s_work_is_one_server_s_and_another_s_when_that_one_died)
{
    cr_expect_not(run_claimed(1, false)); /* not yet time */
    cr_expect(run_claimed(1, true));
    cr_expect_not(run_claimed(2, true));
    cr_expect(run_claimed(1, true)); /* its own, after a start */
    run_renewed(1, 5, false);
    fixture_exec("UPDATE job_run SET lease_until = now() - interval '1 second'");
    cr_expect(run_claimed(2, false));
    cr_expect_not(run_claimed(1, true));
    run_renewed(1, 100, true); /* who lost it does not end it */
    run_renewed(2, 7, true);
    cr_expect_eq(fixture_query_int("SELECT effects FROM job_run WHERE done_at IS NOT NULL"), 12);
    cr_expect_not(run_claimed(2, true));
    cr_expect_not(run_claimed(3, true));
}

Test(outbox, a_day_s_work_is_done_before_its_time_or_once_more_when_somebody_asks)
{
    run_asked();
    cr_expect(run_claimed(1, false));
    run_asked(); /* who is at it goes on */
    cr_expect_not(run_claimed(2, true));
    run_renewed(1, 1, true);
    cr_expect_not(run_claimed(2, false));
    run_asked();
    cr_expect(run_claimed(2, false));
}
