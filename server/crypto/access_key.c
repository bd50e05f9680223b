/* crypto/access_key.c: keys that people and programs show: a worker's own, and API keys. */
#include "crypto/hash.h"
#include "crypto/seal.h"
#include "crypto/vault.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <string.h>

enum { API_KEY_SECRET_BYTES = 20, WORKER_MAC_BYTES = 16 };

struct text worker_key_format(const struct vault *vault, int64_t worker_id, int32_t access_version,
                              char buffer[WORKER_KEY_BYTES])
{
    struct build out = build_over(buffer, WORKER_KEY_BYTES);
    char hex[2 * WORKER_MAC_BYTES + 1];
    unsigned char mac[SEAL_HMAC_BYTES];
    struct text signed_part;

    build_format(&out, "jw_%" PRId64 "_%" PRId32, worker_id, access_version);
    signed_part = build_done(&out);
    hmac_parts(vault->access, &signed_part, 1, mac);
    hex_format(mac, WORKER_MAC_BYTES, hex);
    build_format(&out, "_%s", hex);
    CHECK(!out.full);
    return build_done(&out);
}

/* The key is written anew from what it claims and compared whole: one number, one text. */
bool worker_key_parse(const struct vault *vault, struct text key, int64_t *worker_id,
                      int32_t *access_version)
{
    char buffer[WORKER_KEY_BYTES];
    struct text rest, id, version, expected;
    int64_t version_number;

    if (!text_starts(key, TEXT("jw_")))
        return false;
    id = text_cut((struct text){key.at + 3, key.bytes - 3}, '_', &rest);
    version = text_cut(rest, '_', &rest);
    if (!text_to_int(id, 1, INT64_MAX, worker_id) ||
        !text_to_int(version, 0, INT32_MAX, &version_number))
        return false;
    *access_version = (int32_t)version_number;
    expected = worker_key_format(vault, *worker_id, *access_version, buffer);
    return key.bytes == expected.bytes && bytes_equal(key.at, expected.at, key.bytes);
}

void vault_mark(const struct vault *vault, struct text purpose, struct text of, char hex[65])
{
    const struct text parts[] = {purpose, TEXT(":"), of};
    unsigned char mac[SEAL_HMAC_BYTES];

    hmac_parts(vault->access, parts, 3, mac);
    hex_format(mac, sizeof mac, hex);
}

static void session_token_end(const struct vault *vault, const char *start, char end[33])
{
    char mark[65];

    vault_mark(vault, TEXT("session"), (struct text){start, 32}, mark);
    memcpy(end, mark, 32);
    end[32] = '\0';
}

struct err session_token_new(const struct vault *vault, char token[SESSION_TOKEN_BYTES])
{
    unsigned char random[16];
    struct err e = random_bytes(random, sizeof random);

    if (err_is(e))
        return e;
    hex_format(random, sizeof random, token);
    session_token_end(vault, token, token + 32);
    return OK;
}

bool session_token_is_ours(const struct vault *vault, struct text token)
{
    char end[33];

    if (token.bytes != SESSION_TOKEN_BYTES - 1)
        return false;
    session_token_end(vault, token.at, end);
    return bytes_equal(token.at + 32, end, 32);
}

struct err api_key_new(char key[API_KEY_BYTES], unsigned char hash[32])
{
    unsigned char random[API_KEY_PREFIX / 2 + API_KEY_SECRET_BYTES];
    char prefix[API_KEY_PREFIX + 1], secret[2 * API_KEY_SECRET_BYTES + 1];
    struct build out = build_over(key, API_KEY_BYTES);
    struct err e = random_bytes(random, sizeof random);

    if (err_is(e))
        return e;
    hex_format(random, API_KEY_PREFIX / 2, prefix);
    hex_format(random + API_KEY_PREFIX / 2, API_KEY_SECRET_BYTES, secret);
    build_format(&out, "jk_%s_%s", prefix, secret);
    CHECK(!out.full);
    sha256(build_done(&out), hash);
    OPENSSL_cleanse(random, sizeof random);
    OPENSSL_cleanse(secret, sizeof secret);
    return OK;
}

static bool is_lower_hex(struct text digits)
{
    for (size_t i = 0; i < digits.bytes; i++) {
        char c = digits.at[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return true;
}

bool api_key_split(struct text key, struct text *prefix, unsigned char hash[32])
{
    if (key.bytes != API_KEY_BYTES - 1 || !text_starts(key, TEXT("jk_")) ||
        key.at[3 + API_KEY_PREFIX] != '_')
        return false;
    *prefix = (struct text){key.at + 3, API_KEY_PREFIX};
    if (!is_lower_hex(*prefix) || !is_lower_hex((struct text){key.at + 4 + API_KEY_PREFIX,
                                                              2 * API_KEY_SECRET_BYTES}))
        return false;
    sha256(key, hash);
    return true;
}
