#include "store/holidays.h"

#include <libpq-fe.h>

#include "base/json.h"
#include "base/log.h"
#include "domain/workdays.h"
#include "store/statements.h"

static struct err decode_holidays(void *into, const struct rows *rows)
{
    struct holiday_rows *holidays = into;

    holidays->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct holiday_row);
    if (holidays->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    holidays->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        holidays->rows[i] = (struct holiday_row){
            .year = row_int32(rows, i, HOLIDAY_LIST_YEAR),
            .version = row_int32(rows, i, HOLIDAY_LIST_VERSION),
            .document = row_text(rows, i, HOLIDAY_LIST_DOCUMENT),
            .recorded_at = row_timestamptz(rows, i, HOLIDAY_LIST_RECORDED_AT),
        };
    return OK;
}

void holidays_list(struct batch *b, int32_t after, int32_t count, struct holiday_rows *into)
{
    struct params *p = params_new(b);

    CHECK(count > 0 && count <= HOLIDAY_YEARS_MAX);
    params_int32(p, after);
    params_int32(p, count);
    batch_add(b, SQL_HOLIDAY_LIST, p, decode_holidays, into);
}

void holiday_insert(struct batch *b, int32_t year, int32_t version, struct text document,
                    int64_t account_id)
{
    struct params *p = params_new(b);

    params_int32(p, year);
    params_int32(p, version);
    params_jsonb(p, document);
    params_int64(p, account_id);
    batch_add(b, SQL_HOLIDAY_INSERT, p, NULL, NULL);
}

/* -- the calendars that come with the program --------------------------------------------------- */

static struct err check(const struct embedded_file *file, struct arena *arena)
{
    struct holiday_year year;
    json_t *document;
    struct err e = json_read(file->text, &document);

    if (!err_is(e)) {
        e = holiday_year_read(document, arena, &year);
        json_decref(document);
    }
    if (!err_is(e))
        return OK;
    return err_detail(ERR_INTERNAL, arena_format(arena, "%s%s: %s", file->name,
                                                 e.field != NULL ? e.field : "",
                                                 err_row(e.code)->en));
}

static struct err put(PGconn *pq, const struct embedded_file *file, struct arena *arena,
                      int *added)
{
    const char *values[] = {arena_text(arena, file->text).at};
    struct err e = check(file, arena);
    PGresult *result;

    if (err_is(e))
        return e;
    if (values[0] == NULL)
        return err_make(ERR_TOO_LARGE);
    result = PQexecParams(pq, statements[SQL_HOLIDAY_SEED].text, 1, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        e = err_from_result(result);
        e.detail = arena_format(arena, "%s: %s", file->name, e.detail);
    } else if (text_is(text_of(PQcmdTuples(result)), "1")) {
        log_event(LOG_INFO, 0, "holidays_seeded", log_text("file", file->name));
        ++*added;
    }
    PQclear(result);
    return e;
}

struct err holidays_seed(const char *owner_conninfo, const struct embedded_file *files,
                         struct arena *arena, int *added)
{
    PGconn *pq = PQconnectdb(owner_conninfo);
    struct err e = OK;

    *added = 0;
    if (PQstatus(pq) != CONNECTION_OK)
        e = err_detail(ERR_DATABASE, arena_format(arena, "%s", PQerrorMessage(pq)));
    for (; !err_is(e) && files->name != NULL; files++)
        e = put(pq, files, arena, added);
    PQfinish(pq);
    return e;
}
