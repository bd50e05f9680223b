/* api/logins.h: an account gets a login: the operator gives a name and a link, whoever opens the link
 * chooses a password, changes it later, and sets up an authenticator app. The operator never knows a
 * password. */
#ifndef API_LOGINS_H
#define API_LOGINS_H

#include "api/input.h"
#include "net/router.h"

enum { LOGIN_LINK_S = 48 * 3600 };

extern const struct field login_post_fields[], password_link_fields[], password_change_fields[],
    totp_confirm_fields[];
extern step_fn *const login_post[], *const password_link_post[], *const password_change_post[],
    *const totp_post[], *const totp_confirm_post[];
extern const size_t login_post_bytes, password_state_bytes, totp_state_bytes;

#endif
