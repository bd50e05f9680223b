#include "net/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>

#include "base/clock.h"
#include "base/log.h"

static const uint32_t MAGIC = 0x48545450;

static const char *const names[CONNECTION_STATES] = {
    [CONNECTION_HANDSHAKE] = "handshake", [CONNECTION_IDLE] = "idle",
    [CONNECTION_HEAD] = "head",           [CONNECTION_BODY] = "body",
    [CONNECTION_OPEN] = "open",           [CONNECTION_WRITING] = "writing",
    [CONNECTION_LINGER] = "linger",       [CONNECTION_GONE] = "gone",
};

/* Which state may follow which; everything may end. */
static const bool may_follow[CONNECTION_STATES][CONNECTION_STATES] = {
    [CONNECTION_HANDSHAKE] = {[CONNECTION_IDLE] = true, [CONNECTION_LINGER] = true,
                              [CONNECTION_GONE] = true},
    [CONNECTION_IDLE] = {[CONNECTION_HEAD] = true, [CONNECTION_LINGER] = true,
                         [CONNECTION_GONE] = true},
    [CONNECTION_HEAD] = {[CONNECTION_BODY] = true, [CONNECTION_WRITING] = true,
                         [CONNECTION_LINGER] = true, [CONNECTION_GONE] = true},
    [CONNECTION_BODY] = {[CONNECTION_OPEN] = true, [CONNECTION_WRITING] = true,
                         [CONNECTION_LINGER] = true, [CONNECTION_GONE] = true},
    [CONNECTION_OPEN] = {[CONNECTION_WRITING] = true, [CONNECTION_IDLE] = true,
                         [CONNECTION_LINGER] = true, [CONNECTION_GONE] = true},
    [CONNECTION_WRITING] = {[CONNECTION_IDLE] = true, [CONNECTION_LINGER] = true,
                            [CONNECTION_GONE] = true},
    [CONNECTION_LINGER] = {[CONNECTION_GONE] = true},
};

static struct http_connection *connection_from(void *arg)
{
    struct http_connection *c = arg;

    CHECK(c != NULL && c->magic == MAGIC);
    return c;
}

static int64_t deadline_ms(const struct http_connection *c)
{
    const struct http_limits *limits = &c->server->limits;

    switch (c->state) {
    case CONNECTION_HANDSHAKE:
    case CONNECTION_HEAD:    return limits->headers_ms;
    case CONNECTION_BODY:    return limits->body_ms;
    case CONNECTION_OPEN:    return limits->handler_ms;
    case CONNECTION_WRITING: return limits->write_ms;
    case CONNECTION_LINGER:  return limits->linger_ms;
    default:                 return c->idle_ms;
    }
}

static void arm(struct http_connection *c, int64_t now_us)
{
    int64_t left_us = c->deadline_us > now_us ? c->deadline_us - now_us : 0;

    c->armed_us = c->deadline_us;
    loop_timer_start(c->timer, (left_us + US_PER_MS - 1) / US_PER_MS);
}

/* A busy connection moves its deadline several times a request. The timer is restarted only to fire
 * sooner; when it fires early, it is armed again for what is left. */
static void set_deadline(struct http_connection *c)
{
    int64_t now_us = clock_monotonic_us();

    c->deadline_us = now_us + deadline_ms(c) * US_PER_MS;
    if (c->armed_us == 0 || c->deadline_us < c->armed_us)
        arm(c, now_us);
}

static void on_timer(void *arg)
{
    struct http_connection *c = connection_from(arg);
    int64_t now_us = clock_monotonic_us();

    c->armed_us = 0;
    if (now_us < c->deadline_us)
        arm(c, now_us);
    else
        connection_expire(c);
}

static bool reads_in(enum connection_state state)
{
    return state != CONNECTION_OPEN && state != CONNECTION_WRITING && state != CONNECTION_GONE;
}

/* Turns reading on at once, and off at the end of a turn only (connection_turn): an answer given
 * inside request() costs no system call for it. */
static void start_reading(struct http_connection *c)
{
    if (c->reading)
        return;
    c->reading = true;
    if (bufferevent_enable(c->socket, EV_READ) != 0)
        connection_tear_down_soon(c);
}

void connection_move(struct http_connection *c, enum connection_state to)
{
    CHECK(may_follow[c->state][to]);
    log_event(LOG_DEBUG, c->request.id, "connection", log_text("from", names[c->state]),
              log_text("to", names[to]));
    c->state = to;
    if (to == CONNECTION_GONE)
        return;
    set_deadline(c);
    if (reads_in(to))
        start_reading(c);
}

static void on_readable(struct bufferevent *socket, void *arg)
{
    (void)socket;
    connection_turn(connection_from(arg));
}

static void on_written(struct bufferevent *socket, void *arg)
{
    struct http_connection *c = connection_from(arg);

    if (c->state == CONNECTION_WRITING && evbuffer_get_length(bufferevent_get_output(socket)) == 0) {
        connection_written(c);
        connection_turn(c);
    }
}

