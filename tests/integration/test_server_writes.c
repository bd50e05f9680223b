/* Writes that race, repeat, or are cut off, with the real server: each acts once, for certain. */
#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/cast.h"
#include "support/parallel.h"
#include "support/pg_fixture.h"

static struct server server;
static struct cast cast;
static long long worker, other_worker;
static struct parallel parallel;

static void set_up(void)
{
    static const char *const settings[] = {"--key_requests_per_s=100000", NULL};
    char number[19];

    fixture_open();
    server_start(&server, settings);
    cast_open(&server, &cast);
    worker = cast_worker(&server, cast.contractor.key, "王建国",
                         cast_number(number, "19850312", 7), cast.site, "030");
    other_worker = cast_worker(&server, cast.contractor.key, "李卫东",
                               cast_number(number, "19860412", 8), cast.site, "030");
}

static void tear_down(void)
{
    server_stop(&server);
    fixture_close();
}

TestSuite(writes, .init = set_up, .fini = tear_down, .timeout = 180);

static const char *exam_of(long long who, const char *conclusion)
{
    return say("{\"worker\":%lld,\"conclusion\":\"%s\"}", who, conclusion);
}

static struct http_question exam_question(const char *key, const char *body)
{
    return (struct http_question){.method = "POST", .path = "/v1/exams", .key = cast.clinic.key,
                                  .idempotency = key, .body = body};
}

static struct http_reply post_exam(const char *key, const char *body)
{
    struct http_question q = exam_question(key, body);

    return client_ask(&server.client, &q);
}

static long long exams_of(long long who)
{
    return fixture_query_int(
        say("SELECT count(*) FROM record WHERE kind = 2 AND worker_id = %lld", who));
}

/* Versions count up from 1 without a gap, and the facts are those of the last one. */
static bool is_sound(long long who)
{
    return fixture_query_int(
               say("SELECT (count(*) = max(r.version) AND max(r.version) = max(f.version))::int"
                   " FROM record r JOIN facts f USING (worker_id) WHERE worker_id = %lld",
                   who)) == 1;
}

/* -- the same key --------------------------------------------------------------------------- */

Test(writes, fifty_at_once_with_one_key_are_one_record_and_fifty_equal_answers)
{
    enum { COUNT = 50 };
    struct http_question questions[COUNT];

    for (int i = 0; i < COUNT; i++)
        questions[i] = exam_question("one", exam_of(worker, "recheck"));
    parallel_begin(&parallel, server.port, questions, COUNT);
    parallel_finish(&parallel);
    for (int i = 0; i < COUNT; i++) {
        cr_expect_eq(parallel.answer[i].status, 201, "%d: %s", parallel.answer[i].status,
                     parallel.answer[i].body);
        cr_expect_str_eq(parallel.answer[i].body, parallel.answer[0].body);
    }
    cr_expect_eq(exams_of(worker), 1);
    parallel_clear(&parallel);
}

Test(writes, fifty_at_once_enrol_one_person_once)
{
    enum { COUNT = 50 };
    struct http_question questions[COUNT];
    const char *key[COUNT];
    char number[19];
    const char *body = say("{\"name\":\"赵立\",\"document_number\":\"%s\",\"site\":%lld,"
                           "\"trade\":\"030\"}", cast_number(number, "19790203", 5), cast.site);
    long long before = fixture_query_int("SELECT count(*) FROM person");
    static char keys[COUNT][24];

    for (int i = 0; i < COUNT; i++) {
        snprintf(keys[i], sizeof keys[i], "enrol-%d", i);
        key[i] = keys[i]; /* keys of their own: it is the number that makes them one */
        questions[i] = (struct http_question){.method = "POST", .path = "/v1/workers",
                                              .key = cast.contractor.key, .idempotency = key[i],
                                              .body = body};
    }
    parallel_begin(&parallel, server.port, questions, COUNT);
    parallel_finish(&parallel);
    cr_expect_eq(parallel_count(&parallel, 201) + parallel_count(&parallel, 200) +
                     parallel_count(&parallel, 409), COUNT);
    cr_expect_eq(parallel_count(&parallel, 201), 1);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM person") - before, 1);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM identity_review"), 0);
    parallel_clear(&parallel);
}

