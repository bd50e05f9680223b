/* api/badges.c: stickers for helmets: a code of its own for three years, without a colour.
 *
 * A badge is its worker's until it is voided: its slot shows his colour. A contractor has badges
 * made for its own people; it voids them, or the worker himself does when he has lost his helmet.
 * Codes are never stored: whoever asks gets the badge's claims signed anew. */
#include "api/badges.h"

#include "api/append.h"
#include "api/resource.h"
#include "api/slots.h"

/* Why a badge is voided; the words stand in migrations/0014 as well. */
#define VOID_REASONS "lost|stolen|damaged|left|replaced|other"

struct badge_void_input {
    int reason;
};
const struct field badge_void_fields[] = {
    {"reason", FIELD_CHOICE, offsetof(struct badge_void_input, reason), true, 0, 0, VOID_REASONS},
    {0},
};

struct badge_request {
    struct write write; /* first: see write.h */
    int64_t worker_id;
    struct person person;
    struct badge_rows badges;
    struct open_lists lists;
    struct badge_row issued;
};
const size_t badge_state_bytes = sizeof(struct badge_request);

/* -- what all of them load ------------------------------------------------------------------------ */

static enum step load(struct exchange *x, struct batch *b, bool with_lists)
{
    struct badge_request *s = x->state;
    struct err e = path_id(x, 0, ERR_WORKER_UNKNOWN, &s->worker_id);
    struct person_name *name = arena_new(&x->arena, struct person_name);

    if (!err_is(e) && (b == NULL || name == NULL))
        e = err_make(ERR_TOO_LARGE);
    if (err_is(e))
        return exchange_fail(x, e);
    name->worker_id = s->worker_id;
    e = persons_load(b, &x->arena, name, 1, &s->person);
    badges_list(b, &s->worker_id, 1, &s->badges);
    if (with_lists)
        slot_lists(b, &s->lists);
    return err_is(e) ? exchange_fail(x, e) : load_send(x, b);
}

static struct err admit(const struct exchange *x)
{
    const struct badge_request *s = x->state;

    if (!append_may_see(caller_of(x), &s->person, x->today))
        return err_make(ERR_WORKER_UNKNOWN);
    return s->person.erased ? err_make(ERR_PERSON_ERASED) : OK;
}

/* -- codes ------------------------------------------------------------------------------------------ */

int64_t badge_begin(const struct exchange *x)
{
    return x->now / US_PER_SECOND * US_PER_SECOND;
}

int64_t badge_end(const struct exchange *x)
{
    return badge_begin(x) + (int64_t)TOKEN_BADGE_S * US_PER_SECOND;
}

struct err badge_code(struct exchange *x, const struct badge_row *badge, struct text *code)
{
    char *at = arena_alloc(&x->arena, TOKEN_TEXT_MAX + 1);
    struct live_claims claims = {
        .iat = badge->issued_at / US_PER_SECOND,
        .exp = badge->expires_at / US_PER_SECOND,
        .index = badge->index,
    };
    struct signer *signer;
    struct build out;
    struct err e = keyring_signer(x, TOKEN_BADGE, &signer);

    if (err_is(e) || at == NULL)
        return err_is(e) ? e : err_make(ERR_TOO_LARGE);
    out = build_over(at, TOKEN_TEXT_MAX + 1);
    e = token_issue_badge(signer, &claims, &out, NULL);
    *code = build_done(&out);
    return e;
}

/* -- POST /v1/workers/{id}/badges --------------------------------------------------------------------- */

static enum step badge_post_load(struct exchange *x)
{
    return load(x, write_begin(x), true);
}

/* The code is put in when it is told, and never rests with the request's key. */
static enum step tell(struct exchange *x, int status, const struct badge_row *badge)
{
    struct build out = answer_build(x, 4096);
    struct json_writer w = json_writer_over(&out);
    struct text code;
    struct err e = badge_code(x, badge, &code);

