/* crypto/envelope.h: what all signed things of ours have in common: COSE_Sign1 with tag 18, protected
 * header {1: alg, 4: kid, -65537: kind}, an empty unprotected header, 64 bytes of signature.
 *
 * Reading gives views into the caller's bytes and allocates nothing. Which key may have signed is
 * the trust list's business, and is asked before any arithmetic. */
#ifndef CRYPTO_ENVELOPE_H
#define CRYPTO_ENVELOPE_H

#include "crypto/cose.h"
#include "crypto/signer.h"
#include "crypto/trust.h"

#define TOKEN_PREFIX "JA1."

struct envelope {
    enum token_kind kind;
    enum token_alg alg;
    unsigned char kid[TOKEN_KID_BYTES];
    struct cose_sign1 sign1;
};

/* The structure above, of any kind of ours. The payload is not looked into. */
MUST_USE bool envelope_read(struct text bytes, struct envelope *envelope);

/* Which key of the list may have signed it: TOKEN_UNKNOWN_KEY, or TOKEN_KEY when algorithm, kind,
 * state or, with a clock, times do not permit it. now_s < 0: no clock is asked. */
enum token_why envelope_key(const struct envelope *envelope, const struct trust_list *trust,
                            int64_t now_s, const struct trusted_key **key);
/* The same, then the signature: TOKEN_SIGNATURE. */
enum token_why envelope_judge(const struct envelope *envelope, const struct trust_list *trust,
                              int64_t now_s);
/* The signature alone, by a key that is known otherwise (a gate's, a phone's). */
MUST_USE bool envelope_is_signed_by(const struct envelope *envelope, EVP_PKEY *key);

/* iat - skew <= now < exp + skew: TOKEN_NOT_YET, TOKEN_EXPIRED. 0 <= skew_s <= TOKEN_SKEW_MAX_S. */
enum { TOKEN_SKEW_S = 30, TOKEN_SKEW_MAX_S = 3600 };
enum token_why claims_in_time(int64_t iat, int64_t exp, int64_t now_s, int64_t skew_s);

/* Writes the signed whole. ERR_CRYPTO, or ERR_TOO_LARGE when out is full. */
MUST_USE struct err envelope_seal(struct signer *signer, enum token_kind kind, struct text payload,
                                  struct build *out);
/* The same for headers of another standard, which the caller has encoded. */
MUST_USE struct err envelope_seal_as(struct signer *signer, struct text protected_bytes,
                                     struct text payload, struct build *out);

/* "JA1." and base32. Reading: TOKEN_FORMAT, TOKEN_NOT_OURS; `bytes` holds `max`. */
enum token_why envelope_parse_text(struct text text, unsigned char *bytes, size_t max,
                                   struct text *content);
void envelope_format_text(struct text bytes, struct build *out);

#endif
