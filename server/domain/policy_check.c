#include "domain/policy_check.h"

#include <string.h>

#include "domain/policy_check_parts.h"
#include "domain/record.h"

enum { SCRATCH_BYTES = 1 << 20, LINE_BYTES = 256 << 10, WORD_BYTES = 64 };

static const struct finding_row {
    const char *name, *class, *zh, *en;
} rows[FINDING_KINDS] = {
#define FINDING(code, name, class, zh, en) [FINDING_##code] = {#name, #class, zh, en},
#include "domain/policy_finding.def"
#undef FINDING
};

/* -- one person ------------------------------------------------------------------------------- */

static void fail(struct check *c, struct err e)
{
    if (!err_is(c->failed))
        c->failed = e;
}

bool check_make(struct check *c, const struct person_plan *plan, struct made_person *person,
                struct facts *facts)
{
    struct err e;

    arena_clear(&c->scratch);
    e = person_make(c->policy, plan, c->on, &c->scratch, person);
    if (!err_is(e))
        e = facts_fold_on(person->records, person->count, c->on, &c->scratch, facts);
    if (err_is(e))
        fail(c, e);
    return !err_is(c->failed);
}

struct colours check_colours(struct check *c, const struct person_plan *plan)
{
    struct made_person person;
    struct facts facts;

    if (!check_make(c, plan, &person, &facts))
        return (struct colours){COLOUR_RED, COLOUR_RED, DAY_NEVER};
    return safety_colours(&facts, &person.context, c->policy, c->on);
}

/* The line of somebody, in the report's arena. */
static struct text line_of(struct check *c, const struct person_plan *plan, const char *id)
{
    struct made_person person;
    struct facts facts;
    char *at;
    struct build line;

    if (!check_make(c, plan, &person, &facts))
        return (struct text){NULL, 0};
    at = arena_alloc(&c->scratch, LINE_BYTES);
    if (at == NULL) {
        fail(c, err_make(ERR_TOO_LARGE));
        return (struct text){NULL, 0};
    }
    line = build_over(at, LINE_BYTES);
    person_render(&person, id, c->policy->region, &line);
    CHECK(!line.full);
    return arena_text(c->arena, build_done(&line));
}

/* -- findings --------------------------------------------------------------------------------- */

/* The template with the word in place of {}. */
static const char *filled(struct check *c, const char *template, const char *word)
{
    const char *gap = strstr(template, "{}");

    if (gap == NULL)
        return template;
    return arena_format(c->arena, "%.*s%s%s", (int)(gap - template), template, word, gap + 2);
}

void check_find(struct check *c, enum finding_kind kind, const char *at, const char *zh,
                const char *en, const struct person_plan *person)
{
    struct policy_finding *f = &c->findings[c->report->finding_count];
    char day[DAY_TEXT_BYTES], id[WORD_BYTES + 256];
    struct build b = build_over(id, sizeof id);

    if (c->report->finding_count == FINDINGS_MAX || err_is(c->failed))
        return;
    build_format(&b, "%s %s ", at, finding_name(kind));
    build_text(&b, day_format(c->on, day));
    *f = (struct policy_finding){.kind = (uint8_t)kind, .at = at,
                                 .zh = filled(c, rows[kind].zh, zh),
                                 .en = filled(c, rows[kind].en, en),
                                 .person = line_of(c, person, id)};
    c->report->finding_count++;
}

void check_find_word(struct check *c, enum finding_kind kind, const char *at, const char *word,
                     const struct person_plan *person)
{
    check_find(c, kind, at, word, word, person);
}

const char *check_rule_at(struct check *c, unsigned rule, const char *key)
{
    const char *at = arena_format(c->arena, "/rules/%u%s%s", rule, key[0] != '\0' ? "/" : "", key);

    return at != NULL ? at : "";
}

/* -- what nobody meets ------------------------------------------------------------------------ */

/* Somebody with all that the rule looks at as bad as can be, and still. */
static struct person_plan worst_for(const struct check *c, const struct rule *rule)
{
    struct person_plan plan = person_in_order(c->policy, policy_people_trade(c->policy, 30),
                                              ROLE_WORKER, c->on);

    if (rule->kind == RULE_AGE)
        plan.age = 90;
    if (rule->kind == RULE_EXAM) {
        plan.exam = EXAM_CONTRAINDICATED;
        plan.hazards = UINT8_MAX;
    }
    if (rule->kind == RULE_VIOLATION_POINTS)
        plan.violations[0] = (struct violation_plan){40, 4, VIOLATION_OPERATION, false, true, true};
    if (rule->kind == RULE_CERTIFICATE)
        plan.certificate = PAPER_NONE;
    return plan;
}

