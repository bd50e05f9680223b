/* api/authenticator.c: setting up an authenticator app: a secret to scan, then a code that shows that
 * it was scanned. From then on signing in asks for a code; only the operator takes that back. */
#include "api/access.h"
#include "api/app.h"
#include "api/logins.h"
#include "api/resource.h"
#include "api/write.h"
#include "crypto/qr.h"
#include "crypto/totp.h"
#include "store/logins.h"

enum { ANSWER_BYTES = 64 * 1024 };

struct totp_input {
    struct text code;
};
const struct field totp_confirm_fields[] = {
    {"code", FIELD_TEXT, offsetof(struct totp_input, code), true, TOTP_DIGITS, TOTP_DIGITS, NULL},
    {0},
};

struct totp_state {
    struct login login;
    struct totp_secret secret;
    unsigned char sealed[SEAL_WRAPPED_BYTES];
    bool done;
};
const size_t totp_state_bytes = sizeof(struct totp_state);

static enum step totp_load(struct exchange *x)
{
    struct totp_state *s = x->state;
    struct batch *b;

    if (caller_of(x)->session_id == 0)
        return exchange_fail(x, err_make(ERR_NO_SESSION));
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        login_own(b, caller_of(x)->account_id, &s->login);
    return load_send(x, b);
}

/* -- POST /v1/session/totp ------------------------------------------------------------------------ */

static enum step totp_make(struct exchange *x)
{
    struct totp_state *s = x->state;
    struct batch *b;
    struct err e = s->login.totp ? err_make(ERR_TOTP_SET)
                                 : totp_secret_new(app_of(x)->shared->vault, s->login.account_id,
                                                   &s->secret, s->sealed);

    if (err_is(e))
        return exchange_fail(x, e);
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        login_totp_set(b, s->login.account_id,
                       (struct text){(const char *)s->sealed, sizeof s->sealed}, &s->done);
    return load_send(x, b);
}

/* All but letters, digits and -._~ as %XX (RFC 3986 2.3). */
static void build_escaped(struct build *b, struct text t)
{
    for (size_t i = 0; i < t.bytes; i++) {
        unsigned char c = (unsigned char)t.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~';

        build_format(b, plain ? "%c" : "%%%02X", c);
    }
}

/* What apps scan: github.com/google/google-authenticator/wiki/Key-Uri-Format. */
static struct text uri_of(struct exchange *x, const struct totp_state *s, const char *secret)
{
    struct build out = answer_build(x, 1024);
    struct text issuer = text_of(app_of(x)->shared->issuer);

    build_string(&out, "otpauth://totp/");
    build_escaped(&out, issuer);
    build_char(&out, ':');
    build_escaped(&out, s->login.name);
    build_format(&out, "?secret=%s&issuer=", secret);
    build_escaped(&out, issuer);
    return out.full ? (struct text){NULL, 0} : build_done(&out);
}

static enum step totp_show(struct exchange *x)
{
    struct totp_state *s = x->state;
    struct build out = answer_build(x, ANSWER_BYTES);
    struct json_writer w = json_writer_over(&out);
    char secret[TOTP_SECRET_CHARS + 1];
    struct text uri, svg;
    struct qr qr;
    struct err e;

    if (!s->done)
        return exchange_fail(x, err_make(ERR_TOTP_SET));
    totp_secret_format(&s->secret, secret);
    totp_secret_forget(&s->secret);
    uri = uri_of(x, s, secret);
    e = uri.at != NULL ? qr_make(uri, &x->arena, &qr) : err_make(ERR_TOO_LARGE);
    if (!err_is(e))
        e = qr_svg(&qr, &x->arena, &svg);
    if (err_is(e))
        return exchange_fail(x, e);
    json_open_object(&w, NULL);
    json_put_string(&w, "secret", secret);
    json_put_text(&w, "uri", uri);
    json_put_text(&w, "svg", svg);
    json_close_object(&w);
    return exchange_answer(x, 201, "application/json", build_done(&out), NULL);
}

step_fn *const totp_post[] = {totp_load, totp_make, totp_show, NULL};

/* -- POST /v1/session/totp/confirm ------------------------------------------------------------------ */

static enum step confirm_judge(struct exchange *x)
{
    const struct totp_input *in = x->input;
    struct totp_state *s = x->state;
    struct batch *b;
    int64_t step;
    struct err e;

    if (s->login.totp || s->login.totp_secret.at == NULL)
        return exchange_fail(x, err_make(s->login.totp ? ERR_TOTP_SET : ERR_TOTP_SETUP));
    if (!access_may_try(x))
        return exchange_fail(x, err_make(ERR_RATE_LIMITED));
    e = totp_secret_open(app_of(x)->shared->vault, s->login.account_id, s->login.totp_secret,
                         &s->secret);
    if (err_is(e))
        return exchange_fail(x, e);
    step = totp_find(&s->secret, in->code, x->now / US_PER_SECOND, s->login.totp_step);
    totp_secret_forget(&s->secret);
    if (step == 0)
        return exchange_fail(x, err_field(access_tried(x) ? ERR_TOTP_WRONG : ERR_RATE_LIMITED,
                                          "/code", NULL));
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL) {
        login_totp_confirm(b, s->login.account_id, s->login.totp_secret, step, &s->done);
        write_audit(x, b, "account.totp", 0, TEXT(""));
    }
    return load_send(x, b);
}

static enum step confirm_answer(struct exchange *x)
{
    const struct totp_state *s = x->state;

    if (!s->done)
        return exchange_fail(x, err_make(ERR_TOTP_WRONG));
    return exchange_answer_json(x, 200, TEXT("{\"totp\":true}"));
}

step_fn *const totp_confirm_post[] = {totp_load, confirm_judge, confirm_answer, NULL};
