/* crypto/webhook.h: how a message to an outside system is signed, and how its receiver checks it.
 *
 * The form is that of the Standard Webhooks specification, so that receivers find libraries for it:
 * headers webhook-id, webhook-timestamp (seconds) and webhook-signature, which is one or more of
 * "v1," base64(HMAC-SHA-256(secret, id "." timestamp "." body)) with blanks between. The secret's
 * text is "whsec_" and base64. It is shown once and rests sealed by the vault; the sender needs it
 * in the clear, so a hash would not do. */
#ifndef CRYPTO_WEBHOOK_H
#define CRYPTO_WEBHOOK_H

#include "crypto/seal.h"

enum {
    WEBHOOK_SECRET_BYTES = SEAL_KEY_BYTES,
    WEBHOOK_SECRET_TEXT = 6 + 44 + 1,    /* with NUL */
    WEBHOOK_SIGNATURE_TEXT = 3 + 44 + 1, /* of one; with NUL */
    WEBHOOK_ID_BYTES_MAX = 64,
    WEBHOOK_TOLERANCE_S = 5 * 60 /* an older or later timestamp is refused: a replay */
};

struct webhook_secret {
    unsigned char bytes[WEBHOOK_SECRET_BYTES];
};

MUST_USE struct err webhook_secret_new(const struct vault *vault, int64_t webhook_id,
                                       struct webhook_secret *secret,
                                       unsigned char sealed[SEAL_WRAPPED_BYTES]);
/* ERR_CRYPTO: it is not this webhook's, or was changed. */
MUST_USE struct err webhook_secret_open(const struct vault *vault, int64_t webhook_id,
                                        struct text sealed, struct webhook_secret *secret);
void webhook_secret_forget(struct webhook_secret *secret);

void webhook_secret_format(const struct webhook_secret *secret, char text[WEBHOOK_SECRET_TEXT]);
MUST_USE bool webhook_secret_parse(struct text text, struct webhook_secret *secret);

/* The message as its headers and its body have it; timestamp is decimal seconds. */
struct webhook_message {
    struct text id, timestamp, body;
};

void webhook_sign(const struct webhook_secret *secret, const struct webhook_message *message,
                  char signature[WEBHOOK_SIGNATURE_TEXT]);

enum webhook_verdict {
    WEBHOOK_GOOD,
    WEBHOOK_MALFORMED, /* a header is missing or not what it should be */
    WEBHOOK_LATE,      /* the timestamp is more than WEBHOOK_TOLERANCE_S from now */
    WEBHOOK_FORGED     /* none of the signatures is this secret's */
};
/* What a receiver does: one good signature among those given is enough. */
enum webhook_verdict webhook_verify(const struct webhook_secret *secret,
                                    const struct webhook_message *message, struct text signatures,
                                    int64_t now_s);

#endif
