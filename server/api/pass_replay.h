/* api/pass_replay.h: one pass with all that it was decided from, decided again (domain/replay.h). */
#ifndef API_PASS_REPLAY_H
#define API_PASS_REPLAY_H

#include "api/app.h"

/* GET /v1/passes/{pass}: the id is what the gate was told, "gate-epoch-seq-YYYYMMDD". */
extern step_fn *const pass_get[];
extern const size_t pass_get_state_bytes;

#endif
