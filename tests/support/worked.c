#include "support/worked.h"

#include <criterion/criterion.h>

void worked_check(const struct worked *w)
{
    const struct policy_document *js = shipped_policy("jiangsu-2023-05.json");
    struct context here = {w->trade, ROLE_WORKER, SITE_OPEN, PERMIT_VALID, 0};
    struct verdict v;
    struct facts facts;
    struct arena arena;
    size_t count;

    arena_init(&arena, 4 << 20);
    here.site = (uint32_t)records_of("[" ON_SITE "]", &arena, &count)[0].training.site;
    facts = facts_of(w->records, &arena);
    safety_code(&facts, w->trade != 0 ? &here : NULL, &js->policy, on_day(w->on), &v);
    cr_expect_str_eq(verdict_text(&v, &arena), w->reasons, "%s: %s\n  said:     %s\n  expected: %s",
                     w->source, w->name, verdict_text(&v, &arena), w->reasons);
    cr_expect_str_eq(colour_name(v.person_colour), w->person, "%s: %s: person", w->source,
                     w->name);
    cr_expect_str_eq(colour_name(v.colour_here), w->here, "%s: %s: here", w->source, w->name);
    arena_clear(&arena);
}

void single_check(const struct single *s)
{
    const struct policy_document *d = policy_of_rule(s->rule, s->reasons);
    struct context here = {s->trade, s->role != 0 ? (uint8_t)s->role : ROLE_WORKER, SITE_OPEN,
                           PERMIT_VALID, 0};
    struct verdict v;
    struct facts facts;
    struct arena arena;

    arena_init(&arena, 4 << 20);
    facts = facts_of(s->records, &arena);
    safety_code(&facts, s->trade != 0 ? &here : NULL, &d->policy, on_day(s->on), &v);
    cr_expect_str_eq(verdict_text(&v, &arena), s->said, "%s: %s\n  said:     %s\n  expected: %s",
                     s->source, s->name, verdict_text(&v, &arena), s->said);
    arena_clear(&arena);
}
