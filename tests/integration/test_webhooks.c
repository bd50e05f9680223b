/* Other systems are told of what happens: the real server, a real receiver, and everything that can
 * go wrong between them. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/webhook.h"
#include "jobs/deliver.h"
#include "net/http.h"
#include "support/cast.h"
#include "support/pg_fixture.h"
#include "support/receiver.h"

enum { PATIENCE_MS = 30000, STEP_MS = 20 };

static struct server server;
static struct cast cast;
static struct receiver *receiver;
static char dir[] = "/tmp/jianan-hooks-XXXXXX", certificate_file[64], key_file[64];

/* -- set-up --------------------------------------------------------------------------------- */

static X509 *self_sign(EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "DNS:localhost");

    cr_assert(X509_set_version(certificate, 2) == 1);
    cr_assert(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1);
    cr_assert(X509_gmtime_adj(X509_getm_notBefore(certificate), -60) != NULL);
    cr_assert(X509_gmtime_adj(X509_getm_notAfter(certificate), 3600) != NULL);
    cr_assert(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                         (const unsigned char *)"localhost", -1, -1, 0) == 1);
    cr_assert(X509_set_issuer_name(certificate, name) == 1);
    cr_assert(X509_set_pubkey(certificate, key) == 1);
    cr_assert(names != NULL && X509_add_ext(certificate, names, -1) == 1);
    X509_EXTENSION_free(names);
    cr_assert(X509_sign(certificate, key, EVP_sha256()) > 0);
    return certificate;
}

