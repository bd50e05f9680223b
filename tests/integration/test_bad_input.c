/* What nobody should send: each case gets a problem that says what is wrong, where, and what would
 * be right, in Chinese or English; and the next good request is served. Nothing that was sent is
 * told to the log or to anybody else. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/city.h"
#include "support/code_maker.h"
#include "support/pg_fixture.h"

static struct server server;
static struct city city;
static const struct cast *const cast = &city.cast;

static void set_up(void)
{
    fixture_open();
    server_start(&server, NULL);
    city_open(&server, &city);
}

static void tear_down(void)
{
    city_expect_quiet(&server, &city);
    server_stop(&server);
    fixture_close();
}

TestSuite(bad, .init = set_up, .fini = tear_down, .timeout = 240);

/* -- what every problem must be ----------------------------------------------------------------- */

static const struct err_row *row_of(const char *code)
{
    for (int i = ERR_NONE + 1; i < ERR_COUNT; i++) {
        if (strcmp(err_row((enum err_code)i)->code, code) == 0)
            return err_row((enum err_code)i);
    }
    cr_assert_fail("no such error: %s", code);
    return NULL;
}

static void expect_served(const char *after)
{
    char path[64];
    struct http_reply reply;

    snprintf(path, sizeof path, "/v1/sites/%lld", cast->site); /* say() is the callers' */
    reply = server_ask(&server, "GET", path, cast->contractor.key, NULL);
    cr_expect_eq(reply.status, 200, "after %s: %d %s", after, reply.status, reply.body);
    reply_clear(&reply);
}

static void expect_problem(const char *what, const struct http_reply *reply, const char *code,
                           const char *pointer, bool english)
{
    const struct err_row *row = row_of(code);
    const char *type = reply_header(reply, "Content-Type");

    cr_expect_eq(reply->status, row->status, "%s: %d: %s", what, reply->status, reply->body);
    cr_expect(type != NULL && strncmp(type, "application/problem+json", 24) == 0, "%s: %s", what,
              type);
    cr_expect_str_eq(reply_text(reply, "code"), code, "%s: %s", what, reply->body);
    cr_expect_str_eq(reply_text(reply, "title"), english ? row->en : row->zh, "%s", what);
    cr_expect_eq(reply_int(reply, "status"), row->status, "%s", what);
    if (pointer != NULL)
        cr_expect_str_eq(reply_text(reply, "errors.0.pointer"), pointer, "%s: %s", what,
                         reply->body);
}

/* Asks twice: by default the answer is Chinese. */
static void expect_refused(const char *what, struct http_question question, const char *code,
                           const char *pointer, const char *untold)
{
    for (int english = 0; english < 2; english++) {
        const char *extra = question.extra != NULL ? question.extra : "";
        char lines[512];
        struct http_reply reply;

        snprintf(lines, sizeof lines, "%s%s", extra,
                 english ? "Accept-Language: en-GB,en;q=0.9,zh;q=0.1\r\n" : "");
        question.extra = lines;
        reply = client_ask(&server.client, &question);
        expect_problem(what, &reply, code, pointer, english);
        if (untold != NULL && strlen(untold) >= 6)
            cr_expect_null(strstr(reply.body, untold), "%s: told again: %s", what, reply.body);
        reply_clear(&reply);
        question.extra = extra[0] != '\0' ? extra : NULL;
    }
    expect_served(what);
}

/* -- one field of an enrolment ------------------------------------------------------------------ */

/* value is JSON. csv: what the same text comes to in a CSV cell, where it differs: "" accepted,
 * "-" cannot be written there. */
struct field_case {
    const char *what, *field, *value, *code, *expected, *csv;
};

#define POINTS_60                                                                                  \
    "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十"                                 \
    "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十"

