#include "domain/policy_state.h"

static const char *const names[POLICY_STATES] = {
    [POLICY_DRAFT] = "draft",
    [POLICY_APPROVED] = "approved",
    [POLICY_IN_FORCE] = "in_force",
    [POLICY_RETIRING] = "retiring",
    [POLICY_RETIRED] = "retired",
};

/* What may follow, as the caller is told; NULL: nothing. */
static const struct {
    bool may[POLICY_STATES];
    const char *expected;
} follows[POLICY_STATES] = {
    [POLICY_DRAFT] = {{[POLICY_APPROVED] = true, [POLICY_RETIRED] = true}, "approved | retired"},
    [POLICY_APPROVED] = {{[POLICY_IN_FORCE] = true, [POLICY_RETIRED] = true}, "in_force | retired"},
    [POLICY_IN_FORCE] = {{[POLICY_RETIRING] = true}, "retiring"},
    [POLICY_RETIRING] = {{[POLICY_RETIRED] = true, [POLICY_IN_FORCE] = true}, "retired | in_force"},
    [POLICY_RETIRED] = {{false}, "nothing: it is retired"},
};

static bool is_state(enum policy_state state)
{
    return state >= POLICY_DRAFT && state < POLICY_STATES;
}

const char *policy_state_name(enum policy_state state)
{
    CHECK(is_state(state));
    return names[state];
}

enum policy_state policy_state_of(struct text name)
{
    for (int state = POLICY_DRAFT; state < POLICY_STATES; state++) {
        if (text_is(name, names[state]))
            return (enum policy_state)state;
    }
    return 0;
}

struct err policy_move_admit(const struct policy_move *move)
{
    CHECK(is_state(move->from) && is_state(move->to));
    if (!follows[move->from].may[move->to])
        return err_field(ERR_FIELD_CHOICE, "/state", follows[move->from].expected);
    if (move->to == POLICY_APPROVED && move->author == move->by)
        return err_field(ERR_SECOND_ACCOUNT, "/state", "not the author's");
    if (move->from == POLICY_APPROVED && move->to == POLICY_IN_FORCE && move->author == 0 &&
        move->last == move->by)
        return err_field(ERR_SECOND_ACCOUNT, "/state", "not the one that approved it");
    if (move->from == POLICY_RETIRING && move->to == POLICY_RETIRED && move->last == move->by)
        return err_field(ERR_SECOND_ACCOUNT, "/state", "not the one that asked for it");
    return OK;
}

unsigned policy_days_gone(const struct policy_move *move, day_t effective, day_t until, day_t today)
{
    day_t end = until != DAY_UNKNOWN && until < today ? until : today;

    if (move->from != POLICY_APPROVED || move->to != POLICY_IN_FORCE || effective >= end)
        return 0;
    return (unsigned)(end - effective);
}
