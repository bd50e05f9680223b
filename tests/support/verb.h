/* tests/support/verb.h: a verb of the command line, run inside the test on some standard input. */
#ifndef SUPPORT_VERB_H
#define SUPPORT_VERB_H

#include "base/text.h"

/* argv ends in NULL, argv[0] is the verb. Standard output is left in answers, with a NUL behind it;
 * the exit status is returned. */
int verb_run(int (*verb_main)(int argc, char **argv), struct text input, char **argv,
             char *answers, size_t max);

#endif
