/* api/trial_job.c: see trial_job.h.
 *
 * The surveyor's thread counts; it says that it has ended by posting to the loop, which writes down
 * progress every second and the report at the end. The job is the loop's, and is freed there. */
#include "api/trial_job.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "api/trial_report.h"
#include "base/log.h"
#include "domain/policy.h"
#include "store/trials.h"

enum {
    PROGRESS_MS = 1000,
    ARENA_BYTES = 4 * 1024 * 1024, /* of a statement, with its report */
    POLICY_BYTES = 4 * 1024 * 1024,
    REPORT_BYTES = 240 * 1024 /* below the largest answer */
};

struct trial_job {
    struct trial_job *older, **link; /* in app->trials */
    struct app *app;
    int64_t id;
    struct policy_document draft;
    struct trial *trial;
    struct loop_timer *timer;
    struct arena policy_arena, arena;
    bool ended, complete; /* the surveyor has; it saw everybody */
    bool sending, last;   /* a statement is under way; it is the one with the report */
};

static void job_end(struct trial_job *job)
{
    *job->link = job->older;
    if (job->older != NULL)
        job->older->link = job->link;
    loop_timer_free(job->timer);
    trial_free(job->trial);
    arena_clear(&job->arena);
    arena_clear(&job->policy_arena);
    free(job);
}

static struct text render(struct trial_job *job)
{
    char *at = arena_alloc(&job->arena, REPORT_BYTES);
    struct build out;
    struct json_writer w;

    CHECK_ALLOCATED(at);
    out = build_over(at, REPORT_BYTES);
    w = json_writer_over(&out);
    registry_enter(job->app->reader);
    trial_report(job->trial, job->app->reader, &w);
    registry_leave(job->app->reader);
    CHECK(!out.full); /* bounded by its tables' rows */
    return build_done(&out);
}

static void on_written(void *arg, struct err e);

/* Once a second, and at the end until PostgreSQL has it. */
static void write_down(void *arg)
{
    struct trial_job *job = arg;
    struct text report = {NULL, 0}, state = TEXT("running");
    struct batch *b;

    if (job->sending)
        return; /* on_written goes on */
    loop_timer_cancel(job->timer);
    arena_clear(&job->arena);
    if (job->ended) {
        state = job->complete ? TEXT("done") : TEXT("interrupted");
        if (job->complete)
            report = render(job);
    }
    b = batch_new(job->app->pg, &job->arena);
    CHECK_ALLOCATED(b);
    trial_progress(b, job->id,
                   (int64_t)atomic_load_explicit(&job->trial->survey.workers_seen,
                                                 memory_order_relaxed),
                   state, report);
    job->last = job->ended;
    job->sending = !err_is(batch_send(b, (struct waiter){on_written, job}));
    if (!job->sending)
        loop_timer_start(job->timer, PROGRESS_MS);
}

static void on_written(void *arg, struct err e)
{
    struct trial_job *job = arg;

    job->sending = false;
    if (err_is(e))
        log_event(LOG_WARN, 0, "trial_not_written", log_number("trial", job->id),
                  log_text("code", err_row(e.code)->code));
    if (job->last && !err_is(e)) {
        log_event(LOG_INFO, 0, "trial_done", log_number("trial", job->id),
                  log_number("posts", (int64_t)trial_posts(&job->trial->total)));
        job_end(job);
        return;
    }
    loop_timer_start(job->timer, job->ended && !job->last ? 0 : PROGRESS_MS);
}

/* On the loop. Should progress be under way just now, the report follows it. */
static void on_ended(void *arg)
{
    struct trial_job *job = arg;

    job->ended = true;
    write_down(job);
}

/* On the surveyor's thread. */
static void on_done(void *arg, bool complete)
{
    struct trial_job *job = arg;

    job->complete = complete;
    loop_post(job->app->loop, on_ended, job);
}

static void job_link(struct trial_job *job)
{
    job->older = job->app->trials;
    job->link = &job->app->trials;
    if (job->older != NULL)
        job->older->link = &job->older;
    job->app->trials = job;
}

struct err trial_start(const struct work *work, const struct trial_order *order)
{
    struct trial_job *job = calloc(1, sizeof *job);
    struct err e;

    CHECK_ALLOCATED(job);
    job->app = work->app;
    job->id = order->id;
    arena_init(&job->arena, ARENA_BYTES);
    arena_init(&job->policy_arena, POLICY_BYTES);
    job_link(job);
    e = policy_compile(order->document, &job->policy_arena, &job->draft);
    if (err_is(e)) {
        surveyor_release(work->app->shared->surveyor, SURVEY_FOR_PEOPLE);
    } else {
        job->trial = trial_new(&job->draft, order->on);
        job->trial->done = on_done;
        job->trial->done_arg = job;
        job->timer = loop_timer_new(work->app->loop, write_down, job);
        if (!surveyor_submit(work->app->shared->surveyor, &job->trial->survey))
            e = err_make(ERR_STOPPING);
    }
    if (err_is(e)) {
        job_end(job);
        return e;
    }
    loop_timer_start(job->timer, PROGRESS_MS);
    return OK;
}

void trials_abandon(struct app *app)
{
    while (app->trials != NULL) {
        log_event(LOG_WARN, 0, "trial_interrupted", log_number("trial", app->trials->id));
        job_end(app->trials);
    }
}
