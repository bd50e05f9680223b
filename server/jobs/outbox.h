/* jobs/outbox.h: the thread that tells others, finds out what they are to be reminded of, and seals
 * the log: it has a loop, connections and a poster of its own, so that no gate and no person waits for
 * somebody else's server, or for the sealer. */
#ifndef JOBS_OUTBOX_H
#define JOBS_OUTBOX_H

#include "jobs/deliver.h"
#include "jobs/reminders.h"
#include "jobs/sealer.h"

enum { OUTBOX_DRAIN_MS = 3000 };

struct outbox_options { /* all of it outlives the thread */
    const char *conninfo;
    int64_t batch_ms;
    bool allow_unsafe; /* as in struct pg_options */
    const struct vault *vault;
    const struct webhook_rules *rules;
    const char *ca; /* NULL: the system's authorities */
    struct outbox_figures *figures;
    struct registry *registry;
    struct surveyor *surveyor;
    const unsigned char *server_id;
    int64_t fresh_ms;
    int reminder_hour;
    const struct signers *signers;
    const struct signing_key *first_key; /* of a service that has none yet */
    int64_t seal_ms;
    struct log_figures *log;
};

struct outbox;
struct outbox *outbox_start(const struct outbox_options *options);
/* Gives what is under way OUTBOX_DRAIN_MS to end; the rest is sent again by whoever comes next. Then
 * the thread has ended, and asks nothing of anybody. */
void outbox_stop(struct outbox *outbox);
void outbox_free(struct outbox *outbox); /* after the surveyor, who may still have a walk of ours */

#endif
