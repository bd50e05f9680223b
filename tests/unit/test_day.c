/* scoring/day: the calendar. */
#include <criterion/criterion.h>

#include "scoring/day.h"

static day_t day(int year, int month, int of_month)
{
    return day_from_civil((struct civil){year, month, of_month});
}

Test(day, every_day_of_the_calendar_goes_there_and_back)
{
    struct civil before = day_to_civil(1);

    cr_assert_eq(day(1900, 1, 2), 1);
    for (int d = 1; d <= DAY_LAST; d++) {
        struct civil c = day_to_civil((day_t)d);

        cr_assert_eq(day_from_civil(c), d);
        if (d > 1 && c.day != 1)
            cr_assert_eq(c.day, before.day + 1);
        before = c;
    }
}

Test(day, known_days_have_their_numbers)
{
    cr_assert_eq(day(1970, 1, 1), 25567);
    cr_assert_eq(day(2000, 3, 1) - day(2000, 2, 28), 2);
    cr_assert_eq(day(2079, 6, 5), DAY_LAST);
}

Test(day, what_is_no_date_is_unknown)
{
    cr_assert_eq(day(1900, 2, 29), DAY_UNKNOWN);
    cr_assert_eq(day(2026, 2, 29), DAY_UNKNOWN);
    cr_assert_eq(day(2026, 13, 1), DAY_UNKNOWN);
    cr_assert_eq(day(2026, 0, 1), DAY_UNKNOWN);
    cr_assert_eq(day(2026, 4, 31), DAY_UNKNOWN);
    cr_assert_eq(day(2079, 6, 6), DAY_UNKNOWN);
    cr_assert_eq(day(2080, 1, 1), DAY_UNKNOWN);
    cr_assert_eq(day(1899, 12, 31), DAY_UNKNOWN);
    cr_assert_eq(day(1900, 1, 1), DAY_UNKNOWN); /* 0 is taken: nobody at work was born then */
}

Test(day, months_end_on_the_corresponding_day_or_the_months_last)
{
    cr_assert_eq(day_add_months(day(2021, 8, 31), 6), day(2022, 2, 28)); /* Civil Code 201-202 */
    cr_assert_eq(day_add_months(day(2023, 8, 31), 6), day(2024, 2, 29));
    cr_assert_eq(day_add_months(day(2026, 1, 15), 12), day(2027, 1, 15));
    cr_assert_eq(day_add_months(day(2026, 3, 31), -1), day(2026, 2, 28));
    cr_assert_eq(day_add_months(day(2026, 1, 1), -60), day(2021, 1, 1));
    cr_assert_eq(day_add_months(day(2026, 12, 31), 1), day(2027, 1, 31));
}

Test(day, months_beyond_the_calendar_stay_at_its_ends)
{
    cr_assert_eq(day_add_months(day(2079, 1, 1), 12), DAY_LAST);
    cr_assert_eq(day_add_months(day(2026, 1, 1), 100000), DAY_LAST);
    cr_assert_eq(day_add_months(day(1900, 1, 31), -1), 1);
    cr_assert_eq(day_add_months(day(1950, 1, 1), -100000), 1);
}

Test(day, a_year_of_age_is_completed_on_the_birthday)
{
    cr_assert_eq(day_of_age(day(1966, 11, 21), 60), day(2026, 11, 21));
    cr_assert_eq(day_of_age(day(2008, 2, 29), 18), day(2026, 3, 1));
    cr_assert_eq(day_of_age(day(2008, 2, 29), 20), day(2028, 2, 29));
    cr_assert_eq(day_of_age(day(2026, 1, 1), 60), DAY_NEVER);
}

Test(day, a_period_of_the_calendar_begins_on_its_first_day)
{
    static const struct {
        int year, month, day;
        unsigned months, later;
        int from_year, from_month;
    } rows[] = {
        {2026, 1, 1, 1, 0, 2026, 1},   {2026, 1, 31, 1, 0, 2026, 1},  {2026, 1, 31, 1, 1, 2026, 2},
        {2028, 2, 29, 1, 1, 2028, 3},  {2026, 12, 31, 1, 1, 2027, 1}, {2026, 3, 31, 3, 0, 2026, 1},
        {2026, 4, 1, 3, 0, 2026, 4},   {2026, 6, 30, 3, 1, 2026, 7},  {2026, 6, 30, 3, 2, 2026, 10},
        {2026, 12, 31, 3, 1, 2027, 1}, {2026, 10, 1, 3, 2, 2027, 4},  {2026, 1, 1, 12, 0, 2026, 1},
        {2026, 12, 31, 12, 0, 2026, 1}, {2026, 12, 31, 12, 1, 2027, 1}, {2026, 5, 5, 12, 2, 2028, 1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_expect_eq(day_of_period(day(rows[i].year, rows[i].month, rows[i].day), rows[i].months,
                                   rows[i].later),
                     day(rows[i].from_year, rows[i].from_month, 1), "row %zu", i);
    cr_expect_eq(day_of_period(day(2079, 6, 5), 12, 1), DAY_NEVER);
}
