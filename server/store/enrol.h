/* store/enrol.h: finds out who people to enrol are, and writes the new ones. */
#ifndef STORE_ENROL_H
#define STORE_ENROL_H

#include "store/slots.h"

struct resolved {
    int64_t worker_id; /* known, or newly drawn */
    bool known;
    int64_t other;     /* who holds the number under another name; 0: nobody */
};

/* resolved[count] is filled in the order of the arrays. arena is the batch's. */
void enrol_resolve(struct batch *b, const int16_t *types, const struct text *hmacs,
                   const struct text *name_hmacs, size_t count, struct resolved *resolved,
                   struct open_lists *lists, struct arena *arena);

struct person_rows { /* new people; arrays run in parallel */
    size_t count;
    const int64_t *worker_ids, *known_ids;
    const int16_t *types;
    const struct text *hmacs, *name_hmacs, *masks, *sealed, *wrapped, *salts;
    const int64_t *candidates; /* SLOT_CANDIDATES for each */
};
void persons_insert(struct batch *b, const struct person_rows *rows, int64_t account_id);

void person_access_raise(struct batch *b, int64_t worker_id, int32_t from_version);
void person_erase(struct batch *b, int64_t worker_id, int64_t account_id);

#endif
