/* store/rosters.h: who is engaged on a site, named by the slots of their codes. */
#ifndef STORE_ROSTERS_H
#define STORE_ROSTERS_H

#include "scoring/day.h"
#include "store/pg.h"

struct roster_slot {
    uint64_t index;
    int64_t worker_id;
};
struct roster_slots {
    struct roster_slot *rows; /* by index */
    int count;
};
/* Workers' own slots and those of their badges that are not void; at most max. */
void roster_slots(struct batch *b, int64_t site_id, day_t on, int32_t max,
                  struct roster_slots *into);

#endif
