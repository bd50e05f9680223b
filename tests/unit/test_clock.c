/* Time: RFC 3339 at its boundaries, local days, and the test's own offset. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/clock.h"

static void set_up(void)
{
    cr_assert(clock_set_zone("Asia/Shanghai"));
}

TestSuite(clock, .init = set_up);

static const struct {
    const char *text;
    bool good;
    int64_t at_us;
} instants[] = {
    {"1970-01-01T00:00:00Z", true, 0},
    {"1970-01-01T08:00:00+08:00", true, 0},
    {"1969-12-31T23:59:59.999999Z", true, -1},
    {"1970-01-01T00:00:00.000001Z", true, 1},
    {"1970-01-01T00:00:00.0000019Z", true, 1},
    {"1970-01-01T00:00:00.123456789Z", true, 123456},
    {"1970-01-01T00:00:00.1Z", true, 100000},
    {"1970-01-01t00:00:00z", true, 0},
    {"1970-01-01T23:59:59Z", true, INT64_C(86399000000)},
    {"1900-01-01T00:00:00Z", true, INT64_C(-2208988800000000)},
    {"9999-12-31T23:59:59Z", true, INT64_C(253402300799000000)},
    {"2038-01-19T03:14:08Z", true, INT64_C(2147483648000000)},
    {"2000-02-29T00:00:00Z", true, INT64_C(951782400000000)},
    {"2024-02-29T00:00:00Z", true, INT64_C(1709164800000000)},
    {"1970-01-01T00:00:00-00:00", true, 0},
    {"1970-01-01T00:00:00+23:59", true, INT64_C(-86340000000)},
    {"1970-01-01T00:00:00-12:30", true, INT64_C(45000000000)},
    {"2023-02-29T00:00:00Z", false, 0},
    {"1900-02-29T00:00:00Z", false, 0},
    {"2100-02-29T00:00:00Z", false, 0},
    {"2024-02-30T00:00:00Z", false, 0},
    {"2024-04-31T00:00:00Z", false, 0},
    {"2024-01-32T00:00:00Z", false, 0},
    {"2024-00-01T00:00:00Z", false, 0},
    {"2024-13-01T00:00:00Z", false, 0},
    {"2024-01-00T00:00:00Z", false, 0},
    {"1899-12-31T23:59:59Z", false, 0},
    {"0001-01-01T00:00:00Z", false, 0},
    {"2016-12-31T23:59:60Z", false, 0}, /* a true leap second; we refuse all of them */
    {"2024-01-01T24:00:00Z", false, 0},
    {"2024-01-01T00:60:00Z", false, 0},
    {"2024-01-01T00:00:61Z", false, 0},
    {"2024-01-01T00:00:00", false, 0},
    {"2024-01-01", false, 0},
    {"2024-01-01 00:00:00Z", false, 0},
    {"2024-01-01T00:00Z", false, 0},
    {"2024-01-01T00:00:00.Z", false, 0},
    {"2024-01-01T00:00:00.1234567890Z", false, 0},
    {"2024-01-01T00:00:00,5Z", false, 0},
    {"2024-01-01T00:00:00+0800", false, 0},
    {"2024-01-01T00:00:00+08", false, 0},
    {"2024-01-01T00:00:00+24:00", false, 0},
    {"2024-01-01T00:00:00+08:60", false, 0},
    {"2024-01-01T00:00:00 08:00", false, 0},
    {"2024-01-01T00:00:00ZZ", false, 0},
    {"2024-01-01T00:00:00Z ", false, 0},
    {" 2024-01-01T00:00:00Z", false, 0},
    {"2024-1-01T00:00:00Z", false, 0},
    {"24-01-01T00:00:00Z", false, 0},
    {"+024-01-01T00:00:00Z", false, 0},
    {"-024-01-01T00:00:00Z", false, 0},
    {"2024-01--1T00:00:00Z", false, 0},
    {"２０２４-01-01T00:00:00Z", false, 0},
    {"", false, 0},
    {"Z", false, 0},
};

