/* store/pg_pool.c: a few connections behind a bounded queue.
 *
 * A batch waits in the queue until a connection has room for it, at most as long as a batch may
 * take. When no connection could be made for several attempts, new batches are refused at once;
 * the attempts go on, and the first that succeeds lets them in again. */
#include "store/pg_private.h"

#include <stdlib.h>

static void on_kick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    pool_dispatch(arg);
}

static struct err waited_in_vain(const struct pg_pool *pool)
{
    return pg_pool_is_up(pool)
               ? err_detail(ERR_BUSY, "no connection to PostgreSQL was free in time")
               : err_detail(ERR_DATABASE, "no connection to PostgreSQL");
}

static void dequeue(struct pg_pool *pool, struct batch *b)
{
    TAILQ_REMOVE(&pool->queue, b, link);
    pool->queued--;
}

/* Deadlines in the queue come in its order. */
static void on_patience(void *arg)
{
    struct pg_pool *pool = arg;
    int64_t now = clock_monotonic_us();
    struct batch *b;

    while ((b = TAILQ_FIRST(&pool->queue)) != NULL && b->deadline_us <= now) {
        dequeue(pool, b);
        batch_fail(b, waited_in_vain(pool));
    }
    pool_dispatch(pool);
}

struct pg_pool *pg_pool_new(struct loop *loop, const struct pg_options *options)
{
    struct pg_pool *pool = calloc(1, sizeof *pool);

    CHECK_ALLOCATED(pool);
    CHECK(options->connections >= 1 && options->connections <= PG_CONNECTIONS_MAX);
    CHECK(options->queue_max >= 1 && options->batch_ms >= 10);
    pool->loop = loop;
    pool->queue_max = options->queue_max;
    pool->batch_ms = options->batch_ms;
    pool->allow_unsafe = options->allow_unsafe;
    TAILQ_INIT(&pool->queue);
    target_init(&pool->target, options->conninfo, options->batch_ms);
    pool->kick = event_new(loop_base(loop), -1, 0, on_kick, pool);
    CHECK_ALLOCATED(pool->kick);
    pool->patience = loop_timer_new(loop, on_patience, pool);
    pool->conn_count = options->connections;
    for (unsigned i = 0; i < pool->conn_count; i++)
        conn_init(&pool->conns[i], pool);
    for (unsigned i = 0; i < pool->conn_count; i++)
        conn_start(&pool->conns[i]);
    return pool;
}

void pg_pool_free(struct pg_pool *pool)
{
    if (pool == NULL)
        return;
    CHECK(!pool->telling); /* its waiters must not free it */
    for (unsigned i = 0; i < pool->conn_count; i++)
        conn_clear(&pool->conns[i]);
    target_clear(&pool->target);
    loop_timer_free(pool->patience);
    event_free(pool->kick);
    free(pool);
}

bool pg_pool_is_up(const struct pg_pool *pool)
{
    return pool->ready_count > 0;
}

unsigned pg_pool_queued(const struct pg_pool *pool)
{
    return pool->queued;
}

bool pool_is_broken(const struct pg_pool *pool)
{
    for (unsigned i = 0; i < pool->conn_count; i++) {
        const struct pg_conn *conn = &pool->conns[i];

        if (conn->state == CONN_READY || conn->failures < PG_BREAKER_FAILURES)
            return false;
    }
    return true;
}

void pool_enqueue(struct pg_pool *pool, struct batch *b)
{
    b->state = BATCH_QUEUED;
    b->deadline_us = clock_monotonic_us() + pool->batch_ms * US_PER_MS;
    TAILQ_INSERT_TAIL(&pool->queue, b, link);
    pool->queued++;
    event_active(pool->kick, EV_TIMEOUT, 0); /* sending inside the call could tell a waiter there */
}

/* Whoever is sent behind a batch that hangs shares its end: once the oldest one has taken an eighth
 * of its time, no more are put behind it. */
static bool has_room(const struct pg_conn *conn, int64_t now_us)
{
    const struct batch *oldest = TAILQ_FIRST(&conn->sent);

    if (conn->state != CONN_READY || conn->unfit || conn->sent_count >= PG_DEPTH_MAX)
        return false;
    return oldest == NULL ||
           oldest->deadline_us - now_us > conn->pool->batch_ms * US_PER_MS * 7 / 8;
}

/* The ready connection with the fewest batches before it; NULL when none has room. */
static struct pg_conn *least_busy(struct pg_pool *pool)
{
    struct pg_conn *best = NULL;
    int64_t now = clock_monotonic_us();

    for (unsigned i = 0; i < pool->conn_count; i++) {
        struct pg_conn *conn = &pool->conns[i];

        if (has_room(conn, now) && (best == NULL || conn->sent_count < best->sent_count))
            best = conn;
    }
    return best;
}

int64_t ms_until(int64_t deadline_us)
{
    int64_t left_us = deadline_us - clock_monotonic_us();

    return left_us <= 0 ? 0 : left_us / US_PER_MS + 1;
}

void pool_dispatch(struct pg_pool *pool)
{
    struct batch *b;
    struct pg_conn *conn;

    while ((b = TAILQ_FIRST(&pool->queue)) != NULL && (conn = least_busy(pool)) != NULL) {
        dequeue(pool, b);
        conn_send(conn, b);
    }
    b = TAILQ_FIRST(&pool->queue);
    if (b == NULL)
        loop_timer_cancel(pool->patience);
    else
        loop_timer_start(pool->patience, ms_until(b->deadline_us));
}
