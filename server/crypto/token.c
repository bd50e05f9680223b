#include "crypto/token.h"

#include "base/base32.h"
#include "crypto/cbor.h"
#include "crypto/cose.h"
#include "crypto/ecc.h"
#include "crypto/profile.h"
#include "crypto/seal.h"

/* What is behind the private label of a live code: [index, colour, policy]. */
static bool read_live(struct cbor_reader *r, struct live_claims *live)
{
    uint64_t colour, policy;

    if (!cbor_array(r, 3) || !cbor_uint(r, PROFILE_INDEX_MAX, &live->index) ||
        !cbor_uint(r, PROFILE_COLOUR_MAX, &colour) || !cbor_uint(r, UINT32_MAX, &policy))
        return false;
    live->colour = (unsigned)colour;
    live->policy = (uint32_t)policy;
    return true;
}

static bool read_badge(struct cbor_reader *r, struct live_claims *badge)
{
    return cbor_array(r, 1) && cbor_uint(r, PROFILE_INDEX_MAX, &badge->index);
}

/* The kinds that people show, and how long each may live. A row more makes another kind a code. */
static const struct shown_kind {
    bool (*read)(struct cbor_reader *r, struct live_claims *claims);
    int64_t life_max_s;
} shown_kinds[] = {
    [TOKEN_LIVE] = {read_live, TOKEN_LIVE_S},
    [TOKEN_BADGE] = {read_badge, TOKEN_BADGE_S},
};

static const struct shown_kind *shown_kind(enum token_kind kind)
{
    unsigned count = sizeof shown_kinds / sizeof shown_kinds[0];

    return kind < count && shown_kinds[kind].read != NULL ? &shown_kinds[kind] : NULL;
}

static bool read_claims(const struct shown_kind *kind, struct text payload,
                        struct live_claims *claims)
{
    struct cbor_reader r = cbor_over(payload);
    uint64_t exp, iat;

    if (!cbor_map(&r, 3) || !cbor_key(&r, CLAIM_EXP) || !cbor_uint(&r, PROFILE_TIME_MAX_S, &exp) ||
        !cbor_key(&r, CLAIM_IAT) || !cbor_uint(&r, PROFILE_TIME_MAX_S, &iat) ||
        !cbor_key(&r, PROFILE_PRIVATE_LABEL) || !kind->read(&r, claims) || !cbor_end(&r))
        return false;
    claims->exp = (int64_t)exp;
    claims->iat = (int64_t)iat;
    return claims->exp > claims->iat && claims->exp - claims->iat <= kind->life_max_s;
}

static bool read_header(struct text protected_bytes, struct token *token)
{
    struct cbor_reader r = cbor_over(protected_bytes);
    struct text kid;
    uint64_t kind;
    int64_t alg;

    if (!cbor_map(&r, 3) || !cbor_key(&r, COSE_HEADER_ALG) || !cbor_int(&r, &alg) ||
        alg < INT32_MIN || alg > INT32_MAX || !cbor_key(&r, COSE_HEADER_KID) ||
        !cbor_bytes(&r, &kid) || kid.bytes != TOKEN_KID_BYTES ||
        !cbor_key(&r, PROFILE_PRIVATE_LABEL) || !cbor_uint(&r, TOKEN_ROSTER, &kind) || kind == 0 ||
        !cbor_end(&r))
        return false;
    token->alg = (enum token_alg)alg;
    token->kind = (enum token_kind)kind;
    for (size_t i = 0; i < TOKEN_KID_BYTES; i++)
        token->kid[i] = (unsigned char)kid.at[i];
    return true;
}

static bool read_structure(struct text bytes, struct token *token)
{
    const struct shown_kind *kind;
    struct cose_sign1 sign1;

    if (!cose_read(bytes, &sign1) || !text_equal(sign1.unprotected, TEXT("\xA0")) ||
        sign1.signature.bytes != TOKEN_SIGNATURE_BYTES ||
        !read_header(sign1.protected_bytes, token))
        return false;
    token->protected_bytes = sign1.protected_bytes;
    token->payload = sign1.payload;
    token->signature = sign1.signature;
    kind = shown_kind(token->kind);
    /* Another kind is read no further than this: step 3 will not let it pass as a code. */
    return kind != NULL ? read_claims(kind, token->payload, &token->live)
                        : cbor_is_profile(token->payload);
}

enum token_why token_read(struct text code, unsigned char *bytes, struct token *token)
{
    struct text prefix = TEXT(TOKEN_PREFIX), body = code;
    size_t count;

