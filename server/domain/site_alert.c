#include "domain/site_alert.h"

const char *site_alert_kind_name(enum site_alert_kind kind)
{
    static const char *const names[ALERT_KINDS] = {
        [ALERT_YELLOW_SHARE] = "yellow_share",
        [ALERT_RED_COUNT] = "red_count",
    };

    return kind > 0 && kind < ALERT_KINDS ? names[kind] : "";
}

void site_counts_add(struct site_counts *counts, const struct facts *facts,
                     const struct context *context, const struct policy *policy, day_t on)
{
    struct context here = *context;

    here.site_state = SITE_OPEN;
    here.org_permit = PERMIT_UNASKED;
    counts->people++;
    switch (safety_colours(facts, &here, policy, on).colour_here) {
    case COLOUR_NONE:  counts->no_code++; break;
    case COLOUR_GREEN: counts->green++; break;
    case COLOUR_RED:   counts->red++; break;
    default:
        counts->yellow++;
        counts->yellow_counted += (safety_reasons(facts, &here, policy, on).yellow &
                                   ~policy->site_alert.not_counted) != 0;
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
