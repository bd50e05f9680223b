/* The life of a signing key, over the real server: published a day before it signs, active, retired,
 * removed; and what becomes of the codes of each. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "crypto/seal.h"
#include "crypto/token.h"
#include "support/city.h"
#include "support/log_checker.h"
#include "support/pg_fixture.h"

static struct server server;
static struct city city;
static int seq;

static void set_up(void)
{
    fixture_open();
    server_start(&server, (const char *[]){"--seal_s=1", NULL});
    city_open(&server, &city);
    city_make_green(&server, &city, city.own.id);
}

static void tear_down(void)
{
    server_stop(&server);
    fixture_close();
}

TestSuite(keys, .init = set_up, .fini = tear_down, .timeout = 280);

/* -- keys ------------------------------------------------------------------------------------------ */

/* Makes a key's file beside the others and starts the server with it; what the program printed. */
static const char *new_key(const char *name, const char *verb)
{
    static char line[512];
    char file[128], both[sizeof server.signing_keys];

    snprintf(file, sizeof file, "%s/%s.pem", server.dir, name);
    cr_assert_eq(server_run_program((const char *[]){verb, file, NULL}, line, sizeof line), 0);
    snprintf(both, sizeof both, "%.120s %.120s", server.signing_keys, file);
    memcpy(server.signing_keys, both, sizeof both);
    server_kill(&server);
    server_start_again(&server);
    return line;
}

static long long announce(const char *body)
{
    struct http_reply reply = server_must(&server, "POST", "/v1/keys", server.operator_key, body);
    long long number = reply_int(&reply, "number");

    cr_expect_str_eq(reply_text(&reply, "state"), "announced");
    reply_clear(&reply);
    return number;
}

static void move(long long number, const char *body, int status, const char *code)
{
    struct http_reply reply = server_ask(&server, "PATCH", say("/v1/keys/%lld", number),
                                         server.operator_key, body);

    cr_expect_eq(reply.status, status, "%s: %s", body, reply.body);
    cr_expect_str_eq(reply_text(&reply, "code"), code, "%s: %s", body, reply.body);
    reply_clear(&reply);
}

/* What was recorded so far was recorded a day and an hour earlier. */
static void a_day_goes_by(void)
{
    fixture_exec("UPDATE signing_key SET recorded_at = recorded_at - interval '25 hours',"
                 " nbf = greatest(nbf - 90000, 0);"
                 " UPDATE trust_list SET recorded_at = recorded_at - interval '25 hours';"
                 " INSERT INTO change (kind, key, version) VALUES (10, 0, 0)");
    nanosleep(&(struct timespec){1, 500000000}, NULL); /* the register polls once a second */
}

/* A member of a key of GET /v1/keys, as JSON. */
static const char *told(long long number, const char *member)
{
    static char text[8][1024];
    static unsigned turn;
    struct http_reply reply = server_must(&server, "GET", "/v1/keys", server.operator_key, NULL);
    char *said, *into = text[turn++ % 8];

    said = json_dumps(reply_at(&reply, say("items.%lld.%s", number - 1, member)),
                      JSON_COMPACT | JSON_ENCODE_ANY);
    snprintf(into, sizeof text[0], "%s", said != NULL ? said : "");
    free(said);
    reply_clear(&reply);
    return into;
}

/* -- codes ----------------------------------------------------------------------------------------- */

struct code {
    char text[TOKEN_TEXT_MAX + 1], kid[9];
};

static struct http_reply ask_code(void)
{
    return server_ask(&server, "POST", say("/v1/workers/%lld/code", city.own.id), city.own.key, "{}");
}

static struct code live_code(void)
{
    struct http_reply reply = ask_code();
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct token token;
    struct code code;

    cr_assert_eq(reply.status, 200, "%s", reply.body);
    snprintf(code.text, sizeof code.text, "%s", reply_text(&reply, "code"));
    cr_assert_eq(token_read(text_of(code.text), bytes, &token), TOKEN_OK);
    for (int i = 0; i < TOKEN_KID_BYTES; i++)
        snprintf(code.kid + 2 * i, 3, "%02x", token.envelope.kid[i]);
    reply_clear(&reply);
    return code;
}

static void expect_signed_by(const struct code *code, long long number)
{
    cr_expect_str_eq(say("\"%s\"", code->kid), told(number, "kid"));
}

/* At the gate, inwards: whoever leaves is let out, whatever the key. */
static void expect_at_gate(const char *code, const char *verdict, const char *why)
{
    struct http_reply reply = server_must(
        &server, "POST", "/v1/gate/check", city.cast.gate_account.key,
        say("{\"code\":\"%s\",\"direction\":\"in\",\"at\":\"%s\",\"epoch\":1,\"seq\":%d}", code,
            city_now(), ++seq));

    cr_expect_str_eq(reply_text(&reply, "verdict"), verdict, "%s", reply.body);
    cr_expect(why == NULL || strcmp(reply_text(&reply, "why"), why) == 0, "%s", reply.body);
    reply_clear(&reply);
}

/* -- tests ----------------------------------------------------------------------------------------- */

