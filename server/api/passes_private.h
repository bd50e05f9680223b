/* api/passes_private.h: what the group commit (passes.c) and the spools behind it (passes_drain.c)
 * share. Nobody else includes it. */
#ifndef API_PASSES_PRIVATE_H
#define API_PASSES_PRIVATE_H

#include "api/passes.h"
#include "store/spool.h"

enum {
    PASSES_RETRY_MS = 20, /* before a batch is sent again */
    PASSES_BATCH_ARENA_BYTES = 2 * 1024 * 1024
};

static inline void passes_count(_Atomic uint64_t *counter, uint64_t by)
{
    atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

/* Puts passes into a batch: with a new id, or again with the one they had. Fails with ERR_TOO_LARGE
 * at the arena's ceiling, and when b is NULL. */
MUST_USE struct err passes_batch_fill(struct batch *b, struct arena *arena, const struct app *app,
                                      int64_t batch_id, bool ensure_days,
                                      struct passes_inserted *inserted);
int64_t passes_batch_id_new(void);

/* -- passes_drain.c --------------------------------------------------------------------------- */

/* One spool on its way to PostgreSQL, a batch at a time. */
struct drain {
    struct drains *drains;
    struct spool *spool;
    unsigned number;  /* of the spool's file */
    size_t at_once;   /* passes a batch: fewer while one that PostgreSQL refuses is looked for */
    struct arena arena;
    struct passes_inserted inserted;
    struct pass pass[PASSES_FLIGHT_MAX];
    bool were_new[PASSES_FLIGHT_MAX];
    bool busy;
};

/* The loop's own spool first; on loop 0 then those that no loop owns any more. */
struct drains {
    struct app *app;
    struct drain *of; /* PASSES_SPOOLS_MAX on loop 0, else one */
    unsigned count;
    struct loop_timer *timer;
    bool learns;
    _Atomic bool ready; /* what a former run left is drained and learnt */
    struct arena learn_arena;
    struct passes_visit inside, answered;
    _Atomic uint64_t drained, waiting, refused; /* passes */
};

/* ->app and ->of are set. Opens the spools and begins to drain. Fails as spool_open does; even so
 * drains_close is due. */
MUST_USE struct err drains_open(struct drains *drains, unsigned loops);
void drains_close(struct drains *drains);
/* Into the loop's own spool, in one fdatasync. Fails as spool_append does. */
MUST_USE struct err drains_append(struct drains *drains, const struct pass *passes, size_t count);

#endif
