/* A worker signs in on his own phone: by a link or six digits, once, and nobody else is given his key. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/browser.h"
#include "support/city.h"
#include "support/parallel.h"
#include "support/pg_fixture.h"

/* Another phone's: twice the base point of P-256 (NIST's points). */
#define OTHER_KEY                                                                                  \
    "{\"kty\":\"EC\",\"crv\":\"P-256\","                                                           \
    "\"x\":\"fPJ7GI0DT36KUjgDBLUaw8CJaeJ38hs1pgtI_EdmmXg\","                                       \
    "\"y\":\"B3dVENuO0EApPZrGn3Qw27p9reY86YIpngS3nSJ4c9E\"}"

static struct server server;
static struct city city;
static const struct cast *const cast = &city.cast;
static struct browser phone;
static long long him;

struct invitation {
    char token[65], code[7];
};

static void set_up(void)
{
    fixture_open();
    server_start(&server, (const char *[]){"--address_failures_per_min=1000000", NULL});
    city_open(&server, &city);
    browser_open(&phone, &server);
    him = city.own.id;
}

static void tear_down(void)
{
    city_expect_quiet(&server, &city);
    server_stop(&server);
    fixture_close();
}

static void set_up_strict(void)
{
    fixture_open();
    server_start(&server, (const char *[]){"--address_failures_per_min=3", NULL});
    city_open(&server, &city);
    browser_open(&phone, &server);
    him = city.own.id;
}

TestSuite(worker_phone_address, .init = set_up_strict, .fini = tear_down, .timeout = 120);
TestSuite(worker_phone, .init = set_up, .fini = tear_down, .timeout = 120);

static struct invitation invited_by(const char *key)
{
    struct http_reply reply =
        server_must(&server, "POST", say("/v1/workers/%lld/invitation", him), key, NULL);
    struct invitation made;

    cr_expect_eq(reply.status, 201);
    cr_expect_null(strstr(reply.body, "jw_"), "no key: %s", reply.body);
    snprintf(made.token, sizeof made.token, "%s", reply_text(&reply, "token"));
    snprintf(made.code, sizeof made.code, "%s", reply_text(&reply, "code"));
    cr_expect_eq(strlen(made.token), 64);
    cr_expect_eq(strlen(made.code), 6);
    reply_clear(&reply);
    return made;
}

static struct invitation invited(void)
{
    return invited_by(cast->contractor.key);
}

static struct http_reply join(struct browser *on, const char *by, const char *device_key)
{
    struct http_reply reply = browser_ask(on, "POST", "/v1/session/worker",
                                          say("{%s,\"device_key\":%s}", by, device_key));

    if (reply.status == 201)
        snprintf(on->csrf, sizeof on->csrf, "%s", reply_text(&reply, "csrf"));
    return reply;
}

static const char *by_link(const struct invitation *invitation)
{
    return say("\"token\":\"%s\"", invitation->token);
}

static const char *by_digits(const char *code)
{
    return say("\"worker\":%lld,\"code\":\"%s\"", him, code);
}

static void expect(struct http_reply reply, int status, const char *code)
{
    cr_expect_eq(reply.status, status, "%d, not %d: %s", reply.status, status, reply.body);
    if (code != NULL)
        cr_expect_str_eq(reply_text(&reply, "code"), code, "%s", reply.body);
    reply_clear(&reply);
}

static bool is_in(struct browser *on)
{
    return browser_status(on, "GET", say("/v1/workers/%lld/colour", him), NULL) == 200;
}

/* A change reaches the register within a second. */
static bool is_out_soon(struct browser *on)
{
    for (int i = 0; i < 50; i++) {
        if (browser_status(on, "GET", say("/v1/workers/%lld/colour", him), NULL) == 401)
            return true;
        usleep(20 * 1000);
    }
    return false;
}

Test(worker_phone, a_link_signs_him_in_once)
{
    struct invitation invitation = invited();
    struct browser other;

    browser_open(&other, &server);
    expect(join(&phone, by_link(&invitation), CAST_DEVICE_KEY), 201, NULL);
    cr_expect(strncmp(phone.session, "jw_", 3) == 0, "his key is the cookie");
    cr_expect(is_in(&phone));
    expect(join(&other, by_link(&invitation), CAST_DEVICE_KEY), 410, "link_ended");
    expect(join(&other, by_digits(invitation.code), CAST_DEVICE_KEY), 401, "code_wrong");
}

