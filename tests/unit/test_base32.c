/* base32: the vectors of RFC 4648 section 10 (without padding), and what strict reading refuses. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/base32.h"

static const struct {
    const char *plain, *text;
} vectors[] = {
    {"", ""},
    {"f", "MY"},
    {"fo", "MZXQ"},
    {"foo", "MZXW6"},
    {"foob", "MZXW6YQ"},
    {"fooba", "MZXW6YTB"},
    {"foobar", "MZXW6YTBOI"},
};

Test(base32, the_vectors_of_rfc_4648_hold_both_ways)
{
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        char text[32];
        unsigned char plain[16];
        size_t bytes = 99;
        struct build out = build_over(text, sizeof text);

        base32_format(&out, text_of(vectors[i].plain));
        cr_expect_str_eq(text, vectors[i].text);
        cr_expect_eq(base32_chars(strlen(vectors[i].plain)), strlen(vectors[i].text));
        cr_assert(base32_parse(text_of(vectors[i].text), plain, sizeof plain, &bytes));
        cr_expect_eq(bytes, strlen(vectors[i].plain));
        cr_expect_arr_eq(plain, vectors[i].plain, bytes);
    }
}

static const struct {
    const char *name, *text;
} refused[] = {
    {"padding", "MY======"},
    {"lower case", "mzxw6"},
    {"one lower-case letter", "MZXw6"},
    {"digit 0", "M0"},
    {"digit 1", "M1"},
    {"digit 8", "M8"},
    {"digit 9", "M9"},
    {"blank at the end", "MZXW6YTB "},
    {"LF at the end", "MZXW6YTB\n"},
    {"CR inside", "MZX\rW6YQ"},
    {"hyphen", "MZXW-6YT"},
    {"full-width letter", "ＭZXW"},
    {"one character", "M"},
    {"three characters", "MZX"},
    {"six characters", "MZXW6Y"},
    {"tail bits of one byte", "MZ"},
    {"tail bits of two bytes", "MZXR"},
    {"tail bits of three bytes", "MZXW7"},
    {"tail bits of four bytes", "MZXW6YR"},
    {"at sign, before A", "@Y"},
    {"bracket, behind Z", "[Y"},
};

Test(base32, anything_else_is_refused)
{
    unsigned char plain[16];
    size_t bytes;

    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        cr_expect(!base32_parse(text_of(refused[i].text), plain, sizeof plain, &bytes), "%s",
                  refused[i].name);
    cr_expect(!base32_parse((struct text){"M\0", 2}, plain, sizeof plain, &bytes), "NUL");
}

Test(base32, a_result_beyond_the_ceiling_is_refused)
{
    unsigned char plain[6];
    size_t bytes;

    cr_expect(!base32_parse(TEXT("MZXW6YTBOI"), plain, 5, &bytes));
    cr_expect(base32_parse(TEXT("MZXW6YTBOI"), plain, 6, &bytes));
}

Test(base32, every_byte_at_every_place_comes_back)
{
    for (size_t length = 1; length <= 11; length++) {
        for (size_t place = 0; place < length; place++) {
            for (int value = 0; value < 256; value++) {
                unsigned char from[11] = {0}, to[11];
                char text[24];
                size_t bytes;
                struct build out = build_over(text, sizeof text);

                from[place] = (unsigned char)value;
                base32_format(&out, (struct text){(const char *)from, length});
                cr_assert(!out.full && out.bytes == base32_chars(length));
                cr_assert(base32_parse(build_done(&out), to, sizeof to, &bytes));
                cr_assert(bytes == length && memcmp(from, to, length) == 0);
            }
        }
    }
}

/* Strictness as a property: whatever is accepted is the one text that its bytes have. */
Test(base32, of_all_texts_of_four_characters_only_canonical_ones_are_accepted)
{
    static const char letters[] = "AB7Y=a1 ";
    size_t accepted = 0;

    for (unsigned n = 0; n < 8 * 8 * 8 * 8; n++) {
        char text[4] = {letters[n & 7], letters[n >> 3 & 7], letters[n >> 6 & 7], letters[n >> 9]};
        char again[8];
        unsigned char plain[4];
        size_t bytes;
        struct build out = build_over(again, sizeof again);

        if (!base32_parse((struct text){text, 4}, plain, sizeof plain, &bytes))
            continue;
        accepted++;
        base32_format(&out, (struct text){(const char *)plain, bytes});
        cr_expect(text_equal((struct text){text, 4}, build_done(&out)));
    }
    cr_expect_eq(accepted, 4 * 4 * 4 * 1, "four letters each, the last with four zero bits: A");
}
