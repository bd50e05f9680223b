#include "api/keys.h"

#include <string.h>

#include "api/resource.h"
#include "api/write.h"
#include "crypto/ecc.h"
#include "crypto/profile.h"
#include "store/keys.h"

#define ALGORITHMS "ES256|SM2"

enum {
    HEX_DIGITS = 2 * ECC_COORDINATE_BYTES,
    KID_HEX_BYTES = 2 * TOKEN_KID_BYTES + 1,
    REASON_MAX = 200,
    SETTLE_MS = 500 /* for the register to have heard of it before it is answered */
};

struct key_post_input {
    int alg;
    struct text x, y, reason;
    struct word_list kinds;
    time_us not_before, not_after;
};
const struct field key_post_fields[] = {
    {"alg", FIELD_CHOICE, offsetof(struct key_post_input, alg), true, 0, 0, ALGORITHMS},
    {"x", FIELD_TEXT, offsetof(struct key_post_input, x), true, HEX_DIGITS, HEX_DIGITS, NULL},
    {"y", FIELD_TEXT, offsetof(struct key_post_input, y), true, HEX_DIGITS, HEX_DIGITS, NULL},
    {"kinds", FIELD_WORDS, offsetof(struct key_post_input, kinds), false, 0, TOKEN_KIND_MAX, NULL},
    {"not_before", FIELD_TIME, offsetof(struct key_post_input, not_before), false, 0, 0, NULL},
    {"not_after", FIELD_TIME, offsetof(struct key_post_input, not_after), false, 0, 0, NULL},
    {"reason", FIELD_TEXT, offsetof(struct key_post_input, reason), false, 1, REASON_MAX, NULL},
    {0},
};

struct key_patch_input {
    int state;
    bool emergency;
    struct text reason;
};
const struct field key_patch_fields[] = {
    {"state", FIELD_CHOICE, offsetof(struct key_patch_input, state), true, 0, 0,
     "active|retired|removed"},
    {"emergency", FIELD_BOOL, offsetof(struct key_patch_input, emergency), false, 0, 0, NULL},
    {"reason", FIELD_TEXT, offsetof(struct key_patch_input, reason), false, 1, REASON_MAX, NULL},
    {0},
};

struct key_request {
    struct write write;
    int64_t number;
    struct signing_key made; /* the version to be */
    struct key_events events;
    struct signing_keys keys; /* their newest versions */
    uint64_t seen;            /* the loop's keys before the change */
    int64_t changed_us;
};
const size_t key_state_bytes = sizeof(struct key_request);

/* -- what the table says ----------------------------------------------------------------------------- */

/* The newest version of each key; when it was first made active is the oldest that says so. The
 * removed are not asked for anything. */
static void take_newest(const struct key_events *events, struct signing_keys *keys)
{
    int64_t activated_us = 0;

    keys->count = 0;
    for (int i = 0; i < events->count; i++) {
        const struct key_event *event = &events->rows[i];
        bool last = i + 1 == events->count || event[1].key.number != event->key.number;

        if (event->key.version == 1)
            activated_us = 0;
        if (event->key.state == SIGNING_ACTIVE)
            activated_us = event->recorded_at;
        if (!last || event->key.state == SIGNING_REMOVED || keys->count == SIGNING_KEYS_MAX)
            continue;
        keys->keys[keys->count] = event->key;
        keys->keys[keys->count++].activated_us = activated_us;
    }
}

static const struct key_event *newest_event(const struct key_events *events, int64_t number)
{
    const struct key_event *found = NULL;

    for (int i = 0; i < events->count; i++) {
        if (events->rows[i].key.number == number)
            found = &events->rows[i];
    }
    return found;
}

static enum step keys_load(struct exchange *x)
{
    struct key_request *s = x->state;
    struct batch *b = x->route->writes ? write_begin(x) : batch_new(app_of(x)->pg, &x->arena);

    if (b != NULL)
        key_events_list(b, &s->events);
    return load_send(x, b);
}

/* -- GET /v1/keys -------------------------------------------------------------------------------------- */

static void put_kinds(struct json_writer *w, const char *name, uint32_t kinds)
{
    json_open_array(w, name);
    for (unsigned kind = TOKEN_LIVE; kind <= TOKEN_KIND_MAX; kind++) {
        if ((kinds & 1u << kind) != 0)
            json_put_string(w, NULL, token_kind_name((enum token_kind)kind));
    }
    json_close_array(w);
}

