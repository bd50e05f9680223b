/* JSON: hostile documents are refused, and what we write is read back. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static enum err_code code_of(struct text from)
{
    json_t *json;
    struct err e = json_read(from, &json);

    cr_expect_eq(err_is(e), json == NULL);
    json_decref(json);
    return e.code;
}

static const struct {
    const char *name;
    struct text json;
} refused[] = {
    {"nothing", TEXT("")},
    {"blank", TEXT(" ")},
    {"NUL alone", TEXT("\0")},
    {"NUL behind", TEXT("{}\0")},
    {"NUL in a string", TEXT("\"a\0b\"")},
    {"escaped NUL in a string", TEXT("\"a\\u0000b\"")},
    {"escaped NUL in a key", TEXT("{\"a\\u0000\":1}")},
    {"duplicate keys", TEXT("{\"a\":1,\"a\":1}")},
    {"duplicate keys, one escaped", TEXT("{\"a\":1,\"\\u0061\":2}")},
    {"duplicate keys further down", TEXT("[{\"x\":{\"a\":1,\"b\":2,\"a\":3}}]")},
    {"trailing junk", TEXT("{} x")},
    {"two documents", TEXT("{}{}")},
    {"trailing comma in an object", TEXT("{\"a\":1,}")},
    {"trailing comma in an array", TEXT("[1,]")},
    {"missing comma", TEXT("[1 2]")},
    {"missing colon", TEXT("{\"a\" 1}")},
    {"key without quotes", TEXT("{a:1}")},
    {"single quotes", TEXT("{'a':1}")},
    {"comment", TEXT("{/* */}")},
    {"open object", TEXT("{\"a\":1")},
    {"open string", TEXT("\"a")},
    {"open escape", TEXT("\"\\")},
    {"bad escape", TEXT("\"\\x41\"")},
    {"control character in a string", TEXT("\"a\nb\"")},
    {"byte order mark", TEXT("\xEF\xBB\xBF{}")},
    {"UTF-16", TEXT("\xFF\xFE{\0}\0")},
    {"lone high surrogate", TEXT("\"\\uD800\"")},
    {"lone low surrogate", TEXT("\"\\uDC00\"")},
    {"surrogates the wrong way round", TEXT("\"\\uDC00\\uD800\"")},
    {"surrogate as UTF-8", TEXT("\"\xED\xA0\x80\"")},
    {"overlong UTF-8", TEXT("\"\xC0\xAF\"")},
    {"stray continuation byte", TEXT("\"\x80\"")},
    {"cut UTF-8", TEXT("\"\xE4\xB8\"")},
    {"beyond U+10FFFF", TEXT("\"\xF4\x90\x80\x80\"")},
    {"1e400", TEXT("1e400")},
    {"-1e400", TEXT("[-1e400]")},
    {"2^63", TEXT("9223372036854775808")},
    {"-2^63-1", TEXT("-9223372036854775809")},
    {"a number of 61 digits", TEXT("1111111111111111111111111111111111111111111111111111111111111")},
    {"NaN", TEXT("NaN")},
    {"Infinity", TEXT("[Infinity]")},
    {"leading zero", TEXT("[01]")},
    {"leading plus", TEXT("[+1]")},
    {"bare point", TEXT("[1.]")},
    {"hex", TEXT("[0x10]")},
    {"True", TEXT("[True]")},
    {"nul", TEXT("nul")},
    {"a closing bracket alone", TEXT("]")},
    {"brackets that cross", TEXT("[{]}")},
    {"17 deep", TEXT("[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]")},
};

Test(json, hostile_documents_are_refused)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        cr_expect_eq(code_of(refused[i].json), ERR_JSON_SYNTAX, "%s", refused[i].name);
    cr_expect_eq(code_of((struct text){NULL, 0}), ERR_JSON_SYNTAX, "no memory behind it");
}

Test(json, a_depth_of_a_hundred_thousand_is_refused_at_once)
{
    enum { DEPTH = 100000 };
    char *brackets = malloc(2 * DEPTH);

    memset(brackets, '[', DEPTH);
    memset(brackets + DEPTH, ']', DEPTH);
    cr_expect_eq(code_of((struct text){brackets, 2 * DEPTH}), ERR_JSON_SYNTAX);
    cr_expect_eq(code_of((struct text){brackets, DEPTH}), ERR_JSON_SYNTAX, "never closed");
    for (size_t i = 0; i + 5 <= 2 * DEPTH; i += 5)
        memcpy(brackets + i, "{\"a\":", 5);
    cr_expect_eq(code_of((struct text){brackets, 2 * DEPTH}), ERR_JSON_SYNTAX, "objects");
    free(brackets);
}

