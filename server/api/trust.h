/* api/trust.h: GET /v1/trust: the keys by which anybody verifies a code, without asking us. */
#ifndef API_TRUST_H
#define API_TRUST_H

#include "net/exchange.h"

extern step_fn *const trust_get[];

#endif
