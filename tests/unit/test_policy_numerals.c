/* domain/policy_numerals: which numbers a text names, of what unit, of whom. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "domain/policy_numerals.h"

enum { LINE_BYTES = 512 };

static const char *const units[NUMERAL_UNITS] = {"", "p", "h", "a", "m", "y", "d", "t", "%", "n"};
static const char *const tags[] = {"", "M", "W", "Y", "R", "T"};

/* "60aM" is 60 years of men: p points, h hours, a age, m months, y English years, d days, t times,
 * n people; M men, W women, Y yellow, R red. */
static const struct {
    const char *words, *found;
} cases[] = {
    {"", ""},
    {"安全学习积分不足60分。", "60p"},
    {"满6分黄、满12分红", "6pY 12pR"},
    {"满六分的为黄码，满十二分红", "6pY 12pR"},
    {"达到60分可获得绿码", "60p"},
    {"轻微1、一般3、较重6、严重12分", "12p"},
    {"这十分重要，每课30分钟，占三分之一", ""},
    {"扣10分", "10p"},
    {"公司、项目各15学时，班组20学时", "15h 20h"},
    {"公司和项目15、15学时", "15h 15h"},
    {"未满十六周岁；十六至十八周岁", "16a 16a 18a"},
    {"女55至59、男60至64周岁", "55aW 59aW 60aM 64aM"},
    {"男满60周岁、女满50周岁以上，18周岁以上", "60aM 50aW 18a"},
    {"55、60、65周岁处重叠：重叠的一岁", "55a 60a 65a"},
    {"满一百二十周岁", "120a"},
    {"最近12个月，有效期两年，1年以上", "12m 24m 12m"},
    {"建市〔2019〕18号，2019年1月2日起", ""},
    {"劳动法第十五条，第3次，第58、64条", ""},
    {"到期前3个月内申请", ""},
    {"2年内违章操作记录达3次（含3次）", "24m 3t 3t"},
    {"超过10%，或红码超过2人，3天内", "10% 2n 3d"},
    {"GBZ 188-2014 9.1：每两年复查一次", "24m 1t"},
    {"less than 15 hours in the last 12 months", "15h 12m"},
    {"men 55 to 59 years, women 50 years", "55yM 59yM 50yW"},
    {"renewed after 2 years, within the last 3 months", "2y"},
    {"within 24 hours; a 12-month window, 1 point a day", "12m 1p"},
    {"18th birthday, 3 pointers, 7.06 points", ""},
};

static void write_found(const char *words, char line[LINE_BYTES])
{
    struct numeral found[NUMERALS_MAX];
    unsigned count = numerals_find(text_of(words), found);
    struct build b = build_over(line, LINE_BYTES);

    for (unsigned i = 0; i < count; i++)
        build_format(&b, "%s%u%s%s", i > 0 ? " " : "", found[i].value, units[found[i].unit],
                     tags[found[i].tag]);
}

Test(policy_numerals, each_text_names_these_numbers_and_no_others)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[LINE_BYTES] = "";

        write_found(cases[i].words, line);
        cr_expect_str_eq(line, cases[i].found, "%s: %s, not %s", cases[i].words, line,
                         cases[i].found);
    }
}

Test(policy_numerals, a_text_of_more_numbers_than_fit_is_read_as_far_as_they_fit)
{
    struct numeral found[NUMERALS_MAX];
    char words[4 * (NUMERALS_MAX + 9) + 1];
    struct build b = build_over(words, sizeof words);

    for (unsigned i = 0; i < NUMERALS_MAX + 9; i++)
        build_string(&b, "5天");
    cr_expect_eq(numerals_find(build_done(&b), found), NUMERALS_MAX);
    b = build_over(words, sizeof words);
    for (unsigned i = 0; i < NUMERALS_MAX + 9; i++)
        build_string(&b, "5、");
    cr_expect_eq(numerals_find(build_done(&b), found), 0);
}
