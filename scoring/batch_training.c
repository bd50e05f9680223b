/* scoring/batch_training.c: training and study of a cohort (rules_training.c). */
#include "scoring/batch_parts.h"

#include <stddef.h>

static bool has_type(uint32_t types, unsigned type)
{
    return (types >> type & 1) != 0;
}

#define FOR_TYPES(type, types)                                                                     \
    for (unsigned type = TRAINING_ENTRY_COMPANY; type <= TRAINING_DRILL; type++)                   \
        if (has_type(types, type))

static struct cohort_events trainings(const struct batch_work *work, unsigned type)
{
    return cohort_events(work->cohort, (enum cohort_list)(LIST_TRAINING + type));
}

BATCH_LANES static void say_where_less(const uint16_t *restrict sum, uint16_t need, unsigned lanes,
                                       uint16_t missing, uint16_t *restrict says)
{
    for (unsigned i = 0; i < lanes; i++)
        says[i] |= batch_mask(sum[i] < need) & missing;
}

/* -- hours of training ------------------------------------------------------------------------ */

static inline uint16_t worth(uint16_t what, struct batch_level level)
{
    return (uint16_t)((what & level.take) | level.give);
}

static inline uint16_t add_at_most(uint16_t a, uint16_t b)
{
    uint16_t sum = (uint16_t)(a + b);

    return sum < a ? UINT16_MAX : sum;
}

static inline uint16_t worth_in(uint16_t on, uint16_t what, struct batch_window window,
                                struct batch_level level)
{
    return batch_mask(batch_in(window, on)) & worth(what, level);
}

BATCH_LANES static void add_rank(const uint16_t *restrict on, const uint16_t *restrict what,
                                 unsigned lanes, struct batch_window window,
                                 struct batch_level level, uint16_t *restrict sum)
{
    for (unsigned i = 0; i < lanes; i++)
        sum[i] = (uint16_t)(sum[i] + worth_in(on[i], what[i], window, level));
}

BATCH_LANES static void take_rank(const uint16_t *restrict on, const uint16_t *restrict what,
                                  unsigned lanes, struct batch_window window,
                                  struct batch_level level, uint16_t *restrict sum)
{
    for (unsigned i = 0; i < lanes; i++)
        sum[i] = worth_in(on[i], what[i], window, level);
}

/* All ranks of a type are at most 8 * 255 hours and there are 13 types, so only tails can overflow:
 * they come last. */
_Static_assert(COHORT_RANKS_MAX *TRAINING_HOURS *TRAINING_DRILL <= UINT16_MAX, "see above");

static void sum_ranks(const struct batch_work *work, uint32_t types, struct batch_window window,
                      struct batch_level level, uint16_t *sum)
{
    bool any = false;

    FOR_TYPES(type, types)
    {
        const struct cohort_events e = trainings(work, type);

        for (unsigned rank = 0; rank < e.ranks; rank++) {
            if (!batch_speaks(window, e.latest[rank]))
                continue;
            (any ? add_rank : take_rank)(e.on + rank * e.pitch, e.what + rank * e.pitch,
                                         work->lanes, window, level, sum);
            any = true;
        }
    }
    if (!any)
        batch_fill(sum, work->lanes, 0);
}

static void sum_hours(const struct batch_work *work, uint32_t types, struct batch_window window,
                      struct batch_level level, uint16_t *sum)
{
    sum_ranks(work, types, window, level, sum);
    FOR_TYPES(type, types)
    {
        const struct cohort_events e = trainings(work, type);
        bool speaks = batch_speaks(window, e.latest[e.ranks]);

        for (unsigned k = 0; speaks && k < e.tail_count; k++) {
            uint16_t *of = &sum[e.tail_worker[k]];

            *of = add_at_most(*of, worth_in(e.tail_on[k], e.tail_what[k], window, level));
        }
    }
}

