/* api/passes.c: pending -> flight -> settled.
 *
 * A pending pass is in the queue, or in one flight, until it is settled; then its place is free
 * again. A flight may outlive its passes: when all have gone to the spool meanwhile, it only waits
 * for its batch to end. */
#include "api/passes_private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/seal.h"

enum { DUE_TOGETHER_MS = 5 }; /* what is due so soon goes to the spool in the same fdatasync */

struct pending {
    TAILQ_ENTRY(pending) link; /* free or queued */
    struct pass pass;
    int64_t due_us; /* monotonic; 0: free */
    struct flight *flight;
    struct pass_receipt *receipt;
    struct waiter waiter;
};
TAILQ_HEAD(pending_list, pending);

struct flight {
    struct passes *passes;
    struct arena arena;
    struct loop_timer *again;
    int64_t batch_id;
    bool busy, sent_before, ensure_days;
    size_t count, missing;
    struct passes_inserted inserted;
    struct passes_found found;
    struct pending *of[PASSES_FLIGHT_MAX]; /* NULL once settled */
    struct pass pass[PASSES_FLIGHT_MAX], missed[PASSES_FLIGHT_MAX], stored[PASSES_FLIGHT_MAX];
    size_t missed_of[PASSES_FLIGHT_MAX]; /* which of the flight's passes */
    bool were_new[PASSES_FLIGHT_MAX];
};

struct passes {
    struct app *app;
    struct pending_list free, queue;
    struct loop_timer *turn, *due;
    bool turn_is_set;
    int64_t due_us; /* when the timer `due` goes off; 0: it does not */
    struct flight flights[PASSES_FLIGHTS];
    struct drains drains;
    _Atomic uint64_t committed, spooled, none, duplicates, batches, repeated;
    struct pending pending[PASSES_PENDING_MAX];
    struct pass appending[PASSES_PENDING_MAX];
    struct pending *settling[PASSES_PENDING_MAX];
};
_Static_assert((int)PASSES_PENDING_MAX <= (int)SPOOL_APPEND_MAX, "all pending in one append");
_Static_assert((int)PASSES_FLIGHT_MAX <= (int)PASSES_PER_BATCH, "a flight is one batch");

/* -- settling --------------------------------------------------------------------------------- */

static _Atomic uint64_t *counter_of(struct passes *passes, enum recent_recorded recorded,
                                    bool was_there)
{
    if (recorded == RECENT_DB)
        return was_there ? &passes->duplicates : &passes->committed;
    return recorded == RECENT_SPOOL ? &passes->spooled : &passes->none;
}

/* Frees the place before its waiter is told: the waiter may record another pass. */
static void settle(struct passes *passes, struct pending *pending, enum recent_recorded recorded,
                   const struct pass *stored)
{
    struct waiter waiter = pending->waiter;

    if (pending->receipt != NULL) {
        *pending->receipt = (struct pass_receipt){.recorded = recorded};
        if (stored != NULL) {
            pending->receipt->was_there = true;
            pending->receipt->stored = *stored;
        }
    }
    passes_count(counter_of(passes, recorded, stored != NULL), 1);
    pending->due_us = 0;
    pending->flight = NULL;
    TAILQ_INSERT_TAIL(&passes->free, pending, link);
    if (waiter.done != NULL)
        waiter.done(waiter.arg, OK);
}

/* Takes it out of the queue or its flight; it is then in no list. */
static void detach(struct passes *passes, struct pending *pending)
{
    struct flight *f = pending->flight;

    if (f == NULL) {
        TAILQ_REMOVE(&passes->queue, pending, link);
        return;
    }
    for (size_t i = 0; i < f->count; i++) {
        if (f->of[i] == pending)
            f->of[i] = NULL;
    }
}

