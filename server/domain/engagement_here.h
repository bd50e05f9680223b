/* domain/engagement_here.h: as what somebody stands on a site on a day.
 *
 * The one rule for gates, for the replay of what they decided and for the counts of sites: an
 * engagement counts from its first day on until the day before it ends, and of several on one site
 * the one that was recorded last speaks. */
#ifndef DOMAIN_ENGAGEMENT_HERE_H
#define DOMAIN_ENGAGEMENT_HERE_H

#include <stdbool.h>

#include "scoring/day.h"

struct engagement_span { /* what the rule asks of an engagement: [from, until) */
    int64_t site;
    uint32_t version; /* of the record that opened it; from 1 */
    day_t from, until;
};

/* Does it speak there that day, before those looked at so far? *newest is the version of the one
 * that spoke among them, 0 when none did; it becomes this one's. */
bool engagement_speaks(const struct engagement_span *span, int64_t site, day_t on,
                       uint32_t *newest);

#endif
