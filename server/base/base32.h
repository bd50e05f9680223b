/* base/base32.h: RFC 4648 base32, upper case, without padding.
 *
 * Why base32: its letters survive QR alphanumeric mode, URLs and form bodies alike. Reading is
 * strict, so that a byte string has exactly one text. */
#ifndef BASE_BASE32_H
#define BASE_BASE32_H

#include <stdbool.h>

#include "base/check.h"
#include "base/text.h"

/* Characters that `bytes` bytes take. */
size_t base32_chars(size_t bytes);

void base32_format(struct build *out, struct text bytes);

/* False on any other character (lower case, '=', blanks), on a length that no byte string has, on
 * tail bits that are not zero, and when the result is longer than max. */
MUST_USE bool base32_parse(struct text from, unsigned char *to, size_t max, size_t *bytes);

#endif
