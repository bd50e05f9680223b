/* clients/gate/decide: what a gate answers while it is alone, case by case. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "clients/gate/decide.h"
#include "support/code_maker.h"

enum { LIST = 3, SLOT = 5, BADGE_SLOT = 6, SITE = 12, GATE = 70, POLICY = 7, ROWS_MAX = 4 };
#define INDEX       ((UINT64_C(3) << 20) + SLOT)
#define BADGE_INDEX ((UINT64_C(3) << 20) + BADGE_SLOT)
#define NOON        INT64_C(1795320000) /* 2026-11-22T12:00:00+08:00 */

static struct signer *server, *stranger;
static struct known known;
static struct shown shown;
static struct moment moment;
static struct decision decision;
static unsigned char bytes[TOKEN_BYTES_MAX];
static char text[2 * TOKEN_TEXT_MAX];
static struct roster_row rows[ROWS_MAX];
static uint32_t row_count;

/* -- the world ------------------------------------------------------------------------------------- */

static void must(struct err e)
{
    cr_assert(!err_is(e), "%s", err_row(e.code)->code);
}

static void set_rule(const char *rule)
{
    char json[2048];

    snprintf(json, sizeof json,
             "{\"now\":\"2026-11-22T12:00:00+08:00\",\"gate\":{\"id\":%d,\"version\":1,"
             "\"direction\":\"both\",\"zone\":null},\"site\":{\"id\":%d,\"version\":4,\"name\":\"x\","
             "\"region\":\"320900\",\"state\":\"open\",\"rule\":%s,\"rectification\":[]},"
             "\"policy\":{\"number\":%d,\"yellow_gate\":\"allow_restricted\",\"pre_shift\":\"off\"}}",
             GATE, SITE, rule, POLICY);
    must(place_read(text_of(json), &known.place));
    known.has_place = true;
    known.place_checked = NOON * US_PER_SECOND;
}

static void set_roster(void)
{
    static char signed_bytes[4096], scratch[4096];
    struct build out = build_over(signed_bytes, sizeof signed_bytes);
    struct build payload = build_over(scratch, sizeof scratch);
    struct roster_head head = {.iat = NOON - 60, .exp = NOON + 12 * 3600, .seq = 9, .site = SITE,
                               .day = known.day, .policy = POLICY};

    must(roster_sign(server, &head, rows, row_count, &payload, &out));
    known.has_roster = known_roster_read(build_done(&out), &known.trust, NOON, 30, &known.roster);
    cr_assert(known.has_roster);
    known.roster_checked = NOON * US_PER_SECOND;
}

static void set_list(unsigned status, day_t day)
{
    struct known_list *list = &known.lists[0];

    known.list_count = 1;
    *list = (struct known_list){.number = LIST, .day = day, .iat = NOON - 60,
                                .exp = clock_day_start((day_t)(day + 1)) / US_PER_SECOND,
                                .checked_at = NOON * US_PER_SECOND, .packed = list->packed};
    statuslist_put(list->packed, STATUSLIST_BITS, SLOT, status);
    statuslist_put(list->packed, STATUSLIST_BITS, BADGE_SLOT, status);
}

static void show(struct signer *signer, int64_t iat)
{
    struct live_claims claims = {.iat = iat, .exp = iat + TOKEN_LIVE_S, .index = INDEX,
                                 .policy = POLICY};
    struct build out = build_over(text, sizeof text);

    must(token_issue_live(signer, &claims, &out, NULL));
    shown.read = token_read(build_done(&out), bytes, &shown.token);
}

static void show_badge(int64_t iat)
{
    struct live_claims claims = {.iat = iat, .exp = iat + TOKEN_BADGE_S, .index = BADGE_INDEX};
    struct build out = build_over(text, sizeof text);

    must(token_issue_badge(server, &claims, &out, NULL));
    shown.read = token_read(build_done(&out), bytes, &shown.token);
}

/* A gate that knows everything, noon, and a green worker's live code. */
static void set_up(void)
{
    struct trusted_key key;

    cr_assert(clock_set_zone("Asia/Shanghai"));
    server = maker_signer(TOKEN_ES256);
    stranger = maker_signer(TOKEN_ES256);
    key = *signer_key(server);
    key.kinds = 1u << TOKEN_LIVE | 1u << TOKEN_BADGE | 1u << TOKEN_ROSTER;
    must(trust_list_add(&known.trust, &key));
    known.trust.sequence = 5;
    known.has_trust = true;
    known.skew_s = 30;
    known.day = clock_local_day(NOON * US_PER_SECOND);
    known.lists[0].packed = calloc(1, STATUSLIST_PACKED_BYTES);
    CHECK_ALLOCATED(known.lists[0].packed);
    rows[0] = (struct roster_row){.index = INDEX, .colour_here = 0, .trade = 20};
    rows[1] = (struct roster_row){.index = BADGE_INDEX, .colour_here = 0, .trade = 20};
    row_count = 2;
    set_rule("{\"yellow_gate\":\"allow_restricted\",\"zones\":[{\"zone\":\"height\"}]}");
    set_roster();
    moment = (struct moment){.now = NOON * US_PER_SECOND, .clock_good = true};
    shown = (struct shown){.direction = DIRECTION_IN};
    show(server, NOON - 10);
}

