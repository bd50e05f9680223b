#include "api/trust.h"

#include <string.h>

#include "api/resource.h"
#include "api/write.h"
#include "base/log.h"
#include "crypto/ecc.h"
#include "store/keys.h"

enum { TRUST_JSON_BYTES_MAX = 32 * 1024, KID_HEX_BYTES = 2 * TOKEN_KID_BYTES + 1 };

struct trust_request {
    struct write write;
    struct key_events events;
    struct trust_row stored; /* the newest signed list */
};
const size_t trust_state_bytes = sizeof(struct trust_request);

/* -- GET /v1/trust ----------------------------------------------------------------------------------- */

static enum step answer_bytes(struct exchange *x, const char *type, struct text body)
{
    unsigned char digest[32];
    const char *etag, *extra = NULL;
    char hex[65];

    sha256(body, digest);
    hex_format(digest, sizeof digest, hex);
    etag = arena_format(&x->arena, "\"%.32s\"", hex);
    if (etag != NULL)
        extra = arena_format(&x->arena,
                             "ETag: %s\r\nCache-Control: public, max-age=60\r\nVary: Accept\r\n",
                             etag);
    if (extra == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    if (text_is(http_header(x->request, "if-none-match"), etag))
        return exchange_answer(x, 304, NULL, TEXT(""), extra);
    return exchange_answer(x, 200, type, body, extra);
}

static enum step answer_signed(struct exchange *x)
{
    const struct signing_keys *keys;
    struct text list = {NULL, 0};
    bool there = false;

    registry_enter(app_of(x)->reader);
    keys = registry_keys(app_of(x)->reader);
    there = keys != NULL && keys->trust.at != NULL;
    if (there)
        list = arena_text(&x->arena, keys->trust);
    registry_leave(app_of(x)->reader);
    if (list.at == NULL)
        return exchange_fail(x, err_make(there ? ERR_TOO_LARGE : ERR_TRUST_NONE));
    return answer_bytes(x, TRUST_MEDIA_TYPE "; cose-type=\"cose-sign1\"", list);
}

static enum step trust_answer(struct exchange *x)
{
    struct build out;

    if (text_starts(http_header(x->request, "accept"), TEXT(TRUST_MEDIA_TYPE)))
        return answer_signed(x);
    out = answer_build(x, TRUST_JSON_BYTES_MAX);
    if (!out.full)
        trust_list_render(&app_of(x)->keyring.trust, &out);
    return out.full ? exchange_fail(x, err_make(ERR_TOO_LARGE))
                    : answer_bytes(x, "application/json; charset=utf-8", build_done(&out));
}

step_fn *const trust_get[] = {trust_answer, NULL};

/* -- POST /v1/trust: may it be published? -------------------------------------------------------------- */

static struct err refuse(struct exchange *x, const char *field, const char *expected)
{
    struct err e = err_field(ERR_TRUST_REFUSED, field, expected);

    if (expected == NULL)
        return err_make(ERR_TOO_LARGE);
    log_event(LOG_WARN, x->id, "trust_list_refused", log_text("field", field != NULL ? field : ""));
    return e;
}

static struct err judge_signature(struct exchange *x, enum token_why why)
{
    static const char *const expected[TOKEN_WHY_COUNT] = {
        [TOKEN_FORMAT] = "a list signed by jianan root sign",
        [TOKEN_UNKNOWN_KEY] = "by a root that the server's setting trust_roots names",
        [TOKEN_KEY] = "by a root that the server's setting trust_roots names, in force",
        [TOKEN_SIGNATURE] = "by the root that it names",
        [TOKEN_NOT_YET] = "not from the future: look at the signing machine's clock",
        [TOKEN_EXPIRED] = "a list that is not over: sign it anew",
    };

    if (why == TOKEN_OK)
        return OK;
    CHECK(expected[why] != NULL);
    return refuse(x, why == TOKEN_FORMAT ? NULL : "/signature", expected[why]);
}

static struct err judge_sequence(struct exchange *x, const struct trust_list *list)
{
    const struct trust_request *s = x->state;

    if (list->sequence <= s->stored.sequence)
        return refuse(x, "/seq", arena_format(&x->arena, "more than %llu: it never goes back",
                                              (unsigned long long)s->stored.sequence));
    /* One that jumped to the end could never be followed by another. */
    if (list->sequence > s->stored.next)
        return refuse(x, "/seq", arena_format(&x->arena, "at most %llu, as GET /v1/trust has it",
                                              (unsigned long long)s->stored.next));
    return OK;
}

static const char *about(struct exchange *x, const unsigned char *kid, const char *what)
{
    char hex[KID_HEX_BYTES];

    hex_format(kid, TOKEN_KID_BYTES, hex);
    return arena_format(&x->arena, "%s: %s", hex, what);
}

static const struct signing_key *newest(const struct key_events *events, const unsigned char *kid)
{
    const struct signing_key *found = NULL;

    for (int i = 0; i < events->count; i++) {
        if (memcmp(events->rows[i].key.kid, kid, TOKEN_KID_BYTES) == 0)
            found = &events->rows[i].key;
    }
    return found;
}

/* What the list says of a key must not go beyond what the table says of it. */
static struct err judge_listed(struct exchange *x, const struct trusted_key *listed)
{
    const struct trust_request *s = x->state;
    const struct signing_key *known = newest(&s->events, listed->kid);
    unsigned char point[ECC_POINT_BYTES];

