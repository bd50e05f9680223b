#include "support/code_maker.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base32.h"
#include "crypto/cbor.h"
#include "crypto/cose.h"

/* {4: 1700000060, 6: 1700000000, -65537: [1048577, 0, 7]} */
static const unsigned char live_payload[] = {0xA3, 0x04, 0x1A, 0x65, 0x53, 0xF1, 0x3C, 0x06, 0x1A,
                                             0x65, 0x53, 0xF1, 0x00, 0x3A, 0x00, 0x01, 0x00, 0x00,
                                             0x83, 0x1A, 0x00, 0x10, 0x00, 0x01, 0x00, 0x07};

void maker_init(struct maker *maker, enum token_alg alg, uint32_t kinds)
{
    unsigned char point[ECC_POINT_BYTES];
    bool have_point;

    *maker = (struct maker){.alg = ecc_alg_find(alg)};
    maker->key = ecc_generate(maker->alg);
    CHECK_ALLOCATED(maker->key);
    have_point = ecc_point(maker->key, point);
    CHECK(have_point);
    maker->pinned = (struct trusted_key){.alg = alg,
                                         .kinds = kinds,
                                         .exp = INT64_C(4102444800),
                                         .state = KEY_ACTIVE,
                                         .public_key = ecc_public_key(maker->alg, point)};
    CHECK_ALLOCATED(maker->pinned.public_key);
    ecc_kid(point, maker->pinned.kid);
}

void maker_clear(struct maker *maker)
{
    EVP_PKEY_free(maker->key);
    EVP_PKEY_free(maker->pinned.public_key);
}

struct parts maker_parts(const struct maker *maker)
{
    struct parts parts = {
        .alg = maker->pinned.alg,
        .kind = TOKEN_LIVE,
        .unprotected = TEXT("\xA0"),
        .payload = {(const char *)live_payload, sizeof live_payload},
    };

    memcpy(parts.kid, maker->pinned.kid, TOKEN_KID_BYTES);
    return parts;
}

static struct cose_sign1 sign1_of(const struct parts *parts, struct build *header)
{
    if (parts->header.at != NULL) {
        build_text(header, parts->header);
    } else {
        cbor_put_head(header, CBOR_MAP, 3);
        cbor_put_int(header, 1);
        cbor_put_int(header, parts->alg);
        cbor_put_int(header, 4);
        cbor_put_bytes(header, (struct text){(const char *)parts->kid, TOKEN_KID_BYTES});
        cbor_put_int(header, -65537);
        cbor_put_int(header, parts->kind);
    }
    return (struct cose_sign1){.protected_bytes = build_done(header),
                               .unprotected = parts->unprotected,
                               .payload = parts->payload};
}

void maker_assemble(const struct parts *parts, struct text signature, struct build *bytes)
{
    char header_bytes[256];
    struct build header = build_over(header_bytes, sizeof header_bytes);
    struct cose_sign1 sign1 = sign1_of(parts, &header);

    sign1.signature = signature;
    cose_write(&sign1, bytes);
    CHECK(!header.full && !bytes->full);
}

void maker_sign(const struct maker *maker, const struct parts *parts, struct build *bytes)
{
    char header_bytes[256], message_bytes[1024];
    unsigned char signature[TOKEN_SIGNATURE_BYTES];
    struct build header = build_over(header_bytes, sizeof header_bytes);
    struct build message = build_over(message_bytes, sizeof message_bytes);
    struct cose_sign1 sign1 = sign1_of(parts, &header);
    bool signed_it;

    cose_to_sign(&sign1, &message);
    CHECK(!message.full);
    signed_it = ecc_sign(maker->alg, maker->key, build_done(&message), signature);
    CHECK(signed_it);
    maker_assemble(parts, (struct text){(const char *)signature, sizeof signature}, bytes);
}

void maker_text(struct text bytes, struct build *out)
{
    build_string(out, TOKEN_PREFIX);
    base32_format(out, bytes);
}

void maker_code(const struct maker *maker, const struct parts *parts, struct build *out)
{
    char bytes[1024];
    struct build token = build_over(bytes, sizeof bytes);

    maker_sign(maker, parts, &token);
    maker_text(build_done(&token), out);
}

struct signer *maker_signer(enum token_alg alg)
{
    char folder[] = "/tmp/jianan-signer-XXXXXX", file[64];
    struct build path = build_over(file, sizeof file);
    struct signer *signer;
    struct err e;

    CHECK(mkdtemp(folder) != NULL);
    build_format(&path, "%s/key.pem", folder);
    e = signer_create_file(file, alg);
    CHECK(!err_is(e));
    e = signer_open_file(file, &signer);
    CHECK(!err_is(e));
    CHECK(unlink(file) == 0 && rmdir(folder) == 0);
    return signer;
}

long maker_first_accepted_flip(struct text bytes, bool (*accepts)(struct text bytes, void *arg),
                               void *arg)
{
    char *copy = malloc(bytes.bytes);
    long flipped = -1;

    CHECK_ALLOCATED(copy);
    memcpy(copy, bytes.at, bytes.bytes);
    CHECK(accepts((struct text){copy, bytes.bytes}, arg));
    for (size_t bit = 0; bit < 8 * bytes.bytes && flipped < 0; bit++) {
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        if (accepts((struct text){copy, bytes.bytes}, arg))
            flipped = (long)bit;
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
    }
    free(copy);
    return flipped;
}
