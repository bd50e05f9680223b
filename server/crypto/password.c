#include "crypto/password.h"

#include <sodium.h>
#include <string.h>

enum { PASSES = 2, MEMORY_BYTES = 19 * 1024 * 1024, DIFFERENT_MIN = 5 };

_Static_assert((int)PASSWORD_HASH_BYTES == (int)crypto_pwhash_STRBYTES, "libsodium's own form fits");

/* Nobody's: the same work as for somebody's. */
static const char nobodys[] =
    "$argon2id$v=19$m=19456,t=2,p=1$ranT7iG0ljcWVFAdssSR5A$DLqZMiVKC0QW1LVeEfXVq9YNmY1gfkGsew8LnqFKd5M";

struct err password_hash(struct text password, char hash[PASSWORD_HASH_BYTES])
{
    CHECK(password.at != NULL && password.bytes <= PASSWORD_BYTES_MAX);
    if (sodium_init() < 0)
        return err_detail(ERR_CRYPTO, "libsodium");
    if (crypto_pwhash_str(hash, password.at, password.bytes, PASSES, MEMORY_BYTES) != 0)
        return err_detail(ERR_BUSY, "no memory to hash a password");
    return OK;
}

bool password_is(struct text password, struct text hash)
{
    char stored[PASSWORD_HASH_BYTES] = {0};
    bool somebodys = hash.at != NULL && hash.bytes < sizeof stored;

    if (sodium_init() < 0)
        return false;
    if (somebodys)
        memcpy(stored, hash.at, hash.bytes);
    else
        memcpy(stored, nobodys, sizeof nobodys);
    return crypto_pwhash_str_verify(stored, password.at, password.bytes) == 0 && somebodys;
}

/* -- what may be chosen ---------------------------------------------------------------------- */

static bool has_inside(struct text whole, struct text part)
{
    for (size_t i = 0; part.bytes > 0 && i + part.bytes <= whole.bytes; i++) {
        if (text_equal_ignoring_case((struct text){whole.at + i, part.bytes}, part))
            return true;
    }
    return false;
}

static bool is_varied(struct text password)
{
    bool seen[256] = {false};
    int different = 0;

    for (size_t i = 0; i < password.bytes; i++) {
        different += !seen[(unsigned char)password.at[i]];
        seen[(unsigned char)password.at[i]] = true;
    }
    return different >= DIFFERENT_MIN;
}

/* What is left of those that everybody tries first once ten characters are asked for; each counts
 * with whatever stands around it up to a third of its length. */
static const char *const first_tried[] = {
    "1234567890", "0123456789", "0987654321",  "qwertyuiop", "1qaz2wsx3edc", "password12",
    "passw0rd12", "abcd123456", "abc1234567",  "a123456789", "aa12345678",   "woaini1314",
    "woaini5201", "iloveyou12", "admin12345",  "admin@1234", "administrator", "adminadmin",
    "qwer123456", "q123456789", "zaq12wsxcde", "letmein123", "welcome123",   "changeme12",
    "jiananma12", "jianan1234", "1q2w3e4r5t",  "asdfghjkl1", "zxcvbnm123",   "5201314520",
};

static bool is_tried_first(struct text password)
{
    for (size_t i = 0; i < sizeof first_tried / sizeof first_tried[0]; i++) {
        struct text one = text_of(first_tried[i]);

        if (password.bytes <= one.bytes + one.bytes / 3 && has_inside(password, one))
            return true;
    }
    return false;
}

bool password_may_be(struct text password, struct text login)
{
    size_t characters;

    return password.bytes <= PASSWORD_BYTES_MAX && text_is_utf8(password, &characters) &&
           characters >= PASSWORD_CHARS_MIN && is_varied(password) && !is_tried_first(password) &&
           !has_inside(password, login);
}
