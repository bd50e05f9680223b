#include "store/logins.h"

void login_give(struct batch *b, const struct login_gift *gift)
{
    struct params *p = params_new(b);

    params_int64(p, gift->account_id);
    params_text(p, gift->name);
    params_bytea(p, (struct text){(const char *)gift->link_hash, sizeof gift->link_hash});
    params_int64(p, gift->life_s);
    params_bool(p, gift->forget_totp);
    batch_add(b, SQL_LOGIN_GIVE, p, NULL, NULL);
}

static struct err decode_link(void *into, const struct rows *rows)
{
    struct login *login = into;

    if (rows->count == 0)
        return OK;
    login->account_id = row_int64(rows, 0, LOGIN_LINK_FIND_ACCOUNT_ID);
    login->name = row_text(rows, 0, LOGIN_LINK_FIND_NAME);
    return OK;
}

void login_link_find(struct batch *b, const unsigned char link_hash[32], struct login *into)
{
    struct params *p = params_new(b);

    params_bytea(p, (struct text){(const char *)link_hash, 32});
    batch_add(b, SQL_LOGIN_LINK_FIND, p, decode_link, into);
}

static struct err decode_done(void *into, const struct rows *rows)
{
    *(bool *)into = rows->count == 1;
    return OK;
}

void login_password_set(struct batch *b, int64_t account_id, struct text password,
                        struct text link_hash, struct text instead_of, bool *done)
{
    struct params *p = params_new(b);

    params_int64(p, account_id);
    params_text(p, password);
    params_bytea(p, link_hash);
    params_text(p, instead_of);
    batch_add(b, SQL_LOGIN_PASSWORD_SET, p, decode_done, done);
}

void login_totp_set(struct batch *b, int64_t account_id, struct text sealed, bool *done)
{
    struct params *p = params_new(b);

    params_int64(p, account_id);
    params_bytea(p, sealed);
    batch_add(b, SQL_LOGIN_TOTP_SET, p, decode_done, done);
}

void login_totp_confirm(struct batch *b, int64_t account_id, struct text sealed, int64_t step,
                        bool *done)
{
    struct params *p = params_new(b);

    params_int64(p, account_id);
    params_bytea(p, sealed);
    params_int64(p, step);
    batch_add(b, SQL_LOGIN_TOTP_CONFIRM, p, decode_done, done);
}
