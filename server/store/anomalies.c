#include "store/anomalies.h"

static void decode_row(const struct rows *rows, int i, struct anomaly *a)
{
    *a = (struct anomaly){
        .id = row_int64(rows, i, ANOMALY_LIST_ID),
        .site_id = row_int64(rows, i, ANOMALY_LIST_SITE_ID),
        .site_name = row_text(rows, i, ANOMALY_LIST_SITE_NAME),
        .worker_id = row_int64(rows, i, ANOMALY_LIST_WORKER_ID),
        .gate_id = row_int64(rows, i, ANOMALY_LIST_GATE_ID),
        .epoch = row_int32(rows, i, ANOMALY_LIST_EPOCH),
        .seq = row_int64(rows, i, ANOMALY_LIST_SEQ),
        .day = row_date(rows, i, ANOMALY_LIST_DAY),
        .other_gate = row_int64(rows, i, ANOMALY_LIST_OTHER_GATE),
        .at = row_timestamptz(rows, i, ANOMALY_LIST_AT),
        .kind = row_int16(rows, i, ANOMALY_LIST_KIND),
        .reviews = row_int32(rows, i, ANOMALY_LIST_REVIEWS),
        .outcome = row_text(rows, i, ANOMALY_LIST_OUTCOME),
        .reviewed_by = row_int64(rows, i, ANOMALY_LIST_REVIEWED_BY),
        .reviewed_at = row_timestamptz(rows, i, ANOMALY_LIST_REVIEWED_AT),
    };
}

static struct err decode_list(void *into, const struct rows *rows)
{
    struct anomalies *found = into;

    found->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct anomaly);
    if (found->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    found->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        decode_row(rows, i, &found->rows[i]);
    return OK;
}

void anomalies_list(struct batch *b, struct span span, const struct reach *reach,
                    enum anomaly_which which, struct anomalies *into)
{
    struct params *p = params_new(b);

    params_int64(p, span.after);
    params_int64(p, span.upto);
    params_int32(p, span.max);
    params_reach(p, reach);
    if (which == ANOMALY_ALL)
        params_null(p);
    else
        params_bool(p, which == ANOMALY_OPEN);
    batch_add(b, SQL_ANOMALY_LIST, p, decode_list, into);
}

void anomaly_review(struct batch *b, int64_t id, int32_t number, struct text outcome,
                    int64_t account_id)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_int32(p, number);
    params_text(p, outcome);
    params_int64(p, account_id);
    batch_add(b, SQL_ANOMALY_REVIEW_INSERT, p, NULL, NULL);
}
