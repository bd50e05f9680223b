/* The order of verification as a whole: each case that a verifier meets, by name, with its reason. */
#include <criterion/criterion.h>
#include <string.h>

#include "crypto/cbor.h"
#include "crypto/code.h"
#include "support/code_maker.h"

enum {
    DAY = 45246, MIDNIGHT = MAKER_IAT - 6 * 3600, NOW = MAKER_IAT + 10, POLICY = 7, SITE = 12,
    GATE = 70, LIST_SLOTS = 64, SLOT = 5, SPACE = 2 * TOKEN_TEXT_MAX
};
#define INDEX ((UINT64_C(3) << 20) + SLOT)

static struct signer *server, *sm2_server, *phone, *thief;
static struct trust_list trust;

/* -- the world --------------------------------------------------------------------------------- */

/* One list, number 3, with a status for each slot. */
static struct {
    int64_t iat, exp;
    bool is_there;
    unsigned char status[LIST_SLOTS];
} list;

static bool find_status(void *arg, uint64_t index, struct code_status *status)
{
    uint64_t slot = index & 0xFFFFF;

    (void)arg;
    if (!list.is_there || index >> 20 != 3)
        return false;
    *status = (struct code_status){.iat = list.iat, .exp = list.exp, .is_beyond = slot >= LIST_SLOTS};
    if (slot < LIST_SLOTS)
        status->status = list.status[slot];
    return true;
}

/* A roster of one row. */
static struct roster_row row;

static bool find_row(void *arg, uint64_t index, struct roster_row *found)
{
    (void)arg;
    *found = row;
    return index == row.index;
}

static struct code_lists lists;
static struct code_roster roster;
static struct code_recalled places[64];
static struct code_recall recall;
static struct code_memory memory;
static struct code_gate gate;
static struct code_answer answer;
static struct token token;

static void trust_signer(struct signer *signer)
{
    struct trusted_key key = *signer_key(signer);
    struct err e;

    key.kinds = 1u << TOKEN_LIVE | 1u << TOKEN_CRED | 1u << TOKEN_BADGE;
    e = trust_list_add(&trust, &key);
    cr_assert(!err_is(e));
}

/* A gate without list and roster, as `jianan code verify` is by itself. */
static void fresh_world(void)
{
    memset(list.status, 1, sizeof list.status); /* nobody's */
    list.status[SLOT] = 0;
    list.is_there = true;
    list.iat = MIDNIGHT;
    list.exp = MIDNIGHT + 86400;
    row = (struct roster_row){.index = INDEX, .trade = 20};
    lists = (struct code_lists){.find = find_status};
    roster = (struct code_roster){
        .head = {.iat = MIDNIGHT, .exp = MIDNIGHT + 86400, .seq = 1, .site = SITE, .day = DAY,
                 .policy = POLICY},
        .find = find_row};
    memset(places, 0, sizeof places);
    recall = (struct code_recall){places, 64};
    memory = code_recall_memory(&recall);
    gate = (struct code_gate){.trust = &trust, .now_s = NOW, .skew_s = TOKEN_SKEW_S, .today = DAY,
                              .today_from_s = MIDNIGHT, .policy = CODE_ANY_POLICY, .site = SITE,
                              .gate = GATE, .direction = CODE_IN};
}

static void set_up(void)
{
    server = maker_signer(TOKEN_ES256);
    sm2_server = maker_signer(TOKEN_SM2);
    phone = maker_signer(TOKEN_ES256);
    thief = maker_signer(TOKEN_ES256);
    trust_signer(server);
    trust_signer(sm2_server);
    fresh_world();
}

static void tear_down(void)
{
    trust_list_clear(&trust);
    signer_close(server);
    signer_close(sm2_server);
    signer_close(phone);
    signer_close(thief);
}

TestSuite(judge, .init = set_up, .fini = tear_down);

/* -- codes ------------------------------------------------------------------------------------- */

static struct live_claims claims(int64_t iat, int64_t life_s, unsigned colour)
{
    return (struct live_claims){.iat = iat, .exp = iat + life_s, .index = INDEX, .colour = colour,
                                .policy = POLICY};
}

static char text[SPACE];

static struct text live_with(struct live_claims said)
{
    struct build out = build_over(text, sizeof text);
    struct err e = token_issue_live(server, &said, &out, NULL);

