/* api/passes_drain.c: the spools' way into PostgreSQL, and what a server learns when it starts.
 *
 * First everything that a former run left in the spools goes in; then, on loop 0, presence and the
 * answers of the last two minutes are read back; then the loop is ready. */
#include "api/passes_private.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "domain/gate.h"
#include "register/presence.h"
#include "store/pass_refused.h"

enum {
    DRAIN_MS = 500, /* between looks at the spool */
    LEARN_RECENT_S = 120,
    LEARN_INSIDE_S = PRESENCE_HOURS * 3600,
    LEARN_ROWS_MAX = 200 * 1000
};

void passes_learn(const struct shared *shared, const struct pass *pass)
{
    if (pass->verdict == VERDICT_OPEN && pass->worker_id > 0 && pass->site_id > 0)
        presence_note(shared->presence, pass->site_id, pass->worker_id,
                      pass->direction == DIRECTION_IN, pass->decided_at);
}

/* -- draining --------------------------------------------------------------------------------- */

static void drain_next(struct drain *d);

/* These have left the spool, for PostgreSQL or for the file of the refused. */
static void took_out(struct drain *d, size_t count)
{
    spool_drained(d->spool, count);
    atomic_fetch_sub_explicit(&d->drains->waiting, count, memory_order_relaxed);
    drain_next(d);
}

/* PostgreSQL will not have this batch, however often it is sent: it is halved until the pass that it
 * refuses is alone, and that one is set aside, so that it holds up nobody. True when it is. */
static bool sort_out(struct drain *d, struct err e)
{
    struct drains *drains = d->drains;

    if (d->inserted.count > 1) {
        d->at_once = d->inserted.count / 2;
        return false;
    }
    if (err_is(pass_set_aside(drains->app->shared->spool_dir, d->number, &d->pass[0], e.detail)))
        return false;
    passes_count(&drains->refused, 1);
    return true;
}

static void on_drained(void *arg, struct err e)
{
    struct drain *d = arg;
    struct drains *drains = d->drains;
    bool set_aside = e.code == ERR_DATA_REFUSED && sort_out(d, e);

    arena_clear(&d->arena); /* e's detail lies there */
    d->busy = false;
    if (set_aside) {
        took_out(d, 1);
        return;
    }
    if (err_is(e)) {
        log_event(LOG_WARN, 0, "spool_drain", log_text("error", err_row(e.code)->code));
        return; /* the timer tries again */
    }
    for (size_t i = 0; i < d->inserted.count && !drains->ready; i++) /* a former run's */
        passes_learn(drains->app->shared, &d->pass[i]);
    d->at_once = d->at_once * 2 < PASSES_FLIGHT_MAX ? d->at_once * 2 : PASSES_FLIGHT_MAX;
    passes_count(&drains->drained, d->inserted.count);
    took_out(d, d->inserted.count);
}

static void drain_next(struct drain *d)
{
    struct app *app = d->drains->app;
    struct batch *b;
    struct err e;
    size_t read;

    if (d->busy || spool_waiting(d->spool) == 0 || !pg_pool_is_up(app->pass_pg))
        return;
    read = spool_read(d->spool, d->pass, d->at_once);
    if (read == 0)
        return; /* said in the log; a restart sorts a damaged file out */
    for (size_t i = 0; i < read; i++) {
        if (d->pass[i].source == PASS_ASKED)
            d->pass[i].source = PASS_SPOOLED;
    }
    memset(d->were_new, 0, sizeof d->were_new);
    d->inserted = (struct passes_inserted){d->pass, read, d->were_new};
    b = batch_new(app->pass_pg, &d->arena);
    e = passes_batch_fill(b, &d->arena, app, passes_batch_id_new(), true, &d->inserted);
    if (!err_is(e))
        e = batch_send(b, (struct waiter){on_drained, d});
    d->busy = !err_is(e);
    if (err_is(e))
        arena_clear(&d->arena);
}

static bool all_drained(const struct drains *drains)
{
    for (unsigned i = 0; i < drains->count; i++) {
        if (spool_waiting(drains->of[i].spool) > 0)
            return false;
    }
    return true;
}

/* -- learning what was before ----------------------------------------------------------------- */

static void learn_inside(void *arg, const struct pass *pass)
{
    passes_learn(((struct drains *)arg)->app->shared, pass);
}

