/* net/connection.h: one peer's socket, from accept to close. Private to net/.
 *
 *   HANDSHAKE -> IDLE -> HEAD -> BODY -> OPEN -> WRITING -> IDLE or LINGER -> GONE
 *
 * OPEN means that the handler has the request. Nothing is read while it is OPEN or WRITING: what is
 * pipelined behind waits in the kernel, so memory stays flat and answers stay in order. LINGER has
 * sent the last answer and its FIN, and throws away what still comes, because closing a socket with
 * unread bytes makes the kernel reset it and the peer may never see the answer.
 *
 * Who may free what: a socket is torn down by event callbacks, the timer and the server's end, never
 * inside http_answer(). A connection whose request is still with the handler outlives its socket
 * (GONE, owed) until http_answer() drops the late answer. */
#ifndef NET_CONNECTION_H
#define NET_CONNECTION_H

#include <sys/queue.h>

#include <event2/bufferevent.h>
#include <event2/listener.h>

#include "net/framing.h"

enum connection_state {
    CONNECTION_HANDSHAKE,
    CONNECTION_IDLE,
    CONNECTION_HEAD,
    CONNECTION_BODY,
    CONNECTION_OPEN,
    CONNECTION_WRITING,
    CONNECTION_LINGER,
    CONNECTION_GONE,
    CONNECTION_STATES
};

enum { CONNECTION_PEER_BYTES = 46, ANSWER_HEAD_BYTES_MAX = 4096, DATE_BYTES = 40 };

struct http_connection {
    uint32_t magic;
    enum connection_state state;
    struct http_server *server; /* NULL: the server has ended before the handler */
    LIST_ENTRY(http_connection) link;
    struct bufferevent *socket; /* NULL when GONE */
    evutil_socket_t fd;
    bool tls;
    bool reading;
    bool in_turn;  /* connection_turn() is below us on the stack */
    bool owed;     /* the handler has a request and will answer it */
    bool late;     /* the server has answered in its place */
    bool refusing; /* handlers.refuse() is below us on the stack */
    bool close;    /* after this answer */
    struct loop_timer *timer;
    int64_t deadline_us;
    int64_t armed_us; /* when the timer will fire, at or before the deadline; 0: not armed */
    int64_t idle_ms;
    struct framing framing;
    struct framing_body body;
    struct http_request request;
    char *body_at; /* kept from request to request while it is small */
    size_t body_bytes, body_capacity;
    size_t linger_bytes; /* thrown away so far */
    char peer[CONNECTION_PEER_BYTES];
};

LIST_HEAD(connections, http_connection);

struct listener {
    struct http_server *server;
    struct evconnlistener *socket;
    SSL_CTX *tls; /* NULL: plain text */
    unsigned port;
    LIST_ENTRY(listener) link;
};

LIST_HEAD(listeners, listener);

struct http_server {
    struct loop *loop;
    struct http_handlers handlers;
    struct http_limits limits;
    struct http_counts counts;
    struct connections connections; /* with a socket */
    struct connections orphans;     /* GONE, owed */
    struct listeners listeners;
    struct loop_timer *accept_timer, *drain_timer;
    unsigned port;
    int64_t pause_logged_us;
    bool draining;
    void (*drained)(void *arg);
    void *drained_arg;
    int64_t date_s;        /* the second that `date` shows */
    char date[DATE_BYTES]; /* cached: a line of every answer */
    const char *mark;      /* a line of every answer, or NULL */
    char scratch[ANSWER_HEAD_BYTES_MAX + HTTP_ANSWER_BYTES_MAX]; /* head and body go out as one */
};

/* connection.c: the socket's life and its deadlines. */

/* Takes the descriptor over, also on failure (then it is closed, and NULL is returned). */
struct http_connection *connection_new(struct http_server *server, evutil_socket_t fd,
                                       const char *peer, SSL_CTX *tls);
/* The one place where the state changes; sets the deadline of the new one. */
void connection_move(struct http_connection *c, enum connection_state to);
/* Closes the socket now; the memory follows when the handler owes nothing. */
void connection_tear_down(struct http_connection *c);
/* Tears down from the loop, soon: for callers inside http_answer(). */
void connection_tear_down_soon(struct http_connection *c);
/* Sends now what the kernel takes and queues the rest; false when the peer is gone. */
MUST_USE bool connection_send(struct http_connection *c, struct text bytes);
/* The server ends before the handler: the answer that is still owed will find nobody. */
void connection_orphan(struct http_connection *c);
void connection_free(struct http_connection *c);

/* turn.c: bytes to requests, requests to answers. */

/* Does all that can be done with the bytes that are here. */
void connection_turn(struct http_connection *c);
/* The answer's last byte has gone to the kernel: the next request, or the end. */
void connection_written(struct http_connection *c);
/* A deadline has passed. */
void connection_expire(struct http_connection *c);

/* http.c: a connection has lost its socket; a drain may be over. */
void server_forget(struct http_server *server);

/* answer.c: status line and headers. */
void answer_render_head(struct http_server *server, const struct http_answer *answer, bool close,
                        struct build *out);
bool answer_has_body(int status);

#endif
