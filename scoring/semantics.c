/* scoring/semantics.c: see semantics.h. */
#include "scoring/semantics.h"

#include <stddef.h>

static const struct semantics rows[] = {
    {1, semantics_1_code, semantics_1_day, semantics_1_colours, semantics_1_reasons},
};

const struct semantics *semantics_find(uint16_t number)
{
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].number == number)
            return &rows[i];
    }
    return NULL;
}

/* Reading a policy refuses an unknown number, so one that gets here is a bug of ours, and a wrong
 * colour would be worse than none. This library may not call abort(). */
static const struct semantics *semantics_of(const struct policy *policy)
{
    const struct semantics *found = semantics_find(policy->semantics);

    if (found == NULL)
        __builtin_trap();
    return found;
}

void safety_code(const struct facts *facts, const struct context *context,
                 const struct policy *policy, day_t on, struct verdict *out)
{
    semantics_of(policy)->code(facts, context, policy, on, out);
}

day_t safety_day(const struct facts *facts, const struct context *context,
                 const struct policy *policy, day_t on, struct verdict *out)
{
    return semantics_of(policy)->day(facts, context, policy, on, out);
}

struct colours safety_colours(const struct facts *facts, const struct context *context,
                              const struct policy *policy, day_t on)
{
    return semantics_of(policy)->colours(facts, context, policy, on);
}

struct reasons_of_day safety_reasons(const struct facts *facts, const struct context *context,
                                     const struct policy *policy, day_t on)
{
    return semantics_of(policy)->reasons(facts, context, policy, on);
}
