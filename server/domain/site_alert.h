/* domain/site_alert.h: when a site is warned of its people's colours (大数据警示机制).
 *
 * Jiangsu, notice of May 2023: more than 10 % yellow, violations left out, or more than two red. The
 * numbers are the policy's (struct site_alert_rule); this is the counting. */
#ifndef DOMAIN_SITE_ALERT_H
#define DOMAIN_SITE_ALERT_H

#include "scoring/scoring.h"

enum site_alert_kind { ALERT_YELLOW_SHARE = 1, ALERT_RED_COUNT, ALERT_KINDS };
const char *site_alert_kind_name(enum site_alert_kind kind); /* "yellow_share", "red_count" */

struct site_counts {
    uint32_t people;  /* with an engagement there that day */
    uint32_t no_code; /* of them, outside the code's scope: in neither part of the share */
    uint32_t green, yellow, red;
    uint32_t yellow_counted; /* yellow for more than reasons that the policy leaves out; see below */
};

/* What counts is what makes the colour. A reason that a signed decision lifted makes it no longer; a
 * decision that itself says yellow stands for what it lifted, so somebody red for violations whom it
 * made yellow is yellow for violations still. Where it lifted nothing, it counts by itself.
 *
 * One more person at the site. His colour is counted as it would be if the site were open and his
 * firm's permit in order: a site that was stopped could never be cleared otherwise. */
void site_counts_add(struct site_counts *counts, const struct facts *facts,
                     const struct context *context, const struct policy *policy, day_t on);

/* Bit 1 << kind for each limit that the counts are beyond; 0 without a rule. */
unsigned site_alert_judge(const struct site_alert_rule *rule, const struct site_counts *counts);

/* The last day on which an alert of that day may be cleared: the day itself does not count (Civil
 * Code article 201). */
day_t site_alert_deadline(const struct site_alert_rule *rule, day_t opened_on);

#endif
