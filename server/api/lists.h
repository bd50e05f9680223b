/* api/lists.h: status lists for gates: GET /v1/lists tells which there are, GET
 * /v1/lists/{region}/{number}/{day} gives one. */
#ifndef API_LISTS_H
#define API_LISTS_H

#include "net/exchange.h"

extern step_fn *const list_overview_get[];
extern step_fn *const list_get[];
extern const size_t list_get_state_bytes;

#endif
