/* A worker's code at a gate, with the real server: asked, answered, recorded, and never twice. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "crypto/token.h"
#include "support/cast.h"
#include "support/code_maker.h"
#include "support/pg_fixture.h"

static struct server server;
static struct cast cast;
static long long worker;
static char worker_key[128];

static struct http_reply must(const char *method, const char *path, const char *key,
                              const char *body)
{
    return server_must(&server, method, path, key, body);
}

static void done(struct http_reply reply)
{
    reply_clear(&reply);
}

static const char *today(void)
{
    static char text[16];
    time_t now = time(NULL) + 8 * 3600; /* Asia/Shanghai */
    struct tm tm;

    gmtime_r(&now, &tm);
    strftime(text, sizeof text, "%Y-%m-%d", &tm);
    return text;
}

/* Everything that makes a general labourer green here. */
static void make_green(long long who)
{
    static const char *const levels[] = {"entry_company", "entry_project", "entry_team"};

    done(must("POST", "/v1/exams", cast.clinic.key,
              say("{\"worker\":%lld,\"occurred_on\":\"%s\",\"conclusion\":\"no_abnormality\"}", who,
                  today())));
    for (int i = 0; i < 3; i++)
        done(must("POST", "/v1/trainings", cast.centre.key,
                  say("{\"worker\":%lld,\"kind\":\"training\",\"occurred_on\":\"%s\",\"type\":\"%s\","
                      "\"hours\":40,\"passed\":true}", who, today(), levels[i])));
    done(must("POST", "/v1/trainings", cast.centre.key,
              say("{\"worker\":%lld,\"kind\":\"study\",\"occurred_on\":\"%s\",\"points\":100}", who,
                  today())));
    done(must("POST", "/v1/trainings", cast.safety_officer.key,
              say("{\"worker\":%lld,\"kind\":\"training\",\"occurred_on\":\"%s\","
                  "\"type\":\"site_entry\",\"hours\":8,\"passed\":true,\"site\":%lld}", who, today(),
                  cast.site)));
    done(must("POST", say("/v1/workers/%lld/records", who), cast.contractor.key,
              say("{\"worker\":%lld,\"kind\":\"agreement\",\"occurred_on\":\"%s\","
                  "\"type\":\"labour_contract\",\"from\":\"%s\"}", who, today(), today())));
}

static void set_up(void)
{
    char number[19];

    fixture_open();
    server_start(&server, NULL);
    cast_open(&server, &cast);
    worker = cast_worker(&server, cast.contractor.key, "张三", cast_number(number, "19900101", 1),
                         cast.site, "020");
    cast_phone(&server, cast.contractor.key, worker, worker_key);
}

static void tear_down(void)
{
    server_stop(&server);
    fixture_close();
}

TestSuite(gate_check, .init = set_up, .fini = tear_down, .timeout = 120);

/* A live code of the worker's, as of everything that was acknowledged. */
static const char *code_of(void)
{
    static char code[1100];
    struct http_reply reply = must("POST", say("/v1/workers/%lld/code", worker), worker_key, "{}");

    snprintf(code, sizeof code, "%s", reply_text(&reply, "code"));
    reply_clear(&reply);
    return code;
}

static const char *now_text(void)
{
    static char text[32];
    time_t now = time(NULL);
    struct tm tm;

    gmtime_r(&now, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return text;
}

static struct http_reply check_at(const char *gate_key, const char *what, const char *direction,
                                  int seq)
{
    return server_ask(&server, "POST", "/v1/gate/check", gate_key,
                      say("{%s,\"direction\":\"%s\",\"at\":\"%s\",\"epoch\":1,\"seq\":%d}", what,
                          direction, now_text(), seq));
}

static struct http_reply check(const char *code, const char *direction, int seq)
{
    return check_at(cast.gate_account.key, say("\"code\":\"%s\"", code), direction, seq);
}

static void expect(struct http_reply reply, const char *verdict, const char *why)
{
    cr_expect_eq(reply.status, 200, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "verdict"), verdict, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "why"), why, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "recorded"), "db", "%s", reply.body);
    reply_clear(&reply);
}

static void expect_problem(struct http_reply reply, int status, const char *code)
{
    cr_expect_eq(reply.status, status, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "code"), code, "%s", reply.body);
    reply_clear(&reply);
}

