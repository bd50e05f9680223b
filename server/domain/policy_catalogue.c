/* The catalogue: at each post, one person in order and then one thing at a time out of order. What
 * a window or a limit of the policy is, the people stand just beyond it. */
#include "domain/policy_people.h"

enum { VIOLATIONS_MANY = 200 /* more than anybody commits in a year */ };

struct catalogue {
    const struct policy *policy;
    day_t on;
    plan_fn *visit;
    void *arg;
    struct person_plan in_order;
};

static void visit(const struct catalogue *c, struct person_plan plan)
{
    c->visit(&plan, c->arg);
}

/* -- age -------------------------------------------------------------------------------------- */

static void add_age(bool ages[PEOPLE_AGE_MAX + 1], int age)
{
    if (age >= 0 && age <= PEOPLE_AGE_MAX)
        ages[age] = true;
}

/* Both sides of every boundary, and a few more; *lifted is the longest time that an exam lifts. */
static void find_ages(const struct policy *policy, bool ages[PEOPLE_AGE_MAX + 1], uint8_t *lifted)
{
    for (int age = 15; age <= 75; age += 15)
        add_age(ages, age);
    for (unsigned i = 0; i < policy->rule_count; i++) {
        const struct rule *r = &policy->rules[i];

        for (unsigned sex = 0; r->kind == RULE_AGE && sex < 2; sex++) {
            for (unsigned b = 0; b < r->age.band_count[sex]; b++) {
                const struct age_band *band = &r->age.bands[sex][b];

                add_age(ages, band->from_age);
                add_age(ages, band->from_age - 1);
                if (band->lifted_by_exam_months > *lifted)
                    *lifted = band->lifted_by_exam_months;
            }
        }
    }
}

/* The calendar begins in 1900, and so do the years of the oldest. */
static int oldest(day_t on)
{
    int age = day_to_civil(on).year - 1901;

    return age < PEOPLE_AGE_MAX ? age : PEOPLE_AGE_MAX;
}

/* An exam that lifts no longer although it states to be valid still. */
static void visit_lifted(const struct catalogue *c, struct person_plan plan, uint8_t lifted)
{
    if (lifted == 0)
        return;
    plan.exam_months = lifted;
    plan.exam_states_months = (uint8_t)(lifted + 2);
    visit(c, plan);
    plan.exam = 0;
    visit(c, plan);
}

static void visit_ages(const struct catalogue *c)
{
    bool ages[PEOPLE_AGE_MAX + 1] = {false};
    struct person_plan plan = c->in_order;
    uint8_t lifted = 0;

    find_ages(c->policy, ages, &lifted);
    for (int age = 0; age <= oldest(c->on); age++) {
        for (plan.sex = SEX_MALE; ages[age] && plan.sex <= SEX_FEMALE; plan.sex++) {
            plan.age = (uint8_t)age;
            visit(c, plan);
            visit_lifted(c, plan, lifted);
        }
    }
    plan = c->in_order;
    plan.without_identity = true;
    visit(c, plan);
}

/* -- health ----------------------------------------------------------------------------------- */

/* Fresh, and so old that no validity covers it. */
static void visit_exam(const struct catalogue *c, uint8_t conclusion, uint8_t hazards)
{
    struct person_plan plan = c->in_order;

    plan.exam = conclusion;
    plan.hazards = hazards;
    visit(c, plan);
    plan.exam_months = FACTS_HORIZON_MONTHS;
    visit(c, plan);
}

static void visit_exams(const struct catalogue *c)
{
    struct person_plan plan = c->in_order;

    plan.exam = 0;
    visit(c, plan);
    for (unsigned conclusion = EXAM_NO_ABNORMALITY; conclusion <= EXAM_OTHER; conclusion++)
        visit_exam(c, (uint8_t)conclusion, 0);
    for (unsigned hazard = HAZARD_HEIGHT; hazard <= HAZARD_VEHICLE; hazard *= 2)
        visit_exam(c, EXAM_CONTRAINDICATED, (uint8_t)hazard);
}

/* -- training --------------------------------------------------------------------------------- */

/* An hour too few: so limits of several rules, one milder than the other, are told apart. */
static void visit_fewer_hours(const struct catalogue *c, unsigned hours)
{
    struct person_plan plan = c->in_order;

    plan.hours_max = (uint16_t)(hours - 1);
    if (hours > 0)
        visit(c, plan);
}

