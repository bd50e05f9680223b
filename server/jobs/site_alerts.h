/* jobs/site_alerts.h: again and again, one of the servers counts the colours on every site, warns
 * those that are beyond their policy's limits, and escalates what was not cleared in time. */
#ifndef JOBS_SITE_ALERTS_H
#define JOBS_SITE_ALERTS_H

#include "register/follower.h"
#include "register/survey.h"
#include "store/pg.h"

struct site_alerts;

struct site_alerts_options {
    struct loop *loop;
    struct pg_pool *pool; /* the loop's own */
    struct registry *registry;
    struct surveyor *surveyor;
    struct follower *follower; /* told of sites that were stopped */
    int64_t period_ms;
    int64_t fresh_ms; /* an older register counts nothing */
};

struct site_alerts *site_alerts_start(const struct site_alerts_options *options);
/* After the surveyor was stopped and the pool freed. NULL is fine. */
void site_alerts_stop(struct site_alerts *alerts);

#endif
