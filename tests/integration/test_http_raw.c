/* The HTTP server against bytes that no decent client sends. After every hostile case a good request
 * on a new connection must be served. */
#include <criterion/criterion.h>

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "support/net_server.h"
#include "support/no_leaks.h"
#include "support/raw_client.h"

TestSuite(http_raw, .fini = no_leaks, .timeout = 60);

static const char good[] = "GET /echo?fine HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

static struct net_server *start(void)
{
    return net_server_start(&(struct net_server_options){.slow_ms = 50, .big_bytes = 200000});
}

static void expect_alive(struct net_server *s, const char *after)
{
    int status = raw_ask(net_server_port(s), good, NULL);

    cr_expect(status == 200, "after %s a good request got %d", after, status);
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, (ms % 1000) * 1000000}, NULL);
}

/* -- one request, one refusal -------------------------------------------------------------------- */

struct refusal {
    const char *name, *bytes;
    int status;
};

#define HOST "Host: a\r\n"

static const struct refusal refusals[] = {
    /* framing by length: what a second reader might see as another request */
    {"CL and TE", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"TE and CL", "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400},
    {"TE chunked", "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 411},
    {"TE identity", "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: identity\r\n\r\n", 411},
    {"TE xchunked", "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n", 411},
    {"TE empty", "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding:\r\n\r\n", 411},
    {"TE of HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
    {"TE on GET", "GET /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
    {"two different CL", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
    {"two equal CL", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
    {"CL list", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3,3\r\n\r\nabc", 400},
    {"CL list with blank", "POST /echo HTTP/1.1\r\n" HOST "Content-Length:  3, 3\r\n\r\nabc", 400},
    {"CL +3", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: +3\r\n\r\nabc", 400},
    {"CL -1", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n", 400},
    {"CL -0", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: -0\r\n\r\n", 400},
    {"CL empty", "POST /echo HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n", 400},
    {"CL 0x3", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 0x3\r\n\r\nabc", 400},
    {"CL 3 and more", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3 4\r\n\r\nabc", 400},
    {"CL 3.0", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3.0\r\n\r\nabc", 400},
    {"CL 2^64+3", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551619\r\n\r\nabc", 400},
    {"CL 2^63", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 9223372036854775808\r\n\r\nabc", 400},
    {"GET with body", "GET /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", 400},
    {"HEAD with body", "HEAD /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", 400},
    {"DELETE with body", "DELETE /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", 400},
    {"64 KiB and 1 of body", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 65537\r\n\r\n", 413},
    {"a terabyte of body", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 999999999999\r\n\r\n", 413},
    {"refused by its route", "POST /refused HTTP/1.1\r\n" HOST "Content-Length: 9\r\n\r\n", 403},
    /* header syntax */
    {"blank before colon", "GET /echo HTTP/1.1\r\nHost : a\r\n\r\n", 400},
    {"tab before colon", "GET /echo HTTP/1.1\r\n" HOST "X-A\t: a\r\n\r\n", 400},
    {"blank before colon of CL", "POST /echo HTTP/1.1\r\n" HOST "Content-Length : 3\r\n\r\nabc", 400},
    {"empty name", "GET /echo HTTP/1.1\r\n" HOST ": a\r\n\r\n", 400},
    {"name with parenthesis", "GET /echo HTTP/1.1\r\n" HOST "X(A): a\r\n\r\n", 400},
    {"name with high byte", "GET /echo HTTP/1.1\r\n" HOST "X\xC3\xA9: a\r\n\r\n", 400},
    {"no colon", "GET /echo HTTP/1.1\r\n" HOST "X-A\r\n\r\n", 400},
    {"obs-fold", "GET /echo HTTP/1.1\r\n" HOST "X-A: a\r\n b\r\n\r\n", 400},
    {"obs-fold by tab", "GET /echo HTTP/1.1\r\n" HOST "X-A: a\r\n\tb\r\n\r\n", 400},
    {"fold before the first header", "GET /echo HTTP/1.1\r\n X: a\r\n" HOST "\r\n", 400},
    {"bare LF after the request line", "GET /echo HTTP/1.1\n" HOST "\r\n", 400},
    {"bare LF after a header", "GET /echo HTTP/1.1\r\nHost: a\n\r\n", 400},
    {"bare LF at the end", "GET /echo HTTP/1.1\r\n" HOST "\n", 400},
    {"bare CR in a value", "GET /echo HTTP/1.1\r\n" HOST "X-A: a\rb\r\n\r\n", 400},
    {"bare CR between headers", "GET /echo HTTP/1.1\r\n" HOST "X-A: a\rX-B: b\r\n\r\n", 400},
    {"CR CR LF", "GET /echo HTTP/1.1\r\n" HOST "X-A: a\r\r\n\r\n", 400},
    {"escape character in a value", "GET /echo HTTP/1.1\r\n" HOST "X-A: \x1b[0m\r\n\r\n", 400},
    {"DEL in a value", "GET /echo HTTP/1.1\r\n" HOST "X-A: \x7f\r\n\r\n", 400},
    /* Host */
    {"no Host", "GET /echo HTTP/1.1\r\n\r\n", 400},
    {"two Hosts", "GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
    {"two equal Hosts", "GET /echo HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", 400},
    {"two Hosts of HTTP/1.0", "GET /echo HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400},
    {"Host list", "GET /echo HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
    {"Host with path", "GET /echo HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
    /* request line */
    {"absolute URI", "GET http://a/echo HTTP/1.1\r\n" HOST "\r\n", 400},
    {"asterisk", "GET * HTTP/1.1\r\n" HOST "\r\n", 400},
    {"no leading slash", "GET echo HTTP/1.1\r\n" HOST "\r\n", 400},
    {"fragment", "GET /echo#x HTTP/1.1\r\n" HOST "\r\n", 400},
    {"high byte in URI", "GET /ech\xC3\xB6 HTTP/1.1\r\n" HOST "\r\n", 400},
    {"blank in URI", "GET /echo x HTTP/1.1\r\n" HOST "\r\n", 400},
    {"tab in URI", "GET /echo\tx HTTP/1.1\r\n" HOST "\r\n", 400},
    {"CONNECT", "CONNECT a:443 HTTP/1.1\r\n" HOST "\r\n", 405},
    {"TRACE", "TRACE /echo HTTP/1.1\r\n" HOST "\r\n", 405},
    {"OPTIONS *", "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 405},
    {"PROPFIND", "PROPFIND /echo HTTP/1.1\r\n" HOST "\r\n", 405},
    {"lower-case method", "get /echo HTTP/1.1\r\n" HOST "\r\n", 501},
    {"unknown method", "BREW /echo HTTP/1.1\r\n" HOST "\r\n", 501},
    {"method with a tail", "GETS /echo HTTP/1.1\r\n" HOST "\r\n", 501},
    {"HTTP/0.9", "GET /echo HTTP/0.9\r\n" HOST "\r\n", 505},
    {"HTTP/1.2", "GET /echo HTTP/1.2\r\n" HOST "\r\n", 505},
    {"HTTP/2.0", "GET /echo HTTP/2.0\r\n" HOST "\r\n", 505},
    {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
    {"HTTP/9.9", "GET /echo HTTP/9.9\r\n" HOST "\r\n", 505},
    {"HTTP/1.999", "GET /echo HTTP/1.999\r\n" HOST "\r\n", 505},
    {"HTTP/01.1", "GET /echo HTTP/01.1\r\n" HOST "\r\n", 505},
    {"no version", "GET /echo\r\n" HOST "\r\n", 505},
    {"http in lower case", "GET /echo http/1.1\r\n" HOST "\r\n", 400},
    {"blank before the method", " GET /echo HTTP/1.1\r\n" HOST "\r\n", 400},
    {"two empty lines first", "\r\n\r\nGET /echo HTTP/1.1\r\n" HOST "\r\n", 400},
    {"a TLS greeting", "\x16\x03\x01\x02", 400},
    /* Expect */
    {"Expect of something else", "POST /echo HTTP/1.1\r\n" HOST "Expect: foo\r\nContent-Length: 3\r\n\r\nabc", 417},
    {"Expect twice", "POST /echo HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc", 417},
    {"Expect with too large a body", "POST /echo HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 65537\r\n\r\n", 413},
};

Test(http_raw, a_malformed_request_is_refused_and_its_connection_closed)
{
    struct net_server *s = start();

    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *c = &refusals[i];
        bool closed;
        int status = raw_ask(net_server_port(s), c->bytes, &closed);

        cr_expect(status == c->status, "%s: %d, not %d", c->name, status, c->status);
        cr_expect(closed, "%s: the connection stays open", c->name);
        expect_alive(s, c->name);
    }
    net_server_stop(s);
}

/* The same bytes, one a segment: no rule may depend on how they arrive. */
Test(http_raw, a_malformed_request_is_refused_byte_by_byte_too)
{
    struct net_server *s = start();

    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const struct refusal *c = &refusals[i];
        struct raw_client client;
        struct raw_answer answer;

        cr_assert(raw_open(&client, net_server_port(s)));
        for (const char *at = c->bytes; *at != '\0' && raw_send(&client, at, 1); at++)
            sched_yield();
        answer = raw_read(&client, strncmp(c->bytes, "HEAD ", 5) == 0);
        cr_expect(answer.status == c->status, "%s: %d, not %d", c->name, answer.status, c->status);
        cr_expect(raw_is_closed(&client, RAW_WAIT_MS), "%s: stays open", c->name);
        raw_answer_clear(&answer);
        raw_close(&client);
    }
    net_server_stop(s);
}

/* H1: bytes behind a refused request are never a request of their own. */
Test(http_raw, a_smuggled_second_request_is_never_executed)
{
    struct net_server *s = start();
    struct http_counts before, after;

    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        char bytes[1024];
        struct raw_client client;

        snprintf(bytes, sizeof bytes, "%s%s", refusals[i].bytes, good);
        before = net_server_counts(s);
        cr_assert(raw_open(&client, net_server_port(s)));
        cr_assert(raw_send_text(&client, bytes));
        cr_expect(raw_is_closed(&client, RAW_WAIT_MS));
        raw_close(&client);
        after = net_server_counts(s);
        cr_expect(after.requests == before.requests, "%s: a second request ran", refusals[i].name);
        cr_expect(after.refused == before.refused + 1, "%s", refusals[i].name);
    }
    net_server_stop(s);
}

Test(http_raw, a_nul_is_refused_wherever_it_stands)
{
    static const char request[] = "GET /echo HTTP/1.1\r\nHost: a\r\nX-A: b\r\n\r\n";
    struct net_server *s = start();

    for (size_t i = 0; i < sizeof request - 2; i++) {
        struct raw_client client;
        struct raw_answer answer;
        char bytes[sizeof request];

        memcpy(bytes, request, sizeof request);
        bytes[i] = '\0';
        cr_assert(raw_open(&client, net_server_port(s)));
        cr_assert(raw_send(&client, bytes, sizeof request - 1));
        answer = raw_read(&client, false);
        cr_expect(answer.status == 400, "NUL at %zu: %d", i, answer.status);
        cr_expect(raw_is_closed(&client, RAW_WAIT_MS));
        raw_answer_clear(&answer);
        raw_close(&client);
    }
    expect_alive(s, "NULs");
    net_server_stop(s);
}

/* -- limits, from both sides --------------------------------------------------------------------- */

/* A request whose URI, header bytes (with the empty line) and header count are as given. */
static char *sized_request(size_t uri_bytes, size_t header_bytes, unsigned headers)
{
    struct build b = build_over(malloc(64 * 1024), 64 * 1024);
    size_t start;

    build_string(&b, "GET /echo?");
    for (size_t i = 6; i < uri_bytes; i++)
        build_char(&b, 'u');
    build_string(&b, " HTTP/1.1\r\n");
    start = b.bytes;
    build_string(&b, "Host: a\r\nConnection: close\r\n");
    for (unsigned i = 2; i + 1 < headers; i++)
        build_format(&b, "X-%u: y\r\n", i);
    build_string(&b, "X-Last: ");
    while (b.bytes - start + 4 < header_bytes)
        build_char(&b, 'z');
    build_string(&b, "\r\n\r\n");
    return b.at;
}

struct size_case {
    const char *name;
    size_t uri_bytes, header_bytes;
    unsigned headers;
    int status;
};

Test(http_raw, limits_hold_to_the_byte)
{
    static const struct size_case cases[] = {
        {"URI of 2 KiB", 2048, 0, 4, 200},
        {"URI of 2 KiB + 1", 2049, 0, 4, 414},
        {"URI of 20 KiB", 20480, 0, 4, 414},
        {"16 KiB of headers", 20, 16384, 10, 200},
        {"16 KiB + 1 of headers", 20, 16385, 10, 431},
        {"40 KiB of headers", 20, 40000, 10, 431},
        {"64 headers", 20, 0, 64, 200},
        {"65 headers", 20, 0, 65, 431},
        {"all at once", 2048, 16384, 64, 200},
    };
    struct net_server *s = start();

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct size_case *c = &cases[i];
        char *request = sized_request(c->uri_bytes, c->header_bytes, c->headers);
        bool closed;
        int status = raw_ask(net_server_port(s), request, &closed);

        cr_expect(status == c->status, "%s: %d, not %d", c->name, status, c->status);
        cr_expect(closed, "%s", c->name);
        free(request);
        expect_alive(s, c->name);
    }
    net_server_stop(s);
}

Test(http_raw, a_body_of_64_kib_is_served_and_one_byte_more_is_not_even_read)
{
    struct net_server *s = start();
    char *body = malloc(NET_SERVER_BODY_MAX);
    struct raw_client client;
    struct raw_answer answer;

    memset(body, 'b', NET_SERVER_BODY_MAX);
    cr_assert(raw_open(&client, net_server_port(s)));
    cr_assert(raw_send_text(&client, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n"));
    cr_assert(raw_send(&client, body, NET_SERVER_BODY_MAX));
    answer = raw_read(&client, false);
    cr_expect(answer.status == 200 && answer.body_bytes == NET_SERVER_BODY_MAX);
    cr_expect(memcmp(answer.body, body, NET_SERVER_BODY_MAX) == 0);
    raw_answer_clear(&answer);
    /* The client goes on sending what was refused, and still gets to read why. */
    cr_assert(raw_send_text(&client, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n"));
    cr_assert(raw_send(&client, body, NET_SERVER_BODY_MAX));
    cr_assert(raw_send(&client, body, 1));
    answer = raw_read(&client, false);
    cr_expect(answer.status == 413);
    raw_answer_clear(&answer);
    cr_expect(raw_is_closed(&client, RAW_WAIT_MS));
    raw_close(&client);
    free(body);
    net_server_stop(s);
}

/* -- good requests ------------------------------------------------------------------------------- */

struct good_case {
    const char *name, *request, *body;
    int status;
    bool close;
};

Test(http_raw, keep_alive_follows_version_and_connection_header)
{
    static const struct good_case cases[] = {
        {"1.1", "GET /echo?q HTTP/1.1\r\nHost: a\r\n\r\n", "q", 200, false},
        {"1.1 close", "GET /echo?q HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "q", 200, true},
        {"1.1 Close in a list", "GET /echo?q HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n", "q", 200, true},
        {"1.0", "GET /echo?q HTTP/1.0\r\n\r\n", "q", 200, true},
        {"1.0 keep-alive", "GET /echo?q HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "q", 200, false},
        {"an error keeps it", "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", "nothing here", 404, false},
        {"POST with body", "POST /echo HTTP/1.1\r\nHost: a:8443\r\nContent-Length: 3\r\n\r\nabc", "abc", 200, false},
        {"POST without length", "POST /echo HTTP/1.1\r\nHost: a\r\n\r\n", "", 200, false},
        {"GET with an empty body", "GET /echo?q HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "q", 200, false},
        {"an empty line first", "\r\nGET /echo?q HTTP/1.1\r\nHost: a\r\n\r\n", "q", 200, false},
        {"an upgrade is not taken", "GET /echo?q HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", "q", 200, false},
        {"high bytes and tabs in a value", "GET /echo?q HTTP/1.1\r\nHost: [::1]:80\r\nX: a\t\xC3\xA9\r\n\r\n", "q", 200, false},
        {"Expect of HTTP/1.0 is ignored", "POST /echo HTTP/1.0\r\nExpect: x\r\nContent-Length: 1\r\n\r\na", "a", 200, true},
    };
    struct net_server *s = start();

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct good_case *c = &cases[i];
        struct raw_client client;
        struct raw_answer answer;

        cr_assert(raw_open(&client, net_server_port(s)));
        cr_assert(raw_send_text(&client, c->request));
        answer = raw_read(&client, false);
        cr_expect(answer.status == c->status, "%s: %d", c->name, answer.status);
        cr_expect(answer.body != NULL && strcmp(answer.body, c->body) == 0, "%s: %s", c->name,
                  answer.body);
        cr_expect(answer.close == c->close, "%s: close %d", c->name, answer.close);
        raw_answer_clear(&answer);
        if (c->close) {
            cr_expect(raw_is_closed(&client, RAW_WAIT_MS), "%s", c->name);
        } else {
            cr_assert(raw_send_text(&client, good));
            answer = raw_read(&client, false);
            cr_expect(answer.status == 200, "%s: then %d", c->name, answer.status);
            raw_answer_clear(&answer);
        }
        raw_close(&client);
    }
    net_server_stop(s);
}

Test(http_raw, an_answer_carries_date_type_length_and_safe_defaults)
{
    struct net_server *s = start();
    struct raw_client client;
    struct raw_answer answer;
    char value[256];
    struct tm tm;

    cr_assert(raw_open(&client, net_server_port(s)));
    cr_assert(raw_send_text(&client, "GET /echo?abc HTTP/1.1\r\nHost: a\r\n\r\n"));
    answer = raw_read(&client, false);
    cr_assert(raw_header(&answer, "Date", value) != NULL);
    cr_expect(strptime(value, "%a, %d %b %Y %H:%M:%S GMT", &tm) != NULL);
    cr_expect(llabs((long long)timegm(&tm) - (long long)time(NULL)) <= 2);
    cr_expect_str_eq(raw_header(&answer, "Content-Type", value), "text/plain");
    cr_expect_str_eq(raw_header(&answer, "Content-Length", value), "3");
    cr_expect_str_eq(raw_header(&answer, "Connection", value), "keep-alive");
    cr_expect_str_eq(raw_header(&answer, "X-Content-Type-Options", value), "nosniff");
    cr_expect_str_eq(raw_header(&answer, "Cache-Control", value), "no-store");
    raw_answer_clear(&answer);
    raw_close(&client);
    net_server_stop(s);
}

Test(http_raw, head_answers_with_the_length_and_no_body)
{
    struct net_server *s = start();
    struct raw_client client;
    struct raw_answer answer;
    char value[256];

    cr_assert(raw_open(&client, net_server_port(s)));
    cr_assert(raw_send_text(&client, "HEAD /echo?abc HTTP/1.1\r\nHost: a\r\n\r\n"));
    answer = raw_read(&client, true);
    cr_expect(answer.status == 200);
    cr_expect_str_eq(raw_header(&answer, "Content-Length", value), "3");
    cr_assert(raw_send_text(&client, good));
    answer = raw_read(&client, false);
    cr_expect(answer.status == 200, "what follows is the next answer, not a body");
    raw_answer_clear(&answer);
    raw_close(&client);
    net_server_stop(s);
}

Test(http_raw, a_continue_is_sent_before_the_body_when_it_was_asked_for)
{
    struct net_server *s = start();
    struct raw_client client;
    struct raw_answer answer;

    cr_assert(raw_open(&client, net_server_port(s)));
    cr_assert(raw_send_text(&client, "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n"
                                     "Content-Length: 3\r\n\r\n"));
    answer = raw_read_head(&client);
    cr_expect(answer.status == 100);
    cr_assert(raw_send_text(&client, "abc"));
    answer = raw_read(&client, false);
    cr_expect(answer.status == 200);
    cr_expect_str_eq(answer.body, "abc");
    raw_answer_clear(&answer);
    raw_close(&client);
    net_server_stop(s);
}

Test(http_raw, a_hundred_pipelined_requests_behind_a_slow_one_are_answered_in_order)
{
    struct net_server *s = start();
    struct raw_client client;
    struct raw_answer answer;
    char request[128], expected[16];

    cr_assert(raw_open(&client, net_server_port(s)));
    cr_assert(raw_send_text(&client, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"));
    for (int i = 0; i < 100; i++) {
        snprintf(request, sizeof request, "GET /%s?%d HTTP/1.1\r\nHost: a\r\n\r\n",
                 i % 10 == 5 ? "slow" : "echo", i);
        cr_assert(raw_send_text(&client, request));
    }
    answer = raw_read(&client, false);
    cr_expect_str_eq(answer.body, "slow");
    raw_answer_clear(&answer);
    for (int i = 0; i < 100; i++) {
        snprintf(expected, sizeof expected, "%d", i);
        answer = raw_read(&client, false);
        cr_assert(answer.status == 200, "request %d: %d", i, answer.status);
        cr_expect_str_eq(answer.body, i % 10 == 5 ? "slow" : expected);
        raw_answer_clear(&answer);
    }
    raw_close(&client);
    net_server_stop(s);
}

/* Memory stays flat: behind an open request the server reads no more than a kernel buffer, so the
 * sender is stopped by TCP. */
Test(http_raw, a_flood_behind_an_open_request_stays_in_the_kernel)
{
    static const char request[] = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";
    struct net_server *s = start();
    struct raw_client client;
    size_t sent = 0;
    ssize_t now;

    cr_assert(raw_open(&client, net_server_port(s)));
    cr_assert(raw_send_text(&client, "GET /never HTTP/1.1\r\nHost: a\r\n\r\n"));
    while (net_server_held(s) == 0)
        sleep_ms(5);
    cr_assert(fcntl(client.fd, F_SETFL, O_NONBLOCK) == 0);
    for (int idle = 0; idle < 20 && sent < 64 * 1024 * 1024;) {
        now = write(client.fd, request, sizeof request - 1);
        idle = now > 0 ? 0 : idle + 1;
        sent += now > 0 ? (size_t)now : 0;
        if (now <= 0)
            sleep_ms(10);
    }
    cr_expect(sent < 32 * 1024 * 1024, "the server swallowed %zu bytes", sent);
    cr_expect(net_server_counts(s).requests == 1);
    expect_alive(s, "a flood");
    raw_close(&client);
    net_server_stop(s);
}
