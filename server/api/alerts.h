/* api/alerts.h: alerts of sites, and how a site stands. */
#ifndef API_ALERTS_H
#define API_ALERTS_H

#include "api/input.h"
#include "net/exchange.h"

extern const struct field alert_list_query[], alert_act_fields[];
extern step_fn *const alert_list[], *const alert_get[], *const alert_act_post[],
    *const site_standing_get[];
extern const size_t alert_state_bytes;

#endif
