/* crypto/seal.c: authenticated encryption of what is personal.
 *
 * Sealed: format byte (1), nonce (12), cipher text, tag (16). Associated data: the format byte,
 * what it is for, and the worker's id, so that one person's data cannot be shown as another's and
 * a wrapped key not as data. Nonces are random: 2^32 seals under one key keep a collision below
 * 2^-32, and a person's key sees a few hundred. */
#include "crypto/seal.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

#include "crypto/algorithms.h"
#include "crypto/hash.h"
#include "crypto/vault.h"

enum { FORMAT = 1, NONCE_BYTES = 12, TAG_BYTES = 16, AAD_BYTES = 10 };
enum { FOR_DATA = 'd' }; /* others: enum wrap_purpose */

_Static_assert(SEAL_OVERHEAD == 1 + NONCE_BYTES + TAG_BYTES, "format byte, nonce, tag");

static void make_aad(unsigned char aad[AAD_BYTES], int purpose, int64_t id)
{
    aad[0] = FORMAT;
    aad[1] = (unsigned char)purpose;
    put_be64(aad + 2, (uint64_t)id);
}

/* sealed must hold plain.bytes + SEAL_OVERHEAD. */
static bool encrypt(const struct person_key *key, const unsigned char aad[AAD_BYTES],
                    struct text plain, unsigned char *sealed)
{
    unsigned char *nonce = sealed + 1, *cipher = nonce + NONCE_BYTES;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int bytes;
    bool done =
        ctx != NULL && !err_is(random_bytes(nonce, NONCE_BYTES)) &&
        EVP_EncryptInit_ex2(ctx, algorithms()->aes_256_gcm, key->bytes, nonce, NULL) == 1 &&
        EVP_EncryptUpdate(ctx, NULL, &bytes, aad, AAD_BYTES) == 1 &&
        EVP_EncryptUpdate(ctx, cipher, &bytes, (const unsigned char *)plain.at,
                          (int)plain.bytes) == 1 &&
        EVP_EncryptFinal_ex(ctx, cipher + plain.bytes, &bytes) == 1 &&
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, cipher + plain.bytes) == 1;

    sealed[0] = FORMAT;
    EVP_CIPHER_CTX_free(ctx);
    ERR_clear_error();
    return done;
}

/* sealed.bytes is SEAL_OVERHEAD at least; what was decrypted is wiped when the tag is wrong. */
static bool decrypt(const struct person_key *key, const unsigned char aad[AAD_BYTES],
                    struct text sealed, unsigned char *plain)
{
    const unsigned char *nonce = (const unsigned char *)sealed.at + 1;
    const unsigned char *cipher = nonce + NONCE_BYTES;
    size_t plain_bytes = sealed.bytes - SEAL_OVERHEAD;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    unsigned char tag[TAG_BYTES];
    int bytes;
    bool done;

    memcpy(tag, cipher + plain_bytes, TAG_BYTES); /* the ctrl takes memory it could write to */
    done = sealed.at[0] == FORMAT && ctx != NULL &&
           EVP_DecryptInit_ex2(ctx, algorithms()->aes_256_gcm, key->bytes, nonce, NULL) == 1 &&
           EVP_DecryptUpdate(ctx, NULL, &bytes, aad, AAD_BYTES) == 1 &&
           EVP_DecryptUpdate(ctx, plain, &bytes, cipher, (int)plain_bytes) == 1 &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) == 1 &&
           EVP_DecryptFinal_ex(ctx, plain + plain_bytes, &bytes) == 1;
    if (!done)
        OPENSSL_cleanse(plain, plain_bytes);
    EVP_CIPHER_CTX_free(ctx);
    ERR_clear_error();
    return done;
}

bool vault_wrap(const struct vault *vault, enum wrap_purpose purpose, int64_t id,
                const unsigned char key[SEAL_KEY_BYTES], unsigned char wrapped[SEAL_WRAPPED_BYTES])
{
    unsigned char aad[AAD_BYTES];

    make_aad(aad, (int)purpose, id);
    return encrypt(&vault->master, aad, (struct text){(const char *)key, SEAL_KEY_BYTES}, wrapped);
}

bool vault_unwrap(const struct vault *vault, enum wrap_purpose purpose, int64_t id,
                  struct text wrapped, unsigned char key[SEAL_KEY_BYTES])
{
    unsigned char aad[AAD_BYTES];

    make_aad(aad, (int)purpose, id);
    return wrapped.bytes == SEAL_WRAPPED_BYTES && decrypt(&vault->master, aad, wrapped, key);
}

struct err person_key_new(const struct vault *vault, int64_t worker_id, struct person_key *key,
                          unsigned char wrapped[SEAL_WRAPPED_BYTES])
{
    struct err e = random_bytes(key->bytes, sizeof key->bytes);

    if (err_is(e))
        return e;
    if (vault_wrap(vault, WRAP_PERSON_KEY, worker_id, key->bytes, wrapped))
        return OK;
    person_key_forget(key);
    return err_make(ERR_CRYPTO);
}

struct err person_key_unwrap(const struct vault *vault, int64_t worker_id, struct text wrapped,
                             struct person_key *key)
{
    if (!vault_unwrap(vault, WRAP_PERSON_KEY, worker_id, wrapped, key->bytes))
        return err_detail(ERR_CRYPTO, "the wrapped key is not this person's, or was changed");
    return OK;
}

void person_key_forget(struct person_key *key)
{
    OPENSSL_cleanse(key, sizeof *key);
}

struct err seal(const struct person_key *key, int64_t worker_id, struct text plain,
                struct arena *arena, struct text *sealed)
{
    unsigned char aad[AAD_BYTES], *at;

    *sealed = (struct text){NULL, 0};
    if (plain.bytes > INT32_MAX)
        return err_make(ERR_TOO_LARGE);
    at = arena_alloc(arena, plain.bytes + SEAL_OVERHEAD);
    if (at == NULL)
        return err_make(ERR_TOO_LARGE);
    make_aad(aad, FOR_DATA, worker_id);
    if (!encrypt(key, aad, plain, at))
        return err_make(ERR_CRYPTO);
    *sealed = (struct text){(const char *)at, plain.bytes + SEAL_OVERHEAD};
    return OK;
}

struct err unseal(const struct person_key *key, int64_t worker_id, struct text sealed,
                  struct arena *arena, struct text *plain)
{
    unsigned char aad[AAD_BYTES], *at;

    *plain = (struct text){NULL, 0};
    if (sealed.bytes < SEAL_OVERHEAD || sealed.bytes > INT32_MAX)
        return err_detail(ERR_CRYPTO, "too short or too long to be sealed data");
    at = arena_alloc(arena, sealed.bytes - SEAL_OVERHEAD + 1); /* ends in NUL, as all texts here */
    if (at == NULL)
        return err_make(ERR_TOO_LARGE);
    make_aad(aad, FOR_DATA, worker_id);
    if (!decrypt(key, aad, sealed, at))
        return err_detail(ERR_CRYPTO, "the data is not this person's, or was changed");
    *plain = (struct text){(const char *)at, sealed.bytes - SEAL_OVERHEAD};
    return OK;
}
