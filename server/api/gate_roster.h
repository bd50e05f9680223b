/* api/gate_roster.h: GET /v1/gate/roster: who may enter the gate's site on a day, signed. */
#ifndef API_GATE_ROSTER_H
#define API_GATE_ROSTER_H

#include "api/input.h"
#include "net/exchange.h"

enum { ROSTER_DAYS_AHEAD = 7 }; /* a site's rule lets gates decide alone for up to 168 hours */

extern const struct field gate_roster_query[];
extern step_fn *const gate_roster_get[];
extern const size_t gate_roster_state_bytes;

#endif