static void make_certificate(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = self_sign(key);
    FILE *file;

    snprintf(certificate_file, sizeof certificate_file, "%s/cert.pem", dir);
    snprintf(key_file, sizeof key_file, "%s/key.pem", dir);
    file = fopen(certificate_file, "w");
    cr_assert(file != NULL && PEM_write_X509(file, certificate) == 1);
    fclose(file);
    file = fopen(key_file, "w");
    cr_assert(file != NULL && chmod(key_file, 0600) == 0 &&
              PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1);
    fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static void start_with(const char *const *settings)
{
    fixture_open();
    cr_assert(mkdtemp(dir) != NULL);
    make_certificate();
    server_start(&server, settings);
    cast_open(&server, &cast);
    receiver = receiver_start(NULL);
}

static void set_up(void)
{
    start_with((const char *[]){"--webhook_plain=1", NULL});
}

static void tear_down(void)
{
    char command[128];

    server_stop(&server);
    receiver_stop(receiver);
    fixture_close();
    snprintf(command, sizeof command, "rm -rf %s", dir);
    cr_assert_eq(system(command), 0);
}

TestSuite(webhooks, .init = set_up, .fini = tear_down, .timeout = 120);

/* -- steps ---------------------------------------------------------------------------------- */

struct hook {
    long long id;
    char secret[64];
};

static struct hook made(const char *key, const char *url)
{
    struct http_reply reply = server_must(
        &server, "POST", "/v1/webhooks", key,
        say("{\"url\":\"%s\",\"events\":[\"reminder.expiry\"]}", url));
    struct hook hook = {.id = reply_int(&reply, "id")};

    snprintf(hook.secret, sizeof hook.secret, "%s", reply_text(&reply, "secret"));
    reply_clear(&reply);
    return hook;
}

static const char *plain_url(void)
{
    return say("http://127.0.0.1:%u/hook", receiver_port(receiver));
}

static void must(const char *method, const char *path, const char *body)
{
    struct http_reply reply = server_must(&server, method, path, cast.contractor.key, body);

    reply_clear(&reply);
}

static void test(const struct hook *hook)
{
    must("POST", say("/v1/webhooks/%lld/test", hook->id), NULL);
}

static int64_t count(const char *where)
{
    char sql[512];

    snprintf(sql, sizeof sql, "SELECT count(*) FROM delivery WHERE %s", where);
    return fixture_query_int(sql);
}

/* Until so many deliveries are so. */
static void wait_for(const char *where, int64_t wanted)
{
    for (int waited = 0; count(where) != wanted; waited += STEP_MS) {
        cr_assert(waited < PATIENCE_MS, "%lld are %s, not %lld", (long long)count(where), where,
                  (long long)wanted);
        usleep(STEP_MS * 1000);
    }
}

static enum webhook_verdict verdict_of(const char *secret_text, const struct receipt *receipt)
{
    struct webhook_secret secret;

    cr_assert(webhook_secret_parse(text_of(secret_text), &secret), "%s", secret_text);
    return webhook_verify(&secret,
                          &(struct webhook_message){text_of(receipt->id),
                                                    text_of(receipt->timestamp),
                                                    text_of(receipt->body)},
                          text_of(receipt->signature), clock_wall_us() / US_PER_SECOND);
}

static char *server_log(void)
{
    char *text = calloc(1, 4 * 1024 * 1024);
    FILE *file = fopen(say("%s/log", server.dir), "r");

    cr_assert(text != NULL && file != NULL);
    (void)fread(text, 1, 4 * 1024 * 1024 - 1, file);
    fclose(file);
    return text;
}

static bool metric_is(const char *line)
{
    struct http_reply reply = server_must(&server, "GET", "/metrics", NULL, NULL);
    bool is = strstr(reply.body, line) != NULL;

    reply_clear(&reply);
    return is;
}

/* -- what arrives --------------------------------------------------------------------------- */

Test(webhooks, a_message_arrives_signed_and_is_told_as_delivered)
{
    struct hook hook = made(cast.contractor.key, plain_url());
    struct http_reply list;
    struct receipt receipt;
    json_t *body;
    char *log;

    test(&hook);
    receiver_wait(receiver, 1);
    receipt = receiver_get(receiver, 0);
    cr_expect_str_eq(receipt.path, "/hook");
    cr_expect_str_eq(receipt.type, "application/json");
    cr_expect_eq(verdict_of(hook.secret, &receipt), WEBHOOK_GOOD);
    body = json_loads(receipt.body, JSON_REJECT_DUPLICATES, NULL);
    cr_assert_not_null(body, "%s", receipt.body);
    cr_expect_str_eq(json_string_value(json_object_get(body, "id")), receipt.id);
    cr_expect_str_eq(json_string_value(json_object_get(body, "type")), "webhook.test");
    cr_expect_not_null(json_object_get(body, "timestamp"));
    json_decref(body);
    wait_for("state = 'delivered'", 1);
    list = server_must(&server, "GET", say("/v1/webhooks/%lld/deliveries", hook.id),
                       cast.contractor.key, NULL);
    cr_expect_str_eq(reply_text(&list, "items.0.message"), receipt.id);
    cr_expect_str_eq(reply_text(&list, "items.0.state"), "delivered");
    cr_expect_eq(reply_int(&list, "items.0.status"), 204);
    cr_expect_eq(reply_int(&list, "items.0.attempts"), 1);
    reply_clear(&list);
    cr_expect(metric_is("jianan_deliveries_total{end=\"delivered\"} 1\n"));
    log = server_log();
    cr_expect_null(strstr(log, "whsec_"));
    cr_expect_null(strstr(log, "/hook"));
    free(log);
}

/* An event about somebody, as any part of the service would add it. */
static void add_reminder(long long org, long long site, long long worker, const char *subject)
{
    fixture_exec(say("WITH e AS (INSERT INTO outbox (kind, subject, due, org_id, site_id, worker_id, data)"
                     " VALUES ('reminder.expiry', '%s', '2026-01-01', %lld, %lld, %lld, '{\"days\": 30}')"
                     " RETURNING id) INSERT INTO delivery (outbox_id, webhook_id)"
                     " SELECT e.id, w.id FROM e, webhook w", subject, org, site, worker));
}

Test(webhooks, a_message_names_a_person_by_number_and_masked_name_alone)
{
    char number[19];
    long long worker = cast_worker(&server, cast.contractor.key, "欧阳建国",
                                   cast_number(number, "19850312", 1), cast.site, "030");
    struct hook hook = made(cast.contractor.key, plain_url());
    struct receipt receipt;

    add_reminder(cast.contractor.org, cast.site, worker, "1");
    receiver_wait(receiver, 1);
    receipt = receiver_get(receiver, 0);
    cr_expect_eq(verdict_of(hook.secret, &receipt), WEBHOOK_GOOD);
    cr_expect_not_null(strstr(receipt.body, say("\"worker\":{\"id\":%lld,\"name\":\"欧", worker)));
    cr_expect_not_null(strstr(receipt.body, "\"data\":{\"days\": 30}"));
    cr_expect_null(strstr(receipt.body, "建国"));
    cr_expect_null(strstr(receipt.body, number));
}

/* -- what goes wrong ------------------------------------------------------------------------ */

/* The attempt that is due, fails so; then it is due again at once. */
static void fail_once(const char *trouble, int status)
{
    char where[256];

    snprintf(where, sizeof where,
             "state = 'pending' AND lease_until IS NULL AND trouble = '%s' AND"
             " coalesce(status, 0) = %d AND next_at > now() + interval '5 seconds'",
             trouble, status);
    wait_for(where, 1);
}

static void make_due(void)
{
    fixture_exec("UPDATE delivery SET next_at = now(), trouble = '' WHERE state = 'pending'");
}

Test(webhooks, a_receiver_that_refuses_is_asked_again_with_the_same_message)
{
    struct hook hook = made(cast.contractor.key, plain_url());
    struct receipt first, second;

    receiver_answer(receiver, 500, NULL);
    test(&hook);
    fail_once("status", 500);
    receiver_answer(receiver, 404, NULL);
    make_due();
    fail_once("status", 404);
    receiver_answer(receiver, 204, NULL);
    make_due();
    wait_for("state = 'delivered' AND attempts = 3", 1);
    first = receiver_get(receiver, 0);
    second = receiver_get(receiver, 2);
    cr_expect_str_eq(first.id, second.id);
    cr_expect_str_eq(first.body, second.body);
    cr_expect_eq(verdict_of(hook.secret, &second), WEBHOOK_GOOD);
    cr_expect(metric_is("jianan_deliveries_total{end=\"failed\"} 2\n"));
}

Test(webhooks, a_redirect_is_not_followed)
{
    static char location[64];
    struct hook hook = made(cast.contractor.key, plain_url());

    snprintf(location, sizeof location, "Location: http://127.0.0.1:%u/elsewhere\r\n",
             receiver_port(receiver));
    receiver_answer(receiver, 302, location);
    test(&hook);
    fail_once("redirect", 302);
    cr_expect_eq(receiver_count(receiver), 1);
    cr_expect_str_eq(receiver_get(receiver, 0).path, "/hook");
}

Test(webhooks, a_receiver_that_is_down_is_told_when_it_is_back)
{
    struct receiver *down = receiver_start(NULL);
    unsigned port = receiver_port(down);
    struct hook hook;

    receiver_stop(down);
    hook = made(cast.contractor.key, say("http://127.0.0.1:%u/hook", port));
    test(&hook);
    fail_once("connect", 0);
    must("PATCH", say("/v1/webhooks/%lld", hook.id), say("{\"url\":\"%s\"}", plain_url()));
    make_due();
    wait_for("state = 'delivered'", 1);
}

Test(webhooks, a_slow_receiver_is_given_up_after_ten_seconds_and_holds_up_nobody)
{
    struct receiver *quick = receiver_start(NULL);
    struct hook slow = made(cast.contractor.key, plain_url()), other;

    receiver_answer(receiver, 0, NULL);
    test(&slow);
    receiver_wait(receiver, 1);
    other = made(cast.contractor.key, say("http://127.0.0.1:%u/x", receiver_port(quick)));
    test(&other);
    receiver_wait(quick, 1);
    wait_for("state = 'delivered'", 1);
    cr_expect_eq(count("trouble = ''"), 2);
    fail_once("timeout", 0);
    cr_expect_geq(fixture_query_int("SELECT took_ms::bigint FROM delivery WHERE trouble = 'timeout'"),
                  10000);
    receiver_stop(quick);
}

Test(webhooks, a_certificate_that_nobody_vouches_for_is_not_trusted)
{
    struct receiver *encrypted;
    struct hook hook;
    SSL_CTX *tls;

    cr_assert(!err_is(tls_context_new(certificate_file, key_file, &tls)));
    encrypted = receiver_start(tls);
    hook = made(cast.contractor.key, say("https://localhost:%u/x", receiver_port(encrypted)));
    test(&hook);
    fail_once("tls", 0);
    cr_expect_eq(receiver_count(encrypted), 0);
    receiver_stop(encrypted);
    SSL_CTX_free(tls);
}

Test(webhooks, what_answers_without_tls_is_not_told_over_https)
{
    struct hook hook =
        made(cast.contractor.key, say("https://localhost:%u/x", receiver_port(receiver)));

    test(&hook);
    fail_once("tls", 0);
    cr_expect_eq(receiver_count(receiver), 0);
}

Test(webhooks, patience_ends_it_is_shown_and_can_be_tried_anew)
{
    struct hook hook = made(cast.contractor.key, plain_url());
    struct http_reply reply;

    receiver_answer(receiver, 503, NULL);
    test(&hook);
    fail_once("status", 503);
    fixture_exec("UPDATE delivery SET attempts = 7, next_at = now()");
    wait_for("state = 'dead' AND attempts = 8 AND trouble = 'status'", 1);
    reply = server_must(&server, "GET", say("/v1/webhooks/%lld/deliveries?state=dead", hook.id),
                        cast.contractor.key, NULL);
    cr_expect_eq(reply_int(&reply, "items.0.attempts"), 8);
    cr_expect_str_eq(reply_text(&reply, "items.0.trouble"), "status");
    reply_clear(&reply);
    reply = server_must(&server, "GET", say("/v1/webhooks/%lld", hook.id), cast.contractor.key, NULL);
    cr_expect_eq(reply_int(&reply, "dead"), 1);
    cr_expect_eq(reply_int(&reply, "pending"), 0);
    reply_clear(&reply);
    cr_expect(metric_is("jianan_deliveries_total{end=\"dead\"} 1\n"));
    receiver_answer(receiver, 204, NULL);
    must("POST", say("/v1/webhooks/%lld/retry", hook.id), NULL);
    wait_for("state = 'delivered' AND attempts = 1", 1);
}

Test(webhooks, one_killed_between_sending_and_noting_sends_the_same_again_and_loses_nothing)
{
    struct hook hook = made(cast.contractor.key, plain_url());
    struct receipt first, second;

    receiver_answer(receiver, 0, NULL);
    test(&hook);
    receiver_wait(receiver, 1);
    server_kill(&server);
    receiver_release(receiver);
    cr_expect_eq(count("state = 'pending' AND attempts = 1 AND lease_until > now()"), 1);
    receiver_answer(receiver, 204, NULL);
    server_start_again(&server);
    usleep(1500 * 1000); /* the claim of the one that died still holds */
    cr_expect_eq(receiver_count(receiver), 1);
    fixture_exec("UPDATE delivery SET lease_until = now()");
    wait_for("state = 'delivered' AND attempts = 2", 1);
    first = receiver_get(receiver, 0);
    second = receiver_get(receiver, 1);
    cr_expect_eq(receiver_count(receiver), 2);
    cr_expect_str_eq(first.id, second.id);
    cr_expect_str_eq(first.body, second.body);
}

Test(webhooks, one_that_is_stopped_while_it_sends_finishes_or_leaves_it_to_the_next)
{
    struct hook hook = made(cast.contractor.key, plain_url());

    receiver_answer(receiver, 0, NULL);
    test(&hook);
    receiver_wait(receiver, 1);
    kill(server.pid, SIGTERM);
    usleep(200 * 1000);
    receiver_release(receiver);
    wait_for("state = 'delivered' AND attempts = 1", 1); /* within its last three seconds */
    server_wait(&server);
    server_start_again(&server);
}

/* A second server on the same database, with the same vault. */
static void start_second(struct server *second)
{
    char command[512];

    *second = server;
    second->port = server.port + 1;
    snprintf(second->dir, sizeof second->dir, "%s/second", dir);
    snprintf(command, sizeof command, "mkdir -p %s/spool && cp %s/vault.json %s/signing.pem %s",
             second->dir, server.dir, server.dir, second->dir);
    cr_assert_eq(system(command), 0);
    server_start_again(second);
}

/* More than one server takes at a time, while the receiver keeps everybody waiting. */
Test(webhooks, two_servers_share_the_work_and_nothing_arrives_twice)
{
    const char *const keys[] = {cast.contractor.key, cast.other_contractor.key,
                                cast.safety_officer.key, cast.regulator.key,
                                cast.other_regulator.key};
    enum { EACH = 4, HOOKS = 5 * EACH, MESSAGES = HOOKS * DELIVER_OF_ONE };
    struct server second;

    _Static_assert((int)MESSAGES > (int)DELIVER_IN_ALL, "something is left for the second");
    for (size_t i = 0; i < HOOKS; i++)
        made(keys[i / EACH], plain_url());
    start_second(&second);
    receiver_answer(receiver, 0, NULL);
    fixture_exec(say("WITH e AS (INSERT INTO outbox (kind, subject, due, data)"
                     " SELECT 'reminder.expiry', n::text, '2026-01-01', '{}' FROM generate_series(1, %d) n"
                     " RETURNING id) INSERT INTO delivery (outbox_id, webhook_id)"
                     " SELECT e.id, w.id FROM e, webhook w", DELIVER_OF_ONE));
    receiver_wait(receiver, MESSAGES);
    receiver_answer(receiver, 204, NULL);
    receiver_release(receiver);
    wait_for("state = 'delivered' AND attempts = 1", MESSAGES);
    cr_expect_eq(receiver_count(receiver), MESSAGES);
    cr_expect_eq(count("took_ms IS NULL"), 0);
    cr_expect_not(metric_is(say("jianan_deliveries_total{end=\"delivered\"} %d\n", MESSAGES)));
    cr_expect_not(metric_is("jianan_deliveries_total{end=\"delivered\"} 0\n"));
    server_stop(&second);
}

/* -- secrets -------------------------------------------------------------------------------- */

Test(webhooks, after_a_change_both_secrets_sign_for_a_day)
{
    struct hook hook = made(cast.contractor.key, plain_url());
    struct http_reply reply =
        server_must(&server, "POST", say("/v1/webhooks/%lld/secret", hook.id), cast.contractor.key,
                    NULL);
    struct receipt receipt;
    char changed[64];

    cr_expect_eq(reply.status, 201);
    snprintf(changed, sizeof changed, "%s", reply_text(&reply, "secret"));
    reply_clear(&reply);
    cr_expect_str_neq(changed, hook.secret);
    test(&hook);
    receiver_wait(receiver, 1);
    receipt = receiver_get(receiver, 0);
    cr_expect_eq(verdict_of(hook.secret, &receipt), WEBHOOK_GOOD);
    cr_expect_eq(verdict_of(changed, &receipt), WEBHOOK_GOOD);
    fixture_exec("UPDATE webhook_secret SET recorded_at = now() - interval '25 hours'");
    test(&hook);
    receiver_wait(receiver, 2);
    receipt = receiver_get(receiver, 1);
    cr_expect_eq(verdict_of(hook.secret, &receipt), WEBHOOK_FORGED);
    cr_expect_eq(verdict_of(changed, &receipt), WEBHOOK_GOOD);
}

Test(webhooks, a_secret_is_shown_once_and_kept_nowhere_in_the_clear)
{
    struct http_question question = {
        .method = "POST", .path = "/v1/webhooks", .key = cast.contractor.key,
        .idempotency = "once",
        .body = "{\"url\":\"https://hook.example.cn/x\",\"events\":[\"reminder.expiry\"]}"};
    struct http_reply first = client_ask(&server.client, &question);
    struct http_reply again = client_ask(&server.client, &question);

    cr_assert_eq(first.status, 201, "%s", first.body);
    cr_expect_eq(strlen(reply_text(&first, "secret")), 50);
    cr_assert_eq(again.status, 200, "%s", again.body);
    cr_expect_eq(reply_int(&first, "id"), reply_int(&again, "id"));
    cr_expect(json_is_null(reply_at(&again, "secret")));
    cr_expect_not_null(strstr(reply_text(&again, "hint"), "/secret"));
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM webhook"), 1);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM idempotency WHERE answer LIKE '%whsec%'"), 0);
    reply_clear(&first);
    reply_clear(&again);
}

