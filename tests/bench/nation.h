/* bench/nation.h: made-up site workers by the million, as facts, quickly: for benches over many.
 *
 * Ages, sexes, trades and the share of people with something missing follow the surveys that the
 * simulator's people follow (clients/sim/people.c); here they have years of history behind them:
 * yearly exams and trainings, earlier sites, old certificates, 6 to 22 events each. The same place
 * gives the same worker. */
#ifndef BENCH_NATION_H
#define BENCH_NATION_H

#include "scoring/scoring.h"

enum { NATION_FACTS_MAX = 40 };

struct nation_worker {
    struct fact fact[NATION_FACTS_MAX]; /* facts.fact points here: do not move it */
    struct facts facts;
    struct context context;
};

void nation_worker_make(struct nation_worker *worker, uint64_t place, day_t today);

#endif