    if (err_is(e))
        return exchange_fail(x, e);
    json_open_object(&w, NULL);
    json_put_int(&w, "worker", badge->worker_id);
    json_put_int(&w, "badge", badge->number);
    json_put_int(&w, "index", (int64_t)badge->index);
    json_put_time(&w, "issued_at", badge->issued_at);
    json_put_time(&w, "expires_at", badge->expires_at);
    json_put_text(&w, "code", code);
    json_close_object(&w);
    return out.full ? exchange_fail(x, err_make(ERR_TOO_LARGE))
                    : exchange_answer_json(x, status, build_done(&out));
}

static const struct badge_row *find_badge(const struct badge_rows *badges, int64_t number)
{
    for (int i = 0; i < badges->count; i++) {
        if (badges->rows[i].number == number)
            return &badges->rows[i];
    }
    return NULL;
}

/* The request was here before: the same badge, told again. */
static enum step issue_again(struct exchange *x)
{
    struct badge_request *s = x->state;
    const struct badge_row *badge;
    json_t *stored;
    struct err e;

    if (!bytes_equal(s->write.found.fingerprint, s->write.fingerprint,
                     sizeof s->write.fingerprint))
        return exchange_fail(x, err_make(ERR_KEY_REUSE));
    e = json_read(s->write.found.answer, &stored);
    if (err_is(e))
        return exchange_fail(x, err_detail(ERR_INTERNAL, "a stored answer is not JSON"));
    badge = find_badge(&s->badges, json_integer_value(json_object_get(stored, "badge")));
    json_decref(stored);
    return badge != NULL ? tell(x, s->write.found.status, badge)
                         : exchange_fail(x, err_make(ERR_BADGE_UNKNOWN));
}

static struct err issue(struct exchange *x, struct batch *b, int32_t *number)
{
    struct badge_request *s = x->state;
    int64_t *candidates = NULL;
    struct err e = slots_draw(&x->arena, &s->lists, 1, &candidates);

    if (err_is(e))
        return e;
    badges_insert(b, &(struct new_badges){.count = 1,
                                          .worker_ids = &s->worker_id,
                                          .numbers = number,
                                          .candidates = candidates,
                                          .org_id = caller_of(x)->org_id,
                                          .account_id = caller_of(x)->account_id,
                                          .issued_at = badge_begin(x),
                                          .expires_at = badge_end(x)});
    write_change(b, CHANGE_WORKER, s->worker_id, s->person.version);
    write_audit(x, b, "badge.issue", s->worker_id,
                text_of(arena_format(&x->arena, "{\"badge\":%d}", (int)*number)));
    return OK;
}

static int32_t last_number(const struct badge_rows *badges)
{
    return badges->count > 0 ? badges->rows[badges->count - 1].number : 0;
}

static int count_valid(const struct badge_rows *badges, int64_t now)
{
    int count = 0;

    for (int i = 0; i < badges->count; i++)
        count += badge_is_valid(&badges->rows[i], now);
    return count;
}

static enum step badge_post_write(struct exchange *x)
{
    struct badge_request *s = x->state;
    int32_t *number = arena_new(&x->arena, int32_t);
    struct err e = admit(x);
    struct batch *b = NULL;

    if (!err_is(e) && s->write.found.found)
        return issue_again(x);
    if (!err_is(e) && count_valid(&s->badges, x->now) >= BADGES_VALID_MAX)
        e = err_make(ERR_BADGES_MANY);
    if (!err_is(e) && number == NULL)
        e = err_make(ERR_TOO_LARGE);
    if (err_is(e))
        return exchange_fail(x, e);
    *number = last_number(&s->badges) + 1;
    b = write_commit(x, 201,
                     text_of(arena_format(&x->arena, "{\"worker\":%lld,\"badge\":%d}",
                                          (long long)s->worker_id, (int)*number)));
    e = b != NULL ? issue(x, b, number) : err_make(ERR_TOO_LARGE);
    s->issued.number = *number;
    return err_is(e) ? exchange_fail(x, e) : write_send(x, b, badge_post);
}

/* Which slot it got is the database's to say. */
static enum step badge_post_read(struct exchange *x)
{
    struct badge_request *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    follower_nudge(app_of(x)->shared->follower);
    if (b != NULL)
        badges_list(b, &s->worker_id, 1, &s->badges);
    return load_send(x, b);
}

