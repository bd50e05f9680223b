#include "crypto/receipt.h"

#include <string.h>

#include "crypto/cbor.h"
#include "crypto/profile.h"
#include "crypto/seal.h"

enum { PAYLOAD_BYTES_MAX = 400, DIRECTION_MAX = 2, VERDICT_MAX = 3 };

/* A number, or -1 for none. */
static bool read_known(struct cbor_reader *r, uint64_t max, int64_t *value)
{
    return cbor_int(r, value) && *value >= RECEIPT_UNKNOWN && *value <= (int64_t)max;
}

static bool read_small(struct cbor_reader *r, unsigned max, unsigned *value)
{
    uint64_t found;

    if (!cbor_uint(r, max, &found) || found == 0)
        return false;
    *value = (unsigned)found;
    return true;
}

static bool read_place(struct cbor_reader *r, struct receipt *said)
{
    uint64_t epoch;

    if (!cbor_uint(r, PROFILE_NUMBER_MAX, &said->site) ||
        !cbor_uint(r, PROFILE_NUMBER_MAX, &said->gate) || !cbor_uint(r, INT32_MAX, &epoch))
        return false;
    said->epoch = (uint32_t)epoch;
    return true;
}

static bool read_answer(struct cbor_reader *r, struct receipt *said)
{
    int64_t colour;
    uint64_t why;

    if (!read_small(r, DIRECTION_MAX, &said->direction) ||
        !read_known(r, PROFILE_INDEX_MAX, &said->index) ||
        !read_known(r, PROFILE_COLOUR_MAX, &colour) ||
        !read_small(r, VERDICT_MAX, &said->verdict) || !cbor_array(r, 2) ||
        !cbor_uint(r, INT16_MAX, &why) || !cbor_uint(r, INT64_MAX, &said->reasons))
        return false;
    said->colour = (int)colour;
    said->why = (uint16_t)why;
    return true;
}

static bool is_input(int64_t value)
{
    return value >= -(int64_t)PROFILE_NUMBER_MAX && value <= (int64_t)PROFILE_NUMBER_MAX;
}

static bool read_inputs(struct cbor_reader *r, struct receipt *said)
{
    if (!cbor_array(r, RECEIPT_INPUT_COUNT))
        return false;
    for (unsigned i = 0; i < RECEIPT_INPUT_COUNT; i++) {
        if (!cbor_int(r, &said->inputs[i]) || !is_input(said->inputs[i]))
            return false;
    }
    return true;
}

static bool read_payload(struct text payload, struct receipt *said)
{
    struct cbor_reader r = cbor_over(payload);
    struct text prev;
    uint64_t t;

    if (!cbor_map(&r, 3) || !cbor_key(&r, CLAIM_IAT) || !cbor_uint(&r, PROFILE_TIME_MAX_S, &t) ||
        !cbor_key(&r, CLAIM_SEQ) || !cbor_uint(&r, PROFILE_NUMBER_MAX, &said->seq) ||
        said->seq == 0 || !cbor_key(&r, PROFILE_PRIVATE_LABEL) || !cbor_array(&r, 10) ||
        !read_place(&r, said) || !read_answer(&r, said) || !read_inputs(&r, said) ||
        !cbor_bytes(&r, &prev) || prev.bytes != RECEIPT_DIGEST_BYTES || !cbor_end(&r))
        return false;
    said->t_s = (int64_t)t;
    memcpy(said->prev, prev.at, RECEIPT_DIGEST_BYTES);
    return true;
}

bool receipt_read(struct text bytes, struct receipt_read *receipt)
{
    *receipt = (struct receipt_read){0};
    if (bytes.bytes > RECEIPT_BYTES_MAX || !envelope_read(bytes, &receipt->envelope) ||
        receipt->envelope.kind != TOKEN_RECEIPT ||
        !read_payload(receipt->envelope.sign1.payload, &receipt->said))
        return false;
    sha256(bytes, receipt->digest);
    return true;
}

static void check_ranges(const struct receipt *receipt)
{
    CHECK(receipt->t_s >= 0 && receipt->t_s <= PROFILE_TIME_MAX_S);
    CHECK(receipt->seq >= 1 && receipt->seq <= PROFILE_NUMBER_MAX);
    CHECK(receipt->site <= PROFILE_NUMBER_MAX && receipt->gate <= PROFILE_NUMBER_MAX);
    CHECK(receipt->epoch <= INT32_MAX && receipt->reasons <= INT64_MAX);
    CHECK(receipt->direction >= 1 && receipt->direction <= DIRECTION_MAX);
    CHECK(receipt->verdict >= 1 && receipt->verdict <= VERDICT_MAX);
    CHECK(receipt->index >= RECEIPT_UNKNOWN && receipt->index <= (int64_t)PROFILE_INDEX_MAX);
    CHECK(receipt->colour >= RECEIPT_UNKNOWN && receipt->colour <= PROFILE_COLOUR_MAX);
    for (unsigned i = 0; i < RECEIPT_INPUT_COUNT; i++)
        CHECK(is_input(receipt->inputs[i]));
}

static void put_payload(struct build *out, const struct receipt *receipt)
{
    cbor_put_head(out, CBOR_MAP, 3);
    cbor_put_int(out, CLAIM_IAT);
    cbor_put_int(out, receipt->t_s);
    cbor_put_int(out, CLAIM_SEQ);
    cbor_put_int(out, (int64_t)receipt->seq);
    cbor_put_int(out, PROFILE_PRIVATE_LABEL);
    cbor_put_head(out, CBOR_ARRAY, 10);
    cbor_put_int(out, (int64_t)receipt->site);
    cbor_put_int(out, (int64_t)receipt->gate);
    cbor_put_int(out, receipt->epoch);
    cbor_put_int(out, receipt->direction);
    cbor_put_int(out, receipt->index);
    cbor_put_int(out, receipt->colour);
    cbor_put_int(out, receipt->verdict);
    cbor_put_head(out, CBOR_ARRAY, 2);
    cbor_put_int(out, receipt->why);
    cbor_put_int(out, (int64_t)receipt->reasons);
    cbor_put_head(out, CBOR_ARRAY, RECEIPT_INPUT_COUNT);
    for (unsigned i = 0; i < RECEIPT_INPUT_COUNT; i++)
        cbor_put_int(out, receipt->inputs[i]);
    cbor_put_bytes(out, (struct text){(const char *)receipt->prev, sizeof receipt->prev});
}

struct err receipt_sign(struct signer *signer, const struct receipt *receipt, struct build *out,
                        unsigned char digest[RECEIPT_DIGEST_BYTES])
{
    char payload_bytes[PAYLOAD_BYTES_MAX];
    struct build payload = build_over(payload_bytes, sizeof payload_bytes);
    size_t from = out->bytes;
    struct err e;

    check_ranges(receipt);
    put_payload(&payload, receipt);
    CHECK(!payload.full);
    e = envelope_seal(signer, TOKEN_RECEIPT, build_done(&payload), out);
    if (!err_is(e) && digest != NULL)
        sha256((struct text){out->at + from, out->bytes - from}, digest);
    return e;
}

const char *receipt_input_name(enum receipt_input input)
{
    static const char *const names[] = {
#define RECEIPT_INPUT(NAME, name) [RECEIPT_##NAME] = name,
#include "crypto/receipt_input.def"
#undef RECEIPT_INPUT
    };

    CHECK(input < RECEIPT_INPUT_COUNT);
    return names[input];
}
