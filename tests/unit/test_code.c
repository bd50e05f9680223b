/* `jianan code`: answers to the letter, and exit statuses. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "crypto/receipt.h"
#include "crypto/roster.h"
#include "crypto/statuslist.h"
#include "support/code_maker.h"
#include "support/verb.h"

int code_main(int argc, char **argv);

static char folder[] = "/tmp/jianan-code-XXXXXX";
static char trust_file[64], empty_file[64], now[16];
static struct maker maker;
static char answers[32768];

static void path_in(char *path, const char *name)
{
    cr_assert(snprintf(path, 64, "%s/%s", folder, name) < 64);
}

static void write_file(const char *path, struct text content)
{
    FILE *out = fopen(path, "wb");

    cr_assert(out != NULL && fwrite(content.at, 1, content.bytes, out) == content.bytes);
    cr_assert_eq(fclose(out), 0);
}

static void set_up(void)
{
    struct trust_list trust = {0};
    char json[4096];
    struct build out = build_over(json, sizeof json);
    struct err e;

    cr_assert(mkdtemp(folder) != NULL);
    path_in(trust_file, "trust.json");
    path_in(empty_file, "empty");
    write_file(empty_file, TEXT(""));
    snprintf(now, sizeof now, "%d", MAKER_IAT + 10);
    maker_init(&maker, TOKEN_ES256, 1u << TOKEN_LIVE | 1u << TOKEN_BADGE);
    e = trust_list_add(&trust, &maker.pinned);
    cr_assert(!err_is(e));
    trust_list_render(&trust, &out);
    write_file(trust_file, build_done(&out));
    trust_list_clear(&trust);
}

static void tear_down(void)
{
    maker_clear(&maker);
    unlink(trust_file);
    unlink(empty_file);
    rmdir(folder);
}

TestSuite(code, .init = set_up, .fini = tear_down);

static int run(struct text input, char **argv)
{
    return verb_run(code_main, input, argv, answers, sizeof answers);
}

#define RUN(input, ...) run((input), (char *[]){(char[]){"code"}, __VA_ARGS__, NULL})
#define ARG(literal)    ((char[]){literal})
#define VERIFY          ARG("verify"), ARG("--trust"), trust_file, ARG("--now"), now

/* A code of the maker's with this payload. */
static struct text code_with(enum token_kind kind, const char *payload, size_t bytes,
                             char text[TOKEN_TEXT_MAX])
{
    struct build out = build_over(text, TOKEN_TEXT_MAX);
    struct parts parts = maker_parts(&maker);

    parts.kind = kind;
    if (payload != NULL)
        parts.payload = (struct text){payload, bytes};
    maker_code(&maker, &parts, &out);
    build_char(&out, '\n');
    return build_done(&out);
}

#define LIVE(colour)                                                                               \
    "\xA3\x04\x1A\x65\x53\xF1\x3C\x06\x1A\x65\x53\xF1\x00\x3A\x00\x01\x00\x00\x83\x05" colour "\x07"
#define BADGE                                                                                      \
    "\xA3\x04\x1A\x65\x53\xF1\x3C\x06\x1A\x65\x53\xF1\x00\x3A\x00\x01\x00\x00\x81\x05"
#define TIMES ",\"iat\":1700000000,\"exp\":1700000060,\"flags\":[]}\n"

Test(code, a_green_code_opens)
{
    char text[TOKEN_TEXT_MAX];

    cr_expect_eq(RUN(code_with(TOKEN_LIVE, NULL, 0, text), VERIFY), 0);
    cr_expect_str_eq(answers, "{\"verdict\":\"open\",\"why\":\"ok\",\"kind\":\"live\","
                              "\"index\":1048577,\"colour\":\"green\",\"colour_from\":\"token\"" TIMES);
}

Test(code, yellow_and_red_codes_are_refused_for_their_colour)
{
    char text[TOKEN_TEXT_MAX];

    cr_expect_eq(RUN(code_with(TOKEN_LIVE, LIVE("\x01"), 22, text), VERIFY), 1);
    cr_expect_str_eq(answers, "{\"verdict\":\"refuse\",\"why\":\"yellow\",\"kind\":\"live\","
                              "\"index\":5,\"colour\":\"yellow\",\"colour_from\":\"token\"" TIMES);
    cr_expect_eq(RUN(code_with(TOKEN_LIVE, LIVE("\x02"), 22, text), VERIFY), 1);
    cr_expect_str_eq(answers, "{\"verdict\":\"refuse\",\"why\":\"red\",\"kind\":\"live\","
                              "\"index\":5,\"colour\":\"red\",\"colour_from\":\"token\"" TIMES);
}

