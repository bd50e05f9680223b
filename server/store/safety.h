/* store/safety.h: refuses a PostgreSQL that could lose what it has acknowledged.
 *
 * fsync, full_page_writes and synchronous_commit decide whether a committed row survives a power
 * cut; zero_damaged_pages and ignore_checksum_failure whether a damaged one is noticed. What counts
 * is the value the session sees, so a role's or a database's own setting is seen too.
 * synchronous_commit = local and remote_write flush this node's disk: they are as good as `on` on a
 * single node, and refused where synchronous_standby_names promises a standby.
 * The pool asks the same on every connection it makes, so that a server that was restarted with
 * other settings, or a standby that took over with its own, is not written to either. */
#ifndef STORE_SAFETY_H
#define STORE_SAFETY_H

#include <libpq-fe.h>

#include "base/arena.h"
#include "base/err.h"

/* Blocking, for start-up. ERR_UNSAFE_DATABASE with field = the setting's name and expected = the
 * values that are safe; ERR_DATABASE when nobody answers. Texts are static or in `arena`. */
MUST_USE struct err safety_check(const char *conninfo, struct arena *arena);

/* The same over one result of SAFETY_SQL: `field` and `expected` are static. */
extern const char SAFETY_SQL[];
MUST_USE struct err safety_judge(const PGresult *settings);

#endif
