#include "store/imports.h"

static struct err decode_id(void *into, const struct rows *rows)
{
    *(int64_t *)into = row_int64(rows, 0, IMPORT_NEXT_ID);
    return OK;
}

void import_next_id(struct batch *b, int64_t *id)
{
    batch_add(b, SQL_IMPORT_NEXT, params_new(b), decode_id, id);
}

void import_insert(struct batch *b, int64_t id, int64_t account_id, int64_t org_id,
                   int32_t rows_total, const unsigned char server_id[16])
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_int64(p, account_id);
    params_int64(p, org_id);
    params_int32(p, rows_total);
    params_bytea(p, (struct text){(const char *)server_id, 16}); /* a uuid's binary form */
    batch_add(b, SQL_IMPORT_INSERT, p, NULL, NULL);
}

static struct err decode_import(void *into, const struct rows *rows)
{
    struct import_row *row = into;

    if (rows->count == 0)
        return OK;
    *row = (struct import_row){
        .id = row_int64(rows, 0, IMPORT_FIND_ID),
        .org_id = row_int64(rows, 0, IMPORT_FIND_ORG_ID),
        .state = row_text(rows, 0, IMPORT_FIND_STATE),
        .rows_total = row_int32(rows, 0, IMPORT_FIND_ROWS_TOTAL),
        .rows_done = row_int32(rows, 0, IMPORT_FIND_ROWS_DONE),
        .rows_bad = row_int32(rows, 0, IMPORT_FIND_ROWS_BAD),
        .started_at = row_timestamptz(rows, 0, IMPORT_FIND_STARTED_AT),
        .ended_at = row_is_null(rows, 0, IMPORT_FIND_ENDED_AT)
                        ? 0 : row_timestamptz(rows, 0, IMPORT_FIND_ENDED_AT),
    };
    return OK;
}

void import_find(struct batch *b, int64_t id, int64_t org_id, struct import_row *row)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_int64(p, org_id);
    batch_add(b, SQL_IMPORT_FIND, p, decode_import, row);
}

static struct err decode_errors(void *into, const struct rows *rows)
{
    struct import_errors *errors = into;

    errors->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct import_error);
    if (errors->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    for (int i = 0; i < rows->count; i++) {
        errors->rows[i] = (struct import_error){
            .row_number = row_int32(rows, i, IMPORT_ERRORS_ROW_NUMBER),
            .column_name = row_text(rows, i, IMPORT_ERRORS_COLUMN_NAME),
            .code = row_text(rows, i, IMPORT_ERRORS_CODE),
            .expected = row_text(rows, i, IMPORT_ERRORS_EXPECTED),
        };
    }
    errors->count = rows->count;
    return OK;
}

void import_errors_list(struct batch *b, int64_t id, int32_t after, int32_t max,
                        struct import_errors *errors)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_int32(p, after);
    params_int32(p, max);
    batch_add(b, SQL_IMPORT_ERRORS, p, decode_errors, errors);
}

void import_progress(struct batch *b, int64_t id, int32_t rows_done, int32_t rows_bad,
                     struct text state)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_int32(p, rows_done);
    params_int32(p, rows_bad);
    params_text(p, state);
    batch_add(b, SQL_IMPORT_PROGRESS, p, NULL, NULL);
}

void import_errors_insert(struct batch *b, int64_t id, const struct import_error *errors,
                          size_t count, struct arena *arena)
{
    int32_t *numbers = arena_new_array(arena, count, int32_t);
    struct text *texts = arena_new_array(arena, 3 * count, struct text);
    struct params *p = params_new(b);

    if (numbers == NULL || texts == NULL || count == 0)
        return; /* a full arena fails the batch when it is sent */
    for (size_t i = 0; i < count; i++) {
        numbers[i] = errors[i].row_number;
        texts[i] = errors[i].column_name;
        texts[count + i] = errors[i].code;
        texts[2 * count + i] = errors[i].expected;
    }
    params_int64(p, id);
    params_int32_array(p, numbers, count);
    params_text_array(p, texts, count);
    params_text_array(p, texts + count, count);
    params_text_array(p, texts + 2 * count, count);
    batch_add(b, SQL_IMPORT_ERROR_INSERT, p, NULL, NULL);
}
