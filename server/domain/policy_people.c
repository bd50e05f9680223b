#include "domain/policy_people.h"

enum { AGE_OLDEST = 90 /* at which somebody in order is looked for */ };

day_t policy_people_day(const struct policy *policy)
{
    day_t first = day_from_civil((struct civil){2000, 1, 1});
    day_t from = policy->from > first ? policy->from : first;
    struct civil c = day_to_civil(from);
    day_t on = day_from_civil((struct civil){c.year, 11, 20});

    if (on == DAY_UNKNOWN) /* beyond the calendar */
        on = from;
    else if (on < from)
        on = day_add_months(on, 12);
    return on < policy->until ? on : (day_t)(policy->until - 1);
}

day_t person_birth(unsigned age, day_t on)
{
    day_t birthday = day_add_months(on, -12 * (int)age);

    return birthday > 100 ? (day_t)(birthday - 100) : 1;
}

struct context person_context(const struct person_plan *plan)
{
    return (struct context){.trade = plan->trade, .role = plan->role,
                            .site_state = plan->site_state, .org_permit = plan->org_permit,
                            .site = PERSON_SITE};
}

/* -- posts and ages --------------------------------------------------------------------------- */

static const uint16_t trades[] = {
#define TRADE(code, zh, en) code,
#include "domain/trade.def"
#undef TRADE
};

const uint16_t *policy_people_trades(size_t *count)
{
    *count = sizeof trades / sizeof trades[0];
    return trades;
}

uint16_t policy_people_trade(const struct policy *policy, uint16_t wanted)
{
    if (!trade_list_has(&policy->exempt, wanted))
        return wanted;
    for (size_t i = 0; i < sizeof trades / sizeof trades[0]; i++) {
        if (!trade_list_has(&policy->exempt, trades[i]))
            return trades[i];
    }
    return wanted;
}

/* No rule of age says anything of somebody of that age, sex, trade and role. */
static bool is_age_silent(const struct policy *policy, const struct person_plan *plan, day_t on)
{
    struct facts facts = {.birth = person_birth(plan->age, on), .enrolled = 1, .sex = plan->sex};
    struct context context = person_context(plan);
    struct scoring_input in;
    struct piece p;

    scoring_input_init(&in, &facts, &context);
    for (unsigned i = 0; i < policy->rule_count; i++) {
        if (policy->rules[i].kind != RULE_AGE)
            continue;
        rule_evaluate(&policy->rules[i], 0, &in, on, &p);
        if (p.is.code != NO_REASON)
            return false;
    }
    return true;
}

struct person_plan person_in_order(const struct policy *policy, uint16_t trade, uint8_t role,
                                   day_t on)
{
    struct person_plan plan = {
        .trade = trade, .role = role, .site_state = SITE_OPEN, .org_permit = PERMIT_VALID,
        .exam = EXAM_NO_ABNORMALITY,
        .hours_max = UINT16_MAX, .study_max = UINT32_MAX,
        .override = COLOUR_NONE,
    };

    for (plan.sex = SEX_MALE; plan.sex <= SEX_FEMALE; plan.sex++) {
        for (unsigned years = 0; years <= AGE_OLDEST; years++) {
            plan.age = (uint8_t)((30 + years) % (AGE_OLDEST + 1));
            if (is_age_silent(policy, &plan, on))
                return plan;
        }
    }
    plan.sex = SEX_MALE;
    plan.age = 30;
    return plan;
}
