/* Who is about to lose a colour is told in time, once, and nobody else is: the real server, the walk
 * over everybody, a receiver. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jobs/reminders.h"
#include "support/city.h"
#include "support/pg_fixture.h"
#include "support/receiver.h"

enum { PATIENCE_MS = 60000, STEP_MS = 50 };

static struct server server;
static struct city city;
static struct receiver *receiver;

static void must(const char *path, const char *key, const char *body)
{
    struct http_reply reply = server_must(&server, "POST", path, key, body);

    reply_clear(&reply);
}

static void set_up(void)
{
    fixture_open();
    server_start(&server, (const char *[]){"--webhook_plain=1", "--reminder_hour=23", NULL});
    city_open(&server, &city);
    receiver = receiver_start(NULL);
}

static void tear_down(void)
{
    city_expect_quiet(&server, &city);
    server_stop(&server);
    receiver_stop(receiver);
    fixture_close();
}

TestSuite(reminders, .init = set_up, .fini = tear_down, .timeout = 180);

/* -- people --------------------------------------------------------------------------------- */

static long long enrol(unsigned n)
{
    char number[19];
    long long worker = cast_worker(&server, city.cast.contractor.key, "王建国",
                                   cast_number(number, "19850312", 50 + n), city.cast.site, "020");

    city_make_green(&server, &city, worker);
    return worker;
}

static void end_contract_in(long long worker, int days)
{
    long long version = (long long)fixture_query_int(
        say("SELECT max(version)::bigint FROM record WHERE worker_id = %lld AND"
            " body->>'type' = 'labour_contract'", worker));

    must(say("/v1/workers/%lld/records", worker), city.cast.contractor.key,
         say("{\"kind\":\"supersede\",\"of\":%lld}", version));
    must(say("/v1/workers/%lld/records", worker), city.cast.contractor.key,
         say("{\"kind\":\"agreement\",\"type\":\"labour_contract\",\"from\":\"%s\",\"until\":\"%s\"}",
             city_today(), city_day(days)));
}

/* -- asking and waiting --------------------------------------------------------------------- */

static bool is_done(void)
{
    return fixture_query_int("SELECT count(*) FROM job_run WHERE job = 'reminders' AND"
                             " done_at IS NOT NULL") == 1;
}

/* The register has seen everything that was written before; then the walk is made, to its end. */
static void remind(void)
{
    struct http_reply reply;

    usleep(2500 * 1000); /* two polls of the follower */
    reply = server_must(&server, "POST", "/v1/reminders", server.operator_key, NULL);
    cr_expect_eq(reply.status, 202);
    reply_clear(&reply);
    for (int waited = 0; !is_done(); waited += STEP_MS) {
        cr_assert(waited < PATIENCE_MS, "the walk has no end");
        usleep(STEP_MS * 1000);
    }
}

static int64_t events(void)
{
    return fixture_query_int("SELECT count(*) FROM outbox WHERE kind = 'reminder.expiry'");
}

static void hook(const char *key, const char *path)
{
    must("/v1/webhooks", key,
         say("{\"url\":\"http://127.0.0.1:%u/%s\",\"events\":[\"reminder.expiry\"]}",
             receiver_port(receiver), path));
}

/* The message about a worker that came to a path; NULL when there is none. */
static json_t *message_to(const char *path, long long worker)
{
    for (unsigned i = 0; i < receiver_count(receiver); i++) {
        struct receipt receipt = receiver_get(receiver, i);
        json_t *body = json_loads(receipt.body, JSON_REJECT_DUPLICATES, NULL);
        const json_t *about = json_object_get(json_object_get(body, "worker"), "id");

        if (strcmp(receipt.path, path) == 0 && json_integer_value(about) == worker)
            return body;
        json_decref(body);
    }
    return NULL;
}

static void expect_message(const char *path, long long worker, int stage, int in_days)
{
    json_t *message = message_to(path, worker);
    const json_t *data = json_object_get(message, "data"), *reason;

    cr_assert_not_null(message, "%s, worker %lld", path, worker);
    reason = json_array_get(json_object_get(data, "reasons"), 0);
    cr_expect_str_eq(json_string_value(json_object_get(message, "type")), "reminder.expiry");
    cr_expect_str_eq(json_string_value(json_object_get(json_object_get(message, "worker"), "name")),
                     "王*");
    cr_expect_eq(json_integer_value(json_object_get(data, "days")), stage);
    cr_expect_str_eq(json_string_value(json_object_get(data, "on")), city_day(in_days));
    cr_expect_str_eq(json_string_value(json_object_get(data, "from")), "green");
    cr_expect_str_eq(json_string_value(json_object_get(data, "to")), "yellow");
    cr_expect_eq(json_integer_value(json_object_get(data, "site")), city.cast.site);
    cr_expect_str_eq(json_string_value(json_object_get(data, "trade")), "020");
    cr_expect_str_eq(json_string_value(json_object_get(reason, "class")), "agreement");
    cr_expect_str_eq(json_string_value(json_object_get(reason, "code")), "NO_CONTRACT");
    json_decref(message);
}

/* -- what is told --------------------------------------------------------------------------- */

