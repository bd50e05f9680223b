#include "domain/override.h"

struct err override_sign_admit(enum override_state state, int64_t asked_by, int64_t by)
{
    if (state != OVERRIDE_AWAITING)
        return err_make(ERR_OVERRIDE_CLOSED);
    return asked_by != by ? OK : err_make(ERR_SIGNER_SAME);
}

struct err override_withdraw_admit(enum override_state state, int64_t asked_by, int64_t by)
{
    if (asked_by != by)
        return err_make(ERR_OVERRIDE_ASKER);
    return state == OVERRIDE_AWAITING ? OK : err_make(ERR_OVERRIDE_CLOSED);
}
