#include "store/badges.h"

#include "store/slots.h"

static struct err decode_badges(void *into, const struct rows *rows)
{
    struct badge_rows *badges = into;

    badges->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct badge_row);
    if (badges->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    badges->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        badges->rows[i] = (struct badge_row){
            .worker_id = row_int64(rows, i, BADGE_LIST_WORKER_ID),
            .org_id = row_int64(rows, i, BADGE_LIST_ORG_ID),
            .number = row_int32(rows, i, BADGE_LIST_NUMBER),
            .index = (uint64_t)row_int64(rows, i, BADGE_LIST_INDEX),
            .issued_at = row_timestamptz(rows, i, BADGE_LIST_ISSUED_AT),
            .expires_at = row_timestamptz(rows, i, BADGE_LIST_EXPIRES_AT),
            .voided_at = row_is_null(rows, i, BADGE_LIST_VOIDED_AT)
                             ? 0
                             : row_timestamptz(rows, i, BADGE_LIST_VOIDED_AT),
            .reason = row_text(rows, i, BADGE_LIST_REASON),
        };
    return OK;
}

void badges_list(struct batch *b, const int64_t *worker_ids, size_t count, struct badge_rows *into)
{
    struct params *p = params_new(b);

    params_int64_array(p, worker_ids, count);
    batch_add(b, SQL_BADGE_LIST, p, decode_badges, into);
}

void badges_insert(struct batch *b, const struct new_badges *badges)
{
    struct params *p = params_new(b);

    params_int64_array(p, badges->worker_ids, badges->count);
    params_int32_array(p, badges->numbers, badges->count);
    params_int64_array(p, badges->candidates, badges->count * SLOT_CANDIDATES);
    params_int32(p, SLOT_CANDIDATES);
    params_int64(p, badges->org_id);
    params_int64(p, badges->account_id);
    params_timestamptz(p, badges->issued_at);
    params_timestamptz(p, badges->expires_at);
    batch_add(b, SQL_BADGE_INSERT, p, NULL, NULL);
}

void badge_void(struct batch *b, int64_t worker_id, int32_t number, struct text reason,
                int64_t account_id)
{
    struct params *p = params_new(b);

    params_int64(p, worker_id);
    params_int32(p, number);
    params_text(p, reason);
    if (account_id != 0)
        params_int64(p, account_id);
    else
        params_null(p);
    batch_add(b, SQL_BADGE_VOID, p, NULL, NULL);
}