static const struct field_case bad_fields[] = {
    /* document numbers: GB 11643 and what is usually got wrong */
    {"wrong check digit", "document_number", "\"990101199001010068\"", "id_checksum", NULL, NULL},
    {"15 digits", "document_number", "\"990101900101006\"", "id_legacy", "18 characters", NULL},
    {"17 digits", "document_number", "\"99010119900101006\"", "id_syntax", "17 digits and a digit or X", NULL},
    {"19 characters", "document_number", "\"99010119900101006X1\"", "id_syntax", NULL, NULL},
    {"29 February 1900", "document_number", "\"990101190002290015\"", "id_birth_date", NULL, NULL},
    {"month 13", "document_number", "\"990101199013010016\"", "id_birth_date", NULL, NULL},
    {"day 00", "document_number", "\"990101199001000013\"", "id_birth_date", NULL, NULL},
    {"born in the future", "document_number", "\"990101209901010010\"", "id_birth_date", NULL, NULL},
    {"born in 1880", "document_number", "\"990101188001010015\"", "id_birth_date", NULL, NULL},
    {"region 000000", "document_number", "\"000000199001010018\"", "id_syntax", NULL, NULL},
    {"X in the middle", "document_number", "\"9901011990X101006X\"", "id_syntax", NULL, NULL},
    {"full-width digits", "document_number", "\"９９０１０１１９９００１０１００６\"", "id_syntax", NULL, NULL},
    {"a blank inside", "document_number", "\"990101 1990010106X\"", "id_syntax", NULL, NULL},
    {"hyphens", "document_number", "\"990101-19900101-6X\"", "id_syntax", NULL, NULL},
    {"a zero-width space", "document_number", "\"990101\\u200b1990010106X\"", "id_syntax", NULL, NULL},
    {"an empty number", "document_number", "\"\"", "id_syntax", NULL, "field_missing"},
    {"no number", "document_number", "null", "field_missing", NULL, "-"},
    {"a number as a number", "document_number", "990101199001010019", "field_type", "string", "-"},
    {"false", "document_number", "false", "field_type", "string", "-"},
    {"an object", "document_number", "{\"$ne\":1}", "field_type", "string", "-"},
    {"SQL", "document_number", "\"1' OR '1'='1\"", "id_syntax", NULL, NULL},
    {"10,000 characters", "document_number", NULL, "id_syntax", NULL, "-"},
    {"no such type", "document_type", "77", "field_choice", NULL, "-"},
    {"a type in words", "document_type", "\"passport\"", "field_choice", NULL, NULL},
    /* names: what may stand in them is written in domain/idnumber.c */
    {"NUL", "name", "\"张\\u0000三\"", "json_syntax", NULL, "-"},
    {"a control character", "name", "\"张\\u0001三\"", "field_text", NULL, NULL},
    {"a C1 control", "name", "\"张\\u0085三\"", "field_text", NULL, NULL},
    {"right-to-left override", "name", "\"张\\u202e三\"", "field_text", NULL, NULL},
    {"right-to-left isolate", "name", "\"\\u2067张三\"", "field_text", NULL, NULL},
    {"zero-width joiner", "name", "\"张\\u200d三\"", "field_text", NULL, NULL},
    {"byte order mark", "name", "\"张\\ufeff三\"", "field_text", NULL, NULL},
    {"tag characters", "name", "\"张\\udb40\\udc41三\"", "field_text", NULL, NULL},
    {"a lone surrogate", "name", "\"张\\ud800\"", "json_syntax", NULL, "-"},
    {"61 characters", "name", "\"" POINTS_60 "满\"", "field_length", "1..60 characters", NULL},
    {"empty", "name", "\"\"", "field_length", NULL, "field_missing"},
    {"blanks only", "name", "\"   \"", "field_text", NULL, "field_missing"},
    {"an ideographic blank", "name", "\"　张三\"", "field_text", NULL, NULL},
    {"zero", "name", "0", "field_type", "string", "-"},
    {"false as a name", "name", "false", "field_type", "string", "-"},
    {"a list as a name", "name", "[\"张三\"]", "field_type", "string", "-"},
    {"null as a name", "name", "null", "field_missing", NULL, "-"},
    {"an emoji sequence", "name", "\"👷\\u200d♂\"", "field_text", NULL, NULL},
    /* phones */
    {"a landline", "phone", "\"051581234567\"", "phone_invalid", "11 digits, 1[3-9]", NULL},
    {"with +86", "phone", "\"+8619912345678\"", "phone_invalid", NULL, NULL},
    {"10 digits", "phone", "\"1991234567\"", "phone_invalid", NULL, NULL},
    {"120…", "phone", "\"12012345678\"", "phone_invalid", NULL, NULL},
    {"a phone as a number", "phone", "19912345678", "field_type", "string", "-"},
    {"full-width phone", "phone", "\"１９９１２３４５６７８\"", "phone_invalid", NULL, NULL},
    /* dates */
    {"29 February of no leap year", "from", "\"2026-02-29\"", "date_invalid", "YYYY-MM-DD", NULL},
    {"year 0001", "from", "\"0001-01-01\"", "date_invalid", NULL, NULL},
    {"year 9999", "from", "\"9999-12-31\"", "date_invalid", NULL, NULL},
    {"month 13 of a date", "from", "\"2026-13-01\"", "date_invalid", NULL, NULL},
    {"slashes", "from", "\"2026/01/02\"", "date_invalid", NULL, NULL},
    {"in many years", "from", "\"2070-01-01\"", "date_future", NULL, NULL},
    {"a time", "from", "\"2026-01-02T00:00:00Z\"", "date_invalid", NULL, NULL},
    {"another birth date than the number's", "birth_date", "\"1990-01-02\"", "field_range", "as in document_number", NULL},
    {"another sex than the number's", "sex", "\"M\"", "field_range", "as in document_number", NULL},
    {"no such sex", "sex", "\"X\"", "field_choice", "M | F", NULL},
    {"an agreement that ends before", "agreement_until", "\"2020-01-01\"", "date_order", NULL, NULL},
    {"no such agreement", "agreement", "\"oral\"", "field_choice", NULL, NULL},
    /* places and posts */
    {"site 0", "site", "0", "field_type", NULL, NULL},
    {"a negative site", "site", "-1", "field_type", NULL, NULL},
    {"site 1.0", "site", "1.0", "field_type", NULL, "-"},
    {"site 2^53+1", "site", "9007199254740993", "field_type", NULL, NULL},
    {"site 2^63-1", "site", "9223372036854775807", "field_type", NULL, NULL},
    {"site 2^63", "site", "9223372036854775808", "json_syntax", NULL, "-"},
    {"site 1e999", "site", "1e999", "json_syntax", NULL, "-"},
    {"site NaN", "site", "NaN", "json_syntax", NULL, "-"},
    {"no such site", "site", "4242424", "site_unknown", NULL, NULL},
    {"no such trade", "trade", "\"999\"", "field_choice", NULL, NULL},
    {"no such role", "role", "\"king\"", "field_choice", NULL, NULL},
    {"a team of 61", "team", "\"" POINTS_60 "满\"", "field_length", NULL, NULL},
    /* what is not the caller's to say */
    {"mass assignment", "tenant_id", "7", "field_unknown", NULL, "-"},
    {"a state", "status", "\"green\"", "field_unknown", NULL, "-"},
    {"an id", "worker", "1", "field_unknown", NULL, "-"},
    {"a prototype", "__proto__", "{\"admin\":true}", "field_unknown", NULL, "-"},
    {"an organisation", "org", "1", "field_unknown", NULL, "-"},
};
enum { BAD_FIELDS = sizeof bad_fields / sizeof bad_fields[0] };

