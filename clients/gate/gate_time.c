#include "clients/gate/gate_time.h"

struct gate_clocks gate_clocks_now(void)
{
    return (struct gate_clocks){clock_wall_us(), clock_monotonic_us()};
}

void gate_time_measure(struct gate_time *t, time_us server_us, struct gate_clocks asked,
                       struct gate_clocks answered)
{
    int64_t way_us = (answered.mono_us - asked.mono_us) / 2;

    t->measured = true;
    t->server_us = server_us + way_us;
    t->mono_us = answered.mono_us;
    t->offset_known = true;
    t->offset_us = answered.wall_us - t->server_us;
    if (t->not_before < t->server_us)
        t->not_before = t->server_us;
}

time_us gate_time_at(const struct gate_time *t, struct gate_clocks clocks)
{
    if (t->measured)
        return t->server_us + (clocks.mono_us - t->mono_us);
    return clocks.wall_us - (t->offset_known ? t->offset_us : 0);
}

int64_t gate_time_offset_us(const struct gate_time *t, struct gate_clocks clocks)
{
    return clocks.wall_us - gate_time_at(t, clocks);
}

bool gate_time_is_good(const struct gate_time *t, struct gate_clocks clocks, int64_t skew_us)
{
    if (t->measured)
        return true;
    return t->offset_known && t->offset_us <= skew_us && t->offset_us >= -skew_us &&
           gate_time_at(t, clocks) >= t->not_before - skew_us;
}
