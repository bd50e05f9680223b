#include "api/worker_phone.h"

#include "api/append.h"
#include "api/cookie.h"
#include "api/resource.h"
#include "api/workers.h"
#include "crypto/public_key.h"
#include "store/enrol.h"
#include "store/phones.h"

enum { ANSWER_BYTES = 1024, DIGITS = 6 };

/* The six digits as they rest: nobody who reads the database can try them through. */
static void code_mac(const struct exchange *x, int64_t worker_id, struct text code,
                     unsigned char mac[INVITATION_HASH_BYTES])
{
    char named[64], hex[65];
    struct build out = build_over(named, sizeof named);

    build_format(&out, "%lld:", (long long)worker_id);
    build_text(&out, code);
    vault_mark(app_of(x)->shared->vault, TEXT("invitation"), build_done(&out), hex);
    CHECK(hex_parse(text_of(hex), mac, INVITATION_HASH_BYTES));
}

/* -- POST /v1/workers/{id}/invitation ------------------------------------------------------------- */

struct invitation_post {
    struct worker_change change; /* first: see workers.h */
    char token[SESSION_TOKEN_BYTES], code[DIGITS + 1];
    struct new_invitation made;
    struct text shown; /* the first answer, with link and digits */
};
const size_t worker_invitation_bytes = sizeof(struct invitation_post);

static struct err draw(struct exchange *x, struct invitation_post *s)
{
    unsigned char random[32 + 8];
    struct build out = build_over(s->code, sizeof s->code);
    struct err e = random_bytes(random, sizeof random);
    uint64_t number = 0;

    if (err_is(e))
        return e;
    hex_format(random, 32, s->token);
    for (int i = 0; i < 8; i++)
        number = number << 8 | random[32 + i];
    build_format(&out, "%06u", (unsigned)(number % 1000000u)); /* the bias is 2^-44 */
    s->made = (struct new_invitation){.worker_id = s->change.worker_id,
                                      .account_id = caller_of(x)->account_id,
                                      .life_s = INVITATION_S};
    sha256(text_of(s->token), s->made.link_hash);
    code_mac(x, s->change.worker_id, text_of(s->code), s->made.code_mac);
    return OK;
}

static struct text render(struct exchange *x, bool shown)
{
    const struct invitation_post *s = x->state;
    struct build out = answer_build(x, ANSWER_BYTES);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_int(&w, "worker", s->change.worker_id);
    json_put_string(&w, "token", shown ? s->token : NULL);
    json_put_string(&w, "code", shown ? s->code : NULL);
    if (shown)
        json_put_string(&w, "path", arena_format(&x->arena, "/join#%s", s->token));
    json_put_time(&w, "expires_at", x->now + (time_us)INVITATION_S * US_PER_SECOND);
    json_close_object(&w);
    return out.full ? (struct text){NULL, 0} : build_done(&out);
}

static enum step invitation_write(struct exchange *x)
{
    struct invitation_post *s = x->state;
    struct batch *b;
    enum step seen;
    struct err e;

    if (!append_may_see(caller_of(x), &s->change.person, x->today))
        return exchange_fail(x, err_make(ERR_WORKER_UNKNOWN));
    if (write_seen(x, &seen))
        return seen;
    e = s->change.person.erased ? err_make(ERR_PERSON_ERASED) : draw(x, s);
    if (err_is(e))
        return exchange_fail(x, e);
    s->shown = render(x, true);
    b = s->shown.at != NULL ? write_commit(x, 200, render(x, false)) : NULL;
    if (b != NULL) {
        worker_invite(b, &s->made);
        write_audit(x, b, "worker.invitation", s->change.worker_id, TEXT(""));
    }
    return write_send(x, b, worker_invitation_post);
}

static enum step invitation_show(struct exchange *x)
{
    struct invitation_post *s = x->state;

    s->change.write.status = 201;
    s->change.write.answer = s->shown;
    return STEP_NEXT;
}

step_fn *const worker_invitation_post[] = {worker_change_load, invitation_write, invitation_show,
                                           write_answer, NULL};

/* -- POST /v1/session/worker ------------------------------------------------------------------------ */

struct worker_sign_in_input {
    struct text token, code;
    int64_t worker;
    const json_t *device_key;
    int keep;
};

const struct field worker_sign_in_fields[] = {
    {"token", FIELD_TEXT, offsetof(struct worker_sign_in_input, token), false, 1,
     SESSION_TOKEN_BYTES - 1, NULL},
    {"worker", FIELD_INT, offsetof(struct worker_sign_in_input, worker), false, 1, INT64_MAX, NULL},
    {"code", FIELD_TEXT, offsetof(struct worker_sign_in_input, code), false, DIGITS, DIGITS, NULL},
    {"device_key", FIELD_OBJECT, offsetof(struct worker_sign_in_input, device_key), true, 0, 0,
     NULL},
    {"keep", FIELD_CHOICE, offsetof(struct worker_sign_in_input, keep), false, 0, 0, "cookie|key"},
    {0},
};
enum { KEEP_KEY = 2 };

struct worker_sign_in {
    struct invitation found;
    unsigned char link_hash[32], point[ECC_POINT_BYTES];
};
const size_t worker_sign_in_bytes = sizeof(struct worker_sign_in);
_Static_assert((int)ECC_POINT_BYTES == (int)PHONE_POINT_BYTES, "a phone's key is a point");

static struct err read_phone(const struct worker_sign_in_input *in, struct worker_sign_in *s)
{
    const struct ecc_alg *alg;
    EVP_PKEY *key;

