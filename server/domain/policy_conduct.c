/* domain/policy_conduct.c: the rules of violations, as documents write them. */
#include "domain/pointer.h"
#include "domain/policy_rules.h"
#include "domain/record.h"

enum { SEVERITIES = 4, PERCENT_MAX = 1000, HUNDRED = 100 };

/* Integers of an array, each within [min, max] and none less than the one before it when they must
 * rise. Returns how many; 0 after an error. */
static size_t read_numbers(struct cursor *c, const char *key, size_t count_min, size_t count_max,
                           int64_t min, int64_t max, bool rising, const char *expected,
                           uint16_t *out)
{
    size_t count;
    const json_t *array = cursor_array(c, key, count_min, count_max, &count);

    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(array, i);
        json_int_t number = json_is_integer(value) ? json_integer_value(value) : -1;

        if (number < min || number > max || (rising && i > 0 && number < out[i - 1])) {
            policy_refuse(c->reader, pointer_index(c->reader->arena, cursor_path(c, key), i),
                          expected);
            return 0;
        }
        out[i] = (uint16_t)number;
    }
    return count;
}

/* How long a violation counts: one time for all, one for each severity, or its calendar year. */
static void read_lapse(struct cursor *c, struct rule_violation_points *r)
{
    if (cursor_choice(c, "period", "rolling|year", 0) == 1) {
        cursor_refuse(c, "window_months", "nothing: it counts to the end of its year");
        cursor_refuse(c, "months_by_severity", "nothing: it counts to the end of its year");
    } else if (cursor_has(c, "months_by_severity")) {
        cursor_refuse(c, "window_months", "window_months or months_by_severity, not both");
        (void)read_numbers(c, "months_by_severity", SEVERITIES, SEVERITIES, 1,
                           FACTS_HORIZON_MONTHS, false, "1..60 months: facts are kept no longer",
                           r->months + 1);
    } else {
        r->months[1] = cursor_months(c, "window_months");
        for (unsigned severity = 2; severity <= SEVERITIES; severity++)
            r->months[severity] = r->months[1];
    }
}

static void read_repeats(struct cursor *c, struct rule_violation_points *r)
{
    r->repeat_count = 1;
    r->repeat_percent[0] = HUNDRED;
    if (cursor_has(c, "repeat_percent"))
        r->repeat_count = (uint8_t)read_numbers(c, "repeat_percent", 1, REPEATS_MAX, 0, PERCENT_MAX,
                                                true, "0..1000 percent, never less than before",
                                                r->repeat_percent);
}

static uint32_t read_cap(struct cursor *c, const char *key)
{
    if (cursor_has(c, key))
        return (uint32_t)cursor_int(c, key, 1, POLICY_POINTS_MAX, "1..1000 points") * HUNDRED;
    return UINT32_MAX;
}

static uint8_t read_violation_classes(struct cursor *c)
{
    if (cursor_has(c, "classes"))
        return (uint8_t)cursor_choices(c, "classes", record_choices(RECORD_VIOLATION, "class"),
                                       VIOLATION_COMMAND);
    return UINT8_MAX;
}

uint32_t rule_read_violation_points(struct cursor *c, struct rule *rule)
{
    struct rule_violation_points *r = &rule->violation_points;

    (void)read_numbers(c, "points", SEVERITIES, SEVERITIES, 0, POLICY_POINTS_MAX, true,
                       "0..1000, never fewer for a graver violation", r->points + 1);
    read_lapse(c, r);
    r->classes = read_violation_classes(c);
    read_repeats(c, r);
    r->each_max = read_cap(c, "cap_each");
    r->day_max = read_cap(c, "cap_day");
    r->yellow = (uint32_t)cursor_int(c, "yellow", 1, POLICY_POINTS_MAX, "1..1000 points") * HUNDRED;
    r->red = (uint32_t)cursor_int(c, "red", 1, POLICY_POINTS_MAX, "1..1000 points") * HUNDRED;
    if (r->yellow >= r->red)
        policy_refuse(c->reader, cursor_path(c, "yellow"), "less than red");
    return reason_bit(REASON_VIOL_POINTS);
}

uint32_t rule_read_off_job(struct cursor *c, struct rule *rule)
{
    rule->off_job.due = cursor_bad(c, "colour", REASON_VIOL_OFFJOB);
    return reason_bit(REASON_VIOL_OFFJOB);
}
