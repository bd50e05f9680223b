/* store/webhooks.h: the addresses that organisations have given us, as they read and amend them.
 *
 * A webhook belongs to an organisation in one role; whoever asks in that role for the same site or
 * region sees it, and nobody else does. */
#ifndef STORE_WEBHOOKS_H
#define STORE_WEBHOOKS_H

#include "store/setup.h"

struct webhook_owner {
    struct text role;
    int64_t org_id, site_id;
    struct text region;
};

struct webhook_row {
    int64_t id;
    int32_t version;
    struct text url, state;
    struct text events; /* JSON array of types */
    int64_t pending, dead, recorded_at;
};
struct webhook_rows {
    struct webhook_row *rows;
    int count;
};
void webhooks_list(struct batch *b, struct span span, const struct webhook_owner *owner,
                   struct webhook_rows *into);
void webhooks_active(struct batch *b, const struct webhook_owner *owner, int64_t *active);

void webhook_next_id(struct batch *b, int64_t *id);

struct webhook_change { /* .at NULL, or no events: stays as it is */
    struct text url, state;
    const struct text *events;
    size_t event_count;
};
void webhook_insert(struct batch *b, int64_t id, const struct webhook_owner *owner,
                    const struct webhook_change *webhook, struct text sealed_secret,
                    int64_t account_id);
void webhook_amend(struct batch *b, int64_t id, int32_t version,
                   const struct webhook_change *webhook, int64_t account_id);
void webhook_secret_add(struct batch *b, int64_t id, struct text sealed_secret);

/* -- what became of its messages ------------------------------------------------------------ */

struct delivery_row {
    int64_t id, at, next_at, ended_at; /* ended_at 0: not yet */
    struct text message, kind, state, trouble;
    int32_t attempts, took_ms; /* took_ms -1: no attempt yet */
    int16_t status;            /* 0: no answer */
};
struct delivery_rows {
    struct delivery_row *rows;
    int count;
};
/* Newest first, events below `before`; state .at NULL: any. */
void deliveries_list(struct batch *b, int64_t webhook_id, int64_t before, struct text state,
                     int32_t max, struct delivery_rows *into);
void deliveries_revive(struct batch *b, int64_t webhook_id);  /* what was given up is tried anew */
void deliveries_give_up(struct batch *b, int64_t webhook_id); /* what is pending ends */

#endif
