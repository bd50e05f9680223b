/* Group commit: what is answered is in PostgreSQL or in the spool, once, whatever dies meanwhile. */
#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/passes.h"
#include "base/clock.h"
#include "domain/gate.h"
#include "jobs/jobs.h"
#include "register/presence.h"
#include "support/pg_fixture.h"

static struct shared shared;
static struct app app;
static struct loop_timer *timer;
static char dir[64];

struct told {
    bool done;
    struct pass_receipt receipt;
};

static void on_timer(void *arg)
{
    (void)arg;
    loop_stop(app.loop);
}

static void turn(int64_t ms)
{
    loop_timer_start(timer, ms);
    loop_run(app.loop);
}

/* One loop of a server, on the test's database. */
static void open_app(void)
{
    memset(&shared, 0, sizeof shared);
    memset(&app, 0, sizeof app);
    shared.presence = presence_new(1000);
    shared.recent = recent_new(10000);
    shared.spool_dir = dir;
    shared.pass_ms = 300;
    memset(shared.server_id, 0x5A, sizeof shared.server_id);
    app.shared = &shared;
    app.loop = loop_new();
    timer = loop_timer_new(app.loop, on_timer, NULL);
    app.pass_pg = pg_pool_new(app.loop, &(struct pg_options){
                                            .conninfo = fixture_conninfo(FIXTURE_APP),
                                            .connections = 2,
                                            .queue_max = 64,
                                            .batch_ms = 2000,
                                            .allow_unsafe = true});
    cr_assert_eq(passes_open(&app, 1, &app.passes).code, ERR_NONE);
}

static void close_app(void)
{
    pg_pool_free(app.pass_pg);
    passes_close(app.passes);
    loop_timer_free(timer);
    loop_free(app.loop);
    presence_free(shared.presence);
    recent_free(shared.recent);
}

static void wait_until_ready(void)
{
    for (int i = 0; i < 500 && !passes_are_ready(app.passes); i++)
        turn(20);
    cr_assert(passes_are_ready(app.passes));
}

static void make_partitions(void)
{
    fixture_exec("SELECT pass_partition_ensure(current_date + d) FROM generate_series(-1, 1) d");
}

static void make_spool_dir(void)
{
    snprintf(dir, sizeof dir, "/tmp/passes-test-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
}

static void remove_spool_dir(void)
{
    char command[128];

    snprintf(command, sizeof command, "rm -r %s", dir);
    cr_expect_eq(system(command), 0);
}

static void set_up(void)
{
    fixture_open();
    make_partitions();
    make_spool_dir();
    open_app();
    wait_until_ready();
}

static void tear_down(void)
{
    close_app();
    remove_spool_dir();
    fixture_close();
}

TestSuite(passes, .init = set_up, .fini = tear_down, .timeout = 120);

static struct pass pass_of(int64_t seq)
{
    struct pass pass;

    memset(&pass, 0, sizeof pass);
    pass.gate_id = 70;
    pass.epoch = 1;
    pass.seq = seq;
    pass.site_id = 7;
    pass.worker_id = 100 + seq;
    pass.direction = DIRECTION_IN;
    pass.verdict = VERDICT_OPEN;
    pass.why = WHY_OK;
    pass.source = PASS_ASKED;
    pass.at = pass.decided_at = clock_wall_us();
    pass.day = pass.today = clock_local_day(pass.at);
    pass.token_index = seq;
    pass.token_iat = pass.at / US_PER_SECOND;
    return pass;
}

static void on_told(void *arg, struct err e)
{
    struct told *told = arg;

    cr_assert_not(told->done, "told twice");
    cr_assert_eq(e.code, ERR_NONE);
    told->done = true;
}

static void record(const struct pass *pass, struct told *told)
{
    *told = (struct told){0};
    cr_assert_eq(passes_record(app.passes, pass, shared.pass_ms, &told->receipt,
                               (struct waiter){on_told, told})
                     .code,
                 ERR_NONE);
    cr_assert_not(told->done, "told inside the call");
}

static void wait_for(const struct told *told, size_t count)
{
    for (int i = 0; i < 500; i++) {
        size_t done = 0;

        while (done < count && told[done].done)
            done++;
        if (done == count)
            return;
        turn(10);
    }
    cr_assert_fail("not told");
}

static int64_t stored(void)
{
    return fixture_query_int("SELECT count(*) FROM pass");
}

Test(passes, many_of_one_turn_are_one_batch_and_all_are_stored)
{
    static struct told told[200];

    for (int i = 0; i < 200; i++) {
        struct pass pass = pass_of(i);

        record(&pass, &told[i]);
    }
    wait_for(told, 200);
    for (int i = 0; i < 200; i++)
        cr_expect(told[i].receipt.recorded == RECENT_DB && !told[i].receipt.was_there);
    cr_expect_eq(stored(), 200);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM pass_batch"), 1);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM change WHERE kind = 9"), 1);
    cr_expect_eq(passes_counts(app.passes).batches, 1u);
}

