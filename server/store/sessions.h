/* store/sessions.h: sessions of people who signed in, and their logins.
 *
 * A session is found by the SHA-256 of its token. Limits are given with each question, so that a
 * changed setting counts at once. */
#ifndef STORE_SESSIONS_H
#define STORE_SESSIONS_H

#include "domain/directory.h"
#include "store/pg.h"

enum { SESSIONS_PER_ACCOUNT = 10 };

/* After how long a session ends: unused, and in any case. */
struct session_limits {
    int64_t idle_s, life_s;
};

struct session_found {
    int64_t id; /* 0: there is none, or it has ended */
    int64_t opened_at;
    bool stale; /* not said to be in use for a minute */
    bool totp;  /* an authenticator app is set up */
    struct account account; /* without label and key */
};
void session_find(struct batch *b, const unsigned char token_hash[32],
                  const struct session_limits *limits, struct session_found *into);
void session_seen(struct batch *b, int64_t id);

struct session_row {
    int64_t id, opened_at, seen_at;
    struct text agent;
};
struct session_rows {
    struct session_row *rows;
    int count;
};
void sessions_list(struct batch *b, int64_t account_id, const struct session_limits *limits,
                   struct session_rows *into);
/* id 0: all but `but` (0: really all). *ended counts them. */
void session_end(struct batch *b, int64_t account_id, int64_t id, int64_t but, int *ended);

/* Who was let in, and by what. ERR_CONFLICT when that counts no more: password changed, code used. */
struct session_entry {
    int64_t account_id;
    unsigned char token_hash[32];
    struct text agent, password; /* as hashed */
    int64_t totp_step;           /* 0: none was asked for */
};
void session_open(struct batch *b, const struct session_entry *entry, int64_t *id);

/* -- logins --------------------------------------------------------------------------------- */

/* How often somebody tried under this name (its SHA-256), apart for browsers that were in before. */
struct sign_in_name {
    struct text name; /* lower case */
    unsigned char hash[32];
    bool known;
};
/* Counts a try; *failures stays 0 when it comes too soon. */
void sign_in_try(struct batch *b, const struct sign_in_name *name, int32_t *failures);
void sign_in_clear(struct batch *b, const struct sign_in_name *name);

struct login {
    int64_t account_id; /* 0: there is no such login */
    enum account_role role;
    bool active, totp;
    struct text name, password, totp_secret; /* .at NULL: none */
    int64_t totp_step;
    int32_t wait_s;
};
void login_find(struct batch *b, const struct sign_in_name *name, struct login *into);
/* By account: name, password, authenticator. */
void login_own(struct batch *b, int64_t account_id, struct login *into);

/* Who somebody is, for himself; texts are .at NULL where there is nothing. */
struct account_card {
    struct text role, org_name, site_name, region, label, login;
    int64_t org_id, site_id, password_at;
    bool totp;
};
void account_card(struct batch *b, int64_t account_id, struct account_card *into);

#endif