static void note_tls_error(struct http_connection *c)
{
    unsigned long code = c->tls ? bufferevent_get_openssl_error(c->socket) : 0;
    const char *reason = code != 0 ? ERR_reason_error_string(code) : NULL;

    if (c->state == CONNECTION_HANDSHAKE)
        log_event(LOG_DEBUG, 0, "handshake_refused", log_text("peer", c->peer),
                  log_text("reason", reason));
    ERR_clear_error();
}

static void on_event(struct bufferevent *socket, short what, void *arg)
{
    struct http_connection *c = connection_from(arg);

    (void)socket;
    if ((what & BEV_EVENT_CONNECTED) != 0) {
        connection_move(c, CONNECTION_IDLE);
        return;
    }
    if ((what & BEV_EVENT_ERROR) != 0)
        note_tls_error(c);
    connection_tear_down(c);
}

static struct bufferevent *open_plain(struct event_base *base, evutil_socket_t fd)
{
    struct bufferevent *socket = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);

    if (socket == NULL)
        close(fd);
    return socket;
}

/* Callbacks are deferred: a failed SSL_write would otherwise call on_event() from inside
 * bufferevent_write(), under http_answer(). */
static struct bufferevent *open_tls(struct event_base *base, evutil_socket_t fd, SSL_CTX *tls)
{
    SSL *ssl = SSL_new(tls);
    struct bufferevent *socket;

    if (ssl == NULL) {
        close(fd);
        return NULL;
    }
    socket = bufferevent_openssl_socket_new(base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
                                            BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
    if (socket == NULL) {
        SSL_free(ssl);
        close(fd);
        return NULL;
    }
    bufferevent_openssl_set_allow_dirty_shutdown(socket, 1);
    return socket;
}

struct http_connection *connection_new(struct http_server *server, evutil_socket_t fd,
                                       const char *peer, SSL_CTX *tls)
{
    struct event_base *base = loop_base(server->loop);
    struct bufferevent *socket = tls != NULL ? open_tls(base, fd, tls) : open_plain(base, fd);
    struct http_connection *c = socket != NULL ? calloc(1, sizeof *c) : NULL;
    struct build name;

    if (c == NULL) {
        if (socket != NULL)
            bufferevent_free(socket);
        return NULL;
    }
    c->magic = MAGIC;
    c->server = server;
    c->socket = socket;
    c->fd = fd;
    c->tls = tls != NULL;
    c->idle_ms = server->limits.idle_ms;
    name = build_over(c->peer, sizeof c->peer);
    build_string(&name, peer);
    c->request.peer = c->peer;
    c->timer = loop_timer_new(server->loop, on_timer, c);
    c->state = c->tls ? CONNECTION_HANDSHAKE : CONNECTION_IDLE;
    LIST_INSERT_HEAD(&server->connections, c, link);
    server->counts.connections_now++;
    set_deadline(c);
    bufferevent_setcb(socket, on_readable, on_written, on_event, c);
    start_reading(c);
    return c;
}

void connection_free(struct http_connection *c)
{
    CHECK(c->socket == NULL && !c->owed);
    framing_clear(&c->framing);
    free(c->body_at);
    c->magic = 0;
    free(c);
}

void connection_tear_down(struct http_connection *c)
{
    struct http_server *server = c->server;

    CHECK(c->socket != NULL && !c->in_turn);
    connection_move(c, CONNECTION_GONE);
    ERR_clear_error();
    bufferevent_free(c->socket);
    c->socket = NULL;
    loop_timer_free(c->timer);
    c->timer = NULL;
    LIST_REMOVE(c, link);
    CHECK(server->counts.connections_now > 0);
    server->counts.connections_now--;
    if (c->owed)
        LIST_INSERT_HEAD(&server->orphans, c, link);
    else
        connection_free(c);
    server_forget(server);
}

void connection_tear_down_soon(struct http_connection *c)
{
    if (c->state != CONNECTION_LINGER)
        connection_move(c, CONNECTION_LINGER);
    c->deadline_us = clock_monotonic_us();
    arm(c, c->deadline_us);
}

void connection_orphan(struct http_connection *c)
{
    CHECK(c->state == CONNECTION_GONE && c->owed);
    LIST_REMOVE(c, link);
    c->server = NULL;
}

bool connection_send(struct http_connection *c, struct text bytes)
{
    /* Straight to the kernel when nothing is queued before it: this saves arming the write event
     * and a turn of the loop for every answer that fits the socket's buffer, which nearly all do. */
    if (!c->tls && evbuffer_get_length(bufferevent_get_output(c->socket)) == 0) {
        ssize_t sent = send(c->fd, bytes.at, bytes.bytes, MSG_NOSIGNAL);

        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (sent > 0)
            bytes = (struct text){bytes.at + sent, bytes.bytes - (size_t)sent};
    }
    return bytes.bytes == 0 || bufferevent_write(c->socket, bytes.at, bytes.bytes) == 0;
}
