/* api/import_job.h: the work of an import, after its request was answered. */
#ifndef API_IMPORT_JOB_H
#define API_IMPORT_JOB_H

#include "api/enrol.h"
#include "base/csv.h"

/* Which cell of a row each column is; -1: the file has no such column. */
struct import_columns {
    int at[ENROL_COLUMNS];
};

/* Reads the header row. ERR_CSV_HEADER names the column that is missing, unknown or there twice. */
MUST_USE struct err import_read_header(struct csv_reader *reader, struct import_columns *columns);

/* Of IMPORTS_AT_ONCE places, on all loops together, one is taken before an import is stored, so
 * that what was answered 202 has one: import_start uses it, or import_place_leave gives it back. */
MUST_USE bool import_place_take(void);
void import_place_leave(void);

/* Takes a copy of the file and goes to work on this loop, in a place that was taken. */
void import_start(const struct work *work, int64_t id, struct text csv);

/* The loop ends: what is under way is dropped. Its pools must have been freed before. */
void imports_abandon(struct app *app);

#endif
