/* jobs/sealer.h: the log's sealer: gives leaves their numbers and signs heads.
 *
 * Every period it takes what was committed and is not sealed yet, commits to what each row says,
 * appends the leaves to the tree and writes them with a signed head in one transaction. Two servers
 * that seal at once cannot both succeed: a leaf's number, a row, a head's sequence are taken once. So
 * that they do not try, who sealed last goes on, and another server takes over when two periods have
 * passed without a head.
 *
 * It runs on the thread that tells others, at its own pace and over that thread's connections: no
 * gate and no person ever waits for it. */
#ifndef JOBS_SEALER_H
#define JOBS_SEALER_H

#include "crypto/log_head.h"
#include "crypto/signers.h"
#include "register/registry.h"
#include "store/merkle_log.h"

enum { SEALER_AT_ONCE = 500 };

struct sealer;
struct sealer_options { /* all of it outlives the sealer */
    struct loop *loop;
    struct pg_pool *pool; /* of this loop */
    struct registry *registry;      /* knows which key signs heads, */
    const struct signers *signers;  /* among those that are here */
    const struct signing_key *first; /* becomes the service's first key where there is none yet */
    const unsigned char *server_id;
    int64_t period_ms;
    struct log_figures *figures;
};
struct sealer *sealer_start(const struct sealer_options *options);
void sealer_drain(struct sealer *sealer); /* nothing is begun any more; from the loop */
void sealer_stop(struct sealer *sealer);  /* after the pool */

#endif
