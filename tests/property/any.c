#include "property/any.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static uint64_t state;

void any_seed(uint64_t seed)
{
    state = seed;
}

unsigned any_setting(const char *name, unsigned otherwise)
{
    const char *value = getenv(name);
    int64_t number;

    return value != NULL && text_to_int(text_of(value), 1, INT32_MAX, &number) ? (unsigned)number
                                                                               : otherwise;
}

void any_seed_from_environment(void)
{
    unsigned from = any_setting("SEED", (unsigned)(clock_wall_us() & 0x7fffffff));

    any_seed(from);
    fprintf(stderr, "SEED=%u\n", from);
}

/* SplitMix64 */
unsigned any_below(unsigned n)
{
    uint64_t z = (state += 0x9E3779B97F4A7C15u);

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (unsigned)((z ^ z >> 31) % n);
}

static bool one_in(unsigned n)
{
    return any_below(n) == 0;
}

/* -- days: those that a window of so many months can turn on are drawn often ------------------ */

static const uint8_t months[] = {1, 2, 3, 6, 12, 24, 36, 60};
static const uint8_t years[] = {16, 18, 50, 55, 60, 65};
static const uint16_t trade_codes[] = {10, 20, 30, 40, 390, 900, 1000};

static uint8_t some_months(void)
{
    return months[any_below(COUNT(months))];
}

static uint16_t some_trade(void)
{
    return trade_codes[any_below(COUNT(trade_codes))];
}

static day_t some_day(day_t today)
{
    int day;

    switch (any_below(5)) {
    case 0:
        day = today - (int)any_below(2200) + 200;
        break;
    case 1:
        day = today - (int)any_below(60) + 10;
        break;
    case 3:
        day = today - 100 * (int)any_below(5);
        break; /* several things on one day */
    case 2:
        day = day_of_period(today, any_below(2) ? 3 : 12, 0) + (int)any_below(3) - 1;
        break;
    default:
        day = day_add_months(today, -(int)some_months()) + (int)any_below(3) - 1;
    }
    return day < 1 ? 1 : (day_t)day;
}

static day_t some_end(day_t from, day_t today)
{
    switch (any_below(5)) {
    case 0:
        return DAY_NEVER;
    case 1:
        return (day_t)(today + any_below(3) - 1);
    case 2:
        return (day_t)(some_day(today) + 1);
    default:
        return (day_t)(from + 1 + any_below(900));
    }
}

/* One kind of training is more frequent than others, so that now this, now that fills columns. */
static uint8_t favourite = 1;

void any_crowd_begin(void)
{
    favourite = (uint8_t)(1 + any_below(TRAINING_DRILL));
}

/* -- facts ------------------------------------------------------------------------------------ */

static uint32_t number_of_kind(unsigned kind, const struct any_worker *w)
{
    switch (kind) {
    case FACT_STUDY:
    case FACT_STAR:
        return 1 + any_below(80);
    case FACT_VIOLATION:
        return one_in(4) ? 0 : 700 + any_below(3);
    case FACT_BAN:
        return any_below(2) ? w->context.trade : any_below(4);
    default:
        return any_below(4);
    }
}

static void make_fact(struct fact *f, unsigned kind, const struct any_worker *w, day_t today)
{
    *f =
        (struct fact){.on = some_day(today), .kind = (uint8_t)kind, .ref = number_of_kind(kind, w)};
    f->until = some_end(f->on, today);
    switch (kind) {
    case FACT_EXAM:
        f->until = one_in(2) ? DAY_UNKNOWN : f->until;
        f->a = (uint8_t)(one_in(2) ? EXAM_NO_ABNORMALITY : any_below(9));
        f->b = (uint8_t)(one_in(3) ? 1u << any_below(8) : 0);
        break;
    case FACT_TRAINING:
        f->a = (uint8_t)(one_in(2) ? favourite : 1 + any_below(TRAINING_DRILL));
        f->b = (uint8_t)any_below(24);
        f->c = !one_in(6);
        break;
    case FACT_VIOLATION:
        f->a = (uint8_t)(1 + any_below(3));
        f->b = (uint8_t)(1 + any_below(4));
        f->c = one_in(4);
        break;
    case FACT_CERTIFICATE:
        f->a = (uint8_t)(1 + any_below(3));
        f->b = (uint8_t)(one_in(8) ? any_below(256) : 1 + any_below(3));
        f->c = (uint8_t)(1 + any_below(3));
        break;
    case FACT_CERTIFICATE_STATUS:
        f->a = (uint8_t)(1 + any_below(3));
        break;
    case FACT_BAN:
        f->a = (uint8_t)(1 + any_below(4));
        break;
    case FACT_AGREEMENT:
        f->a = AGREEMENT_WRITTEN;
        break;
    case FACT_OVERRIDE:
        f->a = (uint8_t)any_below(4);
        f->c = (uint8_t)any_below(3);
        break;
    case FACT_ENGAGEMENT:
        f->a = ROLE_WORKER;
        f->b = (uint8_t)(some_trade() / 10);
        f->until = f->until > f->on ? f->until : (day_t)(f->on + 1);
        break;
    default:
        break;
    }
}

