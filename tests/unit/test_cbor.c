/* The CBOR subset: what is refused, what is accepted, and how it is written. */
#include <criterion/criterion.h>
#include <stdint.h>

#include "crypto/cbor.h"
#include "crypto/cose.h"
#include "support/hex.h"

static unsigned char space[4096];

static struct text bytes_of(const char *hex)
{
    return hex_bytes(hex, space, sizeof space);
}

static const struct {
    const char *name, *hex;
} refused[] = {
    {"nothing", ""},
    {"trailing byte", "00 00"},
    {"1 in two bytes", "18 01"},
    {"23 in two bytes", "18 17"},
    {"255 in three bytes", "19 00ff"},
    {"65535 in five bytes", "1a 0000ffff"},
    {"2^32-1 in nine bytes", "1b 00000000ffffffff"},
    {"negative, not shortest", "38 17"},
    {"string length, not shortest", "58 01 61"},
    {"reserved argument 28", "1c"},
    {"reserved argument 30", "1e"},
    {"argument cut off", "19 01"},
    {"argument missing", "18"},
    {"indefinite bytes", "5f 41 61 ff"},
    {"indefinite text", "7f 61 61 ff"},
    {"indefinite array", "9f 01 ff"},
    {"indefinite map", "bf 01 02 ff"},
    {"break alone", "ff"},
    {"false", "f4"},
    {"null", "f6"},
    {"undefined", "f7"},
    {"simple 255", "f8 ff"},
    {"half float", "f9 3c00"},
    {"half float NaN", "f9 7e00"},
    {"single float", "fa 47c35000"},
    {"double float", "fb 3ff199999999999a"},
    {"float inside a map", "a1 01 f9 3c00"},
    {"bytes past the end", "42 61"},
    {"bytes of length 2^63", "5b 8000000000000000"},
    {"bytes of length 2^64-1", "5b ffffffffffffffff"},
    {"text past the end", "62 61"},
    {"text that is not UTF-8", "61 ff"},
    {"text with a surrogate", "63 eda080"},
    {"array past the end", "82 01"},
    {"array of 2^63 items", "9b 8000000000000000"},
    {"map past the end", "a1 01"},
    {"map of 2^63 pairs", "bb 8000000000000000"},
    {"map of 2^64-1 pairs", "bb ffffffffffffffff"},
    {"duplicate keys", "a2 01 00 01 00"},
    {"duplicate negative keys", "a2 20 00 20 00"},
    {"unsorted keys", "a2 04 00 01 00"},
    {"unsorted: -1 before 10", "a2 20 00 0a 00"},
    {"unsorted: longer key first", "a2 1818 00 01 00"},
    {"text key", "a1 61 61 00"},
    {"array as a key", "a1 80 00"},
    {"duplicate keys in a nested map", "81 a2 01 00 01 00"},
    {"tag 0", "c0 00"},
    {"tag 2, a bignum", "c2 41 01"},
    {"tag 17", "d1 00"},
    {"tag 55799", "d9 d9f7 00"},
    {"tag without content", "d2"},
    {"seven containers deep", "81 81 81 81 81 81 81 00"},
    {"seven deep with the tag", "d2 81 81 81 81 81 81 00"},
};

Test(cbor, what_is_not_of_the_profile_is_refused)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        cr_expect(!cbor_is_profile(bytes_of(refused[i].hex)), "%s", refused[i].name);
}

Test(cbor, depth_of_a_thousand_is_refused)
{
    memset(space, 0x81, 1000);
    space[1000] = 0;
    cr_expect(!cbor_is_profile((struct text){(const char *)space, 1001}));
    memset(space, 0xD2, 1000);
    cr_expect(!cbor_is_profile((struct text){(const char *)space, 1001}));
}

static const struct {
    const char *hex, *diagnostic;
} accepted[] = {
    {"00", "0"},
    {"17", "23"},
    {"18 18", "24"},
    {"18 ff", "255"},
    {"19 0100", "256"},
    {"19 ffff", "65535"},
    {"1a 00010000", "65536"},
    {"1a ffffffff", "4294967295"},
    {"1b 0000000100000000", "4294967296"},
    {"1b ffffffffffffffff", "18446744073709551615"},
    {"20", "-1"},
    {"37", "-24"},
    {"38 18", "-25"},
    {"3a 00010000", "-65537"},
    {"3b ffffffffffffffff", "-18446744073709551616"},
    {"40", "h''"},
    {"42 00ff", "h'00ff'"},
    {"60", "\"\""},
    {"63 e5bbba", "\"建\""},
    {"62 225c", "\"\\\"\\\\\""},
    {"80", "[]"},
    {"a0", "{}"},
    {"83 01 20 40", "[1, -1, h'']"},
    {"a4 01 00 0a 00 1818 00 20 00", "{1: 0, 10: 0, 24: 0, -1: 0}"},
    {"d2 82 01 a1 04 41aa", "18([1, {4: h'aa'}])"},
    {"81 81 81 81 81 81 00", "[[[[[[0]]]]]]"},
    {"82 a1 01 80 a1 01 80", "[{1: []}, {1: []}]"},
};