    cr_assert(!err_is(e));
    return build_done(&out);
}

static struct text live(unsigned colour)
{
    return live_with(claims(MAKER_IAT, TOKEN_LIVE_S, colour));
}

static struct text badge(int64_t iat)
{
    struct build out = build_over(text, sizeof text);
    struct live_claims said = claims(iat, TOKEN_BADGE_S, 0);
    struct err e = token_issue_badge(server, &said, &out, NULL);

    cr_assert(!err_is(e));
    return build_done(&out);
}

static struct text cred(void)
{
    static char cred_text[SPACE];
    struct build out = build_over(cred_text, sizeof cred_text);
    struct live_claims said = claims(MAKER_IAT - 3600, TOKEN_CRED_S, 0);
    struct cred_claims bound = {.day = DAY, .colour_tomorrow = 2};
    struct err e;

    cr_assert(ecc_point(signer_key(phone)->public_key, bound.holder));
    e = token_issue_cred(server, &said, &bound, &out, NULL);
    cr_assert(!err_is(e));
    return build_done(&out);
}

static struct text shown_by(struct signer *holder, int64_t at)
{
    struct build out = build_over(text, sizeof text);
    struct err e = token_bind(holder, cred(), at, &out);

    cr_assert(!err_is(e));
    return build_done(&out);
}

static enum token_why judge(struct text code)
{
    static unsigned char bytes[TOKEN_BYTES_MAX];

    code_judge(code, &gate, bytes, &token, &answer);
    return answer.why;
}

#define expect(code, verdict_wanted, why_wanted, name)                                             \
    do {                                                                                           \
        enum token_why why_got = judge(code);                                                      \
                                                                                                   \
        cr_expect_eq(why_got, (why_wanted), "%s: got %s", (name), token_why_name(why_got));        \
        cr_expect_eq(answer.verdict, (verdict_wanted), "%s: got %s", (name),                       \
                     code_verdict_name(answer.verdict));                                           \
    } while (0)

static void expect_colour(int colour, enum code_colour_from from, const char *name)
{
    cr_expect_eq(answer.colour, colour, "%s: colour %d", name, answer.colour);
    cr_expect_eq(answer.colour_from, from, "%s: from %d", name, answer.colour_from);
}

/* -- the token alone --------------------------------------------------------------------------- */

Test(judge, a_good_code_of_each_kind_opens)
{
    expect(live(0), CODE_OPEN, TOKEN_OK, "live");
    expect_colour(0, CODE_FROM_TOKEN, "live");
    expect(shown_by(phone, NOW), CODE_OPEN, TOKEN_OK, "shown by a phone");
    expect_colour(0, CODE_FROM_TOKEN, "shown by a phone");
    expect(badge(MIDNIGHT), CODE_OPEN, TOKEN_OK, "badge");
    expect_colour(CODE_NO_COLOUR, CODE_FROM_NOTHING, "badge");
}

Test(judge, yellow_and_red_are_refused_and_say_so)
{
    expect(live(1), CODE_REFUSE, TOKEN_YELLOW, "yellow");
    expect_colour(1, CODE_FROM_TOKEN, "yellow");
    expect(live(2), CODE_REFUSE, TOKEN_RED, "red");
    expect_colour(2, CODE_FROM_TOKEN, "red");
}

Test(judge, kind_swapped)
{
    char bytes[TOKEN_BYTES_MAX + 1], payload_bytes[64];
    struct build sealed = build_over(bytes, sizeof bytes), out = build_over(text, sizeof text);
    struct build payload = build_over(payload_bytes, sizeof payload_bytes);
    struct err e;

    cbor_put_head(&payload, CBOR_MAP, 1);
    cbor_put_int(&payload, 6);
    cbor_put_int(&payload, MAKER_IAT);
    e = envelope_seal(server, TOKEN_RECEIPT, build_done(&payload), &sealed);
    cr_assert(!err_is(e));
    envelope_format_text(build_done(&sealed), &out);
    expect(build_done(&out), CODE_REFUSE, TOKEN_KEY, "a receipt shown as a code");
    cr_expect(token.kind == TOKEN_RECEIPT);
}

Test(judge, cnf_stripped)
{
    expect(cred(), CODE_REFUSE, TOKEN_SIGNATURE, "the cred without the phone around it");
}

