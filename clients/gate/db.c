#include "clients/gate/db.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

enum { PATH_BYTES = 512, BUSY_MS = 250 };

static struct err err_of(int code)
{
    /* A file that may not grow is an I/O error to SQLite; to people the disk is full. */
    if (code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE)
        code = SQLITE_FULL;
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return OK;
    case SQLITE_FULL:
        return err_make(ERR_STORAGE_FULL);
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return err_detail(ERR_DATA_REFUSED, sqlite3_errstr(code));
    default:
        return err_detail(ERR_DATABASE, sqlite3_errstr(code));
    }
}

static struct err run(struct db *db, const char *sql)
{
    return err_of(sqlite3_exec(db->handle, sql, NULL, NULL, NULL));
}

/* -- opening ------------------------------------------------------------------------------------ */

static struct err make_schema(struct db *db, const char *schema)
{
    struct query q = query_open(db, "SELECT count(*) FROM sqlite_master");
    bool empty = query_next(&q) && take_int(&q) == 0;
    struct err e = query_close(&q);

    if (err_is(e) || !empty)
        return e;
    e = db_begin(db);
    if (!err_is(e))
        e = run(db, schema);
    if (!err_is(e))
        return db_commit(db);
    db_rollback(db);
    return e;
}

struct err db_open(struct db *db, const char *dir, const char *file, const char *schema)
{
    /* Little memory: one page in hundreds is looked at again. */
    static const char pragmas[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                                  "PRAGMA cache_size=-256; PRAGMA journal_size_limit=4194304;"
                                  "PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF";
    char path[PATH_BYTES];
    struct err e;

    db->handle = NULL;
    if (snprintf(path, sizeof path, "%s/%s", dir, file) >= (int)sizeof path)
        return err_field(ERR_SETTING_INVALID, "data_dir", "..400");
    e = err_of(sqlite3_open_v2(path, &db->handle,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                                   SQLITE_OPEN_EXRESCODE,
                               NULL));
    if (!err_is(e))
        e = err_of(sqlite3_busy_timeout(db->handle, BUSY_MS));
    if (!err_is(e))
        e = run(db, pragmas);
    if (!err_is(e))
        e = make_schema(db, schema);
    if (err_is(e))
        db_close(db);
    return e;
}

void db_close(struct db *db)
{
    if (sqlite3_close(db->handle) != SQLITE_OK)
        log_event(LOG_ERROR, 0, "database_not_closed", log_text("why", sqlite3_errmsg(db->handle)));
    db->handle = NULL;
}

/* -- transactions -------------------------------------------------------------------------------- */

struct err db_begin(struct db *db)
{
    return run(db, "BEGIN IMMEDIATE");
}

void db_rollback(struct db *db)
{
    if (sqlite3_get_autocommit(db->handle) == 0) /* a full disk may have rolled back already */
        (void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

struct err db_commit(struct db *db)
{
    struct err e = run(db, "COMMIT");

    if (err_is(e))
        db_rollback(db);
    return e;
}

/* -- statements ---------------------------------------------------------------------------------- */

static void note(struct query *q, int code)
{
    if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE && q->code == SQLITE_OK)
        q->code = code;
}

struct query query_open(struct db *db, const char *sql)
{
    struct query q = {.handle = db->handle};

    note(&q, sqlite3_prepare_v2(db->handle, sql, -1, &q.statement, NULL));
    return q;
}

void query_int(struct query *q, int64_t value)
{
    note(q, sqlite3_bind_int64(q->statement, ++q->bound, value));
}

void query_text(struct query *q, struct text value)
{
    note(q, sqlite3_bind_text64(q->statement, ++q->bound, value.at, value.bytes, SQLITE_TRANSIENT,
                                SQLITE_UTF8));
}

void query_bytes(struct query *q, const void *at, size_t bytes)
{
    note(q, sqlite3_bind_blob64(q->statement, ++q->bound, at, bytes, SQLITE_TRANSIENT));
}

bool query_next(struct query *q)
{
    int code;

    if (q->code != SQLITE_OK)
        return false;
    code = sqlite3_step(q->statement);
    note(q, code);
    q->column = 0;
    return code == SQLITE_ROW;
}

int64_t take_int(struct query *q)
{
    return sqlite3_column_int64(q->statement, q->column++);
}

struct text take_text(struct query *q, struct arena *arena)
{
    const void *at = sqlite3_column_blob(q->statement, q->column);
    int bytes = sqlite3_column_bytes(q->statement, q->column++);

    return arena_text(arena, (struct text){at != NULL ? at : "", (size_t)bytes});
}

bool take_bytes(struct query *q, void *to, size_t bytes)
{
    const void *at = sqlite3_column_blob(q->statement, q->column);

    if ((size_t)sqlite3_column_bytes(q->statement, q->column++) != bytes || at == NULL)
        return false;
    memcpy(to, at, bytes);
    return true;
}

struct err query_close(struct query *q)
{
    int code = q->code;

    (void)sqlite3_finalize(q->statement); /* says once more what stepping said */
    q->statement = NULL;
    return err_of(code);
}

struct err query_run(struct query *q)
{
    while (query_next(q))
        ;
    return query_close(q);
}
