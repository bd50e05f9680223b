/* scoring/batch_age.c: the age of a cohort (rules_fitness.c). */
#include "scoring/batch_parts.h"

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
    return band->lifted_by_exam_months == 0 ? DAY_NEVER
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
BATCH_LANES static bool start_bands(const uint16_t *restrict post, unsigned lanes, uint16_t man,
                                    uint16_t woman, uint16_t *restrict out)
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

        out[i] ^=
            (changes_by(birth[i], woman) & is_woman) | (changes_by(birth[i], man) & ~is_woman);
    }
}

BATCH_LANES static void lift(const uint16_t *restrict cleared, const uint16_t *restrict after,
                             unsigned lanes, uint16_t *restrict says)
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
    bool unknown =
        which == WHICH_SAYS
            ? start_bands(post, work->lanes, man->first_says, woman->first_says, out)
            : start_bands(post, work->lanes, man->first_lifted, woman->first_lifted, out);

    for (unsigned k = 0; k < count; k += 4)
        apply_changes(birth, post, work->lanes, four_of(man, which, k), four_of(woman, which, k),
                      out);
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

BATCH_LANES static void say_to(const uint16_t *restrict is, const uint16_t *restrict mask,
                               unsigned lanes, uint16_t *restrict says)
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