    if (!public_key_from_jwk(in->device_key, &alg, s->point) || alg->id != TOKEN_ES256)
        return err_field(ERR_FIELD_TYPE, "/device_key", "JWK: kty EC, crv P-256, x, y");
    key = ecc_public_key(alg, s->point);
    if (key == NULL)
        return err_field(ERR_FIELD_RANGE, "/device_key", "a point on P-256");
    EVP_PKEY_free(key);
    if (in->token.at == NULL && in->worker == 0)
        return err_field(ERR_FIELD_MISSING, "/token", NULL);
    if (in->token.at == NULL && in->code.at == NULL)
        return err_field(ERR_FIELD_MISSING, "/code", NULL);
    return OK;
}

static enum step sign_in_find(struct exchange *x)
{
    const struct worker_sign_in_input *in = x->input;
    struct worker_sign_in *s = x->state;
    struct text link = {NULL, 0};
    struct err e = same_site(x);
    struct batch *b;

    if (!err_is(e) && !access_may_try(x))
        e = err_make(ERR_RATE_LIMITED);
    if (!err_is(e))
        e = read_phone(in, s);
    if (err_is(e))
        return exchange_fail(x, e);
    if (in->token.at != NULL) {
        sha256(in->token, s->link_hash);
        link = (struct text){(const char *)s->link_hash, sizeof s->link_hash};
    }
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        worker_invitation_try(b, link, in->worker, &s->found);
    return load_send(x, b);
}

static bool is_right(struct exchange *x)
{
    const struct worker_sign_in_input *in = x->input;
    const struct worker_sign_in *s = x->state;
    unsigned char mac[INVITATION_HASH_BYTES];

    if (s->found.worker_id == 0)
        return false;
    if (in->token.at != NULL)
        return true;
    code_mac(x, s->found.worker_id, in->code, mac);
    return bytes_equal(mac, s->found.code_mac, sizeof mac);
}

/* Somebody was faster with the same link. */
static enum step bind_failed(struct exchange *x)
{
    return exchange_fail(x, x->failure.code == ERR_CONFLICT ? err_make(ERR_LINK_ENDED)
                                                           : x->failure);
}

static enum step sign_in_bind(struct exchange *x)
{
    const struct worker_sign_in_input *in = x->input;
    struct worker_sign_in *s = x->state;
    struct batch *b;

    if (!is_right(x))
        return exchange_fail(x, err_make(!access_tried(x)      ? ERR_RATE_LIMITED
                                         : in->token.at != NULL ? ERR_LINK_ENDED
                                                                : ERR_CODE_WRONG));
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    worker_phone_bind(b, &s->found, s->point);
    write_change(b, CHANGE_WORKER, s->found.worker_id, s->found.access_version + 1);
    write_audit(x, b, "worker.phone", s->found.worker_id, TEXT(""));
    x->on_failure = bind_failed;
    return exchange_wait(x, batch_send(b, exchange_waiter(x)));
}

/* To a browser as a cookie that no script reads; to a program that keeps it as it keeps its own key,
 * as text. */
static enum step sign_in_answer(struct exchange *x)
{
    const struct worker_sign_in_input *in = x->input;
    const struct worker_sign_in *s = x->state;
    bool as_key = in->keep == KEEP_KEY;
    struct build out = answer_build(x, ANSWER_BYTES);
    struct json_writer w = json_writer_over(&out);
    char buffer[WORKER_KEY_BYTES], csrf[CSRF_BYTES];
    struct text key = worker_key_format(app_of(x)->shared->vault, s->found.worker_id,
                                        s->found.access_version + 1, buffer);
    const char *line = as_key ? "" : cookie_set(x, COOKIE_SESSION, key, PHONE_COOKIE_S);

    csrf_of(key, csrf);
    follower_nudge(app_of(x)->shared->follower);
    json_open_object(&w, NULL);
    json_put_string(&w, "role", account_role_name(ACCOUNT_WORKER));
    json_put_int(&w, "worker", s->found.worker_id);
    json_put_string(&w, "csrf", as_key ? NULL : csrf);
    if (as_key)
        json_put_text(&w, "key", key);
    json_close_object(&w);
    if (out.full || line == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    return exchange_answer(x, 201, "application/json", build_done(&out), line);
}

step_fn *const worker_sign_in_post[] = {sign_in_find, sign_in_bind, sign_in_answer, NULL};

/* -- DELETE /v1/workers/{id}/access ------------------------------------------------------------------- */

const size_t worker_access_bytes = sizeof(struct worker_change);

static enum step access_end(struct exchange *x)
{
    struct worker_change *s = x->state;
    int32_t next = s->person.access_version + 1;
    struct batch *b;
    enum step seen;

    if (!append_may_see(caller_of(x), &s->person, x->today))
        return exchange_fail(x, err_make(ERR_WORKER_UNKNOWN));
    if (write_seen(x, &seen))
        return seen;
    if (s->person.erased)
        return exchange_fail(x, err_make(ERR_PERSON_ERASED));
    b = write_commit(x, 200, text_of(arena_format(&x->arena, "{\"worker\":%lld,\"ended\":true}",
                                                  (long long)s->worker_id)));
    if (b != NULL) {
        worker_phone_end(b, s->worker_id);
        person_access_raise(b, s->worker_id, s->person.access_version);
        write_change(b, CHANGE_WORKER, s->worker_id, next);
        write_audit(x, b, "worker.access_end", s->worker_id, TEXT(""));
    }
    return write_send(x, b, worker_access_delete);
}

step_fn *const worker_access_delete[] = {worker_change_load, access_end, write_answer, NULL};