BATCH_LANES static void take_later(const uint16_t *restrict on, unsigned lanes, day_t last,
                                   uint16_t *restrict day)
{
    for (unsigned i = 0; i < lanes; i++) {
        uint16_t held = batch_mask(on[i] <= last) & on[i];

        day[i] = held > day[i] ? held : day[i];
    }
}

void batch_last_passed(const struct batch_work *work, uint32_t types, uint16_t *day)
{
    batch_fill(day, work->lanes, 0);
    FOR_TYPES(type, types)
    {
        const struct cohort_events e = trainings(work, type);
        bool tail;
        unsigned ranks = batch_ranks_now(work, &e, &tail);

        for (unsigned rank = 0; rank < ranks; rank++)
            take_later(e.on + rank * e.pitch, work->lanes, work->on, day);
        for (unsigned k = 0; tail && k < e.tail_count; k++) {
            uint16_t *of = &day[e.tail_worker[k]];

            if (e.tail_on[k] <= work->on && e.tail_on[k] > *of)
                *of = e.tail_on[k];
        }
    }
}

/* -- entry training --------------------------------------------------------------------------- */

bool batch_compile_entry(struct batch_plan *plan, const struct rule *rule, struct batch_step *step)
{
    const struct rule_entry_training *r = &rule->entry_training;

    for (unsigned i = 0; i < r->need_count; i++)
        step->entry.level[i] = batch_level_of(r->need[i].type, r->need[i].hours);
    step->entry.count = r->need_count;
    step->entry.missing = batch_says(plan, r->missing, SCOPE_PERSON);
    return true;
}

void batch_run_entry(const struct batch_step *step, struct batch_work *work)
{
    const struct step_entry *s = &step->entry;

    for (unsigned i = 0; i < s->count; i++) {
        sum_hours(work, 1u << s->level[i].type, batch_days(1, work->on), s->level[i], work->a);
        say_where_less(work->a, s->level[i].need, work->lanes, s->missing, work->says);
    }
}

/* -- periodic training ------------------------------------------------------------------------ */

static void compile_calendar(struct step_periodic *s, day_t on, unsigned months)
{
    day_t first = day_of_period(on, months, 0), before;

    s->window = batch_days(first, on);
    s->before = batch_days(1, 0); /* the calendar's first period has none before it */
    if (first == 0)
        return;
    before = day_of_period((day_t)(first - 1), months, 0);
    s->before = batch_days(before, (day_t)(first - 1));
    s->enrolled_by = before == 0 ? 0 : (uint16_t)(before - 1);
}

bool batch_compile_periodic(struct batch_plan *plan, const struct rule *rule,
                            struct batch_step *step)
{
    const struct rule_periodic_training *r = &rule->periodic_training;
    struct step_periodic *s = &step->periodic;
    enum scope scope;

    if (!batch_audience_of(plan, &r->audience, &s->audience, &scope))
        return false;
    s->types = r->types;
    s->level = batch_level_of(0, r->hours);
    s->expired = batch_says(plan, r->expired, scope);
    s->by_calendar = r->period_months != 0;
    if (s->by_calendar)
        compile_calendar(s, plan->on, r->period_months);
    else
        s->window = batch_rolling(plan->on, r->window_months);
    return true;
}

BATCH_LANES static void mark_enrolled(const uint16_t *restrict enrolled, uint16_t by,
                                      unsigned lanes, uint16_t *restrict mask)
{
    for (unsigned i = 0; i < lanes; i++)
        mask[i] = batch_mask(enrolled[i] != 0) & batch_mask(enrolled[i] <= by);
}

BATCH_LANES static void mark_known(uint16_t *column, unsigned lanes)
{
    for (unsigned i = 0; i < lanes; i++)
        column[i] = batch_mask(column[i] != 0);
}

/* Whom the rule speaks of at all: rolling, who ever passed such a training; by the calendar, who
 * was enrolled before the period before this one. */
