#include "crypto/webhook.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/vault.h"

enum { BASE64_BYTES = 44, MAC_BYTES = 32 }; /* 32 bytes as base64: 44 characters */

static const struct text secret_prefix = TEXT("whsec_"), signature_prefix = TEXT("v1,");

_Static_assert(WEBHOOK_SECRET_BYTES == 32 && MAC_BYTES == 32, "both are 44 characters of base64");

/* -- the secret ----------------------------------------------------------------------------- */

struct err webhook_secret_new(const struct vault *vault, int64_t webhook_id,
                              struct webhook_secret *secret,
                              unsigned char sealed[SEAL_WRAPPED_BYTES])
{
    struct err e = random_bytes(secret->bytes, sizeof secret->bytes);

    if (err_is(e))
        return e;
    if (vault_wrap(vault, WRAP_WEBHOOK_SECRET, webhook_id, secret->bytes, sealed))
        return OK;
    webhook_secret_forget(secret);
    return err_make(ERR_CRYPTO);
}

struct err webhook_secret_open(const struct vault *vault, int64_t webhook_id, struct text sealed,
                               struct webhook_secret *secret)
{
    if (!vault_unwrap(vault, WRAP_WEBHOOK_SECRET, webhook_id, sealed, secret->bytes))
        return err_detail(ERR_CRYPTO, "the secret is not this webhook's, or was changed");
    return OK;
}

void webhook_secret_forget(struct webhook_secret *secret)
{
    OPENSSL_cleanse(secret, sizeof *secret);
}

static void base64_put(const unsigned char bytes[32], char text[BASE64_BYTES + 1])
{
    CHECK(EVP_EncodeBlock((unsigned char *)text, bytes, 32) == BASE64_BYTES);
}

void webhook_secret_format(const struct webhook_secret *secret, char text[WEBHOOK_SECRET_TEXT])
{
    memcpy(text, secret_prefix.at, secret_prefix.bytes);
    base64_put(secret->bytes, text + secret_prefix.bytes);
}

/* The library's decoder forgives blanks and stray bits; what it read is written again to see. */
bool webhook_secret_parse(struct text text, struct webhook_secret *secret)
{
    unsigned char decoded[BASE64_BYTES];
    char again[BASE64_BYTES + 1];
    bool same;

    if (text.bytes != WEBHOOK_SECRET_TEXT - 1 || !text_starts(text, secret_prefix))
        return false;
    if (EVP_DecodeBlock(decoded, (const unsigned char *)text.at + secret_prefix.bytes,
                        BASE64_BYTES) < WEBHOOK_SECRET_BYTES)
        return false;
    memcpy(secret->bytes, decoded, sizeof secret->bytes);
    base64_put(secret->bytes, again);
    same = memcmp(again, text.at + secret_prefix.bytes, BASE64_BYTES) == 0;
    OPENSSL_cleanse(decoded, sizeof decoded);
    OPENSSL_cleanse(again, sizeof again);
    return same;
}

/* -- signing and checking ------------------------------------------------------------------- */

void webhook_sign(const struct webhook_secret *secret, const struct webhook_message *message,
                  char signature[WEBHOOK_SIGNATURE_TEXT])
{
    const struct text parts[] = {message->id, TEXT("."), message->timestamp, TEXT("."),
                                 message->body};
    EVP_MAC_CTX *keyed = hmac_keyed(secret->bytes);
    unsigned char mac[MAC_BYTES];

    hmac_parts(keyed, parts, sizeof parts / sizeof parts[0], mac);
    EVP_MAC_CTX_free(keyed);
    memcpy(signature, signature_prefix.at, signature_prefix.bytes);
    base64_put(mac, signature + signature_prefix.bytes);
}

/* An id with a dot in it could move bytes between the parts that are signed. */
static bool is_sound(const struct webhook_message *message)
{
    return message->id.bytes > 0 && message->id.bytes <= WEBHOOK_ID_BYTES_MAX &&
           memchr(message->id.at, '.', message->id.bytes) == NULL;
}

enum webhook_verdict webhook_verify(const struct webhook_secret *secret,
                                    const struct webhook_message *message, struct text signatures,
                                    int64_t now_s)
{
    char right[WEBHOOK_SIGNATURE_TEXT];
    bool good = false;
    int64_t said;

    if (!is_sound(message) || signatures.bytes == 0 ||
        !text_to_int(message->timestamp, 0, INT64_MAX / 2, &said))
        return WEBHOOK_MALFORMED;
    if (said < now_s - WEBHOOK_TOLERANCE_S || said > now_s + WEBHOOK_TOLERANCE_S)
        return WEBHOOK_LATE;
    webhook_sign(secret, message, right);
    while (signatures.at != NULL) {
        struct text one = text_cut(signatures, ' ', &signatures);

        good = (one.bytes == sizeof right - 1 && bytes_equal(one.at, right, one.bytes)) || good;
    }
    return good ? WEBHOOK_GOOD : WEBHOOK_FORGED;
}
