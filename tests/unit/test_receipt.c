/* Receipts: what a gate signs about its own answers, and the chain they make. */
#include <criterion/criterion.h>
#include <string.h>

#include "crypto/cbor.h"
#include "crypto/receipt.h"
#include "support/code_maker.h"

static struct signer *signer;

static void set_up(void)
{
    signer = maker_signer(TOKEN_ES256);
}

static void tear_down(void)
{
    signer_close(signer);
}

TestSuite(receipt, .init = set_up, .fini = tear_down);

static struct receipt a_receipt(void)
{
    struct receipt receipt = {
        .t_s = MAKER_IAT, .seq = 1, .site = 12, .gate = 70, .epoch = 3, .direction = 1,
        .index = 1048577, .colour = 0, .verdict = 1, .why = 0, .reasons = 5};

    for (unsigned i = 0; i < RECEIPT_INPUT_COUNT; i++)
        receipt.inputs[i] = RECEIPT_UNKNOWN;
    receipt.inputs[RECEIPT_ROSTER_SEQ] = 81;
    receipt.inputs[RECEIPT_CLOCK_OFFSET_MS] = -350;
    return receipt;
}

/* The receipt's bytes, signed. */
static struct text made(const struct receipt *receipt, char bytes[RECEIPT_BYTES_MAX + 1],
                        unsigned char digest[RECEIPT_DIGEST_BYTES])
{
    struct build out = build_over(bytes, RECEIPT_BYTES_MAX + 1);
    struct err e = receipt_sign(signer, receipt, &out, digest);

    cr_assert(!err_is(e));
    return build_done(&out);
}

static bool is_same(const struct receipt *a, const struct receipt *b)
{
    return a->t_s == b->t_s && a->seq == b->seq && a->site == b->site && a->gate == b->gate &&
           a->epoch == b->epoch && a->direction == b->direction && a->index == b->index &&
           a->colour == b->colour && a->verdict == b->verdict && a->why == b->why &&
           a->reasons == b->reasons && memcmp(a->inputs, b->inputs, sizeof a->inputs) == 0 &&
           memcmp(a->prev, b->prev, sizeof a->prev) == 0;
}

Test(receipt, what_was_signed_is_read_back)
{
    static const enum token_alg algs[] = {TOKEN_ES256, TOKEN_SM2};
    char bytes[RECEIPT_BYTES_MAX + 1];
    unsigned char digest[RECEIPT_DIGEST_BYTES];
    struct receipt said = a_receipt();
    struct receipt_read read;

    for (unsigned i = 0; i < 2; i++) {
        signer_close(signer);
        signer = maker_signer(algs[i]);
        cr_assert(receipt_read(made(&said, bytes, digest), &read));
        cr_expect(is_same(&read.said, &said));
        cr_expect_arr_eq(read.digest, digest, sizeof digest);
        cr_expect(envelope_is_signed_by(&read.envelope, signer_key(signer)->public_key));
    }
}

Test(receipt, numbers_at_their_limits_fit_into_the_bytes_that_a_receipt_may_have)
{
    char bytes[RECEIPT_BYTES_MAX + 1];
    struct receipt said = a_receipt();
    struct receipt_read read;

    said.t_s = INT64_C(253402300799);
    said.seq = said.site = said.gate = (UINT64_C(1) << 53) - 1;
    said.index = (INT64_C(1) << 53) - 1;
    said.epoch = INT32_MAX;
    said.reasons = INT64_MAX;
    said.why = INT16_MAX;
    for (unsigned i = 0; i < RECEIPT_INPUT_COUNT; i++)
        said.inputs[i] = -((INT64_C(1) << 53) - 1);
    cr_assert(receipt_read(made(&said, bytes, NULL), &read));
    cr_expect(is_same(&read.said, &said));
}

