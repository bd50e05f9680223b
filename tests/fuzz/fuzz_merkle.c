/* Any bytes as a proof: sizes, then hashes. Nothing may be read beyond them, no size may loop or
 * overflow, and what is accepted is accepted for these sizes and roots alone. */
#include <stdint.h>
#include <string.h>

#include "crypto/merkle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD_BYTES = 16 + 2 * MERKLE_HASH_BYTES };

static uint64_t number(const uint8_t *at)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < 8; i++)
        value = value << 8 | at[i];
    return value;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct merkle_hash a, b, proof[MERKLE_PROOF_MAX];
    uint64_t at, total;
    unsigned count;

    if (size < HEAD_BYTES)
        return 0;
    at = number(data);
    total = number(data + 8);
    memcpy(a.bytes, data + 16, MERKLE_HASH_BYTES);
    memcpy(b.bytes, data + 16 + MERKLE_HASH_BYTES, MERKLE_HASH_BYTES);
    count = (unsigned)((size - HEAD_BYTES) / MERKLE_HASH_BYTES);
    if (count > MERKLE_PROOF_MAX)
        count = MERKLE_PROOF_MAX;
    memcpy(proof, data + HEAD_BYTES, (size_t)count * MERKLE_HASH_BYTES);
    if (merkle_verify_inclusion(at, total, &a, proof, count, &b)) {
        b.bytes[0] ^= 1;
        CHECK(!merkle_verify_inclusion(at, total, &a, proof, count, &b));
        b.bytes[0] ^= 1;
    }
    if (merkle_verify_consistency(at, &a, total, &b, proof, count) && at != 0) {
        a.bytes[31] ^= 1;
        CHECK(!merkle_verify_consistency(at, &a, total, &b, proof, count));
    }
    return 0;
}
