/* api/access.h: who is asking, and what they may do.
 *
 * Authorization: Bearer jk_… is an organisation's or a device's key, Bearer jw_… a worker's own.
 * Keys are found in the register; one that it does not know yet is asked of PostgreSQL before
 * anybody is told 401, so that a new key works at once on every server. Browsers come with a
 * cookie (api/cookie.h) in place of the header: a session of an account, which PostgreSQL is asked
 * for each time, so that one that has ended is dead at once everywhere; or a worker's key. */
#ifndef API_ACCESS_H
#define API_ACCESS_H

#include "domain/directory.h"
#include "net/exchange.h"

enum permission {
    MAY_SET_UP = 1 << 0,          /* organisations, sites, devices, accounts */
    MAY_ENROL = 1 << 1,
    MAY_ENGAGE = 1 << 2,
    MAY_POST_EXAM = 1 << 3,
    MAY_POST_TRAINING = 1 << 4,
    MAY_POST_VIOLATION = 1 << 5,
    MAY_POST_CERTIFICATE = 1 << 6,
    MAY_POST_AGREEMENT = 1 << 7,
    MAY_SANCTION = 1 << 8,        /* bans, overrides, certificate status */
    MAY_STOP_SITE = 1 << 9,
    MAY_CHECK = 1 << 10,          /* gate checks, handing in passes */
    MAY_READ_WORKER = 1 << 11,
    MAY_READ_DIRECTORY = 1 << 12,
    MAY_READ_PASSES = 1 << 13,
    MAY_READ_AUDIT = 1 << 14,
    MAY_READ_HEALTH = 1 << 15,
    MAY_GIVE_ACCESS = 1 << 16,    /* invite a worker to sign in, end his phone */
    MAY_ERASE = 1 << 17,
    MAY_MAKE_CODE = 1 << 18,
    MAY_SET_POLICY = 1 << 19,
    MAY_CONSENT = 1 << 20,
    MAY_FIND_WORKER = 1 << 21,    /* exact search by document number */
    MAY_SET_WEBHOOK = 1 << 22,
    MAY_APPEAL = 1 << 23,
    MAY_ANSWER = 1 << 24,         /* appeals; the second signature under overrides */
    MAY_BADGE = 1 << 25,          /* have stickers for helmets made */
    MAY_SIGN_IN = 1 << 26         /* people: have sessions, look at their own account */
};

enum { CSRF_BYTES = 32 + 1 }; /* hex */

struct caller {
    enum account_role role;
    int64_t account_id; /* 0 for a worker */
    int64_t org_id, site_id, device_id, worker_id;
    struct text region; /* prefix that an inspector or regulator is in charge of */
    uint32_t permissions;
    int64_t session_id;    /* 0: came with a key */
    time_us session_since; /* when it was opened */
    bool by_cookie;        /* a browser: what changes something needs the token below */
    bool totp_missing;     /* may do nothing else before an authenticator app is set up */
    char csrf[CSRF_BYTES];
};

uint32_t role_permissions(enum account_role role);
const char *permission_name(enum permission one); /* "MAY_ENROL" */

/* Step: sets x->caller, or answers 401. A route without permission is open to everybody. */
enum step access_authenticate(struct exchange *x);
enum step access_authenticated(struct exchange *x); /* after asking PostgreSQL */
/* Step: answers 403 unless the caller holds one of the route's permissions; by cookie, also unless
 * the request is of our own pages. */
enum step access_permit(struct exchange *x);

/* What guessing costs: one address may show only so many keys and passwords that are none. */
bool access_may_try(struct exchange *x);
bool access_tried(struct exchange *x); /* counts one; false: that was one too many */

/* Roles that sign in with an authenticator app beside their password. */
bool role_needs_totp(enum account_role role);

static inline const struct caller *caller_of(const struct exchange *x)
{
    return x->caller;
}

/* Is this place (GB/T 2260 code) within the caller's region? */
bool caller_in_region(const struct caller *caller, struct text region);

#endif
