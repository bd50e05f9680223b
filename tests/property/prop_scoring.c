/* What holds for every worker under every policy, over generated ones. The seed is printed; SEED=n
 * replays a run, and WORKERS=n makes it longer. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "domain/fold.h"
#include "property/any.h"
#include "property/documents.h"
#include "property/lives.h"
#include "scoring/calendar.h"
#include "support/cases.h"

enum { WORKERS = 300, NEWS_MAX = 6, LAST = LIFE_FIRST + LIFE_DAYS };

static struct facts folded(const struct record *records, size_t count, struct arena *arena)
{
    struct facts facts;
    struct err e = facts_fold(records, count, arena, &facts);

    cr_assert(!err_is(e), "the fold refused a generated worker");
    return facts;
}

/* Everything that there ever was: what a verdict on the first day may need reaches back furthest. */
static struct facts unabridged(const struct record *records, size_t count, struct arena *arena)
{
    struct facts facts;

    cr_assert(!err_is(facts_fold_on(records, count, LIFE_FIRST, arena, &facts)));
    return facts;
}

/* Each body gets a fresh worker, under a policy that ships or, mostly, one made up. */
typedef void property_fn(struct record *records, size_t count, const struct policy *policy,
                         struct arena *arena);

static void for_workers(property_fn *holds)
{
    const struct policy *shipped[] = {&shipped_policy("jiangsu-2023-05.json")->policy,
                                      &shipped_policy("default.json")->policy};
    unsigned workers = any_setting("WORKERS", WORKERS);
    struct arena arena;

    any_seed_from_environment();
    arena_init(&arena, 64 << 20);
    for (unsigned i = 0; i < workers; i++) {
        struct record records[LIFE_RECORDS_MAX + NEWS_MAX];
        size_t count = some_life(records);
        unsigned which = any_below(6);

        holds(records, count, which < 2 ? shipped[which] : &some_document(&arena)->policy, &arena);
        arena_clear(&arena);
    }
}

static uint8_t badness(uint8_t colour)
{
    return colour == COLOUR_NONE ? 0 : (uint8_t)(colour + 1);
}

static void no_better(const struct facts *before, const struct facts *after,
                      const struct policy *policy, const char *news)
{
    struct context here = some_place();

    for (day_t day = LIFE_FIRST; day < LAST + 2500; day = (day_t)(day + 1 + any_below(25))) {
        struct colours was = safety_colours(before, &here, policy, day);
        struct colours is = safety_colours(after, &here, policy, day);

        cr_assert_geq(badness(is.person_colour), badness(was.person_colour), "%s: person on day %u",
                      news, day);
        cr_assert_geq(badness(is.colour_here), badness(was.colour_here), "%s: here on day %u", news,
                      day);
    }
}

/* -- more bad news never improves a colour ------------------------------------------------------ */

/* A rule of idleness is left out where the news shows somebody at work, which speaks for him. */
static struct policy without(const struct policy *policy, enum rule_kind kind, struct rule *rules)
{
    struct policy left = *policy;

    left.rules = rules;
    left.rule_count = 0;
    for (unsigned i = 0; i < policy->rule_count; i++) {
        if (policy->rules[i].kind != kind)
            rules[left.rule_count++] = policy->rules[i];
    }
    return left;
}

static void as_it_is(struct record *r)
{
    (void)r;
}

static void is_suspension(struct record *r)
{
    if (r->certificate_status.status == CERTIFICATE_VALID)
        r->certificate_status.status = CERTIFICATE_SUSPENDED;
}

static void is_red(struct record *r)
{
    r->override.colour = COLOUR_RED;
}

static void is_failed(struct record *r)
{
    r->training.passed = false;
}

/* For everything and without an end: the conclusion that nothing could be worse than. */
static void is_unfit(struct record *r)
{
    r->exam.conclusion = EXAM_UNFIT;
    r->exam.contraindicated_for = UINT8_MAX;
    r->exam.valid_until = DAY_LAST;
}

/* What counts as bad news. A new exam that is merely not good is not among them: it takes the place
 * of a worse one. Nor is a decision's colour, or an engagement. */
