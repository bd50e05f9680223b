/* Appeals as they are read: by the worker, by his firm, by those in charge. */
#include "api/appeals.h"

#include "api/person_seal.h"
#include "api/resource.h"
#include "api/write.h"
#include "store/appeals.h"

/* -- what reading shares -------------------------------------------------------------------- */

enum { PLACE_BYTES_MAX = 40 };

struct appeal_query {
    struct page page; /* its limit: what follows stands behind a place, not an id */
    struct text after;
    int64_t worker_id;
    int state;
    bool overdue;
};
const struct field appeal_list_query[] = {
    {"limit", FIELD_INT, offsetof(struct appeal_query, page.limit), false, 1, PAGE_MAX, NULL},
    {"after", FIELD_TEXT, offsetof(struct appeal_query, after), false, 1, PLACE_BYTES_MAX, NULL},
    {"worker", FIELD_INT, offsetof(struct appeal_query, worker_id), false, 1, INT32_MAX, NULL},
    {"state", FIELD_CHOICE, offsetof(struct appeal_query, state), false, 0, 0, APPEAL_STATE_WORDS},
    {"overdue", FIELD_BOOL, offsetof(struct appeal_query, overdue), false, 0, 0, NULL},
    {0},
};

struct appeal_read_request {
    int64_t id;
    struct appeal_rows found;
    struct appeal_words sealed;
    struct person person;
};
const size_t appeal_read_state_bytes = sizeof(struct appeal_read_request);

/* A worker reads his own, a contractor those of his people and what he filed, those in charge their
 * region's. */
static struct appeal_filter filter_of(const struct exchange *x)
{
    const struct caller *caller = caller_of(x);
    struct reach reach = reach_of(caller);
    struct appeal_filter filter = {.today = x->today, .region = reach.region};

    if (caller->role == ACCOUNT_WORKER)
        filter.worker_id = caller->worker_id;
    else
        filter.org_id = reach.org_id;
    return filter;
}

static void put_appeal(struct json_writer *w, const struct appeal_row *row, day_t today)
{
    bool open = row->appeal.state == APPEAL_OPEN;

    json_put_int(w, "id", row->appeal.id);
    json_put_int(w, "version", row->version);
    json_put_text(w, "state", row->state);
    json_put_int(w, "worker", row->worker_id);
    json_put_id(w, "on_behalf_by", row->org_id);
    json_put_text(w, "reason", row->reason);
    json_put_text(w, "scope", row->scope);
    json_put_text(w, "colour", row->colour);
    json_put_day(w, "on", row->on);
    json_put_int(w, "policy", row->policy);
    json_put_id(w, "site", row->appeal.site_id);
    json_put_text(w, "region", row->region);
    json_put_id(w, "disputes", row->appeal.disputes);
    json_put_int(w, "round", row->round);
    json_put_time(w, "filed_at", row->filed_at);
    json_put_day(w, "due", row->due);
    json_put_bool(w, "due_certain", row->due_certain);
    json_put_bool(w, "overdue", open && row->due < today);
    if (open)
        json_put_null(w, "answered_at");
    else
        json_put_time(w, "answered_at", row->recorded_at);
    json_put_id(w, "mended_by", row->mended_by);
}

/* -- GET /v1/appeals ------------------------------------------------------------------------ */

static bool read_place(struct text from, struct appeal_place *place)
{
    struct text closed, due, id = {NULL, 0};
    int64_t flag;

    closed = text_cut(from, '.', &due);
    due = text_cut(due, '.', &id);
    if (id.at == NULL || !text_to_int(closed, 0, 1, &flag) ||
        !text_to_int(id, 1, INT64_MAX, &place->id))
        return false;
    place->closed = flag != 0;
    return !err_is(day_parse(due, NULL, &place->due));
}

static struct text write_place(struct exchange *x, const struct appeal_place *place)
{
    char due[DAY_TEXT_BYTES];
    struct text day = day_format(place->due, due);

    return text_of(arena_format(&x->arena, "%d.%.*s.%lld", place->closed, (int)day.bytes, day.at,
                                (long long)place->id));
}

static enum step appeal_list_load(struct exchange *x)
{
    const struct appeal_query *q = x->query;
    struct appeal_read_request *s = x->state;
    struct appeal_filter filter = filter_of(x);
    struct batch *b;

