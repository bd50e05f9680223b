/* The real server while PostgreSQL is down, stopped, locked, cut off, or not what it should be.
 *
 * Each test has a PostgreSQL of its own, whose processes it may stop and kill. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/cast.h"
#include "support/parallel.h"
#include "support/pg_fixture.h"

enum { PEOPLE = 12, PATIENCE_MS = 30000, STEP_MS = 20 };

static struct cluster cluster;
static struct server server;
static struct cast cast;
static struct parallel parallel;
static long long people[PEOPLE];

static void enrol_people(void)
{
    char number[19];

    for (unsigned i = 0; i < PEOPLE; i++)
        people[i] = cast_worker(&server, cast.contractor.key, "王建国",
                                cast_number(number, "19850312", i), cast.site, "030");
}

static void set_up(void)
{
    static const char *const settings[] = {"--key_requests_per_s=100000", "--database_ms=2000",
                                           NULL};

    cluster_init(&cluster);
    cluster_start(&cluster, "");
    fixture_open_on(cluster.dir);
    server_start(&server, settings);
    cast_open(&server, &cast);
    enrol_people();
}

static void tear_down(void)
{
    server_stop(&server);
    fixture_close();
    cluster_clear(&cluster);
}

TestSuite(faults, .init = set_up, .fini = tear_down, .timeout = 180);

/* -- asking --------------------------------------------------------------------------------- */

static struct http_reply get(struct http_client *client, const char *path)
{
    return client_ask(client, &(struct http_question){.method = "GET", .path = path});
}

static bool is_ready(struct http_client *client)
{
    struct http_reply reply = get(client, "/readyz");
    bool ready = reply.status == 200;

    reply_clear(&reply);
    return ready;
}

static void wait_until_ready(void)
{
    for (int waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
        if (is_ready(&server.client))
            return;
        usleep(STEP_MS * 1000);
    }
    cr_assert_fail("it did not become ready");
}

static struct http_question exam_about(long long worker, const char *key)
{
    return (struct http_question){
        .method = "POST", .path = "/v1/exams", .key = cast.clinic.key, .idempotency = key,
        .body = say("{\"worker\":%lld,\"conclusion\":\"recheck\"}", worker)};
}

static struct http_reply post_exam(long long worker, const char *key)
{
    struct http_question q = exam_about(worker, key);

    return client_ask(&server.client, &q);
}

static long long exams(void)
{
    return fixture_query_int("SELECT count(*) FROM record WHERE kind = 2");
}

/* One exam a person, all at once, each under a key of its own. */
static struct http_question questions[PEOPLE];
static char bodies[PEOPLE][96], keys[PEOPLE][24];

static void ask_about_everybody(void)
{
    for (unsigned i = 0; i < PEOPLE; i++) {
        snprintf(keys[i], sizeof keys[i], "everybody-%u", i);
        snprintf(bodies[i], sizeof bodies[i], "{\"worker\":%lld,\"conclusion\":\"recheck\"}",
                 people[i]);
        questions[i] = exam_about(people[i], keys[i]);
        questions[i].body = bodies[i];
    }
    parallel_begin(&parallel, server.port, questions, PEOPLE);
}

/* Under the same keys; everybody then has one exam more than `before` in all. */
static void settle_everybody(long long before)
{
    for (unsigned i = 0; i < PEOPLE; i++) {
        struct http_reply reply = client_ask(&server.client, &questions[i]);

        cr_expect_eq(reply.status, 201, "%s", reply.body);
        reply_clear(&reply);
    }
    cr_expect_eq(exams() - before, PEOPLE);
    cr_expect_eq(fixture_query_int("SELECT count(DISTINCT worker_id) FROM record WHERE kind = 2"),
                 PEOPLE);
}

/* -- PostgreSQL's processes ----------------------------------------------------------------- */

/* The postmaster and all its children. */
static void signal_cluster(int number)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;

    kill(cluster.pid, number);
    while (proc != NULL && (entry = readdir(proc)) != NULL) {
        char path[300];
        int pid, parent;
        FILE *stat;

        snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
        stat = fopen(path, "r");
        if (stat == NULL)
            continue;
        if (fscanf(stat, "%d (%*[^)]) %*c %d", &pid, &parent) == 2 && parent == cluster.pid)
            kill(pid, number);
        fclose(stat);
    }
    if (proc != NULL)
        closedir(proc);
}

static const char backend_of_writes[] =
    "SELECT coalesce((SELECT pid FROM pg_stat_activity WHERE usename = 'jianan_app' AND query LIKE"
    " '%INSERT INTO change%' AND query NOT LIKE '%heartbeat%' ORDER BY state_change DESC"
    " LIMIT 1), 0)";

