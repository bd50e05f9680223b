/* The records of a made-up person: what is asked for is there, but for what the plan takes away. */
#include "domain/policy_people.h"
#include "domain/record_fields.h"

enum {
    RECORDS_MAX = 512,
    ENROLLED_MONTHS = 72,   /* longer than facts are surely known: any window lies within */
    STUDY_POINTS_MAX = 1000, /* of one record */
    HOURS_MAX = 255,         /* of one record */
    ORG = 1
};

#define BIT(n) (1u << (n))

struct maker {
    const struct policy *policy;
    const struct person_plan *plan;
    struct made_person *out;
    uint32_t hours[32]; /* held so far, by training type */
    uint32_t points;    /* studied so far */
};

/* -- days ------------------------------------------------------------------------------------- */

static day_t ago(const struct maker *m, unsigned months)
{
    return day_add_months(m->out->on, -(int)months);
}

static day_t days_ago(const struct maker *m, unsigned days)
{
    return (day_t)(m->out->on > days ? m->out->on - days : 1);
}

/* When what is in order was done: within any window of the calendar or of months. */
static day_t lately(const struct maker *m)
{
    return days_ago(m, 20);
}

static day_t later(day_t a, day_t b)
{
    return a > b ? a : b;
}

/* Six years ago or when his plan says, but not before his 16th birthday, and two months ago at the
 * latest. */
static day_t enrolled_on(const struct maker *m)
{
    unsigned months = m->plan->away_months != 0 ? m->plan->away_months : ENROLLED_MONTHS;
    day_t at = later(ago(m, months), day_of_age(person_birth(m->plan->age, m->out->on), 16));

    return at < ago(m, 2) ? at : ago(m, 2);
}

/* -- records ---------------------------------------------------------------------------------- */

/* What is beyond all bounds is left out: no policy that can be kept asks for so many records. */
static struct record *add(struct maker *m, enum record_kind kind, day_t on)
{
    struct made_person *p = m->out;
    struct record *r = &p->records[p->count < RECORDS_MAX ? p->count++ : RECORDS_MAX];

    *r = (struct record){.kind = kind, .version = (uint32_t)p->count, .occurred_on = on};
    return r;
}

static void add_identity(struct maker *m)
{
    struct record *r;

    if (m->plan->without_identity)
        return;
    r = add(m, RECORD_IDENTITY, m->out->enrolled);
    r->identity.birth_date = person_birth(m->plan->age, m->out->on);
    r->identity.sex = m->plan->sex;
}

static void add_engagement(struct maker *m, uint16_t trade, day_t from)
{
    struct record *r = add(m, RECORD_ENGAGEMENT, from);

    r->engagement.org = ORG;
    r->engagement.site = PERSON_SITE;
    r->engagement.trade = trade;
    r->engagement.role = m->plan->role;
    r->engagement.from = from;
}

static void add_engagements(struct maker *m)
{
    const struct person_plan *plan = m->plan;
    struct record *end;

    if (plan->still_away)
        return;
    if (plan->trade_before == 0) {
        add_engagement(m, plan->trade, plan->away_months != 0 ? ago(m, 1) : m->out->enrolled);
        return;
    }
    add_engagement(m, plan->trade_before, m->out->enrolled);
    end = add(m, RECORD_ENGAGEMENT_END, ago(m, 1));
    end->engagement_end.of = end->version - 1;
    end->engagement_end.until = ago(m, 1);
    add_engagement(m, plan->trade, ago(m, 1));
}

static void add_exam(struct maker *m)
{
    const struct person_plan *plan = m->plan;
    struct record *r;

    if (plan->exam == 0)
        return;
    r = add(m, RECORD_EXAM, plan->exam_months != 0 ? ago(m, plan->exam_months) : lately(m));
    r->exam.conclusion = plan->exam;
    r->exam.contraindicated_for = plan->hazards;
    if (plan->exam_states_months != 0)
        r->exam.valid_until = day_add_months(r->occurred_on, plan->exam_states_months);
}

static void add_agreement(struct maker *m)
{
    struct record *r;

    if (m->plan->agreement == PAPER_NONE)
        return;
    r = add(m, RECORD_AGREEMENT, m->out->enrolled);
    r->agreement.type = AGREEMENT_LABOUR_CONTRACT;
    r->agreement.from = m->out->enrolled;
    if (m->plan->agreement == PAPER_ENDED)
        r->agreement.until = ago(m, 1);
}

