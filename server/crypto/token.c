#include "crypto/token.h"

#include "crypto/cbor.h"
#include "crypto/cose_key.h"
#include "crypto/profile.h"
#include "crypto/seal.h"

/* What is behind the private label of a live code: [index, colour, policy]. */
static bool read_live(struct cbor_reader *r, struct token *token)
{
    struct live_claims *live = &token->live;
    uint64_t colour, policy;

    if (!cbor_array(r, 3) || !cbor_uint(r, PROFILE_INDEX_MAX, &live->index) ||
        !cbor_uint(r, PROFILE_COLOUR_MAX, &colour) || !cbor_uint(r, UINT32_MAX, &policy))
        return false;
    live->colour = (unsigned)colour;
    live->policy = (uint32_t)policy;
    return true;
}

static bool read_badge(struct cbor_reader *r, struct token *token)
{
    return cbor_array(r, 1) && cbor_uint(r, PROFILE_INDEX_MAX, &token->live.index);
}

/* [index, colour_today, colour_tomorrow, day, policy] */
static bool read_cred(struct cbor_reader *r, struct token *token)
{
    uint64_t today, tomorrow, day, policy;

    if (!cbor_array(r, 5) || !cbor_uint(r, PROFILE_INDEX_MAX, &token->live.index) ||
        !cbor_uint(r, PROFILE_COLOUR_MAX, &today) || !cbor_uint(r, PROFILE_COLOUR_MAX, &tomorrow) ||
        !cbor_uint(r, PROFILE_DAY_MAX, &day) || day == 0 || !cbor_uint(r, UINT32_MAX, &policy))
        return false;
    token->live.colour = (unsigned)today;
    token->live.policy = (uint32_t)policy;
    token->cred.day = (uint16_t)day;
    token->cred.colour_tomorrow = (unsigned)tomorrow;
    return true;
}

/* {1: COSE_Key} (RFC 8747 section 3.1): of a phone, so P-256, which is what browsers keep. */
static bool read_holder(struct cbor_reader *r, struct token *token)
{
    const struct ecc_alg *alg;

    return cbor_key(r, CLAIM_CNF) && cbor_map(r, 1) && cbor_key(r, 1) &&
           cose_key_read(r, &alg, token->cred.holder) && alg->id == TOKEN_ES256;
}

/* The kinds that we sign and people show, and how long each may live. A row more makes another kind
 * a code. */
static const struct shown_kind {
    bool (*read)(struct cbor_reader *r, struct token *token);
    int64_t life_max_s;
    bool is_bound; /* to a phone's key, which must have signed around it */
} shown_kinds[] = {
    [TOKEN_LIVE] = {read_live, TOKEN_LIVE_S, false},
    [TOKEN_CRED] = {read_cred, TOKEN_CRED_S, true},
    [TOKEN_BADGE] = {read_badge, TOKEN_BADGE_S, false},
};

static const struct shown_kind *shown_kind(enum token_kind kind)
{
    unsigned count = sizeof shown_kinds / sizeof shown_kinds[0];

    return kind < count && shown_kinds[kind].read != NULL ? &shown_kinds[kind] : NULL;
}

static bool read_claims(const struct shown_kind *kind, struct text payload, struct token *token)
{
    struct cbor_reader r = cbor_over(payload);
    struct live_claims *claims = &token->live;
    uint64_t exp, iat;

    if (!cbor_map(&r, kind->is_bound ? 4 : 3) || !cbor_key(&r, CLAIM_EXP) ||
        !cbor_uint(&r, PROFILE_TIME_MAX_S, &exp) || !cbor_key(&r, CLAIM_IAT) ||
        !cbor_uint(&r, PROFILE_TIME_MAX_S, &iat) || (kind->is_bound && !read_holder(&r, token)) ||
        !cbor_key(&r, PROFILE_PRIVATE_LABEL) || !kind->read(&r, token) || !cbor_end(&r))
        return false;
    claims->exp = (int64_t)exp;
    claims->iat = (int64_t)iat;
    return claims->exp > claims->iat && claims->exp - claims->iat <= kind->life_max_s;
}

static bool read_issued(struct text bytes, struct token *token)
{
    const struct shown_kind *kind;
    struct text payload;

    if (!envelope_read(bytes, &token->envelope))
        return false;
    token->kind = token->envelope.kind;
    payload = token->envelope.sign1.payload;
    kind = shown_kind(token->kind);
    /* Another kind is read no further than this: step 3 will not let it pass as a code. */
    return kind != NULL ? read_claims(kind, payload, token) : cbor_is_profile(payload);
}

