/* How often an account may ask. */
#include <criterion/criterion.h>

#include "api/bucket.h"

enum { SECOND_US = 1000000 };

static struct buckets buckets; /* zeroed; each test runs in a process of its own */

static void set_up(void)
{
    buckets.interval_us = SECOND_US;
    buckets.burst_us = 5 * SECOND_US;
}

static int taken(int64_t account, int tries, int64_t now_us)
{
    int count = 0;

    for (int i = 0; i < tries; i++)
        count += bucket_take(&buckets, account, now_us);
    return count;
}

Test(bucket, a_burst_is_granted_and_no_more, .init = set_up)
{
    cr_assert_eq(taken(1, 100, 1000 * (int64_t)SECOND_US), 5);
}

Test(bucket, one_more_is_earned_each_interval, .init = set_up)
{
    cr_assert_eq(taken(1, 100, 1000 * (int64_t)SECOND_US), 5);
    cr_assert_eq(taken(1, 100, 1000 * (int64_t)SECOND_US + SECOND_US - 1), 0);
    cr_assert_eq(taken(1, 100, 1001 * (int64_t)SECOND_US), 1);
    cr_assert_eq(taken(1, 100, 1003 * (int64_t)SECOND_US), 2);
}

Test(bucket, a_long_rest_earns_no_more_than_the_burst, .init = set_up)
{
    cr_assert_eq(taken(1, 100, 1000 * (int64_t)SECOND_US), 5);
    cr_assert_eq(taken(1, 100, 9000 * (int64_t)SECOND_US), 5);
}

Test(bucket, accounts_do_not_pay_for_one_another, .init = set_up)
{
    cr_assert_eq(taken(1, 100, 1000 * (int64_t)SECOND_US), 5);
    cr_assert_eq(taken(2, 100, 1000 * (int64_t)SECOND_US), 5);
}
