/* register/retired.h: memory that was replaced but may still be read.
 *
 * Epochs: a reader that enters notes the epoch in its own cache line and clears it on leaving.
 * Whoever replaces something notes the epoch at that moment and then raises it. A reader of a later
 * epoch cannot find the old thing any more, so it is freed as soon as no reader of that epoch or an
 * earlier one is inside. Noting, looking up, replacing and checking are sequentially consistent:
 * either the check sees the reader, or the reader sees the replacement. */
#ifndef REGISTER_RETIRED_H
#define REGISTER_RETIRED_H

#include <stddef.h>
#include <stdint.h>

struct retired {
    struct retired_item *items; /* in order of epoch */
    size_t count, capacity;
};

void retired_add(struct retired *retired, uint64_t epoch, void (*release)(void *), void *what);
/* Frees what was retired before `epoch`; UINT64_MAX: everything. */
void retired_release(struct retired *retired, uint64_t epoch);
void retired_clear(struct retired *retired); /* releases everything and its own memory */

#endif
