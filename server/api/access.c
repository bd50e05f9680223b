#include "api/access.h"

#include "api/app.h"
#include "api/cookie.h"
#include "store/access.h"

#include <string.h>

static const uint32_t permissions[ACCOUNT_ROLES] = {
#define ROLE(name, may) [ACCOUNT_##name] = (may),
#include "api/access.def"
#undef ROLE
};

uint32_t role_permissions(enum account_role role)
{
    CHECK(role > 0 && role < ACCOUNT_ROLES);
    return permissions[role];
}

const char *permission_name(enum permission one)
{
    static const char *const names[] = {
        "MAY_SET_UP",        "MAY_ENROL",        "MAY_ENGAGE",       "MAY_POST_EXAM",
        "MAY_POST_TRAINING", "MAY_POST_VIOLATION", "MAY_POST_CERTIFICATE", "MAY_POST_AGREEMENT",
        "MAY_SANCTION",      "MAY_STOP_SITE",    "MAY_CHECK",        "MAY_READ_WORKER",
        "MAY_READ_DIRECTORY", "MAY_READ_PASSES", "MAY_READ_AUDIT",   "MAY_READ_HEALTH",
        "MAY_GIVE_ACCESS",   "MAY_ERASE",        "MAY_MAKE_CODE",    "MAY_SET_POLICY",
        "MAY_CONSENT",       "MAY_FIND_WORKER",  "MAY_SET_WEBHOOK",
        "MAY_APPEAL",        "MAY_ANSWER",       "MAY_BADGE",        "MAY_SIGN_IN",
    };
    int place = __builtin_ctz((unsigned)one);

    CHECK((size_t)place < sizeof names / sizeof names[0]);
    return names[place];
}

bool caller_in_region(const struct caller *caller, struct text region)
{
    return text_starts(region, caller->region);
}

static struct err become(struct exchange *x, const struct account *account)
{
    struct caller *caller = x->caller;

    if (!account->active)
        return err_make(account->role == ACCOUNT_GATE ? ERR_DEVICE_DISABLED : ERR_UNAUTHENTICATED);
    *caller = (struct caller){
        .role = account->role,
        .account_id = account->id,
        .org_id = account->org_id,
        .site_id = account->site_id,
        .device_id = account->device_id,
        .region = arena_text(&x->arena, account->region),
        .permissions = role_permissions(account->role),
    };
    return caller->region.at != NULL ? OK : err_make(ERR_TOO_LARGE);
}

/* What a key that the register does not hold (yet) is looked up with. */
struct asking {
    struct text prefix;      /* of an API key; .at NULL: a worker's key */
    unsigned char hash[32];
    int32_t claimed_version; /* what the worker's key says */
    struct account account;  /* as PostgreSQL has it */
    int32_t access_version;  /* likewise; 0: no such person */
    bool by_session;
    struct session_found session;
};

static int64_t address_hash(const char *peer)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

    for (; *peer != '\0'; peer++)
        hash = (hash ^ (unsigned char)*peer) * 0x100000001b3u;
    return (int64_t)(hash >> 1);
}

/* API keys that the register does not know cost a query, so an address may show only so many that
 * turn out to be none. Sessions and workers' keys carry a seal: what was never ours asks nobody, and
 * what was ours is no guess; many phones and browsers share an address. */
bool access_may_try(struct exchange *x)
{
    return bucket_has(app_of(x)->shared->address_failures, address_hash(x->request->peer),
                      clock_monotonic_us());
}

bool access_tried(struct exchange *x)
{
    return bucket_take(app_of(x)->shared->address_failures, address_hash(x->request->peer),
                       clock_monotonic_us());
}

static enum step is_no_key(struct exchange *x)
{
    return exchange_fail(x, err_make(access_tried(x) ? ERR_UNAUTHENTICATED : ERR_RATE_LIMITED));
}

static enum step ask_database(struct exchange *x, struct asking *asking)
{
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (asking->prefix.at != NULL && !access_may_try(x)) /* the others carry a seal of ours */
        return exchange_fail(x, err_make(ERR_RATE_LIMITED));
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    if (asking->by_session)
        session_find(b, asking->hash, &app_of(x)->shared->session_limits, &asking->session);
    else if (asking->prefix.at != NULL)
        access_find_account(b, asking->prefix, &asking->account);
    else
        access_find_worker(b, caller_of(x)->worker_id, &asking->access_version);
    x->input = asking; /* the body is read only after this */
    return exchange_wait(x, batch_send(b, exchange_waiter(x)));
}

static enum step by_worker_key(struct exchange *x, struct text key)
{
    struct app *app = app_of(x);
    struct caller *caller = x->caller;
    struct asking *asking = arena_new(&x->arena, struct asking);
    struct worker_view view;
    int32_t access_version, known = -1;
    int64_t worker_id;

    if (asking == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    if (!worker_key_parse(app->shared->vault, key, &worker_id, &access_version))
        return exchange_fail(x, err_make(ERR_UNAUTHENTICATED));
    *caller = (struct caller){.role = ACCOUNT_WORKER,
                              .worker_id = worker_id,
                              .region = TEXT(""),
                              .permissions = role_permissions(ACCOUNT_WORKER)};
    registry_enter(app->reader);
    if (registry_worker(app->reader, worker_id, &view))
        known = view.access_version;
    registry_leave(app->reader);
    if (known == access_version)
        return STEP_NEXT;
    asking->claimed_version = access_version;
    return ask_database(x, asking);
}

static enum step by_api_key(struct exchange *x, struct text key)
{
    struct app *app = app_of(x);
    struct asking *asking = arena_new(&x->arena, struct asking);
    const struct account *account;
    bool known = false;
    struct err e = OK;

