/* api/metrics.h: what the service counts of itself, for Prometheus (text format 0.0.4).
 *
 * Counters are atomic and never hold anything of a person. Figures that other parts keep by
 * themselves (HTTP, register, pools, passes) are added by health.c when somebody asks. */
#ifndef API_METRICS_H
#define API_METRICS_H

#include <stdatomic.h>

#include "base/err.h"
#include "base/text.h"
#include "domain/gate.h"

enum { METRICS_BUCKETS = 12, METRICS_RECORD_KINDS = 33 };

struct histogram {
    _Atomic uint64_t bucket[METRICS_BUCKETS + 1]; /* the last is +Inf */
    _Atomic uint64_t sum_us;
};

struct metrics {
    struct histogram gate[VERDICT_CANNOT_TELL + 1]; /* by verdict; [0] unused */
    _Atomic uint64_t why[WHY_COUNT];
    _Atomic uint64_t refused[ERR_COUNT];            /* before they reached a route, by error */
    _Atomic uint64_t records[METRICS_RECORD_KINDS]; /* records committed, by kind */
    _Atomic uint64_t tokens_recognised, tokens_verified, tokens_issued;
};

struct metrics *metrics_new(void);
void metrics_free(struct metrics *metrics);

void metrics_gate(struct metrics *metrics, const struct gate_answer *answer, int64_t took_us);
void metrics_refused(struct metrics *metrics, enum err_code code);
void metrics_records(struct metrics *metrics, unsigned kind, uint64_t count);

/* # HELP and # TYPE lines before a family's first sample. */
void metrics_family(struct build *out, const char *name, const char *type, const char *help);
void metrics_render(const struct metrics *metrics, struct build *out);

#endif
