/* Any bytes as somebody else's COSE_Sign1, and as a file with a public key. */
#include <stdint.h>

#include "crypto/cose_any.h"
#include "crypto/public_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool lies_in(struct text part, struct text whole)
{
    return part.bytes == 0 || (part.at >= whole.at && part.at + part.bytes <= whole.at + whole.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text input = {(const char *)data, size};
    struct cose_any message;
    enum cose_any_why why = cose_any_read(input, &message);
    EVP_PKEY *key;

    if (why == COSE_ANY_OK) {
        CHECK(lies_in(message.sign1.protected_bytes, input));
        CHECK(lies_in(message.sign1.payload, input));
        CHECK(lies_in(message.sign1.signature, input) && lies_in(message.kid, input));
    }
    if (size < 4096) {
        key = public_key_parse(input);
        CHECK(key == NULL || ecc_alg_of(key) != NULL);
        EVP_PKEY_free(key);
    }
    return 0;
}