Test(passes, more_than_a_batch_holds_goes_in_several)
{
    static struct told told[3000];

    for (int i = 0; i < 3000; i++) {
        struct pass pass = pass_of(i);

        record(&pass, &told[i]);
    }
    wait_for(told, 3000);
    for (int i = 0; i < 1000 && passes_counts(app.passes).waiting > 0; i++)
        turn(20); /* on a busy machine some went to the spool, and come in later */
    cr_expect_eq(stored(), 3000);
    cr_expect_eq(passes_counts(app.passes).committed + passes_counts(app.passes).spooled, 3000u);
}

Test(passes, a_full_queue_is_an_error_with_a_name)
{
    static struct told told[PASSES_PENDING_MAX];
    struct pass pass = pass_of(PASSES_PENDING_MAX);

    for (int i = 0; i < PASSES_PENDING_MAX; i++) {
        struct pass one = pass_of(i);

        record(&one, &told[i]);
    }
    cr_expect_eq(passes_record(app.passes, &pass, 300, NULL, (struct waiter){NULL, NULL}).code,
                 ERR_BUSY);
    wait_for(told, PASSES_PENDING_MAX);
}

Test(passes, the_same_pass_twice_in_one_turn_is_stored_once)
{
    struct told told[2];
    struct pass pass = pass_of(1);

    record(&pass, &told[0]);
    record(&pass, &told[1]);
    wait_for(told, 2);
    cr_expect_eq(stored(), 1);
    for (int i = 0; i < 2; i++)
        cr_expect(told[i].receipt.recorded == RECENT_DB && !told[i].receipt.was_there);
}

Test(passes, another_pass_under_the_same_number_is_answered_with_the_first)
{
    struct told told[2];
    struct pass first = pass_of(1), second = pass_of(1);

    record(&first, &told[0]);
    wait_for(told, 1);
    second.verdict = VERDICT_REFUSE;
    second.why = WHY_RED;
    second.decided_at = first.decided_at + 5;
    record(&second, &told[1]);
    wait_for(told, 2);
    cr_assert(told[1].receipt.was_there);
    cr_expect_eq(memcmp(&told[1].receipt.stored, &first, sizeof first), 0);
    cr_expect_eq(stored(), 1);
    cr_expect_eq(passes_counts(app.passes).duplicates, 1u);
}

Test(passes, a_day_without_partition_gets_one)
{
    struct told told[1];
    struct pass pass = pass_of(1);

    pass.day = (day_t)(pass.day - 9);
    record(&pass, told);
    wait_for(told, 1);
    for (int i = 0; i < 100 && stored() == 0; i++)
        turn(50);
    cr_expect_eq(stored(), 1);
}

Test(passes, a_slow_database_sends_passes_to_the_spool_and_they_are_stored_once)
{
    static struct told told[50];
    struct passes_counts counts;
    int64_t began_us = clock_monotonic_us();

    fixture_exec("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
                 "$$ BEGIN PERFORM pg_sleep(0.7); RETURN NULL; END $$");
    fixture_exec("CREATE TRIGGER slow AFTER INSERT ON pass_batch FOR EACH STATEMENT "
                 "EXECUTE FUNCTION slow()");
    for (int i = 0; i < 50; i++) {
        struct pass pass = pass_of(i);

        record(&pass, &told[i]);
    }
    wait_for(told, 50);
    cr_expect_lt(clock_monotonic_us() - began_us, 650 * US_PER_MS);
    for (int i = 0; i < 50; i++)
        cr_expect_eq(told[i].receipt.recorded, RECENT_SPOOL);
    counts = passes_counts(app.passes);
    cr_expect(counts.spooled == 50 && counts.waiting == 50);
    fixture_exec("DROP TRIGGER slow ON pass_batch");
    for (int i = 0; i < 200 && passes_counts(app.passes).waiting > 0; i++)
        turn(50);
    cr_expect_eq(passes_counts(app.passes).waiting, 0u);
    cr_expect_eq(stored(), 50);
}

