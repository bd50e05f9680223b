/* api/codes.h: POST /v1/workers/{id}/code: a live code, as text, SVG or PNG.
 *
 * For the worker himself, or a contractor that engages him. Nothing is stored, so it needs no
 * Idempotency-Key; a contractor's look is written down before the answer. The code is signed when
 * everything else is known, and no error answer holds one. */
#ifndef API_CODES_H
#define API_CODES_H

#include "api/app.h"
#include "api/input.h"

enum { CODE_RENEW_S = 30 }; /* a page asks for the next one when half of the life is over */

extern const struct field worker_code_fields[]; /* {"site": id?, "version": n?, "svg": bool?} */
extern step_fn *const worker_code_post[];
extern const size_t worker_code_post_bytes;

#endif
