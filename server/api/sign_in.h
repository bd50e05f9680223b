/* api/sign_in.h: people sign in with a login name, a password and, where it is set up, six digits.
 *
 * Whether there is such a login shows neither in the answer nor in its time. Each try is counted
 * before it is looked at: by address, and by name. After five in vain a name has to wait, twice as
 * long each time, up to a quarter of an hour; a browser that was signed in under that name before is
 * counted for itself, so that nobody keeps another out by guessing. Passwords are hashed on a thread
 * of their own, with a bounded queue: 503 beyond it. */
#ifndef API_SIGN_IN_H
#define API_SIGN_IN_H

#include "api/input.h"
#include "net/router.h"
#include "store/sessions.h"

extern const struct field sign_in_fields[];
extern step_fn *const sign_in_post[];
extern const size_t sign_in_state_bytes;

enum {
    LOGIN_NAME_CHARS = 64,
    KNOWN_BROWSER_S = 400 * 24 * 3600, /* as long as browsers keep any cookie */
    AGENT_CHARS_MAX = 120
};

/* The name in lower case with its hash, and whether this browser was in under it before. .at NULL
 * at the arena's ceiling. */
void sign_in_name_of(struct exchange *x, struct text name, struct sign_in_name *into);
/* A Set-Cookie line that makes this browser one that was; NULL at the arena's ceiling. */
MUST_USE const char *sign_in_remember(struct exchange *x, const struct sign_in_name *name);

#endif
