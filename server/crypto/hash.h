/* crypto/hash.h: SHA-256 and HMAC over several parts at once, for the files of this folder. */
#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

#include <openssl/evp.h>

#include "base/text.h"

void sha256_parts(const struct text *parts, unsigned count, unsigned char digest[32]);

/* A context keyed once; hmac_parts() copies it, so that it serves any thread. */
EVP_MAC_CTX *hmac_keyed(const unsigned char key[32]);
void hmac_parts(const EVP_MAC_CTX *keyed, const struct text *parts, unsigned count,
                unsigned char mac[32]);

void put_be64(unsigned char to[8], uint64_t value);

#endif
