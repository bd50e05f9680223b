/* api/input.h: checks a body or a query against a table of fields.
 *
 * One row a field; the error names the bad one by JSON pointer and says what would have been
 * right. Unknown fields are refused, so nobody sets what is not theirs to set. */
#ifndef API_INPUT_H
#define API_INPUT_H

#include <jansson.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

enum field_type {
    FIELD_TEXT,    /* struct text; min..max code points; clean text (domain/idnumber.h text_is_clean) */
    FIELD_INT,     /* int64_t in min..max */
    FIELD_BOOL,    /* bool */
    FIELD_DATE,    /* day_t */
    FIELD_TIME,    /* time_us */
    FIELD_CHOICE,  /* int: place in `choices` + 1 */
    FIELD_REGION,  /* struct text: min..max digits */
    FIELD_IDS,     /* struct id_list: array of positive integers, at most max */
    FIELD_WORDS,   /* struct word_list: array of texts, at most max */
    FIELD_OBJECT   /* json_t *, borrowed: the handler looks inside (a rule, a document) */
};

struct id_list {
    int64_t *id;
    size_t count;
};
struct word_list {
    struct text *word;
    size_t count;
};

struct field {
    const char *name; /* NULL ends the table */
    enum field_type type;
    size_t offset;
    bool required;
    int64_t min, max;
    const char *choices; /* FIELD_CHOICE: "in|out|both" */
};

/* Fills `into` (zeroed by the caller), whose size is the table's own business. */
MUST_USE struct err input_check(const json_t *object, const struct field *fields,
                                struct arena *arena, void *into);
/* The same for a query string: every value is text; a name twice is refused. */
MUST_USE struct err input_check_query(struct text query, const struct field *fields,
                                      struct arena *arena, void *into);
/* Which fields were given at all. */
bool input_has(const json_t *object, const char *name);

#endif
