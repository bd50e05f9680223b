/* Every move between states of a policy, and the four eyes. */
#include <criterion/criterion.h>

#include "domain/policy_state.h"

static struct err move(enum policy_state from, enum policy_state to, int64_t by)
{
    return policy_move_admit(&(struct policy_move){.from = from, .to = to, .author = 7, .last = 9, .by = by});
}

Test(policy_state, only_the_written_moves_are_admitted)
{
    static const bool may[POLICY_STATES][POLICY_STATES] = {
        /*                  -  draft  approved in_force retiring retired */
        [POLICY_DRAFT] =    {0, false, true,    false,   false,   true},
        [POLICY_APPROVED] = {0, false, false,   true,    false,   true},
        [POLICY_IN_FORCE] = {0, false, false,   false,   true,    false},
        [POLICY_RETIRING] = {0, false, false,   true,    false,   true},
        [POLICY_RETIRED] =  {0, false, false,   false,   false,   false},
    };

    for (int from = POLICY_DRAFT; from < POLICY_STATES; from++) {
        for (int to = POLICY_DRAFT; to < POLICY_STATES; to++) {
            struct err e = move((enum policy_state)from, (enum policy_state)to, 8);

            cr_expect_eq(err_is(e), !may[from][to], "%d -> %d", from, to);
            if (err_is(e))
                cr_expect_eq(e.code, ERR_FIELD_CHOICE, "%d -> %d", from, to);
        }
    }
}

Test(policy_state, an_author_cannot_approve_his_own_policy)
{
    cr_expect_eq(move(POLICY_DRAFT, POLICY_APPROVED, 7).code, ERR_SECOND_ACCOUNT);
    cr_expect_eq(move(POLICY_DRAFT, POLICY_APPROVED, 8).code, ERR_NONE);
}

Test(policy_state, an_author_may_withdraw_his_own_draft)
{
    cr_expect_eq(move(POLICY_DRAFT, POLICY_RETIRED, 7).code, ERR_NONE);
}

Test(policy_state, nobody_retires_a_policy_alone)
{
    cr_expect_eq(move(POLICY_RETIRING, POLICY_RETIRED, 9).code, ERR_SECOND_ACCOUNT);
    cr_expect_eq(move(POLICY_RETIRING, POLICY_RETIRED, 7).code, ERR_NONE);
    cr_expect_eq(move(POLICY_RETIRING, POLICY_IN_FORCE, 9).code, ERR_NONE);
}

Test(policy_state, nobody_alone_puts_in_force_what_came_with_the_program)
{
    struct policy_move seeded = {.from = POLICY_APPROVED, .to = POLICY_IN_FORCE, .author = 0,
                                 .last = 9, .by = 9};

    cr_expect_eq(policy_move_admit(&seeded).code, ERR_SECOND_ACCOUNT);
    seeded.to = POLICY_RETIRED;
    cr_expect_eq(policy_move_admit(&seeded).code, ERR_NONE, "he may think better of it");
    seeded.to = POLICY_IN_FORCE;
    seeded.by = 8;
    cr_expect_eq(policy_move_admit(&seeded).code, ERR_NONE);
    cr_expect_eq(move(POLICY_APPROVED, POLICY_IN_FORCE, 9).code, ERR_NONE,
                 "another wrote it, so two have acted");
}

Test(policy_state, days_already_gone_are_judged_when_it_comes_into_force)
{
    static const struct {
        const char *what;
        enum policy_state from, to;
        day_t effective, until;
        unsigned gone;
    } table[] = {
        {"from 21 days ago", POLICY_APPROVED, POLICY_IN_FORCE, 979, DAY_UNKNOWN, 21},
        {"and over already", POLICY_APPROVED, POLICY_IN_FORCE, 979, 990, 11},
        {"and over later", POLICY_APPROVED, POLICY_IN_FORCE, 979, 1001, 21},
        {"from today", POLICY_APPROVED, POLICY_IN_FORCE, 1000, DAY_UNKNOWN, 0},
        {"from tomorrow", POLICY_APPROVED, POLICY_IN_FORCE, 1001, 1002, 0},
        {"kept", POLICY_RETIRING, POLICY_IN_FORCE, 979, DAY_UNKNOWN, 0},
        {"approved", POLICY_DRAFT, POLICY_APPROVED, 979, DAY_UNKNOWN, 0},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct policy_move made = {.from = table[i].from, .to = table[i].to};

        cr_expect_eq(policy_days_gone(&made, table[i].effective, table[i].until, 1000),
                     table[i].gone, "%s", table[i].what);
    }
}

Test(policy_state, names_and_states_are_one_to_one)
{
    for (int state = POLICY_DRAFT; state < POLICY_STATES; state++)
        cr_expect_eq(policy_state_of(text_of(policy_state_name((enum policy_state)state))), state);
    cr_expect_eq(policy_state_of(TEXT("")), 0);
    cr_expect_eq(policy_state_of(TEXT("in force")), 0);
}
