/* store/records.h: writes what an appended record touches. All arrays run in parallel. */
#ifndef STORE_RECORDS_H
#define STORE_RECORDS_H

#include "domain/record.h"
#include "store/pg.h"

struct record_rows {
    size_t count;
    const int64_t *worker_ids;
    const int32_t *versions;
    const int16_t *kinds;
    const day_t *occurred_on;
    const struct text *bodies;
};
void records_insert(struct batch *b, const struct record_rows *rows, int64_t account_id,
                    int64_t org_id);

void record_secrets_insert(struct batch *b, const int64_t *worker_ids, const int32_t *versions,
                           const struct text *sealed, size_t count);

void facts_put(struct batch *b, const int64_t *worker_ids, const int32_t *versions,
               const struct text *packed, size_t count);

struct engagement_rows {
    size_t count;
    const int64_t *worker_ids;
    const int32_t *versions;
    const int64_t *org_ids, *site_ids;
    const int16_t *trades, *roles;
    const day_t *from, *until; /* DAY_NEVER: open */
};
/* Makes the engagements of these workers what `rows` says. */
void engagements_put(struct batch *b, const int64_t *worker_ids, size_t worker_count,
                     const struct engagement_rows *rows);

#endif
