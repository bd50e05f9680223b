/* Rosters: what is signed is what a gate reads, and anything else is refused as a whole. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/roster.h"
#include "support/code_maker.h"

enum { ROWS = 5000 };

static struct signer *signer;
static struct trust_list trust;
static char scratch_bytes[1 << 20], file_bytes[1 << 20];
static struct roster_row rows[ROWS];
static const struct roster_head head = {.iat = MAKER_IAT, .exp = MAKER_IAT + 86400, .seq = 9,
                                        .site = 12, .day = 45246, .policy = 7};

static void trust_it(void)
{
    struct trusted_key key = *signer_key(signer);
    struct err e;

    trust_list_clear(&trust);
    key.kinds = 1u << TOKEN_ROSTER;
    e = trust_list_add(&trust, &key);
    cr_assert(!err_is(e));
}

static void set_up(void)
{
    signer = maker_signer(TOKEN_ES256);
    trust_it();
    for (uint32_t i = 0; i < ROWS; i++)
        rows[i] = (struct roster_row){.index = (UINT64_C(3) << 20) + 200 * i + 1,
                                      .colour_here = i % 3, .restrictions = i % 4,
                                      .trade = (uint16_t)(i % 1000), .photo = {(unsigned char)i}};
}

static void tear_down(void)
{
    trust_list_clear(&trust);
    signer_close(signer);
}

TestSuite(roster, .init = set_up, .fini = tear_down);

static struct text made(uint32_t count)
{
    struct build scratch = build_over(scratch_bytes, sizeof scratch_bytes);
    struct build out = build_over(file_bytes, sizeof file_bytes);
    struct err e = roster_sign(signer, &head, rows, count, &scratch, &out);

    cr_assert(!err_is(e));
    return build_done(&out);
}

static bool is_same_row(const struct roster_row *a, const struct roster_row *b)
{
    return a->index == b->index && a->colour_here == b->colour_here &&
           a->restrictions == b->restrictions && a->trade == b->trade &&
           memcmp(a->photo, b->photo, sizeof a->photo) == 0;
}

static bool is_same_head(const struct roster_head *a, const struct roster_head *b)
{
    return a->iat == b->iat && a->exp == b->exp && a->seq == b->seq && a->site == b->site &&
           a->day == b->day && a->policy == b->policy;
}

Test(roster, what_was_signed_is_read_back_row_by_row)
{
    static const enum token_alg algs[] = {TOKEN_ES256, TOKEN_SM2};
    struct roster roster;
    struct cbor_reader rest;
    struct roster_row row;

    for (unsigned i = 0; i < 2; i++) {
        signer_close(signer);
        signer = maker_signer(algs[i]);
        trust_it();
        cr_assert(roster_read(made(ROWS), &roster));
        cr_expect_eq(roster_judge(&roster, &trust, MAKER_IAT, 0), TOKEN_OK);
        cr_expect(is_same_head(&roster.head, &head));
        cr_expect_eq(roster.count, ROWS);
        rest = roster.rows;
        for (unsigned n = 0; n < ROWS; n++) {
            cr_assert(roster_next(&rest, &row));
            cr_assert(is_same_row(&row, &rows[n]), "row %u", n);
        }
        cr_expect(!roster_next(&rest, &row));
    }
}

Test(roster, each_of_its_indices_is_found_and_no_other)
{
    struct roster roster;
    struct roster_row row;

    cr_assert(roster_read(made(100), &roster));
    for (unsigned i = 0; i < 100; i++) {
        cr_expect(roster_find(&roster, rows[i].index, &row) && row.trade == rows[i].trade);
        cr_expect(!roster_find(&roster, rows[i].index + 1, &row));
    }
    cr_expect(!roster_find(&roster, 0, &row));
    cr_expect(!roster_find(&roster, UINT64_MAX, &row));
}

Test(roster, one_without_rows_is_a_roster)
{
    struct roster roster;
    struct roster_row row;

    cr_assert(roster_read(made(0), &roster));
    cr_expect_eq(roster.count, 0);
    cr_expect(!roster_find(&roster, 1, &row));
}

Test(roster, key_kind_and_time_decide)
{
    struct roster roster;

    cr_assert(roster_read(made(10), &roster));
    cr_expect_eq(roster_judge(&roster, &trust, MAKER_IAT - 1, 0), TOKEN_NOT_YET);
    cr_expect_eq(roster_judge(&roster, &trust, MAKER_IAT - 1, 1), TOKEN_OK);
    cr_expect_eq(roster_judge(&roster, &trust, head.exp, 0), TOKEN_EXPIRED);
    trust.keys[0].kinds = ~(1u << TOKEN_ROSTER);
    cr_expect_eq(roster_judge(&roster, &trust, MAKER_IAT, 0), TOKEN_KEY);
    trust.keys[0].kinds = 1u << TOKEN_ROSTER;
    trust.keys[0].state = KEY_REMOVED;
    cr_expect_eq(roster_judge(&roster, &trust, MAKER_IAT, 0), TOKEN_KEY);
    trust_list_clear(&trust);
    cr_expect_eq(roster_judge(&roster, &trust, MAKER_IAT, 0), TOKEN_UNKNOWN_KEY);
}

static bool accepts(struct text bytes, void *arg)
{
    struct roster roster;

    (void)arg;
    return roster_read(bytes, &roster) &&
           roster_judge(&roster, &trust, MAKER_IAT, 0) == TOKEN_OK;
}

Test(roster, every_flipped_bit_is_refused)
{
    cr_expect_eq(maker_first_accepted_flip(made(4), accepts, NULL), -1);
}

Test(roster, every_cut_and_a_trailing_byte_are_refused)
{
    struct text whole = made(3);
    struct roster roster;

    for (size_t cut = 0; cut < whole.bytes; cut++)
        cr_expect(!roster_read((struct text){whole.at, cut}, &roster), "cut at %zu", cut);
    file_bytes[whole.bytes] = 0;
    cr_expect(!roster_read((struct text){whole.at, whole.bytes + 1}, &roster));
}

#define HEAD  "\xA4\x04\x1A\x65\x53\xF1\x3C\x06\x1A\x65\x53\xF1\x00\x07\x01\x3A\x00\x01\x00\x00"
#define PLACE "\x84\x0C\x19\xB0\xBE\x07"
#define PHOTO "\x50" "0123456789abcdef"

static const struct {
    const char *name;
    struct text payload;
    bool good;
} payloads[] = {
    {"two rows", TEXT(HEAD PLACE "\x82\x85\x01\x00\x00\x14" PHOTO "\x85\x02\x01\x00\x14" PHOTO), true},
    {"out of order", TEXT(HEAD PLACE "\x82\x85\x02\x00\x00\x14" PHOTO "\x85\x01\x01\x00\x14" PHOTO), false},
    {"one index twice", TEXT(HEAD PLACE "\x82\x85\x01\x00\x00\x14" PHOTO "\x85\x01\x01\x00\x14" PHOTO), false},
    {"one row less than said", TEXT(HEAD PLACE "\x82\x85\x01\x00\x00\x14" PHOTO), false},
    {"one row more than said", TEXT(HEAD PLACE "\x81\x85\x01\x00\x00\x14" PHOTO "\x85\x02\x01\x00\x14" PHOTO), false},
    {"2^63 rows", TEXT(HEAD PLACE "\x9B\x80\x00\x00\x00\x00\x00\x00\x00"), false},
    {"rows without end", TEXT(HEAD PLACE "\x9F\x85\x01\x00\x00\x14" PHOTO "\xFF"), false},
    {"rows as a map", TEXT(HEAD PLACE "\xA0"), false},
    {"colour 3", TEXT(HEAD PLACE "\x81\x85\x01\x03\x00\x14" PHOTO), false},
    {"trade 65536", TEXT(HEAD PLACE "\x81\x85\x01\x00\x00\x1A\x00\x01\x00\x00" PHOTO), false},
    {"restrictions of 33 bits", TEXT(HEAD PLACE "\x81\x85\x01\x00\x1B\x00\x00\x00\x01\x00\x00\x00\x00\x14" PHOTO), false},
    {"a photo of 15 bytes", TEXT(HEAD PLACE "\x81\x85\x01\x00\x00\x14\x4F" "0123456789abcde"), false},
    {"four members", TEXT(HEAD PLACE "\x81\x84\x01\x00\x00\x14"), false},
    {"day 0", TEXT(HEAD "\x84\x0C\x00\x07\x80"), false},
    {"day 65535", TEXT(HEAD "\x84\x0C\x19\xFF\xFF\x07\x80"), false},
    {"no policy", TEXT(HEAD "\x83\x0C\x19\xB0\xBE\x80"), false},
    {"exp before iat", TEXT("\xA4\x04\x1A\x65\x53\xF0\xFF\x06\x1A\x65\x53\xF1\x00\x07\x01\x3A\x00\x01\x00\x00" PLACE "\x80"), false},
};

Test(roster, of_all_payloads_even_rightly_signed_only_the_profile_is_accepted)
{
    for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++) {
        struct build out = build_over(file_bytes, sizeof file_bytes);
        struct err e = envelope_seal(signer, TOKEN_ROSTER, payloads[i].payload, &out);
        struct roster roster;

        cr_assert(!err_is(e));
        cr_expect_eq(roster_read(build_done(&out), &roster), payloads[i].good, "%s",
                     payloads[i].name);
    }
}

Test(roster, what_does_not_fit_is_an_error)
{
    struct build scratch = build_over(scratch_bytes, 100);
    struct build out = build_over(file_bytes, sizeof file_bytes);
    struct err e = roster_sign(signer, &head, rows, 10, &scratch, &out);

    cr_expect_eq(e.code, ERR_TOO_LARGE);
    scratch = build_over(scratch_bytes, sizeof scratch_bytes);
    out = build_over(file_bytes, 200);
    e = roster_sign(signer, &head, rows, 10, &scratch, &out);
    cr_expect_eq(e.code, ERR_TOO_LARGE);
}
