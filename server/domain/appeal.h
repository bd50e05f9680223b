/* domain/appeal.h: appeals (申诉): when somebody may appeal, who may answer, and what an answer must
 * hold (个人信息保护法 24: a decision made by a machine alone may be refused, and is then a human's).
 *
 * Which records a reason rests on is domain/grounds.h's business; deadlines, domain/workdays.h's;
 * whose appeal it is, the API's. */
#ifndef DOMAIN_APPEAL_H
#define DOMAIN_APPEAL_H

#include "domain/record.h"

#define APPEAL_STATE_WORDS   "open|upheld|partly|rejected|void"
#define APPEAL_OUTCOME_WORDS "upheld|partly|rejected"
#define APPEAL_SCOPE_WORDS   "person|trade|role|site"
#define APPEAL_COLOUR_WORDS  "green|yellow|red"

enum appeal_state {
    APPEAL_OPEN = 1,
    APPEAL_UPHELD,
    APPEAL_PARTLY,
    APPEAL_REJECTED,
    APPEAL_VOID, /* the person was erased before anybody answered */
    APPEAL_STATES
};

enum { APPEAL_WORDS_POINTS_MAX = 1000, APPEALS_OF_ONE_MAX = 500 };

struct appeal {
    int64_t id;
    enum appeal_state state;
    enum reason_code reason;
    enum scope scope;
    enum colour colour;     /* what the reason alone gives */
    int64_t site_id;        /* of the post it was asked for; 0: none */
    uint32_t disputes;      /* version of the record that is disputed; 0: not said */
    uint32_t known_version; /* the worker's newest record when it was filed */
};

/* May it be filed beside the earlier ones? ERR_APPEAL_OPEN while one on the same matter (reason,
 * scope, and site unless the scope is the person) waits. *round: the n-th on this matter. */
MUST_USE struct err appeal_admit(const struct appeal *appeal, const struct appeal *earlier,
                                 size_t earlier_count, int32_t *round);

/* Is the disputed record (0: none is named) one of those that the reason rests on that day
 * (grounds_on)? Of another, an answer could not mend what the appeal is about. Else
 * ERR_VERSION_UNKNOWN; its words, in the arena, are the versions that may be named. */
MUST_USE struct err appeal_disputes_admit(uint32_t disputes, const struct record *const *grounds,
                                          size_t count, struct arena *arena);

struct appeal_answer {
    int64_t by; /* account */
    enum appeal_state outcome;
    const struct record *record; /* a supersession, posted with it; NULL: none */
    uint32_t mended_by;          /* or a record that is there already; 0: none */
    uint32_t never_lifts;        /* reasons (bit per code) that no decision lifts, by the policy */
    day_t today;
};

/* Whoever posted a disputed record may not answer (ERR_APPEAL_OWN_RECORD); without a disputed one,
 * whoever posted any that the reason rested on. What is upheld, in whole or in part, is mended, by a
 * supersession posted with the answer or by a record that came after the appeal: a disputed record is
 * superseded; or a decision in force, signed by two, sets a milder colour, for a reason of scope
 * person that the policy lets decisions lift; or a record is there that can end the reason (an exam,
 * of HEALTH_NONE). What rests on none of the worker's records (a stopped site) is mended elsewhere.
 * Else ERR_APPEAL_ANSWERED, ERR_FIELD_MISSING, ERR_FIELD_CHOICE, ERR_VERSION_UNKNOWN. */
MUST_USE struct err appeal_answer_admit(const struct appeal *appeal,
                                        const struct appeal_answer *answer,
                                        const struct record *known, size_t count);

#endif