static void put_time_or_null(struct json_writer *w, const char *name, time_us at, bool is_there)
{
    if (is_there)
        json_put_time(w, name, at);
    else
        json_put_null(w, name);
}

/* From when it may be made active. */
static void put_usable(struct json_writer *w, const struct key_event *event)
{
    int64_t from_us = event->published_at + SIGNING_PUBLISH_S * (int64_t)US_PER_SECOND;

    if (from_us < event->key.nbf_s * US_PER_SECOND)
        from_us = event->key.nbf_s * US_PER_SECOND;
    put_time_or_null(w, "usable_from", from_us,
                     event->published_at != 0 && event->key.state == SIGNING_ANNOUNCED);
}

/* What it signs now, here: that others may sign too is not its work. */
static uint32_t signs_now(const struct exchange *x, const struct signing_key *key)
{
    const struct signing_keys *mine = &app_of(x)->keyring.mine;
    uint32_t kinds = 0;

    for (unsigned kind = TOKEN_LIVE; kind <= TOKEN_KIND_MAX; kind++) {
        const struct signing_key *signs = signing_key_for(mine, kind, x->now / US_PER_SECOND,
                                                          keyring_life_s(1u << kind));

        if (signs != NULL && signs->number == key->number)
            kinds |= 1u << kind;
    }
    return kinds;
}

