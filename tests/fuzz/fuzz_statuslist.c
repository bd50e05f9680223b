/* Any bytes as a signed status list, and as what is compressed in one. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/statuslist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct trust_list no_keys;

/* Heap memory of its exact size, so that one byte too far is seen. */
static void as_compressed(struct text lst)
{
    enum { BYTES = 4096 };
    unsigned char *packed = malloc(BYTES);
    unsigned status;

    CHECK_ALLOCATED(packed);
    if (statuslist_inflate(lst, packed, BYTES)) {
        CHECK(statuslist_at(packed, BYTES, 2, BYTES * 4 - 1, &status) && status <= 3);
        CHECK(!statuslist_at(packed, BYTES, 2, BYTES * 4, &status));
    }
    free(packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text input = {(const char *)data, size};
    struct statuslist list;

    as_compressed(input);
    if (statuslist_read(input, &list) != TOKEN_OK)
        return 0;
    CHECK(list.lst.at >= input.at && list.lst.bytes <= input.bytes);
    CHECK(list.claims.sub.bytes <= STATUSLIST_SUB_BYTES_MAX);
    CHECK(list.envelope.sign1.signature.bytes == TOKEN_SIGNATURE_BYTES);
    as_compressed(list.lst);
    CHECK(statuslist_judge(&list, &no_keys, 0, 0) == TOKEN_UNKNOWN_KEY);
    return 0;
}
