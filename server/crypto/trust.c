/* crypto/trust.c: the trust list as JSON, the form in which tests and the command line hold it. */
#include "crypto/trust.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "crypto/ecc.h"
#include "crypto/profile.h"
#include "crypto/seal.h"

static const char *const state_names[] = {
    [KEY_ANNOUNCED] = "announced",
    [KEY_ACTIVE] = "active",
    [KEY_RETIRED] = "retired",
    [KEY_REMOVED] = "removed",
};

const char *key_state_name(enum key_state state)
{
    CHECK(state >= KEY_ANNOUNCED && state <= KEY_REMOVED);
    return state_names[state];
}

static const char *const kind_names[TOKEN_KIND_MAX + 1] = {
    [TOKEN_LIVE] = "live",   [TOKEN_CRED] = "cred",       [TOKEN_KBT] = "kbt",
    [TOKEN_BADGE] = "badge", [TOKEN_RECEIPT] = "receipt", [TOKEN_TRUST] = "trust",
    [TOKEN_ROSTER] = "roster", [TOKEN_LIST] = "list",     [TOKEN_HEAD] = "head",
};

const char *token_kind_name(enum token_kind kind)
{
    return kind <= TOKEN_KIND_MAX ? kind_names[kind] : NULL;
}

bool token_kind_find(struct text name, enum token_kind *kind)
{
    for (unsigned i = TOKEN_LIVE; i <= TOKEN_KIND_MAX; i++) {
        if (kind_names[i] != NULL && text_is(name, kind_names[i])) {
            *kind = (enum token_kind)i;
            return true;
        }
    }
    return false;
}

const char *token_why_name(enum token_why why)
{
    static const char *const names[] = {
#define TOKEN_WHY(NAME, name, verdict) [TOKEN_##NAME] = name,
#include "crypto/why.def"
#undef TOKEN_WHY
    };

    CHECK(why < TOKEN_WHY_COUNT);
    return names[why];
}

void trust_list_clear(struct trust_list *list)
{
    for (unsigned i = 0; i < list->count; i++)
        EVP_PKEY_free(list->keys[i].public_key);
    *list = (struct trust_list){0};
}

const struct trusted_key *trust_list_find(const struct trust_list *list,
                                          const unsigned char kid[TOKEN_KID_BYTES])
{
    for (unsigned i = 0; i < list->count; i++) {
        if (memcmp(list->keys[i].kid, kid, TOKEN_KID_BYTES) == 0)
            return &list->keys[i];
    }
    return NULL;
}

void trust_list_veto(struct trust_list *list, const struct trust_list *says)
{
    for (unsigned i = 0; i < list->count; i++) {
        const struct trusted_key *said = trust_list_find(says, list->keys[i].kid);

        if (said != NULL && said->state == KEY_REMOVED)
            list->keys[i].state = KEY_REMOVED;
    }
}

struct err trust_list_add(struct trust_list *list, const struct trusted_key *key)
{
    if (list->count == TRUST_KEYS_MAX)
        return err_field(ERR_TOO_LARGE, "keys", "at most 64");
    if (trust_list_find(list, key->kid) != NULL)
        return err_field(ERR_ALREADY_EXISTS, "kid", "each kid once");
    if (EVP_PKEY_up_ref(key->public_key) != 1)
        return err_make(ERR_CRYPTO);
    list->keys[list->count++] = *key;
    return OK;
}

static bool hex_member(const json_t *object, const char *name, unsigned char *to, size_t bytes)
{
    const char *value = json_string_value(json_object_get(object, name));

    return value != NULL && hex_parse(text_of(value), to, bytes);
}

static bool seconds_member(const json_t *object, const char *name, int64_t *value)
{
    const json_t *member = json_object_get(object, name);

    *value = json_integer_value(member);
    return json_is_integer(member) && *value >= 0 && *value <= PROFILE_TIME_MAX_S;
}

static bool read_kinds(const json_t *array, uint32_t *kinds)
{
    *kinds = 0;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *kind = json_array_get(array, i);
        json_int_t value = json_integer_value(kind);

        if (!json_is_integer(kind) || value < TOKEN_LIVE || value > TOKEN_KIND_MAX ||
            kind_names[value] == NULL)
            return false;
        *kinds |= 1u << value;
    }
    return json_is_array(array);
}

static bool read_state(const json_t *name, enum key_state *state)
{
    for (unsigned i = KEY_ANNOUNCED; i <= KEY_REMOVED && json_is_string(name); i++) {
        if (strcmp(json_string_value(name), state_names[i]) == 0) {
            *state = (enum key_state)i;
            return true;
        }
    }
    return false;
}

