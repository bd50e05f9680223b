/* People sign in: links, passwords, authenticators, sessions; and what comes of those who try without. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "support/browser.h"
#include "support/cast.h"
#include "support/parallel.h"
#include "support/pg_fixture.h"

#define PASSWORD "five small boats"
#define OTHER    "seven grey herons"

static struct server server;
static struct browser her;
static long long account; /* a contractor's */

static long long org_of(const char *kind, const char *more)
{
    return cast_org(&server, kind, more);
}

static void set_up(void)
{
    fixture_open();
    server_start(&server, (const char *[]){"--address_failures_per_min=1000000", NULL});
    account = cast_account(&server, "contractor", org_of("contractor", ""), "").id;
    browser_open(&her, &server);
    browser_choose(&her, account, "li.na", PASSWORD);
}

static char *log_text(void)
{
    char name[128], *text;
    FILE *log;
    long bytes;

    snprintf(name, sizeof name, "%s/log", server.dir);
    log = fopen(name, "r");
    cr_assert_not_null(log);
    fseek(log, 0, SEEK_END);
    bytes = ftell(log);
    rewind(log);
    text = calloc(1, (size_t)bytes + 1);
    cr_assert_eq(fread(text, 1, (size_t)bytes, log), (size_t)bytes);
    fclose(log);
    return text;
}

static void tear_down(void)
{
    char *log = log_text();

    cr_expect_null(strstr(log, "li.na"), "a login name in the log");
    cr_expect_null(strstr(log, PASSWORD), "a password in the log");
    if (her.session[0] != '\0')
        cr_expect_null(strstr(log, her.session), "a session in the log");
    free(log);
    server_stop(&server);
    fixture_close();
}

static void set_up_strict(void)
{
    fixture_open();
    server_start(&server, (const char *[]){"--address_failures_per_min=30", NULL});
    account = cast_account(&server, "contractor", org_of("contractor", ""), "").id;
    browser_open(&her, &server);
    browser_choose(&her, account, "li.na", PASSWORD);
}

TestSuite(sign_in_address, .init = set_up_strict, .fini = tear_down, .timeout = 120);
TestSuite(sign_in, .init = set_up, .fini = tear_down, .timeout = 120);

static struct http_reply in(struct browser *browser)
{
    return browser_sign_in(browser, "li.na", PASSWORD, NULL);
}

static int try(struct browser *browser, const char *login, const char *password)
{
    struct http_reply reply = browser_sign_in(browser, login, password, NULL);
    int status = reply.status;

    reply_clear(&reply);
    return status;
}

static void must_be_in(struct browser *browser)
{
    struct http_reply reply = in(browser);

    cr_assert_eq(reply.status, 201, "%s", reply.body);
    reply_clear(&reply);
}

static bool is_in(struct browser *browser)
{
    return browser_status(browser, "GET", "/v1/session", NULL) == 200;
}

static void disable(long long id)
{
    struct http_reply reply = server_must(&server, "PATCH", say("/v1/accounts/%lld", id),
                                          server.operator_key, "{\"state\":\"disabled\"}");

    reply_clear(&reply);
}

/* -- coming in ------------------------------------------------------------------------------------ */

Test(sign_in, who_signed_in_is_told_who_he_is)
{
    struct http_reply reply = in(&her);

    cr_expect_eq(reply.status, 201);
    cr_expect_str_eq(reply_text(&reply, "role"), "contractor");
    cr_expect_eq(reply_int(&reply, "account"), account);
    cr_expect_str_eq(reply_text(&reply, "org_name"), "测试contractor");
    cr_expect_str_eq(reply_text(&reply, "login"), "li.na");
    cr_expect_eq(json_array_size(reply_at(&reply, "needs")), 0);
    cr_expect_eq(strlen(reply_text(&reply, "csrf")), 32);
    reply_clear(&reply);
    reply = browser_ask(&her, "GET", "/v1/session", NULL);
    cr_expect_eq(reply.status, 200);
    cr_expect_str_eq(reply_text(&reply, "csrf"), her.csrf, "the page that is loaded again");
    reply_clear(&reply);
    cr_expect_eq(browser_status(&her, "GET", "/v1/orgs", NULL), 200, "as the role may");
    cr_expect_eq(browser_status(&her, "GET", "/v1/accounts", NULL), 403, "and no more");
}

