/* domain/stars.h: safe-behaviour stars (安全行为之星): a ledger of praise, apart from the colours.
 *
 * Stars add up and never change a colour: no kind of rule reads them, so no praise makes up for a
 * missing exam. The sum is over the records, not over the facts, which keep five years only. */
#ifndef DOMAIN_STARS_H
#define DOMAIN_STARS_H

#include "domain/record.h"

/* Is this a star that stands, one that no later record took back? known: all of the worker's. */
bool star_stands(const struct record *record, const struct record *known, size_t count);

struct star_sum {
    uint32_t count;
    uint64_t points;
};
struct star_sum stars_sum(const struct record *known, size_t count);

#endif