static void find_subjects(const struct step_periodic *s, struct batch_work *work, uint16_t *subject)
{
    if (s->by_calendar) {
        mark_enrolled(cohort_column(work->cohort, COLUMN_ENROLLED), s->enrolled_by, work->lanes,
                      subject);
        return;
    }
    batch_last_passed(work, s->types, subject);
    mark_known(subject, work->lanes);
}

BATCH_LANES static void keep_lacking(const uint16_t *restrict sum, uint16_t need, unsigned lanes,
                                     uint16_t *restrict subject)
{
    for (unsigned i = 0; i < lanes; i++)
        subject[i] &= batch_mask(sum[i] < need);
}

BATCH_LANES static void keep(const uint16_t *restrict mask, unsigned lanes,
                             uint16_t *restrict subject)
{
    for (unsigned i = 0; i < lanes; i++)
        subject[i] &= mask[i];
}

void batch_run_periodic(const struct batch_step *step, struct batch_work *work)
{
    const struct step_periodic *s = &step->periodic;

    find_subjects(s, work, work->a);
    sum_hours(work, s->types, s->window, s->level, work->b);
    keep_lacking(work->b, s->level.need, work->lanes, work->a);
    if (s->by_calendar) {
        sum_hours(work, s->types, s->before, s->level, work->b);
        keep_lacking(work->b, s->level.need, work->lanes, work->a);
    }
    if (!batch_everybody(&s->audience)) {
        batch_audience_mask(&s->audience, work, work->b);
        keep(work->b, work->lanes, work->a);
    }
    batch_say(work->a, s->expired, work->lanes, work->says);
}

/* -- transfer training ------------------------------------------------------------------------ */

bool batch_compile_transfer(struct batch_plan *plan, const struct rule *rule,
                            struct batch_step *step)
{
    const struct rule_transfer_training *r = &rule->transfer_training;

    step->transfer.types = r->types;
    step->transfer.level = batch_level_of(0, r->hours);
    step->transfer.missing = batch_says(plan, r->missing, SCOPE_TRADE);
    return true;
}

BATCH_LANES static void add_since(const uint16_t *restrict on, const uint16_t *restrict what,
                                  unsigned lanes, const uint16_t *restrict since, day_t until,
                                  struct batch_level level, uint16_t *restrict sum)
{
    for (unsigned i = 0; i < lanes; i++)
        sum[i] = add_at_most(sum[i], batch_mask(on[i] <= until) & batch_mask(on[i] >= since[i]) &
                                         worth(what[i], level));
}

/* Each has a window of his own, from when he took up the other trade. */
static void sum_since(const struct batch_work *work, const struct step_transfer *s,
                      const uint16_t *since, uint16_t *sum)
{
    FOR_TYPES(type, s->types)
    {
        const struct cohort_events e = trainings(work, type);

        for (unsigned rank = 0; rank < e.ranks; rank++)
            add_since(e.on + rank * e.pitch, e.what + rank * e.pitch, work->lanes, since, work->on,
                      s->level, sum);
        for (unsigned k = 0; k < e.tail_count; k++) {
            unsigned i = e.tail_worker[k];

            if (e.tail_on[k] <= work->on && e.tail_on[k] >= since[i])
                sum[i] = add_at_most(sum[i], worth(e.tail_what[k], s->level));
        }
    }
}

void batch_run_transfer(const struct batch_step *step, struct batch_work *work)
{
    const struct step_transfer *s = &step->transfer;
    const struct cohort_events e = cohort_events(work->cohort, LIST_TRANSFER);

    if (e.tail_count == 0)
        return;
    batch_fill(work->a, work->lanes, DAY_NEVER);
    batch_fill(work->b, work->lanes, 0);
    for (unsigned k = 0; k < e.tail_count; k++)
        work->a[e.tail_worker[k]] = e.tail_what[k];
    sum_since(work, s, work->a, work->b);
    for (unsigned k = 0; k < e.tail_count; k++) {
        unsigned i = e.tail_worker[k];

        if (e.tail_on[k] <= work->on && work->b[i] < s->level.need)
            work->says[i] |= s->missing;
    }
}

