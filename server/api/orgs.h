/* api/orgs.h: organisations (单位): set up by the operator, permits also kept by regulators. */
#ifndef API_ORGS_H
#define API_ORGS_H

#include "api/input.h"
#include "net/exchange.h"

extern const struct field org_post_fields[], org_patch_fields[], org_list_query[];
extern step_fn *const org_post[], *const org_list[], *const org_get[], *const org_patch[];
extern const size_t org_state_bytes;

#endif