Test(sign_in, the_cookie_is_for_this_host_over_tls_and_for_no_script)
{
    struct http_reply reply = in(&her);
    const char *line = strstr(reply.head, "Set-Cookie: __Host-jianan=");
    const char *end = line != NULL ? strstr(line, "\r\n") : NULL;
    char text[512];

    cr_assert_not_null(end);
    snprintf(text, sizeof text, "%.*s", (int)(end - line), line);
    cr_expect_not_null(strstr(text, "; Path=/"), "%s", text);
    cr_expect_not_null(strstr(text, "; Secure"), "%s", text);
    cr_expect_not_null(strstr(text, "; HttpOnly"), "%s", text);
    cr_expect_not_null(strstr(text, "; SameSite=Lax"), "%s", text);
    cr_expect_null(strstr(text, "Domain"), "%s", text);
    cr_expect_str_eq(reply_header(&reply, "Cache-Control"), "no-store");
    reply_clear(&reply);
}

Test(sign_in, upper_case_names_the_same_login)
{
    cr_expect_eq(try(&her, "Li.Na", PASSWORD), 201);
}

Test(sign_in, the_database_keeps_neither_password_nor_token)
{
    must_be_in(&her);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM login WHERE password LIKE"
                                   " '$argon2id$v=19$m=19456,t=2,p=1$%'"), 1);
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM session WHERE token_hash ="
                                       " sha256('%s'::bytea)", her.session)), 1);
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM session s WHERE s::text LIKE '%%%s%%'",
                                       her.session)), 0);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM idempotency WHERE answer LIKE '%token%'"
                                   " AND answer NOT LIKE '%\"token\":null%'"), 0);
}

/* -- links ------------------------------------------------------------------------------------------ */

static struct http_reply choose(const char *token, const char *password)
{
    return browser_ask(&her, "POST", "/v1/password",
                       say("{\"token\":\"%s\",\"password\":\"%s\"}", token, password));
}

static void expect_ended(const char *token)
{
    struct http_reply reply = choose(token, OTHER);

    cr_expect_eq(reply.status, 410, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "code"), "link_ended");
    reply_clear(&reply);
}

Test(sign_in, a_link_works_once)
{
    char token[65];
    struct http_reply reply;

    browser_link(&server, account, "li.na", token);
    reply = choose(token, OTHER);
    cr_expect_eq(reply.status, 200, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "login"), "li.na");
    reply_clear(&reply);
    expect_ended(token);
    cr_expect_eq(try(&her, "li.na", PASSWORD), 401);
    cr_expect_eq(try(&her, "li.na", OTHER), 201);
}

Test(sign_in, another_link_ends_the_one_before)
{
    char first[65], second[65];

    browser_link(&server, account, "li.na", first);
    browser_link(&server, account, "li.na", second);
    expect_ended(first);
}

Test(sign_in, a_link_ends_after_two_days_and_with_its_account)
{
    char token[65];

    browser_link(&server, account, "li.na", token);
    cr_expect_eq(fixture_query_int("SELECT round(extract(epoch FROM link_until - clock_timestamp())"
                                   " / 3600)::int FROM login"), 48);
    fixture_exec("UPDATE login SET link_until = clock_timestamp() - interval '1 second'");
    expect_ended(token);
    browser_link(&server, account, "li.na", token);
    disable(account);
    expect_ended(token);
}

Test(sign_in, the_same_link_asked_for_by_many_at_once_sets_one_password)
{
    enum { MANY = 8 };
    struct http_question questions[MANY];
    static struct parallel all;
    char token[65];

    browser_link(&server, account, "li.na", token);
    for (int i = 0; i < MANY; i++)
        questions[i] = (struct http_question){
            .method = "POST", .path = "/v1/password",
            .body = say("{\"token\":\"%s\",\"password\":\"%s %d\"}", token, OTHER, i)};
    parallel_begin(&all, server.port, questions, MANY);
    parallel_finish(&all);
    cr_expect_eq(parallel_count(&all, 200), 1);
    cr_expect_eq(parallel_count(&all, 410), MANY - 1);
    parallel_clear(&all);
}

Test(sign_in, a_repeated_request_does_not_show_the_link_again)
{
    struct http_question question = {.method = "POST",
                                     .path = say("/v1/accounts/%lld/login", account),
                                     .key = server.operator_key,
                                     .body = "{\"login\":\"li.na\"}",
                                     .idempotency = "once"};
    struct http_reply first = client_ask(&server.client, &question);
    struct http_reply again = client_ask(&server.client, &question);

    cr_expect_eq(first.status, 201, "%s", first.body);
    cr_expect_eq(again.status, 200, "%s", again.body);
    cr_expect(json_is_null(reply_at(&again, "token")));
    cr_expect_not_null(reply_at(&again, "hint"));
    reply_clear(&first);
    reply_clear(&again);
}

