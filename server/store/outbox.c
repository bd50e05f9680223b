#include "store/outbox.h"

static struct err decode_added(void *into, const struct rows *rows)
{
    int64_t *added = into;

    *added += row_int64(rows, 0, OUTBOX_ADD_ADDED);
    return OK;
}

void outbox_add(struct batch *b, const struct outbox_event *event, int64_t *added)
{
    struct params *p = params_new(b);

    params_text(p, text_of(event_type(event->kind)));
    params_text(p, event->subject);
    params_date(p, event->due);
    params_int64(p, event->org_id);
    params_int64(p, event->site_id);
    params_int64(p, event->worker_id);
    params_jsonb(p, event->data);
    batch_add(b, SQL_OUTBOX_ADD, p, added != NULL ? decode_added : NULL, added);
}

void outbox_add_test(struct batch *b, int64_t webhook_id, struct text subject, day_t due,
                     int64_t org_id, struct text data)
{
    struct params *p = params_new(b);

    params_int64(p, webhook_id);
    params_text(p, subject);
    params_date(p, due);
    params_int64(p, org_id);
    params_jsonb(p, data);
    batch_add(b, SQL_OUTBOX_TEST, p, NULL, NULL);
}

/* -- sending -------------------------------------------------------------------------------- */

static struct delivery delivery_of(const struct rows *rows, int i)
{
    return (struct delivery){
        .outbox_id = row_int64(rows, i, DELIVERY_CLAIM_OUTBOX_ID),
        .webhook_id = row_int64(rows, i, DELIVERY_CLAIM_WEBHOOK_ID),
        .worker_id = row_int64(rows, i, DELIVERY_CLAIM_WORKER_ID),
        .at = row_timestamptz(rows, i, DELIVERY_CLAIM_AT),
        .attempt = row_int32(rows, i, DELIVERY_CLAIM_ATTEMPTS),
        .message = row_text(rows, i, DELIVERY_CLAIM_MESSAGE),
        .kind = row_text(rows, i, DELIVERY_CLAIM_KIND),
        .name_masked = row_text(rows, i, DELIVERY_CLAIM_NAME_MASKED),
        .data = row_text(rows, i, DELIVERY_CLAIM_DATA),
        .url = row_text(rows, i, DELIVERY_CLAIM_URL),
        .secret = row_text(rows, i, DELIVERY_CLAIM_SECRET),
        .secret_before = row_text(rows, i, DELIVERY_CLAIM_SECRET_BEFORE),
    };
}

static struct err decode_claimed(void *into, const struct rows *rows)
{
    struct deliveries *found = into;

    found->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct delivery);
    if (found->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    for (int i = 0; i < rows->count; i++)
        found->rows[i] = delivery_of(rows, i);
    found->count = rows->count;
    return OK;
}

void deliveries_claim(struct batch *b, int32_t of_one, int32_t in_all, int64_t lease_ms,
                      struct deliveries *into)
{
    struct params *p = params_new(b);

    params_int32(p, of_one);
    params_int32(p, in_all);
    params_int64(p, lease_ms);
    batch_add(b, SQL_DELIVERY_CLAIM, p, decode_claimed, into);
}

static void mark_done(struct batch *b, const struct delivery_outcome *o)
{
    struct params *p = params_new(b);

    params_int64(p, o->outbox_id);
    params_int64(p, o->webhook_id);
    params_int16(p, o->status);
    params_int32(p, o->took_ms);
    batch_add(b, SQL_DELIVERY_DONE, p, NULL, NULL);
}

static void mark_failed(struct batch *b, const struct delivery_outcome *o)
{
    struct params *p = params_new(b);

    params_int64(p, o->outbox_id);
    params_int64(p, o->webhook_id);
    params_int32(p, o->attempt);
    if (o->status != 0)
        params_int16(p, o->status);
    else
        params_null(p);
    params_text(p, text_of(o->trouble));
    params_int32(p, o->took_ms);
    if (o->retry_ms >= 0)
        params_int64(p, o->retry_ms);
    else
        params_null(p);
    batch_add(b, SQL_DELIVERY_FAILED, p, NULL, NULL);
}

void delivery_mark(struct batch *b, const struct delivery_outcome *outcome)
{
    if (outcome->trouble == NULL)
        mark_done(b, outcome);
    else
        mark_failed(b, outcome);
}

/* -- figures -------------------------------------------------------------------------------- */

static struct err decode_state(void *into, const struct rows *rows)
{
    *(struct outbox_state *)into = (struct outbox_state){
        .pending = row_int64(rows, 0, OUTBOX_FIGURES_PENDING),
        .dead = row_int64(rows, 0, OUTBOX_FIGURES_DEAD),
        .oldest_s = row_int64(rows, 0, OUTBOX_FIGURES_OLDEST_S),
    };
    return OK;
}

void outbox_state(struct batch *b, struct outbox_state *into)
{
    batch_add(b, SQL_OUTBOX_FIGURES, params_new(b), decode_state, into);
}

/* -- work of a day -------------------------------------------------------------------------- */

static struct err decode_claim(void *into, const struct rows *rows)
{
    *(bool *)into = rows->count == 1;
    return OK;
}

void job_run_claim(struct batch *b, const char *job, day_t due, const unsigned char server_id[16],
                   int64_t lease_ms, bool begin, bool *claimed)
{
    struct params *p = params_new(b);

    params_text(p, text_of(job));
    params_date(p, due);
    params_bytea(p, (struct text){(const char *)server_id, 16});
    params_int64(p, lease_ms);
    params_bool(p, begin);
    batch_add(b, SQL_JOB_RUN_CLAIM, p, decode_claim, claimed);
}

void job_run_renew(struct batch *b, const char *job, day_t due, const unsigned char server_id[16],
                   int64_t lease_ms, int64_t effects, bool done)
{
    struct params *p = params_new(b);

    params_text(p, text_of(job));
    params_date(p, due);
    params_bytea(p, (struct text){(const char *)server_id, 16});
    params_int64(p, lease_ms);
    params_int64(p, effects);
    params_bool(p, done);
    batch_add(b, SQL_JOB_RUN_RENEW, p, NULL, NULL);
}

void job_run_ask(struct batch *b, const char *job, day_t due)
{
    struct params *p = params_new(b);

    params_text(p, text_of(job));
    params_date(p, due);
    batch_add(b, SQL_JOB_RUN_ASK, p, NULL, NULL);
}
