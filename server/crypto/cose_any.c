#include "crypto/cose_any.h"

#include <string.h>

#include "crypto/cose_key.h"

enum {
    LABEL_ALG = 1, LABEL_CRIT = 2, LABEL_KID = 4, LABEL_LAST_UNDERSTOOD = 6, /* RFC 9052 table 3 */
    LABELS_MAX = 32,
    SIMPLE_NULL = 22
};

/* -- well-formed CBOR (RFC 8949 section 5.3.1) of definite lengths ----------------------------- */

static bool any_head(struct cbor_reader *r, enum cbor_major *major, uint64_t *argument)
{
    unsigned low;

    if (r->left == 0)
        return false;
    low = r->at[0] & 31;
    *major = (enum cbor_major)(r->at[0] >> 5);
    *r = (struct cbor_reader){r->at + 1, r->left - 1};
    *argument = low;
    if (low < 24)
        return true;
    if (low > 27 || r->left < (size_t)1 << (low - 24))
        return false;
    *argument = 0;
    for (size_t bytes = (size_t)1 << (low - 24); bytes > 0; bytes--) {
        *argument = *argument << 8 | r->at[0];
        *r = (struct cbor_reader){r->at + 1, r->left - 1};
    }
    return true;
}

static bool any_string(struct cbor_reader *r, enum cbor_major wanted, struct text *view)
{
    enum cbor_major major;
    uint64_t bytes;

    if (!any_head(r, &major, &bytes) || major != wanted || bytes > r->left)
        return false;
    *view = (struct text){(const char *)r->at, (size_t)bytes};
    *r = (struct cbor_reader){r->at + bytes, r->left - (size_t)bytes};
    return true;
}

/* How many items a head opens; a string's content is stepped over. */
static bool items_behind(struct cbor_reader *r, enum cbor_major major, uint64_t argument,
                         uint64_t *items)
{
    *items = 0;
    switch (major) {
    case CBOR_UINT:
    case CBOR_NEGATIVE:
    case CBOR_SIMPLE: return true;
    case CBOR_BYTES:
    case CBOR_TEXT:
        if (argument > r->left)
            return false;
        *r = (struct cbor_reader){r->at + argument, r->left - (size_t)argument};
        return true;
    case CBOR_TAG: *items = 1; return true;
    case CBOR_ARRAY: *items = argument; return argument <= r->left;
    case CBOR_MAP: *items = 2 * argument; return argument <= r->left / 2;
    }
    return false;
}

static bool any_item(struct cbor_reader *r, struct text *view)
{
    uint64_t left[CBOR_ANY_DEPTH_MAX] = {1}, argument, items;
    const unsigned char *start = r->at;
    enum cbor_major major;
    unsigned depth = 1;

    while (depth > 0) {
        if (left[depth - 1] == 0) {
            depth--;
            continue;
        }
        left[depth - 1]--;
        if (!any_head(r, &major, &argument) || !items_behind(r, major, argument, &items) ||
            (items > 0 && depth == CBOR_ANY_DEPTH_MAX))
            return false;
        if (items > 0)
            left[depth++] = items;
    }
    *view = (struct text){(const char *)start, (size_t)(r->at - start)};
    return true;
}

static bool any_int(struct text item, int64_t *value)
{
    struct cbor_reader r = cbor_over(item);
    enum cbor_major major;
    uint64_t argument;

    if (!any_head(&r, &major, &argument) || argument > INT64_MAX || !cbor_end(&r))
        return false;
    *value = major == CBOR_NEGATIVE ? -1 - (int64_t)argument : (int64_t)argument;
    return major == CBOR_UINT || major == CBOR_NEGATIVE;
}

/* -- maps: labels that are integers, each once ------------------------------------------------- */

struct pair {
    struct text label, value; /* encoded */
};
struct pairs {
    unsigned count;
    struct pair at[LABELS_MAX];
};

static const struct pair *pair_of(const struct pairs *pairs, int64_t label)
{
    int64_t found;

    for (unsigned i = 0; i < pairs->count; i++) {
        if (any_int(pairs->at[i].label, &found) && found == label)
            return &pairs->at[i];
    }
    return NULL;
}

