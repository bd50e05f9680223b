/* domain/signing_key: who signs, and which state of a key may follow which. */
#include <criterion/criterion.h>

#include "domain/signing_key.h"
#include "support/no_leaks.h"

enum { NOW = 1800000000, DAY_S = 86400, LIVE = 1, BADGE = 4, FAR = 2000000000 };

TestSuite(signing_key, .fini = no_leaks);

static struct signing_key key(int32_t number, enum signing_state state, uint32_t kinds,
                              int64_t activated_us)
{
    return (struct signing_key){.number = number, .version = 1, .kid = {(unsigned char)number},
                                .kinds = kinds, .nbf_s = NOW - DAY_S, .exp_s = FAR, .state = state,
                                .activated_us = activated_us};
}

static int32_t signer(const struct signing_keys *keys, unsigned kind, int64_t life_s)
{
    const struct signing_key *found = signing_key_for(keys, kind, NOW, life_s);

    return found != NULL ? found->number : 0;
}

Test(signing_key, of_the_active_ones_permitted_for_a_kind_the_one_activated_last_signs)
{
    struct signing_keys keys = {
        .count = 5,
        .keys = {key(1, SIGNING_ACTIVE, 1u << LIVE | 1u << BADGE, 10),
                 key(2, SIGNING_ACTIVE, 1u << LIVE, 20),
                 key(3, SIGNING_ANNOUNCED, 1u << LIVE | 1u << BADGE, 0),
                 key(4, SIGNING_RETIRED, 1u << LIVE | 1u << BADGE, 30),
                 key(5, SIGNING_REMOVED, 1u << LIVE | 1u << BADGE, 40)}};

    cr_expect_eq(signer(&keys, LIVE, 60), 2);
    cr_expect_eq(signer(&keys, BADGE, 60), 1);
    cr_expect_eq(signer(&keys, 9, 60), 0, "a kind that nobody may sign");
    keys.keys[0].activated_us = 20; /* in the same microsecond: everywhere the same one */
    cr_expect_eq(signer(&keys, LIVE, 60), 2);
    keys.keys[1].nbf_s = NOW + 1;
    cr_expect_eq(signer(&keys, LIVE, 60), 1, "one whose time has not come");
}

Test(signing_key, nothing_outlives_the_key_that_signs_it)
{
    struct signing_keys keys = {.count = 1, .keys = {key(1, SIGNING_ACTIVE, 1u << LIVE, 1)}};

    keys.keys[0].exp_s = NOW + 60;
    cr_expect_eq(signer(&keys, LIVE, 60), 0);
    cr_expect_eq(signer(&keys, LIVE, 59), 1);
}

Test(signing_key, a_state_follows_only_where_it_may)
{
    static const struct {
        const char *name;
        enum signing_state from, to;
        int64_t published_s, nbf_s;
        bool emergency, other; /* other: another active key may sign the same */
        enum err_code code;
    } cases[] = {
        {"a day after it was published", SIGNING_ANNOUNCED, SIGNING_ACTIVE, NOW - DAY_S, NOW, false, true, ERR_NONE},
        {"a second before that", SIGNING_ANNOUNCED, SIGNING_ACTIVE, NOW - DAY_S + 1, NOW - DAY_S, false, true, ERR_KEY_EARLY},
        {"before its own time", SIGNING_ANNOUNCED, SIGNING_ACTIVE, NOW - 2 * DAY_S, NOW + 1, false, true, ERR_KEY_EARLY},
        {"early, though nobody signs", SIGNING_ANNOUNCED, SIGNING_ACTIVE, NOW, NOW, false, false, ERR_KEY_EARLY},
        {"an emergency", SIGNING_ANNOUNCED, SIGNING_ACTIVE, FAR, FAR - 1, true, false, ERR_NONE},
        {"an emergency that is none", SIGNING_ANNOUNCED, SIGNING_ACTIVE, NOW, NOW, true, true, ERR_KEY_EARLY},
        {"an announced one retires", SIGNING_ANNOUNCED, SIGNING_RETIRED, 0, 0, false, true, ERR_FIELD_CHOICE},
        {"an announced one is removed", SIGNING_ANNOUNCED, SIGNING_REMOVED, 0, 0, false, false, ERR_NONE},
        {"an active one again", SIGNING_ACTIVE, SIGNING_ACTIVE, 0, 0, false, true, ERR_FIELD_CHOICE},
        {"an active one retires behind another", SIGNING_ACTIVE, SIGNING_RETIRED, 0, 0, false, true, ERR_NONE},
        {"the last one retires", SIGNING_ACTIVE, SIGNING_RETIRED, 0, 0, false, false, ERR_KEY_NEEDED},
        {"the last one is removed", SIGNING_ACTIVE, SIGNING_REMOVED, 0, 0, false, false, ERR_NONE},
        {"a retired one comes back", SIGNING_RETIRED, SIGNING_ACTIVE, 0, 0, true, false, ERR_FIELD_CHOICE},
        {"a retired one is removed", SIGNING_RETIRED, SIGNING_REMOVED, 0, 0, false, true, ERR_NONE},
        {"a removed one comes back", SIGNING_REMOVED, SIGNING_ACTIVE, 0, 0, true, false, ERR_FIELD_CHOICE},
        {"a removed one is removed", SIGNING_REMOVED, SIGNING_REMOVED, 0, 0, false, true, ERR_FIELD_CHOICE},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct signing_keys keys = {.count = cases[i].other ? 2 : 1,
                                    .keys = {key(1, cases[i].from, 1u << LIVE, 1),
                                             key(2, SIGNING_ACTIVE, 1u << LIVE | 1u << BADGE, 2)}};
        struct err e;

        keys.keys[0].nbf_s = cases[i].nbf_s;
        e = signing_move_admit(&(struct signing_move){.keys = &keys,
                                                      .key = &keys.keys[0],
                                                      .to = cases[i].to,
                                                      .now_s = NOW,
                                                      .published_s = cases[i].published_s,
                                                      .emergency = cases[i].emergency});
        cr_expect_eq(e.code, cases[i].code, "%s: %s", cases[i].name, err_row(e.code)->code);
    }
}