/* Everything but the point. */
static struct err read_pins(const json_t *object, struct trusted_key *key,
                            const struct ecc_alg **alg)
{
    *alg = ecc_alg_named(text_of(json_string_value(json_object_get(object, "alg"))));
    if (*alg == NULL)
        return err_field(ERR_FIELD_CHOICE, "alg", "ES256 | SM2");
    key->alg = (*alg)->id;
    if (!hex_member(object, "kid", key->kid, TOKEN_KID_BYTES))
        return err_field(ERR_FIELD_TYPE, "kid", "8 hex digits");
    if (!read_kinds(json_object_get(object, "kinds"), &key->kinds))
        return err_field(ERR_FIELD_TYPE, "kinds", "[1, 4, ...], of 1-7, 9, 10");
    if (!seconds_member(object, "nbf", &key->nbf))
        return err_field(ERR_FIELD_TYPE, "nbf", "seconds since 1970");
    if (!seconds_member(object, "exp", &key->exp))
        return err_field(ERR_FIELD_TYPE, "exp", "seconds since 1970");
    if (!read_state(json_object_get(object, "state"), &key->state))
        return err_field(ERR_FIELD_CHOICE, "state", "announced | active | retired | removed");
    return OK;
}

static struct err read_key(const json_t *object, struct trust_list *list)
{
    unsigned char point[ECC_POINT_BYTES];
    struct trusted_key key = {0};
    const struct ecc_alg *alg;
    struct err e;

    if (json_object_size(object) != 8) /* with the eight below: no unknown one */
        return err_field(ERR_FIELD_UNKNOWN, "keys", "kid alg x y kinds nbf exp state");
    e = read_pins(object, &key, &alg);
    if (err_is(e))
        return e;
    if (!hex_member(object, "x", point, ECC_COORDINATE_BYTES))
        return err_field(ERR_FIELD_TYPE, "x", "64 hex digits");
    if (!hex_member(object, "y", point + ECC_COORDINATE_BYTES, ECC_COORDINATE_BYTES))
        return err_field(ERR_FIELD_TYPE, "y", "64 hex digits");
    key.public_key = ecc_public_key(alg, point);
    if (key.public_key == NULL)
        return err_field(ERR_FIELD_RANGE, "x", "a point on the curve of alg");
    e = trust_list_add(list, &key);
    EVP_PKEY_free(key.public_key); /* the list has a reference of its own */
    return e;
}

static struct err read_list(const json_t *root, struct trust_list *list)
{
    const json_t *keys = json_object_get(root, "keys"), *seq = json_object_get(root, "seq");
    struct err e = OK;

    if (!json_is_array(keys))
        return err_field(ERR_FIELD_MISSING, "keys", "an array");
    if (json_object_size(root) != (seq != NULL ? 2 : 1))
        return err_field(ERR_FIELD_UNKNOWN, "", "keys, seq");
    if (seq != NULL && (!json_is_integer(seq) || json_integer_value(seq) < 0))
        return err_field(ERR_FIELD_TYPE, "seq", "0 or more");
    list->sequence = (uint64_t)json_integer_value(seq);
    for (size_t i = 0; i < json_array_size(keys) && !err_is(e); i++)
        e = read_key(json_array_get(keys, i), list);
    return e;
}

struct err trust_list_parse(struct text json, struct trust_list *list)
{
    json_t *root;
    struct err e = json_read(json, &root);

    *list = (struct trust_list){0};
    if (err_is(e))
        return e;
    e = read_list(root, list);
    json_decref(root);
    if (err_is(e))
        trust_list_clear(list);
    return e;
}

static void render_key(struct json_writer *w, const struct trusted_key *key)
{
    unsigned char point[ECC_POINT_BYTES];
    char hex[2 * ECC_COORDINATE_BYTES + 1];
    bool have_point = ecc_point(key->public_key, point);

    CHECK(have_point);
    json_open_object(w, NULL);
    hex_format(key->kid, TOKEN_KID_BYTES, hex);
    json_put_string(w, "kid", hex);
    json_put_string(w, "alg", ecc_alg_find(key->alg)->name);
    hex_format(point, ECC_COORDINATE_BYTES, hex);
    json_put_string(w, "x", hex);
    hex_format(point + ECC_COORDINATE_BYTES, ECC_COORDINATE_BYTES, hex);
    json_put_string(w, "y", hex);
    json_open_array(w, "kinds");
    for (unsigned kind = TOKEN_LIVE; kind <= TOKEN_KIND_MAX; kind++) {
        if ((key->kinds & 1u << kind) != 0)
            json_put_int(w, NULL, kind);
    }
    json_close_array(w);
    json_put_int(w, "nbf", key->nbf);
    json_put_int(w, "exp", key->exp);
    json_put_string(w, "state", state_names[key->state]);
    json_close_object(w);
}

void trust_list_render(const struct trust_list *list, struct build *out)
{
    struct json_writer w = json_writer_over(out);

    json_open_object(&w, NULL);
    json_put_int(&w, "seq", (int64_t)list->sequence);
    json_open_array(&w, "keys");
    for (unsigned i = 0; i < list->count; i++)
        render_key(&w, &list->keys[i]);
    json_close_array(&w);
    json_close_object(&w);
}
