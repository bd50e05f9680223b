/* store/overrides.h: overrides that were asked for, and the evidence given with them. */
#ifndef STORE_OVERRIDES_H
#define STORE_OVERRIDES_H

#include "domain/override.h"
#include "domain/record.h"
#include "store/pg.h"

struct override_row {
    int64_t id, worker_id;
    int64_t asked_by;       /* account: the first signature */
    int64_t account_id;     /* who wrote this version; of a signed one, the second signature */
    int32_t version;
    int32_t record_version; /* what it became; 0: no record */
    enum override_state state;
    struct record record;   /* kind and fields; signed_by: who asked and whom he named */
    time_us asked_at, expires_at;
};
struct override_rows {
    struct override_row *rows;
    int count;
};

/* 0, .at NULL: not narrowed by this. Seen is what is about people engaged in the region (prefix),
 * and what the account asked for itself. */
struct override_filter {
    int64_t after; /* the newest come first: those older than this id */
    struct text region;
    int64_t account_id;
    int64_t id, worker_id;
    struct text state;
    day_t today;
};
void overrides_list(struct batch *b, const struct override_filter *filter, int32_t max,
                    struct override_rows *into);

void override_next_id(struct batch *b, int64_t *id);
/* body, sealed: as the record's would be stored. */
void override_insert(struct batch *b, int64_t id, int64_t worker_id, struct text body,
                     struct text sealed, int64_t asked_by, time_us expires_at);
/* The version after row->version. record_version 0: it became none. */
void override_move(struct batch *b, const struct override_row *row, enum override_state state,
                   int32_t record_version, int64_t account_id);
/* *sealed stays .at NULL when the person was erased. */
void override_words_load(struct batch *b, int64_t id, struct text *sealed);

#endif
