/* api/gate_site.h: GET /v1/gate/site: what a gate must know of its site to decide while alone. */
#ifndef API_GATE_SITE_H
#define API_GATE_SITE_H

#include "net/exchange.h"

extern step_fn *const gate_site_get[];

#endif
