/* api/holidays.h: the calendars of working days, by which deadlines are counted. */
#ifndef API_HOLIDAYS_H
#define API_HOLIDAYS_H

#include "api/input.h"
#include "domain/workdays.h"
#include "net/exchange.h"
#include "store/holidays.h"

extern const struct field holiday_list_query[];
extern step_fn *const holiday_post[]; /* POST /v1/holidays; the body is a year's document */
extern step_fn *const holiday_list[]; /* GET /v1/holidays */
extern const size_t holiday_state_bytes;

/* What was loaded, for counting. ERR_TOO_LARGE; ERR_INTERNAL when a stored document cannot be
 * read. */
MUST_USE struct err holidays_compile(const struct holiday_rows *rows, struct arena *arena,
                                     struct holidays *holidays);

#endif
