/* log_verify_run.h: `jianan-server --verify-log`: holds every sealed row against the log, and the log
 * against its signed heads.
 *
 * Prints one line of JSON for each finding, with the leaf's index where it has one:
 *
 *   row_changed      what the row says is not what was sealed
 *   row_missing      it was sealed and is gone
 *   row_unsealed     it is there and was never sealed: written past the triggers
 *   row_late         sealed although an earlier head should have had it: written into the past
 *   leaf_missing     a number of the log has no leaf
 *   node_changed     a stored hash is not the one that the leaves below it give
 *   head_root        the leaves do not give the root that was signed: one of [from, index] was changed
 *   head_signature   not signed, or over something else than the row says
 *   head_order       a sequence is missing, or time or size went back
 *   head_missing     leaves beyond the newest head
 *
 * It reads the database only, and may run beside servers. What it cannot see, a log that was cut off
 * at an old head together with all rows since, an outsider sees who kept a later head. */
#ifndef LOG_VERIFY_RUN_H
#define LOG_VERIFY_RUN_H

#include "base/err.h"
#include "settings.h"

struct log_verify_counts {
    int64_t leaves, heads, findings;
    int64_t heads_by_other_keys; /* signed by keys that are not signing_key: not checked here */
    int64_t first_bad;           /* lowest index that a finding names; -1: none */
};
/* Fails as a batch does, or as opening the signing key. */
MUST_USE struct err log_verify_run(const struct settings *s, struct log_verify_counts *counts);

#endif
