/* domain/policy_people.h: made-up people on whom a policy is tried before it is in force.
 *
 * A plan says in which respect somebody differs from a person who is in order under the policy:
 * trained, examined, certified as it asks, with an agreement and no violations. From a plan come
 * his records, his facts (by the same fold as everybody's), and the line that `jianan score` reads.
 * The catalogue is fixed: what a policy can say is looked for among its people, and whatever is
 * found can be shown on one of them. Nobody in it is a real person. */
#ifndef DOMAIN_POLICY_PEOPLE_H
#define DOMAIN_POLICY_PEOPLE_H

#include "domain/fold.h"
#include "scoring/rules.h"

enum paper { PAPER_GOOD, PAPER_NONE, PAPER_ENDED, PAPER_SUSPENDED };

/* So many violations of one kind: all on one day or a day apart, of one category or of several. */
struct violation_plan {
    uint8_t count, severity, class; /* severity 1-4, enum violation_class */
    bool one_day, one_category, off_job;
};

struct person_plan {
    uint16_t trade;
    uint8_t role, site_state, org_permit; /* the context; site 1 */
    uint8_t age, sex;                     /* completed years */
    bool without_identity;

    uint8_t exam, hazards;                /* enum exam_conclusion, 0: none; work_hazard bits */
    uint8_t exam_months;        /* held so long ago; 0: lately */
    uint8_t exam_states_months; /* the validity that it states; 0: none */

    uint32_t left_out, stale;             /* bit per training type: never held; held long ago */
    uint8_t stale_months;
    bool without_site_training;
    uint16_t hours_max;    /* no more hours of any one type of training */
    uint16_t transfer_hours;
    uint32_t study_max;    /* no more study points */

    uint8_t away_months;   /* enrolled so long ago, unheard of until a month ago; 0: never */
    bool still_away;       /* nor heard of since */
    uint16_t trade_before; /* engaged in this trade until a month ago; 0: always in his own */

    uint8_t agreement, certificate; /* enum paper */
    struct violation_plan violations[2];
    uint8_t ban;      /* enum ban_scope; 0: none */
    uint8_t override; /* enum colour; COLOUR_NONE: none */
};

struct made_person {
    day_t on;       /* the day he is asked about */
    day_t enrolled;
    struct context context;
    struct record *records;
    size_t count;
};

/* The day on which a policy's people are judged: 20 November of its first year in force (late in
 * month, quarter and year, so that periods of the calendar have begun), or its last day before. */
day_t policy_people_day(const struct policy *policy);

enum { PERSON_SITE = 1 }; /* where everybody works */

/* A hundred days after the birthday on which the years were completed lies `on`. */
day_t person_birth(unsigned age, day_t on);
struct context person_context(const struct person_plan *plan);

/* Somebody in order, of an age at which no rule of age speaks of this trade and role; 30 if it can
 * be, and if there is none. */
struct person_plan person_in_order(const struct policy *policy, uint16_t trade, uint8_t role,
                                   day_t on);

/* His records, by version; they live in the arena. Fails with ERR_TOO_LARGE. */
MUST_USE struct err person_make(const struct policy *policy, const struct person_plan *plan,
                                day_t on, struct arena *arena, struct made_person *out);

/* One line for `jianan score`, without its end. */
void person_render(const struct made_person *person, const char *id, const char *region,
                   struct build *out);

/* Calls `visit` with every plan of the catalogue: 39 trades and 6 roles, each with everything that
 * the policy may look at out of order, one thing at a time. */
typedef void plan_fn(const struct person_plan *plan, void *arg);
enum { PEOPLE_AGE_MAX = 120 }; /* nobody is older */
void policy_people_each(const struct policy *policy, day_t on, plan_fn *visit, void *arg);

/* The trade in which somebody of that role is tried: his own if it is within the code's scope. */
uint16_t policy_people_trade(const struct policy *policy, uint16_t wanted);

/* All trades there are, in rising order; *count of them. */
const uint16_t *policy_people_trades(size_t *count);

#endif
