/* clients/gate/answer.h: what the board is told, in the members of the server's own answer, so that a
 * board needs to know one form only; and "by": who decided, "server" or "gate". */
#ifndef GATE_ANSWER_H
#define GATE_ANSWER_H

#include "clients/gate/decide.h"

/* The server's answer, in the board's language. .at NULL at the arena's ceiling, or when it is no
 * answer. */
struct text answer_of_server(json_t *told, bool english, struct arena *arena);

struct gate_told {
    const struct known *known;
    const struct decision *decision;
    uint32_t epoch;
    uint64_t seq;
    time_us now;
    bool recorded;
};
/* .at NULL at the arena's ceiling. */
struct text answer_of_gate(const struct gate_told *told, bool english, struct arena *arena);

#endif
