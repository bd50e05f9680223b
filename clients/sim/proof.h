/* clients/sim/proof.h: asks the service whether every acknowledged pass is there, and none twice. */
#ifndef SIM_PROOF_H
#define SIM_PROOF_H

#include "clients/sim/crowd.h"

struct proof {
    uint64_t acknowledged, found, missing, twice;
};

/* Reads the sites' passes as their safety officers do. Passes that rest in a server's spool come a
 * little later, so it looks again for a few seconds. True when nothing is missing or twice. */
bool proof_of(const struct morning *morning, struct proof *proof);

#endif
