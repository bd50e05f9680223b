/* api/workers.h: enrolling people, erasing them. */
#ifndef API_WORKERS_H
#define API_WORKERS_H

#include "api/write.h"
#include "store/persons.h"

extern step_fn *const worker_post[];   /* POST /v1/workers: one, or an array */
extern const size_t worker_post_state_bytes;

/* What changes to one person have in common: he is loaded with all that is known of him, and the
 * request's key is looked up. Such a route's state begins with this. */
struct worker_change {
    struct write write; /* first: see write.h */
    int64_t worker_id;
    struct person person;
};
enum step worker_change_load(struct exchange *x);

/* DELETE /v1/workers/{id}: destroys the person's key and all that is personal. */
extern step_fn *const worker_erase[];
extern const size_t worker_erase_state_bytes;

#endif