    if (known == NULL || known->alg != (int32_t)listed->alg ||
        !ecc_point(listed->public_key, point) ||
        memcmp(point, known->point, sizeof point) != 0)
        return refuse(x, "/keys", about(x, listed->kid, "no key of this service"));
    if (known->state == SIGNING_REMOVED && listed->state != KEY_REMOVED)
        return refuse(x, "/keys", about(x, listed->kid, "it was removed, and stays so"));
    if ((listed->kinds & ~known->kinds) != 0 || listed->exp > known->exp_s)
        return refuse(x, "/keys", about(x, listed->kid, "no more than the key may, and no longer"));
    return OK;
}

/* Whoever believes the list must be able to verify what is signed today. */
static struct err judge_signing(struct exchange *x, const struct trust_list *list,
                                const struct signing_key *key)
{
    const struct trusted_key *listed = trust_list_find(list, key->kid);
    int64_t now_s = x->now / US_PER_SECOND;

    if (listed == NULL || listed->state == KEY_REMOVED || (key->kinds & ~listed->kinds) != 0 ||
        now_s < listed->nbf || now_s >= listed->exp)
        return refuse(x, "/keys", about(x, key->kid, "in the list and in force: it signs now"));
    return OK;
}

static struct err judge_keys(struct exchange *x, const struct trust_list *list)
{
    const struct trust_request *s = x->state;
    struct err e = OK;

    for (unsigned i = 0; i < list->count && !err_is(e); i++)
        e = judge_listed(x, &list->keys[i]);
    for (int i = 0; i < s->events.count && !err_is(e); i++) {
        const struct signing_key *key = &s->events.rows[i].key;

        if (key == newest(&s->events, key->kid) && key->state == SIGNING_ACTIVE)
            e = judge_signing(x, list, key);
    }
    return e;
}

/* -- POST /v1/trust: writing --------------------------------------------------------------------------- */

static enum step trust_post_load(struct exchange *x)
{
    struct trust_request *s = x->state;
    struct batch *b = write_begin(x);

    if (b != NULL) {
        key_events_list(b, &s->events);
        trust_newest(b, &s->stored);
    }
    return load_send(x, b);
}

static struct text render(struct exchange *x, const struct trust_list *list,
                          const unsigned char *root)
{
    struct build out = answer_build(x, 256);
    struct json_writer w = json_writer_over(&out);
    char kid[KID_HEX_BYTES];

    hex_format(root, TOKEN_KID_BYTES, kid);
    json_open_object(&w, NULL);
    json_put_int(&w, "seq", (int64_t)list->sequence);
    json_put_string(&w, "root", kid);
    json_put_int(&w, "keys", list->count);
    json_put_time(&w, "expires_at", list->exp * US_PER_SECOND);
    json_close_object(&w);
    return out.full ? (struct text){NULL, 0} : build_done(&out);
}

static struct batch *write_list(struct exchange *x, const struct trust_list *list,
                                const struct envelope *envelope)
{
    struct trust_request *s = x->state;
    struct text *kids = arena_new_array(&x->arena, list->count + 1u, struct text);
    struct batch *b = write_commit(x, 201, render(x, list, envelope->kid));

    if (b == NULL || kids == NULL)
        return NULL;
    for (unsigned i = 0; i < list->count; i++)
        kids[i] = arena_text(&x->arena, (struct text){(const char *)list->keys[i].kid,
                                                      TOKEN_KID_BYTES});
    trust_insert(b, &(struct trust_insert){.sequence = list->sequence,
                                           .bytes = x->request->body,
                                           .root = {(const char *)envelope->kid, TOKEN_KID_BYTES},
                                           .kids = kids,
                                           .kid_count = list->count,
                                           .iat_s = list->iat,
                                           .exp_s = list->exp,
                                           .account_id = caller_of(x)->account_id});
    write_change(b, CHANGE_KEY, 0, 0);
    write_audit(x, b, "trust.post", 0, s->write.answer);
    return b;
}

static enum step trust_post_write(struct exchange *x)
{
    const struct trust_list *roots = &app_of(x)->shared->roots;
    struct envelope envelope;
    struct trust_list list;
    struct batch *b = NULL;
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    e = judge_signature(x, trust_list_read(x->request->body, roots, x->now / US_PER_SECOND,
                                           TOKEN_SKEW_S, &list));
    if (!err_is(e))
        e = judge_sequence(x, &list);
    if (!err_is(e))
        e = judge_keys(x, &list);
    if (!err_is(e)) {
        CHECK(envelope_read(x->request->body, &envelope));
        b = write_list(x, &list, &envelope);
    }
    trust_list_clear(&list);
    return err_is(e) ? exchange_fail(x, e) : write_send(x, b, trust_post);
}

step_fn *const trust_post[] = {trust_post_load, trust_post_write, write_answer, NULL};
