/* A pass is decided again from what it names: equal to the bit, and different as soon as one byte of
 * the row, or of anything that it names, is not what it was. */
#include <criterion/criterion.h>
#include <string.h>

#include "domain/engine.h"
#include "domain/replay.h"
#include "support/cases.h"

enum { SITE = 7, OTHER_SITE = 8, FIRM = 3, GATE = 70, WORKER = 12 };

#define AT(date) "\"occurred_on\":\"" date "\",\"recorded_at\":\"" date "T08:00:00+08:00\""
#define TRAINED(type, more) \
    "{\"kind\":\"training\"," AT("2026-01-03") ",\"type\":\"" type "\",\"hours\":20,\"passed\":true" more "}"
static const char history[] =
    "[{\"kind\":\"identity\"," AT("2026-01-01") ",\"birth_date\":\"1990-05-01\",\"sex\":\"M\"},"
    "{\"kind\":\"engagement\"," AT("2026-01-01") ",\"org\":3,\"site\":7,\"trade\":\"020\",\"role\":\"worker\"},"
    "{\"kind\":\"exam\"," AT("2026-01-02") ",\"conclusion\":\"no_abnormality\"}," TRAINED("entry_company", "") ","
    TRAINED("entry_project", "") "," TRAINED("entry_team", "") "," TRAINED("site_entry", ",\"site\":7") ","
    "{\"kind\":\"study\"," AT("2026-01-04") ",\"points\":100},"
    "{\"kind\":\"agreement\"," AT("2026-01-01") ",\"type\":\"labour_contract\",\"from\":\"2026-01-01\"},"
    /* what comes later than the decision */
    "{\"kind\":\"supersede\"," AT("2026-09-01") ",\"of\":3},"
    "{\"kind\":\"exam\"," AT("2026-01-02") ",\"conclusion\":\"unfit\"},"
    "{\"kind\":\"engagement_end\"," AT("2026-08-01") ",\"of\":2,\"until\":\"2026-03-01\"}]";
enum { KNOWN = 9 }; /* records that the decision saw */

/* What the register lends, and what the database keeps: the same, until a test says otherwise. */
struct world {
    struct arena arena;
    struct site site;
    int64_t rectification[2];
    struct device device;
    struct org org;
    struct record *records;
    size_t record_count;
    struct facts facts;
    struct engagement engagement;
    const struct policy *policy;
    struct gate_case c;
    struct replay_inputs kept;
};

static void world_open(struct world *w)
{
    struct engagements engagements;

    memset(w, 0, sizeof *w);
    arena_init(&w->arena, 64 << 20);
    w->rectification[0] = 99;
    w->site = (struct site){.id = SITE, .version = 4, .org_id = FIRM, .region = TEXT("320900"),
                            .state = SITE_OPEN, .rule = site_rule_default,
                            .rectification = w->rectification, .rectification_count = 2};
    w->site.rule.zone_count = 1;
    w->site.rule.zones[0] = (struct zone){.name = "height", .trades = {30}, .trade_count = 1,
                                          .certificates = {2}, .certificate_count = 1};
    w->device = (struct device){.id = GATE, .version = 2, .site_id = SITE, .zone = TEXT(""),
                                .direction = DIRECTION_BOTH, .active = true};
    w->org = (struct org){.id = FIRM, .version = 6, .permit = PERMIT_VALID, .active = true};
    w->records = records_of(history, &w->arena, &w->record_count);
    cr_assert(!err_is(facts_fold(w->records, KNOWN, &w->arena, &w->facts)));
    cr_assert(!err_is(engagements_fold(w->records, KNOWN, &w->arena, &engagements)));
    w->engagement = engagements.engagement[0];
    w->policy = &shipped_policy("jiangsu-2023-05.json")->policy;
    w->c = (struct gate_case){
        .direction = DIRECTION_IN, .code_says = WHY_OK, .presence_known = true, .live_code = true,
        .code_colour = COLOUR_GREEN, .code_policy = w->policy->number, .fresh_ms = 400,
        .fresh_limit_ms = 30000, .clock_offset_ms = -3, .today = on_day("2026-06-01"),
        .worker_id = WORKER, .site = &w->site, .device = &w->device, .facts = &w->facts,
        .engagement = &w->engagement, .org = &w->org, .policy = w->policy,
    };
    w->kept = (struct replay_inputs){&w->site, &w->device, &w->org, w->policy, w->records,
                                     w->record_count};
}

