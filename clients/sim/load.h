/* clients/sim/load.h: `jianan-sim load`: gate checks in a closed loop, for crash tests and benches.
 *
 * Each connection asks, waits, asks again. Only this machine is asked. Every acknowledged pass is
 * one line of --out: pass, worker, where it is recorded, between tabs. Asking by number makes a new
 * pass every time; a code, while it lives, is the same pass again. One key may ask only so often
 * (setting key_requests_per_s, 500 by default): start the server with more. */
#ifndef SIM_LOAD_H
#define SIM_LOAD_H

int load_main(int argc, char **argv);  /* argv[0] is the verb */
int codes_main(int argc, char **argv); /* the numbers of the city's workers, as --codes takes them */

#endif