static void tear_down(void)
{
    free(known.lists[0].packed);
    trust_list_clear(&known.trust);
    signer_close(server);
    signer_close(stranger);
}

TestSuite(decide, .init = set_up, .fini = tear_down);

static void expect(const char *name, enum verdict_kind verdict, enum why why)
{
    decide(&known, &shown, &moment, &decision);
    cr_expect_eq(decision.answer.verdict, verdict, "%s: %s", name,
                 verdict_kind_name(decision.answer.verdict));
    cr_expect_eq(decision.answer.why, why, "%s: %s", name, why_row(decision.answer.why)->code);
    cr_expect_eq(decision.receipt.verdict, (unsigned)verdict, "%s: its receipt", name);
    cr_expect_eq(decision.receipt.why, why, "%s: its receipt", name);
}

/* -- cases ----------------------------------------------------------------------------------------- */

static void nothing_special(void) {}
static void yellow_in_roster(void) { rows[0].colour_here = 1; set_roster(); }
static void red_in_roster(void) { rows[0].colour_here = 2; set_roster(); }
static void yellow_where_denied(void) { set_rule("{\"yellow_gate\":\"deny\"}"); yellow_in_roster(); }
static void not_in_roster(void) { rows[0] = rows[1]; row_count = 1; set_roster(); }
static void no_roster(void) { known.has_roster = false; }
static void no_place(void) { known.has_place = false; }
static void no_keys(void) { known.has_trust = false; }
static void foreign_key(void) { show(stranger, NOON - 10); }
static void key_removed(void) { known.trust.keys[0].state = KEY_REMOVED; }
static void code_over(void) { show(server, NOON - 200); }
static void code_to_come(void) { show(server, NOON + 100); }
static void clock_bad(void) { moment.clock_good = false; }
static void clock_bad_and_forged(void) { clock_bad(); foreign_key(); }
static void void_in_list(void) { set_list(STATUS_INVALID, known.day); }
static void red_in_list(void) { set_list(STATUS_SUSPENDED, known.day); }
static void green_in_list(void) { set_list(STATUS_VALID, known.day); }
static void listed_but_not_in_roster(void) { green_in_list(); not_in_roster(); }
static void void_yesterday(void) { set_list(STATUS_INVALID, (day_t)(known.day - 1)); }
static void red_yesterday(void) { set_list(STATUS_SUSPENDED, (day_t)(known.day - 1)); }
static void list_too_old(void)
{
    red_yesterday();
    known.lists[0].checked_at -= 25 * 3600 * (int64_t)US_PER_SECOND;
}
static void badge(void) { show_badge(NOON - 86400); }
static void badge_newer_than_list(void) { void_in_list(); show_badge(NOON - 30); }
static void data_too_old(void)
{
    known.place_checked -= 25 * 3600 * (int64_t)US_PER_SECOND;
    known.roster_checked = known.place_checked;
}
static void data_old_and_red(void) { red_in_roster(); data_too_old(); }
static void data_too_old_but_trusted(void)
{
    set_rule("{\"cannot_tell\":\"open_flagged\"}");
    data_too_old();
}
static void by_number(void) { shown.by_number = true; shown.read = TOKEN_FORMAT; }
static void site_stopped(void) { known.place.site.state = SITE_STOPPED; }
static void site_stopped_for_others(void)
{
    site_stopped();
    known.place.rectifying[0] = (int64_t)INDEX;
    known.place.rectifying_count = 1;
}
static void site_closed(void) { known.place.site.state = SITE_CLOSED; }
static void inside_already(void)
{
    set_rule("{\"passback\":\"refuse\"}");
    moment.presence_known = moment.inside = true;
}
static void inside_and_flagged(void) { moment.presence_known = moment.inside = true; }
static void wants_briefing(void) { set_rule("{\"pre_shift\":\"refuse\"}"); }
static void wants_briefing_openly(void)
{
    set_rule("{\"pre_shift\":\"refuse\",\"cannot_tell\":\"open_flagged\"}");
}
static void guards(const char *zone) { known.place.device.zone = text_of(zone); }
static void zone_open_to_him(void) { guards("height"); }
static void zone_shut_to_him(void) { rows[0].restrictions = 1; set_roster(); guards("height"); }
static void zone_of_no_rule(void) { guards("pit"); }
static void yesterdays_roster(void) { known.day++; moment.now += 86400 * (int64_t)US_PER_SECOND;
                                      known.place_checked = known.roster_checked = moment.now;
                                      show(server, NOON + 86400 - 10); }
