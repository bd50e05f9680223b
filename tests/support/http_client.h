/* support/http_client.h: a well-behaved client: one kept connection, whole answers, JSON read.
 *
 * Everything that is not an answer (no connection, a broken one, nothing for 15 s) is told by
 * status 0; tests say what they expected instead. */
#ifndef SUPPORT_HTTP_CLIENT_H
#define SUPPORT_HTTP_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct http_client {
    int fd; /* -1: not connected yet */
    unsigned port;
    char *bytes; /* received and not yet taken */
    size_t count, max;
};
void client_open(struct http_client *client, unsigned port);
void client_close(struct http_client *client);

struct http_reply {
    int status;
    char *head; /* NUL-terminated; header lines as received */
    char *body; /* NUL-terminated */
    size_t body_bytes;
    json_t *json; /* NULL when the body is not JSON */
};
void reply_clear(struct http_reply *reply);
/* A header's value, or NULL; valid until the next call. */
const char *reply_header(const struct http_reply *reply, const char *name);
/* Members of the body by path: "items.0.id". NULL, 0 or "" when there is no such member. */
const json_t *reply_at(const struct http_reply *reply, const char *path);
long long reply_int(const struct http_reply *reply, const char *path);
const char *reply_text(const struct http_reply *reply, const char *path);

struct http_question {
    const char *method, *path;
    const char *key;         /* Authorization: Bearer; NULL: none */
    const char *body;        /* NULL: none */
    size_t body_bytes;       /* 0: up to its NUL */
    const char *media_type;  /* NULL: application/json */
    const char *idempotency; /* NULL: a new key for each POST, PATCH, PUT, DELETE; "": none */
    const char *host;        /* NULL: localhost */
    const char *extra;       /* further header lines, each ended by \r\n; NULL: none */
};
/* Reconnects when the server has closed the kept connection. */
struct http_reply client_ask(struct http_client *client, const struct http_question *question);

#endif