Test(sign_in, two_accounts_cannot_have_one_name)
{
    long long other = cast_account(&server, "clinic", org_of("clinic", ""), "").id;
    struct http_reply reply = server_ask(&server, "POST", say("/v1/accounts/%lld/login", other),
                                         server.operator_key, "{\"login\":\"li.na\"}");

    cr_expect_eq(reply.status, 409, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "code"), "login_taken");
    reply_clear(&reply);
}

Test(sign_in, names_are_plain)
{
    static const char *const bad[] = {"ab", ".abc", "Li.Na", "li na", "li'na", "李娜", "li/na"};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct http_reply reply =
            server_ask(&server, "POST", say("/v1/accounts/%lld/login", account),
                       server.operator_key, say("{\"login\":\"%s\"}", bad[i]));

        cr_expect_eq(reply.status, 400, "%s: %s", bad[i], reply.body);
        cr_expect_str_eq(reply_text(&reply, "errors.0.pointer"), "/login", "%s", bad[i]);
        reply_clear(&reply);
    }
}

Test(sign_in, what_everybody_tries_first_is_no_password)
{
    static const char *const weak[] = {"short 123", "aaaaaaaaaaaa", "abababababab", "password123",
                                       "1234567890", "my li.na pass", "Woaini1314520"};
    struct http_reply reply;
    char token[65];

    browser_link(&server, account, "li.na", token);
    for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++) {
        reply = choose(token, weak[i]);
        cr_expect_eq(reply.status, 400, "%s: %s", weak[i], reply.body);
        cr_expect_str_eq(reply_text(&reply, "code"), "password_weak", "%s", weak[i]);
        cr_expect_str_eq(reply_text(&reply, "errors.0.pointer"), "/password");
        reply_clear(&reply);
    }
    reply = choose(token, "四只白鹭飞过一条大河");
    cr_expect_eq(reply.status, 200, "ten characters are enough: %s", reply.body);
    reply_clear(&reply);
}

/* -- who does not come in --------------------------------------------------------------------------- */

/* The answer without what names the request itself. */
static char *told(struct http_reply reply)
{
    char *text;

    cr_expect_eq(reply.status, 401, "%s", reply.body);
    json_object_del(reply.json, "instance");
    text = json_dumps(reply.json, JSON_SORT_KEYS);
    reply_clear(&reply);
    return text;
}

Test(sign_in, why_somebody_does_not_come_in_is_not_told)
{
    long long disabled = cast_account(&server, "clinic", org_of("clinic", ""), "").id;
    struct browser other;
    char token[65], *wrong, *answers[3];

    browser_open(&other, &server);
    browser_choose(&other, disabled, "gone.one", PASSWORD);
    disable(disabled);
    browser_link(&server, cast_account(&server, "clinic", org_of("clinic", ""), "").id, "new.one",
                 token);
    wrong = told(browser_sign_in(&her, "li.na", OTHER, NULL));
    answers[0] = told(browser_sign_in(&her, "no.such", PASSWORD, NULL));
    answers[1] = told(browser_sign_in(&other, "gone.one", PASSWORD, NULL));
    answers[2] = told(browser_sign_in(&her, "new.one", PASSWORD, NULL));
    for (int i = 0; i < 3; i++) {
        cr_expect_str_eq(answers[i], wrong);
        free(answers[i]);
    }
    free(wrong);
}

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds_of(const char *login)
{
    double from_s = now_s();

    for (int i = 0; i < 4; i++)
        cr_expect_eq(try(&her, login, OTHER), 401);
    return now_s() - from_s;
}

/* Without the work for nobody's sake an absent name takes a tenth of it. */
Test(sign_in, an_absent_name_takes_as_long_as_a_wrong_password)
{
    double wrong = seconds_of("li.na"), absent = seconds_of("no.such");

    cr_expect_gt(absent, wrong / 3, "%f s against %f s", absent, wrong);
}

static void expect_slow(struct browser *browser, const char *login)
{
    struct http_reply reply;

    for (int i = 0; i < 5; i++)
        cr_expect_eq(try(browser, login, OTHER), 401);
    reply = browser_sign_in(browser, login, PASSWORD, NULL);
    cr_expect_eq(reply.status, 429, "%s: %s", login, reply.body);
    cr_expect_not_null(reply_header(&reply, "Retry-After"));
    reply_clear(&reply);
}

