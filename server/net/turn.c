/* net/turn.c: what a connection does with the bytes that have come, and with the answer. */
#include "net/connection.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>

#include "base/log.h"

enum { BODY_KEPT_BYTES = 4096 };

static _Atomic uint64_t last_request_id; /* over all loops of the process */

/* -- refusing ------------------------------------------------------------------------------------ */

static void refuse_bare(struct http_connection *c, struct err e)
{
    http_answer(c, &(struct http_answer){.status = err_row(e.code)->status});
}

/* The connection's own answer, in the handler's words; the connection ends with it. */
static void refuse(struct http_connection *c, struct err e)
{
    struct http_handlers *h = &c->server->handlers;

    c->server->counts.refused++;
    log_event(LOG_INFO, c->request.id, "refused", log_text("code", err_row(e.code)->code),
              log_number("status", err_row(e.code)->status));
    c->close = true;
    c->refusing = true;
    if (h->refuse != NULL)
        h->refuse(h->arg, c, &c->request, e);
    else
        refuse_bare(c, e);
    CHECK(!c->refusing); /* it was answered inside the call */
}

/* -- from bytes to a request --------------------------------------------------------------------- */

static bool input_is_empty(const struct http_connection *c)
{
    return evbuffer_get_length(bufferevent_get_input(c->socket)) == 0;
}

static void begin_head(struct http_connection *c)
{
    framing_reset(&c->framing);
    c->body_bytes = 0;
    c->close = c->server->draining;
    c->request.id = atomic_fetch_add(&last_request_id, 1) + 1;
    c->request.method = METHOD_GET;
    c->request.header_count = 0;
    c->request.path = c->request.query = c->request.body = (struct text){NULL, 0};
    connection_move(c, CONNECTION_HEAD);
}

static struct err body_reserve(struct http_connection *c, size_t bytes)
{
    if (bytes <= c->body_capacity)
        return OK;
    free(c->body_at);
    c->body_capacity = 0;
    c->body_at = malloc(bytes);
    if (c->body_at == NULL)
        return err_make(ERR_BUSY);
    c->body_capacity = bytes;
    return OK;
}

/* The head is whole: is it a request that we want the body of? */
static struct err admit(struct http_connection *c)
{
    struct http_handlers *h = &c->server->handlers;
    size_t bytes_max = 0;
    struct err e = framing_parse(&c->framing, &c->request, &c->body);

    if (err_is(e))
        return e;
    c->close = c->close || !c->body.keep_alive;
    e = h->admit(h->arg, &c->request, &bytes_max);
    if (err_is(e))
        return e;
    if (c->body.bytes > bytes_max)
        return err_make(ERR_HTTP_BODY_LARGE);
    return body_reserve(c, (size_t)c->body.bytes);
}

static void begin_body(struct http_connection *c)
{
    struct err e = admit(c);

    if (err_is(e)) {
        refuse(c, e);
        return;
    }
    connection_move(c, CONNECTION_BODY);
    if (c->body.expects_continue && c->body.bytes > 0 && input_is_empty(c) &&
        !connection_send(c, TEXT("HTTP/1.1 100 Continue\r\n\r\n")))
        connection_tear_down_soon(c);
}

static bool take_head(struct http_connection *c)
{
    struct evbuffer *input = bufferevent_get_input(c->socket);
    size_t run = evbuffer_get_contiguous_space(input);
    struct text bytes, rest;
    struct err e;

    if (input_is_empty(c))
        return false;
    bytes.bytes = run > 0 ? run : 1;
    bytes.at = (const char *)evbuffer_pullup(input, (ev_ssize_t)bytes.bytes);
    CHECK_ALLOCATED(bytes.at);
    rest = bytes;
    e = framing_take(&c->framing, &rest);
    CHECK(evbuffer_drain(input, err_is(e) ? bytes.bytes : bytes.bytes - rest.bytes) == 0);
    if (err_is(e))
        refuse(c, e);
    else if (framing_is_whole(&c->framing))
        begin_body(c);
    return true;
}

static void hand_over(struct http_connection *c)
{
    struct http_handlers *h = &c->server->handlers;

    c->request.body = (struct text){c->body_at, c->body_bytes};
    c->server->counts.requests++;
    c->owed = true;
    c->late = false;
    connection_move(c, CONNECTION_OPEN);
    h->request(h->arg, c, &c->request);
}

static bool take_body(struct http_connection *c)
{
    size_t wanted = (size_t)c->body.bytes - c->body_bytes;
    int taken = 0;

    if (wanted > 0) {
        taken = evbuffer_remove(bufferevent_get_input(c->socket), c->body_at + c->body_bytes,
                                wanted);
        CHECK(taken >= 0);
        c->body_bytes += (size_t)taken;
    }
    if (c->body_bytes < c->body.bytes)
        return false;
    hand_over(c);
    return true;
}

