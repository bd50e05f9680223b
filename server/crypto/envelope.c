#include "crypto/envelope.h"

#include "base/base32.h"
#include "crypto/cbor.h"
#include "crypto/ecc.h"
#include "crypto/profile.h"

enum { HEADER_BYTES_MAX = 40 };

/* A kbt names no kid, a status list has the form of another standard: see token.h, statuslist.h. */
static bool is_envelope_kind(enum token_kind kind)
{
    return token_kind_name(kind) != NULL && kind != TOKEN_KBT && kind != TOKEN_LIST;
}

static bool read_header(struct text protected_bytes, struct envelope *envelope)
{
    struct cbor_reader r = cbor_over(protected_bytes);
    struct text kid;
    uint64_t kind;
    int64_t alg;

    if (!cbor_map(&r, 3) || !cbor_key(&r, COSE_HEADER_ALG) || !cbor_int(&r, &alg) ||
        alg < INT32_MIN || alg > INT32_MAX || !cbor_key(&r, COSE_HEADER_KID) ||
        !cbor_bytes(&r, &kid) || kid.bytes != TOKEN_KID_BYTES ||
        !cbor_key(&r, PROFILE_PRIVATE_LABEL) || !cbor_uint(&r, TOKEN_KIND_MAX, &kind) ||
        !is_envelope_kind((enum token_kind)kind) || !cbor_end(&r))
        return false;
    envelope->alg = (enum token_alg)alg;
    envelope->kind = (enum token_kind)kind;
    for (size_t i = 0; i < TOKEN_KID_BYTES; i++)
        envelope->kid[i] = (unsigned char)kid.at[i];
    return true;
}

bool envelope_read(struct text bytes, struct envelope *envelope)
{
    struct cose_sign1 *sign1 = &envelope->sign1;

    return cose_read(bytes, sign1) && text_equal(sign1->unprotected, TEXT("\xA0")) &&
           sign1->signature.bytes == TOKEN_SIGNATURE_BYTES &&
           read_header(sign1->protected_bytes, envelope);
}

enum token_why envelope_key(const struct envelope *envelope, const struct trust_list *trust,
                            int64_t now_s, const struct trusted_key **key)
{
    const struct trusted_key *found = trust_list_find(trust, envelope->kid);

    *key = found;
    if (found == NULL)
        return TOKEN_UNKNOWN_KEY;
    if (found->alg != envelope->alg || found->state == KEY_REMOVED ||
        (found->kinds & 1u << envelope->kind) == 0)
        return TOKEN_KEY;
    return now_s >= 0 && (now_s < found->nbf || now_s >= found->exp) ? TOKEN_KEY : TOKEN_OK;
}

bool envelope_is_signed_by(const struct envelope *envelope, EVP_PKEY *key)
{
    const struct ecc_alg *alg = ecc_alg_of(key);
    struct cose_parts to_sign;

    if (alg == NULL || alg->id != envelope->alg)
        return false;
    cose_to_sign_parts(&envelope->sign1, TEXT(""), &to_sign);
    return ecc_verify_parts(alg, key, to_sign.parts, COSE_PARTS,
                            (const unsigned char *)envelope->sign1.signature.at);
}

enum token_why envelope_judge(const struct envelope *envelope, const struct trust_list *trust,
                              int64_t now_s)
{
    const struct trusted_key *key;
    enum token_why why = envelope_key(envelope, trust, now_s, &key);

    if (why != TOKEN_OK)
        return why;
    return envelope_is_signed_by(envelope, key->public_key) ? TOKEN_OK : TOKEN_SIGNATURE;
}

enum token_why claims_in_time(int64_t iat, int64_t exp, int64_t now_s, int64_t skew_s)
{
    CHECK(skew_s >= 0 && skew_s <= TOKEN_SKEW_MAX_S);
    if (now_s < iat - skew_s)
        return TOKEN_NOT_YET;
    return now_s < exp + skew_s ? TOKEN_OK : TOKEN_EXPIRED;
}

struct err envelope_seal_as(struct signer *signer, struct text protected_bytes,
                            struct text payload, struct build *out)
{
    unsigned char signature[TOKEN_SIGNATURE_BYTES];
    struct cose_sign1 sign1 = {.protected_bytes = protected_bytes,
                               .unprotected = TEXT("\xA0"),
                               .payload = payload,
                               .signature = {(const char *)signature, sizeof signature}};
    struct cose_parts to_sign;
    struct err e;

    cose_to_sign_parts(&sign1, TEXT(""), &to_sign);
    e = signer_sign(signer, to_sign.parts, COSE_PARTS, signature);
    if (err_is(e))
        return e;
    cose_write(&sign1, out);
    return out->full ? err_make(ERR_TOO_LARGE) : OK;
}

struct err envelope_seal(struct signer *signer, enum token_kind kind, struct text payload,
                         struct build *out)
{
    const struct trusted_key *key = signer_key(signer);
    char header_bytes[HEADER_BYTES_MAX];
    struct build header = build_over(header_bytes, sizeof header_bytes);

    cbor_put_head(&header, CBOR_MAP, 3);
    cbor_put_int(&header, COSE_HEADER_ALG);
    cbor_put_int(&header, key->alg);
    cbor_put_int(&header, COSE_HEADER_KID);
    cbor_put_bytes(&header, (struct text){(const char *)key->kid, TOKEN_KID_BYTES});
    cbor_put_int(&header, PROFILE_PRIVATE_LABEL);
    cbor_put_int(&header, kind);
    CHECK(!header.full);
    return envelope_seal_as(signer, build_done(&header), payload, out);
}

enum token_why envelope_parse_text(struct text text, unsigned char *bytes, size_t max,
                                   struct text *content)
{
    struct text prefix = TEXT(TOKEN_PREFIX), start = text;
    size_t count;

    if (!text_starts(text, prefix)) {
        start.bytes = text.bytes < prefix.bytes ? text.bytes : prefix.bytes;
        return text_equal_ignoring_case(start, prefix) ? TOKEN_FORMAT : TOKEN_NOT_OURS;
    }
    if (!base32_parse((struct text){text.at + prefix.bytes, text.bytes - prefix.bytes}, bytes, max,
                      &count))
        return TOKEN_FORMAT;
    *content = (struct text){(const char *)bytes, count};
    return TOKEN_OK;
}

void envelope_format_text(struct text bytes, struct build *out)
{
    build_string(out, TOKEN_PREFIX);
    base32_format(out, bytes);
}
