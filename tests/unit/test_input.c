/* api/input: what a body or a query may hold, and how the bad field is named. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stddef.h>

#include "api/input.h"
#include "base/json.h"
#include "support/no_leaks.h"

struct sample {
    struct text name, region;
    int64_t count;
    bool flag;
    uint16_t day;
    int64_t at;
    int direction;
    struct id_list ids;
    struct word_list words;
    json_t *rule;
};

static const struct field fields[] = {
    {"name", FIELD_TEXT, offsetof(struct sample, name), true, 1, 8, NULL},
    {"region", FIELD_REGION, offsetof(struct sample, region), false, 6, 6, NULL},
    {"count", FIELD_INT, offsetof(struct sample, count), false, 1, 10, NULL},
    {"flag", FIELD_BOOL, offsetof(struct sample, flag), false, 0, 0, NULL},
    {"day", FIELD_DATE, offsetof(struct sample, day), false, 0, 0, NULL},
    {"at", FIELD_TIME, offsetof(struct sample, at), false, 0, 0, NULL},
    {"direction", FIELD_CHOICE, offsetof(struct sample, direction), false, 0, 0, "in|out|both"},
    {"ids", FIELD_IDS, offsetof(struct sample, ids), false, 0, 2, NULL},
    {"words", FIELD_WORDS, offsetof(struct sample, words), false, 0, 2, NULL},
    {"rule", FIELD_OBJECT, offsetof(struct sample, rule), false, 0, 0, NULL},
    {0},
};

struct body_case {
    char body[160];
    int code; /* enum err_code */
    char field[32];
};

ParameterizedTestParameters(input, a_body_is_held_to_its_table)
{
    static struct body_case cases[] = {
        {"{\"name\":\"张三\"}", ERR_NONE, ""},
        {"{\"name\":\"𠮷野家\",\"count\":10}", ERR_NONE, ""},
        {"{\"name\":\"a\",\"count\":null}", ERR_NONE, ""},
        {"{}", ERR_FIELD_MISSING, "/name"},
        {"{\"name\":null}", ERR_FIELD_TYPE, "/name"},
        {"{\"name\":7}", ERR_FIELD_TYPE, "/name"},
        {"{\"name\":\"\"}", ERR_FIELD_LENGTH, "/name"},
        {"{\"name\":\"123456789\"}", ERR_FIELD_LENGTH, "/name"},
        {"{\"name\":\"a\\u0007b\"}", ERR_FIELD_TEXT, "/name"},
        {"{\"name\":\"a\\u202eb\"}", ERR_FIELD_TEXT, "/name"},
        {"{\"name\":\"a\",\"nmae\":1}", ERR_FIELD_UNKNOWN, "/nmae"},
        {"{\"name\":\"a\",\"__proto__\":{}}", ERR_FIELD_UNKNOWN, "/__proto__"},
        {"{\"name\":\"a\",\"count\":0}", ERR_FIELD_RANGE, "/count"},
        {"{\"name\":\"a\",\"count\":11}", ERR_FIELD_RANGE, "/count"},
        {"{\"name\":\"a\",\"count\":1.0}", ERR_FIELD_TYPE, "/count"},
        {"{\"name\":\"a\",\"count\":\"1\"}", ERR_FIELD_TYPE, "/count"},
        {"{\"name\":\"a\",\"flag\":1}", ERR_FIELD_TYPE, "/flag"},
        {"{\"name\":\"a\",\"region\":\"32090\"}", ERR_FIELD_RANGE, "/region"},
        {"{\"name\":\"a\",\"region\":\"32090x\"}", ERR_FIELD_RANGE, "/region"},
        {"{\"name\":\"a\",\"day\":\"2026-02-29\"}", ERR_DATE_INVALID, "/day"},
        {"{\"name\":\"a\",\"day\":\"2028-02-29\"}", ERR_NONE, ""},
        {"{\"name\":\"a\",\"at\":\"2026-01-01T00:00:60+08:00\"}", ERR_TIME_INVALID, "/at"},
        {"{\"name\":\"a\",\"at\":\"2026-01-01T00:00:00\"}", ERR_TIME_INVALID, "/at"},
        {"{\"name\":\"a\",\"direction\":\"up\"}", ERR_FIELD_CHOICE, "/direction"},
        {"{\"name\":\"a\",\"ids\":[1,2,3]}", ERR_FIELD_LENGTH, "/ids"},
        {"{\"name\":\"a\",\"ids\":[0]}", ERR_FIELD_TYPE, "/ids"},
        {"{\"name\":\"a\",\"words\":[\"\"]}", ERR_FIELD_LENGTH, "/words"},
        {"{\"name\":\"a\",\"rule\":[]}", ERR_FIELD_TYPE, "/rule"},
        {"[]", ERR_JSON_OBJECT, ""},
        {"null", ERR_JSON_OBJECT, ""},
    };

    return cr_make_param_array(struct body_case, cases, sizeof cases / sizeof cases[0]);
}

