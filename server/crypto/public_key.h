/* crypto/public_key.h: a public key from what a file, or a phone, holds. */
#ifndef CRYPTO_PUBLIC_KEY_H
#define CRYPTO_PUBLIC_KEY_H

#include <jansson.h>

#include "crypto/ecc.h"

/* PEM (a public key, or a private one, of which only the public half is used), a JWK (RFC 7517), or
 * a COSE_Key as bytes or as hex digits. The caller frees it. NULL: none of these, another curve, or
 * off its curve. */
EVP_PKEY *public_key_parse(struct text content);

/* {"kty":"EC","crv":"P-256" or "SM2","x","y"} with base64url, as browsers export it; other members
 * are not looked at. */
MUST_USE bool public_key_from_jwk(const json_t *jwk, const struct ecc_alg **alg,
                                  unsigned char point[ECC_POINT_BYTES]);

#endif
