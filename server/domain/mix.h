/* domain/mix.h: a hash over numbers, 64 bits: tells whether what is looked at is what it was.
 *
 * Each step takes a number to a new state, one to one for a given number and for a given state, so
 * one changed number always changes the result. A step is a multiplication, not one a byte: a gate
 * check takes some hundred. It is no protection against somebody who changes the hash as well. */
#ifndef DOMAIN_MIX_H
#define DOMAIN_MIX_H

#include "base/text.h"

#define MIX_BEGIN UINT64_C(0xcbf29ce484222325)

/* The multiplier is odd, and so has an inverse modulo 2^64; a shifted exclusive or has one, too. */
static inline void mix_put(uint64_t *hash, uint64_t number)
{
    *hash = (*hash ^ number) * UINT64_C(0x9e3779b97f4a7c15);
    *hash ^= *hash >> 32;
}

/* With its length, so that neighbouring texts do not run together; eight bytes a step, the first of
 * them lowest, on every machine. */
static inline void mix_put_text(uint64_t *hash, struct text text)
{
    mix_put(hash, text.bytes);
    for (size_t i = 0; i < text.bytes; i += 8) {
        uint64_t word = 0;

        for (size_t k = 0; k < 8 && i + k < text.bytes; k++)
            word |= (uint64_t)(unsigned char)text.at[i + k] << (8 * k);
        mix_put(hash, word);
    }
}

#endif
