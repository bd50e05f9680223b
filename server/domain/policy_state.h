/* domain/policy_state.h: which state of a policy may follow which, and who may bring it there.
 *
 * draft -> approved -> in_force -> retiring -> retired. A draft may also be retired unused, and a
 * retiring policy, which is in force still, kept after all. Approving and retiring both take a second
 * pair of eyes: another account than the author's, another than the one that wanted it retired. A
 * draft that came with the program has no author: whoever approved it does not put it in force. A
 * retired policy goes on to count for the days before. A document never changes; a mended one is a
 * new policy with a number of its own. Nothing here waits or allocates. */
#ifndef DOMAIN_POLICY_STATE_H
#define DOMAIN_POLICY_STATE_H

#include "base/err.h"
#include "base/text.h"
#include "scoring/day.h"

enum policy_state {
    POLICY_DRAFT = 1, POLICY_APPROVED, POLICY_IN_FORCE, POLICY_RETIRING, POLICY_RETIRED,
    POLICY_STATES
};
#define POLICY_STATE_WORDS "draft|approved|in_force|retiring|retired" /* in the order of the enum */

const char *policy_state_name(enum policy_state state);
enum policy_state policy_state_of(struct text name); /* 0: none of these */

struct policy_move {
    enum policy_state from, to;
    int64_t author, last, by; /* accounts: who wrote it (0: it came with the program), who moved it
                                 last, who would now */
};

/* Refuses with ERR_FIELD_CHOICE (expected: the states that may follow) or, when the author would
 * approve his own, or one account put it in force or retire it alone, ERR_SECOND_ACCOUNT. */
MUST_USE struct err policy_move_admit(const struct policy_move *move);

/* How many days that are gone a document of [effective, until) judges anew when the move is made
 * today: putting it in force makes it count from its own first day on. (Keeping a retiring one brings
 * none: it was in force all the time.) until may be DAY_UNKNOWN: without end. */
unsigned policy_days_gone(const struct policy_move *move, day_t effective, day_t until, day_t today);

#endif
