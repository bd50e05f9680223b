/* clients/sim/lane.h: everything that happens to one contractor's people, in order; contractors work
 * side by side, each lane on a connection of its own. */
#ifndef SIM_LANE_H
#define SIM_LANE_H

#include <stdatomic.h>

#include "clients/http/reach.h"
#include "clients/sim/city.h"

struct lane {
    struct city *city;
    const struct reach *reach;
    unsigned contractor;
    unsigned phones; /* how many of the city's first places carry a phone */
    _Atomic uint64_t *done; /* over all lanes: work_of_city() at the end */
    bool good;
    /* its own */
    struct client *client;
    struct person *people;
    unsigned *places, count; /* whose they are in the city */
    unsigned requests;
};

/* For pthread_create; arg is a struct lane. */
void *lane_run(void *lane);

/* What lanes count in `done` when all is well. */
uint64_t lane_work(const struct city *city, unsigned phones);

#endif
