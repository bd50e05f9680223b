/* bench/people.h: workers to measure with: people of the simulator's kind (clients/sim/people.h), whose
 * records are folded into facts as the service folds them. The same place gives the same worker. */
#ifndef BENCH_PEOPLE_H
#define BENCH_PEOPLE_H

#include "base/arena.h"
#include "scoring/scoring.h"

struct bench_worker {
    struct facts facts; /* facts.fact lies in the arena */
    struct context context;
};

/* Somebody who came to sites 1 to `sites` within the last half year, asked about at site 1. Dies when
 * the arena is full. */
enum { BENCH_SITES_MAX = 4 };
void bench_worker_make(struct bench_worker *worker, unsigned place, day_t today, unsigned sites,
                       struct arena *arena);

#endif
