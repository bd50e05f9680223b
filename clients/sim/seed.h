/* clients/sim/seed.h: `jianan-sim seed`: fills an empty service with a fictional city, through the
 * same API as everybody. Contractors enrol (some by CSV, some by JSON), clinics and training centres
 * post results, safety officers instruct on site and note violations. A second run finds what is
 * there and asks for nothing. */
#ifndef SIM_SEED_H
#define SIM_SEED_H

int seed_main(int argc, char **argv); /* argv[0] is the verb */

#endif
