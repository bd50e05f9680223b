/* Colours by hand (人工改色): one asks and signs first, another signs with a key of his own, and only
 * then does anything change; who sees what waits, who may not sign, and how the wait ends. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/city.h"
#include "support/parallel.h"
#include "support/pg_fixture.h"

static struct server server;
static struct city city;
static const struct cast *const cast = &city.cast;
static const struct citizen *const him = &city.own;
static struct parallel parallel;

static void set_up(void)
{
    fixture_open();
    server_start(&server, NULL);
    city_open(&server, &city);
}

static void tear_down(void)
{
    city_expect_quiet(&server, &city);
    server_stop(&server);
    fixture_close();
}

TestSuite(overrides, .init = set_up, .fini = tear_down, .timeout = 120);

static struct http_reply get(const char *path, const char *key)
{
    return server_must(&server, "GET", path, key, NULL);
}

static void expect_refused(const char *what, struct http_reply reply, int status, const char *code,
                           const char *pointer)
{
    cr_expect_eq(reply.status, status, "%s: %d %s", what, reply.status, reply.body);
    cr_expect_str_eq(reply_text(&reply, "code"), code, "%s: %s", what, reply.body);
    if (pointer != NULL)
        cr_expect_str_eq(reply_text(&reply, "errors.0.pointer"), pointer, "%s: %s", what,
                         reply.body);
    reply_clear(&reply);
}

/* Everything is in order with him but for a ban: red. */
static void ban(void)
{
    struct http_reply reply;

    city_make_green(&server, &city, him->id);
    reply = server_must(&server, "POST", say("/v1/workers/%lld/records", him->id),
                        cast->regulator.key,
                        say("{\"kind\":\"ban\",\"scope\":\"industry\",\"from\":\"%s\",\"months\":6,"
                            "\"basis\":\"第七条\"}", city_today()));
    reply_clear(&reply);
}

static void expect_colour(const char *when, const char *expected)
{
    struct http_reply reply = get(say("/v1/workers/%lld/colour", him->id), him->key);

    cr_expect_str_eq(reply_text(&reply, "person_colour"), expected, "%s: %s", when, reply.body);
    reply_clear(&reply);
}

static const char *asked(long long worker, long long first, long long second)
{
    return say("{\"worker\":%lld,\"colour\":\"green\",\"from\":\"%s\",\"until\":\"%s\","
               "\"evidence\":\"复核单3号\",\"signed_by\":[%lld,%lld]}", worker, city_today(),
               city_day(7), first, second);
}

static long long ask(void)
{
    struct http_reply reply =
        server_ask(&server, "POST", "/v1/overrides", cast->regulator.key,
                   asked(him->id, cast->regulator.id, cast->inspector.id));
    long long id = reply_int(&reply, "id");

    cr_assert_eq(reply.status, 202, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "state"), "awaiting_signature", "%s", reply.body);
    cr_expect(json_is_string(reply_at(&reply, "expires_at")));
    reply_clear(&reply);
    return id;
}

static struct http_reply sign(long long id, const char *key)
{
    return server_ask(&server, "POST", say("/v1/overrides/%lld/signature", id), key, NULL);
}

static struct http_reply withdraw(long long id, const char *key)
{
    return server_ask(&server, "POST", say("/v1/overrides/%lld/withdrawal", id), key, NULL);
}

static void expect_state(long long id, const char *state)
{
    struct http_reply reply = get(say("/v1/overrides/%lld", id), cast->inspector.key);

    cr_expect_str_eq(reply_text(&reply, "state"), state, "%s", reply.body);
    reply_clear(&reply);
}

/* -- from the first signature to the second ----------------------------------------------------- */