Test(worker_phone, he_is_told_who_he_is_and_does_what_is_his)
{
    struct invitation invitation = invited();
    struct http_reply reply;

    expect(join(&phone, by_link(&invitation), CAST_DEVICE_KEY), 201, NULL);
    reply = browser_ask(&phone, "GET", "/v1/session", NULL);
    cr_expect_str_eq(reply_text(&reply, "role"), "worker", "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "worker"), him);
    cr_expect_str_eq(reply_text(&reply, "csrf"), phone.csrf);
    reply_clear(&reply);
    expect(browser_ask(&phone, "POST", say("/v1/workers/%lld/code", him), "{\"svg\":false}"), 200,
           NULL);
    expect(browser_ask_with(&phone, "POST", say("/v1/workers/%lld/code", him), "{\"svg\":false}",
                            ""), 403, "csrf");
    expect(browser_ask(&phone, "GET", say("/v1/workers/%lld", city.far.id), NULL), 404, NULL);
}

Test(worker_phone, six_digits_beside_his_number_sign_him_in)
{
    struct invitation invitation = invited();

    expect(join(&phone, by_digits(invitation.code), CAST_DEVICE_KEY), 201, NULL);
    cr_expect(is_in(&phone));
}

static const char *wrong(const char *code, int i)
{
    return say("%06d", ((int)strtol(code, NULL, 10) + 1 + i) % 1000000);
}

Test(worker_phone, five_wrong_tries_end_the_digits_and_not_the_link)
{
    struct invitation invitation = invited();

    for (int i = 0; i < 5; i++)
        expect(join(&phone, by_digits(wrong(invitation.code, i)), CAST_DEVICE_KEY), 401,
               "code_wrong");
    expect(join(&phone, by_digits(invitation.code), CAST_DEVICE_KEY), 401, "code_wrong");
    expect(join(&phone, by_link(&invitation), CAST_DEVICE_KEY), 201, NULL);
}

Test(worker_phone, many_tries_at_the_same_moment_are_five)
{
    enum { MANY = 40 };
    static char bodies[MANY][400];
    static struct parallel all;
    struct http_question questions[MANY];
    struct invitation invitation = invited();

    for (int i = 0; i < MANY; i++) {
        snprintf(bodies[i], sizeof bodies[i], "{%s,\"device_key\":%s}",
                 by_digits(wrong(invitation.code, i)), CAST_DEVICE_KEY);
        questions[i] = (struct http_question){
            .method = "POST", .path = "/v1/session/worker", .body = bodies[i]};
    }
    parallel_begin(&all, server.port, questions, MANY);
    parallel_finish(&all);
    cr_expect_eq(parallel_count(&all, 401), MANY);
    parallel_clear(&all);
    cr_expect_eq(fixture_query_int("SELECT tries FROM worker_invitation"), 5);
}

Test(worker_phone, a_worker_who_is_none_is_answered_as_one_with_wrong_digits)
{
    struct invitation invitation = invited();
    struct http_reply reply = join(&phone, by_digits(wrong(invitation.code, 0)), CAST_DEVICE_KEY);
    char *told, *absent;

    json_object_del(reply.json, "instance");
    told = json_dumps(reply.json, JSON_SORT_KEYS);
    reply_clear(&reply);
    reply = join(&phone, "\"worker\":77777777,\"code\":\"123456\"", CAST_DEVICE_KEY);
    json_object_del(reply.json, "instance");
    absent = json_dumps(reply.json, JSON_SORT_KEYS);
    cr_expect_str_eq(told, absent);
    reply_clear(&reply);
    free(told);
    free(absent);
}

Test(worker_phone, of_many_phones_with_one_link_one_is_his)
{
    enum { MANY = 8 };
    static char bodies[MANY][400];
    static struct parallel all;
    struct http_question questions[MANY];
    struct invitation invitation = invited();

    /* so slow that all have found the invitation before the first has used it */
    fixture_exec("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
                 "$$ BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END $$");
    fixture_exec("CREATE TRIGGER slow BEFORE DELETE ON worker_invitation"
                 " FOR EACH STATEMENT EXECUTE FUNCTION slow()");
    for (int i = 0; i < MANY; i++) {
        snprintf(bodies[i], sizeof bodies[i], "{%s,\"device_key\":%s}", by_link(&invitation),
                 i % 2 == 0 ? CAST_DEVICE_KEY : OTHER_KEY);
        questions[i] = (struct http_question){
            .method = "POST", .path = "/v1/session/worker", .body = bodies[i]};
    }
    parallel_begin(&all, server.port, questions, MANY);
    parallel_finish(&all);
    cr_expect_eq(parallel_count(&all, 201), 1);
    cr_expect_eq(parallel_count(&all, 410), MANY - 1);
    parallel_clear(&all);
}

Test(worker_phone, an_invitation_ends_after_half_an_hour_and_when_another_is_made)
{
    struct invitation first = invited(), second = invited();

    expect(join(&phone, by_link(&first), CAST_DEVICE_KEY), 410, "link_ended");
    cr_expect_eq(fixture_query_int("SELECT round(extract(epoch FROM ends_at - clock_timestamp())"
                                   " / 60)::int FROM worker_invitation"), 30);
    fixture_exec("UPDATE worker_invitation SET ends_at = clock_timestamp()");
    expect(join(&phone, by_link(&second), CAST_DEVICE_KEY), 410, "link_ended");
    expect(join(&phone, by_digits(second.code), CAST_DEVICE_KEY), 401, "code_wrong");
}

Test(worker_phone, another_phone_ends_the_one_before)
{
    struct invitation invitation = invited();
    struct browser other;

    browser_open(&other, &server);
    expect(join(&phone, by_link(&invitation), CAST_DEVICE_KEY), 201, NULL);
    invitation = invited();
    cr_expect(is_in(&phone), "an invitation alone ends nothing");
    expect(join(&other, by_link(&invitation), OTHER_KEY), 201, NULL);
    cr_expect(is_in(&other));
    cr_expect(is_out_soon(&phone));
}

/* A page that was left open goes on asking; the site's other phones are behind the same address. */
Test(worker_phone_address, a_phone_that_ended_does_not_use_up_its_address)
{
    struct invitation invitation = invited();
    struct browser other;

    browser_open(&other, &server);
    expect(join(&phone, by_link(&invitation), CAST_DEVICE_KEY), 201, NULL);
    invitation = invited();
    expect(join(&other, by_link(&invitation), OTHER_KEY), 201, NULL);
    cr_expect(is_out_soon(&phone));
    for (int i = 0; i < 10; i++)
        cr_expect_eq(browser_status(&phone, "GET", "/v1/session", NULL), 401, "%d", i);
    invitation = invited();
    expect(join(&phone, by_link(&invitation), CAST_DEVICE_KEY), 201, NULL);
    expect(join(&other, "\"token\":\"00\"", OTHER_KEY), 410, "link_ended");
}

Test(worker_phone, a_lost_phone_is_ended_by_his_contractor_and_by_himself)
{
    const char *keys[] = {cast->contractor.key, cast->safety_officer.key, NULL};

    for (int i = 0; i < 3; i++) {
        struct invitation invitation = invited();
        const char *path = say("/v1/workers/%lld/access", him);

        expect(join(&phone, by_link(&invitation), CAST_DEVICE_KEY), 201, NULL);
        invitation = invited();
        if (keys[i] != NULL)
            expect(server_ask(&server, "DELETE", path, keys[i], NULL), 200, NULL);
        else
            expect(browser_ask(&phone, "DELETE", path, NULL), 200, NULL);
        cr_expect(is_out_soon(&phone));
        expect(join(&phone, by_link(&invitation), CAST_DEVICE_KEY), 410, "link_ended");
        cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM worker_phone WHERE worker_id ="
                                           " %lld", him)), 0);
    }
}

