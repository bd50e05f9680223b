/* cli/score.h: `jianan score`: verdicts for cases in JSON lines, without a server.
 *
 * jianan score --policy FILE [--policy FILE …] --on DATE [--known-at TIME] < cases > verdicts
 * jianan score --policy FILE [--policy FILE …] --from DATE --to DATE [--known-at TIME] < cases > runs
 * Exit: 0 done, 2 usage or unreadable policy, 3 a policy or some line is invalid. */
#ifndef CLI_SCORE_H
#define CLI_SCORE_H

#include <stdio.h>

/* argv[0] is the verb; reads standard input, writes standard output. */
int score_main(int argc, char **argv);

#endif
