/* scoring/calendar.c: see calendar.h. */
#include "scoring/calendar.h"

void safety_calendar(const struct facts *facts, const struct context *context,
                     const struct policy *policy, day_t from, day_t until,
                     calendar_visit_fn *visit, void *arg)
{
    struct calendar_run run;

    for (run.until = from; run.until < until;) {
        run.from = run.until;
        safety_code(facts, context, policy, run.from, &run.first);
        run.until = run.first.next_change < until ? run.first.next_change : until;
        if (!visit(arg, &run))
            return;
    }
}