Test(worker_phone, his_site_officer_may_invite_him)
{
    struct invitation invitation = invited_by(cast->safety_officer.key);

    expect(join(&phone, by_link(&invitation), CAST_DEVICE_KEY), 201, NULL);
    cr_expect_eq(fixture_query_int(say("SELECT invited_by FROM worker_phone WHERE worker_id = %lld",
                                       him)), cast->safety_officer.id);
}

Test(worker_phone, no_contractor_is_given_a_workers_key)
{
    struct http_question question = {.method = "POST",
                                     .path = say("/v1/workers/%lld/invitation", him),
                                     .key = cast->contractor.key, .idempotency = "once"};
    struct http_reply reply = client_ask(&server.client, &question);

    reply_clear(&reply);
    reply = client_ask(&server.client, &question);
    cr_expect_eq(reply.status, 200, "%s", reply.body);
    cr_expect(json_is_null(reply_at(&reply, "token")), "repeated, it shows nothing");
    cr_expect(json_is_null(reply_at(&reply, "code")));
    reply_clear(&reply);
    expect(server_ask(&server, "POST", say("/v1/workers/%lld/access", him), cast->contractor.key,
                      NULL), 405, "method_not_allowed");
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM idempotency WHERE answer LIKE '%jw_%'"),
                 0);
}

Test(worker_phone, a_code_for_no_network_is_for_the_phone_he_signed_in_on)
{
    struct invitation invitation = invited();
    const char *path = say("/v1/workers/%lld/code", him);
    struct http_reply reply;

    expect(join(&phone, by_link(&invitation), CAST_DEVICE_KEY), 201, NULL);
    reply = browser_ask(&phone, "POST", path, "{\"device_key\":" CAST_DEVICE_KEY "}");
    cr_expect_eq(reply.status, 200, "%s", reply.body);
    cr_expect_not_null(reply_at(&reply, "cred"));
    reply_clear(&reply);
    reply = browser_ask(&phone, "POST", path, "{\"device_key\":" OTHER_KEY "}");
    cr_expect_str_eq(reply_text(&reply, "errors.0.pointer"), "/device_key");
    expect(reply, 403, "phone_other");
    invitation = invited();
    expect(join(&phone, by_link(&invitation), OTHER_KEY), 201, NULL);
    expect(browser_ask(&phone, "POST", path, "{\"device_key\":" CAST_DEVICE_KEY "}"), 403,
           "phone_other");
    expect(browser_ask(&phone, "POST", path, "{\"device_key\":" OTHER_KEY "}"), 200, NULL);
}