Test(judge, outer_signature_by_another_phone)
{
    expect(shown_by(thief, NOW), CODE_REFUSE, TOKEN_SIGNATURE, "another phone");
}

/* The header's alg, or kid, exchanged in the bytes of a good code. */
static struct text with_header_of(struct signer *named, enum token_alg alg, struct signer *by)
{
    char header_bytes[64], sealed_bytes[TOKEN_BYTES_MAX + 1];
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct build header = build_over(header_bytes, sizeof header_bytes);
    struct build sealed = build_over(sealed_bytes, sizeof sealed_bytes);
    struct build out = build_over(text, sizeof text);
    struct token good;
    struct err e;

    cr_assert_eq(token_read(live(0), bytes, &good), TOKEN_OK);
    cbor_put_head(&header, CBOR_MAP, 3);
    cbor_put_int(&header, 1);
    cbor_put_int(&header, alg);
    cbor_put_int(&header, 4);
    cbor_put_bytes(&header, (struct text){(const char *)signer_key(named)->kid, TOKEN_KID_BYTES});
    cbor_put_int(&header, -65537);
    cbor_put_int(&header, TOKEN_LIVE);
    e = envelope_seal_as(by, build_done(&header), good.envelope.sign1.payload, &sealed);
    cr_assert(!err_is(e));
    envelope_format_text(build_done(&sealed), &out);
    return build_done(&out);
}

Test(judge, alg_changed_under_the_same_kid)
{
    expect(with_header_of(server, TOKEN_SM2, server), CODE_REFUSE, TOKEN_KEY, "said to be SM2");
    expect(with_header_of(server, (enum token_alg)-8, server), CODE_REFUSE, TOKEN_KEY, "EdDSA");
    expect(with_header_of(server, (enum token_alg)0, server), CODE_REFUSE, TOKEN_KEY, "none");
    expect(with_header_of(server, TOKEN_ES256, server), CODE_OPEN, TOKEN_OK, "as it was");
}

Test(judge, sm2_key_used_as_ecdsa_and_the_reverse)
{
    expect(with_header_of(sm2_server, TOKEN_ES256, server), CODE_REFUSE, TOKEN_KEY, "SM2's kid");
    expect(with_header_of(server, TOKEN_SM2, sm2_server), CODE_REFUSE, TOKEN_KEY, "ES256's kid");
    expect(with_header_of(server, TOKEN_ES256, sm2_server), CODE_REFUSE, TOKEN_SIGNATURE,
           "signed by SM2, said to be ES256");
    expect(with_header_of(sm2_server, TOKEN_SM2, sm2_server), CODE_OPEN, TOKEN_OK, "SM2 as SM2");
}

Test(judge, unknown_kid)
{
    expect(with_header_of(thief, TOKEN_ES256, thief), CODE_CANNOT_TELL, TOKEN_UNKNOWN_KEY, "ES256");
}

Test(judge, retired_kid)
{
    trust.keys[0].state = KEY_RETIRED;
    expect(live(0), CODE_OPEN, TOKEN_OK, "until its end");
    trust.keys[0].exp = NOW;
    expect(live(0), CODE_REFUSE, TOKEN_KEY, "past its end");
}

Test(judge, removed_kid_with_a_warm_cache)
{
    gate.signature_known = true;
    expect(live(0), CODE_OPEN, TOKEN_OK, "recognised");
    trust.keys[0].state = KEY_REMOVED;
    expect(live(0), CODE_REFUSE, TOKEN_KEY, "recognised, but its key is removed");
}

Test(judge, what_is_recognised_is_not_verified_again)
{
    gate.signature_known = true;
    expect(with_header_of(server, TOKEN_ES256, thief), CODE_OPEN, TOKEN_OK, "the caller knows it");
    gate.signature_known = false;
    expect(with_header_of(server, TOKEN_ES256, thief), CODE_REFUSE, TOKEN_SIGNATURE, "else not");
}

