/* api/gate_check.h: a gate asks about a code; a gate hands in what it decided by itself. */
#ifndef API_GATE_CHECK_H
#define API_GATE_CHECK_H

#include "api/app.h"

/* POST /v1/gate/check: the body is read by the route itself, because what a reader scanned is
 * judged as a code, whatever characters it holds. */
extern step_fn *const gate_check_post[];
extern const size_t gate_check_post_bytes;

/* POST /v1/gate/passes: up to GATE_PASSES_MAX passes, each answered by itself. */
enum { GATE_PASSES_MAX = 1000, GATE_PASSES_BYTES_MAX = 512 * 1024 };
extern step_fn *const gate_passes_post[];
extern const size_t gate_passes_post_bytes;

#endif
