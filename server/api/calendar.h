/* api/calendar.h: a person's colour on each day of a span, as runs, each with its reasons. */
#ifndef API_CALENDAR_H
#define API_CALENDAR_H

#include "api/input.h"
#include "net/exchange.h"

/* GET /v1/workers/{id}/calendar */
extern const struct field worker_calendar_query[];
extern step_fn *const worker_calendar[];
extern const size_t worker_calendar_state_bytes;

#endif
