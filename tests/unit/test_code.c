/* `jianan code`: answers to the letter, and exit statuses. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "support/code_maker.h"

int code_main(int argc, char **argv);

static char folder[] = "/tmp/jianan-code-XXXXXX";
static char trust_file[64], in_file[64], out_file[64], now[16];
static struct maker maker;
static char answers[16384];

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
    path_in(in_file, "in");
    path_in(out_file, "out");
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
    unlink(in_file);
    unlink(out_file);
    rmdir(folder);
}

TestSuite(code, .init = set_up, .fini = tear_down);

/* Runs a verb on the input; standard output is left in `answers`. */
static int run(struct text input, char **argv)
{
    int argc = 0, kept = dup(STDOUT_FILENO), status;
    FILE *out;
    size_t got;

    while (argv[argc] != NULL)
        argc++;
    write_file(in_file, input);
    cr_assert(freopen(in_file, "rb", stdin) != NULL);
    cr_assert(fflush(stdout) == 0 && freopen(out_file, "wb", stdout) != NULL);
    status = code_main(argc, argv);
    cr_assert(fflush(stdout) == 0 && dup2(kept, STDOUT_FILENO) >= 0);
    close(kept);
    out = fopen(out_file, "rb");
    cr_assert(out != NULL);
    got = fread(answers, 1, sizeof answers - 1, out);
    answers[got] = '\0';
    fclose(out);
    return status;
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
    cr_expect_eq(RUN(none, VERIFY, ARG("--list"), trust_file), 2);
    cr_expect_eq(RUN(none, VERIFY, ARG("--roster"), trust_file), 2);
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
    cr_expect_eq(RUN(none, ARG("verify"), ARG("--trust"), in_file), 3, "an empty file");
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
