#include "jobs/outbox.h"

#include <pthread.h>
#include <stdlib.h>

enum { CONNECTIONS = 2, QUEUE_MAX = 64 };

struct outbox {
    struct outbox_options options;
    struct loop *loop;
    struct pg_pool *pool;
    struct poster *poster;
    struct deliver *deliver;
    struct reminders *reminders;
    struct sealer *sealer;
    struct loop_timer *patience; /* when stopping */
    pthread_t thread;
};

static void *run(void *arg)
{
    struct outbox *outbox = arg;

    loop_run(outbox->loop);
    return NULL;
}

struct outbox *outbox_start(const struct outbox_options *options)
{
    struct outbox *outbox = calloc(1, sizeof *outbox);

    CHECK_ALLOCATED(outbox);
    outbox->options = *options;
    outbox->loop = loop_new();
    outbox->pool = pg_pool_new(outbox->loop,
                               &(struct pg_options){.conninfo = options->conninfo,
                                                    .connections = CONNECTIONS,
                                                    .queue_max = QUEUE_MAX,
                                                    .batch_ms = options->batch_ms,
                                                    .allow_unsafe = options->allow_unsafe});
    outbox->poster = poster_new(outbox->loop, options->rules, options->ca);
    outbox->deliver = deliver_start(&(struct deliver_options){.loop = outbox->loop,
                                                              .pool = outbox->pool,
                                                              .poster = outbox->poster,
                                                              .vault = options->vault,
                                                              .figures = options->figures});
    outbox->reminders = reminders_start(&(struct reminders_options){
        .loop = outbox->loop,
        .pool = outbox->pool,
        .registry = options->registry,
        .surveyor = options->surveyor,
        .server_id = options->server_id,
        .fresh_ms = options->fresh_ms,
        .hour = options->reminder_hour,
    });
    outbox->sealer = sealer_start(&(struct sealer_options){.loop = outbox->loop,
                                                           .pool = outbox->pool,
                                                           .registry = options->registry,
                                                           .signers = options->signers,
                                                           .first = options->first_key,
                                                           .server_id = options->server_id,
                                                           .period_ms = options->seal_ms,
                                                           .figures = options->log});
    CHECK(pthread_create(&outbox->thread, NULL, run, outbox) == 0);
    return outbox;
}

static void on_patience(void *arg)
{
    struct outbox *outbox = arg;

    loop_stop(outbox->loop);
}

static void on_idle(void *arg, struct err e)
{
    struct outbox *outbox = arg;

    (void)e;
    loop_timer_start(outbox->patience, 0);
}

static void drain(void *arg)
{
    struct outbox *outbox = arg;

    outbox->patience = loop_timer_new(outbox->loop, on_patience, outbox);
    loop_timer_start(outbox->patience, OUTBOX_DRAIN_MS);
    reminders_drain(outbox->reminders);
    sealer_drain(outbox->sealer);
    deliver_drain(outbox->deliver, (struct waiter){on_idle, outbox});
}

void outbox_stop(struct outbox *outbox)
{
    if (outbox == NULL)
        return;
    loop_post(outbox->loop, drain, outbox);
    CHECK(pthread_join(outbox->thread, NULL) == 0);
}

void outbox_free(struct outbox *outbox)
{
    if (outbox == NULL)
        return;
    pg_pool_free(outbox->pool);
    poster_free(outbox->poster);
    deliver_stop(outbox->deliver);
    reminders_stop(outbox->reminders);
    sealer_stop(outbox->sealer);
    loop_timer_free(outbox->patience);
    loop_free(outbox->loop);
    free(outbox);
}
