/* crypto/token_issue.c: puts a code together and has it signed. */
#include "crypto/token.h"

#include "crypto/cbor.h"
#include "crypto/profile.h"
#include "crypto/seal.h"

enum { PAYLOAD_BYTES_MAX = 256 };

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
    e = envelope_seal(signer, TOKEN_LIVE, build_done(&payload), &token);
    if (err_is(e))
        return e;
    if (digest != NULL)
        sha256(build_done(&token), digest);
    envelope_format_text(build_done(&token), out);
    return out->full ? err_make(ERR_TOO_LARGE) : OK;
}
