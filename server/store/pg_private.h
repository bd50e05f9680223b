/* store/pg_private.h: what the engine's files share among themselves; nobody else includes it.
 *
 *   pg_pool.c    the queue of batches, who gets which connection, the breaker
 *   pg_target.c  conninfo: one attempt goes to one host, with the session's settings
 *   pg_conn.c    one connection's life: resting, connecting, preparing, ready, lost
 *   pg_io.c      a ready connection: sending batches, reading results in the order they went out
 *   pg_batch.c   a batch: its statements, its one outcome
 *   pg_params.c  pg_rows.c  pg_errors.c   values out, values in, what PostgreSQL refused
 *
 * Waiters are told by batch_finish() only, and that runs from event callbacks only. A waiter may
 * send batches (they queue) but must not free the pool. */
#ifndef STORE_PG_PRIVATE_H
#define STORE_PG_PRIVATE_H

#include <sys/queue.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/pg.h"

enum {
    PG_CONNECTIONS_MAX = 32,
    PG_DEPTH_MAX = 4, /* batches sent on one connection and not answered; more only wait in line */
    PG_HOSTS_MAX = 8,
    PG_CONNECT_MS = 5000, /* from the first packet to the answered settings */
    PG_BACKOFF_MIN_MS = 100,
    PG_BACKOFF_MAX_MS = 5000,
    PG_BREAKER_FAILURES = 3, /* attempts in vain on every connection; then batches are refused */
    PARAMS_MAX = 64,
};

struct params {
    struct batch *batch;
    int count;
    const char *values[PARAMS_MAX]; /* NULL is SQL NULL */
    int lengths[PARAMS_MAX];
};

struct batch_item {
    struct batch_item *next;
    enum statement statement;
    const struct params *params; /* NULL: takes none */
    decode_fn *decode;
    void *into;
};

enum batch_state { BATCH_OPEN, BATCH_QUEUED, BATCH_SENT, BATCH_DONE };

struct batch {
    TAILQ_ENTRY(batch) link; /* in the pool's queue or a connection's sent ones */
    struct pg_pool *pool;
    struct arena *arena;
    struct waiter waiter;
    struct batch_item *first, **last;
    struct batch_item *answering; /* whose results come next */
    bool preparing;               /* what its statements' preparation answers comes before that */
    enum batch_state state;
    struct err error; /* the first one */
    bool undone;      /* PostgreSQL refused a statement: nothing of it was kept, for certain */
    bool writes;
    bool doubted; /* a warning came while it wrote: its commit is not believed */
    int64_t
        deadline_us; /* monotonic: while queued, of waiting; once it is the oldest sent, of answering */
};
TAILQ_HEAD(batch_list, batch);

enum conn_state { CONN_RESTING, CONN_CONNECTING, CONN_ASKING, CONN_READY };

struct pg_conn {
    unsigned magic;
    struct pg_pool *pool;
    PGconn *pq; /* NULL while resting */
    enum conn_state state;
    struct event *readable, *writable;
    struct loop_timer *timer; /* resting: try again; connecting, asking: give up; ready: the
                               * oldest batch's deadline */
    struct batch_list sent;   /* oldest first */
    unsigned sent_count;
    unsigned failures; /* attempts in vain since it was last ready */
    unsigned host;     /* which of the hosts the next attempt goes to */
    bool prepared[SQL_COUNT];
    bool unfit; /* while asking: something failed; ready: to be dropped after this batch */
};

struct pg_target {
    unsigned host_count;
    char *hosts[PG_HOSTS_MAX], *hostaddrs[PG_HOSTS_MAX], *ports[PG_HOSTS_MAX]; /* may be NULL */
    char *conninfo, *options;
};

struct pg_pool {
    struct loop *loop;
    struct pg_target target;
    struct batch_list queue;
    unsigned queued, queue_max;
    int64_t batch_ms;
    bool allow_unsafe;
    bool telling; /* inside a waiter */
    unsigned ready_count;
    struct event *kick;          /* somebody queued a batch */
    struct loop_timer *patience; /* the oldest queued batch's deadline */
    unsigned conn_count;
    struct pg_conn conns[PG_CONNECTIONS_MAX];
};

/* pg_pool.c */
int64_t ms_until(int64_t deadline_us);    /* rounded up; 0 when it has passed */
void pool_dispatch(struct pg_pool *pool); /* sends what is queued while there is room */
void pool_enqueue(struct pg_pool *pool, struct batch *b);
bool pool_is_broken(const struct pg_pool *pool); /* nobody has answered for several attempts */

/* pg_target.c */
void target_init(struct pg_target *target, const char *conninfo, int64_t batch_ms);
void target_clear(struct pg_target *target);
PGconn *target_connect_start(const struct pg_target *target, unsigned host); /* NULL: no memory */

/* pg_conn.c */
void conn_init(struct pg_conn *conn, struct pg_pool *pool);
void conn_start(struct pg_conn *conn);
void conn_clear(struct pg_conn *conn);
struct pg_conn *conn_from(void *arg);
void conn_set_state(struct pg_conn *conn, enum conn_state state);
/* Drops it, fails what was sent on it (reads with read_code) and rests before the next attempt. */
void conn_lost(struct pg_conn *conn, enum err_code read_code, const char *why);
void conn_lost_by_libpq(struct pg_conn *conn); /* the same; libpq knows why */

/* pg_io.c */
void conn_send(struct pg_conn *conn, struct batch *b);
void conn_on_readable(evutil_socket_t fd, short what, void *arg);
void conn_on_writable(evutil_socket_t fd, short what, void *arg);
void conn_check_deadline(struct pg_conn *conn);
void conn_flush(struct pg_conn *conn); /* may lose it */

/* pg_batch.c */
void batch_decode(struct batch *b, const PGresult *result);
void batch_refuse(struct batch *b, const PGresult *result);
void batch_next_statement(struct batch *b);
void batch_fail(struct batch *b, struct err e); /* never sent, or its connection was lost */
void batch_lose(struct batch *b, enum err_code read_code, const char *why);
void batch_finish(struct batch *b); /* tells the waiter; b is gone afterwards */

/* pg_errors.c */
bool result_is_fatal(const PGresult *result); /* the server ends the connection with it */
bool result_condemns(const PGresult *result); /* a fresh connection would not say that */
void result_describe(struct build *out, const PGresult *result); /* SQLSTATE, message; no values */

#endif