/* As a server writes it. */
static struct pass decided(const struct world *w, const struct gate_after *after)
{
    const struct engine *engine = engine_now();
    struct pass pass = {
        .gate_id = GATE, .epoch = 3, .seq = 881, .day = w->c.today, .site_id = SITE,
        .worker_id = w->c.worker_id, .direction = (int16_t)w->c.direction, .source = PASS_ASKED,
        .at = 1780272000000000, .decided_at = 1780272000250000, .token_iat = 1780271990,
        .token_index = 77, .engine = engine->number,
    };
    struct gate_outcome outcome;
    struct gate_answer told;

    engine->decide(&w->c, &outcome);
    gate_case_keep(&w->c, &pass);
    gate_outcome_keep(&outcome, &pass);
    if (after != NULL) {
        told = outcome.answer;
        engine->tell(&w->c, after, &told);
        gate_after_keep(after, &told, &pass);
        pass.told = 1;
    }
    pass_stamp(&pass, engine->hash(&w->c));
    return pass;
}

static struct replay replayed(struct world *w, const struct pass *pass)
{
    struct replay replay;

    replay_pass(pass, &w->kept, &w->arena, &replay);
    return replay;
}

static void expect_equal(struct world *w, const struct gate_after *after, const char *name)
{
    struct pass pass = decided(w, after);
    struct replay replay = replayed(w, &pass);

    cr_expect_eq(replay.result, REPLAY_EQUAL, "%s: %s, %s, parts %x", name,
                 replay_result_name(replay.result), replay.missing != NULL ? replay.missing : "",
                 replay.differs);
    cr_expect_eq(memcmp(&replay.again, &pass, sizeof pass), 0, "%s: the row differs", name);
}

/* -- equal ----------------------------------------------------------------------------------------- */

static void nothing(struct world *w) { (void)w; }
static void leaving(struct world *w) { w->c.direction = DIRECTION_OUT; }
static void forged(struct world *w)
{
    w->c.code_says = WHY_SIGNATURE;
    w->c.worker_id = 0;
    w->c.facts = NULL;
    w->c.engagement = NULL;
    w->c.org = NULL;
    w->c.policy = NULL;
}
static void by_number(struct world *w)
{
    w->c.by_number = true;
    w->c.live_code = false;
    w->c.code_policy = 0;
}
static void stale(struct world *w) { w->c.fresh_ms = 30001; }
static void never_fresh(struct world *w) { w->c.fresh_ms = -1; }
static void strict_operator(struct world *w) { w->c.fresh_limit_ms = 300; }
static void lenient_operator(struct world *w) { w->c.fresh_ms = 50000; w->c.fresh_limit_ms = 60000; }
static void clock_ahead(struct world *w) { w->c.clock_offset_ms = 31000; }
static void gate_clock_off(struct world *w) { w->c.gate_clock_off = true; }
static void inside(struct world *w)
{
    w->c.inside = true;
    w->site.rule.passback = PASSBACK_REFUSE;
}
static void elsewhere(struct world *w) { w->c.used_elsewhere = true; }
static void colour_moved(struct world *w) { w->c.code_colour = COLOUR_RED; }
static void old_policy_in_code(struct world *w) { colour_moved(w); w->c.code_policy = 1; }
static void stopped(struct world *w) { w->site.state = SITE_STOPPED; }
static void rectifying(struct world *w) { stopped(w); w->rectification[1] = WORKER; }
static void zone(struct world *w) { w->device.zone = TEXT("height"); }
static void permit_over(struct world *w) { w->org.permit_until = on_day("2026-05-31"); }
static void expired(struct world *w) { w->c.today = on_day("2027-02-01"); }
static void before(struct world *w) { w->c.today = on_day("2025-12-31"); w->c.engagement = NULL;
                                      w->c.org = NULL; w->c.policy = NULL; }
