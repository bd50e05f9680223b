/* Everybody in the catalogue is judged by the policy: what is said to whom, which rules make a
 * difference, which contradict one another. */
#include <string.h>

#include "domain/policy_check_parts.h"

/* What all rules say of one person. */
struct judged {
    const struct person_plan *plan;
    const struct facts *facts;
    const struct context *context;
    struct piece piece[POLICY_RULES_MAX][RULE_LANES_MAX];
    unsigned reasons;
};

static void ask_all(const struct check *c, struct judged *j)
{
    struct scoring_input in;

    scoring_input_init(&in, j->facts, j->context);
    for (unsigned i = 0; i < c->policy->rule_count; i++) {
        const struct rule *rule = &c->policy->rules[i];

        for (unsigned lane = 0; lane < rule_lanes(rule->kind); lane++) {
            rule_evaluate(rule, lane, &in, c->on, &j->piece[i][lane]);
            j->reasons += j->piece[i][lane].is.code != NO_REASON;
        }
    }
}

static void note_said(struct check *c, unsigned rule, const struct judged *j,
                      const struct piece *p)
{
    struct rule_check *r = &c->rules[rule];

    c->given |= 1u << p->is.code;
    if (p->scope == SCOPE_PERSON)
        c->given_to_person |= 1u << p->is.code;
    for (unsigned i = 0; i < r->said_count; i++) {
        struct said *said = &r->said[i];

        if (said->is.code != p->is.code || said->is.colour != p->is.colour ||
            (said->is_found && said->reasons <= j->reasons))
            continue;
        said->is_found = true;
        said->plan = *j->plan;
        said->reasons = j->reasons;
    }
}

static struct colours colours_without(const struct check *c, unsigned rule,
                                      const struct judged *j)
{
    struct policy without = *c->policy;
    struct rule rules[POLICY_RULES_MAX];

    memcpy(rules, c->policy->rules, rule * sizeof *rules);
    memcpy(rules + rule, c->policy->rules + rule + 1,
           (c->policy->rule_count - rule - 1u) * sizeof *rules);
    without.rules = rules;
    without.rule_count--;
    return safety_colours(j->facts, j->context, &without, c->on);
}

static void note_effect(struct check *c, unsigned rule, const struct judged *j,
                        struct colours with)
{
    struct colours without;

    if (c->rules[rule].has_effect)
        return;
    without = colours_without(c, rule, j);
    c->rules[rule].has_effect = without.person_colour != with.person_colour ||
                                without.colour_here != with.colour_here;
}

/* Yellow that counts towards a site's share: some reason for it is not among those left out. */
static void note_colours(struct check *c, const struct judged *j, struct colours is)
{
    c->some_red = c->some_red || is.colour_here == COLOUR_RED;
    if (is.colour_here != COLOUR_YELLOW)
        return;
    for (unsigned i = 0; i < c->policy->rule_count; i++) {
        for (unsigned lane = 0; lane < rule_lanes(c->policy->rules[i].kind); lane++) {
            struct outcome says = j->piece[i][lane].is;

            if (says.code != NO_REASON && says.colour == COLOUR_YELLOW &&
                (c->policy->site_alert.not_counted >> says.code & 1) == 0)
                c->some_yellow_counted = true;
        }
    }
}

static bool needs_are_the_same(const struct rule_certificate *a, const struct rule_certificate *b)
{
    return a->need_count == b->need_count &&
           memcmp(a->needs, b->needs, a->need_count * sizeof *a->needs) == 0;
}

/* Both ask the same question, so that two answers contradict one another. Rules with limits
 * (points, hours, months) may stand in steps, a milder one before a stricter one. */
static bool ask_the_same(const struct rule *a, const struct rule *b)
{
    if (a->kind != b->kind)
        return false;
    switch ((enum rule_kind)a->kind) {
    case RULE_AGE:
    case RULE_OFF_JOB:
    case RULE_BAN:
    case RULE_AGREEMENT:
    case RULE_SITE_STATE:
    case RULE_PERMIT:      return true;
    case RULE_CERTIFICATE: return needs_are_the_same(&a->certificate, &b->certificate);
    default:               return false;
    }
}

static bool lanes_differ(const struct check *c, const struct judged *j, unsigned a, unsigned b)
{
    for (unsigned lane = 0; lane < rule_lanes(c->policy->rules[a].kind); lane++) {
        const struct piece *p = &j->piece[a][lane], *q = &j->piece[b][lane];

        if (p->is.code != NO_REASON && q->is.code != NO_REASON && p->scope == q->scope &&
            p->is.colour != q->is.colour)
            return true;
    }
    return false;
}

static void note_opposed(struct check *c, unsigned rule, const struct judged *j)
{
    for (unsigned other = 0; other < rule; other++) {
        if ((c->rules[rule].opposed >> other & 1) != 0 ||
            !ask_the_same(&c->policy->rules[rule], &c->policy->rules[other]) ||
            !lanes_differ(c, j, rule, other))
            continue;
        c->rules[rule].opposed |= (uint64_t)1 << other;
        check_find_word(c, FINDING_OPPOSED, check_rule_at(c, rule, ""),
                        check_rule_at(c, other, ""), j->plan);
    }
}

void check_judge(const struct person_plan *plan, void *arg)
{
    struct check *c = arg;
    struct made_person person;
    struct facts facts;
    struct judged j = {.plan = plan, .facts = &facts, .context = &person.context};
    struct colours is;

    if (err_is(c->failed) || !check_make(c, plan, &person, &facts))
        return;
    ask_all(c, &j);
    is = safety_colours(&facts, &person.context, c->policy, c->on);
    note_colours(c, &j, is);
    for (unsigned i = 0; i < c->policy->rule_count; i++) {
        bool speaks = false;

        for (unsigned lane = 0; lane < rule_lanes(c->policy->rules[i].kind); lane++) {
            if (j.piece[i][lane].is.code == NO_REASON)
                continue;
            speaks = true;
            note_said(c, i, &j, &j.piece[i][lane]);
        }
        if (speaks)
            note_effect(c, i, &j, is);
    }
    for (unsigned i = 1; i < c->policy->rule_count; i++)
        note_opposed(c, i, &j); /* last: it makes other people in the scratch arena */
}
