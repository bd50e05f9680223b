/* jobs/alert_event.h: what became of an alert, as outside systems are told. */
#ifndef JOBS_ALERT_EVENT_H
#define JOBS_ALERT_EVENT_H

#include "store/alerts.h"

/* Adds it to the outbox; what is there already adds nothing. ERR_TOO_LARGE when the arena is full. */
MUST_USE struct err alert_event_add(struct batch *b, struct arena *arena,
                                    const struct untold_alert *alert);

#endif
