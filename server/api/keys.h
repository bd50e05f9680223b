/* api/keys.h: the keys that the service signs with, as an operator sees and moves them: announced,
 * active, retired, removed (domain/signing_key.h). Private halves never pass through here. */
#ifndef API_KEYS_H
#define API_KEYS_H

#include "api/input.h"
#include "net/exchange.h"

extern const struct field key_post_fields[], key_patch_fields[];
extern step_fn *const key_list[], *const key_post[], *const key_patch[];
extern const size_t key_state_bytes;

#endif