/* A good enrolment of a person of the test's own with one field set otherwise. */
static char *enrolment(const char *field, const char *value, unsigned n)
{
    static const char *const names[] = {"name", "document_number", "phone", "site", "trade"};
    char number[19], *text = malloc(64 * 1024);
    size_t at = 0;
    bool agreed = strncmp(field, "agreement_", 10) == 0;
    const char *good[5];

    cast_number(number, "19900101", 200 + 2 * (n % 400)); /* even: a woman's */
    good[0] = "\"慕容测试\"";
    good[1] = say("\"%s\"", number);
    good[2] = "\"19971000071\"";
    good[3] = say("%lld", cast->site);
    good[4] = "\"020\"";
    at += (size_t)sprintf(text + at, "{");
    for (int i = 0; i < 5; i++) {
        if (strcmp(names[i], field) != 0)
            at += (size_t)sprintf(text + at, "\"%s\":%s,", names[i], good[i]);
    }
    if (agreed)
        at += (size_t)sprintf(text + at, "\"agreement\":\"labour_contract\",");
    sprintf(text + at, "\"%s\":%s}", field, value);
    return text;
}

static char *long_text(size_t count)
{
    char *text = malloc(count + 3);

    memset(text, '9', count + 2);
    text[0] = text[count + 1] = '"';
    text[count + 2] = '\0';
    return text;
}

Test(bad, a_field_that_is_wrong_is_named_with_what_would_be_right)
{
    for (size_t i = 0; i < BAD_FIELDS; i++) {
        const struct field_case *c = &bad_fields[i];
        char *drawn = c->value == NULL ? long_text(10000) : NULL;
        char *body = enrolment(c->field, drawn != NULL ? drawn : c->value, (unsigned)i);
        const char *pointer = strcmp(c->code, "json_syntax") == 0 ? NULL : say("/%s", c->field);
        json_t *text = c->value != NULL && c->value[0] == '"'
                           ? json_loads(c->value, JSON_DECODE_ANY, NULL) : NULL;
        struct http_question question = {.method = "POST", .path = "/v1/workers",
                                         .key = cast->contractor.key, .body = body};

        expect_refused(c->what, question, c->code, pointer, json_string_value(text));
        if (c->expected != NULL) {
            struct http_reply reply = client_ask(&server.client, &question);

            cr_expect_str_eq(reply_text(&reply, "errors.0.expected"), c->expected, "%s: %s",
                             c->what, reply.body);
            reply_clear(&reply);
        }
        json_decref(text);
        free(body);
        free(drawn);
    }
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM person"), 3, "nobody joined");
}

/* -- what looks odd and is right ---------------------------------------------------------------- */

