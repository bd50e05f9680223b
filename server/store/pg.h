/* store/pg.h: PostgreSQL by libpq, asynchronous, in pipeline mode.
 *
 * A pool belongs to one loop. It keeps a few connections and sends batches: a batch is its
 * statements and one sync, which makes it one transaction in one round trip; nothing stays open
 * while we think. A statement of store/sql is prepared on a connection when a batch first needs it
 * there. Every batch has a timer of our own (a stopped backend defeats PostgreSQL's). A connection
 * that breaks fails what was sent on it with ERR_OUTCOME_UNKNOWN when the batch writes,
 * ERR_DATABASE when it only reads, and reconnects with back-off and jitter. */
#ifndef STORE_PG_H
#define STORE_PG_H

#include <libpq-fe.h>

#include "base/arena.h"
#include "base/loop.h"
#include "base/waiter.h"
#include "store/statements.h" /* made from store/sql by embed_sql.cmake: enum statement, columns */

struct pg_options {
    const char *conninfo; /* several hosts allowed; target_session_attrs=read-write is added */
    unsigned connections; /* 1..32 */
    unsigned queue_max;   /* batches waiting for a connection; beyond it ERR_BUSY */
    int64_t batch_ms;     /* our timer on a batch, from its turn on a connection to its last result;
                           * also how long it may wait in the queue; at least 10 */
    bool allow_unsafe;    /* also use a server that safety.h refuses: for crash tests only */
};

struct pg_pool;
struct pg_pool *pg_pool_new(struct loop *loop,
                            const struct pg_options *options); /* connects by itself */
void pg_pool_free(struct pg_pool *pool);        /* drops what waits without telling; drain first */
bool pg_pool_is_up(const struct pg_pool *pool); /* at least one connection is ready */
unsigned pg_pool_queued(const struct pg_pool *pool);

/* Parameters in binary form, in the order of the statement's $n; memory is the batch's arena. */
struct batch;
struct params;
struct params *params_new(struct batch *b);
void params_int16(struct params *p, int16_t value);
void params_int32(struct params *p, int32_t value);
void params_int64(struct params *p, int64_t value);
void params_bool(struct params *p, bool value);
void params_text(struct params *p, struct text value);  /* .at NULL -> SQL NULL */
void params_bytea(struct params *p, struct text value); /* .at NULL -> SQL NULL */
void params_jsonb(struct params *p, struct text json);
void params_date(struct params *p, uint16_t day); /* scoring day; 0 and 65535 -> SQL NULL */
void params_timestamptz(struct params *p,
                        int64_t us); /* microseconds since 1970; INT64_MIN -> NULL */
void params_null(struct params *p);
/* One-dimensional arrays; a NULL element is written by the type's own mark (as above). */
void params_int16_array(struct params *p, const int16_t *values, size_t count);
void params_int32_array(struct params *p, const int32_t *values, size_t count);
void params_int64_array(struct params *p, const int64_t *values, size_t count);
void params_text_array(struct params *p, const struct text *values, size_t count);
void params_bytea_array(struct params *p, const struct text *values, size_t count);
void params_jsonb_array(struct params *p, const struct text *values, size_t count);
void params_date_array(struct params *p, const uint16_t *days, size_t count);
void params_timestamptz_array(struct params *p, const int64_t *us, size_t count);

/* A result's rows, in binary form. Columns by their generated names. Text and bytea are copied
 * into the batch's arena; .at is NULL for SQL NULL. Ints of SQL NULL are 0: ask row_is_null. */
struct rows {
    const PGresult *result;
    struct arena *arena;
    int count;
};
bool row_is_null(const struct rows *rows, int row, int column);
int16_t row_int16(const struct rows *rows, int row, int column);
int32_t row_int32(const struct rows *rows, int row, int column);
int64_t row_int64(const struct rows *rows, int row, int column);
bool row_bool(const struct rows *rows, int row, int column);
struct text row_text(const struct rows *rows, int row, int column); /* text, bytea, jsonb */
uint16_t row_date(const struct rows *rows, int row, int column);    /* NULL -> 0 */
int64_t row_timestamptz(const struct rows *rows, int row,
                        int column); /* us since 1970; NULL -> 0 */

/* Turns rows into structs as they arrive. An error it returns becomes the batch's, but undoes
 * nothing: what must not be kept has to be refused by a statement. */
typedef struct err decode_fn(void *into, const struct rows *rows);

/* arena must outlive the batch's end. NULL at the arena's ceiling. */
MUST_USE struct batch *batch_new(struct pg_pool *pool, struct arena *arena);
/* decode may be NULL. Statements run in the order added; the first error undoes all of them. */
void batch_add(struct batch *b, enum statement statement, struct params *params, decode_fn *decode,
               void *into);
/* Queues it and returns; waiter.done runs later. An error here means that it was not sent and
 * that the waiter will not be called. */
MUST_USE struct err batch_send(struct batch *b, struct waiter waiter);

/* What PostgreSQL said, as an error of ours: a constraint's name (constraints.def), then SQLSTATE.
 * `detail` is valid until the thread's next call. */
MUST_USE struct err err_from_result(const PGresult *result);

#endif
