/* store/slots.h: the places that codes name: index = list << 20 | slot, drawn at random. */
#ifndef STORE_SLOTS_H
#define STORE_SLOTS_H

#include "store/pg.h"

enum { SLOT_CANDIDATES = 24 }; /* half-full lists refuse 24 draws once in 16 million */

struct open_lists {
    int32_t *number;
    size_t count;
};
void slot_lists(struct batch *b, struct open_lists *lists);

#endif
