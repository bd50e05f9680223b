/* api/overrides.h: overrides (人工改色): somebody in charge asks for a colour by hand, with evidence and
 * an end, and signs first; it is a record, and changes a colour, only when a second person in charge
 * of the worker's place has signed with a key of his own, within OVERRIDE_WAIT_HOURS.
 *
 * Whom the first one named is whom he expects to sign; anybody else who may sign may do it, and the
 * record then names the two who did. Whoever may sign sees what waits in his region, and opens one
 * with its evidence before he signs. */
#ifndef API_OVERRIDES_H
#define API_OVERRIDES_H

#include "api/input.h"
#include "net/exchange.h"

extern const struct field override_list_query[];
extern step_fn *const override_post[];          /* POST /v1/overrides */
extern step_fn *const override_list[];          /* GET /v1/overrides: override_reads.c */
extern step_fn *const override_get[];           /* GET /v1/overrides/{id} */
extern step_fn *const override_sign_post[];     /* POST …/{id}/signature: override_signs.c */
extern step_fn *const override_withdraw_post[]; /* POST …/{id}/withdrawal */
extern const size_t override_post_state_bytes, override_read_state_bytes, override_act_state_bytes;

#endif