Test(judge, exp_far_away)
{
    unsigned char bytes[64];
    char sealed_bytes[TOKEN_BYTES_MAX + 1];
    struct build payload = build_over((char *)bytes, sizeof bytes);
    struct build sealed = build_over(sealed_bytes, sizeof sealed_bytes);
    struct build out = build_over(text, sizeof text);
    struct err e;

    build_text(&payload, TEXT("\xA3\x04\x1A\xF3\xC7\xA2\x80\x06\x1A\x65\x53\xF1\x00\x3A\x00\x01"
                              "\x00\x00\x83\x05\x00\x07"));
    e = envelope_seal(server, TOKEN_LIVE, build_done(&payload), &sealed);
    cr_assert(!err_is(e));
    envelope_format_text(build_done(&sealed), &out);
    expect(build_done(&out), CODE_REFUSE, TOKEN_FORMAT, "exp in 2099");
    cr_expect_eq(token.kind, 0, "nothing that was read is vouched for");
}

Test(judge, iat_one_second_past_the_skew)
{
    gate.now_s = MAKER_IAT - TOKEN_SKEW_S - 1;
    expect(live(0), CODE_REFUSE, TOKEN_NOT_YET, "one second past");
    gate.now_s++;
    expect(live(0), CODE_OPEN, TOKEN_OK, "at it");
    gate.now_s = MAKER_IAT + TOKEN_LIVE_S + TOKEN_SKEW_S;
    expect(live(0), CODE_REFUSE, TOKEN_EXPIRED, "dead at exp + skew");
    gate.now_s--;
    expect(live(0), CODE_OPEN, TOKEN_OK, "a second before");
}

Test(judge, gate_clock_a_day_back)
{
    gate.now_s = NOW - 86400;
    gate.today = DAY - 1;
    gate.today_from_s = MIDNIGHT - 86400;
    expect(live(0), CODE_REFUSE, TOKEN_NOT_YET, "nobody knows that it is wrong");
    gate.clock_bad = true;
    expect(live(0), CODE_CANNOT_TELL, TOKEN_CLOCK, "known to be wrong");
    trust.keys[0].nbf = NOW - 3600;
    expect(live(0), CODE_CANNOT_TELL, TOKEN_CLOCK, "the key's times are not asked either");
    expect(with_header_of(server, TOKEN_ES256, thief), CODE_REFUSE, TOKEN_SIGNATURE,
           "a forgery is one at any time");
}

Test(judge, a_trust_list_that_is_over_can_vouch_for_nothing)
{
    trust.exp = NOW - TOKEN_SKEW_S;
    expect(live(0), CODE_CANNOT_TELL, TOKEN_STALE, "over");
    trust.exp++;
    expect(live(0), CODE_OPEN, TOKEN_OK, "its last second");
}

Test(judge, what_readers_do_to_a_text)
{
    char bent[3 * SPACE];
    static const struct {
        const char *name, *before, *behind;
        enum token_why why;
    } cases[] = {
        {"trailing CR", "", "\r", TOKEN_FORMAT},      {"trailing LF", "", "\n", TOKEN_FORMAT},
        {"trailing CR LF", "", "\r\n", TOKEN_FORMAT}, {"a blank", "", " ", TOKEN_FORMAT},
        {"a URL before it", "https://example.org/v/", "", TOKEN_NOT_OURS},
        {"another product's", "HC1:", "", TOKEN_NOT_OURS},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct build out = build_over(bent, sizeof bent);

        build_string(&out, cases[i].before);
        build_text(&out, live(0));
        build_string(&out, cases[i].behind);
        expect(build_done(&out), CODE_REFUSE, cases[i].why, cases[i].name);
    }
}