static bool goes_before(const struct fact *a, const struct fact *b)
{
    return a->kind != b->kind ? a->kind < b->kind : a->on < b->on;
}

static void sort_facts(struct any_worker *w)
{
    for (unsigned i = 1; i < w->facts.count; i++) {
        struct fact f = w->fact[i];
        unsigned at = i;

        for (; at > 0 && goes_before(&f, &w->fact[at - 1]); at--)
            w->fact[at] = w->fact[at - 1];
        w->fact[at] = f;
    }
}

/* Few events of every kind, or of some kind very many. */
static void make_facts(struct any_worker *w, day_t today)
{
    unsigned few = any_below(30), often = 1 + any_below(FACT_KINDS - 1);
    unsigned many = one_in(40) ? any_below(ANY_FACTS_MAX - 30) : 0;

    for (unsigned i = 0; i < few + many; i++)
        make_fact(&w->fact[i], i < few ? 1 + any_below(FACT_KINDS - 1) : often, w, today);
    w->facts.count = (uint16_t)(few + many);
    sort_facts(w);
}

void any_worker_make(struct any_worker *worker, day_t today)
{
    int born = day_add_months(today, -12 * years[any_below(COUNT(years))]) + (int)any_below(5) - 2;

    *worker = (struct any_worker){.is_asked = !one_in(8)};
    if (worker->is_asked) {
        worker->context = (struct context){
            .trade = one_in(6) ? 0 : some_trade(),
            .role = (uint8_t)any_below(ROLE_HEAD + 1),
            .site_state = (uint8_t)any_below(SITE_CLOSED + 1),
            .org_permit = (uint8_t)any_below(PERMIT_UNASKED + 1),
            .site = any_below(4),
        };
    }
    worker->facts = (struct facts){
        .fact = worker->fact,
        .birth =
            one_in(10) ? DAY_UNKNOWN : (day_t)(one_in(3) ? 15000 + (int)any_below(20000) : born),
        .enrolled = one_in(10)  ? DAY_UNKNOWN
                    : one_in(5) ? (day_t)(today - 1500 - any_below(3000))
                                : some_day(today),
        .sex = (uint8_t)any_below(3),
    };
    make_facts(worker, today);
}

/* -- policies --------------------------------------------------------------------------------- */

static struct outcome some_outcome(void)
{
    struct outcome is = {(uint8_t)any_below(REASON_COUNT + 1), (uint8_t)any_below(4)};

    /* what says nothing is green; and a decision is what override rules say, and only they */
    return is.code == REASON_OVERRIDE || is.code == NO_REASON
               ? (struct outcome){NO_REASON, COLOUR_GREEN}
               : is;
}

static struct trade_list some_trades(uint16_t *trades)
{
    unsigned count = 0;

    for (unsigned i = 0; i < COUNT(trade_codes) && count < 4; i++) {
        if (one_in(2))
            trades[count++] = trade_codes[i];
    }
    return (struct trade_list){trades, (uint16_t)count};
}

static struct audience some_audience(uint16_t *trades)
{
    switch (any_below(3)) {
    case 0:
        return (struct audience){.trades = some_trades(trades)};
    case 1:
        return (struct audience){.roles = (uint8_t)(any_below(64) << 1)};
    default:
        return (struct audience){.roles = 0};
    }
}