static void no_policy(struct world *w) { w->c.policy = NULL; }
static void firm_not_known(struct world *w) { w->c.org = NULL; w->c.code_says = WHY_STALE; }
static void site_not_known(struct world *w)
{
    w->c.site = NULL;
    w->c.device = NULL;
    w->c.engagement = NULL;
    w->c.org = NULL;
    w->c.policy = NULL;
    w->c.presence_known = false;
}
static void not_engaged_here(struct world *w)
{
    w->site.id = OTHER_SITE;
    w->c.engagement = NULL;
    w->c.org = NULL;
    w->c.policy = NULL;
}
static void open_by_rules(struct world *w)
{
    w->site.rule.late = w->site.rule.unrecorded = w->site.rule.cannot_tell = FALLBACK_OPEN_FLAGGED;
}
static void stale_but_open(struct world *w) { open_by_rules(w); stale(w); }

static const struct {
    const char *name;
    void (*make)(struct world *w);
} situations[] = {
    {"all is well", nothing},
    {"leaving", leaving},
    {"a forged code", forged},
    {"by number", by_number},
    {"register too old", stale},
    {"never heard of the database", never_fresh},
    {"an operator's stricter limit", strict_operator},
    {"an operator's wider limit", lenient_operator},
    {"server's clock off", clock_ahead},
    {"gate's clock off", gate_clock_off},
    {"already inside", inside},
    {"the same code elsewhere", elsewhere},
    {"the code's colour is not today's", colour_moved},
    {"the code is of an older policy", old_policy_in_code},
    {"site stopped", stopped},
    {"site stopped, on the list", rectifying},
    {"a zone", zone},
    {"the firm's permit is over", permit_over},
    {"an exam has expired", expired},
    {"before the engagement", before},
    {"no policy for the place", no_policy},
    {"the firm is not known yet", firm_not_known},
    {"site and device are not known", site_not_known},
    {"engaged on another site", not_engaged_here},
    {"opened by a rule", stale_but_open},
};

Test(replay, every_situation_is_decided_again_to_the_bit)
{
    for (size_t i = 0; i < sizeof situations / sizeof situations[0]; i++) {
        struct world w;

        world_open(&w);
        situations[i].make(&w);
        expect_equal(&w, NULL, situations[i].name);
        arena_clear(&w.arena);
    }
}

Test(replay, so_is_what_the_device_was_told_instead)
{
    for (unsigned bits = 1; bits < 16; bits++) {
        struct gate_after after = {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
        struct world w;

        world_open(&w);
        if ((bits & 8) != 0)
            open_by_rules(&w);
        if (after.unrecorded || after.late)
            expect_equal(&w, &after, "told otherwise");
        arena_clear(&w.arena);
    }
}

/* Under a rule that opens, a rule that has moved meanwhile opens nothing. */
Test(replay, no_rule_counts_that_was_not_the_one_decided_by)
{
    struct world w;
    struct pass pass;

    world_open(&w);
    open_by_rules(&w);
    pass = decided(&w, &(struct gate_after){.late = true});
    cr_expect_eq(pass.verdict, VERDICT_OPEN);
    pass = decided(&w, &(struct gate_after){.late = true, .rule_moved = true});
    cr_expect_eq(pass.verdict, VERDICT_CANNOT_TELL);
    arena_clear(&w.arena);
}

/* -- one byte of the row --------------------------------------------------------------------------- */

static bool is_found(struct world *w, const struct pass *pass)
{
    struct replay replay = replayed(w, pass);

    return replay.result == REPLAY_DIFFERENT || replay.result == REPLAY_IMPOSSIBLE;
}

#define COLUMN(name) {#name, offsetof(struct pass, name), sizeof(((struct pass *)NULL)->name)}
static const struct {
    const char *name;
    size_t offset, bytes;
} columns[] = {
#define PASS(name, type) COLUMN(name),
#include "domain/pass.def"
#undef PASS
};

Test(replay, every_flipped_bit_of_a_row_is_found_but_the_one_that_the_spool_may_change)
{
    static const struct gate_after late = {.late = true};

    for (int told = 0; told <= 1; told++) {
        struct world w;
        struct pass pass;

        world_open(&w);
        pass = decided(&w, told ? &late : NULL);
        for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
            for (unsigned bit = 0; bit < 8 * columns[i].bytes; bit++) {
                unsigned char *at = (unsigned char *)&pass + columns[i].offset + bit / 8;

                *at ^= (unsigned char)(1 << bit % 8);
                cr_expect_eq(is_found(&w, &pass), strcmp(columns[i].name, "source") != 0,
                             "bit %u of %s", bit, columns[i].name);
                *at ^= (unsigned char)(1 << bit % 8);
            }
        }
        arena_clear(&w.arena);
    }
}

