/* api/slots.h: drawing slots for new people and new badges, so that a code tells nothing of when it
 * was given. */
#ifndef API_SLOTS_H
#define API_SLOTS_H

#include "api/app.h"
#include "store/slots.h"

/* SLOT_CANDIDATES to try for each of `count`, random in the open lists; in the arena. */
MUST_USE struct err slots_draw(struct arena *arena, const struct open_lists *lists, size_t count,
                               int64_t **candidates);

#endif