Test(clock, only_rfc_3339_with_an_offset_is_an_instant)
{
    for (size_t i = 0; i < sizeof instants / sizeof instants[0]; i++) {
        time_us at = 0;
        bool good = clock_parse(text_of(instants[i].text), &at);

        cr_expect_eq(good, instants[i].good, "%s", instants[i].text);
        cr_expect(!good || at == instants[i].at_us, "%s: %ld", instants[i].text, (long)at);
    }
}

Test(clock, every_cut_of_an_instant_is_refused)
{
    struct text whole = TEXT("2024-01-01T00:00:00.5+08:00");
    time_us at;

    for (size_t bytes = 0; bytes < whole.bytes; bytes++)
        cr_expect(!clock_parse((struct text){whole.at, bytes}, &at), "cut at %zu", bytes);
    cr_expect(clock_parse(whole, &at));
}

Test(clock, what_is_formatted_is_read_back_the_same)
{
    static const struct {
        const char *zone, *shown;
        time_us at;
    } cases[] = {
        {"Asia/Shanghai", "1970-01-01T08:00:00.000000+08:00", 0},
        {"Asia/Shanghai", "1970-01-01T07:59:59.999999+08:00", -1},
        {"Asia/Shanghai", "2026-11-22T06:01:02.123456+08:00", INT64_C(1795298462123456)},
        {"America/New_York", "2026-11-21T17:01:02.123456-05:00", INT64_C(1795298462123456)},
        {"America/New_York", "2026-07-01T00:00:00.000000-04:00", INT64_C(1782878400000000)},
        {"Asia/Kathmandu", "2026-11-22T03:46:02.000000+05:45", INT64_C(1795298462000000)},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char buffer[CLOCK_RFC3339_BYTES];
        struct text shown;
        time_us back = 0;

        cr_assert(clock_set_zone(cases[i].zone));
        shown = clock_format(cases[i].at, buffer);
        cr_expect(text_is(shown, cases[i].shown), "%s", buffer);
        cr_expect(clock_parse(shown, &back) && back == cases[i].at, "%s", buffer);
    }
}

Test(clock, a_day_begins_at_local_midnight)
{
    time_us at;

    cr_assert(clock_parse(TEXT("2026-11-21T23:59:59.999999+08:00"), &at));
    cr_expect_eq(clock_local_day(at), 46345);
    cr_expect_eq(clock_local_day(at + 1), 46346);
    cr_expect_eq(clock_day_start(46346), at + 1);
    cr_expect_eq(clock_local(at + 1).hour, 0);
    cr_assert(clock_parse(TEXT("1900-01-01T12:00:00+08:00"), &at));
    cr_expect_eq(clock_local_day(at), 0);
    cr_expect_eq(clock_local_day(at - INT64_C(400) * 86400 * US_PER_SECOND), 0, "never below");
    cr_assert(clock_parse(TEXT("9999-01-01T00:00:00+08:00"), &at));
    cr_expect_eq(clock_local_day(at), UINT16_MAX, "never above");
}

/* From 1992, China's first year without summer time, to the last day that a day number holds. */
Test(clock, every_day_since_1992_starts_at_its_own_midnight)
{
    for (unsigned day = 33602; day <= UINT16_MAX; day++) {
        time_us start = clock_day_start((uint16_t)day);

        cr_assert_eq(clock_local_day(start), day, "day %u", day);
        cr_assert_eq(clock_local_day(start - 1), day - 1, "day %u", day);
    }
}

Test(clock, a_zone_that_is_not_there_is_refused)
{
    cr_expect(!clock_set_zone("Asia/Atlantis"));
    cr_expect(clock_set_zone("UTC"));
}

Test(clock, tests_move_the_wall_clock_and_not_the_monotonic_one)
{
    int64_t monotonic_us = clock_monotonic_us();
    time_us wall_us = clock_wall_us();

    clock_shift_for_tests(INT64_C(-3) * 86400 * US_PER_SECOND);
    cr_expect_lt(clock_wall_us(), wall_us - INT64_C(2) * 86400 * US_PER_SECOND);
    cr_expect_geq(clock_monotonic_us(), monotonic_us);
    cr_expect_lt(clock_monotonic_us(), monotonic_us + INT64_C(3600) * US_PER_SECOND);
}
