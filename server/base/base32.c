#include "base/base32.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

size_t base32_chars(size_t bytes)
{
    return bytes / 5 * 8 + (bytes % 5 * 8 + 4) / 5;
}

void base32_format(struct build *out, struct text bytes)
{
    unsigned held = 0, bits = 0; /* the low `bits` of held are not written yet */

    for (size_t i = 0; i < bytes.bytes; i++) {
        held = held << 8 | (unsigned char)bytes.at[i];
        for (bits += 8; bits >= 5; bits -= 5)
            build_char(out, alphabet[held >> (bits - 5) & 31]);
        held &= 31; /* fewer than five bits remain */
    }
    if (bits > 0)
        build_char(out, alphabet[held << (5 - bits) & 31]);
}

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

bool base32_parse(struct text from, unsigned char *to, size_t max, size_t *bytes)
{
    unsigned held = 0, bits = 0;
    size_t count = from.bytes / 8 * 5 + from.bytes % 8 * 5 / 8, filled = 0;

    if (base32_chars(count) != from.bytes || count > max)
        return false;
    for (size_t i = 0; i < from.bytes; i++) {
        int value = value_of(from.at[i]);

        if (value < 0)
            return false;
        held = (held << 5 | (unsigned)value) & 0xFFF;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            to[filled++] = (unsigned char)(held >> bits & 0xFF);
        }
    }
    *bytes = filled;
    return (held & ((1u << bits) - 1)) == 0;
}
