/* Anomalies of a site are for its safety officer and for inspectors and regulators in charge. Judging
 * one changes no colour: what follows from it (a violation, a void badge) is a record of its own. */
#include "api/anomalies.h"

#include "api/gate_answer.h"
#include "api/resource.h"
#include "api/write.h"
#include "domain/anomaly.h"
#include "domain/pass.h"
#include "store/anomalies.h"

#define ANOMALY_STATES "open|reviewed" /* in the order of enum anomaly_which */

struct anomaly_query {
    struct page page;
    int64_t site_id;
    int state;
};
const struct field anomaly_list_query[] = {
    PAGE_FIELDS(struct anomaly_query),
    {"site", FIELD_INT, offsetof(struct anomaly_query, site_id), false, 1, INT64_MAX, NULL},
    {"state", FIELD_CHOICE, offsetof(struct anomaly_query, state), false, 0, 0, ANOMALY_STATES},
    {0},
};

struct anomaly_input {
    int outcome;
};
const struct field anomaly_review_fields[] = {
    {"outcome", FIELD_CHOICE, offsetof(struct anomaly_input, outcome), true, 0, 0,
     ANOMALY_OUTCOMES},
    {0},
};

struct anomaly_request {
    struct write write;
    int64_t id;
    struct anomalies found;
};
const size_t anomaly_state_bytes = sizeof(struct anomaly_request);

static void put_anomaly(struct json_writer *w, const struct anomaly *a, bool english)
{
    const struct anomaly_row *row = anomaly_row(a->kind);
    struct pass pass = {.gate_id = a->gate_id, .epoch = a->epoch, .seq = a->seq, .day = a->day};
    char id[PASS_ID_BYTES];

    CHECK(row != NULL);
    json_open_object(w, NULL);
    json_put_int(w, "id", a->id);
    json_put_string(w, "kind", row->code);
    json_put_string(w, "what", english ? row->en : row->zh);
    json_put_string(w, "state", a->reviews == 0 ? "open" : "reviewed");
    json_put_int(w, "site", a->site_id);
    json_put_text(w, "site_name", a->site_name);
    json_put_id(w, "worker", a->worker_id);
    json_put_text(w, "pass", pass_id_format(&pass, id));
    json_put_id(w, "other_gate", a->other_gate);
    json_put_time(w, "at", a->at);
    json_put_text_or_null(w, "outcome", a->outcome);
    json_put_id(w, "reviewed_by", a->reviewed_by);
    if (a->reviews == 0)
        json_put_null(w, "reviewed_at");
    else
        json_put_time(w, "reviewed_at", a->reviewed_at);
    json_close_object(w);
}

/* -- GET /v1/anomalies ---------------------------------------------------------------------- */

static enum step anomaly_list_load(struct exchange *x)
{
    const struct anomaly_query *q = x->query;
    struct anomaly_request *s = x->state;
    struct reach reach = reach_of(caller_of(x));
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (q->site_id != 0)
        reach.site_id = reach.site_id == 0 || reach.site_id == q->site_id ? q->site_id : -1;
    if (b != NULL)
        anomalies_list(b, page_span(&q->page), &reach, (enum anomaly_which)q->state, &s->found);
    return load_send(x, b);
}

static int shown(const struct exchange *x)
{
    const struct anomaly_query *q = x->query;
    const struct anomaly_request *s = x->state;

    return s->found.count < page_limit(&q->page) ? s->found.count : page_limit(&q->page);
}

static enum step anomaly_list_audit(struct exchange *x)
{
    const struct anomaly_request *s = x->state;
    int64_t *ids = arena_new_array(&x->arena, (size_t)s->found.count + 1, int64_t);
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    size_t count = 0;

    if (ids == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    for (int i = 0; i < shown(x); i++) {
        if (s->found.rows[i].worker_id != 0)
            ids[count++] = s->found.rows[i].worker_id;
    }
    if (b != NULL)
        write_audit_list(x, b, "anomaly.list", ids, count, TEXT(""));
    return load_send(x, b);
}

static enum step anomaly_list_answer(struct exchange *x)
{
    const struct anomaly_query *q = x->query;
    const struct anomaly_request *s = x->state;
    struct list list;
    int64_t last = 0;

    list_open(x, &list);
    for (int i = 0; i < shown(x); i++) {
        put_anomaly(&list.w, &s->found.rows[i], x->english);
        last = s->found.rows[i].id;
    }
    return list_answer_by_id(x, &list, &q->page, s->found.count, last);
}

step_fn *const anomaly_list[] = {anomaly_list_load, anomaly_list_audit, anomaly_list_answer, NULL};

/* -- POST /v1/anomalies/{id} ---------------------------------------------------------------- */

static enum step anomaly_review_load(struct exchange *x)
{
    struct anomaly_request *s = x->state;
    struct reach reach = reach_of(caller_of(x));
    struct err e = path_id(x, 0, ERR_NOT_FOUND, &s->id);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    b = write_begin(x);
    if (b != NULL)
        anomalies_list(b, span_of(s->id), &reach, ANOMALY_ALL, &s->found);
    return load_send(x, b);
}

static enum step anomaly_review_write(struct exchange *x)
{
    const struct anomaly_input *in = x->input;
    struct anomaly_request *s = x->state;
    int32_t number;
    struct batch *b;
    enum step seen;

    if (write_seen(x, &seen))
        return seen;
    if (s->found.count == 0)
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    number = s->found.rows[0].reviews + 1;
    b = write_commit(x, 200, written_answer(x, s->id, number, TEXT("reviewed")));
    if (b != NULL) {
        anomaly_review(b, s->id, number, choice_word(ANOMALY_OUTCOMES, in->outcome),
                       caller_of(x)->account_id);
        write_audit(x, b, "anomaly.review", s->found.rows[0].worker_id, s->write.answer);
    }
    return write_send(x, b, anomaly_review_post);
}

step_fn *const anomaly_review_post[] = {anomaly_review_load, anomaly_review_write, write_answer,
                                        NULL};
