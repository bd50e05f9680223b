/* register/presence.h: who is inside which site, as far as the last day's passes tell.
 *
 * A table of a fixed size, shared by all loops, in parts with a lock each that is held for a few
 * instructions; the register's readers never meet it. It is fed with what gates were told, ordered
 * by when it happened: a pass that is handed in late never undoes a newer one. What is older than
 * PRESENCE_HOURS is not known any more (a missing exit must not bar anybody for ever), and when a
 * part runs over, its oldest entry goes: presence then is not known, and nothing is refused. */
#ifndef REGISTER_PRESENCE_H
#define REGISTER_PRESENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PRESENCE_HOURS = 24, PRESENCE_ENTRIES = 1024 * 1024 }; /* 40 MB when every place is taken */

enum presence_of { PRESENCE_UNKNOWN, PRESENCE_OUTSIDE, PRESENCE_INSIDE };

struct presence;
struct presence *presence_new(size_t entries_max); /* rounded up; the system gives pages as used */
void presence_free(struct presence *presence);

/* A gate opened for somebody. at_us: when it happened, microseconds since 1970. */
void presence_note(struct presence *presence, int64_t site_id, int64_t worker_id, bool inside,
                   int64_t at_us);
enum presence_of presence_find(struct presence *presence, int64_t site_id, int64_t worker_id,
                               int64_t now_us);

struct presence_counts {
    uint64_t notes, late, evicted; /* late: older than what was known */
};
struct presence_counts presence_counts(struct presence *presence);

#endif
