/* Appeals: who may file, who may answer, and what mends. */
#include <criterion/criterion.h>

#include "domain/appeal.h"

enum { TODAY = 60000, INSPECTOR = 5, REGULATOR = 6, OTHER = 7 };

static const struct record known[] = {
    {.kind = RECORD_IDENTITY, .version = 1, .by = 2},
    {.kind = RECORD_VIOLATION, .version = 2, .by = INSPECTOR},
    {.kind = RECORD_VIOLATION, .version = 3, .by = OTHER},
    {.kind = RECORD_EXAM, .version = 4, .by = 3},
    {.kind = RECORD_OVERRIDE, .version = 5, .by = REGULATOR,
     .override = {.signed_by = {REGULATOR, INSPECTOR}}},
    {.kind = RECORD_SUPERSEDE, .version = 6, .by = 3, .supersede = {.of = 4}},
    /* after the appeal */
    {.kind = RECORD_VIOLATION, .version = 7, .by = REGULATOR},
    {.kind = RECORD_TRAINING, .version = 8, .by = 4},
    {.kind = RECORD_EXAM, .version = 9, .by = 3},
    {.kind = RECORD_OVERRIDE, .version = 10, .by = 12,
     .override = {.colour = COLOUR_RED, .from = TODAY - 1, .until = TODAY + 9}},
    {.kind = RECORD_OVERRIDE, .version = 11, .by = 12,
     .override = {.colour = COLOUR_YELLOW, .from = TODAY - 1, .until = TODAY + 9}},
    {.kind = RECORD_OVERRIDE, .version = 12, .by = 12,
     .override = {.colour = COLOUR_GREEN, .from = TODAY - 9, .until = TODAY}}, /* was over */
    {.kind = RECORD_SUPERSEDE, .version = 13, .by = 12, .supersede = {.of = 3}},
    {.kind = RECORD_SUPERSEDE, .version = 14, .by = 12, .supersede = {.of = 8}},
    {.kind = RECORD_OVERRIDE, .version = 15, .by = 12,
     .override = {.colour = COLOUR_GREEN, .from = TODAY + 1, .until = TODAY + 9}}, /* not yet */
};
enum { KNOWN = sizeof known / sizeof known[0] };

static const struct appeal waiting = {.id = 1, .state = APPEAL_OPEN, .reason = REASON_VIOL_POINTS,
                                      .scope = SCOPE_PERSON, .colour = COLOUR_RED, .known_version = 6};

Test(appeal, one_matter_at_a_time_and_rounds_count_up)
{
    const struct appeal earlier[] = {
        {.state = APPEAL_REJECTED, .reason = REASON_VIOL_POINTS, .scope = SCOPE_PERSON},
        {.state = APPEAL_OPEN, .reason = REASON_TRAIN_SITE, .scope = SCOPE_SITE, .site_id = 1},
    };
    struct appeal next = waiting;
    int32_t round;

    cr_expect_eq(appeal_admit(&next, earlier, 2, &round).code, ERR_NONE);
    cr_expect_eq(round, 2);
    next.reason = REASON_TRAIN_SITE;
    next.scope = SCOPE_SITE;
    next.site_id = 1;
    cr_expect_eq(appeal_admit(&next, earlier, 2, &round).code, ERR_APPEAL_OPEN);
    next.site_id = 2;
    cr_expect_eq(appeal_admit(&next, earlier, 2, &round).code, ERR_NONE,
                 "another site is another matter");
    cr_expect_eq(round, 1);
}

