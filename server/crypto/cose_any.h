/* crypto/cose_any.h: any COSE_Sign1 (RFC 9052 section 4.2), also others': tagged or not, headers in
 * any order and with any labels, content here or elsewhere.
 *
 * For checking others' messages and examples, not for codes: what a gate lets in is read by the
 * strict reader (envelope.h), because there each message must have one spelling. Lengths are
 * definite, nesting at most 16. Nothing allocates. */
#ifndef CRYPTO_COSE_ANY_H
#define CRYPTO_COSE_ANY_H

#include "crypto/cbor.h"
#include "crypto/cose.h"
#include "crypto/ecc.h"

enum { CBOR_ANY_DEPTH_MAX = 16 };

struct cose_any {
    struct cose_sign1 sign1; /* an empty protected map is the empty text, as RFC 9052 4.4 signs it */
    bool is_tagged;
    bool is_detached; /* the payload is nil: put it into sign1.payload before verifying */
    bool has_alg;     /* of the protected header, else of the unprotected one */
    int64_t alg;
    struct text alg_name; /* an algorithm that is a text, or empty */
    struct text kid;      /* .at == NULL: none */
};

enum cose_any_why {
    COSE_ANY_OK,
    COSE_ANY_FORMAT,    /* not a COSE_Sign1, or one with a label twice in a header or in both */
    COSE_ANY_CRIT,      /* names a label as critical that is not understood here */
    COSE_ANY_ALG,       /* the algorithm is not the key's */
    COSE_ANY_SIGNATURE, /* and what is not 64 bytes */
};
const char *cose_any_why_name(enum cose_any_why why); /* "ok", "format", ... */

enum cose_any_why cose_any_read(struct text bytes, struct cose_any *message);
enum cose_any_why cose_any_verify(const struct cose_any *message, struct text external,
                                  EVP_PKEY *key);

/* The x and y of a COSE_Key, whose members may stand in any order and be more than four. Whether the
 * point is on its curve is seen by ecc_public_key(). */
MUST_USE bool cose_any_key(struct text bytes, const struct ecc_alg **alg,
                           unsigned char point[ECC_POINT_BYTES]);

#endif
