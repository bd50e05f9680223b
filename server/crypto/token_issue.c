/* crypto/token_issue.c: puts a code together and has it signed. */
#include "crypto/token.h"

#include "base/base32.h"
#include "crypto/cbor.h"
#include "crypto/cose.h"
#include "crypto/profile.h"
#include "crypto/seal.h"

enum { HEADER_BYTES_MAX = 40, PAYLOAD_BYTES_MAX = 256 };

static void put_header(struct build *out, const struct trusted_key *key, enum token_kind kind)
{
    cbor_put_head(out, CBOR_MAP, 3);
    cbor_put_int(out, COSE_HEADER_ALG);
    cbor_put_int(out, key->alg);
    cbor_put_int(out, COSE_HEADER_KID);
    cbor_put_bytes(out, (struct text){(const char *)key->kid, TOKEN_KID_BYTES});
    cbor_put_int(out, PROFILE_PRIVATE_LABEL);
    cbor_put_int(out, kind);
}

static void put_live(struct build *out, const struct live_claims *claims)
{
    cbor_put_head(out, CBOR_MAP, 3);
    cbor_put_int(out, CLAIM_EXP);
    cbor_put_int(out, claims->exp);
    cbor_put_int(out, CLAIM_IAT);
    cbor_put_int(out, claims->iat);
    cbor_put_int(out, PROFILE_PRIVATE_LABEL);
    cbor_put_head(out, CBOR_ARRAY, 3);
    cbor_put_int(out, (int64_t)claims->index);
    cbor_put_int(out, claims->colour);
    cbor_put_int(out, claims->policy);
}

/* Header and payload to the token's bytes. */
static struct err issue(struct signer *signer, enum token_kind kind, struct text payload,
                        struct build *token)
{
    char header_bytes[HEADER_BYTES_MAX], message_bytes[TOKEN_BYTES_MAX];
    unsigned char signature[TOKEN_SIGNATURE_BYTES];
    struct build header = build_over(header_bytes, sizeof header_bytes);
    struct build message = build_over(message_bytes, sizeof message_bytes);
    struct cose_sign1 sign1 = {.unprotected = TEXT("\xA0"), .payload = payload};
    struct err e;

    put_header(&header, signer_key(signer), kind);
    sign1.protected_bytes = build_done(&header);
    cose_to_sign(&sign1, &message);
    CHECK(!header.full && !message.full);
    e = signer_sign(signer, build_done(&message), signature);
    if (err_is(e))
        return e;
    sign1.signature = (struct text){(const char *)signature, sizeof signature};
    cose_write(&sign1, token);
    return OK;
}

struct err token_issue_live(struct signer *signer, const struct live_claims *claims,
                            struct build *out, unsigned char digest[32])
{
    char payload_bytes[PAYLOAD_BYTES_MAX], token_bytes[TOKEN_BYTES_MAX + 1];
    struct build payload = build_over(payload_bytes, sizeof payload_bytes);
    struct build token = build_over(token_bytes, sizeof token_bytes);
    struct err e;

    CHECK(claims->colour <= PROFILE_COLOUR_MAX && claims->index <= PROFILE_INDEX_MAX);
    CHECK(claims->iat >= 0 && claims->exp > claims->iat && claims->exp <= PROFILE_TIME_MAX_S);
    CHECK(claims->exp - claims->iat <= TOKEN_LIVE_S);
    put_live(&payload, claims);
    CHECK(!payload.full);
    e = issue(signer, TOKEN_LIVE, build_done(&payload), &token);
    if (err_is(e))
        return e;
    CHECK(!token.full);
    if (digest != NULL)
        sha256(build_done(&token), digest);
    build_string(out, TOKEN_PREFIX);
    base32_format(out, build_done(&token));
    return out->full ? err_make(ERR_TOO_LARGE) : OK;
}