static bool has_label(const struct pairs *pairs, struct text label)
{
    for (unsigned i = 0; i < pairs->count; i++) {
        if (text_equal(pairs->at[i].label, label))
            return true;
    }
    return false;
}

static bool read_map(struct cbor_reader *r, struct pairs *pairs)
{
    enum cbor_major major;
    uint64_t count;

    pairs->count = 0;
    if (!any_head(r, &major, &count) || major != CBOR_MAP || count > LABELS_MAX)
        return false;
    for (; count > 0; count--) {
        struct pair pair;

        if (!any_item(r, &pair.label) || !any_item(r, &pair.value) ||
            has_label(pairs, pair.label))
            return false;
        pairs->at[pairs->count++] = pair;
    }
    return true;
}

/* A bstr of a map, or an empty bstr for an empty map (RFC 9052 section 3). */
static bool read_protected(struct cbor_reader *r, struct text *bytes, struct pairs *pairs)
{
    struct cbor_reader inner;

    pairs->count = 0;
    if (!any_string(r, CBOR_BYTES, bytes))
        return false;
    if (bytes->bytes == 0)
        return true;
    inner = cbor_over(*bytes);
    if (!read_map(&inner, pairs) || !cbor_end(&inner))
        return false;
    if (pairs->count == 0)
        bytes->bytes = 0; /* what is signed is the empty text */
    return true;
}

/* -- the message ------------------------------------------------------------------------------- */

/* RFC 9052 section 3.1: crit lists labels that must be understood; it must be protected. */
static bool understands(const struct pairs *protected_pairs)
{
    const struct pair *crit = pair_of(protected_pairs, LABEL_CRIT);
    struct cbor_reader r;
    enum cbor_major major;
    struct text item;
    uint64_t count;
    int64_t label;

    if (crit == NULL)
        return true;
    r = cbor_over(crit->value);
    if (!any_head(&r, &major, &count) || major != CBOR_ARRAY || count == 0)
        return false;
    for (; count > 0; count--) {
        if (!any_item(&r, &item) || !any_int(item, &label) || label < LABEL_ALG ||
            label > LABEL_LAST_UNDERSTOOD || !has_label(protected_pairs, item))
            return false;
    }
    return true;
}

static bool read_alg(const struct pairs *pairs, struct cose_any *message)
{
    const struct pair *alg = pair_of(pairs, LABEL_ALG);
    struct cbor_reader r;

    if (alg == NULL)
        return true;
    message->has_alg = any_int(alg->value, &message->alg);
    r = cbor_over(alg->value);
    return message->has_alg || any_string(&r, CBOR_TEXT, &message->alg_name);
}

static bool read_kid(const struct pairs *pairs, struct cose_any *message)
{
    const struct pair *kid = pair_of(pairs, LABEL_KID);
    struct cbor_reader r;

    if (kid == NULL)
        return true;
    r = cbor_over(kid->value);
    return any_string(&r, CBOR_BYTES, &message->kid);
}

/* RFC 9052 section 3: a label may stand in one of the two headers, not in both. */
static enum cose_any_why read_headers(const struct pairs *protected_pairs,
                                      const struct pairs *others, struct cose_any *message)
{
    for (unsigned i = 0; i < others->count; i++) {
        if (has_label(protected_pairs, others->at[i].label))
            return COSE_ANY_FORMAT;
    }
    if (pair_of(others, LABEL_CRIT) != NULL || !read_alg(protected_pairs, message) ||
        !read_alg(others, message) || !read_kid(protected_pairs, message) ||
        !read_kid(others, message))
        return COSE_ANY_FORMAT;
    return understands(protected_pairs) ? COSE_ANY_OK : COSE_ANY_CRIT;
}

static bool read_payload(struct cbor_reader *r, struct cose_any *message)
{
    struct cbor_reader ahead = *r;
    enum cbor_major major;
    uint64_t argument;

    if (!any_head(&ahead, &major, &argument))
        return false;
    message->is_detached = major == CBOR_SIMPLE && argument == SIMPLE_NULL;
    if (!message->is_detached)
        return any_string(r, CBOR_BYTES, &message->sign1.payload);
    *r = ahead;
    return true;
}

