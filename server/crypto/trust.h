/* crypto/trust.h: whose signature counts, for what, and how long.
 *
 * A trust list pins algorithm, kinds and times for each key id; what a signed thing says of itself
 * cannot choose otherwise. The list is itself signed by an offline root (kind trust), or stands as
 * JSON in files that somebody vouches for otherwise: a test's, a root's own public half. */
#ifndef CRYPTO_TRUST_H
#define CRYPTO_TRUST_H

#include <openssl/evp.h>

#include "base/err.h"
#include "base/text.h"

/* 8 is reserved for differences of lists. A status list has the form of another standard
 * (statuslist.h); its number stands in trust lists alone. */
enum token_kind {
    TOKEN_LIVE = 1, TOKEN_CRED, TOKEN_KBT, TOKEN_BADGE, TOKEN_RECEIPT, TOKEN_TRUST, TOKEN_ROSTER,
    TOKEN_LIST = 9, TOKEN_HEAD = 10, /* a head of the log */
    TOKEN_KIND_MAX = TOKEN_HEAD
};
enum token_alg { TOKEN_ES256 = -7, TOKEN_SM2 = -65537 };
enum key_state { KEY_ANNOUNCED = 1, KEY_ACTIVE, KEY_RETIRED, KEY_REMOVED };
enum { TOKEN_KID_BYTES = 4, TOKEN_SIGNATURE_BYTES = 64 };

const char *token_kind_name(enum token_kind kind); /* "live", ...; NULL when there is none */
MUST_USE bool token_kind_find(struct text name, enum token_kind *kind);
const char *key_state_name(enum key_state state);  /* "announced", ... */

/* Why something signed is not accepted; the order of verification is in the README. */
enum token_why {
#define TOKEN_WHY(NAME, name, verdict) TOKEN_##NAME,
#include "crypto/why.def"
#undef TOKEN_WHY
    TOKEN_WHY_COUNT
};
const char *token_why_name(enum token_why why); /* "ok", "format", "not_ours", ... */

/* A key of the trust list: pins algorithm, kinds and times for its kid. */
struct trusted_key {
    unsigned char kid[TOKEN_KID_BYTES];
    enum token_alg alg;
    uint32_t kinds;   /* bit 1 << kind */
    int64_t nbf, exp; /* seconds since 1970, half-open */
    enum key_state state;
    EVP_PKEY *public_key; /* owned by the trust list */
};

struct signer;
enum { TRUST_KEYS_MAX = 64, TRUST_BYTES_MAX = 256 * 1024 };
struct trust_list {
    uint64_t sequence;
    int64_t iat, exp; /* of a signed list; both 0 when it was not signed: no limit in time */
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
/* The roots that a verifier pins: a file that `jianan root public` wrote, of at most 16 KB.
 * ERR_FILE_UNREADABLE, what trust_list_parse() refuses, ERR_FIELD_RANGE for keys that may sign
 * anything but lists of keys. *roots is empty after a failure. */
MUST_USE struct err trust_roots_open(const char *path, struct trust_list *roots);
void trust_list_render(const struct trust_list *list, struct build *out);
/* What `says` removed is removed in *list as well. It can only take away: so `says` need not be
 * signed by anybody whom *list's root would be asked for. */
void trust_list_veto(struct trust_list *list, const struct trust_list *says);
const struct trusted_key *trust_list_find(const struct trust_list *list,
                                          const unsigned char kid[TOKEN_KID_BYTES]);

/* The signed form:
 *
 *   {4: exp, 6: iat, 7: seq, -65537: [[kid, alg, COSE_Key, [kind, ...], nbf, exp, state], ...]}
 *
 * Reading: TOKEN_OK; TOKEN_FORMAT for anything but exactly that, a kid that is not its key's, or more
 * than TRUST_BYTES_MAX; TOKEN_UNKNOWN_KEY, TOKEN_KEY, TOKEN_SIGNATURE when no root of the caller's
 * has signed it; TOKEN_NOT_YET, TOKEN_EXPIRED. *list is empty unless it is TOKEN_OK. roots are keys
 * permitted for TOKEN_TRUST; NULL: who signed, and when, is not asked, because somebody vouches for
 * the file. A verifier keeps the highest sequence it has accepted and refuses a lower one. */
enum token_why trust_list_read(struct text bytes, const struct trust_list *roots, int64_t now_s,
                               int64_t skew_s, struct trust_list *list);
/* list->iat and list->exp are stated. ERR_CRYPTO, ERR_TOO_LARGE when out is full. */
MUST_USE struct err trust_list_sign(struct signer *root, const struct trust_list *list,
                                    struct build *out);

#endif
