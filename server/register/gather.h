/* register/gather.h: rows of workers and their engagements, joined into what the register takes. */
#ifndef REGISTER_GATHER_H
#define REGISTER_GATHER_H

#include "base/arena.h"
#include "register/registry.h"

struct gather {
    struct arena arena; /* facts and names */
    struct worker_view *views;
    size_t count, max;
    struct engaged *engaged;  /* by worker, then version, as the views are */
    int64_t *engaged_workers; /* whose they are */
    size_t engaged_count, engaged_max;
};

void gather_init(struct gather *gather, size_t workers_max); /* dies without memory */
void gather_clear(struct gather *gather);

/* link_row_fn of register_workers and register_engagements (and of register_load_…). A worker whose
 * facts cannot be read is unknown here: version 0, and an error in the log. */
bool gather_worker(void *gather, const struct text *fields);
bool gather_engagement(void *gather, const struct text *fields);

/* Once all rows are there: gives each view its engagements. */
void gather_join(struct gather *gather);

#endif
