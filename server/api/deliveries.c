/* api/deliveries.c: what became of a webhook's messages; a test message; another try; reminders before
 * their time. */
#include "api/resource.h"
#include "api/webhooks.h"
#include "api/write.h"
#include "domain/record.h"
#include "store/outbox.h"

#define DELIVERY_STATES "pending|delivered|dead"

struct delivery_query {
    struct page page;
    int state;
};
const struct field delivery_list_query[] = {
    PAGE_FIELDS(struct delivery_query),
    {"state", FIELD_CHOICE, offsetof(struct delivery_query, state), false, 0, 0, DELIVERY_STATES},
    {0},
};

struct delivery_request {
    struct write write;
    int64_t id;
    struct webhook_rows webhook;
    struct delivery_rows found;
};
const size_t delivery_state_bytes = sizeof(struct delivery_request);

/* -- GET /v1/webhooks/{id}/deliveries ------------------------------------------------------- */

static enum step delivery_list_load(struct exchange *x)
{
    const struct delivery_query *q = x->query;
    struct delivery_request *s = x->state;
    struct webhook_owner owner = webhook_owner_of(caller_of(x));
    struct err e = path_id(x, 0, ERR_WEBHOOK_UNKNOWN, &s->id);
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (err_is(e))
        return exchange_fail(x, e);
    if (b != NULL) {
        webhooks_list(b, span_of(s->id), &owner, &s->webhook);
        deliveries_list(b, s->id, q->page.after > 0 ? q->page.after : INT64_MAX,
                        choice_word(DELIVERY_STATES, q->state), page_limit(&q->page) + 1,
                        &s->found);
    }
    return load_send(x, b);
}

static void put_delivery(struct json_writer *w, const struct delivery_row *row)
{
    json_open_object(w, NULL);
    json_put_int(w, "id", row->id);
    json_put_text(w, "message", row->message);
    json_put_text(w, "type", row->kind);
    json_put_time(w, "at", row->at);
    json_put_text(w, "state", row->state);
    json_put_int(w, "attempts", row->attempts);
    json_put_id(w, "status", row->status);
    json_put_text_or_null(w, "trouble",
                          row->trouble.bytes > 0 ? row->trouble : (struct text){NULL, 0});
    if (row->took_ms >= 0)
        json_put_int(w, "took_ms", row->took_ms);
    else
        json_put_null(w, "took_ms");
    if (text_is(row->state, "pending"))
        json_put_time(w, "next_at", row->next_at);
    else
        json_put_null(w, "next_at");
    if (row->ended_at != 0)
        json_put_time(w, "ended_at", row->ended_at);
    else
        json_put_null(w, "ended_at");
    json_close_object(w);
}

static enum step delivery_list_answer(struct exchange *x)
{
    const struct delivery_query *q = x->query;
    const struct delivery_request *s = x->state;
    struct list list;
    int64_t last = 0;

    if (s->webhook.count == 0)
        return exchange_fail(x, err_make(ERR_WEBHOOK_UNKNOWN));
    list_open(x, &list);
    for (int i = 0; i < s->found.count && i < page_limit(&q->page); i++) {
        put_delivery(&list.w, &s->found.rows[i]);
        last = s->found.rows[i].id;
    }
    return list_answer_by_id(x, &list, &q->page, s->found.count, last);
}

step_fn *const delivery_list[] = {delivery_list_load, delivery_list_answer, NULL};

/* -- POST /v1/webhooks/{id}/test, …/retry --------------------------------------------------- */

static enum step sending_load(struct exchange *x)
{
    struct delivery_request *s = x->state;
    struct webhook_owner owner = webhook_owner_of(caller_of(x));
    struct err e = path_id(x, 0, ERR_WEBHOOK_UNKNOWN, &s->id);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    b = write_begin(x);
    if (b != NULL)
        webhooks_list(b, span_of(s->id), &owner, &s->webhook);
    return load_send(x, b);
}

static struct err sending_admit(const struct exchange *x)
{
    const struct delivery_request *s = x->state;

    if (s->webhook.count == 0)
        return err_make(ERR_WEBHOOK_UNKNOWN);
    return text_is(s->webhook.rows[0].state, "active") ? OK : err_make(ERR_WEBHOOK_DISABLED);
}

static struct text detail_of(struct exchange *x)
{
    const struct delivery_request *s = x->state;

    return text_of(arena_format(&x->arena, "{\"webhook\":%lld}", (long long)s->id));
}

/* Each asking is an event of its own: its subject is drawn. */
static struct err test_subject(struct exchange *x, struct text *subject)
{
    const struct delivery_request *s = x->state;
    unsigned char drawn[8];
    char hex[2 * sizeof drawn + 1];
    struct err e = random_bytes(drawn, sizeof drawn);

    if (err_is(e))
        return e;
    hex_format(drawn, sizeof drawn, hex);
    *subject = text_of(arena_format(&x->arena, "%lld.%s", (long long)s->id, hex));
    return OK;
}

static enum step test_write(struct exchange *x)
{
    struct delivery_request *s = x->state;
    struct text subject;
    struct batch *b;
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    e = sending_admit(x);
    if (!err_is(e))
        e = test_subject(x, &subject);
    if (err_is(e))
        return exchange_fail(x, e);
    b = write_commit(x, 202, written_answer(x, s->id, s->webhook.rows[0].version, TEXT("pending")));
    if (b != NULL) {
        outbox_add_test(b, s->id, subject, x->today, caller_of(x)->org_id, detail_of(x));
        write_audit(x, b, "webhook.test", 0, detail_of(x));
    }
    return write_send(x, b, webhook_test_post);
}

step_fn *const webhook_test_post[] = {sending_load, test_write, write_answer, NULL};

static enum step retry_write(struct exchange *x)
{
    struct delivery_request *s = x->state;
    struct batch *b;
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    e = sending_admit(x);
    if (err_is(e))
        return exchange_fail(x, e);
    b = write_commit(x, 202, written_answer(x, s->id, s->webhook.rows[0].version, TEXT("pending")));
    if (b != NULL) {
        deliveries_revive(b, s->id);
        write_audit(x, b, "webhook.retry", 0, detail_of(x));
    }
    return write_send(x, b, webhook_retry_post);
}

step_fn *const webhook_retry_post[] = {sending_load, retry_write, write_answer, NULL};

/* -- POST /v1/reminders --------------------------------------------------------------------- */

struct reminder_request {
    struct write write;
};
const size_t reminder_state_bytes = sizeof(struct reminder_request);

static enum step reminder_load(struct exchange *x)
{
    return load_send(x, write_begin(x));
}

static enum step reminder_write(struct exchange *x)
{
    char day[DAY_TEXT_BYTES];
    struct batch *b;
    enum step seen;

    if (write_seen(x, &seen))
        return seen;
    b = write_commit(x, 202, text_of(arena_format(&x->arena, "{\"due\":\"%s\",\"state\":\"pending\"}",
                                                  day_format(x->today, day).at)));
    if (b != NULL) {
        job_run_ask(b, REMINDERS_JOB, x->today);
        write_audit(x, b, "reminders.ask", 0, TEXT(""));
    }
    return write_send(x, b, reminder_post);
}

step_fn *const reminder_post[] = {reminder_load, reminder_write, write_answer, NULL};