static void outcome_name(struct outcome is, char name[WORD_BYTES])
{
    struct build b = build_over(name, WORD_BYTES);

    build_format(&b, "%s %s", reason_name(is.code), colour_name(is.colour));
}

/* Somebody to whom the rule speaks; the one with the fewest other reasons. */
static const struct said *clearest(const struct rule_check *r)
{
    const struct said *best = NULL;

    for (unsigned i = 0; i < r->said_count; i++) {
        if (r->said[i].is_found && (best == NULL || r->said[i].reasons < best->reasons))
            best = &r->said[i];
    }
    return best;
}

static void check_reached(struct check *c)
{
    for (unsigned i = 0; i < c->policy->rule_count; i++) {
        const struct rule_check *r = &c->rules[i];
        const struct said *spoken = clearest(r);
        char name[WORD_BYTES];

        for (unsigned n = 0; n < r->said_count; n++) {
            struct person_plan worst = worst_for(c, &c->policy->rules[i]);

            outcome_name(r->said[n].is, name);
            if (!r->said[n].is_found)
                check_find_word(c, FINDING_NEVER_SAID, check_rule_at(c, i, ""), name, &worst);
        }
        if (spoken == NULL || r->has_effect)
            continue;
        outcome_name(spoken->is, name);
        check_find_word(c, FINDING_NO_EFFECT, check_rule_at(c, i, ""), name, &spoken->plan);
    }
}

/* -- the report ------------------------------------------------------------------------------- */

static void make_examples(struct check *c)
{
    struct policy_example *examples = arena_new_array(
        c->arena, (size_t)POLICY_RULES_MAX * OUTCOMES_MAX, struct policy_example);

    if (examples == NULL)
        return;
    for (unsigned i = 0; i < c->policy->rule_count; i++) {
        for (unsigned n = 0; n < c->rules[i].said_count; n++) {
            const struct said *said = &c->rules[i].said[n];
            char name[WORD_BYTES], day[DAY_TEXT_BYTES];
            const char *id;

            if (!said->is_found)
                continue;
            outcome_name(said->is, name);
            id = arena_format(c->arena, "/rules/%u %s %.10s", i, name,
                              day_format(c->on, day).at);
            examples[c->report->example_count++] = (struct policy_example){
                (uint8_t)i, said->is.code, said->is.colour, line_of(c, &said->plan, id)};
        }
    }
    c->report->examples = examples;
}

static void prepare(struct check *c)
{
    c->on = policy_people_day(c->policy);
    c->report->on = c->on;
    for (unsigned i = 0; i < c->policy->rule_count; i++) {
        struct outcome is[OUTCOMES_MAX];

        c->rules[i].said_count = rule_outcomes(&c->policy->rules[i], is);
        for (unsigned n = 0; n < c->rules[i].said_count; n++)
            c->rules[i].said[n].is = is[n];
    }
}

static void run(struct check *c)
{
    prepare(c);
    check_contradictions(c);
    policy_people_each(c->policy, c->on, check_judge, c);
    check_alert(c);
    check_reached(c);
    check_gaps(c);
    check_texts(c);
    check_said(c);
    make_examples(c);
}

struct err policy_check(const struct policy_document *document, struct arena *arena,
                        struct policy_report *out)
{
    struct check *c = arena_new(arena, struct check);

    *out = (struct policy_report){0};
    if (c == NULL)
        return err_make(ERR_TOO_LARGE);
    c->document = document;
    c->policy = &document->policy;
    c->arena = arena;
    c->report = out;
    c->findings = arena_new_array(arena, FINDINGS_MAX + 1, struct policy_finding);
    if (c->findings == NULL)
        return err_make(ERR_TOO_LARGE);
    arena_init(&c->scratch, SCRATCH_BYTES);
    run(c);
    arena_clear(&c->scratch);
    out->findings = c->findings;
    return arena->full ? err_make(ERR_TOO_LARGE) : c->failed;
}

const char *finding_name(enum finding_kind kind)
{
    return kind < FINDING_KINDS ? rows[kind].name : "";
}

const char *finding_class(enum finding_kind kind)
{
    return kind < FINDING_KINDS ? rows[kind].class : "";
}
