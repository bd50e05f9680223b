/* scoring/rules_training.c: training, study, and coming back after a long time. */
#include "scoring/rule_parts.h"
#include "scoring/sums.h"

void evaluate_entry_training(const struct rule *rule, unsigned lane,
                             const struct scoring_input *in, struct piece *p)
{
    const struct rule_entry_training *r = &rule->entry_training;
    uint32_t hours[ENTRY_LEVELS_MAX] = {0};
    bool held[ENTRY_LEVELS_MAX] = {false};

    (void)lane;
    FOR_FACTS(f, in, FACT_TRAINING)
    {
        if (!piece_reached(p, f->on))
            break;
        for (unsigned i = 0; i < r->need_count; i++) {
            if (f->a == r->need[i].type && f->c == 1) {
                hours[i] += f->b;
                held[i] = true;
            }
        }
    }
    for (unsigned i = 0; i < r->need_count; i++) {
        if (!held[i] || hours[i] < r->need[i].hours) {
            miss(p, r->missing, SCOPE_PERSON);
            return;
        }
    }
}

static bool lacks_rolling(const struct rule_periodic_training *r, const struct scoring_input *in,
                          struct piece *p)
{
    const struct fact *begin = FACTS_BEGIN(in, FACT_TRAINING);
    const struct fact *end = first_unreached(p, begin, FACTS_END(in, FACT_TRAINING), 0);
    const struct fact *window = first_unreached(p, begin, end, r->window_months);
    uint32_t hours = 0;
    bool ever = false, lately = false;

    for (const struct fact *f = begin; f < end; f++) {
        if (!is_passed_training(f, r->types))
            continue;
        ever = true;
        if (f >= window) {
            lately = true;
            hours += f->b;
        }
    }
    return ever && (!lately || hours < r->hours);
}

/* A period has its hours from the day on which they add up; they are good until the next one ends.
 * Looking at it this way round, a piece is as long as nothing happens, not one period. */
static bool lacks_by_calendar(const struct rule_periodic_training *r,
                              const struct scoring_input *in, struct piece *p)
{
    const unsigned months = r->period_months;
    day_t enrolled = in->facts->enrolled, period = DAY_UNKNOWN;
    uint32_t hours = 0;

    if (enrolled == DAY_UNKNOWN || !piece_reached(p, day_of_period(enrolled, months, 2)))
        return false;
    FOR_FACTS(f, in, FACT_TRAINING)
    {
        if (!is_passed_training(f, r->types))
            continue;
        if (day_of_period(f->on, months, 0) != period) {
            period = day_of_period(f->on, months, 0);
            hours = 0;
        }
        hours += f->b;
        if (hours >= r->hours && piece_reached(p, f->on) &&
            !piece_reached(p, day_of_period(f->on, months, 2)))
            return false;
    }
    return true;
}

void evaluate_periodic_training(const struct rule *rule, unsigned lane,
                                const struct scoring_input *in, struct piece *p)
{
    const struct rule_periodic_training *r = &rule->periodic_training;
    enum scope scope;

    (void)lane;
    if (!audience_has(&r->audience, in->context, &scope))
        return;
    if (r->period_months != 0 ? lacks_by_calendar(r, in, p) : lacks_rolling(r, in, p))
        speak(p, r->expired, scope);
}

/* The first day of work in a trade: where transfer training begins to be asked for. */
static day_t taken_up(const struct scoring_input *in, uint16_t trade)
{
    FOR_FACTS(f, in, FACT_ENGAGEMENT)
    {
        if (f->b * 10 == trade)
            return f->on;
    }
    return DAY_NEVER;
}

/* The last day before `day` on which some other trade was taken up; DAY_UNKNOWN: none was. */
static day_t other_taken_up(const struct scoring_input *in, uint16_t trade, day_t day)
{
    day_t last = DAY_UNKNOWN;

    FOR_FACTS(f, in, FACT_ENGAGEMENT)
    {
        if (f->on >= day)
            break;
        if (f->b * 10 != trade && taken_up(in, (uint16_t)(f->b * 10)) == f->on)
            last = f->on;
    }
    return last;
}

void evaluate_transfer_training(const struct rule *rule, unsigned lane,
                                const struct scoring_input *in, struct piece *p)
{
    const struct rule_transfer_training *r = &rule->transfer_training;
    uint32_t hours = 0;
    bool held = false;
    day_t begun, before;

    (void)lane;
    if (in->context == NULL || in->context->trade == 0)
        return;
    begun = taken_up(in, in->context->trade);
    before = other_taken_up(in, in->context->trade, begun);
    if (before == DAY_UNKNOWN || !piece_reached(p, begun))
        return;
    FOR_FACTS(f, in, FACT_TRAINING)
    {
        if (!is_passed_training(f, r->types) || f->on < before)
            continue;
        if (!piece_reached(p, f->on))
            break;
        held = true;
        hours += f->b;
    }
    if (!held || hours < r->hours)
        miss(p, r->missing, SCOPE_TRADE);
}

static uint64_t points_of(const struct rule_study_points *r, const struct scoring_input *in,
                          struct piece *p)
{
    const struct fact *begin = FACTS_BEGIN(in, FACT_STUDY);
    const struct fact *end = first_unreached(p, begin, FACTS_END(in, FACT_STUDY), 0);
    uint64_t points = 0;

    for (const struct fact *f = first_unreached(p, begin, end, r->window_months); f < end; f++)
        points += f->ref;
    return points;
}

