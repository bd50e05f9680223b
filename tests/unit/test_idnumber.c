/* domain/idnumber: numbers and names. Made-up numbers begin with 99; the others are the vectors
 * that the standards and their commentaries print. */
#include <criterion/criterion.h>
#include <string.h>

#include "domain/idnumber.h"

enum { TODAY = 46346 }; /* 2026-11-22 */

static const struct {
    enum document_type type;
    const char *number;
    enum err_code code;
} documents[] = {
    {DOCUMENT_ID_CARD, "11010519491231002X", ERR_NONE},
    {DOCUMENT_ID_CARD, "11010519491231002x", ERR_NONE},
    {DOCUMENT_ID_CARD, "34052419800101001X", ERR_NONE},
    {DOCUMENT_ID_CARD, "440524188001010014", ERR_ID_BIRTH_DATE}, /* checksum right, born 1880 */
    {DOCUMENT_ID_CARD, "110105194912310021", ERR_ID_CHECKSUM},
    {DOCUMENT_ID_CARD, "110105491231002", ERR_ID_LEGACY},
    {DOCUMENT_ID_CARD, "11010519000229002X", ERR_ID_BIRTH_DATE},
    {DOCUMENT_ID_CARD, "11010519491331002X", ERR_ID_BIRTH_DATE},
    {DOCUMENT_ID_CARD, "990101203001010018", ERR_ID_BIRTH_DATE}, /* not born yet */
    {DOCUMENT_ID_CARD, "01010519491231002X", ERR_ID_SYNTAX},
    {DOCUMENT_ID_CARD, "11010519491231 02X", ERR_ID_SYNTAX},
    {DOCUMENT_ID_CARD, "11010519491231-02X", ERR_ID_SYNTAX},
    {DOCUMENT_ID_CARD, "１１０１０５19491231002X", ERR_ID_SYNTAX},
    {DOCUMENT_ID_CARD, "1101051949123100X2", ERR_ID_SYNTAX},
    {DOCUMENT_ID_CARD, "", ERR_ID_SYNTAX},
    {DOCUMENT_ID_CARD, "810000199001010019", ERR_NONE}, /* 港澳台居民居住证 */
    {DOCUMENT_FOREIGN_PERMANENT, "911242199203010016", ERR_NONE},
    {DOCUMENT_FOREIGN_PERMANENT, "ABC123456789012", ERR_NONE},
    {DOCUMENT_FOREIGN_PERMANENT, "AB1234567890123", ERR_ID_SYNTAX},
    {DOCUMENT_FOREIGN_PERMANENT, "11010519491231002X", ERR_ID_SYNTAX},
    {DOCUMENT_HK_MACAO_PERMIT, "H12345678", ERR_NONE},
    {DOCUMENT_HK_MACAO_PERMIT, "M1234567890", ERR_NONE},
    {DOCUMENT_HK_MACAO_PERMIT, "K12345678", ERR_ID_SYNTAX},
    {DOCUMENT_HK_MACAO_PERMIT, "H1234567", ERR_ID_SYNTAX},
    {DOCUMENT_TAIWAN_PERMIT, "12345678", ERR_NONE},
    {DOCUMENT_TAIWAN_PERMIT, "1234567", ERR_ID_SYNTAX},
    {DOCUMENT_PASSPORT, "e12345678", ERR_NONE},
    {DOCUMENT_PASSPORT, "E1234;DROP", ERR_ID_SYNTAX},
    {DOCUMENT_PASSPORT, "E12345678901234567", ERR_ID_SYNTAX},
    {DOCUMENT_OTHER, "1234567890123456789012345", ERR_ID_SYNTAX},
};

Test(idnumber, each_number_is_taken_or_refused_for_its_reason)
{
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        struct document d;
        struct err e = document_parse(documents[i].type, text_of(documents[i].number), "/number",
                                      TODAY, &d);

        cr_expect_eq(e.code, documents[i].code, "%s: %d", documents[i].number, (int)e.code);
    }
}

Test(idnumber, an_id_card_tells_birth_and_sex_and_is_kept_in_upper_case)
{
    struct document d;

    cr_assert(!err_is(document_parse(DOCUMENT_ID_CARD, TEXT("11010519491231002x"), NULL, TODAY, &d)));
    cr_assert_str_eq(d.number, "11010519491231002X");
    cr_assert_eq(d.birth, day_from_civil((struct civil){1949, 12, 31}));
    cr_assert_eq(d.sex, SEX_FEMALE);
    cr_assert(!err_is(document_parse(DOCUMENT_ID_CARD, TEXT("34052419800101001X"), NULL, TODAY, &d)));
    cr_assert_eq(d.sex, SEX_MALE);
}

