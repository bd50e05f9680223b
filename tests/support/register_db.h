/* support/register_db.h: fills a database with what the register follows, and compares the two.
 *
 * The comparison reads the database by its own statements, in text form: what the register's reading
 * gets wrong, this does not get wrong in the same way. Dies loudly when a statement fails. */
#ifndef SUPPORT_REGISTER_DB_H
#define SUPPORT_REGISTER_DB_H

#include <libpq-fe.h>

#include "register/registry.h"

/* What the tests call, register_db.sql, and a policy in force. */
void register_db_prepare(void); /* in the fixture's database, as the superuser */

PGconn *register_db_connect(void); /* as the application */
void db_exec(PGconn *pq, const char *sql);
int64_t db_int(PGconn *pq, const char *sql);
__attribute__((format(printf, 2, 3))) void db_execf(PGconn *pq, const char *format, ...);

/* How many objects differ between register and database; each of the first few is printed. */
unsigned register_db_differences(struct registry_reader *reader, PGconn *pq);

/* Compares again and again until nothing differs or timeout_ms is over: then what still does. */
unsigned register_db_settle(struct registry_reader *reader, PGconn *pq, int64_t timeout_ms);

#endif
