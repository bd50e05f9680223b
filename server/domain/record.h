/* domain/record.h: a worker's records: what kinds there are, what each holds, reading and writing.
 *
 * One table (record_fields.c) names every field of every kind; the server, the importer and
 * `jianan score` read by it, so a record means the same everywhere. A record in the database holds
 * codes, dates, ids and salted hashes only: a field that is personal or free text (a struct secret)
 * is written there as `<name>_hash`. */
#ifndef DOMAIN_RECORD_H
#define DOMAIN_RECORD_H

#include <jansson.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "scoring/scoring.h"

/* Stored in record.kind: numbers are never reused. */
enum record_kind {
    RECORD_IDENTITY = 1,
    RECORD_EXAM,
    RECORD_TRAINING,
    RECORD_STUDY,
    RECORD_VIOLATION,
    RECORD_RECTIFICATION,
    RECORD_CERTIFICATE,
    RECORD_CERTIFICATE_STATUS,
    RECORD_BAN,
    RECORD_AGREEMENT,
    RECORD_ENGAGEMENT,
    RECORD_ENGAGEMENT_END,
    RECORD_OVERRIDE,
    RECORD_STAR,
    RECORD_SUPERSEDE,
    RECORD_CONSENT,
    RECORD_MERGE,
    RECORD_ERASURE, /* the service's own: what was personal is gone from here on */
    RECORD_KINDS
};

const char *record_kind_name(enum record_kind kind);  /* "certificate_status" */
enum record_kind record_kind_of(struct text name);    /* 0: none of these */

/* Personal or free text. `hash` is a salted hash in 32 lower-case hex digits, empty while only the
 * plain text is known. `ref` is what facts compare: the hash's first 32 bits, or for plain text
 * (files given to `jianan score`) its FNV-1a-32; so one set of records must be of one form. */
struct secret {
    struct text plain; /* .at NULL when not known, or not given */
    char hash[33];
    uint32_t ref; /* 0: not given */
};

void secret_set_hash(struct secret *secret, const char hash[32]);

enum { RECORD_SIGNERS = 2 };

/* Members are as in the table; a day that was left out is DAY_UNKNOWN, an id 0. Enums are those of
 * scoring/facts.h and scoring/scoring.h. */
struct record {
    enum record_kind kind;
    uint32_t version;     /* local to the worker, from 1 */
    day_t occurred_on;
    time_us recorded_at;
    int64_t by, org;      /* who posted it: account and organisation; 0 unknown */
    union {
        struct { day_t birth_date; uint8_t sex, document_type; } identity;
        struct { day_t valid_until; uint8_t conclusion, contraindicated_for; } exam;
        struct { int64_t site; uint8_t type, hours, score; bool passed; } training;
        struct { uint32_t points; } study;
        struct { int64_t site; uint16_t category; uint8_t class, severity; bool off_job_training; }
            violation;
        struct { uint32_t of; } rectification;
        struct { struct secret number; day_t valid_from, valid_until; uint8_t type, class, issuer; }
            certificate;
        struct { struct secret number; day_t from, until; uint8_t status, months; }
            certificate_status; /* months: as in a ban */
        struct { struct secret basis; int64_t subject; day_t from, until; uint8_t scope, months; }
            ban; /* months: read instead of until, which is computed from it; 0 afterwards */
        struct { day_t from, until; uint8_t type; } agreement;
        struct { struct secret team; int64_t org, site; uint16_t trade; day_t from; uint8_t role; }
            engagement;
        struct { int64_t org, site; uint32_t of; uint16_t trade; day_t until; uint8_t role; }
            engagement_end;
        struct { struct secret evidence; int64_t signed_by[RECORD_SIGNERS]; day_t from, until;
                 uint8_t colour; } override;
        struct { uint32_t points; } star;
        struct { uint32_t of; } supersede;
        struct { uint8_t scope; bool given; } consent;
        struct { int64_t into; } merge;
    };
};

/* Reads the fields of `kind` from a flat object. Keys in `also` (NULL-terminated; may be NULL) are
 * the caller's and skipped; others are refused. Ids are integers. Texts lie in the object: they
 * live as long as it. The common members are left as they are. Fails with ERR_FIELD_… and
 * ERR_DATE_…, `field` a JSON pointer into the object, `expected` what would have been right. */
MUST_USE struct err record_parse_body(enum record_kind kind, const json_t *object,
                                      const char *const *also, struct arena *arena,
                                      struct record *out);

/* Reads a whole record as it stands in files: kind, occurred_on, recorded_at, version?, by?, org?
 * and the fields flat beside them. Here ids may be names: "S1" becomes a number above 2^31 by
 * FNV-1a, so names and numbers never meet. A version left out is 0. In an engagement, org is the
 * employer's. */
MUST_USE struct err record_parse(const json_t *object, struct arena *arena, struct record *out);

/* An id as it stands in files, number or name; a trade as text or number. For contexts, which name
 * the same places as records. ERR_FIELD_TYPE, ERR_FIELD_RANGE, ERR_FIELD_CHOICE. */
MUST_USE struct err record_id_parse(const json_t *value, const char *field, uint32_t *id);
MUST_USE struct err record_trade_parse(const json_t *value, const char *field, uint16_t *trade);

/* Writes the fields of the record's kind into the open object; a secret as its hash when it has
 * one. What was left out is not written. */
void record_render_body(const struct record *record, struct json_writer *w);

/* The secrets of a record that were given, so that the caller can hash and seal them. */
enum { RECORD_SECRETS_MAX = 2 };
struct record_secret {
    const char *name; /* "number" */
    struct secret *secret;
};
size_t record_secrets(struct record *record, struct record_secret out[RECORD_SECRETS_MAX]);

/* Names of a choice field's values, "a|b|c" in the order of the enum: for forms and texts. */
const char *record_choices(enum record_kind kind, const char *field); /* NULL: no such choice */

/* -- trades (trade.def) ------------------------------------------------------------------------- */

struct trade {
    uint16_t code;
    const char *zh, *en;
};
const struct trade *trade_find(uint16_t code); /* NULL: no such trade */
/* "030" or "1000": three or four digits. ERR_FIELD_CHOICE for a code that is not in the table. */
MUST_USE struct err trade_parse(struct text from, const char *field, uint16_t *trade);

/* YYYY-MM-DD. ERR_DATE_INVALID. Both are used for policies and contexts, too. */
MUST_USE struct err day_parse(struct text from, const char *field, day_t *day);
enum { DAY_TEXT_BYTES = 11 };
struct text day_format(day_t day, char buffer[DAY_TEXT_BYTES]); /* of a day in [1, DAY_LAST] */

#endif
