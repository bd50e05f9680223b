/* What the engine says when PostgreSQL stops, dies, lies, or is not what it should be. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/safety.h"
#include "support/pg_bench.h"
#include "support/pg_fixture.h"

TestSuite(store_faults, .timeout = 180);

static struct batch *inserting(int64_t id, int64_t ms)
{
    struct batch *b = bench_batch();
    struct params *p = params_new(b);

    params_int64(p, id);
    params_int64(p, ms);
    batch_add(b, SQL_ITEM_INSERT_SLOWLY, p, NULL, NULL);
    return b;
}

static struct batch *napping(int64_t ms)
{
    struct batch *b = bench_batch();
    struct params *p = params_new(b);

    params_int64(p, ms);
    batch_add(b, SQL_NAP, p, NULL, NULL);
    return b;
}

static int32_t backend_pid(void)
{
    struct batch *b = bench_batch();
    int32_t pid = 0;

    batch_add(b, SQL_SESSION, NULL, decode_int32, &pid);
    cr_assert_not(err_is(bench_run(b)));
    return pid;
}

static void open_with(unsigned connections, int64_t batch_ms)
{
    fixture_open();
    bench_open(fixture_conninfo(FIXTURE_APP), connections, 64, batch_ms);
    bench_wait_until_up();
}

static void close_all(void)
{
    bench_close();
    fixture_close();
}

static void format_exec(const char *format, int pid)
{
    char sql[160];
    struct build out = build_over(sql, sizeof sql);

    for (; *format != '\0'; format++) {
        if (*format == '#')
            build_int(&out, pid);
        else
            build_char(&out, *format);
    }
    fixture_exec(sql);
}

/* -- a backend that stops or dies --------------------------------------------------------------- */

Test(store_faults, a_stopped_backend_is_left_behind_by_our_own_timer)
{
    struct cluster cluster; /* of its own: nobody could drop a database beside a stopped backend */
    struct batch_outcome outcomes[3];
    int64_t began, took_ms;
    int32_t pid;

    cluster_init(&cluster);
    cluster_start(&cluster, "");
    fixture_open_on(cluster.dir);
    bench_open(fixture_conninfo(FIXTURE_APP), 1, 64, 500);
    bench_wait_until_up();
    pid = backend_pid();
    cr_assert_eq(kill(pid, SIGSTOP), 0);
    began = clock_monotonic_us();
    bench_send(napping(0), &outcomes[0]);
    bench_send(inserting(1, 0), &outcomes[1]);
    bench_turn(200); /* those two are sent now; the third waits behind nobody's back */
    bench_send(napping(0), &outcomes[2]);
    bench_wait(outcomes, 3);
    took_ms = (clock_monotonic_us() - began) / US_PER_MS;
    cr_assert_eq(outcomes[0].error.code, ERR_DATABASE_TIMEOUT);
    cr_assert_eq(outcomes[1].error.code, ERR_OUTCOME_UNKNOWN);
    cr_assert_eq(outcomes[2].error.code, ERR_NONE, "it was not sent yet, so it is sent elsewhere");
    cr_assert_lt(took_ms, 5000);
    cr_assert_neq(backend_pid(), pid);
    kill(pid, SIGCONT);
    close_all();
    cluster_clear(&cluster);
}

Test(store_faults, a_backend_that_dies_mid_batch_leaves_a_write_unknown_and_a_read_failed)
{
    struct batch_outcome outcomes[2];
    int32_t pid;

    open_with(1, 4000);
    pid = backend_pid();
    bench_send(napping(2000), &outcomes[0]);
    bench_send(inserting(1, 0), &outcomes[1]);
    bench_turn(200);
    format_exec("SELECT pg_terminate_backend(#)", pid);
    bench_wait(outcomes, 2);
    cr_assert_eq(outcomes[0].error.code, ERR_DATABASE);
    cr_assert_eq(outcomes[1].error.code, ERR_OUTCOME_UNKNOWN);
    bench_wait_until_up();
    cr_assert_neq(backend_pid(), pid);
    close_all();
}

Test(store_faults, a_refusal_or_a_cancelled_write_is_certain_to_be_undone)
{
    struct batch_outcome outcome;
    int32_t pid;

    open_with(1, 4000);
    fixture_exec("INSERT INTO item VALUES (1)");
    pid = backend_pid();
    cr_assert_eq(bench_run(inserting(1, 0)).code, ERR_ALREADY_EXISTS);
    bench_send(inserting(2, 3000), &outcome);
    bench_turn(100);
    format_exec("SELECT pg_cancel_backend(#)", pid);
    bench_wait(&outcome, 1);
    cr_assert_eq(outcome.error.code, ERR_DATABASE_TIMEOUT, "cancelled: undone, for certain");
    cr_assert_eq(backend_pid(), pid);
    close_all();
}

Test(store_faults, an_idle_connection_that_dies_is_replaced_before_anybody_notices)
{
    int32_t pid;

    open_with(1, 4000);
    pid = backend_pid();
    format_exec("SELECT pg_terminate_backend(#)", pid);
    bench_turn(50);
    cr_assert_not(pg_pool_is_up(bench_pool()));
    bench_wait_until_up();
    cr_assert_neq(backend_pid(), pid);
    close_all();
}

