/* crypto/seal.h: personal data at rest: one key per person, wrapped by a key outside the database.
 *
 * A person's key encrypts what is personal (AES-256-GCM, random nonce, the worker's id as
 * associated data); the master key wraps it. Destroying the wrapped key erases the person. The
 * look-up of document numbers is HMAC-SHA-256 under a key of its own. */
#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

enum {
    SEAL_KEY_BYTES = 32,
    SEAL_OVERHEAD = 1 + 12 + 16,                       /* format byte, nonce, tag */
    SEAL_WRAPPED_BYTES = SEAL_KEY_BYTES + SEAL_OVERHEAD,
    SEAL_HMAC_BYTES = 32
};

struct vault; /* master key and look-up key; one a process, read-only after opening, any thread */
/* The file holds {"master":"hex","lookup":"hex","access":"hex"} and must be mode 600. */
MUST_USE struct err vault_open(const char *file, struct vault **vault);
MUST_USE struct err vault_create(const char *file);
void vault_close(struct vault *vault);

struct person_key {
    unsigned char bytes[SEAL_KEY_BYTES];
};
MUST_USE struct err person_key_new(const struct vault *vault, int64_t worker_id,
                                   struct person_key *key,
                                   unsigned char wrapped[SEAL_WRAPPED_BYTES]);
MUST_USE struct err person_key_unwrap(const struct vault *vault, int64_t worker_id,
                                      struct text wrapped, struct person_key *key);
void person_key_forget(struct person_key *key);

/* .at NULL at the arena's ceiling is an error (ERR_TOO_LARGE). Opening what was changed: ERR_CRYPTO. */
MUST_USE struct err seal(const struct person_key *key, int64_t worker_id, struct text plain,
                         struct arena *arena, struct text *sealed);
MUST_USE struct err unseal(const struct person_key *key, int64_t worker_id, struct text sealed,
                           struct arena *arena, struct text *plain);

/* HMAC of type and normalised number: finds a person without storing the number. */
void vault_lookup(const struct vault *vault, unsigned document_type, struct text number,
                  unsigned char hmac[SEAL_HMAC_BYTES]);
/* HMAC of something under our own key, for a purpose: hex that nobody else can make. */
void vault_mark(const struct vault *vault, struct text purpose, struct text of, char hex[65]);
/* Salted hash of a value that stays out of the records (a certificate's number): hex, 32 digits. */
void salted_hash(struct text salt, struct text value, char hex[33]);

/* A worker's own access: HMAC over id and access version, so that no table is needed and raising
 * the version ends it. Text "jw_<id>_<version>_<32 hex>". */
enum { WORKER_KEY_BYTES = 80 };
struct text worker_key_format(const struct vault *vault, int64_t worker_id, int32_t access_version,
                              char buffer[WORKER_KEY_BYTES]);
MUST_USE bool worker_key_parse(const struct vault *vault, struct text key, int64_t *worker_id,
                               int32_t *access_version);

/* A session's token: 16 random bytes and 16 of an HMAC over them, in hex, so that what we never gave
 * out is known at once, and nobody is asked about it. */
enum { SESSION_TOKEN_BYTES = 64 + 1 };
MUST_USE struct err session_token_new(const struct vault *vault, char token[SESSION_TOKEN_BYTES]);
MUST_USE bool session_token_is_ours(const struct vault *vault, struct text token);

/* An API key: "jk_<12 hex prefix>_<40 hex secret>". Only the SHA-256 of the whole is stored. */
enum { API_KEY_PREFIX = 12, API_KEY_BYTES = 3 + 12 + 1 + 40 + 1 };
MUST_USE struct err api_key_new(char key[API_KEY_BYTES], unsigned char hash[32]);
MUST_USE bool api_key_split(struct text key, struct text *prefix, unsigned char hash[32]);
bool bytes_equal(const void *a, const void *b, size_t bytes); /* in constant time */
MUST_USE struct err random_bytes(void *at, size_t bytes);
void sha256(struct text of, unsigned char digest[32]);
void hex_format(const void *bytes, size_t count, char *hex); /* 2 * count + NUL */
MUST_USE bool hex_parse(struct text hex, void *bytes, size_t count);
/* RFC 4648 section 4, with padding. False for anything else, and when `out` is too small. */
MUST_USE bool base64_read(struct text base64, struct build *out);

#endif
