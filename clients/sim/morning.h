/* clients/sim/morning.h: `jianan-sim morning`: people come through the gates of the seeded city and
 * leave again; what happened is told, and the service is asked whether every pass is there, once.
 * Exit: 0 all as it must be, 1 something was not. */
#ifndef SIM_MORNING_H
#define SIM_MORNING_H

int morning_main(int argc, char **argv); /* argv[0] is the verb */

#endif