Test(judge, lower_case_text)
{
    struct text code = live(0);

    for (size_t i = 0; i < code.bytes; i++)
        text[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
    expect(code, CODE_REFUSE, TOKEN_FORMAT, "all of it");
}

Test(judge, two_codes_in_one_scan)
{
    char two[2 * SPACE];
    struct build out = build_over(two, sizeof two);

    build_text(&out, live(0));
    build_text(&out, live(0));
    expect(build_done(&out), CODE_REFUSE, TOKEN_FORMAT, "side by side");
}

Test(judge, a_colour_of_another_policy_does_not_count)
{
    gate.policy = POLICY + 1;
    expect(live(0), CODE_CANNOT_TELL, TOKEN_OTHER_POLICY, "green elsewhere");
    expect_colour(CODE_NO_COLOUR, CODE_FROM_NOTHING, "green elsewhere");
    cr_expect_eq(answer.flags, CODE_OTHER_POLICY);
    gate.lists = &lists;
    expect(live(2), CODE_OPEN, TOKEN_OK, "red elsewhere, green on the gate's own list");
    expect_colour(0, CODE_FROM_LIST, "the list");
}

Test(judge, no_signed_colour_is_valid_past_its_local_day)
{
    gate.today_from_s = MAKER_IAT + 1;
    gate.today = DAY + 1;
    expect(live(0), CODE_CANNOT_TELL, TOKEN_STALE, "a live code from before midnight");
    cr_expect_eq(answer.flags, CODE_ANOTHER_DAY);
    expect(shown_by(phone, NOW), CODE_REFUSE, TOKEN_RED, "a cred states tomorrow's as well");
    gate.today = DAY + 2;
    expect(shown_by(phone, NOW), CODE_CANNOT_TELL, TOKEN_STALE, "but no more");
}

/* -- lists ------------------------------------------------------------------------------------- */

Test(judge, the_newer_of_code_and_list_wins_and_a_difference_is_flagged)
{
    static const struct {
        const char *name;
        unsigned status;
        int64_t list_iat;
        unsigned colour;
        enum token_why why;
        int shown;
        enum code_colour_from from;
        bool differs;
    } cases[] = {
        {"both green", 0, MIDNIGHT, 0, TOKEN_OK, 0, CODE_FROM_TOKEN, false},
        {"newer code red", 0, MIDNIGHT, 2, TOKEN_RED, 2, CODE_FROM_TOKEN, true},
        {"older list red", 2, MIDNIGHT, 0, TOKEN_OK, 0, CODE_FROM_TOKEN, true},
        {"newer list red", 2, MAKER_IAT + 1, 0, TOKEN_RED, 2, CODE_FROM_LIST, true},
        {"newer list green", 0, MAKER_IAT + 1, 2, TOKEN_OK, 0, CODE_FROM_LIST, true},
        {"newer list yellow", 3, MAKER_IAT + 1, 0, TOKEN_YELLOW, 1, CODE_FROM_LIST, true},
        {"of one second", 2, MAKER_IAT, 0, TOKEN_OK, 0, CODE_FROM_TOKEN, true},
        {"void, older", 1, MIDNIGHT, 0, TOKEN_VOID, -1, CODE_FROM_NOTHING, false},
        {"void, newer", 1, MAKER_IAT + 1, 0, TOKEN_VOID, -1, CODE_FROM_NOTHING, false},
    };

    gate.lists = &lists;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        list.status[SLOT] = (unsigned char)cases[i].status;
        list.iat = cases[i].list_iat;
        expect(live(cases[i].colour), cases[i].why == TOKEN_OK ? CODE_OPEN : CODE_REFUSE,
               cases[i].why, cases[i].name);
        expect_colour(cases[i].shown, cases[i].from, cases[i].name);
        cr_expect_eq((answer.flags & CODE_COLOUR_DIFFERS) != 0, cases[i].differs, "%s",
                     cases[i].name);
        cr_expect_eq(answer.list_status, (int)cases[i].status);
    }
}

Test(judge, list_from_another_uri)
{
    struct live_claims other = claims(MAKER_IAT, TOKEN_LIVE_S, 0);

    gate.lists = &lists;
    other.index = (UINT64_C(4) << 20) + SLOT;
    expect(live_with(other), CODE_CANNOT_TELL, TOKEN_STALE, "a list, but not of this number");
    list.is_there = false;
    expect(badge(MIDNIGHT), CODE_CANNOT_TELL, TOKEN_STALE, "no list at all");
}

Test(judge, yesterday_s_list)
{
    gate.lists = &lists;
    list.iat -= 86400;
    list.exp -= 86400;
    expect(live(0), CODE_CANNOT_TELL, TOKEN_STALE, "over at midnight");
    list.exp = NOW - TOKEN_SKEW_S + 1;
    expect(live(0), CODE_OPEN, TOKEN_OK, "within the skew");
}

Test(judge, a_list_older_than_the_gate_will_have_it)
{
    gate.lists = &lists;
    lists.age_max_s = NOW - MIDNIGHT;
    expect(live(0), CODE_OPEN, TOKEN_OK, "just young enough");
    lists.age_max_s--;
    expect(live(0), CODE_CANNOT_TELL, TOKEN_STALE, "one second older");
    lists.age_max_s = 0;
    list.iat = NOW + TOKEN_SKEW_S + 1;
    expect(live(0), CODE_CANNOT_TELL, TOKEN_STALE, "from the future");
}

