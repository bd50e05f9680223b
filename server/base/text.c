#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct text text_of(const char *string)
{
    return (struct text){string != NULL ? string : "", string != NULL ? strlen(string) : 0};
}

bool text_equal(struct text a, struct text b)
{
    return a.bytes == b.bytes && (a.bytes == 0 || memcmp(a.at, b.at, a.bytes) == 0);
}

bool text_equal_ignoring_case(struct text a, struct text b)
{
    return a.bytes == b.bytes && (a.bytes == 0 || strncasecmp(a.at, b.at, a.bytes) == 0);
}

bool text_is(struct text a, const char *string)
{
    return text_equal(a, text_of(string));
}

bool text_starts(struct text a, struct text prefix)
{
    return a.bytes >= prefix.bytes && text_equal((struct text){a.at, prefix.bytes}, prefix);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct text text_trim(struct text a)
{
    while (a.bytes > 0 && is_blank(a.at[0]))
        a = (struct text){a.at + 1, a.bytes - 1};
    while (a.bytes > 0 && is_blank(a.at[a.bytes - 1]))
        a.bytes--;
    return a;
}

struct text text_cut(struct text a, char separator, struct text *rest)
{
    const char *hit = a.bytes > 0 ? memchr(a.at, separator, a.bytes) : NULL;
    struct text head = a;

    *rest = (struct text){NULL, 0};
    if (hit != NULL) {
        head.bytes = (size_t)(hit - a.at);
        *rest = (struct text){hit + 1, a.bytes - head.bytes - 1};
    }
    return head;
}

bool text_to_int(struct text a, int64_t min, int64_t max, int64_t *value)
{
    bool negative = a.bytes > 0 && a.at[0] == '-';
    size_t i = negative ? 1 : 0;
    int64_t sum = 0;

    if (i == a.bytes || a.bytes > 20)
        return false;
    for (; i < a.bytes; i++) {
        int digit = a.at[i] - '0';

        if (digit < 0 || digit > 9 || __builtin_mul_overflow(sum, 10, &sum) ||
            __builtin_add_overflow(sum, negative ? -digit : digit, &sum))
            return false;
    }
    if (sum < min || sum > max)
        return false;
    *value = sum;
    return true;
}

/* Length of the sequence that starts at p (left bytes remain), or 0 when it is not valid. */
static size_t utf8_sequence(const unsigned char *p, size_t left)
{
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3
                  : p[0] < 0xF5 ? 4 : 0;

    if (length == 0 || length > left)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    }
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
        (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
        return 0;
    return length;
}

bool text_is_utf8(struct text a, size_t *code_points)
{
    size_t count = 0;

    for (size_t i = 0; i < a.bytes; count++) {
        size_t length = utf8_sequence((const unsigned char *)a.at + i, a.bytes - i);

        if (length == 0)
            return false;
        i += length;
    }
    if (code_points != NULL)
        *code_points = count;
    return true;
}

uint32_t text_next_code_point(struct text *rest)
{
    const unsigned char *p = (const unsigned char *)rest->at;
    size_t length = utf8_sequence(p, rest->bytes);
    uint32_t point;

    CHECK(length > 0);
    point = length == 1 ? p[0] : p[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++)
        point = point << 6 | (p[i] & 0x3F);
    *rest = (struct text){rest->at + length, rest->bytes - length};
    return point;
}

struct build build_over(char *at, size_t max)
{
    CHECK(max > 0);
    at[0] = '\0';
    return (struct build){.at = at, .max = max};
}

void build_text(struct build *b, struct text t)
{
    size_t room = b->max - 1 - b->bytes;

    if (t.bytes > room) {
        b->full = true;
        t.bytes = room;
    }
    if (t.bytes > 0)
        memcpy(b->at + b->bytes, t.at, t.bytes);
    b->bytes += t.bytes;
    b->at[b->bytes] = '\0';
}

void build_char(struct build *b, char c)
{
    build_text(b, (struct text){&c, 1});
}

void build_string(struct build *b, const char *s)
{
    build_text(b, text_of(s));
}

void build_int(struct build *b, int64_t value)
{
    build_format(b, "%" PRId64, value);
}

void build_format(struct build *b, const char *format, ...)
{
    size_t room = b->max - b->bytes;
    va_list args;
    int bytes;

    va_start(args, format);
    bytes = vsnprintf(b->at + b->bytes, room, format, args);
    va_end(args);
    CHECK(bytes >= 0);
    if ((size_t)bytes >= room) {
        b->full = true;
        b->bytes = b->max - 1;
    } else {
        b->bytes += (size_t)bytes;
    }
}

struct text build_done(const struct build *b)
{
    return (struct text){b->at, b->bytes};
}
