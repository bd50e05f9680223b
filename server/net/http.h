/* net/http.h: HTTP/1.1 by llhttp on libevent's bufferevents: framing, limits, deadlines, drain.
 *
 * A connection carries one request at a time; what is pipelined behind it waits unread. The server
 * hands over complete requests only. On top of llhttp (strict): versions 1.0 and 1.1 only, one Host
 * on 1.1, at most HTTP_HEADERS_MAX headers in HTTP_HEADER_BYTES_MAX bytes, an origin-form URI of
 * 0x21-0x7e within HTTP_URI_BYTES_MAX, one Content-Length and no Transfer-Encoding, no body on
 * GET, HEAD and DELETE, a body no larger than the route's. A refused request closes the
 * connection. Deadlines are absolute: a byte a second does not extend them. */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <openssl/ssl.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/text.h"

enum {
    HTTP_HEADERS_MAX = 64,
    HTTP_HEADER_BYTES_MAX = 16 * 1024,
    HTTP_URI_BYTES_MAX = 2 * 1024,
    HTTP_ANSWER_BYTES_MAX = 256 * 1024,
    HTTP_FILE_BYTES_MAX = 4 * 1024 * 1024, /* of what is fetched whole: rosters, lists, PDF */
    HTTP_HEADERS_MS = 5000,  /* first byte to end of headers; also the TLS handshake */
    HTTP_BODY_MS = 10000,    /* end of headers to end of body */
    HTTP_HANDLER_MS = 10000, /* end of body to the answer */
    HTTP_WRITE_MS = 30000,   /* answer handed over to answer written */
    HTTP_IDLE_MS = 75 * 1000,
    HTTP_IDLE_GATE_MS = 12 * 3600 * 1000,
    HTTP_LINGER_MS = 1000, /* after a last answer, for its reader to close first */
    HTTP_LINGER_BYTES_MAX = 1024 * 1024,
    HTTP_ACCEPT_PAUSE_MS = 500,   /* when descriptors have run out */
    HTTP_SPARE_DESCRIPTORS = 16   /* never given to peers: the database and files need them */
};

/* The deadlines of a server, in milliseconds; a new server has the constants above. */
struct http_limits {
    int64_t headers_ms, body_ms, handler_ms, write_ms, idle_ms, linger_ms;
};

enum method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHODS };
const char *method_name(enum method method);

struct http_header {
    struct text name, value;
};

/* One request, valid until it is answered. All texts lie in the connection's buffers. */
struct http_request {
    enum method method;
    struct text path;  /* as sent, without the query; not decoded */
    struct text query; /* what follows '?', or .at = NULL */
    struct http_header headers[HTTP_HEADERS_MAX];
    unsigned header_count;
    struct text body;
    const char *peer; /* address without port, for limits; never logged with a person's data */
    uint64_t id;      /* unique in this process: the exchange's id */
};

/* The first header of this name (case ignored), or .at = NULL. */
struct text http_header(const struct http_request *request, const char *name);

struct http_answer {
    int status;
    const char *content_type; /* NULL: no body */
    struct text body;         /* copied by http_answer() */
    const char *extra;        /* further header lines, each ended by \r\n, or NULL; never echoes input */
    bool close;               /* the connection ends after this answer */
};

struct http_server;
struct http_connection;

struct http_handlers {
    /* How large a body may be, asked when the headers are complete; 0 for none. An error refuses
     * the request before its body is read. */
    struct err (*admit)(void *arg, const struct http_request *head, size_t *body_bytes_max);
    /* A complete request. It must be answered exactly once by http_answer(), now or later. */
    void (*request)(void *arg, struct http_connection *c, struct http_request *request);
    /* Answers e by http_answer(), inside the call, for one that never reached request(). What of
     * head could not be read is empty. exchange_refuse() fits here. */
    void (*refuse)(void *arg, struct http_connection *c, const struct http_request *head,
                   struct err e);
    /* A handler took longer than HTTP_HANDLER_MS. The server has answered 503 by itself and closes;
     * the late http_answer() is dropped. May be NULL. */
    void (*late)(void *arg, uint64_t request_id);
    void *arg;
};

/* One server a loop. Listeners share their port by SO_REUSEPORT. tls NULL: plain text. */
struct http_server *http_server_new(struct loop *loop, const struct http_handlers *handlers);
/* Other deadlines, for connections that come later (settings, tests). */
void http_server_set_limits(struct http_server *server, const struct http_limits *limits);
/* A header line, ended by \r\n, that every answer of the server carries; it must outlive the server. */
void http_server_mark(struct http_server *server, const char *line);
/* ERR_SETTING_INVALID when the address cannot be bound; the log says why. */
MUST_USE struct err http_listen(struct http_server *server, const char *address, unsigned port,
                                SSL_CTX *tls);
unsigned http_port(const struct http_server *server); /* the first listener's, when port was 0 */

/* Answers the request that is open on c. Safe when the peer has gone: then it is dropped here.
 * Afterwards neither c nor its request may be touched. Header lines in extra that are not
 * well-formed are left out, with an error in the log. */
void http_answer(struct http_connection *c, const struct http_answer *answer);
/* This connection is an authenticated gate's: idle for HTTP_IDLE_GATE_MS. */
void http_keep_long(struct http_connection *c);

/* Stops accepting, closes idle connections, lets open requests finish; drained() runs once there
 * are none, at the latest after timeout_ms. */
void http_drain(struct http_server *server, int64_t timeout_ms, void (*drained)(void *arg),
                void *arg);
void http_server_free(struct http_server *server);

struct http_counts {
    uint64_t requests, refused, connections_now, accepted, answered[6]; /* by status class */
    uint64_t late, dropped, accept_pauses; /* handlers too slow; answers to nobody; see above */
};
struct http_counts http_counts(const struct http_server *server);

/* TLS 1.2 and 1.3, AEAD suites with forward secrecy only, no tickets, no renegotiation. Fails with
 * ERR_FILE_UNREADABLE (also: no certificate in it, or not this key's) or ERR_FILE_MODE. */
MUST_USE struct err tls_context_new(const char *certificate_file, const char *key_file,
                                    SSL_CTX **context);

#endif