/* Everything due by then goes to the spool in one append. */
static void spool_due(struct passes *passes, int64_t by_us)
{
    size_t due = 0;
    enum recent_recorded recorded = RECENT_SPOOL;

    for (size_t i = 0; i < PASSES_PENDING_MAX; i++) {
        struct pending *pending = &passes->pending[i];

        if (pending->due_us == 0 || pending->due_us > by_us)
            continue;
        detach(passes, pending);
        passes->appending[due] = pending->pass;
        passes->settling[due++] = pending;
    }
    if (due == 0)
        return;
    if (err_is(drains_append(&passes->drains, passes->appending, due)))
        recorded = RECENT_NONE;
    for (size_t i = 0; i < due; i++)
        settle(passes, passes->settling[i], recorded, NULL);
}

/* Sets the timer for the earliest of all that is pending. */
static void watch_due(struct passes *passes)
{
    int64_t first_us = 0, now_us = clock_monotonic_us();

    for (size_t i = 0; i < PASSES_PENDING_MAX; i++) {
        int64_t due_us = passes->pending[i].due_us;

        if (due_us != 0 && (first_us == 0 || due_us < first_us))
            first_us = due_us;
    }
    passes->due_us = first_us;
    if (first_us == 0)
        return;
    loop_timer_start(passes->due,
                     first_us > now_us ? (first_us - now_us + US_PER_MS - 1) / US_PER_MS : 0);
}

static void on_due(void *arg)
{
    struct passes *passes = arg;

    spool_due(passes, clock_monotonic_us() + DUE_TOGETHER_MS * US_PER_MS);
    watch_due(passes);
}

/* -- one batch -------------------------------------------------------------------------------- */

static size_t distinct_days(const struct pass *passes, size_t count, day_t *days)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        size_t k = 0;

        while (k < found && days[k] != passes[i].day)
            k++;
        if (k == found)
            days[found++] = passes[i].day;
    }
    return found;
}

struct err passes_batch_fill(struct batch *b, struct arena *arena, const struct app *app,
                             int64_t batch_id, bool ensure_days, struct passes_inserted *inserted)
{
    const unsigned char *server_id = app->shared->server_id;
    struct pass_batch batch = {batch_id, server_id, follower_server_key(server_id)};

    if (b == NULL)
        return err_make(ERR_TOO_LARGE);
    if (ensure_days) {
        day_t *days = arena_new_array(arena, inserted->count, day_t);

        if (days == NULL)
            return err_make(ERR_TOO_LARGE);
        passes_ensure_days(b, days, distinct_days(inserted->passes, inserted->count, days));
    }
    return passes_insert(b, arena, &batch, inserted);
}

int64_t passes_batch_id_new(void)
{
    uint64_t id = 0;

    if (err_is(random_bytes(&id, sizeof id)))
        id = (uint64_t)clock_monotonic_us(); /* the key of the passes still keeps them apart */
    return (int64_t)(id >> 1);
}

/* -- flights ---------------------------------------------------------------------------------- */

static void set_turn(struct passes *passes)
{
    if (passes->turn_is_set)
        return;
    passes->turn_is_set = true;
    loop_timer_start(passes->turn, 0);
}

static bool has_passengers(const struct flight *f)
{
    for (size_t i = 0; i < f->count; i++) {
        if (f->of[i] != NULL)
            return true;
    }
    return false;
}

static void flight_end(struct flight *f)
{
    arena_clear(&f->arena);
    f->busy = false;
    if (!TAILQ_EMPTY(&f->passes->queue))
        set_turn(f->passes);
}

/* Sends it again later, as long as somebody waits for it. */
static void flight_retry(struct flight *f)
{
    if (has_passengers(f))
        loop_timer_start(f->again, PASSES_RETRY_MS);
    else
        flight_end(f);
}

static void on_found(void *arg, struct err e)
{
    struct flight *f = arg;

    if (err_is(e)) {
        flight_retry(f);
        return;
    }
    for (size_t i = 0; i < f->missing; i++) {
        struct pending *pending = f->of[f->missed_of[i]];
        const struct pass *stored = &f->stored[i];

        if (pending == NULL || stored->gate_id == 0)
            continue;
        f->of[f->missed_of[i]] = NULL;
        /* Our own row, from before the outcome became unknown, is not another pass. */
        settle(f->passes, pending, RECENT_DB,
               stored->decided_at == pending->pass.decided_at ? NULL : stored);
    }
    flight_retry(f); /* ends it, unless a row has gone in between */
}