Test(code, a_badge_has_no_colour)
{
    char text[TOKEN_TEXT_MAX];

    cr_expect_eq(RUN(code_with(TOKEN_BADGE, BADGE, 20, text), VERIFY), 0);
    cr_expect_str_eq(answers, "{\"verdict\":\"open\",\"why\":\"ok\",\"kind\":\"badge\","
                              "\"index\":5,\"colour\":null,\"colour_from\":null" TIMES);
}

Test(code, a_colour_of_another_policy_does_not_count)
{
    char text[TOKEN_TEXT_MAX];
    struct text code = code_with(TOKEN_LIVE, LIVE("\x02"), 22, text);

    cr_expect_eq(RUN(code, VERIFY, ARG("--policy-id"), ARG("8")), 1);
    cr_expect_str_eq(answers, "{\"verdict\":\"cannot_tell\",\"why\":\"other_policy\","
                              "\"kind\":\"live\",\"index\":5,\"colour\":null,\"colour_from\":null,"
                              "\"iat\":1700000000,\"exp\":1700000060,"
                              "\"flags\":[\"other_policy\"]}\n");
    cr_expect_eq(RUN(code, VERIFY, ARG("--policy-id"), ARG("7")), 1);
    cr_expect(strstr(answers, "\"why\":\"red\"") != NULL);
}

Test(code, every_line_is_answered_in_order)
{
    char text[TOKEN_TEXT_MAX], input[4096];
    struct build in = build_over(input, sizeof input);

    code_with(TOKEN_LIVE, NULL, 0, text);
    build_format(&in, "hello\n\n%.*s\r\n%sJA1.MY", (int)strlen(text) - 1, text, text);
    cr_expect_eq(RUN(build_done(&in), VERIFY), 1);
    cr_expect_str_eq(
        answers,
        "{\"verdict\":\"refuse\",\"why\":\"not_ours\",\"kind\":null,\"index\":null,\"colour\":null,"
        "\"colour_from\":null,\"iat\":null,\"exp\":null,\"flags\":[]}\n"
        "{\"verdict\":\"refuse\",\"why\":\"not_ours\",\"kind\":null,\"index\":null,\"colour\":null,"
        "\"colour_from\":null,\"iat\":null,\"exp\":null,\"flags\":[]}\n"
        "{\"verdict\":\"refuse\",\"why\":\"format\",\"kind\":null,\"index\":null,\"colour\":null,"
        "\"colour_from\":null,\"iat\":null,\"exp\":null,\"flags\":[]}\n"
        "{\"verdict\":\"open\",\"why\":\"ok\",\"kind\":\"live\",\"index\":1048577,"
        "\"colour\":\"green\",\"colour_from\":\"token\"" TIMES
        "{\"verdict\":\"refuse\",\"why\":\"format\",\"kind\":null,\"index\":null,\"colour\":null,"
        "\"colour_from\":null,\"iat\":null,\"exp\":null,\"flags\":[]}\n");
}

Test(code, an_unknown_key_is_cannot_tell_and_time_is_as_said)
{
    char text[TOKEN_TEXT_MAX];
    struct maker stranger;
    struct build out = build_over(text, sizeof text);
    struct parts parts;

    maker_init(&stranger, TOKEN_ES256, 2);
    parts = maker_parts(&stranger);
    maker_code(&stranger, &parts, &out);
    cr_expect_eq(RUN(build_done(&out), VERIFY), 1);
    cr_expect(text_starts(text_of(answers),
                          TEXT("{\"verdict\":\"cannot_tell\",\"why\":\"unknown_key\"")));
    maker_clear(&stranger);

    code_with(TOKEN_LIVE, NULL, 0, text);
    snprintf(now, sizeof now, "%d", MAKER_EXP + 5);
    cr_expect_eq(RUN(text_of(text), VERIFY), 0, "within the default skew");
    cr_expect_eq(RUN(text_of(text), VERIFY, ARG("--skew"), ARG("5")), 1);
    cr_expect(strstr(answers, "\"why\":\"expired\"") != NULL);
    snprintf(now, sizeof now, "%d", MAKER_IAT - 31);
    cr_expect_eq(RUN(text_of(text), VERIFY), 1);
    cr_expect(strstr(answers, "\"why\":\"not_yet\"") != NULL);
    cr_expect_eq(RUN(text_of(text), ARG("verify"), ARG("--trust"), trust_file), 1);
    cr_expect(strstr(answers, "\"why\":\"expired\"") != NULL, "the clock's own time");
}

