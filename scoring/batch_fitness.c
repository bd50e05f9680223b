/* scoring/batch_fitness.c: age and health of a cohort (rules_fitness.c). */
#include "scoring/batch_parts.h"

#include <stddef.h>

/* -- age ------------------------------------------------------------------------------------------ */

/* The last birth date of those who have completed `age` years by the day. */
static day_t born_by(day_t on, unsigned age)
{
    unsigned from = 0, to = DAY_LAST;

    while (from < to) {
        unsigned middle = (from + to + 1) / 2;

        if (day_of_age((day_t)middle, (int)age) <= on)
            from = middle;
        else
            to = middle - 1;
    }
    return (day_t)from;
}

/* Exams held after this day lift the band; DAY_NEVER: none does. */
static day_t lifted_after(const struct age_band *band, day_t on)
{
    return band->lifted_by_exam_months == 0
               ? DAY_NEVER
               : batch_months_before(on, band->lifted_by_exam_months);
}

static void compile_bands(const struct batch_plan *plan, const struct rule_age *rule, unsigned sex,
                          enum scope scope, struct batch_bands *out)
{
    uint16_t said, lifted;
    unsigned count = rule->band_count[sex];

    said = out->first_says = batch_says(plan, rule->bands[sex][0].is, scope);
    lifted = out->first_lifted = lifted_after(&rule->bands[sex][0], plan->on);
    out->count = (uint16_t)count;
    for (unsigned i = 1; i <= count; i++) {
        const struct age_band *band = &rule->bands[sex][i];
        bool known = i < count;
        uint16_t says = batch_says(plan, known ? band->is : rule->unknown, scope);
        uint16_t after = known ? lifted_after(band, plan->on) : DAY_NEVER;

        out->born[i - 1] = known ? born_by(plan->on, band->from_age) : DAY_UNKNOWN;
        out->says[i - 1] = said ^ says;
        out->lifted[i - 1] = lifted ^ after;
        said = says;
        lifted = after;
    }
}

static bool lifts_any(const struct rule_age *rule)
{
    for (unsigned sex = 0; sex < 2; sex++) {
        for (unsigned i = 0; i < rule->band_count[sex]; i++) {
            if (rule->bands[sex][i].lifted_by_exam_months != 0)
                return true;
        }
    }
    return false;
}

bool batch_compile_age(struct batch_plan *plan, const struct rule *rule, struct batch_step *step)
{
    enum scope scope;

    if (!batch_audience_of(plan, &rule->age.audience, &step->age.audience, &scope))
        return false;
    for (unsigned sex = 0; sex < 2; sex++)
        compile_bands(plan, &rule->age, sex, scope, &step->age.bands[sex]);
    step->age.is_lifted = lifts_any(&rule->age);
    return true;
}

/* Every change that applies; changes are differences, so their order is all one. Four at a time:
 * a column is read and written once for them. */
static void apply_changes(const uint16_t *restrict birth, unsigned lanes,
                          const struct batch_bands *bands, const uint16_t *change,
                          uint16_t *restrict out)
{
    for (unsigned k = 0; k < bands->count; k += 4) {
        const uint16_t b0 = bands->born[k], b1 = bands->born[k + 1], b2 = bands->born[k + 2],
                       b3 = bands->born[k + 3];
        const uint16_t c0 = change[k], c1 = change[k + 1], c2 = change[k + 2], c3 = change[k + 3];

        for (unsigned i = 0; i < lanes; i++)
            out[i] ^= (uint16_t)((batch_mask(birth[i] <= b0) & c0) ^
                                 (batch_mask(birth[i] <= b1) & c1) ^
                                 (batch_mask(birth[i] <= b2) & c2) ^
                                 (batch_mask(birth[i] <= b3) & c3));
    }
}

static void lift(const uint16_t *restrict cleared, const uint16_t *restrict after, unsigned lanes,
                 uint16_t *restrict says)
{
    for (unsigned i = 0; i < lanes; i++)
        says[i] &= batch_mask(cleared[i] <= after[i]);
}

/* The day of the last exam where it found nothing and is valid by its own date, else 0. */
static void find_cleared(struct batch_work *work, uint16_t *restrict cleared)
{
    uint16_t what[COHORT_WORKERS_MAX], until[COHORT_WORKERS_MAX];

    batch_governing_exam(work, cleared, what, until);
    for (unsigned i = 0; i < work->lanes; i++)
        cleared[i] &= batch_mask((what[i] & 1 << EXAM_NO_ABNORMALITY) != 0) &
                      batch_mask((uint16_t)(until[i] - 1) >= work->on); /* 0 wraps: no end */
}

/* Of unknown sex: what is worse, and of two alike what is said of a man. */
static void add_by_sex(const uint16_t *restrict man, const uint16_t *restrict woman,
                       const uint16_t *restrict post, unsigned lanes, uint16_t *restrict mask,
                       uint16_t *restrict says)
{
    enum { COLOURS = SAYS_YELLOW | SAYS_RED | SAYS_YELLOW_HERE | SAYS_RED_HERE };

    for (unsigned i = 0; i < lanes; i++) {
        uint16_t is_man = batch_mask((post[i] & POST_MAN) != 0);
        uint16_t is_woman = batch_mask((post[i] & POST_WOMAN) != 0);
        uint16_t worse = batch_mask((woman[i] & COLOURS) > (man[i] & COLOURS));
        uint16_t as_woman = (uint16_t)(is_woman | (worse & ~is_man));

        says[i] |= ((woman[i] & as_woman) | (man[i] & ~as_woman)) & mask[i];
    }
}

