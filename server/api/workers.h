/* api/workers.h: enrolling people, giving them their own key, erasing them. */
#ifndef API_WORKERS_H
#define API_WORKERS_H

#include "net/exchange.h"

extern step_fn *const worker_post[];   /* POST /v1/workers: one, or an array */
extern const size_t worker_post_state_bytes;

/* POST /v1/workers/{id}/access: a new key of the worker's own; the one before stops working. The
 * key is derived, so the stored answer holds its version only and a repeated request is given the
 * same key again. */
extern step_fn *const worker_access[];
extern const size_t worker_access_state_bytes;

/* DELETE /v1/workers/{id}: destroys the person's key and all that is personal. */
extern step_fn *const worker_erase[];
extern const size_t worker_erase_state_bytes;

#endif
