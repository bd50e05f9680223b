/* domain/replay.h: a stored answer of a gate, made again from what it was made from.
 *
 * What was superseded, corrected or changed since does not count: the row names the version of
 * everything that it was decided by. Two things are compared: the answer itself, and a hash over all
 * that went into it, so that an altered input is found even where the answer does not depend on it.
 *
 * Not every pass can be made again. One that a gate decided by itself and handed in (engine 0) was
 * decided from the gate's own lists; it can only be told whether the row is as it was handed in. */
#ifndef DOMAIN_REPLAY_H
#define DOMAIN_REPLAY_H

#include "domain/gate_case.h"

/* What the database has in the versions that the pass names; NULL: it has not. */
struct replay_inputs {
    const struct site *site;
    const struct device *device;
    const struct org *org;
    const struct policy *policy;
    const struct record *records; /* all of the worker's, by version */
    size_t record_count;
};

enum replay_result {
    REPLAY_EQUAL = 1,
    REPLAY_DIFFERENT,  /* see ->differs */
    REPLAY_ELSEWHERE,  /* decided by the gate; the row is as it was handed in */
    REPLAY_IMPOSSIBLE, /* see ->missing */
    REPLAY_RESULTS
};
const char *replay_result_name(enum replay_result result); /* "equal" */

enum replay_part { /* bits */
    REPLAY_VERDICT = 1,
    REPLAY_WHY = 2,
    REPLAY_PERSON_COLOUR = 4,
    REPLAY_COLOUR_HERE = 8,
    REPLAY_REASONS = 16,
    REPLAY_RESTRICTIONS = 32,
    REPLAY_FLAGS = 64,
    REPLAY_POLICY = 128,
    REPLAY_SEMANTICS = 256,
    REPLAY_ENGAGEMENT = 512, /* another engagement would be found */
    REPLAY_INPUTS = 1024     /* the row, or something that it names, is not what it was */
};
/* The parts in order of their bits; NULL behind the last. */
const char *replay_part_name(unsigned place);

struct replay {
    enum replay_result result;
    uint32_t differs;    /* enum replay_part; DIFFERENT */
    const char *missing; /* "site", "records", "engine", …; IMPOSSIBLE */
    bool decided;        /* the next two were made: EQUAL or DIFFERENT, but for engine 0 */
    struct gate_outcome outcome;
    struct pass again;   /* the row as it would be written now */
};

/* Uses the arena for the fold. */
void replay_pass(const struct pass *stored, const struct replay_inputs *inputs,
                 struct arena *arena, struct replay *out);

/* The verdict of a decided replay with since, until and next change, which no gate asks for. False:
 * no policy was asked. Uses the arena likewise. */
MUST_USE bool replay_explain(const struct pass *stored, const struct replay_inputs *inputs,
                             struct arena *arena, struct verdict *verdict);

#endif