static const struct news {
    const char *name;
    uint8_t kind;
    bool at_work; /* it is data about him, which idleness asks for */
    void (*make)(struct record *r);
} bad_news[] = {
    {"a violation", RECORD_VIOLATION, true, as_it_is},
    {"a ban", RECORD_BAN, false, as_it_is},
    {"a suspended or revoked certificate", RECORD_CERTIFICATE_STATUS, false, is_suspension},
    {"a red decision", RECORD_OVERRIDE, false, is_red},
    {"failed training", RECORD_TRAINING, true, is_failed},
    {"an exam: unfit for everything", RECORD_EXAM, true, is_unfit},
};

/* Reasons that no decision lifts may be named of an exam's lesser conclusions and not of unfit. */
static void lift_alike(struct policy *policy, struct rule *rules)
{
    for (unsigned i = 0; i < policy->rule_count; i++) {
        if (rules[i].kind == RULE_OVERRIDE)
            rules[i].override.never_lifts = 0;
    }
}

static void bad_news_never_helps(struct record *records, size_t count, const struct policy *policy,
                                 struct arena *arena)
{
    const struct news *news = &bad_news[any_below(sizeof bad_news / sizeof bad_news[0])];
    struct rule rules[POLICY_RULES_MAX];
    struct policy judged = without(policy, news->at_work ? RULE_IDLE : RULE_KINDS, rules);
    struct facts before = unabridged(records, count, arena), after;

    if (news->kind == RECORD_EXAM)
        lift_alike(&judged, rules);
    for (unsigned more = 1 + any_below(NEWS_MAX); more > 0; more--, count++) {
        records[count] = some_record(records, count, &news->kind, 1);
        news->make(&records[count]);
    }
    after = unabridged(records, count, arena);
    no_better(&before, &after, &judged, news->name);
}

Test(prop_scoring, bad_news_never_improves_a_colour)
{
    for_workers(bad_news_never_helps);
}

/* -- good news taken back never improves a colour, either --------------------------------------- */

/* Points of study and papers. Of training, exams and certificates not: without any of them it is
 * another rule's turn ("none" instead of "expired"), and an exam may have covered a worse one. */
static void taking_back_never_helps(struct record *records, size_t count,
                                    const struct policy *policy, struct arena *arena)
{
    struct rule rules[POLICY_RULES_MAX];
    struct policy judged = without(policy, RULE_IDLE, rules);
    struct facts before = unabridged(records, count, arena), after;
    size_t start = any_below(LIFE_RECORDS_MAX);

    for (size_t i = 0; i < count; i++) {
        const struct record *taken = &records[(start + i) % count];

        if (taken->kind != RECORD_STUDY && taken->kind != RECORD_AGREEMENT)
            continue;
        records[count] = (struct record){.kind = RECORD_SUPERSEDE, .version = (uint32_t)count + 1,
                                         .occurred_on = LIFE_FIRST};
        records[count].supersede.of = taken->version;
        after = unabridged(records, count + 1, arena);
        no_better(&before, &after, &judged, "taken back");
        return;
    }
}

Test(prop_scoring, points_and_papers_taken_back_never_improve_a_colour)
{
    for_workers(taking_back_never_helps);
}

/* -- what has nothing to do with the colour ------------------------------------------------------- */

static void stars_change_nothing(struct record *records, size_t count, const struct policy *policy,
                                 struct arena *arena)
{
    static const uint8_t kinds[] = {RECORD_STAR, RECORD_RECTIFICATION};
    bool violated = false;
    struct facts before, after;

    for (size_t i = 0; i < count; i++)
        violated = violated || records[i].kind == RECORD_VIOLATION;
    before = unabridged(records, count, arena);
    records[count] = some_record(records, count, kinds, violated ? 2 : 1);
    after = unabridged(records, count + 1, arena);
    no_better(&before, &after, policy, "a star or a rectification");
    no_better(&after, &before, policy, "without a star or a rectification");
}

Test(prop_scoring, stars_and_rectifications_change_no_colour)
{
    for_workers(stars_change_nothing);
}

/* -- order ------------------------------------------------------------------------------------- */

static void order_is_irrelevant(struct record *records, size_t count, const struct policy *policy,
                                struct arena *arena)
{
    struct facts before = folded(records, count, arena), after;

    (void)policy;
    for (size_t i = count; i > 1; i--) {
        size_t j = any_below((unsigned)i);
        struct record swap = records[i - 1];

        records[i - 1] = records[j];
        records[j] = swap;
    }
    after = folded(records, count, arena);
    cr_assert_eq(before.count, after.count);
    cr_assert_eq(memcmp(before.fact, after.fact, before.count * sizeof *before.fact), 0);
    cr_assert_eq(before.birth, after.birth);
    cr_assert_eq(before.enrolled, after.enrolled);
    cr_assert_eq(before.version, after.version);
}

