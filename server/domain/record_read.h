/* domain/record_read.h: one field of a record, read from JSON. Private to record*.c. */
#ifndef DOMAIN_RECORD_READ_H
#define DOMAIN_RECORD_READ_H

#include "domain/record_fields.h"

/* What a field is read with. */
struct reading {
    const json_t *object;
    struct arena *arena;
    struct record *out;
    bool names; /* ids may be names */
};

static inline struct text json_text(const json_t *value)
{
    return (struct text){json_string_value(value), json_string_length(value)};
}

/* NULL when the key is not there, or null. */
const json_t *record_value_of(const json_t *object, struct text key);

/* The field where its row says, by its type; ERR_FIELD_MISSING when it must be there. */
MUST_USE struct err record_read_field(const struct reading *r, const struct body_field *f);

MUST_USE struct err record_read_int(const struct reading *r, const struct body_field *f,
                             const json_t *value, int64_t *out);
MUST_USE struct err record_read_id(const struct reading *r, const struct body_field *f,
                            const json_t *value, int64_t *out);
MUST_USE struct err record_read_date(const struct reading *r, const struct body_field *f,
                              const json_t *value);

#endif