static void leaving_with_red(void) { red_in_roster(); shown.direction = DIRECTION_OUT; }
static void leaving_with_nothing(void) { no_place(); foreign_key(); shown.direction = DIRECTION_OUT; }

static const struct {
    const char *name;
    void (*make)(void);
    enum verdict_kind verdict;
    enum why why;
    uint32_t flags;
} cases[] = {
    {"green", nothing_special, VERDICT_OPEN, WHY_OK, 0},
    {"yellow", yellow_in_roster, VERDICT_OPEN, WHY_RESTRICTED, 0},
    {"yellow where the site denies it", yellow_where_denied, VERDICT_REFUSE, WHY_YELLOW, 0},
    {"red", red_in_roster, VERDICT_REFUSE, WHY_RED, 0},
    {"in neither roster nor list", not_in_roster, VERDICT_CANNOT_TELL, WHY_STALE, 0},
    {"green in the list alone", listed_but_not_in_roster, VERDICT_CANNOT_TELL, WHY_STALE, 0},
    {"no roster for today", no_roster, VERDICT_CANNOT_TELL, WHY_STALE, 0},
    {"nothing known of the site", no_place, VERDICT_CANNOT_TELL, WHY_STALE, 0},
    {"no keys", no_keys, VERDICT_CANNOT_TELL, WHY_UNKNOWN_KEY, 0},
    {"signed by a stranger", foreign_key, VERDICT_CANNOT_TELL, WHY_UNKNOWN_KEY, 0},
    {"signed by a removed key", key_removed, VERDICT_REFUSE, WHY_KEY, 0},
    {"expired", code_over, VERDICT_REFUSE, WHY_EXPIRED, 0},
    {"not yet", code_to_come, VERDICT_REFUSE, WHY_NOT_YET, 0},
    {"the clock is not to be trusted", clock_bad, VERDICT_CANNOT_TELL, WHY_CLOCK, 0},
    {"forged, whatever the clock", clock_bad_and_forged, VERDICT_CANNOT_TELL, WHY_UNKNOWN_KEY, 0},
    {"void in the list", void_in_list, VERDICT_REFUSE, WHY_VOID, 0},
    {"red in a newer list", red_in_list, VERDICT_OPEN, WHY_OK, GATE_COLOUR_MOVED},
    {"green in the list", green_in_list, VERDICT_OPEN, WHY_OK, 0},
    {"void in yesterday's list", void_yesterday, VERDICT_REFUSE, WHY_VOID, 0},
    {"red in yesterday's list only", red_yesterday, VERDICT_OPEN, WHY_OK, 0},
    {"a list older than the site allows", list_too_old, VERDICT_CANNOT_TELL, WHY_STALE, 0},
    {"badge", badge, VERDICT_OPEN, WHY_OK, 0},
    {"badge issued after the list", badge_newer_than_list, VERDICT_CANNOT_TELL, WHY_STALE, 0},
    {"known too long ago", data_too_old, VERDICT_CANNOT_TELL, WHY_STALE, 0},
    {"red, known too long ago", data_old_and_red, VERDICT_CANNOT_TELL, WHY_STALE, 0},
    {"known too long ago, the rule opens", data_too_old_but_trusted, VERDICT_OPEN, WHY_STALE,
     GATE_OPENED_BY_RULE},
    {"yesterday's roster", yesterdays_roster, VERDICT_CANNOT_TELL, WHY_STALE, 0},
    {"by number", by_number, VERDICT_CANNOT_TELL, WHY_STALE, GATE_WITHOUT_CODE},
    {"site stopped", site_stopped, VERDICT_REFUSE, WHY_SITE_STOPPED, 0},
    {"site stopped, and he puts it right", site_stopped_for_others, VERDICT_OPEN, WHY_OK, 0},
    {"site closed", site_closed, VERDICT_REFUSE, WHY_SITE_CLOSED, 0},
    {"inside already", inside_already, VERDICT_REFUSE, WHY_PASSBACK, GATE_PASSBACK},
    {"inside already, flagged", inside_and_flagged, VERDICT_OPEN, WHY_OK, GATE_PASSBACK},
    {"a briefing nobody here knows of", wants_briefing, VERDICT_CANNOT_TELL, WHY_STALE, 0},
    {"the same, the rule opens", wants_briefing_openly, VERDICT_OPEN, WHY_STALE,
     GATE_OPENED_BY_RULE},
    {"a zone open to him", zone_open_to_him, VERDICT_OPEN, WHY_OK, 0},
    {"a zone shut to him", zone_shut_to_him, VERDICT_REFUSE, WHY_ZONE, 0},
    {"a zone of no rule", zone_of_no_rule, VERDICT_CANNOT_TELL, WHY_NO_POLICY, 0},
    {"leaving, red", leaving_with_red, VERDICT_OPEN, WHY_EXIT, 0},
    {"leaving, nothing known, forged", leaving_with_nothing, VERDICT_OPEN, WHY_EXIT, 0},
};

