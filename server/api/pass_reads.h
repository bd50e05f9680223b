/* api/pass_reads.h: what a site's gates were asked and answered on a day.
 *
 * In the order of each gate's own counting. `after` is "gate.epoch.seq.told", the place of the last
 * item seen. */
#ifndef API_PASS_READS_H
#define API_PASS_READS_H

#include "api/input.h"
#include "net/exchange.h"

extern const struct field pass_list_query[];
extern step_fn *const pass_list[];
extern const size_t pass_list_state_bytes;

#endif
