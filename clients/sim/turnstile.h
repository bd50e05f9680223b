/* clients/sim/turnstile.h: a turnstile as its maker would program it: one kept connection, every
 * question numbered (epoch rises at each start, seq with each scan), the answer shown as it is. */
#ifndef SIM_TURNSTILE_H
#define SIM_TURNSTILE_H

#include <stdatomic.h>

#include "clients/http/client.h"

struct gate {
    int64_t id;
    char key[CLIENT_KEY_BYTES_MAX + 1];
    int32_t epoch;
    _Atomic int64_t seq; /* the next one */
};

/* One scan. `code` as the reader saw it, or NULL and a worker's number. */
struct scan {
    const char *code;
    int64_t worker;
    const char *direction; /* "in" or "out" */
    int64_t seq;
};

struct told {
    enum answer_end end;
    int status;
    char verdict[16], why[24], colour[8], screen[64], recorded[8], pass[64];
    int64_t took_us;
    char *body; /* the whole answer; the caller's to free */
};

/* Asks; the same scan may be asked again (a reader that re-sends). */
void turnstile_ask(struct client *client, const struct gate *gate, const struct scan *scan,
                   struct told *told);
/* Takes the gate's next number. */
int64_t turnstile_next(struct gate *gate);
/* Number of this start: seconds since 1970, which never repeats and never falls. */
int32_t turnstile_epoch(void);

#endif
