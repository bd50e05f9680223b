#include "api/imports.h"

#include "api/import_job.h"
#include "api/resource.h"
#include "store/imports.h"

/* -- POST /v1/imports ----------------------------------------------------------------------------- */

struct import_post {
    struct write write; /* first: see write.h */
    int64_t id;
    int32_t rows;
};
const size_t import_post_state_bytes = sizeof(struct import_post);

/* How many rows follow the header: for the progress bar, so blank lines may count. */
static int32_t count_rows(struct text csv)
{
    int32_t lines = csv.bytes > 0 && csv.at[csv.bytes - 1] != '\n' ? 1 : 0;

    for (size_t i = 0; i < csv.bytes; i++)
        lines += csv.at[i] == '\n';
    return lines > 0 ? lines - 1 : 0;
}

/* Reads the header from a copy of the first line's bytes: reading changes them. */
static struct err check_header(struct exchange *x)
{
    struct text csv = x->request->body, rest;
    struct text line = arena_text(&x->arena, text_cut(csv, '\n', &rest));
    struct import_columns columns;
    struct csv_reader reader;

    if (line.at == NULL)
        return err_make(ERR_TOO_LARGE);
    if (line.bytes == 0)
        return err_field(ERR_CSV_HEADER, "header", NULL);
    if (line.at[line.bytes - 1] == '\r')
        line.bytes--;
    reader = csv_over((char *)(uintptr_t)line.at, line.bytes);
    return import_read_header(&reader, &columns);
}

static enum step import_load(struct exchange *x)
{
    struct import_post *s = x->state;
    struct err e = check_header(x);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    if (!text_is_utf8(x->request->body, NULL))
        return exchange_fail(x, err_field(ERR_CSV_SYNTAX, "body", "UTF-8"));
    b = write_begin(x);
    if (b != NULL)
        import_next_id(b, &s->id);
    return load_send(x, b);
}

/* A place is kept while the write is on its way, and given back when it fails. */
static enum step import_not_written(struct exchange *x)
{
    import_place_leave();
    x->on_failure = NULL; /* starting over, it has none until it takes one again */
    return write_failed(x);
}

static enum step import_write(struct exchange *x)
{
    struct import_post *s = x->state;
    const struct caller *caller = caller_of(x);
    enum step next;
    struct batch *b;

    if (write_seen(x, &next))
        return next;
    s->rows = count_rows(x->request->body);
    b = write_commit(x, 202, text_of(arena_format(&x->arena, "{\"import\":%lld,\"rows\":%d}",
                                                  (long long)s->id, s->rows)));
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    import_insert(b, s->id, caller->account_id, caller->org_id, s->rows,
                  app_of(x)->shared->server_id);
    write_audit(x, b, "import.start", 0, s->write.answer);
    if (!import_place_take())
        return exchange_fail(x, err_make(ERR_BUSY));
    next = write_send(x, b, import_post);
    if (next == STEP_WAIT)
        x->on_failure = import_not_written;
    else
        import_place_leave();
    return next;
}

static enum step import_answer(struct exchange *x)
{
    struct import_post *s = x->state;
    struct work work = work_of(x);

    import_start(&work, s->id, x->request->body);
    return write_answer(x);
}

step_fn *const import_post[] = {import_load, import_write, import_answer, NULL};

/* -- GET /v1/imports/{id} and its errors ---------------------------------------------------------- */

struct import_get {
    int64_t id;
    struct import_row row;
    struct import_errors errors;
};
const size_t import_get_state_bytes = sizeof(struct import_get);

struct errors_query {
    int64_t after;
};
const struct field import_errors_query[] = {
    {"after", FIELD_INT, offsetof(struct errors_query, after), false, 0, INT32_MAX, NULL},
    {0},
};

enum { ERRORS_PER_ANSWER = 2000 };

static enum step load(struct exchange *x, int32_t after, int32_t max)
{
    struct import_get *s = x->state;
    struct err e = path_id(x, 0, ERR_NOT_FOUND, &s->id);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL) {
        import_find(b, s->id, caller_of(x)->org_id, &s->row);
        import_errors_list(b, s->id, after, max, &s->errors);
    }
    return load_send(x, b);
}

static enum step import_get_load(struct exchange *x)
{
    return load(x, 0, 0);
}

static enum step import_get_answer(struct exchange *x)
{
    struct import_get *s = x->state;
    struct build out = answer_build(x, 1024);
    struct json_writer w = json_writer_over(&out);

    if (s->row.id == 0)
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    json_open_object(&w, NULL);
    json_put_int(&w, "import", s->row.id);
    json_put_text(&w, "state", s->row.state);
    json_put_int(&w, "rows", s->row.rows_total);
    json_put_int(&w, "done", s->row.rows_done);
    json_put_int(&w, "refused", s->row.rows_bad);
    json_put_time(&w, "started_at", s->row.started_at);
    if (s->row.ended_at != 0)
        json_put_time(&w, "ended_at", s->row.ended_at);
    json_close_object(&w);
    return exchange_answer_json(x, 200, build_done(&out));
}

step_fn *const import_get[] = {import_get_load, import_get_answer, NULL};

static enum step import_errors_load(struct exchange *x)
{
    const struct errors_query *query = x->query;

    return load(x, (int32_t)query->after, ERRORS_PER_ANSWER);
}

/* A cell that Excel could take for a formula is preceded by an apostrophe; quotes are doubled. */
static void put_cell(struct build *out, struct text cell)
{
    build_char(out, '"');
    if (cell.bytes > 0 && (cell.at[0] == '=' || cell.at[0] == '+' || cell.at[0] == '-' ||
                           cell.at[0] == '@' || cell.at[0] == '\t'))
        build_char(out, '\'');
    for (size_t i = 0; i < cell.bytes; i++) {
        if (cell.at[i] == '"')
            build_char(out, '"');
        build_char(out, cell.at[i]);
    }
    build_char(out, '"');
}

static struct text message_of(struct text code, bool english)
{
    for (int i = ERR_NONE + 1; i < ERR_COUNT; i++) {
        const struct err_row *row = err_row((enum err_code)i);

        if (text_is(code, row->code))
            return text_of(english ? row->en : row->zh);
    }
    return code;
}

static enum step import_errors_answer(struct exchange *x)
{
    struct import_get *s = x->state;
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);

    if (s->row.id == 0)
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    build_string(&out, "\xEF\xBB\xBFrow,column,code,reason,expected\r\n"); /* BOM, for Excel */
    for (int i = 0; i < s->errors.count; i++) {
        const struct import_error *e = &s->errors.rows[i];

        build_format(&out, "%d,", e->row_number);
        put_cell(&out, e->column_name);
        build_char(&out, ',');
        put_cell(&out, e->code);
        build_char(&out, ',');
        put_cell(&out, message_of(e->code, x->english));
        build_char(&out, ',');
        put_cell(&out, e->expected);
        build_string(&out, "\r\n");
    }
    if (out.full)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    return exchange_answer(x, 200, "text/csv; charset=utf-8", build_done(&out), NULL);
}

step_fn *const import_errors[] = {import_errors_load, import_errors_answer, NULL};