Test(sign_in, guessing_becomes_slow_whether_or_not_there_is_such_a_name)
{
    struct browser stranger;

    browser_open(&stranger, &server);
    expect_slow(&stranger, "li.na");
    expect_slow(&stranger, "no.such");
    fixture_exec("UPDATE sign_in_try SET failed_at = failed_at - interval '2 seconds'");
    cr_expect_eq(try(&stranger, "li.na", PASSWORD), 201, "who waited comes in");
}

Test(sign_in, each_failure_makes_the_wait_twice_as_long_up_to_a_quarter_of_an_hour)
{
    static const struct {
        int failures, wait_s;
    } cases[] = {{5, 1}, {6, 2}, {9, 16}, {14, 512}, {15, 900}, {500, 900}};
    struct browser stranger;

    browser_open(&stranger, &server);
    cr_expect_eq(try(&stranger, "li.na", OTHER), 401);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_reply reply;
        long told_s;

        fixture_exec(say("UPDATE sign_in_try SET failures = %d, failed_at = clock_timestamp()",
                         cases[i].failures));
        reply = browser_sign_in(&stranger, "li.na", PASSWORD, NULL);
        cr_assert_eq(reply.status, 429, "%d: %s", cases[i].failures, reply.body);
        told_s = strtol(reply_header(&reply, "Retry-After"), NULL, 10);
        cr_expect(told_s >= cases[i].wait_s - 1 && told_s <= cases[i].wait_s, "%d: %ld s",
                  cases[i].failures, told_s);
        reply_clear(&reply);
    }
}

Test(sign_in, who_guesses_does_not_keep_her_out_of_her_own_browser)
{
    struct browser stranger;

    must_be_in(&her); /* her browser is known from now on */
    browser_open(&stranger, &server);
    expect_slow(&stranger, "li.na");
    cr_expect_eq(try(&her, "li.na", PASSWORD), 201);
    cr_expect_eq(try(&stranger, "li.na", PASSWORD), 429, "her coming in helps no stranger");
    snprintf(stranger.known, sizeof stranger.known, "%064d", 0);
    cr_expect_eq(try(&stranger, "li.na", PASSWORD), 429, "nor does a mark that he made up");
}

Test(sign_in, many_guesses_at_the_same_moment_are_counted_all)
{
    enum { MANY = 40 };
    struct http_question questions[MANY];
    static struct parallel all;

    for (int i = 0; i < MANY; i++)
        questions[i] = (struct http_question){
            .method = "POST", .path = "/v1/session",
            .body = "{\"login\":\"li.na\",\"password\":\"" OTHER "\"}"};
    parallel_begin(&all, server.port, questions, MANY);
    parallel_finish(&all);
    cr_expect_leq(parallel_count(&all, 401), 7, "five, and those that the seconds gave");
    cr_expect_eq(parallel_count(&all, 401) + parallel_count(&all, 429), MANY);
    parallel_clear(&all);
}

/* Devices wait a second and a half for their answer. */
Test(sign_in, a_flood_of_passwords_is_answered_busy_and_gates_do_not_wait_for_it)
{
    struct http_question questions[PARALLEL_MAX];
    static struct parallel all;
    static struct cast cast;
    struct http_reply reply;
    double from_s;

    cast_open(&server, &cast);

    for (int i = 0; i < PARALLEL_MAX; i++) {
        static char bodies[PARALLEL_MAX][80];

        snprintf(bodies[i], sizeof bodies[i],
                 "{\"login\":\"n%d.x\",\"password\":\"" OTHER "\"}", i);
        questions[i] = (struct http_question){
            .method = "POST", .path = "/v1/session", .body = bodies[i]};
    }
    parallel_begin(&all, server.port, questions, PARALLEL_MAX);
    from_s = now_s();
    reply = server_ask(&server, "POST", "/v1/gate/check", cast.gate_account.key,
                       "{\"worker_no\":\"999999\",\"direction\":\"out\",\"epoch\":1,\"seq\":1,"
                       "\"at\":\"2026-11-22T08:00:00+08:00\"}");
    cr_expect_eq(reply.status, 200, "%s", reply.body);
    cr_expect_lt(now_s() - from_s, 1.5);
    reply_clear(&reply);
    parallel_finish(&all);
    cr_expect_gt(parallel_count(&all, 503), 0);
    cr_expect_eq(parallel_count(&all, 503) + parallel_count(&all, 401), PARALLEL_MAX);
    parallel_clear(&all);
}

