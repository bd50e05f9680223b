#include "api/sessions.h"

#include "api/app.h"
#include "api/cookie.h"
#include "api/resource.h"
#include "api/write.h"

enum { ANSWER_BYTES = 4096 };

struct session_state {
    struct write write; /* first: see write.h */
    struct account_card card;
    struct session_rows found;
    struct account_rows account;
    int64_t id;
    int ended;
};
const size_t session_state_bytes = sizeof(struct session_state);

/* -- who am I ------------------------------------------------------------------------------------ */

static void put_session(struct json_writer *w, const struct exchange *x)
{
    const struct caller *caller = caller_of(x);
    int64_t life_s = app_of(x)->shared->session_limits.life_s;

    json_put_id(w, "session", caller->session_id);
    if (caller->session_id != 0)
        json_put_time(w, "expires_at", caller->session_since + life_s * US_PER_SECOND);
    else
        json_put_null(w, "expires_at");
    json_put_string(w, "csrf", caller->by_cookie ? caller->csrf : NULL);
    json_open_array(w, "needs");
    if (caller->totp_missing)
        json_put_string(w, NULL, "totp");
    json_close_array(w);
}

enum step session_answer(struct exchange *x, int status, const struct account_card *card,
                         const char *extra)
{
    const struct caller *caller = caller_of(x);
    struct build out = answer_build(x, ANSWER_BYTES);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_string(&w, "role", account_role_name(caller->role));
    json_put_id(&w, "account", caller->account_id);
    json_put_id(&w, "worker", caller->worker_id);
    json_put_id(&w, "org", card->org_id);
    json_put_text_or_null(&w, "org_name", card->org_name);
    json_put_id(&w, "site", card->site_id);
    json_put_text_or_null(&w, "site_name", card->site_name);
    json_put_text(&w, "region", either(card->region, TEXT("")));
    json_put_text_or_null(&w, "label", card->label);
    json_put_text_or_null(&w, "login", card->login);
    json_put_bool(&w, "totp", card->totp);
    put_session(&w, x);
    json_close_object(&w);
    if (out.full)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    return exchange_answer(x, status, "application/json", build_done(&out), extra);
}

static enum step get_load(struct exchange *x)
{
    struct session_state *s = x->state;
    struct batch *b;

    if (caller_of(x)->role == ACCOUNT_WORKER)
        return STEP_NEXT;
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        account_card(b, caller_of(x)->account_id, &s->card);
    return load_send(x, b);
}

static enum step get_answer(struct exchange *x)
{
    const struct session_state *s = x->state;

    return session_answer(x, 200, &s->card, NULL);
}

step_fn *const session_get[] = {get_load, get_answer, NULL};

/* -- signing out --------------------------------------------------------------------------------- */

static struct batch *ending(struct exchange *x, int64_t account_id, int64_t id, int64_t but,
                            const char *action)
{
    struct session_state *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (b == NULL)
        return NULL;
    session_end(b, account_id, id, but, &s->ended);
    write_audit(x, b, action, 0, text_of(arena_format(&x->arena, "{\"account\":%lld}",
                                                      (long long)account_id)));
    return b;
}

static enum step delete_end(struct exchange *x)
{
    const struct caller *caller = caller_of(x);

    if (!caller->by_cookie)
        return exchange_fail(x, err_make(ERR_NO_SESSION));
    if (caller->session_id == 0)
        return STEP_NEXT;
    return load_send(x, ending(x, caller->account_id, caller->session_id, 0, "session.end"));
}

static enum step delete_answer(struct exchange *x)
{
    const char *line = cookie_set(x, COOKIE_SESSION, TEXT("x"), -1);

    if (line == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    return exchange_answer(x, 200, "application/json", TEXT("{\"signed_out\":true}"), line);
}

step_fn *const session_delete[] = {delete_end, delete_answer, NULL};

/* -- where else ------------------------------------------------------------------------------------ */

static enum step list_load(struct exchange *x)
{
    struct session_state *s = x->state;
    struct batch *b;

    if (caller_of(x)->role == ACCOUNT_WORKER)
        return STEP_NEXT; /* his phone is all there is */
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        sessions_list(b, caller_of(x)->account_id, &app_of(x)->shared->session_limits, &s->found);
    return load_send(x, b);
}

static enum step list_answer_all(struct exchange *x)
{
    const struct session_state *s = x->state;
    struct list list;

    list_open(x, &list);
    for (int i = 0; i < s->found.count; i++) {
        json_open_object(&list.w, NULL);
        json_put_int(&list.w, "id", s->found.rows[i].id);
        json_put_text(&list.w, "agent", s->found.rows[i].agent);
        json_put_time(&list.w, "opened_at", s->found.rows[i].opened_at);
        json_put_time(&list.w, "seen_at", s->found.rows[i].seen_at);
        json_put_bool(&list.w, "current", s->found.rows[i].id == caller_of(x)->session_id);
        json_close_object(&list.w);
    }
    return list_answer(x, &list, (struct text){NULL, 0});
}

step_fn *const sessions_get[] = {list_load, list_answer_all, NULL};

static enum step end_one(struct exchange *x)
{
    struct session_state *s = x->state;
    struct err e = path_id(x, 0, ERR_SESSION_UNKNOWN, &s->id);

    if (!err_is(e) && caller_of(x)->role == ACCOUNT_WORKER)
        e = err_make(ERR_SESSION_UNKNOWN);
    if (err_is(e))
        return exchange_fail(x, e);
    return load_send(x, ending(x, caller_of(x)->account_id, s->id, 0, "session.end"));
}

static enum step answer_ended(struct exchange *x)
{
    const struct session_state *s = x->state;
    char *body = arena_format(&x->arena, "{\"ended\":%d}", s->ended);

    if (x->route->steps == sessions_delete && s->ended == 0)
        return exchange_fail(x, err_make(ERR_SESSION_UNKNOWN));
    return exchange_answer_json(x, 200, text_of(body));
}

step_fn *const sessions_delete[] = {end_one, answer_ended, NULL};

/* -- an operator ends somebody's --------------------------------------------------------------------- */

static enum step account_look(struct exchange *x)
{
    struct session_state *s = x->state;
    struct err e = path_id(x, 0, ERR_NOT_FOUND, &s->id);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        accounts_list(b, span_of(s->id), 0, (struct text){NULL, 0}, &s->account);
    return load_send(x, b);
}

static enum step account_end(struct exchange *x)
{
    struct session_state *s = x->state;

    if (s->account.count == 0)
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    return load_send(x, ending(x, s->id, 0, 0, "account.sessions_end"));
}

step_fn *const account_sessions_delete[] = {account_look, account_end, answer_ended, NULL};
