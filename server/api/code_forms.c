#include "api/code_forms.h"

#include <string.h>

#include "api/metrics.h"
#include "crypto/public_key.h"

/* Twelve hours may run into tomorrow, whose colour is in the cred: none is valid past its own day. A
 * cred that cannot tell tomorrow's ends with today. */
struct err code_forms_bind(struct exchange *x, const json_t *device_key,
                           const struct live_claims *live, unsigned colour_tomorrow,
                           struct code_forms *forms)
{
    struct shared *shared = app_of(x)->shared;
    struct cred_claims cred = {.day = x->today, .colour_tomorrow = colour_tomorrow};
    int64_t day_end_s = clock_day_start((uint16_t)(x->today + 1)) / US_PER_SECOND;
    struct live_claims claims = *live;
    char *at = arena_alloc(&x->arena, TOKEN_TEXT_MAX + 1);
    const struct ecc_alg *alg;
    struct signer *signer;
    EVP_PKEY *key;
    struct build b;
    struct err e = keyring_signer(x, TOKEN_CRED, &signer);

    if (err_is(e) || at == NULL)
        return err_is(e) ? e : err_make(ERR_TOO_LARGE);
    if (!public_key_from_jwk(device_key, &alg, cred.holder) || alg->id != TOKEN_ES256)
        return err_field(ERR_FIELD_TYPE, "/device_key", "JWK: kty EC, crv P-256, x, y");
    key = ecc_public_key(alg, cred.holder);
    if (key == NULL)
        return err_field(ERR_FIELD_RANGE, "/device_key", "a point on P-256");
    EVP_PKEY_free(key);
    claims.exp = claims.iat + TOKEN_CRED_S;
    if (colour_tomorrow > COLOUR_RED) {
        cred.colour_tomorrow = claims.colour;
        claims.exp = live->exp > day_end_s ? live->exp
                     : claims.exp < day_end_s ? claims.exp
                                              : day_end_s;
    }
    b = build_over(at, TOKEN_TEXT_MAX + 1);
    e = token_issue_cred(signer, &claims, &cred, &b, forms->cred_digest);
    if (err_is(e))
        return e;
    forms->cred = build_done(&b);
    forms->cred_until_s = claims.exp;
    atomic_fetch_add_explicit(&shared->metrics->tokens_issued, 1, memory_order_relaxed);
    return OK;
}

struct err code_forms_shorten(struct exchange *x, uint64_t index, struct code_forms *forms)
{
    return short_code_format(app_of(x)->shared->vault, index, x->now / US_PER_SECOND,
                             forms->digits, &forms->digits_until_s);
}

static void put_until(struct json_writer *w, const char *key, int64_t until_s)
{
    char text[CLOCK_RFC3339_BYTES];

    json_put_text(w, key, clock_format(until_s * US_PER_SECOND, text));
}

void code_forms_put(struct json_writer *w, const struct code_forms *forms)
{
    if (forms->cred.at != NULL) {
        json_put_text(w, "cred", forms->cred);
        put_until(w, "cred_expires_at", forms->cred_until_s);
    }
    if (forms->digits[0] != '\0') {
        json_put_string(w, "short", forms->digits);
        put_until(w, "short_expires_at", forms->digits_until_s);
    }
}