Test(prop_scoring, the_order_in_which_records_are_handed_over_does_not_matter)
{
    for_workers(order_is_irrelevant);
}

/* -- next change, since and until, against day by day ------------------------------------------- */

static void next_change_is_exact(struct record *records, size_t count, const struct policy *policy,
                                 struct arena *arena)
{
    struct facts facts = folded(records, count, arena);
    struct context here = some_place();
    day_t day = some_day(records, count), end = (day_t)(day + 1500);
    struct verdict v;
    struct colours now;

    safety_code(&facts, &here, policy, day, &v);
    now = safety_colours(&facts, &here, policy, day);
    cr_assert_eq(v.person_colour, now.person_colour);
    cr_assert_eq(v.colour_here, now.colour_here);
    for (; day < end; day++) {
        struct colours then = safety_colours(&facts, &here, policy, day);
        bool differs = then.person_colour != now.person_colour ||
                       then.colour_here != now.colour_here;

        cr_assert(!(differs && day < v.next_change), "next change is late: %u, said %u", day,
                  v.next_change);
        cr_assert(!(!differs && day == v.next_change), "next change is early: %u", day);
        if (day == v.next_change)
            return;
    }
}

Test(prop_scoring, the_next_change_is_never_late_and_never_early)
{
    for_workers(next_change_is_exact);
}

static void reasons_alone_are_the_verdicts(struct record *records, size_t count,
                                           const struct policy *policy, struct arena *arena)
{
    struct facts facts = folded(records, count, arena);
    struct context here = some_place();
    day_t on = some_day(records, count);
    struct reasons_of_day told = {0}, alone;
    struct verdict v;

    safety_code(&facts, &here, policy, on, &v);
    for (unsigned i = 0; i < v.reason_count; i++) {
        uint32_t bit = UINT32_C(1) << v.reasons[i].code;

        told.all |= bit;
        told.yellow |= v.reasons[i].colour == COLOUR_YELLOW ? bit : 0;
        told.red |= v.reasons[i].colour == COLOUR_RED ? bit : 0;
    }
    alone = safety_reasons(&facts, &here, policy, on);
    cr_assert(told.all == alone.all && told.yellow == alone.yellow && told.red == alone.red);
}

Test(prop_scoring, the_reasons_of_a_day_are_those_of_its_verdict)
{
    for_workers(reasons_alone_are_the_verdicts);
}

/* -- a day without its ends -------------------------------------------------------------------- */

static bool is_told_alike(const struct verdict *a, const struct verdict *b)
{
    if (a->person_colour != b->person_colour || a->colour_here != b->colour_here ||
        a->has_context != b->has_context || a->reason_count != b->reason_count ||
        a->policy != b->policy || a->semantics != b->semantics)
        return false;
    for (unsigned i = 0; i < a->reason_count; i++) {
        const struct reason *r = &a->reasons[i], *q = &b->reasons[i];

        if (r->code != q->code || r->colour != q->colour || r->scope != q->scope ||
            r->rule != q->rule)
            return false;
    }
    return true;
}

static void day_is_told_as_in_full(struct record *records, size_t count,
                                   const struct policy *policy, struct arena *arena)
{
    struct facts facts = folded(records, count, arena);
    struct context here = some_place();
    day_t on = some_day(records, count), until, last;
    struct verdict full, day;

    safety_code(&facts, &here, policy, on, &full);
    until = safety_day(&facts, &here, policy, on, &day);
    cr_assert(is_told_alike(&full, &day), "day %u", on);
    cr_assert(day.on == on && day.next_change == DAY_UNKNOWN && until > on);
    for (unsigned i = 0; i < day.reason_count; i++)
        cr_assert(day.reasons[i].since == DAY_UNKNOWN && day.reasons[i].until == DAY_UNKNOWN);
    last = (day_t)(until - on < 1000 ? until - 1 : on + 1000);
    for (unsigned k = 0; k < 10; k++) {
        struct verdict later;

        (void)safety_day(&facts, &here, policy,
                         k == 0 ? last : (day_t)(on + any_below(last - on + 1u)), &later);
        cr_assert(is_told_alike(&day, &later), "from day %u until %u, but not on %u", on, until,
                  later.on);
    }
}