#define EACH(i) (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)

Test(decide, each_case_gets_its_answer)
{
    for EACH(i) {
        if (i > 0) {
            tear_down();
            memset(&known, 0, sizeof known);
            set_up();
        }
        cases[i].make();
        expect(cases[i].name, cases[i].verdict, cases[i].why);
        cr_expect_eq(decision.answer.flags, cases[i].flags, "%s: flags %x", cases[i].name,
                     decision.answer.flags);
    }
}

Test(decide, a_receipt_says_what_the_answer_was_made_from)
{
    const int64_t *inputs = decision.receipt.inputs;

    green_in_list();
    moment.clock_offset_ms = 31000;
    moment.server_late = true;
    expect("green", VERDICT_OPEN, WHY_OK);
    cr_expect_eq(decision.receipt.t_s, NOON);
    cr_expect_eq(decision.receipt.index, (int64_t)INDEX);
    cr_expect_eq(decision.receipt.site, (uint64_t)SITE);
    cr_expect_eq(decision.receipt.gate, (uint64_t)GATE);
    cr_expect_eq(decision.receipt.colour, 0);
    cr_expect_eq(inputs[RECEIPT_TOKEN_KIND], TOKEN_LIVE);
    cr_expect_eq(inputs[RECEIPT_TOKEN_IAT], NOON - 10);
    cr_expect_eq(inputs[RECEIPT_TRUST_SEQ], 5);
    cr_expect_eq(inputs[RECEIPT_ROSTER_SEQ], 9);
    cr_expect_eq(inputs[RECEIPT_ROSTER_COLOUR], 0);
    cr_expect_eq(inputs[RECEIPT_LIST_IAT], NOON - 60);
    cr_expect_eq(inputs[RECEIPT_LIST_STATUS], STATUS_VALID);
    cr_expect_eq(inputs[RECEIPT_SITE_VERSION], 4);
    cr_expect_eq(inputs[RECEIPT_POLICY], POLICY);
    cr_expect_eq(inputs[RECEIPT_CLOCK_OFFSET_MS], 31000);
    cr_expect_eq(inputs[RECEIPT_FLAGS], GATE_LATE | GATE_CLOCK);
    cr_expect_eq(inputs[RECEIPT_TOLD], 1);
    cr_expect_eq(decision.until_s, NOON - 10 + TOKEN_LIVE_S + 30);
}

Test(decide, nobody_who_could_not_be_told_is_held_to_it)
{
    no_roster();
    expect("no roster", VERDICT_CANNOT_TELL, WHY_STALE);
    cr_expect_eq(decision.until_s, 0, "he may scan again");
    badge();
    set_roster();
    expect("badge", VERDICT_OPEN, WHY_OK);
    cr_expect_eq(decision.until_s, 0, "a badge is shown every day");
}

Test(decide, what_cannot_be_written_follows_the_sites_rule)
{
    expect("green", VERDICT_OPEN, WHY_OK);
    decide_unrecorded(&known, DIRECTION_IN, &decision);
    cr_expect_eq(decision.answer.verdict, VERDICT_CANNOT_TELL);
    cr_expect_eq(decision.answer.why, WHY_UNRECORDED);
    set_rule("{\"unrecorded\":\"open_flagged\"}");
    expect("green", VERDICT_OPEN, WHY_OK);
    decide_unrecorded(&known, DIRECTION_IN, &decision);
    cr_expect_eq(decision.answer.verdict, VERDICT_OPEN);
    cr_expect_eq(decision.answer.flags, GATE_OPENED_BY_RULE);
    shown.direction = DIRECTION_OUT;
    expect("leaving", VERDICT_OPEN, WHY_EXIT);
    decide_unrecorded(&known, DIRECTION_OUT, &decision);
    cr_expect_eq(decision.answer.verdict, VERDICT_OPEN, "nobody is locked in by a full disk");
}
