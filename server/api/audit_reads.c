#include "api/audit_reads.h"

#include "api/resource.h"
#include "api/write.h"
#include "store/reads.h"

enum { DETAIL_BYTES = 256 };

struct audit_query {
    struct page page;
    int64_t worker_id, account_id;
};
const struct field audit_list_query[] = {
    PAGE_FIELDS(struct audit_query),
    {"worker", FIELD_INT, offsetof(struct audit_query, worker_id), false, 1, INT64_MAX, NULL},
    {"account", FIELD_INT, offsetof(struct audit_query, account_id), false, 1, INT64_MAX, NULL},
    {0},
};

struct audit_request {
    struct audit_list_rows found;
};
const size_t audit_list_state_bytes = sizeof(struct audit_request);

static struct text query_detail(struct exchange *x)
{
    const struct audit_query *q = x->query;
    struct build out = answer_build(x, DETAIL_BYTES);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_id(&w, "worker", q->worker_id);
    json_put_id(&w, "account", q->account_id);
    json_put_id(&w, "after", q->page.after);
    json_close_object(&w);
    return build_done(&out);
}

/* Reading what was done is a deed, too. */
static enum step audit_load(struct exchange *x)
{
    const struct audit_query *q = x->query;
    const struct caller *caller = caller_of(x);
    struct audit_request *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (b != NULL) {
        audit_list(b, q->page.after > 0 ? q->page.after : INT64_MAX,
                   &(struct audit_filter){.region = caller->region,
                                          .org_id = caller->org_id,
                                          .worker_id = q->worker_id,
                                          .account_id = q->account_id},
                   page_limit(&q->page) + 1, &s->found);
        write_audit(x, b, "audit.list", 0, query_detail(x));
    }
    return load_send(x, b);
}

static void put_row(struct json_writer *w, const struct audit_list_row *row)
{
    json_open_object(w, NULL);
    json_put_int(w, "id", row->id);
    json_put_time(w, "at", row->at);
    json_put_id(w, "account", row->account_id); /* null: a worker himself, or the service */
    json_put_text_or_null(w, "role", row->role);
    json_put_id(w, "org", row->org_id);
    json_put_text(w, "action", row->action);
    json_put_id(w, "worker", row->worker_id);
    if (row->worker_ids.at != NULL)
        json_put_raw(w, "workers", row->worker_ids);
    json_put_raw(w, "detail", row->detail);
    json_put_int(w, "request", row->request_id);
    json_close_object(w);
}

static enum step audit_answer(struct exchange *x)
{
    const struct audit_query *q = x->query;
    const struct audit_request *s = x->state;
    struct list list;
    int64_t last = 0;

    list_open(x, &list);
    for (int i = 0; i < s->found.count && i < page_limit(&q->page); i++) {
        put_row(&list.w, &s->found.rows[i]);
        last = s->found.rows[i].id;
    }
    return list_answer_by_id(x, &list, &q->page, s->found.count, last);
}

step_fn *const audit_read_list[] = {audit_load, audit_answer, NULL};
