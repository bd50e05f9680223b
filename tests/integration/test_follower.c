/* register/follower: whatever happens to PostgreSQL and in whatever order transactions end, the
 * register comes to hold what the database holds, and knows how old it is. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "register/follower.h"
#include "register/registry_write.h"
#include "store/statements.h"
#include "support/pg_fixture.h"
#include "support/register_db.h"

enum { SETTLE_MS = 20000 };

static struct registry *registry;
static struct registry_reader *reader;
static struct follower *follower;
static PGconn *pq;

static const struct follower_options defaults = {
    .server_id = {1, 2, 3, 4}, .poll_ms = 100, .heartbeat_ms = 200, .load_connections = 2};

static struct follower *start(struct registry *into, struct follower_options options)
{
    options.conninfo = fixture_conninfo(FIXTURE_APP);
    return follower_start(into, &options);
}

static void wait_ready(const struct registry *of)
{
    for (int i = 0; i < 3000 && !registry_health(of).ready; i++)
        usleep(10000);
    cr_assert(registry_health(of).ready, "not ready within 30 s");
}

static void prepare(void)
{
    log_set_level(LOG_ERROR);
    register_db_prepare();
    pq = register_db_connect();
    db_exec(pq, "SELECT test_org(i), test_site(i), test_device(i), test_account(i)"
                " FROM generate_series(1, 20) AS i; SELECT test_enrol(1, 1500)");
    registry = registry_new();
    reader = registry_reader_new(registry, NULL);
}

static void set_up(void)
{
    fixture_open();
    prepare();
    follower = start(registry, defaults);
    wait_ready(registry);
}

static void stop_following(void)
{
    if (follower != NULL)
        follower_stop(follower);
    registry_reader_free(reader);
    registry_free(registry);
    PQfinish(pq);
}

static void tear_down(void)
{
    stop_following();
    fixture_close();
}

TestSuite(follower, .init = set_up, .fini = tear_down, .timeout = 120);

static uint32_t version_of(int64_t worker)
{
    struct worker_view view;
    uint32_t version;

    registry_enter(reader);
    version = registry_worker(reader, worker, &view) ? view.facts.version : 0;
    registry_leave(reader);
    return version;
}

static bool comes_to(int64_t worker, uint32_t version)
{
    for (int i = 0; i < 1000 && version_of(worker) != version; i++)
        usleep(10000);
    return version_of(worker) == version;
}

Test(follower, what_was_loaded_is_what_the_database_holds)
{
    cr_expect_eq(register_db_differences(reader, pq), 0);
    cr_expect_eq(registry_health(registry).workers, 1500);
    cr_expect_eq(registry_health(registry).reloads, 0);
}

Test(follower, the_comparison_itself_finds_a_change_that_nobody_announced)
{
    db_exec(pq, "UPDATE facts SET version = 9 WHERE worker_id = 3;"
                "UPDATE slot SET void = true WHERE worker_id = 4 AND badge IS NULL");
    usleep(300000);
    cr_expect_eq(register_db_differences(reader, pq), 2);
}

Test(follower, every_kind_of_change_is_followed)
{
    db_exec(pq, "SELECT test_touch(i) FROM generate_series(1, 700) AS i;"
                "SELECT test_enrol(1501, 3000);"
                "SELECT test_org(i), test_site(i), test_device(i), test_account(i)"
                " FROM generate_series(15, 30) AS i");
    cr_expect_eq(register_db_settle(reader, pq, SETTLE_MS), 0);
    db_exec(pq, "INSERT INTO policy SELECT number, version + 1, 'retired', document, sha256, 0"
                " FROM policy; SELECT test_change(6, 1, 2)");
    cr_expect_eq(register_db_settle(reader, pq, SETTLE_MS), 0);
    cr_expect_eq(registry_health(registry).reloads, 0);
    cr_expect_geq(registry_health(registry).lag_us, 0);
}

Test(follower, a_retired_key_no_longer_opens_anything)
{
    registry_enter(reader);
    cr_assert_not_null(registry_account(reader, TEXT("0000000003e9")), "account 1, version 1");
    registry_leave(reader);
    db_exec(pq, "SELECT test_account(1)");
    cr_assert_eq(register_db_settle(reader, pq, SETTLE_MS), 0);
    registry_enter(reader);
    cr_expect_null(registry_account(reader, TEXT("0000000003e9")));
    cr_expect_not_null(registry_account(reader, TEXT("0000000003ea")));
    registry_leave(reader);
}

Test(follower, an_erased_person_keeps_facts_without_name_and_access)
{
    struct worker_view view;

    db_exec(pq, "DELETE FROM person WHERE worker_id = 10; SELECT test_change(1, 10, 1)");
    cr_assert_eq(register_db_settle(reader, pq, SETTLE_MS), 0);
    registry_enter(reader);
    cr_assert(registry_worker(reader, 10, &view));
    cr_expect_eq(view.facts.count, 4);
    cr_expect_eq(view.access_version, 0);
    cr_expect_eq(view.name_masked.bytes, 0);
    registry_leave(reader);
}

Test(follower, a_change_to_a_whole_list_of_slots_is_read_as_a_whole)
{
    db_exec(pq, "UPDATE slot SET void = true WHERE index >> 20 = 1; SELECT test_change(8, 1, 1)");
    cr_expect_eq(register_db_settle(reader, pq, SETTLE_MS), 0);
}

/* -- transactions that end in another order than they began --------------------------------------- */

