#include "api/sign_in.h"

#include <string.h>

#include "api/app.h"
#include "api/cookie.h"
#include "api/sessions.h"
#include "base/errands.h"
#include "base/log.h"
#include "crypto/password.h"
#include "crypto/totp.h"
#include "store/writes.h"

enum { FAILURES_TOLD = 5 }; /* from then on the audit hears of it */

struct sign_in_input {
    struct text login, password, code;
};

const struct field sign_in_fields[] = {
    {"login", FIELD_TEXT, offsetof(struct sign_in_input, login), true, 1, LOGIN_NAME_CHARS, NULL},
    {"password", FIELD_TEXT, offsetof(struct sign_in_input, password), true, 1, PASSWORD_BYTES_MAX,
     NULL},
    {"code", FIELD_TEXT, offsetof(struct sign_in_input, code), false, TOTP_DIGITS, TOTP_DIGITS,
     NULL},
    {0},
};

struct sign_in {
    struct sign_in_name name;
    struct login login;
    int32_t failures;
    bool right; /* the password */
    char token[SESSION_TOKEN_BYTES];
    struct session_entry entry;
    struct account_card card;
    int64_t session_id;
    enum err_code refused;
};
const size_t sign_in_state_bytes = sizeof(struct sign_in);

/* -- browsers that were in before ------------------------------------------------------------- */

static void known_mark(const struct exchange *x, const struct sign_in_name *name, char mark[65])
{
    vault_mark(app_of(x)->shared->vault, TEXT("browser"),
               (struct text){(const char *)name->hash, sizeof name->hash}, mark);
}

void sign_in_name_of(struct exchange *x, struct text name, struct sign_in_name *into)
{
    struct text cookie = cookie_find(x->request, COOKIE_KNOWN);
    char mark[65], *lower;

    into->name = arena_text(&x->arena, name);
    lower = (char *)into->name.at;
    if (lower == NULL)
        return;
    for (size_t i = 0; i < name.bytes; i++)
        lower[i] = (char)(lower[i] >= 'A' && lower[i] <= 'Z' ? lower[i] + ('a' - 'A') : lower[i]);
    sha256(into->name, into->hash);
    known_mark(x, into, mark);
    into->known = cookie.bytes == sizeof mark - 1 && bytes_equal(cookie.at, mark, cookie.bytes);
}

const char *sign_in_remember(struct exchange *x, const struct sign_in_name *name)
{
    char mark[65];

    known_mark(x, name, mark);
    return cookie_set(x, COOKIE_KNOWN, text_of(mark), KNOWN_BROWSER_S);
}

/* -- steps -------------------------------------------------------------------------------------- */

static enum step sign_in_begin(struct exchange *x)
{
    const struct sign_in_input *in = x->input;
    struct sign_in *s = x->state;
    struct err e = same_site(x);
    struct batch *b;

    sign_in_name_of(x, in->login, &s->name);
    if (!err_is(e) && !s->name.known && !access_may_try(x))
        e = err_make(ERR_RATE_LIMITED); /* many may share an address: browsers that were in go on */
    if (err_is(e))
        return exchange_fail(x, e);
    b = s->name.name.at != NULL ? batch_new(app_of(x)->pg, &x->arena) : NULL;
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    sign_in_try(b, &s->name, &s->failures);
    login_find(b, &s->name, &s->login);
    return exchange_wait(x, batch_send(b, exchange_waiter(x)));
}

static void hash(void *arg) /* on the passwords' thread; the exchange waits meanwhile */
{
    struct exchange *x = arg;
    const struct sign_in_input *in = x->input;
    struct sign_in *s = x->state;

    s->right = password_is(in->password, s->login.password);
}

static enum step sign_in_hash(struct exchange *x)
{
    const struct sign_in *s = x->state;
    const struct app *app = app_of(x);

    if (s->failures == 0) { /* comes too soon */
        x->retry_after_s = s->login.wait_s;
        return exchange_fail(x, err_make(ERR_RATE_LIMITED));
    }
    return exchange_wait(x, errands_send(app->shared->passwords, app->loop, hash, x,
                                         exchange_waiter(x))
                                ? OK
                                : err_make(ERR_BUSY));
}

/* The six digits, where they are asked for. */
static enum err_code judge_code(struct exchange *x)
{
    const struct sign_in_input *in = x->input;
    struct sign_in *s = x->state;
    struct totp_secret secret;
    struct err e;

