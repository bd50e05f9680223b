/* clients/gate/gate_time: what time it is, whatever this machine's clock says. */
#include <criterion/criterion.h>

#include "clients/gate/gate_time.h"

enum { HOUR_S = 3600 };
#define S(n)   ((int64_t)(n) * US_PER_SECOND)
#define SERVER S(1795320000)
#define SKEW   S(30)

/* The server said SERVER; asking took 400 ms; our wall clock was so far off. */
static struct gate_time measured(int64_t off_us)
{
    struct gate_time t = {0};

    gate_time_measure(&t, SERVER, (struct gate_clocks){SERVER + off_us - 200000, S(100)},
                      (struct gate_clocks){SERVER + off_us + 200000, S(100) + 400000});
    return t;
}

Test(gate_time, half_of_the_round_trip_is_allowed_for)
{
    struct gate_time t = measured(0);

    cr_expect_eq(t.server_us, SERVER + 200000);
    cr_expect_eq(t.offset_us, 0);
}

Test(gate_time, nobody_moves_a_codes_end_by_setting_the_clock)
{
    static const int64_t steps[] = {0, S(3 * HOUR_S), -S(26 * HOUR_S), -SERVER};
    struct gate_time t = measured(S(5));

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct gate_clocks later = {SERVER + S(65) + steps[i], S(160) + 400000};

        cr_expect_eq(gate_time_at(&t, later), SERVER + 200000 + S(60), "step %zu", i);
        cr_expect_eq(gate_time_offset_us(&t, later), S(5) + steps[i] - 200000, "step %zu", i);
        cr_expect(gate_time_is_good(&t, later, SKEW), "step %zu", i);
    }
}

Test(gate_time, after_a_restart_alone_the_clock_is_believed_only_with_reason)
{
    static const struct {
        const char *name;
        bool offset_known;
        int64_t offset_us, clock_us;
        bool good;
    } cases[] = {
        {"never measured", false, 0, SERVER + S(60), false},
        {"was right, goes on", true, S(2), SERVER + S(60), true},
        {"was a minute fast", true, S(61), SERVER + S(120), false},
        {"was a minute slow", true, -S(61), SERVER, false},
        {"a day back", true, 0, SERVER - S(24 * HOUR_S), false},
        {"an empty battery", true, 0, 0, false},
        {"three days on", true, 0, SERVER + S(72 * HOUR_S), true},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct gate_time t = {.offset_known = cases[i].offset_known,
                              .offset_us = cases[i].offset_us,
                              .not_before = SERVER};
        struct gate_clocks clocks = {cases[i].clock_us, S(1)};

        cr_expect_eq(gate_time_is_good(&t, clocks, SKEW), cases[i].good, "%s", cases[i].name);
        if (cases[i].offset_known)
            cr_expect_eq(gate_time_at(&t, clocks), cases[i].clock_us - cases[i].offset_us, "%s",
                         cases[i].name);
    }
}
