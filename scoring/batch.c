#include "scoring/batch.h"

#include <string.h>

#include "scoring/batch_parts.h"

static const struct batch_row {
    batch_compile_fn *compile;
    batch_run_fn *run;
} batch_rows[RULE_KINDS] = {
    [RULE_AGE] = {batch_compile_age, batch_run_age},
    [RULE_EXAM] = {batch_compile_exam, batch_run_exam},
    [RULE_ENTRY_TRAINING] = {batch_compile_entry, batch_run_entry},
    [RULE_PERIODIC_TRAINING] = {batch_compile_periodic, batch_run_periodic},
    [RULE_TRANSFER_TRAINING] = {batch_compile_transfer, batch_run_transfer},
    [RULE_STUDY_POINTS] = {batch_compile_study, batch_run_study},
    [RULE_SITE_TRAINING] = {batch_compile_site_training, batch_run_site_training},
    [RULE_IDLE] = {batch_compile_idle, batch_run_idle},
    [RULE_VIOLATION_POINTS] = {batch_compile_violations, batch_run_violations},
    [RULE_OFF_JOB] = {batch_compile_off_job, batch_run_off_job},
    [RULE_CERTIFICATE] = {batch_compile_certificate, batch_run_certificate},
    [RULE_BAN] = {batch_compile_ban, batch_run_ban},
    [RULE_AGREEMENT] = {batch_compile_agreement, batch_run_agreement},
    [RULE_SITE_STATE] = {batch_compile_site_state, NULL}, /* bits of `post`: see conclude() */
    [RULE_PERMIT] = {batch_compile_permit, NULL},
    [RULE_OVERRIDE] = {batch_compile_override, batch_run_override},
};

/* -- a plan ----------------------------------------------------------------------------------- */

static struct batch_step *step_at(struct batch_plan *plan, unsigned i)
{
    return (struct batch_step *)(void *)plan->steps + i;
}

uint16_t batch_gap_days(const struct policy *policy)
{
    unsigned least = UINT16_MAX; /* no rule asks: any cohort will do */

    for (unsigned i = 0; i < policy->rule_count; i++) {
        const struct rule *rule = &policy->rules[i];

        /* No run of months is shorter: 28 days are the shortest one, and 59 the shortest two. */
        if (rule->kind == RULE_IDLE && rule->idle.months * 30u - 2 < least)
            least = rule->idle.months * 30u - 2;
    }
    return (uint16_t)least;
}

bool batch_plan_init(struct batch_plan *plan, const struct policy *policy, day_t on)
{
    plan->policy = policy;
    plan->on = on;
    plan->gap_days = batch_gap_days(policy);
    plan->table_count = plan->need_count = 0;
    plan->never_lifts = 0;
    plan->yellow_posts = plan->red_posts = 0;
    if (policy->semantics != BATCH_SEMANTICS)
        return false;
    for (unsigned i = 0; i < policy->rule_count; i++) {
        if (policy->rules[i].kind == RULE_OVERRIDE)
            plan->never_lifts |= policy->rules[i].override.never_lifts;
    }
    if (!batch_table_of(plan, &policy->exempt, &plan->exempt))
        return false;
    for (unsigned i = 0; i < policy->rule_count; i++) {
        struct batch_step *step = step_at(plan, i);

        memset(step, 0, sizeof *step);
        step->kind = policy->rules[i].kind;
        if (batch_rows[step->kind].compile == NULL ||
            !batch_rows[step->kind].compile(plan, &policy->rules[i], step))
            return false;
    }
    return true;
}

uint16_t batch_says(const struct batch_plan *plan, struct outcome is, enum scope scope)
{
    unsigned says = is.colour == COLOUR_YELLOW ? SAYS_YELLOW
                    : is.colour == COLOUR_RED  ? SAYS_RED
                                               : 0;

    if (is.code == NO_REASON)
        return 0;
    if (scope != SCOPE_PERSON)
        return (uint16_t)(says << SAYS_HERE_SHIFT);
    if ((plan->never_lifts >> is.code & 1) != 0)
        says |= says << SAYS_KEPT_SHIFT;
    return (uint16_t)says;
}

day_t batch_months_before(day_t on, unsigned months)
{
    unsigned from = 0, to = DAY_LAST; /* day_add_months() never falls: halve [from, to] */

    while (from < to) {
        unsigned middle = (from + to + 1) / 2;

        if (day_add_months((day_t)middle, (int)months) <= on)
            from = middle;
        else
            to = middle - 1;
    }
    return (day_t)from;
}

struct batch_window batch_days(day_t first, day_t last)
{
    if (first == DAY_UNKNOWN)
        first = 1; /* day 0 is no event's */
    if (last < first)
        return (struct batch_window){.first = DAY_NEVER};
    return (struct batch_window){.first = first, .span = (uint16_t)(last - first)};
}

struct batch_window batch_rolling(day_t on, unsigned months)
{
    return batch_days((day_t)(batch_months_before(on, months) + 1), on);
}

struct batch_level batch_level_of(unsigned type, uint16_t hours)
{
    /* No hours asked for: one training is enough, however short. */
    if (hours == 0)
        return (struct batch_level){(uint8_t)type, 0, 1, 1};
    return (struct batch_level){(uint8_t)type, TRAINING_HOURS, 0, hours};
}

struct batch_table *batch_table_new(struct batch_plan *plan)
{
    struct batch_table *table;

    if (plan->table_count == BATCH_TABLES_MAX)
        return NULL;
    table = &plan->tables[plan->table_count++];
    memset(table, 0, sizeof *table);
    return table;
}