Test(code, wrong_use_is_status_2_and_wrong_files_status_3)
{
    struct text none = TEXT("");

    cr_expect_eq(run(none, (char *[]){ARG("code"), NULL}), 2);
    cr_expect_eq(RUN(none, ARG("sign")), 2);
    cr_expect_eq(RUN(none, ARG("--help")), 0);
    cr_expect(text_starts(text_of(answers), TEXT("usage: jianan code verify")));
    cr_expect_eq(RUN(none, ARG("verify")), 2);
    cr_expect_eq(RUN(none, VERIFY, ARG("--list"), trust_file), 3);
    cr_expect_eq(RUN(none, VERIFY, ARG("--roster"), trust_file), 3);
    cr_expect_eq(RUN(none, VERIFY, ARG("--direction"), ARG("up")), 2);
    cr_expect_eq(RUN(none, VERIFY, ARG("--skew"), ARG("-1")), 2);
    cr_expect_eq(RUN(none, VERIFY, ARG("--skew"), ARG("1e3")), 2);
    cr_expect_eq(RUN(none, VERIFY, ARG("--policy-id"), ARG("4294967296")), 2);
    cr_expect_eq(RUN(none, VERIFY, ARG("--loose")), 2);
    cr_expect_eq(RUN(none, VERIFY, ARG("JA1.MY")), 2);
    cr_expect_eq(RUN(none, ARG("inspect"), ARG("--all")), 2);
    cr_expect_eq(RUN(none, ARG("qr")), 2);
    cr_expect_eq(RUN(none, ARG("qr"), ARG("a"), ARG("b")), 2);
    cr_expect_eq(RUN(none, ARG("verify"), ARG("--trust"), ARG("/nonexistent")), 3);
    cr_expect_eq(RUN(none, ARG("verify"), ARG("--trust"), empty_file), 3, "an empty file");
    cr_expect_eq(RUN(none, VERIFY, ARG("--site"), ARG("S1"), ARG("--gate"), ARG("G1"),
                     ARG("--direction"), ARG("out")),
                 0);
    cr_expect_str_eq(answers, "");
}

Test(code, inspect_shows_every_field_without_judging)
{
    char text[TOKEN_TEXT_MAX];
    json_t *shown;
    struct err e;

    cr_expect_eq(RUN(code_with(TOKEN_LIVE, LIVE("\x02"), 22, text), ARG("inspect")), 0);
    e = json_read(text_of(answers), &shown);
    cr_assert(!err_is(e));
    cr_expect_str_eq(json_string_value(json_object_get(shown, "kind")), "live");
    cr_expect_str_eq(json_string_value(json_object_get(shown, "alg")), "ES256");
    cr_expect_str_eq(json_string_value(json_object_get(shown, "payload")),
                     "{4: 1700000060, 6: 1700000000, -65537: [5, 2, 7]}");
    cr_expect_str_eq(json_string_value(json_object_get(shown, "unprotected")), "{}");
    cr_expect_eq(json_string_length(json_object_get(shown, "signature")), 128);
    cr_expect_eq(json_integer_value(json_object_get(shown, "slot")), 5);
    json_decref(shown);
    cr_expect_eq(RUN(TEXT("hello\nJA1.MY\n"), ARG("inspect")), 3);
    cr_expect(strstr(answers, "\"hex\":\"66\"") != NULL);
}

Test(code, inspect_shows_a_broken_code_as_far_as_it_can_be_read)
{
    char text[TOKEN_TEXT_MAX];

    cr_expect_eq(RUN(code_with(TOKEN_LIVE, "\xF9\x3C\x00", 3, text), ARG("inspect")), 0);
    cr_expect(strstr(answers, "\"payload\":\"f93c00\"") != NULL, "%s", answers);
}

