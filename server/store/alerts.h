/* store/alerts.h: how sites stand, and the alerts that follow. */
#ifndef STORE_ALERTS_H
#define STORE_ALERTS_H

#include "scoring/day.h"
#include "store/pg.h"
#include "store/setup.h"

/* -- what the counting server writes -------------------------------------------------------- */

struct standing { /* members as in domain/site_alert.h */
    int64_t site_id;
    int32_t people, no_code, green, yellow, yellow_counted, red;
};

struct breach { /* a site beyond a limit */
    int64_t site_id;
    int16_t kind; /* enum site_alert_kind */
    int32_t policy;
    int16_t then_what; /* enum site_alert_then */
    day_t deadline;    /* of an alert that is opened now */
};

/* *claimed: nobody has counted for period_ms, and now it is our turn. */
void alert_claim(struct batch *b, int64_t period_ms, bool *claimed);
/* Standings, then alerts opened, cleared, escalated. */
struct alerts_found {
    const struct standing *standings;
    size_t standing_count;
    const struct breach *breaches; /* all there are: what is not among them is cleared */
    size_t breach_count;
    day_t today;
    int16_t site_change; /* the kind of change row that tells of a site */
};
void alerts_put(struct batch *b, struct arena *arena, const struct alerts_found *found);

struct untold_alert { /* something became of an alert, and the outbox does not hold it yet */
    int64_t alert_id, site_id, org_id;
    struct text event; /* opened, escalated, cleared */
    day_t due, deadline;
    int16_t kind, then_what;
    int32_t people, yellow, red;
};
struct untold_alerts {
    struct untold_alert *rows;
    int count;
};
void alerts_untold(struct batch *b, int32_t max, struct untold_alerts *into);

/* -- what people read and do ---------------------------------------------------------------- */

struct alert_row {
    int64_t id, site_id;
    struct text site_name, region, state;
    int32_t policy;
    int16_t kind, then_what;
    day_t opened_on, deadline, ended_on; /* DAY_UNKNOWN: not cleared */
    bool seen;
};
struct alert_rows {
    struct alert_row *rows;
    int count;
};
/* state .at NULL: in any. */
void alerts_list(struct batch *b, struct span span, const struct reach *reach, struct text state,
                 struct alert_rows *into);
/* Of one site, those that are not cleared: at most one of each kind. */
void alerts_current(struct batch *b, const struct reach *reach, struct alert_rows *into);

struct alert_event_row {
    int64_t at, account_id;
    struct text event;
    day_t deadline;
    bool counted; /* the three below are known */
    int32_t people, yellow, red;
};
struct alert_event_rows {
    struct alert_event_row *rows;
    int count;
};
void alert_events(struct batch *b, int64_t alert_id, struct alert_event_rows *into);

struct alert_act {
    const struct alert_row *read; /* what it was decided on */
    struct text event;            /* "seen", or "extended" */
    int64_t account_id;
    day_t deadline;               /* of "extended"; else DAY_UNKNOWN */
};
/* The batch ends with ERR_CONFLICT when the alert is not as it was read. */
void alert_act(struct batch *b, const struct alert_act *act);

struct standing_row {
    struct standing standing; /* site_id 0: never counted */
    day_t on;
    int64_t at;
};
void standing_find(struct batch *b, int64_t site_id, struct standing_row *into);

#endif
