/* domain/webhook.h: what outside systems are told of, at which addresses, and how often it is tried.
 *
 * A webhook is an address that an organisation has given us. What happened is an event of
 * event.def; how it gets there is jobs/deliver.h's business, how it is signed crypto/webhook.h's. */
#ifndef DOMAIN_WEBHOOK_H
#define DOMAIN_WEBHOOK_H

#include "base/address.h"
#include "base/err.h"
#include "base/text.h"

enum event_kind {
    EVENT_NONE,
#define EVENT(name, type, asked_for, zh, en) EVENT_##name,
#include "domain/event.def"
#undef EVENT
    EVENT_KINDS
};
const char *event_type(enum event_kind kind);       /* "reminder.expiry" */
enum event_kind event_of_type(struct text type);    /* EVENT_NONE: no such event */
bool event_is_asked_for(enum event_kind kind);      /* a webhook may name it */
const char *event_choices(void); /* "a|b": all that a webhook may name */

enum {
    WEBHOOK_URL_BYTES_MAX = 500,
    WEBHOOK_EVENTS_MAX = 16,
    WEBHOOKS_OF_ONE_MAX = 10,       /* active ones of one organisation in one role */
    WEBHOOK_ATTEMPTS_MAX = 8,
    WEBHOOK_SECRET_OVERLAP_H = 24   /* after a change both secrets sign */
};

/* Which addresses may be told. */
struct webhook_rules {
    struct network_list networks; /* besides the public network */
    bool plain;                   /* http:// to this very machine, for a demonstration */
};

/* https://host[:port][/path][?query]; at most WEBHOOK_URL_BYTES_MAX of printable ASCII; no user, no
 * fragment. ERR_WEBHOOK_URL with field "/url". A host that is an address is judged here, a name
 * when it is connected to. */
MUST_USE struct err webhook_url_check(struct text url, const struct webhook_rules *rules);
/* At the moment of connecting. https: does the message go out encrypted? */
bool webhook_may_reach(const struct address *address, bool https,
                       const struct webhook_rules *rules);
bool webhook_url_is_https(struct text url);

/* Milliseconds until the next attempt after the n-th has failed (n from 1); -1: give up. `dice` is
 * any random number: a fifth more or less, so that what failed together does not return together. */
int64_t webhook_retry_ms(int attempt, uint32_t dice);

#endif
