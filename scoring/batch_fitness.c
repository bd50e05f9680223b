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

/* What the first bands say; true when somebody's sex is not known. */
BATCH_LANES static bool start_bands(const uint16_t *restrict post, unsigned lanes, uint16_t man, uint16_t woman,
                        uint16_t *restrict out)
{
    uint16_t unknown = 0;

    for (unsigned i = 0; i < lanes; i++) {
        uint16_t is_woman = batch_mask((post[i] & POST_WOMAN) != 0);

        out[i] = (woman & is_woman) | (man & ~is_woman);
        unknown |= batch_mask((post[i] & (POST_MAN | POST_WOMAN)) == 0);
    }
    return unknown != 0;
}

struct four {
    uint16_t born[4], change[4];
};

static inline uint16_t changes_by(uint16_t birth, struct four f)
{
    return (uint16_t)((batch_mask(birth <= f.born[0]) & f.change[0]) ^
                      (batch_mask(birth <= f.born[1]) & f.change[1]) ^
                      (batch_mask(birth <= f.born[2]) & f.change[2]) ^
                      (batch_mask(birth <= f.born[3]) & f.change[3]));
}

/* Changes are differences, so their order is all one, and four can be made at a time. */
BATCH_LANES static void apply_changes(const uint16_t *restrict birth, const uint16_t *restrict post,
                          unsigned lanes, struct four man, struct four woman,
                          uint16_t *restrict out)
{
    for (unsigned i = 0; i < lanes; i++) {
        uint16_t is_woman = batch_mask((post[i] & POST_WOMAN) != 0);

        out[i] ^= (changes_by(birth[i], woman) & is_woman) | (changes_by(birth[i], man) & ~is_woman);
    }
}

BATCH_LANES static void lift(const uint16_t *restrict cleared, const uint16_t *restrict after, unsigned lanes,
                 uint16_t *restrict says)
{
    for (unsigned i = 0; i < lanes; i++)
        says[i] &= batch_mask(cleared[i] <= after[i]);
}

BATCH_LANES static void keep_clean(const uint16_t *restrict what, const uint16_t *restrict until,
                                   unsigned lanes, day_t on, uint16_t *restrict held)
{
    for (unsigned i = 0; i < lanes; i++)
        held[i] &= batch_mask((what[i] & 1 << EXAM_NO_ABNORMALITY) != 0) &
                   batch_mask((uint16_t)(until[i] - 1) >= on); /* 0 wraps: no end of its own */
}

/* The day of the last exam where it found nothing and is valid by its own date, else 0. */
static void find_cleared(struct batch_work *work, uint16_t *cleared)
{
    batch_governing_exam(work, cleared, work->b, work->d);
    keep_clean(work->b, work->d, work->lanes, work->on, cleared);
}

enum which { WHICH_SAYS, WHICH_LIFTED };

static const uint16_t *changes_of(const struct batch_bands *bands, enum which which)
{
    return which == WHICH_SAYS ? bands->says : bands->lifted;
}

static struct four four_of(const struct batch_bands *bands, enum which which, unsigned from)
{
    struct four f;

    memcpy(f.born, bands->born + from, sizeof f.born);
    memcpy(f.change, changes_of(bands, which) + from, sizeof f.change);
    return f;
}

/* Down the columns; true when somebody's sex is not known. */
static bool look_up_bands(const struct step_age *s, const struct batch_work *work, enum which which,
                          uint16_t *out)
{
    const uint16_t *birth = cohort_column(work->cohort, COLUMN_BIRTH);
    const uint16_t *post = cohort_column(work->cohort, COLUMN_POST);
    const struct batch_bands *man = &s->bands[0], *woman = &s->bands[1];
    unsigned count = man->count > woman->count ? man->count : woman->count;
    bool unknown = which == WHICH_SAYS
                       ? start_bands(post, work->lanes, man->first_says, woman->first_says, out)
                       : start_bands(post, work->lanes, man->first_lifted, woman->first_lifted, out);

    for (unsigned k = 0; k < count; k += 4)
        apply_changes(birth, post, work->lanes, four_of(man, which, k), four_of(woman, which, k), out);
    return unknown;
}

