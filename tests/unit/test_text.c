/* Text: comparing, cutting, numbers, UTF-8, and the bounded builder. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

Test(text, comparing_needs_no_nul_and_takes_empty_texts)
{
    struct text none = {NULL, 0};

    cr_expect(text_equal(none, TEXT("")));
    cr_expect(text_equal_ignoring_case(none, TEXT("")));
    cr_expect(text_equal(text_of(NULL), none));
    cr_expect(text_equal(TEXT("a\0b"), TEXT("a\0b")));
    cr_expect(!text_equal(TEXT("a\0b"), TEXT("a\0c")));
    cr_expect(!text_equal(TEXT("ab"), TEXT("a")));
    cr_expect(text_equal_ignoring_case(TEXT("Host"), TEXT("hOST")));
    cr_expect(!text_equal_ignoring_case(TEXT("Host"), TEXT("hOSTs")));
    cr_expect(text_is(TEXT("in"), "in") && !text_is(TEXT("in"), "i"));
    cr_expect(text_starts(TEXT("JA1.X"), TEXT("JA1.")) && text_starts(none, none));
    cr_expect(!text_starts(TEXT("JA1"), TEXT("JA1.")));
}

Test(text, trimming_takes_ascii_blanks_from_both_ends_alone)
{
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"", ""},          {" ", ""},          {" \t\r\n", ""},     {"a", "a"},
        {" a ", "a"},      {"\ta b\n", "a b"}, {"\u3000a", "\u3000a"}, {"\va", "\va"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect(text_is(text_trim(text_of(cases[i].from)), cases[i].to), "case %zu", i);
}

Test(text, cutting_tells_an_empty_rest_from_no_rest)
{
    struct text rest, head = text_cut(TEXT("a,b,,"), ',', &rest);

    cr_expect(text_is(head, "a") && text_is(rest, "b,,"));
    head = text_cut(rest, ',', &rest);
    cr_expect(text_is(head, "b") && text_is(rest, ","));
    head = text_cut(rest, ',', &rest);
    cr_expect(text_is(head, "") && rest.at != NULL && rest.bytes == 0);
    head = text_cut(rest, ',', &rest);
    cr_expect(text_is(head, "") && rest.at == NULL);
    head = text_cut((struct text){NULL, 0}, ',', &rest);
    cr_expect(head.bytes == 0 && rest.at == NULL);
}

Test(text, a_number_is_the_whole_text_and_in_range)
{
    static const struct {
        const char *text;
        int64_t min, max, value;
        bool good;
    } cases[] = {
        {"0", 0, 9, 0, true},
        {"9", 0, 9, 9, true},
        {"10", 0, 9, 0, false},
        {"-1", -1, 9, -1, true},
        {"-2", -1, 9, 0, false},
        {"-0", 0, 9, 0, true},
        {"", 0, 9, 0, false},
        {"-", -9, 9, 0, false},
        {"--1", -9, 9, 0, false},
        {"+1", 0, 9, 0, false},
        {" 1", 0, 9, 0, false},
        {"1 ", 0, 9, 0, false},
        {"1.0", 0, 9, 0, false},
        {"1e0", 0, 9, 0, false},
        {"0x1", 0, 9, 0, false},
        {"１", 0, 9, 0, false},
        {"007", 0, 9, 7, true},
        {"9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX, true},
        {"9223372036854775808", INT64_MIN, INT64_MAX, 0, false},
        {"-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN, true},
        {"-9223372036854775809", INT64_MIN, INT64_MAX, 0, false},
        {"99999999999999999999", INT64_MIN, INT64_MAX, 0, false},
        {"000000000000000000001", 0, 9, 0, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t value = 0;
        bool good = text_to_int(text_of(cases[i].text), cases[i].min, cases[i].max, &value);

        cr_expect(good == cases[i].good && value == cases[i].value, "%s", cases[i].text);
    }
    cr_expect(!text_to_int(TEXT("1\0"), 0, 9, &(int64_t){0}), "NUL");
}

/* The boundaries of RFC 3629 section 4, and the classic overlong and surrogate attacks. */
Test(text, only_rfc_3629_is_utf8)
{
    static const struct {
        struct text text;
        size_t points; /* 99: refused */
    } cases[] = {
        {TEXT(""), 0},
        {TEXT("\0"), 1},
        {TEXT("abc"), 3},
        {TEXT("张三"), 2},
        {TEXT("𠮷"), 1},
        {TEXT("\x7F\xC2\x80"), 2},
        {TEXT("\xDF\xBF\xE0\xA0\x80"), 2},
        {TEXT("\xED\x9F\xBF"), 1},
        {TEXT("\xEE\x80\x80"), 1},
        {TEXT("\xEF\xBF\xBF"), 1},
        {TEXT("\xF0\x90\x80\x80"), 1},
        {TEXT("\xF4\x8F\xBF\xBF"), 1},
        {TEXT("\x80"), 99},
        {TEXT("\xBF"), 99},
        {TEXT("\xC0\x80"), 99},
        {TEXT("\xC1\xBF"), 99},
        {TEXT("\xC2"), 99},
        {TEXT("\xC2\x41"), 99},
        {TEXT("\xE0\x9F\xBF"), 99},
        {TEXT("\xE4\xB8"), 99},
        {TEXT("\xED\xA0\x80"), 99},
        {TEXT("\xED\xBF\xBF"), 99},
        {TEXT("\xF0\x8F\xBF\xBF"), 99},
        {TEXT("\xF0\x9F\x98"), 99},
        {TEXT("\xF4\x90\x80\x80"), 99},
        {TEXT("\xF5\x80\x80\x80"), 99},
        {TEXT("\xFE"), 99},
        {TEXT("\xFF"), 99},
        {TEXT("a\xFF"), 99},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t points = 99;
        bool good = text_is_utf8(cases[i].text, &points);

        cr_expect(good == (cases[i].points != 99) && points == cases[i].points, "case %zu", i);
    }
}

Test(text, code_points_come_off_one_by_one)
{
    struct text rest = TEXT("aé张𠮷");
    static const uint32_t points[] = {'a', 0xE9, 0x5F20, 0x20BB7};

    for (size_t i = 0; i < 4; i++)
        cr_expect_eq(text_next_code_point(&rest), points[i]);
    cr_expect_eq(rest.bytes, 0);
}

Test(text, a_builder_cuts_at_every_ceiling_and_says_so)
{
    for (size_t max = 1; max <= 24; max++) {
        char *at = malloc(max); /* exact size: one byte too far is seen */
        struct build b = build_over(at, max);

        build_string(&b, "ab");
        build_char(&b, 'c');
        build_int(&b, -42);
        build_format(&b, "%s|%d", "xyz", 12345);
        build_text(&b, (struct text){NULL, 0});
        cr_expect_eq(b.full, max <= 15, "max %zu", max);
        cr_expect_eq(at[b.bytes], '\0');
        cr_expect_eq(strncmp(at, "abc-42xyz|12345", b.bytes), 0, "max %zu: %s", max, at);
        cr_expect_eq(b.bytes, max <= 15 ? max - 1 : 15);
        cr_expect(text_equal(build_done(&b), (struct text){at, b.bytes}));
        free(at);
    }
}
