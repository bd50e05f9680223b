#include "crypto/totp.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/base32.h"
#include "crypto/hash.h"
#include "crypto/vault.h"

struct err totp_secret_new(const struct vault *vault, int64_t account_id,
                           struct totp_secret *secret, unsigned char sealed[SEAL_WRAPPED_BYTES])
{
    unsigned char padded[SEAL_KEY_BYTES] = {0}; /* the vault wraps 32 bytes */
    struct err e = random_bytes(secret->bytes, sizeof secret->bytes);

    if (err_is(e))
        return e;
    memcpy(padded, secret->bytes, sizeof secret->bytes);
    if (!vault_wrap(vault, WRAP_TOTP_SECRET, account_id, padded, sealed))
        e = err_detail(ERR_CRYPTO, "an authenticator's secret cannot be sealed");
    OPENSSL_cleanse(padded, sizeof padded);
    return e;
}

struct err totp_secret_open(const struct vault *vault, int64_t account_id, struct text sealed,
                            struct totp_secret *secret)
{
    unsigned char padded[SEAL_KEY_BYTES];

    if (!vault_unwrap(vault, WRAP_TOTP_SECRET, account_id, sealed, padded))
        return err_detail(ERR_CRYPTO, "the secret is not this account's, or was changed");
    memcpy(secret->bytes, padded, sizeof secret->bytes);
    OPENSSL_cleanse(padded, sizeof padded);
    return OK;
}

void totp_secret_forget(struct totp_secret *secret)
{
    OPENSSL_cleanse(secret, sizeof *secret);
}

void totp_secret_format(const struct totp_secret *secret, char text[TOTP_SECRET_CHARS + 1])
{
    struct build out = build_over(text, TOTP_SECRET_CHARS + 1);

    base32_format(&out, (struct text){(const char *)secret->bytes, sizeof secret->bytes});
    CHECK(!out.full);
}

/* RFC 4226 5.3: dynamic truncation of HMAC-SHA-1 over the step. */
void totp_code(const struct totp_secret *secret, int64_t step, char code[TOTP_DIGITS + 1])
{
    struct build out = build_over(code, TOTP_DIGITS + 1);
    unsigned char counter[8], mac[EVP_MAX_MD_SIZE];
    unsigned mac_bytes = 0, at;
    uint32_t number;

    put_be64(counter, (uint64_t)step);
    CHECK(HMAC(EVP_sha1(), secret->bytes, sizeof secret->bytes, counter, sizeof counter, mac,
               &mac_bytes) != NULL &&
          mac_bytes == 20);
    at = mac[19] & 0xfu;
    number = ((uint32_t)(mac[at] & 0x7f) << 24) | ((uint32_t)mac[at + 1] << 16) |
             ((uint32_t)mac[at + 2] << 8) | mac[at + 3];
    build_format(&out, "%06u", number % 1000000u);
    CHECK(!out.full);
}

int64_t totp_find(const struct totp_secret *secret, struct text code, int64_t now_s, int64_t after)
{
    int64_t now = now_s / TOTP_STEP_S, found = 0;
    char expected[TOTP_DIGITS + 1];

    if (code.bytes != TOTP_DIGITS)
        return 0;
    for (int64_t step = now - TOTP_STEPS_ASIDE; step <= now + TOTP_STEPS_ASIDE; step++) {
        totp_code(secret, step, expected);
        if (step > after && bytes_equal(expected, code.at, TOTP_DIGITS))
            found = step;
    }
    return found;
}