    if (!s->login.totp)
        return ERR_NONE;
    if (in->code.at == NULL)
        return ERR_TOTP_REQUIRED;
    e = totp_secret_open(app_of(x)->shared->vault, s->login.account_id, s->login.totp_secret,
                         &secret);
    if (err_is(e))
        return e.code;
    s->entry.totp_step = totp_find(&secret, in->code, x->now / US_PER_SECOND, s->login.totp_step);
    totp_secret_forget(&secret);
    return s->entry.totp_step != 0 ? ERR_NONE : ERR_TOTP_WRONG;
}

static void note(struct exchange *x, struct batch *b, const char *action)
{
    const struct sign_in *s = x->state;

    audit_insert(b, &(struct audit_row){.account_id = s->login.account_id,
                                        .action = action,
                                        .request_id = (int64_t)x->id});
}

static enum step refused(struct exchange *x)
{
    const struct sign_in *s = x->state;

    return exchange_fail(x, err_make(s->refused));
}
static step_fn *const refused_steps[] = {refused, NULL};

/* One who goes on guessing at an account is written down, as often as he may go on. */
static enum step refuse(struct exchange *x, enum err_code code)
{
    struct sign_in *s = x->state;
    struct batch *b;

    s->refused = code;
    if (code != ERR_TOTP_REQUIRED && !access_tried(x))
        s->refused = ERR_RATE_LIMITED;
    if (code == ERR_TOTP_REQUIRED || s->failures < FAILURES_TOLD || s->login.account_id == 0)
        return exchange_fail(x, err_make(s->refused));
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    note(x, b, "session.refused");
    exchange_goto(x, refused_steps);
    return exchange_wait(x, batch_send(b, exchange_waiter(x)));
}

/* The password was changed, or the six digits used, at this very moment. */
static enum step open_failed(struct exchange *x)
{
    const struct sign_in *s = x->state;

    if (x->failure.code != ERR_CONFLICT)
        return exchange_fail(x, x->failure);
    return refuse(x, s->entry.totp_step != 0 ? ERR_TOTP_WRONG : ERR_SIGN_IN_REFUSED);
}

/* What the browser says of itself, cut to what is printed; it is its owner's to read. */
static struct text agent_of(struct exchange *x)
{
    struct text sent = http_header(x->request, "user-agent");
    struct text agent = arena_text(
        &x->arena, (struct text){sent.at, sent.bytes < AGENT_CHARS_MAX ? sent.bytes
                                                                       : AGENT_CHARS_MAX});

    for (size_t i = 0; agent.at != NULL && i < agent.bytes; i++) {
        if (agent.at[i] < 0x20 || agent.at[i] > 0x7e)
            ((char *)agent.at)[i] = '?';
    }
    return agent;
}

static enum step sign_in_judge(struct exchange *x)
{
    struct sign_in *s = x->state;
    enum err_code code;
    struct batch *b;
    struct err e;

    if (!s->right || !s->login.active)
        return refuse(x, ERR_SIGN_IN_REFUSED);
    code = judge_code(x);
    if (code != ERR_NONE)
        return refuse(x, code);
    e = session_token_new(app_of(x)->shared->vault, s->token);
    b = batch_new(app_of(x)->pg, &x->arena);
    s->entry.agent = agent_of(x);
    if (err_is(e) || b == NULL || s->entry.agent.at == NULL)
        return exchange_fail(x, err_is(e) ? e : err_make(ERR_TOO_LARGE));
    sha256(text_of(s->token), s->entry.token_hash);
    s->entry.account_id = s->login.account_id;
    s->entry.password = s->login.password;
    session_open(b, &s->entry, &s->session_id);
    sign_in_clear(b, &s->name);
    account_card(b, s->login.account_id, &s->card);
    note(x, b, "session.open");
    x->on_failure = open_failed;
    return exchange_wait(x, batch_send(b, exchange_waiter(x)));
}

static enum step sign_in_answer(struct exchange *x)
{
    const struct sign_in *s = x->state;
    struct caller *caller = x->caller;
    const char *session = cookie_set(x, COOKIE_SESSION, text_of(s->token),
                                     app_of(x)->shared->session_limits.life_s);
    const char *known = sign_in_remember(x, &s->name);
    const char *lines = session != NULL && known != NULL
                            ? arena_format(&x->arena, "%s%s", session, known)
                            : NULL;

    if (lines == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    *caller = (struct caller){.role = s->login.role,
                              .account_id = s->login.account_id,
                              .session_id = s->session_id,
                              .session_since = x->now,
                              .by_cookie = true,
                              .totp_missing = role_needs_totp(s->login.role) && !s->login.totp};
    csrf_of(text_of(s->token), caller->csrf);
    return session_answer(x, 201, &s->card, lines);
}

step_fn *const sign_in_post[] = {sign_in_begin, sign_in_hash, sign_in_judge, sign_in_answer, NULL};
