/* api/policy_findings.h: the checker (domain/policy_check.h) on the server.
 *
 * It judges thousands of made-up people, up to half a second: an errand, never a loop's own work. */
#ifndef API_POLICY_FINDINGS_H
#define API_POLICY_FINDINGS_H

#include "domain/policy_check.h"
#include "net/exchange.h"

/* Part of the state of who wants a document checked. */
struct policy_checking {
    const struct policy_document *document;
    struct arena *arena;
    struct policy_report report;
    struct err e; /* of the checker; ask policy_checked() */
};

/* Sends it off and waits: the next step finds the report. ERR_BUSY when too much waits. */
enum step policy_check_send(struct exchange *x, struct policy_checking *checking,
                            const struct policy_document *document);

extern step_fn *const policy_findings_get[];
extern const size_t policy_findings_state_bytes;

#endif