static int64_t passes(void)
{
    return fixture_query_int("SELECT count(*) FROM pass");
}

static void set_rule(const char *rule)
{
    struct http_reply site =
        must("GET", say("/v1/sites/%lld", cast.site), server.operator_key, NULL);
    struct http_question q = {.method = "PATCH", .path = say("/v1/sites/%lld", cast.site),
                              .key = server.operator_key, .body = say("{\"rule\":%s}", rule)};
    const char *etag = reply_header(&site, "etag");
    struct http_reply reply;

    q.extra = etag != NULL ? say("If-Match: %s\r\n", etag) : NULL;
    reply = client_ask(&server.client, &q);
    cr_assert(reply.status >= 200 && reply.status < 300, "%d %s", reply.status, reply.body);
    reply_clear(&reply);
    reply_clear(&site);
}

/* Until the register has seen what was just written: by what the gate says. */
static void until(const char *why, const char *direction)
{
    for (int i = 0; i < 50; i++) {
        struct http_reply reply = check(code_of(), direction, 1000 + i);
        bool seen = strcmp(reply_text(&reply, "why"), why) == 0;

        reply_clear(&reply);
        if (seen)
            return;
        usleep(100 * 1000);
    }
    cr_assert_fail("never %s", why);
}

Test(gate_check, a_new_worker_is_refused_with_classes_and_a_masked_name_only)
{
    struct http_reply reply = check(code_of(), "in", 1);

    cr_assert_eq(reply.status, 200, "%s", reply.body);
    cr_expect_str_neq(reply_text(&reply, "verdict"), "open", "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "name"), "张*", "%s", reply.body);
    cr_expect_null(strstr(reply.body, "HEALTH"));
    cr_expect_null(strstr(reply.body, "9901011990"));
    reply_clear(&reply);
    cr_expect_eq(passes(), 1);
}

Test(gate_check, a_green_worker_enters_once_however_often_the_scan_is_sent)
{
    char first[2048];
    const char *code;
    struct http_reply reply;

    make_green(worker);
    sleep(1);
    code = code_of();
    reply = check(code, "in", 1);
    cr_assert_str_eq(reply_text(&reply, "verdict"), "open", "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "colour"), "green", "%s", reply.body);
    snprintf(first, sizeof first, "%s", reply.body);
    reply_clear(&reply);
    for (int seq = 1; seq <= 3; seq++) { /* the same number, then new ones */
        reply = check(code, "in", seq);
        cr_expect_str_eq(reply.body, first);
        reply_clear(&reply);
    }
    cr_expect_eq(passes(), 1);
    expect(check(code, "out", 9), "open", "exit");
    cr_expect_eq(passes(), 2);
}

Test(gate_check, after_a_restart_the_same_scan_still_is_the_same_pass)
{
    char first[2048], code[1100];
    struct http_reply reply;

    snprintf(code, sizeof code, "%s", code_of());
    reply = check(code, "in", 1);
    cr_assert_eq(reply.status, 200);
    snprintf(first, sizeof first, "%s", reply.body);
    reply_clear(&reply);
    server_kill(&server);
    server_start_again(&server);
    reply = check(code, "in", 1);
    cr_expect_str_eq(reply.body, first);
    reply_clear(&reply);
    cr_expect_eq(passes(), 1);
}

Test(gate_check, one_number_for_two_questions_is_an_error_and_opens_nothing)
{
    done(check(code_of(), "in", 1));
    expect_problem(check_at(cast.gate_account.key, say("\"worker_no\":\"%lld\"", worker), "in", 1),
                   409, "pass_reused");
    cr_expect_eq(passes(), 1);
}

Test(gate_check, whatever_was_scanned_gets_an_answer_and_leaving_is_open)
{
    static const struct {
        const char *name, *code, *why;
    } scans[] = {
        {"nothing of ours", "https://example.org/", "not_ours"},
        {"empty", "", "not_ours"},
        {"lower case", "ja1.aaaa", "format"},
        {"cut off", "JA1.AAAAAAAA", "format"},
        {"a reader's line end", "JA1.AAAA\\r\\n", "format"},
        {"a wordjoiner", "JA1.\\u2060", "format"},
    };

    for (size_t i = 0; i < sizeof scans / sizeof scans[0]; i++) {
        expect(check(scans[i].code, "in", 10 + (int)i), "refuse", scans[i].why);
        expect(check(scans[i].code, "out", 50 + (int)i), "open", "exit");
    }
    cr_expect_eq(passes(), 12);
}

Test(gate_check, a_forged_code_is_refused_at_every_third_letter)
{
    char code[1100];
    int seq = 1;

    snprintf(code, sizeof code, "%s", code_of());
    for (size_t i = 4; i < strlen(code); i += 3, seq++) {
        char was = code[i];
        struct http_reply reply;

        code[i] = was == 'A' ? 'B' : 'A';
        reply = check(code, "in", seq);
        cr_expect_str_neq(reply_text(&reply, "verdict"), "open", "letter %zu: %s", i, reply.body);
        reply_clear(&reply);
        code[i] = was;
    }
}

Test(gate_check, at_another_site_the_worker_is_not_engaged)
{
    expect(check_at(cast.other_gate_account.key, say("\"code\":\"%s\"", code_of()), "in", 1),
           "refuse", "not_engaged");
}

Test(gate_check, by_number_is_flagged)
{
    done(check_at(cast.gate_account.key, say("\"worker_no\":\"%lld\"", worker), "in", 1));
    cr_expect_eq(fixture_query_int("SELECT (flags & 128)::bigint FROM pass"), 128);
    expect(check_at(cast.gate_account.key, "\"worker_no\":\"999999999\"", "in", 2), "refuse",
           "unknown_worker");
}

Test(gate_check, bad_bodies_are_refused_by_name)
{
    const char *const key = cast.gate_account.key;

    expect_problem(check_at(key, "\"code\":7", "in", 1), 400, "field_type");
    expect_problem(check_at(key, "\"code\":\"x\",\"worker_no\":\"1\"", "in", 1), 400,
                   "field_unknown");
    expect_problem(check_at(key, "\"code\":\"x\",\"short\":\"1\"", "in", 1), 400,
                   "field_unknown");
    expect_problem(check_at(key, "\"code\":\"x\",\"open\":true", "in", 1), 400, "field_unknown");
    expect_problem(check_at(key, "\"code\":\"x\"", "sideways", 1), 400, "field_choice");
    expect_problem(check_at(worker_key, "\"code\":\"x\"", "in", 1), 403, "forbidden");
    expect_problem(check_at("jk_000000000000_0", "\"code\":\"x\"", "in", 1), 401,
                   "unauthenticated");
    cr_expect_eq(passes(), 0);
}

Test(gate_check, the_sites_rule_is_followed_at_once)
{
    make_green(worker);
    sleep(1);
    set_rule("{\"pre_shift\":\"refuse\"}");
    until("pre_shift", "in");
}

Test(gate_check, somebody_who_is_inside_is_flagged_or_refused)
{
    make_green(worker);
    set_rule("{\"passback\":\"refuse\"}");
    sleep(1);
    expect(check_at(cast.gate_account.key, say("\"worker_no\":\"%lld\"", worker), "in", 1), "open",
           "ok");
    expect(check_at(cast.gate_account.key, say("\"worker_no\":\"%lld\"", worker), "in", 2),
           "refuse", "passback");
    expect(check_at(cast.gate_account.key, say("\"worker_no\":\"%lld\"", worker), "out", 3), "open",
           "exit");
    expect(check_at(cast.gate_account.key, say("\"worker_no\":\"%lld\"", worker), "in", 4), "open",
           "ok");
}

/* -- codes ------------------------------------------------------------------------------------- */

Test(gate_check, a_code_comes_as_text_svg_and_png_to_those_who_may)
{
    char path[64];
    struct http_question q = {.method = "POST", .path = path, .body = "{}"};
    struct http_reply reply;

    snprintf(path, sizeof path, "/v1/workers/%lld/code", worker);
    q.key = cast.contractor.key;
    reply = client_ask(&server.client, &q);
    cr_assert_eq(reply.status, 200, "%s", reply.body);
    cr_expect_eq(strncmp(reply_text(&reply, "code"), "JA1.", 4), 0);
    cr_expect_neq(reply_text(&reply, "reasons.0.remedy")[0], '\0', "%s", reply.body);
    reply_clear(&reply);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM audit WHERE action = 'worker.code'"), 1);
    q.extra = "Accept: image/svg+xml\r\n";
    reply = client_ask(&server.client, &q);
    cr_expect_not_null(strstr(reply.body, "<svg"));
    reply_clear(&reply);
    q.extra = "Accept: image/png\r\n";
    reply = client_ask(&server.client, &q);
    cr_expect(reply.body_bytes > 8 && memcmp(reply.body, "\x89PNG", 4) == 0);
    reply_clear(&reply);
    q.extra = NULL;
    q.key = cast.other_contractor.key;
    expect_problem(client_ask(&server.client, &q), 404, "worker_unknown");
    snprintf(path, sizeof path, "/v1/workers/%lld/code", worker + 1000);
    q.key = cast.contractor.key;
    expect_problem(client_ask(&server.client, &q), 404, "worker_unknown");
    q.key = worker_key;
    expect_problem(client_ask(&server.client, &q), 404, "worker_unknown");
    snprintf(path, sizeof path, "/v1/workers/%lld/code", worker);
    q.body = say("{\"site\":%lld}", cast.other_site);
    expect_problem(client_ask(&server.client, &q), 404, "site_unknown");
    q.key = cast.gate_account.key;
    expect_problem(client_ask(&server.client, &q), 403, "forbidden");
}

Test(gate_check, the_trust_list_is_open_and_has_an_etag)
{
    struct http_question q = {.method = "GET", .path = "/v1/trust"};
    struct http_reply reply = client_ask(&server.client, &q);

    cr_assert_eq(reply.status, 200);
    cr_expect_str_eq(reply_text(&reply, "keys.0.alg"), "ES256", "%s", reply.body);
    q.extra = say("If-None-Match: %s\r\n", reply_header(&reply, "etag"));
    reply_clear(&reply);
    reply = client_ask(&server.client, &q);
    cr_expect_eq(reply.status, 304);
    reply_clear(&reply);
}

/* -- passes that a gate hands in --------------------------------------------------------------- */

static struct http_reply hand_in(const char *items)
{
    return server_ask(&server, "POST", "/v1/gate/passes", cast.gate_account.key,
                      say("{\"passes\":[%s]}", items));
}

static const char *handed(int seq, const char *direction)
{
    return say("{\"epoch\":2,\"seq\":%d,\"at\":\"%s\",\"direction\":\"%s\",\"worker\":%lld,"
               "\"verdict\":\"open\",\"colour\":\"green\"}", seq, now_text(), direction, worker);
}

/* Handing in does not wait for the register. This pass is bad either way, so it leaves no row. */
static void await_worker(void)
{
    bool known = false;

    for (int i = 0; i < 500 && !known; i++) {
        struct http_reply reply =
            hand_in(say("{\"epoch\":1,\"seq\":1,\"at\":\"%s\",\"worker\":%lld,"
                        "\"direction\":\"out\",\"verdict\":\"refuse\"}", now_text(), worker));

        known = strcmp(reply_text(&reply, "items.0.code"), "worker_unknown") != 0;
        reply_clear(&reply);
        if (!known)
            usleep(10000);
    }
    cr_assert(known);
}

Test(gate_check, one_bad_pass_spoils_no_other_and_all_may_be_sent_again)
{
    char items[4096];
    struct http_reply reply;

    await_worker();
    snprintf(items, sizeof items, "%s,{\"epoch\":2},%s,%s", handed(1, "in"), handed(2, "out"),
             handed(6, "in"));
    reply = hand_in(items);
    cr_assert_eq(reply.status, 200, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "accepted"), 3);
    cr_expect_eq(reply_int(&reply, "refused"), 1);
    cr_expect_eq(reply_int(&reply, "items.1.status"), 400);
    cr_expect_str_eq(reply_text(&reply, "items.1.code"), "field_missing");
    cr_expect_eq(reply_int(&reply, "gaps.0.first"), 3, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "gaps.0.last"), 5);
    reply_clear(&reply);
    reply = hand_in(items);
    cr_expect_eq(reply_int(&reply, "accepted"), 0, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "duplicates"), 3);
    cr_expect_eq(reply_int(&reply, "items.0.status"), 200);
    reply_clear(&reply);
    cr_expect_eq(passes(), 3);
    reply = hand_in(say("%s,%s,%s", handed(3, "in"), handed(4, "in"), handed(5, "in")));
    cr_expect_eq(reply_int(&reply, "accepted"), 3, "%s", reply.body);
    cr_expect_eq(json_array_size(reply_at(&reply, "gaps")), 0u, "%s", reply.body);
    reply_clear(&reply);
}