/* -- a server that dies ------------------------------------------------------------------------- */

enum { ROUNDS = 3, BATCHES = 400, IN_FLIGHT = 24 };

static unsigned unfinished(const struct batch_outcome *outcomes, unsigned count)
{
    unsigned left = 0;

    for (unsigned i = 0; i < count; i++)
        left += !outcomes[i].done;
    return left;
}

static bool item_is_there(int64_t id)
{
    char sql[80];
    struct build out = build_over(sql, sizeof sql);

    build_format(&out, "SELECT count(*) FROM item WHERE id = %lld", (long long)id);
    return fixture_query_int(sql) == 1;
}

/* Each outcome against what the database holds afterwards. */
static void compare_with_table(const struct batch_outcome *outcomes, int64_t first_id)
{
    unsigned kept = 0, unknown = 0;

    for (int i = 0; i < BATCHES; i++) {
        bool there = item_is_there(first_id + i);

        kept += outcomes[i].error.code == ERR_NONE;
        unknown += outcomes[i].error.code == ERR_OUTCOME_UNKNOWN;
        if (outcomes[i].error.code == ERR_NONE)
            cr_assert(there, "acknowledged and lost: %d", i);
        else if (outcomes[i].error.code != ERR_OUTCOME_UNKNOWN)
            cr_assert_not(there, "refused with %d and kept: %d", outcomes[i].error.code, i);
    }
    cr_assert_gt(kept, 0);
    cr_assert_gt(unknown, 0, "nothing was under way when it died: the test proves nothing");
}

static void round_of_load(struct cluster *cluster, int64_t first_id)
{
    static struct batch_outcome outcomes[BATCHES];
    bool killed = false;

    for (unsigned i = 0; i < BATCHES; i++) {
        bench_send(inserting(first_id + i, 2), &outcomes[i]);
        while (unfinished(outcomes, i + 1) >= IN_FLIGHT)
            bench_turn(1);
        if (i == BATCHES / 2 && !killed) {
            cluster_kill(cluster);
            killed = true;
            cluster_start(cluster, "");
        }
        bench_turn(1);
    }
    bench_wait(outcomes, BATCHES);
    bench_wait_until_up();
    compare_with_table(outcomes, first_id);
}

Test(store_faults, postgresql_killed_under_load_loses_nothing_acknowledged)
{
    struct cluster cluster;

    cluster_init(&cluster);
    cluster_start(&cluster, "");
    fixture_open_on(cluster.dir);
    bench_open(fixture_conninfo(FIXTURE_APP), 4, 64, 2000);
    bench_wait_until_up();
    for (int round = 0; round < ROUNDS; round++)
        round_of_load(&cluster, 1000 * round);
    close_all();
    cluster_clear(&cluster);
}

Test(store_faults, a_server_that_is_down_is_told_soon_and_used_when_it_comes)
{
    struct cluster cluster;
    struct batch_outcome early, late;

    cluster_init(&cluster);
    cluster_start(&cluster, "");
    fixture_open_on(cluster.dir);
    cluster_kill(&cluster);
    bench_open(fixture_conninfo(FIXTURE_APP), 2, 8, 1000);
    bench_send(napping(0), &early);
    cr_assert_not(early.done, "it may come up within the batch's time");
    bench_wait(&early, 1);
    cr_assert_eq(early.error.code, ERR_DATABASE);
    bench_send(napping(0), &late);
    cr_assert(late.done, "after some attempts nobody waits any more");
    cr_assert_eq(late.error.code, ERR_DATABASE);
    cluster_start(&cluster, "");
    bench_wait_until_up();
    cr_assert_not(err_is(bench_run(napping(0))));
    close_all();
    cluster_clear(&cluster);
}

/* A folder with a socket that takes connections and never says a word. */
static int listen_silently(const char *dir)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(at.sun_path, sizeof at.sun_path, "%s/.s.PGSQL.5432", dir);
    cr_assert_eq(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
    cr_assert_eq(listen(fd, 16), 0);
    return fd;
}

Test(store_faults, a_host_that_never_answers_is_passed_over)
{
    char dir[] = "/tmp/jianan-silent-XXXXXX", conninfo[512];
    struct build out = build_over(conninfo, sizeof conninfo);
    const char *given;
    int fd;

    fixture_open();
    cr_assert_not_null(mkdtemp(dir));
    fd = listen_silently(dir);
    given = strchr(fixture_conninfo(FIXTURE_APP), '=') + 1; /* host=SOCKET dbname=… */
    build_format(&out, "host=%s,%s", dir, given);
    bench_open(conninfo, 1, 8, 2000);
    bench_wait_until_up();
    cr_assert_not(err_is(bench_run(napping(0))));
    bench_close();
    close(fd);
    snprintf(conninfo, sizeof conninfo, "%s/.s.PGSQL.5432", dir);
    unlink(conninfo);
    rmdir(dir);
    fixture_close();
}

/* -- a server that is not what it should be ------------------------------------------------------ */

