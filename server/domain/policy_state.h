/* domain/policy_state.h: which state of a policy may follow which, and who may bring it there.
 *
 * draft -> approved -> in_force -> retired. A draft may also be retired unused. Approving takes a
 * second pair of eyes: another account than the author's. A document never changes; a mended one
 * is a new policy with a number of its own. Nothing here waits or allocates. */
#ifndef DOMAIN_POLICY_STATE_H
#define DOMAIN_POLICY_STATE_H

#include "base/err.h"
#include "base/text.h"

enum policy_state {
    POLICY_DRAFT = 1, POLICY_APPROVED, POLICY_IN_FORCE, POLICY_RETIRED, POLICY_STATES
};
#define POLICY_STATE_WORDS "draft|approved|in_force|retired" /* in the order of the enum */

const char *policy_state_name(enum policy_state state);
enum policy_state policy_state_of(struct text name); /* 0: none of these */

struct policy_move {
    enum policy_state from, to;
    int64_t author, by; /* accounts */
};

/* Refuses with ERR_FIELD_CHOICE (expected: the states that may follow) or, when the author would
 * approve his own, ERR_FORBIDDEN. */
MUST_USE struct err policy_move_admit(const struct policy_move *move);

#endif
