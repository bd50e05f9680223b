#include "crypto/algorithms.h"

#include <openssl/err.h>
#include <pthread.h>

#include "base/check.h"

static struct algorithms fetched;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fetch_all(void)
{
    fetched = (struct algorithms){
        .sha256 = EVP_MD_fetch(NULL, "SHA256", NULL),
        .sm3 = EVP_MD_fetch(NULL, "SM3", NULL),
        .aes_256_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL),
        .hmac = EVP_MAC_fetch(NULL, "HMAC", NULL),
    };
    CHECK_ALLOCATED(fetched.sha256);
    CHECK_ALLOCATED(fetched.aes_256_gcm);
    CHECK_ALLOCATED(fetched.hmac);
    ERR_clear_error(); /* a missing SM3 leaves a message behind */
}

const struct algorithms *algorithms(void)
{
    pthread_once(&once, fetch_all);
    return &fetched;
}