static size_t lines_of(const char *name, const char *text)
{
    char path[128], line[16 * 1024];
    size_t found = 0;
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        found += strstr(line, text) != NULL;
    if (file != NULL)
        fclose(file);
    return found;
}

/* One of forty is of a day that no partition will ever be made for, one of an impossible instant. */
Test(passes, one_that_postgresql_never_takes_is_set_aside_and_holds_up_nobody)
{
    static struct told told[40];
    struct pass pass;

    for (int i = 0; i < 40; i++) {
        pass = pass_of(i);
        if (i == 7)
            pass.day = (day_t)(pass.day - 1000);
        if (i == 39)
            pass.at = -INT64_C(300000000000000000); /* before 4713 BC */
        record(&pass, &told[i]);
    }
    wait_for(told, 40);
    for (int i = 0; i < 200 && passes_counts(app.passes).waiting > 0; i++)
        turn(50);
    cr_expect_eq(passes_counts(app.passes).waiting, 0u);
    cr_expect_eq(passes_counts(app.passes).refused, 2u);
    cr_expect_eq(stored(), 38);
    cr_expect_eq(lines_of("passes-0.refused", "\"seq\":7,"), 1u);
    cr_expect_eq(lines_of("passes-0.refused", "\"seq\":39,"), 1u);
    cr_expect_eq(lines_of("passes-0.refused", "no passes are kept for"), 1u, "PostgreSQL's words");
    close_app();
    open_app();
    wait_until_ready();
    cr_expect_eq(passes_counts(app.passes).refused, 2u, "the alarm outlives a restart");
    pass = pass_of(50);
    record(&pass, told);
    wait_for(told, 1);
    cr_expect_eq(told[0].receipt.recorded, RECENT_DB);
}

Test(passes, what_the_spool_kept_is_drained_and_known_at_the_next_start)
{
    struct told told[2];
    struct pass in = pass_of(1), out = pass_of(2);

    fixture_exec("REVOKE INSERT ON pass_batch FROM jianan_app");
    record(&in, &told[0]);
    record(&out, &told[1]);
    wait_for(told, 2);
    cr_expect_eq(told[0].receipt.recorded, RECENT_SPOOL);
    close_app();
    fixture_exec("GRANT INSERT ON pass_batch TO jianan_app");
    open_app();
    wait_until_ready();
    cr_expect_eq(stored(), 2);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM pass WHERE source = 2"), 2);
    cr_expect_eq(presence_find(shared.presence, 7, in.worker_id, clock_wall_us()),
                 PRESENCE_INSIDE);
}

Test(passes, a_restart_knows_who_is_inside_and_what_was_answered)
{
    struct told told[3];
    struct pass in = pass_of(1), again = pass_of(2), out = pass_of(3), found;
    enum recent_recorded recorded;
    struct recent_use use, earlier;

    out.worker_id = again.worker_id;
    out.direction = DIRECTION_OUT;
    out.decided_at += 1000;
    record(&in, &told[0]);
    record(&again, &told[1]);
    record(&out, &told[2]);
    wait_for(told, 3);
    close_app();
    open_app();
    wait_until_ready();
    cr_expect_eq(presence_find(shared.presence, 7, in.worker_id, clock_wall_us()),
                 PRESENCE_INSIDE);
    cr_expect_eq(presence_find(shared.presence, 7, out.worker_id, clock_wall_us()),
                 PRESENCE_OUTSIDE);
    cr_assert(recent_find(shared.recent, 70, 1, 1, in.day, &found, &recorded));
    cr_expect_eq(memcmp(&found, &in, sizeof in), 0);
    use = (struct recent_use){.site_id = 7, .gate_id = 71, .index = in.token_index,
                              .iat = in.token_iat, .until_s = in.token_iat + 90,
                              .direction = DIRECTION_IN};
    cr_expect_eq(recent_claim(shared.recent, &use, in.token_iat, &earlier), RECENT_ELSEWHERE);
}

Test(passes, what_a_device_was_told_instead_is_a_row_of_its_own)
{
    struct told told[2];
    struct pass decided = pass_of(1), said = pass_of(1);

    said.told = 1;
    said.verdict = VERDICT_CANNOT_TELL;
    said.why = WHY_LATE;
    said.flags = GATE_LATE;
    record(&decided, &told[0]);
    record(&said, &told[1]);
    wait_for(told, 2);
    cr_expect_eq(stored(), 2);
    close_app();
    open_app();
    wait_until_ready();
    cr_expect_eq(presence_find(shared.presence, 7, decided.worker_id, clock_wall_us()),
                 PRESENCE_UNKNOWN);
}

