/* domain/engine.h: the numbered ways in which this program has decided at gates.
 *
 * What a policy says is numbered by its semantics (scoring/semantics.h); the rest of the way from a
 * worker's records to a gate's answer is numbered here, and every pass names its number. Once a
 * number has decided anything, what its row does never changes: a later way is a further row with
 * functions of its own, new passes take the last row, and old ones are decided again by theirs. */
#ifndef DOMAIN_ENGINE_H
#define DOMAIN_ENGINE_H

#include "domain/gate_case.h"

enum { ENGINE_ELSEWHERE = 0 }; /* a gate decided by itself, from what this server never saw */

struct engine {
    int16_t number;
    struct err (*facts)(const struct record *records, size_t count, struct arena *arena,
                        struct facts *facts);
    struct err (*engagements)(const struct record *records, size_t count, struct arena *arena,
                              struct engagements *out);
    void (*decide)(const struct gate_case *c, struct gate_outcome *out);
    void (*tell)(const struct gate_case *c, const struct gate_after *after,
                 struct gate_answer *answer);
    uint64_t (*hash)(const struct gate_case *c);
};

const struct engine *engine_now(void);
/* NULL: this program does not know that number. */
const struct engine *engine_find(int16_t number);

#endif
