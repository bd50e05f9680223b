/* store/logins.h: how a login comes to be and changes: link, password, authenticator. */
#ifndef STORE_LOGINS_H
#define STORE_LOGINS_H

#include "store/sessions.h"

/* Another link (and name) for an account's login, which is made if there is none. ERR_LOGIN_TAKEN. */
struct login_gift {
    int64_t account_id, life_s;
    struct text name;
    unsigned char link_hash[32];
    bool forget_totp;
};
void login_give(struct batch *b, const struct login_gift *gift);

/* into->account_id stays 0 when the link has ended. Fills name and account_id only. */
void login_link_find(struct batch *b, const unsigned char link_hash[32], struct login *into);

/* By the link, or in place of the old one (as hashed); the other is .at NULL. *done stays false when
 * that counts no more. */
void login_password_set(struct batch *b, int64_t account_id, struct text password,
                        struct text link_hash, struct text instead_of, bool *done);

/* *done stays false when one is in use; when it changed, or the code was used. */
void login_totp_set(struct batch *b, int64_t account_id, struct text sealed, bool *done);
void login_totp_confirm(struct batch *b, int64_t account_id, struct text sealed, int64_t step,
                        bool *done);

#endif