static enum step badge_post_answer(struct exchange *x)
{
    const struct badge_request *s = x->state;
    const struct badge_row *badge = find_badge(&s->badges, s->issued.number);

    return badge != NULL ? tell(x, 201, badge)
                         : exchange_fail(x, err_detail(ERR_INTERNAL, "a badge is not there"));
}

step_fn *const badge_post[] = {badge_post_load, badge_post_write, badge_post_read,
                               badge_post_answer, NULL};

/* -- GET /v1/workers/{id}/badges ------------------------------------------------------------------------ */

static enum step badge_list_load(struct exchange *x)
{
    return load(x, batch_new(app_of(x)->pg, &x->arena), false);
}

/* A worker's look at himself needs no row. */
static enum step badge_list_audit(struct exchange *x)
{
    const struct badge_request *s = x->state;
    struct err e = admit(x);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    if (caller_of(x)->role == ACCOUNT_WORKER)
        return STEP_NEXT;
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        write_audit(x, b, "badge.list", s->worker_id, TEXT(""));
    return load_send(x, b);
}

static void put_badge(struct json_writer *w, const struct badge_row *badge, int64_t now)
{
    json_open_object(w, NULL);
    json_put_int(w, "badge", badge->number);
    json_put_string(w, "state", badge->voided_at != 0           ? "void"
                                : badge_is_valid(badge, now) ? "valid"
                                                                : "over");
    json_put_int(w, "index", (int64_t)badge->index);
    json_put_int(w, "org", badge->org_id);
    json_put_time(w, "issued_at", badge->issued_at);
    json_put_time(w, "expires_at", badge->expires_at);
    if (badge->voided_at != 0) {
        json_put_time(w, "voided_at", badge->voided_at);
        json_put_text(w, "reason", badge->reason);
    }
    json_close_object(w);
}

static enum step badge_list_answer(struct exchange *x)
{
    const struct badge_request *s = x->state;
    struct list list;

    list_open(x, &list);
    for (int i = 0; i < s->badges.count; i++)
        put_badge(&list.w, &s->badges.rows[i], x->now);
    return list_answer(x, &list, (struct text){NULL, 0});
}

step_fn *const badge_list_get[] = {badge_list_load, badge_list_audit, badge_list_answer, NULL};

/* -- POST /v1/workers/{id}/badges/{n}/void ---------------------------------------------------------------- */

static enum step badge_void_load(struct exchange *x)
{
    return load(x, write_begin(x), false);
}

static enum step badge_void_write(struct exchange *x)
{
    const struct badge_void_input *in = x->input;
    struct badge_request *s = x->state;
    struct text reason = choice_word(VOID_REASONS, in->reason);
    const struct badge_row *badge = NULL;
    struct err e = admit(x);
    struct batch *b;
    enum step next;
    int64_t number;

    if (err_is(e))
        return exchange_fail(x, e);
    if (write_seen(x, &next))
        return next;
    if (text_to_int(x->params[1], 1, INT32_MAX, &number))
        badge = find_badge(&s->badges, number);
    if (badge == NULL || badge->voided_at != 0)
        return exchange_fail(x, err_make(badge == NULL ? ERR_BADGE_UNKNOWN : ERR_BADGE_VOID));
    b = write_commit(x, 200,
                     text_of(arena_format(&x->arena, "{\"worker\":%lld,\"badge\":%d,\"state\":\"void\"}",
                                          (long long)s->worker_id, (int)badge->number)));
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    badge_void(b, s->worker_id, badge->number, reason, caller_of(x)->account_id);
    write_change(b, CHANGE_WORKER, s->worker_id, s->person.version);
    write_audit(x, b, "badge.void", s->worker_id,
                text_of(arena_format(&x->arena, "{\"badge\":%d,\"reason\":\"%.*s\"}",
                                     (int)badge->number, (int)reason.bytes, reason.at)));
    return write_send(x, b, badge_void_post);
}

step_fn *const badge_void_post[] = {badge_void_load, badge_void_write, write_answer, NULL};
