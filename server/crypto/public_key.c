#include "crypto/public_key.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/json.h"
#include "crypto/cose_any.h"
#include "crypto/seal.h"

enum { CBOR_BYTES_MAX = 1024, COORDINATE_CHARACTERS = 43 };

/* Both halves are tried; what is kept is a key made from the point alone. */
static bool point_of_pem(struct text content, const struct ecc_alg **alg,
                         unsigned char point[ECC_POINT_BYTES])
{
    BIO *bio = BIO_new_mem_buf(content.at, (int)content.bytes);
    EVP_PKEY *key = bio != NULL ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;
    bool found;

    if (key == NULL && bio != NULL && BIO_reset(bio) == 1)
        key = PEM_read_bio_PrivateKey(bio, NULL, NULL, (char[]){""}); /* no password is asked for */
    *alg = key != NULL ? ecc_alg_of(key) : NULL;
    found = *alg != NULL && ecc_point(key, point);
    EVP_PKEY_free(key);
    BIO_free(bio);
    ERR_clear_error();
    return found;
}

/* 32 bytes are 43 characters of base64url (RFC 4648 section 5) without padding. */
static bool read_coordinate(const json_t *value, unsigned char *to)
{
    char text[COORDINATE_CHARACTERS + 2];
    unsigned char bytes[ECC_COORDINATE_BYTES + 1];
    const char *given = json_string_value(value);

    if (given == NULL || json_string_length(value) != COORDINATE_CHARACTERS ||
        strpbrk(given, "+/=") != NULL)
        return false;
    for (size_t i = 0; i < COORDINATE_CHARACTERS; i++)
        text[i] = (char)(given[i] == '-' ? '+' : given[i] == '_' ? '/' : given[i]);
    text[COORDINATE_CHARACTERS] = '=';
    if (EVP_DecodeBlock(bytes, (const unsigned char *)text, COORDINATE_CHARACTERS + 1) !=
            ECC_COORDINATE_BYTES + 1 ||
        bytes[ECC_COORDINATE_BYTES] != 0)
        return false;
    memcpy(to, bytes, ECC_COORDINATE_BYTES);
    return true;
}

bool public_key_from_jwk(const json_t *jwk, const struct ecc_alg **alg,
                         unsigned char point[ECC_POINT_BYTES])
{
    struct text curve = text_of(json_string_value(json_object_get(jwk, "crv")));

    *alg = text_is(curve, "P-256") ? ecc_alg_find(TOKEN_ES256)
           : text_is(curve, "SM2") ? ecc_alg_find(TOKEN_SM2)
                                   : NULL;
    return *alg != NULL &&
           text_is(text_of(json_string_value(json_object_get(jwk, "kty"))), "EC") &&
           read_coordinate(json_object_get(jwk, "x"), point) &&
           read_coordinate(json_object_get(jwk, "y"), point + ECC_COORDINATE_BYTES);
}

static bool point_of_json(struct text content, const struct ecc_alg **alg,
                          unsigned char point[ECC_POINT_BYTES])
{
    json_t *jwk;
    struct err e = json_read(content, &jwk);
    bool found;

    if (err_is(e))
        return false;
    found = public_key_from_jwk(jwk, alg, point);
    json_decref(jwk);
    return found;
}

static bool point_of_cose(struct text content, const struct ecc_alg **alg,
                          unsigned char point[ECC_POINT_BYTES])
{
    unsigned char bytes[CBOR_BYTES_MAX];
    struct text hex = text_trim(content);

    if (hex.bytes <= 2 * sizeof bytes && hex.bytes > 0 && hex_parse(hex, bytes, hex.bytes / 2))
        return cose_any_key((struct text){(char *)bytes, hex.bytes / 2}, alg, point);
    return cose_any_key(content, alg, point);
}

EVP_PKEY *public_key_parse(struct text content)
{
    unsigned char point[ECC_POINT_BYTES];
    const struct ecc_alg *alg = NULL;
    struct text start = text_trim(content);
    bool found = text_starts(start, TEXT("-----BEGIN")) ? point_of_pem(content, &alg, point)
                 : text_starts(start, TEXT("{"))        ? point_of_json(content, &alg, point)
                                                        : point_of_cose(content, &alg, point);

    return found ? ecc_public_key(alg, point) : NULL;
}