Test(prop_scoring, a_day_is_told_alike_with_and_without_its_ends_and_until_it_says)
{
    for_workers(day_is_told_as_in_full);
}

static const struct reason *reason_like(const struct verdict *v, const struct reason *wanted)
{
    for (unsigned i = 0; i < v->reason_count; i++) {
        const struct reason *r = &v->reasons[i];

        if (r->code == wanted->code && r->colour == wanted->colour && r->scope == wanted->scope &&
            r->rule == wanted->rule)
            return r;
    }
    return NULL;
}

/* Whether the reason is there on a day is what its ends say. Want of a fact has no beginning before
 * the enrolment, nor before the day asked about when that is earlier still. */
static void reason_holds_on(const struct reason *r, const struct facts *facts,
                            const struct context *here, const struct policy *policy, day_t on,
                            day_t day)
{
    bool clamped = r->since == facts->enrolled || r->since == on;
    struct verdict then;
    bool is_there;

    if (day < LIFE_FIRST || day > LAST + 4000 || (day < r->since && clamped))
        return;
    safety_code(facts, here, policy, day, &then);
    is_there = reason_like(&then, r) != NULL;
    if (day >= r->since && day < r->until)
        cr_assert(is_there, "%s is not there on day %u", reason_name(r->code), day);
    else if (day == r->until || day + 1 == r->since)
        cr_assert(!is_there, "%s is still there on day %u", reason_name(r->code), day);
}

/* At its ends, beside them, and on some days between and around. */
static void reasons_hold_as_long_as_they_say(struct record *records, size_t count,
                                             const struct policy *policy, struct arena *arena)
{
    struct facts facts = folded(records, count, arena);
    struct context here = some_place();
    day_t on = some_day(records, count);
    struct verdict v;

    safety_code(&facts, &here, policy, on, &v);
    for (unsigned i = 0; i < v.reason_count; i++) {
        const struct reason *r = &v.reasons[i];

        for (int beside = -2; beside <= 2; beside++) {
            reason_holds_on(r, &facts, &here, policy, on, (day_t)(r->since + beside));
            reason_holds_on(r, &facts, &here, policy, on, (day_t)(r->until + beside));
        }
        for (unsigned k = 0; k < 20; k++)
            reason_holds_on(r, &facts, &here, policy, on, (day_t)(on - 400 + (int)any_below(800)));
    }
}

Test(prop_scoring, a_reason_is_there_from_since_to_until_and_not_beyond)
{
    for_workers(reasons_hold_as_long_as_they_say);
}

/* -- whoever has as many facts as one may have --------------------------------------------------- */

enum { CROWD = 1000, CROWD_DAYS = 1700 };

static int by_kind_and_day(const void *a, const void *b)
{
    const struct fact *f = a, *g = b;

    return f->kind != g->kind ? f->kind - g->kind : f->on - g->on;
}

/* Of the kinds that rules count within windows; often several a day. */
static struct facts some_crowd(struct fact *fact)
{
    static const uint8_t kinds[] = {FACT_TRAINING, FACT_STUDY, FACT_VIOLATION, FACT_VIOLATION};

    for (unsigned i = 0; i < CROWD; i++) {
        uint8_t kind = kinds[any_below(sizeof kinds)];

        fact[i] = (struct fact){
            .on = (day_t)(LIFE_FIRST + any_below(CROWD_DAYS)),
            .until = kind == FACT_VIOLATION ? DAY_NEVER : DAY_UNKNOWN,
            .kind = kind,
            .a = (uint8_t)(kind == FACT_TRAINING ? TRAINING_ANNUAL + any_below(3)
                                                 : VIOLATION_COMMAND + any_below(3)),
            .b = (uint8_t)(kind == FACT_TRAINING ? any_below(4) : 1 + any_below(4) * any_below(2)),
            .c = kind == FACT_TRAINING,
            .ref = kind == FACT_VIOLATION ? 700 + any_below(40) : any_below(3),
        };
    }
    qsort(fact, CROWD, sizeof *fact, by_kind_and_day);
    return (struct facts){.fact = fact, .count = CROWD, .birth = 30000, .enrolled = LIFE_FIRST,
                          .sex = SEX_MALE};
}

