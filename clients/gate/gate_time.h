/* clients/gate/gate_time.h: what time it is, for a machine whose clock nobody looks after.
 *
 * Each sync measures the server's clock against ours. From then on time is the server's plus our
 * monotonic clock; setting the wall clock moves nothing. Before the first measurement of a process
 * the wall clock counts, corrected by the offset that was last measured, if it may be believed.
 * Pure: clocks are arguments. */
#ifndef GATE_TIME_H
#define GATE_TIME_H

#include "base/clock.h"

struct gate_clocks { /* read at one moment */
    time_us wall_us;
    int64_t mono_us;
};
struct gate_clocks gate_clocks_now(void);

struct gate_time {
    bool measured;        /* by this process: */
    time_us server_us;    /* what the server's clock said */
    int64_t mono_us;      /* when ours said this */
    bool offset_known;    /* ever: */
    int64_t offset_us;    /* wall clock less the server's, as last measured */
    time_us not_before;   /* the latest instant that has been, by receipts and measurements */
};

/* The server answered `server_us` to a question that was asked and answered at these clocks. */
void gate_time_measure(struct gate_time *t, time_us server_us, struct gate_clocks asked,
                       struct gate_clocks answered);

time_us gate_time_at(const struct gate_time *t, struct gate_clocks clocks);
/* The wall clock less what time it is. */
int64_t gate_time_offset_us(const struct gate_time *t, struct gate_clocks clocks);
/* May codes be judged by it? skew_us: how far off the wall clock may be known to be, while this
 * process has measured nothing. */
bool gate_time_is_good(const struct gate_time *t, struct gate_clocks clocks, int64_t skew_us);

#endif
