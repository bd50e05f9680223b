/* store/trials.h: trials of policies: how far they are, and what they found. */
#ifndef STORE_TRIALS_H
#define STORE_TRIALS_H

#include "scoring/day.h"
#include "store/pg.h"

struct trial_item {
    int64_t id, account_id;
    int32_t policy;
    struct text region, state; /* running, done, interrupted */
    day_t on;
    int64_t workers, workers_done;
    struct text report; /* JSON; .at NULL: none yet, or not asked for */
    int64_t started_at, ended_at; /* 0: not ended */
};
struct trial_items {
    struct trial_item *rows;
    int count;
};

struct trial_start {
    int64_t id, account_id, workers;
    int32_t policy;
    struct text region;
    day_t on;
    const unsigned char *server_id; /* 16 bytes */
};

void trial_next_id(struct batch *b, int64_t *id);
void trial_insert(struct batch *b, const struct trial_start *start);
/* state: running, done, interrupted; report .at NULL: none. */
void trial_progress(struct batch *b, int64_t id, int64_t workers_done, struct text state,
                    struct text report);
/* Ids in (after, upto], at most max, of a policy (0: any), in regions with this prefix. The report
 * comes with a span of one id. */
void trials_list(struct batch *b, int64_t after, int64_t upto, int32_t max, int32_t policy,
                 struct text region, struct trial_items *into);

#endif