/* Many sit behind one address: what one of them does there must not put the others out. */
Test(sign_in_address, who_floods_from_her_address_does_not_put_her_out)
{
    struct browser stranger;
    char key[64] = "jk_000000000000_0000000000000000000000000000000000000000";
    struct http_reply reply;

    must_be_in(&her);
    browser_open(&stranger, &server);
    for (int i = 0; i < 40; i++) {
        key[3 + i % 12] = (char)('0' + i % 10);
        reply = server_ask(&server, "GET", "/v1/orgs", key, NULL);
        reply_clear(&reply);
    }
    cr_expect_eq(try(&stranger, "li.na", PASSWORD), 429);
    reply = browser_ask_with(&stranger, "POST", "/v1/session",
                             "{\"login\":\"li.na\",\"password\":\"" PASSWORD "\"}",
                             "X-Forwarded-For: 203.0.113.9\r\nX-Real-IP: 203.0.113.9\r\n");
    cr_expect_eq(reply.status, 429, "whatever he says of where he comes from");
    reply_clear(&reply);
    cr_expect(is_in(&her), "her session goes on");
    cr_expect_eq(try(&her, "li.na", PASSWORD), 201, "and she may sign in anew");
}

/* -- our own pages --------------------------------------------------------------------------------- */

Test(sign_in, what_changes_something_needs_the_token_of_our_pages)
{
    struct browser other;
    static const char path[] = "/v1/session/password";
    struct {
        const char *what, *lines;
        const char *code;
    } cases[] = {
        {"no token", "", "csrf"},
        {"a wrong one", "X-CSRF-Token: 00000000000000000000000000000000\r\n", "csrf"},
        {"a short one", "X-CSRF-Token: 00\r\n", "csrf"},
        {"another session's", NULL, "csrf"},
        {"another site", NULL, "cross_site"},
        {"another site, by its port", NULL, "cross_site"},
        {"a page without an origin", NULL, "cross_site"},
        {"another site, as the browser says", NULL, "cross_site"},
        {"a subdomain's page", NULL, "cross_site"},
        {"ours", NULL, "password_wrong"},
    };
    char lines[10][256] = {""};

    must_be_in(&her);
    browser_open(&other, &server);
    must_be_in(&other);
    snprintf(lines[3], 256, "X-CSRF-Token: %s\r\n", other.csrf);
    snprintf(lines[4], 256, "X-CSRF-Token: %s\r\nOrigin: https://evil.example\r\n", her.csrf);
    snprintf(lines[5], 256, "X-CSRF-Token: %s\r\nOrigin: http://localhost:8080\r\n", her.csrf);
    snprintf(lines[6], 256, "X-CSRF-Token: %s\r\nOrigin: null\r\n", her.csrf);
    snprintf(lines[7], 256, "X-CSRF-Token: %s\r\nSec-Fetch-Site: cross-site\r\n", her.csrf);
    snprintf(lines[8], 256, "X-CSRF-Token: %s\r\nSec-Fetch-Site: same-site\r\n", her.csrf);
    snprintf(lines[9], 256, "X-CSRF-Token: %s\r\nOrigin: https://localhost\r\n", her.csrf);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_reply reply = browser_ask_with(
            &her, "POST", path, "{\"current\":\"none of those\",\"password\":\"" OTHER "\"}",
            cases[i].lines != NULL ? cases[i].lines : lines[i]);

        cr_expect_eq(reply.status, 403, "%s: %d %s", cases[i].what, reply.status, reply.body);
        cr_expect_str_eq(reply_text(&reply, "code"), cases[i].code, "%s: %s", cases[i].what,
                         reply.body);
        reply_clear(&reply);
    }
}

Test(sign_in, every_method_that_changes_something_asks_for_the_token)
{
    static const struct {
        const char *method, *path;
    } cases[] = {{"POST", "/v1/engagements"}, {"PATCH", "/v1/webhooks/1"},
                 {"DELETE", "/v1/session"}, {"POST", "/v1/workers/find"}};

    must_be_in(&her);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_reply reply = browser_ask_with(&her, cases[i].method, cases[i].path, NULL, "");

        cr_expect_str_eq(reply_text(&reply, "code"), "csrf", "%s %s: %s", cases[i].method,
                         cases[i].path, reply.body);
        reply_clear(&reply);
    }
    cr_expect(is_in(&her));
}

Test(sign_in, another_sites_page_cannot_sign_somebody_in)
{
    struct http_reply reply = browser_ask_with(
        &her, "POST", "/v1/session", "{\"login\":\"li.na\",\"password\":\"" PASSWORD "\"}",
        "Origin: https://evil.example\r\n");

    cr_expect_eq(reply.status, 403, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "code"), "cross_site");
    cr_expect_null(strstr(reply.head, "Set-Cookie"));
    reply_clear(&reply);
}

