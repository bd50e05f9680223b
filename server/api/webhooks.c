/* api/webhooks.c: webhooks are set up, amended, given another secret. */
#include "api/webhooks.h"

#include "api/resource.h"
#include "api/write.h"
#include "crypto/webhook.h"
#include "domain/webhook.h"

#define WEBHOOK_STATES "active|disabled"

enum { WEBHOOK_ANSWER_BYTES = 512 };

struct webhook_input {
    struct text url;
    struct word_list events;
    int state;
};

const struct field webhook_post_fields[] = {
    {"url", FIELD_TEXT, offsetof(struct webhook_input, url), true, 1, WEBHOOK_URL_BYTES_MAX, NULL},
    {"events", FIELD_WORDS, offsetof(struct webhook_input, events), true, 0, WEBHOOK_EVENTS_MAX,
     NULL},
    {0},
};

const struct field webhook_patch_fields[] = {
    {"url", FIELD_TEXT, offsetof(struct webhook_input, url), false, 1, WEBHOOK_URL_BYTES_MAX, NULL},
    {"events", FIELD_WORDS, offsetof(struct webhook_input, events), false, 0, WEBHOOK_EVENTS_MAX,
     NULL},
    {"state", FIELD_CHOICE, offsetof(struct webhook_input, state), false, 0, 0, WEBHOOK_STATES},
    {0},
};

struct webhook_query {
    struct page page;
};
const struct field webhook_list_query[] = {
    PAGE_FIELDS(struct webhook_query),
    {0},
};

struct webhook_request {
    struct write write;
    int64_t id, active;
    struct webhook_rows found;
    char secret[WEBHOOK_SECRET_TEXT];
    unsigned char sealed[SEAL_WRAPPED_BYTES];
    struct text shown; /* the first answer, with the secret */
    int status;        /* its status */
};
const size_t webhook_state_bytes = sizeof(struct webhook_request);

struct webhook_owner webhook_owner_of(const struct caller *caller)
{
    struct webhook_owner owner = {.role = text_of(account_role_name(caller->role)),
                                  .org_id = caller->org_id,
                                  .site_id = caller->site_id,
                                  .region = caller->region};

    if (owner.region.at == NULL)
        owner.region = TEXT("");
    return owner;
}

/* -- what may be asked for ------------------------------------------------------------------ */

static struct err check_events(const struct word_list *events)
{
    for (size_t i = 0; i < events->count; i++) {
        enum event_kind kind = event_of_type(events->word[i]);

        if (kind == EVENT_NONE || !event_is_asked_for(kind))
            return err_field(ERR_FIELD_CHOICE, "/events", event_choices());
        for (size_t j = 0; j < i; j++) {
            if (text_equal(events->word[i], events->word[j]))
                return err_field(ERR_FIELD_CHOICE, "/events", "each event once");
        }
    }
    return OK;
}

static struct err check_input(const struct exchange *x)
{
    const struct webhook_input *in = x->input;
    struct err e = OK;

    if (in->url.at != NULL)
        e = webhook_url_check(in->url, &app_of(x)->shared->webhook_rules);
    if (!err_is(e) && input_has(x->json, "events"))
        e = in->events.count > 0 ? check_events(&in->events)
                                 : err_field(ERR_FIELD_RANGE, "/events", "1..16 events");
    return e;
}

static struct webhook_change change_of(const struct exchange *x)
{
    const struct webhook_input *in = x->input;

    return (struct webhook_change){.url = in->url,
                                   .state = choice_word(WEBHOOK_STATES, in->state),
                                   .events = in->events.word,
                                   .event_count = in->events.count};
}

/* -- secrets -------------------------------------------------------------------------------- */

static struct text render_secret(struct exchange *x, int64_t id, int32_t version, bool shown)
{
    const struct webhook_request *s = x->state;
    struct build out = answer_build(x, WEBHOOK_ANSWER_BYTES);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_int(&w, "id", id);
    json_put_int(&w, "version", version);
    json_put_string(&w, "secret", shown ? s->secret : NULL);
    if (!shown)
        json_put_string(&w, "hint",
                        x->english ? "The secret was shown once, in the first answer to this "
                                     "request; POST /v1/webhooks/{id}/secret makes another"
                                   : "签名密钥只在首次应答中显示一次；如未收到，请调用 "
                                     "POST /v1/webhooks/{id}/secret 换发");
    json_close_object(&w);
    return out.full ? (struct text){NULL, 0} : build_done(&out);
}

