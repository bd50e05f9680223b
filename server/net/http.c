/* net/http.c: the server: listeners, accepting, counts, drain. */
#include "net/connection.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

enum { PAUSE_LOG_EVERY_S = 60 };

const char *method_name(enum method method)
{
    static const char *const names[METHODS] = {
        [METHOD_GET] = "GET", [METHOD_HEAD] = "HEAD",   [METHOD_POST] = "POST",
        [METHOD_PUT] = "PUT", [METHOD_PATCH] = "PATCH", [METHOD_DELETE] = "DELETE",
    };

    CHECK(method >= 0 && method < METHODS);
    return names[method];
}

struct text http_header(const struct http_request *request, const char *name)
{
    struct text wanted = text_of(name);

    for (unsigned i = 0; i < request->header_count; i++) {
        if (text_equal_ignoring_case(request->headers[i].name, wanted))
            return request->headers[i].value;
    }
    return (struct text){NULL, 0};
}

void http_keep_long(struct http_connection *c)
{
    c->idle_ms = HTTP_IDLE_GATE_MS;
}

/* -- accepting ----------------------------------------------------------------------------------- */

/* Accepting again at once would spin: the pending connection stays readable until it is taken. */
static void pause_accepting(struct http_server *server, const char *why)
{
    int64_t now_us = clock_monotonic_us();
    struct listener *l;

    LIST_FOREACH(l, &server->listeners, link)
        CHECK(evconnlistener_disable(l->socket) == 0);
    server->counts.accept_pauses++;
    loop_timer_start(server->accept_timer, HTTP_ACCEPT_PAUSE_MS);
    if (server->pause_logged_us == 0 ||
        now_us - server->pause_logged_us > (int64_t)PAUSE_LOG_EVERY_S * US_PER_SECOND) {
        server->pause_logged_us = now_us;
        log_event(LOG_ERROR, 0, "accept_paused", log_text("why", why),
                  log_number("connections", server->counts.connections_now));
    }
}

static void on_accept_again(void *arg)
{
    struct http_server *server = arg;
    struct listener *l;

    LIST_FOREACH(l, &server->listeners, link)
        CHECK(evconnlistener_enable(l->socket) == 0);
}

static void on_accept_error(struct evconnlistener *socket, void *arg)
{
    struct listener *l = arg;
    int code = errno;

    (void)socket;
    pause_accepting(l->server, code == EMFILE || code == ENFILE ? "no descriptors" : "accept");
}

/* Descriptors are given out lowest first, so a high one says that the process has few left. */
static bool is_spare(evutil_socket_t fd)
{
    struct rlimit limit;

    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    return limit.rlim_cur != RLIM_INFINITY && (rlim_t)fd + HTTP_SPARE_DESCRIPTORS >= limit.rlim_cur;
}

static void on_accept(struct evconnlistener *socket, evutil_socket_t fd, struct sockaddr *address,
                      int address_bytes, void *arg)
{
    struct listener *l = arg;
    char peer[CONNECTION_PEER_BYTES];

    (void)socket;
    if (is_spare(fd)) {
        close(fd);
        pause_accepting(l->server, "few descriptors");
        return;
    }
    if (getnameinfo(address, (socklen_t)address_bytes, peer, sizeof peer, NULL, 0,
                    NI_NUMERICHOST) != 0)
        peer[0] = '\0';
    l->server->counts.accepted++;
    if (connection_new(l->server, fd, peer, l->tls) == NULL)
        pause_accepting(l->server, "no memory");
}

/* -- listening ----------------------------------------------------------------------------------- */

/* Set on the listener, inherited by what it accepts. Without NODELAY a TLS answer waits for the
 * peer's delayed ACK (44 ms); keep-alive finds gates whose network has silently gone. */
static bool set_socket_options(evutil_socket_t fd)
{
    int on = 1, idle_s = 60, interval_s = 15, probes = 4;

    return setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
           setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) == 0 &&
           setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s) == 0 &&
           setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof interval_s) == 0 &&
           setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes) == 0;
}

static unsigned port_of(evutil_socket_t fd)
{
    struct sockaddr_in6 bound = {0}; /* the port stands at the same place in sockaddr_in */
    socklen_t bytes = sizeof bound;

    CHECK(getsockname(fd, (struct sockaddr *)&bound, &bytes) == 0);
    return ntohs(bound.sin6_port);
}
_Static_assert(offsetof(struct sockaddr_in, sin_port) == offsetof(struct sockaddr_in6, sin6_port),
               "one port for both families");

static struct evconnlistener *bind_to(struct http_server *server, struct listener *l,
                                      const char *address, unsigned port)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    struct evconnlistener *socket;
    char service[8];

    snprintf(service, sizeof service, "%u", port);
    if (getaddrinfo(address, service, &hints, &found) != 0) {
        errno = EADDRNOTAVAIL;
        return NULL;
    }
    socket = evconnlistener_new_bind(loop_base(server->loop), on_accept, l,
                                     LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC |
                                         LEV_OPT_REUSEABLE | LEV_OPT_REUSEABLE_PORT,
                                     SOMAXCONN, found->ai_addr, (int)found->ai_addrlen);
    freeaddrinfo(found);
    return socket;
}

