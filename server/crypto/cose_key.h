/* crypto/cose_key.h: public keys as COSE_Key (RFC 9052 section 7, RFC 9053 section 7.1.1).
 *
 *   {1: 2 (EC2), -1: crv, -2: x, -3: y}      crv 1 is P-256; -65537 (private) the curve of SM2
 *
 * Exactly these four members: no compressed points, and nothing that would restrict or name the key,
 * because a trust list pins that. */
#ifndef CRYPTO_COSE_KEY_H
#define CRYPTO_COSE_KEY_H

#include "crypto/cbor.h"
#include "crypto/ecc.h"

enum {
    COSE_KEY_TYPE = 1, COSE_KEY_EC2 = 2, COSE_KEY_CURVE = -1, COSE_KEY_X = -2, COSE_KEY_Y = -3,
    COSE_KEY_P256 = 1, COSE_KEY_SM2 = -65537
};

/* Whether the point is on its curve is seen by ecc_public_key(). Never allocates. */
MUST_USE bool cose_key_read(struct cbor_reader *r, const struct ecc_alg **alg,
                            unsigned char point[ECC_POINT_BYTES]);
void cose_key_put(struct build *out, const struct ecc_alg *alg,
                  const unsigned char point[ECC_POINT_BYTES]);

#endif
