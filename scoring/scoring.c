#include "scoring/scoring.h"

#include <stddef.h>

#include "scoring/rules.h"
#include "scoring/semantics.h"

static const char *const reason_names[REASON_COUNT] = {
#define REASON(code, class) [REASON_##code] = #code,
#include "scoring/reason.def"
#undef REASON
};

static const char *const reason_classes[REASON_COUNT] = {
#define REASON(code, class) [REASON_##code] = #class,
#include "scoring/reason.def"
#undef REASON
};

/* How bad a colour is; NONE says nothing about the person, so anything outweighs it. */
static unsigned badness(enum colour colour)
{
    return colour == COLOUR_NONE ? 0 : (unsigned)colour + 1;
}

enum colour colour_worse(enum colour a, enum colour b)
{
    return badness(a) >= badness(b) ? a : b;
}

static void worsen(uint8_t *colour, uint8_t by)
{
    *colour = (uint8_t)colour_worse(*colour, by);
}

/* -- the colours of a day ----------------------------------------------------------------------- */

/* What has been said so far about one day. */
struct tally {
    uint8_t person, elsewhere; /* worst by scope person, by the other scopes */
    uint8_t kept;              /* worst of what an override may not lift */
    uint8_t override;          /* COLOUR_NONE: no decision in force */
    uint32_t never_lifts;
};

uint32_t policy_never_lifts(const struct policy *policy)
{
    uint32_t codes = 0;

    for (unsigned i = 0; i < policy->rule_count; i++) {
        if (policy->rules[i].kind == RULE_OVERRIDE)
            codes |= policy->rules[i].override.never_lifts;
    }
    return codes;
}

static struct tally tally_begin(const struct policy *policy)
{
    return (struct tally){COLOUR_GREEN, COLOUR_GREEN, COLOUR_GREEN, COLOUR_NONE,
                          policy_never_lifts(policy)};
}

static void tally_add(struct tally *t, const struct piece *p)
{
    if (p->is.code == NO_REASON) /* NOLINT: see struct said */
        return;
    if (p->is.code == REASON_OVERRIDE) {
        t->override = p->is.colour;
    } else if (p->scope != SCOPE_PERSON) {
        worsen(&t->elsewhere, p->is.colour);
    } else {
        worsen(&t->person, p->is.colour);
        if ((t->never_lifts >> p->is.code & 1) != 0)
            worsen(&t->kept, p->is.colour);
    }
}

static void tally_end(const struct tally *t, const struct context *context,
                      const struct policy *policy, struct colours *out)
{
    out->person_colour = t->person;
    if (t->override != COLOUR_NONE)
        out->person_colour = (uint8_t)colour_worse(t->override, t->kept);
    out->colour_here = COLOUR_NONE;
    if (context != NULL && !trade_list_has(&policy->exempt, context->trade))
        out->colour_here = (uint8_t)colour_worse(out->person_colour, t->elsewhere);
}

struct colours semantics_1_colours(const struct facts *facts, const struct context *context,
                                   const struct policy *policy, day_t on)
{
    struct colours out = {.until = DAY_NEVER};
    struct tally tally = tally_begin(policy);
    struct scoring_input in;
    struct piece p;

    scoring_input_init(&in, facts, context);
    for (unsigned i = 0; i < policy->rule_count; i++) {
        for (unsigned lane = 0; lane < rule_lanes(policy->rules[i].kind); lane++) {
            rule_evaluate(&policy->rules[i], lane, &in, on, &p);
            tally_add(&tally, &p);
            if (p.until < out.until)
                out.until = p.until;
        }
    }
    tally_end(&tally, context, policy, &out);
    return out;
}