Test(receipt, each_names_the_one_before_it)
{
    char bytes[RECEIPT_BYTES_MAX + 1];
    unsigned char first[RECEIPT_DIGEST_BYTES];
    struct receipt said = a_receipt();
    struct receipt_read read;

    made(&said, bytes, first);
    said.seq = 2;
    memcpy(said.prev, first, sizeof first);
    cr_assert(receipt_read(made(&said, bytes, NULL), &read));
    cr_expect_arr_eq(read.said.prev, first, sizeof first);
    cr_expect_arr_neq(read.digest, first, sizeof first);
}

Test(receipt, another_gate_s_key_has_not_signed_it)
{
    char bytes[RECEIPT_BYTES_MAX + 1];
    struct receipt said = a_receipt();
    struct signer *other = maker_signer(TOKEN_ES256), *sm2 = maker_signer(TOKEN_SM2);
    struct receipt_read read;

    cr_assert(receipt_read(made(&said, bytes, NULL), &read));
    cr_expect(!envelope_is_signed_by(&read.envelope, signer_key(other)->public_key));
    cr_expect(!envelope_is_signed_by(&read.envelope, signer_key(sm2)->public_key));
    signer_close(other);
    signer_close(sm2);
}

static bool accepts(struct text bytes, void *arg)
{
    struct receipt_read read;

    (void)arg;
    return receipt_read(bytes, &read) &&
           memcmp(read.envelope.kid, signer_key(signer)->kid, TOKEN_KID_BYTES) == 0 &&
           envelope_is_signed_by(&read.envelope, signer_key(signer)->public_key);
}

Test(receipt, every_flipped_bit_is_refused)
{
    char bytes[RECEIPT_BYTES_MAX + 1];
    struct receipt said = a_receipt();

    cr_expect_eq(maker_first_accepted_flip(made(&said, bytes, NULL), accepts, NULL), -1);
}

Test(receipt, every_cut_and_a_trailing_byte_are_refused)
{
    char bytes[RECEIPT_BYTES_MAX + 1];
    struct receipt said = a_receipt();
    struct text whole = made(&said, bytes, NULL);
    struct receipt_read read;

    for (size_t cut = 0; cut < whole.bytes; cut++)
        cr_expect(!receipt_read((struct text){whole.at, cut}, &read), "cut at %zu", cut);
    bytes[whole.bytes] = 0;
    cr_expect(!receipt_read((struct text){whole.at, whole.bytes + 1}, &read));
}

/* {6: 1700000000, 7: 1, -65537: […]}: what follows is the array of ten. */
#define HEAD "\xA3\x06\x1A\x65\x53\xF1\x00\x07\x01\x3A\x00\x01\x00\x00"
#define NONE "\x20\x20\x20\x20\x20\x20\x20\x20\x20\x20\x20\x20\x20\x20\x20"
#define PREV                                                                                       \
    "\x58\x20"                                                                                     \
    "00000000000000000000000000000000"

