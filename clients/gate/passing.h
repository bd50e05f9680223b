/* clients/gate/passing.h: the last few that were answered, as the guard's page shows them: whose photo,
 * what the door was told. In memory only, and of the last minutes only. */
#ifndef GATE_PASSING_H
#define GATE_PASSING_H

#include <jansson.h>

#include "base/clock.h"

enum { PASSINGS = 4, PASSING_S = 300, PASSING_WORDS = 96, PASSING_HEX = 33 };

struct passing {
    time_us at; /* 0: none */
    char verdict[16], screen[PASSING_WORDS], name[PASSING_WORDS]; /* name masked; "": not known */
    char photo[PASSING_HEX];                                      /* "": none */
};
struct passings {
    struct passing last[PASSINGS];
    unsigned next;
};

/* An answer as the board is told it, the server's or the gate's own. */
void passing_note(struct passings *passings, time_us now, const json_t *answer);
/* The n-th newest; NULL behind the last one of the last minutes. */
const struct passing *passing_at(const struct passings *passings, time_us now, unsigned n);

#endif
