/* api/passwords.c: a password is chosen by a link, or changed by who knows the old one. Either ends
 * every session of the account but the one that asks. */
#include "api/access.h"
#include "api/app.h"
#include "api/cookie.h"
#include "api/logins.h"
#include "api/resource.h"
#include "api/sign_in.h"
#include "api/write.h"
#include "base/errands.h"
#include "crypto/password.h"
#include "store/logins.h"

struct password_input {
    struct text token, current, password;
};

#define NEW_PASSWORD                                                                               \
    {"password", FIELD_TEXT, offsetof(struct password_input, password), true, 1,                   \
     PASSWORD_BYTES_MAX, NULL}
const struct field password_link_fields[] = {
    {"token", FIELD_TEXT, offsetof(struct password_input, token), true, 1,
     SESSION_TOKEN_BYTES - 1, NULL},
    NEW_PASSWORD,
    {0},
};
const struct field password_change_fields[] = {
    {"current", FIELD_TEXT, offsetof(struct password_input, current), true, 1, PASSWORD_BYTES_MAX,
     NULL},
    NEW_PASSWORD,
    {0},
};

struct password_state {
    struct login login;
    unsigned char link_hash[32];
    bool right; /* the current one */
    char hash[PASSWORD_HASH_BYTES];
    struct err hashed;
    bool done;
    int ended;
    struct sign_in_name names[2]; /* as unknown and as known browsers are counted */
};
const size_t password_state_bytes = sizeof(struct password_state);

/* -- what both have in common ------------------------------------------------------------------ */

static void hash(void *arg) /* on the passwords' thread; the exchange waits meanwhile */
{
    struct exchange *x = arg;
    const struct password_input *in = x->input;
    struct password_state *s = x->state;

    s->right = in->current.at == NULL || password_is(in->current, s->login.password);
    if (s->right)
        s->hashed = password_hash(in->password, s->hash);
}

static enum step send_to_hash(struct exchange *x)
{
    const struct password_input *in = x->input;
    const struct password_state *s = x->state;
    const struct app *app = app_of(x);

    if (!password_may_be(in->password, s->login.name))
        return exchange_fail(x, err_field(ERR_PASSWORD_WEAK, "/password", NULL));
    return exchange_wait(x, errands_send(app->shared->passwords, app->loop, hash, x,
                                         exchange_waiter(x))
                                ? OK
                                : err_make(ERR_BUSY));
}

/* By link_hash, or by the old password, when that is .at NULL. `but` is the session that goes on. */
static enum step set(struct exchange *x, struct text link_hash, int64_t but)
{
    struct password_state *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    struct text none = {NULL, 0};

    if (err_is(s->hashed))
        return exchange_fail(x, s->hashed);
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    login_password_set(b, s->login.account_id, text_of(s->hash), link_hash,
                       link_hash.at == NULL ? s->login.password : none, &s->done);
    session_end(b, s->login.account_id, 0, but, &s->ended);
    for (int known = 0; known < 2; known++) {
        sign_in_name_of(x, s->login.name, &s->names[known]);
        s->names[known].known = known != 0;
        sign_in_clear(b, &s->names[known]);
    }
    audit_insert(b, &(struct audit_row){.account_id = s->login.account_id,
                                        .action = "account.password",
                                        .request_id = (int64_t)x->id});
    return exchange_wait(x, batch_send(b, exchange_waiter(x)));
}

/* -- POST /v1/password: by a link ----------------------------------------------------------------- */

static enum step link_find(struct exchange *x)
{
    const struct password_input *in = x->input;
    struct password_state *s = x->state;
    struct err e = same_site(x);
    struct batch *b;

    if (!err_is(e) && !access_may_try(x))
        e = err_make(ERR_RATE_LIMITED);
    if (err_is(e))
        return exchange_fail(x, e);
    sha256(in->token, s->link_hash);
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        login_link_find(b, s->link_hash, &s->login);
    return load_send(x, b);
}

static enum step link_hash(struct exchange *x)
{
    const struct password_state *s = x->state;

    if (s->login.account_id != 0)
        return send_to_hash(x);
    return exchange_fail(x, err_make(access_tried(x) ? ERR_LINK_ENDED : ERR_RATE_LIMITED));
}

static enum step link_set(struct exchange *x)
{
    struct password_state *s = x->state;

    return set(x, (struct text){(const char *)s->link_hash, sizeof s->link_hash}, 0);
}

static enum step link_answer(struct exchange *x)
{
    const struct password_state *s = x->state;
    const char *known = sign_in_remember(x, &s->names[0]);
    struct build out = answer_build(x, 256);
    struct json_writer w = json_writer_over(&out);

    if (!s->done)
        return exchange_fail(x, err_make(ERR_LINK_ENDED));
    json_open_object(&w, NULL);
    json_put_text(&w, "login", s->login.name);
    json_close_object(&w);
    if (out.full || known == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    return exchange_answer(x, 200, "application/json", build_done(&out), known);
}

step_fn *const password_link_post[] = {link_find, link_hash, link_set, link_answer, NULL};

/* -- POST /v1/session/password: by the old one ------------------------------------------------------ */

static enum step change_find(struct exchange *x)
{
    struct password_state *s = x->state;
    struct batch *b;

    if (caller_of(x)->session_id == 0)
        return exchange_fail(x, err_make(ERR_NO_SESSION));
    if (!access_may_try(x))
        return exchange_fail(x, err_make(ERR_RATE_LIMITED));
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        login_own(b, caller_of(x)->account_id, &s->login);
    return load_send(x, b);
}

static enum step change_set(struct exchange *x)
{
    struct password_state *s = x->state;

    if (s->right)
        return set(x, (struct text){NULL, 0}, caller_of(x)->session_id);
    if (!access_tried(x))
        return exchange_fail(x, err_make(ERR_RATE_LIMITED));
    return exchange_fail(x, err_field(ERR_PASSWORD_WRONG, "/current", NULL));
}

static enum step change_answer(struct exchange *x)
{
    const struct password_state *s = x->state;

    if (!s->done) /* somebody else changed it at this very moment */
        return exchange_fail(x, err_field(ERR_PASSWORD_WRONG, "/current", NULL));
    return exchange_answer_json(x, 200, text_of(arena_format(&x->arena, "{\"ended\":%d}",
                                                             s->ended)));
}

step_fn *const password_change_post[] = {change_find, send_to_hash, change_set, change_answer,
                                         NULL};
