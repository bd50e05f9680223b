/* domain/override.h: overrides (人工改色) on their way to being records: one person asks and signs
 * first, and another signs with a key of his own. A name in the first one's message agrees to
 * nothing. What the record itself must hold is domain/admit.h's business. */
#ifndef DOMAIN_OVERRIDE_H
#define DOMAIN_OVERRIDE_H

#include <stdint.h>

#include "base/err.h"

#define OVERRIDE_STATE_WORDS "awaiting_signature|signed|withdrawn|expired|void"

enum override_state {
    OVERRIDE_AWAITING = 1,
    OVERRIDE_SIGNED,
    OVERRIDE_WITHDRAWN,
    OVERRIDE_EXPIRED, /* nobody signed in time */
    OVERRIDE_VOID     /* the person was erased before anybody signed */
};

enum { OVERRIDE_WAIT_HOURS = 72 };

/* May this account sign what the other one asked for? ERR_OVERRIDE_CLOSED, ERR_SIGNER_SAME. */
MUST_USE struct err override_sign_admit(enum override_state state, int64_t asked_by, int64_t by);
/* May it take it back? ERR_OVERRIDE_CLOSED, ERR_OVERRIDE_ASKER. */
MUST_USE struct err override_withdraw_admit(enum override_state state, int64_t asked_by,
                                            int64_t by);

#endif
