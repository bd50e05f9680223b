#include "store/reads.h"

static struct text prefix_of(struct text region)
{
    return region.at != NULL ? region : TEXT("");
}

static struct err decode_workers(void *into, const struct rows *rows)
{
    struct listed_workers *workers = into;

    workers->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct listed_worker);
    if (workers->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    workers->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        workers->rows[i] = (struct listed_worker){
            .worker_id = row_int64(rows, i, WORKER_LIST_WORKER_ID),
            .name_masked = row_text(rows, i, WORKER_LIST_NAME_MASKED),
            .engagement_version = row_int32(rows, i, WORKER_LIST_VERSION),
            .org_id = row_int64(rows, i, WORKER_LIST_ORG_ID),
            .site_id = row_int64(rows, i, WORKER_LIST_SITE_ID),
            .region = row_text(rows, i, WORKER_LIST_REGION),
            .trade = (uint16_t)row_int16(rows, i, WORKER_LIST_TRADE),
            .role = (uint8_t)row_int16(rows, i, WORKER_LIST_ROLE),
            .from = row_date(rows, i, WORKER_LIST_FROM_DAY),
            .until = row_date(rows, i, WORKER_LIST_UNTIL_DAY),
            .facts_version = row_int32(rows, i, WORKER_LIST_FACTS_VERSION),
            .packed = row_text(rows, i, WORKER_LIST_PACKED),
        };
    return OK;
}

void workers_list(struct batch *b, int64_t after, const struct reach *reach, uint16_t trade,
                  day_t today, int32_t max, struct listed_workers *into)
{
    struct params *p = params_new(b);

    CHECK(max > 0 && max <= SETUP_ROWS_MAX);
    params_int64(p, after);
    params_id_or_null(p, reach->org_id);
    params_id_or_null(p, reach->site_id);
    params_text(p, prefix_of(reach->region));
    if (trade != 0)
        params_int16(p, (int16_t)trade);
    else
        params_null(p);
    params_date(p, today);
    params_int32(p, max);
    batch_add(b, SQL_WORKER_LIST, p, decode_workers, into);
}

static struct err decode_ids(void *into, const struct rows *rows)
{
    struct worker_ids *found = into;

    found->ids = arena_new_array(rows->arena, (size_t)rows->count + 1, int64_t);
    if (found->ids == NULL)
        return err_make(ERR_TOO_LARGE);
    for (int i = 0; i < rows->count; i++)
        found->ids[i] = row_int64(rows, i, FORECAST_WORKERS_WORKER_ID);
    found->count = rows->count;
    return OK;
}

void forecast_workers(struct batch *b, int64_t after, const struct reach *reach, day_t today,
                      int32_t max, struct worker_ids *into)
{
    struct params *p = params_new(b);

    params_int64(p, after);
    params_id_or_null(p, reach->org_id);
    params_id_or_null(p, reach->site_id);
    params_text(p, prefix_of(reach->region));
    params_date(p, today);
    params_int32(p, max);
    batch_add(b, SQL_FORECAST_WORKERS, p, decode_ids, into);
}

static struct err decode_found(void *into, const struct rows *rows)
{
    struct found_worker *found = into;

    if (rows->count > 0)
        *found = (struct found_worker){row_int64(rows, 0, WORKER_FIND_WORKER_ID),
                                       row_text(rows, 0, WORKER_FIND_NAME_MASKED)};
    return OK;
}

void worker_find(struct batch *b, int16_t document_type, struct text document_hmac,
                 const struct reach *reach, day_t today, struct found_worker *into)
{
    struct params *p = params_new(b);

    params_int16(p, document_type);
    params_bytea(p, document_hmac);
    params_id_or_null(p, reach->org_id);
    params_id_or_null(p, reach->site_id);
    params_date(p, today);
    batch_add(b, SQL_WORKER_FIND, p, decode_found, into);
}

static struct err decode_accesses(void *into, const struct rows *rows)
{
    struct access_rows *accesses = into;

    accesses->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct access_row);
    if (accesses->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    accesses->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        accesses->rows[i] = (struct access_row){
            .id = row_int64(rows, i, WORKER_ACCESSES_ID),
            .at = row_timestamptz(rows, i, WORKER_ACCESSES_AT),
            .action = row_text(rows, i, WORKER_ACCESSES_ACTION),
            .account_id = row_int64(rows, i, WORKER_ACCESSES_ACCOUNT_ID),
            .role = row_text(rows, i, WORKER_ACCESSES_ROLE),
            .org_id = row_int64(rows, i, WORKER_ACCESSES_ORG_ID),
            .org_name = row_text(rows, i, WORKER_ACCESSES_ORG_NAME),
        };
    return OK;
}

void worker_accesses(struct batch *b, int64_t worker_id, int64_t before, int32_t max,
                     struct access_rows *into)
{
    struct params *p = params_new(b);

    params_int64(p, worker_id);
    params_int64(p, before);
    params_int32(p, max);
    batch_add(b, SQL_WORKER_ACCESSES, p, decode_accesses, into);
}