static uint32_t some_types(void)
{
    return any_below(1u << TRAINING_DRILL) << 1; /* bit 0 is no type */
}

static void make_age(struct any_policy *p, unsigned i)
{
    struct rule_age *r = &p->rules[i].age;

    for (unsigned sex = 0; sex < 2; sex++) {
        unsigned count = 1 + any_below(6);

        for (unsigned k = 0; k < count; k++)
            p->bands[i][sex][k] = (struct age_band){
                .from_age = k == 0 ? 0 : years[k],
                .lifted_by_exam_months = one_in(3) ? some_months() : 0,
                .is = some_outcome(),
            };
        r->bands[sex] = p->bands[i][sex];
        r->band_count[sex] = (uint8_t)count;
    }
    r->unknown = some_outcome();
    r->audience = some_audience(p->trades[i]);
}

static void make_exam(struct any_policy *p, unsigned i)
{
    struct rule_exam *r = &p->rules[i].exam;

    r->validity_months = some_months();
    r->validity = p->validity[i];
    r->hazards = p->hazards[i];
    for (r->validity_count = 0; r->validity_count < any_below(4); r->validity_count++)
        p->validity[i][r->validity_count] = (struct trade_months){some_trade(), some_months()};
    for (r->hazard_count = 0; r->hazard_count < any_below(4); r->hazard_count++)
        p->hazards[i][r->hazard_count] =
            (struct trade_hazards){some_trade(), (uint8_t)any_below(256)};
    for (unsigned k = 0; k <= EXAM_OTHER; k++)
        r->conclusion[k] = some_outcome();
    r->none = some_outcome();
    r->expired = some_outcome();
    r->contra_trade = some_outcome();
    r->contra_person = some_outcome();
    r->adverse_outlasts = one_in(2);
}

static void make_training(struct any_policy *p, unsigned i)
{
    static const uint8_t periods[] = {1, 3, 12};
    struct rule *rule = &p->rules[i];
    uint16_t hours = one_in(4) ? 0 : (uint16_t)any_below(60);

    switch (rule->kind) {
    case RULE_ENTRY_TRAINING:
        rule->entry_training.need_count = (uint8_t)(1 + any_below(ENTRY_LEVELS_MAX));
        for (unsigned k = 0; k < rule->entry_training.need_count; k++)
            rule->entry_training.need[k] =
                (struct training_need){(uint8_t)(1 + any_below(4)), (uint16_t)any_below(25)};
        rule->entry_training.missing = some_outcome();
        break;
    case RULE_PERIODIC_TRAINING:
        rule->periodic_training =
            (struct rule_periodic_training){.types = some_types(),
                                            .hours = hours,
                                            .audience = some_audience(p->trades[i]),
                                            .expired = some_outcome()};
        if (one_in(2))
            rule->periodic_training.window_months = some_months();
        else
            rule->periodic_training.period_months = periods[any_below(3)];
        break;
    case RULE_TRANSFER_TRAINING:
        rule->transfer_training =
            (struct rule_transfer_training){some_types(), hours, some_outcome()};
        break;
    default:
        rule->site_training = (struct rule_site_training){
            some_types(), one_in(2) ? 0 : some_months(), some_outcome()};
    }
}

static void make_violations(struct rule_violation_points *r)
{
    uint16_t percent = 100;

    for (unsigned severity = 1; severity < 5; severity++) {
        r->points[severity] = (uint16_t)any_below(13);
        r->months[severity] = one_in(3) ? 0 : some_months();
    }
    r->classes = (uint8_t)(2u << any_below(3) | 2u << any_below(3));
    r->repeat_count = (uint8_t)(1 + any_below(REPEATS_MAX));
    for (unsigned i = 0; i < r->repeat_count; i++) {
        r->repeat_percent[i] = percent;
        percent = (uint16_t)(percent + any_below(100));
    }
    r->each_max = one_in(2) ? UINT32_MAX : 500 + any_below(1000);
    r->day_max = one_in(2) ? UINT32_MAX : 500 + any_below(1500);
    r->yellow = 100 * (1 + any_below(8));
    r->red = r->yellow + 100 * (1 + any_below(10));
}

