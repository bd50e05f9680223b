#include "store/sessions.h"

static struct text bytes_of(const unsigned char hash[32])
{
    return (struct text){(const char *)hash, 32};
}

static void params_limits(struct params *p, const struct session_limits *limits)
{
    params_int64(p, limits->idle_s);
    params_int64(p, limits->life_s);
}

/* -- sessions ------------------------------------------------------------------------------- */

static struct err decode_session(void *into, const struct rows *rows)
{
    struct session_found *found = into;

    if (rows->count == 0)
        return OK;
    *found = (struct session_found){
        .id = row_int64(rows, 0, SESSION_FIND_ID),
        .opened_at = row_timestamptz(rows, 0, SESSION_FIND_OPENED_AT),
        .stale = row_bool(rows, 0, SESSION_FIND_STALE),
        .totp = row_bool(rows, 0, SESSION_FIND_TOTP),
        .account = {.id = row_int64(rows, 0, SESSION_FIND_ACCOUNT_ID),
                    .version = row_int32(rows, 0, SESSION_FIND_VERSION),
                    .role = account_role_of(row_text(rows, 0, SESSION_FIND_ROLE)),
                    .org_id = row_int64(rows, 0, SESSION_FIND_ORG_ID),
                    .site_id = row_int64(rows, 0, SESSION_FIND_SITE_ID),
                    .region = row_text(rows, 0, SESSION_FIND_REGION),
                    .active = text_is(row_text(rows, 0, SESSION_FIND_STATE), "active")},
    };
    return OK;
}

void session_find(struct batch *b, const unsigned char token_hash[32],
                  const struct session_limits *limits, struct session_found *into)
{
    struct params *p = params_new(b);

    params_bytea(p, bytes_of(token_hash));
    params_limits(p, limits);
    batch_add(b, SQL_SESSION_FIND, p, decode_session, into);
}

void session_seen(struct batch *b, int64_t id)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    batch_add(b, SQL_SESSION_SEEN, p, NULL, NULL);
}

static struct err decode_sessions(void *into, const struct rows *rows)
{
    struct session_rows *sessions = into;

    sessions->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct session_row);
    if (sessions->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    sessions->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        sessions->rows[i] = (struct session_row){
            .id = row_int64(rows, i, SESSION_LIST_ID),
            .agent = row_text(rows, i, SESSION_LIST_AGENT),
            .opened_at = row_timestamptz(rows, i, SESSION_LIST_OPENED_AT),
            .seen_at = row_timestamptz(rows, i, SESSION_LIST_SEEN_AT),
        };
    return OK;
}

void sessions_list(struct batch *b, int64_t account_id, const struct session_limits *limits,
                   struct session_rows *into)
{
    struct params *p = params_new(b);

    params_int64(p, account_id);
    params_limits(p, limits);
    batch_add(b, SQL_SESSION_LIST, p, decode_sessions, into);
}

static struct err decode_count(void *into, const struct rows *rows)
{
    *(int *)into = rows->count;
    return OK;
}

void session_end(struct batch *b, int64_t account_id, int64_t id, int64_t but, int *ended)
{
    struct params *p = params_new(b);

    params_int64(p, account_id);
    if (id != 0)
        params_int64(p, id);
    else
        params_null(p);
    params_int64(p, but);
    batch_add(b, SQL_SESSION_END, p, decode_count, ended);
}

static struct err decode_opened(void *into, const struct rows *rows)
{
    if (rows->count == 1)
        *(int64_t *)into = row_int64(rows, 0, SESSION_OPEN_ID);
    return OK;
}

void session_open(struct batch *b, const struct session_entry *entry, int64_t *id)
{
    struct params *lock = params_new(b), *p = params_new(b);

    params_int64(lock, entry->account_id);
    batch_add(b, SQL_LOGIN_LOCK, lock, NULL, NULL);
    params_int64(p, entry->account_id);
    params_bytea(p, bytes_of(entry->token_hash));
    params_text(p, entry->agent);
    params_text(p, entry->password);
    if (entry->totp_step != 0)
        params_int64(p, entry->totp_step);
    else
        params_null(p);
    params_int32(p, SESSIONS_PER_ACCOUNT);
    batch_add(b, SQL_SESSION_OPEN, p, decode_opened, id);
}