Test(judge, index_equal_to_the_list_s_length)
{
    struct live_claims last = claims(MAKER_IAT, TOKEN_LIVE_S, 0);

    gate.lists = &lists;
    last.index = (UINT64_C(3) << 20) + LIST_SLOTS - 1;
    list.status[LIST_SLOTS - 1] = 0;
    expect(live_with(last), CODE_OPEN, TOKEN_OK, "the last one");
    last.index++;
    expect(live_with(last), CODE_REFUSE, TOKEN_VOID, "one past it");
}

Test(judge, index_of_an_unused_slot)
{
    struct live_claims unused = claims(MAKER_IAT, TOKEN_LIVE_S, 0);

    gate.lists = &lists;
    unused.index++;
    expect(live_with(unused), CODE_REFUSE, TOKEN_VOID, "nobody's");
}

Test(judge, badge_issued_after_the_list_was_built)
{
    gate.lists = &lists;
    list.status[SLOT] = 1; /* its slot was nobody's then */
    expect(badge(MIDNIGHT + 1), CODE_CANNOT_TELL, TOKEN_STALE, "a second after");
    expect(badge(MIDNIGHT), CODE_REFUSE, TOKEN_VOID, "before it: void");
}

Test(judge, badge_of_a_void_card)
{
    gate.lists = &lists;
    gate.roster = &roster;
    expect(badge(MIDNIGHT - 86400), CODE_OPEN, TOKEN_OK, "before it was voided");
    list.status[SLOT] = 1;
    expect(badge(MIDNIGHT - 86400), CODE_REFUSE, TOKEN_VOID, "void beats the roster");
}

Test(judge, a_badge_has_the_colour_of_its_slot)
{
    gate.lists = &lists;
    list.status[SLOT] = 3;
    expect(badge(MIDNIGHT - 86400), CODE_REFUSE, TOKEN_YELLOW, "yellow");
    expect_colour(1, CODE_FROM_LIST, "yellow");
}

/* -- rosters ----------------------------------------------------------------------------------- */

Test(judge, the_roster_opens_and_what_is_newer_and_worse_counts_more)
{
    static const struct {
        const char *name;
        unsigned here, colour;
        int64_t roster_iat;
        enum token_why why;
        int shown;
        enum code_colour_from from;
    } cases[] = {
        {"both green", 0, 0, MIDNIGHT, TOKEN_OK, 0, CODE_FROM_ROSTER},
        {"no certificate for this trade", 1, 0, MIDNIGHT, TOKEN_YELLOW, 1, CODE_FROM_ROSTER},
        {"red since this morning", 0, 2, MIDNIGHT, TOKEN_RED, 2, CODE_FROM_TOKEN},
        {"a code older than the roster", 0, 2, NOW, TOKEN_OK, 0, CODE_FROM_ROSTER},
        {"green again, but what of the place?", 2, 0, MIDNIGHT, TOKEN_RED, 2, CODE_FROM_ROSTER},
    };

    gate.roster = &roster;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        row.colour_here = cases[i].here;
        roster.head.iat = cases[i].roster_iat;
        expect(live(cases[i].colour), cases[i].why == TOKEN_OK ? CODE_OPEN : CODE_REFUSE,
               cases[i].why, cases[i].name);
        expect_colour(cases[i].shown, cases[i].from, cases[i].name);
        cr_expect(answer.is_listed && answer.row.trade == 20);
    }
}

Test(judge, who_is_in_neither_is_cannot_tell)
{
    gate.roster = &roster;
    row.index++;
    expect(live(0), CODE_CANNOT_TELL, TOKEN_NOT_LISTED, "green, not in the roster");
    cr_expect(!answer.is_listed);
    expect(badge(MIDNIGHT), CODE_CANNOT_TELL, TOKEN_NOT_LISTED, "a badge");
    expect(live(2), CODE_REFUSE, TOKEN_RED, "red by his own code");
    gate.lists = &lists;
    expect(badge(MIDNIGHT), CODE_CANNOT_TELL, TOKEN_NOT_LISTED, "a list opens for nobody");
    list.status[SLOT] = 2;
    expect(badge(MIDNIGHT), CODE_REFUSE, TOKEN_RED, "but it can veto");
}

