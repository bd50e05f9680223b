/* Badges over HTTP: whose they are, what a gate makes of them, how they end. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "crypto/token.h"
#include "support/city.h"
#include "support/pg_fixture.h"

static struct server server;
static struct city city;

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

TestSuite(badges, .init = set_up, .fini = tear_down, .timeout = 240);

static const char *badges_of(const struct citizen *citizen)
{
    return say("/v1/workers/%lld/badges", citizen->id);
}

static struct http_reply issue(void)
{
    return server_must(&server, "POST", badges_of(&city.own), city.cast.contractor.key, NULL);
}

static struct http_reply ask(const char *method, const char *path, const char *key,
                             const char *body, const char *idempotency)
{
    return client_ask(&server.client, &(struct http_question){.method = method,
                                                              .path = path,
                                                              .key = key,
                                                              .body = body,
                                                              .idempotency = idempotency});
}

static void expect(struct http_reply reply, int status, const char *code)
{
    cr_expect_eq(reply.status, status, "%d: %s", reply.status, reply.body);
    if (code != NULL)
        cr_expect_str_eq(reply_text(&reply, "code"), code);
    reply_clear(&reply);
}

/* By the trust list that the server gives to anybody. */
static struct token judged(const char *code)
{
    static unsigned char bytes[TOKEN_BYTES_MAX];
    struct http_reply trusted = server_must(&server, "GET", "/v1/trust", NULL, NULL);
    struct trust_list trust;
    struct token token;
    struct err e = trust_list_parse((struct text){trusted.body, trusted.body_bytes}, &trust);

    cr_assert(!err_is(e));
    cr_assert_eq(token_read(text_of(code), bytes, &token), TOKEN_OK);
    cr_expect_eq(token_judge(&token, &trust, time(NULL), 30), TOKEN_OK);
    trust_list_clear(&trust);
    reply_clear(&trusted);
    return token;
}

static unsigned seq;

static struct http_reply check(const char *code)
{
    return server_ask(&server, "POST", "/v1/gate/check", city.cast.gate_account.key,
                      say("{\"code\":\"%s\",\"direction\":\"in\",\"at\":\"%s\",\"epoch\":1,"
                          "\"seq\":%u}", code, city_now(), ++seq));
}

Test(badges, an_issued_badge_is_a_code_for_three_years_that_anybody_verifies)
{
    struct http_reply reply = issue(), again;
    struct token token = judged(reply_text(&reply, "code"));

    cr_expect_eq(reply.status, 201);
    cr_expect_eq(reply_int(&reply, "badge"), 1);
    cr_expect_eq(reply_int(&reply, "worker"), city.own.id);
    cr_expect_eq(token.kind, TOKEN_BADGE);
    cr_expect_eq((long long)token.live.index, reply_int(&reply, "index"));
    cr_expect_eq(token.live.exp - token.live.iat, TOKEN_BADGE_S);
    cr_expect_neq(reply_int(&reply, "index"),
                  fixture_query_int(say("SELECT index FROM slot WHERE worker_id = %lld AND badge IS NULL",
                                        city.own.id)));
    again = issue();
    cr_expect_eq(reply_int(&again, "badge"), 2);
    cr_expect_neq(reply_int(&again, "index"), reply_int(&reply, "index"));
    reply_clear(&again);
    reply_clear(&reply);
}

Test(badges, the_same_request_again_gives_the_same_badge_and_stores_no_code)
{
    struct http_reply first = ask("POST", badges_of(&city.own), city.cast.contractor.key, NULL, "k1");
    struct http_reply again = ask("POST", badges_of(&city.own), city.cast.contractor.key, NULL, "k1");

    cr_expect_eq(first.status, 201);
    cr_expect_eq(again.status, 201, "%s", again.body);
    cr_expect_eq(reply_int(&again, "badge"), reply_int(&first, "badge"));
    cr_expect_eq(reply_int(&again, "index"), reply_int(&first, "index"));
    cr_expect_eq(judged(reply_text(&again, "code")).live.iat,
                 judged(reply_text(&first, "code")).live.iat);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM badge"), 1);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM idempotency WHERE answer::text LIKE '%JA1.%'"),
                 0);
    reply_clear(&first);
    reply_clear(&again);
}

Test(badges, a_gate_opens_for_a_badge_and_refuses_it_a_second_after_it_was_voided)
{
    struct http_reply badge = issue(), answer;
    char code[TOKEN_TEXT_MAX];

    snprintf(code, sizeof code, "%s", reply_text(&badge, "code"));
    city_make_green(&server, &city, city.own.id);
    nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    answer = check(code);
    cr_expect_str_eq(reply_text(&answer, "verdict"), "open", "%s", answer.body);
    cr_expect_str_eq(reply_text(&answer, "colour"), "green");
    reply_clear(&answer);
    answer = server_must(&server, "POST", say("%s/1/void", badges_of(&city.own)),
                         city.cast.contractor.key, "{\"reason\":\"lost\"}");
    cr_expect_str_eq(reply_text(&answer, "state"), "void");
    reply_clear(&answer);
    nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    answer = check(code);
    cr_expect_str_eq(reply_text(&answer, "verdict"), "refuse", "%s", answer.body);
    cr_expect_not_null(strstr(answer.body, "void"), "%s", answer.body);
    reply_clear(&answer);
    reply_clear(&badge);
}

