/* clients/gate/db.h: SQLite as this program uses it: one file a subject, WAL, every commit on disk.
 *
 * A statement is prepared, bound, stepped and finalized in one function; what goes wrong is kept
 * in the query and looked at once, at its end. Full disks and files grown to their limit are
 * ERR_STORAGE_FULL, everything else ERR_DATABASE. */
#ifndef GATE_DB_H
#define GATE_DB_H

#include <sqlite3.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct db {
    sqlite3 *handle;
};

/* `schema` is run on a file that has none yet, whole or not at all. A file that is not a database,
 * or is damaged: ERR_DATA_REFUSED. */
MUST_USE struct err db_open(struct db *db, const char *dir, const char *file, const char *schema);
void db_close(struct db *db);

MUST_USE struct err db_begin(struct db *db); /* takes the write lock at once */
MUST_USE struct err db_commit(struct db *db); /* on disk when it returns OK; else rolled back */
void db_rollback(struct db *db);

struct query {
    sqlite3 *handle;
    sqlite3_stmt *statement; /* NULL when it could not be prepared */
    int bound, column;
    int code; /* SQLite's, of the first failure */
};
struct query query_open(struct db *db, const char *sql);
void query_int(struct query *q, int64_t value); /* binds the next place */
void query_text(struct query *q, struct text value);
void query_bytes(struct query *q, const void *at, size_t bytes);
/* True: there is a row. Its columns are taken in order. */
bool query_next(struct query *q);
int64_t take_int(struct query *q);
struct text take_text(struct query *q, struct arena *arena); /* copied; .at NULL at the ceiling */
/* Copies a blob of exactly so many bytes; false for any other. */
MUST_USE bool take_bytes(struct query *q, void *to, size_t bytes);
/* Finalizes; the first failure. */
MUST_USE struct err query_close(struct query *q);
/* For statements without rows: steps and closes. */
MUST_USE struct err query_run(struct query *q);

#endif
