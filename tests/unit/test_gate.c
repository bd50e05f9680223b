/* What a gate is told: the written order of questions, and every dependency down under each rule. */
#include "domain/gate.h"

#include <criterion/criterion.h>
#include <string.h>

#include "domain/mix.h"

enum { SITE = 7, TODAY = 46000, ELECTRICIAN = 10, SCAFFOLDER = 20 };

/* A world in which everything is well; cases change one thing or two. */
struct world {
    struct site site;
    struct device device;
    struct verdict verdict;
    struct fact fact[4];
    struct facts facts;
    struct gate_question q;
};

static void add_fact(struct world *w, struct fact f)
{
    w->fact[w->facts.count++] = f;
}

static void world_init(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->site = (struct site){.id = SITE, .version = 1, .state = SITE_OPEN, .rule = site_rule_default};
    w->site.rule.zone_count = 2;
    w->site.rule.zones[0] = (struct zone){.name = "height", .trades = {SCAFFOLDER}, .trade_count = 1};
    w->site.rule.zones[1] =
        (struct zone){.name = "electric", .certificates = {1}, .certificate_count = 1};
    w->site.rule.yellow_gate = YELLOW_ALLOW;
    w->device = (struct device){.id = 70, .site_id = SITE, .direction = DIRECTION_BOTH, .active = true};
    w->verdict = (struct verdict){.person_colour = COLOUR_GREEN, .colour_here = COLOUR_GREEN,
                                  .has_context = true};
    w->facts.fact = w->fact;
    w->q = (struct gate_question){
        .direction = DIRECTION_IN, .code_says = WHY_OK, .worker_known = true, .site = &w->site,
        .device = &w->device, .verdict = &w->verdict, .facts = &w->facts, .trade = ELECTRICIAN,
        .yellow_gate = YELLOW_ALLOW, .fresh_ms = 400, .presence_known = true, .today = TODAY,
        .worker_id = 1,
    };
}

static struct gate_answer ask(const struct world *w)
{
    struct gate_answer answer;

    gate_decide(&w->q, &answer);
    return answer;
}

/* -- one thing wrong ------------------------------------------------------------------------- */

static void all_well(struct world *w) { (void)w; }
static void garbage(struct world *w) { w->q.code_says = WHY_FORMAT; w->q.worker_known = false; }
static void not_ours(struct world *w) { w->q.code_says = WHY_NOT_OURS; w->q.worker_known = false; }
static void forged(struct world *w) { w->q.code_says = WHY_SIGNATURE; w->q.worker_known = false; }
static void wrong_key(struct world *w) { w->q.code_says = WHY_KEY; }
static void expired(struct world *w) { w->q.code_says = WHY_EXPIRED; }
static void not_yet(struct world *w) { w->q.code_says = WHY_NOT_YET; }
static void code_void(struct world *w) { w->q.code_says = WHY_VOID; }
static void unknown_key(struct world *w) { w->q.code_says = WHY_UNKNOWN_KEY; w->q.worker_known = false; }
static void bad_clock(struct world *w) { w->q.code_says = WHY_CLOCK; }
static void no_site(struct world *w) { w->q.site = NULL; }
static void no_device(struct world *w) { w->q.device = NULL; }
static void never_fresh(struct world *w) { w->q.fresh_ms = -1; }
static void stale(struct world *w) { w->q.fresh_ms = GATE_FRESH_MS_MAX + 1; }
static void just_fresh(struct world *w) { w->q.fresh_ms = GATE_FRESH_MS_MAX; }
static void clock_ahead(struct world *w) { w->q.clock_offset_ms = GATE_CLOCK_MS_MAX + 1; }
static void clock_behind(struct world *w) { w->q.clock_offset_ms = -GATE_CLOCK_MS_MAX - 1; }
static void no_policy(struct world *w) { w->q.verdict = NULL; }
static void unknown_worker(struct world *w) { w->q.worker_known = false; }
static void not_engaged(struct world *w) { w->q.trade = 0; }
static void closed(struct world *w) { w->site.state = SITE_CLOSED; }
static void stopped(struct world *w) { w->site.state = SITE_STOPPED; }
static void rectifying(struct world *w) { w->site.state = SITE_STOPPED; w->q.rectifying = true; }
static void red(struct world *w) { w->verdict.colour_here = COLOUR_RED; }
static void yellow(struct world *w) { w->verdict.colour_here = COLOUR_YELLOW; }
static void outside_scope(struct world *w) { w->verdict.colour_here = COLOUR_NONE; }
static void elsewhere(struct world *w) { w->q.used_elsewhere = true; }
static void by_number(struct world *w) { w->q.by_number = true; }
static void inside(struct world *w) { w->q.inside = true; }
static void inside_refused(struct world *w) { w->q.inside = true; w->site.rule.passback = PASSBACK_REFUSE; }
static void presence_unknown(struct world *w) { inside_refused(w); w->q.presence_known = false; }
static void no_briefing(struct world *w) { w->site.rule.pre_shift = PRE_SHIFT_FLAG; }
static void no_briefing_refused(struct world *w) { w->site.rule.pre_shift = PRE_SHIFT_REFUSE; }
static void no_briefing_by_policy(struct world *w) { w->q.pre_shift = PRE_SHIFT_FLAG; }
static void no_briefing_refused_by_policy(struct world *w)
{
    w->site.rule.pre_shift = PRE_SHIFT_FLAG; /* the stricter counts */
    w->q.pre_shift = PRE_SHIFT_REFUSE;
}
static void no_briefing_refused_by_site(struct world *w)
{
    w->site.rule.pre_shift = PRE_SHIFT_REFUSE;
    w->q.pre_shift = PRE_SHIFT_FLAG;
}

