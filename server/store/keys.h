/* store/keys.h: the service's signing keys and the signed lists of them, as rows. */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include "domain/signing_key.h"
#include "store/link.h"
#include "store/pg.h"

/* -- for the register: reads the columns of sql/directory_keys.sql, sql/directory_trust.sql ------- */

MUST_USE bool signing_key_row_read(const struct text *fields, struct signing_key *key);
struct trust_row {
    uint64_t next;     /* what the next list counts */
    uint64_t sequence; /* 0: there is no list */
    struct text bytes; /* borrowed */
};
MUST_USE bool trust_row_read(const struct text *fields, struct trust_row *row);

/* -- for operators -------------------------------------------------------------------------------- */

struct key_event { /* a version of a key */
    struct signing_key key;
    bool emergency;
    struct text reason; /* .at NULL: none was given */
    int64_t account_id, recorded_at;
    int64_t published_at; /* of the key; 0: not yet */
};
struct key_events {
    struct key_event *rows; /* by number, then version */
    int count;
};
void key_events_list(struct batch *b, struct key_events *into);
/* Takes `key` as the version to be; activated_us is not looked at. */
void signing_key_insert(struct batch *b, const struct signing_key *key, bool emergency, struct text reason,
                int64_t account_id);

/* Like trust_row_read(); the bytes are not told. */
void trust_newest(struct batch *b, struct trust_row *into);

struct trust_insert {
    uint64_t sequence;
    struct text bytes, root; /* root: its kid */
    const struct text *kids;
    size_t kid_count;
    int64_t iat_s, exp_s;
    int64_t account_id;
};
void trust_insert(struct batch *b, const struct trust_insert *row);

/* The service's first key, active at once, if there is none. Blocking libpq, before the service runs.
 * ERR_DATABASE when the database cannot be reached. */
MUST_USE struct err signing_key_first_open(const char *conninfo, const struct signing_key *key);
/* The same as part of a batch. */
void signing_key_first(struct batch *b, const struct signing_key *key);

#endif