/* {1: -7, -65537: 3, -65538: cred} and {6: now}: a phone names no key, the cred does. */
static bool read_bound(const struct cose_sign1 *outer, struct token *token)
{
    struct cbor_reader header = cbor_over(outer->protected_bytes),
                       payload = cbor_over(outer->payload);
    uint64_t kind, shown;
    struct text cred;
    int64_t alg;

    if (!cbor_map(&header, 3) || !cbor_key(&header, COSE_HEADER_ALG) || !cbor_int(&header, &alg) ||
        alg != TOKEN_ES256 || !cbor_key(&header, PROFILE_PRIVATE_LABEL) ||
        !cbor_uint(&header, TOKEN_KBT, &kind) || kind != TOKEN_KBT ||
        !cbor_key(&header, PROFILE_CRED_LABEL) || !cbor_bytes(&header, &cred) ||
        !cbor_end(&header) || !cbor_map(&payload, 1) || !cbor_key(&payload, CLAIM_IAT) ||
        !cbor_uint(&payload, PROFILE_TIME_MAX_S, &shown) || !cbor_end(&payload) ||
        !text_equal(outer->unprotected, TEXT("\xA0")) ||
        outer->signature.bytes != TOKEN_SIGNATURE_BYTES || !read_issued(cred, token) ||
        token->kind != TOKEN_CRED)
        return false;
    token->kind = TOKEN_KBT;
    token->outer = *outer;
    token->shown_s = (int64_t)shown;
    return true;
}

/* The two forms differ in the second key of the protected header. */
static bool read_structure(struct text bytes, struct token *token)
{
    struct cose_sign1 outer;

    return cose_read(bytes, &outer) && (read_issued(bytes, token) || read_bound(&outer, token));
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

    return why == TOKEN_OK && shown_kind(token->envelope.kind) == NULL ? TOKEN_KEY : why;
}

/* What the phone signed, by the key that the cred names. The envelope's own form is borrowed, for
 * the arithmetic is the same. */
static bool is_signed_by_holder(const struct token *token)
{
    struct envelope outer = {.alg = TOKEN_ES256, .sign1 = token->outer};
    EVP_PKEY *holder = ecc_public_key(ecc_alg_find(TOKEN_ES256), token->cred.holder);
    bool is_signed = holder != NULL && envelope_is_signed_by(&outer, holder);

    EVP_PKEY_free(holder);
    return is_signed;
}

enum token_why token_verify(const struct token *token, const struct trust_list *trust)
{
    enum token_why why = token_key_allows(token, trust, -1);

    if (why == TOKEN_OK)
        why = envelope_judge(&token->envelope, trust, -1);
    if (why == TOKEN_OK && shown_kinds[token->envelope.kind].is_bound &&
        (token->kind != TOKEN_KBT || !is_signed_by_holder(token)))
        return TOKEN_SIGNATURE;
    return why;
}

enum token_why token_in_time(const struct token *token, int64_t now_s, int64_t skew_s)
{
    enum token_why why = claims_in_time(token->live.iat, token->live.exp, now_s, skew_s);

    if (why != TOKEN_OK || token->kind != TOKEN_KBT)
        return why;
    if (token->shown_s - now_s > TOKEN_SHOWN_S)
        return TOKEN_NOT_YET;
    return now_s - token->shown_s > TOKEN_SHOWN_S ? TOKEN_EXPIRED : TOKEN_OK;
}

enum token_why token_judge(const struct token *token, const struct trust_list *trust,
                           int64_t now_s, int64_t skew_s)
{
    enum token_why why = token_key_allows(token, trust, now_s);

    if (why == TOKEN_OK)
        why = token_verify(token, trust);
    return why == TOKEN_OK ? token_in_time(token, now_s, skew_s) : why;
}

int64_t token_time(const struct token *token)
{
    return token->kind == TOKEN_KBT ? token->shown_s : token->live.iat;
}

int64_t token_dead_s(const struct token *token, int64_t skew_s)
{
    return token->kind == TOKEN_KBT ? token->shown_s + TOKEN_SHOWN_S + 1 : token->live.exp + skew_s;
}

bool token_colour_on(const struct token *token, uint16_t day, int64_t day_from_s, unsigned *colour)
{
    bool is_bound = token->kind == TOKEN_KBT || token->kind == TOKEN_CRED;

    *colour = token->live.colour;
    if (token->kind == TOKEN_LIVE)
        return token->live.iat >= day_from_s;
    if (is_bound && day == token->cred.day + 1)
        *colour = token->cred.colour_tomorrow;
    return is_bound && (day == token->cred.day || day == token->cred.day + 1);
}
