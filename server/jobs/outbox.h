/* jobs/outbox.h: the thread that tells others: it has a loop, a connection and a poster of its own,
 * so that no gate and no person waits for somebody else's server. */
#ifndef JOBS_OUTBOX_H
#define JOBS_OUTBOX_H

#include "jobs/deliver.h"

enum { OUTBOX_DRAIN_MS = 3000 };

struct outbox_options { /* all of it outlives the thread */
    const char *conninfo;
    int64_t batch_ms;
    bool allow_unsafe; /* as in struct pg_options */
    const struct vault *vault;
    const struct webhook_rules *rules;
    const char *ca; /* NULL: the system's authorities */
    struct outbox_figures *figures;
};

struct outbox;
struct outbox *outbox_start(const struct outbox_options *options);
/* Gives what is under way OUTBOX_DRAIN_MS to end; the rest is sent again by whoever comes next. */
void outbox_stop(struct outbox *outbox);

#endif