static const struct {
    const char *name;
    struct text json;
} accepted[] = {
    {"empty object", TEXT("{}")},
    {"blanks around", TEXT(" \t\r\n{} \n")},
    {"a number alone", TEXT("7")},
    {"a string alone", TEXT("\"\"")},
    {"largest integer", TEXT("9223372036854775807")},
    {"smallest integer", TEXT("-9223372036854775808")},
    {"16 deep", TEXT("[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]")},
    {"wide, not deep", TEXT("[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]")},
    {"brackets in a string", TEXT("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"")},
    {"a quote and brackets in a string", TEXT("\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[\"")},
    {"a backslash before the end", TEXT("[\"\\\\\",\"[[[[[[[[[[[[[[[[[[[[[[\"]")},
    {"escaped pair of surrogates", TEXT("\"\\uD842\\uDFB7\"")},
    {"keys alike but for case", TEXT("{\"a\":1,\"A\":2}")},
    {"the same key in two objects", TEXT("[{\"a\":1},{\"a\":1}]")},
};

Test(json, odd_but_right_documents_are_read)
{
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++)
        cr_expect_eq(code_of(accepted[i].json), ERR_NONE, "%s", accepted[i].name);
}

Test(json, every_cut_of_a_document_is_refused)
{
    struct text whole = TEXT("{\"a\":[1,-2.5e3,true,null,\"\\u5f20\\n\"],\"b\":{\"c\":\"张\"}}");

    cr_expect_eq(code_of(whole), ERR_NONE);
    for (size_t bytes = 0; bytes < whole.bytes; bytes++)
        cr_expect_eq(code_of((struct text){whole.at, bytes}), ERR_JSON_SYNTAX, "cut at %zu", bytes);
}

Test(json, the_writer_puts_commas_and_escapes)
{
    char bytes[512];
    struct build out = build_over(bytes, sizeof bytes);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_string(&w, "name", "张\"\\\n\x01");
    json_put_string(&w, "none", NULL);
    json_put_text(&w, "empty", (struct text){NULL, 0});
    json_put_int(&w, "min", INT64_MIN);
    json_put_bool(&w, "yes", true);
    json_open_array(&w, "list");
    json_put_int(&w, NULL, 1);
    json_open_object(&w, NULL);
    json_close_object(&w);
    json_open_array(&w, NULL);
    json_close_array(&w);
    json_put_null(&w, NULL);
    json_close_array(&w);
    json_put_raw(&w, "raw", TEXT("{\"x\":1}"));
    json_put_bool(&w, "last", false);
    json_close_object(&w);
    cr_expect_str_eq(bytes, "{\"name\":\"张\\\"\\\\\\u000a\\u0001\",\"none\":null,\"empty\":\"\","
                            "\"min\":-9223372036854775808,\"yes\":true,\"list\":[1,{},[],null],"
                            "\"raw\":{\"x\":1},\"last\":false}");
    cr_expect_eq(code_of(build_done(&out)), ERR_NONE);
}

Test(json, every_byte_of_a_string_comes_back)
{
    for (unsigned c = 1; c < 0x80; c++) {
        char bytes[32], from[3] = {'a', (char)c, 'b'};
        struct build out = build_over(bytes, sizeof bytes);
        struct json_writer w = json_writer_over(&out);
        json_t *json;
        struct err e;

        json_put_text(&w, NULL, (struct text){from, 3});
        e = json_read(build_done(&out), &json);
        cr_assert(!err_is(e), "byte %u", c);
        cr_expect(json_string_length(json) == 3 && memcmp(json_string_value(json), from, 3) == 0);
        json_decref(json);
    }
}

Test(json, a_writer_over_a_full_builder_says_so_at_every_ceiling)
{
    for (size_t max = 1; max <= 32; max++) {
        char *bytes = malloc(max);
        struct build out = build_over(bytes, max);
        struct json_writer w = json_writer_over(&out);

        json_open_object(&w, NULL);
        json_put_string(&w, "key", "value\n");
        json_put_int(&w, "n", 7);
        json_close_object(&w);
        cr_expect_eq(out.full, max <= 27, "max %zu", max);
        free(bytes);
    }
}
