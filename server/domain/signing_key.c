#include "domain/signing_key.h"

#include <string.h>

static const char *const names[SIGNING_STATES] = {
    [SIGNING_ANNOUNCED] = "announced",
    [SIGNING_ACTIVE] = "active",
    [SIGNING_RETIRED] = "retired",
    [SIGNING_REMOVED] = "removed",
};

/* What may follow, as the caller is told. */
static const struct {
    bool may[SIGNING_STATES];
    const char *expected;
} follows[SIGNING_STATES] = {
    [SIGNING_ANNOUNCED] = {{[SIGNING_ACTIVE] = true, [SIGNING_REMOVED] = true},
                           "activate | remove: it is announced"},
    [SIGNING_ACTIVE] = {{[SIGNING_RETIRED] = true, [SIGNING_REMOVED] = true},
                        "retire | remove: it is active"},
    [SIGNING_RETIRED] = {{[SIGNING_REMOVED] = true}, "remove: it is retired"},
    [SIGNING_REMOVED] = {{false}, "nothing: it is removed"},
};

const char *signing_state_name(enum signing_state state)
{
    CHECK(state >= SIGNING_ANNOUNCED && state < SIGNING_STATES);
    return names[state];
}

enum signing_state signing_state_of(struct text name)
{
    for (int state = SIGNING_ANNOUNCED; state < SIGNING_STATES; state++) {
        if (text_is(name, names[state]))
            return (enum signing_state)state;
    }
    return 0;
}

const struct signing_key *signing_key_find(const struct signing_keys *keys,
                                           const unsigned char kid[SIGNING_KID_BYTES])
{
    for (unsigned i = 0; i < keys->count; i++) {
        if (memcmp(keys->keys[i].kid, kid, SIGNING_KID_BYTES) == 0)
            return &keys->keys[i];
    }
    return NULL;
}

static bool may_sign(const struct signing_key *key, unsigned kind, int64_t now_s, int64_t life_s)
{
    return key->state == SIGNING_ACTIVE && (key->kinds & 1u << kind) != 0 &&
           key->nbf_s <= now_s && now_s < key->exp_s - life_s;
}

/* Of two that were activated in the same microsecond the one announced later: every server must
 * choose the same. */
static bool is_later(const struct signing_key *key, const struct signing_key *than)
{
    if (than == NULL || key->activated_us != than->activated_us)
        return than == NULL || key->activated_us > than->activated_us;
    return key->number > than->number;
}

const struct signing_key *signing_key_for(const struct signing_keys *keys, unsigned kind,
                                          int64_t now_s, int64_t life_s)
{
    const struct signing_key *found = NULL;

    CHECK(kind < 32 && life_s >= 0);
    for (unsigned i = 0; i < keys->count; i++) {
        const struct signing_key *key = &keys->keys[i];

        if (may_sign(key, kind, now_s, life_s) && is_later(key, found))
            found = key;
    }
    return found;
}

/* Those kinds of the key's that no other active key may sign. */
static uint32_t only_by(const struct signing_move *move)
{
    uint32_t kinds = move->key->kinds;

    for (unsigned i = 0; i < move->keys->count; i++) {
        const struct signing_key *other = &move->keys->keys[i];

        if (other->number != move->key->number && other->state == SIGNING_ACTIVE &&
            move->now_s < other->exp_s)
            kinds &= ~other->kinds;
    }
    return kinds;
}

static struct err activation_admit(const struct signing_move *move)
{
    bool known = move->now_s >= move->published_s + SIGNING_PUBLISH_S;

    if (move->now_s >= move->key->exp_s)
        return err_field(ERR_FIELD_RANGE, "/not_after", "an end that lies ahead");
    if (known && move->now_s >= move->key->nbf_s)
        return OK;
    if (move->emergency && only_by(move) != 0)
        return OK;
    return err_field(ERR_KEY_EARLY, move->emergency ? "/emergency" : NULL,
                     move->emergency ? "false: another key signs what this one would"
                                     : "24 h after it was published, and not before not_before");
}

struct err signing_move_admit(const struct signing_move *move)
{
    CHECK(move->to >= SIGNING_ACTIVE && move->to < SIGNING_STATES);
    if (!follows[move->key->state].may[move->to])
        return err_field(ERR_FIELD_CHOICE, "/state", follows[move->key->state].expected);
    if (move->to == SIGNING_ACTIVE)
        return activation_admit(move);
    if (move->to == SIGNING_RETIRED && only_by(move) != 0)
        return err_make(ERR_KEY_NEEDED);
    return OK;
}
