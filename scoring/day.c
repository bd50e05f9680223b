#include "scoring/day.h"

/* Days from 1970-01-01 back to 1900-01-01. */
enum { EPOCH_1900 = 25567, DAYS_PER_400_YEARS = 146097, DAYS_TO_1970 = 719468 };

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Years counted from March, so that the leap day comes last; every year here is after 1899. */
static int days_since_1900(struct civil c)
{
    int year = c.month <= 2 ? c.year - 1 : c.year;
    int era = year / 400, of_era = year % 400;
    int of_year = (153 * (c.month + (c.month > 2 ? -3 : 9)) + 2) / 5 + c.day - 1;

    return era * DAYS_PER_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
           DAYS_TO_1970 + EPOCH_1900;
}

bool civil_exists(struct civil c)
{
    return c.year >= 1900 && c.year <= 2079 && c.month >= 1 && c.month <= 12 && c.day >= 1 &&
           c.day <= month_days(c.year, c.month) && days_since_1900(c) <= DAY_LAST;
}

day_t day_from_civil(struct civil c)
{
    return civil_exists(c) ? (day_t)days_since_1900(c) : DAY_UNKNOWN;
}

struct civil day_to_civil(day_t day)
{
    int z = day - EPOCH_1900 + DAYS_TO_1970;
    int era = z / DAYS_PER_400_YEARS, of_era = z % DAYS_PER_400_YEARS;
    int year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int from_march = (5 * of_year + 2) / 153;
    int month = from_march < 10 ? from_march + 3 : from_march - 9;

    return (struct civil){era * 400 + year_of_era + (month <= 2), month,
                          of_year - (153 * from_march + 2) / 5 + 1};
}

static day_t clamped(struct civil c)
{
    int day;

    if (c.year < 1900)
        return 1;
    if (c.year > 2079)
        return DAY_LAST;
    day = days_since_1900(c);
    return day < 1 ? 1 : day > DAY_LAST ? DAY_LAST : (day_t)day;
}

day_t day_add_months(day_t day, int months)
{
    struct civil c = day_to_civil(day);
    int count = c.year * 12 + c.month - 1 + months; /* months since year 0 */

    if (count < 1900 * 12)
        return 1;
    c.year = count / 12;
    c.month = count % 12 + 1;
    if (c.day > month_days(c.year, c.month))
        c.day = month_days(c.year, c.month);
    return clamped(c);
}

day_t day_of_age(day_t birth, int years)
{
    struct civil c = day_to_civil(birth);

    c.year += years;
    if (c.month == 2 && c.day == 29 && !is_leap(c.year)) {
        c.month = 3;
        c.day = 1;
    }
    return civil_exists(c) ? (day_t)days_since_1900(c) : DAY_NEVER;
}

day_t day_of_period(day_t day, unsigned months, unsigned later)
{
    struct civil c = day_to_civil(day);
    int length = (int)months, of_year = (c.month - 1) / length + (int)later, a_year = 12 / length;

    c = (struct civil){c.year + of_year / a_year, of_year % a_year * length + 1, 1};
    if (civil_exists(c))
        return (day_t)days_since_1900(c);
    return DAY_NEVER;
}