Test(passes, what_nobody_waits_for_survives_a_stop)
{
    struct pass pass = pass_of(1);

    cr_assert_eq(passes_record(app.passes, &pass, 300, NULL, (struct waiter){NULL, NULL}).code,
                 ERR_NONE);
    close_app();
    open_app();
    wait_until_ready();
    cr_expect_eq(stored(), 1);
}

Test(passes, the_application_cannot_change_a_pass)
{
    struct told told[1];
    struct pass pass = pass_of(1);

    record(&pass, told);
    wait_for(told, 1);
    cr_expect_eq(fixture_query_int("SELECT (has_table_privilege('jianan_app', 'pass', 'UPDATE') OR "
                                   "has_table_privilege('jianan_app', 'pass', 'DELETE'))::int::bigint"),
                 0);
}

/* -- PostgreSQL dies ---------------------------------------------------------------------------- */

Test(passes_cluster, killing_postgresql_loses_and_doubles_nothing, .timeout = 180)
{
    enum { ROUNDS = 5, EACH = 40 };
    static struct told told[ROUNDS * EACH];
    struct cluster cluster;
    size_t spooled = 0;

    cluster_init(&cluster);
    cluster_start(&cluster, "");
    fixture_open_on(cluster.dir);
    make_partitions();
    make_spool_dir();
    open_app();
    wait_until_ready();
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < EACH; i++) {
            struct pass pass = pass_of(round * EACH + i);

            record(&pass, &told[round * EACH + i]);
            turn(1);
            if (i == EACH / 2)
                cluster_kill(&cluster);
        }
        wait_for(told, (size_t)(round + 1) * EACH);
        cluster_start(&cluster, "");
        for (int i = 0; i < 200 && (!pg_pool_is_up(app.pass_pg) ||
                                    passes_counts(app.passes).waiting > 0); i++)
            turn(50);
    }
    for (int i = 0; i < ROUNDS * EACH; i++) {
        cr_expect_neq(told[i].receipt.recorded, RECENT_NONE);
        spooled += told[i].receipt.recorded == RECENT_SPOOL;
    }
    cr_expect_gt(spooled, 0u);
    cr_expect_eq(passes_counts(app.passes).waiting, 0u);
    cr_expect_eq(stored(), ROUNDS * EACH);
    cr_expect_eq(fixture_query_int("SELECT count(DISTINCT seq) FROM pass"), ROUNDS * EACH);
    close_app();
    remove_spool_dir();
    fixture_close();
    cluster_clear(&cluster);
}

/* -- jobs --------------------------------------------------------------------------------------- */

static struct pg_pool *jobs_pool;

static struct jobs *open_jobs(void)
{
    memset(&app, 0, sizeof app);
    app.loop = loop_new();
    timer = loop_timer_new(app.loop, on_timer, NULL);
    jobs_pool = pg_pool_new(app.loop, &(struct pg_options){.conninfo = fixture_conninfo(FIXTURE_APP),
                                                           .connections = 1,
                                                           .queue_max = 16,
                                                           .batch_ms = 5000,
                                                           .allow_unsafe = true});
    return jobs_start(app.loop, jobs_pool);
}

static void close_jobs(struct jobs *jobs)
{
    pg_pool_free(jobs_pool);
    jobs_stop(jobs);
    loop_timer_free(timer);
    loop_free(app.loop);
}

static void await_jobs(const struct jobs *jobs)
{
    for (int i = 0; i < 1000 && !jobs_have_run(jobs); i++)
        turn(20);
    cr_expect(jobs_have_run(jobs));
}

/* Every job once, on a loop of its own. */
static void run_jobs(void)
{
    struct jobs *jobs = open_jobs();

    await_jobs(jobs);
    close_jobs(jobs);
}

static int64_t partitions(void)
{
    return fixture_query_int("SELECT count(*) FROM pg_inherits WHERE inhparent = 'pass'::regclass");
}