/* -- study points ----------------------------------------------------------------------------- */

bool batch_compile_study(struct batch_plan *plan, const struct rule *rule, struct batch_step *step)
{
    const struct rule_study_points *r = &rule->study_points;

    step->study.window = batch_rolling(plan->on, r->window_months);
    step->study.points = (uint16_t)r->points;
    step->study.missing = batch_says(plan, r->missing, SCOPE_PERSON);
    return r->points <= UINT16_MAX;
}

BATCH_LANES static void add_points(const uint16_t *restrict on, const uint16_t *restrict points,
                                   unsigned lanes, struct batch_window window,
                                   uint16_t *restrict sum)
{
    for (unsigned i = 0; i < lanes; i++)
        sum[i] = add_at_most(sum[i], batch_mask(batch_in(window, on[i])) & points[i]);
}

void batch_run_study(const struct batch_step *step, struct batch_work *work)
{
    const struct step_study *s = &step->study;
    const struct cohort_events e = cohort_events(work->cohort, LIST_STUDY);

    batch_fill(work->a, work->lanes, 0);
    for (unsigned rank = 0; rank < e.ranks; rank++) {
        if (batch_speaks(s->window, e.latest[rank]))
            add_points(e.on + rank * e.pitch, e.what + rank * e.pitch, work->lanes, s->window,
                       work->a);
    }
    for (unsigned k = 0; k < e.tail_count; k++) {
        uint16_t *of = &work->a[e.tail_worker[k]];

        if (batch_in(s->window, e.tail_on[k]))
            *of = add_at_most(*of, e.tail_what[k]);
    }
    say_where_less(work->a, s->points, work->lanes, s->missing, work->says);
}

/* -- training for the site -------------------------------------------------------------------- */

bool batch_compile_site_training(struct batch_plan *plan, const struct rule *rule,
                                 struct batch_step *step)
{
    const struct rule_site_training *r = &rule->site_training;

    step->site_training.types = r->types;
    step->site_training.window = r->validity_months == 0
                                     ? batch_days(1, plan->on)
                                     : batch_rolling(plan->on, r->validity_months);
    step->site_training.missing = batch_says(plan, r->missing, SCOPE_SITE);
    return true;
}

BATCH_LANES static void mark_held(const uint16_t *restrict on, const uint16_t *restrict what,
                                  unsigned lanes, struct batch_window window,
                                  uint16_t *restrict held)
{
    for (unsigned i = 0; i < lanes; i++)
        held[i] |= batch_mask(batch_in(window, on[i])) & what[i];
}

BATCH_LANES static void say_where_not(const uint16_t *restrict held, const uint16_t *restrict post,
                                      unsigned lanes, uint16_t missing, uint16_t *restrict says)
{
    for (unsigned i = 0; i < lanes; i++)
        says[i] |= batch_mask((post[i] & POST_SITE) != 0) &
                   batch_mask((held[i] & TRAINING_HERE) == 0) & missing;
}

void batch_run_site_training(const struct batch_step *step, struct batch_work *work)
{
    const struct step_site_training *s = &step->site_training;

    batch_fill(work->a, work->lanes, 0);
    FOR_TYPES(type, s->types)
    {
        const struct cohort_events e = trainings(work, type);

        for (unsigned rank = 0; rank < e.ranks; rank++) {
            if (batch_speaks(s->window, e.latest[rank]))
                mark_held(e.on + rank * e.pitch, e.what + rank * e.pitch, work->lanes, s->window,
                          work->a);
        }
        for (unsigned k = 0; k < e.tail_count; k++) {
            if (batch_in(s->window, e.tail_on[k]))
                work->a[e.tail_worker[k]] |= e.tail_what[k];
        }
    }
    say_where_not(work->a, cohort_column(work->cohort, COLUMN_POST), work->lanes, s->missing,
                  work->says);
}
