/* Answers that did not go the straight way: kept in the spool because PostgreSQL did not confirm, or
 * so late that the device was told something else. They are made again like any other.
 *
 * A lock keeps PostgreSQL from confirming, and a stopped server lets the device's deadline pass. */
#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/city.h"
#include "support/parallel.h"
#include "support/pg_fixture.h"
#include "support/replayer.h"

enum { PATIENCE_MS = 30000, STEP_MS = 50, DEADLINE_MS = 1500 };

static struct server server;
static struct city city;
static struct parallel parallel;

/* Until the server has heard of everything, and lets him in; under another start of the gate than
 * the tests'. */
static void wait_until_heard(void)
{
    static int seq;

    for (int waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
        struct http_reply reply =
            server_must(&server, "POST", "/v1/gate/check", city.cast.gate_account.key,
                        say("{\"worker_no\":\"%lld\",\"direction\":\"in\",\"at\":\"%s\",\"epoch\":0,"
                            "\"seq\":%d}", city.own.id, city_now(), ++seq));
        bool open = strcmp(reply_text(&reply, "verdict"), "open") == 0;

        reply_clear(&reply);
        if (open && last_pass_is_current())
            return;
        usleep(STEP_MS * 1000);
    }
    cr_assert_fail("he is never let in");
}

static void set_up(void)
{
    fixture_open();
    server_start(&server, (const char *[]){"--pass_ms=1000", NULL});
    city_open(&server, &city);
    city_make_green(&server, &city, city.own.id);
    wait_until_heard();
}

static void tear_down(void)
{
    server_stop(&server);
    fixture_close();
}

TestSuite(replay_late, .init = set_up, .fini = tear_down, .timeout = 120);

static void set_rule(const char *rule)
{
    struct http_reply reply = server_must(&server, "PATCH", say("/v1/sites/%lld", city.cast.site),
                                          server.operator_key, say("{\"rule\":%s}", rule));

    reply_clear(&reply);
}

static PGconn *hold_passes(void)
{
    PGconn *pq = PQconnectdb(fixture_conninfo(FIXTURE_SUPERUSER));

    PQclear(PQexec(pq, "BEGIN"));
    PQclear(PQexec(pq, "LOCK TABLE pass_batch IN ACCESS EXCLUSIVE MODE"));
    cr_assert_eq(PQtransactionStatus(pq), PQTRANS_INTRANS, "%s", PQerrorMessage(pq));
    return pq;
}

static void let_go(PGconn *pq)
{
    PQclear(PQexec(pq, "COMMIT"));
    PQfinish(pq);
}

/* Somebody comes while PostgreSQL confirms nothing; for so long the server itself stands still. */
static void come(const char *direction, long stopped_ms)
{
    struct http_question q = {
        .method = "POST", .path = "/v1/gate/check", .key = city.cast.gate_account.key,
        .body = say("{\"worker_no\":\"%lld\",\"direction\":\"%s\",\"at\":\"%s\",\"epoch\":1,"
                    "\"seq\":1}", city.own.id, direction, city_now())};
    PGconn *pq = hold_passes();

    parallel_begin(&parallel, server.port, &q, 1);
    if (stopped_ms > 0) {
        usleep(300 * 1000); /* decided, and on its way to PostgreSQL */
        cr_assert_eq(kill(server.pid, SIGSTOP), 0);
        usleep((useconds_t)stopped_ms * 1000);
        cr_assert_eq(kill(server.pid, SIGCONT), 0);
    }
    parallel_finish(&parallel);
    let_go(pq);
}

static void expect_told(const char *verdict, const char *why)
{
    struct raw_answer *answer = &parallel.answer[0];

    cr_assert_eq(answer->status, 200, "%s", answer->body);
    cr_expect_not_null(strstr(answer->body, say("\"verdict\":\"%s\"", verdict)), "%s", answer->body);
    cr_expect_not_null(strstr(answer->body, say("\"why\":\"%s\"", why)), "%s", answer->body);
    parallel_clear(&parallel);
}

static void expect_equal(long long rows)
{
    struct replayed r;

    for (int waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
        if (fixture_query_int("SELECT count(*) FROM pass WHERE epoch = 1") == rows)
            break;
        usleep(STEP_MS * 1000);
    }
    r = replay_days(replay_span());
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM pass WHERE epoch = 1"), rows);
    cr_expect_eq(r.equal, fixture_query_int("SELECT count(*) FROM pass"), "%s", r.finding);
    cr_expect_eq(r.status, 0);
}

Test(replay_late, an_answer_kept_in_the_spool_is_made_again)
{
    come("in", 0);
    cr_expect_not_null(strstr(parallel.answer[0].body, "\"recorded\":\"spool\""));
    expect_told("open", "ok");
    expect_equal(1);
}

Test(replay_late, what_a_device_was_told_too_late_is_made_again_beside_what_was_decided)
{
    struct http_reply reply;

    come("in", DEADLINE_MS + 300);
    expect_told("cannot_tell", "late");
    expect_equal(2);
    cr_expect_eq(fixture_query_int("SELECT verdict::bigint FROM pass WHERE epoch = 1 AND told = 0"), 1);
    cr_expect_eq(fixture_query_int("SELECT verdict::bigint FROM pass WHERE told = 1"), 3);
    reply = server_must(&server, "GET",
                        say("/v1/passes/%lld-1-1-%s", city.cast.gate,
                            say("%.4s%.2s%.2s", city_today(), city_today() + 5, city_today() + 8)),
                        city.cast.inspector.key, NULL);
    cr_expect(json_is_true(reply_at(&reply, "answers.1.told_otherwise")), "%s", reply.body);
    cr_expect(json_is_true(reply_at(&reply, "answers.1.inputs.late")), "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "answers.1.replay.result"), "equal");
    cr_expect_str_eq(reply_text(&reply, "answers.0.replay.verdict"), "open");
    cr_expect_str_eq(reply_text(&reply, "answers.1.replay.verdict"), "cannot_tell");
    reply_clear(&reply);
}

Test(replay_late, so_is_what_the_sites_late_rule_opened)
{
    set_rule("{\"late\":\"open_flagged\"}");
    wait_until_heard();
    come("in", DEADLINE_MS + 300);
    expect_told("open", "late");
    set_rule("{\"late\":\"refuse\"}");
    expect_equal(2);
    cr_expect_eq(fixture_query_int("SELECT flags::bigint & 33 FROM pass WHERE told = 1"), 33);
}

Test(replay_late, nobody_who_leaves_is_too_late)
{
    come("out", DEADLINE_MS + 300);
    expect_told("open", "exit");
    expect_equal(1);
}
