#include "support/pg_bench.h"

#include <criterion/criterion.h>

#include "base/clock.h"

static struct loop *loop;
static struct pg_pool *pool;
static struct arena arena;
static unsigned ended;
static struct loop_timer *timer;

static void on_timer(void *arg)
{
    (void)arg;
    loop_stop(loop);
}

void bench_open(const char *conninfo, unsigned connections, unsigned queue_max, int64_t batch_ms)
{
    const struct pg_options options = {.conninfo = conninfo,
                                       .connections = connections,
                                       .queue_max = queue_max,
                                       .batch_ms = batch_ms};

    ended = 0;
    arena_init(&arena, 64u << 20);
    loop = loop_new();
    timer = loop_timer_new(loop, on_timer, NULL);
    pool = pg_pool_new(loop, &options);
}

void bench_close_pool(void)
{
    pg_pool_free(pool);
    pool = NULL;
}

struct loop *bench_loop(void)
{
    return loop;
}

void bench_close(void)
{
    pg_pool_free(pool);
    loop_timer_free(timer);
    loop_free(loop);
    arena_clear(&arena);
}

struct pg_pool *bench_pool(void)
{
    return pool;
}

struct arena *bench_arena(void)
{
    return &arena;
}

struct batch *bench_batch(void)
{
    struct batch *b = batch_new(pool, &arena);

    cr_assert_not_null(b);
    return b;
}

static void on_done(void *arg, struct err e)
{
    struct batch_outcome *outcome = arg;

    cr_assert_not(outcome->done, "told twice");
    *outcome = (struct batch_outcome){true, ++ended, e};
    loop_stop(loop);
}

void bench_send(struct batch *b, struct batch_outcome *outcome)
{
    struct err e;

    *outcome = (struct batch_outcome){0};
    e = batch_send(b, (struct waiter){on_done, outcome});
    cr_assert_not(outcome->done, "told inside the call");
    if (err_is(e))
        *outcome = (struct batch_outcome){true, 0, e};
}

void bench_turn(int64_t ms)
{
    int64_t end = clock_monotonic_us() + ms * US_PER_MS;

    while (clock_monotonic_us() < end) {
        loop_timer_start(timer, (end - clock_monotonic_us()) / US_PER_MS + 1);
        loop_run(loop);
    }
    loop_timer_cancel(timer);
}

void bench_wait(const struct batch_outcome *outcomes, size_t count)
{
    int64_t end = clock_monotonic_us() + 20 * (int64_t)US_PER_SECOND;

    for (size_t i = 0; i < count; i++) {
        while (!outcomes[i].done) {
            cr_assert_lt(clock_monotonic_us(), end, "batch %zu was never told", i);
            loop_timer_start(timer, 20000);
            loop_run(loop);
        }
    }
    loop_timer_cancel(timer);
}

struct err bench_run(struct batch *b)
{
    struct batch_outcome outcome;

    bench_send(b, &outcome);
    bench_wait(&outcome, 1);
    return outcome.error;
}

void bench_wait_until_up(void)
{
    for (int i = 0; i < 2000 && !pg_pool_is_up(pool); i++)
        bench_turn(10);
    cr_assert(pg_pool_is_up(pool));
}

struct err decode_int64(void *into, const struct rows *rows)
{
    *(int64_t *)into = rows->count > 0 ? row_int64(rows, 0, 0) : -1;
    return OK;
}

struct err decode_int32(void *into, const struct rows *rows)
{
    *(int32_t *)into = rows->count > 0 ? row_int32(rows, 0, 0) : -1;
    return OK;
}

struct err decode_count(void *into, const struct rows *rows)
{
    *(int *)into = rows->count;
    return OK;
}
