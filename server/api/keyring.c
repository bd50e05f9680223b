#include "api/keyring.h"

#include <string.h>

#include "api/app.h"
#include "api/gate_roster.h"
#include "base/log.h"
#include "crypto/ecc.h"

_Static_assert((int)SIGNING_ANNOUNCED == (int)KEY_ANNOUNCED &&
                   (int)SIGNING_ACTIVE == (int)KEY_ACTIVE &&
                   (int)SIGNING_RETIRED == (int)KEY_RETIRED &&
                   (int)SIGNING_REMOVED == (int)KEY_REMOVED &&
                   (int)SIGNING_KEYS_MAX == (int)TRUST_KEYS_MAX &&
                   (int)SIGNING_KID_BYTES == (int)TOKEN_KID_BYTES &&
                   (int)SIGNING_POINT_BYTES == (int)ECC_POINT_BYTES,
               "the table speaks as the trust list does");

enum { DAY_S = 86400, LISTS_AHEAD_DAYS = 3 };

/* Lists count until the end of tomorrow, rosters of a week until its last day is over; a head of the
 * log is judged at its own time and needs no key that is still in force. */
static const int64_t lives_s[TOKEN_KIND_MAX + 1] = {
    [TOKEN_LIVE] = TOKEN_LIVE_S,
    [TOKEN_CRED] = TOKEN_CRED_S,
    [TOKEN_BADGE] = TOKEN_BADGE_S,
    [TOKEN_ROSTER] = (ROSTER_DAYS_AHEAD + 2) * DAY_S,
    [TOKEN_LIST] = LISTS_AHEAD_DAYS * DAY_S,
};

int64_t keyring_life_s(uint32_t kinds)
{
    int64_t longest_s = 0;

    for (unsigned kind = TOKEN_LIVE; kind <= TOKEN_KIND_MAX; kind++) {
        if ((kinds & 1u << kind) != 0 && lives_s[kind] > longest_s)
            longest_s = lives_s[kind];
    }
    return longest_s;
}

void keyring_clear(struct keyring *keyring)
{
    trust_list_clear(&keyring->trust);
    *keyring = (struct keyring){0};
}

/* A point that is off its curve was never let in; if it stands there all the same, it verifies nothing. */
static void trust_key(struct trust_list *trust, const struct signing_key *key)
{
    struct trusted_key trusted = {.alg = (enum token_alg)key->alg,
                                  .kinds = key->kinds,
                                  .nbf = key->nbf_s,
                                  .exp = key->exp_s,
                                  .state = (enum key_state)key->state};
    const struct ecc_alg *alg = ecc_alg_find(key->alg);
    struct err e = err_make(ERR_CRYPTO);

    memcpy(trusted.kid, key->kid, sizeof trusted.kid);
    if (alg != NULL)
        trusted.public_key = ecc_public_key(alg, key->point);
    if (trusted.public_key != NULL)
        e = trust_list_add(trust, &trusted);
    if (err_is(e))
        log_event(LOG_ERROR, 0, "signing_key_unreadable", log_number("number", key->number));
    EVP_PKEY_free(trusted.public_key); /* the list has a reference of its own */
}

static int64_t end_of(struct text signed_list)
{
    struct trust_list list;
    int64_t end_s;

    if (signed_list.at == NULL || trust_list_read(signed_list, NULL, 0, 0, &list) != TOKEN_OK)
        return 0;
    end_s = list.exp;
    trust_list_clear(&list);
    return end_s;
}

static void take(struct keyring *keyring, const struct signing_keys *keys,
                 const struct signers *signers)
{
    keyring_clear(keyring);
    keyring->generation = keys->generation;
    keyring->trust.sequence = keys->sequence;
    keyring->signed_until_s = end_of(keys->trust);
    for (unsigned i = 0; i < keys->count; i++) {
        trust_key(&keyring->trust, &keys->keys[i]);
        if (signers_find(signers, keys->keys[i].kid) != NULL)
            keyring->mine.keys[keyring->mine.count++] = keys->keys[i];
    }
}

void keyring_refresh(struct keyring *keyring, struct registry_reader *reader,
                     const struct signers *signers)
{
    const struct signing_keys *keys;

    registry_enter(reader);
    keys = registry_keys(reader);
    if (keys != NULL && keys->generation != keyring->generation)
        take(keyring, keys, signers);
    registry_leave(reader);
}

uint32_t keyring_unsigned_kinds(const struct keyring *keyring, int64_t now_s)
{
    uint32_t kinds = 0;

    for (unsigned kind = TOKEN_LIVE; kind <= TOKEN_KIND_MAX; kind++) {
        if ((KEYRING_KINDS & 1u << kind) != 0 &&
            signing_key_for(&keyring->mine, kind, now_s, lives_s[kind]) == NULL)
            kinds |= 1u << kind;
    }
    return kinds;
}

struct err keyring_signer(struct exchange *x, enum token_kind kind, struct signer **signer)
{
    const struct app *app = app_of(x);
    const struct signing_key *key = signing_key_for(
        &app->keyring.mine, kind, x->now / US_PER_SECOND, lives_s[kind]);

    *signer = key != NULL ? signers_find(&app->shared->signers, key->kid) : NULL;
    return *signer != NULL ? OK : err_make(ERR_NO_SIGNER);
}
