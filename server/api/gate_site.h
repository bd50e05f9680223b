/* api/gate_site.h: GET /v1/gate/site: what a gate must know of its site to decide while alone. */
#ifndef API_GATE_SITE_H
#define API_GATE_SITE_H

#include "net/exchange.h"

/* The site of the gate that asks. ERR_FORBIDDEN: nobody's gate; ERR_NOT_READY: the register has not
 * heard of it; ERR_DEVICE_DISABLED. */
MUST_USE struct err gate_site_find(const struct exchange *x, int64_t *site_id);

extern step_fn *const gate_site_get[];

#endif
