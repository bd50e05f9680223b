/* clients/gate/kept.h: what the gate knows, as the server gave it: named things, each with its etag,
 * when it came and when it was last compared with the server's. One row a thing: what is kept is
 * old or new, never half. Everything here can be fetched again. */
#ifndef GATE_KEPT_H
#define GATE_KEPT_H

#include "clients/gate/db.h"
#include "clients/gate/gate_time.h"

struct kept {
    struct db db;
};

enum { KEPT_NAME_BYTES = 64, KEPT_ETAG_BYTES = 80 };

struct kept_thing {
    char etag[KEPT_ETAG_BYTES]; /* "": none */
    time_us fetched_at, checked_at;
    struct text body;
};

/* A damaged file is thrown away. */
MUST_USE struct err kept_open(struct kept *kept, const char *dir);
void kept_close(struct kept *kept);

/* False when there is none (or it cannot be read: the log says so). With arena NULL without body. */
bool kept_find(struct kept *kept, const char *name, struct arena *arena, struct kept_thing *thing);
MUST_USE struct err kept_put(struct kept *kept, const char *name, const struct kept_thing *thing);
/* It was compared with the server's, and is the same. */
MUST_USE struct err kept_touch(struct kept *kept, const char *name, time_us checked_at);
/* Everything whose name begins so; "" for all. */
MUST_USE struct err kept_drop(struct kept *kept, const char *prefix);
/* Names of what begins so, in order, into `names`; at most `max`. */
size_t kept_names(struct kept *kept, const char *prefix, char (*names)[KEPT_NAME_BYTES],
                  size_t max);

#endif
