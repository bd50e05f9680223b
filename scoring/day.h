/* scoring/day.h: civil dates as day numbers.
 *
 * A day is the count of days since 1900-01-01 in the site's local calendar, so 1 is 1900-01-02;
 * 0 means unknown and 65535 means no end (2079-06-06 would be its date). Periods are half-open:
 * [from, until). Nothing here knows a time zone. */
#ifndef SCORING_DAY_H
#define SCORING_DAY_H

#include <stdbool.h>
#include <stdint.h>

typedef uint16_t day_t;

enum { DAY_UNKNOWN = 0, DAY_NEVER = 65535, DAY_LAST = 65534 };

struct civil {
    int year, month, day; /* month and day from 1 */
};

bool civil_exists(struct civil c);         /* a real date of the Gregorian calendar, 1900-2079 */
day_t day_from_civil(struct civil c);      /* DAY_UNKNOWN when it does not exist */
struct civil day_to_civil(day_t day);      /* of a day in [1, DAY_LAST] */

/* The corresponding day `months` later (or earlier), the month's last day where there is none:
 * 2021-08-31 + 6 = 2022-02-28 (Civil Code 民法典 201-202). Clamped to [1, DAY_LAST]. */
day_t day_add_months(day_t day, int months);

/* The day on which somebody born on `birth` completes `years` years (周岁): the birthday; for
 * births on 29 February, 1 March in common years. DAY_NEVER when beyond the calendar. */
day_t day_of_age(day_t birth, int years);

/* The first day of the calendar period of `months` months (1, 3 or 12: a month, a quarter, a year)
 * that is `later` periods after the one in which `day` lies. DAY_NEVER when beyond the calendar. */
day_t day_of_period(day_t day, unsigned months, unsigned later);

#endif
