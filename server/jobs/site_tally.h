/* jobs/site_tally.h: the colours of everybody, counted by site.
 *
 * Sites are found by their id, however high it is. One thread at a time; what the register lends is
 * copied. */
#ifndef JOBS_SITE_TALLY_H
#define JOBS_SITE_TALLY_H

#include "domain/site_alert.h"
#include "register/survey.h"

struct counted { /* a site */
    int64_t site_id; /* 0: an empty row */
    struct site_counts counts;
    struct site_alert_rule rule;
    uint32_t policy;
};

struct site_tally {
    struct counted *rows; /* open addressing; room is a power of two, or 0 */
    size_t room, count;
};

/* One more post. Who is engaged nowhere, and posts on closed sites, count nowhere; of several
 * engagements on one site the newest speaks, as at the gate. */
void site_tally_add(struct site_tally *tally, const struct post *post, day_t on);
void site_tally_empty(struct site_tally *tally); /* for the next round; keeps the memory */
void site_tally_clear(struct site_tally *tally);

#endif