Test(follower, a_transaction_that_was_held_open_is_not_missed)
{
    PGconn *held = register_db_connect();

    db_exec(held, "BEGIN; SELECT test_touch(50), test_touch(5), test_enrol(9000, 9001), test_org(2),"
                  " test_site(2), test_device(2), test_account(2), test_org(99), test_key(1), test_key(2);"
                  "INSERT INTO policy SELECT number, version + 1, 'retired', document, sha256, 0"
                  " FROM policy; SELECT test_change(6, 1, 2)");
    for (int i = 0; i < 10; i++) {
        db_execf(pq, "SELECT test_touch(%d), test_org(3), test_site(3), test_device(3)", 60 + i);
        cr_assert(comes_to(60 + i, 2), "others are followed meanwhile");
        cr_assert_eq(version_of(50), 1, "what is not committed is not seen");
    }
    db_exec(held, "COMMIT");
    cr_expect(comes_to(50, 2));
    cr_expect_eq(register_db_settle(reader, pq, SETTLE_MS), 0);
    cr_expect_eq(registry_health(registry).reloads, 0, "followed, not loaded anew");
    PQfinish(held);
}

Test(follower, a_transaction_held_open_since_before_loading_is_not_missed)
{
    PGconn *held = register_db_connect();

    follower_stop(follower);
    follower = NULL;
    db_exec(held, "BEGIN; SELECT test_touch(50), test_site(2)");
    registry_reader_free(reader);
    registry_free(registry);
    registry = registry_new();
    reader = registry_reader_new(registry, NULL);
    follower = start(registry, defaults);
    wait_ready(registry);
    cr_assert_eq(version_of(50), 1);
    db_exec(held, "COMMIT");
    cr_expect(comes_to(50, 2));
    cr_expect_eq(register_db_settle(reader, pq, SETTLE_MS), 0);
    cr_expect_eq(registry_health(registry).reloads, 0);
    PQfinish(held);
}

Test(follower, what_was_rolled_back_never_shows)
{
    db_exec(pq, "BEGIN; SELECT test_touch(7), test_org(4); ROLLBACK; SELECT test_touch(8)");
    cr_assert(comes_to(8, 2));
    cr_expect_eq(version_of(7), 1);
    cr_expect_eq(register_db_settle(reader, pq, SETTLE_MS), 0);
}

/* -- connections that break ------------------------------------------------------------------------- */

Test(follower, killed_backends_are_replaced_and_nothing_is_missed)
{
    for (int i = 0; i < 8; i++) {
        fixture_exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                     " WHERE datname = current_database() AND application_name = 'jianan-server'");
        db_execf(pq, "SELECT test_touch(%d), test_site(%d)", 100 + i, 1 + i);
        usleep(150000);
    }
    cr_expect_eq(register_db_settle(reader, pq, SETTLE_MS), 0);
    cr_expect_eq(registry_health(registry).reloads, 0, "the position outlives the connection");
}