    if (asking == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    if (!api_key_split(key, &asking->prefix, asking->hash))
        return exchange_fail(x, err_make(ERR_UNAUTHENTICATED));
    registry_enter(app->reader);
    account = registry_account(app->reader, asking->prefix);
    if (account != NULL && bytes_equal(account->key_hash, asking->hash, 32)) {
        known = true;
        e = become(x, account);
    }
    registry_leave(app->reader);
    if (err_is(e))
        return exchange_fail(x, e);
    return known ? STEP_NEXT : ask_database(x, asking);
}

/* A browser's: the token of a session, or a worker's key. */
static enum step by_cookie(struct exchange *x, struct text cookie)
{
    struct caller *caller = x->caller;
    struct asking *asking;
    enum step step;

    if (cookie.bytes >= WORKER_KEY_BYTES)
        return exchange_fail(x, err_make(ERR_UNAUTHENTICATED));
    if (text_starts(cookie, TEXT("jw_"))) {
        step = by_worker_key(x, cookie);
    } else if (!session_token_is_ours(app_of(x)->shared->vault, cookie)) {
        return is_no_key(x);
    } else {
        asking = arena_new(&x->arena, struct asking);
        if (asking == NULL)
            return exchange_fail(x, err_make(ERR_TOO_LARGE));
        asking->by_session = true;
        sha256(cookie, asking->hash);
        step = ask_database(x, asking);
    }
    if (step == STEP_DONE)
        return step;
    caller->by_cookie = true;
    csrf_of(cookie, caller->csrf);
    return step;
}

enum step access_authenticate(struct exchange *x)
{
    struct text header = http_header(x->request, "authorization");
    struct text bearer = TEXT("Bearer "), cookie;

    x->caller = arena_new(&x->arena, struct caller);
    if (x->caller == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    if (x->route->permission == 0)
        return STEP_NEXT;
    cookie = cookie_find(x->request, COOKIE_SESSION);
    if (header.at == NULL && cookie.at != NULL)
        return by_cookie(x, cookie);
    if (header.bytes <= bearer.bytes ||
        !text_equal_ignoring_case((struct text){header.at, bearer.bytes}, bearer))
        return exchange_fail(x, err_make(ERR_UNAUTHENTICATED));
    header = (struct text){header.at + bearer.bytes, header.bytes - bearer.bytes};
    if (text_starts(header, TEXT("jw_")))
        return by_worker_key(x, header);
    return by_api_key(x, header);
}

bool role_needs_totp(enum account_role role)
{
    return role == ACCOUNT_OPERATOR || role == ACCOUNT_REGULATOR;
}

/* Who has no authenticator app yet and needs one may set it up, and nothing else. */
static enum step become_signed_in(struct exchange *x, const struct session_found *found)
{
    struct caller *caller = x->caller, before = *caller;
    struct batch *b;
    struct err e;

    if (found->id == 0) /* it was one: no guess, and nobody's fault */
        return exchange_fail(x, err_make(ERR_UNAUTHENTICATED));
    e = become(x, &found->account);
    if (err_is(e))
        return exchange_fail(x, e);
    caller->by_cookie = before.by_cookie;
    memcpy(caller->csrf, before.csrf, sizeof caller->csrf);
    caller->session_id = found->id;
    caller->session_since = found->opened_at;
    caller->totp_missing = role_needs_totp(caller->role) && !found->totp;
    if (caller->totp_missing)
        caller->permissions &= MAY_SIGN_IN;
    if (!found->stale)
        return STEP_NEXT;
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    session_seen(b, found->id);
    return exchange_wait(x, batch_send(b, exchange_waiter(x)));
}

enum step access_authenticated(struct exchange *x)
{
    struct asking *asking = x->input;
    struct err e;

    if (asking == NULL) /* the register knew, or the route is open */
        return STEP_NEXT;
    x->input = NULL;
    if (asking->by_session)
        return become_signed_in(x, &asking->session);
    if (asking->prefix.at == NULL) {
        if (asking->access_version == 0 || asking->access_version != asking->claimed_version)
            return exchange_fail(x, err_make(ERR_UNAUTHENTICATED)); /* it was one, of a phone before */
        return STEP_NEXT;
    }
    if (asking->account.id == 0 || !bytes_equal(asking->account.key_hash, asking->hash, 32))
        return is_no_key(x);
    e = become(x, &asking->account);
    return err_is(e) ? exchange_fail(x, e) : STEP_NEXT;
}

/* Who comes by cookie may have been sent here by another site's page. */
static struct err check_pages_own(const struct exchange *x)
{
    struct text token = http_header(x->request, "x-csrf-token");
    const struct caller *caller = caller_of(x);
    struct err e;

    if (!caller->by_cookie || x->request->method == METHOD_GET ||
        x->request->method == METHOD_HEAD)
        return OK;
    e = same_site(x);
    if (err_is(e))
        return e;
    return token.bytes == CSRF_BYTES - 1 && bytes_equal(token.at, caller->csrf, token.bytes)
               ? OK
               : err_make(ERR_CSRF);
}

enum step access_permit(struct exchange *x)
{
    const struct caller *caller = caller_of(x);
    int64_t who = caller->role == ACCOUNT_WORKER ? -caller->worker_id : caller->account_id;
    struct err e;

    if (x->route->permission == 0)
        return STEP_NEXT;
    if (!bucket_take(app_of(x)->shared->key_requests, who, clock_monotonic_us()))
        return exchange_fail(x, err_make(ERR_RATE_LIMITED));
    e = check_pages_own(x);
    if (err_is(e))
        return exchange_fail(x, e);
    if ((caller->permissions & x->route->permission) != 0)
        return STEP_NEXT;
    return exchange_fail(x, err_make(caller->totp_missing ? ERR_TOTP_SETUP : ERR_FORBIDDEN));
}
