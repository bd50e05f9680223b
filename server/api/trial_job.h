/* api/trial_job.h: the work of a policy's trial, after its request was answered. */
#ifndef API_TRIAL_JOB_H
#define API_TRIAL_JOB_H

#include "api/app.h"

struct trial_order {
    int64_t id;
    struct text document; /* as it is stored; copied */
    day_t on;
};

/* Goes to work on the surveyor's thread, on a place for people that was reserved, writing down its
 * progress from this loop. ERR_STOPPING when the service ends; what ERR_POLICY_INVALID and the like
 * say of the document. The place is used up either way. */
MUST_USE struct err trial_start(const struct work *work, const struct trial_order *order);

/* The loop ends: what is under way is dropped. The surveyor must have stopped, and the loop's pools
 * must have been freed. */
void trials_abandon(struct app *app);

#endif
