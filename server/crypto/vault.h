/* crypto/vault.h: what is inside a vault, for the files of this folder. */
#ifndef CRYPTO_VAULT_H
#define CRYPTO_VAULT_H

#include "crypto/seal.h"

#include <openssl/evp.h>

struct vault {
    struct person_key master; /* wraps the persons' keys */
    EVP_MAC_CTX *lookup, *access;
};

/* What a wrapped key is for: part of what is authenticated, so that one is never taken for another. */
enum wrap_purpose { WRAP_PERSON_KEY = 'k', WRAP_WEBHOOK_SECRET = 'w', WRAP_TOTP_SECRET = 't' };

/* `id` is the person's, the webhook's, the account's. False: the library failed, or it is not this key. */
MUST_USE bool vault_wrap(const struct vault *vault, enum wrap_purpose purpose, int64_t id,
                         const unsigned char key[SEAL_KEY_BYTES],
                         unsigned char wrapped[SEAL_WRAPPED_BYTES]);
MUST_USE bool vault_unwrap(const struct vault *vault, enum wrap_purpose purpose, int64_t id,
                           struct text wrapped, unsigned char key[SEAL_KEY_BYTES]);

#endif
