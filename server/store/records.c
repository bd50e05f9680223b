#include "store/records.h"

void records_insert(struct batch *b, const struct record_rows *rows, int64_t account_id,
                    int64_t org_id)
{
    struct params *p = params_new(b);

    params_int64_array(p, rows->worker_ids, rows->count);
    params_int32_array(p, rows->versions, rows->count);
    params_int16_array(p, rows->kinds, rows->count);
    params_date_array(p, rows->occurred_on, rows->count);
    params_int64(p, account_id);
    params_int64(p, org_id);
    params_jsonb_array(p, rows->bodies, rows->count);
    batch_add(b, SQL_RECORD_INSERT, p, NULL, NULL);
}

static void put_bytes(struct batch *b, enum statement statement, const int64_t *worker_ids,
                      const int32_t *versions, const struct text *bytes, size_t count)
{
    struct params *p = params_new(b);

    params_int64_array(p, worker_ids, count);
    params_int32_array(p, versions, count);
    params_bytea_array(p, bytes, count);
    batch_add(b, statement, p, NULL, NULL);
}

void record_secrets_insert(struct batch *b, const int64_t *worker_ids, const int32_t *versions,
                           const struct text *sealed, size_t count)
{
    if (count > 0)
        put_bytes(b, SQL_RECORD_SECRET_INSERT, worker_ids, versions, sealed, count);
}

void facts_put(struct batch *b, const int64_t *worker_ids, const int32_t *versions,
               const struct text *packed, size_t count)
{
    put_bytes(b, SQL_FACTS_PUT, worker_ids, versions, packed, count);
}

static void prune(struct batch *b, const int64_t *worker_ids, size_t worker_count,
                  const struct engagement_rows *rows)
{
    struct params *p = params_new(b);

    params_int64_array(p, worker_ids, worker_count);
    params_int64_array(p, rows->worker_ids, rows->count);
    params_int32_array(p, rows->versions, rows->count);
    batch_add(b, SQL_ENGAGEMENT_PRUNE, p, NULL, NULL);
}

void engagements_put(struct batch *b, const int64_t *worker_ids, size_t worker_count,
                     const struct engagement_rows *rows)
{
    struct params *p = params_new(b);

    if (worker_count == 0)
        return;
    prune(b, worker_ids, worker_count, rows);
    params_int64_array(p, rows->worker_ids, rows->count);
    params_int32_array(p, rows->versions, rows->count);
    params_int64_array(p, rows->org_ids, rows->count);
    params_int64_array(p, rows->site_ids, rows->count);
    params_int16_array(p, rows->trades, rows->count);
    params_int16_array(p, rows->roles, rows->count);
    params_date_array(p, rows->from, rows->count);
    params_date_array(p, rows->until, rows->count);
    batch_add(b, SQL_ENGAGEMENT_PUT, p, NULL, NULL);
}
