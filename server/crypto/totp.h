/* crypto/totp.h: the six digits of an authenticator app (RFC 6238 with SHA-1, 30 s, as every app
 * does it). The secret rests sealed by the vault: the server needs it in the clear. */
#ifndef CRYPTO_TOTP_H
#define CRYPTO_TOTP_H

#include "crypto/seal.h"

enum {
    TOTP_SECRET_BYTES = 20, /* RFC 4226 4, R6: 160 bits */
    TOTP_SECRET_CHARS = 32, /* base32 */
    TOTP_DIGITS = 6,
    TOTP_STEP_S = 30,
    TOTP_STEPS_ASIDE = 1 /* a code of the step before or after counts, too (RFC 6238 5.2) */
};

struct totp_secret {
    unsigned char bytes[TOTP_SECRET_BYTES];
};

MUST_USE struct err totp_secret_new(const struct vault *vault, int64_t account_id,
                                    struct totp_secret *secret,
                                    unsigned char sealed[SEAL_WRAPPED_BYTES]);
/* ERR_CRYPTO: it is not this account's, or was changed. */
MUST_USE struct err totp_secret_open(const struct vault *vault, int64_t account_id,
                                     struct text sealed, struct totp_secret *secret);
void totp_secret_forget(struct totp_secret *secret);
/* As people type it into an app. */
void totp_secret_format(const struct totp_secret *secret, char text[TOTP_SECRET_CHARS + 1]);

void totp_code(const struct totp_secret *secret, int64_t step, char code[TOTP_DIGITS + 1]);
/* The step whose code this is, later than `after`; 0: none of those around now_s. */
MUST_USE int64_t totp_find(const struct totp_secret *secret, struct text code, int64_t now_s,
                           int64_t after);

#endif