/* From a connection that was there before; nobody else gets in meanwhile. */
static void away_while(const char *what_happens)
{
    char elsewhere[300];
    PGconn *boss;

    snprintf(elsewhere, sizeof elsewhere, "%s dbname=postgres",
             fixture_conninfo(FIXTURE_SUPERUSER)); /* the later of two counts */
    boss = PQconnectdb(elsewhere);
    db_execf(boss, "ALTER DATABASE %s ALLOW_CONNECTIONS false", PQdb(pq));
    db_execf(boss,
             "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
             " WHERE datname = '%s' AND application_name = 'jianan-server'",
             PQdb(pq));
    db_exec(pq, what_happens);
    db_execf(boss, "ALTER DATABASE %s ALLOW_CONNECTIONS true", PQdb(pq));
    PQfinish(boss);
}

/* A register that is being loaded may be equal to the database before it says that it was loaded. */
static void wait_reloaded(void)
{
    for (int waited_ms = 0; waited_ms < SETTLE_MS && registry_health(registry).reloads == 0;
         waited_ms += 10)
        usleep(10000);
}

Test(follower, changes_that_were_cleared_away_unseen_force_a_reload)
{
    away_while("SELECT test_touch(11), test_enrol(7000, 7010), test_org(6), test_device(6);"
               "UPDATE slot SET void = true WHERE index >> 20 = 0;"
               "DELETE FROM change; SELECT test_touch(12)");
    cr_expect_eq(register_db_settle(reader, pq, SETTLE_MS), 0);
    wait_reloaded();
    cr_expect_eq(registry_health(registry).reloads, 1);
}

Test(follower, an_emptied_feed_forces_a_reload)
{
    away_while("SELECT test_touch(11); DELETE FROM change");
    cr_expect_eq(register_db_settle(reader, pq, SETTLE_MS), 0);
    wait_reloaded();
    cr_expect_eq(registry_health(registry).reloads, 1);
}

/* Other transactions of the cluster may be running through all of this: they hold the snapshots' xmin
 * below rows that were long seen. */
