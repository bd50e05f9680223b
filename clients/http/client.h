/* clients/http/client.h: one kept connection to a server: a question, its answer, JSON read.
 *
 * A client belongs to one thread. Writes carry an Idempotency-Key, so that one whose outcome is
 * unknown can be repeated without acting twice. Keys travel in a header only, over TLS, or in the
 * clear to this very machine; redirects are not followed, because a key must not follow them. */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CLIENT_ANSWER_BYTES_MAX = 64 * 1024 * 1024, CLIENT_KEY_BYTES_MAX = 256 };

struct client;

struct client_options {
    const char *server; /* https://host:port, or http:// to this machine only */
    const char *ca;     /* PEM file of who may sign the server's certificate; NULL: the system's */
    bool english;       /* the language of the server's messages */
    long timeout_ms;    /* of one whole question; 0: 60 s */
    const _Atomic bool *stop; /* when it becomes true, a question on its way is given up within a
                               * second or so; NULL: never */
};

/* NULL when the address cannot be used; *why then says it in both languages. Options are copied. */
struct client *client_new(const struct client_options *options, const char **why);
void client_free(struct client *client);

struct question {
    const char *method;      /* NULL: GET */
    const char *path;        /* with the query */
    const char *key;         /* Authorization: Bearer; NULL: none */
    const char *body;        /* NULL: none */
    size_t body_bytes;
    const char *media_type;  /* NULL: application/json */
    const char *accept;      /* NULL: application/json */
    const char *idempotency; /* of writes */
    const char *if_match;    /* NULL: any version */
    const char *if_none_match; /* answered 304 while the etag is still this one; NULL or "": not asked */
};

/* What became of a question. */
enum answer_end {
    ANSWER_CAME,        /* there is a status */
    ANSWER_UNREACHABLE, /* nothing reached the server: nothing has happened */
    ANSWER_LOST         /* it may have happened: repeat with the same key */
};

struct answer {
    enum answer_end end;
    int status;
    char *body; /* NUL-terminated; NULL when none came */
    size_t body_bytes;
    json_t *json;      /* NULL when the body is not JSON */
    char trouble[256]; /* what the network said, when nothing came */
    char date[64];     /* the server's Date header, or "" */
    char etag[80];     /* likewise; "" also when it is longer */
    int64_t took_us;
    int64_t round_us; /* of it, from the question sent (connected already) to the answer whole */
};

/* Fills *answer, to be cleared by the caller. */
void client_ask(struct client *client, const struct question *question, struct answer *answer);
void answer_clear(struct answer *answer);
static inline bool answer_is_good(const struct answer *answer)
{
    return answer->end == ANSWER_CAME && answer->status >= 200 && answer->status < 300;
}

/* Members of an object: 0 or "" when there is none of that type. */
int64_t json_int_at(const json_t *object, const char *name);
const char *json_string_at(const json_t *object, const char *name);

/* 32 random hex digits and NUL. */
enum { IDEMPOTENCY_BYTES = 33 };
void idempotency_new(char key[IDEMPOTENCY_BYTES]);

/* https://localhost:1/x -> is the host this machine? */
bool server_is_here(const char *server);

#endif
