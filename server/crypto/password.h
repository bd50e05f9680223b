/* crypto/password.h: people's passwords: argon2id by libsodium, 19 MiB and two passes (OWASP's
 * smallest set), which takes tens of milliseconds: never on a loop's thread. */
#ifndef CRYPTO_PASSWORD_H
#define CRYPTO_PASSWORD_H

#include "base/err.h"
#include "base/text.h"

enum {
    PASSWORD_HASH_BYTES = 128, /* of the text "$argon2id$…", with NUL */
    PASSWORD_CHARS_MIN = 10,
    PASSWORD_BYTES_MAX = 128
};

/* ERR_BUSY: no memory for it just now. */
MUST_USE struct err password_hash(struct text password, char hash[PASSWORD_HASH_BYTES]);
/* Is it this one? hash.at NULL, nobody's: takes as long and says no. */
MUST_USE bool password_is(struct text password, struct text hash);

/* May it be chosen? NIST SP 800-63B 5.1.1.2: length and what everybody tries first count, rules on
 * classes of characters do not. False for one with the login's name in it. */
MUST_USE bool password_may_be(struct text password, struct text login);

#endif
