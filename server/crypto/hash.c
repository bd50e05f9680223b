#include "crypto/hash.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <string.h>

#include "crypto/algorithms.h"
#include "crypto/seal.h"

/* Each thread keeps one context, because a code is hashed at every check and a context costs two
 * allocations. It is freed when the thread ends. */
static pthread_key_t context_key;
static pthread_once_t context_once = PTHREAD_ONCE_INIT;

static void free_context(void *context)
{
    EVP_MD_CTX_free(context);
}

static void make_context_key(void)
{
    CHECK(pthread_key_create(&context_key, free_context) == 0);
}

static EVP_MD_CTX *thread_context(void)
{
    EVP_MD_CTX *context;

    pthread_once(&context_once, make_context_key);
    context = pthread_getspecific(context_key);
    if (context == NULL) {
        context = EVP_MD_CTX_new();
        CHECK_ALLOCATED(context);
        CHECK(pthread_setspecific(context_key, context) == 0);
    }
    return context;
}

void sha256_parts(const struct text *parts, unsigned count, unsigned char digest[32])
{
    EVP_MD_CTX *context = thread_context();

    CHECK(EVP_DigestInit_ex2(context, algorithms()->sha256, NULL) == 1);
    for (unsigned i = 0; i < count; i++)
        CHECK(EVP_DigestUpdate(context, parts[i].at, parts[i].bytes) == 1);
    CHECK(EVP_DigestFinal_ex(context, digest, NULL) == 1);
}

void sha256(struct text of, unsigned char digest[32])
{
    sha256_parts(&of, 1, digest);
}

EVP_MAC_CTX *hmac_keyed(const unsigned char key[32])
{
    char digest_name[] = "SHA256";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name, 0),
        OSSL_PARAM_construct_end(),
    };
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(algorithms()->hmac);

    CHECK_ALLOCATED(context);
    CHECK(EVP_MAC_init(context, key, 32, params) == 1);
    return context;
}

void hmac_parts(const EVP_MAC_CTX *keyed, const struct text *parts, unsigned count,
                unsigned char mac[32])
{
    EVP_MAC_CTX *context = EVP_MAC_CTX_dup(keyed);
    size_t bytes;

    CHECK_ALLOCATED(context);
    for (unsigned i = 0; i < count; i++)
        CHECK(EVP_MAC_update(context, (const unsigned char *)parts[i].at, parts[i].bytes) == 1);
    CHECK(EVP_MAC_final(context, mac, &bytes, 32) == 1 && bytes == 32);
    EVP_MAC_CTX_free(context);
}

void put_be64(unsigned char to[8], uint64_t value)
{
    for (unsigned i = 0; i < 8; i++)
        to[i] = (unsigned char)(value >> (56 - 8 * i) & 0xFF);
}

void salted_hash(struct text salt, struct text value, char hex[33])
{
    unsigned char salt_bytes[8], digest[32];
    const struct text parts[] = {{(const char *)salt_bytes, sizeof salt_bytes}, salt, value};

    put_be64(salt_bytes, salt.bytes); /* so that no byte can move between salt and value */
    sha256_parts(parts, 3, digest);
    hex_format(digest, 16, hex);
}

bool bytes_equal(const void *a, const void *b, size_t bytes)
{
    return CRYPTO_memcmp(a, b, bytes) == 0;
}

struct err random_bytes(void *at, size_t bytes)
{
    CHECK(bytes <= INT32_MAX);
    return RAND_bytes(at, (int)bytes) == 1 ? OK : err_detail(ERR_CRYPTO, "no random numbers");
}

void hex_format(const void *bytes, size_t count, char *hex)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *from = bytes;

    for (size_t i = 0; i < count; i++) {
        hex[2 * i] = digits[from[i] >> 4];
        hex[2 * i + 1] = digits[from[i] & 15];
    }
    hex[2 * count] = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hex_parse(struct text hex, void *bytes, size_t count)
{
    unsigned char *to = bytes;

    if (hex.bytes != 2 * count)
        return false;
    for (size_t i = 0; i < count; i++) {
        int high = hex_value(hex.at[2 * i]), low = hex_value(hex.at[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        to[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

bool base64_read(struct text base64, struct build *out)
{
    unsigned char plain[768];
    size_t padding = 0;

    if (base64.bytes == 0 || base64.bytes % 4 != 0 || base64.bytes / 4 * 3 > sizeof plain)
        return false;
    while (padding < 2 && base64.at[base64.bytes - 1 - padding] == '=')
        padding++;
    if (EVP_DecodeBlock(plain, (const unsigned char *)base64.at, (int)base64.bytes) !=
        (int)(base64.bytes / 4 * 3))
        return false;
    build_text(out, (struct text){(const char *)plain, base64.bytes / 4 * 3 - padding});
    explicit_bzero(plain, sizeof plain);
    return !out->full;
}
