/* scoring/policy.h: a region's policy in the compiled form that scoring reads.
 *
 * It is made from a policy document (server/domain/policy.h, migrations/policies) and never
 * changes afterwards. Every number from a regulation stands in the document, none in the code. */
#ifndef SCORING_POLICY_H
#define SCORING_POLICY_H

#include "scoring/facts.h"

enum scope { SCOPE_PERSON, SCOPE_TRADE, SCOPE_ROLE, SCOPE_SITE };

enum yellow_gate { YELLOW_DENY, YELLOW_ALLOW_RESTRICTED, YELLOW_ALLOW };
enum pre_shift { PRE_SHIFT_OFF, PRE_SHIFT_FLAG, PRE_SHIFT_REFUSE }; /* entering without a briefing */

enum { POLICY_RULES_MAX = 64, TRADE_MAX = 1000, REGION_BYTES = 6 };

/* The kinds of rule are in scoring/rules.h; one policy may hold several rules of a kind. */
struct rule;

/* Trades in rising order of their codes. */
struct trade_list {
    const uint16_t *trade;
    uint16_t count;
};

bool trade_list_has(const struct trade_list *list, uint16_t trade);

enum site_alert_then { ALERT_REPORT, ALERT_STOP_WORK };

/* When a site is warned of its people's colours. All zero: never. */
struct site_alert_rule {
    uint8_t yellow_over_percent; /* 1..100: strictly more than this share of the people counted */
    uint8_t days;                /* 1..90 to clear it */
    uint8_t then;                /* enum site_alert_then: what follows when it is not cleared */
    uint16_t red_over;           /* strictly more people than this */
    uint32_t not_counted;        /* bit per reason code: alone, they do not make a yellow count */
};

struct policy {
    uint32_t number;     /* the policy's id in tokens and verdicts */
    uint16_t semantics;  /* a number that semantics_find() knows */
    char id[32];         /* "JS-2023-05" */
    char region[REGION_BYTES + 1]; /* GB/T 2260 prefix; "" is the default */
    day_t from, until;   /* in force [from, until) */
    uint8_t yellow_gate; /* enum yellow_gate: where the site's written rule says nothing stricter */
    uint8_t pre_shift;   /* enum pre_shift: likewise */
    struct site_alert_rule site_alert;
    uint8_t rule_count;
    const struct rule *rules; /* rule_count of them; lives as long as the policy */
    struct trade_list exempt; /* trades outside the code's scope: colour_here is COLOUR_NONE */
};

#endif
