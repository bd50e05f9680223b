/* api/passes.h: group commit of one loop's passes, with the spool behind it.
 *
 * What gates ask in one turn of the loop becomes one batch, one transaction; while a few are on
 * their way, what comes gathers for the next. A pass that PostgreSQL has not confirmed in its time
 * goes to the spool, all that are due in one fdatasync, and is answered; the spool drains through
 * the same key, so it does no harm when the batch was in after all. A batch whose outcome is not
 * known is sent again under its own id. Without a database passes go to the spool at once.
 *
 * Whoever records a pass is told once it is somewhere that survives a power cut, or that it is
 * nowhere. */
#ifndef API_PASSES_H
#define API_PASSES_H

#include <stdatomic.h>

#include "api/app.h"
#include "register/recent.h"

enum {
    PASSES_PENDING_MAX = 4096, /* not settled; beyond it ERR_BUSY */
    PASSES_FLIGHT_MAX = 500,   /* passes a batch */
    PASSES_FLIGHTS = 4,        /* batches on their way */
    PASSES_SPOOLS_MAX = 65     /* a server has at most 64 loops */
};

/* Opens the loop's spool (loop 0: also those that a server with more loops left), begins to drain
 * it, and, on loop 0, to learn from the last day's passes who is inside. Needs app->pass_pg, ->loop
 * and ->shared->{spool_dir, presence, recent, server_id, pass_ms}. Fails as spool_open does. */
MUST_USE struct err passes_open(struct app *app, unsigned loops, struct passes **passes);
/* Spools what is still on its way. The pool must have been freed before: nothing is told any more. */
void passes_close(struct passes *passes);
/* False until what a former run left is drained and known. */
bool passes_are_ready(const struct passes *passes);

struct pass_receipt {
    enum recent_recorded recorded; /* RECENT_NONE, RECENT_SPOOL or RECENT_DB */
    bool was_there;                /* under this key another pass is stored: */
    struct pass stored;
};

/* Copies *pass. The waiter is told (OK, with *receipt filled) within wait_ms, or within the time a
 * disk takes. waiter.done and receipt may be NULL: then nobody waits. */
MUST_USE struct err passes_record(struct passes *passes, const struct pass *pass, int64_t wait_ms,
                                  struct pass_receipt *receipt, struct waiter waiter);

/* Presence and recent learn what a gate was told. */
void passes_learn(const struct shared *shared, const struct pass *pass);

struct passes_counts {
    uint64_t committed, spooled, none, duplicates; /* passes, by what their askers were told */
    uint64_t batches, repeated;                    /* sent; of these again, after an unknown outcome */
    uint64_t drained, waiting;                     /* out of the spools; still in them */
    uint64_t refused;                              /* lie in files beside them: pass_refused.h */
};
struct passes_counts passes_counts(const struct passes *passes); /* any thread */

#endif
