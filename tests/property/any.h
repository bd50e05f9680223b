/* property/any.h: workers, posts and policies of every shape, straight as the structs that scoring
 * reads: more than records and documents let through, so that two ways to judge are compared where
 * no real case goes. Days lie close to the edges of the windows that policies draw. */
#ifndef PROPERTY_ANY_H
#define PROPERTY_ANY_H

#include "scoring/rules.h"

enum { ANY_FACTS_MAX = 400, ANY_RULES_MAX = 14 };

struct any_worker {
    struct fact fact[ANY_FACTS_MAX];
    struct facts facts;
    struct context context;
    bool is_asked; /* else there is no context */
};

struct any_policy {
    struct policy policy;
    struct rule rules[ANY_RULES_MAX];
    /* what the rules point to */
    struct age_band bands[ANY_RULES_MAX][2][AGE_BANDS_MAX];
    uint16_t trades[ANY_RULES_MAX + 1][4];
    struct trade_months validity[ANY_RULES_MAX][4];
    struct trade_hazards hazards[ANY_RULES_MAX][4];
    struct certificate_need needs[ANY_RULES_MAX][8];
};

void any_seed(uint64_t seed);
void any_seed_from_environment(void);                       /* SEED, or the clock; printed */
unsigned any_setting(const char *name, unsigned otherwise); /* of the environment */
unsigned any_below(unsigned n);

void any_crowd_begin(void); /* who is made from now on has something in common */

/* Everything is known to happen around `today`; what is asked about lies around it, too. */
void any_worker_make(struct any_worker *worker, day_t today);
void any_policy_make(struct any_policy *policy);
day_t any_day_near(day_t today);

#endif