Test(code, qr_draws_into_a_file_or_on_the_terminal)
{
    static const unsigned char png_signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    char picture[64], head[8] = "";
    FILE *file;

    cr_expect_eq(RUN(TEXT(""), ARG("qr"), ARG("JA1.MY")), 0);
    cr_expect(strstr(answers, "\u2580") != NULL);
    path_in(picture, "picture");
    cr_expect_eq(RUN(TEXT(""), ARG("qr"), ARG("JA1.MY"), ARG("--png"), picture), 0);
    file = fopen(picture, "rb");
    cr_assert(file != NULL && fread(head, 1, 8, file) == 8 && fclose(file) == 0);
    cr_expect_arr_eq(head, png_signature, 8);
    cr_expect_eq(RUN(TEXT(""), ARG("qr"), ARG("JA1.MY"), ARG("--svg"), picture), 0);
    file = fopen(picture, "rb");
    cr_assert(file != NULL && fread(head, 1, 4, file) == 4 && fclose(file) == 0);
    cr_expect_arr_eq(head, "<svg", 4);
    unlink(picture);
    cr_expect_eq(RUN(TEXT(""), ARG("qr"), ARG("x"), ARG("--png"), ARG("/nonexistent/p")), 3);
    cr_expect_eq(RUN(TEXT(""), ARG("qr"), ARG("")), 3);
}

/* -- signed files ------------------------------------------------------------------------------ */

/* 2023-11-15 in China, when MAKER_IAT is 06:13:20. */
#define TODAY "2023-11-15"
enum { DAY = 45243, SLOT = 5 };
#define INDEX ((UINT64_C(3) << 20) + SLOT)

static struct signer *issuer;
static char list_file[64], roster_file[64], root_file[64];

static void save_trust(const struct trusted_key *keys, unsigned count, const char *path)
{
    struct trust_list list = {0};
    char json[4096];
    struct build out = build_over(json, sizeof json);

    for (unsigned i = 0; i < count; i++) {
        struct err e = trust_list_add(&list, &keys[i]);

        cr_assert(!err_is(e));
    }
    trust_list_render(&list, &out);
    write_file(path, build_done(&out));
    trust_list_clear(&list);
}

static void set_up_files(void)
{
    struct trusted_key key;

    set_up();
    cr_assert(clock_set_zone("Asia/Shanghai"));
    issuer = maker_signer(TOKEN_SM2);
    key = *signer_key(issuer);
    key.kinds = 0x6FE; /* for everything */
    save_trust(&key, 1, trust_file);
    path_in(list_file, "list");
    path_in(roster_file, "roster");
    path_in(root_file, "root");
}

static void tear_down_files(void)
{
    signer_close(issuer);
    unlink(list_file);
    unlink(roster_file);
    unlink(root_file);
    tear_down();
}

TestSuite(code_files, .init = set_up_files, .fini = tear_down_files);

static void save_list(struct signer *signer, const char *sub, unsigned status, int64_t iat)
{
    static unsigned char packed[STATUSLIST_PACKED_BYTES];
    struct arena arena;
    struct text list = {NULL, 0};
    struct err e;

    memset(packed, 0x55, sizeof packed);
    statuslist_put(packed, STATUSLIST_BITS, SLOT, status);
    arena_init(&arena, 4 << 20);
    e = statuslist_issue(signer,
                         &(struct statuslist_claims){.sub = text_of(sub), .iat = iat,
                                                     .exp = MAKER_IAT + 60000, .ttl_s = 600},
                         packed, &arena, &list);
    cr_assert(!err_is(e));
    write_file(list_file, list);
    arena_clear(&arena);
}

static void save_roster(uint64_t index, unsigned colour)
{
    char scratch_bytes[1024], bytes[1024];
    struct build scratch = build_over(scratch_bytes, sizeof scratch_bytes);
    struct build out = build_over(bytes, sizeof bytes);
    struct roster_row row = {.index = index, .colour_here = colour, .trade = 20};
    struct roster_head head = {.iat = MAKER_IAT - 600, .exp = MAKER_IAT + 60000, .seq = 1,
                               .site = 12, .day = DAY, .policy = 7};
    struct err e = roster_sign(issuer, &head, &row, 1, &scratch, &out);

    cr_assert(!err_is(e));
    write_file(roster_file, build_done(&out));
}