bool batch_table_of(struct batch_plan *plan, const struct trade_list *list,
                    const struct batch_table **table)
{
    struct batch_table *made;

    *table = NULL;
    if (list->count == 0)
        return true;
    made = batch_table_new(plan);
    if (made == NULL)
        return false;
    for (unsigned i = 0; i < list->count; i++)
        made->of[list->trade[i]] = 1;
    *table = made;
    return true;
}

bool batch_audience_of(struct batch_plan *plan, const struct audience *whom,
                       struct batch_audience *audience, enum scope *scope)
{
    audience->posts = 0;
    *scope = SCOPE_TRADE;
    if (!batch_table_of(plan, &whom->trades, &audience->trades))
        return false;
    if (audience->trades != NULL)
        return true;
    *scope = whom->roles != 0 ? SCOPE_ROLE : SCOPE_PERSON;
    audience->posts = (uint16_t)(whom->roles << POST_ROLE_SHIFT);
    return true;
}

/* -- running it ------------------------------------------------------------------------------- */

BATCH_LANES void batch_fill(uint16_t *column, unsigned lanes, uint16_t value)
{
    for (unsigned i = 0; i < lanes; i++)
        column[i] = value;
}

BATCH_LANES void batch_say(const uint16_t *restrict whom, uint16_t is, unsigned lanes,
                           uint16_t *restrict says)
{
    for (unsigned i = 0; i < lanes; i++)
        says[i] |= whom[i] & is;
}

void batch_look_up(const struct batch_table *restrict table, const uint16_t *restrict trade,
                   unsigned lanes, uint16_t *restrict out)
{
#pragma GCC unroll 8 /* no vector instruction does this, so the loop itself is half of the cost */
    for (unsigned i = 0; i < lanes; i++)
        out[i] = table->of[trade[i]];
}

BATCH_LANES static void mark_any(const uint16_t *restrict column, uint16_t bits, unsigned lanes,
                                 uint16_t *restrict mask)
{
    for (unsigned i = 0; i < lanes; i++)
        mask[i] = batch_mask((column[i] & bits) != 0);
}

void batch_audience_mask(const struct batch_audience *audience, struct batch_work *work,
                         uint16_t *mask)
{
    if (audience->trades != NULL) {
        batch_look_up(audience->trades, cohort_column(work->cohort, COLUMN_TRADE), work->lanes,
                      work->d);
        mark_any(work->d, 1, work->lanes, mask);
    } else {
        mark_any(cohort_column(work->cohort, COLUMN_POST), audience->posts, work->lanes, mask);
    }
}

unsigned batch_ranks_now(const struct batch_work *work, const struct cohort_events *events,
                         bool *tail)
{
    unsigned ranks = 0;
    bool ahead = true; /* somebody's event of the rank before lies ahead */

    for (; ranks < events->ranks && ahead; ranks++)
        ahead = events->latest[ranks] > work->on;
    *tail = ahead;
    return ranks;
}

static void leave_out(const struct batch_table *exempt, struct batch_work *work)
{
    batch_look_up(exempt, cohort_column(work->cohort, COLUMN_TRADE), work->lanes, work->a);
    mark_any(work->a, 1, work->lanes, work->b);
    batch_say(work->b, SAYS_OUTSIDE, work->lanes, work->says);
}

/* Of the bits yellow and red the worse, as enum colour. */
static inline uint16_t worse_of(unsigned bits)
{
    return (uint16_t)(bits - (bits & bits >> 1));
}

_Static_assert(SAYS_YELLOW == (int)COLOUR_YELLOW && SAYS_RED == (int)COLOUR_RED,
               "the bits are the colours");
_Static_assert(COLOUR_NONE == 3, "none is all bits");

/* As tally_end(): a decision takes the place of what scope person says, but for what it may not. */
BATCH_LANES static void conclude(const uint16_t *restrict said, const uint16_t *restrict post,
                                 unsigned count, uint16_t yellow, uint16_t red,
                                 uint8_t *restrict person, uint8_t *restrict here)
{
    for (unsigned i = 0; i < count; i++) {
        uint16_t says = said[i], decided = batch_mask((says & SAYS_DECIDED) != 0);
        uint16_t kept = (uint16_t)(says >> SAYS_KEPT_SHIFT | says >> SAYS_DECIDED_SHIFT);
        uint16_t bits = (uint16_t)(((says & ~decided) | (kept & decided)) & 3);
        uint16_t around = (uint16_t)(says >> SAYS_HERE_SHIFT |
                                     (batch_mask((post[i] & yellow) != 0) & SAYS_YELLOW) |
                                     (batch_mask((post[i] & red) != 0) & SAYS_RED));
        uint16_t outside =
            batch_mask((post[i] & POST_ASKED) == 0) | batch_mask((says & SAYS_OUTSIDE) != 0);

        person[i] = (uint8_t)worse_of(bits);
        here[i] = (uint8_t)(worse_of((bits | around) & 3) | (outside & COLOUR_NONE));
    }
}

bool batch_colours(const struct batch_plan *plan, const struct cohort *cohort, uint8_t *person,
                   uint8_t *here)
{
    struct batch_work work;

    if (cohort->gap_days > plan->gap_days)
        return false;
    work.cohort = cohort;
    work.lanes = cohort->lanes;
    work.on = plan->on;
    memset(work.says, 0, work.lanes * sizeof work.says[0]);
    for (unsigned i = 0; i < plan->policy->rule_count; i++) {
        const struct batch_step *step = (const struct batch_step *)(const void *)plan->steps + i;

        if (batch_rows[step->kind].run != NULL)
            batch_rows[step->kind].run(step, &work);
    }
    if (plan->exempt != NULL)
        leave_out(plan->exempt, &work);
    conclude(work.says, cohort_column(cohort, COLUMN_POST), cohort->workers, plan->yellow_posts,
             plan->red_posts, person, here);
    return true;
}
