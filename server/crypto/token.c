#include "crypto/token.h"

#include "crypto/cbor.h"
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

static bool read_structure(struct text bytes, struct token *token)
{
    const struct shown_kind *kind;
    struct text payload;

    if (!envelope_read(bytes, &token->envelope))
        return false;
    token->kind = token->envelope.kind;
    payload = token->envelope.sign1.payload;
    kind = shown_kind(token->kind);
    /* Another kind is read no further than this: step 3 will not let it pass as a code. */
    return kind != NULL ? read_claims(kind, payload, &token->live) : cbor_is_profile(payload);
}

enum token_why token_read(struct text code, unsigned char *bytes, struct token *token)
{
    struct text content;
    enum token_why why;

    *token = (struct token){0};
    if (code.bytes > TOKEN_TEXT_MAX)
        return TOKEN_FORMAT;
    why = envelope_parse_text(code, bytes, TOKEN_BYTES_MAX, &content);
    if (why != TOKEN_OK)
        return why;
    if (!read_structure(content, token))
        return TOKEN_FORMAT;
    sha256(content, token->digest);
    return TOKEN_OK;
}

enum token_why token_key_allows(const struct token *token, const struct trust_list *trust,
                                int64_t now_s)
{
    const struct trusted_key *key;
    enum token_why why = envelope_key(&token->envelope, trust, now_s, &key);

    return why == TOKEN_OK && shown_kind(token->kind) == NULL ? TOKEN_KEY : why;
}

enum token_why token_verify(const struct token *token, const struct trust_list *trust)
{
    enum token_why why = token_key_allows(token, trust, -1);

    return why == TOKEN_OK ? envelope_judge(&token->envelope, trust, -1) : why;
}

enum token_why token_in_time(const struct token *token, int64_t now_s, int64_t skew_s)
{
    return claims_in_time(token->live.iat, token->live.exp, now_s, skew_s);
}

enum token_why token_judge(const struct token *token, const struct trust_list *trust,
                           int64_t now_s, int64_t skew_s)
{
    enum token_why why = token_key_allows(token, trust, now_s);

    if (why == TOKEN_OK)
        why = token_verify(token, trust);
    return why == TOKEN_OK ? token_in_time(token, now_s, skew_s) : why;
}