static struct err decode_audit(void *into, const struct rows *rows)
{
    struct audit_list_rows *audit = into;

    audit->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct audit_list_row);
    if (audit->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    audit->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        audit->rows[i] = (struct audit_list_row){
            .id = row_int64(rows, i, AUDIT_LIST_ID),
            .at = row_timestamptz(rows, i, AUDIT_LIST_AT),
            .account_id = row_int64(rows, i, AUDIT_LIST_ACCOUNT_ID),
            .role = row_text(rows, i, AUDIT_LIST_ROLE),
            .org_id = row_int64(rows, i, AUDIT_LIST_ORG_ID),
            .action = row_text(rows, i, AUDIT_LIST_ACTION),
            .worker_id = row_int64(rows, i, AUDIT_LIST_WORKER_ID),
            .worker_ids = row_text(rows, i, AUDIT_LIST_WORKER_IDS),
            .detail = row_text(rows, i, AUDIT_LIST_DETAIL),
            .request_id = row_int64(rows, i, AUDIT_LIST_REQUEST_ID),
        };
    return OK;
}

void audit_list(struct batch *b, int64_t before, const struct audit_filter *filter, int32_t max,
                struct audit_list_rows *into)
{
    struct params *p = params_new(b);

    params_int64(p, before);
    params_text(p, prefix_of(filter->region));
    params_int64(p, filter->org_id);
    params_id_or_null(p, filter->worker_id);
    params_id_or_null(p, filter->account_id);
    params_int32(p, max);
    batch_add(b, SQL_AUDIT_LIST, p, decode_audit, into);
}

static struct err decode_passes(void *into, const struct rows *rows)
{
    struct listed_passes *passes = into;

    passes->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct listed_pass);
    if (passes->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    passes->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        passes->rows[i] = (struct listed_pass){
            .place = {.gate_id = row_int64(rows, i, PASS_LIST_GATE_ID),
                      .epoch = row_int32(rows, i, PASS_LIST_EPOCH),
                      .seq = row_int64(rows, i, PASS_LIST_SEQ),
                      .told = row_int16(rows, i, PASS_LIST_TOLD)},
            .worker_id = row_int64(rows, i, PASS_LIST_WORKER_ID),
            .direction = row_int16(rows, i, PASS_LIST_DIRECTION),
            .verdict = row_int16(rows, i, PASS_LIST_VERDICT),
            .why = row_int16(rows, i, PASS_LIST_WHY),
            .person_colour = row_int16(rows, i, PASS_LIST_PERSON_COLOUR),
            .colour_here = row_int16(rows, i, PASS_LIST_COLOUR_HERE),
            .reasons = row_int64(rows, i, PASS_LIST_REASONS),
            .restrictions = row_int32(rows, i, PASS_LIST_RESTRICTIONS),
            .flags = row_int32(rows, i, PASS_LIST_FLAGS),
            .source = row_int16(rows, i, PASS_LIST_SOURCE),
            .at = row_timestamptz(rows, i, PASS_LIST_AT),
            .decided_at = row_timestamptz(rows, i, PASS_LIST_DECIDED_AT),
            .recorded_at = row_timestamptz(rows, i, PASS_LIST_RECORDED_AT),
            .policy = row_int32(rows, i, PASS_LIST_POLICY),
        };
    return OK;
}

void passes_list(struct batch *b, int64_t site_id, day_t day, const struct pass_place *after,
                 int32_t max, struct listed_passes *into)
{
    struct params *p = params_new(b);

    params_int64(p, site_id);
    params_date(p, day);
    params_int64(p, after->gate_id);
    params_int32(p, after->epoch);
    params_int64(p, after->seq);
    params_int16(p, after->told);
    params_int32(p, max);
    batch_add(b, SQL_PASS_LIST, p, decode_passes, into);
}

static struct err decode_reviews(void *into, const struct rows *rows)
{
    struct review_rows *reviews = into;

    reviews->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct review_row);
    if (reviews->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    reviews->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        reviews->rows[i] = (struct review_row){
            .worker_id = row_int64(rows, i, WORKER_REVIEWS_WORKER_ID),
            .known_worker_id = row_int64(rows, i, WORKER_REVIEWS_KNOWN_WORKER_ID),
            .name_masked = row_text(rows, i, WORKER_REVIEWS_NAME_MASKED),
            .known_name_masked = row_text(rows, i, WORKER_REVIEWS_KNOWN_NAME_MASKED),
            .account_id = row_int64(rows, i, WORKER_REVIEWS_ACCOUNT_ID),
            .org_id = row_int64(rows, i, WORKER_REVIEWS_ORG_ID),
            .at = row_timestamptz(rows, i, WORKER_REVIEWS_AT),
        };
    return OK;
}

void identity_reviews(struct batch *b, int64_t after, struct text region, int32_t max,
                      struct review_rows *into)
{
    struct params *p = params_new(b);

    params_int64(p, after);
    params_text(p, prefix_of(region));
    params_int32(p, max);
    batch_add(b, SQL_WORKER_REVIEWS, p, decode_reviews, into);
}