Test(keys, a_key_is_published_a_day_before_it_signs_and_retires_behind_its_successor)
{
    struct code old = live_code(), new;
    long long second;

    cr_expect_str_eq(told(1, "state"), "\"active\"");
    cr_expect_str_eq(told(1, "signs"), "[\"live\",\"cred\",\"badge\",\"roster\",\"list\",\"head\"]");
    cr_expect_str_eq(told(1, "versions.0.account"), "null"); /* the service itself */
    expect_signed_by(&old, 1);
    second = announce(new_key("second", "--new-sm2-signing-key"));
    cr_expect_eq(second, 2);
    cr_expect_str_eq(told(2, "loaded"), "true");
    move(2, "{\"state\":\"active\"}", 409, "key_early");
    move(2, "{\"state\":\"active\",\"emergency\":true,\"reason\":\"至急\"}", 409, "key_early");
    new = live_code();
    expect_signed_by(&new, 1);
    a_day_goes_by();
    move(1, "{\"state\":\"retired\"}", 409, "key_needed");
    move(2, "{\"state\":\"active\"}", 200, "");
    new = live_code();
    expect_signed_by(&new, 2);
    cr_expect_str_eq(told(1, "signs"), "[]");
    old = live_code();
    move(1, "{\"state\":\"retired\"}", 200, "");
    cr_expect_str_neq(told(1, "not_after"), "null");
    expect_at_gate(new.text, "open", NULL);
    move(1, "{\"state\":\"active\"}", 400, "field_choice");
    move(2, "{\"state\":\"retired\"}", 409, "key_needed");
}

Test(keys, what_a_retired_key_signed_counts_until_it_ends_and_nothing_once_it_is_removed)
{
    struct code old = live_code(), other = live_code();

    announce(new_key("second", "--new-signing-key"));
    a_day_goes_by();
    move(2, "{\"state\":\"active\"}", 200, "");
    move(1, "{\"state\":\"retired\"}", 200, "");
    expect_at_gate(old.text, "open", NULL); /* its signature is known from now on */
    move(1, "{\"state\":\"removed\"}", 400, "field_missing");
    move(1, "{\"state\":\"removed\",\"reason\":\"私钥可能外泄\"}", 200, "");
    expect_at_gate(other.text, "refuse", "key");
    expect_at_gate(old.text, "refuse", "key"); /* also what was recognised by its digest */
    other = live_code();
    expect_at_gate(other.text, "open", NULL);
    move(1, "{\"state\":\"active\"}", 400, "field_choice");
    cr_expect_str_eq(told(1, "versions.2.reason"), "\"私钥可能外泄\"");
}

Test(keys, with_its_only_key_removed_it_signs_nothing_until_another_is_activated_in_an_emergency)
{
    struct code old = live_code(), new;
    struct http_reply reply;
    const char *body = new_key("spare", "--new-signing-key");

    move(1, "{\"state\":\"removed\",\"reason\":\"外泄\"}", 200, "");
    reply = ask_code();
    cr_expect_eq(reply.status, 503);
    cr_expect_str_eq(reply_text(&reply, "code"), "no_signer");
    reply_clear(&reply);
    expect_at_gate(old.text, "refuse", "key");
    announce(body);
    move(2, "{\"state\":\"active\"}", 409, "key_early");
    move(2, "{\"state\":\"active\",\"emergency\":true}", 400, "field_missing");
    move(2, "{\"state\":\"active\",\"emergency\":true,\"reason\":\"旧钥已移除\"}", 200, "");
    cr_expect_str_eq(told(2, "versions.1.emergency"), "true");
    new = live_code();
    expect_signed_by(&new, 2);
    expect_at_gate(new.text, "open", NULL);
}

/* Another server of the same service: a folder of its own, the same vault and key. */
static struct server beside(const struct server *first)
{
    struct server other = *first;

    snprintf(other.dir, sizeof other.dir, "/tmp/jianan-server-XXXXXX");
    cr_assert(mkdtemp(other.dir) != NULL && mkdir(say("%s/spool", other.dir), 0700) == 0);
    cr_assert_eq(link(say("%s/vault.json", first->dir), say("%s/vault.json", other.dir)), 0);
    other.port = first->port + 4099;
    server_start_again(&other);
    return other;
}

Test(keys, a_removal_reaches_the_other_server_too)
{
    struct server other = beside(&server);
    struct code code = live_code();
    struct http_reply reply = {0};

    announce(new_key("second", "--new-signing-key"));
    a_day_goes_by();
    move(2, "{\"state\":\"active\"}", 200, "");
    move(1, "{\"state\":\"removed\",\"reason\":\"外泄\"}", 200, "");
    for (int waited = 0; waited < 50; waited++) {
        reply_clear(&reply);
        reply = server_must(&other, "POST", "/v1/gate/check", city.cast.gate_account.key,
                            say("{\"code\":\"%s\",\"direction\":\"in\",\"at\":\"%s\",\"epoch\":2,"
                                "\"seq\":%d}", code.text, city_now(), waited + 1));
        if (strcmp(reply_text(&reply, "verdict"), "refuse") == 0)
            break;
        nanosleep(&(struct timespec){0, 50000000}, NULL);
    }
    cr_expect_str_eq(reply_text(&reply, "why"), "key", "%s", reply.body);
    reply_clear(&reply);
    /* it does not hold the second key, and says so instead of signing with the first */
    reply = server_ask(&other, "POST", say("/v1/workers/%lld/code", city.own.id), city.own.key, "{}");
    cr_expect_str_eq(reply_text(&reply, "code"), "no_signer");
    reply_clear(&reply);
    server_stop(&other);
}