static void age_says(const struct step_age *s, unsigned sex, struct batch_work *work,
                     const uint16_t *cleared, uint16_t *says)
{
    const uint16_t *birth = cohort_column(work->cohort, COLUMN_BIRTH);
    const struct batch_bands *bands = &s->bands[sex];

    batch_fill(says, work->lanes, bands->first_says);
    apply_changes(birth, work->lanes, bands, bands->says, says);
    if (!s->is_lifted)
        return;
    batch_fill(work->d, work->lanes, bands->first_lifted);
    apply_changes(birth, work->lanes, bands, bands->lifted, work->d);
    lift(cleared, work->d, work->lanes, says);
}

void batch_run_age(const struct batch_step *step, struct batch_work *work)
{
    const struct step_age *s = &step->age;

    if (s->is_lifted)
        find_cleared(work, work->c);
    age_says(s, 0, work, work->c, work->a);
    age_says(s, 1, work, work->c, work->b);
    if (batch_everybody(&s->audience))
        batch_fill(work->c, work->lanes, UINT16_MAX);
    else
        batch_audience_mask(&s->audience, work, work->c);
    add_by_sex(work->a, work->b, cohort_column(work->cohort, COLUMN_POST), work->lanes, work->c,
               work->says);
}

/* -- health --------------------------------------------------------------------------------------- */

static bool compile_validity(struct batch_plan *plan, const struct rule_exam *rule,
                             struct step_exam *s)
{
    struct batch_table *table;

    s->expired_by = s->latest_by = s->earliest_by =
        batch_months_before(plan->on, rule->validity_months);
    if (rule->validity_count == 0)
        return true;
    table = batch_table_new(plan);
    if (table == NULL || rule->validity_count > BATCH_NEEDS_MAX)
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

/* From the latest backwards: the first one reached is the one that governs. */
static void take_reached(const uint16_t *restrict on, const uint16_t *restrict own_what,
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
    const size_t lanes = work->lanes;
    bool tail;
    unsigned ranks = batch_ranks_now(work, &e, &tail);

    for (size_t i = 0; i < lanes; i++)
        held[i] = what[i] = until[i] = 0;
    for (unsigned rank = 0; rank < ranks; rank++)
        take_reached(e.on + rank * lanes, e.what + rank * lanes, e.more + rank * lanes,
                     work->lanes, work->on, held, what, until);
    for (unsigned k = 0; tail && k < e.tail_count; k++) {
        unsigned i = e.tail_worker[k];

        if (e.tail_on[k] <= work->on && held[i] == 0) {
            held[i] = e.tail_on[k];
            what[i] = e.tail_what[k];
            until[i] = e.tail_more[k];
        }
    }
}

static void find_expired(const struct step_exam *s, const uint16_t *restrict held,
                         const uint16_t *restrict until, unsigned lanes, day_t on,
                         uint16_t *restrict expired)
{
    const uint16_t expired_by = s->expired_by;

    for (unsigned i = 0; i < lanes; i++) {
        uint16_t has_end = batch_mask(until[i] != 0);

        expired[i] = (has_end & batch_mask(until[i] <= on)) |
                     (batch_mask(held[i] <= expired_by) & ~has_end);
    }
}

static void find_between(const uint16_t *restrict held, const uint16_t *restrict until,
                         unsigned lanes, uint16_t after, uint16_t by, uint16_t *restrict between)
{
    for (unsigned i = 0; i < lanes; i++)
        between[i] = batch_mask(until[i] == 0) & batch_mask(held[i] > after) &
                     batch_mask(held[i] <= by);
}

/* The few whose exam is between the shortest and the longest validity: their trade decides. */
static void correct_by_trade(const struct step_exam *s, struct batch_work *work,
                             const uint16_t *held, const uint16_t *until, uint16_t *expired)
{
    const uint16_t *trade = cohort_column(work->cohort, COLUMN_TRADE);
    uint16_t between[COHORT_WORKERS_MAX];

    find_between(held, until, work->lanes, s->earliest_by, s->latest_by, between);
    FOR_MARKED(i, between, work->lanes) {
        unsigned which = s->validity->of[trade[i]];

        if (which != 0)
            expired[i] = batch_mask(held[i] <= s->by_trade[which]);
    }
}

static void add_conclusions(const struct step_exam *s, const uint16_t *restrict held,
                            const uint16_t *restrict what, const uint16_t *restrict expired,
                            unsigned lanes, uint16_t *restrict says)
{
    const struct step_exam own = *s;

    for (unsigned i = 0; i < lanes; i++) {
        uint16_t is = 0, gone = expired[i] & batch_mask((what[i] & own.outlasting) == 0);
        uint16_t none = batch_mask(held[i] == 0);

        for (unsigned k = 0; k < EXAM_SAYINGS; k++)
            is |= batch_mask((what[i] & own.conclusions[k]) != 0) & own.says[k];
        is = (own.expired & gone) | (is & ~gone);
        says[i] |= (own.none & none) | (is & ~none);
    }
}

/* Who is told not to do some kind of work, by an exam that counts. */
static void find_contraindicated(const uint16_t *restrict what, const uint16_t *restrict expired,
                                 unsigned lanes, bool outlasts, uint16_t *restrict found)
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
    FOR_MARKED(i, work->a, work->lanes) {
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
    add_conclusions(s, work->a, work->b, work->d, work->lanes, work->says);
    add_contraindications(s, work, work->b, work->d);
}
