/* register/load.h: fills the register from nothing, in one snapshot, over several connections. */
#ifndef REGISTER_LOAD_H
#define REGISTER_LOAD_H

#include "register/registry_write.h"
#include "store/link.h"

struct load_options {
    const char *conninfo;
    unsigned connections; /* 1..8 beside the leader's */
    int stop_fd;
    int64_t timeout_ms;
};

/* leader is in a transaction (register_begin); everything is read in its snapshot. What was in the
 * register and is not in the database goes. After an error the register is a mixture, and must be
 * loaded again. */
MUST_USE struct err load_all(struct registry *registry, struct link *leader,
                             const struct load_options *options);

#endif
