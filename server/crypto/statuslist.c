#include "crypto/statuslist.h"

#include <string.h>
#include <zlib.h>

#include "crypto/cbor.h"
#include "crypto/profile.h"

enum {
    CLAIM_SUB = 2,
    CLAIM_STATUS_LIST = 65533,
    CLAIM_TTL = 65534,
    ZLIB_LEVEL = 6,
    HEADER_BYTES_MAX = 64,
    CLAIMS_BYTES_MAX = STATUSLIST_SUB_BYTES_MAX + 64, /* all but lst */
    COSE_BYTES_MAX = HEADER_BYTES_MAX + TOKEN_SIGNATURE_BYTES + 32
};

/* -- packed statuses ------------------------------------------------------------------------ */

static bool is_width(uint64_t bits)
{
    return bits == 1 || bits == 2 || bits == 4 || bits == 8;
}

bool statuslist_at(const unsigned char *packed, size_t bytes, unsigned bits, uint64_t index,
                   unsigned *status)
{
    unsigned each = 8 / bits;

    CHECK(is_width(bits));
    if (index / each >= bytes)
        return false;
    *status = (unsigned)packed[index / each] >> index % each * bits & ((1u << bits) - 1);
    return true;
}

void statuslist_put(unsigned char *packed, unsigned bits, uint64_t index, unsigned status)
{
    unsigned each = 8 / bits, shift = (unsigned)(index % each) * bits, mask = (1u << bits) - 1;

    CHECK(is_width(bits) && status <= mask);
    packed[index / each] &= (unsigned char)~(mask << shift);
    packed[index / each] |= (unsigned char)(status << shift);
}

/* -- zlib ----------------------------------------------------------------------------------- */

size_t statuslist_deflated_max(size_t packed_bytes)
{
    return compressBound(packed_bytes);
}

void statuslist_deflate(const unsigned char *packed, size_t bytes, struct build *out)
{
    uLongf written = out->max - out->bytes - 1; /* a build keeps a NUL */
    int result = compress2((Bytef *)out->at + out->bytes, &written, packed, bytes, ZLIB_LEVEL);

    CHECK(result != Z_STREAM_ERROR);
    CHECK_ALLOCATED(result == Z_MEM_ERROR ? NULL : out);
    if (result != Z_OK) {
        out->full = true;
        return;
    }
    out->bytes += written;
    out->at[out->bytes] = '\0';
}

/* What zlib asks for while it inflates: its state, and a window when the input is bad. */
struct inflate_room {
    size_t used;
    _Alignas(16) unsigned char bytes[48 * 1024];
};

static void *take_room(void *opaque, unsigned count, unsigned each)
{
    struct inflate_room *room = opaque;
    size_t wanted = ((size_t)count * each + 15) / 16 * 16;
    void *at = room->bytes + room->used;

    if (wanted > sizeof room->bytes - room->used)
        return NULL; /* zlib gives up */
    room->used += wanted;
    return at;
}

static void leave_room(void *opaque, void *at)
{
    (void)opaque;
    (void)at;
}

bool statuslist_inflate_any(struct text lst, unsigned char *packed, size_t max, size_t *bytes)
{
    struct inflate_room room;
    z_stream z = {.zalloc = take_room, .zfree = leave_room, .opaque = &room};
    bool ended;

    room.used = 0;
    if (lst.bytes > UINT32_MAX || max > UINT32_MAX)
        return false;
    z.next_in = (Bytef *)(uintptr_t)lst.at; /* zlib only reads it */
    z.avail_in = (uInt)lst.bytes;
    z.next_out = packed;
    z.avail_out = (uInt)max;
    if (inflateInit(&z) != Z_OK)
        return false;
    ended = inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_in == 0;
    *bytes = max - z.avail_out;
    (void)inflateEnd(&z);
    return ended;
}

bool statuslist_inflate(struct text lst, unsigned char *packed, size_t bytes)
{
    size_t found;

    return statuslist_inflate_any(lst, packed, bytes, &found) && found == bytes;
}

/* -- reading -------------------------------------------------------------------------------- */

/* Text of the CBOR subset; claims of others may hold what else they like, so nothing is searched. */
static bool read_text(struct cbor_reader *r, struct text *view)
{
    enum cbor_major major;
    uint64_t bytes;

    if (!cbor_head(r, &major, &bytes) || major != CBOR_TEXT || bytes > r->left)
        return false;
    *view = (struct text){(const char *)r->at, (size_t)bytes};
    *r = (struct cbor_reader){r->at + bytes, r->left - (size_t)bytes};
    return text_is_utf8(*view, NULL);
}