static void wait_for_backends(const char *condition)
{
    for (int waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
        if (fixture_query_int(say("SELECT count(*) FROM pg_stat_activity WHERE usename ="
                                  " 'jianan_app' AND %s", condition)) > 0)
            return;
        usleep(STEP_MS * 1000);
    }
    cr_assert_fail("no backend came to: %s", condition);
}

/* -- down ----------------------------------------------------------------------------------- */

/* The server ends with the thread that started it, so this one waits for the test to be over. */
static struct starting {
    pthread_t thread;
    sem_t started, over;
} starting;

static void *start_server(void *arg)
{
    server_start_again(arg); /* comes back when it is ready */
    sem_post(&starting.started);
    sem_wait(&starting.over);
    return NULL;
}

static bool is_waiting_for_database(struct http_client *client)
{
    struct http_reply reply = get(client, "/readyz");
    bool waiting = reply.status == 503 && strstr(reply.body, "database_unreachable") != NULL &&
                   strstr(reply.body, "register_loading") != NULL;

    reply_clear(&reply);
    return waiting;
}

static void expect_unready_but_alive(void)
{
    struct http_client client;
    struct http_reply reply;
    bool waiting = false;

    client_open(&client, server.port);
    for (int waited = 0; waited < PATIENCE_MS && !waiting; waited += STEP_MS) {
        waiting = is_waiting_for_database(&client);
        usleep(STEP_MS * 1000);
    }
    cr_expect(waiting, "503 with the reasons");
    reply = get(&client, "/healthz");
    cr_expect_eq(reply.status, 200);
    reply_clear(&reply);
    reply = client_ask(&client, &(struct http_question){.method = "GET", .path = "/v1/orgs",
                                                        .key = server.operator_key});
    cr_expect_eq(reply.status, 503, "%s", reply.body);
    reply_clear(&reply);
    client_close(&client);
}

Test(faults, a_database_that_is_down_at_the_start_is_waited_for)
{
    struct http_reply reply;

    server_kill(&server);
    cluster_kill(&cluster);
    cr_assert_eq(sem_init(&starting.started, 0, 0) + sem_init(&starting.over, 0, 0), 0);
    cr_assert_eq(pthread_create(&starting.thread, NULL, start_server, &server), 0);
    expect_unready_but_alive();
    cluster_start(&cluster, "");
    sem_wait(&starting.started);
    reply = post_exam(people[0], "late");
    cr_expect_eq(reply.status, 201, "%s", reply.body);
    reply_clear(&reply);
    server_kill(&server);
    sem_post(&starting.over);
    cr_assert_eq(pthread_join(starting.thread, NULL), 0);
    server_start_again(&server);
}

/* -- a backend that stops ------------------------------------------------------------------- */

Test(faults, a_backend_that_stops_costs_those_who_were_on_it_and_nobody_else)
{
    struct http_reply reply = post_exam(people[0], "first");
    pid_t backend;

    reply_clear(&reply);
    backend = (pid_t)fixture_query_int(backend_of_writes);
    cr_assert_gt(backend, 0);
    cr_assert_eq(kill(backend, SIGSTOP), 0);
    ask_about_everybody();
    parallel_finish(&parallel); /* each within 5 s, or its status is 0 */
    cr_expect_eq(parallel_count(&parallel, 0), 0);
    cr_expect_geq(parallel_count(&parallel, 503), 1, "nobody came to the backend that stopped");
    cr_expect_geq(parallel_count(&parallel, 201), PEOPLE / 3);
    cr_expect_eq(parallel_count(&parallel, 201) + parallel_count(&parallel, 503), PEOPLE);
    cr_expect_eq(kill(backend, SIGCONT), 0);
    parallel_clear(&parallel);
    settle_everybody(1);
}

/* -- a lock that somebody holds ------------------------------------------------------------- */

static PGconn *hold(const char *sql)
{
    PGconn *pq = PQconnectdb(fixture_conninfo(FIXTURE_SUPERUSER));

    PQclear(PQexec(pq, "BEGIN"));
    PQclear(PQexec(pq, sql));
    cr_assert_eq(PQtransactionStatus(pq), PQTRANS_INTRANS, "%s", PQerrorMessage(pq));
    return pq;
}

static void let_go(PGconn *pq)
{
    PQclear(PQexec(pq, "COMMIT"));
    PQfinish(pq);
}

