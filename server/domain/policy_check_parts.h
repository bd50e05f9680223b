/* domain/policy_check_parts.h: what the files of the checker share. Private to policy_check*.c. */
#ifndef DOMAIN_POLICY_CHECK_PARTS_H
#define DOMAIN_POLICY_CHECK_PARTS_H

#include "domain/policy_check.h"
#include "domain/policy_people.h"

enum { OUTCOMES_MAX = 16 }; /* different ones that one rule can give */

/* What a rule can say, and who was found to whom it says it. */
struct said {
    struct outcome is;
    bool is_found;
    struct person_plan plan; /* of those found, the one with the fewest reasons */
    unsigned reasons;
};

struct rule_check {
    struct said said[OUTCOMES_MAX];
    unsigned said_count;
    bool has_effect; /* some colour would differ without the rule */
    uint64_t opposed; /* bit per rule whose contradiction was reported */
};

struct check {
    const struct policy_document *document;
    const struct policy *policy;
    struct arena *arena;   /* of the report */
    struct arena scratch;  /* of one person */
    struct policy_report *report;
    struct policy_finding *findings;
    struct rule_check rules[POLICY_RULES_MAX];
    uint32_t given, given_to_person; /* bit per reason code */
    bool some_red, some_yellow_counted;
    struct err failed; /* the first failure; the rest is then passed over */
    day_t on;
};
_Static_assert(POLICY_RULES_MAX <= 64, "opposed has a bit for every rule");

/* The different reasons and colours that a rule's numbers allow; their count. */
unsigned rule_outcomes(const struct rule *rule, struct outcome out[OUTCOMES_MAX]);

/* Adds a finding about the place, with somebody to show it on; words fill the {} of its texts. */
void check_find(struct check *c, enum finding_kind kind, const char *at, const char *zh,
                const char *en, const struct person_plan *person);
/* The same with one word for both languages: a code, a number. */
void check_find_word(struct check *c, enum finding_kind kind, const char *at, const char *word,
                     const struct person_plan *person);

/* His records and facts, in the scratch arena; false after a failure. */
bool check_make(struct check *c, const struct person_plan *plan, struct made_person *person,
                struct facts *facts);
/* The two colours of somebody under the policy. */
struct colours check_colours(struct check *c, const struct person_plan *plan);

/* Somebody to whom the rule gives the reason; anybody, when there is nobody. */
struct person_plan check_plan_of(const struct check *c, unsigned rule, unsigned code);

/* JSON pointers that live in the report's arena. */
const char *check_rule_at(struct check *c, unsigned rule, const char *key); /* key may be "" */

/* Called with everybody (plan_fn); arg is the check. */
void check_judge(const struct person_plan *plan, void *arg);

/* -- the parts, in the order in which they report --------------------------------------------- */

void check_contradictions(struct check *c); /* policy_check_numbers.c: seen from the numbers */
void check_alert(struct check *c);          /* after everybody was judged */
void check_gaps(struct check *c);           /* policy_check_gaps.c */
void check_texts(struct check *c);          /* policy_check_texts.c */
void check_said(struct check *c);           /* policy_check_said.c: numbers in words */

#endif