static struct text a_live(unsigned colour, char text[TOKEN_TEXT_MAX])
{
    struct build out = build_over(text, TOKEN_TEXT_MAX);
    struct live_claims claims = {.iat = MAKER_IAT, .exp = MAKER_EXP, .index = INDEX,
                                 .colour = colour, .policy = 7};
    struct err e = token_issue_live(issuer, &claims, &out, NULL);

    cr_assert(!err_is(e));
    return build_done(&out);
}

static struct text a_badge(char text[TOKEN_TEXT_MAX])
{
    struct build out = build_over(text, TOKEN_TEXT_MAX);
    struct live_claims claims = {.iat = MAKER_IAT - 86400, .exp = MAKER_IAT + 86400,
                                 .index = INDEX};
    struct err e = token_issue_badge(issuer, &claims, &out, NULL);

    cr_assert(!err_is(e));
    return build_done(&out);
}

#define SAYS(verdict, why, colour, from)                                                           \
    "{\"verdict\":\"" verdict "\",\"why\":\"" why "\",\"kind\":\"badge\",\"index\":3145733,"       \
    "\"colour\":" colour ",\"colour_from\":" from ",\"iat\":1699913600,\"exp\":1700086400,"        \
    "\"flags\":[]}\n"

Test(code_files, a_list_gives_a_badge_its_colour_and_can_void_it)
{
    static const struct {
        unsigned status;
        int exit;
        const char *says;
    } cases[] = {
        {0, 0, SAYS("open", "ok", "\"green\"", "\"list\"")},
        {1, 1, SAYS("refuse", "void", "null", "null")},
        {2, 1, SAYS("refuse", "red", "\"red\"", "\"list\"")},
        {3, 1, SAYS("refuse", "yellow", "\"yellow\"", "\"list\"")},
    };
    char text[TOKEN_TEXT_MAX];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        save_list(issuer, "jianan/lists/320900/3/" TODAY, cases[i].status, MAKER_IAT - 600);
        cr_expect_eq(RUN(a_badge(text), VERIFY, ARG("--list"), list_file), cases[i].exit);
        cr_expect_str_eq(answers, cases[i].says);
    }
}

Test(code_files, a_list_that_is_not_the_right_one_cannot_tell)
{
    static const char *const subs[] = {
        "jianan/lists/320900/4/" TODAY, "jianan/lists/320900/3/2023-11-14",
        "jianan/lists/320900/3/2023-11-16"};
    char text[TOKEN_TEXT_MAX];

    for (size_t i = 0; i < sizeof subs / sizeof subs[0]; i++) {
        save_list(issuer, subs[i], 0, MAKER_IAT - 600);
        cr_expect_eq(RUN(a_badge(text), VERIFY, ARG("--list"), list_file), 1);
        cr_expect_str_eq(answers, SAYS("cannot_tell", "stale", "null", "null"), "%s", subs[i]);
    }
}

Test(code_files, a_list_that_nobody_signed_is_refused_and_what_rests_on_it_cannot_be_told)
{
    struct signer *stranger = maker_signer(TOKEN_ES256);
    char text[TOKEN_TEXT_MAX];

    save_list(stranger, "jianan/lists/320900/3/" TODAY, 0, MAKER_IAT - 600);
    cr_expect_eq(RUN(a_badge(text), VERIFY, ARG("--list"), list_file), 3);
    cr_expect_str_eq(answers, SAYS("cannot_tell", "stale", "null", "null"));
    save_list(issuer, "jianan/320900/3/" TODAY, 0, MAKER_IAT - 600);
    cr_expect_eq(RUN(a_badge(text), VERIFY, ARG("--list"), list_file), 3, "no path of a list");
    signer_close(stranger);
}

Test(code_files, of_two_lists_the_newer_counts)
{
    char text[TOKEN_TEXT_MAX], other[64];

    path_in(other, "other");
    save_list(issuer, "jianan/lists/320900/3/" TODAY, 2, MAKER_IAT - 300);
    cr_assert_eq(rename(list_file, other), 0);
    save_list(issuer, "jianan/lists/320900/3/" TODAY, 0, MAKER_IAT - 600);
    cr_expect_eq(RUN(a_badge(text), VERIFY, ARG("--list"), list_file, ARG("--list"), other), 1);
    cr_expect_str_eq(answers, SAYS("refuse", "red", "\"red\"", "\"list\""));
    cr_expect_eq(RUN(a_badge(text), VERIFY, ARG("--list"), other, ARG("--list"), list_file), 1);
    cr_expect_str_eq(answers, SAYS("refuse", "red", "\"red\"", "\"list\""), "an older one, later");
    unlink(other);
}