Test(gate_check, a_gate_that_counts_anew_under_an_old_epoch_overwrites_nothing)
{
    struct http_reply reply;

    await_worker();
    reply = hand_in(handed(1, "in"));

    cr_expect_eq(reply_int(&reply, "accepted"), 1, "%s", reply.body);
    reply_clear(&reply);
    reply = hand_in(say("%s,%s", handed(1, "out"), handed(2, "out")));
    cr_expect_eq(reply_int(&reply, "items.0.status"), 409, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "items.0.code"), "pass_reused");
    cr_expect_eq(reply_int(&reply, "items.1.status"), 201);
    cr_expect(reply_int(&reply, "accepted") == 1 && reply_int(&reply, "refused") == 1);
    reply_clear(&reply);
    cr_expect_eq(fixture_query_int("SELECT direction::bigint FROM pass WHERE seq = 1"), 1);
}

Test(gate_check, a_thousand_at_once_are_taken)
{
    enum { BYTES = 300 * 1000 };
    char *body = malloc(BYTES);
    int at = snprintf(body, BYTES, "{\"passes\":[");
    struct http_reply reply;

    for (int i = 0; i < 1000; i++)
        at += snprintf(body + at, (size_t)(BYTES - at), "%s%s", i > 0 ? "," : "", handed(i, "in"));
    snprintf(body + at, (size_t)(BYTES - at), "]}");
    reply = server_ask(&server, "POST", "/v1/gate/passes", cast.gate_account.key, body);
    cr_assert_eq(reply.status, 200, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "accepted"), 1000);
    reply_clear(&reply);
    free(body);
    cr_expect_eq(passes(), 1000);
}

