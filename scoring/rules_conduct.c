/* scoring/rules_conduct.c: violations (三违): their points, and the off-job training they order. */
#include "scoring/rule_parts.h"

static day_t counts_until(const struct rule_violation_points *r, const struct fact *f)
{
    return r->months[f->b] != 0 ? day_add_months(f->on, r->months[f->b])
                                : day_of_period(f->on, 12, 1);
}

static bool counts(const struct rule_violation_points *r, const struct fact *f, struct piece *p)
{
    return f->b < 5 && in_set(r->classes, f->a) && piece_reached(p, f->on) &&
           !piece_reached(p, counts_until(r, f));
}

/* What `v` counts, by how many of its category before it still count. */
static uint32_t repeat_percent(const struct rule_violation_points *r,
                               const struct scoring_input *in, const struct fact *v,
                               struct piece *p)
{
    const struct fact *first = FACTS_BEGIN(in, FACT_VIOLATION);
    unsigned before = 0;

    for (const struct fact *f = v; v->ref != 0 && before + 1 < r->repeat_count && f > first;) {
        f--;
        if (f->ref == v->ref && counts(r, f, p))
            before++;
    }
    return r->repeat_percent[before];
}

static uint32_t at_most(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* In hundredths of a point: each violation up to its cap, those of one day up to the day's. */
static uint32_t points_of(const struct rule_violation_points *r, const struct scoring_input *in,
                          struct piece *p)
{
    uint32_t sum = 0, of_day = 0;
    day_t day = DAY_UNKNOWN;

    FOR_FACTS(f, in, FACT_VIOLATION)
    {
        uint32_t before;

        if (!counts(r, f, p))
            continue;
        if (f->on != day)
            of_day = 0;
        day = f->on;
        before = at_most(of_day, r->day_max);
        of_day += at_most(r->points[f->b] * repeat_percent(r, in, f, p), r->each_max);
        sum += at_most(of_day, r->day_max) - before;
    }
    return sum;
}

void evaluate_violation_points(const struct rule *rule, unsigned lane,
                               const struct scoring_input *in, struct piece *p)
{
    const struct rule_violation_points *r = &rule->violation_points;
    uint32_t points = points_of(r, in, p);

    (void)lane;
    if (points >= r->red)
        speak(p, (struct outcome){REASON_VIOL_POINTS, COLOUR_RED}, SCOPE_PERSON);
    else if (points >= r->yellow)
        speak(p, (struct outcome){REASON_VIOL_POINTS, COLOUR_YELLOW}, SCOPE_PERSON);
}

/* Training on the violation's own day or later clears it, and with it all earlier ones. */
void evaluate_off_job(const struct rule *rule, unsigned lane,
                      const struct scoring_input *in, struct piece *p)
{
    const struct fact *due = NULL;

    (void)lane;
    FOR_FACTS(v, in, FACT_VIOLATION)
    {
        if (v->c != 1)
            continue;
        if (!piece_reached(p, v->on))
            break;
        due = v;
    }
    if (due == NULL)
        return;
    FOR_FACTS(t, in, FACT_TRAINING)
    {
        if (is_passed_training(t, 1u << TRAINING_OFF_JOB) && t->on >= due->on &&
            piece_reached(p, t->on))
            return;
    }
    speak(p, rule->off_job.due, SCOPE_PERSON);
}