Test(faults, a_lock_on_one_worker_delays_nobody_else)
{
    PGconn *pq = hold(say("SELECT FROM facts WHERE worker_id = %lld FOR UPDATE", people[0]));

    ask_about_everybody();
    parallel_finish(&parallel);
    cr_expect_eq(parallel.answer[0].status, 503, "%s", parallel.answer[0].body);
    cr_expect_not_null(strstr(parallel.answer[0].body, "\"busy\""));
    cr_expect_not_null(strstr(parallel.answer[0].head, "Retry-After:"));
    cr_expect_eq(parallel_count(&parallel, 201), PEOPLE - 1, "the others were served");
    parallel_clear(&parallel);
    cr_expect_eq(exams(), PEOPLE - 1);
    let_go(pq);
    settle_everybody(0);
}

/* More than the connections and the queue can take. */
Test(faults, what_the_queue_cannot_take_is_refused_and_health_still_answers)
{
    enum { MANY = 60 };
    static struct http_question many[MANY];
    static char many_keys[MANY][24], body[96];
    struct http_reply reply;
    PGconn *pq;

    server_kill(&server);
    server.settings[2] = "--queue_max=4";
    server_start_again(&server);
    pq = hold("LOCK TABLE record IN ACCESS EXCLUSIVE MODE");
    snprintf(body, sizeof body, "{\"worker\":%lld,\"conclusion\":\"recheck\"}", people[0]);
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(many_keys[i], sizeof many_keys[i], "many-%u", i);
        many[i] = exam_about(people[0], many_keys[i]);
        many[i].body = body;
    }
    parallel_begin(&parallel, server.port, many, MANY);
    reply = get(&server.client, "/healthz");
    cr_expect_eq(reply.status, 200);
    reply_clear(&reply);
    parallel_finish(&parallel);
    cr_expect_eq(parallel_count(&parallel, 503), MANY);
    cr_expect_geq(parallel_count_text(&parallel, "\"busy\""), 1);
    for (unsigned i = 0; i < MANY; i++)
        cr_expect_not_null(strstr(parallel.answer[i].head, "Retry-After:"));
    parallel_clear(&parallel);
    let_go(pq);
    wait_until_ready();
    cr_expect_eq(exams(), 0);
    reply = post_exam(people[0], many_keys[0]);
    cr_expect_eq(reply.status, 201, "%s", reply.body);
    reply_clear(&reply);
}

/* -- cut off in the middle of a commit ------------------------------------------------------ */

static const char slow_commit[] =
    "CREATE FUNCTION slow_commit() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN PERFORM pg_sleep(20); RETURN NULL; END $$;"
    "CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON record DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION slow_commit()";
static const char ghost_standby[] = "ALTER SYSTEM SET synchronous_standby_names = 'ghost'";
static const char reload[] = "SELECT pg_reload_conf()";

static const struct {
    const char *name, *slow, *waits, *strike, *mend;
    long long kept;
} cuts[] = {
    {"before the commit", slow_commit, "wait_event = 'PgSleep'", "pg_terminate_backend",
     "DROP TRIGGER slow_commit ON record", 0},
    {"after the commit, before it was told", ghost_standby,
     "wait_event = 'SyncRep' AND query NOT LIKE '%heartbeat%'", "pg_terminate_backend",
     "ALTER SYSTEM RESET synchronous_standby_names", 1},
    {"PostgreSQL says done with a warning", ghost_standby,
     "wait_event = 'SyncRep' AND query NOT LIKE '%heartbeat%'", "pg_cancel_backend",
     "ALTER SYSTEM RESET synchronous_standby_names", 1},
};

static void cut(size_t i)
{
    char key[16];
    struct http_question q;
    struct http_reply reply;
    long long before = exams();

    snprintf(key, sizeof key, "cut-%zu", i);
    fixture_exec(cuts[i].slow);
    fixture_exec(reload);
    q = exam_about(people[i], key);
    parallel_begin(&parallel, server.port, &q, 1);
    wait_for_backends(cuts[i].waits);
    fixture_exec(say("SELECT %s(pid) FROM pg_stat_activity WHERE %s", cuts[i].strike,
                     cuts[i].waits));
    parallel_finish(&parallel);
    cr_expect_eq(parallel.answer[0].status, 503, "%s", cuts[i].name);
    cr_expect_eq(parallel_count_text(&parallel, "\"outcome_unknown\""), 1, "%s: %s", cuts[i].name,
                 parallel.answer[0].body);
    parallel_clear(&parallel);
    cr_expect_eq(exams() - before, cuts[i].kept, "%s", cuts[i].name);
    fixture_exec(cuts[i].mend);
    fixture_exec(reload);
    wait_until_ready();
    reply = post_exam(people[i], key);
    cr_expect_eq(reply.status, 201, "%s: %s", cuts[i].name, reply.body);
    cr_expect_eq(reply_int(&reply, "version"),
                 fixture_query_int(say("SELECT max(version) FROM record WHERE worker_id = %lld",
                                       people[i])));
    reply_clear(&reply);
    cr_expect_eq(exams() - before, 1, "%s: exactly once", cuts[i].name);
}

