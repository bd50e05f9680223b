/* Appeals: which records a reason rests on, who may file and who may answer. */
#include <criterion/criterion.h>

#include "domain/appeal.h"

enum { INSPECTOR = 5, REGULATOR = 6, OTHER = 7 };

static const struct record known[] = {
    {.kind = RECORD_IDENTITY, .version = 1, .by = 2},
    {.kind = RECORD_VIOLATION, .version = 2, .by = INSPECTOR},
    {.kind = RECORD_VIOLATION, .version = 3, .by = OTHER},
    {.kind = RECORD_EXAM, .version = 4, .by = 3},
    {.kind = RECORD_OVERRIDE, .version = 5, .by = REGULATOR,
     .override = {.signed_by = {REGULATOR, INSPECTOR}}},
    {.kind = RECORD_SUPERSEDE, .version = 6, .by = 3, .supersede = {.of = 4}},
    {.kind = RECORD_VIOLATION, .version = 7, .by = REGULATOR}, /* after the appeal */
};
enum { KNOWN = sizeof known / sizeof known[0] };

static const struct appeal waiting = {.id = 1, .state = APPEAL_OPEN, .reason = REASON_VIOL_POINTS,
                                      .scope = SCOPE_PERSON, .known_version = 6};

Test(appeal, a_reason_rests_on_records_of_its_own_subject)
{
    static const struct {
        enum reason_code reason;
        enum record_kind kind;
        bool rests;
    } table[] = {
        {REASON_AGE_RED, RECORD_IDENTITY, true},
        {REASON_AGE_RED, RECORD_EXAM, false},
        {REASON_HEALTH_UNFIT, RECORD_EXAM, true},
        {REASON_CERT_SUSPENDED, RECORD_CERTIFICATE_STATUS, true},
        {REASON_CERT_SUSPENDED, RECORD_VIOLATION, true}, /* three violations suspend it */
        {REASON_TRAIN_POINTS, RECORD_STUDY, true},
        {REASON_TRAIN_POINTS, RECORD_TRAINING, false},
        {REASON_POST_BAN, RECORD_BAN, true},
        {REASON_SITE_STOPPED, RECORD_VIOLATION, false},
        {REASON_VIOL_POINTS, RECORD_STAR, false}, /* praise is no part of it */
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        cr_expect_eq(appeal_rests_on(table[i].reason, &(struct record){.kind = table[i].kind}),
                     table[i].rests, "row %zu", i);
}

Test(appeal, one_matter_at_a_time_and_rounds_count_up)
{
    const struct appeal earlier[] = {
        {.state = APPEAL_REJECTED, .reason = REASON_VIOL_POINTS, .scope = SCOPE_PERSON},
        {.state = APPEAL_OPEN, .reason = REASON_TRAIN_SITE, .scope = SCOPE_SITE, .site_id = 1},
    };
    struct appeal next = waiting;
    int32_t round;

    cr_expect_eq(appeal_admit(&next, earlier, 2, known, KNOWN, &round).code, ERR_NONE);
    cr_expect_eq(round, 2);
    next.reason = REASON_TRAIN_SITE;
    next.scope = SCOPE_SITE;
    next.site_id = 1;
    cr_expect_eq(appeal_admit(&next, earlier, 2, known, KNOWN, &round).code, ERR_APPEAL_OPEN);
    next.site_id = 2;
    cr_expect_eq(appeal_admit(&next, earlier, 2, known, KNOWN, &round).code, ERR_NONE,
                 "another site is another matter");
    cr_expect_eq(round, 1);
}

Test(appeal, what_is_disputed_stands_and_bears_on_the_reason)
{
    static const struct {
        uint32_t version;
        int code;
    } table[] = {{0, ERR_NONE},           {2, ERR_NONE}, {1, ERR_VERSION_UNKNOWN},
                 {4, ERR_VERSION_UNKNOWN}, {99, ERR_VERSION_UNKNOWN}};
    int32_t round;

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct appeal appeal = waiting;

        appeal.disputes = table[i].version;
        cr_expect_eq((int)appeal_admit(&appeal, NULL, 0, known, KNOWN, &round).code,
                     table[i].code, "version %u", table[i].version);
    }
    cr_expect_eq(appeal_admit(&(struct appeal){.state = APPEAL_OPEN, .reason = REASON_HEALTH_UNFIT,
                                               .disputes = 4}, NULL, 0, known, KNOWN, &round).code,
                 ERR_VERSION_UNKNOWN, "it was taken back already");
}

static int answered(struct appeal appeal, int64_t by, enum appeal_state outcome,
                    const struct record *record, uint32_t mended_by)
{
    return (int)appeal_answer_admit(&appeal,
                                    &(struct appeal_answer){by, outcome, record, mended_by}, known,
                                    KNOWN).code;
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
    cr_expect_eq(answered(appeal, 9, APPEAL_UPHELD, NULL, 7), ERR_NONE);
    cr_expect_eq(answered(appeal, 9, APPEAL_UPHELD, NULL, 6), ERR_VERSION_UNKNOWN);
    cr_expect_eq(answered(appeal, 9, APPEAL_UPHELD, NULL, 8), ERR_VERSION_UNKNOWN);
    for (int state = APPEAL_UPHELD; state < APPEAL_STATES; state++) {
        appeal.state = (enum appeal_state)state;
        cr_expect_eq(answered(appeal, 9, APPEAL_REJECTED, NULL, 0), ERR_APPEAL_ANSWERED);
    }
}