static const struct {
    const char *name;
    struct text payload;
    bool good;
} payloads[] = {
    {"as it should be", TEXT(HEAD "\x8A\x0C\x18\x46\x03\x01\x05\x00\x01\x82\x00\x00\x8F" NONE PREV), true},
    {"nobody, no colour", TEXT(HEAD "\x8A\x0C\x18\x46\x03\x01\x20\x20\x03\x82\x0E\x00\x8F" NONE PREV), true},
    {"index -2", TEXT(HEAD "\x8A\x0C\x18\x46\x03\x01\x21\x00\x01\x82\x00\x00\x8F" NONE PREV), false},
    {"colour 3", TEXT(HEAD "\x8A\x0C\x18\x46\x03\x01\x05\x03\x01\x82\x00\x00\x8F" NONE PREV), false},
    {"direction 0", TEXT(HEAD "\x8A\x0C\x18\x46\x03\x00\x05\x00\x01\x82\x00\x00\x8F" NONE PREV), false},
    {"direction 3", TEXT(HEAD "\x8A\x0C\x18\x46\x03\x03\x05\x00\x01\x82\x00\x00\x8F" NONE PREV), false},
    {"verdict 0", TEXT(HEAD "\x8A\x0C\x18\x46\x03\x01\x05\x00\x00\x82\x00\x00\x8F" NONE PREV), false},
    {"verdict 4", TEXT(HEAD "\x8A\x0C\x18\x46\x03\x01\x05\x00\x04\x82\x00\x00\x8F" NONE PREV), false},
    {"reasons alone", TEXT(HEAD "\x8A\x0C\x18\x46\x03\x01\x05\x00\x01\x00\x8F" NONE PREV), false},
    {"fourteen inputs", TEXT(HEAD "\x8A\x0C\x18\x46\x03\x01\x05\x00\x01\x82\x00\x00\x8E\x20\x20\x20"
                             "\x20\x20\x20\x20\x20\x20\x20\x20\x20\x20\x20" PREV), false},
    {"an input as text", TEXT(HEAD "\x8A\x0C\x18\x46\x03\x01\x05\x00\x01\x82\x00\x00\x8F\x60\x20\x20"
                              "\x20\x20\x20\x20\x20\x20\x20\x20\x20\x20\x20\x20" PREV), false},
    {"prev of 31 bytes", TEXT(HEAD "\x8A\x0C\x18\x46\x03\x01\x05\x00\x01\x82\x00\x00\x8F" NONE
                              "\x58\x1F" "0000000000000000000000000000000"), false},
    {"nine members", TEXT(HEAD "\x89\x0C\x18\x46\x03\x01\x05\x00\x01\x82\x00\x00\x8F" NONE), false},
    {"seq 0", TEXT("\xA3\x06\x1A\x65\x53\xF1\x00\x07\x00\x3A\x00\x01\x00\x00\x8A\x0C\x18\x46\x03\x01"
                   "\x05\x00\x01\x82\x00\x00\x8F" NONE PREV), false},
    {"no seq", TEXT("\xA2\x06\x1A\x65\x53\xF1\x00\x3A\x00\x01\x00\x00\x8A\x0C\x18\x46\x03\x01"
                    "\x05\x00\x01\x82\x00\x00\x8F" NONE PREV), false},
};

Test(receipt, of_all_payloads_even_rightly_signed_only_the_profile_is_accepted)
{
    for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++) {
        char bytes[RECEIPT_BYTES_MAX + 1];
        struct build out = build_over(bytes, sizeof bytes);
        struct err e = envelope_seal(signer, TOKEN_RECEIPT, payloads[i].payload, &out);
        struct receipt_read read;

        cr_assert(!err_is(e));
        cr_expect_eq(receipt_read(build_done(&out), &read), payloads[i].good, "%s",
                     payloads[i].name);
    }
}

Test(receipt, another_kind_with_a_receipt_s_payload_is_none)
{
    char bytes[RECEIPT_BYTES_MAX + 1];
    struct build out = build_over(bytes, sizeof bytes);
    struct err e = envelope_seal(signer, TOKEN_LIVE, payloads[0].payload, &out);
    struct receipt_read read;

    cr_assert(!err_is(e));
    cr_expect(!receipt_read(build_done(&out), &read));
}

Test(receipt, a_full_builder_is_an_error)
{
    char bytes[RECEIPT_BYTES_MAX + 1];
    struct receipt said = a_receipt();
    size_t whole = made(&said, bytes, NULL).bytes;
    struct build out = build_over(bytes, whole);
    struct err e = receipt_sign(signer, &said, &out, NULL);

    cr_expect_eq(e.code, ERR_TOO_LARGE);
}

Test(receipt, its_inputs_have_names)
{
    cr_expect_str_eq(receipt_input_name(RECEIPT_TOKEN_KIND), "token_kind");
    cr_expect_str_eq(receipt_input_name(RECEIPT_TOLD), "told");
}
