#include "store/overrides.h"

#include "base/choice.h"
#include "store/setup.h"

static struct err decode_body(const struct rows *rows, int i, struct record *record)
{
    json_t *body;
    struct err e = json_read(row_text(rows, i, OVERRIDE_LIST_BODY), &body);

    if (err_is(e))
        return err_detail(ERR_INTERNAL, "a stored override is not JSON");
    record->kind = RECORD_OVERRIDE;
    e = record_parse_body(RECORD_OVERRIDE, body, NULL, rows->arena, record);
    json_decref(body); /* its evidence is a hash, which lies in the record itself */
    return err_is(e) ? err_detail(ERR_INTERNAL, "a stored override does not parse") : OK;
}

static struct err decode_row(const struct rows *rows, int i, struct override_row *row)
{
    *row = (struct override_row){
        .id = row_int64(rows, i, OVERRIDE_LIST_ID),
        .worker_id = row_int64(rows, i, OVERRIDE_LIST_WORKER_ID),
        .asked_by = row_int64(rows, i, OVERRIDE_LIST_ASKED_BY),
        .account_id = row_int64(rows, i, OVERRIDE_LIST_ACCOUNT_ID),
        .version = row_int32(rows, i, OVERRIDE_LIST_VERSION),
        .record_version = row_int32(rows, i, OVERRIDE_LIST_RECORD_VERSION),
        .state = (enum override_state)(choice_find(OVERRIDE_STATE_WORDS,
                                                   row_text(rows, i, OVERRIDE_LIST_STATE)) + 1),
        .asked_at = row_timestamptz(rows, i, OVERRIDE_LIST_ASKED_AT),
        .expires_at = row_timestamptz(rows, i, OVERRIDE_LIST_EXPIRES_AT),
    };
    return decode_body(rows, i, &row->record);
}

static struct err decode_overrides(void *into, const struct rows *rows)
{
    struct override_rows *overrides = into;

    overrides->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct override_row);
    if (overrides->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    overrides->count = rows->count;
    for (int i = 0; i < rows->count; i++) {
        struct err e = decode_row(rows, i, &overrides->rows[i]);

        if (err_is(e))
            return e;
    }
    return OK;
}

void overrides_list(struct batch *b, const struct override_filter *filter, int32_t max,
                    struct override_rows *into)
{
    struct params *p = params_new(b);

    params_int64(p, filter->after);
    params_text(p, filter->region);
    params_int64(p, filter->account_id);
    params_id_or_null(p, filter->id);
    params_id_or_null(p, filter->worker_id);
    params_text(p, filter->state);
    params_date(p, filter->today);
    params_int32(p, max);
    batch_add(b, SQL_OVERRIDE_LIST, p, decode_overrides, into);
}

static struct err decode_id(void *into, const struct rows *rows)
{
    *(int64_t *)into = row_int64(rows, 0, OVERRIDE_NEXT_ID_ID);
    return OK;
}

void override_next_id(struct batch *b, int64_t *id)
{
    batch_add(b, SQL_OVERRIDE_NEXT_ID, NULL, decode_id, id);
}

void override_insert(struct batch *b, int64_t id, int64_t worker_id, struct text body,
                     struct text sealed, int64_t asked_by, time_us expires_at)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_int64(p, worker_id);
    params_jsonb(p, body);
    params_int64(p, asked_by);
    params_timestamptz(p, expires_at);
    params_bytea(p, sealed);
    batch_add(b, SQL_OVERRIDE_INSERT, p, NULL, NULL);
}

void override_move(struct batch *b, const struct override_row *row, enum override_state state,
                   int32_t record_version, int64_t account_id)
{
    struct params *p = params_new(b);

    params_int64(p, row->id);
    params_int32(p, row->version);
    params_text(p, choice_at(OVERRIDE_STATE_WORDS, (int)state - 1));
    params_int32(p, record_version);
    params_int64(p, account_id);
    batch_add(b, SQL_OVERRIDE_MOVE, p, NULL, NULL);
}

static struct err decode_words(void *into, const struct rows *rows)
{
    if (rows->count == 1)
        *(struct text *)into = row_text(rows, 0, OVERRIDE_WORDS_FIND_SEALED);
    return OK;
}

void override_words_load(struct batch *b, int64_t id, struct text *sealed)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    batch_add(b, SQL_OVERRIDE_WORDS_FIND, p, decode_words, sealed);
}
