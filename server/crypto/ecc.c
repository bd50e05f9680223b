#include "crypto/ecc.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <string.h>

#include "crypto/algorithms.h"
#include "crypto/seal.h"

enum { DER_BYTES_MAX = 72 }; /* SEQUENCE of two INTEGERs, each 33 bytes at most */

static const struct ecc_alg algs[] = {
    {TOKEN_ES256, "ES256", "EC", "P-256", NULL,
     {0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
      0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51}},
    {TOKEN_SM2, "SM2", "SM2", "SM2", "1234567812345678",
     {0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
      0x72, 0x03, 0xDF, 0x6B, 0x21, 0xC6, 0x05, 0x2B, 0x53, 0xBB, 0xF4, 0x09, 0x39, 0xD5, 0x41, 0x23}},
};
enum { ALG_COUNT = sizeof algs / sizeof algs[0] };

const struct ecc_alg *ecc_alg_find(int64_t id)
{
    for (unsigned i = 0; i < ALG_COUNT; i++) {
        if (algs[i].id == id)
            return &algs[i];
    }
    return NULL;
}

const struct ecc_alg *ecc_alg_named(struct text name)
{
    for (unsigned i = 0; i < ALG_COUNT; i++) {
        if (text_is(name, algs[i].name))
            return &algs[i];
    }
    return NULL;
}

/* By type and by curve: another curve under type EC is nobody's. */
const struct ecc_alg *ecc_alg_of(const EVP_PKEY *key)
{
    char group[64];
    size_t bytes;

    for (unsigned i = 0; i < ALG_COUNT; i++) {
        if (EVP_PKEY_is_a(key, algs[i].key_type) == 1 &&
            EVP_PKEY_get_group_name(key, group, sizeof group, &bytes) == 1 &&
            (strcmp(group, algs[i].group) == 0 ||
             (algs[i].id == TOKEN_ES256 && strcmp(group, "prime256v1") == 0)))
            return &algs[i];
    }
    ERR_clear_error();
    return NULL;
}

EVP_PKEY *ecc_public_key(const struct ecc_alg *alg, const unsigned char point[ECC_POINT_BYTES])
{
    unsigned char encoded[1 + ECC_POINT_BYTES] = {POINT_CONVERSION_UNCOMPRESSED};
    char group[8]; /* OSSL_PARAM wants memory that it could write to */
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, strlen(alg->group)),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, encoded, sizeof encoded),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, alg->key_type, NULL);
    EVP_PKEY *key = NULL;
    struct build name = build_over(group, sizeof group);

    build_string(&name, alg->group);
    memcpy(encoded + 1, point, ECC_POINT_BYTES);
    if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
    return key;
}

EVP_PKEY *ecc_generate(const struct ecc_alg *alg)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, alg->key_type, NULL);
    EVP_PKEY *key = NULL;

    if (ctx == NULL || EVP_PKEY_keygen_init(ctx) != 1 ||
        EVP_PKEY_CTX_set_group_name(ctx, alg->group) != 1 || EVP_PKEY_generate(ctx, &key) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
    return key;
}

static bool coordinate(const EVP_PKEY *key, const char *name, unsigned char *to)
{
    BIGNUM *number = NULL;
    bool done = EVP_PKEY_get_bn_param(key, name, &number) == 1 &&
                BN_bn2binpad(number, to, ECC_COORDINATE_BYTES) == ECC_COORDINATE_BYTES;

    BN_free(number);
    ERR_clear_error();
    return done;
}

bool ecc_point(const EVP_PKEY *key, unsigned char point[ECC_POINT_BYTES])
{
    return coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X, point) &&
           coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y, point + ECC_COORDINATE_BYTES);
}

void ecc_kid(const unsigned char point[ECC_POINT_BYTES], unsigned char kid[TOKEN_KID_BYTES])
{
    unsigned char digest[32];

    sha256((struct text){(const char *)point, ECC_POINT_BYTES}, digest);
    memcpy(kid, digest, TOKEN_KID_BYTES);
}

static bool is_scalar(const unsigned char number[ECC_COORDINATE_BYTES], const struct ecc_alg *alg)
{
    static const unsigned char zero[ECC_COORDINATE_BYTES];

    return memcmp(number, zero, sizeof zero) != 0 && memcmp(number, alg->order, sizeof zero) < 0;
}

/* r||s to DER; the bytes written, or 0. */
static size_t der_from_raw(const unsigned char raw[TOKEN_SIGNATURE_BYTES],
                           unsigned char der[DER_BYTES_MAX])
{
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, ECC_COORDINATE_BYTES, NULL);
    BIGNUM *s = BN_bin2bn(raw + ECC_COORDINATE_BYTES, ECC_COORDINATE_BYTES, NULL);
    int bytes = 0;

    if (pair != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(pair, r, s) == 1) {
        bytes = i2d_ECDSA_SIG(pair, &der);
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(pair);
    return bytes > 0 ? (size_t)bytes : 0;
}

static bool raw_from_der(const unsigned char *der, size_t bytes,
                         unsigned char raw[TOKEN_SIGNATURE_BYTES])
{
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)bytes);
    bool done = pair != NULL &&
                BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, ECC_COORDINATE_BYTES) ==
                    ECC_COORDINATE_BYTES &&
                BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + ECC_COORDINATE_BYTES,
                             ECC_COORDINATE_BYTES) == ECC_COORDINATE_BYTES;

    ECDSA_SIG_free(pair);
    return done;
}

/* -- ECDSA: over a digest that is made here, because EVP's own way around it costs a fifth of a signature -- */