Test(judge, a_roster_of_another_day_policy_or_past_its_end_tells_nothing)
{
    gate.roster = &roster;
    roster.head.day = DAY - 1;
    expect(live(0), CODE_CANNOT_TELL, TOKEN_STALE, "yesterday's");
    roster.head.day = DAY;
    roster.head.exp = NOW - TOKEN_SKEW_S;
    expect(live(0), CODE_CANNOT_TELL, TOKEN_STALE, "over");
    roster.head.exp = NOW;
    gate.policy = POLICY + 1;
    expect(live(0), CODE_CANNOT_TELL, TOKEN_STALE, "another policy's");
    gate.policy = CODE_ANY_POLICY;
    roster.head.policy = POLICY + 1;
    expect(live(2), CODE_OPEN, TOKEN_OK, "the roster's policy is the gate's: red elsewhere");
    cr_expect_eq(answer.flags, CODE_OTHER_POLICY);
}

Test(judge, a_missing_list_says_nothing_where_the_roster_opens)
{
    gate.roster = &roster;
    gate.lists = &lists;
    list.is_there = false;
    expect(badge(MIDNIGHT), CODE_OPEN, TOKEN_OK, "no list of this number");
    list.is_there = true;
    list.exp = NOW - TOKEN_SKEW_S;
    expect(badge(MIDNIGHT), CODE_CANNOT_TELL, TOKEN_STALE, "one that is over is asked");
}

/* -- replays ----------------------------------------------------------------------------------- */

Test(judge, one_live_code_at_two_gates_within_a_second)
{
    gate.memory = &memory;
    expect(live(0), CODE_OPEN, TOKEN_OK, "the first gate");
    gate.gate++;
    gate.now_s++;
    expect(live(0), CODE_REFUSE, TOKEN_REPLAYED, "the second gate");
    cr_expect_eq(answer.flags, CODE_ELSEWHERE);
    gate.site++;
    expect(live(0), CODE_OPEN, TOKEN_OK, "another site does not know of it");
    gate.site--;
    gate.direction = CODE_OUT;
    expect(live(0), CODE_OPEN, TOKEN_OK, "leaving is another use");
    gate.gate++;
    expect(live(0), CODE_OPEN, TOKEN_OK, "and never refused");
    cr_expect_eq(answer.flags, CODE_ELSEWHERE);
}

Test(judge, the_same_scan_sent_three_times)
{
    gate.memory = &memory;
    expect(live(0), CODE_OPEN, TOKEN_OK, "once");
    cr_expect_eq(answer.flags, 0);
    trust.keys[0].kinds = 0;
    expect(live(0), CODE_REFUSE, TOKEN_KEY, "what is not genuine is not remembered");
    trust.keys[0].kinds = 1u << TOKEN_LIVE;
    list.status[SLOT] = 2;
    list.iat = NOW;
    gate.lists = &lists; /* red by now, but it is the same scan */
    for (int i = 0; i < 2; i++) {
        expect(live(0), CODE_OPEN, TOKEN_OK, "again");
        cr_expect_eq(answer.flags, CODE_AGAIN);
    }
    expect(live_with(claims(MAKER_IAT + 1, TOKEN_LIVE_S, 0)), CODE_REFUSE, TOKEN_RED,
           "the next code");
    cr_expect_eq(answer.flags & CODE_AGAIN, 0);
}

Test(judge, a_malleable_signature_makes_no_new_code)
{
    unsigned char bytes[TOKEN_BYTES_MAX], order[32] =
        "\xFF\xFF\xFF\xFF\x00\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
        "\xBC\xE6\xFA\xAD\xA7\x17\x9E\x84\xF3\xB9\xCA\xC2\xFC\x63\x25\x51";
    struct text content = {NULL, 0};
    struct build out = build_over(text, sizeof text);
    int borrow = 0;

    gate.memory = &memory;
    expect(live(0), CODE_OPEN, TOKEN_OK, "as it was signed");
    cr_assert_eq(envelope_parse_text(text_of(text), bytes, sizeof bytes, &content), TOKEN_OK);
    for (size_t i = 32; i-- > 0;) { /* s becomes n - s */
        unsigned char *s = &bytes[content.bytes - 32 + i];
        int digit = order[i] - *s - borrow;

        borrow = digit < 0;
        *s = (unsigned char)(digit + 256 * borrow);
    }
    envelope_format_text(content, &out);
    expect(build_done(&out), CODE_OPEN, TOKEN_OK, "(r, n - s)");
    cr_expect_eq(answer.flags, CODE_AGAIN);
    gate.gate++;
    expect(build_done(&out), CODE_REFUSE, TOKEN_REPLAYED, "at another gate");
}

