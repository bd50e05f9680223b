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

rule_read_fn rule_read_age, rule_read_exam;
rule_read_fn rule_read_entry_training, rule_read_periodic_training, rule_read_transfer_training,
    rule_read_study_points, rule_read_site_training, rule_read_idle;
rule_read_fn rule_read_violation_points, rule_read_off_job;
rule_read_fn rule_read_certificate, rule_read_ban, rule_read_agreement, rule_read_site_state,
    rule_read_permit, rule_read_override;

enum { POLICY_POINTS_MAX = 1000, POLICY_HOURS_MAX = 1000, POLICY_TABLE_MAX = 64 };

uint32_t reason_bit(unsigned code); /* 0 for NO_REASON */
struct outcome outcome_of(enum reason_code code, enum colour colour); /* green: NO_REASON */
/* Yellow or red: what is missing or bad never passes for green. */
struct outcome cursor_bad(struct cursor *c, const char *key, enum reason_code code);

/* 1..60: facts are kept no longer. */
uint16_t cursor_months(struct cursor *c, const char *key);
bool cursor_has(const struct cursor *c, const char *key);
/* The key must not be there; `expected` says why. */
void cursor_refuse(struct cursor *c, const char *key, const char *expected);

/* `trades` or `roles`, or neither for everybody. */
struct audience cursor_audience(struct cursor *c);

#endif
