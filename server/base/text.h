/* base/text.h: text is a pointer and a length; a builder is bounded.
 *
 * A struct text is borrowed: who keeps it, copies it. It need not end in NUL. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"

struct text {
    const char *at;
    size_t bytes;
};

#define TEXT(literal) ((struct text){"" literal, sizeof(literal) - 1})

struct text text_of(const char *string); /* NULL gives the empty text */
bool text_equal(struct text a, struct text b);
bool text_equal_ignoring_case(struct text a, struct text b); /* ASCII only */
bool text_is(struct text a, const char *string);
bool text_starts(struct text a, struct text prefix);
struct text text_trim(struct text a); /* ASCII blanks at both ends */

/* Splits off what stands before `separator`; *rest is what follows it, or .at = NULL at the end. */
struct text text_cut(struct text a, char separator, struct text *rest);

/* The whole text is one number in range; false otherwise. */
MUST_USE bool text_to_int(struct text a, int64_t min, int64_t max, int64_t *value);

/* Valid UTF-8 (RFC 3629: no overlong forms, no surrogates). *code_points may be NULL. */
MUST_USE bool text_is_utf8(struct text a, size_t *code_points);

/* Takes one code point off the front of valid UTF-8. */
uint32_t text_next_code_point(struct text *rest);

/* A builder writes into memory of its caller's. What does not fit is cut and `full` is set;
 * look at it once, at the end. at[bytes] is always NUL (so max must be at least 1). */
struct build {
    char *at;
    size_t bytes, max;
    bool full;
};

struct build build_over(char *at, size_t max);
void build_char(struct build *b, char c);
void build_text(struct build *b, struct text t);
void build_string(struct build *b, const char *s);
void build_int(struct build *b, int64_t value);
void build_format(struct build *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct text build_done(const struct build *b);

#endif
