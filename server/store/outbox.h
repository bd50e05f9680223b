/* store/outbox.h: what happened and whom it is told: events and their deliveries.
 *
 * An event is added to the batch of what happened, so both are kept or neither. Its deliveries, one
 * for each webhook that wants it, are made by the same statement; jobs/deliver.h sends them. */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include <stdatomic.h>

#include "domain/webhook.h"
#include "scoring/day.h"
#include "store/pg.h"

/* (kind, subject, due) says which event it is; one that is there already adds nothing. `data` is a
 * JSON object of ids, codes and dates, at most a few KB and never personal: a worker's masked name
 * is added when the message is sent. Whom it concerns: the firm `org_id`, the site, the region that
 * the site lies in; 0: none. */
struct outbox_event {
    enum event_kind kind;
    struct text subject; /* "7.3.30": ids and small words, [0-9a-z._:-], at most 100 */
    day_t due;
    int64_t org_id, site_id, worker_id;
    struct text data;
};
/* added may be NULL; else it is raised by one when the event is new. */
void outbox_add(struct batch *b, const struct outbox_event *event, int64_t *added);
/* webhook.test, for this webhook alone; subject must be new. */
void outbox_add_test(struct batch *b, int64_t webhook_id, struct text subject, day_t due,
                     int64_t org_id, struct text data);

/* -- sending -------------------------------------------------------------------------------- */

struct delivery {
    int64_t outbox_id, webhook_id, worker_id, at;
    int32_t attempt;           /* from 1; this one included */
    struct text message, kind; /* the message's id outside; the event's type */
    struct text name_masked;   /* .at NULL: nobody, or erased */
    struct text data;          /* JSON object */
    struct text url, secret, secret_before; /* sealed; secret_before .at NULL: none signs along */
};
struct deliveries {
    struct delivery *rows;
    int count;
};
/* Of each webhook at most `of_one` are under way over all servers; at most in_all are taken. Whoever
 * has not said within lease_ms what became of one may find that another server took it over. */
void deliveries_claim(struct batch *b, int32_t of_one, int32_t in_all, int64_t lease_ms,
                      struct deliveries *into);

struct delivery_outcome {
    int64_t outbox_id, webhook_id;
    int32_t attempt, took_ms;
    int16_t status;      /* 0: no answer came */
    const char *trouble; /* code of why it failed; NULL: delivered */
    int64_t retry_ms;    /* of a failure; -1: given up */
};
void delivery_mark(struct batch *b, const struct delivery_outcome *outcome);

/* -- what the service counts of it; filled by the sender, read by anybody ------------------------ */

struct outbox_figures {
    _Atomic uint64_t delivered, failed, dead; /* attempts of this server, by their end */
    _Atomic int64_t pending, given_up, oldest_s; /* in the database, as of a moment ago */
};
struct outbox_state {
    int64_t pending, dead, oldest_s;
};
void outbox_state(struct batch *b, struct outbox_state *into);

/* -- work of a day -------------------------------------------------------------------------- */

#define REMINDERS_JOB "reminders" /* jobs/reminders.h */

/* *claimed: it is ours for lease_ms. begin false: only what was begun or asked for is taken. */
void job_run_claim(struct batch *b, const char *job, day_t due, const unsigned char server_id[16],
                   int64_t lease_ms, bool begin, bool *claimed);
void job_run_renew(struct batch *b, const char *job, day_t due, const unsigned char server_id[16],
                   int64_t lease_ms, int64_t effects, bool done);
/* It is to be done now, once more or before its time. */
void job_run_ask(struct batch *b, const char *job, day_t due);

#endif