static void briefing(struct world *w, day_t on, uint8_t passed, uint32_t site)
{
    w->site.rule.pre_shift = PRE_SHIFT_REFUSE;
    add_fact(w, (struct fact){.kind = FACT_TRAINING, .a = TRAINING_PRE_SHIFT, .on = on, .c = passed,
                              .ref = site});
}
static void briefed(struct world *w) { briefing(w, TODAY, 1, SITE); }
static void briefed_yesterday(struct world *w) { briefing(w, TODAY - 1, 1, SITE); }
static void briefed_elsewhere(struct world *w) { briefing(w, TODAY, 1, SITE + 1); }
static void briefing_failed(struct world *w) { briefing(w, TODAY, 0, SITE); }

static void yellow_denied_by_site(struct world *w) { yellow(w); w->site.rule.yellow_gate = YELLOW_DENY; }
static void yellow_denied_by_policy(struct world *w) { yellow(w); w->q.yellow_gate = YELLOW_DENY; }
static void yellow_restricted_by_site(struct world *w)
{
    yellow(w);
    w->site.rule.yellow_gate = YELLOW_ALLOW_RESTRICTED;
}
static void yellow_restricted_by_policy(struct world *w)
{
    yellow(w);
    w->q.yellow_gate = YELLOW_ALLOW_RESTRICTED;
}
static void yellow_restricted_at_zone(struct world *w)
{
    yellow_restricted_by_site(w);
    w->device.zone = TEXT("height");
    w->q.trade = SCAFFOLDER;
}

static void at_height(struct world *w) { w->device.zone = TEXT("height"); }
static void scaffolder_at_height(struct world *w) { at_height(w); w->q.trade = SCAFFOLDER; }
static void at_electric(struct world *w) { w->device.zone = TEXT("electric"); }
static void certified(struct world *w, uint8_t class, day_t from, day_t until)
{
    at_electric(w);
    add_fact(w, (struct fact){.kind = FACT_CERTIFICATE, .a = CERTIFICATE_SPECIAL_OPERATION,
                              .b = class, .on = from, .until = until, .ref = 99});
}
static void with_certificate(struct world *w) { certified(w, 1, TODAY - 9, TODAY + 1); }
static void with_first_day(struct world *w) { certified(w, 1, TODAY, TODAY + 1); }
static void with_ended_certificate(struct world *w) { certified(w, 1, TODAY - 9, TODAY); }
static void with_future_certificate(struct world *w) { certified(w, 1, TODAY + 1, TODAY + 9); }
static void with_other_certificate(struct world *w) { certified(w, 2, TODAY - 9, TODAY + 1); }
static void status(struct world *w, uint8_t state, day_t on, day_t until)
{
    add_fact(w, (struct fact){.kind = FACT_CERTIFICATE_STATUS, .a = state, .on = on, .until = until,
                              .ref = 99});
}
static void suspended(struct world *w)
{
    with_certificate(w);
    status(w, CERTIFICATE_SUSPENDED, TODAY - 2, DAY_NEVER);
}
static void suspension_over(struct world *w)
{
    with_certificate(w);
    status(w, CERTIFICATE_SUSPENDED, TODAY - 5, TODAY);
}
static void reinstated(struct world *w)
{
    suspended(w);
    status(w, CERTIFICATE_VALID, TODAY - 1, DAY_NEVER);
}
static void unwritten_zone(struct world *w) { w->device.zone = TEXT("cellar"); }

