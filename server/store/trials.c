#include "store/trials.h"

static struct err decode_id(void *into, const struct rows *rows)
{
    *(int64_t *)into = row_int64(rows, 0, TRIAL_NEXT_ID_ID);
    return OK;
}

void trial_next_id(struct batch *b, int64_t *id)
{
    batch_add(b, SQL_TRIAL_NEXT_ID, NULL, decode_id, id);
}

void trial_insert(struct batch *b, const struct trial_start *start)
{
    struct params *p = params_new(b);

    params_int64(p, start->id);
    params_int32(p, start->policy);
    params_text(p, start->region);
    params_date(p, start->on);
    params_int64(p, start->account_id);
    params_int64(p, start->workers);
    params_bytea(p, (struct text){(const char *)start->server_id, 16}); /* a uuid's binary form */
    batch_add(b, SQL_TRIAL_INSERT, p, NULL, NULL);
}

void trial_progress(struct batch *b, int64_t id, int64_t workers_done, struct text state,
                    struct text report)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_int64(p, workers_done);
    params_text(p, state);
    if (report.at != NULL)
        params_jsonb(p, report);
    else
        params_null(p);
    batch_add(b, SQL_TRIAL_PROGRESS, p, NULL, NULL);
}

static struct err decode_trials(void *into, const struct rows *rows)
{
    struct trial_items *items = into;

    items->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct trial_item);
    if (items->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    items->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        items->rows[i] = (struct trial_item){
            .id = row_int64(rows, i, TRIAL_LIST_ID),
            .account_id = row_int64(rows, i, TRIAL_LIST_ACCOUNT_ID),
            .policy = row_int32(rows, i, TRIAL_LIST_POLICY),
            .region = row_text(rows, i, TRIAL_LIST_REGION),
            .state = row_text(rows, i, TRIAL_LIST_STATE),
            .on = row_date(rows, i, TRIAL_LIST_ON_DAY),
            .workers = row_int64(rows, i, TRIAL_LIST_WORKERS),
            .workers_done = row_int64(rows, i, TRIAL_LIST_WORKERS_DONE),
            .report = row_text(rows, i, TRIAL_LIST_REPORT),
            .started_at = row_timestamptz(rows, i, TRIAL_LIST_STARTED_AT),
            .ended_at = row_timestamptz(rows, i, TRIAL_LIST_ENDED_AT),
        };
    return OK;
}

void trials_list(struct batch *b, int64_t after, int64_t upto, int32_t max, int32_t policy,
                 struct text region, struct trial_items *into)
{
    struct params *p = params_new(b);

    params_int64(p, after);
    params_int64(p, upto);
    params_int32(p, max);
    if (policy != 0)
        params_int32(p, policy);
    else
        params_null(p);
    params_text(p, region);
    batch_add(b, SQL_TRIAL_LIST, p, decode_trials, into);
}