/* -- logins --------------------------------------------------------------------------------- */

static struct err decode_failures(void *into, const struct rows *rows)
{
    *(int32_t *)into = rows->count == 1 ? row_int32(rows, 0, SIGN_IN_TRY_FAILURES) : 0;
    return OK;
}

void sign_in_try(struct batch *b, const struct sign_in_name *name, int32_t *failures)
{
    struct params *p = params_new(b);

    params_bytea(p, bytes_of(name->hash));
    params_bool(p, name->known);
    batch_add(b, SQL_SIGN_IN_TRY, p, decode_failures, failures);
}

void sign_in_clear(struct batch *b, const struct sign_in_name *name)
{
    struct params *p = params_new(b);

    params_bytea(p, bytes_of(name->hash));
    params_bool(p, name->known);
    batch_add(b, SQL_SIGN_IN_CLEAR, p, NULL, NULL);
}

static struct err decode_login(void *into, const struct rows *rows)
{
    struct text role = row_text(rows, 0, LOGIN_FIND_ROLE);

    *(struct login *)into = (struct login){
        .account_id = row_int64(rows, 0, LOGIN_FIND_ACCOUNT_ID),
        .role = role.at != NULL ? account_role_of(role) : 0,
        .active = text_is(row_text(rows, 0, LOGIN_FIND_STATE), "active"),
        .password = row_text(rows, 0, LOGIN_FIND_PASSWORD),
        .totp_secret = row_text(rows, 0, LOGIN_FIND_TOTP_SECRET),
        .totp = row_bool(rows, 0, LOGIN_FIND_TOTP),
        .totp_step = row_int64(rows, 0, LOGIN_FIND_TOTP_STEP),
        .wait_s = row_int32(rows, 0, LOGIN_FIND_WAIT_S),
    };
    return OK;
}

void login_find(struct batch *b, const struct sign_in_name *name, struct login *into)
{
    struct params *p = params_new(b);

    params_text(p, name->name);
    params_bytea(p, bytes_of(name->hash));
    params_bool(p, name->known);
    batch_add(b, SQL_LOGIN_FIND, p, decode_login, into);
}

static struct err decode_own(void *into, const struct rows *rows)
{
    struct login *login = into;

    if (rows->count == 0)
        return OK;
    login->name = row_text(rows, 0, LOGIN_OWN_NAME);
    login->password = row_text(rows, 0, LOGIN_OWN_PASSWORD);
    login->totp_secret = row_text(rows, 0, LOGIN_OWN_TOTP_SECRET);
    login->totp = row_bool(rows, 0, LOGIN_OWN_TOTP);
    login->totp_step = row_int64(rows, 0, LOGIN_OWN_TOTP_STEP);
    return OK;
}

void login_own(struct batch *b, int64_t account_id, struct login *into)
{
    struct params *p = params_new(b);

    into->account_id = account_id;
    params_int64(p, account_id);
    batch_add(b, SQL_LOGIN_OWN, p, decode_own, into);
}

static struct err decode_card(void *into, const struct rows *rows)
{
    if (rows->count == 0)
        return OK;
    *(struct account_card *)into = (struct account_card){
        .role = row_text(rows, 0, ACCOUNT_CARD_ROLE),
        .org_id = row_int64(rows, 0, ACCOUNT_CARD_ORG_ID),
        .org_name = row_text(rows, 0, ACCOUNT_CARD_ORG_NAME),
        .site_id = row_int64(rows, 0, ACCOUNT_CARD_SITE_ID),
        .site_name = row_text(rows, 0, ACCOUNT_CARD_SITE_NAME),
        .region = row_text(rows, 0, ACCOUNT_CARD_REGION),
        .label = row_text(rows, 0, ACCOUNT_CARD_LABEL),
        .login = row_text(rows, 0, ACCOUNT_CARD_LOGIN),
        .totp = row_bool(rows, 0, ACCOUNT_CARD_TOTP),
        .password_at = row_timestamptz(rows, 0, ACCOUNT_CARD_PASSWORD_AT),
    };
    return OK;
}

void account_card(struct batch *b, int64_t account_id, struct account_card *into)
{
    struct params *p = params_new(b);

    params_int64(p, account_id);
    batch_add(b, SQL_ACCOUNT_CARD, p, decode_card, into);
}
