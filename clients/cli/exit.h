/* cli/exit.h: what a verb's exit status means, the same for all of them. */
#ifndef CLI_EXIT_H
#define CLI_EXIT_H

enum cli_exit {
    CLI_DONE = 0,
    CLI_NEGATIVE = 1,    /* done, and some answer is negative */
    CLI_USAGE = 2,
    CLI_INPUT = 3,       /* some input is invalid */
    CLI_REFUSED = 4,     /* the server refused */
    CLI_UNREACHABLE = 5  /* the server cannot be reached, or what became of it is unknown */
};

#endif
