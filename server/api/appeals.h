/* api/appeals.h: appeals (申诉): a worker, or his contractor on his behalf, disputes a reason of his
 * verdict; somebody in charge of the region answers within so many working days.
 *
 * What is appealed against is looked at when it is filed: the reason must be one of that day, at that
 * post, under the policy that was in force. The words of both sides are sealed under the worker's
 * key: read by himself, by whoever filed for him, and by those in charge. */
#ifndef API_APPEALS_H
#define API_APPEALS_H

#include "api/input.h"
#include "net/exchange.h"

extern const struct field appeal_post_fields[], appeal_list_query[], appeal_answer_fields[];
extern step_fn *const appeal_post[];        /* POST /v1/appeals */
extern step_fn *const appeal_list[];        /* GET /v1/appeals */
extern step_fn *const appeal_get[];         /* GET /v1/appeals/{id} */
extern step_fn *const appeal_answer_post[]; /* POST /v1/appeals/{id}/decision: appeal_answers.c */
extern const size_t appeal_post_state_bytes, appeal_read_state_bytes, appeal_answer_state_bytes;

#endif