static void set_for_database(const char *setting)
{
    char sql[256];
    struct build out = build_over(sql, sizeof sql);

    build_format(&out,
                 "DO $$ BEGIN EXECUTE format('ALTER DATABASE %%I SET %s',"
                 " current_database()); END $$",
                 setting);
    fixture_exec(sql);
}

static void reset_database(void)
{
    fixture_exec("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET ALL', current_database());"
                 " END $$");
}

Test(store_faults, a_read_only_server_is_not_used_until_it_is_the_primary)
{
    fixture_open();
    set_for_database("default_transaction_read_only = on");
    bench_open(fixture_conninfo(FIXTURE_APP), 1, 8, 1000);
    bench_turn(500);
    cr_assert_not(pg_pool_is_up(bench_pool()));
    reset_database();
    bench_wait_until_up();
    close_all();
}

Test(store_faults, a_statement_that_cannot_be_prepared_fails_its_batch_until_it_can)
{
    struct err e;

    open_with(1, 1000);
    fixture_exec("ALTER TABLE item RENAME TO items");
    e = bench_run(inserting(1, 0));
    cr_expect_eq(e.code, ERR_DATABASE);
    cr_expect_not(err_is(bench_run(napping(0))), "others go on, on a fresh connection");
    fixture_exec("ALTER TABLE items RENAME TO item");
    cr_expect_not(err_is(bench_run(inserting(1, 0))));
    close_all();
}

Test(store_faults, a_refused_batch_leaves_its_statements_prepared)
{
    open_with(1, 1000);
    fixture_exec("INSERT INTO item (id) VALUES (1)");
    cr_expect_eq(bench_run(inserting(1, 0)).code, ERR_ALREADY_EXISTS, "it was its first use");
    cr_expect_not(err_is(bench_run(inserting(2, 0))));
    close_all();
}

static void expect_unsafe(const char *field)
{
    struct arena arena;
    struct err e;

    arena_init(&arena, 4096);
    e = safety_check(fixture_conninfo(FIXTURE_APP), &arena);
    if (field == NULL) {
        cr_assert_eq(e.code, ERR_NONE, "%s", e.field);
    } else {
        cr_assert_eq(e.code, ERR_UNSAFE_DATABASE, "%s", field);
        cr_assert_str_eq(e.field, field);
    }
    arena_clear(&arena);
}

Test(store_faults, unsafe_settings_of_a_session_are_refused_by_name)
{
    fixture_open();
    expect_unsafe(NULL);
    set_for_database("synchronous_commit = local");
    expect_unsafe(NULL); /* it flushes this disk, and no standby is promised */
    set_for_database("synchronous_commit = off");
    expect_unsafe("synchronous_commit");
    bench_open(fixture_conninfo(FIXTURE_APP), 1, 8, 1000);
    bench_turn(400);
    cr_assert_not(pg_pool_is_up(bench_pool()), "nor is it used when it turns unsafe later");
    reset_database();
    bench_wait_until_up();
    bench_close();
    set_for_database("zero_damaged_pages = on");
    expect_unsafe("zero_damaged_pages");
    reset_database();
    set_for_database("ignore_checksum_failure = on");
    expect_unsafe("ignore_checksum_failure");
    fixture_close();
}

static void with_server_settings(const char *settings, const char *field)
{
    struct cluster cluster;

    cluster_init(&cluster);
    cluster_start(&cluster, settings);
    fixture_open_on(cluster.dir);
    expect_unsafe(field);
    fixture_close();
    cluster_clear(&cluster);
}

Test(store_faults, unsafe_settings_of_a_server_are_refused_by_name)
{
    with_server_settings("-c fsync=off", "fsync");
    with_server_settings("-c full_page_writes=off", "full_page_writes");
}

/* PostgreSQL answers INSERT 0 1 although the standby never got it; only a WARNING tells. */
Test(store_faults, a_commit_whose_wait_for_the_standby_was_cancelled_is_unknown)
{
    struct cluster cluster;
    struct batch_outcome outcome;

    cluster_init(&cluster);
    cluster_start(&cluster, "");
    fixture_open_on(cluster.dir);
    fixture_exec("ALTER SYSTEM SET synchronous_standby_names = 'ghost'");
    fixture_exec("SELECT pg_reload_conf()");
    bench_open(fixture_conninfo(FIXTURE_APP), 1, 8, 10000);
    bench_wait_until_up();
    bench_send(inserting(1, 0), &outcome);
    for (int i = 0; i < 100 && fixture_query_int("SELECT count(*) FROM pg_stat_activity"
                                                 " WHERE wait_event = 'SyncRep'") == 0;
         i++)
        bench_turn(50);
    cr_assert_not(outcome.done, "it waits for the standby");
    fixture_exec("SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                 " WHERE wait_event = 'SyncRep'");
    bench_wait(&outcome, 1);
    cr_assert_eq(outcome.error.code, ERR_OUTCOME_UNKNOWN);
    set_for_database("synchronous_commit = local");
    expect_unsafe("synchronous_commit");
    bench_close();
    cluster_clear(&cluster);
}
