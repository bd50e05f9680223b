/* support/log_checker.h: runs `jianan-server --verify-log` over the test's database. */
#ifndef SUPPORT_LOG_CHECKER_H
#define SUPPORT_LOG_CHECKER_H

#include "support/server.h"

struct log_checked {
    int status; /* of the program: 0 all is well, 1 something is not */
    long long leaves, heads, other_keys, findings, first_bad; /* first_bad -1: none */
    char said[8192]; /* every finding, one a line */
};
/* By the server's own signing key. Dies when the program tells no counts. */
struct log_checked log_check(const struct server *server);

/* Waits until nothing waits to be sealed; dies after 30 s. */
void log_wait_sealed(void);

#endif
