/* clients/sim/options.h: the options of jianan-sim's verbs, in one table. */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include <stdio.h>

#include "clients/http/reach.h"

enum sim_verb { SIM_SEED = 1, SIM_MORNING = 2, SIM_LOAD = 4, SIM_CODES = 8, SIM_RECEIVE = 16 };

struct sim_options {
    struct reach reach;
    const char *state;  /* DIR */
    uint64_t seed;
    unsigned workers;   /* 0: not said */
    unsigned people, gates, seconds, connections;
    const char *codes, *out, *direction;
    const char *secret; /* FILE */
    unsigned port, fail_first, messages; /* messages 0: until it is ended */
};

/* CLI_DONE, or the exit status after saying what is wrong (or, for --help, what is right). */
int sim_options_read(int argc, char **argv, enum sim_verb verb, struct sim_options *options);
/* What a verb takes. */
void sim_options_help(FILE *to, enum sim_verb verb);

#endif
