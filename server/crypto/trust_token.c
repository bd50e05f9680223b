/* crypto/trust_token.c: the trust list in its signed form. */
#include <string.h>

#include "crypto/cose_key.h"
#include "crypto/envelope.h"
#include "crypto/profile.h"

/* Ascending, each once, so that a set of kinds has one spelling. */
static bool read_kinds(struct cbor_reader *r, uint32_t *kinds)
{
    enum cbor_major major;
    uint64_t count, kind, before = 0;

    *kinds = 0;
    if (!cbor_head(r, &major, &count) || major != CBOR_ARRAY || count > TOKEN_KIND_MAX)
        return false;
    for (uint64_t i = 0; i < count; i++) {
        if (!cbor_uint(r, TOKEN_KIND_MAX, &kind) || kind <= before ||
            token_kind_name((enum token_kind)kind) == NULL)
            return false;
        *kinds |= 1u << kind;
        before = kind;
    }
    return true;
}

/* The pinned algorithm must be its key's, and the kid the point's: neither can be chosen. */
static bool read_identity(struct cbor_reader *r, struct trusted_key *key,
                          unsigned char point[ECC_POINT_BYTES])
{
    unsigned char kid[TOKEN_KID_BYTES];
    const struct ecc_alg *pinned;
    struct text stated;
    int64_t alg;

    if (!cbor_bytes(r, &stated) || stated.bytes != TOKEN_KID_BYTES || !cbor_int(r, &alg) ||
        !cose_key_read(r, &pinned, point) || pinned->id != alg)
        return false;
    key->alg = pinned->id;
    memcpy(key->kid, stated.at, TOKEN_KID_BYTES);
    ecc_kid(point, kid);
    return memcmp(kid, key->kid, TOKEN_KID_BYTES) == 0;
}

static bool read_key(struct cbor_reader *r, struct trust_list *list)
{
    unsigned char point[ECC_POINT_BYTES];
    struct trusted_key key = {0};
    uint64_t nbf, exp, state;
    struct err e;

    if (!cbor_array(r, 7) || !read_identity(r, &key, point) || !read_kinds(r, &key.kinds) ||
        !cbor_uint(r, PROFILE_TIME_MAX_S, &nbf) || !cbor_uint(r, PROFILE_TIME_MAX_S, &exp) ||
        !cbor_uint(r, KEY_REMOVED, &state) || state == 0)
        return false;
    key.nbf = (int64_t)nbf;
    key.exp = (int64_t)exp;
    key.state = (enum key_state)state;
    key.public_key = ecc_public_key(ecc_alg_find(key.alg), point);
    if (key.public_key == NULL)
        return false; /* not on its curve */
    e = trust_list_add(list, &key);
    EVP_PKEY_free(key.public_key); /* the list has a reference of its own */
    return !err_is(e);
}

static bool read_list(struct text payload, struct trust_list *list)
{
    struct cbor_reader r = cbor_over(payload);
    enum cbor_major major;
    uint64_t exp, iat, count;

    if (!cbor_map(&r, 4) || !cbor_key(&r, CLAIM_EXP) || !cbor_uint(&r, PROFILE_TIME_MAX_S, &exp) ||
        !cbor_key(&r, CLAIM_IAT) || !cbor_uint(&r, PROFILE_TIME_MAX_S, &iat) || exp <= iat ||
        !cbor_key(&r, CLAIM_SEQ) || !cbor_uint(&r, PROFILE_NUMBER_MAX, &list->sequence) ||
        !cbor_key(&r, PROFILE_PRIVATE_LABEL) || !cbor_head(&r, &major, &count) ||
        major != CBOR_ARRAY || count > TRUST_KEYS_MAX)
        return false;
    list->exp = (int64_t)exp;
    list->iat = (int64_t)iat;
    for (uint64_t i = 0; i < count; i++) {
        if (!read_key(&r, list))
            return false;
    }
    return cbor_end(&r);
}

/* The roots first: of a list that nobody vouches for, not one key is looked at. */
enum token_why trust_list_read(struct text bytes, const struct trust_list *roots, int64_t now_s,
                               int64_t skew_s, struct trust_list *list)
{
    struct envelope envelope;
    enum token_why why = TOKEN_OK;

    *list = (struct trust_list){0};
    if (bytes.bytes > TRUST_BYTES_MAX || !envelope_read(bytes, &envelope) ||
        envelope.kind != TOKEN_TRUST)
        return TOKEN_FORMAT;
    if (roots != NULL)
        why = envelope_judge(&envelope, roots, now_s);
    if (why == TOKEN_OK && !read_list(envelope.sign1.payload, list))
        why = TOKEN_FORMAT;
    if (why == TOKEN_OK && roots != NULL)
        why = claims_in_time(list->iat, list->exp, now_s, skew_s);
    if (why != TOKEN_OK)
        trust_list_clear(list);
    return why;
}

static void put_kinds(struct build *out, uint32_t kinds)
{
    uint64_t count = 0;

    for (unsigned kind = TOKEN_LIVE; kind <= TOKEN_KIND_MAX; kind++)
        count += (kinds & 1u << kind) != 0 && token_kind_name((enum token_kind)kind) != NULL;
    cbor_put_head(out, CBOR_ARRAY, count);
    for (unsigned kind = TOKEN_LIVE; kind <= TOKEN_KIND_MAX; kind++) {
        if ((kinds & 1u << kind) != 0 && token_kind_name((enum token_kind)kind) != NULL)
            cbor_put_int(out, kind);
    }
}

static void put_key(struct build *out, const struct trusted_key *key)
{
    unsigned char point[ECC_POINT_BYTES];
    bool have_point = ecc_point(key->public_key, point);

    CHECK(have_point);
    cbor_put_head(out, CBOR_ARRAY, 7);
    cbor_put_bytes(out, (struct text){(const char *)key->kid, TOKEN_KID_BYTES});
    cbor_put_int(out, key->alg);
    cose_key_put(out, ecc_alg_find(key->alg), point);
    put_kinds(out, key->kinds);
    cbor_put_int(out, key->nbf);
    cbor_put_int(out, key->exp);
    cbor_put_int(out, key->state);
}

struct err trust_list_sign(struct signer *root, const struct trust_list *list, struct build *out)
{
    char payload_bytes[TRUST_KEYS_MAX * 160 + 64];
    struct build payload = build_over(payload_bytes, sizeof payload_bytes);

    CHECK(list->iat >= 0 && list->exp > list->iat && list->exp <= PROFILE_TIME_MAX_S);
    CHECK(list->sequence <= PROFILE_NUMBER_MAX);
    cbor_put_head(&payload, CBOR_MAP, 4);
    cbor_put_int(&payload, CLAIM_EXP);
    cbor_put_int(&payload, list->exp);
    cbor_put_int(&payload, CLAIM_IAT);
    cbor_put_int(&payload, list->iat);
    cbor_put_int(&payload, CLAIM_SEQ);
    cbor_put_int(&payload, (int64_t)list->sequence);
    cbor_put_int(&payload, PROFILE_PRIVATE_LABEL);
    cbor_put_head(&payload, CBOR_ARRAY, list->count);
    for (unsigned i = 0; i < list->count; i++)
        put_key(&payload, &list->keys[i]);
    CHECK(!payload.full);
    return envelope_seal(root, TOKEN_TRUST, build_done(&payload), out);
}