    if (q->after.at != NULL && !read_place(q->after, &filter.after))
        return exchange_fail(x, err_field(ERR_QUERY_INVALID, "after", "the last answer's next"));
    if (filter.worker_id != 0 && q->worker_id != 0 && q->worker_id != filter.worker_id)
        return exchange_fail(x, err_make(ERR_WORKER_UNKNOWN));
    if (q->worker_id != 0)
        filter.worker_id = q->worker_id;
    filter.state = choice_word(APPEAL_STATE_WORDS, q->state);
    filter.overdue = q->overdue;
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        appeals_list(b, &filter, page_limit(&q->page) + 1, &s->found);
    return load_send(x, b);
}

static int shown(const struct exchange *x)
{
    const struct appeal_query *q = x->query;
    const struct appeal_read_request *s = x->state;

    return s->found.count < page_limit(&q->page) ? s->found.count : page_limit(&q->page);
}

static enum step appeal_list_audit(struct exchange *x)
{
    const struct appeal_read_request *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    int64_t *ids = arena_new_array(&x->arena, (size_t)s->found.count + 1, int64_t);
    int count = shown(x);

    if (ids == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    for (int i = 0; i < count; i++)
        ids[i] = s->found.rows[i].worker_id;
    if (b != NULL)
        write_audit_list(x, b, "appeal.list", ids, (size_t)count, TEXT(""));
    return load_send(x, b);
}

static enum step appeal_list_answer(struct exchange *x)
{
    const struct appeal_read_request *s = x->state;
    struct text next = {NULL, 0};
    int count = shown(x);
    struct list list;

    list_open(x, &list);
    for (int i = 0; i < count; i++) {
        json_open_object(&list.w, NULL);
        put_appeal(&list.w, &s->found.rows[i], x->today);
        json_close_object(&list.w);
    }
    if (s->found.count > count) {
        struct appeal_place last = appeal_place_of(&s->found.rows[count - 1]);

        next = write_place(x, &last);
        if (next.bytes == 0)
            return exchange_fail(x, err_make(ERR_TOO_LARGE));
    }
    return list_answer(x, &list, next);
}

step_fn *const appeal_list[] = {appeal_list_load, appeal_list_audit, appeal_list_answer, NULL};

/* -- GET /v1/appeals/{id} ------------------------------------------------------------------- */

static enum step appeal_get_load(struct exchange *x)
{
    struct appeal_read_request *s = x->state;
    struct appeal_filter filter = filter_of(x);
    struct err e = path_id(x, 0, ERR_NOT_FOUND, &s->id);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    filter.id = s->id;
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL) {
        appeals_list(b, &filter, 1, &s->found);
        appeal_words_load(b, s->id, &s->sealed);
    }
    return load_send(x, b);
}

static enum step appeal_get_person(struct exchange *x)
{
    struct appeal_read_request *s = x->state;
    struct person_name *name = arena_new(&x->arena, struct person_name);
    struct batch *b;
    struct err e;

    if (s->found.count == 0)
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b == NULL || name == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    name->worker_id = s->found.rows[0].worker_id;
    write_audit(x, b, "appeal.open", name->worker_id,
                text_of(arena_format(&x->arena, "{\"appeal\":%lld}", (long long)s->id)));
    e = persons_load(b, &x->arena, name, 1, &s->person);
    return err_is(e) ? exchange_fail(x, e) : load_send(x, b);
}

/* What he wrote by himself is not for his firm, which it may be about. */
static bool may_read_words(const struct exchange *x, const struct appeal_row *row)
{
    const struct caller *caller = caller_of(x);

    return caller->role != ACCOUNT_CONTRACTOR || row->org_id == caller->org_id;
}

static struct err put_words(struct exchange *x, struct json_writer *w, const char *key,
                            struct text sealed)
{
    struct appeal_read_request *s = x->state;
    struct work work = work_of(x);
    struct text words = {NULL, 0};
    struct err e = OK;

    if (sealed.at != NULL && !s->person.erased && may_read_words(x, &s->found.rows[0]))
        e = person_unseal_text(&work, &s->person, sealed, &words);
    if (!err_is(e))
        json_put_text_or_null(w, key, words);
    return e;
}

static enum step appeal_get_answer(struct exchange *x)
{
    const struct appeal_read_request *s = x->state;
    const struct appeal_row *row = &s->found.rows[0];
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);
    struct err e;

    json_open_object(&w, NULL);
    put_appeal(&w, row, x->today);
    e = put_words(x, &w, "words", s->sealed.sealed[0]);
    if (!err_is(e))
        e = put_words(x, &w, "answer", s->sealed.sealed[1]);
    json_close_object(&w);
    return err_is(e) ? exchange_fail(x, e) : answer_object(x, &out, row->version);
}

step_fn *const appeal_get[] = {appeal_get_load, appeal_get_person, appeal_get_answer, NULL};
