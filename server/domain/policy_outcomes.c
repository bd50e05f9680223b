/* What a rule can say: read off its numbers, so that it can be looked for among people. */
#include "domain/policy_check_parts.h"

struct list {
    struct outcome *out;
    unsigned count;
};

static void add(struct list *all, struct outcome is)
{
    if (is.code == NO_REASON)
        return;
    for (unsigned i = 0; i < all->count; i++) {
        if (all->out[i].code == is.code && all->out[i].colour == is.colour)
            return;
    }
    CHECK(all->count < OUTCOMES_MAX);
    all->out[all->count++] = is;
}

static void add_bands(struct list *all, const struct rule *r)
{
    for (unsigned sex = 0; sex < 2; sex++) {
        for (unsigned i = 0; i < r->age.band_count[sex]; i++)
            add(all, r->age.bands[sex][i].is);
    }
    add(all, r->age.unknown);
}

static void add_exam(struct list *all, const struct rule_exam *r)
{
    for (unsigned i = 0; i <= EXAM_OTHER; i++)
        add(all, r->conclusion[i]);
    add(all, r->none);
    add(all, r->expired);
    add(all, r->contra_trade);
    add(all, r->contra_person);
}

static void add_certificate(struct list *all, const struct rule_certificate *r)
{
    add(all, r->none);
    add(all, r->expired);
    add(all, r->suspended);
}

static void add_permit(struct list *all, const struct rule_permit *r)
{
    for (unsigned i = 0; i <= PERMIT_UNASKED; i++)
        add(all, r->is[i]);
}

static void add_each_colour(struct list *all, enum reason_code code, enum colour first)
{
    for (unsigned colour = first; colour <= COLOUR_RED; colour++)
        add(all, (struct outcome){(uint8_t)code, (uint8_t)colour});
}

unsigned rule_outcomes(const struct rule *rule, struct outcome out[OUTCOMES_MAX])
{
    struct list all = {out, 0};

    switch ((enum rule_kind)rule->kind) {
    case RULE_AGE:               add_bands(&all, rule); break;
    case RULE_EXAM:              add_exam(&all, &rule->exam); break;
    case RULE_ENTRY_TRAINING:    add(&all, rule->entry_training.missing); break;
    case RULE_PERIODIC_TRAINING: add(&all, rule->periodic_training.expired); break;
    case RULE_TRANSFER_TRAINING: add(&all, rule->transfer_training.missing); break;
    case RULE_STUDY_POINTS:      add(&all, rule->study_points.missing); break;
    case RULE_SITE_TRAINING:     add(&all, rule->site_training.missing); break;
    case RULE_IDLE:              add(&all, rule->idle.idle); break;
    case RULE_VIOLATION_POINTS:  add_each_colour(&all, REASON_VIOL_POINTS, COLOUR_YELLOW); break;
    case RULE_OFF_JOB:           add(&all, rule->off_job.due); break;
    case RULE_CERTIFICATE:       add_certificate(&all, &rule->certificate); break;
    case RULE_BAN:               add(&all, rule->ban.banned); break;
    case RULE_AGREEMENT:         add(&all, rule->agreement.missing); break;
    case RULE_SITE_STATE:
        add(&all, rule->site_state.stopped);
        add(&all, rule->site_state.closed);
        break;
    case RULE_PERMIT:   add_permit(&all, &rule->permit); break;
    case RULE_OVERRIDE: add_each_colour(&all, REASON_OVERRIDE, COLOUR_GREEN); break;
    case RULE_KINDS:    break;
    }
    return all.count;
}
