/* support/net_server.h: the real HTTP server on a loop thread of its own, with a few routes.
 *
 * GET  /echo       200, the query as text
 * POST /echo       200, the body as it came; up to 64 KiB
 * GET  /slow       answers by a timer after slow_ms
 * GET  /big        200, big_bytes of 'x'
 * GET  /never      answers only when net_server_release() is called
 * anything else    404 */
#ifndef SUPPORT_NET_SERVER_H
#define SUPPORT_NET_SERVER_H

#include "net/http.h"

enum { NET_SERVER_BODY_MAX = 64 * 1024 };

struct net_server_options {
    const struct http_handlers *handlers; /* NULL: the routes above */
    struct http_limits limits; /* zeroes: the server's own */
    SSL_CTX *tls;
    int64_t slow_ms;
    size_t big_bytes;
};

struct net_server;
struct net_server *net_server_start(const struct net_server_options *options);
void net_server_stop(struct net_server *s); /* at once */
void net_server_end_http(struct net_server *s); /* frees the HTTP server; its loop goes on */
struct loop *net_server_loop(const struct net_server *s); /* for handlers, on its thread */
unsigned net_server_port(const struct net_server *s);

/* Runs fn on the server's thread and waits for it. */
void net_server_run(struct net_server *s, void (*fn)(void *arg), void *arg);
struct http_counts net_server_counts(struct net_server *s);
/* How many requests are at /never; then answer them all. */
unsigned net_server_held(struct net_server *s);
void net_server_release(struct net_server *s);
/* Drains and waits for it; true when drained() has run. */
bool net_server_drain(struct net_server *s, int64_t timeout_ms);
void net_server_drain_begin(struct net_server *s, int64_t timeout_ms);
bool net_server_drain_end(struct net_server *s, int64_t wait_ms);

#endif