Test(cbor, what_is_of_the_profile_is_accepted_and_shown_in_diagnostic_notation)
{
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        struct text bytes = bytes_of(accepted[i].hex);
        char shown[256];
        struct build out = build_over(shown, sizeof shown);

        cr_assert(cbor_is_profile(bytes), "%s", accepted[i].hex);
        cbor_diagnose(bytes, &out);
        cr_expect_str_eq(shown, accepted[i].diagnostic);
    }
}

Test(cbor, every_cut_of_a_valid_item_is_refused)
{
    struct text whole = bytes_of("d2 84 43 a10126 a1 0442 3131 54 "
                                 "546869732069732074686520636f6e74656e742e 41 00");

    cr_assert(cbor_is_profile(whole));
    for (size_t bytes = 0; bytes < whole.bytes; bytes++)
        cr_expect(!cbor_is_profile((struct text){whole.at, bytes}), "cut at %zu", bytes);
}

Test(cbor, integers_are_written_in_their_shortest_form_and_read_back)
{
    static const int64_t values[] = {0,     1,          23,         24,        255,       256,
                                     65535, 65536,      4294967295, 4294967296, INT64_MAX, -1,
                                     -24,   -25,        -256,       -257,      -65536,    -65537,
                                     -4294967296, -4294967297, INT64_MIN};

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char bytes[16];
        struct build out = build_over(bytes, sizeof bytes);
        struct cbor_reader r;
        int64_t back = 0;

        cbor_put_int(&out, values[i]);
        r = cbor_over(build_done(&out));
        cr_expect(cbor_int(&r, &back) && cbor_end(&r) && back == values[i], "%ld", (long)values[i]);
        cr_expect(cbor_is_profile(build_done(&out)));
    }
}

Test(cbor, integers_beyond_their_type_are_refused)
{
    struct cbor_reader r = cbor_over(bytes_of("1b 8000000000000000"));
    int64_t value;
    uint64_t number;

    cr_expect(!cbor_int(&r, &value));
    r = cbor_over(bytes_of("3b 8000000000000000"));
    cr_expect(!cbor_int(&r, &value));
    r = cbor_over(bytes_of("1903e8"));
    cr_expect(!cbor_uint(&r, 999, &number));
    r = cbor_over(bytes_of("1903e8"));
    cr_expect(cbor_uint(&r, 1000, &number) && number == 1000);
    r = cbor_over(bytes_of("20"));
    cr_expect(!cbor_uint(&r, UINT64_MAX, &number));
}

static const struct {
    const char *name, *hex;
} not_sign1[] = {
    {"no tag", "84 40 a0 40 40"},
    {"three items", "d2 83 40 a0 40"},
    {"five items", "d2 85 41a0 a0 40 40 40"},
    {"empty protected header", "d2 84 40 a0 40 40"},
    {"protected header is an array", "d2 84 41 80 a0 40 40"},
    {"protected header with trailing bytes", "d2 84 42 a000 a0 40 40"},
    {"protected header not deterministic", "d2 84 44 a1180101 a0 40 40"},
    {"unprotected header is an array", "d2 84 41 a0 80 40 40"},
    {"unprotected header with duplicate keys", "d2 84 41a0 a2 0100 0100 40 40"},
    {"payload is nil", "d2 84 41 a0 a0 f6 40"},
    {"payload is text", "d2 84 41 a0 a0 60 40"},
    {"trailing byte", "d2 84 41 a0 a0 40 40 00"},
};

Test(cose, what_is_not_a_sign1_is_refused)
{
    struct cose_sign1 view;

    cr_expect(cose_read(bytes_of("d2 84 41 a0 a0 40 40"), &view), "the good one");
    for (size_t i = 0; i < sizeof not_sign1 / sizeof not_sign1[0]; i++)
        cr_expect(!cose_read(bytes_of(not_sign1[i].hex), &view), "%s", not_sign1[i].name);
}

Test(cose, what_is_written_is_read_back)
{
    struct cose_sign1 from = {TEXT("\xA1\x01\x26"), TEXT("\xA0"), TEXT("content"), TEXT("sig")};
    struct cose_sign1 to;
    char bytes[64];
    struct build out = build_over(bytes, sizeof bytes);

    cose_write(&from, &out);
    cr_assert(!out.full && cose_read(build_done(&out), &to));
    cr_expect(text_equal(from.protected_bytes, to.protected_bytes));
    cr_expect(text_equal(from.unprotected, to.unprotected));
    cr_expect(text_equal(from.payload, to.payload));
    cr_expect(text_equal(from.signature, to.signature));
}