enum cose_any_why cose_any_read(struct text bytes, struct cose_any *message)
{
    struct cose_sign1 *sign1 = &message->sign1;
    struct cbor_reader r = cbor_over(bytes), ahead = r;
    struct pairs protected_pairs, others;
    const unsigned char *start;
    enum cbor_major major;
    uint64_t argument;

    *message = (struct cose_any){0};
    if (!any_head(&ahead, &major, &argument))
        return COSE_ANY_FORMAT;
    message->is_tagged = major == CBOR_TAG;
    if (message->is_tagged && argument != COSE_SIGN1_TAG)
        return COSE_ANY_FORMAT;
    if (message->is_tagged)
        r = ahead;
    if (!any_head(&r, &major, &argument) || major != CBOR_ARRAY || argument != 4 ||
        !read_protected(&r, &sign1->protected_bytes, &protected_pairs))
        return COSE_ANY_FORMAT;
    start = r.at;
    if (!read_map(&r, &others))
        return COSE_ANY_FORMAT;
    sign1->unprotected = (struct text){(const char *)start, (size_t)(r.at - start)};
    if (!read_payload(&r, message) || !any_string(&r, CBOR_BYTES, &sign1->signature) ||
        !cbor_end(&r))
        return COSE_ANY_FORMAT;
    return read_headers(&protected_pairs, &others, message);
}

enum cose_any_why cose_any_verify(const struct cose_any *message, struct text external,
                                  EVP_PKEY *key)
{
    const struct ecc_alg *alg = ecc_alg_of(key);
    struct cose_parts to_sign;

    if (alg == NULL || !message->has_alg || message->alg != alg->id)
        return COSE_ANY_ALG;
    if (message->sign1.signature.bytes != TOKEN_SIGNATURE_BYTES)
        return COSE_ANY_SIGNATURE;
    cose_to_sign_parts(&message->sign1, external, &to_sign);
    return ecc_verify_parts(alg, key, to_sign.parts, COSE_PARTS,
                            (const unsigned char *)message->sign1.signature.at)
               ? COSE_ANY_OK
               : COSE_ANY_SIGNATURE;
}

const char *cose_any_why_name(enum cose_any_why why)
{
    static const char *const names[] = {
        [COSE_ANY_OK] = "ok",   [COSE_ANY_FORMAT] = "format",       [COSE_ANY_CRIT] = "crit",
        [COSE_ANY_ALG] = "alg", [COSE_ANY_SIGNATURE] = "signature",
    };

    CHECK(why <= COSE_ANY_SIGNATURE);
    return names[why];
}

/* -- a COSE_Key of others': its members in any order, and more of them ------------------------- */

static bool read_coordinate(const struct pairs *pairs, int64_t label, unsigned char *to)
{
    const struct pair *pair = pair_of(pairs, label);
    struct text bytes;
    struct cbor_reader r;

    if (pair == NULL)
        return false;
    r = cbor_over(pair->value); /* of y, true or false would be a compressed point */
    if (!any_string(&r, CBOR_BYTES, &bytes) || bytes.bytes != ECC_COORDINATE_BYTES)
        return false;
    memcpy(to, bytes.at, ECC_COORDINATE_BYTES);
    return true;
}

static bool number_is(const struct pairs *pairs, int64_t label, int64_t wanted)
{
    const struct pair *pair = pair_of(pairs, label);
    int64_t number;

    return pair != NULL && any_int(pair->value, &number) && number == wanted;
}

bool cose_any_key(struct text bytes, const struct ecc_alg **alg,
                  unsigned char point[ECC_POINT_BYTES])
{
    struct cbor_reader r = cbor_over(bytes);
    struct pairs pairs;

    if (!read_map(&r, &pairs) || !cbor_end(&r) || !number_is(&pairs, COSE_KEY_TYPE, COSE_KEY_EC2))
        return false;
    *alg = number_is(&pairs, COSE_KEY_CURVE, COSE_KEY_P256)  ? ecc_alg_find(TOKEN_ES256)
           : number_is(&pairs, COSE_KEY_CURVE, COSE_KEY_SM2) ? ecc_alg_find(TOKEN_SM2)
                                                             : NULL;
    return *alg != NULL && read_coordinate(&pairs, COSE_KEY_X, point) &&
           read_coordinate(&pairs, COSE_KEY_Y, point + ECC_COORDINATE_BYTES);
}
