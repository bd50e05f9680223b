/* crypto/token_issue.c: puts a code together and has it signed. */
#include "crypto/token.h"

#include "crypto/cbor.h"
#include "crypto/cose_key.h"
#include "crypto/profile.h"
#include "crypto/seal.h"

enum { PAYLOAD_BYTES_MAX = 256 };

static void check_claims(const struct live_claims *claims, int64_t life_max_s)
{
    CHECK(claims->colour <= PROFILE_COLOUR_MAX && claims->index <= PROFILE_INDEX_MAX);
    CHECK(claims->iat >= 0 && claims->exp > claims->iat && claims->exp <= PROFILE_TIME_MAX_S);
    CHECK(claims->exp - claims->iat <= life_max_s);
}

static void put_times(struct build *out, uint64_t members, const struct live_claims *claims)
{
    cbor_put_head(out, CBOR_MAP, members);
    cbor_put_int(out, CLAIM_EXP);
    cbor_put_int(out, claims->exp);
    cbor_put_int(out, CLAIM_IAT);
    cbor_put_int(out, claims->iat);
}

/* What stands behind the private label: its length, and the index, which is always first. */
static void put_private(struct build *out, uint64_t count, const struct live_claims *claims)
{
    cbor_put_int(out, PROFILE_PRIVATE_LABEL);
    cbor_put_head(out, CBOR_ARRAY, count);
    cbor_put_int(out, (int64_t)claims->index);
}

/* Signs, and writes the text. */
static struct err issue(struct signer *signer, enum token_kind kind, const struct build *payload,
                        struct build *out, unsigned char digest[32])
{
    char token_bytes[TOKEN_BYTES_MAX + 1];
    struct build token = build_over(token_bytes, sizeof token_bytes);
    struct err e;

    CHECK(!payload->full);
    e = envelope_seal(signer, kind, build_done(payload), &token);
    if (err_is(e))
        return e;
    if (digest != NULL)
        sha256(build_done(&token), digest);
    envelope_format_text(build_done(&token), out);
    return out->full ? err_make(ERR_TOO_LARGE) : OK;
}

struct err token_issue_live(struct signer *signer, const struct live_claims *claims,
                            struct build *out, unsigned char digest[32])
{
    char bytes[PAYLOAD_BYTES_MAX];
    struct build payload = build_over(bytes, sizeof bytes);

    check_claims(claims, TOKEN_LIVE_S);
    put_times(&payload, 3, claims);
    put_private(&payload, 3, claims);
    cbor_put_int(&payload, claims->colour);
    cbor_put_int(&payload, claims->policy);
    return issue(signer, TOKEN_LIVE, &payload, out, digest);
}

struct err token_issue_badge(struct signer *signer, const struct live_claims *claims,
                             struct build *out, unsigned char digest[32])
{
    char bytes[PAYLOAD_BYTES_MAX];
    struct build payload = build_over(bytes, sizeof bytes);

    check_claims(claims, TOKEN_BADGE_S);
    put_times(&payload, 3, claims);
    put_private(&payload, 1, claims);
    return issue(signer, TOKEN_BADGE, &payload, out, digest);
}

struct err token_issue_cred(struct signer *signer, const struct live_claims *claims,
                            const struct cred_claims *cred, struct build *out,
                            unsigned char digest[32])
{
    char bytes[PAYLOAD_BYTES_MAX];
    struct build payload = build_over(bytes, sizeof bytes);

    check_claims(claims, TOKEN_CRED_S);
    CHECK(cred->colour_tomorrow <= PROFILE_COLOUR_MAX);
    CHECK(cred->day >= 1 && cred->day <= PROFILE_DAY_MAX);
    put_times(&payload, 4, claims);
    cbor_put_int(&payload, CLAIM_CNF);
    cbor_put_head(&payload, CBOR_MAP, 1);
    cbor_put_int(&payload, 1); /* COSE_Key, RFC 8747 section 3.1 */
    cose_key_put(&payload, ecc_alg_find(TOKEN_ES256), cred->holder);
    put_private(&payload, 5, claims);
    cbor_put_int(&payload, claims->colour);
    cbor_put_int(&payload, cred->colour_tomorrow);
    cbor_put_int(&payload, cred->day);
    cbor_put_int(&payload, claims->policy);
    return issue(signer, TOKEN_CRED, &payload, out, digest);
}

struct err token_bind(struct signer *phone, struct text cred, int64_t shown_s, struct build *out)
{
    unsigned char cred_bytes[TOKEN_BYTES_MAX];
    char header_bytes[TOKEN_BYTES_MAX], payload_bytes[16], token_bytes[TOKEN_BYTES_MAX + 1];
    struct build header = build_over(header_bytes, sizeof header_bytes);
    struct build payload = build_over(payload_bytes, sizeof payload_bytes);
    struct build token = build_over(token_bytes, sizeof token_bytes);
    struct text content;
    struct err e;

    CHECK(shown_s >= 0 && shown_s <= PROFILE_TIME_MAX_S);
    if (envelope_parse_text(cred, cred_bytes, sizeof cred_bytes, &content) != TOKEN_OK)
        return err_field(ERR_FIELD_RANGE, "cred", TOKEN_PREFIX "…");
    cbor_put_head(&header, CBOR_MAP, 3);
    cbor_put_int(&header, COSE_HEADER_ALG);
    cbor_put_int(&header, TOKEN_ES256);
    cbor_put_int(&header, PROFILE_PRIVATE_LABEL);
    cbor_put_int(&header, TOKEN_KBT);
    cbor_put_int(&header, PROFILE_CRED_LABEL);
    cbor_put_bytes(&header, content);
    cbor_put_head(&payload, CBOR_MAP, 1);
    cbor_put_int(&payload, CLAIM_IAT);
    cbor_put_int(&payload, shown_s);
    if (header.full)
        return err_make(ERR_TOO_LARGE);
    e = envelope_seal_as(phone, build_done(&header), build_done(&payload), &token);
    if (err_is(e))
        return e;
    envelope_format_text(build_done(&token), out);
    return out->full ? err_make(ERR_TOO_LARGE) : OK;
}
