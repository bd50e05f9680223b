/* scoring/batch_health.c: the health exams of a cohort (rules_fitness.c). */
#include "scoring/batch_parts.h"

static bool compile_validity(struct batch_plan *plan, const struct rule_exam *rule,
                             struct step_exam *s)
{
    struct batch_table *table;

    s->expired_by = s->latest_by = s->earliest_by =
        batch_months_before(plan->on, rule->validity_months);
    if (rule->validity_count == 0)
        return true;
    table = batch_table_new(plan);
    if (table == NULL || rule->validity_count > BATCH_VALIDITIES_MAX)
        return false;
    for (unsigned i = 0; i < rule->validity_count; i++) {
        uint16_t by = batch_months_before(plan->on, rule->validity[i].months);

        table->of[rule->validity[i].trade] = (uint8_t)(i + 1);
        s->by_trade[i + 1] = by;
        s->latest_by = by > s->latest_by ? by : s->latest_by;
        s->earliest_by = by < s->earliest_by ? by : s->earliest_by;
    }
    s->validity = table;
    return true;
}

static bool compile_hazards(struct batch_plan *plan, const struct rule_exam *rule,
                            struct step_exam *s)
{
    struct batch_table *table;

    if (rule->hazard_count == 0 || s->contra_trade == 0)
        return true;
    table = batch_table_new(plan);
    if (table == NULL)
        return false;
    for (unsigned i = rule->hazard_count; i > 0; i--) /* of two rows of a trade the first counts */
        table->of[rule->hazards[i - 1].trade] = rule->hazards[i - 1].hazards;
    s->hazards = table;
    return true;
}

/* Conclusions that say the same are one question. */
static bool compile_conclusions(const struct batch_plan *plan, const struct rule_exam *rule,
                                struct step_exam *s)
{
    for (unsigned bit = 0; 1 << bit <= EXAM_OF_NO_KIND; bit++) {
        struct outcome is = bit <= EXAM_OTHER ? rule->conclusion[bit] : rule->none;
        uint16_t says = batch_says(plan, is, SCOPE_PERSON);
        unsigned k = 0;

        if (says == 0)
            continue;
        while (k < EXAM_SAYINGS && s->says[k] != 0 && s->says[k] != says)
            k++;
        if (k == EXAM_SAYINGS)
            return false;
        s->says[k] = says;
        s->conclusions[k] |= (uint16_t)(1u << bit);
        if (rule->adverse_outlasts && is.colour == COLOUR_RED)
            s->outlasting |= (uint16_t)(1u << bit);
    }
    return true;
}

bool batch_compile_exam(struct batch_plan *plan, const struct rule *rule, struct batch_step *step)
{
    const struct rule_exam *r = &rule->exam;
    struct step_exam *s = &step->exam;

    s->none = batch_says(plan, r->none, SCOPE_PERSON);
    s->expired = batch_says(plan, r->expired, SCOPE_PERSON);
    s->contra_person = batch_says(plan, r->contra_person, SCOPE_PERSON);
    s->contra_trade = batch_says(plan, r->contra_trade, SCOPE_TRADE);
    s->contra_outlasts = r->adverse_outlasts;
    return compile_validity(plan, r, s) && compile_hazards(plan, r, s) &&
           compile_conclusions(plan, r, s);
}

BATCH_LANES static void take_latest(const uint16_t *restrict on, const uint16_t *restrict own_what,
                                    const uint16_t *restrict own_until, unsigned lanes, day_t day,
                                    uint16_t *restrict held, uint16_t *restrict what,
                                    uint16_t *restrict until)
{
    for (unsigned i = 0; i < lanes; i++) {
        uint16_t reached = batch_mask(on[i] <= day);

        held[i] = on[i] & reached;
        what[i] = own_what[i] & reached;
        until[i] = own_until[i] & reached;
    }
}

/* One that lay ahead gives way to the one before it. */
BATCH_LANES static void take_earlier(const uint16_t *restrict on, const uint16_t *restrict own_what,
                                     const uint16_t *restrict own_until, unsigned lanes, day_t day,
                                     uint16_t *restrict held, uint16_t *restrict what,
                                     uint16_t *restrict until)
{
    for (unsigned i = 0; i < lanes; i++) {
        uint16_t takes = batch_mask(on[i] <= day) & batch_mask(held[i] == 0);

        held[i] |= on[i] & takes;
        what[i] |= own_what[i] & takes;
        until[i] |= own_until[i] & takes;
    }
}

void batch_governing_exam(const struct batch_work *work, uint16_t *held, uint16_t *what,
                          uint16_t *until)
{
    const struct cohort_events e = cohort_events(work->cohort, LIST_EXAM);
    bool tail;
    unsigned ranks = batch_ranks_now(work, &e, &tail);

    if (ranks == 0) {
        batch_fill(held, work->lanes, 0);
        batch_fill(what, work->lanes, 0);
        batch_fill(until, work->lanes, 0);
    }
    for (unsigned rank = 0; rank < ranks; rank++)
        (rank == 0 ? take_latest : take_earlier)(e.on + rank * e.pitch, e.what + rank * e.pitch,
                                                 e.more + rank * e.pitch, work->lanes, work->on,
                                                 held, what, until);
    for (unsigned k = 0; tail && k < e.tail_count; k++) {
        unsigned i = e.tail_worker[k];

        if (e.tail_on[k] <= work->on && held[i] == 0) {
            held[i] = e.tail_on[k];
            what[i] = e.tail_what[k];
            until[i] = e.tail_more[k];
        }
    }
}