/* What the bands of one sex say of one person. */
static uint16_t says_of(const struct batch_bands *bands, uint16_t birth, uint16_t cleared)
{
    uint16_t says = bands->first_says, lifted = bands->first_lifted;

    for (unsigned k = 0; k < bands->count; k++) {
        says ^= batch_mask(birth <= bands->born[k]) & bands->says[k];
        lifted ^= batch_mask(birth <= bands->born[k]) & bands->lifted[k];
    }
    return cleared > lifted ? 0 : says;
}

/* Of unknown sex: what is worse, and of two alike what is said of a man. */
static void correct_unknown(const struct step_age *s, const struct batch_work *work,
                            const uint16_t *cleared, uint16_t *says)
{
    enum { COLOURS = SAYS_YELLOW | SAYS_RED | SAYS_YELLOW_HERE | SAYS_RED_HERE };
    const uint16_t *birth = cohort_column(work->cohort, COLUMN_BIRTH);
    const uint16_t *post = cohort_column(work->cohort, COLUMN_POST);

    for (unsigned i = 0; i < work->cohort->workers; i++) {
        uint16_t man, woman, exam = cleared != NULL ? cleared[i] : 0;

        if ((post[i] & (POST_MAN | POST_WOMAN)) != 0)
            continue;
        man = says_of(&s->bands[0], birth[i], exam);
        woman = says_of(&s->bands[1], birth[i], exam);
        says[i] = (woman & COLOURS) > (man & COLOURS) ? woman : man;
    }
}

BATCH_LANES static void say_to(const uint16_t *restrict is, const uint16_t *restrict mask, unsigned lanes,
                   uint16_t *restrict says)
{
    for (unsigned i = 0; i < lanes; i++)
        says[i] |= is[i] & mask[i];
}

void batch_run_age(const struct batch_step *step, struct batch_work *work)
{
    const struct step_age *s = &step->age;
    bool unknown = look_up_bands(s, work, WHICH_SAYS, work->a);

    if (s->is_lifted) {
        find_cleared(work, work->c);
        look_up_bands(s, work, WHICH_LIFTED, work->d);
        lift(work->c, work->d, work->lanes, work->a);
    }
    if (unknown)
        correct_unknown(s, work, s->is_lifted ? work->c : NULL, work->a);
    if (batch_everybody(&s->audience)) {
        batch_say(work->a, UINT16_MAX, work->lanes, work->says);
        return;
    }
    batch_audience_mask(&s->audience, work, work->b);
    say_to(work->a, work->b, work->lanes, work->says);
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
                        uint16_t *restrict held, uint16_t *restrict what, uint16_t *restrict until)
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
        (rank == 0 ? take_latest : take_earlier)(
            e.on + rank * e.pitch, e.what + rank * e.pitch, e.more + rank * e.pitch, work->lanes,
            work->on, held, what, until);
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

        expired[i] = (has_end & batch_mask(until[i] <= on)) |
                     (batch_mask(held[i] <= expired_by) & ~has_end);
    }
}

BATCH_LANES static void find_between(const uint16_t *restrict held, const uint16_t *restrict until,
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
    uint16_t between[WORK_LANES];

    find_between(held, until, work->lanes, s->earliest_by, s->latest_by, between);
    FOR_MARKED(i, between, work->lanes) {
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

BATCH_LANES static void add_conclusions(const struct step_exam *s, unsigned k, const uint16_t *restrict what,
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
BATCH_LANES static void find_contraindicated(const uint16_t *restrict what, const uint16_t *restrict expired,
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
    add_expired(s, work->a, work->b, work->lanes, work->d, work->c, work->says);
    for (unsigned k = 0; k < EXAM_SAYINGS && s->says[k] != 0; k += 2)
        add_conclusions(s, k, work->b, work->c, work->lanes, work->says);
    add_contraindications(s, work, work->b, work->d);
}
