/* base/csv.h: RFC 4180 comma-separated rows, read in place.
 *
 * A state machine over bytes that the caller owns and may change: a quoted field loses its quotes
 * where it stands, so nothing is allocated. Rows end in CRLF or LF; a UTF-8 byte order mark at the
 * start is skipped; empty lines are skipped but counted. Refused: NUL, a quote inside a field that
 * does not begin with one, anything but a separator behind a closing quote, CR without LF, a quote
 * that is never closed, and what is over the limits. Encoding is the caller's business. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdbool.h>

#include "base/err.h"
#include "base/text.h"

enum { CSV_FIELDS_MAX = 64, CSV_FIELD_BYTES_MAX = 4096 };

struct csv_reader {
    char *at, *end; /* what is not read yet */
    unsigned row;   /* of the row last read, as a spreadsheet counts: the first is 1 */
    unsigned column; /* of the field last read, from 1; of the bad one after an error */
};

/* `at` must stay and may not be used otherwise while rows are read. */
struct csv_reader csv_over(char *at, size_t bytes);

/* The next row: fields[0..*count) are views into the caller's bytes, valid until these end.
 * *count is 0 at the end of the input. Fails with ERR_CSV_SYNTAX, or ERR_TOO_LARGE for more than
 * max fields (at most CSV_FIELDS_MAX) or a field over CSV_FIELD_BYTES_MAX; `expected` says what
 * was wrong, reader->row and ->column say where. Reading may go on: at the line behind the error,
 * or at the end when a quote stayed open. */
MUST_USE struct err csv_next_row(struct csv_reader *reader, struct text *fields, unsigned max,
                                 unsigned *count, unsigned *row);

#endif