Test(appeal, what_is_disputed_is_what_the_reason_rests_on)
{
    static const struct {
        const char *what;
        uint32_t disputes;
        size_t count;
        enum err_code code;
        const char *expected;
    } table[] = {
        {"none is named", 0, 2, ERR_NONE, NULL},
        {"the first", 2, 2, ERR_NONE, NULL},
        {"the last", 3, 2, ERR_NONE, NULL},
        {"an exam, of a reason that rests on violations", 4, 2, ERR_VERSION_UNKNOWN, "2 | 3"},
        {"one that is not there", 99, 1, ERR_VERSION_UNKNOWN, "2"},
        {"any, where a record is wanting", 2, 0, ERR_VERSION_UNKNOWN,
         "none: the reason is there for want of a record; leave this out"},
        {"none, where a record is wanting", 0, 0, ERR_NONE, NULL},
    };
    const struct record *rests_on[] = {&known[1], &known[2]};
    struct arena arena;

    arena_init(&arena, 1 << 16);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct err e = appeal_disputes_admit(table[i].disputes, rests_on, table[i].count, &arena);

        cr_expect_eq(e.code, table[i].code, "%s", table[i].what);
        if (table[i].expected != NULL)
            cr_expect_str_eq(e.expected, table[i].expected, "%s", table[i].what);
    }
    arena_clear(&arena);
}

static int answer_code(struct appeal appeal, struct appeal_answer answer)
{
    answer.today = TODAY;
    return (int)appeal_answer_admit(&appeal, &answer, known, KNOWN).code;
}

static int answered(struct appeal appeal, int64_t by, enum appeal_state outcome,
                    const struct record *record, uint32_t mended_by)
{
    return answer_code(appeal, (struct appeal_answer){.by = by, .outcome = outcome, .record = record,
                                                      .mended_by = mended_by});
}

Test(appeal, whoever_posted_what_is_disputed_may_not_answer)
{
    struct appeal appeal = waiting;

    cr_expect_eq(answered(appeal, INSPECTOR, APPEAL_REJECTED, NULL, 0), ERR_APPEAL_OWN_RECORD);
    cr_expect_eq(answered(appeal, OTHER, APPEAL_REJECTED, NULL, 0), ERR_APPEAL_OWN_RECORD,
                 "nothing is named: any that it rests on");
    cr_expect_eq(answered(appeal, REGULATOR, APPEAL_REJECTED, NULL, 0), ERR_NONE,
                 "his own violation came after the appeal");
    appeal.disputes = 3;
    cr_expect_eq(answered(appeal, INSPECTOR, APPEAL_REJECTED, NULL, 0), ERR_NONE);
    cr_expect_eq(answered(appeal, OTHER, APPEAL_REJECTED, NULL, 0), ERR_APPEAL_OWN_RECORD);
    appeal.reason = REASON_OVERRIDE;
    appeal.disputes = 5;
    cr_expect_eq(answered(appeal, REGULATOR, APPEAL_REJECTED, NULL, 0), ERR_APPEAL_OWN_RECORD);
    cr_expect_eq(answered(appeal, INSPECTOR, APPEAL_REJECTED, NULL, 0), ERR_APPEAL_OWN_RECORD,
                 "who signed it is its author, too");
    cr_expect_eq(answered(appeal, OTHER, APPEAL_REJECTED, NULL, 0), ERR_NONE);
}

Test(appeal, what_is_upheld_is_mended)
{
    const struct record takes_back = {.kind = RECORD_SUPERSEDE, .supersede = {.of = 3}};
    const struct record another = {.kind = RECORD_SUPERSEDE, .supersede = {.of = 1}};
    const struct record later = {.kind = RECORD_SUPERSEDE, .supersede = {.of = 7}};
    struct appeal appeal = waiting;

    cr_expect_eq(answered(appeal, 9, APPEAL_UPHELD, NULL, 0), ERR_FIELD_MISSING);
    cr_expect_eq(answered(appeal, 9, APPEAL_PARTLY, NULL, 0), ERR_FIELD_MISSING);
    cr_expect_eq(answered(appeal, 9, APPEAL_UPHELD, &takes_back, 0), ERR_NONE);
    cr_expect_eq(answered(appeal, 9, APPEAL_REJECTED, &takes_back, 0), ERR_FIELD_CHOICE);
    cr_expect_eq(answered(appeal, 9, APPEAL_UPHELD, &another, 0), ERR_VERSION_UNKNOWN);
    cr_expect_eq(answered(appeal, 9, APPEAL_UPHELD, &later, 0), ERR_VERSION_UNKNOWN,
                 "what came after the appeal is not what it disputes");
    cr_expect_eq(answered(appeal, 9, APPEAL_UPHELD, NULL, 6), ERR_VERSION_UNKNOWN);
    cr_expect_eq(answered(appeal, 9, APPEAL_UPHELD, NULL, 99), ERR_VERSION_UNKNOWN);
    for (int state = APPEAL_UPHELD; state < APPEAL_STATES; state++) {
        appeal.state = (enum appeal_state)state;
        cr_expect_eq(answered(appeal, 9, APPEAL_REJECTED, NULL, 0), ERR_APPEAL_ANSWERED);
    }
}

