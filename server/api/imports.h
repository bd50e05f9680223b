/* api/imports.h: a CSV of thousands of people, enrolled chunk by chunk behind the answer.
 *
 * The file is checked for its header and answered 202 at once; a job of this loop then enrols
 * IMPORT_CHUNK rows at a time, each chunk in one transaction with its progress and its refused
 * rows. The file itself is kept in memory only: it holds personal data. A server that dies leaves
 * the import `interrupted`; sending the file again recognises every row that was done. */
#ifndef API_IMPORTS_H
#define API_IMPORTS_H

#include "api/input.h"
#include "net/exchange.h"

enum { IMPORT_BYTES_MAX = 32 * 1024 * 1024, IMPORT_CHUNK = 200, IMPORTS_AT_ONCE = 4 };

extern const struct field import_errors_query[];
extern step_fn *const import_post[];   /* POST /v1/imports, text/csv */
extern const size_t import_post_state_bytes;
extern step_fn *const import_get[];    /* GET /v1/imports/{id} */
extern step_fn *const import_errors[]; /* GET /v1/imports/{id}/errors.csv */
extern const size_t import_get_state_bytes;

#endif