/* -- training --------------------------------------------------------------------------------- */

static unsigned lowest(uint32_t set)
{
    unsigned at = 0;

    while (at < 31 && (set >> at & 1) == 0)
        at++;
    return at;
}

/* What ends a long absence or answers another rule is no training to choose for this one. */
static uint32_t spoken_for(const struct policy *policy)
{
    uint32_t types = BIT(TRAINING_ENTRY_COMPANY) | BIT(TRAINING_ENTRY_PROJECT) |
                     BIT(TRAINING_ENTRY_TEAM);

    for (unsigned i = 0; i < policy->rule_count; i++) {
        if (policy->rules[i].kind == RULE_IDLE)
            types |= policy->rules[i].idle.retraining_types;
        if (policy->rules[i].kind == RULE_TRANSFER_TRAINING)
            types |= policy->rules[i].transfer_training.types;
    }
    return types;
}

static unsigned chosen_type(const struct policy *policy, uint32_t types)
{
    uint32_t free = types & ~spoken_for(policy);

    return lowest(free != 0 ? free : types);
}

static void train(struct maker *m, unsigned type, unsigned hours, day_t on, int64_t site)
{
    uint32_t allowed = m->plan->hours_max - m->hours[type];

    if ((m->plan->left_out >> type & 1) != 0 || (hours > 0 && allowed == 0))
        return;
    if (hours > allowed)
        hours = allowed;
    m->hours[type] += hours;
    if ((m->plan->stale >> type & 1) != 0)
        on = ago(m, m->plan->stale_months);
    do {
        struct record *r = add(m, RECORD_TRAINING, on);
        unsigned of_this = hours < HOURS_MAX ? hours : HOURS_MAX;

        r->training.type = (uint8_t)type;
        r->training.hours = (uint8_t)of_this;
        r->training.passed = true;
        r->training.site = site;
        hours -= of_this;
    } while (hours > 0);
}

static void train_for_entry(struct maker *m, const struct rule_entry_training *rule)
{
    for (unsigned i = 0; i < rule->need_count; i++)
        train(m, rule->need[i].type, rule->need[i].hours,
              m->plan->away_months != 0 ? m->out->enrolled : lately(m), 0);
}

static void study(struct maker *m, uint32_t points)
{
    uint32_t allowed = m->plan->study_max - m->points;

    if (points > allowed)
        points = allowed;
    m->points += points;
    while (points > 0 && m->out->count < RECORDS_MAX) {
        struct record *r = add(m, RECORD_STUDY, lately(m));

        r->study.points = points < STUDY_POINTS_MAX ? points : STUDY_POINTS_MAX;
        points -= r->study.points;
    }
}

static void add_trainings(struct maker *m)
{
    for (unsigned i = 0; i < m->policy->rule_count; i++) {
        const struct rule *r = &m->policy->rules[i];

        if (r->kind == RULE_ENTRY_TRAINING)
            train_for_entry(m, &r->entry_training);
        if (r->kind == RULE_PERIODIC_TRAINING)
            train(m, chosen_type(m->policy, r->periodic_training.types),
                  r->periodic_training.hours, lately(m), 0);
        if (r->kind == RULE_SITE_TRAINING && !m->plan->without_site_training)
            train(m, chosen_type(m->policy, r->site_training.types), 1, lately(m),
                  PERSON_SITE);
        if (r->kind == RULE_TRANSFER_TRAINING && m->plan->transfer_hours > 0)
            train(m, lowest(r->transfer_training.types), m->plan->transfer_hours, lately(m),
                  0);
        if (r->kind == RULE_STUDY_POINTS)
            study(m, r->study_points.points);
    }
}

/* -- certificates ----------------------------------------------------------------------------- */

static struct secret made_up(const char *plain)
{
    struct text text = text_of(plain);

    return (struct secret){.plain = text, .ref = fnv1a(text)};
}

static uint8_t first_class(const struct certificate_need *need)
{
    for (uint8_t class = 1; class < 100; class++) {
        if (need->any_class || (need->classes[class / 64] >> (class % 64) & 1) != 0)
            return class;
    }
    return 0;
}

static void add_suspension(struct maker *m, const char *number)
{
    struct record *r = add(m, RECORD_CERTIFICATE_STATUS, days_ago(m, 10));

    r->certificate_status.number = made_up(number);
    r->certificate_status.status = CERTIFICATE_SUSPENDED;
    r->certificate_status.from = r->occurred_on;
}

