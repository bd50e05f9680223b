#include "crypto/cose_key.h"

#include <string.h>

static const struct {
    int64_t curve;
    enum token_alg alg;
} curves[] = {{COSE_KEY_P256, TOKEN_ES256}, {COSE_KEY_SM2, TOKEN_SM2}};
enum { CURVE_COUNT = sizeof curves / sizeof curves[0] };

static bool read_coordinate(struct cbor_reader *r, int64_t key, unsigned char *to)
{
    struct text bytes;

    if (!cbor_key(r, key) || !cbor_bytes(r, &bytes) || bytes.bytes != ECC_COORDINATE_BYTES)
        return false;
    memcpy(to, bytes.at, ECC_COORDINATE_BYTES);
    return true;
}

bool cose_key_read(struct cbor_reader *r, const struct ecc_alg **alg,
                   unsigned char point[ECC_POINT_BYTES])
{
    int64_t type, curve;

    *alg = NULL;
    if (!cbor_map(r, 4) || !cbor_key(r, COSE_KEY_TYPE) || !cbor_int(r, &type) || type != COSE_KEY_EC2 ||
        !cbor_key(r, COSE_KEY_CURVE) || !cbor_int(r, &curve))
        return false;
    for (unsigned i = 0; i < CURVE_COUNT; i++) {
        if (curves[i].curve == curve)
            *alg = ecc_alg_find(curves[i].alg);
    }
    return *alg != NULL && read_coordinate(r, COSE_KEY_X, point) &&
           read_coordinate(r, COSE_KEY_Y, point + ECC_COORDINATE_BYTES);
}

void cose_key_put(struct build *out, const struct ecc_alg *alg,
                  const unsigned char point[ECC_POINT_BYTES])
{
    const char *at = (const char *)point;

    cbor_put_head(out, CBOR_MAP, 4);
    cbor_put_int(out, COSE_KEY_TYPE);
    cbor_put_int(out, COSE_KEY_EC2);
    cbor_put_int(out, COSE_KEY_CURVE);
    for (unsigned i = 0; i < CURVE_COUNT; i++) {
        if (curves[i].alg == alg->id)
            cbor_put_int(out, curves[i].curve);
    }
    cbor_put_int(out, COSE_KEY_X);
    cbor_put_bytes(out, (struct text){at, ECC_COORDINATE_BYTES});
    cbor_put_int(out, COSE_KEY_Y);
    cbor_put_bytes(out, (struct text){at + ECC_COORDINATE_BYTES, ECC_COORDINATE_BYTES});
}
