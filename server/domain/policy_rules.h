/* domain/policy_rules.h: the kinds of rule as they stand in documents. Private to policy*.c. */
#ifndef DOMAIN_POLICY_RULES_H
#define DOMAIN_POLICY_RULES_H

#include "domain/policy_read.h"

/* Reads the rule on which the cursor stands but for its basis and texts. Returns the reasons that
 * the rule can give, a bit per reason code. After an error the reader says so. */
uint32_t policy_rule_read(struct cursor *c, struct rule *rule);

/* What only the whole policy can tell: rules that contradict or need one another. */
void policy_rules_check(struct policy_reader *reader, const struct policy *policy);

#endif
