/* crypto/token.h: codes that anybody can verify: COSE_Sign1 in base32 behind "JA1.".
 *
 * The profile: deterministic CBOR (RFC 8949 4.2.1), integer keys in order, no floats, protected
 * header {1: alg, 4: kid, -65537: kind}, empty unprotected header, 64-byte r||s signature
 * (RFC 9052, RFC 9053). The reader never allocates, and refuses anything that is not exactly the
 * profile. Kinds, claims and integers are in the README beside this file. */
#ifndef CRYPTO_TOKEN_H
#define CRYPTO_TOKEN_H

#include "crypto/envelope.h"

enum {
    TOKEN_TEXT_MAX = 1024,
    TOKEN_BYTES_MAX = 640,
    TOKEN_LIVE_S = 60,                  /* life of a live code; a longer one is refused */
    TOKEN_BADGE_S = (3 * 365 + 1) * 86400 /* of a badge: three years */
};

/* What a code says. index = list << 20 | slot. */
struct live_claims {
    int64_t iat, exp;
    uint64_t index;
    unsigned colour; /* 0 green, 1 yellow, 2 red */
    uint32_t policy;
};

/* A read token: views into the caller's bytes. */
struct token {
    enum token_kind kind;
    struct envelope envelope;
    struct live_claims live;  /* when kind is TOKEN_LIVE; a badge fills iat, exp and index */
    unsigned char digest[32]; /* SHA-256 of all bytes: how a known token is recognised */
};

/* Steps 1 and 2 of the order of verification: text to bytes to structure. bytes must hold
 * TOKEN_BYTES_MAX. TOKEN_OK, TOKEN_FORMAT or TOKEN_NOT_OURS. Never allocates (OpenSSL
 * does, for the digest of what was accepted). */
enum token_why token_read(struct text code, unsigned char *bytes, struct token *token);
/* Step 3: a known key (else TOKEN_UNKNOWN_KEY) with the same algorithm, permitted for this kind,
 * not removed and in force now (else TOKEN_KEY); and a kind that people show at a gate (live,
 * badge). Asked every time, also for a token recognised by its digest. */
enum token_why token_key_allows(const struct token *token, const struct trust_list *trust,
                                int64_t now_s);
/* Step 4, and of step 3 again what needs no clock. TOKEN_OK, TOKEN_UNKNOWN_KEY, TOKEN_KEY or
 * TOKEN_SIGNATURE. */
enum token_why token_verify(const struct token *token, const struct trust_list *trust);
/* Step 5: iat - skew <= now < exp + skew; 0 <= skew_s <= TOKEN_SKEW_MAX_S. */
enum token_why token_in_time(const struct token *token, int64_t now_s, int64_t skew_s);
/* Steps 3 to 5 in their order: the first that does not hold. */
enum token_why token_judge(const struct token *token, const struct trust_list *trust,
                           int64_t now_s, int64_t skew_s);

/* A live code as text "JA1.…", at most TOKEN_TEXT_MAX, into out. digest may be NULL. ERR_CRYPTO,
 * or ERR_TOO_LARGE when out is full. */
MUST_USE struct err token_issue_live(struct signer *signer, const struct live_claims *claims,
                                     struct build *out, unsigned char digest[32]);

#endif