/* Draws a secret and renders both answers' first. */
static struct err draw_secret(struct exchange *x, int64_t id, int32_t version)
{
    struct webhook_request *s = x->state;
    struct webhook_secret secret;
    struct err e = webhook_secret_new(app_of(x)->shared->vault, id, &secret, s->sealed);

    if (err_is(e))
        return e;
    webhook_secret_format(&secret, s->secret);
    webhook_secret_forget(&secret);
    s->status = 201;
    s->shown = render_secret(x, id, version, true);
    return s->shown.at != NULL ? OK : err_make(ERR_TOO_LARGE);
}

static struct text sealed_of(const struct webhook_request *s)
{
    return (struct text){(const char *)s->sealed, sizeof s->sealed};
}

/* The first answer takes the place of the stored one, which does not hold the secret. */
static enum step webhook_show(struct exchange *x)
{
    struct webhook_request *s = x->state;

    s->write.status = s->status;
    s->write.answer = s->shown;
    return STEP_NEXT;
}

static struct text audit_detail(struct exchange *x, int64_t id)
{
    return text_of(arena_format(&x->arena, "{\"webhook\":%lld}", (long long)id));
}

/* -- POST /v1/webhooks ---------------------------------------------------------------------- */

static enum step webhook_post_load(struct exchange *x)
{
    struct webhook_request *s = x->state;
    struct webhook_owner owner = webhook_owner_of(caller_of(x));
    struct err e = check_input(x);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    b = write_begin(x);
    if (b != NULL) {
        webhook_next_id(b, &s->id);
        webhooks_active(b, &owner, &s->active);
    }
    return load_send(x, b);
}

static enum step webhook_post_write(struct exchange *x)
{
    struct webhook_request *s = x->state;
    struct webhook_owner owner = webhook_owner_of(caller_of(x));
    struct webhook_change change = change_of(x);
    struct batch *b;
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    e = s->active < WEBHOOKS_OF_ONE_MAX ? draw_secret(x, s->id, 1) : err_make(ERR_WEBHOOK_MANY);
    if (err_is(e))
        return exchange_fail(x, e);
    b = write_commit(x, 200, render_secret(x, s->id, 1, false));
    if (b != NULL) {
        webhook_insert(b, s->id, &owner, &change, sealed_of(s), caller_of(x)->account_id);
        write_audit(x, b, "webhook.create", 0, audit_detail(x, s->id));
    }
    return write_send(x, b, webhook_post);
}

step_fn *const webhook_post[] = {webhook_post_load, webhook_post_write, webhook_show, write_answer,
                                 NULL};

/* -- GET ------------------------------------------------------------------------------------ */

static void put_webhook(struct json_writer *w, const struct webhook_row *webhook)
{
    json_open_object(w, NULL);
    json_put_int(w, "id", webhook->id);
    json_put_int(w, "version", webhook->version);
    json_put_text(w, "url", webhook->url);
    json_put_raw(w, "events", webhook->events);
    json_put_text(w, "state", webhook->state);
    json_put_int(w, "pending", webhook->pending);
    json_put_int(w, "dead", webhook->dead);
    json_put_time(w, "recorded_at", webhook->recorded_at);
    json_close_object(w);
}

static enum step webhook_list_load(struct exchange *x)
{
    const struct webhook_query *q = x->query;
    struct webhook_request *s = x->state;
    struct webhook_owner owner = webhook_owner_of(caller_of(x));
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (b != NULL)
        webhooks_list(b, page_span(&q->page), &owner, &s->found);
    return load_send(x, b);
}

static enum step webhook_list_answer(struct exchange *x)
{
    const struct webhook_query *q = x->query;
    const struct webhook_request *s = x->state;
    struct list list;
    int64_t last = 0;