/* The last exam, agreement and entry training are wanting, so the persons' colours are asked rule
 * by rule: each by itself, on every day for some years. */
static void rule_is_day_by_day(const struct policy *policy, unsigned rule, const struct facts *facts)
{
    struct policy alone = *policy;
    day_t on = (day_t)(LIFE_FIRST + any_below(CROWD_DAYS)), next = DAY_NEVER;
    struct verdict v, then;

    alone.rules = &policy->rules[rule];
    alone.rule_count = 1;
    safety_code(facts, NULL, &alone, on, &v);
    for (day_t day = (day_t)(on + 1); day < on + 2500 && next == DAY_NEVER; day++) {
        (void)safety_day(facts, NULL, &alone, day, &then);
        if (then.person_colour != v.person_colour)
            next = day;
    }
    cr_assert(v.next_change == next || (next == DAY_NEVER && v.next_change >= on + 2500),
              "rule %u, day %u: next change %u, said %u", rule, on, next, v.next_change);
    for (unsigned i = 0; i < v.reason_count; i++) {
        reason_holds_on(&v.reasons[i], facts, NULL, &alone, on, v.reasons[i].until);
        reason_holds_on(&v.reasons[i], facts, NULL, &alone, on, (day_t)(v.reasons[i].until - 1));
        reason_holds_on(&v.reasons[i], facts, NULL, &alone, on, v.reasons[i].since);
        reason_holds_on(&v.reasons[i], facts, NULL, &alone, on, (day_t)(v.reasons[i].since - 1));
    }
}

Test(prop_scoring, a_thousand_facts_are_judged_as_each_day_by_itself)
{
    const struct policy *shipped[] = {&shipped_policy("jiangsu-2023-05.json")->policy,
                                      &shipped_policy("default.json")->policy,
                                      &shipped_policy("shenzhen-2020.json")->policy};
    struct fact fact[CROWD];

    any_seed_from_environment();
    for (unsigned i = 0; i < 6; i++) {
        const struct policy *policy = shipped[i % 3];
        struct facts facts = some_crowd(fact);

        for (unsigned rule = 0; rule < policy->rule_count; rule++)
            rule_is_day_by_day(policy, rule, &facts);
    }
}

enum { STUDY = 50 }; /* about what a year of such a crowd has */

/* The sums themselves, added up here from the first fact to the last. */
Test(prop_scoring, points_of_a_thousand_study_facts_are_those_within_the_window)
{
    const struct policy *policy =
        &policy_of_rule("\"kind\":\"study_points\",\"points\":50,\"window_months\":12,"
                        "\"missing\":\"yellow\"", "TRAIN_POINTS")->policy;
    struct fact fact[CROWD];
    unsigned seen[2] = {0};

    any_seed_from_environment();
    for (unsigned i = 0; i < 200; i++) {
        struct facts facts = some_crowd(fact);
        day_t on = (day_t)(LIFE_FIRST + any_below(CROWD_DAYS + 500));
        uint32_t points = 0;

        for (unsigned k = 0; k < CROWD; k++) {
            if (fact[k].kind == FACT_STUDY && fact[k].on <= on && on < day_add_months(fact[k].on, 12))
                points += fact[k].ref;
        }
        cr_assert_eq(safety_colours(&facts, NULL, policy, on).person_colour,
                     points < STUDY ? COLOUR_YELLOW : COLOUR_GREEN, "%u points on %u", points, on);
        seen[points < STUDY]++;
    }
    cr_assert(seen[0] > 0 && seen[1] > 0, "both sides of the threshold");
}

/* -- what a person carries does not depend on where he stands ----------------------------------- */

static void person_is_the_same_everywhere(struct record *records, size_t count,
                                          const struct policy *policy, struct arena *arena)
{
    struct facts facts = folded(records, count, arena);
    struct context here = some_place();
    day_t day = some_day(records, count);

    here.trade = 40; /* a trade whose exams have no validity of their own */
    cr_assert_eq(safety_colours(&facts, &here, policy, day).person_colour,
                 safety_colours(&facts, NULL, policy, day).person_colour);
}

Test(prop_scoring, the_persons_colour_is_the_same_on_every_site)
{
    for_workers(person_is_the_same_everywhere);
}

/* -- the horizon never changes a verdict of today ----------------------------------------------- */

