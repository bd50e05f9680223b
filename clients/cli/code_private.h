/* clients/cli/code_private.h: what the parts of `jianan code` share. */
#ifndef CLI_CODE_PRIVATE_H
#define CLI_CODE_PRIVATE_H

#include "base/text.h"

enum { CODE_ANSWER_BYTES_MAX = 16 * 1024 };

int code_main(int argc, char **argv);
int code_usage(const char *what); /* says so on standard error; CLI_USAGE */
int code_verify_main(int argc, char **argv);
int code_inspect_main(int argc, char **argv);

/* Calls each() for every line of standard input, without its LF; the worst status is returned. */
int code_for_each_line(int (*each)(struct text line, void *arg), void *arg);

#endif
