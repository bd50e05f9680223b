/* base/choice: words in the order of an enum. */
#include <criterion/criterion.h>

#include "base/choice.h"

Test(choice, a_word_is_found_at_its_place_and_no_part_of_one_is)
{
    static const char choices[] = "rolling|month|months|x";

    cr_expect_eq(choice_find(choices, TEXT("rolling")), 0);
    cr_expect_eq(choice_find(choices, TEXT("month")), 1);
    cr_expect_eq(choice_find(choices, TEXT("months")), 2);
    cr_expect_eq(choice_find(choices, TEXT("x")), 3);
    cr_expect_eq(choice_find(choices, TEXT("")), -1);
    cr_expect_eq(choice_find(choices, TEXT("mont")), -1);
    cr_expect_eq(choice_find(choices, TEXT("month|months")), -1);
    cr_expect_eq(choice_find(choices, TEXT("Month")), -1);
}

Test(choice, a_place_gives_its_word_and_none_beyond_the_ends)
{
    static const char choices[] = "a||ccc";

    cr_expect(text_is(choice_at(choices, 0), "a"));
    cr_expect(text_is(choice_at(choices, 1), ""));
    cr_expect(text_is(choice_at(choices, 2), "ccc"));
    cr_expect_not_null(choice_at(choices, 1).at);
    cr_expect_null(choice_at(choices, 3).at);
    cr_expect_null(choice_at(choices, -1).at);
}