static bool count_of_map(struct cbor_reader *r, uint64_t *pairs)
{
    enum cbor_major major;

    return cbor_head(r, &major, pairs) && major == CBOR_MAP && *pairs <= r->left;
}

static bool read_header(struct text bytes, struct statuslist *list)
{
    struct cbor_reader r = cbor_over(bytes);
    struct text typ = {NULL, 0}, kid, other;
    uint64_t pairs;
    int64_t key, alg = 0;

    if (!count_of_map(&r, &pairs)) /* cose_read() has seen that keys are sorted and single */
        return false;
    for (; pairs > 0; pairs--) {
        if (!cbor_int(&r, &key))
            return false;
        if (key == COSE_HEADER_ALG ? !cbor_int(&r, &alg)
            : key == COSE_HEADER_TYPE ? !read_text(&r, &typ)
            : key == COSE_HEADER_KID ? !cbor_bytes(&r, &kid)
                                     : !cbor_item(&r, &other))
            return false;
        if (key == COSE_HEADER_KID && kid.bytes == TOKEN_KID_BYTES) {
            memcpy(list->envelope.kid, kid.at, TOKEN_KID_BYTES);
            list->has_kid = true;
        }
    }
    list->envelope.kind = TOKEN_LIST;
    list->envelope.alg = (enum token_alg)alg;
    return typ.at != NULL && text_is(typ, STATUSLIST_MEDIA_TYPE) &&
           (alg == TOKEN_ES256 || alg == TOKEN_SM2);
}

/* {"bits": n, "lst": zlib, ? "aggregation_uri": text}, in any order. */
static bool read_status_list(struct cbor_reader *r, struct statuslist *list)
{
    struct text name, uri = {NULL, 0};
    uint64_t pairs, bits = 0;

    if (!count_of_map(r, &pairs))
        return false;
    for (; pairs > 0; pairs--) {
        if (!read_text(r, &name))
            return false;
        if (text_is(name, "bits") && bits == 0) {
            if (!cbor_uint(r, 8, &bits) || !is_width(bits))
                return false;
        } else if (text_is(name, "lst") && list->lst.at == NULL) {
            if (!cbor_bytes(r, &list->lst))
                return false;
        } else if (!text_is(name, "aggregation_uri") || uri.at != NULL || !read_text(r, &uri)) {
            return false;
        }
    }
    list->bits = (unsigned)bits;
    return bits != 0 && list->lst.at != NULL;
}

/* One claim behind its key. *seen: a bit for each of those that are known. */
static bool read_claim(struct cbor_reader *r, int64_t key, struct statuslist *list, unsigned *seen)
{
    static const int64_t known[] = {CLAIM_SUB, CLAIM_EXP, CLAIM_IAT, CLAIM_TTL, CLAIM_STATUS_LIST};
    struct statuslist_claims *claims = &list->claims;
    struct text other;
    uint64_t value = 0;
    unsigned bit = 0;

    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++)
        bit |= known[i] == key ? 1u << i : 0;
    if ((*seen & bit) != 0)
        return false;
    *seen |= bit;
    switch (key) {
    case CLAIM_SUB:         return read_text(r, &claims->sub);
    case CLAIM_STATUS_LIST: return read_status_list(r, list);
    case CLAIM_EXP:
    case CLAIM_IAT:
    case CLAIM_TTL:
        if (!cbor_uint(r, PROFILE_TIME_MAX_S, &value))
            return false;
        *(key == CLAIM_EXP ? &claims->exp : key == CLAIM_IAT ? &claims->iat : &claims->ttl_s) =
            (int64_t)value;
        return true;
    default: return cbor_item(r, &other);
    }
}

static bool read_claims(struct text payload, struct statuslist *list)
{
    enum { SUB = 1 << 0, IAT = 1 << 2, LIST = 1 << 4 }; /* required; places in known[] */
    struct cbor_reader r = cbor_over(payload);
    unsigned seen = 0;
    uint64_t pairs;
    int64_t key;

    if (!count_of_map(&r, &pairs))
        return false;
    for (; pairs > 0; pairs--)
        if (!cbor_int(&r, &key) || !read_claim(&r, key, list, &seen))
            return false;
    return cbor_end(&r) && (seen & (SUB | IAT | LIST)) == (SUB | IAT | LIST) &&
           list->claims.sub.bytes <= STATUSLIST_SUB_BYTES_MAX;
}

