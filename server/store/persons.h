/* store/persons.h: loads people with all that a decision about them needs.
 *
 * People are named by worker id, or by document type and HMAC of the number; many at once, in the
 * order asked. One batch brings the person, the wrapped key, the records and the engagements. */
#ifndef STORE_PERSONS_H
#define STORE_PERSONS_H

#include "domain/fold.h"
#include "domain/record.h"
#include "store/pg.h"

struct person_name { /* how a request names somebody */
    int64_t worker_id;  /* > 0, else by document */
    int16_t document_type;
    struct text document_hmac; /* 32 bytes */
};

struct person_engagement {
    int64_t org_id, site_id;
    struct text site_region; /* of the site's current version */
    uint32_t version;
    day_t from, until; /* DAY_NEVER: open */
    uint16_t trade;
    uint8_t role;
};

struct person {
    bool found;
    bool erased;          /* the records are there, the personal data is gone */
    int64_t worker_id;
    int16_t document_type;
    struct text name_masked;
    struct text sealed;   /* name, number, phone: crypto/seal.h */
    struct text wrapped, salt;
    int32_t access_version, version;
    uint64_t index;       /* the worker's own slot */
    struct record *records; /* by version, ascending */
    size_t record_count;
    struct person_engagement *engagements;
    size_t engagement_count;
};

enum { PERSONS_MAX = 500, PERSON_RECORDS_MAX = 4000 };

/* Adds the statements to b; persons[count] is filled by the time b ends, in the order of names. */
MUST_USE struct err persons_load(struct batch *b, struct arena *arena,
                                 const struct person_name *names, size_t count,
                                 struct person *persons);

/* One record of a row whose columns are those of persons_records.sql. ERR_INTERNAL: it makes no
 * sense. */
MUST_USE struct err person_record_decode(const struct rows *rows, int row, struct record *record);

#endif