/* What comes after the last answer is read only so that the kernel need not reset the connection. */
static bool throw_away(struct http_connection *c)
{
    struct evbuffer *input = bufferevent_get_input(c->socket);
    size_t bytes = evbuffer_get_length(input);

    CHECK(evbuffer_drain(input, bytes) == 0);
    c->linger_bytes += bytes;
    if (c->linger_bytes > HTTP_LINGER_BYTES_MAX)
        connection_tear_down_soon(c);
    return false;
}

/* One move; false when there is nothing left to do until something happens. */
static bool advance(struct http_connection *c)
{
    switch (c->state) {
    case CONNECTION_IDLE:
        if (input_is_empty(c))
            return false;
        begin_head(c);
        return true;
    case CONNECTION_HEAD:   return take_head(c);
    case CONNECTION_BODY:   return take_body(c);
    case CONNECTION_LINGER: return throw_away(c);
    default:                return false;
    }
}

static void stop_reading(struct http_connection *c)
{
    c->reading = false;
    if (bufferevent_disable(c->socket, EV_READ) != 0)
        connection_tear_down_soon(c);
}

void connection_turn(struct http_connection *c)
{
    CHECK(!c->in_turn);
    c->in_turn = true;
    while (advance(c))
        continue;
    c->in_turn = false;
    if (c->reading && (c->state == CONNECTION_OPEN || c->state == CONNECTION_WRITING))
        stop_reading(c);
}

/* -- from an answer to bytes --------------------------------------------------------------------- */

/* Says goodbye in both directions that we own: TLS's close_notify and TCP's FIN. */
static void linger(struct http_connection *c)
{
    if (c->tls) {
        ERR_clear_error();
        if (SSL_shutdown(bufferevent_openssl_get_ssl(c->socket)) < 0)
            ERR_clear_error();
    }
    connection_move(c, CONNECTION_LINGER);
    if (shutdown(c->fd, SHUT_WR) != 0)
        connection_tear_down_soon(c);
}

static void keep_small_buffers(struct http_connection *c)
{
    if (c->body_capacity > BODY_KEPT_BYTES) {
        free(c->body_at);
        c->body_at = NULL;
        c->body_capacity = 0;
    }
}

void connection_written(struct http_connection *c)
{
    if (c->close || c->server->draining) {
        linger(c);
        return;
    }
    keep_small_buffers(c);
    connection_move(c, CONNECTION_IDLE);
    /* What is pipelined behind may be here already; it gets its own turn of the loop, so that an
     * answer never runs the next request on its own stack. */
    if (!c->in_turn && !input_is_empty(c))
        bufferevent_trigger(c->socket, EV_READ,
                            BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
}

static bool send_answer(struct http_connection *c, const struct http_answer *answer)
{
    struct http_server *server = c->server;
    struct build out = build_over(server->scratch, sizeof server->scratch);
    struct text body = answer->body;

    if (c->request.method == METHOD_HEAD || !answer_has_body(answer->status))
        body.bytes = 0;
    answer_render_head(server, answer, c->close, &out);
    if (body.bytes < out.max - out.bytes) {
        build_text(&out, body);
        return connection_send(c, build_done(&out));
    }
    return connection_send(c, build_done(&out)) && connection_send(c, body);
}

static void write_answer(struct http_connection *c, const struct http_answer *answer)
{
    c->close = c->close || answer->close || c->server->draining;
    c->server->counts.answered[answer->status / 100]++;
    if (!send_answer(c, answer))
        connection_tear_down_soon(c);
    else if (evbuffer_get_length(bufferevent_get_output(c->socket)) == 0)
        connection_written(c);
    else
        connection_move(c, CONNECTION_WRITING);
}

/* The one place where an answer to nobody ends: the peer, or the server itself, has gone. */
static void drop_answer(struct http_connection *c)
{
    if (c->server != NULL)
        c->server->counts.dropped++;
    log_event(LOG_DEBUG, c->request.id, "answer_dropped");
    if (c->socket != NULL)
        return; /* the 503 in its place is still on its way */
    if (c->server != NULL)
        LIST_REMOVE(c, link);
    connection_free(c);
}

void http_answer(struct http_connection *c, const struct http_answer *answer)
{
    if (c->refusing) {
        c->refusing = false;
        write_answer(c, answer);
        return;
    }
    CHECK(c->owed); /* one answer a request */
    c->owed = false;
    if (c->late || c->socket == NULL)
        drop_answer(c);
    else
        write_answer(c, answer);
}

/* -- deadlines ----------------------------------------------------------------------------------- */

/* The handler still has the request; its own answer will be dropped. */
static void answer_late(struct http_connection *c)
{
    struct http_handlers *h = &c->server->handlers;
    uint64_t id = c->request.id;

    c->server->counts.late++;
    c->late = true;
    refuse(c, err_make(ERR_BUSY));
    if (h->late != NULL)
        h->late(h->arg, id);
}

void connection_expire(struct http_connection *c)
{
    switch (c->state) {
    case CONNECTION_HEAD:
    case CONNECTION_BODY: refuse(c, err_make(ERR_HTTP_TIMEOUT)); break;
    case CONNECTION_OPEN: answer_late(c); break;
    default:              connection_tear_down(c); break;
    }
}
