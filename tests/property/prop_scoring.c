/* What holds for every worker, over generated ones. The seed is printed; SEED=n replays a run, and
 * WORKERS=n makes it longer. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "scoring/calendar.h"
#include "support/cases.h"

enum { WORKERS = 300, RECORDS_MAX = 40, FIRST = 44195, SPAN = 2200 }; /* 2021-01-01, six years */

static uint64_t state;

/* splitmix64 */
static uint64_t next_random(void)
{
    uint64_t z = (state += 0x9E3779B97F4A7C15u);

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static unsigned below(unsigned n)
{
    return (unsigned)(next_random() % n);
}

static unsigned setting(const char *name, unsigned otherwise)
{
    const char *value = getenv(name);
    int64_t number;

    return value != NULL && text_to_int(text_of(value), 1, INT32_MAX, &number) ? (unsigned)number
                                                                               : otherwise;
}

static void seed(void)
{
    unsigned from = setting("SEED", (unsigned)(clock_wall_us() & 0x7fffffff));

    state = from;
    fprintf(stderr, "SEED=%u\n", from);
}

static day_t some_day(void)
{
    return (day_t)(FIRST + below(SPAN));
}

static day_t some_end(day_t from, unsigned none_in)
{
    return below(none_in) == 0 ? DAY_UNKNOWN : (day_t)(from + 1 + below(900));
}

static void some_certificate(struct record *r)
{
    r->certificate.type = (uint8_t)(1 + below(3));
    r->certificate.class = (uint8_t)(1 + below(4));
    r->certificate.issuer = (uint8_t)(1 + (below(4) == 0));
    r->certificate.number.ref = 1 + below(3);
    r->certificate.valid_from = r->occurred_on;
    r->certificate.valid_until = (day_t)(r->occurred_on + 1 + below(900));
}

static void some_status(struct record *r)
{
    r->certificate_status.number.ref = 1 + below(3);
    r->certificate_status.status = (uint8_t)(1 + below(3));
    r->certificate_status.from = r->occurred_on;
    r->certificate_status.until = some_end(r->occurred_on, 3);
}

static void some_ban(struct record *r)
{
    r->ban.scope = (uint8_t)(1 + below(4));
    r->ban.subject = r->ban.scope == BAN_TRADE ? 30 : 1;
    r->ban.from = r->occurred_on;
    r->ban.until = some_end(r->occurred_on, 4);
}

static struct record some_record(uint32_t version)
{
    static const uint8_t kinds[] = {
        RECORD_EXAM,     RECORD_EXAM,      RECORD_TRAINING,    RECORD_TRAINING,
        RECORD_TRAINING, RECORD_TRAINING,  RECORD_STUDY,       RECORD_STUDY,
        RECORD_STUDY,    RECORD_VIOLATION, RECORD_CERTIFICATE, RECORD_CERTIFICATE_STATUS,
        RECORD_BAN,      RECORD_AGREEMENT, RECORD_OVERRIDE,    RECORD_STAR,
    };
    struct record r = {.kind = kinds[below(sizeof kinds)], .version = version,
                       .occurred_on = some_day()};

    switch (r.kind) {
    case RECORD_EXAM:
        r.exam.conclusion = (uint8_t)(below(2) == 0 ? 1 : 1 + below(6));
        r.exam.contraindicated_for = (uint8_t)(below(4) == 0 ? 1 << below(8) : 0);
        r.exam.valid_until = below(2) == 0 ? DAY_UNKNOWN : some_end(r.occurred_on, 9);
        break;
    case RECORD_TRAINING:
        r.training.type = (uint8_t)(1 + below(13));
        r.training.hours = (uint8_t)(5 + below(20));
        r.training.passed = below(5) != 0;
        r.training.site = below(3);
        break;
    case RECORD_VIOLATION:
        r.violation.class = 1;
        r.violation.category = 706;
        r.violation.severity = (uint8_t)(1 + below(4));
        r.violation.off_job_training = below(4) == 0;
        break;
    case RECORD_AGREEMENT:
        r.agreement.type = 1;
        r.agreement.from = r.occurred_on;
        r.agreement.until = some_end(r.occurred_on, 3);
        break;
    case RECORD_OVERRIDE:
        r.override.colour = (uint8_t)below(3);
        r.override.from = r.occurred_on;
        r.override.until = (day_t)(r.occurred_on + 1 + below(200));
        break;
    case RECORD_CERTIFICATE:        some_certificate(&r); break;
    case RECORD_CERTIFICATE_STATUS: some_status(&r); break;
    case RECORD_BAN:                some_ban(&r); break;
    default:                        r.study.points = 1 + below(60); break; /* and stars */
    }
    return r;
}

/* Somebody near an age limit, mostly with what it takes to be green, and a history on top. */
static size_t some_worker(struct record *records)
{
    size_t count = 0, more = below(RECORDS_MAX - 8);

    if (below(20) != 0) {
        records[count] = (struct record){.kind = RECORD_IDENTITY, .version = (uint32_t)count + 1,
                                         .occurred_on = some_day()};
        records[count].identity.birth_date = (day_t)(20000 + below(22000));
        records[count++].identity.sex = (uint8_t)(1 + below(2));
    }
    for (uint8_t type = TRAINING_ENTRY_COMPANY; type <= TRAINING_SITE_ENTRY && below(6) != 0; type++) {
        records[count] = (struct record){.kind = RECORD_TRAINING, .version = (uint32_t)count + 1,
                                         .occurred_on = (day_t)(FIRST + below(200))};
        records[count].training.type = type;
        records[count].training.hours = 20;
        records[count].training.passed = true;
        records[count++].training.site = 1;
    }
    for (; more > 0; more--, count++)
        records[count] = some_record((uint32_t)count + 1);
    return count;
}

static struct context some_place(void)
{
    static const uint16_t trades[] = {30, 40, 130, 390};

    return (struct context){trades[below(4)], (uint8_t)(1 + below(6)), SITE_OPEN, PERMIT_VALID, 1};
}

static struct facts folded(const struct record *records, size_t count, struct arena *arena)
{
    struct facts facts;
    struct err e = facts_fold(records, count, arena, &facts);

    cr_assert(!err_is(e), "the fold refused a generated worker");
    return facts;
}

/* Each body gets a fresh worker, under one policy or the other. */
typedef void property_fn(struct record *records, size_t count, const struct policy *policy,
                         struct arena *arena);

static void for_workers(property_fn *holds)
{
    const struct policy *policies[2] = {&shipped_policy("jiangsu-2023-05.json")->policy,
                                        &shipped_policy("default.json")->policy};
    unsigned workers = setting("WORKERS", WORKERS);
    struct arena arena;

    seed();
    arena_init(&arena, 64 << 20);
    for (unsigned i = 0; i < workers; i++) {
        struct record records[RECORDS_MAX + 8];
        size_t count = some_worker(records);

        holds(records, count, policies[i % 2], &arena);
        arena_clear(&arena);
    }
}

/* -- more bad news never improves a colour ------------------------------------------------------ */

static bool is_better(uint8_t a, uint8_t b)
{
    return a != b && colour_worse(a, b) == b;
}

static void bad_news(struct record *r, uint32_t version)
{
    do
        *r = some_record(version);
    while (r->kind != RECORD_VIOLATION && r->kind != RECORD_BAN);
}

static void bad_news_never_helps(struct record *records, size_t count, const struct policy *policy,
                                 struct arena *arena)
{
    struct facts before, after; /* days before the newest record are asked, too: looking back */
    struct context here = some_place();

    bad_news(&records[count], (uint32_t)count + 1);
    cr_assert(!err_is(facts_fold_on(records, count, FIRST, arena, &before)));
    cr_assert(!err_is(facts_fold_on(records, count + 1, FIRST, arena, &after)));
    for (day_t day = FIRST; day < FIRST + SPAN + 1000; day = (day_t)(day + 1 + below(20))) {
        struct colours was = safety_colours(&before, &here, policy, day);
        struct colours is = safety_colours(&after, &here, policy, day);

        cr_assert(!is_better(is.person_colour, was.person_colour), "person on day %u", day);
        cr_assert(!is_better(is.colour_here, was.colour_here), "here on day %u", day);
    }
}

Test(prop_scoring, a_further_violation_or_ban_never_improves_a_colour)
{
    for_workers(bad_news_never_helps);
}

/* -- order ------------------------------------------------------------------------------------- */

static void order_is_irrelevant(struct record *records, size_t count, const struct policy *policy,
                                struct arena *arena)
{
    struct facts before = folded(records, count, arena), after;

    (void)policy;
    for (size_t i = count; i > 1; i--) {
        size_t j = below((unsigned)i);
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
    day_t day = (day_t)(FIRST + below(SPAN)), end = (day_t)(day + 1500);
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
    day_t on = (day_t)(FIRST + below(SPAN));
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

/* On every day of [since, until) the same reason is there with the same ends, and outside not. */
static void reasons_hold_as_long_as_they_say(struct record *records, size_t count,
                                             const struct policy *policy, struct arena *arena)
{
    struct facts facts = folded(records, count, arena);
    struct context here = some_place();
    day_t on = (day_t)(FIRST + below(SPAN));
    struct verdict v, then;

    safety_code(&facts, &here, policy, on, &v);
    for (unsigned i = 0; i < v.reason_count; i++) {
        const struct reason *r = &v.reasons[i], *same;
        bool clamped = r->since == facts.enrolled || r->since == on;

        for (int step = -400; step <= 400; step++) {
            day_t day = (day_t)(on + step);

            if (day < facts.enrolled)
                continue; /* what is missing has no beginning before */
            safety_code(&facts, &here, policy, day, &then);
            same = reason_like(&then, r);
            if (day >= r->since && day < r->until)
                cr_assert(same != NULL, "%s is not there on day %u", reason_name(r->code), day);
            else if (day == r->until || (day + 1 == r->since && !clamped))
                cr_assert(same == NULL, "%s is still there on day %u", reason_name(r->code), day);
        }
    }
}

Test(prop_scoring, a_reason_is_there_from_since_to_until_and_not_beyond)
{
    for_workers(reasons_hold_as_long_as_they_say);
}

/* -- what a person carries does not depend on where he stands ----------------------------------- */

static void person_is_the_same_everywhere(struct record *records, size_t count,
                                          const struct policy *policy, struct arena *arena)
{
    struct facts facts = folded(records, count, arena);
    struct context here = some_place();
    day_t day = some_day();

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
    struct facts all, kept;
    struct context here = some_place();
    day_t newest = 1;

    for (size_t i = 0; i < count; i++) {
        if (records[i].occurred_on > newest)
            newest = records[i].occurred_on;
    }
    kept = folded(records, count, arena);
    cr_assert(!err_is(facts_fold_on(records, count, FIRST, arena, &all)));
    for (day_t day = newest; day < newest + 900; day = (day_t)(day + 1 + below(30))) {
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
    day_t from = (day_t)(FIRST + below(SPAN)), until = (day_t)(from + 200);
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
    size_t kept = below((unsigned)count + 1);

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