static void make_certificate(struct any_policy *p, unsigned i)
{
    struct rule_certificate *r = &p->rules[i].certificate;

    r->needs = p->needs[i];
    for (r->need_count = 0; r->need_count < 1 + any_below(8); r->need_count++) {
        struct certificate_need *need = &p->needs[i][r->need_count];

        *need = (struct certificate_need){
            .months = one_in(2) ? 0 : some_months(),
            .types = (uint16_t)any_below(16),
            .issuers = (uint8_t)any_below(16),
            .any_class = one_in(2),
            .classes = {any_below(16), any_below(1000)},
        };
        if (one_in(3))
            need->role = (uint8_t)(1 + any_below(ROLE_HEAD));
        else
            need->trade = some_trade();
    }
    if (one_in(2)) {
        r->blocked_violations = (uint16_t)(1 + any_below(3));
        r->blocked_months = some_months();
        r->blocked_classes = (uint8_t)(any_below(8) << VIOLATION_COMMAND);
    }
    r->none = some_outcome();
    r->expired = some_outcome();
    r->suspended = some_outcome();
}

static void make_rule(struct any_policy *p, unsigned i)
{
    struct rule *rule = &p->rules[i];

    rule->kind = (uint8_t)any_below(RULE_KINDS);
    switch (rule->kind) {
    case RULE_AGE:
        make_age(p, i);
        break;
    case RULE_EXAM:
        make_exam(p, i);
        break;
    case RULE_ENTRY_TRAINING:
    case RULE_PERIODIC_TRAINING:
    case RULE_TRANSFER_TRAINING:
    case RULE_SITE_TRAINING:
        make_training(p, i);
        break;
    case RULE_STUDY_POINTS:
        rule->study_points =
            (struct rule_study_points){1 + any_below(200), some_months(), some_outcome()};
        break;
    case RULE_IDLE:
        rule->idle = (struct rule_idle){some_months(), some_types(), some_outcome()};
        break;
    case RULE_VIOLATION_POINTS:
        make_violations(&rule->violation_points);
        break;
    case RULE_OFF_JOB:
        rule->off_job.due = some_outcome();
        break;
    case RULE_CERTIFICATE:
        make_certificate(p, i);
        break;
    case RULE_BAN:
        rule->ban.banned = some_outcome();
        break;
    case RULE_AGREEMENT:
        rule->agreement.missing = some_outcome();
        break;
    case RULE_SITE_STATE:
        rule->site_state = (struct rule_site_state){some_outcome(), some_outcome()};
        break;
    case RULE_PERMIT: /* documents say nothing of a valid one */
        for (unsigned k = 0; k < PERMIT_UNASKED; k++)
            rule->permit.is[k] =
                k == PERMIT_VALID ? (struct outcome){NO_REASON, COLOUR_GREEN} : some_outcome();
        break;
    case RULE_OVERRIDE:
        rule->override = (struct rule_override){(uint8_t)any_below(3), any_below(1u << 16) * 7};
        break;
    default:
        break;
    }
}

/* One rule alone half of the time: many rules together are nearly always red. */
void any_policy_make(struct any_policy *policy)
{
    unsigned count = one_in(2) ? 1 : 1 + any_below(ANY_RULES_MAX);

    memset(policy, 0, sizeof *policy);
    for (unsigned i = 0; i < count; i++)
        make_rule(policy, i);
    policy->policy = (struct policy){
        .number = 1,
        .semantics = 1,
        .until = DAY_NEVER,
        .rule_count = (uint8_t)count,
        .rules = policy->rules,
    };
    if (one_in(3))
        policy->policy.exempt = some_trades(policy->trades[ANY_RULES_MAX]);
}

/* That day itself mostly; the last days of February, or some time before and after. */
day_t any_day_near(day_t today)
{
    switch (any_below(4)) {
    case 0:
        return (day_t)(today - any_below(800) + 400);
    case 1:
        return day_from_civil((struct civil){2024 + (int)any_below(2), 2, 27 + (int)any_below(2)});
    default:
        return today;
    }
}