Test(worker_phone, what_is_no_phones_key_is_refused_by_name)
{
    static const char *const bad[] = {
        "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY\","
        "\"y\":\"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfQ\"}"};
    struct invitation invitation = invited();

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct http_reply reply = join(&phone, by_link(&invitation), bad[i]);

        cr_expect_eq(reply.status, 400, "%s: %s", bad[i], reply.body);
        cr_expect_str_eq(reply_text(&reply, "errors.0.pointer"), "/device_key");
        reply_clear(&reply);
    }
    expect(join(&phone, "\"code\":\"123456\"", CAST_DEVICE_KEY), 400, "field_missing");
    expect(join(&phone, by_link(&invitation), CAST_DEVICE_KEY), 201, "");
}

Test(worker_phone, another_sites_page_signs_nobody_in)
{
    struct invitation invitation = invited();

    expect(browser_ask_with(&phone, "POST", "/v1/session/worker",
                            say("{%s,\"device_key\":%s}", by_link(&invitation), CAST_DEVICE_KEY),
                            "Origin: https://evil.example\r\n"), 403, "cross_site");
    expect(join(&phone, by_link(&invitation), CAST_DEVICE_KEY), 201, NULL);
}

Test(worker_phone, the_database_keeps_neither_link_nor_digits_nor_key)
{
    struct invitation invitation = invited();

    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM worker_invitation WHERE link_hash ="
                                       " sha256('%s'::bytea)", invitation.token)), 1);
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM worker_invitation WHERE code_mac ="
                                       " sha256('%s'::bytea)", invitation.code)), 0);
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM idempotency WHERE answer LIKE"
                                       " '%%%s%%'", invitation.code)), 0);
}

Test(worker_phone, erasing_him_leaves_nothing_of_his_phone)
{
    struct invitation invitation = invited();
    struct http_reply reply;

    expect(join(&phone, by_link(&invitation), CAST_DEVICE_KEY), 201, NULL);
    reply = server_must(&server, "POST", "/v1/engagements", cast->contractor.key,
                        say("{\"kind\":\"engagement_end\",\"worker\":%lld,\"site\":%lld}", him,
                            cast->site));
    reply_clear(&reply);
    expect(browser_ask(&phone, "DELETE", say("/v1/workers/%lld", him), NULL), 200, NULL);
    cr_expect_eq(fixture_query_int(say("SELECT (SELECT count(*) FROM worker_phone WHERE worker_id ="
                                       " %lld) + (SELECT count(*) FROM worker_invitation"
                                       " WHERE worker_id = %lld)", him, him)), 0);
}

/* A link opens for whoever has it. Whoever keeps it for himself puts the worker out, and is seen. */
Test(worker_phone, who_takes_the_place_of_his_phone_is_seen_by_him)
{
    struct invitation invitation = invited();
    struct browser other;
    struct http_reply reply;

    browser_open(&other, &server);
    expect(join(&phone, by_link(&invitation), CAST_DEVICE_KEY), 201, NULL);
    invitation = invited();
    expect(join(&other, by_link(&invitation), OTHER_KEY), 201, NULL);
    cr_expect(is_out_soon(&phone));
    invitation = invited_by(cast->safety_officer.key);
    expect(join(&phone, by_link(&invitation), CAST_DEVICE_KEY), 201, NULL);
    reply = browser_ask(&phone, "GET", say("/v1/workers/%lld/accesses?limit=20", him), NULL);
    cr_expect_not_null(strstr(reply.body, "worker.phone"), "%s", reply.body);
    cr_expect_not_null(strstr(reply.body, say("\"action\":\"worker.invitation\",\"role\":"
                                              "\"contractor\",\"org\":%lld",
                                              cast->contractor.org)), "%s", reply.body);
    reply_clear(&reply);
}

Test(worker_phone, it_is_written_down_who_invited_him_and_when_a_phone_became_his)
{
    struct invitation invitation = invited();

    expect(join(&phone, by_link(&invitation), CAST_DEVICE_KEY), 201, NULL);
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM audit WHERE action ="
                                       " 'worker.invitation' AND worker_id = %lld"
                                       " AND account_id = %lld", him, cast->contractor.id)), 2,
                 "the city's and this one");
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM audit WHERE action = 'worker.phone'"
                                       " AND worker_id = %lld", him)), 2);
}
