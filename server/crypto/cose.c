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

void cose_to_sign(const struct cose_sign1 *sign1, struct build *out)
{
    cbor_put_head(out, CBOR_ARRAY, 4);
    cbor_put_text(out, TEXT("Signature1"));
    cbor_put_bytes(out, sign1->protected_bytes);
    cbor_put_bytes(out, (struct text){"", 0}); /* external_aad */
    cbor_put_bytes(out, sign1->payload);
}