struct reasons_of_day semantics_1_reasons(const struct facts *facts, const struct context *context,
                                          const struct policy *policy, day_t on)
{
    struct reasons_of_day out = {0};
    struct scoring_input in;
    struct piece p;

    scoring_input_init(&in, facts, context);
    for (unsigned i = 0; i < policy->rule_count; i++) {
        for (unsigned lane = 0; lane < rule_lanes(policy->rules[i].kind); lane++) {
            rule_evaluate(&policy->rules[i], lane, &in, on, &p);
            if (p.is.code == NO_REASON)
                continue;
            out.all |= UINT32_C(1) << p.is.code;
            if (p.is.colour == COLOUR_YELLOW)
                out.yellow |= UINT32_C(1) << p.is.code;
            if (p.is.colour == COLOUR_RED)
                out.red |= UINT32_C(1) << p.is.code;
        }
    }
    return out;
}

/* -- all lanes of a day, and from day to day ------------------------------------------------------ */

/* What every lane says, lane by lane of rule by rule. Each piece holds on the day that was looked at
 * last, though it may have been found earlier. (clang-tidy takes the loops over lanes for differently
 * long ones, and a piece that said_look() has set for one that nobody set.) */
struct said {
    const struct scoring_input *in;
    const struct policy *policy;
    struct piece piece[POLICY_RULES_MAX * RULE_LANES_MAX];
};

static void said_begin(struct said *said, const struct scoring_input *in,
                       const struct policy *policy)
{
    said->in = in;
    said->policy = policy;
}

/* Asks those lanes again whose piece has ended by `day`; only the days on which one of them ends are
 * looked at, and then only that lane. */
static void said_look(struct said *said, day_t day, bool anew)
{
    struct piece *piece = said->piece;

    for (unsigned i = 0; i < said->policy->rule_count; i++) {
        const struct rule *rule = &said->policy->rules[i];

        for (unsigned lane = 0; lane < rule_lanes(rule->kind); lane++, piece++) {
            if (anew || piece->until <= day)
                rule_evaluate(rule, lane, said->in, day, piece);
        }
    }
}

static struct colours said_colours(const struct said *said)
{
    struct colours out = {.until = DAY_NEVER};
    struct tally tally = tally_begin(said->policy);
    const struct piece *piece = said->piece;

    for (unsigned i = 0; i < said->policy->rule_count; i++) {
        const struct piece *end = piece + rule_lanes(said->policy->rules[i].kind);

        for (; piece < end; piece++) {
            tally_add(&tally, piece);
            if (piece->until < out.until)
                out.until = piece->until;
        }
    }
    tally_end(&tally, said->in->context, said->policy, &out);
    return out;
}

/* Walks from the end of one common piece to the next; each step moves on by at least a day. */
static day_t next_change(struct said *said, struct colours now)
{
    struct colours then = now;

    while (then.until < DAY_NEVER) {
        day_t day = then.until;

        said_look(said, day, false);
        then = said_colours(said);
        if (then.person_colour != now.person_colour || then.colour_here != now.colour_here)
            return day;
    }
    return DAY_NEVER;
}

/* -- reasons ------------------------------------------------------------------------------------ */

static bool says_the_same(const struct piece *a, const struct piece *b)
{
    return a->is.code == b->is.code && a->is.colour == b->is.colour && a->scope == b->scope;
}

static day_t run_begin(const struct rule *rule, unsigned lane, const struct scoring_input *in,
                       const struct piece *said)
{
    struct piece p = *said;
    day_t from = p.from;

    while (from > 1) {
        rule_evaluate(rule, lane, in, (day_t)(from - 1), &p);
        if (!says_the_same(said, &p))
            break;
        from = p.from;
    }
    return from;
}

static day_t run_end(const struct rule *rule, unsigned lane, const struct scoring_input *in,
                     const struct piece *said)
{
    struct piece p = *said;
    day_t until = p.until;

    while (until < DAY_NEVER) {
        rule_evaluate(rule, lane, in, until, &p);
        if (!says_the_same(said, &p))
            break;
        until = p.until;
    }
    return until;
}

/* A run that reaches back to the calendar's first day has no known beginning (a stopped site). Want
 * of a fact begins when the person was enrolled; asked about an earlier day, on that day. */
static day_t since(const struct piece *p, day_t begin, day_t enrolled)
{
    if (p->missing && begin < enrolled)
        return enrolled < p->day ? enrolled : p->day;
    return begin <= 1 ? DAY_UNKNOWN : begin;
}

