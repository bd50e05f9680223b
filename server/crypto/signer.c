/* crypto/signer.c: signing by a key from a file. */
#include "crypto/signer.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "crypto/ecc.h"
#include "crypto/profile.h"
#include "crypto/secret_file.h"

struct signer {
    const struct ecc_alg *alg;
    EVP_PKEY *key;             /* only read after opening: any thread */
    struct trusted_key public; /* holds the public half alone, so that it may be handed around */
};

static EVP_PKEY *key_from_pem(const char *pem, size_t bytes)
{
    BIO *bio = BIO_new_mem_buf(pem, (int)bytes);
    EVP_PKEY *key = NULL;

    /* The empty password keeps OpenSSL from asking for one on the terminal. */
    if (bio != NULL)
        key = PEM_read_bio_PrivateKey(bio, NULL, NULL, (char[]){""});
    BIO_free(bio);
    ERR_clear_error();
    return key;
}

/* Takes the key over when it succeeds. */
static struct err signer_over(EVP_PKEY *key, struct signer **signer)
{
    const struct ecc_alg *alg = ecc_alg_of(key);
    unsigned char point[ECC_POINT_BYTES];
    EVP_PKEY *public_key;
    struct signer *made;

    if (alg == NULL || !ecc_point(key, point))
        return err_detail(ERR_CRYPTO, "the file holds no P-256 and no SM2 key");
    public_key = ecc_public_key(alg, point);
    if (public_key == NULL)
        return err_detail(ERR_CRYPTO, "the key's public point is not on its curve");
    made = malloc(sizeof *made);
    CHECK_ALLOCATED(made);
    *made = (struct signer){
        .alg = alg,
        .key = key,
        .public = {.alg = alg->id,
                   .kinds = 1u << TOKEN_LIVE | 1u << TOKEN_HEAD,
                   .exp = PROFILE_TIME_MAX_S,
                   .state = KEY_ACTIVE,
                   .public_key = public_key},
    };
    ecc_kid(point, made->public.kid);
    *signer = made;
    return OK;
}

struct err signer_open_file(const char *pem_file, struct signer **signer)
{
    char pem[SECRET_FILE_BYTES_MAX];
    EVP_PKEY *key;
    size_t bytes;
    struct err e = secret_file_read(pem_file, pem, &bytes);

    *signer = NULL;
    if (err_is(e))
        return e;
    key = key_from_pem(pem, bytes);
    OPENSSL_cleanse(pem, sizeof pem);
    if (key == NULL)
        return err_detail(ERR_CRYPTO, "the file holds no private key in PEM");
    e = signer_over(key, signer);
    if (err_is(e))
        EVP_PKEY_free(key);
    return e;
}

struct err signer_create_file(const char *pem_file, enum token_alg alg)
{
    EVP_PKEY *key = ecc_generate(ecc_alg_find(alg));
    BIO *bio = BIO_new(BIO_s_secmem());
    struct err e = err_make(ERR_CRYPTO);
    char *pem;
    long bytes;

    if (key != NULL && bio != NULL &&
        PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1) {
        bytes = BIO_get_mem_data(bio, &pem);
        e = secret_file_create(pem_file, (struct text){pem, (size_t)bytes});
    }
    BIO_free(bio);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return e;
}

void signer_close(struct signer *signer)
{
    if (signer == NULL)
        return;
    EVP_PKEY_free(signer->key);
    EVP_PKEY_free(signer->public.public_key);
    free(signer);
}

const struct trusted_key *signer_key(const struct signer *signer)
{
    return &signer->public;
}

struct err signer_sign(struct signer *signer, const struct text parts[], unsigned count,
                       unsigned char signature[TOKEN_SIGNATURE_BYTES])
{
    return ecc_sign_parts(signer->alg, signer->key, parts, count, signature) ? OK
                                                                             : err_make(ERR_CRYPTO);
}