static void visit_entry(const struct catalogue *c, const struct rule_entry_training *rule)
{
    struct person_plan plan = c->in_order;

    for (unsigned i = 0; i < rule->need_count; i++) {
        plan.left_out = 1u << rule->need[i].type;
        visit(c, plan);
        plan.left_out = 0;
        visit_fewer_hours(c, rule->need[i].hours);
    }
}

/* Types that only this one of the periodic rules names. */
static uint32_t own_types(const struct policy *policy, const struct rule *rule)
{
    uint32_t types = rule->periodic_training.types;

    for (unsigned i = 0; i < policy->rule_count; i++) {
        const struct rule *r = &policy->rules[i];

        if (r->kind == RULE_PERIODIC_TRAINING && r != rule)
            types &= ~r->periodic_training.types;
    }
    return types;
}

static void visit_periodic(const struct catalogue *c, const struct rule *rule)
{
    const struct rule_periodic_training *r = &rule->periodic_training;
    struct person_plan plan = c->in_order;

    plan.stale_months = (uint8_t)(r->period_months != 0 ? 2 * r->period_months
                                                        : r->window_months);
    plan.stale = r->types;
    visit(c, plan);
    plan.stale = own_types(c->policy, rule);
    visit(c, plan);
    visit_fewer_hours(c, r->hours);
}

static void visit_site_training(const struct catalogue *c, const struct rule_site_training *rule)
{
    struct person_plan plan = c->in_order;

    plan.without_site_training = true;
    visit(c, plan);
    plan.without_site_training = false;
    plan.stale = rule->types;
    plan.stale_months = (uint8_t)rule->validity_months;
    if (rule->validity_months != 0)
        visit(c, plan);
}

/* Back after such a gap, with all that he needs but retraining; and not back. */
static void visit_idle(const struct catalogue *c, const struct rule_idle *rule)
{
    struct person_plan plan = c->in_order;

    plan.away_months = (uint8_t)(rule->months + 2);
    visit(c, plan);
    plan.away_months = (uint8_t)rule->months;
    plan.still_away = true;
    plan.exam = 0;
    plan.left_out = UINT32_MAX;
    plan.study_max = 0;
    visit(c, plan);
}

static void visit_study(const struct catalogue *c, const struct rule_study_points *rule)
{
    struct person_plan plan = c->in_order;

    plan.study_max = 0;
    visit(c, plan);
    plan.study_max = rule->points - 1;
    visit(c, plan);
}

static void visit_transfer(const struct catalogue *c, const struct rule_transfer_training *rule)
{
    struct person_plan plan = c->in_order;

    plan.trade_before = plan.trade != 20 ? 20 : 40;
    visit(c, plan);
    plan.transfer_hours = (uint16_t)(rule->hours > 0 ? rule->hours - 1 : 0);
    visit(c, plan);
}

static void visit_trainings(const struct catalogue *c)
{
    for (unsigned i = 0; i < c->policy->rule_count; i++) {
        const struct rule *r = &c->policy->rules[i];

        if (r->kind == RULE_ENTRY_TRAINING)
            visit_entry(c, &r->entry_training);
        if (r->kind == RULE_PERIODIC_TRAINING)
            visit_periodic(c, r);
        if (r->kind == RULE_SITE_TRAINING)
            visit_site_training(c, &r->site_training);
        if (r->kind == RULE_IDLE)
            visit_idle(c, &r->idle);
        if (r->kind == RULE_STUDY_POINTS)
            visit_study(c, &r->study_points);
        if (r->kind == RULE_TRANSFER_TRAINING)
            visit_transfer(c, &r->transfer_training);
    }
}

/* -- conduct ---------------------------------------------------------------------------------- */

static void visit_violations(const struct catalogue *c, struct violation_plan first,
                             struct violation_plan second)
{
    struct person_plan plan = c->in_order;

    plan.violations[0] = first;
    plan.violations[1] = second;
    visit(c, plan);
}

static void visit_severity(const struct catalogue *c, uint8_t severity, uint8_t class)
{
    static const struct violation_plan none = {0};
    static const uint8_t counts[] = {1, 2, 3, 4, 6, 8, 12, 20, 40, VIOLATIONS_MANY};

    for (unsigned i = 0; i < sizeof counts; i++) {
        for (unsigned how = 0; how < 4; how++)
            visit_violations(c, (struct violation_plan){counts[i], severity, class, how & 1,
                                                        (how & 2) != 0, false}, none);
    }
}