static long long stickers_in(const struct http_reply *reply)
{
    char path[] = "/tmp/jianan-badges-XXXXXX", line[64] = "";
    int fd = mkstemp(path);
    FILE *pipe;

    cr_assert(fd >= 0);
    cr_assert_eq(write(fd, reply->body, reply->body_bytes), (ssize_t)reply->body_bytes);
    cr_assert_eq(close(fd), 0);
    pipe = popen(say("pdftoppm -r 200 -gray %s %s && zbarimg --quiet --raw -Sdisable -Sqrcode.enable"
                     " %s-1.pgm 2>/dev/null | sort -u | grep -c ^JA1; rm %s %s-1.pgm", path, path, path,
                     path, path), "r");
    cr_assert(pipe != NULL);
    cr_assert(fgets(line, sizeof line, pipe) != NULL);
    (void)pclose(pipe);
    return strtoll(line, NULL, 10);
}

Test(badges, a_sheet_prints_everybodys_badge_and_issues_what_is_missing_once)
{
    const char *body;
    char number[19];
    long long second = cast_worker(&server, city.cast.contractor.key, "𠮷三", cast_number(number, "19910101", 77),
                                   city.cast.site, "030");
    struct http_reply reply;

    expect(issue(), 201, NULL);
    body = say("{\"workers\":[%lld,%lld]}", city.own.id, second);
    reply = ask("POST", "/v1/badges/sheet", city.cast.contractor.key, body, "sheet");
    cr_expect_eq(reply.status, 200, "%s", reply.body);
    cr_expect_str_eq(reply_header(&reply, "content-type"), "application/pdf");
    cr_expect_eq(stickers_in(&reply), 2);
    reply_clear(&reply);
    for (int again = 0; again < 2; again++) { /* the same request, then another one */
        reply = ask("POST", "/v1/badges/sheet", city.cast.contractor.key, body,
                    again == 0 ? "sheet" : NULL);
        cr_expect_eq(reply.status, 200, "%s", reply.body);
        cr_expect_eq(stickers_in(&reply), 2);
        reply_clear(&reply);
    }
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM badge"), 2);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM audit WHERE action = 'badge.sheet'"), 3);
    expect(ask("POST", "/v1/badges/sheet", city.cast.contractor.key,
               say("{\"workers\":[%lld,%lld]}", city.own.id, city.next_door.id), NULL),
           404, "worker_unknown");
    expect(ask("POST", "/v1/badges/sheet", city.cast.contractor.key,
               say("{\"workers\":[%lld,%lld]}", city.own.id, city.own.id), NULL),
           409, "duplicate_row");
    expect(ask("POST", "/v1/badges/sheet", city.cast.contractor.key, "{\"workers\":[]}", NULL), 400,
           NULL);
}

Test(badges, they_are_listed_with_what_became_of_them)
{
    struct http_reply reply = issue();
    const char *const keys[] = {city.cast.contractor.key, city.own.key};

    reply_clear(&reply);
    reply = issue();
    reply_clear(&reply);
    expect(ask("POST", say("%s/1/void", badges_of(&city.own)), city.own.key,
               "{\"reason\":\"stolen\"}", NULL), 200, NULL);
    for (int i = 0; i < 2; i++) {
        reply = server_must(&server, "GET", badges_of(&city.own), keys[i], NULL);
        cr_expect_eq(json_array_size(reply_at(&reply, "items")), 2);
        cr_expect_str_eq(reply_text(&reply, "items.0.state"), "void");
        cr_expect_str_eq(reply_text(&reply, "items.0.reason"), "stolen");
        cr_expect_str_eq(reply_text(&reply, "items.1.state"), "valid");
        cr_expect_null(strstr(reply.body, "JA1."), "a list holds no codes");
        reply_clear(&reply);
    }
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM audit WHERE action = 'badge.issue'"), 2);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM audit WHERE action = 'badge.void'"), 1);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM audit WHERE action = 'badge.list'"), 1,
                 "the worker's own look leaves none");
}

Test(badges, what_cannot_be_is_refused_by_name)
{
    const char *contractor = city.cast.contractor.key;
    const char *void_one = say("%s/1/void", badges_of(&city.own));
    const char *lost = "{\"reason\":\"lost\"}";

    expect(ask("POST", void_one, contractor, lost, NULL), 404, "badge_unknown");
    expect(ask("POST", say("%s/x/void", badges_of(&city.own)), contractor, lost, NULL), 404,
           "badge_unknown");
    expect(issue(), 201, NULL);
    expect(ask("POST", void_one, contractor, "{\"reason\":\"eaten\"}", NULL), 400, "field_choice");
    expect(ask("POST", void_one, contractor, "{\"why\":1}", NULL), 400, "field_unknown");
    expect(ask("POST", void_one, contractor, lost, NULL), 200, NULL);
    expect(ask("POST", void_one, contractor, lost, NULL), 409, "badge_void");
    for (int i = 0; i < 8; i++)
        expect(issue(), 201, NULL);
    expect(ask("POST", badges_of(&city.own), contractor, NULL, NULL), 409, "badges_many");
    expect(ask("POST", badges_of(&city.next_door), contractor, NULL, NULL), 404, "worker_unknown");
    expect(ask("GET", badges_of(&city.next_door), city.own.key, NULL, NULL), 404, "worker_unknown");
    expect(ask("POST", badges_of(&city.own), city.own.key, NULL, NULL), 403, "forbidden");
}
