/* domain/policy_rules.h: the kinds of rule as they stand in documents. Private to policy*.c.
 *
 * policy_rules.c holds the table of kinds and what their readers share; the readers stand with their
 * family as in scoring/: policy_fitness.c age and health, policy_training.c, policy_conduct.c
 * violations, policy_papers.c the rest. */
#ifndef DOMAIN_POLICY_RULES_H
#define DOMAIN_POLICY_RULES_H

#include "domain/policy_read.h"

/* Reads the rule on which the cursor stands but for its basis and texts. Returns the reasons that
 * the rule can give, a bit per reason code. After an error the reader says so. */
uint32_t policy_rule_read(struct cursor *c, struct rule *rule);

/* What only the whole policy can tell: rules that contradict or need one another. */
void policy_rules_check(struct policy_reader *reader, const struct policy *policy);

/* Names of reasons as choices, "AGE_RED|...", in the order of their codes. */
extern const char *const policy_reason_choices;

/* -- what readers of rules share ---------------------------------------------------------------- */

typedef uint32_t rule_read_fn(struct cursor *c, struct rule *rule);

rule_read_fn read_age, read_exam;
rule_read_fn read_entry_training, read_periodic_training, read_transfer_training,
    read_study_points, read_site_training, read_idle;
rule_read_fn read_violation_points, read_off_job;
rule_read_fn read_certificate, read_ban, read_agreement, read_site_state, read_permit,
    read_override;

enum { POLICY_POINTS_MAX = 1000, POLICY_HOURS_MAX = 1000, POLICY_TABLE_MAX = 64 };

uint32_t reason_bit(unsigned code); /* 0 for NO_REASON */
struct outcome outcome_of(enum reason_code code, enum colour colour); /* green: NO_REASON */
/* Yellow or red: what is missing or bad never passes for green. */
struct outcome read_bad(struct cursor *c, const char *key, enum reason_code code);

/* 1..60: facts are kept no longer. */
uint16_t read_months(struct cursor *c, const char *key);
bool cursor_has(const struct cursor *c, const char *key);
/* The key must not be there; `expected` says why. */
void refuse_key(struct cursor *c, const char *key, const char *expected);

/* `trades` or `roles`, or neither for everybody. */
struct audience read_audience(struct cursor *c);

#endif