Test(jobs, one_that_another_server_is_at_has_not_run_here, .init = fixture_open,
     .fini = fixture_close, .timeout = 60)
{
    PGconn *other = PQconnectdb(fixture_conninfo(FIXTURE_APP));
    struct jobs *jobs;
    char sql[80];

    snprintf(sql, sizeof sql, "SELECT pg_advisory_lock(%lld)", (long long)job_table[0].lock_key);
    PQclear(PQexec(other, sql));
    jobs = open_jobs();
    for (int i = 0; i < 50; i++)
        turn(20);
    cr_expect_eq(partitions(), 0);
    cr_expect_not(jobs_have_run(jobs));
    PQfinish(other);
    await_jobs(jobs); /* JOB_RETRY_S */
    cr_expect_eq(partitions(), 3);
    close_jobs(jobs);
}

Test(jobs, each_job_runs_and_does_what_it_says, .init = fixture_open, .fini = fixture_close,
     .timeout = 60)
{
    fixture_exec("INSERT INTO idempotency (tenant, route, key, fingerprint, status, answer, at) VALUES"
                 " (1, 'r', 'old', decode(repeat('00', 32), 'hex'), 200, '', now() - interval '401 days'),"
                 " (1, 'r', 'new', decode(repeat('00', 32), 'hex'), 200, '', now() - interval '399 days')");
    fixture_exec("INSERT INTO heartbeat (server_id, beat) VALUES"
                 " ('11111111-1111-1111-1111-111111111111', 1)");
    /* of a server that lives: at work, and silent for too long; of one that does not */
    fixture_exec("INSERT INTO import (id, account_id, org_id, rows_total, server_id, progress_at) VALUES"
                 " (1, 1, 1, 5, '11111111-1111-1111-1111-111111111111', now() - interval '9 min'),"
                 " (2, 1, 1, 5, '11111111-1111-1111-1111-111111111111', now() - interval '11 min'),"
                 " (3, 1, 1, 5, '22222222-2222-2222-2222-222222222222', now() - interval '2 min'),"
                 " (4, 1, 1, 5, '22222222-2222-2222-2222-222222222222', now() - interval '30 s')");
    fixture_exec("INSERT INTO outbox (kind, subject, due, data, at) VALUES"
                 " ('a.b', 'old', '2026-01-01', '{}', now() - interval '182 days'),"
                 " ('a.b', 'new', '2026-01-01', '{}', now() - interval '178 days')");
    fixture_exec("INSERT INTO delivery (outbox_id, webhook_id) SELECT id, 1 FROM outbox");
    fixture_exec("INSERT INTO webhook_secret (webhook_id, number, sealed, recorded_at)"
                 " SELECT 1, n, decode(repeat('00', 61), 'hex'), now() - (4 - n) * interval '20 hours'"
                 " FROM generate_series(1, 3) AS n");
    run_jobs();
    cr_expect_eq(partitions(), 3);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM idempotency"), 1);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM import WHERE state = 'interrupted'"
                                   " AND id IN (2, 3)"), 2);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM import WHERE state = 'running'"), 2);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM outbox WHERE subject = 'new'"), 1);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM outbox"), 1);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM delivery"), 1);
    cr_expect_eq(fixture_query_int("SELECT sum(number) FROM webhook_secret"), 5); /* 2 and 3 */
}

static void fill_list(int number, int slots)
{
    char sql[256];

    snprintf(sql, sizeof sql,
             "INSERT INTO slot (index, worker_id, badge)"
             " SELECT (%d::bigint << 20) + n, 1, n FROM generate_series(0, %d - 1) AS n"
             " ON CONFLICT DO NOTHING", number, slots);
    fixture_exec(sql);
}

/* Lists 0 and 1 are open at first. */
Test(jobs, codes_find_another_list_open_once_the_open_ones_are_half_full, .init = fixture_open,
     .fini = fixture_close, .timeout = 120)
{
    const char *open = "SELECT coalesce(sum(number * 10 + open::int), 0) FROM slot_list";

    fixture_exec("ALTER TABLE slot DISABLE TRIGGER USER"); /* its rows are of no interest to the log */
    fill_list(0, 600000);
    fill_list(1, 1048576 - 600000 - 1024);
    run_jobs();
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM slot_list"), 2, "not quite half");
    fill_list(1, 1048576 - 600000);
    run_jobs();
    cr_expect_eq(fixture_query_int(open), 1 + 11 + 21, "0, 1 and 2 are open");
    run_jobs();
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM slot_list"), 3, "a third of them is taken");
    fill_list(0, 7 << 17);
    run_jobs();
    cr_expect_eq(fixture_query_int("SELECT open::int::bigint FROM slot_list WHERE number = 0"), 0,
                 "seven eighths full");
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM slot_list WHERE open"), 2);
}