Test(sign_in, a_key_needs_no_token_and_wins_over_a_cookie)
{
    struct http_question question = {.method = "GET", .path = "/v1/session",
                                     .key = server.operator_key};
    char extra[256];
    struct http_reply reply;

    must_be_in(&her);
    snprintf(extra, sizeof extra, "Cookie: __Host-jianan=%s\r\n", her.session);
    question.extra = extra;
    reply = client_ask(&server.client, &question);
    cr_expect_str_eq(reply_text(&reply, "role"), "operator", "%s", reply.body);
    cr_expect(json_is_null(reply_at(&reply, "csrf")));
    cr_expect(json_is_null(reply_at(&reply, "session")));
    reply_clear(&reply);
}

Test(sign_in, a_cookie_that_is_none_opens_nothing)
{
    static const char *const cookies[] = {"", "x", "null", "jw_1_1_00000000000000000000000000000000",
                                          "0000000000000000000000000000000000000000000000000000000000000000"};

    for (size_t i = 0; i < sizeof cookies / sizeof cookies[0]; i++) {
        snprintf(her.session, sizeof her.session, "%s", cookies[i]);
        cr_expect_eq(browser_status(&her, "GET", "/v1/orgs", NULL), 401, "%s", cookies[i]);
    }
}

/* -- ending ------------------------------------------------------------------------------------------ */

Test(sign_in, signing_out_ends_the_session_and_not_only_the_cookie)
{
    struct browser copy;

    must_be_in(&her);
    copy = her;
    cr_expect_eq(browser_status(&her, "DELETE", "/v1/session", NULL), 200);
    cr_expect_str_eq(her.session, "");
    cr_expect(!is_in(&copy));
}

Test(sign_in, a_disabled_account_is_out_at_once)
{
    must_be_in(&her);
    disable(account);
    cr_expect(!is_in(&her));
}

Test(sign_in, an_operator_ends_every_session_of_an_account)
{
    struct browser other;
    struct http_reply reply;

    browser_open(&other, &server);
    must_be_in(&her);
    must_be_in(&other);
    reply = server_must(&server, "DELETE", say("/v1/accounts/%lld/sessions", account),
                        server.operator_key, NULL);
    cr_expect_eq(reply_int(&reply, "ended"), 2);
    reply_clear(&reply);
    cr_expect(!is_in(&her));
    cr_expect(!is_in(&other));
}

Test(sign_in, another_password_ends_every_other_session)
{
    struct browser other;
    struct http_reply reply;

    browser_open(&other, &server);
    must_be_in(&her);
    must_be_in(&other);
    reply = browser_ask(&her, "POST", "/v1/session/password",
                        "{\"current\":\"" PASSWORD "\",\"password\":\"" OTHER "\"}");
    cr_expect_eq(reply.status, 200, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "ended"), 1);
    reply_clear(&reply);
    cr_expect(is_in(&her), "her own goes on");
    cr_expect(!is_in(&other));
    cr_expect_eq(try(&other, "li.na", PASSWORD), 401);
    cr_expect_eq(try(&other, "li.na", OTHER), 201);
}

Test(sign_in, she_sees_where_she_is_signed_in_and_ends_one)
{
    struct browser other;
    struct http_reply list;
    long long id;

    browser_open(&other, &server);
    must_be_in(&other);
    must_be_in(&her);
    list = browser_ask(&her, "GET", "/v1/sessions", NULL);
    cr_expect_eq(json_array_size(reply_at(&list, "items")), 2, "%s", list.body);
    cr_expect(json_is_true(reply_at(&list, "items.0.current")));
    cr_expect(json_is_false(reply_at(&list, "items.1.current")));
    cr_expect_str_eq(reply_text(&list, "items.1.agent"), "Test/1");
    id = reply_int(&list, "items.1.id");
    reply_clear(&list);
    cr_expect_eq(browser_status(&her, "DELETE", say("/v1/sessions/%lld", id), NULL), 200);
    cr_expect_eq(browser_status(&her, "DELETE", say("/v1/sessions/%lld", id), NULL), 404);
    cr_expect(!is_in(&other));
    cr_expect(is_in(&her));
}

