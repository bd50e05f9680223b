/* domain/workdays.h: which days are working days, by the holiday calendars that are known.
 *
 * A calendar is a year's document (migrations/reference/README.md). What no calendar says goes by
 * the weekday: Monday to Friday are working days. */
#ifndef DOMAIN_WORKDAYS_H
#define DOMAIN_WORKDAYS_H

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"
#include "scoring/day.h"

enum { HOLIDAY_YEAR_MIN = 2000, HOLIDAY_YEAR_MAX = 2078, HOLIDAY_SPANS_MAX = 40,
       HOLIDAY_DAYS_OF_YEAR = 366 };

struct holiday_year {
    int year;
    day_t first;                              /* 1 January */
    signed char kind[HOLIDAY_DAYS_OF_YEAR];   /* 0: by the weekday; 1: working; -1: off */
};

/* Reads a year's document. Fails with ERR_FIELD_…, ERR_DATE_…; field is a JSON pointer. */
MUST_USE struct err holiday_year_read(const json_t *document, struct arena *arena,
                                      struct holiday_year *out);

struct holidays {
    const struct holiday_year *years;
    size_t count;
};

bool day_is_working(const struct holidays *holidays, day_t day);

/* The count-th working day after `from`, count > 0; *certain is false when a day on the way lies in
 * a year without calendar. DAY_LAST at the end of time. */
day_t day_add_working(const struct holidays *holidays, day_t from, unsigned count, bool *certain);

#endif
