/* api/log_reads.h: the log, for outsiders: its signed head, its leaves, proofs; and for those whom a row
 * concerns, what opens its leaf. Nothing in the first three says anything about anybody. */
#ifndef API_LOG_READS_H
#define API_LOG_READS_H

#include "api/app.h"
#include "api/input.h"

extern const struct field log_head_query[], log_leaves_query[], log_proof_query[],
    log_evidence_query[];
extern step_fn *const log_head_get[], *const log_leaves_get[], *const log_proof_get[],
    *const log_evidence_get[];
extern const size_t log_read_state_bytes;

#endif