/* -- what the row names ---------------------------------------------------------------------------- */

static void yellow_gate(struct world *w) { w->site.rule.yellow_gate = YELLOW_ALLOW; }
static void offline_hours(struct world *w) { w->site.rule.offline_hours = 25; }
static void zone_name(struct world *w) { w->site.rule.zones[0].name[0] = 'w'; }
static void zone_trade(struct world *w) { w->site.rule.zones[0].trades[0] = 40; }
static void zone_certificate(struct world *w) { w->site.rule.zones[0].certificates[0] = 3; }
static void another_zone(struct world *w) { w->site.rule.zone_count = 2; }
static void site_state(struct world *w) { w->site.state = SITE_STOPPED; }
static void site_region(struct world *w) { w->site.region = TEXT("320901"); }
static void site_list(struct world *w) { w->rectification[0] = 98; }
static void site_firm(struct world *w) { w->site.org_id = 4; }
static void device_zone(struct world *w) { w->device.zone = TEXT("height"); }
static void device_site(struct world *w) { w->device.site_id = 9; }
static void device_off(struct world *w) { w->device.active = false; }
static void permit(struct world *w) { w->org.permit = PERMIT_SUSPENDED; }
static void permit_end(struct world *w) { w->org.permit_until = on_day("2030-01-01"); }
static void exam(struct world *w) { w->records[2].exam.conclusion = EXAM_RECHECK; }
static void hours(struct world *w) { w->records[3].training.hours = 21; }
static void birth(struct world *w) { w->records[0].identity.birth_date++; }
static void trade(struct world *w) { w->records[1].engagement.trade = 30; }
static void firm(struct world *w) { w->records[1].engagement.org = 4; }
static void day(struct world *w) { w->records[7].occurred_on++; }
static void lost_record(struct world *w) { w->records[7].kind = RECORD_CONSENT; }

static const struct {
    const char *name;
    void (*make)(struct world *w);
} alterations[] = {
    {"the site's yellow rule", yellow_gate},
    {"a rule that this answer did not ask", offline_hours},
    {"a zone's name", zone_name},
    {"a zone's trade", zone_trade},
    {"a zone's certificate", zone_certificate},
    {"one zone more", another_zone},
    {"the site's state", site_state},
    {"the site's region", site_region},
    {"the list of those who rectify", site_list},
    {"whose the site is", site_firm},
    {"the device's zone", device_zone},
    {"the device's site", device_site},
    {"whether the device is on", device_off},
    {"the firm's permit", permit},
    {"the permit's end", permit_end},
    {"an exam's conclusion", exam},
    {"an hour of training that changes no colour", hours},
    {"a birth date", birth},
    {"the engagement's trade", trade},
    {"the engagement's firm", firm},
    {"the day of study points", day},
    {"a record that says something else", lost_record},
};