static const struct {
    const char *name, *number; /* NULL: drawn */
    int type;
    const char *more;
} good_people[] = {
    {"赵𠮷", NULL, 1, ""},
    {"㐂田", NULL, 1, ""},
    {"阿卜杜拉·买买提", NULL, 1, ""},
    {"阿卜杜拉•买买提", NULL, 1, ""},
    {POINTS_60, NULL, 1, ""},
    {"𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷", NULL, 1, ""},
    {"⿰木𠮷", NULL, 1, ""},
    {"Jean-Luc O'Neill", "EA1234567", 8, ",\"sex\":\"M\",\"birth_date\":\"1980-02-29\""},
    {"x", "h12345678", 10, ",\"sex\":\"F\",\"birth_date\":\"1990-01-01\""},
    {"陈", "01234567", 12, ",\"sex\":\"F\",\"birth_date\":\"1990-01-01\""},
    {"Лев", "911242199203010016", 20, ""},
    {"Лев", "ABC123456789012", 20, ",\"sex\":\"M\",\"birth_date\":\"1990-01-01\""},
    {"港", "810000199001010019", 1, ""},
    {"小写", "99010119900101006x", 1, ""},
    {"'; DROP TABLE person; --", NULL, 1, ""},
    {"%27 OR 1=1", NULL, 1, ""},
    {"\\\\", NULL, 1, ""},
    {"$1", NULL, 1, ""},
    {"{{7*7}}", NULL, 1, ""},
    {"=cmd|' /C calc'!A0", NULL, 1, ""},
    {"<script>alert(1)</script>", NULL, 1, ""},
    {"null", NULL, 1, ""},
    {"e\xCC\x81", NULL, 1, ""},
    {"170用户", NULL, 1, ",\"phone\":\"17012345678\""},
    {"闰日", NULL, 1, ",\"from\":\"2024-02-29\",\"team\":\"=1+1 <b>一班</b>\""},
};

Test(bad, what_looks_odd_and_is_right_comes_back_as_it_was_given)
{
    for (size_t i = 0; i < sizeof good_people / sizeof good_people[0]; i++) {
        char drawn[19];
        const char *number = good_people[i].number != NULL
                                 ? good_people[i].number
                                 : cast_number(drawn, "19790909", (unsigned)i);
        struct http_reply reply = server_ask(
            &server, "POST", "/v1/workers", cast->contractor.key,
            say("{\"name\":\"%s\",\"document_type\":%d,\"document_number\":\"%s\",\"site\":%lld,"
                "\"trade\":\"020\"%s}",
                good_people[i].name, good_people[i].type, number, cast->site, good_people[i].more));
        long long worker = reply_int(&reply, "worker");

        cr_assert_eq(reply.status, 201, "%s: %s", good_people[i].name, reply.body);
        reply_clear(&reply);
        reply = server_must(&server, "GET", say("/v1/workers/%lld", worker), cast->contractor.key,
                            NULL);
        cr_expect_str_eq(reply_text(&reply, "name"),
                         strcmp(good_people[i].name, "\\\\") == 0 ? "\\" : good_people[i].name);
        cr_expect_str_eq(reply_header(&reply, "X-Content-Type-Options"), "nosniff");
        reply_clear(&reply);
    }
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM person"),
                 3 + (int64_t)(sizeof good_people / sizeof good_people[0]));
}

Test(bad, a_lower_case_x_is_the_same_person)
{
    long long lower = cast_worker(&server, cast->contractor.key, "小写", "99010119900101006x",
                                  cast->site, "020");

    cr_expect_eq(cast_worker(&server, cast->contractor.key, "小写", "99010119900101006X",
                             cast->site, "020"), lower);
}

/* -- bodies ------------------------------------------------------------------------------------- */

static char *repeat(const char *before, const char *what, size_t count, const char *after)
{
    size_t bytes = strlen(what);
    char *text = malloc(strlen(before) + count * bytes + strlen(after) + 1), *at = text;

    at += sprintf(at, "%s", before);
    for (size_t i = 0; i < count; i++, at += bytes)
        memcpy(at, what, bytes);
    sprintf(at, "%s", after);
    return text;
}

