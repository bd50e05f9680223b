/* scoring/rules.c: the table of the kinds of rule, and what they read. */
#include "scoring/rule_parts.h"

static const struct rule_row {
    evaluate_fn *evaluate;
    uint8_t lanes;
} rule_rows[RULE_KINDS] = {
    [RULE_AGE] = {evaluate_age, 1},
    [RULE_EXAM] = {evaluate_exam, EXAM_LANES},
    [RULE_ENTRY_TRAINING] = {evaluate_entry_training, 1},
    [RULE_PERIODIC_TRAINING] = {evaluate_periodic_training, 1},
    [RULE_TRANSFER_TRAINING] = {evaluate_transfer_training, 1},
    [RULE_STUDY_POINTS] = {evaluate_study_points, 1},
    [RULE_SITE_TRAINING] = {evaluate_site_training, 1},
    [RULE_IDLE] = {evaluate_idle, 1},
    [RULE_VIOLATION_POINTS] = {evaluate_violation_points, 1},
    [RULE_OFF_JOB] = {evaluate_off_job, 1},
    [RULE_CERTIFICATE] = {evaluate_certificate, CERTIFICATE_LANES},
    [RULE_BAN] = {evaluate_ban, BAN_LANES},
    [RULE_AGREEMENT] = {evaluate_agreement, 1},
    [RULE_SITE_STATE] = {evaluate_site_state, 1},
    [RULE_PERMIT] = {evaluate_permit, 1},
    [RULE_OVERRIDE] = {evaluate_override, 1},
};

unsigned rule_lanes(enum rule_kind kind)
{
    return kind < RULE_KINDS ? rule_rows[kind].lanes : 0;
}

void rule_evaluate(const struct rule *rule, unsigned lane, const struct scoring_input *in,
                   day_t day, struct piece *piece)
{
    *piece = (struct piece){.day = day, .from = 1, .until = DAY_NEVER, .is = {NO_REASON, COLOUR_GREEN}};
    rule_rows[rule->kind].evaluate(rule, lane, in, piece);
}

void scoring_input_init(struct scoring_input *in, const struct facts *facts,
                        const struct context *context)
{
    uint16_t i = 0;

    in->facts = facts;
    in->context = context;
    for (unsigned kind = 0; kind <= FACT_KINDS; kind++) {
        while (i < facts->count && facts->fact[i].kind < kind)
            i++;
        in->start[kind] = i;
    }
}

bool trade_list_has(const struct trade_list *list, uint16_t trade)
{
    for (unsigned i = 0; i < list->count && list->trade[i] <= trade; i++) {
        if (list->trade[i] == trade)
            return true;
    }
    return false;
}