/* Some were there before: what is stored under their keys counts. */
static void flight_find(struct flight *f)
{
    struct batch *b = batch_new(f->passes->app->pass_pg, &f->arena);
    struct err e;

    f->found = (struct passes_found){f->missed, f->missing, f->stored};
    memset(f->stored, 0, f->missing * sizeof f->stored[0]);
    e = b != NULL ? passes_find(b, &f->arena, &f->found) : err_make(ERR_TOO_LARGE);
    if (!err_is(e))
        e = batch_send(b, (struct waiter){on_found, f});
    if (err_is(e))
        flight_retry(f);
}

static void on_written(void *arg, struct err e)
{
    struct flight *f = arg;

    if (err_is(e)) {
        /* Nothing was kept, for certain, when PostgreSQL refused it; a day's partition that is not
         * there is the one reason that we can do something about. */
        f->ensure_days = e.code != ERR_OUTCOME_UNKNOWN;
        log_event(LOG_WARN, 0, "pass_batch", log_text("error", err_row(e.code)->code));
        flight_retry(f);
        return;
    }
    f->missing = 0;
    for (size_t i = 0; i < f->count; i++) {
        struct pending *pending = f->of[i];

        if (pending == NULL)
            continue;
        if (!f->were_new[i]) {
            f->missed[f->missing] = f->pass[i];
            f->missed_of[f->missing++] = i;
            continue;
        }
        f->of[i] = NULL;
        settle(f->passes, pending, RECENT_DB, NULL);
    }
    if (f->missing > 0)
        flight_find(f);
    else
        flight_end(f);
}

static void flight_send(struct flight *f)
{
    struct passes *passes = f->passes;
    struct batch *b;
    struct err e;

    arena_clear(&f->arena);
    memset(f->were_new, 0, sizeof f->were_new);
    f->inserted = (struct passes_inserted){f->pass, f->count, f->were_new};
    b = batch_new(passes->app->pass_pg, &f->arena);
    e = passes_batch_fill(b, &f->arena, passes->app, f->batch_id, f->ensure_days, &f->inserted);
    if (!err_is(e))
        e = batch_send(b, (struct waiter){on_written, f});
    if (err_is(e)) {
        flight_retry(f);
        return;
    }
    passes_count(&passes->batches, 1);
    passes_count(&passes->repeated, f->sent_before);
    f->sent_before = true;
}

static void on_again(void *arg)
{
    struct flight *f = arg;

    if (has_passengers(f))
        flight_send(f);
    else
        flight_end(f);
}

static struct flight *flight_find_free(struct passes *passes)
{
    for (unsigned i = 0; i < PASSES_FLIGHTS; i++) {
        if (!passes->flights[i].busy)
            return &passes->flights[i];
    }
    return NULL;
}

static void flight_begin(struct flight *f)
{
    struct pending *pending;

    f->busy = true;
    f->sent_before = f->ensure_days = false;
    f->batch_id = passes_batch_id_new();
    f->count = 0;
    while (f->count < PASSES_FLIGHT_MAX && (pending = TAILQ_FIRST(&f->passes->queue)) != NULL) {
        TAILQ_REMOVE(&f->passes->queue, pending, link);
        pending->flight = f;
        f->pass[f->count] = pending->pass;
        f->of[f->count++] = pending;
    }
    flight_send(f);
}

static void on_turn(void *arg)
{
    struct passes *passes = arg;
    struct flight *f;

    passes->turn_is_set = false;
    if (!pg_pool_is_up(passes->app->pass_pg)) {
        spool_due(passes, INT64_MAX);
        return;
    }
    while (!TAILQ_EMPTY(&passes->queue) && (f = flight_find_free(passes)) != NULL)
        flight_begin(f);
}