/* -- a phone without network ------------------------------------------------------------------- */

static void base64url(const unsigned char *bytes, char text[45])
{
    EVP_EncodeBlock((unsigned char *)text, bytes, 32);
    text[43] = '\0'; /* 32 bytes are 43 characters and one of padding */
    for (char *at = text; *at != '\0'; at++)
        *at = (char)(*at == '+' ? '-' : *at == '/' ? '_' : *at);
}

static const char *jwk_of(struct signer *phone)
{
    unsigned char point[ECC_POINT_BYTES];
    char x[45], y[45];

    cr_assert(ecc_point(signer_key(phone)->public_key, point));
    base64url(point, x);
    base64url(point + 32, y);
    return say("{\"kty\":\"EC\",\"crv\":\"P-256\",\"ext\":true,\"x\":\"%s\",\"y\":\"%s\"}", x, y);
}

/* What the phone asks for its code with. */
static const char *device_key(struct signer *phone)
{
    return say("{\"device_key\":%s}", jwk_of(phone));
}

static void sign_in_on(struct signer *phone)
{
    cast_phone_with(&server, cast.contractor.key, worker, jwk_of(phone), worker_key);
}

static const char *cred_of(struct signer *phone)
{
    static char cred[1100];
    struct http_reply reply =
        must("POST", say("/v1/workers/%lld/code", worker), worker_key, device_key(phone));

    snprintf(cred, sizeof cred, "%s", reply_text(&reply, "cred"));
    reply_clear(&reply);
    return cred;
}