static bool hash_parts(const struct text parts[], unsigned count,
                       unsigned char digest[ECC_COORDINATE_BYTES])
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool done = md != NULL && EVP_DigestInit_ex2(md, algorithms()->sha256, NULL) == 1;

    for (unsigned i = 0; i < count && done; i++)
        done = EVP_DigestUpdate(md, parts[i].at, parts[i].bytes) == 1;
    done = done && EVP_DigestFinal_ex(md, digest, NULL) == 1;
    EVP_MD_CTX_free(md);
    return done;
}

static bool ecdsa_verify(EVP_PKEY *key, const struct text parts[], unsigned count,
                         const unsigned char *der, size_t bytes)
{
    unsigned char digest[ECC_COORDINATE_BYTES];
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool good = ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 && hash_parts(parts, count, digest) &&
                EVP_PKEY_verify(ctx, der, bytes, digest, sizeof digest) == 1;

    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
    return good;
}

static bool ecdsa_sign(EVP_PKEY *key, const struct text parts[], unsigned count,
                       unsigned char *der, size_t *bytes)
{
    unsigned char digest[ECC_COORDINATE_BYTES];
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool done = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 && hash_parts(parts, count, digest) &&
                EVP_PKEY_sign(ctx, der, bytes, digest, sizeof digest) == 1;

    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
    return done;
}

/* -- SM2: its digest begins with the signer's id and key, which EVP knows how to do ------------------- */

/* One call's contexts. SM2's id must be in place before Init, on a key context handed over. */
struct call {
    EVP_MD_CTX *md;
    EVP_PKEY_CTX *key;
};

static bool call_open(struct call *call, const struct ecc_alg *alg, EVP_PKEY *key)
{
    *call = (struct call){.md = EVP_MD_CTX_new()};
    if (call->md == NULL || algorithms()->sm3 == NULL)
        return false;
    call->key = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    if (call->key == NULL ||
        EVP_PKEY_CTX_set1_id(call->key, alg->signer_id, (int)strlen(alg->signer_id)) != 1)
        return false;
    EVP_MD_CTX_set_pkey_ctx(call->md, call->key);
    return true;
}

static void call_close(struct call *call)
{
    EVP_MD_CTX_free(call->md);
    EVP_PKEY_CTX_free(call->key); /* set_pkey_ctx() leaves it to us */
    ERR_clear_error();
}

static bool verify_update(EVP_MD_CTX *md, const struct text parts[], unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (EVP_DigestVerifyUpdate(md, parts[i].at, parts[i].bytes) != 1)
            return false;
    }
    return true;
}

static bool sm2_verify(const struct ecc_alg *alg, EVP_PKEY *key, const struct text parts[],
                       unsigned count, const unsigned char *der, size_t bytes)
{
    struct call call;
    bool good = call_open(&call, alg, key) &&
                EVP_DigestVerifyInit(call.md, NULL, algorithms()->sm3, NULL, key) == 1 &&
                verify_update(call.md, parts, count) &&
                EVP_DigestVerifyFinal(call.md, der, bytes) == 1;

    call_close(&call);
    return good;
}

static bool sign_update(EVP_MD_CTX *md, const struct text parts[], unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (EVP_DigestSignUpdate(md, parts[i].at, parts[i].bytes) != 1)
            return false;
    }
    return true;
}

static bool sm2_sign(const struct ecc_alg *alg, EVP_PKEY *key, const struct text parts[],
                     unsigned count, unsigned char *der, size_t *bytes)
{
    struct call call;
    bool done = call_open(&call, alg, key) &&
                EVP_DigestSignInit(call.md, NULL, algorithms()->sm3, NULL, key) == 1 &&
                sign_update(call.md, parts, count) &&
                EVP_DigestSignFinal(call.md, der, bytes) == 1;

    call_close(&call);
    return done;
}

/* -- either ----------------------------------------------------------------------------------------- */

bool ecc_verify_parts(const struct ecc_alg *alg, EVP_PKEY *key, const struct text parts[],
                      unsigned count, const unsigned char signature[TOKEN_SIGNATURE_BYTES])
{
    unsigned char der[DER_BYTES_MAX];
    size_t bytes;

    if (!is_scalar(signature, alg) || !is_scalar(signature + ECC_COORDINATE_BYTES, alg))
        return false;
    bytes = der_from_raw(signature, der);
    if (bytes == 0)
        return false;
    return alg->signer_id != NULL ? sm2_verify(alg, key, parts, count, der, bytes)
                                  : ecdsa_verify(key, parts, count, der, bytes);
}

bool ecc_sign_parts(const struct ecc_alg *alg, EVP_PKEY *key, const struct text parts[],
                    unsigned count, unsigned char signature[TOKEN_SIGNATURE_BYTES])
{
    unsigned char der[DER_BYTES_MAX];
    size_t bytes = sizeof der;

    return (alg->signer_id != NULL ? sm2_sign(alg, key, parts, count, der, &bytes)
                                   : ecdsa_sign(key, parts, count, der, &bytes)) &&
           raw_from_der(der, bytes, signature);
}

bool ecc_verify(const struct ecc_alg *alg, EVP_PKEY *key, struct text message,
                const unsigned char signature[TOKEN_SIGNATURE_BYTES])
{
    return ecc_verify_parts(alg, key, &message, 1, signature);
}

bool ecc_sign(const struct ecc_alg *alg, EVP_PKEY *key, struct text message,
              unsigned char signature[TOKEN_SIGNATURE_BYTES])
{
    return ecc_sign_parts(alg, key, &message, 1, signature);
}
