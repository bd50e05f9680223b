#include "store/webhooks.h"

static void params_owner(struct params *p, const struct webhook_owner *owner)
{
    params_text(p, owner->role);
    params_int64(p, owner->org_id);
    params_int64(p, owner->site_id);
    params_text(p, owner->region);
}

static struct err decode_webhooks(void *into, const struct rows *rows)
{
    struct webhook_rows *found = into;

    found->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct webhook_row);
    if (found->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    for (int i = 0; i < rows->count; i++) {
        found->rows[i] = (struct webhook_row){
            .id = row_int64(rows, i, WEBHOOK_LIST_ID),
            .version = row_int32(rows, i, WEBHOOK_LIST_VERSION),
            .url = row_text(rows, i, WEBHOOK_LIST_URL),
            .events = row_text(rows, i, WEBHOOK_LIST_EVENTS),
            .state = row_text(rows, i, WEBHOOK_LIST_STATE),
            .pending = row_int64(rows, i, WEBHOOK_LIST_PENDING),
            .dead = row_int64(rows, i, WEBHOOK_LIST_DEAD),
            .recorded_at = row_timestamptz(rows, i, WEBHOOK_LIST_RECORDED_AT),
        };
    }
    found->count = rows->count;
    return OK;
}

void webhooks_list(struct batch *b, struct span span, const struct webhook_owner *owner,
                   struct webhook_rows *into)
{
    struct params *p = params_new(b);

    params_int64(p, span.after);
    params_int64(p, span.upto);
    params_owner(p, owner);
    params_int32(p, span.max);
    batch_add(b, SQL_WEBHOOK_LIST, p, decode_webhooks, into);
}

static struct err decode_active(void *into, const struct rows *rows)
{
    *(int64_t *)into = row_int64(rows, 0, WEBHOOK_ACTIVE_ACTIVE);
    return OK;
}

void webhooks_active(struct batch *b, const struct webhook_owner *owner, int64_t *active)
{
    struct params *p = params_new(b);

    params_owner(p, owner);
    batch_add(b, SQL_WEBHOOK_ACTIVE, p, decode_active, active);
}

static struct err decode_id(void *into, const struct rows *rows)
{
    *(int64_t *)into = row_int64(rows, 0, WEBHOOK_NEXT_ID_ID);
    return OK;
}

void webhook_next_id(struct batch *b, int64_t *id)
{
    batch_add(b, SQL_WEBHOOK_NEXT_ID, params_new(b), decode_id, id);
}

void webhook_insert(struct batch *b, int64_t id, const struct webhook_owner *owner,
                    const struct webhook_change *webhook, struct text sealed_secret,
                    int64_t account_id)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_owner(p, owner);
    params_text(p, webhook->url);
    params_text_array(p, webhook->events, webhook->event_count);
    params_int64(p, account_id);
    params_bytea(p, sealed_secret);
    batch_add(b, SQL_WEBHOOK_INSERT, p, NULL, NULL);
}

void webhook_amend(struct batch *b, int64_t id, int32_t version,
                   const struct webhook_change *webhook, int64_t account_id)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_int32(p, version);
    params_text(p, webhook->url);
    if (webhook->event_count > 0)
        params_text_array(p, webhook->events, webhook->event_count);
    else
        params_null(p);
    params_text(p, webhook->state);
    params_int64(p, account_id);
    batch_add(b, SQL_WEBHOOK_AMEND, p, NULL, NULL);
}

void webhook_secret_add(struct batch *b, int64_t id, struct text sealed_secret)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_bytea(p, sealed_secret);
    batch_add(b, SQL_WEBHOOK_SECRET_INSERT, p, NULL, NULL);
}

/* -- what became of its messages ------------------------------------------------------------ */

static struct delivery_row delivery_of(const struct rows *rows, int i)
{
    return (struct delivery_row){
        .id = row_int64(rows, i, DELIVERY_LIST_ID),
        .message = row_text(rows, i, DELIVERY_LIST_MESSAGE),
        .kind = row_text(rows, i, DELIVERY_LIST_KIND),
        .at = row_timestamptz(rows, i, DELIVERY_LIST_AT),
        .state = row_text(rows, i, DELIVERY_LIST_STATE),
        .attempts = row_int32(rows, i, DELIVERY_LIST_ATTEMPTS),
        .next_at = row_timestamptz(rows, i, DELIVERY_LIST_NEXT_AT),
        .status = row_int16(rows, i, DELIVERY_LIST_STATUS),
        .trouble = row_text(rows, i, DELIVERY_LIST_TROUBLE),
        .took_ms = row_is_null(rows, i, DELIVERY_LIST_TOOK_MS)
                       ? -1 : row_int32(rows, i, DELIVERY_LIST_TOOK_MS),
        .ended_at = row_is_null(rows, i, DELIVERY_LIST_ENDED_AT)
                        ? 0 : row_timestamptz(rows, i, DELIVERY_LIST_ENDED_AT),
    };
}

static struct err decode_deliveries(void *into, const struct rows *rows)
{
    struct delivery_rows *found = into;

    found->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct delivery_row);
    if (found->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    for (int i = 0; i < rows->count; i++)
        found->rows[i] = delivery_of(rows, i);
    found->count = rows->count;
    return OK;
}

void deliveries_list(struct batch *b, int64_t webhook_id, int64_t before, struct text state,
                     int32_t max, struct delivery_rows *into)
{
    struct params *p = params_new(b);

    params_int64(p, webhook_id);
    params_int64(p, before);
    params_text(p, state);
    params_int32(p, max);
    batch_add(b, SQL_DELIVERY_LIST, p, decode_deliveries, into);
}

static void by_webhook(struct batch *b, enum statement statement, int64_t webhook_id)
{
    struct params *p = params_new(b);

    params_int64(p, webhook_id);
    batch_add(b, statement, p, NULL, NULL);
}

void deliveries_revive(struct batch *b, int64_t webhook_id)
{
    by_webhook(b, SQL_DELIVERY_REVIVE, webhook_id);
}

void deliveries_give_up(struct batch *b, int64_t webhook_id)
{
    by_webhook(b, SQL_DELIVERY_GIVE_UP, webhook_id);
}
