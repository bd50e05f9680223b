/* base/err.h: the one error type.
 *
 * A failure travels up by value. Zero is success. The list of all errors is err.def: it makes the
 * enum, the HTTP status, the JSON code and the messages in both languages. A bug is not an error
 * (CHECK), and an answer that nobody likes (colour red, gate stays shut) is data. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

#include "base/check.h"

enum err_code {
    ERR_NONE = 0,
#define ERR(name, status, code, en, zh) ERR_##name,
#include "base/err.def"
#undef ERR
    ERR_COUNT
};

/* Strings are static or live as long as the exchange's arena; they are never freed one by one.
 * `field` and `expected` reach the caller; `detail` goes to the log only. */
struct err {
    enum err_code code;
    const char *field;    /* JSON pointer or column name of the offending input, or NULL */
    const char *expected; /* what would have been right, language-neutral ("1..4", "M | F"), or NULL */
    const char *detail;   /* for the operator; never holds personal data; or NULL */
};

#define OK ((struct err){ERR_NONE, 0, 0, 0})

static inline bool err_is(struct err e)
{
    return e.code != ERR_NONE;
}

MUST_USE static inline struct err err_make(enum err_code code)
{
    return (struct err){code, 0, 0, 0};
}

MUST_USE static inline struct err err_field(enum err_code code, const char *field,
                                            const char *expected)
{
    return (struct err){code, field, expected, 0};
}

MUST_USE static inline struct err err_detail(enum err_code code, const char *detail)
{
    return (struct err){code, 0, 0, detail};
}

struct err_row {
    int status;       /* HTTP status */
    const char *code; /* snake_case name in JSON */
    const char *en, *zh;
};

/* The row of `code`; valid for every code below ERR_COUNT but ERR_NONE. */
const struct err_row *err_row(enum err_code code);

#endif
