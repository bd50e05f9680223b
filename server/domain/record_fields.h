/* domain/record_fields.h: the table of fields, one row a field. Private to record*.c. */
#ifndef DOMAIN_RECORD_FIELDS_H
#define DOMAIN_RECORD_FIELDS_H

#include "domain/record.h"

enum body_type {
    BODY_DATE,     /* day_t */
    BODY_CHOICE,   /* uint8_t: place in `choices` + min */
    BODY_CHOICES,  /* uint8_t: bit per place */
    BODY_U8,       /* integer in min..max */
    BODY_U32,
    BODY_BOOL,
    BODY_ID,       /* int64_t, 1..max; in files also a name */
    BODY_SECRET,   /* struct secret; min..max code points */
    BODY_TRADE,    /* uint16_t */
    BODY_CATEGORY, /* uint16_t: GB 6441 code times 100 */
    BODY_CLASS,    /* uint8_t: two digits */
    BODY_SUBJECT,  /* int64_t: read according to the ban's scope */
    BODY_SIGNERS   /* int64_t[RECORD_SIGNERS], all different */
};

struct body_field {
    uint8_t kind, type;
    bool required;
    uint16_t offset;
    const char *pointer; /* "/valid_until"; the key is what follows the slash */
    int64_t min, max;
    const char *choices; /* or what `expected` says */
};

extern const struct body_field body_fields[]; /* grouped by kind; .pointer NULL ends it */

static inline const char *body_key(const struct body_field *f)
{
    return f->pointer + 1;
}

uint32_t fnv1a(struct text text);

#endif