static void put_versions(struct json_writer *w, const struct key_events *events, int32_t number)
{
    json_open_array(w, "versions");
    for (int i = 0; i < events->count; i++) {
        const struct key_event *event = &events->rows[i];

        if (event->key.number != number)
            continue;
        json_open_object(w, NULL);
        json_put_int(w, "version", event->key.version);
        json_put_string(w, "state", signing_state_name(event->key.state));
        json_put_time(w, "recorded_at", event->recorded_at);
        json_put_id(w, "account", event->account_id);
        json_put_text_or_null(w, "reason", event->reason);
        json_put_bool(w, "emergency", event->emergency);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_key(const struct exchange *x, struct json_writer *w, const struct key_request *s,
                    const struct key_event *event)
{
    const struct signing_key *key = &event->key;
    char kid[KID_HEX_BYTES];

    hex_format(key->kid, TOKEN_KID_BYTES, kid);
    json_open_object(w, NULL);
    json_put_int(w, "number", key->number);
    json_put_string(w, "kid", kid);
    json_put_string(w, "alg", ecc_alg_find(key->alg)->name);
    json_put_string(w, "state", signing_state_name(key->state));
    put_kinds(w, "kinds", key->kinds);
    put_time_or_null(w, "not_before", key->nbf_s * US_PER_SECOND, key->nbf_s > 0);
    put_time_or_null(w, "not_after", key->exp_s * US_PER_SECOND, key->exp_s < PROFILE_TIME_MAX_S);
    put_time_or_null(w, "published_at", event->published_at, event->published_at != 0);
    put_usable(w, event);
    json_put_bool(w, "loaded", signers_find(&app_of(x)->shared->signers, key->kid) != NULL);
    put_kinds(w, "signs", signs_now(x, key));
    put_versions(w, &s->events, key->number);
    json_close_object(w);
}

static enum step key_list_answer(struct exchange *x)
{
    const struct key_request *s = x->state;
    struct list list;

    list_open(x, &list);
    for (int i = 0; i < s->events.count; i++) {
        const struct key_event *event = &s->events.rows[i];

        if (event == newest_event(&s->events, event->key.number))
            put_key(x, &list.w, s, event);
    }
    return list_answer(x, &list, (struct text){NULL, 0});
}

step_fn *const key_list[] = {keys_load, key_list_answer, NULL};

/* -- what both writes have in common ------------------------------------------------------------------- */

static struct text render_written(struct exchange *x, const struct signing_key *key)
{
    struct build out = answer_build(x, 256);
    struct json_writer w = json_writer_over(&out);
    char kid[KID_HEX_BYTES];

    hex_format(key->kid, TOKEN_KID_BYTES, kid);
    json_open_object(&w, NULL);
    json_put_int(&w, "number", key->number);
    json_put_string(&w, "kid", kid);
    json_put_int(&w, "version", key->version);
    json_put_string(&w, "state", signing_state_name(key->state));
    json_close_object(&w);
    return out.full ? (struct text){NULL, 0} : build_done(&out);
}

static enum step write_key(struct exchange *x, const char *action, bool emergency,
                           struct text reason, step_fn *const *again)
{
    struct key_request *s = x->state;
    struct batch *b = write_commit(x, s->made.version == 1 ? 201 : 200,
                                   render_written(x, &s->made));

    s->seen = app_of(x)->keyring.generation;
    if (b != NULL) {
        signing_key_insert(b, &s->made, emergency, reason, caller_of(x)->account_id);
        write_change(b, CHANGE_KEY, 0, 0);
        write_audit(x, b, action, 0, s->write.answer);
    }
    return write_send(x, b, again);
}

/* Whoever is told that a key was removed may rely on this server's refusing it: the answer waits for
 * the register, though not for ever. */
static enum step key_settle(struct exchange *x)
{
    struct key_request *s = x->state;
    struct app *app = app_of(x);
    int64_t now_us = clock_monotonic_us(), left_ms;

    if (s->changed_us == 0) {
        s->changed_us = now_us;
        follower_nudge(app->shared->follower);
    }
    keyring_refresh(&app->keyring, app->reader, &app->shared->signers);
    left_ms = SETTLE_MS - (now_us - s->changed_us) / US_PER_MS;
    if (app->keyring.generation != s->seen || left_ms <= 0)
        return STEP_NEXT;
    registry_await(app->reader, left_ms, exchange_waiter(x));
    exchange_goto(x, s->made.version == 1 ? &key_post[2] : &key_patch[2]);
    return exchange_wait(x, OK);
}

/* -- POST /v1/keys -------------------------------------------------------------------------------------- */

static struct err read_kinds(const struct word_list *words, uint32_t *kinds)
{
    *kinds = words->count == 0 ? KEYRING_KINDS : 0;
    for (size_t i = 0; i < words->count; i++) {
        enum token_kind kind;

        if (!token_kind_find(words->word[i], &kind) || (1u << kind & KEYRING_KINDS) == 0)
            return err_field(ERR_FIELD_CHOICE, "/kinds",
                             "some of live, cred, badge, roster, list, head");
        *kinds |= 1u << kind;
    }
    return OK;
}

/* The point must lie on the curve: any other would verify nothing, or too much. */
static struct err read_point(const struct key_post_input *in, struct signing_key *key)
{
    const struct ecc_alg *alg = ecc_alg_named(choice_word(ALGORITHMS, in->alg));
    EVP_PKEY *public_key;

    CHECK(alg != NULL);
    key->alg = alg->id;
    if (!hex_parse(in->x, key->point, ECC_COORDINATE_BYTES))
        return err_field(ERR_FIELD_TEXT, "/x", "64 hex digits");
    if (!hex_parse(in->y, key->point + ECC_COORDINATE_BYTES, ECC_COORDINATE_BYTES))
        return err_field(ERR_FIELD_TEXT, "/y", "64 hex digits");
    public_key = ecc_public_key(alg, key->point);
    if (public_key == NULL)
        return err_field(ERR_FIELD_RANGE, "/x", "a point on the curve of alg");
    EVP_PKEY_free(public_key);
    ecc_kid(key->point, key->kid);
    return OK;
}

/* Gates that hold an older list know the key as announced, and accept it from nbf on. */
static struct err read_times(const struct exchange *x, struct signing_key *key)
{
    const struct key_post_input *in = x->input;
    int64_t now_s = x->now / US_PER_SECOND, earliest_s = now_s + SIGNING_PUBLISH_S;

    key->nbf_s = in->not_before != 0 ? in->not_before / US_PER_SECOND : earliest_s;
    key->exp_s = in->not_after != 0 ? in->not_after / US_PER_SECOND : PROFILE_TIME_MAX_S;
    if (key->nbf_s < earliest_s)
        return err_field(ERR_FIELD_RANGE, "/not_before", "24 h from now, or later");
    if (key->exp_s <= key->nbf_s || key->exp_s > PROFILE_TIME_MAX_S)
        return err_field(ERR_FIELD_RANGE, "/not_after", "after not_before");
    return OK;
}

static struct err read_key(const struct exchange *x, struct signing_key *key)
{
    const struct key_post_input *in = x->input;
    struct err e = read_point(in, key);

    if (!err_is(e))
        e = read_kinds(&in->kinds, &key->kinds);
    if (!err_is(e))
        e = read_times(x, key);
    return e;
}

static struct err admit_new(const struct key_request *s)
{
    if (s->keys.count == SIGNING_KEYS_MAX)
        return err_make(ERR_KEYS_MANY);
    for (int i = 0; i < s->events.count; i++) {
        if (memcmp(s->events.rows[i].key.kid, s->made.kid, TOKEN_KID_BYTES) == 0)
            return err_field(ERR_ALREADY_EXISTS, "/x", "a key that was never announced");
    }
    return OK;
}

static enum step key_post_write(struct exchange *x)
{
    const struct key_post_input *in = x->input;
    struct key_request *s = x->state;
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    take_newest(&s->events, &s->keys);
    e = read_key(x, &s->made);
    if (!err_is(e))
        e = admit_new(s);
    if (err_is(e))
        return exchange_fail(x, e);
    s->made.number = s->events.count > 0 ? s->events.rows[s->events.count - 1].key.number + 1 : 1;
    s->made.version = 1;
    s->made.state = SIGNING_ANNOUNCED;
    return write_key(x, "key.add", false, in->reason, key_post);
}

step_fn *const key_post[] = {keys_load, key_post_write, key_settle, write_answer, NULL};

/* -- PATCH /v1/keys/{id} ---------------------------------------------------------------------------- */

static struct err admit_move(const struct exchange *x, const struct key_event *event,
                             enum signing_state to)
{
    const struct key_patch_input *in = x->input;
    const struct key_request *s = x->state;

    if (in->reason.at == NULL && (to == SIGNING_REMOVED || in->emergency))
        return err_field(ERR_FIELD_MISSING, "/reason", "why: people will ask");
    if (to == SIGNING_ACTIVE && event->key.state == SIGNING_ANNOUNCED &&
        signers_find(&app_of(x)->shared->signers, event->key.kid) == NULL)
        return err_make(ERR_KEY_NOT_LOADED);
    return signing_move_admit(&(struct signing_move){
        .keys = &s->keys,
        .key = &event->key,
        .to = to,
        .now_s = x->now / US_PER_SECOND,
        .published_s = event->published_at != 0 ? event->published_at / US_PER_SECOND : INT64_MAX / 2,
        .emergency = in->emergency});
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* One in an emergency counts from now on; a retired one until the last that it signed is over. */
static void make_version(const struct exchange *x, const struct key_event *event,
                         enum signing_state to, struct signing_key *made)
{
    int64_t now_s = x->now / US_PER_SECOND;

    *made = event->key;
    made->version++;
    made->state = to;
    if (to == SIGNING_ACTIVE)
        made->nbf_s = earlier(made->nbf_s, now_s);
    if (to == SIGNING_RETIRED)
        made->exp_s = earlier(made->exp_s, now_s + keyring_life_s(made->kinds) + TOKEN_SKEW_S);
}

static enum step key_patch_write(struct exchange *x)
{
    static const char *const actions[SIGNING_STATES] = {
        [SIGNING_ACTIVE] = "key.activate",
        [SIGNING_RETIRED] = "key.retire",
        [SIGNING_REMOVED] = "key.remove",
    };
    const struct key_patch_input *in = x->input;
    struct key_request *s = x->state;
    enum signing_state to = (enum signing_state)(in->state + 1); /* the words begin with active */
    const struct key_event *event;
    enum step seen;
    struct err e = path_id(x, 0, ERR_KEY_UNKNOWN, &s->number);

    if (err_is(e))
        return exchange_fail(x, e);
    if (write_seen(x, &seen))
        return seen;
    take_newest(&s->events, &s->keys);
    event = newest_event(&s->events, s->number);
    if (event == NULL)
        return exchange_fail(x, err_make(ERR_KEY_UNKNOWN));
    e = admit_move(x, event, to);
    if (err_is(e))
        return exchange_fail(x, e);
    make_version(x, event, to, &s->made);
    return write_key(x, actions[to], in->emergency && to == SIGNING_ACTIVE, in->reason, key_patch);
}

step_fn *const key_patch[] = {keys_load, key_patch_write, key_settle, write_answer, NULL};