Test(overrides, a_name_that_the_first_one_wrote_changes_nothing_until_its_owner_signs)
{
    long long id, record;
    struct http_reply reply;

    ban();
    id = ask();
    expect_colour("one key has signed", "red");
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM record WHERE kind = 13"), 0);
    expect_refused("the same key again", sign(id, cast->regulator.key), 409, "signer_same", NULL);
    expect_colour("one key has signed twice", "red");

    reply = get("/v1/overrides?state=awaiting_signature", cast->inspector.key);
    cr_expect_eq(reply_int(&reply, "items.0.id"), id, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "items.0.named"), cast->inspector.id);
    cr_expect(json_is_null(reply_at(&reply, "items.0.signed_by")));
    cr_expect_null(strstr(reply.body, "复核单"), "a list holds no words");
    reply_clear(&reply);
    reply = get(say("/v1/overrides/%lld", id), cast->inspector.key);
    cr_expect_str_eq(reply_text(&reply, "evidence"), "复核单3号", "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "colour"), "green");
    reply_clear(&reply);

    reply = sign(id, cast->inspector.key);
    cr_assert_eq(reply.status, 201, "%s", reply.body);
    record = reply_int(&reply, "record");
    reply_clear(&reply);
    expect_colour("two keys have signed", "green");
    cr_expect_eq(fixture_query_int(
                     say("SELECT (body->'signed_by' = '[%lld,%lld]' AND account_id = %lld)::int"
                         " FROM record WHERE worker_id = %lld AND version = %lld",
                         cast->regulator.id, cast->inspector.id, cast->inspector.id, him->id,
                         record)), 1, "the record names both");
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM record_secret WHERE worker_id = %lld"
                                       " AND version = %lld", him->id, record)), 1,
                 "the evidence came along, sealed");
    expect_refused("signed already", sign(id, cast->inspector.key), 409, "override_closed", NULL);
    expect_refused("too late to withdraw", withdraw(id, cast->regulator.key), 409,
                   "override_closed", NULL);
    reply = get("/v1/overrides", cast->regulator.key);
    cr_expect_str_eq(reply_text(&reply, "items.0.state"), "signed", "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "items.0.signed_by"), cast->inspector.id);
    cr_expect_eq(reply_int(&reply, "items.0.record"), record);
    reply_clear(&reply);
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM audit WHERE worker_id = %lld AND action"
                                       " IN ('override.ask', 'override.open', 'override.sign')",
                                       him->id)), 3);
}

Test(overrides, somebody_else_than_the_named_may_sign_and_the_record_names_who_did)
{
    struct part deputy = cast_account(&server, "inspector", cast->inspector.org,
                                      ",\"region\":\"320900\"");
    struct http_reply reply;
    long long id;

    ban();
    id = ask();
    reply = sign(id, deputy.key);
    cr_assert_eq(reply.status, 201, "%s", reply.body);
    reply_clear(&reply);
    expect_colour("signed by another inspector", "green");
    cr_expect_eq(fixture_query_int(
                     say("SELECT (body->'signed_by' = '[%lld,%lld]')::int FROM record"
                         " WHERE kind = 13", cast->regulator.id, deputy.id)), 1);
}

Test(overrides, who_is_not_in_charge_there_neither_sees_nor_signs)
{
    const char *const others[] = {cast->contractor.key, cast->clinic.key, cast->safety_officer.key,
                                  him->key, server.operator_key};
    struct http_reply reply;
    long long id;

    ban();
    id = ask();
    expect_refused("another region's regulator", sign(id, cast->other_regulator.key), 404,
                   "not_found", NULL);
    expect_refused("his reading", server_ask(&server, "GET", say("/v1/overrides/%lld", id),
                                             cast->other_regulator.key, NULL), 404, "not_found",
                   NULL);
    reply = get("/v1/overrides", cast->other_regulator.key);
    cr_expect_eq(json_array_size(reply_at(&reply, "items")), 0, "%s", reply.body);
    reply_clear(&reply);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        expect_refused("another role", sign(id, others[i]), 403, "forbidden", NULL);
    expect_refused("an inspector asks",
                   server_ask(&server, "POST", "/v1/overrides", cast->inspector.key,
                              asked(him->id, cast->inspector.id, cast->regulator.id)), 403,
                   "forbidden", NULL);
    expect_refused("about somebody far away",
                   server_ask(&server, "POST", "/v1/overrides", cast->regulator.key,
                              asked(city.far.id, cast->regulator.id, cast->inspector.id)), 404,
                   "worker_unknown", NULL);
    expect_colour("nobody signed", "red");
}

