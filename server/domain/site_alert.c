#include "domain/site_alert.h"

const char *site_alert_kind_name(enum site_alert_kind kind)
{
    static const char *const names[ALERT_KINDS] = {
        [ALERT_YELLOW_SHARE] = "yellow_share",
        [ALERT_RED_COUNT] = "red_count",
    };

    return kind > 0 && kind < ALERT_KINDS ? names[kind] : "";
}

static bool has(uint32_t codes, unsigned code)
{
    return (codes >> code & 1) != 0;
}

/* Two sets of reasons, a bit per code: what makes the colour, and what a decision took out of it. */
struct weighed {
    uint32_t bear, lifted;
    bool decided;
};

static struct weighed weigh(const struct verdict *v, uint32_t never_lifts)
{
    struct weighed w = {0};

    for (unsigned i = 0; i < v->reason_count; i++)
        w.decided = w.decided || v->reasons[i].code == REASON_OVERRIDE;
    for (unsigned i = 0; i < v->reason_count; i++) {
        const struct reason *r = &v->reasons[i];
        bool is_lifted = w.decided && r->scope == SCOPE_PERSON && r->code != REASON_OVERRIDE &&
                         !has(never_lifts, r->code);

        if (is_lifted)
            w.lifted |= UINT32_C(1) << r->code;
        else if (r->colour == COLOUR_YELLOW)
            w.bear |= UINT32_C(1) << r->code;
    }
    return w;
}

/* A yellow decision stands for what it lifted, and for itself where it lifted nothing. */
static bool is_counted(const struct verdict *yellow, const struct policy *policy)
{
    uint32_t not_counted = policy->site_alert.not_counted;
    struct weighed w = weigh(yellow, policy_never_lifts(policy));

    if (has(w.bear, REASON_OVERRIDE) && w.lifted != 0 && (w.lifted & ~not_counted) == 0)
        w.bear &= ~(UINT32_C(1) << REASON_OVERRIDE);
    return (w.bear & ~not_counted) != 0;
}

void site_counts_add(struct site_counts *counts, const struct facts *facts,
                     const struct context *context, const struct policy *policy, day_t on)
{
    struct context here = *context;
    struct verdict verdict;

    here.site_state = SITE_OPEN;
    here.org_permit = PERMIT_UNASKED;
    counts->people++;
    (void)safety_day(facts, &here, policy, on, &verdict);
    switch (verdict.colour_here) {
    case COLOUR_NONE:  counts->no_code++; break;
    case COLOUR_GREEN: counts->green++; break;
    case COLOUR_RED:   counts->red++; break;
    default:
        counts->yellow++;
        counts->yellow_counted += is_counted(&verdict, policy);
    }
}

unsigned site_alert_judge(const struct site_alert_rule *rule, const struct site_counts *counts)
{
    uint64_t in_scope = counts->people - counts->no_code;
    unsigned kinds = 0;

    if (rule->days == 0)
        return 0;
    if ((uint64_t)counts->yellow_counted * 100 > rule->yellow_over_percent * in_scope)
        kinds |= 1u << ALERT_YELLOW_SHARE;
    if (counts->red > rule->red_over)
        kinds |= 1u << ALERT_RED_COUNT;
    return kinds;
}

day_t site_alert_deadline(const struct site_alert_rule *rule, day_t opened_on)
{
    return (day_t)(opened_on + rule->days);
}
