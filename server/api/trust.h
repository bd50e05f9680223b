/* api/trust.h: the list of keys by which anybody verifies a code: as JSON, made from the key table at
 * every change; and as a root has signed it, handed in by the operator, for those who pin a root. */
#ifndef API_TRUST_H
#define API_TRUST_H

#include "net/exchange.h"

#define TRUST_MEDIA_TYPE "application/cose"

extern step_fn *const trust_get[], *const trust_post[];
extern const size_t trust_state_bytes;

#endif