/* -- how the wait ends otherwise ---------------------------------------------------------------- */

Test(overrides, the_wait_ends_after_72_hours_or_by_whoever_asked)
{
    struct part second = cast_account(&server, "regulator", cast->regulator.org,
                                      ",\"region\":\"32\"");
    struct http_reply reply;
    long long id;

    ban();
    id = ask();
    cr_expect_eq(fixture_query_int("SELECT (expires_at - recorded_at BETWEEN interval '71:59:00' AND"
                                   " interval '72:01:00')::int FROM override_request"), 1);
    fixture_exec("UPDATE override_request SET expires_at = clock_timestamp()");
    expect_state(id, "expired");
    expect_refused("too late", sign(id, cast->inspector.key), 409, "override_closed", NULL);

    id = ask();
    expect_refused("somebody else", withdraw(id, second.key), 403, "override_asker", NULL);
    reply = withdraw(id, cast->regulator.key);
    cr_assert_eq(reply.status, 201, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "state"), "withdrawn", "%s", reply.body);
    reply_clear(&reply);
    expect_state(id, "withdrawn");
    expect_refused("taken back", sign(id, cast->inspector.key), 409, "override_closed", NULL);

    id = ask(); /* whoever asked may sign no more: his signature goes with him */
    reply = server_must(&server, "PATCH", say("/v1/accounts/%lld", cast->regulator.id),
                        server.operator_key, "{\"state\":\"disabled\"}");
    reply_clear(&reply);
    expect_refused("the first was switched off", sign(id, cast->inspector.key), 422,
                   "signer_invalid", NULL);
    expect_colour("nothing was signed by two", "red");
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM record WHERE kind = 13"), 0);
}

Test(overrides, of_two_who_sign_at_once_one_comes_too_late)
{
    struct part second = cast_account(&server, "regulator", cast->regulator.org,
                                      ",\"region\":\"32\"");
    const char *const keys[] = {cast->inspector.key, second.key};
    struct http_question questions[2];
    char path[64];

    ban();
    snprintf(path, sizeof path, "/v1/overrides/%lld/signature", ask());
    for (int i = 0; i < 2; i++)
        questions[i] = (struct http_question){.method = "POST", .path = path, .key = keys[i],
                                              .idempotency = i == 0 ? "s-0" : "s-1"};
    parallel_begin(&parallel, server.port, questions, 2);
    parallel_finish(&parallel);
    cr_expect_eq(parallel_count(&parallel, 201), 1);
    cr_expect_eq(parallel_count_text(&parallel, "\"override_closed\""), 1);
    parallel_clear(&parallel);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM record WHERE kind = 13"), 1);
    cr_expect_eq(fixture_query_int("SELECT max(version) FROM override_request"), 2);
}

Test(overrides, what_waits_goes_with_the_person)
{
    struct http_reply reply;
    long long id = ask();

    cr_expect_eq(fixture_query_int("SELECT count(*) FROM override_words WHERE"
                                   " position('复核'::bytea in sealed) > 0"), 0);
    reply = server_must(&server, "POST", "/v1/engagements", cast->contractor.key,
                        say("{\"kind\":\"engagement_end\",\"worker\":%lld,\"site\":%lld}", him->id,
                            cast->site));
    reply_clear(&reply);
    reply = server_must(&server, "DELETE", say("/v1/workers/%lld", him->id), him->key, NULL);
    reply_clear(&reply);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM override_words"), 0);
    reply = get(say("/v1/overrides/%lld", id), cast->regulator.key);
    cr_expect_str_eq(reply_text(&reply, "state"), "void", "%s", reply.body);
    cr_expect(json_is_null(reply_at(&reply, "evidence")));
    reply_clear(&reply);
}

/* -- what is refused ---------------------------------------------------------------------------- */

