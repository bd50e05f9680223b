/* jobs/poster.h: messages to outside systems: one POST each, many at once, by libcurl on a loop.
 *
 * The address that a name has come to is judged when it is connected to (domain/webhook.h), so a
 * name cannot lead to where nobody may be sent. Redirects are not followed, proxies not used,
 * certificates checked; what the receiver answers is thrown away, up to 64 KiB of it. */
#ifndef JOBS_POSTER_H
#define JOBS_POSTER_H

#include "base/loop.h"
#include "domain/webhook.h"

enum { POSTER_TIMEOUT_MS = 10000, POSTER_HEADERS_MAX = 8, POSTER_ANSWER_BYTES_MAX = 64 * 1024 };

enum poster_end {
    POSTER_ANSWERED, /* there is a status */
    POSTER_TIMEOUT,
    POSTER_RESOLVE, /* the name leads nowhere */
    POSTER_ADDRESS, /* it leads only to addresses that may not be told */
    POSTER_CONNECT,
    POSTER_TLS,     /* no trust, or no TLS at all */
    POSTER_BROKEN   /* the connection ended before the answer, or it was no HTTP */
};
/* "timeout", "tls" …; for POSTER_ANSWERED "". */
const char *poster_end_name(enum poster_end end);

struct poster_result {
    enum poster_end end;
    int status; /* of POSTER_ANSWERED */
    int32_t took_ms;
};

struct poster_message { /* everything is copied */
    const char *url;
    const char *header[POSTER_HEADERS_MAX]; /* "Name: value"; ended by NULL when fewer */
    struct text body;
    void (*done)(void *arg, const struct poster_result *result); /* on the loop, once */
    void *arg;
};

struct poster;
/* rules and ca live as long as the poster; ca NULL: the system's authorities. */
struct poster *poster_new(struct loop *loop, const struct webhook_rules *rules, const char *ca);
/* What is under way is dropped without telling. */
void poster_free(struct poster *poster);
void poster_send(struct poster *poster, const struct poster_message *message);

#endif
