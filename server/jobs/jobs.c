#include "jobs/jobs.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"

enum { JOB_ARENA_BYTES = 64 * 1024, HOUR_S = 3600, NOT_OURS = -1 };

/* Lock keys are this product's own ("JA" in the upper bytes), one a job. */
#define LOCK(number) (((int64_t)0x4A41 << 32) | (number))

const struct job job_table[] = {
    {"pass_partitions", HOUR_S, LOCK(1), SQL_JOB_PASS_PARTITIONS},
    {"idempotency_purge", 24 * HOUR_S, LOCK(3), SQL_JOB_IDEMPOTENCY_PURGE},
    {"imports_interrupted", 60, LOCK(4), SQL_JOB_IMPORTS_INTERRUPTED},
    {"trials_interrupted", 60, LOCK(5), SQL_JOB_TRIALS_INTERRUPTED},
    {"anomalies", 60, LOCK(7), SQL_JOB_ANOMALIES},
    {"slot_lists", 60, LOCK(9), SQL_JOB_SLOT_LISTS},
    {"sessions_purge", 24 * HOUR_S, LOCK(10), SQL_JOB_SESSIONS_PURGE},
    {"outbox_purge", 24 * HOUR_S, LOCK(6), SQL_JOB_OUTBOX_PURGE},
};
const size_t job_count = sizeof job_table / sizeof job_table[0];

struct running {
    struct jobs *jobs;
    const struct job *job;
    struct loop_timer *timer;
    struct arena arena;
    int64_t done; /* NOT_OURS: another server was at it */
    _Atomic bool has_run;
};

struct jobs {
    struct pg_pool *pool;
    struct running running[sizeof job_table / sizeof job_table[0]];
};

static struct err decode_done(void *into, const struct rows *rows)
{
    *(int64_t *)into = row_is_null(rows, 0, JOB_IDEMPOTENCY_PURGE_DONE)
                           ? NOT_OURS
                           : row_int64(rows, 0, JOB_IDEMPOTENCY_PURGE_DONE);
    return OK;
}

static void on_done(void *arg, struct err e)
{
    struct running *r = arg;
    int64_t next_s = r->job->period_s;

    arena_clear(&r->arena);
    if (err_is(e)) {
        log_event(LOG_WARN, 0, "job_failed", log_text("job", r->job->name),
                  log_text("error", err_row(e.code)->code));
        next_s = JOB_RETRY_S;
    } else if (r->done == NOT_OURS) {
        next_s = r->has_run ? next_s : JOB_RETRY_S;
    } else {
        r->has_run = true;
        if (r->done > 0)
            log_event(LOG_INFO, 0, "job", log_text("job", r->job->name),
                      log_number("done", r->done));
        if (r->done >= JOB_ROWS_MAX)
            next_s = 0;
    }
    loop_timer_start(r->timer, next_s * 1000);
}

static void on_due(void *arg)
{
    struct running *r = arg;
    struct batch *b = batch_new(r->jobs->pool, &r->arena);
    struct params *p;

    CHECK(b != NULL);
    r->done = 0;
    p = params_new(b);
    params_int64(p, r->job->lock_key);
    params_date(p, clock_local_day(clock_wall_us()));
    params_int32(p, JOB_ROWS_MAX);
    batch_add(b, r->job->statement, p, decode_done, &r->done);
    if (!err_is(batch_send(b, (struct waiter){on_done, r})))
        return;
    arena_clear(&r->arena);
    loop_timer_start(r->timer, r->has_run ? JOB_RETRY_S * 1000 : 100); /* the pool still connects */
}

struct jobs *jobs_start(struct loop *loop, struct pg_pool *pool)
{
    struct jobs *jobs = calloc(1, sizeof *jobs);

    CHECK_ALLOCATED(jobs);
    jobs->pool = pool;
    for (size_t i = 0; i < job_count; i++) {
        struct running *r = &jobs->running[i];

        r->jobs = jobs;
        r->job = &job_table[i];
        r->timer = loop_timer_new(loop, on_due, r);
        arena_init(&r->arena, JOB_ARENA_BYTES);
        loop_timer_start(r->timer, 0);
    }
    return jobs;
}

void jobs_stop(struct jobs *jobs)
{
    if (jobs == NULL)
        return;
    for (size_t i = 0; i < job_count; i++) {
        loop_timer_free(jobs->running[i].timer);
        arena_clear(&jobs->running[i].arena);
    }
    free(jobs);
}

bool jobs_have_run(const struct jobs *jobs)
{
    for (size_t i = 0; i < job_count; i++) {
        if (!jobs->running[i].has_run)
            return false;
    }
    return true;
}