struct wrong {
    const char *name;
    void (*make)(struct world *w);
    enum verdict_kind verdict;
    enum why why;
    uint32_t flags, restrictions;
};

#define CASE(wrong, said, because, ...)                                                            \
    {.name = #wrong, .make = wrong, .verdict = said, .why = because, ##__VA_ARGS__}
#define OPENS(name, why, ...) CASE(name, VERDICT_OPEN, WHY_##why, ##__VA_ARGS__)
#define REFUSES(name, why, ...) CASE(name, VERDICT_REFUSE, WHY_##why, ##__VA_ARGS__)
#define UNSURE(name, why, ...) CASE(name, VERDICT_CANNOT_TELL, WHY_##why, ##__VA_ARGS__)

static const struct wrong cases[] = {
    OPENS(all_well, OK),
    REFUSES(garbage, FORMAT), REFUSES(not_ours, NOT_OURS), REFUSES(forged, SIGNATURE),
    REFUSES(wrong_key, KEY), REFUSES(expired, EXPIRED), REFUSES(not_yet, NOT_YET),
    REFUSES(code_void, VOID),
    UNSURE(unknown_key, UNKNOWN_KEY), UNSURE(bad_clock, CLOCK),
    UNSURE(no_site, STALE), UNSURE(no_device, STALE), UNSURE(never_fresh, STALE),
    UNSURE(stale, STALE), OPENS(just_fresh, OK),
    UNSURE(clock_ahead, CLOCK), UNSURE(clock_behind, CLOCK), UNSURE(no_policy, NO_POLICY),
    REFUSES(unknown_worker, UNKNOWN_WORKER), REFUSES(not_engaged, NOT_ENGAGED),
    REFUSES(closed, SITE_CLOSED), REFUSES(stopped, SITE_STOPPED), OPENS(rectifying, OK),
    REFUSES(red, RED), OPENS(yellow, OK), OPENS(outside_scope, OK),
    REFUSES(yellow_denied_by_site, YELLOW), REFUSES(yellow_denied_by_policy, YELLOW),
    OPENS(yellow_restricted_by_site, RESTRICTED, .restrictions = 3),
    OPENS(yellow_restricted_by_policy, RESTRICTED, .restrictions = 3),
    REFUSES(yellow_restricted_at_zone, RESTRICTED),
    REFUSES(at_height, ZONE), OPENS(scaffolder_at_height, OK),
    REFUSES(at_electric, ZONE), OPENS(with_certificate, OK), OPENS(with_first_day, OK),
    REFUSES(with_ended_certificate, ZONE), REFUSES(with_future_certificate, ZONE),
    REFUSES(with_other_certificate, ZONE), REFUSES(suspended, ZONE), OPENS(suspension_over, OK),
    OPENS(reinstated, OK), UNSURE(unwritten_zone, NO_POLICY),
    REFUSES(elsewhere, REPLAYED, .flags = GATE_ELSEWHERE), OPENS(by_number, OK, .flags = GATE_WITHOUT_CODE),
    OPENS(inside, OK, .flags = GATE_PASSBACK), REFUSES(inside_refused, PASSBACK, .flags = GATE_PASSBACK),
    OPENS(presence_unknown, OK),
    OPENS(no_briefing, OK, .flags = GATE_PRE_SHIFT), REFUSES(no_briefing_refused, PRE_SHIFT, .flags = GATE_PRE_SHIFT),
    OPENS(no_briefing_by_policy, OK, .flags = GATE_PRE_SHIFT),
    REFUSES(no_briefing_refused_by_policy, PRE_SHIFT, .flags = GATE_PRE_SHIFT),
    REFUSES(no_briefing_refused_by_site, PRE_SHIFT, .flags = GATE_PRE_SHIFT),
    OPENS(briefed, OK), REFUSES(briefed_yesterday, PRE_SHIFT, .flags = GATE_PRE_SHIFT),
    REFUSES(briefed_elsewhere, PRE_SHIFT, .flags = GATE_PRE_SHIFT),
    REFUSES(briefing_failed, PRE_SHIFT, .flags = GATE_PRE_SHIFT),
};
enum { CASES = sizeof cases / sizeof cases[0] };

Test(gate, each_thing_that_is_wrong_gets_its_own_answer)
{
    for (size_t i = 0; i < CASES; i++) {
        struct world w;
        struct gate_answer answer;

        world_init(&w);
        cases[i].make(&w);
        answer = ask(&w);
        cr_expect(answer.verdict == cases[i].verdict && answer.why == cases[i].why,
                  "%s: %s %s", cases[i].name, verdict_kind_name(answer.verdict),
                  why_row(answer.why)->code);
        cr_expect_eq(answer.flags, cases[i].flags, "%s: flags %u", cases[i].name, answer.flags);
        cr_expect_eq(answer.restrictions, cases[i].restrictions, "%s", cases[i].name);
    }
}

Test(gate, leaving_is_open_whatever_is_wrong)
{
    for (size_t i = 0; i < CASES; i++) {
        struct world w;
        struct gate_answer answer;

        world_init(&w);
        cases[i].make(&w);
        w.q.direction = DIRECTION_OUT;
        answer = ask(&w);
        gate_unrecorded(&w.q, &answer);
        cr_expect(answer.verdict == VERDICT_OPEN && answer.why == WHY_EXIT, "%s", cases[i].name);
        cr_expect_eq(answer.restrictions, 0u);
        cr_expect_eq(answer.flags & GATE_OPENED_BY_RULE, 0u, "%s", cases[i].name);
    }
}

Test(gate, leaving_without_having_entered_is_flagged)
{
    struct world w;

    world_init(&w);
    w.q.direction = DIRECTION_OUT;
    cr_expect_eq(ask(&w).flags, (uint32_t)GATE_PASSBACK);
    w.q.inside = true;
    cr_expect_eq(ask(&w).flags, 0u);
}

/* Of two wrongs the earlier in this list decides. */
Test(gate, questions_are_asked_in_the_written_order)
{
    static void (*const order[])(struct world *) = {
        forged, stale, not_engaged, closed, red, at_height, elsewhere, inside_refused,
    };
    static const enum why whys[] = {
        WHY_SIGNATURE, WHY_STALE, WHY_NOT_ENGAGED, WHY_SITE_CLOSED, WHY_RED, WHY_ZONE, WHY_REPLAYED,
        WHY_PASSBACK,
    };
    enum { COUNT = sizeof order / sizeof order[0] };

    for (size_t i = 0; i < COUNT; i++) {
        for (size_t k = i + 1; k < COUNT; k++) {
            struct world w;

            world_init(&w);
            order[k](&w);
            order[i](&w);
            w.q.worker_known = w.q.worker_known || i > 0;
            cr_expect_eq(ask(&w).why, whys[i], "%zu before %zu", i, k);
        }
    }
}

/* -- each dependency down, under each policy -------------------------------------------------- */

struct down {
    const char *name;
    void (*make)(struct world *w);
    bool secure; /* the device may guard a zone: no rule opens */
};
static void stale_at_zone(struct world *w) { stale(w); at_height(w); }

static const struct down downs[] = {
    {"register never heard from", never_fresh, false},
    {"register too old", stale, false},
    {"clock ahead", clock_ahead, false},
    {"clock behind", clock_behind, false},
    {"code cannot be timed", bad_clock, false},
    {"key not known", unknown_key, false},
    {"no policy", no_policy, false},
    {"site not known", no_site, true}, /* nor is its rule */
    {"device not known", no_device, true},
    {"register too old at a zone", stale_at_zone, true},
};

Test(gate, matrix_of_each_dependency_down_and_each_policy)
{
    for (size_t i = 0; i < sizeof downs / sizeof downs[0]; i++) {
        for (int open = 0; open <= 1; open++) {
            struct world w;
            struct gate_answer answer;
            bool opens = open && !downs[i].secure;

            world_init(&w);
            w.site.rule.cannot_tell = open ? FALLBACK_OPEN_FLAGGED : FALLBACK_REFUSE;
            downs[i].make(&w);
            answer = ask(&w);
            cr_expect_eq(answer.verdict, opens ? VERDICT_OPEN : VERDICT_CANNOT_TELL, "%s",
                         downs[i].name);
            cr_expect_eq((answer.flags & GATE_OPENED_BY_RULE) != 0, opens, "%s", downs[i].name);
        }
    }
}

Test(gate, late_and_cannot_tell_are_rules_of_their_own)
{
    struct gate_answer answer;
    struct world w;

    world_init(&w);
    w.site.rule.late = FALLBACK_OPEN_FLAGGED;
    stale(&w);
    cr_expect_eq(ask(&w).verdict, VERDICT_CANNOT_TELL);
    world_init(&w);
    w.site.rule.cannot_tell = FALLBACK_OPEN_FLAGGED;
    answer = ask(&w);
    gate_late(&w.q, &answer);
    cr_expect_eq(answer.verdict, VERDICT_CANNOT_TELL);
    cr_expect_eq(answer.flags, (uint32_t)GATE_LATE);
}

Test(gate, what_comes_too_late_follows_the_late_rule)
{
    for (int open = 0; open <= 1; open++) {
        for (int zone = 0; zone <= 1; zone++) {
            struct world w;
            struct gate_answer answer;
            bool opens = open && !zone;

            world_init(&w);
            if (zone)
                scaffolder_at_height(&w);
            w.site.rule.late = open ? FALLBACK_OPEN_FLAGGED : FALLBACK_REFUSE;
            answer = ask(&w);
            cr_assert_eq(answer.verdict, VERDICT_OPEN);
            gate_late(&w.q, &answer);
            cr_expect_eq(answer.verdict, opens ? VERDICT_OPEN : VERDICT_CANNOT_TELL);
            cr_expect_eq(answer.why, WHY_LATE);
            cr_expect_eq(answer.flags,
                         (uint32_t)(GATE_LATE | (opens ? GATE_OPENED_BY_RULE : 0)));
        }
    }
}

Test(gate, a_refusal_stands_however_late_it_is_and_nobody_is_kept_inside)
{
    struct gate_answer answer;
    struct world w;

    world_init(&w);
    w.site.rule.late = FALLBACK_OPEN_FLAGGED;
    red(&w);
    answer = ask(&w);
    gate_late(&w.q, &answer);
    cr_expect(answer.verdict == VERDICT_REFUSE && answer.why == WHY_RED);
    cr_expect_eq(answer.flags, (uint32_t)GATE_LATE);
    world_init(&w);
    w.q.direction = DIRECTION_OUT;
    w.q.inside = true;
    answer = ask(&w);
    gate_late(&w.q, &answer);
    cr_expect(answer.verdict == VERDICT_OPEN && answer.why == WHY_EXIT && answer.flags == 0);
}

Test(gate, zones_stay_shut_when_a_rule_opens_and_mean_nothing_when_none_does)
{
    for (int open = 0; open <= 1; open++) {
        struct gate_answer answer;
        struct world w;

        world_init(&w);
        yellow_restricted_by_site(&w);
        w.site.rule.late = open ? FALLBACK_OPEN_FLAGGED : FALLBACK_REFUSE;
        answer = ask(&w);
        cr_assert_eq(answer.restrictions, 3u);
        gate_late(&w.q, &answer);
        cr_expect_eq(answer.restrictions, open ? 3u : 0u);
    }
}

Test(gate, what_cannot_be_recorded_follows_the_unrecorded_rule)
{
    for (int open = 0; open <= 1; open++) {
        for (int zone = 0; zone <= 1; zone++) {
            struct world w;
            struct gate_answer answer;
            bool opens = open && !zone;

            world_init(&w);
            if (zone)
                scaffolder_at_height(&w);
            w.site.rule.unrecorded = open ? FALLBACK_OPEN_FLAGGED : FALLBACK_REFUSE;
            answer = ask(&w);
            cr_assert_eq(answer.verdict, VERDICT_OPEN);
            gate_unrecorded(&w.q, &answer);
            cr_expect_eq(answer.verdict, opens ? VERDICT_OPEN : VERDICT_CANNOT_TELL);
            cr_expect_eq(answer.why, WHY_UNRECORDED);
        }
    }
}

Test(gate, a_refusal_needs_no_record_to_stand)
{
    struct world w;
    struct gate_answer answer;

    world_init(&w);
    w.site.rule.unrecorded = FALLBACK_OPEN_FLAGGED;
    red(&w);
    answer = ask(&w);
    gate_unrecorded(&w.q, &answer);
    cr_expect_eq(answer.verdict, VERDICT_REFUSE);
    cr_expect_eq(answer.why, WHY_RED);
}

Test(gate, every_why_has_words_in_both_languages_that_fit_a_screen)
{
    for (unsigned i = 0; i < WHY_COUNT; i++) {
        const struct why_row *row = why_row((enum why)i);
        size_t letters;

        cr_assert(text_is_utf8(text_of(row->screen), &letters));
        cr_expect(letters > 0 && letters <= 16, "%s", row->code);
        cr_expect(row->voice[0] != '\0' && row->english[0] != '\0', "%s", row->code);
    }
}

/* -- engine 1, for ever --------------------------------------------------------------------------- */

static uint64_t chance = 1;

static unsigned below(unsigned n)
{
    chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(chance >> 33) % n;
}

static void some_world(struct world *w)
{
    static const char *const zones[] = {"", "", "height", "electric", "tunnel"};
    struct site_rule *rule = &w->site.rule;

    world_init(w);
    rule->yellow_gate = (enum yellow_gate)below(3);
    rule->cannot_tell = (enum fallback)below(2);
    rule->late = (enum fallback)below(2);
    rule->unrecorded = (enum fallback)below(2);
    rule->passback = (enum passback)below(2);
    rule->pre_shift = (enum pre_shift)below(3);
    w->site.state = (enum site_state)(below(8) < 6 ? SITE_OPEN : 1 + below(3));
    w->device.zone = text_of(zones[below(5)]);
    w->verdict.colour_here = (uint8_t)below(4);
    w->q.direction = below(5) == 0 ? DIRECTION_OUT : DIRECTION_IN;
    w->q.code_says = below(3) == 0 ? (enum why)below(WHY_LATE + 1) : WHY_OK;
    w->q.worker_known = below(10) != 0;
    w->q.trade = (uint16_t)(below(10) == 0 ? 0 : below(2) == 0 ? SCAFFOLDER : ELECTRICIAN);
    w->q.yellow_gate = (uint8_t)below(3);
    w->q.pre_shift = (uint8_t)below(3);
    w->q.fresh_ms = below(10) == 0 ? -1 : (int64_t)below(31000);
    w->q.clock_offset_ms = (int64_t)below(62000) - 31000;
    w->q.inside = below(2) == 0;
    w->q.presence_known = below(4) != 0;
    w->q.used_elsewhere = below(8) == 0;
    w->q.rectifying = below(2) == 0;
    w->q.by_number = below(4) == 0;
    if (below(2) == 0)
        add_fact(w, (struct fact){.kind = FACT_TRAINING, .a = TRAINING_PRE_SHIFT, .on = TODAY,
                                  .c = 1, .ref = SITE});
    if (below(2) == 0)
        add_fact(w, (struct fact){.kind = FACT_CERTIFICATE, .a = CERTIFICATE_SPECIAL_OPERATION,
                                  .b = 1, .on = TODAY - 9, .until = TODAY + 9});
}

static void mix_answer(uint64_t *hash, const struct gate_answer *answer)
{
    mix_put(hash, answer->verdict);
    mix_put(hash, answer->why);
    mix_put(hash, answer->flags);
    mix_put(hash, answer->restrictions);
    mix_put(hash, answer->colour);
}

/* Passes are made again by the engine they name (domain/engine.h). When this number changes after a
 * release, the change belongs into a new engine, and this one stays; before the first release, it
 * may be put in here. */
Test(gate, engine_1_answers_as_it_always_has)
{
    uint64_t hash = MIX_BEGIN;

    for (int i = 0; i < 50000; i++) {
        struct gate_answer answer;
        struct world w;

        some_world(&w);
        answer = ask(&w);
        mix_answer(&hash, &answer);
        gate_unrecorded(&w.q, &answer);
        mix_answer(&hash, &answer);
        gate_late(&w.q, &answer);
        mix_answer(&hash, &answer);
    }
    cr_expect_eq(hash, UINT64_C(0x77f95e7a12ea6662), "the answers of engine 1 are now 0x%016llx",
                 (unsigned long long)hash);
}
