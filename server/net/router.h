/* net/router.h: method and path to a row of the route table.
 *
 * A pattern's segments are literals or {name}; a {name} segment matches one non-empty segment,
 * percent-decoded (an encoded slash or NUL is refused). The table is handed over by main; net knows
 * no route of its own. */
#ifndef NET_ROUTER_H
#define NET_ROUTER_H

#include "base/err.h"
#include "net/exchange.h"
#include "net/http.h"

enum { ROUTE_PARAMS_MAX = 4 };

struct route {
    enum method method;
    const char *pattern;       /* "/v1/workers/{id}/code" */
    unsigned permission;       /* bit set of api/access.h; 0: open to everybody */
    const struct field *query; /* api/input.h table, or NULL: no query parameter is known */
    const struct field *body;  /* api/input.h table, or NULL: no body (or a body of its own type) */
    step_fn *const *steps;     /* ended by NULL; the last one answers */
    const size_t *state_bytes; /* exchange->state: zeroed memory of this size; NULL: none */
    size_t body_bytes_max;     /* 0: the default, 64 KiB */
    const char *media_type;    /* of the body, NULL: application/json */
    bool writes;               /* needs an Idempotency-Key */
    const char *does;          /* one line for --print-routes, README and openapi */
};

struct route_match {
    const struct route *route;
    struct text params[ROUTE_PARAMS_MAX]; /* in the pattern's order, decoded into the arena */
};

struct router;
struct router *router_new(const struct route *routes, size_t count); /* CHECKs: unique, well-formed */
void router_free(struct router *router);

/* ERR_NOT_FOUND; ERR_HTTP_METHOD, then *allowed (and the error's `expected`) names the methods that
 * exist; ERR_HTTP_URI for a path with an empty, "." or ".." segment, ';', a bad escape, or an
 * encoded slash, control character or non-UTF-8; ERR_TOO_LARGE when the arena is full. HEAD finds
 * the row of GET. A literal segment is tried before a {name}. */
MUST_USE struct err router_find(const struct router *router, enum method method, struct text path,
                                struct arena *arena, struct route_match *match,
                                const char **allowed);

#endif