Test(appeal, a_decision_mends_nothing_that_the_policy_lets_none_lift)
{
    struct appeal_answer answer = {.by = 9, .outcome = APPEAL_UPHELD, .mended_by = 11};

    cr_expect_eq(answer_code(waiting, answer), ERR_NONE);
    answer.never_lifts = 1u << REASON_HEALTH_UNFIT;
    cr_expect_eq(answer_code(waiting, answer), ERR_NONE);
    answer.never_lifts |= 1u << REASON_VIOL_POINTS;
    cr_expect_eq(answer_code(waiting, answer), ERR_VERSION_UNKNOWN);
}

Test(appeal, a_later_record_mends_what_it_can_end)
{
    static const struct {
        const char *what;
        enum reason_code reason;
        enum scope scope;
        uint32_t disputes, mended_by;
        int code;
    } table[] = {
        {"a violation more takes no points off", REASON_VIOL_POINTS, 0, 0, 7, ERR_VERSION_UNKNOWN},
        {"a training heals nobody", REASON_HEALTH_UNFIT, 0, 0, 8, ERR_VERSION_UNKNOWN},
        {"a new exam", REASON_HEALTH_UNFIT, 0, 0, 9, ERR_NONE},
        {"a new exam beside the disputed one", REASON_HEALTH_UNFIT, 0, 4, 9, ERR_NONE},
        {"training that was lacking", REASON_TRAIN_NONE, 0, 0, 8, ERR_VERSION_UNKNOWN}, /* void */
        {"a decision no milder", REASON_VIOL_POINTS, 0, 0, 10, ERR_VERSION_UNKNOWN},
        {"a milder decision", REASON_VIOL_POINTS, 0, 0, 11, ERR_NONE},
        {"a decision on the person, of a trade's certificate", REASON_CERT_NONE, SCOPE_TRADE, 0, 11,
         ERR_VERSION_UNKNOWN},
        {"a decision that is over", REASON_VIOL_POINTS, 0, 0, 12, ERR_VERSION_UNKNOWN},
        {"a decision that is still to come", REASON_VIOL_POINTS, 0, 0, 15, ERR_VERSION_UNKNOWN},
        {"the disputed record taken back", REASON_VIOL_POINTS, 0, 3, 13, ERR_NONE},
        {"any that it rests on", REASON_VIOL_POINTS, 0, 0, 13, ERR_NONE},
        {"another one than the disputed", REASON_VIOL_POINTS, 0, 2, 13, ERR_VERSION_UNKNOWN},
        {"a record that it does not rest on", REASON_VIOL_POINTS, 0, 0, 14, ERR_VERSION_UNKNOWN},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct appeal appeal = waiting;

        appeal.reason = table[i].reason;
        appeal.scope = table[i].scope;
        appeal.disputes = table[i].disputes;
        cr_expect_eq(answered(appeal, 20, APPEAL_UPHELD, NULL, table[i].mended_by), table[i].code,
                     "%s", table[i].what);
    }
}

Test(appeal, what_lies_elsewhere_is_mended_elsewhere)
{
    struct appeal appeal = waiting;

    appeal.reason = REASON_SITE_STOPPED;
    appeal.scope = SCOPE_SITE;
    cr_expect_eq(answered(appeal, 20, APPEAL_UPHELD, NULL, 0), ERR_NONE);
    cr_expect_eq(answered(appeal, 20, APPEAL_UPHELD, NULL, 9), ERR_VERSION_UNKNOWN);
}
