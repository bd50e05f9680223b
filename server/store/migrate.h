/* store/migrate.h: brings a database's schema to the version this program was built for.
 *
 * Migrations are the files of migrations/, embedded in the program with their SHA-256. Each runs in
 * a transaction of its own together with its row in schema_migration, under an advisory lock, so
 * a migrator that is killed anywhere leaves whole migrations behind and the next one finishes.
 * Blocking libpq: for start-up and `--migrate`, never on an event loop. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "base/arena.h"
#include "base/err.h"

struct migration {
    int number; /* from 1, without gaps */
    const char *name, *text, *sha256;
};

struct migration_list {
    const struct migration *rows;
    int count;
};

/* Those of migrations/, made by embed_sql.cmake. */
extern const struct migration_list migrations_embedded;

/* Applies what is missing, as the schema's owner. Fails with ERR_SCHEMA_VERSION (detail names both
 * versions) when the database is newer or an applied migration is not the one in `list`, with
 * ERR_BUSY when another migrator or a lock is in the way for too long, with ERR_DATABASE when
 * nobody answers, else with ERR_INTERNAL naming the migration. Error texts live in `arena`. */
MUST_USE struct err migrate_run(const char *owner_conninfo, const struct migration_list *list,
                                struct arena *arena);

/* The database holds exactly `list`; else ERR_SCHEMA_VERSION, naming both. Any role may ask. */
MUST_USE struct err migrate_check(const char *conninfo, const struct migration_list *list,
                                  struct arena *arena);

#endif