/* -- setting up ----------------------------------------------------------------------------- */

static int status_of(const char *method, const char *path, const char *key, const char *body,
                     const char *code)
{
    struct http_reply reply = server_ask(&server, method, path, key, body);
    int status = reply.status;

    if (code != NULL)
        cr_expect_str_eq(reply_text(&reply, "code"), code, "%s", reply.body);
    reply_clear(&reply);
    return status;
}

Test(webhooks, what_cannot_be_told_is_refused_with_its_field)
{
    static const struct {
        const char *body, *code, *pointer;
    } cases[] = {
        {"{}", "field_missing", "/url"},
        {"{\"url\":\"https://a.cn/\"}", "field_missing", "/events"},
        {"{\"url\":\"https://a.cn/\",\"events\":[]}", "field_range", "/events"},
        {"{\"url\":\"https://a.cn/\",\"events\":[\"x.y\"]}", "field_choice", "/events"},
        {"{\"url\":\"https://a.cn/\",\"events\":[\"webhook.test\"]}", "field_choice", "/events"},
        {"{\"url\":\"https://a.cn/\",\"events\":[\"reminder.expiry\",\"reminder.expiry\"]}",
         "field_choice", "/events"},
        {"{\"url\":\"http://a.cn/\",\"events\":[\"reminder.expiry\"]}", "webhook_url", "/url"},
        {"{\"url\":\"https://10.0.0.1/\",\"events\":[\"reminder.expiry\"]}", "webhook_url", "/url"},
        {"{\"url\":\"https://a@b.cn/\",\"events\":[\"reminder.expiry\"]}", "webhook_url", "/url"},
        {"{\"url\":\"https://a.cn/\",\"events\":\"reminder.expiry\"}", "field_type", "/events"},
        {"{\"url\":\"https://a.cn/\",\"events\":[\"reminder.expiry\"],\"secret\":\"x\"}",
         "field_unknown", "/secret"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_reply reply = server_ask(&server, "POST", "/v1/webhooks", cast.contractor.key,
                                             cases[i].body);

        cr_expect_eq(reply.status, 400, "%s: %s", cases[i].body, reply.body);
        cr_expect_str_eq(reply_text(&reply, "code"), cases[i].code, "%s", cases[i].body);
        cr_expect_str_eq(reply_text(&reply, "errors.0.pointer"), cases[i].pointer, "%s",
                         reply.body);
        reply_clear(&reply);
    }
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM webhook"), 0);
}

Test(webhooks, the_description_names_every_event_that_can_be_asked_for)
{
    struct http_reply reply = server_must(&server, "GET", "/openapi.yaml", NULL, NULL);
    struct text rest = text_of(event_choices());
    char line[512] = "enum: [";

    while (rest.at != NULL) {
        struct text type = text_cut(rest, '|', &rest);
        size_t used = strlen(line);

        snprintf(line + used, sizeof line - used, "%.*s%s", (int)type.bytes, type.at,
                 rest.at != NULL ? ", " : "]");
    }
    cr_expect_not_null(strstr(reply.body, line), "%s", line);
    reply_clear(&reply);
}

Test(webhooks, each_role_has_its_own_and_nobody_another_s)
{
    const char *const keys[] = {cast.contractor.key, cast.other_contractor.key,
                                cast.safety_officer.key, cast.regulator.key,
                                cast.other_regulator.key};
    enum { KEYS = sizeof keys / sizeof keys[0] };
    struct hook hooks[KEYS];

    for (size_t i = 0; i < KEYS; i++)
        hooks[i] = made(keys[i], "https://hook.example.cn/x");
    for (size_t i = 0; i < KEYS; i++) {
        struct http_reply list = server_must(&server, "GET", "/v1/webhooks", keys[i], NULL);

        cr_expect_eq(json_array_size(reply_at(&list, "items")), 1);
        cr_expect_eq(reply_int(&list, "items.0.id"), hooks[i].id);
        reply_clear(&list);
        for (size_t j = 0; j < KEYS; j++)
            cr_expect_eq(status_of("GET", say("/v1/webhooks/%lld", hooks[j].id), keys[i], NULL, NULL),
                         i == j ? 200 : 404);
    }
    /* a colleague of the same firm sees it */
    cr_expect_eq(status_of("GET", say("/v1/webhooks/%lld", hooks[0].id),
                           cast_account(&server, "contractor", cast.contractor.org, "").key, NULL,
                           NULL),
                 200);
}

Test(webhooks, one_that_is_switched_off_is_told_nothing_until_it_is_switched_on)
{
    struct hook hook = made(cast.contractor.key, plain_url());
    char path[64];

    snprintf(path, sizeof path, "/v1/webhooks/%lld", hook.id);
    receiver_answer(receiver, 500, NULL);
    test(&hook);
    fail_once("status", 500);
    must("PATCH", path, "{\"state\":\"disabled\"}");
    cr_expect_eq(count("state = 'dead' AND trouble = 'disabled'"), 1);
    cr_expect_eq(status_of("POST", say("/v1/webhooks/%lld/test", hook.id), cast.contractor.key,
                           NULL, "webhook_disabled"), 409);
    cr_expect_eq(status_of("POST", say("/v1/webhooks/%lld/retry", hook.id), cast.contractor.key,
                           NULL, "webhook_disabled"), 409);
    must("PATCH", path, "{\"state\":\"active\"}");
    receiver_answer(receiver, 204, NULL);
    must("POST", say("/v1/webhooks/%lld/retry", hook.id), NULL);
    wait_for("state = 'delivered'", 1);
    cr_expect_eq(fixture_query_int("SELECT max(version)::bigint FROM webhook"), 3);
}

Test(webhooks, ten_are_enough_for_one)
{
    struct hook last = {0};

    for (int i = 0; i < 10; i++)
        last = made(cast.contractor.key, "https://hook.example.cn/x");
    cr_expect_eq(status_of("POST", "/v1/webhooks", cast.contractor.key,
                           "{\"url\":\"https://a.cn/\",\"events\":[\"reminder.expiry\"]}",
                           "webhook_many"), 409);
    must("PATCH", say("/v1/webhooks/%lld", last.id), "{\"state\":\"disabled\"}");
    made(cast.contractor.key, "https://hook.example.cn/x");
    cr_expect_eq(status_of("PATCH", say("/v1/webhooks/%lld", last.id), cast.contractor.key,
                           "{\"state\":\"active\"}", "webhook_many"), 409);
    made(cast.other_contractor.key, "https://hook.example.cn/x");
}

/* -- where nobody may be sent --------------------------------------------------------------- */

static void set_up_strict(void)
{
    start_with(NULL);
}

TestSuite(webhooks_strict, .init = set_up_strict, .fini = tear_down, .timeout = 60);

Test(webhooks_strict, a_name_that_leads_to_this_machine_is_not_told)
{
    struct hook hook =
        made(cast.contractor.key, say("https://localhost:%u/x", receiver_port(receiver)));

    test(&hook);
    fail_once("address", 0);
    cr_expect_eq(receiver_count(receiver), 0);
    cr_expect_eq(status_of("POST", "/v1/webhooks", cast.contractor.key,
                           say("{\"url\":\"%s\",\"events\":[\"reminder.expiry\"]}", plain_url()),
                           "webhook_url"), 400);
}

Test(webhooks_strict, an_address_that_was_allowed_once_is_judged_again_when_it_is_told)
{
    struct hook hook = made(cast.contractor.key, "https://hook.example.cn/x");

    fixture_exec(say("INSERT INTO webhook SELECT id, 2, role, org_id, site_id, region,"
                     " 'https://127.0.0.1:%u/x', events, state, account_id FROM webhook",
                     receiver_port(receiver)));
    test(&hook);
    fail_once("address", 0);
    fixture_exec(say("INSERT INTO webhook SELECT id, 3, role, org_id, site_id, region,"
                     " 'http://127.0.0.1:%u/x', events, state, account_id FROM webhook WHERE version = 2",
                     receiver_port(receiver)));
    make_due();
    fail_once("address", 0);
    cr_expect_eq(receiver_count(receiver), 0);
}

static void set_up_private(void)
{
    static char ca[96];

    cr_assert(mkdtemp(dir) != NULL);
    make_certificate();
    snprintf(ca, sizeof ca, "--webhook_ca=%s", certificate_file);
    fixture_open();
    server_start(&server, (const char *[]){"--webhook_networks=127.0.0.0/8, ::1/128", ca, NULL});
    cast_open(&server, &cast);
    receiver = receiver_start(NULL);
}

TestSuite(webhooks_private, .init = set_up_private, .fini = tear_down, .timeout = 60);

Test(webhooks_private, a_network_and_an_authority_that_the_operator_named_are_good)
{
    struct receiver *encrypted;
    struct hook hook;
    SSL_CTX *tls;

    cr_assert(!err_is(tls_context_new(certificate_file, key_file, &tls)));
    encrypted = receiver_start(tls);
    hook = made(cast.contractor.key, say("https://localhost:%u/x", receiver_port(encrypted)));
    test(&hook);
    wait_for("state = 'delivered'", 1);
    cr_expect_eq(receiver_count(encrypted), 1);
    cr_expect_eq(status_of("POST", "/v1/webhooks", cast.contractor.key,
                           say("{\"url\":\"%s\",\"events\":[\"reminder.expiry\"]}", plain_url()),
                           "webhook_url"), 400);
    receiver_stop(encrypted);
    SSL_CTX_free(tls);
}

Test(webhooks_private, a_certificate_of_another_name_is_not_trusted)
{
    struct receiver *encrypted;
    struct hook hook;
    SSL_CTX *tls;

    cr_assert(!err_is(tls_context_new(certificate_file, key_file, &tls)));
    encrypted = receiver_start(tls);
    hook = made(cast.contractor.key, say("https://127.0.0.1:%u/x", receiver_port(encrypted)));
    test(&hook);
    fail_once("tls", 0);
    cr_expect_eq(receiver_count(encrypted), 0);
    receiver_stop(encrypted);
    SSL_CTX_free(tls);
}
