/* scoring/batch_conduct.c: violations of a cohort (rules_conduct.c). Few people have any, so this
 * goes down the list's tail, one worker's stretch of it after the other. */
#include "scoring/batch_parts.h"

#include <stddef.h>

enum { SEVERITIES = 5, CLASS = 7 };

/* -- points ----------------------------------------------------------------------------------- */

bool batch_compile_violations(struct batch_plan *plan, const struct rule *rule,
                              struct batch_step *step)
{
    const struct rule_violation_points *r = &rule->violation_points;
    struct step_violations *s = &step->violations;

    s->rule = r;
    for (unsigned severity = 0; severity < SEVERITIES; severity++)
        s->first[severity] =
            r->months[severity] == 0
                ? day_of_period(plan->on, 12, 0)
                : (uint16_t)(batch_months_before(plan->on, r->months[severity]) + 1);
    s->yellow = batch_says(plan, (struct outcome){REASON_VIOL_POINTS, COLOUR_YELLOW}, SCOPE_PERSON);
    s->red = batch_says(plan, (struct outcome){REASON_VIOL_POINTS, COLOUR_RED}, SCOPE_PERSON);
    return true;
}

static unsigned severity_of(const struct cohort_events *e, unsigned k)
{
    return e->tail_what[k] & VIOLATION_SEVERITY;
}

static bool counts(const struct step_violations *s, const struct cohort_events *e, unsigned k,
                   day_t on)
{
    unsigned severity = severity_of(e, k), class = e->tail_what[k] >> VIOLATION_CLASS_SHIFT & CLASS;

    return severity < SEVERITIES && (s->rule->classes >> class & 1) != 0 && e->tail_on[k] <= on &&
           e->tail_on[k] >= s->first[severity];
}

/* Those of his before violation k, in the order of days, lie behind it up to `end`. */
static unsigned repeat_percent(const struct step_violations *s, const struct cohort_events *e,
                               unsigned k, unsigned end, day_t on)
{
    unsigned before = 0;

    if (e->tail_more[k] == 0)
        return s->rule->repeat_percent[0];
    for (unsigned i = k + 1; i < end && before + 1u < s->rule->repeat_count; i++)
        before += e->tail_more[i] == e->tail_more[k] && counts(s, e, i, on);
    return s->rule->repeat_percent[before];
}

static uint32_t at_most(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Of the violations [first, end), one worker's, in hundredths of a point. */
static uint32_t points_of(const struct step_violations *s, const struct cohort_events *e,
                          unsigned first, unsigned end, day_t on)
{
    const struct rule_violation_points *r = s->rule;
    uint32_t sum = 0, of_day = 0;
    day_t day = DAY_UNKNOWN;

    for (unsigned k = end; k-- > first;) { /* the latest comes first */
        uint32_t before, points;

        if (!counts(s, e, k, on))
            continue;
        if (e->tail_on[k] != day)
            of_day = 0;
        day = e->tail_on[k];
        before = at_most(of_day, r->day_max);
        points = r->points[severity_of(e, k)] * repeat_percent(s, e, k, end, on);
        of_day += at_most(points, r->each_max);
        sum += at_most(of_day, r->day_max) - before;
    }
    return sum;
}

void batch_run_violations(const struct batch_step *step, struct batch_work *work)
{
    const struct step_violations *s = &step->violations;
    const struct cohort_events e = cohort_events(work->cohort, LIST_VIOLATION);
    unsigned end;

    for (unsigned k = 0; k < e.tail_count; k = end) {
        unsigned i = e.tail_worker[k];
        uint32_t points;

        for (end = k + 1; end < e.tail_count && e.tail_worker[end] == i; end++)
            ;
        points = points_of(s, &e, k, end, work->on);
        if (points >= s->rule->red)
            work->says[i] |= s->red;
        else if (points >= s->rule->yellow)
            work->says[i] |= s->yellow;
    }
}

/* -- off-job training ------------------------------------------------------------------------- */

bool batch_compile_off_job(struct batch_plan *plan, const struct rule *rule,
                           struct batch_step *step)
{
    step->plain.says[0] = batch_says(plan, rule->off_job.due, SCOPE_PERSON);
    return true;
}

/* A walk over a list of trainings in order of workers. */
struct trained {
    struct cohort_events events;
    unsigned at; /* in the tail */
};

/* Whether the worker passed one on a day from `since` to `on`. */
static bool was_trained(struct trained *t, unsigned worker, day_t since, day_t on)
{
    const struct cohort_events *e = &t->events;

    for (unsigned rank = 0; rank < e->ranks; rank++) {
        day_t day = e->on[rank * e->pitch + worker];

        if (day >= since && day <= on)
            return true;
    }
    while (t->at < e->tail_count && e->tail_worker[t->at] < worker)
        t->at++;
    for (unsigned k = t->at; k < e->tail_count && e->tail_worker[k] == worker; k++) {
        if (e->tail_on[k] >= since && e->tail_on[k] <= on)
            return true;
    }
    return false;
}

/* Training since the last violation that ordered it is training since every one before. */
void batch_run_off_job(const struct batch_step *step, struct batch_work *work)
{
    const struct cohort_events e = cohort_events(work->cohort, LIST_VIOLATION);
    struct trained trained = {
        .events =
            cohort_events(work->cohort, (enum cohort_list)(LIST_TRAINING + TRAINING_OFF_JOB))};

    for (unsigned k = 0; k < e.tail_count; k++) {
        unsigned i = e.tail_worker[k];

        if ((e.tail_what[k] & VIOLATION_OFF_JOB) != 0 && e.tail_on[k] <= work->on &&
            !was_trained(&trained, i, e.tail_on[k], work->on))
            work->says[i] |= step->plain.says[0];
    }
}
