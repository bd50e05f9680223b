/* tests/support/code_maker.h: codes of any shape, good and bad, signed by a key of the test's. */
#ifndef SUPPORT_CODE_MAKER_H
#define SUPPORT_CODE_MAKER_H

#include "base/text.h"
#include "crypto/ecc.h"
#include "crypto/token.h"

/* A key, and what the trust list says of it. */
struct maker {
    const struct ecc_alg *alg;
    EVP_PKEY *key;
    struct trusted_key pinned;
};
void maker_init(struct maker *maker, enum token_alg alg, uint32_t kinds);
void maker_clear(struct maker *maker);

/* What a code is made of; maker_parts() gives a good live one, which a test then bends. */
struct parts {
    int64_t alg, kind;
    unsigned char kid[TOKEN_KID_BYTES];
    struct text unprotected; /* encoded */
    struct text payload;     /* encoded */
    struct text header;      /* encoded; when given, alg, kind and kid do not count */
};
enum { MAKER_IAT = 1700000000, MAKER_EXP = MAKER_IAT + TOKEN_LIVE_S };
struct parts maker_parts(const struct maker *maker);

/* The token's bytes, signed. */
void maker_sign(const struct maker *maker, const struct parts *parts, struct build *bytes);
/* The same with a signature of the caller's choice, of any length. */
void maker_assemble(const struct parts *parts, struct text signature, struct build *bytes);
/* "JA1." and base32. */
void maker_text(struct text bytes, struct build *out);
/* Sign and write as text. */
void maker_code(const struct maker *maker, const struct parts *parts, struct build *out);

/* A signer of its own with a new key; its file is gone again. signer_close() ends it. */
struct signer *maker_signer(enum token_alg alg);
/* Every single bit of `bytes` flipped in turn; stops and returns the first flip that `accepts` says
 * yes to, or -1. `accepts` is asked about the untouched bytes first, and must say yes. */
long maker_first_accepted_flip(struct text bytes, bool (*accepts)(struct text bytes, void *arg),
                               void *arg);

#endif