enum token_why statuslist_read(struct text bytes, struct statuslist *list)
{
    *list = (struct statuslist){0};
    return bytes.bytes <= STATUSLIST_BYTES_MAX && cose_read(bytes, &list->envelope.sign1) &&
                   list->envelope.sign1.signature.bytes == TOKEN_SIGNATURE_BYTES &&
                   read_header(list->envelope.sign1.protected_bytes, list) &&
                   read_claims(list->envelope.sign1.payload, list)
               ? TOKEN_OK
               : TOKEN_FORMAT;
}

/* -- judging -------------------------------------------------------------------------------- */

enum token_why statuslist_judge(const struct statuslist *list, const struct trust_list *trust,
                                int64_t now_s, int64_t skew_s)
{
    enum token_why why = list->has_kid ? envelope_judge(&list->envelope, trust, now_s)
                                       : TOKEN_UNKNOWN_KEY;
    int64_t exp = list->claims.exp != 0 ? list->claims.exp : PROFILE_TIME_MAX_S;

    return why == TOKEN_OK ? claims_in_time(list->claims.iat, exp, now_s, skew_s) : why;
}

/* -- writing -------------------------------------------------------------------------------- */

static void put_header(struct build *out, const struct trusted_key *key)
{
    cbor_put_head(out, CBOR_MAP, 3);
    cbor_put_int(out, COSE_HEADER_ALG);
    cbor_put_int(out, key->alg);
    cbor_put_int(out, COSE_HEADER_KID);
    cbor_put_bytes(out, (struct text){(const char *)key->kid, TOKEN_KID_BYTES});
    cbor_put_int(out, COSE_HEADER_TYPE);
    cbor_put_text(out, TEXT(STATUSLIST_MEDIA_TYPE));
}

/* Deterministic but for "bits" before "lst", as all examples of the draft have it. */
static void put_claims(struct build *out, const struct statuslist_claims *claims, struct text lst)
{
    cbor_put_head(out, CBOR_MAP, 5);
    cbor_put_int(out, CLAIM_SUB);
    cbor_put_text(out, claims->sub);
    cbor_put_int(out, CLAIM_EXP);
    cbor_put_int(out, claims->exp);
    cbor_put_int(out, CLAIM_IAT);
    cbor_put_int(out, claims->iat);
    cbor_put_int(out, CLAIM_STATUS_LIST);
    cbor_put_head(out, CBOR_MAP, 2);
    cbor_put_text(out, TEXT("bits"));
    cbor_put_int(out, STATUSLIST_BITS);
    cbor_put_text(out, TEXT("lst"));
    cbor_put_bytes(out, lst);
    cbor_put_int(out, CLAIM_TTL);
    cbor_put_int(out, claims->ttl_s);
}

/* A builder over arena memory; at the ceiling one that is full. */
static struct build build_in(struct arena *arena, size_t max)
{
    static char nowhere[1];
    char *at = arena_alloc(arena, max);
    struct build out = build_over(at != NULL ? at : nowhere, at != NULL ? max : 1);

    out.full = at == NULL;
    return out;
}

static struct err sign(struct signer *signer, struct text header, struct text payload,
                       struct arena *arena, struct text *list)
{
    struct build out = build_in(arena, payload.bytes + COSE_BYTES_MAX);
    struct err e;

    if (out.full)
        return err_make(ERR_TOO_LARGE);
    e = envelope_seal_as(signer, header, payload, &out);
    if (err_is(e))
        return e;
    *list = build_done(&out);
    return OK;
}

struct err statuslist_issue(struct signer *signer, const struct statuslist_claims *claims,
                            const unsigned char *packed, struct arena *arena, struct text *list)
{
    char header_bytes[HEADER_BYTES_MAX];
    struct build header = build_over(header_bytes, sizeof header_bytes);
    struct build lst = build_in(arena, statuslist_deflated_max(STATUSLIST_PACKED_BYTES) + 1);
    struct build payload = build_in(arena, lst.max + CLAIMS_BYTES_MAX);

    CHECK(claims->sub.bytes <= STATUSLIST_SUB_BYTES_MAX && claims->ttl_s > 0);
    CHECK(claims->iat >= 0 && claims->exp > claims->iat && claims->exp <= PROFILE_TIME_MAX_S);
    if (lst.full || payload.full)
        return err_make(ERR_TOO_LARGE);
    statuslist_deflate(packed, STATUSLIST_PACKED_BYTES, &lst);
    CHECK(!lst.full); /* zlib's own bound */
    put_header(&header, signer_key(signer));
    put_claims(&payload, claims, build_done(&lst));
    CHECK(!header.full && !payload.full);
    return sign(signer, build_done(&header), build_done(&payload), arena, list);
}
