/* api/gate_pass_read.h: one of the passes that a gate hands in, as JSON, becomes a pass. */
#ifndef API_GATE_PASS_READ_H
#define API_GATE_PASS_READ_H

#include "api/app.h"
#include "base/json.h"
#include "domain/gate.h"
#include "store/passes.h"

enum { GATE_FLAGS_KNOWN = 2 * GATE_WITHOUT_CODE - 1 };

/* Between registry_enter and registry_leave. Fails with the error of the field, the day, the worker
 * or the words. */
MUST_USE struct err gate_pass_read(struct exchange *x, const json_t *item,
                                   const struct device *device, struct pass *pass);

/* The local day of what a gate did; ERR_DATE_FUTURE, or ERR_DATE_TOO_OLD when no passes of that day
 * are kept any more. */
MUST_USE struct err gate_pass_day(const struct exchange *x, time_us at, day_t *day);

#endif