Test(follower, clearing_away_what_was_seen_forces_nothing)
{
    char snapshot[1024];
    const char *until = snapshot;
    PGconn *other = register_db_connect();
    PGresult *result;

    db_exec(other, "BEGIN; SELECT pg_current_xact_id()");
    db_exec(pq, "SELECT test_touch(14); SELECT test_touch(15)");
    result = PQexec(pq, "SELECT pg_current_snapshot()::text");
    snprintf(snapshot, sizeof snapshot, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    db_exec(pq, "SELECT test_touch(13)"); /* once this is seen, all before the snapshot was */
    cr_expect(comes_to(13, 2));
    result = PQexecParams(pq, statements[SQL_REGISTER_PURGE].text, 1, NULL, &until, NULL, NULL, 0);
    cr_assert_eq(PQresultStatus(result), PGRES_TUPLES_OK, "%s", PQerrorMessage(pq));
    PQclear(result);
    db_exec(pq, "SELECT test_touch(12)");
    cr_expect(comes_to(12, 2));
    cr_expect_eq(register_db_settle(reader, pq, SETTLE_MS), 0);
    cr_expect_eq(registry_health(registry).reloads, 0);
    PQfinish(other);
}

Test(follower, a_reload_takes_out_what_the_database_no_longer_has)
{
    fixture_exec("DELETE FROM facts WHERE worker_id BETWEEN 100 AND 1500;"
                 "DELETE FROM engagement WHERE worker_id BETWEEN 100 AND 1500;"
                 "DELETE FROM slot WHERE worker_id BETWEEN 100 AND 1500 OR index >> 20 = 2;"
                 "DELETE FROM org WHERE id > 10");
    away_while("SELECT test_touch(11); DELETE FROM change"); /* a row that nobody saw */
    cr_expect_eq(register_db_settle(reader, pq, SETTLE_MS), 0);
    wait_reloaded();
    registry_enter(reader);
    cr_expect_null(registry_org(reader, 11));
    cr_expect(!registry_slot(reader, UINT64_C(2) << 20 | 5, &(struct slot_view){0}));
    registry_leave(reader);
    cr_expect_eq(registry_health(registry).reloads, 1);
}

/* -- freshness and clocks ----------------------------------------------------------------------------- */

Test(follower, freshness_is_small_and_the_clocks_agree_on_one_machine)
{
    sleep(1);
    cr_expect_geq(registry_health(registry).fresh_ms, 0);
    cr_expect_leq(registry_health(registry).fresh_ms, 2000);
    cr_expect_leq(llabs(registry_health(registry).clock_offset_ms), 500);
    clock_shift_for_tests(INT64_C(60) * US_PER_SECOND);
    sleep(1);
    cr_expect_leq(llabs(registry_health(registry).clock_offset_ms - 60000), 1000);
}

/* -- two servers -------------------------------------------------------------------------------------- */

struct heard {
    _Atomic int64_t batch;
    _Atomic int count;
};

static void on_batch(void *arg, int64_t batch)
{
    struct heard *heard = arg;

    atomic_store(&heard->batch, batch);
    atomic_fetch_add(&heard->count, 1);
}

Test(follower, a_nudge_reaches_the_other_server_without_waiting_for_its_poll)
{
    struct registry *other = registry_new();
    struct registry_reader *eyes = registry_reader_new(other, NULL);
    struct follower_options slow = defaults;
    struct heard heard = {0};
    struct follower *second;
    int64_t began_us;

    slow.server_id[0] = 77;
    slow.poll_ms = slow.heartbeat_ms = 3600 * 1000;
    slow.pass_batch = on_batch;
    slow.arg = &heard;
    second = start(other, slow);
    wait_ready(other);
    db_execf(pq, "SELECT test_touch(33), test_change(9, 4711, %lld), test_change(9, 4712, %lld)",
             (long long)follower_server_key(defaults.server_id),
             (long long)follower_server_key(slow.server_id));
    began_us = clock_monotonic_us();
    follower_nudge(follower);
    cr_expect_eq(register_db_settle(eyes, pq, SETTLE_MS), 0);
    cr_expect_lt(clock_monotonic_us() - began_us, INT64_C(15) * US_PER_SECOND);
    cr_expect_eq(atomic_load(&heard.batch), 4711, "not its own");
    cr_expect_eq(atomic_load(&heard.count), 1);
    follower_stop(second);
    registry_reader_free(eyes);
    registry_free(other);
}

Test(follower, old_change_rows_are_cleared_away_by_the_servers_themselves)
{
    struct registry *other = registry_new();
    struct registry_reader *eyes = registry_reader_new(other, NULL);
    struct follower_options brief = defaults;
    struct follower *second;
    int64_t kept = 0;

    brief.server_id[0] = 78;
    brief.keep_ms = 3000; /* longer than a busy machine holds a follower up */
    second = start(other, brief);
    wait_ready(other);
    cr_assert_geq(db_int(pq, "SELECT count(*) FROM change WHERE kind = 1"), 1500);
    for (int i = 0; i < 1500; i++) {
        kept = db_int(pq, "SELECT count(*) FROM change WHERE kind = 1");
        if (kept == 0)
            break;
        usleep(20000);
    }
    cr_expect_eq(kept, 0);
    db_exec(pq, "SELECT test_touch(i) FROM generate_series(1, 50) AS i");
    cr_expect_eq(register_db_settle(eyes, pq, SETTLE_MS), 0);
    cr_expect_eq(register_db_settle(reader, pq, SETTLE_MS), 0);
    cr_expect_eq(registry_health(registry).reloads, 0, "the other one's clearing harms nobody");
    cr_expect_eq(registry_health(other).reloads, 0);
    follower_stop(second);
    registry_reader_free(eyes);
    registry_free(other);
}

/* -- many ------------------------------------------------------------------------------------------------ */

Test(follower, twenty_thousand_workers_are_loaded_and_followed, .timeout = 300)
{
    db_exec(pq, "SELECT test_enrol(1501, 18000); SELECT test_enrol(33000, 35000)"); /* two ranges */
    cr_expect_eq(register_db_settle(reader, pq, 60000), 0, "followed");
    db_exec(pq, "SELECT test_touch(worker_id) FROM facts WHERE worker_id % 3 = 1");
    away_while("DELETE FROM change");
    cr_expect_eq(register_db_settle(reader, pq, 60000), 0, "loaded anew");
    cr_expect_eq(registry_health(registry).workers, 20001);
    db_exec(pq, "SELECT test_touch(worker_id) FROM facts WHERE worker_id % 3 = 2");
    cr_expect_eq(register_db_settle(reader, pq, 60000), 0, "and followed again");
    cr_expect_eq(registry_health(registry).reloads, 1);
}

/* -- a PostgreSQL of one's own -------------------------------------------------------------------------- */

static struct cluster cluster;

static void set_up_cluster(void)
{
    cluster_init(&cluster);
    cluster_start(&cluster, "");
    fixture_open_on(cluster.dir);
    prepare();
    follower = start(registry, defaults);
    wait_ready(registry);
}

static void tear_down_cluster(void)
{
    stop_following();
    fixture_close();
    cluster_clear(&cluster);
}

TestSuite(follower_cluster, .init = set_up_cluster, .fini = tear_down_cluster, .timeout = 120);

Test(follower_cluster, a_crashed_and_restarted_postgresql_is_followed_on)
{
    for (int i = 0; i < 3; i++) {
        db_execf(pq, "SELECT test_touch(%d), test_device(%d)", 200 + i, 1 + i);
        PQfinish(pq);
        cluster_kill(&cluster);
        cluster_start(&cluster, "");
        pq = register_db_connect();
        db_execf(pq, "SELECT test_touch(%d)", 300 + i);
    }
    cr_expect_eq(register_db_settle(reader, pq, SETTLE_MS), 0);
    cr_expect_eq(registry_health(registry).reloads, 0, "the same database, the same timeline");
}

static void signal_backends(int signal)
{
    static int64_t pids[64];
    static int count;

    if (signal == SIGSTOP) {
        for (count = 0; count < 16; count++) {
            char sql[200];

            snprintf(sql, sizeof sql,
                     "SELECT coalesce((SELECT pid FROM pg_stat_activity WHERE application_name ="
                     " 'jianan-server' ORDER BY pid OFFSET %d LIMIT 1), 0)",
                     count);
            pids[count] = db_int(pq, sql);
            if (pids[count] == 0)
                break;
        }
        cr_assert_geq(count, 3);
        kill(cluster.pid, SIGSTOP);
    }
    for (int i = 0; i < count; i++)
        kill((pid_t)pids[i], signal);
    if (signal == SIGCONT)
        kill(cluster.pid, SIGCONT);
}

Test(follower_cluster, freshness_grows_while_postgresql_is_stopped_and_recovers)
{
    struct worker_view view;

    signal_backends(SIGSTOP);
    sleep(3);
    cr_expect_geq(registry_health(registry).fresh_ms, 2000);
    cr_expect(registry_health(registry).ready, "old answers are still there");
    registry_enter(reader);
    cr_expect(registry_worker(reader, 1, &view), "and readers never wait");
    registry_leave(reader);
    sleep(4); /* longer than the follower's patience with a silent connection */
    cr_expect_geq(registry_health(registry).fresh_ms, 6000);
    signal_backends(SIGCONT);
    db_exec(pq, "SELECT test_touch(20)");
    cr_expect_eq(register_db_settle(reader, pq, SETTLE_MS), 0);
    for (int i = 0; i < 1000 && registry_health(registry).fresh_ms > 1000; i++)
        usleep(10000);
    cr_expect_leq(registry_health(registry).fresh_ms, 1000);
}

Test(follower_cluster, stopping_does_not_wait_for_a_stopped_postgresql)
{
    int64_t began_us;

    signal_backends(SIGSTOP);
    usleep(500000);
    began_us = clock_monotonic_us();
    follower_stop(follower);
    follower = NULL;
    cr_expect_lt(clock_monotonic_us() - began_us, INT64_C(2) * US_PER_SECOND);
    signal_backends(SIGCONT);
}