static const struct {
    const char *what, *before, *repeated;
    size_t count;
    const char *after, *code;
} bodies[] = {
    {"17 levels", "", "[", 17, "", "json_syntax"},
    {"100,000 levels", "", "[", 100000, "", "json_syntax"},
    {"100,000 objects", "", "{\"a\":", 100000, "", "json_syntax"},
    {"100,000 numbers", "[1", ",1", 100000, "]", "field_length"},
    {"501 people", "[{}", ",{}", 500, "]", "field_length"},
    {"no people", "[]", "", 0, "", "field_length"},
    {"a key of 900 KB", "{\"", "a", 900000, "\":1}", "field_unknown"},
    {"duplicate keys", "{\"role\":\"worker\",\"role\":\"head\"}", "", 0, "", "json_syntax"},
    {"duplicate keys below", "{\"name\":{\"a\":1,\"a\":2}}", "", 0, "", "json_syntax"},
    {"bytes that are not UTF-8", "{\"name\":\"\xff\xfe\"}", "", 0, "", "json_syntax"},
    {"overlong UTF-8", "{\"name\":\"\xC0\xAF\"}", "", 0, "", "json_syntax"},
    {"a surrogate in UTF-8", "{\"name\":\"\xED\xA0\x80\"}", "", 0, "", "json_syntax"},
    {"a byte order mark", "\xEF\xBB\xBF{}", "", 0, "", "json_syntax"},
    {"a trailing comma", "{\"name\":\"a\",}", "", 0, "", "json_syntax"},
    {"two values", "{} {}", "", 0, "", "json_syntax"},
    {"a comment", "{/**/}", "", 0, "", "json_syntax"},
    {"cut off", "{\"name\":\"a", "", 0, "", "json_syntax"},
    {"nothing", "", "", 0, "", "json_syntax"},
    {"null", "null", "", 0, "", "json_object"},
    {"a string", "\"null\"", "", 0, "", "json_object"},
    {"a number", "0", "", 0, "", "json_object"},
    {"1 MiB and a byte", "{\"name\":\"", "a", 1024 * 1024 - 10, "\"}", "body_too_large"},
};

Test(bad, a_body_that_is_no_request_is_refused_as_a_whole)
{
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        char *body = repeat(bodies[i].before, bodies[i].repeated, bodies[i].count, bodies[i].after);

        expect_refused(bodies[i].what,
                       (struct http_question){.method = "POST", .path = "/v1/workers",
                                              .key = cast->contractor.key, .body = body},
                       bodies[i].code, NULL, NULL);
        free(body);
    }
}

Test(bad, other_routes_refuse_the_same)
{
    char *large = repeat("{\"kind\":\"clinic\",\"name\":\"", "a", 64 * 1024, "\"}");
    const struct {
        const char *what, *method, *path, *key, *body, *code, *pointer;
    } asked[] = {
        {"64 KiB", "POST", "/v1/orgs", server.operator_key, large, "body_too_large", NULL},
        {"duplicate keys", "POST", "/v1/orgs", server.operator_key,
         "{\"kind\":\"clinic\",\"kind\":\"clinic\",\"name\":\"a\"}", "json_syntax", NULL},
        {"read-only", "POST", "/v1/orgs", server.operator_key,
         "{\"kind\":\"clinic\",\"name\":\"a\",\"id\":7}", "field_unknown", "/id"},
        {"unknown conclusion", "POST", "/v1/exams", cast->clinic.key,
         say("{\"worker\":%lld,\"conclusion\":\"healthy\"}", city.own.id), "field_choice",
         "/conclusion"},
        {"a diagnosis", "POST", "/v1/exams", cast->clinic.key,
         say("{\"worker\":%lld,\"conclusion\":\"unfit\",\"diagnosis\":\"高血压\"}", city.own.id),
         "field_unknown", "/diagnosis"},
        {"tomorrow's exam", "POST", "/v1/exams", cast->clinic.key,
         say("{\"worker\":%lld,\"conclusion\":\"unfit\",\"occurred_on\":\"%s\"}", city.own.id,
             city_day(1)), "date_future", "/occurred_on"},
        {"an exam of 1901", "POST", "/v1/exams", cast->clinic.key,
         say("{\"worker\":%lld,\"conclusion\":\"unfit\",\"occurred_on\":\"1901-01-01\"}",
             city.own.id), "date_too_old", "/occurred_on"},
        {"29 February", "POST", "/v1/exams", cast->clinic.key,
         say("{\"worker\":%lld,\"conclusion\":\"unfit\",\"occurred_on\":\"2025-02-29\"}",
             city.own.id), "date_invalid", "/occurred_on"},
        {"who posted", "POST", "/v1/exams", cast->clinic.key,
         say("{\"worker\":%lld,\"conclusion\":\"unfit\",\"by\":1}", city.own.id), "field_unknown",
         "/by"},
    };

    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        expect_refused(asked[i].what,
                       (struct http_question){.method = asked[i].method, .path = asked[i].path,
                                              .key = asked[i].key, .body = asked[i].body},
                       asked[i].code, asked[i].pointer, NULL);
    free(large);
}

Test(bad, queries_are_checked_like_bodies)
{
    static const char *const queries[] = {
        "limit=0", "limit=-1", "limit=1000000000", "limit=1&limit=2", "limit", "limit=1e3",
        "after=x", "colour=blue&limit=1", "site=%00", "nosuch=1", "trade=%ff%fe", "site=1;DROP",
        "limit=%E2%80%AE1",
    };

    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        struct http_reply reply = server_ask(&server, "GET", say("/v1/workers?%s", queries[i]),
                                             cast->contractor.key, NULL);

        cr_expect_eq(reply.status, 400, "%s: %d %s", queries[i], reply.status, reply.body);
        reply_clear(&reply);
        expect_served(queries[i]);
    }
}

