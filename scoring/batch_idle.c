/* scoring/batch_idle.c: who of a cohort comes back after a long time (evaluate_idle() of
 * rules_training.c). Gaps were found when the cohort was built (cohort_add.c). */
#include "scoring/batch_parts.h"

bool batch_compile_idle(struct batch_plan *plan, const struct rule *rule, struct batch_step *step)
{
    const struct rule_idle *r = &rule->idle;

    step->idle.months = r->months;
    step->idle.idle = batch_says(plan, r->idle, SCOPE_PERSON);
    step->idle.seen_by = batch_months_before(plan->on, r->months);
    step->idle.horizon = batch_months_before(plan->on, FACTS_HORIZON_MONTHS);
    step->idle.retraining_types = r->retraining_types & ~(1u << TRAINING_PRE_SHIFT);
    return r->months <= FACTS_HORIZON_MONTHS;
}

BATCH_LANES static void say_of_unseen(const uint16_t *restrict seen,
                                      const uint16_t *restrict enrolled, unsigned lanes,
                                      uint16_t seen_by, uint16_t horizon, uint16_t idle,
                                      uint16_t *restrict says)
{
    for (unsigned i = 0; i < lanes; i++) {
        uint16_t known = batch_mask(seen[i] > horizon) | batch_mask(enrolled[i] != 0);

        says[i] |= batch_mask(seen[i] <= seen_by) & known & idle;
    }
}

/* The gaps that lie behind him: the day on which his last one ended, in `ended`. The one in which
 * he is (the day asked about is not the last that is known) speaks at once. */
static bool look_at_gaps(const struct step_idle *s, struct batch_work *work, uint16_t *ended)
{
    const uint16_t *enrolled = cohort_column(work->cohort, COLUMN_ENROLLED);
    const struct cohort_events e = cohort_events(work->cohort, LIST_GAP);
    bool any = false;

    for (unsigned k = 0; k < e.tail_count; k++) {
        unsigned i = e.tail_worker[k];
        day_t next = e.tail_on[k], last = e.tail_what[k];
        bool known = last > s->horizon;

        if (next > work->on) {
            if (last <= s->seen_by && (known || enrolled[i] != 0))
                work->says[i] |= s->idle;
        } else if (known && next >= day_add_months(last, s->months)) {
            ended[i] = next > ended[i] ? next : ended[i];
            any = true;
        }
    }
    return any;
}

BATCH_LANES static void say_unless_retrained(const uint16_t *restrict ended,
                                             const uint16_t *restrict retrained, unsigned lanes,
                                             uint16_t idle, uint16_t *restrict says)
{
    for (unsigned i = 0; i < lanes; i++)
        says[i] |= batch_mask(ended[i] > retrained[i]) & idle;
}

void batch_run_idle(const struct batch_step *step, struct batch_work *work)
{
    const struct step_idle *s = &step->idle;

    say_of_unseen(cohort_column(work->cohort, COLUMN_SEEN),
                  cohort_column(work->cohort, COLUMN_ENROLLED), work->lanes, s->seen_by, s->horizon,
                  s->idle, work->says); /* nothing of him for so long, up to today */
    if (cohort_events(work->cohort, LIST_GAP).tail_count == 0)
        return;
    batch_fill(work->a, work->lanes, 0);
    if (!look_at_gaps(s, work, work->a))
        return;
    batch_last_passed(work, s->retraining_types, work->b);
    say_unless_retrained(work->a, work->b, work->lanes, s->idle, work->says);
}