Test(judge, a_door_that_stayed_shut_leaves_the_code_free_for_another)
{
    gate.memory = &memory;
    expect(live(2), CODE_REFUSE, TOKEN_RED, "red");
    gate.gate++;
    expect(live(2), CODE_REFUSE, TOKEN_RED, "red at the next as well");
    cr_expect_eq(answer.flags, 0);
}

Test(judge, a_phone_s_code_is_known_by_the_time_in_it_and_a_badge_not_at_all)
{
    gate.memory = &memory;
    expect(shown_by(phone, NOW), CODE_OPEN, TOKEN_OK, "once");
    expect(shown_by(phone, NOW), CODE_OPEN, TOKEN_OK, "signed once more for the same second");
    cr_expect_eq(answer.flags, CODE_AGAIN);
    expect(shown_by(phone, NOW + 1), CODE_OPEN, TOKEN_OK, "the next second");
    cr_expect_eq(answer.flags, 0);
    expect(live_with(claims(NOW, TOKEN_LIVE_S, 2)), CODE_REFUSE, TOKEN_RED,
           "a live code of that second is another code");
    for (int i = 0; i < 2; i++) {
        expect(badge(MIDNIGHT), CODE_OPEN, TOKEN_OK, "a badge has anti-passback instead");
        cr_expect_eq(answer.flags, 0);
    }
}

Test(judge, memory_ends_with_the_code_and_the_first_to_die_makes_room)
{
    struct code_use use = {.index = 1, .time_s = NOW, .until_s = NOW + 90, .site = 1, .gate = 1,
                           .direction = CODE_IN};
    struct code_answer kept = {.verdict = CODE_OPEN}, found;

    recall.count = CODE_RECALL_WAYS; /* one set */
    memory.keep(memory.arg, &use, &kept);
    cr_expect_eq(memory.look(memory.arg, &use, NOW + 89, &found), CODE_SAME);
    cr_expect_eq(memory.look(memory.arg, &use, NOW + 90, &found), CODE_NEW);
    for (unsigned i = 0; i < CODE_RECALL_WAYS; i++) {
        use.index++;
        use.until_s++;
        memory.keep(memory.arg, &use, &kept);
    }
    cr_expect_eq(memory.look(memory.arg, &use, NOW, &found), CODE_SAME);
    use.index = 1;
    cr_expect_eq(memory.look(memory.arg, &use, NOW, &found), CODE_NEW);
}

/* -- leaving, names ---------------------------------------------------------------------------- */

Test(judge, leaving_is_open_for_everybody_whose_code_is_genuine)
{
    gate.direction = CODE_OUT;
    expect(live(0), CODE_OPEN, TOKEN_OK, "green");
    expect(live(2), CODE_OPEN, TOKEN_EXIT, "red");
    expect_colour(2, CODE_FROM_TOKEN, "red");
    gate.lists = &lists;
    list.status[SLOT] = 1;
    expect(badge(MIDNIGHT), CODE_OPEN, TOKEN_EXIT, "void");
    gate.lists = NULL;
    gate.roster = &roster;
    row.index++;
    expect(live(0), CODE_OPEN, TOKEN_EXIT, "not in the roster");
    expect(with_header_of(server, TOKEN_ES256, thief), CODE_REFUSE, TOKEN_SIGNATURE, "forged");
}

Test(judge, everything_has_a_name)
{
    for (unsigned why = 0; why < TOKEN_WHY_COUNT; why++)
        cr_expect(strlen(token_why_name((enum token_why)why)) > 1);
    cr_expect_str_eq(code_verdict_name(CODE_CANNOT_TELL), "cannot_tell");
    cr_expect_str_eq(code_colour_from_name(CODE_FROM_ROSTER), "roster");
    cr_expect(code_colour_from_name(CODE_FROM_NOTHING) == NULL);
    cr_expect(code_colour_name(CODE_NO_COLOUR) == NULL);
    cr_expect_str_eq(code_colour_name(1), "yellow");
    cr_expect_str_eq(code_flag_name(4), "elsewhere");
    cr_expect(code_flag_name(5) == NULL);
}
