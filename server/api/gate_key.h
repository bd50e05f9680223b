/* api/gate_key.h: the key that a gate signs its receipts with, and how whole their chain is. */
#ifndef API_GATE_KEY_H
#define API_GATE_KEY_H

#include "api/app.h"
#include "api/input.h"

/* POST /v1/gate/key: a gate gives its first key; the same once more changes nothing, another one is
 * the operator's to register: POST /v1/devices/{id}/key. */
extern const struct field gate_key_fields[], device_key_fields[];
extern step_fn *const gate_key_post[], *const device_key_post[];
/* GET /v1/devices/{id}/chain */
extern step_fn *const device_chain_get[];
extern const size_t gate_key_state_bytes;

#endif
