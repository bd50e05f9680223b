/* api/policies.h: region policies: posted as drafts, approved by a second account, put in force. */
#ifndef API_POLICIES_H
#define API_POLICIES_H

#include "api/input.h"
#include "net/exchange.h"

enum { POLICY_BODY_BYTES_MAX = 256 * 1024 };

extern const struct field policy_list_query[], policy_state_fields[];
extern step_fn *const policy_post[], *const policy_list[], *const policy_get[],
    *const policy_put_state[];
extern const size_t policy_state_bytes;

#endif
