/* clients/sim/receive.h: `jianan-sim receive`: an outside system that is told of things: it checks who
 * says so, prints a line an event, and answers. */
#ifndef SIM_RECEIVE_H
#define SIM_RECEIVE_H

int receive_main(int argc, char **argv);

#endif
