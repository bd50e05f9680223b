/* api/forecast.h: who changes colour within some days if nothing is recorded.
 *
 * Contractors ask about their own people, safety officers about their site, inspectors and
 * regulators about their region; at most FORECAST_PEOPLE_MAX people at once, so that no loop is
 * held up. Rows are in the order of days. */
#ifndef API_FORECAST_H
#define API_FORECAST_H

#include "api/input.h"
#include "net/exchange.h"

enum { FORECAST_DAYS_MAX = 180, FORECAST_DAYS_DEFAULT = 30, FORECAST_PEOPLE_MAX = 20000 };

extern const struct field forecast_query_fields[];
extern step_fn *const forecast_list[];
extern const size_t forecast_state_bytes;

#endif
