/* clients/sim/setup.h: organisations, sites, gates and accounts of the city, by the operator. */
#ifndef SIM_SETUP_H
#define SIM_SETUP_H

#include "clients/http/reach.h"
#include "clients/sim/city.h"

/* Makes what is not there yet, and writes each key to its file. False after saying why. */
bool setup_city(struct city *city, struct client *client, const struct reach *operator);

#endif