Test(faults, whoever_was_cut_off_is_told_so_and_settles_it_by_the_same_key)
{
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++)
        cut(i);
}

/* -- gates while PostgreSQL stands still ---------------------------------------------------- */

static struct http_reply scan(long long worker, const char *direction, int seq, time_t at)
{
    char text[32];
    struct tm tm;

    gmtime_r(&at, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return client_ask(&server.client,
                      &(struct http_question){
                          .method = "POST", .path = "/v1/gate/check", .key = cast.gate_account.key,
                          .idempotency = "",
                          .body = say("{\"worker_no\":\"%lld\",\"direction\":\"%s\",\"at\":\"%s\","
                                      "\"epoch\":1,\"seq\":%d}", worker, direction, text, seq)});
}

/* Each has 1.5 s, as the tightest device; that the answer is none of being late says so. */
static void scan_everybody(const char *recorded, time_t at, char told[2 * PEOPLE][16])
{
    for (int i = 0; i < 2 * PEOPLE; i++) {
        bool leaves = i >= PEOPLE;
        struct http_reply reply = scan(people[i % PEOPLE], leaves ? "out" : "in", i, at);

        cr_expect_eq(reply.status, 200, "%s", reply.body);
        cr_expect_str_eq(reply_text(&reply, "recorded"), recorded, "%s", reply.body);
        cr_expect_str_neq(reply_text(&reply, "why"), "late");
        if (leaves)
            cr_expect_str_eq(reply_text(&reply, "verdict"), "open", "leaving is never blocked");
        if (told[i][0] == '\0')
            snprintf(told[i], sizeof told[i], "%s", reply_text(&reply, "why"));
        cr_expect_str_eq(reply_text(&reply, "why"), told[i], "asked again, answered the same");
        reply_clear(&reply);
    }
}

static void wait_until_drained(void)
{
    for (int waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
        struct http_reply reply = get(&server.client, "/metrics");
        bool drained =
            reply.body != NULL && strstr(reply.body, "\njianan_passes_waiting 0\n") != NULL;

        reply_clear(&reply);
        if (drained)
            return;
        usleep(STEP_MS * 1000);
    }
    cr_assert_fail("the spool does not drain");
}

Test(faults, gates_go_on_while_postgresql_stands_still_and_nothing_is_lost_or_doubled)
{
    static char told[2 * PEOPLE][16];
    time_t at = time(NULL);

    signal_cluster(SIGSTOP);
    scan_everybody("spool", at, told);
    signal_cluster(SIGCONT);
    wait_until_ready();
    wait_until_drained();
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM pass"), 2 * PEOPLE);
    cr_expect_eq(fixture_query_int("SELECT count(DISTINCT (gate_id, epoch, seq)) FROM pass"),
                 2 * PEOPLE);
    server_kill(&server); /* what it remembers goes; what it wrote down stays */
    server_start_again(&server);
    scan_everybody("db", at, told);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM pass"), 2 * PEOPLE);
}

/* -- transaction numbers that are given out twice ------------------------------------------------ */

/* What was not flushed at a crash is gone, and so are the numbers of transactions that were rolled
 * back; the next ones get them again. The register has seen a snapshot in which they were over. */
static void roll_back_many(PGconn *pq)
{
    for (int i = 0; i < 400; i++)
        PQclear(PQexec(pq, "BEGIN; SELECT pg_current_xact_id(); ROLLBACK"));
    PQclear(PQexec(pq, "SET synchronous_commit = off; NOTIFY jianan_change"));
    cr_assert_str_eq(PQerrorMessage(pq), "");
}

static const char next_number[] =
    "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint";

/* True: numbers that the register saw are given out again. */
static bool crash_back_in_time(void)
{
    PGconn *pq = PQconnectdb(fixture_conninfo(FIXTURE_SUPERUSER));
    long long seen;

    roll_back_many(pq);
    usleep(50 * 1000); /* the register looks, as it was told to */
    seen = fixture_query_int(next_number);
    cluster_kill(&cluster);
    PQfinish(pq);
    cluster_start(&cluster, "-c wal_writer_delay=10s");
    wait_until_ready();
    return fixture_query_int(next_number) + 10 < seen;
}

/* By what a gate's decision says of it. */
static bool register_comes_to_know(long long worker, long long version)
{
    static int seq = 1000;

    for (int waited = 0; waited < 5000; waited += 100) {
        struct http_reply reply = scan(worker, "out", ++seq, time(NULL));

        cr_assert_eq(reply.status, 200, "%s", reply.body);
        reply_clear(&reply);
        wait_until_drained();
        if (fixture_query_int(say("SELECT facts_version FROM pass WHERE seq = %d", seq)) >= version)
            return true;
        usleep(100 * 1000);
    }
    return false;
}

Test(faults, a_transaction_number_that_a_crash_gives_out_again_is_followed)
{
    struct http_reply reply;
    long long version;
    int tries = 0;

    cluster_kill(&cluster);
    cluster_start(&cluster, "-c wal_writer_delay=10s"); /* so that nothing flushes in between */
    wait_until_ready();
    while (!crash_back_in_time())
        cr_assert_lt(tries++, 10, "a heartbeat came in between each time");
    reply = post_exam(people[0], "reused");
    cr_assert_eq(reply.status, 201, "%s", reply.body);
    version = reply_int(&reply, "version");
    reply_clear(&reply);
    cr_expect(register_comes_to_know(people[0], version), "the register missed a commit");
}

/* -- a database that is not what it should be ----------------------------------------------- */

/* Runs the program until it ends by itself; what it said, and its exit status. */
static int run_to_its_end(const char *more, char said[4096])
{
    const char *command =
        say(JIANAN_SERVER " --listen_port=0 --plain_port=1 --database='%s'"
            " --vault_file=%s/vault.json --signing_key=%s/signing.pem --spool_dir=%s/spool %s 2>&1",
            fixture_conninfo(FIXTURE_APP), server.dir, server.dir, server.dir, more);
    FILE *out = popen(command, "r"); /* NOLINT: a test's own words */
    size_t bytes;
    int status;

    cr_assert_not_null(out);
    bytes = fread(said, 1, 4095, out);
    said[bytes] = '\0';
    status = pclose(out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void set_for_database(const char *setting)
{
    fixture_exec(say("DO $$ BEGIN EXECUTE format('ALTER DATABASE %%I SET %s', current_database());"
                     " END $$", setting));
}

Test(faults, another_schema_is_refused_by_both_versions)
{
    char said[4096];
    long long ours = fixture_query_int("SELECT max(number) FROM schema_migration");

    server_kill(&server);
    fixture_exec("INSERT INTO schema_migration VALUES (999, 'later', 'x')");
    cr_expect_eq(run_to_its_end("", said), 1);
    cr_expect_not_null(strstr(said, "schema_version"), "%s", said);
    cr_expect_not_null(strstr(said, "999"), "%s", said);
    cr_expect_not_null(strstr(said, say("%lld", ours)), "%s", said);
    fixture_exec("DELETE FROM schema_migration WHERE number = 999");
    fixture_exec("CREATE TABLE applied AS SELECT * FROM schema_migration");
    fixture_exec(say("DELETE FROM schema_migration WHERE number = %lld", ours));
    cr_expect_eq(run_to_its_end("", said), 1);
    cr_expect_not_null(strstr(said, "schema_version"), "%s", said);
    cr_expect_not_null(strstr(said, say("%lld", ours)), "%s", said);
    fixture_exec(say("INSERT INTO schema_migration SELECT * FROM applied WHERE number = %lld",
                     ours));
    server_start_again(&server);
}

static bool log_says(const char *what)
{
    return system(say("grep -q '%s' %s/log", what, server.dir)) == 0;
}

Test(faults, an_unsafe_database_is_refused_or_every_answer_is_marked)
{
    static const char *const paths[] = {"/healthz", "/v1/nothing", "/v1/orgs", NULL};
    char said[4096];
    struct http_reply reply = get(&server.client, "/healthz");

    cr_expect_null(reply_header(&reply, "Jianan-Unsafe-Database"), "a safe one is not marked");
    reply_clear(&reply);
    server_kill(&server);
    set_for_database("synchronous_commit = off");
    cr_expect_eq(run_to_its_end("", said), 1);
    cr_expect_not_null(strstr(said, "unsafe_database"), "%s", said);
    cr_expect_not_null(strstr(said, "synchronous_commit"), "%s", said);
    server.settings[0] = "--unsafe_database=1";
    server.settings[1] = NULL;
    server_start_again(&server);
    for (int i = 0; paths[i] != NULL; i++) {
        reply = get(&server.client, paths[i]);
        cr_expect_not_null(reply_header(&reply, "Jianan-Unsafe-Database"), "%s", paths[i]);
        reply_clear(&reply);
    }
    cr_expect(log_says("acknowledged_records_may_be_lost.*synchronous_commit"));
}