Test(replay, whatever_was_altered_in_place_is_found_even_where_the_answer_does_not_depend_on_it)
{
    for (size_t i = 0; i < sizeof alterations / sizeof alterations[0]; i++) {
        struct world w;
        struct pass pass;

        world_open(&w);
        pass = decided(&w, NULL);
        cr_assert_eq(replayed(&w, &pass).result, REPLAY_EQUAL);
        alterations[i].make(&w);
        cr_expect(is_found(&w, &pass), "%s", alterations[i].name);
        cr_expect((replayed(&w, &pass).differs & REPLAY_INPUTS) != 0, "%s", alterations[i].name);
        arena_clear(&w.arena);
    }
}

/* The history of this world goes on behind what the decision saw: a correction, and an end that
 * reaches back. */
Test(replay, what_was_recorded_later_changes_nothing)
{
    struct world w;
    struct facts today;
    struct pass pass;
    struct replay replay;

    world_open(&w);
    pass = decided(&w, NULL);
    replay = replayed(&w, &pass);
    cr_expect_eq(replay.result, REPLAY_EQUAL);
    cr_expect_eq(replay.outcome.verdict.colour_here, COLOUR_GREEN);
    cr_assert(!err_is(facts_fold(w.records, w.record_count, &w.arena, &today)));
    w.c.facts = &today;
    engine_now()->decide(&w.c, &replay.outcome);
    cr_expect_eq(replay.outcome.verdict.person_colour, COLOUR_RED, "today it is red");
    arena_clear(&w.arena);
}

/* -- what cannot be made again ---------------------------------------------------------------------- */

static void expect_missing(struct world *w, const struct pass *pass, const char *missing)
{
    struct replay replay = replayed(w, pass);

    cr_expect_eq(replay.result, REPLAY_IMPOSSIBLE, "%s: %s", missing,
                 replay_result_name(replay.result));
    cr_expect_str_eq(replay.missing != NULL ? replay.missing : "", missing);
    cr_expect(!replay.decided);
}

Test(replay, what_is_not_there_any_more_is_named)
{
    struct world w;
    struct pass pass;

    world_open(&w);
    pass = decided(&w, NULL);
    w.kept.site = NULL;
    expect_missing(&w, &pass, "site");
    w.kept.site = &w.site;
    w.kept.device = NULL;
    expect_missing(&w, &pass, "device");
    w.kept.device = &w.device;
    w.kept.org = NULL;
    expect_missing(&w, &pass, "org");
    w.kept.org = &w.org;
    w.kept.policy = NULL;
    expect_missing(&w, &pass, "policy");
    w.kept.policy = w.policy;
    w.kept.record_count = KNOWN - 1;
    expect_missing(&w, &pass, "records");
    w.kept.record_count = KNOWN;
    cr_expect_eq(replayed(&w, &pass).result, REPLAY_EQUAL);
    pass.engine = 2;
    expect_missing(&w, &pass, "engine");
    arena_clear(&w.arena);
}

Test(replay, a_pass_that_the_gate_decided_is_not_decided_again_but_seen_to_be_untouched)
{
    struct pass pass = {.gate_id = GATE, .seq = 5, .verdict = VERDICT_OPEN, .direction = 1,
                        .source = PASS_HANDED_IN, .engine = ENGINE_ELSEWHERE, .fresh_ms = -1};
    struct replay_inputs none = {0};
    struct replay replay;

    pass_stamp(&pass, 0);
    replay_pass(&pass, &none, NULL, &replay);
    cr_expect_eq(replay.result, REPLAY_ELSEWHERE);
    cr_expect(!replay.decided);
    pass.verdict = VERDICT_REFUSE;
    replay_pass(&pass, &none, NULL, &replay);
    cr_expect_eq(replay.result, REPLAY_DIFFERENT);
    cr_expect_eq(replay.differs, REPLAY_INPUTS);
}

Test(replay, engines_are_known_or_they_are_not)
{
    cr_expect_eq(engine_now()->number, 1);
    cr_expect_eq(engine_find(1), engine_now());
    cr_expect_null(engine_find(0));
    cr_expect_null(engine_find(2));
}

Test(replay, every_part_has_a_name)
{
    unsigned count = 0;

    while (replay_part_name(count) != NULL)
        count++;
    cr_expect_eq(1u << (count - 1), REPLAY_INPUTS);
}
