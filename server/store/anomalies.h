/* store/anomalies.h: what passes show that people should look at, and what they made of it. */
#ifndef STORE_ANOMALIES_H
#define STORE_ANOMALIES_H

#include "scoring/day.h"
#include "store/pg.h"
#include "store/setup.h"

struct anomaly {
    int64_t id, site_id, worker_id, gate_id, seq, other_gate, at;
    struct text site_name;
    int32_t epoch;
    day_t day;
    int16_t kind;    /* domain/anomaly.h */
    int32_t reviews; /* 0: nobody has judged it, and the rest is empty */
    struct text outcome;
    int64_t reviewed_by, reviewed_at;
};
struct anomalies {
    struct anomaly *rows;
    int count;
};

enum anomaly_which { ANOMALY_ALL, ANOMALY_OPEN, ANOMALY_REVIEWED };
void anomalies_list(struct batch *b, struct span span, const struct reach *reach,
                    enum anomaly_which which, struct anomalies *into);
/* ERR_CONFLICT: somebody else did at the same moment. */
void anomaly_review(struct batch *b, int64_t id, int32_t number, struct text outcome,
                    int64_t account_id);

#endif
