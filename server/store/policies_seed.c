#include "store/policies_seed.h"

#include <libpq-fe.h>

#include "base/log.h"
#include "domain/policy.h"
#include "store/pg.h"
#include "store/statements.h"

enum { COMPILE_BYTES_MAX = 4 * 1024 * 1024 };

static struct err number_of(const struct embedded_file *file, struct arena *arena,
                            uint32_t *number)
{
    struct policy_document document;
    struct arena scratch;
    struct err e;

    arena_init(&scratch, COMPILE_BYTES_MAX);
    e = policy_compile(file->text, &scratch, &document);
    *number = document.policy.number;
    if (err_is(e))
        e = err_detail(ERR_POLICY_INVALID,
                       arena_format(arena, "%s%s: %s", file->name, e.field != NULL ? e.field : "",
                                    e.expected != NULL ? e.expected : err_row(e.code)->en));
    arena_clear(&scratch);
    return e;
}

static struct err put(PGconn *pq, const struct embedded_file *file, enum policy_state state,
                      struct arena *arena, int *added)
{
    uint32_t number;
    struct err e = number_of(file, arena, &number);
    const char *values[3];
    PGresult *result;

    if (err_is(e))
        return e;
    values[0] = arena_format(arena, "%u", number);
    values[1] = policy_state_name(state);
    values[2] = arena_text(arena, file->text).at;
    if (arena->full)
        return err_make(ERR_TOO_LARGE);
    result = PQexecParams(pq, statements[SQL_POLICY_SEED].text, 3, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        e = err_from_result(result);
        e.detail = arena_format(arena, "%s: %s", file->name, e.detail);
    } else if (text_is(text_of(PQcmdTuples(result)), "1")) {
        log_event(LOG_INFO, 0, "policy_seeded", log_text("file", file->name),
                  log_number("number", number), log_text("state", policy_state_name(state)));
        ++*added;
    }
    PQclear(result);
    return e;
}

struct err policies_seed(const char *owner_conninfo, const struct embedded_file *files,
                         enum policy_state state, struct arena *arena, int *added)
{
    PGconn *pq = PQconnectdb(owner_conninfo);
    struct err e = OK;

    *added = 0;
    if (PQstatus(pq) != CONNECTION_OK)
        e = err_detail(ERR_DATABASE, arena_format(arena, "%s", PQerrorMessage(pq)));
    for (; !err_is(e) && files->name != NULL; files++)
        e = put(pq, files, state, arena, added);
    PQfinish(pq);
    return e;
}
