/* scoring/batch.h: the two colours of a day for a whole cohort, rule by rule down its columns.
 *
 * For everybody in a cohort it gives exactly what safety_colours() gives for each (person_colour and
 * colour_here; no reasons, no days). A policy and a day are first made into a plan, in which every
 * question about dates has become a day number: not "is somebody born on X sixty by today" but
 * "was X on or before 1966-11-21". One plan serves any number of cohorts and threads; it is read only
 * after it was made. */
#ifndef SCORING_BATCH_H
#define SCORING_BATCH_H

#include "scoring/cohort.h"
#include "scoring/rules.h"

enum {
    BATCH_SEMANTICS = 1,   /* the meaning that batch*.c knows (scoring/semantics.h) */
    BATCH_TABLES_MAX = 64, /* tables by trade that one plan may need */
    BATCH_NEEDS_MAX = 255, /* needs of certificates in all its rules */
    BATCH_VALIDITIES_MAX = 64,
    BATCH_GAP_DAYS_MIN = 28
};

/* By trade code, one byte each. */
struct batch_table {
    uint8_t of[TRADE_MAX + 1];
};

/* Which certificates answer a need. */
struct batch_need {
    uint64_t classes[4];     /* bit per class, 0-255 */
    uint16_t types, issuers; /* bit per type, per issuer */
    uint16_t after;          /* counts when it began after this day */
    uint8_t next; /* its alternative's place among the needs; 0: there is no further one */
};

struct batch_step; /* one rule of the policy, compiled; scoring/batch_parts.h */

/* The caller's storage, about 110 KB. It is not moved once it was made. */
struct batch_plan {
    const struct policy *policy; /* borrowed; lives as long as the plan */
    day_t on;
    uint16_t gap_days;    /* cohorts must hold gaps of this length */
    uint32_t never_lifts; /* bit per reason code */
    uint16_t table_count, need_count;
    const struct batch_table *exempt; /* NULL: no trade is outside the code's scope */
    uint16_t yellow_posts, red_posts; /* bits of the column `post` that alone make a post so */
    _Alignas(8) unsigned char steps[POLICY_RULES_MAX * 448];
    struct batch_table tables[BATCH_TABLES_MAX];
    struct batch_need needs[BATCH_NEEDS_MAX + 1]; /* from 1 */
};

/* The gaps that a cohort must hold for this policy (cohort_begin()); for several, take the least. */
uint16_t batch_gap_days(const struct policy *policy);

/* `on` is in [1, DAY_LAST]. False when columns cannot decide by this policy: it was written for other
 * semantics, or is larger than a plan (see the enum above; or study points above 65,535). Use
 * safety_colours(). */
bool batch_plan_init(struct batch_plan *plan, const struct policy *policy, day_t on);

/* Writes cohort->workers colours (enum colour) to each. False, and nothing written, when the cohort
 * was built for longer gaps than the plan asks about. */
bool batch_colours(const struct batch_plan *plan, const struct cohort *cohort, uint8_t *person,
                   uint8_t *here);

#endif