Test(code_files, a_roster_opens_and_who_is_not_in_it_cannot_be_told)
{
    char text[TOKEN_TEXT_MAX];

    save_roster(INDEX, 0);
    cr_expect_eq(RUN(a_badge(text), VERIFY, ARG("--roster"), roster_file, ARG("--site"), ARG("12")),
                 0);
    cr_expect_str_eq(answers, SAYS("open", "ok", "\"green\"", "\"roster\""));
    save_roster(INDEX, 1);
    cr_expect_eq(RUN(a_badge(text), VERIFY, ARG("--roster"), roster_file), 1);
    cr_expect_str_eq(answers, SAYS("refuse", "yellow", "\"yellow\"", "\"roster\""));
    save_roster(INDEX + 1, 0);
    cr_expect_eq(RUN(a_badge(text), VERIFY, ARG("--roster"), roster_file), 1);
    cr_expect_str_eq(answers, SAYS("cannot_tell", "not_listed", "null", "null"));
    cr_expect_eq(RUN(a_badge(text), VERIFY, ARG("--roster"), roster_file, ARG("--site"), ARG("13")),
                 3, "another site's");
    cr_expect_str_eq(answers, SAYS("cannot_tell", "stale", "null", "null"));
    cr_expect_eq(RUN(a_badge(text), VERIFY, ARG("--roster"), trust_file), 3, "no roster");
}

Test(code_files, the_same_scan_gets_the_same_answer_letter_for_letter)
{
    char text[TOKEN_TEXT_MAX], input[4096], once[1024];
    struct build in = build_over(input, sizeof input);
    size_t bytes;

    cr_expect_eq(RUN(a_live(0, text), VERIFY), 0);
    bytes = strlen(answers);
    cr_assert(bytes < sizeof once);
    memcpy(once, answers, bytes + 1);
    build_format(&in, "%s\n%s\n%s\n", text, text, text);
    cr_expect_eq(RUN(build_done(&in), VERIFY, ARG("--gate"), ARG("G1")), 0);
    cr_expect_eq(strlen(answers), 3 * bytes);
    for (unsigned i = 0; i < 3; i++)
        cr_expect(strncmp(answers + i * bytes, once, bytes) == 0);
}

Test(code_files, leaving_is_open_and_a_bad_clock_is_said)
{
    char text[TOKEN_TEXT_MAX];

    cr_expect_eq(RUN(a_live(2, text), VERIFY, ARG("--direction"), ARG("out")), 0);
    cr_expect(strstr(answers, "\"why\":\"exit\"") != NULL);
    cr_expect_eq(RUN(a_live(0, text), VERIFY, ARG("--clock-bad")), 1);
    cr_expect(strstr(answers, "\"verdict\":\"cannot_tell\",\"why\":\"clock\"") != NULL);
}

Test(code_files, a_trust_list_may_be_signed_by_a_root)
{
    struct signer *root = maker_signer(TOKEN_ES256), *other = maker_signer(TOKEN_ES256);
    struct trusted_key key = *signer_key(root), stranger = *signer_key(other);
    struct trust_list list = {.sequence = 4, .iat = MAKER_IAT - 600, .exp = MAKER_IAT + 600};
    struct trusted_key pinned = *signer_key(issuer);
    char bytes[4096], text[TOKEN_TEXT_MAX];
    struct build out = build_over(bytes, sizeof bytes);
    struct err e;

    key.kinds = stranger.kinds = 1u << TOKEN_TRUST;
    e = trust_list_add(&list, &pinned);
    cr_assert(!err_is(e));
    e = trust_list_sign(root, &list, &out);
    cr_assert(!err_is(e));
    write_file(trust_file, build_done(&out));
    cr_expect_eq(RUN(a_live(0, text), VERIFY), 0, "whoever names it vouches for it");
    save_trust(&key, 1, root_file);
    cr_expect_eq(RUN(a_live(0, text), VERIFY, ARG("--root"), root_file), 0, "or a root does");
    save_trust(&stranger, 1, root_file);
    cr_expect_eq(RUN(a_live(0, text), VERIFY, ARG("--root"), root_file), 3, "but no other");
    trust_list_clear(&list);
    signer_close(root);
    signer_close(other);
}