BATCH_LANES static void find_expired(const struct step_exam *s, const uint16_t *restrict held,
                                     const uint16_t *restrict until, unsigned lanes, day_t on,
                                     uint16_t *restrict expired)
{
    const uint16_t expired_by = s->expired_by;

    for (unsigned i = 0; i < lanes; i++) {
        uint16_t has_end = batch_mask(until[i] != 0);

        expired[i] =
            (has_end & batch_mask(until[i] <= on)) | (batch_mask(held[i] <= expired_by) & ~has_end);
    }
}

BATCH_LANES static void find_between(const uint16_t *restrict held, const uint16_t *restrict until,
                                     unsigned lanes, uint16_t after, uint16_t by,
                                     uint16_t *restrict between)
{
    for (unsigned i = 0; i < lanes; i++)
        between[i] =
            batch_mask(until[i] == 0) & batch_mask(held[i] > after) & batch_mask(held[i] <= by);
}

/* The few whose exam is between the shortest and the longest validity: their trade decides. */
static void correct_by_trade(const struct step_exam *s, struct batch_work *work,
                             const uint16_t *held, const uint16_t *until, uint16_t *expired)
{
    const uint16_t *trade = cohort_column(work->cohort, COLUMN_TRADE);
    uint16_t between[WORK_LANES];

    find_between(held, until, work->lanes, s->earliest_by, s->latest_by, between);
    FOR_MARKED(i, between, work->lanes)
    {
        unsigned which = s->validity->of[trade[i]];

        if (which != 0)
            expired[i] = batch_mask(held[i] <= s->by_trade[which]);
    }
}

/* For want of an exam, or of one that still counts; in `expired`, whose conclusion says nothing. */
BATCH_LANES static void add_expired(const struct step_exam *s, const uint16_t *restrict held,
                                    const uint16_t *restrict what, unsigned lanes,
                                    const uint16_t *restrict expired, uint16_t *restrict gone,
                                    uint16_t *restrict says)
{
    const uint16_t outlasting = s->outlasting, is_none = s->none, is_expired = s->expired;

    for (unsigned i = 0; i < lanes; i++) {
        uint16_t none = batch_mask(held[i] == 0);

        gone[i] = expired[i] & batch_mask((what[i] & outlasting) == 0);
        says[i] |= (is_none & none) | (is_expired & gone[i] & ~none);
    }
}

BATCH_LANES static void add_conclusions(const struct step_exam *s, unsigned k,
                                        const uint16_t *restrict what,
                                        const uint16_t *restrict gone, unsigned lanes,
                                        uint16_t *restrict says)
{
    const uint16_t first = s->conclusions[k], second = s->conclusions[k + 1];
    const uint16_t first_is = s->says[k], second_is = s->says[k + 1];

    for (unsigned i = 0; i < lanes; i++)
        says[i] |= ((batch_mask((what[i] & first) != 0) & first_is) |
                    (batch_mask((what[i] & second) != 0) & second_is)) &
                   ~gone[i];
}

/* Who is told not to do some kind of work, by an exam that counts. */
BATCH_LANES static void find_contraindicated(const uint16_t *restrict what,
                                             const uint16_t *restrict expired, unsigned lanes,
                                             bool outlasts, uint16_t *restrict found)
{
    const uint16_t bits = 0xff00 | 1 << EXAM_CONTRAINDICATED, always = batch_mask(outlasts);

    for (unsigned i = 0; i < lanes; i++)
        found[i] = batch_mask((what[i] & bits) != 0) & (~expired[i] | always);
}

/* Few people are. */
static void add_contraindications(const struct step_exam *s, struct batch_work *work,
                                  const uint16_t *what, uint16_t *expired)
{
    const uint16_t *trade = cohort_column(work->cohort, COLUMN_TRADE);

    find_contraindicated(what, expired, work->lanes, s->contra_outlasts, work->a);
    FOR_MARKED(i, work->a, work->lanes)
    {
        work->says[i] |= s->contra_person;
        if (s->hazards != NULL && (s->hazards->of[trade[i]] & what[i] >> 8) != 0)
            work->says[i] |= s->contra_trade;
    }
}

void batch_run_exam(const struct batch_step *step, struct batch_work *work)
{
    const struct step_exam *s = &step->exam;

    batch_governing_exam(work, work->a, work->b, work->c);
    find_expired(s, work->a, work->c, work->lanes, work->on, work->d);
    if (s->validity != NULL)
        correct_by_trade(s, work, work->a, work->c, work->d);
    add_expired(s, work->a, work->b, work->lanes, work->d, work->c, work->says);
    for (unsigned k = 0; k < EXAM_SAYINGS && s->says[k] != 0; k += 2)
        add_conclusions(s, k, work->b, work->c, work->lanes, work->says);
    add_contraindications(s, work, work->b, work->d);
}