static void horizon_is_invisible(struct record *records, size_t count, const struct policy *policy,
                                 struct arena *arena)
{
    struct facts all = unabridged(records, count, arena), kept = folded(records, count, arena);
    struct context here = some_place();
    day_t newest = LIFE_FIRST;

    for (size_t i = 0; i < count; i++) {
        if (records[i].occurred_on > newest)
            newest = records[i].occurred_on;
    }
    for (day_t day = newest; day < newest + 2500; day = (day_t)(day + 1 + any_below(30))) {
        struct colours a = safety_colours(&all, &here, policy, day);
        struct colours b = safety_colours(&kept, &here, policy, day);

        cr_assert_eq(a.person_colour, b.person_colour, "day %u", day);
        cr_assert_eq(a.colour_here, b.colour_here, "day %u", day);
    }
}

Test(prop_scoring, what_lies_beyond_the_horizon_never_changes_a_colour_from_now_on)
{
    for_workers(horizon_is_invisible);
}

/* -- the calendar, against day by day ---------------------------------------------------------- */

struct days {
    const struct facts *facts;
    const struct context *here;
    const struct policy *policy;
    day_t next; /* the day on which the next run has to begin */
    uint8_t person, here_colour; /* of the run before; meaningless in the first */
    bool first;
};

static void expect_same_verdict(const struct verdict *a, const struct verdict *b)
{
    cr_assert_eq(a->reason_count, b->reason_count);
    cr_assert_eq(memcmp(a->reasons, b->reasons, a->reason_count * sizeof *a->reasons), 0);
    cr_assert(a->on == b->on && a->next_change == b->next_change && a->policy == b->policy);
}

static bool expect_run(void *arg, const struct calendar_run *run)
{
    struct days *days = arg;
    struct verdict v;

    cr_assert_eq(run->from, days->next, "a gap or an overlap on day %u", run->from);
    cr_assert(run->until > run->from);
    cr_assert(days->first || run->first.person_colour != days->person ||
                  run->first.colour_here != days->here_colour,
              "a run that could have been part of the one before, on day %u", run->from);
    for (day_t day = run->from; day < run->until; day++) {
        safety_code(days->facts, days->here, days->policy, day, &v);
        cr_assert_eq(v.person_colour, run->first.person_colour, "person on day %u", day);
        cr_assert_eq(v.colour_here, run->first.colour_here, "here on day %u", day);
        if (day == run->from)
            expect_same_verdict(&v, &run->first);
    }
    *days = (struct days){days->facts, days->here, days->policy, run->until,
                          run->first.person_colour, run->first.colour_here, false};
    return true;
}

static void calendar_is_day_by_day(struct record *records, size_t count,
                                   const struct policy *policy, struct arena *arena)
{
    struct facts facts = folded(records, count, arena);
    struct context here = some_place();
    day_t from = some_day(records, count), until = (day_t)(from + 200);
    struct days days = {&facts, &here, policy, from, 0, 0, true};

    safety_calendar(&facts, &here, policy, from, until, expect_run, &days);
    cr_assert_eq(days.next, until, "the calendar ends early");
}

Test(prop_scoring, the_calendar_equals_day_by_day_evaluation)
{
    for_workers(calendar_is_day_by_day);
}

/* -- what had been known by an instant --------------------------------------------------------- */

static void known_at_is_a_prefix(struct record *records, size_t count, const struct policy *policy,
                                 struct arena *arena)
{
    struct facts known, prefix;
    size_t kept = any_below((unsigned)count + 1);

    (void)policy;
    for (size_t i = 0; i < count; i++)
        records[i].recorded_at = (time_us)i * US_PER_SECOND;
    cr_assert_eq(records_known_at(records, count, (time_us)kept * US_PER_SECOND - 1), kept);
    cr_assert_eq(records_known_at(records, count, INT64_MAX), count);
    known = folded(records, records_known_at(records, count, (time_us)kept * US_PER_SECOND - 1),
                   arena);
    prefix = folded(records, kept, arena);
    cr_assert_eq(known.count, prefix.count);
    cr_assert_eq(memcmp(known.fact, prefix.fact, known.count * sizeof *known.fact), 0);
    cr_assert(known.birth == prefix.birth && known.version == prefix.version);
}

Test(prop_scoring, what_was_known_at_an_instant_is_the_fold_of_a_prefix)
{
    for_workers(known_at_is_a_prefix);
}
