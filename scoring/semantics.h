/* scoring/semantics.h: the numbered meanings of policy documents.
 *
 * A policy names the semantics it was written for. Once a number has decided anything, what its row
 * does never changes: a later meaning is a further row with functions of its own, and the older
 * ones go on answering for the policies that name them, so that every verdict ever given can be
 * given again. */
#ifndef SCORING_SEMANTICS_H
#define SCORING_SEMANTICS_H

#include "scoring/scoring.h"

struct semantics {
    uint16_t number;
    void (*code)(const struct facts *facts, const struct context *context,
                 const struct policy *policy, day_t on, struct verdict *out);
    day_t (*day)(const struct facts *facts, const struct context *context,
                 const struct policy *policy, day_t on, struct verdict *out);
    struct colours (*colours)(const struct facts *facts, const struct context *context,
                              const struct policy *policy, day_t on);
    struct reasons_of_day (*reasons)(const struct facts *facts, const struct context *context,
                                     const struct policy *policy, day_t on);
};

/* NULL: this program does not know that number, and must not judge by such a policy. */
const struct semantics *semantics_find(uint16_t number);

/* What the rows name. Ask safety_code() and safety_colours(), which look the number up. */
void semantics_1_code(const struct facts *facts, const struct context *context,
                      const struct policy *policy, day_t on, struct verdict *out);
day_t semantics_1_day(const struct facts *facts, const struct context *context,
                      const struct policy *policy, day_t on, struct verdict *out);
struct colours semantics_1_colours(const struct facts *facts, const struct context *context,
                                   const struct policy *policy, day_t on);
struct reasons_of_day semantics_1_reasons(const struct facts *facts, const struct context *context,
                                          const struct policy *policy, day_t on);

#endif
