/* crypto/roster.h: who may enter one site on one day, signed, for a gate that has lost its network.
 *
 *   {4: exp, 6: iat, 7: seq, -65537: [site, day, policy,
 *       [[index, colour_here, restrictions, trade, photo (16 bytes)], ...]]}
 *
 * Rows are in order of their index, each index once; a worker has a row for his own code and one for
 * each of his badges. A file of at most 4 MB that is read where it lies: nothing is copied and
 * nothing allocated. */
#ifndef CRYPTO_ROSTER_H
#define CRYPTO_ROSTER_H

#include "crypto/cbor.h"
#include "crypto/envelope.h"

enum { ROSTER_BYTES_MAX = 4 << 20, ROSTER_PHOTO_BYTES = 16 };

struct roster_row {
    uint64_t index;        /* list << 20 | slot */
    unsigned colour_here;  /* 0 green, 1 yellow, 2 red: of this person, at this site, in this trade */
    uint32_t restrictions; /* bit i: zone i of the site's rule stays shut */
    uint16_t trade;
    unsigned char photo[ROSTER_PHOTO_BYTES]; /* start of the photo's SHA-256; zeros: no photo */
};

struct roster_head {
    int64_t iat, exp;
    uint64_t seq; /* of this site's rosters; never goes back */
    uint64_t site;
    uint16_t day; /* days since 1900-01-01, local */
    uint32_t policy;
};

/* A roster as it was read: views into the caller's bytes. */
struct roster {
    struct roster_head head;
    uint32_t count;
    struct cbor_reader rows;
    struct envelope envelope;
};

/* False for anything but exactly the form above. Every row is looked at once; walking and finding
 * cannot fail afterwards. Who signed is asked by roster_judge(). */
MUST_USE bool roster_read(struct text bytes, struct roster *roster);
/* Key, signature, time: TOKEN_UNKNOWN_KEY, TOKEN_KEY, TOKEN_SIGNATURE, TOKEN_NOT_YET, TOKEN_EXPIRED. */
enum token_why roster_judge(const struct roster *roster, const struct trust_list *trust,
                            int64_t now_s, int64_t skew_s);

/* Walks: start with `rest` = roster->rows; false behind the last row. */
bool roster_next(struct cbor_reader *rest, struct roster_row *row);
/* False when the index is not in it. Linear: 5,000 rows take about 0.1 ms. */
bool roster_find(const struct roster *roster, uint64_t index, struct roster_row *row);

/* Rows must be in order of their index, each once (CHECKed). `scratch` holds the payload while it
 * is signed: ROSTER_BYTES_MAX is always enough for what `out` may hold. ERR_TOO_LARGE, ERR_CRYPTO. */
MUST_USE struct err roster_sign(struct signer *signer, const struct roster_head *head,
                                const struct roster_row *rows, uint32_t count,
                                struct build *scratch, struct build *out);

#endif
