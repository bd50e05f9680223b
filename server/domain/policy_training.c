/* domain/policy_training.c: the rules of training and study, as documents write them. */
#include "domain/pointer.h"
#include "domain/policy_rules.h"
#include "domain/record.h"

/* How long fold.c keeps which passed training: a rule may ask for nothing that is gone. */
#define TYPE(name) (1u << TRAINING_##name)
#define KEPT_FOR_EVER                                                                              \
    (TYPE(ENTRY_COMPANY) | TYPE(ENTRY_PROJECT) | TYPE(ENTRY_TEAM) | TYPE(SITE_ENTRY) |             \
     TYPE(TRANSFER) | TYPE(OFF_JOB))
#define KEPT_FOR_THE_HORIZON (~TYPE(PRE_SHIFT))

static uint32_t read_types(struct cursor *c, const char *key, uint32_t kept)
{
    uint32_t types = cursor_choices(c, key, record_choices(RECORD_TRAINING, "type"), 1);

    if ((types & ~kept) != 0)
        policy_refuse(c->reader, cursor_path(c, key),
                      kept == KEPT_FOR_EVER
                          ? "entry_company|entry_project|entry_team|site_entry|transfer|off_job, "
                            "which alone are kept without end"
                          : "no pre_shift: a briefing is for its day, see the policy's pre_shift");
    return types;
}

uint32_t rule_read_entry_training(struct cursor *c, struct rule *rule)
{
    struct rule_entry_training *r = &rule->entry_training;
    size_t count;
    const json_t *array = cursor_array(c, "levels", 1, ENTRY_LEVELS_MAX, &count);

    for (size_t i = 0; i < count; i++) {
        const char *path = pointer_index(c->reader->arena, cursor_path(c, "levels"), i);
        struct cursor level = cursor_open(c->reader, json_array_get(array, i), path);
        r->need[i].type = (uint8_t)(TRAINING_ENTRY_COMPANY +
                                    cursor_choice(&level, "type",
                                                  "entry_company|entry_project|entry_team", -1));
        r->need[i].hours = (uint16_t)cursor_int(&level, "hours", 0, POLICY_HOURS_MAX,
                                                "0..1000 hours");
        cursor_close(&level);
    }
    r->need_count = (uint8_t)count;
    r->missing = cursor_bad(c, "missing", REASON_TRAIN_NONE);
    return reason_bit(REASON_TRAIN_NONE);
}

/* How often: in a window that rolls, or by the calendar. */
static void read_period(struct cursor *c, struct rule_periodic_training *r)
{
    static const uint8_t months[] = {0, 1, 3, 12};

    r->period_months = months[cursor_choice(c, "period", "rolling|month|quarter|year", 0)];
    if (r->period_months == 0)
        r->window_months = cursor_months(c, "window_months");
    else
        cursor_refuse(c, "window_months", "nothing: the calendar's period says it");
}

uint32_t rule_read_periodic_training(struct cursor *c, struct rule *rule)
{
    struct rule_periodic_training *r = &rule->periodic_training;

    r->types = read_types(c, "types", KEPT_FOR_THE_HORIZON);
    r->hours = (uint16_t)cursor_int(c, "hours", 0, POLICY_HOURS_MAX, "0..1000 hours");
    read_period(c, r);
    r->audience = cursor_audience(c);
    r->expired = cursor_bad(c, "expired", REASON_TRAIN_EXPIRED);
    return reason_bit(REASON_TRAIN_EXPIRED);
}

uint32_t rule_read_transfer_training(struct cursor *c, struct rule *rule)
{
    struct rule_transfer_training *r = &rule->transfer_training;

    r->types = read_types(c, "types", KEPT_FOR_EVER);
    r->hours = (uint16_t)cursor_int(c, "hours", 0, POLICY_HOURS_MAX, "0..1000 hours");
    r->missing = cursor_bad(c, "missing", REASON_TRAIN_NONE);
    return reason_bit(REASON_TRAIN_NONE);
}

uint32_t rule_read_study_points(struct cursor *c, struct rule *rule)
{
    struct rule_study_points *r = &rule->study_points;

    r->points = (uint32_t)cursor_int(c, "points", 1, 100000, "1..100000 points");
    r->window_months = cursor_months(c, "window_months");
    r->missing = cursor_bad(c, "missing", REASON_TRAIN_POINTS);
    return reason_bit(REASON_TRAIN_POINTS);
}

uint32_t rule_read_site_training(struct cursor *c, struct rule *rule)
{
    struct rule_site_training *r = &rule->site_training;

    if (cursor_has(c, "validity_months"))
        r->validity_months = cursor_months(c, "validity_months");
    r->types = read_types(c, "types",
                          r->validity_months != 0 ? KEPT_FOR_THE_HORIZON : KEPT_FOR_EVER);
    r->missing = cursor_bad(c, "missing", REASON_TRAIN_SITE);
    return reason_bit(REASON_TRAIN_SITE);
}

uint32_t rule_read_idle(struct cursor *c, struct rule *rule)
{
    struct rule_idle *r = &rule->idle;

    r->months = cursor_months(c, "months");
    r->retraining_types = read_types(c, "retraining", KEPT_FOR_THE_HORIZON);
    r->idle = cursor_bad(c, "colour", REASON_IDLE_RETRAIN);
    return reason_bit(REASON_IDLE_RETRAIN);
}
