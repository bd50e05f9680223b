/* api/override_reads.c: overrides that were asked for, as whoever may sign reads them. */
#include "api/overrides.h"

#include "api/person_seal.h"
#include "api/resource.h"
#include "api/write.h"
#include "store/overrides.h"

struct override_query {
    struct page page;
    int64_t worker_id;
    int state;
};
const struct field override_list_query[] = {
    PAGE_FIELDS(struct override_query),
    {"worker", FIELD_INT, offsetof(struct override_query, worker_id), false, 1, INT32_MAX, NULL},
    {"state", FIELD_CHOICE, offsetof(struct override_query, state), false, 0, 0,
     OVERRIDE_STATE_WORDS},
    {0},
};

struct override_read_request {
    int64_t id;
    struct override_rows found;
    struct text sealed; /* the evidence */
    struct person_name name;
    struct person person;
};
const size_t override_read_state_bytes = sizeof(struct override_read_request);

static struct override_filter filter_of(const struct exchange *x)
{
    return (struct override_filter){.region = caller_of(x)->region, .today = x->today,
                                    .account_id = caller_of(x)->account_id};
}

static void put_override(struct json_writer *w, const struct override_row *row)
{
    const int64_t *named = row->record.override.signed_by;
    bool is_signed = row->state == OVERRIDE_SIGNED;

    json_put_int(w, "id", row->id);
    json_put_int(w, "version", row->version);
    json_put_text(w, "state", choice_at(OVERRIDE_STATE_WORDS, (int)row->state - 1));
    json_put_int(w, "worker", row->worker_id);
    json_put_string(w, "colour", colour_name((enum colour)row->record.override.colour));
    json_put_day(w, "from", row->record.override.from);
    json_put_day(w, "until", row->record.override.until);
    json_put_int(w, "asked_by", row->asked_by);
    json_put_int(w, "named", named[0] == row->asked_by ? named[1] : named[0]);
    json_put_id(w, "signed_by", is_signed ? row->account_id : 0);
    json_put_id(w, "record", row->record_version);
    json_put_time(w, "asked_at", row->asked_at);
    json_put_time(w, "expires_at", row->expires_at);
}

/* -- GET /v1/overrides -------------------------------------------------------------------------- */

static enum step override_list_load(struct exchange *x)
{
    const struct override_query *q = x->query;
    struct override_read_request *s = x->state;
    struct override_filter filter = filter_of(x);
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    filter.after = q->page.after;
    filter.worker_id = q->worker_id;
    filter.state = choice_word(OVERRIDE_STATE_WORDS, q->state);
    if (b != NULL)
        overrides_list(b, &filter, page_limit(&q->page) + 1, &s->found);
    return load_send(x, b);
}

static int shown(const struct exchange *x)
{
    const struct override_query *q = x->query;
    const struct override_read_request *s = x->state;

    return s->found.count < page_limit(&q->page) ? s->found.count : page_limit(&q->page);
}

static enum step override_list_audit(struct exchange *x)
{
    const struct override_read_request *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    int64_t *ids = arena_new_array(&x->arena, (size_t)s->found.count + 1, int64_t);
    int count = shown(x);

    if (ids == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    for (int i = 0; i < count; i++)
        ids[i] = s->found.rows[i].worker_id;
    if (b != NULL)
        write_audit_list(x, b, "override.list", ids, (size_t)count, TEXT(""));
    return load_send(x, b);
}

static enum step override_list_answer(struct exchange *x)
{
    const struct override_query *q = x->query;
    const struct override_read_request *s = x->state;
    struct list list;
    int64_t last = 0;

    list_open(x, &list);
    for (int i = 0; i < shown(x); i++) {
        json_open_object(&list.w, NULL);
        put_override(&list.w, &s->found.rows[i]);
        json_close_object(&list.w);
        last = s->found.rows[i].id;
    }
    return list_answer_by_id(x, &list, &q->page, s->found.count, last);
}

step_fn *const override_list[] = {override_list_load, override_list_audit, override_list_answer,
                                  NULL};

/* -- GET /v1/overrides/{id} --------------------------------------------------------------------- */

static enum step override_get_load(struct exchange *x)
{
    struct override_read_request *s = x->state;
    struct override_filter filter = filter_of(x);
    struct err e = path_id(x, 0, ERR_NOT_FOUND, &s->id);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    filter.id = s->id;
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL) {
        overrides_list(b, &filter, 1, &s->found);
        override_words_load(b, s->id, &s->sealed);
    }
    return load_send(x, b);
}

static enum step override_get_person(struct exchange *x)
{
    struct override_read_request *s = x->state;
    struct batch *b;
    struct err e;

    if (s->found.count == 0)
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    s->name = (struct person_name){.worker_id = s->found.rows[0].worker_id};
    write_audit(x, b, "override.open", s->name.worker_id,
                text_of(arena_format(&x->arena, "{\"override\":%lld}", (long long)s->id)));
    e = persons_load(b, &x->arena, &s->name, 1, &s->person);
    return err_is(e) ? exchange_fail(x, e) : load_send(x, b);
}

/* Sealed as a record's words are: an object of its secrets by name. */
static struct err put_evidence(struct exchange *x, struct json_writer *w)
{
    struct override_read_request *s = x->state;
    struct work work = work_of(x);
    struct text plain = {NULL, 0};
    json_t *words;
    struct err e;

    if (s->sealed.at == NULL || s->person.erased) {
        json_put_null(w, "evidence");
        return OK;
    }
    e = person_unseal_text(&work, &s->person, s->sealed, &plain);
    if (!err_is(e))
        e = json_read(plain, &words);
    if (err_is(e))
        return e;
    json_put_text(w, "evidence", text_of(json_string_value(json_object_get(words, "evidence"))));
    json_decref(words);
    return OK;
}

static enum step override_get_answer(struct exchange *x)
{
    const struct override_read_request *s = x->state;
    const struct override_row *row = &s->found.rows[0];
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);
    struct err e;

    json_open_object(&w, NULL);
    put_override(&w, row);
    e = put_evidence(x, &w);
    json_close_object(&w);
    return err_is(e) ? exchange_fail(x, e) : answer_object(x, &out, row->version);
}

step_fn *const override_get[] = {override_get_load, override_get_person, override_get_answer, NULL};
