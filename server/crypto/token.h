/* crypto/token.h: what people show: codes that anybody can verify, as text "JA1.…".
 *
 * Four kinds (the exact form of each is in the README beside this file):
 *   live   rotating, the colour inside, 60 s
 *   kbt    a cred of at most 12 h inside what the phone has signed just now, with no network
 *   cred   that inner part; by itself it is no code: whoever shows it alone has copied it
 *   badge  a sticker on a helmet, three years, no colour
 * The reader never allocates, and refuses anything that is not exactly the profile. */
#ifndef CRYPTO_TOKEN_H
#define CRYPTO_TOKEN_H

#include "crypto/envelope.h"

enum {
    TOKEN_TEXT_MAX = 1024,
    TOKEN_BYTES_MAX = 640,
    TOKEN_LIVE_S = 60,                     /* life of a live code; a longer one is refused */
    TOKEN_CRED_S = 12 * 3600,              /* of a cred */
    TOKEN_BADGE_S = (3 * 365 + 1) * 86400, /* of a badge: three years */
    TOKEN_SHOWN_S = 90,                    /* a phone's clock may differ from the gate's by that */
    TOKEN_HOLDER_BYTES = 64
};

/* What a code says. index = list << 20 | slot. */
struct live_claims {
    int64_t iat, exp;
    uint64_t index;
    unsigned colour; /* 0 green, 1 yellow, 2 red; of a cred, on its day */
    uint32_t policy;
};
/* What a cred says beside that. */
struct cred_claims {
    uint16_t day;             /* the local day of `colour`, days since 1900-01-01 */
    unsigned colour_tomorrow; /* on the day after it */
    unsigned char holder[TOKEN_HOLDER_BYTES]; /* the phone's key, P-256: x, y */
};

/* A read token: views into the caller's bytes. */
struct token {
    enum token_kind kind;
    struct envelope envelope;  /* what we signed; of a kbt, the cred inside */
    struct live_claims live;   /* of every kind that people show; a badge fills iat, exp and index */
    struct cred_claims cred;   /* CRED, KBT */
    struct cose_sign1 outer;   /* KBT: what the phone signed */
    int64_t shown_s;           /* KBT: when, by the phone's clock */
    unsigned char digest[32];  /* SHA-256 of all bytes: how a known token is recognised */
};

/* Steps 1 and 2 of the order of verification: text to bytes to structure. bytes must hold
 * TOKEN_BYTES_MAX. TOKEN_OK, TOKEN_FORMAT or TOKEN_NOT_OURS. Never allocates (OpenSSL
 * does, for the digest of what was accepted). */
enum token_why token_read(struct text code, unsigned char *bytes, struct token *token);
/* Step 3: a known key (else TOKEN_UNKNOWN_KEY) with the same algorithm, permitted for this kind,
 * not removed and in force now (else TOKEN_KEY); and a kind that people show at a gate. Asked every
 * time, also for a token recognised by its digest. now_s < 0: no clock is asked. */
enum token_why token_key_allows(const struct token *token, const struct trust_list *trust,
                                int64_t now_s);
/* Step 4, and of step 3 again what needs no clock: both signatures of a kbt; of a cred shown alone
 * one is missing. TOKEN_OK, TOKEN_UNKNOWN_KEY, TOKEN_KEY or TOKEN_SIGNATURE. */
enum token_why token_verify(const struct token *token, const struct trust_list *trust);
/* Step 5: iat - skew <= now < exp + skew; 0 <= skew_s <= TOKEN_SKEW_MAX_S; a kbt also shown within
 * TOKEN_SHOWN_S of now. */
enum token_why token_in_time(const struct token *token, int64_t now_s, int64_t skew_s);
/* Steps 3 to 5 in their order: the first that does not hold. */
enum token_why token_judge(const struct token *token, const struct trust_list *trust,
                           int64_t now_s, int64_t skew_s);

/* What a code is known by when it is shown again while it lives: the time in it. A kbt's is the
 * phone's; never the signature, because (r, n - s) verifies as well. */
int64_t token_time(const struct token *token);
/* Until when it has to be remembered for that. */
int64_t token_dead_s(const struct token *token, int64_t skew_s);
/* The colour it states for a local day that began at day_from_s; false when it states none: a badge,
 * another day's cred, a live code from before midnight. */
bool token_colour_on(const struct token *token, uint16_t day, int64_t day_from_s,
                     unsigned *colour);

/* Codes as text, at most TOKEN_TEXT_MAX, into out. The signer's key must be permitted for the kind
 * where it is verified. digest may be NULL. ERR_CRYPTO, or ERR_TOO_LARGE when out is full. */
MUST_USE struct err token_issue_live(struct signer *signer, const struct live_claims *claims,
                                     struct build *out, unsigned char digest[32]);
MUST_USE struct err token_issue_badge(struct signer *signer, const struct live_claims *claims,
                                      struct build *out, unsigned char digest[32]);
MUST_USE struct err token_issue_cred(struct signer *signer, const struct live_claims *claims,
                                     const struct cred_claims *cred, struct build *out,
                                     unsigned char digest[32]);
/* What a phone does, for phones that are programs: a cred's text becomes a code shown at shown_s.
 * `phone` signs with the cred's holder key. ERR_FIELD_RANGE when `cred` is no cred's text. */
MUST_USE struct err token_bind(struct signer *phone, struct text cred, int64_t shown_s,
                               struct build *out);

#endif
