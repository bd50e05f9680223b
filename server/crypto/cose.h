/* crypto/cose.h: COSE_Sign1 (RFC 9052 section 4.2) as bytes, without meaning and without keys. */
#ifndef CRYPTO_COSE_H
#define CRYPTO_COSE_H

#include <stdbool.h>

#include "base/check.h"
#include "base/text.h"

enum {
    COSE_SIGN1_TAG = 18,
    COSE_HEADER_ALG = 1,
    COSE_HEADER_KID = 4,
    COSE_HEADER_TYPE = 16,     /* RFC 9596 */
    COSE_TO_SIGN_OVERHEAD = 48 /* at most, beside protected header, external data and payload */
};

/* Views into the bytes read, or into whatever a writer puts together. */
struct cose_sign1 {
    struct text protected_bytes; /* content of the byte string: an encoded map */
    struct text unprotected;     /* an encoded map; A0 is the empty one */
    struct text payload, signature;
};

/* 18([bstr, map, bstr, bstr]) in deterministic encoding, and nothing behind it. Both headers are
 * checked to be maps of the profile's CBOR; the payload is not looked into. Never allocates. */
MUST_USE bool cose_read(struct text bytes, struct cose_sign1 *sign1);

void cose_write(const struct cose_sign1 *sign1, struct build *out);

/* The bytes a signature is made over: Sig_structure with context "Signature1" and, when the two
 * sides agreed on any, external data (else the empty text). As views, so that a payload of
 * megabytes is signed and verified where it lies. Do not copy the struct: parts point into heads. */
enum { COSE_PARTS = 6 };
struct cose_parts {
    struct text parts[COSE_PARTS];
    char heads[COSE_TO_SIGN_OVERHEAD];
};
void cose_to_sign_parts(const struct cose_sign1 *sign1, struct text external,
                        struct cose_parts *to_sign);

/* The same in one piece, without external data. It needs COSE_TO_SIGN_OVERHEAD more than its parts. */
void cose_to_sign(const struct cose_sign1 *sign1, struct build *out);

#endif