/* -- what a phone shows, and receipts ---------------------------------------------------------- */

static struct text a_shown(struct signer *phone, struct signer *holder, char text[TOKEN_TEXT_MAX],
                           bool alone)
{
    char cred_text[TOKEN_TEXT_MAX];
    struct build cred = build_over(cred_text, sizeof cred_text);
    struct build out = build_over(text, TOKEN_TEXT_MAX);
    struct live_claims claims = {.iat = MAKER_IAT, .exp = MAKER_IAT + TOKEN_CRED_S, .index = INDEX,
                                 .policy = 7};
    struct cred_claims bound = {.day = DAY, .colour_tomorrow = 1};
    struct err e;

    cr_assert(ecc_point(signer_key(holder)->public_key, bound.holder));
    e = token_issue_cred(issuer, &claims, &bound, &cred, NULL);
    cr_assert(!err_is(e));
    e = token_bind(phone, build_done(&cred), MAKER_IAT + 5, &out);
    cr_assert(!err_is(e));
    if (alone) {
        out = build_over(text, TOKEN_TEXT_MAX);
        build_text(&out, build_done(&cred));
    }
    return build_done(&out);
}

Test(code_files, what_a_phone_signed_opens_and_the_cred_alone_does_not)
{
    struct signer *phone = maker_signer(TOKEN_ES256), *thief = maker_signer(TOKEN_ES256);
    char text[TOKEN_TEXT_MAX];

    cr_expect_eq(RUN(a_shown(phone, phone, text, false), VERIFY), 0);
    cr_expect_str_eq(answers, "{\"verdict\":\"open\",\"why\":\"ok\",\"kind\":\"kbt\","
                              "\"index\":3145733,\"colour\":\"green\",\"colour_from\":\"token\","
                              "\"iat\":1700000000,\"exp\":1700043200,\"flags\":[]}\n");
    cr_expect_eq(RUN(a_shown(phone, phone, text, true), VERIFY), 1);
    cr_expect(strstr(answers, "\"why\":\"signature\",\"kind\":\"cred\"") != NULL, "%s", answers);
    cr_expect_eq(RUN(a_shown(thief, phone, text, false), VERIFY), 1);
    cr_expect(strstr(answers, "\"why\":\"signature\",\"kind\":\"kbt\"") != NULL);
    cr_expect_eq(RUN(a_shown(phone, phone, text, false), ARG("inspect")), 0);
    cr_expect(strstr(answers, "\"shown\":1700000005") != NULL, "%s", answers);
    cr_expect(strstr(answers, "\"colour_tomorrow\":1,\"day\":45243,\"holder_x\"") != NULL);
    signer_close(phone);
    signer_close(thief);
}

Test(code_files, inspect_shows_every_field_of_a_receipt)
{
    struct receipt said = {.t_s = MAKER_IAT, .seq = 881, .site = 12, .gate = 70, .epoch = 3,
                           .direction = 2, .index = RECEIPT_UNKNOWN, .colour = RECEIPT_UNKNOWN,
                           .verdict = 3, .why = 14};
    char bytes[RECEIPT_BYTES_MAX + 1], text[TOKEN_TEXT_MAX];
    struct build token = build_over(bytes, sizeof bytes), out = build_over(text, sizeof text);
    struct err e = receipt_sign(issuer, &said, &token, NULL);

    cr_assert(!err_is(e));
    envelope_format_text(build_done(&token), &out);
    cr_expect_eq(RUN(build_done(&out), ARG("inspect")), 0);
    cr_expect(strstr(answers, "\"seq\":881,\"site\":12,\"gate\":70,\"epoch\":3,\"direction\":\"out\","
                              "\"index\":-1,\"colour\":null,\"verdict\":\"cannot_tell\",\"why\":14")
                  != NULL, "%s", answers);
    cr_expect(strstr(answers, "\"token_kind\":0") != NULL);
    cr_expect_eq(RUN(build_done(&out), VERIFY), 1, "and a receipt is no code");
    cr_expect(strstr(answers, "\"why\":\"key\",\"kind\":\"receipt\",\"index\":null") != NULL, "%s",
              answers);
}
