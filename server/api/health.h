/* api/health.h: is the process alive, may it be asked, what does it count of itself.
 *
 * /healthz answers as long as the loop turns. /readyz is 503 with reasons until the register is
 * caught up and fresh, PostgreSQL is reachable, and what a former run left of passes is known, and
 * again when one of these is no longer so. /metrics is Prometheus' text format 0.0.4: no label and
 * no value holds anything of a person. All are open: they are for probes on the operator's own
 * network. */
#ifndef API_HEALTH_H
#define API_HEALTH_H

#include "api/app.h"

enum { HEALTH_LOOPS_MAX = 64 };

extern step_fn *const health_alive[], *const health_ready[], *const health_metrics[],
    *const health_openapi[];

/* Each loop tells once a second, from its own thread, what its own parts count, so that whoever is
 * asked for /metrics reads no other loop's memory. Call on the loop's thread, or before it runs;
 * app->http, ->pg, ->pass_pg and ->passes must be there in between. */
void health_watch(struct app *app);
void health_unwatch(struct app *app);

#endif