Test(bad, another_media_type_is_refused)
{
    static const struct {
        const char *what, *type, *extra;
    } types[] = {
        {"text", "text/plain", NULL},
        {"a form", "application/x-www-form-urlencoded", NULL},
        {"UTF-16", "application/json; charset=utf-16", NULL},
        {"GBK", "application/json;charset=GBK", NULL},
        {"nothing", "", NULL},
        {"a patch", "application/json-patch+json", NULL},
        {"gzip", "application/json", "Content-Encoding: gzip\r\n"},
    };

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        expect_refused(types[i].what,
                       (struct http_question){.method = "POST", .path = "/v1/workers",
                                              .key = cast->contractor.key, .body = "{}",
                                              .media_type = types[i].type, .extra = types[i].extra},
                       "media_type", NULL, NULL);
    expect_refused("JSON as CSV",
                   (struct http_question){.method = "POST", .path = "/v1/imports",
                                          .key = cast->contractor.key, .body = "{}"},
                   "media_type", NULL, NULL);
    expect_refused("CSV in GBK",
                   (struct http_question){.method = "POST", .path = "/v1/imports",
                                          .key = cast->contractor.key, .body = "name\r\n",
                                          .media_type = "text/csv; charset=gbk"},
                   "media_type", NULL, NULL);
}

