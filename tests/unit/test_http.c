/* net/framing and net/answer without a socket: how a head is collected and read, how one is written.
 * What refuses which request is tests/integration/test_http_raw.c. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "net/connection.h"
#include "support/no_leaks.h"

TestSuite(http, .fini = no_leaks);

static const char head[] = "POST /v1/x?a=b&c HTTP/1.1\r\n"
                           "Host: example:8443\r\n"
                           "content-LENGTH: 12\r\n"
                           "Empty:\r\n"
                           "Padded: \t two words \t \r\n"
                           "Expect: 100-continue\r\n\r\n";

static void expect_parsed(const struct framing *f, size_t cut)
{
    struct http_request r = {.header_count = 99};
    struct framing_body body;

    cr_assert(!err_is(framing_parse(f, &r, &body)), "cut at %zu", cut);
    cr_expect(r.method == METHOD_POST);
    cr_expect(text_is(r.path, "/v1/x") && text_is(r.query, "a=b&c"));
    cr_expect(r.header_count == 5);
    cr_expect(text_is(http_header(&r, "Content-Length"), "12"));
    cr_expect(text_is(http_header(&r, "PADDED"), "two words"));
    cr_expect(http_header(&r, "Empty").at != NULL && http_header(&r, "Empty").bytes == 0);
    cr_expect(http_header(&r, "Absent").at == NULL);
    cr_expect(body.bytes == 12 && body.expects_continue && body.keep_alive);
}

Test(http, a_head_reads_the_same_wherever_it_is_cut)
{
    struct framing f = {0};

    for (size_t cut = 0; cut < sizeof head - 1; cut++) {
        struct text first = {head, cut}, second = {head + cut, sizeof head - 1 - cut};

        framing_reset(&f);
        cr_assert(!err_is(framing_take(&f, &first)) && first.bytes == 0);
        cr_assert(!framing_is_whole(&f));
        cr_assert(!err_is(framing_take(&f, &second)) && second.bytes == 0);
        cr_assert(framing_is_whole(&f));
        expect_parsed(&f, cut);
    }
    framing_clear(&f);
}

Test(http, what_follows_the_head_is_left)
{
    static const char bytes[] = "GET / HTTP/1.0\r\n\r\nabc";
    struct text rest = {bytes, sizeof bytes - 1};
    struct http_request r;
    struct framing_body body;
    struct framing f = {0};

    cr_assert(!err_is(framing_take(&f, &rest)));
    cr_expect(framing_is_whole(&f) && text_is(rest, "abc"));
    cr_assert(!err_is(framing_parse(&f, &r, &body)));
    cr_expect(text_is(r.path, "/") && r.query.at == NULL && !body.keep_alive && body.bytes == 0);
    framing_clear(&f);
}

Test(http, every_method_has_its_name)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};

    for (int m = 0; m < METHODS; m++)
        cr_expect_str_eq(method_name((enum method)m), names[m]);
}

static const char *rendered(struct http_server *server, const struct http_answer *answer, bool close)
{
    struct build out = build_over(server->scratch, sizeof server->scratch);

    answer_render_head(server, answer, close, &out);
    return server->scratch;
}

Test(http, an_answers_head_is_complete_and_ends_once)
{
    struct http_server *server = calloc(1, sizeof *server);
    const char *text = rendered(server, &(struct http_answer){200, "application/json", TEXT("{}"),
                                                              NULL, false}, false);

    cr_expect(strncmp(text, "HTTP/1.1 200 OK\r\nDate: ", 23) == 0);
    cr_expect(strstr(text, "\r\nContent-Type: application/json\r\n") != NULL);
    cr_expect(strstr(text, "\r\nContent-Length: 2\r\n") != NULL);
    cr_expect(strstr(text, "\r\nConnection: keep-alive\r\n") != NULL);
    cr_expect(strstr(text, "\r\nCache-Control: no-store\r\n") != NULL);
    cr_expect(strstr(text, "\r\n\r\n") == text + strlen(text) - 4);
    text = rendered(server, &(struct http_answer){.status = 204}, true);
    cr_expect(strstr(text, "Content-Length") == NULL, "204 has no length (RFC 9110 8.6): %s", text);
    cr_expect(strstr(text, "\r\nConnection: close\r\n") != NULL);
    free(server);
}

Test(http, an_extra_header_may_replace_cache_control)
{
    struct http_server *server = calloc(1, sizeof *server);
    const char *text = rendered(server, &(struct http_answer){200, "text/css", TEXT("a"),
                                        "cache-control: max-age=60\r\nETag: \"1\"\r\n", false}, false);

    cr_expect(strstr(text, "\r\ncache-control: max-age=60\r\nETag: \"1\"\r\n") != NULL);
    cr_expect(strstr(text, "no-store") == NULL);
    free(server);
}

/* H16: whatever slips into a header value can neither add a header nor an answer. */
Test(http, a_header_that_would_split_the_answer_is_left_out)
{
    static const char *const bad[] = {
        "Location: /a\r\nX\r\n",         /* a line without a colon */
        "Location: /a\r\n\r\n<html>",    /* the end of the head */
        "Location: /a\nSet-Cookie: b\r\n", /* a bare LF */
        "Location: /a\rSet-Cookie: b\r\n",
        "Location: /a",                  /* no line end */
        "Location: /a\r\n: b\r\n",
        "Location: /a\r\n folded: b\r\n",
        "Location: \x01\r\n",
    };
    struct http_server *server = calloc(1, sizeof *server);

    log_set_level(LOG_ERROR);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *text = rendered(server, &(struct http_answer){200, NULL, TEXT(""), bad[i],
                                                                  false}, false);

        cr_expect(strstr(text, "Location") == NULL && strstr(text, "Cookie") == NULL, "%zu", i);
        cr_expect(strstr(text, "\r\n\r\n") == text + strlen(text) - 4, "%zu", i);
    }
    free(server);
}
