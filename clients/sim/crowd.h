/* clients/sim/crowd.h: people walk through one gate: with a fresh code, once more with the same one,
 * with a screenshot at the next gate, with a forged one; later they leave. */
#ifndef SIM_CROWD_H
#define SIM_CROWD_H

#include <pthread.h>

#include "clients/http/reach.h"
#include "clients/sim/city.h"
#include "clients/sim/tally.h"
#include "clients/sim/turnstile.h"

enum { SCANS_MAX = 64 * 1024 };

/* What went otherwise than it must. */
enum surprise {
    SURPRISE_NO_ANSWER,      /* the gate was not answered */
    SURPRISE_NO_CODE,        /* a phone was given none */
    SURPRISE_OTHER_PASS,     /* a scan sent again became another pass */
    SURPRISE_SCREENSHOT,     /* a code used a moment ago opened another gate */
    SURPRISE_FORGED,         /* a forged code opened */
    SURPRISE_EXIT_BARRED,    /* somebody could not leave */
    SURPRISES
};
const char *surprise_name(enum surprise surprise);

/* Shared by the gates of one morning. */
struct morning {
    const struct city *city;
    const struct reach *reach;
    unsigned people, gate_count;
    struct gate gates[GATES];
    pthread_barrier_t all_in; /* nobody leaves before everybody came */
    _Atomic uint64_t walked;
    /* Acknowledged passes, by gate and number. */
    _Atomic unsigned char *acknowledged[GATES];
};

/* What is shown at the end, of the first of its kind. */
struct shown {
    int64_t worker;
    char key[80];
    char *answer; /* the gate's, as JSON */
};

struct crowd {
    struct morning *morning;
    unsigned gate; /* whose crowd */
    struct tally entries, exits, tricks, colours, recorded;
    unsigned surprises[SURPRISES];
    struct shown green, red;
    struct client *at_gate, *phone;
    unsigned char *inside; /* by place */
};

void *crowd_run(void *crowd); /* for pthread_create */

#endif