Test(bad, a_write_without_a_usable_key_is_refused)
{
    static const char *const keys[] = {
        "", "with a blank", "键",
        "12345678901234567890123456789012345678901234567890123456789012345"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        expect_refused(keys[i],
                       (struct http_question){.method = "POST", .path = "/v1/exams",
                                              .key = cast->clinic.key, .idempotency = keys[i],
                                              .body = say("{\"worker\":%lld,\"conclusion\":"
                                                          "\"unfit\"}", city.own.id)},
                       "idempotency_key_missing", NULL, NULL);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM record WHERE kind = 2"), 0);
}

/* -- codes at the gate -------------------------------------------------------------------------- */

static void expect_scan(const char *what, const char *code, const char *verdict, const char *why)
{
    static int seq;
    struct http_reply reply = server_ask(
        &server, "POST", "/v1/gate/check", cast->gate_account.key,
        say("{\"code\":\"%s\",\"direction\":\"in\",\"at\":\"%s\",\"epoch\":1,\"seq\":%d}", code,
            city_now(), ++seq));

    cr_expect_eq(reply.status, 200, "%s: %s", what, reply.body);
    cr_expect_str_eq(reply_text(&reply, "verdict"), verdict, "%s: %s", what, reply.body);
    cr_expect_str_eq(reply_text(&reply, "why"), why, "%s: %s", what, reply.body);
    reply_clear(&reply);
}

static void issue(struct signer *signer, int64_t iat_offset_s, char into[TOKEN_TEXT_MAX + 1])
{
    int64_t iat = clock_wall_us() / US_PER_SECOND + iat_offset_s;
    struct live_claims claims = {.iat = iat, .exp = iat + TOKEN_LIVE_S, .index = 1, .policy = 2};
    struct build out = build_over(into, TOKEN_TEXT_MAX + 1);
    struct err e = token_issue_live(signer, &claims, &out, NULL);

    cr_assert_not(err_is(e));
    into[out.bytes] = '\0';
}

static void forge(const struct maker *maker, const struct parts *parts, char into[1400])
{
    struct build out = build_over(into, 1400);

    maker_code(maker, parts, &out);
    into[out.bytes] = '\0';
}

Test(bad, forged_and_old_codes_are_refused_with_the_reason)
{
    char code[TOKEN_TEXT_MAX + 1], forged[1400];
    struct signer *signer;
    struct maker maker;
    struct parts parts;
    struct err e = signer_open_file(say("%s/signing.pem", server.dir), &signer);

    cr_assert_not(err_is(e));
    issue(signer, -3600, code);
    expect_scan("an hour old", code, "refuse", "expired");
    issue(signer, 3600, code);
    expect_scan("of the next hour", code, "refuse", "not_yet");
    issue(signer, 0, code);
    code[strlen(code) - 3] = code[strlen(code) - 3] == 'A' ? 'B' : 'A';
    expect_scan("one letter changed", code, "refuse", "signature");
    code[40] = '\0';
    expect_scan("cut off", code, "refuse", "format");

    maker_init(&maker, signer_key(signer)->alg, 1u << TOKEN_LIVE);
    parts = maker_parts(&maker);
    forge(&maker, &parts, forged);
    expect_scan("signed by nobody known", forged, "cannot_tell", "unknown_key");
    memcpy(parts.kid, signer_key(signer)->kid, TOKEN_KID_BYTES);
    forge(&maker, &parts, forged);
    expect_scan("signed by another under our key's name", forged, "refuse", "signature");
    parts.alg = -257; /* RS256 */
    forge(&maker, &parts, forged);
    expect_scan("another algorithm", forged, "refuse", "key");
    maker_clear(&maker);
    signer_close(signer);
    expect_scan("a health code", "HC1:6BFOXN*TS0BI$ZD", "refuse", "not_ours");
    expect_scan("a page", "https://example.org/?code=JA1.AAAA", "refuse", "not_ours");
    expect_scan("injection", "JA1.'; DROP TABLE pass; --", "refuse", "format");
    expect_served("codes");
}

/* -- CSV ---------------------------------------------------------------------------------------- */

struct sheet {
    char *text;
    size_t bytes, max;
    int rows; /* as a spreadsheet counts: the header is 1 */
};

static void sheet_open(struct sheet *sheet)
{
    *sheet = (struct sheet){.max = 4 * 1024 * 1024, .rows = 1};
    sheet->text = malloc(sheet->max);
    sheet->bytes = (size_t)sprintf(sheet->text,
                                   "name,document_type,document_number,phone,site,trade,sex,"
                                   "birth_date,from,role,team,agreement,agreement_until\r\n");
}

static void sheet_put(struct sheet *sheet, const char *cell, bool last)
{
    char *at = sheet->text + sheet->bytes;

    cr_assert_lt(sheet->bytes + 2 * strlen(cell) + 8, sheet->max);
    *at++ = '"';
    for (; *cell != '\0'; cell++) {
        if (*cell == '"')
            *at++ = '"';
        *at++ = *cell;
    }
    *at++ = '"';
    if (last)
        *at++ = '\r';
    *at++ = last ? '\n' : ',';
    sheet->bytes = (size_t)(at - sheet->text);
    *at = '\0';
    sheet->rows += last;
}

/* A good row with one cell set otherwise; field NULL: none. */
static int sheet_row(struct sheet *sheet, unsigned n, const char *field, const char *value)
{
    static const char *const columns[] = {"name", "document_type", "document_number", "phone",
                                          "site", "trade", "sex", "birth_date", "from", "role",
                                          "team", "agreement", "agreement_until"};
    char number[19];
    const char *good[13] = {"慕容测试", "", number, "19971000071", say("%lld", cast->site), "020",
                            "", "", "", "", "", "", ""};

    cast_number(number, n % 2 == 0 ? "19900101" : "19810607", n / 2 * 2 % 1000);
    if (field != NULL && strcmp(field, "agreement_until") == 0)
        good[11] = "labour_contract";
    for (int i = 0; i < 13; i++)
        sheet_put(sheet, field != NULL && strcmp(columns[i], field) == 0 ? value : good[i],
                  i == 12);
    return sheet->rows;
}

static long long upload(const struct sheet *sheet, const char *key)
{
    struct http_reply reply = client_ask(
        &server.client,
        &(struct http_question){.method = "POST", .path = "/v1/imports",
                                .key = cast->contractor.key, .body = sheet->text,
                                .media_type = "text/csv; charset=utf-8", .idempotency = key});
    long long id = reply_int(&reply, "import");

    cr_assert_eq(reply.status, 202, "%s", reply.body);
    reply_clear(&reply);
    return id;
}

static void wait_for(long long import, long long done, long long refused)
{
    struct http_reply reply = {0};

    for (int tries = 0; tries < 500; tries++) {
        reply_clear(&reply);
        reply = server_must(&server, "GET", say("/v1/imports/%lld", import), cast->contractor.key,
                            NULL);
        if (strcmp(reply_text(&reply, "state"), "done") == 0)
            break;
        usleep(20000);
    }
    cr_assert_str_eq(reply_text(&reply, "state"), "done", "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "done"), done, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "refused"), refused, "%s", reply.body);
    reply_clear(&reply);
}

static struct http_reply faults(long long import)
{
    struct http_reply reply = server_must(
        &server, "GET", say("/v1/imports/%lld/errors.csv", import), cast->contractor.key, NULL);

    cr_assert_eq(strncmp(reply_header(&reply, "Content-Type"), "text/csv", 8), 0);
    return reply;
}

Test(bad, a_csv_is_answered_row_by_row_and_its_correction_makes_no_doubles)
{
    struct sheet bad_sheet, good_sheet;
    int rows[BAD_FIELDS] = {0};
    long long import, bad_rows = 0, all = 0;
    struct http_reply reply;

    sheet_open(&bad_sheet);
    sheet_open(&good_sheet);
    for (unsigned i = 0; i < BAD_FIELDS; i++) {
        const struct field_case *c = &bad_fields[i];
        json_t *value = c->value != NULL ? json_loads(c->value, JSON_DECODE_ANY, NULL) : NULL;
        const char *cell = json_is_integer(value) ? say("%lld", (long long)json_integer_value(value))
                                                  : json_string_value(value);

        sheet_row(&bad_sheet, 2 * i + 1, NULL, NULL); /* a good one between */
        sheet_row(&good_sheet, 2 * i + 1, NULL, NULL);
        all++;
        if (cell != NULL && (c->csv == NULL || strcmp(c->csv, "-") != 0)) {
            rows[i] = sheet_row(&bad_sheet, 2 * i + 400, c->field, cell);
            sheet_row(&good_sheet, 2 * i + 400, NULL, NULL);
            bad_rows++;
            all++;
        }
        json_decref(value);
    }
    import = upload(&bad_sheet, "sheet-1");
    cr_expect_eq(upload(&bad_sheet, "sheet-1"), import, "the same key is the same import");
    wait_for(import, all, bad_rows);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM person"), 3 + all - bad_rows,
                 "bad rows spoil no others");
    reply = faults(import);
    for (int i = 0; i < BAD_FIELDS; i++) {
        const struct field_case *c = &bad_fields[i];
        const char *code = c->csv != NULL ? c->csv : c->code;

        if (rows[i] != 0)
            cr_expect_not_null(strstr(reply.body, say("\r\n%d,\"%s\",\"%s\",\"%s\",", rows[i],
                                                      c->field, code, row_of(code)->zh)),
                               "%s (row %d, %s)", c->what, rows[i], code);
    }
    cr_expect_null(strstr(reply.body, "990101"), "numbers are not told again");
    cr_expect_null(strstr(reply.body, "慕容"));
    reply_clear(&reply);

    import = upload(&good_sheet, NULL);
    wait_for(import, all, 0);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM person"), 3 + all, "no doubles");
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM engagement"), 3 + all);
    reply = faults(import);
    cr_expect_null(strchr(strchr(reply.body, '\n') + 1, '\n'), "%s", reply.body);
    reply_clear(&reply);
    free(bad_sheet.text);
    free(good_sheet.text);
}

Test(bad, one_bad_row_of_five_hundred_spoils_nothing)
{
    struct sheet sheet;
    long long import;

    sheet_open(&sheet);
    for (unsigned i = 0; i < 500; i++)
        sheet_row(&sheet, i, i == 250 ? "phone" : NULL, "12345");
    import = upload(&sheet, NULL);
    wait_for(import, 500, 1);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM person"), 3 + 499);
    free(sheet.text);
}

Test(bad, a_header_that_does_not_fit_is_refused_at_once)
{
    static const struct {
        const char *what, *csv, *code;
    } headers[] = {
        {"empty", "", "csv_header"},
        {"a column is missing", "name,site,trade\r\n", "csv_header"},
        {"an unknown column", "name,document_number,site,trade,colour\r\n", "csv_header"},
        {"a column twice", "name,name,document_number,site,trade\r\n", "csv_header"},
        {"an open quote", "name,document_number,site,\"trade\r\n", "csv_syntax"},
        {"not UTF-8", "name,document_number,site,trade\r\n\xB4\xF3\r\n", "csv_syntax"},
        {"lone CR", "name,document_number,site,trade\r\r\n", "csv_syntax"},
    };

    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        expect_refused(headers[i].what,
                       (struct http_question){.method = "POST", .path = "/v1/imports",
                                              .key = cast->contractor.key, .body = headers[i].csv,
                                              .media_type = "text/csv"},
                       headers[i].code, NULL, NULL);
}

/* -- nothing is told to the log ----------------------------------------------------------------- */

Test(bad, what_was_refused_is_not_in_the_log_either)
{
    static const char *const planted[] = {"990101199001010068", "公孙露馅", "19966600071"};
    struct http_reply metrics;
    char *log;

    for (int i = 0; i < 3; i++) {
        struct http_reply reply = server_ask(
            &server, "POST", i == 2 ? "/v1/workers/find" : "/v1/workers", cast->contractor.key,
            say("{\"name\":\"%s\",\"document_number\":\"%s\",\"phone\":\"%s\",\"site\":%lld,"
                "\"trade\":\"020\"}", planted[1], planted[0], planted[2], cast->site));

        cr_expect_geq(reply.status, 400);
        for (int k = 0; k < 3; k++)
            cr_expect_null(strstr(reply.body, planted[k]), "%s", reply.body);
        reply_clear(&reply);
    }
    log = city_log(&server);
    metrics = server_must(&server, "GET", "/metrics", NULL, NULL);
    for (int k = 0; k < 3; k++) {
        cr_expect_null(strstr(log, planted[k]), "%s", planted[k]);
        cr_expect_null(strstr(metrics.body, planted[k]), "%s", planted[k]);
    }
    cr_expect_not_null(strstr(log, "id_checksum"), "the log knows what went wrong");
    reply_clear(&metrics);
    free(log);
}
