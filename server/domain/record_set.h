/* domain/record_set.h: a worker's records as a set: by version, with what they say of one another.
 * Private to the folds (fold.c, engagements.c). */
#ifndef DOMAIN_RECORD_SET_H
#define DOMAIN_RECORD_SET_H

#include "domain/fold.h"

struct entry {
    const struct record *record;
    size_t index;     /* in the caller's array */
    day_t rectified;  /* violations: DAY_NEVER while open */
    bool superseded;
};

struct record_set {
    struct entry *entries; /* ascending by version */
    size_t count;
    struct arena *arena;
};

/* ERR_VERSION_UNKNOWN, ERR_ALREADY_EXISTS, ERR_TOO_LARGE, as facts_fold() says. */
MUST_USE struct err record_set_read(struct record_set *set, const struct record *records,
                                    size_t count, struct arena *arena);

/* The entry of `version` if it is earlier than `from`, else NULL. */
struct entry *record_set_earlier(const struct record_set *set, const struct entry *from,
                                 uint32_t version);
/* ERR_VERSION_UNKNOWN at the `of` of this entry. */
struct err record_set_refuse(const struct record_set *set, const struct entry *e);

/* The engagements that the set amounts to, in order of version. */
MUST_USE struct err record_set_engage(const struct record_set *set, struct engagements *out);

#endif
