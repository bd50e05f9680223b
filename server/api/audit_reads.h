/* api/audit_reads.h: who did what, for regulators.
 *
 * A regulator sees what was done by accounts of his own organisation, by accounts in charge of a
 * place in his region, and by organisations registered in his region; what workers did themselves
 * and what the service did is seen by a regulator of the whole country (region ""). Newest first:
 * `after` is the id behind which to go on, towards older ones. */
#ifndef API_AUDIT_READS_H
#define API_AUDIT_READS_H

#include "api/input.h"
#include "net/exchange.h"

extern const struct field audit_list_query[];
extern step_fn *const audit_read_list[];
extern const size_t audit_list_state_bytes;

#endif