static void add_certificate(struct maker *m, const struct certificate_need *need)
{
    static const char *const numbers[] = {"T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9"};
    bool ended = m->plan->certificate == PAPER_ENDED;
    const char *number = numbers[m->out->count % (sizeof numbers / sizeof numbers[0])];
    struct record *r = add(m, RECORD_CERTIFICATE, ended ? ago(m, 13) : lately(m));

    r->certificate.type = (uint8_t)lowest(need->types);
    r->certificate.issuer = (uint8_t)lowest(need->issuers);
    if (!need->any_class || r->certificate.type == CERTIFICATE_SPECIAL_OPERATION)
        r->certificate.class = first_class(need);
    r->certificate.number = made_up(number);
    r->certificate.valid_from = r->occurred_on;
    r->certificate.valid_until = ended ? ago(m, 1) : day_add_months(m->out->on, 11);
    if (m->plan->certificate == PAPER_SUSPENDED)
        add_suspension(m, number);
}

/* Of alternatives, the first. */
static void add_certificates(struct maker *m, const struct rule_certificate *rule)
{
    bool by_trade = false, by_role = false;

    for (unsigned i = 0; i < rule->need_count; i++) {
        const struct certificate_need *need = &rule->needs[i];
        bool *had = need->trade != 0 ? &by_trade : &by_role;

        if (*had || (need->trade != 0 ? need->trade != m->plan->trade
                                      : need->role != m->plan->role))
            continue;
        *had = true;
        add_certificate(m, need);
    }
}

static void add_all_certificates(struct maker *m)
{
    for (unsigned i = 0; i < m->policy->rule_count; i++) {
        if (m->policy->rules[i].kind == RULE_CERTIFICATE && m->plan->certificate != PAPER_NONE)
            add_certificates(m, &m->policy->rules[i].certificate);
    }
}

/* -- conduct and decisions -------------------------------------------------------------------- */

static void add_violations(struct maker *m, const struct violation_plan *plan)
{
    for (unsigned i = 0; i < plan->count; i++) {
        struct record *r = add(m, RECORD_VIOLATION, days_ago(m, plan->one_day ? 5 : 5 + i));

        r->violation.class = plan->class;
        r->violation.severity = plan->severity;
        r->violation.category = (uint16_t)(701 + (plan->one_category ? 5 : i % 13));
        r->violation.off_job_training = plan->off_job;
        r->violation.site = PERSON_SITE;
    }
}

static void add_ban(struct maker *m)
{
    const int64_t subjects[] = {[BAN_ROLE] = m->plan->role, [BAN_TRADE] = m->plan->trade,
                                [BAN_SITE] = PERSON_SITE};
    struct record *r;

    if (m->plan->ban == 0)
        return;
    r = add(m, RECORD_BAN, days_ago(m, 10));
    r->ban.scope = m->plan->ban;
    r->ban.subject = subjects[m->plan->ban];
    r->ban.from = r->occurred_on;
    r->ban.basis = made_up("示例");
}

static void add_override(struct maker *m)
{
    struct record *r;

    if (m->plan->override == COLOUR_NONE)
        return;
    r = add(m, RECORD_OVERRIDE, days_ago(m, 10));
    r->override.colour = m->plan->override;
    r->override.from = r->occurred_on;
    r->override.until = day_add_months(m->out->on, 1);
    r->override.evidence = made_up("示例");
    r->override.signed_by[0] = 1;
    r->override.signed_by[1] = 2;
}

/* -- the whole person ------------------------------------------------------------------------- */

struct err person_make(const struct policy *policy, const struct person_plan *plan, day_t on,
                       struct arena *arena, struct made_person *out)
{
    struct maker m = {.policy = policy, .plan = plan, .out = out};

    *out = (struct made_person){.on = on, .context = person_context(plan)};
    out->records = arena_new_array(arena, RECORDS_MAX + 1, struct record);
    if (out->records == NULL)
        return err_make(ERR_TOO_LARGE);
    out->enrolled = enrolled_on(&m);
    add_identity(&m);
    add_engagements(&m);
    add_agreement(&m);
    add_exam(&m);
    add_trainings(&m);
    add_all_certificates(&m);
    for (unsigned i = 0; i < sizeof plan->violations / sizeof plan->violations[0]; i++)
        add_violations(&m, &plan->violations[i]);
    add_ban(&m);
    add_override(&m);
    return OK;
}
