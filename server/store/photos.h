/* store/photos.h: photos of people, sealed; by person, or by the hash that gates name them by. */
#ifndef STORE_PHOTOS_H
#define STORE_PHOTOS_H

#include "scoring/day.h"
#include "store/pg.h"

struct photo_row {
    bool found;
    int64_t worker_id;
    struct text wrapped; /* the person's key, crypto/seal.h */
    struct text hash, sealed;
};

/* Becomes the person's photo. Does nothing when he is erased by then. ERR_CONFLICT: another one came
 * at the same moment. */
void photo_insert(struct batch *b, int64_t worker_id, struct text hash, struct text sealed,
                  int64_t account_id);
/* The one in use. */
void photo_find(struct batch *b, int64_t worker_id, struct photo_row *into);
/* The one in use of this hash, of somebody who is engaged on the site on one of the days. */
void photo_find_on_site(struct batch *b, struct text hash, int64_t site_id, day_t first, day_t last,
                        struct photo_row *into);

#endif