ParameterizedTest(struct body_case *c, input, a_body_is_held_to_its_table, .fini = no_leaks)
{
    struct sample into = {0};
    struct arena arena;
    json_t *json;
    struct err e;

    arena_init(&arena, 64 * 1024);
    cr_assert(!err_is(json_read(text_of(c->body), &json)), "%s", c->body);
    e = input_check(json, fields, &arena, &into);
    cr_expect_eq((int)e.code, c->code, "%s gave %d", c->body, (int)e.code);
    if (c->field[0] != '\0')
        cr_expect_str_eq(e.field, c->field, "%s", c->body);
    json_decref(json);
    arena_clear(&arena);
}

struct query_case {
    char query[96];
    bool good;
};

ParameterizedTestParameters(input, a_query_is_held_to_its_table)
{
    static struct query_case cases[] = {
        {"name=a", true},          {"name=%E5%BC%A0", true},   {"name=a&count=10", true},
        {"name=a%20b", true},      {"name=a+b", true},         {"", false},
        {"name", false},           {"name=a&name=b", false},   {"name=a&other=1", false},
        {"name=%00", false},       {"name=%E5%BC", false},     {"name=%", false},
        {"name=%2", false},        {"name=a&count=011x", false}, {"name=a&count=0", false},
        {"name=a&count=99999999999999999999", false},          {"name=a&flag=true", true},
        {"name=a&flag=yes", false}, {"name=a&day=2026-02-30", false}, {"name=a&direction=out", true},
        {"name=a&ids=1", false},
    };

    return cr_make_param_array(struct query_case, cases, sizeof cases / sizeof cases[0]);
}

ParameterizedTest(struct query_case *c, input, a_query_is_held_to_its_table, .fini = no_leaks)
{
    struct sample into = {0};
    struct arena arena;
    struct err e;

    arena_init(&arena, 64 * 1024);
    e = input_check_query(text_of(c->query), fields, &arena, &into);
    cr_expect_eq(!err_is(e), c->good, "%s", c->query);
    arena_clear(&arena);
}

/* 22 characters of three bytes: byte 64 lies within the last one. */
Test(input, the_name_of_an_unknown_field_is_cut_between_characters, .fini = no_leaks)
{
    static const char zi[] = "\xE5\xAD\x97";
    char body[256], expected[80] = "/";
    struct sample into = {0};
    struct arena arena;
    json_t *json;
    struct err e;
    size_t at = (size_t)sprintf(body, "{\"name\":\"a\",\"");

    for (int i = 0; i < 30; i++)
        at += (size_t)sprintf(body + at, "%s", zi);
    sprintf(body + at, "\":1}");
    for (int i = 0; i < 22; i++)
        strcat(expected, zi);
    arena_init(&arena, 64 * 1024);
    cr_assert(!err_is(json_read(text_of(body), &json)));
    e = input_check(json, fields, &arena, &into);
    cr_expect_eq((int)e.code, ERR_FIELD_UNKNOWN);
    cr_expect(text_is_utf8(text_of(e.field), NULL));
    cr_expect_str_eq(e.field, expected);
    json_decref(json);
    arena_clear(&arena);
}

Test(input, values_arrive_as_given, .fini = no_leaks)
{
    struct text body = TEXT("{\"name\":\"a\",\"ids\":[3,9],\"words\":[\"x\"],\"direction\":\"out\","
                            "\"flag\":true,\"day\":\"1900-01-02\"}");
    struct sample into = {0};
    struct arena arena;
    json_t *json;

    arena_init(&arena, 64 * 1024);
    cr_assert(!err_is(json_read(body, &json)));
    cr_assert(!err_is(input_check(json, fields, &arena, &into)));
    cr_expect(text_is(into.name, "a"));
    cr_expect_eq(into.ids.count, 2);
    cr_expect_eq(into.ids.id[1], 9);
    cr_expect_eq(into.words.count, 1);
    cr_expect_eq(into.direction, 2);
    cr_expect(into.flag);
    cr_expect_eq(into.day, 1);
    json_decref(json);
    arena_clear(&arena);
}

Test(input, a_full_arena_is_an_error_for_every_small_ceiling, .fini = no_leaks)
{
    struct text body = TEXT("{\"name\":\"abcdefgh\",\"ids\":[1,2],\"words\":[\"a\",\"b\"]}");
    bool good = false;

    for (size_t ceiling = 0; ceiling < 256 && !good; ceiling++) {
        struct sample into = {0};
        struct arena arena;
        json_t *json;
        struct err e;

        arena_init(&arena, ceiling);
        cr_assert(!err_is(json_read(body, &json)));
        e = input_check(json, fields, &arena, &into);
        cr_expect(e.code == ERR_TOO_LARGE || e.code == ERR_NONE, "ceiling %zu", ceiling);
        good = e.code == ERR_NONE;
        json_decref(json);
        arena_clear(&arena);
    }
    cr_expect(good);
}