struct err http_listen(struct http_server *server, const char *address, unsigned port,
                       SSL_CTX *tls)
{
    struct listener *l = calloc(1, sizeof *l);

    CHECK_ALLOCATED(l);
    l->server = server;
    l->socket = bind_to(server, l, address, port);
    if (l->socket == NULL || !set_socket_options(evconnlistener_get_fd(l->socket))) {
        log_event(LOG_ERROR, 0, "listen_failed", log_text("address", address),
                  log_number("port", port), log_number("errno", errno));
        if (l->socket != NULL)
            evconnlistener_free(l->socket);
        free(l);
        return err_field(ERR_SETTING_INVALID, "listen", "an address of this machine and a free port");
    }
    evconnlistener_set_error_cb(l->socket, on_accept_error);
    l->tls = tls;
    if (tls != NULL)
        CHECK(SSL_CTX_up_ref(tls) == 1);
    l->port = port_of(evconnlistener_get_fd(l->socket));
    if (LIST_EMPTY(&server->listeners))
        server->port = l->port;
    LIST_INSERT_HEAD(&server->listeners, l, link);
    return OK;
}

unsigned http_port(const struct http_server *server)
{
    return server->port;
}

static void stop_listening(struct http_server *server)
{
    struct listener *l;

    loop_timer_cancel(server->accept_timer);
    while ((l = LIST_FIRST(&server->listeners)) != NULL) {
        LIST_REMOVE(l, link);
        evconnlistener_free(l->socket);
        SSL_CTX_free(l->tls);
        free(l);
    }
}

/* -- the server's life --------------------------------------------------------------------------- */

static void on_drain_timer(void *arg);

struct http_server *http_server_new(struct loop *loop, const struct http_handlers *handlers)
{
    struct http_server *server = calloc(1, sizeof *server);

    CHECK_ALLOCATED(server);
    CHECK(handlers->admit != NULL && handlers->request != NULL);
    CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR); /* a peer that has gone is an error, not our end */
    server->loop = loop;
    server->handlers = *handlers;
    server->limits = (struct http_limits){HTTP_HEADERS_MS, HTTP_BODY_MS, HTTP_HANDLER_MS,
                                          HTTP_WRITE_MS,   HTTP_IDLE_MS, HTTP_LINGER_MS};
    LIST_INIT(&server->connections);
    LIST_INIT(&server->orphans);
    LIST_INIT(&server->listeners);
    server->accept_timer = loop_timer_new(loop, on_accept_again, server);
    server->drain_timer = loop_timer_new(loop, on_drain_timer, server);
    return server;
}

void http_server_set_limits(struct http_server *server, const struct http_limits *limits)
{
    server->limits = *limits;
}

void http_server_mark(struct http_server *server, const char *line)
{
    server->mark = line;
}

static void tear_down_all(struct http_server *server)
{
    while (!LIST_EMPTY(&server->connections))
        connection_tear_down(LIST_FIRST(&server->connections));
}

void http_server_free(struct http_server *server)
{
    server->drained = NULL;
    stop_listening(server);
    tear_down_all(server);
    while (!LIST_EMPTY(&server->orphans))
        connection_orphan(LIST_FIRST(&server->orphans));
    loop_timer_free(server->accept_timer);
    loop_timer_free(server->drain_timer);
    free(server);
}

struct http_counts http_counts(const struct http_server *server)
{
    return server->counts;
}

/* -- drain --------------------------------------------------------------------------------------- */

/* drained() runs from the loop, never inside http_drain() or http_answer(). */
static void on_drain_timer(void *arg)
{
    struct http_server *server = arg;
    void (*drained)(void *arg) = server->drained;

    tear_down_all(server);
    server->drained = NULL;
    loop_timer_cancel(server->drain_timer);
    if (drained != NULL)
        drained(server->drained_arg);
}

void server_forget(struct http_server *server)
{
    if (server->drained != NULL && LIST_EMPTY(&server->connections))
        loop_timer_start(server->drain_timer, 0);
}

void http_drain(struct http_server *server, int64_t timeout_ms, void (*drained)(void *arg),
                void *arg)
{
    struct http_connection *c, *next;

    CHECK(!server->draining && drained != NULL);
    server->draining = true;
    server->drained = drained;
    server->drained_arg = arg;
    stop_listening(server);
    loop_timer_start(server->drain_timer, timeout_ms);
    for (c = LIST_FIRST(&server->connections); c != NULL; c = next) {
        next = LIST_NEXT(c, link);
        if (c->state == CONNECTION_IDLE || c->state == CONNECTION_HANDSHAKE)
            connection_tear_down(c);
    }
    server_forget(server);
}
