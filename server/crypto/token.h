/* crypto/token.h: codes that anybody can verify: COSE_Sign1 in base32 behind "JA1.".
 *
 * The profile: deterministic CBOR (RFC 8949 4.2.1), integer keys in order, no floats, protected
 * header {1: alg, 4: kid, -65537: kind}, empty unprotected header, 64-byte r||s signature
 * (RFC 9052, RFC 9053). The reader never allocates, and refuses anything that is not exactly the
 * profile. Kinds, claims and integers are in the README beside this file. */
#ifndef CRYPTO_TOKEN_H
#define CRYPTO_TOKEN_H

#include <openssl/evp.h>

#include "base/err.h"
#include "base/text.h"

enum {
    TOKEN_TEXT_MAX = 1024,
    TOKEN_BYTES_MAX = 640,
    TOKEN_KID_BYTES = 4,
    TOKEN_SIGNATURE_BYTES = 64,
    TOKEN_LIVE_S = 60,                  /* life of a live code; a longer one is refused */
    TOKEN_BADGE_S = (3 * 365 + 1) * 86400, /* of a badge: three years */
    TOKEN_SKEW_S = 30,                  /* default tolerance of a gate's clock */
    TOKEN_SKEW_MAX_S = 3600
};
#define TOKEN_PREFIX "JA1."

enum token_kind {
    TOKEN_LIVE = 1, TOKEN_CRED, TOKEN_KBT, TOKEN_BADGE, TOKEN_RECEIPT, TOKEN_TRUST, TOKEN_ROSTER
};
enum token_alg { TOKEN_ES256 = -7, TOKEN_SM2 = -65537 };
enum key_state { KEY_ANNOUNCED = 1, KEY_ACTIVE, KEY_RETIRED, KEY_REMOVED };

/* A key of the trust list: pins algorithm, kinds and times for its kid. */
struct trusted_key {
    unsigned char kid[TOKEN_KID_BYTES];
    enum token_alg alg;
    uint32_t kinds;   /* bit 1 << kind */
    int64_t nbf, exp; /* seconds since 1970, half-open */
    enum key_state state;
    EVP_PKEY *public_key; /* owned by the trust list */
};

enum { TRUST_KEYS_MAX = 64 };
struct trust_list {
    uint64_t sequence;
    unsigned count;
    struct trusted_key keys[TRUST_KEYS_MAX];
};
/* JSON of the form {"seq":N,"keys":[{"kid","alg","x","y","kinds":[..],"nbf","exp","state"}]}; seq
 * may be left out. *list is empty after a failure: ERR_JSON_SYNTAX or an error of the field. */
MUST_USE struct err trust_list_parse(struct text json, struct trust_list *list);
void trust_list_clear(struct trust_list *list);
/* Adds a key with a reference of its own to its public half. ERR_TOO_LARGE when the list is full,
 * ERR_ALREADY_EXISTS for a kid that is there. */
MUST_USE struct err trust_list_add(struct trust_list *list, const struct trusted_key *key);
void trust_list_render(const struct trust_list *list, struct build *out);
const struct trusted_key *trust_list_find(const struct trust_list *list,
                                          const unsigned char kid[TOKEN_KID_BYTES]);

/* What a code says. index = list << 20 | slot. */
struct live_claims {
    int64_t iat, exp;
    uint64_t index;
    unsigned colour; /* 0 green, 1 yellow, 2 red */
    uint32_t policy;
};

enum token_why {
    TOKEN_OK, TOKEN_FORMAT, TOKEN_NOT_OURS, TOKEN_UNKNOWN_KEY, TOKEN_KEY, TOKEN_SIGNATURE,
    TOKEN_EXPIRED, TOKEN_NOT_YET, TOKEN_CLOCK
};
const char *token_why_name(enum token_why why); /* "ok", "format", "not_ours", ... */
const char *token_kind_name(enum token_kind kind); /* "live", ...; NULL when there is none */

/* A read token: views into the caller's bytes. */
struct token {
    enum token_kind kind;
    enum token_alg alg;
    unsigned char kid[TOKEN_KID_BYTES];
    struct text protected_bytes, payload, signature;
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

/* Signs. One interface, so that an HSM or an SM2 signing server can stand behind it. A signer may
 * be used by any number of threads at once: its key is only read, every call has its own context.
 *
 * The file is a PKCS#8 PEM, mode 600. Opening: ERR_FILE_UNREADABLE, ERR_FILE_MODE, ERR_CRYPTO when
 * it holds no key of the two algorithms. Creating: ERR_ALREADY_EXISTS, ERR_FILE_UNREADABLE. The
 * public side is active, without limits in time, and permitted for live codes. */
struct signer;
MUST_USE struct err signer_open_file(const char *pem_file, struct signer **signer);
MUST_USE struct err signer_create_file(const char *pem_file, enum token_alg alg);
void signer_close(struct signer *signer);
const struct trusted_key *signer_key(const struct signer *signer); /* its public side */
MUST_USE struct err signer_sign(struct signer *signer, struct text message,
                                unsigned char signature[TOKEN_SIGNATURE_BYTES]);

/* A live code as text "JA1.…", at most TOKEN_TEXT_MAX, into out. digest may be NULL. ERR_CRYPTO,
 * or ERR_TOO_LARGE when out is full. */
MUST_USE struct err token_issue_live(struct signer *signer, const struct live_claims *claims,
                                     struct build *out, unsigned char digest[32]);

#endif