static const char *shown(struct signer *phone, const char *cred, int64_t at_s)
{
    static char text[TOKEN_TEXT_MAX + 1];
    struct build out = build_over(text, sizeof text);
    struct err e = token_bind(phone, text_of(cred), at_s, &out);

    cr_assert(!err_is(e));
    return text;
}

Test(gate_check, what_a_phone_signed_by_itself_opens_and_what_was_copied_from_it_does_not)
{
    struct signer *phone = maker_signer(TOKEN_ES256), *thief = maker_signer(TOKEN_ES256);
    const char *cred = (sign_in_on(phone), cred_of(phone));
    int64_t now_s = time(NULL);

    make_green(worker);
    until("ok", "in");
    expect(check(shown(phone, cred, now_s), "in", 1), "open", "ok");
    expect(check(shown(phone, cred, now_s), "in", 2), "open", "ok");
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM pass WHERE seq IN (1, 2)"), 1,
                 "signed once more for the same second, it is the same pass");
    cr_expect_eq(fixture_query_int("SELECT token_iat FROM pass WHERE seq = 1"), now_s);
    expect(check(shown(phone, cred, now_s + 1), "in", 3), "open", "ok");
    expect(check(cred, "in", 4), "refuse", "signature");
    expect(check(shown(thief, cred, now_s), "in", 5), "refuse", "signature");
    expect(check(shown(phone, cred, now_s - 100), "in", 6), "refuse", "expired");
    expect(check(shown(phone, cred, now_s + 110), "in", 7), "refuse", "not_yet");
    expect(check(cred, "out", 8), "open", "exit");
    signer_close(phone);
    signer_close(thief);
}

