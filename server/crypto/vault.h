/* crypto/vault.h: what is inside a vault, for the files of this folder. */
#ifndef CRYPTO_VAULT_H
#define CRYPTO_VAULT_H

#include "crypto/seal.h"

#include <openssl/evp.h>

struct vault {
    struct person_key master; /* wraps the persons' keys */
    EVP_MAC_CTX *lookup, *access;
};

#endif
