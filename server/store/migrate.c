/* store/migrate.c: see migrate.h. Its few statements of its own stand here and not in store/sql,
 * because they run before there is a table that a statement could be prepared against. */
#include "store/migrate.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "store/pg.h"

/* Another migrator is waited for; a table that traffic holds is not: whoever queued behind our lock
 * request would wait as long as we do, and gates would notice after a second. */
#define WAIT_FOR_MIGRATOR "SET lock_timeout = '60s'"
#define WAIT_FOR_TABLES   "SET lock_timeout = '1s'"
enum { TRIES = 5, PAUSE_SECONDS = 1 };

#define LOCK_KEY "7021440121" /* any number, the same in every version of the program */

static const char SESSION[] =
    "SET search_path = public, pg_temp; SET statement_timeout = 0;"
    "SET client_min_messages = warning; SET TimeZone = 'UTC';"
    "SET synchronous_commit = on; SET client_connection_check_interval = '1s';" WAIT_FOR_MIGRATOR;
static const char TABLE[] = "CREATE TABLE IF NOT EXISTS public.schema_migration ("
                            " number int PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL,"
                            " applied_at timestamptz NOT NULL DEFAULT clock_timestamp())";
static const char APPLIED[] = "SELECT number, name, sha256 FROM public.schema_migration"
                              " ORDER BY number";
static const char REMEMBER[] = "INSERT INTO public.schema_migration (number, name, sha256)"
                               " VALUES ($1::int, $2, $3)";

struct migrator {
    PGconn *pq;
    const struct migration_list *list;
    struct arena *arena;
};

static struct err error_from(struct migrator *m, const PGresult *result, const char *doing)
{
    struct err e = err_from_result(result);

    e.detail = arena_format(m->arena, "%s: %s", doing, e.detail);
    return e;
}

static struct err take(struct migrator *m, PGresult *result, const char *doing)
{
    ExecStatusType status = PQresultStatus(result);
    struct err e = OK;

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        e = error_from(m, result, doing);
    PQclear(result);
    return e;
}

static struct err run(struct migrator *m, const char *sql, const char *doing)
{
    return take(m, PQexec(m->pq, sql), doing);
}

static struct err open_session(struct migrator *m, const char *conninfo)
{
    m->pq = PQconnectdb(conninfo);
    CHECK_ALLOCATED(m->pq);
    if (PQstatus(m->pq) != CONNECTION_OK)
        return err_detail(ERR_DATABASE, arena_format(m->arena, "%s", PQerrorMessage(m->pq)));
    return run(m, SESSION, "session settings");
}

/* What is applied must be the list's beginning, text for text. */
static struct err compare(struct migrator *m, const PGresult *applied)
{
    int count = PQntuples(applied);

    for (int i = 0; i < count; i++) {
        const char *number = PQgetvalue(applied, i, 0), *name = PQgetvalue(applied, i, 1);

        if (i >= m->list->count)
            return err_detail(ERR_SCHEMA_VERSION,
                              arena_format(m->arena,
                                           "the database is at version %s, this program"
                                           " at %d: use the newer program",
                                           PQgetvalue(applied, count - 1, 0), m->list->count));
        if (strtol(number, NULL, 10) != m->list->rows[i].number ||
            strcmp(PQgetvalue(applied, i, 2), m->list->rows[i].sha256) != 0)
            return err_detail(ERR_SCHEMA_VERSION,
                              arena_format(m->arena,
                                           "the database has applied migration %s (%s),"
                                           " which is not this program's %d (%s)",
                                           number, name, m->list->rows[i].number,
                                           m->list->rows[i].name));
    }
    return OK;
}

static bool is_absent(const PGresult *applied)
{
    const char *state = PQresultErrorField(applied, PG_DIAG_SQLSTATE);

    return state != NULL && strcmp(state, "42P01") == 0; /* undefined_table */
}

static struct err load_applied(struct migrator *m, int *count)
{
    PGresult *applied = PQexec(m->pq, APPLIED);
    struct err e;

    *count = PQntuples(applied);
    if (PQresultStatus(applied) == PGRES_TUPLES_OK)
        e = compare(m, applied);
    else if (is_absent(applied))
        e = OK; /* version 0 */
    else
        e = error_from(m, applied, "schema_migration");
    PQclear(applied);
    return e;
}

static struct err remember(struct migrator *m, const struct migration *migration)
{
    char number[12];
    struct build text = build_over(number, sizeof number);
    const char *values[] = {number, migration->name, migration->sha256};

    build_int(&text, migration->number);
    return take(m, PQexecParams(m->pq, REMEMBER, 3, NULL, values, NULL, NULL, 0),
                "schema_migration");
}

/* The migration and its row, or neither. */
static struct err apply_once(struct migrator *m, const struct migration *migration)
{
    struct err e = run(m, "BEGIN", "begin");

    if (!err_is(e))
        e = run(m, migration->text, migration->name);
    if (!err_is(e) && PQtransactionStatus(m->pq) != PQTRANS_INTRANS)
        return err_detail(ERR_INTERNAL, "a migration must not end its transaction");
    if (!err_is(e))
        e = remember(m, migration);
    if (!err_is(e))
        e = run(m, "COMMIT", migration->name);
    if (err_is(e))
        PQclear(PQexec(m->pq, "ROLLBACK"));
    return e;
}

static struct err apply(struct migrator *m, const struct migration *migration)
{
    struct err e = apply_once(m, migration);

    for (int tries = 1; e.code == ERR_BUSY && tries < TRIES; tries++) {
        log_event(LOG_WARN, 0, "migration_waits", log_number("number", migration->number));
        nanosleep(&(struct timespec){.tv_sec = PAUSE_SECONDS}, NULL);
        e = apply_once(m, migration);
    }
    if (!err_is(e))
        log_event(LOG_INFO, 0, "migration_applied", log_number("number", migration->number),
                  log_text("name", migration->name));
    return e;
}

static struct err apply_missing(struct migrator *m)
{
    int count = 0;
    struct err e = run(m, "SELECT pg_advisory_lock(" LOCK_KEY ")", "another migrator");

    if (!err_is(e))
        e = run(m, WAIT_FOR_TABLES, "session settings");
    if (!err_is(e))
        e = run(m, TABLE, "schema_migration");
    if (!err_is(e))
        e = load_applied(m, &count);
    for (int i = count; !err_is(e) && i < m->list->count; i++)
        e = apply(m, &m->list->rows[i]);
    return e;
}

struct err migrate_run(const char *owner_conninfo, const struct migration_list *list,
                       struct arena *arena)
{
    struct migrator m = {.list = list, .arena = arena};
    struct err e = open_session(&m, owner_conninfo);

    if (!err_is(e))
        e = apply_missing(&m);
    PQfinish(m.pq); /* and with it the advisory lock goes */
    return e;
}

struct err migrate_check(const char *conninfo, const struct migration_list *list,
                         struct arena *arena)
{
    struct migrator m = {.list = list, .arena = arena};
    int count = 0;
    struct err e = open_session(&m, conninfo);

    if (!err_is(e))
        e = load_applied(&m, &count);
    PQfinish(m.pq);
    if (err_is(e) || count == list->count)
        return e;
    return err_detail(ERR_SCHEMA_VERSION,
                      arena_format(arena,
                                   "the database is at version %d, this program at %d: run"
                                   " jianan-server --migrate",
                                   count, list->count));
}
