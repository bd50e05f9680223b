/* store/imports.h: how far an import got, and which rows it refused. */
#ifndef STORE_IMPORTS_H
#define STORE_IMPORTS_H

#include "store/pg.h"

struct import_row {
    int64_t id, org_id; /* id 0: no such import */
    struct text state;  /* running, done, interrupted */
    int32_t rows_total, rows_done, rows_bad;
    int64_t started_at, ended_at;
};

struct import_error {
    int32_t row_number;
    struct text column_name, code, expected;
};
struct import_errors {
    struct import_error *rows;
    int count;
};

/* Drawn before the import is written, because its answer names it. */
void import_next_id(struct batch *b, int64_t *id);
void import_insert(struct batch *b, int64_t id, int64_t account_id, int64_t org_id,
                   int32_t rows_total, const unsigned char server_id[16]);
void import_find(struct batch *b, int64_t id, int64_t org_id, struct import_row *row);
/* Rows behind `after` (row number), at most max; max 0: none. */
void import_errors_list(struct batch *b, int64_t id, int32_t after, int32_t max,
                        struct import_errors *errors);

/* Absolute figures, so that writing a chunk twice counts it once. */
void import_progress(struct batch *b, int64_t id, int32_t rows_done, int32_t rows_bad,
                     struct text state);
void import_errors_insert(struct batch *b, int64_t id, const struct import_error *errors,
                          size_t count, struct arena *arena);

#endif
