/* domain/photo.h: a person's photo, as a guard is shown it beside the code: a JPEG of at most 50 KB.
 *
 * Only its form is looked at: markers and their lengths from start to end (ITU-T T.81 annex B), the
 * frame's kind and size, nothing before or behind. Pictures are decoded by whoever shows them. */
#ifndef DOMAIN_PHOTO_H
#define DOMAIN_PHOTO_H

#include "base/err.h"
#include "base/text.h"

enum {
    PHOTO_BYTES_MAX = 50 * 1024,
    PHOTO_SIDE_MIN = 96, /* pixels; less shows nobody */
    PHOTO_SIDE_MAX = 2000,
    PHOTO_HASH_BYTES = 16 /* gates name a photo by so much of its SHA-256 */
};

/* ERR_PHOTO_INVALID, with what was expected. */
MUST_USE struct err photo_check(struct text jpeg);

#endif