static bool goes_before(const struct reason *a, const struct reason *b)
{
    if (a->colour != b->colour)
        return badness(a->colour) > badness(b->colour);
    if (a->code != b->code)
        return a->code < b->code; /* reason.def is in order of names */
    if (a->scope != b->scope)
        return a->scope < b->scope;
    return a->rule < b->rule;
}

/* Keeps the list in order; beyond REASONS_MAX the mildest falls off. */
static void reasons_insert(struct verdict *v, struct reason reason)
{
    unsigned at = v->reason_count;

    if (at == REASONS_MAX) {
        if (!goes_before(&reason, &v->reasons[at - 1]))
            return;
        at--;
    } else {
        v->reason_count++;
    }
    while (at > 0 && goes_before(&reason, &v->reasons[at - 1])) {
        v->reasons[at] = v->reasons[at - 1];
        at--;
    }
    v->reasons[at] = reason;
}

/* Without since and until. */
static struct reason reason_of(const struct piece *p, unsigned rule)
{
    return (struct reason){.code = p->is.code, .colour = p->is.colour, .scope = p->scope,
                           .rule = (uint8_t)rule};
}

static struct colours verdict_begin(struct said *said, day_t on, struct verdict *out)
{
    struct colours now;

    said_look(said, on, true);
    now = said_colours(said);
    out->person_colour = now.person_colour;
    out->colour_here = now.colour_here;
    out->has_context = said->in->context != NULL;
    out->on = on;
    out->next_change = DAY_UNKNOWN;
    out->policy = said->policy->number;
    out->semantics = said->policy->semantics;
    out->reason_count = 0;
    return now;
}

/* Asked for spans: since when and until when, which is most of a verdict's cost. */
static void put_reasons(const struct said *said, bool spans, struct verdict *out)
{
    const struct policy *policy = said->policy;
    const struct piece *p = said->piece;

    for (unsigned i = 0; i < policy->rule_count; i++) {
        const struct rule *rule = &policy->rules[i];

        for (unsigned lane = 0; lane < rule_lanes(rule->kind); lane++, p++) {
            struct reason reason;

            if (p->is.code == NO_REASON) /* NOLINT: see struct said */
                continue;
            reason = reason_of(p, i);
            if (spans) {
                reason.since = since(p, run_begin(rule, lane, said->in, p),
                                     said->in->facts->enrolled);
                reason.until = run_end(rule, lane, said->in, p);
            }
            reasons_insert(out, reason);
        }
    }
}

day_t semantics_1_day(const struct facts *facts, const struct context *context,
                      const struct policy *policy, day_t on, struct verdict *out)
{
    struct scoring_input in;
    struct said said;
    struct colours now;

    scoring_input_init(&in, facts, context);
    said_begin(&said, &in, policy);
    now = verdict_begin(&said, on, out);
    put_reasons(&said, false, out);
    return now.until;
}

void semantics_1_code(const struct facts *facts, const struct context *context,
                      const struct policy *policy, day_t on, struct verdict *out)
{
    struct scoring_input in;
    struct said said;
    struct colours now;

    scoring_input_init(&in, facts, context);
    said_begin(&said, &in, policy);
    now = verdict_begin(&said, on, out);
    put_reasons(&said, true, out);
    out->next_change = next_change(&said, now);
}

/* -- names -------------------------------------------------------------------------------------- */

const char *reason_name(enum reason_code code)
{
    return code < REASON_COUNT ? reason_names[code] : "";
}

const char *reason_class(enum reason_code code)
{
    return code < REASON_COUNT ? reason_classes[code] : "";
}

const char *colour_name(enum colour colour)
{
    static const char *const names[] = {"green", "yellow", "red", "none"};

    return colour <= COLOUR_NONE ? names[colour] : "";
}

const char *scope_name(enum scope scope)
{
    static const char *const names[] = {"person", "trade", "role", "site"};

    return scope <= SCOPE_SITE ? names[scope] : "";
}
