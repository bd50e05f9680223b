#include "scoring/rules.h"

#include <stddef.h>

static void speak(struct piece *p, struct outcome is, enum scope scope)
{
    p->is = is;
    p->scope = (uint8_t)scope;
}

/* For want of a fact, not because of one. */
static void miss(struct piece *p, struct outcome is, enum scope scope)
{
    speak(p, is, scope);
    p->missing = true;
}

/* [on, on + months): the days of a rolling window in which an event counts; false after it. */
static bool within_months(struct piece *p, day_t on, unsigned months)
{
    return piece_reached(p, on) && !piece_reached(p, day_add_months(on, (int)months));
}

static bool in_set(uint32_t set, unsigned member)
{
    return member < 32 && (set >> member & 1) != 0;
}

static bool is_passed_training(const struct fact *f, uint32_t types)
{
    return in_set(types, f->a) && f->c == 1;
}

#define FOR_FACTS(f, in, fact_kind)                                                                \
    for (const struct fact *f = (in)->facts->fact + (in)->start[fact_kind],                        \
                           *f##_end = (in)->facts->fact + (in)->start[(fact_kind) + 1];            \
         f < f##_end; f++)

/* -- age ---------------------------------------------------------------------------------------- */

static struct outcome age_of_sex(const struct rule_age *rule, unsigned sex, day_t birth,
                                 struct piece *p)
{
    const struct age_band *bands = rule->bands[sex];
    unsigned i = 0;

    while (i + 1 < rule->band_count[sex] &&
           piece_reached(p, day_of_age(birth, bands[i + 1].from_age)))
        i++;
    return bands[i].is;
}

static void evaluate_age(const struct rule *rule, unsigned lane, const struct scoring_input *in,
                         struct piece *p)
{
    const struct rule_age *age = &rule->age;
    const struct facts *facts = in->facts;
    enum scope scope = age->trades.count > 0 ? SCOPE_TRADE : SCOPE_PERSON;
    struct outcome man, woman;

    (void)lane;
    if (scope == SCOPE_TRADE &&
        (in->context == NULL || !trade_list_has(&age->trades, in->context->trade)))
        return;
    if (facts->birth == DAY_UNKNOWN) {
        miss(p, age->unknown, scope);
        return;
    }
    if (facts->sex == SEX_MALE || facts->sex == SEX_FEMALE) {
        speak(p, age_of_sex(age, facts->sex == SEX_FEMALE, facts->birth, p), scope);
        return;
    }
    man = age_of_sex(age, 0, facts->birth, p);
    woman = age_of_sex(age, 1, facts->birth, p);
    speak(p, colour_worse(man.colour, woman.colour) == man.colour ? man : woman, scope);
}

/* -- health ------------------------------------------------------------------------------------- */

enum { EXAM_LANE_CONCLUSION, EXAM_LANE_CONTRA_PERSON, EXAM_LANE_CONTRA_TRADE, EXAM_LANES };

/* The governing exam: the last one held by that day; of two on one day, the later recorded. */
static const struct fact *governing_exam(const struct scoring_input *in, struct piece *p)
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

static void evaluate_exam(const struct rule *rule, unsigned lane, const struct scoring_input *in,
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

/* -- training ----------------------------------------------------------------------------------- */

static void evaluate_entry_training(const struct rule *rule, unsigned lane,
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

static void evaluate_periodic_training(const struct rule *rule, unsigned lane,
                                       const struct scoring_input *in, struct piece *p)
{
    const struct rule_periodic_training *r = &rule->periodic_training;
    uint32_t hours = 0;
    bool ever = false, lately = false;

    (void)lane;
    FOR_FACTS(f, in, FACT_TRAINING)
    {
        if (!is_passed_training(f, r->types))
            continue;
        if (!piece_reached(p, f->on))
            break;
        ever = true;
        if (within_months(p, f->on, r->window_months)) {
            lately = true;
            hours += f->b;
        }
    }
    if (ever && (!lately || hours < r->hours))
        speak(p, r->expired, SCOPE_PERSON);
}

static void evaluate_study_points(const struct rule *rule, unsigned lane,
                                  const struct scoring_input *in, struct piece *p)
{
    const struct rule_study_points *r = &rule->study_points;
    uint64_t points = 0;

    (void)lane;
    FOR_FACTS(f, in, FACT_STUDY)
    {
        if (within_months(p, f->on, r->window_months))
            points += f->ref;
    }
    if (points < r->points)
        miss(p, r->missing, SCOPE_PERSON);
}

static void evaluate_site_training(const struct rule *rule, unsigned lane,
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

/* The event that happened first among the heads of the kinds that show somebody at work. */
static const struct fact *next_activity(const struct scoring_input *in, uint16_t at[FACT_KINDS])
{
    static const uint8_t kinds[] = {FACT_EXAM, FACT_TRAINING, FACT_STUDY, FACT_VIOLATION};
    const struct fact *first = NULL;
    unsigned from = 0;

    for (unsigned i = 0; i < sizeof kinds; i++) {
        const struct fact *f = in->facts->fact + at[kinds[i]];

        if (at[kinds[i]] < in->start[kinds[i] + 1] && (first == NULL || f->on < first->on)) {
            first = f;
            from = kinds[i];
        }
    }
    if (first != NULL)
        at[from]++;
    return first;
}

/* Once a gap of `months` has opened, only retraining closes it. Training on one day with another
 * event closes it whatever the order, because retraining is looked at after the gap. */
static void evaluate_idle(const struct rule *rule, unsigned lane, const struct scoring_input *in,
                          struct piece *p)
{
    const struct rule_idle *r = &rule->idle;
    day_t last = in->facts->enrolled;
    uint16_t at[FACT_KINDS];
    const struct fact *f;
    bool idle = false;

    (void)lane;
    for (unsigned kind = 0; kind < FACT_KINDS; kind++)
        at[kind] = in->start[kind];
    while ((f = next_activity(in, at)) != NULL && piece_reached(p, f->on)) {
        if (last != DAY_UNKNOWN && f->on >= day_add_months(last, r->months))
            idle = true;
        if (f->kind == FACT_TRAINING && is_passed_training(f, r->retraining_types))
            idle = false;
        if (f->on > last)
            last = f->on;
    }
    if (idle || (last != DAY_UNKNOWN && piece_reached(p, last) &&
                 piece_reached(p, day_add_months(last, r->months))))
        speak(p, r->idle, SCOPE_PERSON);
}

/* -- violations --------------------------------------------------------------------------------- */

static void evaluate_violation_points(const struct rule *rule, unsigned lane,
                                      const struct scoring_input *in, struct piece *p)
{
    const struct rule_violation_points *r = &rule->violation_points;
    uint32_t points = 0;

    (void)lane;
    FOR_FACTS(f, in, FACT_VIOLATION)
    {
        if (f->b < 5 && within_months(p, f->on, r->window_months))
            points += r->points[f->b];
    }
    if (points >= r->red)
        speak(p, (struct outcome){REASON_VIOL_POINTS, COLOUR_RED}, SCOPE_PERSON);
    else if (points >= r->yellow)
        speak(p, (struct outcome){REASON_VIOL_POINTS, COLOUR_YELLOW}, SCOPE_PERSON);
}

/* Training on the violation's own day or later clears it, and with it all earlier ones. */
static void evaluate_off_job(const struct rule *rule, unsigned lane,
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

/* -- certificates ------------------------------------------------------------------------------- */

enum { CERTIFICATE_LANE_TRADE, CERTIFICATE_LANE_ROLE, CERTIFICATE_LANES };

static const struct certificate_need *certificate_need(const struct rule_certificate *rule,
                                                       unsigned lane,
                                                       const struct context *context)
{
    for (unsigned i = 0; context != NULL && i < rule->need_count; i++) {
        const struct certificate_need *need = &rule->needs[i];

        if (lane == CERTIFICATE_LANE_TRADE ? need->trade != 0 && need->trade == context->trade
                                           : need->role != 0 && need->role == context->role)
            return need;
    }
    return NULL;
}

static bool certificate_answers(const struct certificate_need *need, const struct fact *f)
{
    return in_set(need->types, f->a) && in_set(need->issuers, f->c) &&
           (need->any_class ||
            (f->b < 128 && (need->classes[f->b / 64] >> (f->b % 64) & 1) != 0));
}

/* A suspension ends on its last day, or earlier by a later word that the certificate is valid. */
static bool certificate_suspended(const struct scoring_input *in, const struct fact *certificate,
                                  struct piece *p)
{
    bool suspended = false;

    FOR_FACTS(s, in, FACT_CERTIFICATE_STATUS)
    {
        if (s->ref != certificate->ref)
            continue;
        if (!piece_reached(p, s->on))
            break;
        if (s->a == CERTIFICATE_VALID)
            suspended = false;
        else if (!piece_reached(p, s->until))
            suspended = true;
    }
    return suspended;
}

/* One good certificate is enough. A suspension is reported even after the certificate's own end:
 * running out must not look better than being suspended. */
static void evaluate_certificate(const struct rule *rule, unsigned lane,
                                 const struct scoring_input *in, struct piece *p)
{
    const struct rule_certificate *r = &rule->certificate;
    const struct certificate_need *need = certificate_need(r, lane, in->context);
    enum scope scope = lane == CERTIFICATE_LANE_TRADE ? SCOPE_TRADE : SCOPE_ROLE;
    bool held = false, suspended = false;

    if (need == NULL)
        return;
    FOR_FACTS(f, in, FACT_CERTIFICATE)
    {
        if (!certificate_answers(need, f))
            continue;
        if (!piece_reached(p, f->on))
            break;
        held = true;
        if (certificate_suspended(in, f, p))
            suspended = true;
        else if (!piece_reached(p, f->until))
            return;
    }
    if (suspended)
        speak(p, r->suspended, scope);
    else if (held)
        speak(p, r->expired, scope);
    else
        miss(p, r->none, scope);
}

/* -- decisions and papers ----------------------------------------------------------------------- */

static bool ban_matches(const struct fact *f, const struct context *context)
{
    if (f->a == BAN_INDUSTRY)
        return true;
    if (context == NULL)
        return false;
    switch (f->a) {
    case BAN_ROLE:  return f->ref == context->role;
    case BAN_TRADE: return f->ref == context->trade;
    case BAN_SITE:  return f->ref == context->site;
    default:        return false;
    }
}

/* One lane a scope: lane 0 is BAN_INDUSTRY. */
static void evaluate_ban(const struct rule *rule, unsigned lane, const struct scoring_input *in,
                         struct piece *p)
{
    static const uint8_t scopes[] = {SCOPE_PERSON, SCOPE_ROLE, SCOPE_TRADE, SCOPE_SITE};

    FOR_FACTS(f, in, FACT_BAN)
    {
        if (f->a != lane + BAN_INDUSTRY || !ban_matches(f, in->context))
            continue;
        if (!piece_reached(p, f->on))
            break;
        if (!piece_reached(p, f->until)) {
            speak(p, rule->ban.banned, scopes[lane]);
            return;
        }
    }
}

static void evaluate_agreement(const struct rule *rule, unsigned lane,
                               const struct scoring_input *in, struct piece *p)
{
    bool ever = false;

    (void)lane;
    FOR_FACTS(f, in, FACT_AGREEMENT)
    {
        if (!piece_reached(p, f->on))
            break;
        if (!piece_reached(p, f->until))
            return;
        ever = true;
    }
    speak(p, rule->agreement.missing, SCOPE_PERSON);
    p->missing = !ever;
}

static void evaluate_site_state(const struct rule *rule, unsigned lane,
                                const struct scoring_input *in, struct piece *p)
{
    (void)lane;
    if (in->context == NULL)
        return;
    if (in->context->site_state == SITE_STOPPED)
        speak(p, rule->site_state.stopped, SCOPE_SITE);
    else if (in->context->site_state == SITE_CLOSED)
        speak(p, rule->site_state.closed, SCOPE_SITE);
}

static void evaluate_permit(const struct rule *rule, unsigned lane,
                            const struct scoring_input *in, struct piece *p)
{
    (void)lane;
    if (in->context != NULL && in->context->org_permit < PERMIT_UNASKED)
        speak(p, rule->permit.is[in->context->org_permit], SCOPE_SITE);
}

/* The decision that began last governs; of two on one day, the later recorded. */
static void evaluate_override(const struct rule *rule, unsigned lane,
                              const struct scoring_input *in, struct piece *p)
{
    (void)lane;
    FOR_FACTS(f, in, FACT_OVERRIDE)
    {
        if (f->c < rule->override.signers)
            continue;
        if (!piece_reached(p, f->on))
            break;
        if (!piece_reached(p, f->until))
            speak(p, (struct outcome){REASON_OVERRIDE, f->a}, SCOPE_PERSON);
    }
}

/* -- the table ---------------------------------------------------------------------------------- */

typedef void evaluate_fn(const struct rule *rule, unsigned lane, const struct scoring_input *in,
                         struct piece *p);

static const struct rule_row {
    evaluate_fn *evaluate;
    uint8_t lanes;
} rule_rows[RULE_KINDS] = {
    [RULE_AGE] = {evaluate_age, 1},
    [RULE_EXAM] = {evaluate_exam, EXAM_LANES},
    [RULE_ENTRY_TRAINING] = {evaluate_entry_training, 1},
    [RULE_PERIODIC_TRAINING] = {evaluate_periodic_training, 1},
    [RULE_STUDY_POINTS] = {evaluate_study_points, 1},
    [RULE_SITE_TRAINING] = {evaluate_site_training, 1},
    [RULE_IDLE] = {evaluate_idle, 1},
    [RULE_VIOLATION_POINTS] = {evaluate_violation_points, 1},
    [RULE_OFF_JOB] = {evaluate_off_job, 1},
    [RULE_CERTIFICATE] = {evaluate_certificate, CERTIFICATE_LANES},
    [RULE_BAN] = {evaluate_ban, 4},
    [RULE_AGREEMENT] = {evaluate_agreement, 1},
    [RULE_SITE_STATE] = {evaluate_site_state, 1},
    [RULE_PERMIT] = {evaluate_permit, 1},
    [RULE_OVERRIDE] = {evaluate_override, 1},
};

unsigned rule_lanes(enum rule_kind kind)
{
    return kind < RULE_KINDS ? rule_rows[kind].lanes : 0;
}

void rule_evaluate(const struct rule *rule, unsigned lane, const struct scoring_input *in,
                   day_t day, struct piece *piece)
{
    *piece = (struct piece){.day = day, .from = 1, .until = DAY_NEVER, .is = {NO_REASON, COLOUR_GREEN}};
    rule_rows[rule->kind].evaluate(rule, lane, in, piece);
}

void scoring_input_init(struct scoring_input *in, const struct facts *facts,
                        const struct context *context)
{
    uint16_t i = 0;

    in->facts = facts;
    in->context = context;
    for (unsigned kind = 0; kind <= FACT_KINDS; kind++) {
        while (i < facts->count && facts->fact[i].kind < kind)
            i++;
        in->start[kind] = i;
    }
}

bool trade_list_has(const struct trade_list *list, uint16_t trade)
{
    for (unsigned i = 0; i < list->count && list->trade[i] <= trade; i++) {
        if (list->trade[i] == trade)
            return true;
    }
    return false;
}