Test(idnumber, any_one_wrong_digit_of_an_id_card_is_found)
{
    const char *right = "34052419800101001X";

    for (size_t place = 0; place < 17; place++) {
        for (char digit = '0'; digit <= '9'; digit++) {
            char wrong[19];
            struct document d;

            memcpy(wrong, right, sizeof wrong);
            wrong[place] = digit;
            if (digit != right[place])
                cr_expect(err_is(document_parse(DOCUMENT_ID_CARD, text_of(wrong), NULL, TODAY, &d)),
                          "%s", wrong);
        }
    }
}

Test(idnumber, credit_codes_are_checked_by_gb_32100)
{
    cr_assert(!err_is(uscc_check(TEXT("91350100M000100Y43"), NULL)));
    cr_assert(!err_is(uscc_check(TEXT("11320000MB151840XJ"), NULL)));
    cr_assert(err_is(uscc_check(TEXT("91350100M000100Y4Z"), NULL)));
    cr_assert(err_is(uscc_check(TEXT("91350100M000100Y44"), NULL)));
    cr_assert(err_is(uscc_check(TEXT("91350100m000100y43"), NULL)));
    cr_assert(err_is(uscc_check(TEXT("91350100M000100Y4"), NULL)));
    cr_assert(err_is(uscc_check(TEXT("91350100M000100I43"), NULL)));
}

Test(idnumber, phones_are_eleven_digits_from_13)
{
    cr_assert(!err_is(phone_check(TEXT("13800001234"), NULL)));
    cr_assert(!err_is(phone_check(TEXT("19900001234"), NULL)));
    cr_assert(err_is(phone_check(TEXT("12800001234"), NULL)));
    cr_assert(err_is(phone_check(TEXT("+8613800001234"), NULL)));
    cr_assert(err_is(phone_check(TEXT("1380000123"), NULL)));
    cr_assert(err_is(phone_check(TEXT("1380000123a"), NULL)));
}

static const struct {
    const char *name;
    enum err_code code;
} names[] = {
    {"张三", ERR_NONE},
    {"𠮷野", ERR_NONE},
    {"阿卜杜拉·买买提", ERR_NONE},
    {"\xEE\xA0\x80", ERR_NONE},       /* U+E800, private use: rare characters of old systems */
    {"O'Brien; DROP TABLE", ERR_NONE},
    {"", ERR_FIELD_LENGTH},
    {" ", ERR_FIELD_TEXT},
    {" 张三", ERR_FIELD_TEXT},
    {"张三\xE3\x80\x80", ERR_FIELD_TEXT}, /* ideographic space */
    {"张\n三", ERR_FIELD_TEXT},
    {"张\xC2\x85三", ERR_FIELD_TEXT},     /* C1 */
    {"张\xE2\x80\x8B三", ERR_FIELD_TEXT}, /* zero-width space */
    {"张\xE2\x80\x8D三", ERR_FIELD_TEXT}, /* zero-width joiner */
    {"张\xE2\x80\xAE三", ERR_FIELD_TEXT}, /* right-to-left override */
    {"张\xE2\x81\xA6三", ERR_FIELD_TEXT}, /* isolate */
    {"\xEF\xBB\xBF张", ERR_FIELD_TEXT},   /* BOM */
    {"张\xED\xA0\x80", ERR_FIELD_TEXT},   /* surrogate */
    {"张\xC0\xAF", ERR_FIELD_TEXT},       /* overlong */
    {"张\xEF\xBF\xBF", ERR_FIELD_TEXT},   /* non-character */
    {"张\xF3\xA0\x81\x81", ERR_FIELD_TEXT}, /* tag */
};

Test(idnumber, names_are_what_can_be_seen_and_read)
{
    char sixty[181], longer[184];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct err e = name_check(text_of(names[i].name), "/name");

        cr_expect_eq(e.code, names[i].code, "name %zu: %d", i, (int)e.code);
    }
    for (size_t i = 0; i < 61; i++)
        memcpy(longer + 3 * i, "张", 3);
    longer[183] = '\0';
    memcpy(sixty, longer, 180);
    sixty[180] = '\0';
    cr_assert(!err_is(name_check(text_of(sixty), NULL)));
    cr_assert_eq(name_check(text_of(longer), NULL).code, ERR_FIELD_LENGTH);
    cr_assert_eq(name_check((struct text){"a\0b", 3}, NULL).code, ERR_FIELD_TEXT);
}

Test(idnumber, masks_show_no_more_than_they_say)
{
    char document[DOCUMENT_BYTES_MAX + 1], phone[12], name[8];

    cr_assert_str_eq(document_mask(TEXT("320102199001010010"), document).at, "320***********0010");
    cr_assert_str_eq(document_mask(TEXT("E12345678"), document).at, "E******78");
    cr_assert_str_eq(document_mask(TEXT("1234567"), document).at, "******7");
    cr_assert_str_eq(phone_mask(TEXT("13800001234"), phone).at, "138****1234");
    cr_assert_str_eq(name_mask(TEXT("张三丰"), name).at, "张*");
    cr_assert_str_eq(name_mask(TEXT("𠮷"), name).at, "𠮷*");
    cr_assert_eq(name_mask((struct text){"", 0}, name).bytes, 0);
}