static void learn_answered(void *arg, const struct pass *pass)
{
    const struct shared *shared = ((struct drains *)arg)->app->shared;
    struct recent_use use = {
        .site_id = pass->site_id, .gate_id = pass->gate_id, .index = pass->token_index,
        .iat = pass->token_iat, .until_s = pass->token_iat + TOKEN_LIVE_S + TOKEN_SKEW_S,
        .seq = pass->seq, .epoch = pass->epoch, .day = pass->day, .direction = pass->direction,
    };
    struct recent_use earlier;
    int64_t now_s = clock_wall_us() / US_PER_SECOND;

    recent_answered(shared->recent, pass, RECENT_DB);
    if (pass->token_index < 0 || use.until_s <= now_s)
        return;
    (void)recent_claim(shared->recent, &use, now_s, &earlier);
    if (pass->verdict != VERDICT_OPEN)
        recent_release(shared->recent, &use);
}

static void on_learned(void *arg, struct err e)
{
    struct drains *drains = arg;

    arena_clear(&drains->learn_arena);
    drains->learns = false;
    if (err_is(e))
        log_event(LOG_WARN, 0, "passes_learn", log_text("error", err_row(e.code)->code));
    else
        drains->ready = true;
}

/* Presence and the answers of the last two minutes, from before this process. */
static void learn(struct drains *drains)
{
    struct batch *b = batch_new(drains->app->pass_pg, &drains->learn_arena);
    int64_t now_us = clock_wall_us();

    drains->inside = (struct passes_visit){learn_inside, drains};
    drains->answered = (struct passes_visit){learn_answered, drains};
    if (b == NULL)
        return;
    passes_inside(b, now_us - (int64_t)LEARN_INSIDE_S * US_PER_SECOND, LEARN_ROWS_MAX,
                  &drains->inside);
    passes_since(b, now_us - (int64_t)LEARN_RECENT_S * US_PER_SECOND, LEARN_ROWS_MAX,
                 &drains->answered);
    drains->learns = !err_is(batch_send(b, (struct waiter){on_learned, drains}));
    if (!drains->learns)
        arena_clear(&drains->learn_arena);
}

static void on_drain_timer(void *arg)
{
    struct drains *drains = arg;

    for (unsigned i = 0; i < drains->count; i++)
        drain_next(&drains->of[i]);
    if (!drains->ready && !drains->learns && all_drained(drains) &&
        pg_pool_is_up(drains->app->pass_pg)) {
        if (drains->app->number == 0)
            learn(drains);
        else
            drains->ready = true;
    }
    loop_timer_start(drains->timer, drains->ready ? DRAIN_MS : PASSES_RETRY_MS);
}

/* -- life ------------------------------------------------------------------------------------- */

static struct err open_spool(struct drains *drains, unsigned number)
{
    struct drain *d = &drains->of[drains->count];
    struct err e = spool_open(drains->app->shared->spool_dir, number, &d->spool);

    if (err_is(e))
        return e;
    d->drains = drains;
    d->number = number;
    d->at_once = PASSES_FLIGHT_MAX;
    arena_init(&d->arena, PASSES_BATCH_ARENA_BYTES);
    drains->count++;
    passes_count(&drains->waiting, spool_waiting(d->spool));
    passes_count(&drains->refused, passes_set_aside(drains->app->shared->spool_dir, number));
    return OK;
}

static struct err open_spools(struct drains *drains, unsigned loops)
{
    unsigned numbers[PASSES_SPOOLS_MAX - 1];
    size_t left = 0;
    struct err e = open_spool(drains, drains->app->number);

    if (drains->app->number == 0)
        left = spool_list(drains->app->shared->spool_dir, loops, numbers, PASSES_SPOOLS_MAX - 1);
    for (size_t i = 0; i < left && !err_is(e); i++)
        e = open_spool(drains, numbers[i]);
    return e;
}

struct err drains_open(struct drains *drains, unsigned loops)
{
    struct err e;

    arena_init(&drains->learn_arena, PASSES_BATCH_ARENA_BYTES);
    drains->timer = loop_timer_new(drains->app->loop, on_drain_timer, drains);
    e = open_spools(drains, loops);
    if (!err_is(e))
        loop_timer_start(drains->timer, 0);
    return e;
}

void drains_close(struct drains *drains)
{
    for (unsigned i = 0; i < drains->count; i++) {
        spool_close(drains->of[i].spool);
        arena_clear(&drains->of[i].arena);
    }
    arena_clear(&drains->learn_arena);
    loop_timer_free(drains->timer);
}

struct err drains_append(struct drains *drains, const struct pass *passes, size_t count)
{
    struct err e = spool_append(drains->of[0].spool, passes, count);

    if (!err_is(e))
        passes_count(&drains->waiting, count);
    return e;
}