struct err passes_record(struct passes *passes, const struct pass *pass, int64_t wait_ms,
                         struct pass_receipt *receipt, struct waiter waiter)
{
    struct pending *pending = TAILQ_FIRST(&passes->free);

    CHECK(wait_ms >= 0);
    if (pending == NULL)
        return err_make(ERR_BUSY);
    TAILQ_REMOVE(&passes->free, pending, link);
    pending->pass = *pass;
    pending->due_us = clock_monotonic_us() + wait_ms * US_PER_MS;
    pending->flight = NULL;
    pending->receipt = receipt;
    pending->waiter = waiter;
    TAILQ_INSERT_TAIL(&passes->queue, pending, link);
    set_turn(passes);
    if (passes->due_us == 0 || pending->due_us < passes->due_us) {
        passes->due_us = pending->due_us;
        loop_timer_start(passes->due, wait_ms);
    }
    return OK;
}

/* -- life ------------------------------------------------------------------------------------- */

struct err passes_open(struct app *app, unsigned loops, struct passes **result)
{
    struct passes *passes = calloc(1, sizeof *passes);
    struct err e;

    CHECK_ALLOCATED(passes);
    passes->app = app;
    passes->drains.app = app;
    passes->drains.of = calloc(app->number == 0 ? PASSES_SPOOLS_MAX : 1, sizeof *passes->drains.of);
    CHECK_ALLOCATED(passes->drains.of);
    TAILQ_INIT(&passes->free);
    TAILQ_INIT(&passes->queue);
    for (size_t i = 0; i < PASSES_PENDING_MAX; i++)
        TAILQ_INSERT_TAIL(&passes->free, &passes->pending[i], link);
    for (unsigned i = 0; i < PASSES_FLIGHTS; i++) {
        struct flight *f = &passes->flights[i];

        f->passes = passes;
        f->again = loop_timer_new(app->loop, on_again, f);
        arena_init(&f->arena, PASSES_BATCH_ARENA_BYTES);
    }
    passes->turn = loop_timer_new(app->loop, on_turn, passes);
    passes->due = loop_timer_new(app->loop, on_due, passes);
    e = drains_open(&passes->drains, loops);
    if (err_is(e)) {
        passes_close(passes);
        return e;
    }
    *result = passes;
    return OK;
}

/* Nobody waits any more, but what is on its way may be a row that says what a device was told. */
static void spool_rest(struct passes *passes)
{
    size_t rest = 0;

    for (size_t i = 0; i < PASSES_PENDING_MAX; i++) {
        if (passes->pending[i].due_us != 0)
            passes->appending[rest++] = passes->pending[i].pass;
    }
    if (rest > 0 && err_is(drains_append(&passes->drains, passes->appending, rest)))
        log_event(LOG_ERROR, 0, "passes_lost", log_number("count", rest));
}

void passes_close(struct passes *passes)
{
    if (passes == NULL)
        return;
    if (passes->drains.count > 0)
        spool_rest(passes);
    drains_close(&passes->drains);
    for (unsigned i = 0; i < PASSES_FLIGHTS; i++) {
        loop_timer_free(passes->flights[i].again);
        arena_clear(&passes->flights[i].arena);
    }
    loop_timer_free(passes->turn);
    loop_timer_free(passes->due);
    free(passes->drains.of);
    free(passes);
}

bool passes_are_ready(const struct passes *passes)
{
    return passes->drains.ready;
}

static uint64_t counted(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

struct passes_counts passes_counts(const struct passes *passes)
{
    return (struct passes_counts){
        .committed = counted(&passes->committed),
        .spooled = counted(&passes->spooled),
        .none = counted(&passes->none),
        .duplicates = counted(&passes->duplicates),
        .batches = counted(&passes->batches),
        .repeated = counted(&passes->repeated),
        .drained = counted(&passes->drains.drained),
        .waiting = counted(&passes->drains.waiting),
        .refused = counted(&passes->drains.refused),
    };
}
