/* tests/support/hex.h: bytes in tests, written as hex with blanks where they help the eye. */
#ifndef SUPPORT_HEX_H
#define SUPPORT_HEX_H

#include <criterion/criterion.h>
#include <string.h>

#include "base/text.h"

/* Into `to`, which must hold the result; anything but hex digits and blanks fails the test. */
static inline struct text hex_bytes(const char *hex, unsigned char *to, size_t max)
{
    static const char digits[] = "0123456789abcdef";
    size_t nibbles = 0;

    for (; *hex != '\0'; hex++) {
        const char *digit = strchr(digits, *hex);

        if (*hex == ' ')
            continue;
        cr_assert(digit != NULL && nibbles / 2 < max, "bad hex in a test");
        if (nibbles % 2 == 0)
            to[nibbles / 2] = (unsigned char)((digit - digits) << 4);
        else
            to[nibbles / 2] |= (unsigned char)(digit - digits);
        nibbles++;
    }
    cr_assert(nibbles % 2 == 0, "half a byte in a test");
    return (struct text){(const char *)to, nibbles / 2};
}

#endif
