/* base/clock.h: the only place where time is read.
 *
 * Instants are UTC microseconds since 1970; deadlines use the monotonic clock. The site's local
 * date comes from the TZ database by way of the process's TZ (settings: time_zone, default
 * Asia/Shanghai). Day numbers are scoring/day.h's: days since 1900-01-01. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

typedef int64_t time_us; /* microseconds since 1970-01-01T00:00:00Z */

enum { US_PER_SECOND = 1000000, US_PER_MS = 1000 };

time_us clock_wall_us(void);
int64_t clock_monotonic_us(void);
void clock_shift_for_tests(int64_t wall_offset_us); /* moves clock_wall_us() only */

/* Sets the process's zone; false when the TZ database does not hold it. Call once, at start. */
MUST_USE bool clock_set_zone(const char *zone);

struct local_time {
    int year, month, day, hour, minute, second; /* month and day from 1 */
    int utc_offset_s;
};
struct local_time clock_local(time_us at);
uint16_t clock_local_day(time_us at); /* days since 1900-01-01, local date */
time_us clock_day_start(uint16_t day); /* the instant of local midnight */

/* RFC 3339 with the local offset, e.g. 2026-11-22T06:01:02.123456+08:00; at least 33 bytes + NUL. */
enum { CLOCK_RFC3339_BYTES = 40 };
struct text clock_format(time_us at, char buffer[CLOCK_RFC3339_BYTES]);
/* Accepts RFC 3339 with offset or Z, fraction up to 9 digits; refuses second 60 and no offset. */
MUST_USE bool clock_parse(struct text from, time_us *at);

#endif
