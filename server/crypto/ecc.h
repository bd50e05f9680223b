/* crypto/ecc.h: signatures of 64 bytes, r and s side by side, on the two curves that codes use.
 *
 * ES256 is ECDSA with P-256 and SHA-256 (RFC 9053 section 2.1); SM2 is SM2-with-SM3 on the curve
 * of GB/T 32918.5 with the distinguishing id of GM/T 0009, "1234567812345678". OpenSSL speaks
 * DER; the change of form is made here and nowhere else. A key is only read, and every call has
 * contexts of its own, so one key serves any number of threads. */
#ifndef CRYPTO_ECC_H
#define CRYPTO_ECC_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

#include "crypto/trust.h"

enum { ECC_COORDINATE_BYTES = 32, ECC_POINT_BYTES = 64 };

struct ecc_alg {
    enum token_alg id;
    const char *name;     /* "ES256", "SM2": as trust lists write it */
    const char *key_type; /* OpenSSL's */
    const char *group;
    const char *signer_id; /* SM2's distinguishing id, or NULL */
    unsigned char order[ECC_COORDINATE_BYTES]; /* n: r and s lie in [1, n-1] */
};

/* NULL when there is none. */
const struct ecc_alg *ecc_alg_find(int64_t id);
const struct ecc_alg *ecc_alg_named(struct text name);
const struct ecc_alg *ecc_alg_of(const EVP_PKEY *key);

/* The caller frees what comes back (EVP_PKEY_free). NULL when the point is not on the curve, or
 * OpenSSL knows no such algorithm. */
EVP_PKEY *ecc_public_key(const struct ecc_alg *alg, const unsigned char point[ECC_POINT_BYTES]);
EVP_PKEY *ecc_generate(const struct ecc_alg *alg);

MUST_USE bool ecc_point(const EVP_PKEY *key, unsigned char point[ECC_POINT_BYTES]); /* x, y */
void ecc_kid(const unsigned char point[ECC_POINT_BYTES], unsigned char kid[TOKEN_KID_BYTES]);

/* Over a message in parts, as if they stood one behind the other. r and s are checked to lie in
 * [1, n-1] before any arithmetic. */
MUST_USE bool ecc_verify_parts(const struct ecc_alg *alg, EVP_PKEY *key, const struct text parts[],
                               unsigned count,
                               const unsigned char signature[TOKEN_SIGNATURE_BYTES]);
MUST_USE bool ecc_sign_parts(const struct ecc_alg *alg, EVP_PKEY *key, const struct text parts[],
                             unsigned count, unsigned char signature[TOKEN_SIGNATURE_BYTES]);
/* The same in one piece. */
MUST_USE bool ecc_verify(const struct ecc_alg *alg, EVP_PKEY *key, struct text message,
                         const unsigned char signature[TOKEN_SIGNATURE_BYTES]);
MUST_USE bool ecc_sign(const struct ecc_alg *alg, EVP_PKEY *key, struct text message,
                       unsigned char signature[TOKEN_SIGNATURE_BYTES]);

#endif
