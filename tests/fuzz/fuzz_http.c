/* Bytes of a peer through the whole server: framing, llhttp, rules, router, answers.
 *
 * The first input byte says in pieces of what size the rest is sent. Whatever comes, what reaches
 * the handler keeps the promises of net/http.h, every request has one answer, and the connection
 * ends when the peer does. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "net/connection.h"
#include "net/router.h"

enum { ANSWERS_BYTES_MAX = 1024 * 1024, TURNS_MAX = 64, BODY_MAX = 512 };

static struct loop *loop;
static struct http_server *server;
static struct router *router;
static char answers[ANSWERS_BYTES_MAX + 1];
static size_t answers_bytes;

static enum step never(struct exchange *x)
{
    (void)x;
    return STEP_DONE;
}

static step_fn *const steps[] = {never, NULL};
static const struct route rows[] = {
    {.method = METHOD_GET, .pattern = "/a/{b}", .steps = steps},
    {.method = METHOD_POST, .pattern = "/a/{b}/c", .steps = steps},
    {.method = METHOD_GET, .pattern = "/", .steps = steps},
};

static void check_text(struct text t, unsigned char lowest)
{
    for (size_t i = 0; i < t.bytes; i++) {
        unsigned char c = (unsigned char)t.at[i];

        CHECK((c >= lowest && c != 0x7F) || (c == '\t' && lowest == 0x20));
    }
}

static void check_request(const struct http_request *r)
{
    CHECK(r->path.bytes > 0 && r->path.at[0] == '/');
    CHECK(r->path.bytes + r->query.bytes <= HTTP_URI_BYTES_MAX);
    CHECK(r->header_count <= HTTP_HEADERS_MAX);
    CHECK(memchr(r->path.at, '?', r->path.bytes) == NULL);
    check_text(r->path, 0x21);
    check_text(r->query, 0x21);
    for (unsigned i = 0; i < r->header_count; i++) {
        CHECK(r->headers[i].name.bytes > 0);
        check_text(r->headers[i].name, 0x21);
        check_text(r->headers[i].value, 0x20);
    }
    CHECK(http_header(r, "Transfer-Encoding").at == NULL);
    CHECK(r->body.bytes <= BODY_MAX);
    CHECK(r->body.bytes == 0 || r->method == METHOD_POST || r->method == METHOD_PUT ||
          r->method == METHOD_PATCH);
}

static struct err admit(void *arg, const struct http_request *head, size_t *body_bytes_max)
{
    (void)arg;
    check_request(head);
    *body_bytes_max = BODY_MAX;
    return OK;
}

static void request(void *arg, struct http_connection *c, struct http_request *r)
{
    struct route_match match;
    const char *allowed;
    struct arena arena;
    struct err e;

    (void)arg;
    check_request(r);
    arena_init(&arena, 64 * 1024);
    e = router_find(router, r->method, r->path, &arena, &match, &allowed);
    CHECK(err_is(e) == (match.route == NULL));
    for (size_t i = 0; i < ROUTE_PARAMS_MAX && match.params[i].at != NULL && !err_is(e); i++) {
        CHECK(match.params[i].bytes > 0 && !text_is(match.params[i], ".."));
        CHECK(memchr(match.params[i].at, '/', match.params[i].bytes) == NULL);
        check_text(match.params[i], 0x20);
    }
    arena_clear(&arena);
    http_answer(c, &(struct http_answer){err_is(e) ? err_row(e.code)->status : 200, "text/plain",
                                         TEXT("a"), NULL, false});
}

static void set_up(void)
{
    static const struct http_handlers handlers = {admit, request, exchange_refuse, NULL, NULL};

    log_set_level(LOG_ERROR);
    loop = loop_new();
    server = http_server_new(loop, &handlers);
    router = router_new(rows, sizeof rows / sizeof rows[0]);
}

static void receive(int fd)
{
    ssize_t got;

    while ((got = read(fd, answers + answers_bytes, ANSWERS_BYTES_MAX - answers_bytes)) > 0)
        answers_bytes += (size_t)got;
}

static void turn(int fd)
{
    CHECK(event_base_loop(loop_base(loop), EVLOOP_NONBLOCK) >= 0);
    receive(fd);
}

static void send_pieces(int fd, const uint8_t *data, size_t size, size_t piece)
{
    while (size > 0) {
        size_t bytes = size < piece ? size : piece;
        ssize_t sent = send(fd, data, bytes, MSG_NOSIGNAL);

        if (sent < 0)
            return; /* refused, or thrown away enough */
        data += sent;
        size -= (size_t)sent;
        turn(fd);
    }
}

/* The answers are answers, as many as were counted. Ours are short, so none is longer than a line. */
static void check_answers(uint64_t wanted)
{
    uint64_t count = 0;

    answers[answers_bytes] = '\0';
    CHECK(answers_bytes == 0 || strncmp(answers, "HTTP/1.1 ", 9) == 0);
    for (const char *at = strstr(answers, "HTTP/1.1 "); at != NULL;
         at = strstr(at + 1, "HTTP/1.1 ")) {
        if (strncmp(at, "HTTP/1.1 100 ", 13) != 0 && strstr(at, "\r\n\r\n") != NULL &&
            at[9] >= '2' && at[9] <= '5')
            count++;
    }
    CHECK(answers_bytes == ANSWERS_BYTES_MAX || count == wanted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_counts before, after;
    int ends[2];

    if (loop == NULL)
        set_up();
    if (size == 0)
        return 0;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    before = http_counts(server);
    answers_bytes = 0;
    CHECK(connection_new(server, ends[0], "fuzz", NULL) != NULL);
    send_pieces(ends[1], data + 1, size - 1, data[0] == 0 ? size : data[0]);
    for (int i = 0; i < 4; i++)
        turn(ends[1]);
    shutdown(ends[1], SHUT_WR);
    for (int i = 0; i < TURNS_MAX && http_counts(server).connections_now > 0; i++)
        turn(ends[1]);
    after = http_counts(server);
    CHECK(after.connections_now == 0);
    receive(ends[1]);
    check_answers(after.requests + after.refused - before.requests - before.refused);
    close(ends[1]);
    return 0;
}
