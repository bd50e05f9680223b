/* domain/policy_rules.c: the table of the kinds of rule, and what their readers share. */
#include "domain/policy_rules.h"

#include <string.h>

#include "domain/record.h"

#define REASON(code, class) "|" #code
static const char choices_after_a_bar[] =
#include "scoring/reason.def"
    ;
#undef REASON
const char *const policy_reason_choices = choices_after_a_bar + 1;

uint32_t reason_bit(unsigned code)
{
    return code < REASON_COUNT ? 1u << code : 0;
}

struct outcome outcome_of(enum reason_code code, enum colour colour)
{
    return (struct outcome){colour == COLOUR_GREEN ? NO_REASON : (uint8_t)code, (uint8_t)colour};
}

struct outcome cursor_bad(struct cursor *c, const char *key, enum reason_code code)
{
    return outcome_of(code, cursor_bad_colour(c, key));
}

uint16_t cursor_months(struct cursor *c, const char *key)
{
    return (uint16_t)cursor_int(c, key, 1, FACTS_HORIZON_MONTHS,
                                "1..60 months: facts are kept no longer");
}

bool cursor_has(const struct cursor *c, const char *key)
{
    return json_object_get(c->object, key) != NULL;
}

void cursor_refuse(struct cursor *c, const char *key, const char *expected)
{
    if (cursor_find(c, key) != NULL)
        policy_refuse(c->reader, cursor_path(c, key), expected);
}

struct audience cursor_audience(struct cursor *c)
{
    struct audience whom = {{NULL, 0}, 0};

    if (cursor_has(c, "trades")) {
        whom.trades = cursor_trades(c, "trades");
        if (whom.trades.count == 0)
            policy_refuse(c->reader, cursor_path(c, "trades"), "at least one trade");
        cursor_refuse(c, "roles", "trades or roles, not both");
    } else if (cursor_has(c, "roles")) {
        whom.roles = (uint8_t)cursor_choices(c, "roles", record_choices(RECORD_ENGAGEMENT, "role"),
                                             ROLE_WORKER);
    }
    return whom;
}

/* -- the table ---------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    rule_read_fn *read;
} kinds[RULE_KINDS] = {
    [RULE_AGE] = {"age", rule_read_age},
    [RULE_EXAM] = {"exam", rule_read_exam},
    [RULE_ENTRY_TRAINING] = {"entry_training", rule_read_entry_training},
    [RULE_PERIODIC_TRAINING] = {"periodic_training", rule_read_periodic_training},
    [RULE_TRANSFER_TRAINING] = {"transfer_training", rule_read_transfer_training},
    [RULE_STUDY_POINTS] = {"study_points", rule_read_study_points},
    [RULE_SITE_TRAINING] = {"site_training", rule_read_site_training},
    [RULE_IDLE] = {"idle", rule_read_idle},
    [RULE_VIOLATION_POINTS] = {"violation_points", rule_read_violation_points},
    [RULE_OFF_JOB] = {"off_job_training", rule_read_off_job},
    [RULE_CERTIFICATE] = {"certificate", rule_read_certificate},
    [RULE_BAN] = {"ban", rule_read_ban},
    [RULE_AGREEMENT] = {"agreement", rule_read_agreement},
    [RULE_SITE_STATE] = {"site_state", rule_read_site_state},
    [RULE_PERMIT] = {"permit", rule_read_permit},
    [RULE_OVERRIDE] = {"override", rule_read_override},
};

uint32_t policy_rule_read(struct cursor *c, struct rule *rule)
{
    const char *kind = cursor_string(c, "kind", 32);

    memset(rule, 0, sizeof *rule);
    for (unsigned i = 0; i < RULE_KINDS; i++) {
        if (strcmp(kind, kinds[i].name) == 0) {
            rule->kind = (uint8_t)i;
            return kinds[i].read(c, rule);
        }
    }
    policy_refuse(c->reader, cursor_path(c, "kind"),
                  "age|exam|entry_training|periodic_training|transfer_training|study_points|"
                  "site_training|idle|violation_points|off_job_training|certificate|ban|agreement|"
                  "site_state|permit|override");
    return 0;
}

void policy_rules_check(struct policy_reader *reader, const struct policy *policy)
{
    unsigned count[RULE_KINDS] = {0};

    for (unsigned i = 0; i < policy->rule_count; i++)
        count[policy->rules[i].kind]++;
    if (count[RULE_EXAM] > 1 || count[RULE_OVERRIDE] > 1)
        policy_refuse(reader, "/rules", "at most one exam rule and one override rule");
    if (count[RULE_PERIODIC_TRAINING] > 0 && count[RULE_ENTRY_TRAINING] == 0)
        policy_refuse(reader, "/rules",
                      "entry_training beside periodic_training, which is silent about beginners");
}