/* What is answered 202 is at work: nothing is stored that no job will ever take up. */
Test(writes, of_many_imports_at_once_each_that_was_taken_runs_to_its_end)
{
    enum { COUNT = 24 };
    struct http_question questions[COUNT];
    static char keys[COUNT][24];
    unsigned taken;

    for (int i = 0; i < COUNT; i++) {
        snprintf(keys[i], sizeof keys[i], "import-%d", i);
        questions[i] = (struct http_question){.method = "POST", .path = "/v1/imports",
                                              .key = cast.contractor.key, .idempotency = keys[i],
                                              .media_type = "text/csv",
                                              .body = "name,document_number,site,trade\r\n"
                                                      "x,x,x,x\r\n"};
    }
    parallel_begin(&parallel, server.port, questions, COUNT);
    parallel_finish(&parallel);
    taken = parallel_count(&parallel, 202);
    cr_expect_eq(taken + parallel_count(&parallel, 503), COUNT);
    cr_expect_gt(taken, 0);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM import"), taken);
    for (int waited = 0; waited < 10000 &&
         fixture_query_int("SELECT count(*) FROM import WHERE state <> 'done'") > 0; waited += 20)
        usleep(20 * 1000);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM import WHERE state = 'done'"), taken);
    parallel_clear(&parallel);
}

Test(writes, a_key_with_another_body_is_refused_and_changes_nothing)
{
    struct http_reply first = post_exam("k", exam_of(worker, "recheck"));
    struct http_reply other = post_exam("k", exam_of(worker, "unfit"));
    struct http_reply again = post_exam("k", exam_of(worker, "recheck"));

    cr_expect_eq(first.status, 201, "%s", first.body);
    cr_expect_eq(other.status, 422, "%s", other.body);
    cr_expect_str_eq(reply_text(&other, "code"), "idempotency_key_reuse");
    cr_expect_eq(again.status, 201);
    cr_expect_str_eq(again.body, first.body);
    cr_expect_eq(exams_of(worker), 1);
    reply_clear(&first);
    reply_clear(&other);
    reply_clear(&again);
}

/* -- racing writers ------------------------------------------------------------------------- */

enum { RACERS = 4, TURNS = 25 };

struct race {
    _Atomic unsigned done, conflicts, failed;
    int32_t version[RACERS][TURNS];
};