Test(keys, what_is_no_key_is_named)
{
#define X "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
#define Y "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    static const struct {
        const char *name, *body;
        int status;
        const char *code, *field;
    } cases[] = {
        {"another algorithm", "{\"alg\":\"RS256\",\"x\":\"" X "\",\"y\":\"" Y "\"}", 400,
         "field_choice", "/alg"},
        {"no hexadecimal", "{\"alg\":\"ES256\",\"x\":\"" X "\",\"y\":\"" Y "\"}", 400, "field_text", "/x"},
        {"a point of the other curve", "{\"alg\":\"SM2\",\"x\":\"" X "\",\"y\":\"" Y "\"}", 400,
         "field_range", "/x"},
        {"a kind that is a root's", "{\"alg\":\"ES256\",\"x\":\"" X "\",\"y\":\"" Y
         "\",\"kinds\":[\"trust\"]}", 400, "field_choice", "/kinds"},
        {"a phone's kind", "{\"alg\":\"ES256\",\"x\":\"" X "\",\"y\":\"" Y "\",\"kinds\":[\"kbt\"]}",
         400, "field_choice", "/kinds"},
        {"too early", "{\"alg\":\"ES256\",\"x\":\"" X "\",\"y\":\"" Y
         "\",\"not_before\":\"2026-01-01T00:00:00+08:00\"}", 400, "field_range", "/not_before"},
        {"over before it begins", "{\"alg\":\"ES256\",\"x\":\"" X "\",\"y\":\"" Y
         "\",\"not_after\":\"2026-01-01T00:00:00+08:00\"}", 400, "field_range", "/not_after"},
        {"good", "{\"alg\":\"ES256\",\"x\":\"" X "\",\"y\":\"" Y "\",\"kinds\":[\"badge\"]}", 201, "", ""},
        {"the same again", "{\"alg\":\"ES256\",\"x\":\"" X "\",\"y\":\"" Y "\"}", 409, "already_exists", "/x"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *body = strdup(cases[i].body);
        struct http_reply reply;

        if (strcmp(cases[i].name, "no hexadecimal") == 0)
            memcpy(strstr(body, "6b17"), "zzzz", 4);
        reply = server_ask(&server, "POST", "/v1/keys", server.operator_key, body);
        cr_expect_eq(reply.status, cases[i].status, "%s: %s", cases[i].name, reply.body);
        cr_expect_str_eq(reply_text(&reply, "code"), cases[i].code, "%s: %s", cases[i].name, reply.body);
        cr_expect_str_eq(reply_text(&reply, "errors.0.pointer"), cases[i].field, "%s: %s",
                         cases[i].name, reply.body);
        reply_clear(&reply);
        free(body);
    }
    a_day_goes_by();
    move(2, "{\"state\":\"active\"}", 409, "key_not_loaded"); /* nobody here can sign with it */
    move(77, "{\"state\":\"active\"}", 404, "key_unknown");
}

Test(keys, every_step_of_a_key_is_audited_and_sealed_in_the_log)
{
    struct log_checked found;

    announce(new_key("second", "--new-signing-key"));
    log_wait_sealed(); /* what is sealed is not moved in time any more: so no day goes by */
    move(2, "{\"state\":\"removed\",\"reason\":\"不再需要\"}", 200, "");
    log_wait_sealed();
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM log_leaf WHERE kind = 4"), 3);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM audit WHERE action IN ('key.add', 'key.remove')"), 2);
    found = log_check(&server);
    cr_expect_eq(found.status, 0, "%s", found.said);
    cr_expect_eq(found.findings, 0);
    cr_expect_eq(found.other_keys, 0);
}

/* What opens for half a day without network leaves a trace that cannot be taken away. */
Test(keys, an_issued_cred_is_a_leaf_of_the_log_by_its_digest)
{
    struct http_reply reply = server_must(
        &server, "POST", say("/v1/workers/%lld/code", city.own.id), city.own.key,
        "{\"device_key\":{\"kty\":\"EC\",\"crv\":\"P-256\","
        "\"x\":\"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY\","
        "\"y\":\"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU\"}}");
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct token token;
    char hex[65];

    cr_assert_eq(token_read(text_of(reply_text(&reply, "cred")), bytes, &token), TOKEN_OK);
    hex_format(token.digest, sizeof token.digest, hex);
    log_wait_sealed();
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM log_leaf l JOIN audit a"
                                       " ON l.kind = 2 AND l.subject = a.id"
                                       " WHERE a.action = 'worker.cred' AND a.worker_id = %lld"
                                       " AND a.detail->>'sha256' = '%s'", city.own.id, hex)), 1);
    reply_clear(&reply);
}
