/* api/trials.h: trials of policies: started, followed, read. */
#ifndef API_TRIALS_H
#define API_TRIALS_H

#include "api/input.h"
#include "net/exchange.h"

extern const struct field trial_post_fields[], trial_list_query[];
extern step_fn *const trial_post[], *const trial_list[], *const trial_get[];
extern const size_t trial_state_bytes;

#endif