static struct race *race_new(void)
{
    struct race *race = mmap(NULL, sizeof *race, PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    cr_assert_neq(race, MAP_FAILED);
    return race;
}

/* 409 says that others were faster each time: the same key once more. */
static struct http_reply post_until_done(struct http_client *client, struct race *race,
                                         const struct http_question *q)
{
    struct http_reply reply;

    for (int tries = 0; tries < 50; tries++) {
        reply = client_ask(client, q);
        if (reply.status == 201 || reply.status == 200)
            break;
        race->conflicts += reply.status == 409;
        race->failed += reply.status != 409;
        if (reply.status != 409)
            fprintf(stderr, "%d: %s\n", reply.status, reply.body);
        if (tries < 49)
            reply_clear(&reply);
    }
    return reply;
}

static void racer(struct race *race, unsigned number)
{
    struct http_client client;

    client_open(&client, server.port);
    for (unsigned i = 0; i < TURNS; i++) {
        struct http_question q = exam_question(say("race-%u-%u", number, i),
                                               exam_of(worker, number % 2 ? "recheck" : "unfit"));
        struct http_reply reply = post_until_done(&client, race, &q);

        race->version[number][i] = (int32_t)reply_int(&reply, "version");
        race->done++;
        reply_clear(&reply);
    }
    client_close(&client);
}

/* Each in a process and on a connection of its own. */
static void run_racers(struct race *race, void (*run)(struct race *, unsigned))
{
    pid_t pids[RACERS];

    for (unsigned i = 0; i < RACERS; i++) {
        pids[i] = fork();
        cr_assert_geq(pids[i], 0);
        if (pids[i] == 0) {
            run(race, i);
            _exit(0);
        }
    }
    for (unsigned i = 0; i < RACERS; i++)
        waitpid(pids[i], NULL, 0);
}

Test(writes, racing_writers_leave_no_gap_and_no_version_twice)
{
    struct race *race = race_new();
    bool told[RACERS * TURNS + 8] = {false};

    run_racers(race, racer);
    cr_assert_eq(race->done, RACERS * TURNS);
    cr_expect_eq(race->failed, 0, "a lost race is decided anew, or answered 409");
    for (unsigned i = 0; i < RACERS * TURNS; i++) {
        int32_t version = race->version[i / TURNS][i % TURNS];

        cr_assert(version > 0 && version < (int32_t)(sizeof told), "%d", version);
        cr_expect_not(told[version], "version %d was told twice", version);
        told[version] = true;
    }
    cr_expect_eq(exams_of(worker), RACERS * TURNS);
    cr_expect(is_sound(worker));
    munmap(race, sizeof *race);
}

static void crosser(struct race *race, unsigned number)
{
    long long first = number % 2 ? worker : other_worker;
    long long second = number % 2 ? other_worker : worker;
    struct http_client client;

    client_open(&client, server.port);
    for (unsigned i = 0; i < 6; i++) {
        struct http_question q =
            exam_question(say("cross-%u-%u", number, i),
                          say("[%s,%s]", exam_of(first, "recheck"), exam_of(second, "recheck")));
        struct http_reply reply = post_until_done(&client, race, &q);

        race->done += reply_int(&reply, "accepted") == 2;
        reply_clear(&reply);
    }
    client_close(&client);
}

/* Two people in opposite orders: PostgreSQL ends one of two that wait for each other. */
/* He asks to be erased in the instant in which a firm engages him by his document: the one or the
 * other, never somebody who works and has no name. The erasing is held up between its look and its
 * end, so that the two always cross. */
Test(writes, an_erasure_and_an_engagement_in_the_same_instant_never_both_happen)
{
    char number[19], key[CAST_WORKER_KEY_BYTES];
    struct http_reply reply;

    fixture_exec("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
                 "$$ BEGIN PERFORM pg_sleep(0.3); RETURN NEW; END $$");
    fixture_exec("CREATE TRIGGER slow BEFORE INSERT ON erasure FOR EACH ROW EXECUTE FUNCTION slow()");
    for (unsigned round = 0; round < 4; round++) {
        long long him = cast_worker(&server, cast.contractor.key, "孙有才",
                                    cast_number(number, "19870512", 300 + round), cast.site, "030");
        struct http_question questions[2];

        cast_phone(&server, cast.contractor.key, him, key);
        reply = server_must(&server, "POST", "/v1/engagements", cast.contractor.key,
                            say("{\"kind\":\"engagement_end\",\"worker\":%lld,\"site\":%lld}", him,
                                cast.site));
        reply_clear(&reply);
        questions[round % 2] = (struct http_question){
            .method = "DELETE", .path = say("/v1/workers/%lld", him), .key = key,
            .idempotency = say("erase-%u", round)};
        questions[1 - round % 2] = (struct http_question){
            .method = "POST", .path = "/v1/engagements", .key = cast.contractor.key,
            .idempotency = say("engage-%u", round),
            .body = say("{\"document_type\":1,\"document_number\":\"%s\",\"site\":%lld,"
                        "\"trade\":\"030\",\"role\":\"worker\"}", number, cast.site)};
        parallel_begin(&parallel, server.port, questions, 2);
        parallel_finish(&parallel);
        cr_expect_eq(parallel_count(&parallel, 200) + parallel_count(&parallel, 201), 1, "%s\n%s",
                     parallel.answer[0].body, parallel.answer[1].body);
        cr_expect_eq(fixture_query_int(
                         say("SELECT (SELECT count(*) FROM erasure WHERE worker_id = %lld) +"
                             " (SELECT count(*) FROM engagement WHERE worker_id = %lld"
                             "  AND until_day IS NULL)", him, him)), 1);
        cr_expect(is_sound(him));
        parallel_clear(&parallel);
    }
}

Test(writes, posts_about_the_same_people_in_opposite_orders_all_get_through)
{
    struct race *race = race_new();

    run_racers(race, crosser);
    cr_expect_eq(race->done, RACERS * 6);
    cr_expect_eq(race->failed, 0);
    cr_expect_eq(exams_of(worker), RACERS * 6);
    cr_expect_eq(exams_of(other_worker), RACERS * 6);
    cr_expect(is_sound(worker) && is_sound(other_worker));
    munmap(race, sizeof *race);
}

/* -- stopping ------------------------------------------------------------------------------- */

static void poster(struct race *race, unsigned number)
{
    struct http_client client;
    int status;

    client_open(&client, server.port);
    for (unsigned i = 0; i < 100000; i++) {
        struct http_question q = exam_question(say("stop-%u-%u", number, i),
                                               exam_of(worker, "recheck"));
        struct http_reply reply = client_ask(&client, &q);

        status = reply.status;
        race->done += status == 201;
        race->failed += status != 201 && status != 503 && status != 409 && status != 0;
        reply_clear(&reply);
        if (status == 0)
            break;
    }
    client_close(&client);
}

static void stop_under_load(struct race *race)
{
    struct timespec began, ended;

    while (race->done < 20)
        usleep(5000);
    clock_gettime(CLOCK_MONOTONIC, &began);
    server_stop(&server); /* dies unless it exits 0 */
    clock_gettime(CLOCK_MONOTONIC, &ended);
    cr_expect_leq(ended.tv_sec - began.tv_sec, 10, "the time it has to drain");
}

static void tear_down_stopped(void)
{
    fixture_close();
}

TestSuite(stopping, .init = set_up, .fini = tear_down_stopped, .timeout = 180);

Test(stopping, a_server_that_is_told_to_end_finishes_what_it_began_and_exits_0)
{
    struct race *race = race_new();
    pid_t pid = fork();

    cr_assert_geq(pid, 0);
    if (pid == 0) {
        run_racers(race, poster);
        _exit(0);
    }
    stop_under_load(race);
    waitpid(pid, NULL, 0);
    cr_expect_eq(race->failed, 0);
    cr_expect_geq(exams_of(worker), race->done, "what was answered is there");
    cr_expect_leq(exams_of(worker), race->done + RACERS, "at most the last of each was not told");
    cr_expect(is_sound(worker));
    munmap(race, sizeof *race);
}

/* -- what the application's role may not do ------------------------------------------------- */

/* The permission is asked before the rows are, so that empty tables will do. */
static const char *const forbidden[] = {
    "UPDATE record SET body = '{}'",
    "DELETE FROM record",
    "TRUNCATE record",
    "UPDATE audit SET action = 'x'",
    "DELETE FROM audit",
    "TRUNCATE audit",
    "UPDATE pass SET verdict = 1",
    "DELETE FROM pass",
    "TRUNCATE pass",
    "DELETE FROM pass_batch",
    "UPDATE pass_batch SET passes = 0",
    "UPDATE org SET permit_state = 'valid'",
    "DELETE FROM org",
    "UPDATE site SET state = 'open'",
    "DELETE FROM site",
    "UPDATE device SET state = 'active'",
    "DELETE FROM device",
    "UPDATE account SET role = 'operator'",
    "DELETE FROM account",
    "UPDATE policy SET state = 'in_force'",
    "DELETE FROM policy",
    "UPDATE idempotency SET answer = '{}'",
    "UPDATE change SET version = 0",
    "UPDATE erasure SET account_id = 0",
    "DELETE FROM erasure",
    "DELETE FROM identity_review",
    "UPDATE person_key SET salt = salt",
    "UPDATE record_secret SET sealed = sealed",
    "DELETE FROM facts",
    "UPDATE schema_migration SET sha256 = ''",
    "INSERT INTO schema_migration VALUES (999, 'x', 'x')",
    "CREATE TABLE mine (a int)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "DROP TABLE record",
    "ALTER TABLE record DISABLE TRIGGER ALL",
    "SET ROLE jianan_owner",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "SET session_replication_role = replica",
    "COPY record TO PROGRAM 'cat'",
    "SELECT pg_read_file('postgresql.conf')",
    NULL,
};

static void expect_forbidden(PGconn *pq, const char *sql)
{
    PGresult *result = PQexec(pq, sql);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    cr_expect(state != NULL && strcmp(state, "42501") == 0, "%s: %s", sql,
              state != NULL ? PQresultErrorMessage(result) : "done");
    PQclear(result);
}

/* The name of today's part of the passes: what is forbidden on the whole is so on its parts. */
static void expect_partition_forbidden(PGconn *pq)
{
    PGresult *result =
        PQexec(pq, "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' LIMIT 1");
    const char *part;

    cr_assert_eq(PQntuples(result), 1, "no partition was made");
    part = PQgetvalue(result, 0, 0);
    expect_forbidden(pq, say("DELETE FROM %s", part));
    expect_forbidden(pq, say("UPDATE %s SET verdict = 1", part));
    expect_forbidden(pq, say("DROP TABLE %s", part));
    PQclear(result);
}

Test(writes, the_applications_role_cannot_rewrite_what_happened)
{
    PGconn *pq = PQconnectdb(fixture_conninfo(FIXTURE_APP));

    cr_assert_eq(PQstatus(pq), CONNECTION_OK);
    for (int i = 0; forbidden[i] != NULL; i++)
        expect_forbidden(pq, forbidden[i]);
    expect_partition_forbidden(pq);
    PQfinish(pq);
}

/* -- a grant that is missing ---------------------------------------------------------------- */

Test(writes, a_missing_grant_is_a_config_error_and_nothing_is_written)
{
    struct http_reply reply;
    long long audit = fixture_query_int("SELECT count(*) FROM audit");
    long long keys = fixture_query_int("SELECT count(*) FROM idempotency");
    long long changes = fixture_query_int("SELECT count(*) FROM change WHERE kind = 1");

    fixture_exec("REVOKE INSERT ON audit FROM jianan_app");
    reply = post_exam("grant", exam_of(worker, "recheck"));
    cr_expect_eq(reply.status, 500, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "code"), "config_error");
    cr_expect_null(strstr(reply.body, "audit"), "what is missing is the operator's business");
    reply_clear(&reply);
    cr_expect_eq(exams_of(worker), 0);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM audit"), audit);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM idempotency"), keys);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM change WHERE kind = 1"), changes);
    fixture_exec("GRANT INSERT ON audit TO jianan_app");
    reply = post_exam("grant", exam_of(worker, "recheck"));
    cr_expect_eq(reply.status, 201, "%s", reply.body);
    cr_expect_eq(exams_of(worker), 1);
    reply_clear(&reply);
}