Test(sign_in, nobody_ends_or_sees_another_accounts_sessions)
{
    struct browser other;
    struct http_reply list;
    long long id;

    browser_open(&other, &server);
    browser_choose(&other, cast_account(&server, "clinic", org_of("clinic", ""), "").id, "wang.wu",
                   PASSWORD);
    cr_assert_eq(try(&other, "wang.wu", PASSWORD), 201);
    must_be_in(&her);
    id = fixture_query_int(say("SELECT id FROM session WHERE account_id = %lld", account));
    cr_expect_eq(browser_status(&other, "DELETE", say("/v1/sessions/%lld", id), NULL), 404);
    list = browser_ask(&other, "GET", "/v1/sessions", NULL);
    cr_expect_eq(json_array_size(reply_at(&list, "items")), 1);
    reply_clear(&list);
    cr_expect(is_in(&her));
}

Test(sign_in, the_eleventh_session_ends_the_one_unused_longest)
{
    struct browser browsers[11];

    for (int i = 0; i < 11; i++) {
        browser_open(&browsers[i], &server);
        must_be_in(&browsers[i]);
    }
    cr_expect(!is_in(&browsers[0]));
    cr_expect(is_in(&browsers[1]));
    cr_expect(is_in(&browsers[10]));
}

Test(sign_in, a_session_ends_unused_after_an_hour_and_in_any_case_after_twelve)
{
    must_be_in(&her);
    fixture_exec("UPDATE session SET seen_at = clock_timestamp() - interval '59 minutes'");
    cr_expect(is_in(&her));
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM session WHERE seen_at >"
                                   " clock_timestamp() - interval '5 seconds'"), 1,
                 "it was just used");
    fixture_exec("UPDATE session SET seen_at = clock_timestamp() - interval '61 minutes'");
    cr_expect(!is_in(&her));
    must_be_in(&her);
    fixture_exec("UPDATE session SET opened_at = clock_timestamp() - interval '12 hours 1 second'");
    cr_expect(!is_in(&her));
}

Test(sign_in, what_has_ended_is_swept)
{
    must_be_in(&her);
    cr_expect_eq(try(&her, "li.na", OTHER), 401);
    fixture_exec("INSERT INTO session (account_id, token_hash, agent, entered, opened_at)"
                 " SELECT 1, sha256('old'), '', true, clock_timestamp() - interval '169 hours'");
    fixture_exec("INSERT INTO sign_in_try VALUES (sha256('old'), false, 3,"
                 " clock_timestamp() - interval '49 hours')");
    server_kill(&server);
    server_start_again(&server); /* jobs run at the start, then by the day */
    for (int i = 0; i < 100 && fixture_query_int("SELECT (SELECT count(*) FROM session) +"
                                                 " (SELECT count(*) FROM sign_in_try)") > 2; i++)
        usleep(50 * 1000);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM session"), 1);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM sign_in_try"), 1);
    cr_expect(is_in(&her));
}

/* -- authenticators ------------------------------------------------------------------------------------ */

static struct browser ruler;
static long long ruling;

static void a_regulator_signs_in(void)
{
    struct http_reply reply;

    ruling = cast_account(&server, "regulator", org_of("regulator", ",\"region\":\"320000\""),
                          ",\"region\":\"32\"").id;
    browser_open(&ruler, &server);
    browser_choose(&ruler, ruling, "zhao.liu", PASSWORD);
    reply = browser_sign_in(&ruler, "zhao.liu", PASSWORD, NULL);
    cr_assert_eq(reply.status, 201, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "needs.0"), "totp");
    reply_clear(&reply);
}

static int with_code(struct browser *browser, const char *secret, int steps_aside)
{
    char code[7];
    struct http_reply reply;
    int status;

    browser_totp(secret, steps_aside, code);
    reply = browser_sign_in(browser, "zhao.liu", PASSWORD, code);
    status = reply.status;
    reply_clear(&reply);
    return status;
}

Test(sign_in, a_regulator_sets_up_an_authenticator_before_anything_else)
{
    struct http_reply reply;
    char secret[33];

    a_regulator_signs_in();
    reply = browser_ask(&ruler, "GET", "/v1/orgs", NULL);
    cr_expect_eq(reply.status, 403);
    cr_expect_str_eq(reply_text(&reply, "code"), "totp_setup_required");
    reply_clear(&reply);
    browser_totp_set_up(&ruler, secret);
    cr_expect_eq(browser_status(&ruler, "GET", "/v1/orgs", NULL), 200);
    reply = browser_ask(&ruler, "POST", "/v1/session/totp", NULL);
    cr_expect_str_eq(reply_text(&reply, "code"), "totp_set", "nobody changes it by a stolen session");
    reply_clear(&reply);
}

