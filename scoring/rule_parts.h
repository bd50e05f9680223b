/* scoring/rule_parts.h: what the rules' files share. Private to rules*.c.
 *
 * rules.c holds the table of kinds; the functions stand with their family: rules_fitness.c age and
 * health, rules_training.c, rules_conduct.c violations, rules_papers.c certificates, bans,
 * agreements, permits, decisions. */
#ifndef SCORING_RULE_PARTS_H
#define SCORING_RULE_PARTS_H

#include <stddef.h>

#include "scoring/rules.h"

enum { EXAM_LANES = 3, CERTIFICATE_LANES = 2, BAN_LANES = 4 };
_Static_assert((int)BAN_LANES <= (int)RULE_LANES_MAX && (int)EXAM_LANES <= (int)RULE_LANES_MAX,
               "a day's lanes have room (scoring.c)");

typedef void evaluate_fn(const struct rule *rule, unsigned lane, const struct scoring_input *in,
                         struct piece *p);

evaluate_fn evaluate_age, evaluate_exam;
evaluate_fn evaluate_entry_training, evaluate_periodic_training, evaluate_transfer_training,
    evaluate_study_points, evaluate_site_training, evaluate_idle;
evaluate_fn evaluate_violation_points, evaluate_off_job;
evaluate_fn evaluate_certificate, evaluate_ban, evaluate_agreement, evaluate_site_state,
    evaluate_permit, evaluate_override;

/* The last exam held by that day; of two on one day, the later recorded. NULL: none. */
const struct fact *governing_exam(const struct scoring_input *in, struct piece *p);

static inline void speak(struct piece *p, struct outcome is, enum scope scope)
{
    p->is = is;
    p->scope = (uint8_t)scope;
}

/* For want of a fact, not because of one. */
static inline void miss(struct piece *p, struct outcome is, enum scope scope)
{
    speak(p, is, scope);
    p->missing = true;
}

/* [on, on + months): the days of a rolling window in which an event counts; false after it. */
static inline bool within_months(struct piece *p, day_t on, unsigned months)
{
    return piece_reached(p, on) && !piece_reached(p, day_add_months(on, (int)months));
}

/* Facts of a kind lie in the order of their days. The first of [begin, end) whose day, `months` later,
 * is not reached; `end`: all are. Halving asks only about a few of them, and always about the two at
 * which the answer turns, so the piece is as if every one had been asked. */
static inline const struct fact *first_unreached(struct piece *p, const struct fact *begin,
                                                 const struct fact *end, unsigned months)
{
    while (begin < end) {
        const struct fact *middle = begin + (end - begin) / 2;

        if (piece_reached(p, months > 0 ? day_add_months(middle->on, (int)months) : middle->on))
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}

static inline bool in_set(uint32_t set, unsigned member)
{
    return member < 32 && (set >> member & 1) != 0;
}

static inline bool is_passed_training(const struct fact *f, uint32_t types)
{
    return in_set(types, f->a) && f->c == 1;
}

/* Whether the rule speaks of whom the context names, and in which scope then. */
static inline bool audience_has(const struct audience *whom, const struct context *context,
                                enum scope *scope)
{
    *scope = whom->trades.count > 0 ? SCOPE_TRADE : whom->roles != 0 ? SCOPE_ROLE : SCOPE_PERSON;
    if (*scope == SCOPE_PERSON)
        return true;
    if (context == NULL)
        return false;
    return *scope == SCOPE_TRADE ? trade_list_has(&whom->trades, context->trade)
                                 : in_set(whom->roles, context->role);
}

#define FACTS_BEGIN(in, fact_kind) ((in)->facts->fact + (in)->start[fact_kind])
#define FACTS_END(in, fact_kind)   ((in)->facts->fact + (in)->start[(fact_kind) + 1])
#define FOR_FACTS(f, in, fact_kind)                                                                \
    for (const struct fact *f = FACTS_BEGIN(in, fact_kind),                                        \
                           *f##_end = FACTS_END(in, fact_kind);                                    \
         f < f##_end; f++)

#endif
