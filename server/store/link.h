/* store/link.h: one connection to PostgreSQL for a thread that may wait.
 *
 * The follower and its loaders are such threads; handlers are not (store/pg.h). Every wait ends
 * after timeout_ms without a byte, or as soon as stop_fd is readable; the connection is dropped
 * then. Rows come in binary form, from a query or from COPY alike. */
#ifndef STORE_LINK_H
#define STORE_LINK_H

#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"
#include "store/statements.h"

struct link;

struct link *link_new(const char *conninfo, int stop_fd, int64_t timeout_ms); /* not yet connected */
void link_free(struct link *link);
/* One attempt, at the next of the hosts. ERR_DATABASE, ERR_DATABASE_TIMEOUT, ERR_STOPPING. */
MUST_USE struct err link_open(struct link *link);
bool link_is_open(const struct link *link);
void link_drop(struct link *link);

/* fields[0..columns of the statement); .at NULL is SQL NULL. They live as long as the call. False:
 * the row makes no sense; the call that gave it ends with ERR_INTERNAL. */
typedef bool link_row_fn(void *arg, const struct text *fields);

/* Parameters as text, as many as the statement has; NULL is SQL NULL. each may be NULL. An error
 * that PostgreSQL answers leaves the connection open, all others drop it. */
MUST_USE struct err link_query(struct link *link, enum statement statement,
                               const char *const *values, link_row_fn *each, void *arg);
/* The same rows by COPY (FORMAT binary); the statement takes no parameters. */
MUST_USE struct err link_copy(struct link *link, enum statement statement, link_row_fn *each,
                              void *arg);
/* Right after BEGIN: see what the transaction sees that exported this snapshot. */
MUST_USE struct err link_adopt_snapshot(struct link *link, const char *id);

/* -- without waiting: send, poll the descriptor, collect ----------------------------------------- */

MUST_USE struct err link_send(struct link *link, enum statement statement,
                              const char *const *values);
int link_fd(const struct link *link); /* -1: not connected */
/* What has arrived. *done: the statement that was sent has ended, and each() saw its rows. */
MUST_USE struct err link_collect(struct link *link, link_row_fn *each, void *arg, bool *done);
/* *any: somebody other than the backend `but` has notified since the last call. */
MUST_USE struct err link_notified(struct link *link, int but, bool *any);
int link_backend(const struct link *link);

/* -- values of a row ------------------------------------------------------------------------------ */

/* False unless the field has the type's length; SQL NULL gives `none`. */
MUST_USE bool field_int16(struct text field, int16_t *value);
MUST_USE bool field_int32(struct text field, int32_t none, int32_t *value);
MUST_USE bool field_int64(struct text field, int64_t none, int64_t *value);
MUST_USE bool field_bool(struct text field, bool *value);
MUST_USE bool field_day(struct text field, uint16_t none, uint16_t *day); /* clamped to [1, 65534] */
MUST_USE bool field_time(struct text field, time_us *at);

#endif
