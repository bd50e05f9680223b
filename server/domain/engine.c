/* domain/engine.c: see engine.h. */
#include "domain/engine.h"

static const struct engine rows[] = {
    {1, facts_fold, engagements_fold, gate_case_decide, gate_case_tell, gate_case_hash},
};

const struct engine *engine_now(void)
{
    return &rows[sizeof rows / sizeof rows[0] - 1];
}

const struct engine *engine_find(int16_t number)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].number == number)
            return &rows[i];
    }
    return NULL;
}
