/* api/anomalies.h: what passes show that people should look at: listed, and judged. */
#ifndef API_ANOMALIES_H
#define API_ANOMALIES_H

#include "api/input.h"
#include "net/exchange.h"

extern const struct field anomaly_list_query[], anomaly_review_fields[];
extern step_fn *const anomaly_list[], *const anomaly_review_post[];
extern const size_t anomaly_state_bytes;

#endif