    *token = (struct token){0};
    if (code.bytes > TOKEN_TEXT_MAX)
        return TOKEN_FORMAT;
    if (!text_starts(code, prefix)) {
        body.bytes = code.bytes < prefix.bytes ? code.bytes : prefix.bytes;
        return text_equal_ignoring_case(body, prefix) ? TOKEN_FORMAT : TOKEN_NOT_OURS;
    }
    body = (struct text){code.at + prefix.bytes, code.bytes - prefix.bytes};
    if (!base32_parse(body, bytes, TOKEN_BYTES_MAX, &count) ||
        !read_structure((struct text){(const char *)bytes, count}, token))
        return TOKEN_FORMAT;
    sha256((struct text){(const char *)bytes, count}, token->digest);
    return TOKEN_OK;
}

/* Step 3 without the clock. */
static enum token_why pinned_key(const struct token *token, const struct trust_list *trust,
                                 const struct trusted_key **key)
{
    *key = trust_list_find(trust, token->kid);
    if (*key == NULL)
        return TOKEN_UNKNOWN_KEY;
    if ((*key)->alg != token->alg || (*key)->state == KEY_REMOVED ||
        ((*key)->kinds & 1u << token->kind) == 0 || shown_kind(token->kind) == NULL)
        return TOKEN_KEY;
    return TOKEN_OK;
}

enum token_why token_key_allows(const struct token *token, const struct trust_list *trust,
                                int64_t now_s)
{
    const struct trusted_key *key;
    enum token_why why = pinned_key(token, trust, &key);

    if (why == TOKEN_OK && (now_s < key->nbf || now_s >= key->exp))
        return TOKEN_KEY;
    return why;
}

enum token_why token_verify(const struct token *token, const struct trust_list *trust)
{
    char bytes[TOKEN_BYTES_MAX + COSE_TO_SIGN_OVERHEAD + 1];
    struct build message = build_over(bytes, sizeof bytes);
    const struct trusted_key *key;
    enum token_why why = pinned_key(token, trust, &key);
    struct cose_sign1 received = {.protected_bytes = token->protected_bytes,
                                  .payload = token->payload};

    if (why != TOKEN_OK)
        return why;
    cose_to_sign(&received, &message);
    CHECK(!message.full);
    CHECK(ecc_alg_find(key->alg) != NULL); /* a trust list holds no other */
    return ecc_verify(ecc_alg_find(key->alg), key->public_key, build_done(&message),
                      (const unsigned char *)token->signature.at)
               ? TOKEN_OK
               : TOKEN_SIGNATURE;
}

enum token_why token_in_time(const struct token *token, int64_t now_s, int64_t skew_s)
{
    CHECK(skew_s >= 0 && skew_s <= TOKEN_SKEW_MAX_S);
    if (now_s < token->live.iat - skew_s)
        return TOKEN_NOT_YET;
    return now_s < token->live.exp + skew_s ? TOKEN_OK : TOKEN_EXPIRED;
}

enum token_why token_judge(const struct token *token, const struct trust_list *trust,
                           int64_t now_s, int64_t skew_s)
{
    enum token_why why = token_key_allows(token, trust, now_s);

    if (why == TOKEN_OK)
        why = token_verify(token, trust);
    return why == TOKEN_OK ? token_in_time(token, now_s, skew_s) : why;
}

const char *token_why_name(enum token_why why)
{
    static const char *const names[] = {
        [TOKEN_OK] = "ok",
        [TOKEN_FORMAT] = "format",
        [TOKEN_NOT_OURS] = "not_ours",
        [TOKEN_UNKNOWN_KEY] = "unknown_key",
        [TOKEN_KEY] = "key",
        [TOKEN_SIGNATURE] = "signature",
        [TOKEN_EXPIRED] = "expired",
        [TOKEN_NOT_YET] = "not_yet",
        [TOKEN_CLOCK] = "clock",
    };

    CHECK(why < sizeof names / sizeof names[0]);
    return names[why];
}

const char *token_kind_name(enum token_kind kind)
{
    static const char *const names[] = {
        [TOKEN_LIVE] = "live",       [TOKEN_CRED] = "cred",   [TOKEN_KBT] = "kbt",
        [TOKEN_BADGE] = "badge",     [TOKEN_RECEIPT] = "receipt", [TOKEN_TRUST] = "trust",
        [TOKEN_ROSTER] = "roster",
    };

    return kind < sizeof names / sizeof names[0] ? names[kind] : NULL;
}
