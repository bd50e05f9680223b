/* crypto/algorithms.h: OpenSSL's algorithms, fetched once for the process.
 *
 * A fetch by name takes a lock and walks the providers; calls such as EVP_sha256() make every use
 * pay for it again. What is here is read-only and shared by all threads. */
#ifndef CRYPTO_ALGORITHMS_H
#define CRYPTO_ALGORITHMS_H

#include <openssl/evp.h>

struct algorithms {
    EVP_MD *sha256;
    EVP_MD *sm3; /* NULL where OpenSSL was built without it: SM2 keys are refused then */
    EVP_CIPHER *aes_256_gcm;
    EVP_MAC *hmac;
};

/* Dies when OpenSSL has no SHA-256, AES-GCM or HMAC: nothing here could go on. */
const struct algorithms *algorithms(void);

#endif
