#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DAYS_1900_TO_1970 = 25567 };

static _Atomic int64_t test_offset_us;

static int64_t read_us(clockid_t which)
{
    struct timespec t;

    CHECK(clock_gettime(which, &t) == 0);
    return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

time_us clock_wall_us(void)
{
    return read_us(CLOCK_REALTIME) + atomic_load_explicit(&test_offset_us, memory_order_relaxed);
}

int64_t clock_monotonic_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

void clock_shift_for_tests(int64_t wall_offset_us)
{
    atomic_store(&test_offset_us, wall_offset_us);
}

bool clock_set_zone(const char *zone)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", zone);
    file = fopen(path, "rb");
    if (file == NULL)
        return false;
    (void)fclose(file);
    CHECK(setenv("TZ", zone, 1) == 0);
    tzset();
    return true;
}

static int64_t seconds_of(time_us at)
{
    return at >= 0 ? at / US_PER_SECOND : -((-at + US_PER_SECOND - 1) / US_PER_SECOND);
}

struct local_time clock_local(time_us at)
{
    time_t seconds = (time_t)seconds_of(at);
    struct tm tm;

    CHECK(localtime_r(&seconds, &tm) != NULL);
    return (struct local_time){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                               tm.tm_min,         tm.tm_sec,     (int)tm.tm_gmtoff};
}

uint16_t clock_local_day(time_us at)
{
    int64_t local_s = seconds_of(at) + clock_local(at).utc_offset_s;
    int64_t days = (local_s >= 0 ? local_s : local_s - 86399) / 86400 + DAYS_1900_TO_1970;

    return days < 0 ? 0 : days > UINT16_MAX ? UINT16_MAX : (uint16_t)days;
}

time_us clock_day_start(uint16_t day)
{
    int64_t utc_s = ((int64_t)day - DAYS_1900_TO_1970) * 86400;
    int guess_s = clock_local(utc_s * US_PER_SECOND).utc_offset_s;
    int offset_s = clock_local((utc_s - guess_s) * US_PER_SECOND).utc_offset_s; /* summer time */

    return (utc_s - offset_s) * US_PER_SECOND;
}

struct text clock_format(time_us at, char buffer[CLOCK_RFC3339_BYTES])
{
    struct local_time t = clock_local(at);
    struct build b = build_over(buffer, CLOCK_RFC3339_BYTES);
    int64_t us = at - seconds_of(at) * US_PER_SECOND;
    int minutes = t.utc_offset_s / 60;

    build_format(&b, "%04d-%02d-%02dT%02d:%02d:%02d.%06d%c%02d:%02d", t.year % 10000, t.month,
                 t.day, t.hour, t.minute, t.second, (int)us, minutes < 0 ? '-' : '+',
                 abs(minutes) / 60, abs(minutes) % 60);
    return build_done(&b);
}

/* Reads `count` digits at *at within [min, max] and steps over them. */
static bool digits(struct text *rest, size_t count, int min, int max, int *value)
{
    int64_t number;

    if (rest->bytes < count || rest->at[0] == '-' ||
        !text_to_int((struct text){rest->at, count}, min, max, &number))
        return false;
    *rest = (struct text){rest->at + count, rest->bytes - count};
    *value = (int)number;
    return true;
}

static bool literal(struct text *rest, const char *one_of, char *found)
{
    if (rest->bytes == 0)
        return false;
    for (; *one_of != '\0'; one_of++) {
        if (rest->at[0] == *one_of) {
            *found = *one_of;
            *rest = (struct text){rest->at + 1, rest->bytes - 1};
            return true;
        }
    }
    return false;
}

static bool parse_fraction(struct text *rest, int64_t *us)
{
    int64_t unit = US_PER_SECOND;
    size_t count = 0;
    char dot;

    *us = 0;
    if (!literal(rest, ".", &dot))
        return true;
    while (rest->bytes > 0 && rest->at[0] >= '0' && rest->at[0] <= '9') {
        unit /= 10;
        *us += (rest->at[0] - '0') * unit;
        *rest = (struct text){rest->at + 1, rest->bytes - 1};
        if (++count > 9)
            return false;
    }
    return count > 0;
}

static bool parse_offset(struct text *rest, int *offset_s)
{
    int hours, minutes;
    char sign;

    *offset_s = 0;
    if (literal(rest, "Zz", &sign))
        return true;
    if (!literal(rest, "+-", &sign) || !digits(rest, 2, 0, 23, &hours) ||
        !literal(rest, ":", &(char){0}) || !digits(rest, 2, 0, 59, &minutes))
        return false;
    *offset_s = (hours * 60 + minutes) * (sign == '-' ? -60 : 60);
    return true;
}

bool clock_parse(struct text from, time_us *at)
{
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct tm tm = {0};
    int year, month, offset_s, leap;
    int64_t us;
    char c;

    if (!digits(&from, 4, 1900, 9999, &year) || !literal(&from, "-", &c) ||
        !digits(&from, 2, 1, 12, &month) || !literal(&from, "-", &c) ||
        !digits(&from, 2, 1, 31, &tm.tm_mday) || !literal(&from, "Tt", &c) ||
        !digits(&from, 2, 0, 23, &tm.tm_hour) || !literal(&from, ":", &c) ||
        !digits(&from, 2, 0, 59, &tm.tm_min) || !literal(&from, ":", &c) ||
        !digits(&from, 2, 0, 59, &tm.tm_sec) || !parse_fraction(&from, &us) ||
        !parse_offset(&from, &offset_s) || from.bytes != 0)
        return false;
    leap = month == 2 && (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    if (tm.tm_mday > month_days[month - 1] + leap)
        return false;
    tm.tm_year = year - 1900;
    tm.tm_mon = month - 1;
    *at = ((int64_t)timegm(&tm) - offset_s) * US_PER_SECOND + us;
    return true;
}
