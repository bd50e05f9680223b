/* api/sessions.h: who am I, where else am I signed in, and no longer. */
#ifndef API_SESSIONS_H
#define API_SESSIONS_H

#include "net/router.h"
#include "store/sessions.h"

extern step_fn *const session_get[], *const session_delete[], *const sessions_get[],
    *const sessions_delete[], *const account_sessions_delete[];
extern const size_t session_state_bytes;

/* Who the caller is, with what he has to do next and the token that his pages send. extra: header
 * lines or NULL. */
enum step session_answer(struct exchange *x, int status, const struct account_card *card,
                         const char *extra);

#endif