Test(overrides, one_asks_with_evidence_an_end_and_somebody_who_may_sign)
{
    struct part gone = cast_account(&server, "inspector", cast->inspector.org,
                                    ",\"region\":\"3209\"");
    const long long me = cast->regulator.id, him_too = cast->inspector.id;
    char day[64], no_end[64], ends_at_once[64];
    const struct {
        const char *what;
        long long first, second;
        const char *period, *evidence;
        int status;
        const char *code, *pointer;
    } table[] = {
#define EVIDENCE "\"evidence\":\"复核单3号\""
        {"the asker twice", me, me, day, EVIDENCE, 400, "field_choice", "/signed_by"},
        {"nobody", me, 77777777, day, EVIDENCE, 422, "signer_invalid", "/signed_by"},
        {"a contractor", me, cast->contractor.id, day, EVIDENCE, 422, "signer_invalid",
         "/signed_by"},
        {"a safety officer", me, cast->safety_officer.id, day, EVIDENCE, 422, "signer_invalid",
         "/signed_by"},
        {"a gate", cast->gate_account.id, me, day, EVIDENCE, 422, "signer_invalid", "/signed_by"},
        {"another region's", me, cast->other_regulator.id, day, EVIDENCE, 422, "signer_invalid",
         "/signed_by"},
        {"one who was switched off", me, gone.id, day, EVIDENCE, 422, "signer_invalid",
         "/signed_by"},
        {"two others", him_too, gone.id, day, EVIDENCE, 422, "signer_first", "/signed_by"},
        {"no evidence", me, him_too, day, "\"colour\":\"green\"", 400, "field_missing", "/evidence"},
        {"empty evidence", me, him_too, day, "\"evidence\":\"\"", 400, "field_length", "/evidence"},
        {"blank evidence", me, him_too, day, "\"evidence\":\"　\"", 400, "field_text", "/evidence"},
        {"a hash in its place", me, him_too, day,
         "\"evidence_hash\":\"00112233445566778899aabbccddeeff\"", 400, "field_unknown",
         "/evidence_hash"},
        {"an unknown field", me, him_too, day, EVIDENCE ",\"x\":1", 400, "field_unknown", "/x"},
        {"no end", me, him_too, no_end, EVIDENCE, 400, "field_missing", "/until"},
        {"an end that is its start", me, him_too, ends_at_once, EVIDENCE, 400, "date_order",
         "/until"},
        {"all of it", me, him_too, day, EVIDENCE, 202, NULL, NULL},
        {"in the other order", him_too, me, day, EVIDENCE, 202, NULL, NULL},
    };
    struct http_reply reply;

    snprintf(day, sizeof day, "\"from\":\"%s\",\"until\":\"%s\"", city_today(), city_day(1));
    snprintf(no_end, sizeof no_end, "\"from\":\"%s\"", city_today());
    snprintf(ends_at_once, sizeof ends_at_once, "\"from\":\"%s\",\"until\":\"%s\"", city_today(),
             city_today());
    reply = server_must(&server, "PATCH", say("/v1/accounts/%lld", gone.id), server.operator_key,
                        "{\"state\":\"disabled\"}");
    reply_clear(&reply);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char body[512];

        snprintf(body, sizeof body, "{\"worker\":%lld%s,%s,%s,\"signed_by\":[%lld,%lld]}", him->id,
                 strstr(table[i].evidence, "colour") != NULL ? "" : ",\"colour\":\"green\"",
                 table[i].period, table[i].evidence, table[i].first, table[i].second);
        reply = server_ask(&server, "POST", "/v1/overrides", cast->regulator.key, body);
        if (table[i].code != NULL) {
            expect_refused(table[i].what, reply, table[i].status, table[i].code, table[i].pointer);
            continue;
        }
        cr_expect_eq(reply.status, table[i].status, "%s: %s", table[i].what, reply.body);
        reply_clear(&reply);
    }
    expect_refused("among his records",
                   server_ask(&server, "POST", say("/v1/workers/%lld/records", him->id),
                              cast->regulator.key, "{\"kind\":\"override\"}"), 400, "field_choice",
                   "/kind");
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM record WHERE kind = 13"), 0);
}
