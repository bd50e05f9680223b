/* api/app.h: the parts that a request may use, one set a loop.
 *
 * Shared parts are read-only or thread-safe by themselves; everything else belongs to the loop, so
 * that no request ever takes a lock on the common path. */
#ifndef API_APP_H
#define API_APP_H

#include "api/bucket.h"
#include "api/keyring.h"
#include "crypto/seal.h"
#include "crypto/token.h"
#include "domain/webhook.h"
#include "net/router.h"
#include "register/follower.h"
#include "register/registry.h"
#include "store/merkle_log.h"
#include "store/outbox.h"
#include "store/pg.h"
#include "store/sessions.h"

struct passes;   /* api/passes.h: group commit of one loop */
struct presence; /* register/presence.h: who is inside, shared */
struct surveyor; /* register/survey.h: everybody at every post, on a thread of its own, shared */
struct recent;   /* register/recent.h: codes that were used or verified lately, shared */
struct metrics;  /* api/metrics.h */
struct list_board; /* api/list_board.h: status lists as last built, shared */

/* What all loops share. */
struct shared {
    struct registry *registry;
    struct follower *follower;
    struct surveyor *surveyor;
    struct errands *errands; /* base/errands.h */
    struct errands *passwords; /* the same, for hashing them: 20 ms each, and nothing else waits behind */
    struct files *pages;       /* net/files.h; NULL: the API only */
    const char *origin;        /* as browsers see us, or "" */
    struct session_limits session_limits;
    struct vault *vault;
    struct signers signers; /* the private halves that this server holds */
    struct trust_list roots; /* who may sign the list of keys */
    struct presence *presence;
    struct recent *recent;
    struct router *router;
    struct metrics *metrics;
    struct list_board *lists;
    const char *issuer;      /* names this service in lists and problems */
    const char *spool_dir;
    int64_t pass_ms;         /* PostgreSQL's time to confirm a pass; then the spool */
    int64_t fresh_ms;        /* older than this, nobody can tell */
    int64_t appeal_days;     /* working days in which an appeal is answered */
    unsigned char server_id[16];
    int64_t queue_max;
    struct buckets *key_requests;     /* what one key may ask in a second */
    struct buckets *short_failures;   /* how often one gate may show digits that are none */
    struct buckets *address_failures; /* how often one address may show a key that is none */
    struct webhook_rules webhook_rules; /* which addresses may be told */
    struct outbox_figures outbox;       /* what is told and what waits: store/outbox.h */
    struct log_figures log;             /* what is sealed: store/merkle_log.h */
    bool unsafe_database;    /* marks every answer */
    _Atomic bool stopping;
};

struct app {
    struct shared *shared;
    struct loop *loop;
    struct registry_reader *reader;
    struct keyring keyring;  /* whose signature counts, and who signs */
    struct pg_pool *pg;      /* people and partners */
    struct pg_pool *pass_pg; /* passes only: a slow report never delays a gate */
    struct passes *passes;
    struct http_server *http;
    unsigned number;         /* of the loop */
    struct import_job *imports; /* at work on this loop, newest first: api/import_job.c */
    struct trial_job *trials;   /* likewise: api/trial_job.c */
};

static inline struct app *app_of(const struct exchange *x)
{
    return x->app;
}

/* What a piece of work needs to know of whoever ordered it; an exchange has one, and so has an
 * import that goes on after its exchange was answered. */
struct caller; /* api/access.h */
struct work {
    struct app *app;
    struct arena *arena;
    const struct caller *caller;
    time_us now;
    uint16_t today;
    int64_t request_id;
};

static inline struct work work_of(struct exchange *x)
{
    return (struct work){app_of(x), &x->arena, x->caller, x->now, x->today, (int64_t)x->id};
}

/* The service on one page. */
extern const struct route routes[];
extern const size_t route_count;

/* What the HTTP server calls; arg is the struct app. */
struct http_handlers app_handlers(struct app *app);

#endif
