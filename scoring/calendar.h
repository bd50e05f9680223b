/* scoring/calendar.h: the colours of every day of a span, as runs of days.
 *
 * A run ends where either colour changes, and only there. Two days of equal colours belong to one
 * run though their reasons differ: the run tells those of its first day, each with its own since
 * and until. Nothing is allocated, and the runs cover the span without gap or overlap. */
#ifndef SCORING_CALENDAR_H
#define SCORING_CALENDAR_H

#include "scoring/scoring.h"

struct calendar_run {
    day_t from, until;    /* [from, until), cut at the ends of the span */
    struct verdict first; /* of the day `from`; its next_change is not cut */
};

/* Called once a run, in order. False: no more of them. */
typedef bool calendar_visit_fn(void *arg, const struct calendar_run *run);

/* The span is [from, until) with 1 <= from; an empty one has no run. The rest as in safety_code():
 * facts, context and policy hold for the whole span. */
void safety_calendar(const struct facts *facts, const struct context *context,
                     const struct policy *policy, day_t from, day_t until,
                     calendar_visit_fn *visit, void *arg);

#endif
