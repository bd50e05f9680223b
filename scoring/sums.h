/* scoring/sums.h: what the rules that count points add up on a day, so that a person can be told
 * how far he is from a limit. The same arithmetic as the rules'. */
#ifndef SCORING_SUMS_H
#define SCORING_SUMS_H

#include "scoring/rules.h"

/* Of a RULE_VIOLATION_POINTS, in hundredths, like its yellow and red. */
uint32_t violation_points_on(const struct rule *rule, const struct facts *facts, day_t on);
/* Does this violation count in such a rule that day? */
bool violation_counts_on(const struct rule *rule, const struct fact *violation, day_t on);
/* Of a RULE_STUDY_POINTS. */
uint64_t study_points_on(const struct rule *rule, const struct facts *facts, day_t on);

#endif
