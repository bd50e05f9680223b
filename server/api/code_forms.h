/* api/code_forms.h: the other forms of a worker's code, beside the live one: bound to his phone's key,
 * for where there is no network, and as twenty digits, for readers that read nothing else. */
#ifndef API_CODE_FORMS_H
#define API_CODE_FORMS_H

#include <jansson.h>

#include "api/app.h"
#include "base/json.h"
#include "crypto/short_code.h"
#include "net/exchange.h"

struct code_forms {
    struct text cred; /* .at NULL: not asked for */
    int64_t cred_until_s;
    unsigned char cred_digest[32]; /* SHA-256 of the cred's bytes */
    char digits[SHORT_CODE_DIGITS + 1]; /* "": not asked for */
    int64_t digits_until_s;
};

/* A cred for the phone's key (a JWK, P-256), with the colour of today in `live` and that of tomorrow.
 * ERR_FIELD_TYPE naming what is wrong with the key, ERR_CRYPTO, ERR_TOO_LARGE. */
MUST_USE struct err code_forms_bind(struct exchange *x, const json_t *device_key,
                                    const struct live_claims *live, unsigned colour_tomorrow,
                                    struct code_forms *forms);
MUST_USE struct err code_forms_shorten(struct exchange *x, uint64_t index,
                                       struct code_forms *forms);
/* What was asked for, as members of the object that is open. */
void code_forms_put(struct json_writer *w, const struct code_forms *forms);

#endif