Test(reminders, each_is_told_at_90_30_and_7_days_to_whom_it_concerns_and_once)
{
    static const struct {
        int days, stage; /* 0: not yet */
    } people[] = {{7, 7}, {8, 30}, {30, 30}, {31, 90}, {90, 90}, {91, 0}};
    enum { PEOPLE = sizeof people / sizeof people[0], TOLD = 5 };
    long long ids[PEOPLE];

    for (unsigned i = 0; i < PEOPLE; i++) {
        ids[i] = enrol(i);
        end_contract_in(ids[i], people[i].days);
    }
    hook(city.cast.contractor.key, "contractor");
    hook(city.cast.safety_officer.key, "officer");
    hook(city.cast.regulator.key, "regulator");
    hook(city.neighbour.key, "neighbour");
    hook(city.cast.other_regulator.key, "elsewhere");
    remind();
    cr_expect_eq(events(), TOLD);
    receiver_wait(receiver, 3 * TOLD);
    for (unsigned i = 0; i < PEOPLE; i++) {
        if (people[i].stage == 0) {
            cr_expect_null(message_to("/contractor", ids[i]));
            continue;
        }
        expect_message("/contractor", ids[i], people[i].stage, people[i].days);
        expect_message("/officer", ids[i], people[i].stage, people[i].days);
        expect_message("/regulator", ids[i], people[i].stage, people[i].days);
        cr_expect_null(message_to("/neighbour", ids[i]));
        cr_expect_null(message_to("/elsewhere", ids[i]));
    }
    remind();
    cr_expect_eq(events(), TOLD);
    cr_expect_eq(receiver_count(receiver), 3 * TOLD);
}

Test(reminders, a_new_date_is_told_anew_and_a_stage_that_comes_is_another)
{
    long long worker = enrol(0);

    end_contract_in(worker, 25);
    remind();
    cr_expect_eq(events(), 1);
    end_contract_in(worker, 28);
    remind();
    cr_expect_eq(events(), 2);
    fixture_exec("UPDATE outbox SET due = due - 1 WHERE data->>'days' = '30'"); /* a day goes by */
    remind();
    cr_expect_eq(events(), 3);
}

Test(reminders, of_health_the_class_alone_is_told)
{
    long long worker = enrol(0);

    must("/v1/exams", city.cast.clinic.key,
         say("{\"worker\":%lld,\"conclusion\":\"no_abnormality\",\"valid_until\":\"%s\"}", worker,
             city_day(5)));
    remind();
    cr_expect_eq(events(), 1);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM outbox WHERE"
                                   " data->'reasons'->0->>'class' = 'health' AND"
                                   " data->'reasons'->0->>'code' IS NULL AND"
                                   " data->'reasons'->0 ? 'code'"), 1);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM outbox WHERE data::text LIKE '%HEALTH%'"), 0);
}

Test(reminders, who_works_nowhere_is_not_reminded)
{
    long long worker = enrol(0);

    end_contract_in(worker, 5);
    must("/v1/engagements", city.cast.contractor.key,
         say("{\"kind\":\"engagement_end\",\"worker\":%lld,\"site\":%lld,\"trade\":\"020\"}", worker,
             city.cast.site));
    remind();
    cr_expect_eq(events(), 0);
}

/* -- very many ------------------------------------------------------------------------------ */

/* People of whom only age and sex are known (server/domain/facts_pack.h), all 60 in twenty days. */
static void enrol_many(unsigned people)
{
    fixture_exec("CREATE FUNCTION le2(v int) RETURNS bytea LANGUAGE sql IMMUTABLE AS"
                 " $$ SELECT set_byte(set_byte('\\x0000', 0, v & 255), 1, v >> 8) $$");
    fixture_exec(say("INSERT INTO facts (worker_id, version, packed) SELECT n, 1, '\\x01010000'::bytea ||"
                     " le2(('%s'::date - interval '60 years')::date - '1900-01-01'::date) || le2(46000) || '\\x01000000'"
                     " FROM generate_series(100001, 100000 + %u) n", city_day(20), people));
    fixture_exec(say("INSERT INTO engagement (worker_id, version, org_id, site_id, trade, role, from_day)"
                     " SELECT n, 1, %lld, %lld, 20, 1, '2026-01-01' FROM generate_series(100001, 100000 + %u) n",
                     city.cast.contractor.org, city.cast.site, people));
    fixture_exec(say("INSERT INTO change (kind, key, version)"
                     " SELECT 1, n, 1 FROM generate_series(100001, 100000 + %u) n", people));
}

Test(reminders, more_than_fit_at_once_are_told_all_the_same)
{
    enum { PEOPLE = 2 * REMINDERS_AT_ONCE + 500 };

    enrol_many(PEOPLE);
    remind();
    cr_expect_eq(fixture_query_int("SELECT count(DISTINCT worker_id) FROM outbox WHERE"
                                   " data->>'days' = '30' AND worker_id > 100000"), PEOPLE);
    cr_expect_geq(fixture_query_int("SELECT effects FROM job_run"), PEOPLE);
}

Test(reminders, one_that_dies_at_it_leaves_it_to_the_next)
{
    enum { PEOPLE = 2 * REMINDERS_AT_ONCE };

    enrol_many(PEOPLE);
    usleep(2500 * 1000);
    must("/v1/reminders", server.operator_key, NULL);
    for (int waited = 0; events() == 0 && waited < PATIENCE_MS; waited += 5)
        usleep(5000);
    server_kill(&server);
    cr_expect(events() > 0 && events() < PEOPLE, "%lld", (long long)events());
    cr_expect_not(is_done());
    fixture_exec("UPDATE job_run SET lease_until = now()");
    server_start_again(&server);
    for (int waited = 0; !is_done(); waited += STEP_MS) {
        cr_assert(waited < PATIENCE_MS, "nobody took over");
        usleep(STEP_MS * 1000);
    }
    cr_expect_eq(fixture_query_int("SELECT count(DISTINCT worker_id) FROM outbox"), PEOPLE);
    cr_expect_eq(fixture_query_int("SELECT count(DISTINCT (worker_id, data->>'on')) FROM outbox"), events(),
                 "nobody is told the same thing twice");
}