    list_open(x, &list);
    for (int i = 0; i < s->found.count && i < page_limit(&q->page); i++) {
        put_webhook(&list.w, &s->found.rows[i]);
        last = s->found.rows[i].id;
    }
    return list_answer_by_id(x, &list, &q->page, s->found.count, last);
}

step_fn *const webhook_list[] = {webhook_list_load, webhook_list_answer, NULL};

static enum step webhook_get_load(struct exchange *x)
{
    struct webhook_request *s = x->state;
    struct webhook_owner owner = webhook_owner_of(caller_of(x));
    struct err e = path_id(x, 0, ERR_WEBHOOK_UNKNOWN, &s->id);
    struct batch *b;

    if (!err_is(e) && x->input != NULL)
        e = check_input(x);
    if (err_is(e))
        return exchange_fail(x, e);
    b = x->route->writes ? write_begin(x) : batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL) {
        webhooks_list(b, span_of(s->id), &owner, &s->found);
        webhooks_active(b, &owner, &s->active);
    }
    return load_send(x, b);
}

static enum step webhook_get_answer(struct exchange *x)
{
    const struct webhook_request *s = x->state;
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);

    if (s->found.count == 0)
        return exchange_fail(x, err_make(ERR_WEBHOOK_UNKNOWN));
    put_webhook(&w, &s->found.rows[0]);
    return answer_object(x, &out, s->found.rows[0].version);
}

step_fn *const webhook_get[] = {webhook_get_load, webhook_get_answer, NULL};

/* -- PATCH /v1/webhooks/{id} ---------------------------------------------------------------- */

static struct err admit_change(const struct exchange *x, const struct webhook_row *webhook,
                               const struct webhook_change *change)
{
    const struct webhook_request *s = x->state;

    if (text_is(change->state, "active") && !text_is(webhook->state, "active") &&
        s->active >= WEBHOOKS_OF_ONE_MAX)
        return err_make(ERR_WEBHOOK_MANY);
    return if_match(x, webhook->version);
}

static enum step webhook_patch_write(struct exchange *x)
{
    struct webhook_request *s = x->state;
    const struct webhook_row *webhook = s->found.rows;
    struct webhook_change change = change_of(x);
    struct batch *b;
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    if (s->found.count == 0)
        return exchange_fail(x, err_make(ERR_WEBHOOK_UNKNOWN));
    e = admit_change(x, webhook, &change);
    if (err_is(e))
        return exchange_fail(x, e);
    b = write_commit(x, 200, written_answer(x, webhook->id, webhook->version + 1,
                                            either(change.state, webhook->state)));
    if (b != NULL) {
        webhook_amend(b, webhook->id, webhook->version, &change, caller_of(x)->account_id);
        if (text_is(change.state, "disabled"))
            deliveries_give_up(b, webhook->id);
        write_audit(x, b, "webhook.amend", 0, audit_detail(x, webhook->id));
    }
    return write_send(x, b, webhook_patch);
}

step_fn *const webhook_patch[] = {webhook_get_load, webhook_patch_write, write_answer, NULL};

/* -- POST /v1/webhooks/{id}/secret ---------------------------------------------------------- */

static enum step webhook_secret_write(struct exchange *x)
{
    struct webhook_request *s = x->state;
    const struct webhook_row *webhook = s->found.rows;
    struct batch *b;
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    if (s->found.count == 0)
        return exchange_fail(x, err_make(ERR_WEBHOOK_UNKNOWN));
    e = draw_secret(x, webhook->id, webhook->version);
    if (err_is(e))
        return exchange_fail(x, e);
    b = write_commit(x, 200, render_secret(x, webhook->id, webhook->version, false));
    if (b != NULL) {
        webhook_secret_add(b, webhook->id, sealed_of(s));
        write_audit(x, b, "webhook.secret", 0, audit_detail(x, webhook->id));
    }
    return write_send(x, b, webhook_secret_post);
}

step_fn *const webhook_secret_post[] = {webhook_get_load, webhook_secret_write, webhook_show,
                                        write_answer, NULL};
