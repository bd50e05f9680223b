/* scoring/rules_fitness.c: age and health. */
#include "scoring/rule_parts.h"

/* -- age ---------------------------------------------------------------------------------------- */

/* While the last exam is clean, recent enough, and valid by its own date if it has one. */
static bool is_lifted(const struct age_band *band, const struct scoring_input *in, struct piece *p)
{
    const struct fact *exam;

    if (band->lifted_by_exam_months == 0)
        return false;
    exam = governing_exam(in, p);
    return exam != NULL && exam->a == EXAM_NO_ABNORMALITY &&
           (exam->until == DAY_UNKNOWN || !piece_reached(p, exam->until)) &&
           !piece_reached(p, day_add_months(exam->on, band->lifted_by_exam_months));
}

static struct outcome age_of_sex(const struct rule_age *rule, unsigned sex,
                                 const struct scoring_input *in, struct piece *p)
{
    const struct age_band *bands = rule->bands[sex];
    unsigned i = 0;

    while (i + 1 < rule->band_count[sex] &&
           piece_reached(p, day_of_age(in->facts->birth, bands[i + 1].from_age)))
        i++;
    return is_lifted(&bands[i], in, p) ? (struct outcome){NO_REASON, COLOUR_GREEN} : bands[i].is;
}

void evaluate_age(const struct rule *rule, unsigned lane, const struct scoring_input *in,
                  struct piece *p)
{
    const struct rule_age *age = &rule->age;
    const struct facts *facts = in->facts;
    struct outcome man, woman;
    enum scope scope;

    (void)lane;
    if (!audience_has(&age->audience, in->context, &scope))
        return;
    if (facts->birth == DAY_UNKNOWN) {
        miss(p, age->unknown, scope);
        return;
    }
    if (facts->sex == SEX_MALE || facts->sex == SEX_FEMALE) {
        speak(p, age_of_sex(age, facts->sex == SEX_FEMALE, in, p), scope);
        return;
    }
    man = age_of_sex(age, 0, in, p);
    woman = age_of_sex(age, 1, in, p);
    speak(p, colour_worse(man.colour, woman.colour) == man.colour ? man : woman, scope);
}

/* -- health ------------------------------------------------------------------------------------- */

enum { EXAM_LANE_CONCLUSION, EXAM_LANE_CONTRA_PERSON, EXAM_LANE_CONTRA_TRADE };
_Static_assert(EXAM_LANE_CONTRA_TRADE + 1 == EXAM_LANES, "each lane is evaluated");

const struct fact *governing_exam(const struct scoring_input *in, struct piece *p)
{
    const struct fact *governing = NULL;

    FOR_FACTS(f, in, FACT_EXAM)
    {
        if (!piece_reached(p, f->on))
            break;
        governing = f;
    }
    return governing;
}

static day_t exam_until(const struct rule_exam *rule, const struct scoring_input *in,
                        const struct fact *exam)
{
    unsigned months = rule->validity_months;

    if (exam->until != DAY_UNKNOWN)
        return exam->until;
    for (unsigned i = 0; in->context != NULL && i < rule->validity_count; i++) {
        if (rule->validity[i].trade == in->context->trade)
            months = rule->validity[i].months;
    }
    return day_add_months(exam->on, (int)months);
}

static uint8_t trade_hazards(const struct rule_exam *rule, const struct context *context)
{
    for (unsigned i = 0; context != NULL && i < rule->hazard_count; i++) {
        if (rule->hazards[i].trade == context->trade)
            return rule->hazards[i].hazards;
    }
    return 0;
}

void evaluate_exam(const struct rule *rule, unsigned lane, const struct scoring_input *in,
                   struct piece *p)
{
    const struct rule_exam *r = &rule->exam;
    const struct fact *exam = governing_exam(in, p);
    bool expired;

    if (exam == NULL) {
        if (lane == EXAM_LANE_CONCLUSION)
            miss(p, r->none, SCOPE_PERSON);
        return;
    }
    expired = piece_reached(p, exam_until(r, in, exam));
    if (lane == EXAM_LANE_CONCLUSION) {
        struct outcome is = exam->a <= EXAM_OTHER ? r->conclusion[exam->a] : r->none;
        bool says_worse = is.code != NO_REASON && is.colour == COLOUR_RED && r->adverse_outlasts;

        speak(p, expired && !says_worse ? r->expired : is, SCOPE_PERSON);
        return;
    }
    if ((expired && !r->adverse_outlasts) || (exam->a != EXAM_CONTRAINDICATED && exam->b == 0))
        return;
    if (lane == EXAM_LANE_CONTRA_PERSON)
        speak(p, r->contra_person, SCOPE_PERSON);
    else if ((trade_hazards(r, in->context) & exam->b) != 0)
        speak(p, r->contra_trade, SCOPE_TRADE);
}