uint64_t study_points_on(const struct rule *rule, const struct facts *facts, day_t on)
{
    struct piece piece = {.day = on};
    struct scoring_input in;

    scoring_input_init(&in, facts, NULL);
    return points_of(&rule->study_points, &in, &piece);
}

void evaluate_study_points(const struct rule *rule, unsigned lane,
                           const struct scoring_input *in, struct piece *p)
{
    const struct rule_study_points *r = &rule->study_points;

    (void)lane;
    if (points_of(r, in, p) < r->points)
        miss(p, r->missing, SCOPE_PERSON);
}

void evaluate_site_training(const struct rule *rule, unsigned lane,
                            const struct scoring_input *in, struct piece *p)
{
    const struct rule_site_training *r = &rule->site_training;
    bool ever = false;

    (void)lane;
    if (in->context == NULL || in->context->site == 0)
        return;
    FOR_FACTS(f, in, FACT_TRAINING)
    {
        if (!is_passed_training(f, r->types) || f->ref != in->context->site)
            continue;
        if (!piece_reached(p, f->on))
            break;
        if (r->validity_months == 0 || within_months(p, f->on, r->validity_months))
            return;
        ever = true;
    }
    speak(p, r->missing, SCOPE_SITE);
    p->missing = !ever;
}

/* -- idle --------------------------------------------------------------------------------------- */

/* What shows somebody at work. A briefing shows nothing that his engagement does not, and facts
 * keep only the last month's (server/domain/fold.h). */
static bool is_activity(const struct fact *f)
{
    return f->kind != FACT_TRAINING || f->a != TRAINING_PRE_SHIFT;
}

/* The last day on which it shows him at work; an engagement, on every day that it runs. */
static day_t active_until(const struct fact *f)
{
    if (f->kind != FACT_ENGAGEMENT)
        return f->on;
    return f->until == DAY_NEVER ? DAY_NEVER : (day_t)(f->until - 1);
}

static day_t months_after(day_t last, unsigned months)
{
    return last == DAY_NEVER ? DAY_NEVER : day_add_months(last, (int)months);
}

/* A month has 28 days at least, so most gaps are seen to be none without a calendar; at its end, where
 * dates are clamped, they are not. */
static bool is_gap(day_t last, day_t next, unsigned months)
{
    if (next < DAY_LAST && next < last + 28u * months)
        return false;
    return next >= months_after(last, months);
}

/* The kinds that show somebody at work. An engagement, the last, may go on for years. */
static const uint8_t activities[] = {FACT_EXAM, FACT_TRAINING, FACT_STUDY, FACT_VIOLATION,
                                     FACT_ENGAGEMENT};
enum { ACTIVITIES = sizeof activities };

/* What is left of each kind. */
struct heads {
    const struct fact *at[ACTIVITIES], *end[ACTIVITIES];
};

/* From the first that is within the horizon. */
static void heads_begin(struct heads *heads, const struct scoring_input *in, struct piece *p)
{
    for (unsigned i = 0; i < ACTIVITIES; i++) {
        heads->at[i] = FACTS_BEGIN(in, activities[i]);
        heads->end[i] = FACTS_END(in, activities[i]);
        if (activities[i] != FACT_ENGAGEMENT)
            heads->at[i] = first_unreached(p, heads->at[i], heads->end[i], FACTS_HORIZON_MONTHS);
    }
}

/* The event that happened first among them. */
static const struct fact *heads_next(struct heads *heads)
{
    unsigned from = ACTIVITIES;

    for (unsigned i = 0; i < ACTIVITIES; i++) {
        if (heads->at[i] < heads->end[i] &&
            (from == ACTIVITIES || heads->at[i]->on < heads->at[from]->on))
            from = i;
    }
    return from < ACTIVITIES ? heads->at[from]++ : NULL;
}

/* Over longer ago than facts are kept. */
static bool is_forgotten(const struct fact *f, struct piece *p)
{
    return f->kind == FACT_ENGAGEMENT &&
           piece_reached(p, months_after(active_until(f), FACTS_HORIZON_MONTHS));
}

/* Once a gap of `months` has opened, only retraining closes it. Training on one day with another
 * event closes it whatever the order, because retraining is looked at after the gap. What was over
 * longer ago than facts are kept is not looked at, whether or not it is still there. */
void evaluate_idle(const struct rule *rule, unsigned lane, const struct scoring_input *in,
                   struct piece *p)
{
    const struct rule_idle *r = &rule->idle;
    const day_t enrolled = in->facts->enrolled;
    day_t last = DAY_UNKNOWN;
    struct heads heads;
    const struct fact *f;
    bool idle = false;

    (void)lane;
    if (enrolled != DAY_UNKNOWN) {
        if (!piece_reached(p, enrolled))
            return;
        if (!piece_reached(p, months_after(enrolled, FACTS_HORIZON_MONTHS)))
            last = enrolled;
    }
    heads_begin(&heads, in, p);
    while ((f = heads_next(&heads)) != NULL && piece_reached(p, f->on)) {
        if (!is_activity(f) || is_forgotten(f, p))
            continue;
        if (last != DAY_UNKNOWN && is_gap(last, f->on, r->months))
            idle = true;
        if (f->kind == FACT_TRAINING && is_passed_training(f, r->retraining_types))
            idle = false;
        if (active_until(f) > last)
            last = active_until(f);
    }
    if (last == DAY_UNKNOWN)
        idle = enrolled != DAY_UNKNOWN; /* nothing within the horizon, which is no shorter */
    else if (piece_reached(p, months_after(last, r->months)))
        idle = true;
    if (idle)
        speak(p, r->idle, SCOPE_PERSON);
}
