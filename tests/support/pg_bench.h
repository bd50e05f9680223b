/* support/pg_bench.h: a loop, a pool and an arena to try batches on, one test at a time. */
#ifndef SUPPORT_PG_BENCH_H
#define SUPPORT_PG_BENCH_H

#include "store/pg.h"

/* The outcome of one batch. */
struct batch_outcome {
    bool done;
    unsigned order; /* 1 for the first batch that ended */
    struct err error;
};

void bench_open(const char *conninfo, unsigned connections, unsigned queue_max, int64_t batch_ms);
void bench_close(void);
void bench_close_pool(void); /* before bench_close(), for those whose timers come between */
struct pg_pool *bench_pool(void);
struct loop *bench_loop(void);
struct arena *bench_arena(void);

struct batch *bench_batch(void);
/* Sends it; an error of batch_send is the outcome at once. */
void bench_send(struct batch *b, struct batch_outcome *outcome);
/* Runs the loop until all of them are done; dies after 20 s. */
void bench_wait(const struct batch_outcome *outcomes, size_t count);
struct err bench_run(struct batch *b); /* send and wait */
void bench_wait_until_up(void);
void bench_turn(int64_t ms); /* runs the loop for so long */

/* Decoders. */
struct err decode_int64(void *into, const struct rows *rows); /* row 0, column 0 */
struct err decode_int32(void *into, const struct rows *rows);
struct err decode_count(void *into, const struct rows *rows); /* int: how many rows */

#endif