Test(sign_in, a_code_is_asked_for_and_counts_once)
{
    struct http_reply reply;
    char secret[33];

    a_regulator_signs_in();
    browser_totp_set_up(&ruler, secret);
    reply = browser_sign_in(&ruler, "zhao.liu", PASSWORD, NULL);
    cr_expect_eq(reply.status, 401);
    cr_expect_str_eq(reply_text(&reply, "code"), "totp_required");
    reply_clear(&reply);
    reply = browser_sign_in(&ruler, "zhao.liu", OTHER, NULL);
    cr_expect_str_eq(reply_text(&reply, "code"), "sign_in_refused", "not before the password");
    reply_clear(&reply);
    reply = browser_sign_in(&ruler, "zhao.liu", PASSWORD, "000000");
    cr_expect_str_eq(reply_text(&reply, "code"), "totp_wrong");
    reply_clear(&reply);
    cr_expect_eq(with_code(&ruler, secret, 3), 401, "not one of a minute and a half from now");
    cr_expect_eq(with_code(&ruler, secret, 1), 201);
    cr_expect_eq(with_code(&ruler, secret, 1), 401, "used");
    fixture_exec("DELETE FROM sign_in_try");
    cr_expect_eq(with_code(&ruler, secret, 0), 401, "nor one from before");
}

Test(sign_in, the_same_code_many_times_at_once_lets_in_once)
{
    enum { MANY = 4 }; /* a fifth would be told to wait */
    struct http_question questions[MANY];
    static struct parallel all;
    char secret[33], code[7];

    a_regulator_signs_in();
    browser_totp_set_up(&ruler, secret);
    fixture_exec("DELETE FROM session; DELETE FROM sign_in_try");
    browser_totp(secret, 1, code);
    for (int i = 0; i < MANY; i++)
        questions[i] = (struct http_question){
            .method = "POST", .path = "/v1/session",
            .body = say("{\"login\":\"zhao.liu\",\"password\":\"" PASSWORD "\",\"code\":\"%s\"}",
                        code)};
    parallel_begin(&all, server.port, questions, MANY);
    parallel_finish(&all);
    cr_expect_eq(parallel_count(&all, 201), 1);
    cr_expect_eq(parallel_count_text(&all, "totp_wrong"), MANY - 1);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM session"), 1);
    parallel_clear(&all);
}

Test(sign_in, who_lost_the_authenticator_gets_a_link_and_sets_up_another)
{
    struct http_reply reply;
    char secret[33], token[65];

    a_regulator_signs_in();
    browser_totp_set_up(&ruler, secret);
    reply = server_must(&server, "POST", say("/v1/accounts/%lld/login", ruling),
                        server.operator_key, "{\"login\":\"zhao.liu\",\"forget_totp\":true}");
    snprintf(token, sizeof token, "%s", reply_text(&reply, "token"));
    reply_clear(&reply);
    cr_expect(!is_in(&ruler), "sessions end with it");
    reply = browser_ask(&ruler, "POST", "/v1/password",
                        say("{\"token\":\"%s\",\"password\":\"" OTHER "\"}", token));
    cr_expect_eq(reply.status, 200, "%s", reply.body);
    reply_clear(&reply);
    reply = browser_sign_in(&ruler, "zhao.liu", OTHER, NULL);
    cr_expect_eq(reply.status, 201, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "needs.0"), "totp");
    reply_clear(&reply);
}

Test(sign_in, the_secret_rests_sealed)
{
    char secret[33];
    struct http_reply reply;

    a_regulator_signs_in();
    browser_totp_set_up(&ruler, secret);
    cr_expect_eq(fixture_query_int("SELECT length(totp_secret) FROM login WHERE name = 'zhao.liu'"),
                 61);
    /* another account's secret opens nothing here */
    fixture_exec("UPDATE login SET totp_secret = (SELECT totp_secret FROM login WHERE name ="
                 " 'zhao.liu'), totp_at = now() WHERE name = 'li.na'");
    reply = browser_sign_in(&her, "li.na", PASSWORD, "123456");
    cr_expect_eq(reply.status, 500, "%s", reply.body);
    reply_clear(&reply);
}

/* -- what is written down ------------------------------------------------------------------------------- */

Test(sign_in, coming_in_going_out_and_guessing_stand_in_the_audit)
{
    static const char *const actions[] = {"account.login", "account.password", "session.open",
                                          "session.end", "session.refused"};

    must_be_in(&her);
    cr_expect_eq(browser_status(&her, "DELETE", "/v1/session", NULL), 200);
    for (int i = 0; i < 5; i++)
        cr_expect_eq(try(&her, "li.na", OTHER), 401);
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM audit WHERE action = '%s'",
                                           actions[i])), 1, "%s", actions[i]);
}
