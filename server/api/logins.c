/* api/logins.c: POST /v1/accounts/{id}/login: a name, and a link that is shown once. */
#include "api/logins.h"

#include "api/cookie.h"
#include "api/resource.h"
#include "api/sign_in.h"
#include "api/write.h"
#include "store/logins.h"

enum { ANSWER_BYTES = 1024 };

struct login_input {
    struct text login;
    bool forget_totp;
};

const struct field login_post_fields[] = {
    {"login", FIELD_TEXT, offsetof(struct login_input, login), true, 1, LOGIN_NAME_CHARS, NULL},
    {"forget_totp", FIELD_BOOL, offsetof(struct login_input, forget_totp), false, 0, 0, NULL},
    {0},
};

struct login_post {
    struct write write; /* first: see write.h */
    int64_t id;
    struct account_rows found;
    char token[SESSION_TOKEN_BYTES];
    struct login_gift gift;
    struct text shown; /* the first answer, with the token */
    int ended;
};
const size_t login_post_bytes = sizeof(struct login_post);

static bool is_login_name(struct text name)
{
    if (name.bytes < 3 || name.bytes > LOGIN_NAME_CHARS)
        return false;
    for (size_t i = 0; i < name.bytes; i++) {
        char c = name.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

        if (!plain && (i == 0 || (c != '.' && c != '_' && c != '-' && c != '@')))
            return false;
    }
    return true;
}

static enum step login_load(struct exchange *x)
{
    const struct login_input *in = x->input;
    struct login_post *s = x->state;
    struct err e = path_id(x, 0, ERR_NOT_FOUND, &s->id);
    unsigned char random[32];
    struct batch *b;

    if (!err_is(e) && !is_login_name(in->login))
        e = err_field(ERR_LOGIN_NAME, "/login", "[a-z0-9][a-z0-9._@-]{2,63}");
    if (!err_is(e))
        e = random_bytes(random, sizeof random);
    if (err_is(e))
        return exchange_fail(x, e);
    hex_format(random, sizeof random, s->token);
    b = write_begin(x);
    if (b != NULL)
        accounts_list(b, span_of(s->id), 0, (struct text){NULL, 0}, &s->found);
    return load_send(x, b);
}

/* What the link is for stands behind '#', which browsers send to nobody. */
static struct text render(struct exchange *x, bool shown)
{
    const struct login_post *s = x->state;
    struct build out = answer_build(x, ANSWER_BYTES);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_int(&w, "account", s->id);
    json_put_string(&w, "token", shown ? s->token : NULL);
    if (shown)
        json_put_string(&w, "path", arena_format(&x->arena, "/welcome#%s", s->token));
    else
        json_put_string(&w, "hint", x->english ? "The link was shown once; ask again with a new "
                                                 "Idempotency-Key for another"
                                               : "链接只显示一次；如需新链接，请换 Idempotency-Key 重发");
    json_put_time(&w, "expires_at", x->now + (time_us)LOGIN_LINK_S * US_PER_SECOND);
    json_close_object(&w);
    return out.full ? (struct text){NULL, 0} : build_done(&out);
}

static enum step login_write(struct exchange *x)
{
    const struct login_input *in = x->input;
    struct login_post *s = x->state;
    struct batch *b;
    enum step seen;

    if (write_seen(x, &seen))
        return seen;
    if (s->found.count == 0 || text_is(s->found.rows[0].role, "gate"))
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    s->gift = (struct login_gift){.account_id = s->id, .life_s = LOGIN_LINK_S, .name = in->login,
                                  .forget_totp = in->forget_totp};
    sha256(text_of(s->token), s->gift.link_hash);
    s->shown = render(x, true);
    b = s->shown.at != NULL ? write_commit(x, 200, render(x, false)) : NULL;
    if (b != NULL) {
        login_give(b, &s->gift);
        if (in->forget_totp)
            session_end(b, s->id, 0, 0, &s->ended);
        write_audit(x, b, in->forget_totp ? "account.login_reset" : "account.login", 0,
                    text_of(arena_format(&x->arena, "{\"account\":%lld}", (long long)s->id)));
    }
    return write_send(x, b, login_post);
}

static enum step login_show(struct exchange *x)
{
    struct login_post *s = x->state;

    s->write.status = 201;
    s->write.answer = s->shown;
    return STEP_NEXT;
}

step_fn *const login_post[] = {login_load, login_write, login_show, write_answer, NULL};