Test(gate_check, a_cred_is_given_to_the_worker_himself_for_a_good_key_alone)
{
    static const char *const bad[] = {
        "{}", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}",
        "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}"};
    struct signer *phone = maker_signer(TOKEN_ES256), *sm2 = maker_signer(TOKEN_SM2);
    char path[64];

    snprintf(path, sizeof path, "/v1/workers/%lld/code", worker);
    sign_in_on(phone);
    expect_problem(server_ask(&server, "POST", path, cast.contractor.key, device_key(phone)), 403,
                   "forbidden");
    expect_problem(server_ask(&server, "POST", path, worker_key, device_key(sm2)), 403,
                   "phone_other");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_problem(server_ask(&server, "POST", path, worker_key,
                                  say("{\"device_key\":%s}", bad[i])), 400, "field_type");
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM audit WHERE action = 'worker.cred'"), 0);
    cr_expect_str_neq(cred_of(phone), "");
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM audit WHERE action = 'worker.cred'"), 1,
                 "what opens for half a day is written down");
    signer_close(phone);
    signer_close(sm2);
}

/* -- twenty digits ----------------------------------------------------------------------------- */

static const char *digits_of(void)
{
    static char digits[64];
    struct http_reply reply = must("POST", say("/v1/workers/%lld/code", worker), worker_key,
                                   "{\"short\":true}");

    snprintf(digits, sizeof digits, "%s", reply_text(&reply, "short"));
    reply_clear(&reply);
    cr_assert_eq(strlen(digits), 20);
    cr_assert_eq(strspn(digits, "0123456789"), 20);
    return digits;
}

static struct http_reply check_digits(const char *digits, const char *direction, int seq)
{
    return check_at(cast.gate_account.key, say("\"short\":\"%s\"", digits), direction, seq);
}

Test(gate_check, twenty_digits_open_once_and_wrong_ones_are_soon_not_looked_at)
{
    char digits[64], wrong[64];
    struct http_reply reply;

    make_green(worker);
    until("ok", "in");
    snprintf(digits, sizeof digits, "%s", digits_of());
    snprintf(wrong, sizeof wrong, "%s", digits);
    wrong[19] = (char)(wrong[19] == '9' ? '0' : wrong[19] + 1);
    expect(check_digits(digits, "in", 1), "open", "ok");
    expect(check_digits(digits, "in", 2), "open", "ok");
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM pass WHERE seq IN (1, 2)"), 1);
    cr_expect_eq(fixture_query_int("SELECT (flags & 128)::bigint FROM pass WHERE seq = 1"), 0,
                 "a code, not a number");
    expect(check_digits("1234", "in", 3), "refuse", "format");
    expect(check_digits("1234567890123456789a", "in", 4), "refuse", "format");
    for (int seq = 10; seq < 20; seq++)
        expect(check_digits(wrong, "in", seq), "refuse", "signature");
    expect_problem(check_digits(wrong, "in", 20), 429, "rate_limited");
    expect_problem(check_digits(digits, "in", 21), 429, "rate_limited");
    expect(check_digits(digits, "out", 22), "open", "exit");
    reply = check(code_of(), "in", 23);
    cr_expect_eq(reply.status, 200, "codes go on: %s", reply.body);
    reply_clear(&reply);
    reply = check_at(cast.other_gate_account.key, say("\"short\":\"%s\"", digits), "in", 24);
    cr_expect_eq(reply.status, 200, "another gate is not that gate: %s", reply.body);
    reply_clear(&reply);
}
