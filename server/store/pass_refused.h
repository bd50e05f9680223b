/* store/pass_refused.h: passes that PostgreSQL will never take, set aside for people to read.
 *
 * One of them at the front of a spool would hold up all behind it. It becomes a line of JSON in
 * passes-N.refused beside the spool: why, and every member under its column's name (a worker's
 * number, no name). Nothing reads the file back; whoever has looked into it moves it away. */
#ifndef STORE_PASS_REFUSED_H
#define STORE_PASS_REFUSED_H

#include "store/passes.h"

/* Durable when it returns OK. A server that stops before its spool is empty reads the same pass
 * again and adds another line for it. ERR_STORAGE_FULL. */
MUST_USE struct err pass_set_aside(const char *dir, unsigned number, const struct pass *pass,
                                   const char *why);
/* Lines in the file of this number; 0 when there is none. */
size_t passes_set_aside(const char *dir, unsigned number);

#endif
