/* domain/fnv.h: FNV-1a over numbers, 64 bits: tells whether what is looked at is what it was.
 *
 * One changed byte always changes the result (each step is one-to-one). It is no protection against
 * somebody who changes the hash as well. Offset and prime: draft-eastlake-fnv, 64-bit. */
#ifndef DOMAIN_FNV_H
#define DOMAIN_FNV_H

#include "base/text.h"

#define FNV_BEGIN UINT64_C(0xcbf29ce484222325)

/* The number's lowest `bytes` bytes, lowest first: the same on every machine. */
static inline void fnv_put(uint64_t *hash, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        *hash = (*hash ^ (value >> (8 * i) & 0xff)) * UINT64_C(0x100000001b3);
}

/* With its length, so that neighbouring texts do not run together. */
static inline void fnv_put_text(uint64_t *hash, struct text text)
{
    fnv_put(hash, text.bytes, sizeof(uint32_t));
    for (size_t i = 0; i < text.bytes; i++)
        fnv_put(hash, (unsigned char)text.at[i], 1);
}

#endif
