/* jobs/deliver.h: sends what the outbox holds (store/outbox.h) to the webhooks that want it.
 *
 * A delivery is claimed for LEASE_MS, sent, and marked: delivered after a 2xx, else to be tried
 * again (domain/webhook.h) until patience ends. Who dies in between leaves the claim to run out, and
 * the message is sent again under the same id: at least once, never lost. Several servers share the
 * work. A message names a worker by id and masked name, and nobody by more. */
#ifndef JOBS_DELIVER_H
#define JOBS_DELIVER_H

#include "crypto/seal.h"
#include "jobs/poster.h"
#include "store/outbox.h"

enum {
    DELIVER_OF_ONE = 4, /* under way to one receiver, over all servers */
    DELIVER_IN_ALL = 64, /* under way from this server */
    DELIVER_LEASE_MS = 30000,
    DELIVER_TICK_MS = 1000
};
_Static_assert(2 * POSTER_TIMEOUT_MS < DELIVER_LEASE_MS, "a claim outlives its sending and marking");

struct deliver;
struct deliver_options { /* all of it outlives the sender */
    struct loop *loop;
    struct pg_pool *pool; /* of this loop */
    struct poster *poster;
    const struct vault *vault;
    struct outbox_figures *figures;
};
struct deliver *deliver_start(const struct deliver_options *options);
/* No more claims; idle.done is called, perhaps at once, when nothing is under way any more. */
void deliver_drain(struct deliver *deliver, struct waiter idle);
void deliver_stop(struct deliver *deliver); /* after pool and poster were freed */

#endif
