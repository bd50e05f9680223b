/* crypto/qr.h: a code's text as a QR picture (libqrencode), alphanumeric where it can: level M on
 * screens, Q on stickers. */
#ifndef CRYPTO_QR_H
#define CRYPTO_QR_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

struct qr {
    unsigned width;        /* modules a side, without the quiet zone */
    unsigned version;
    unsigned char *module; /* width * width, 1 is dark; in the arena */
};
MUST_USE struct err qr_make(struct text code, struct arena *arena, struct qr *qr);
/* The same at level Q for what is printed: it reads with 15 % of it covered. */
enum qr_level { QR_LEVEL_M, QR_LEVEL_Q };
MUST_USE struct err qr_make_at(struct text code, enum qr_level level, struct arena *arena,
                               struct qr *qr);
MUST_USE struct err qr_svg(const struct qr *qr, struct arena *arena, struct text *svg);
/* scale: pixels a module, 1..16. */
MUST_USE struct err qr_png(const struct qr *qr, unsigned scale, struct arena *arena,
                           struct text *png);
/* Half-block characters for a terminal, quiet zone included. */
MUST_USE struct err qr_terminal(const struct qr *qr, struct arena *arena, struct text *lines);

#endif
