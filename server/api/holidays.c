#include "api/holidays.h"

#include "api/resource.h"
#include "api/write.h"

struct holiday_query {
    int64_t year;
};
const struct field holiday_list_query[] = {
    {"year", FIELD_INT, offsetof(struct holiday_query, year), false, HOLIDAY_YEAR_MIN,
     HOLIDAY_YEAR_MAX, NULL},
    {0},
};

struct holiday_request {
    struct write write;
    struct holiday_year year;
    struct holiday_rows found;
};
const size_t holiday_state_bytes = sizeof(struct holiday_request);

struct err holidays_compile(const struct holiday_rows *rows, struct arena *arena,
                            struct holidays *holidays)
{
    struct holiday_year *years =
        arena_new_array(arena, (size_t)rows->count + 1, struct holiday_year);

    if (years == NULL)
        return err_make(ERR_TOO_LARGE);
    for (int i = 0; i < rows->count; i++) {
        json_t *document;
        struct err e = json_read(rows->rows[i].document, &document);

        if (!err_is(e)) {
            e = holiday_year_read(document, arena, &years[i]);
            json_decref(document);
        }
        if (err_is(e))
            return err_detail(ERR_INTERNAL, "a stored calendar cannot be read");
    }
    *holidays = (struct holidays){years, (size_t)rows->count};
    return OK;
}

/* -- POST /v1/holidays ---------------------------------------------------------------------- */

static enum step holiday_post_load(struct exchange *x)
{
    struct holiday_request *s = x->state;
    struct err e = x->json != NULL ? holiday_year_read(x->json, &x->arena, &s->year)
                                   : err_make(ERR_JSON_SYNTAX);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    b = write_begin(x);
    if (b != NULL)
        holidays_list(b, s->year.year - 1, 1, &s->found);
    return load_send(x, b);
}

static enum step holiday_post_write(struct exchange *x)
{
    struct holiday_request *s = x->state;
    int32_t version = s->found.count > 0 ? s->found.rows[0].version + 1 : 1;
    struct batch *b;
    enum step seen;

    if (write_seen(x, &seen))
        return seen;
    b = write_commit(x, 201, text_of(arena_format(&x->arena, "{\"year\":%d,\"version\":%d}",
                                                  s->year.year, (int)version)));
    if (b != NULL) {
        holiday_insert(b, s->year.year, version, x->request->body, caller_of(x)->account_id);
        write_audit(x, b, "holidays.post", 0, s->write.answer);
    }
    return write_send(x, b, holiday_post);
}

step_fn *const holiday_post[] = {holiday_post_load, holiday_post_write, write_answer, NULL};

/* -- GET /v1/holidays ----------------------------------------------------------------------- */

static enum step holiday_list_load(struct exchange *x)
{
    const struct holiday_query *q = x->query;
    struct holiday_request *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (b != NULL && q->year != 0)
        holidays_list(b, (int32_t)q->year - 1, 1, &s->found);
    else if (b != NULL)
        holidays_list(b, HOLIDAY_YEAR_MIN - 1, HOLIDAY_YEARS_MAX, &s->found);
    return load_send(x, b);
}

static enum step holiday_list_answer(struct exchange *x)
{
    const struct holiday_request *s = x->state;
    struct list list;

    list_open(x, &list);
    for (int i = 0; i < s->found.count; i++) {
        const struct holiday_row *row = &s->found.rows[i];

        json_open_object(&list.w, NULL);
        json_put_int(&list.w, "year", row->year);
        json_put_int(&list.w, "version", row->version);
        json_put_time(&list.w, "recorded_at", row->recorded_at);
        json_put_raw(&list.w, "document", row->document);
        json_close_object(&list.w);
    }
    return list_answer(x, &list, (struct text){NULL, 0});
}

step_fn *const holiday_list[] = {holiday_list_load, holiday_list_answer, NULL};
