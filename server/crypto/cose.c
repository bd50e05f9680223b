#include "crypto/cose.h"

#include "crypto/cbor.h"

static bool is_map(struct text item)
{
    return item.bytes > 0 && (unsigned char)item.at[0] >> 5 == CBOR_MAP;
}

bool cose_read(struct text bytes, struct cose_sign1 *sign1)
{
    struct cbor_reader r = cbor_over(bytes);

    return cbor_tag(&r, COSE_SIGN1_TAG) && cbor_array(&r, 4) &&
           cbor_bytes(&r, &sign1->protected_bytes) && cbor_item(&r, &sign1->unprotected) &&
           cbor_bytes(&r, &sign1->payload) && cbor_bytes(&r, &sign1->signature) && cbor_end(&r) &&
           is_map(sign1->protected_bytes) && cbor_is_profile(sign1->protected_bytes) &&
           is_map(sign1->unprotected);
}

void cose_write(const struct cose_sign1 *sign1, struct build *out)
{
    cbor_put_head(out, CBOR_TAG, COSE_SIGN1_TAG);
    cbor_put_head(out, CBOR_ARRAY, 4);
    cbor_put_bytes(out, sign1->protected_bytes);
    build_text(out, sign1->unprotected);
    cbor_put_bytes(out, sign1->payload);
    cbor_put_bytes(out, sign1->signature);
}

/* Notes a head just written: what stands in the build from `from` on. */
static struct text head_from(const struct build *heads, size_t from)
{
    return (struct text){heads->at + from, heads->bytes - from};
}

void cose_to_sign_parts(const struct cose_sign1 *sign1, struct text external,
                        struct cose_parts *to_sign)
{
    struct build heads = build_over(to_sign->heads, sizeof to_sign->heads);
    struct text *parts = to_sign->parts;
    size_t from;

    cbor_put_head(&heads, CBOR_ARRAY, 4);
    cbor_put_text(&heads, TEXT("Signature1"));
    cbor_put_head(&heads, CBOR_BYTES, sign1->protected_bytes.bytes);
    parts[0] = head_from(&heads, 0);
    parts[1] = sign1->protected_bytes;
    from = heads.bytes;
    cbor_put_head(&heads, CBOR_BYTES, external.bytes);
    parts[2] = head_from(&heads, from);
    parts[3] = external;
    from = heads.bytes;
    cbor_put_head(&heads, CBOR_BYTES, sign1->payload.bytes);
    parts[4] = head_from(&heads, from);
    parts[5] = sign1->payload;
    CHECK(!heads.full);
}

void cose_to_sign(const struct cose_sign1 *sign1, struct build *out)
{
    struct cose_parts to_sign;

    cose_to_sign_parts(sign1, TEXT(""), &to_sign);
    for (unsigned i = 0; i < COSE_PARTS; i++)
        build_text(out, to_sign.parts[i]);
}