/* Few of one severity with few of another: sums that no single severity makes. */
static void visit_mixed(const struct catalogue *c, uint8_t class)
{
    for (uint8_t mild = 1; mild < 4; mild++) {
        for (uint8_t grave = (uint8_t)(mild + 1); grave <= 4; grave++) {
            for (uint8_t n = 1; n < 49; n++)
                visit_violations(
                    c, (struct violation_plan){n % 7, mild, class, false, false, false},
                    (struct violation_plan){n / 7, grave, class, false, false, false});
        }
    }
}

static void visit_conduct(const struct catalogue *c)
{
    for (unsigned class = VIOLATION_COMMAND; class <= VIOLATION_DISCIPLINE; class++) {
        for (uint8_t severity = 1; severity <= 4; severity++)
            visit_severity(c, severity, (uint8_t)class);
        visit_mixed(c, (uint8_t)class);
    }
}

/* So many mild ones that certificates no longer count, without a colour of their own if may be. */
static void visit_blocked(const struct catalogue *c)
{
    static const struct violation_plan none = {0};

    for (unsigned i = 0; i < c->policy->rule_count; i++) {
        const struct rule *r = &c->policy->rules[i];
        unsigned count = r->kind == RULE_CERTIFICATE ? r->certificate.blocked_violations : 0;
        uint8_t class = VIOLATION_OPERATION;

        if (count == 0 || count > UINT8_MAX)
            continue;
        if (r->certificate.blocked_classes != 0 &&
            (r->certificate.blocked_classes >> VIOLATION_OPERATION & 1) == 0)
            class = (uint8_t)__builtin_ctz(r->certificate.blocked_classes);
        visit_violations(c, (struct violation_plan){(uint8_t)count, 1, class, false, false, false},
                         none);
    }
    visit_violations(c, (struct violation_plan){1, 1, VIOLATION_OPERATION, false, false, true},
                     none);
}

/* -- papers and places ------------------------------------------------------------------------ */

static void visit_papers(const struct catalogue *c)
{
    struct person_plan plan = c->in_order;

    for (plan.certificate = PAPER_NONE; plan.certificate <= PAPER_SUSPENDED; plan.certificate++)
        visit(c, plan);
    plan = c->in_order;
    for (plan.agreement = PAPER_NONE; plan.agreement <= PAPER_ENDED; plan.agreement++)
        visit(c, plan);
    plan = c->in_order;
    for (plan.ban = BAN_INDUSTRY; plan.ban <= BAN_SITE; plan.ban++)
        visit(c, plan);
    plan = c->in_order;
    for (plan.override = COLOUR_GREEN; plan.override <= COLOUR_RED; plan.override++)
        visit(c, plan);
}

static void visit_places(const struct catalogue *c)
{
    struct person_plan plan = c->in_order;

    for (plan.site_state = SITE_STOPPED; plan.site_state <= SITE_CLOSED; plan.site_state++)
        visit(c, plan);
    plan = c->in_order;
    for (plan.org_permit = PERMIT_NONE; plan.org_permit < PERMIT_UNASKED; plan.org_permit++)
        visit(c, plan);
}

static void visit_post(struct catalogue *c, uint16_t trade, uint8_t role)
{
    c->in_order = person_in_order(c->policy, trade, role, c->on);
    visit(c, c->in_order);
    visit_ages(c);
    visit_exams(c);
    visit_trainings(c);
    visit_blocked(c);
    visit_papers(c);
    visit_places(c);
}

void policy_people_each(const struct policy *policy, day_t on, plan_fn *visit_plan, void *arg)
{
    struct catalogue c = {.policy = policy, .on = on, .visit = visit_plan, .arg = arg};
    size_t count;
    const uint16_t *trades = policy_people_trades(&count);

    for (size_t i = 0; i < count; i++)
        visit_post(&c, trades[i], ROLE_WORKER);
    for (unsigned role = ROLE_MANAGER; role <= ROLE_HEAD; role++)
        visit_post(&c, policy_people_trade(policy, 900), (uint8_t)role);
    c.in_order = person_in_order(policy, policy_people_trade(policy, 20), ROLE_WORKER, on);
    visit_conduct(&c);
}
