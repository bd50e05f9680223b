/* clients/gate/photos.h: photos of the people in this gate's rosters, one file each, named by their hash.
 *
 * Files, so that what is removed is gone from the disk at once. The sync's thread writes, the loop's
 * reads; a file is whole or not there, and one that is not what its name says is not shown.
 * Everything here can be fetched again. */
#ifndef GATE_PHOTOS_H
#define GATE_PHOTOS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "crypto/roster.h"

enum { PHOTO_HEX_BYTES = 2 * ROSTER_PHOTO_BYTES + 1 };

struct photo_name { /* the start of the photo's SHA-256, as rosters have it */
    unsigned char hash[ROSTER_PHOTO_BYTES];
};
bool photo_name_is_none(const struct photo_name *name); /* zeros */
void photo_name_format(const struct photo_name *name, char hex[PHOTO_HEX_BYTES]);
MUST_USE bool photo_name_parse(struct text hex, struct photo_name *name);
bool photo_is(const struct photo_name *name, struct text jpeg);

/* `dir` is the agent's folder. */
bool photos_has(const char *dir, const struct photo_name *name);
/* ERR_STORAGE_FULL, ERR_FILE_UNREADABLE. */
MUST_USE struct err photos_keep(const char *dir, const struct photo_name *name, struct text jpeg);
/* .at NULL: there is none, or it is another's. */
struct text photos_load(const char *dir, const struct photo_name *name, struct arena *arena);

/* Sorted, each once. */
int photo_name_order(const void *a, const void *b);
struct photos_sum {
    int64_t count, bytes;
};
/* Removes all but these (sorted); what is left. */
struct photos_sum photos_prune(const char *dir, const struct photo_name *wanted, size_t count);

#endif
