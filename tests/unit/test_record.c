/* domain/record: every kind is read, rendered back, and refused by field. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "domain/record.h"

#define AT "\"occurred_on\":\"2026-02-01\",\"recorded_at\":\"2026-02-01T08:00:00+08:00\""

static json_t *json_of(const char *text)
{
    json_t *json;

    cr_assert(!err_is(json_read(text_of(text), &json)), "the case itself is not JSON: %s", text);
    return json;
}

/* One body of each kind, as it is rendered back (fields in the table's order). */
static const struct {
    const char *kind, *body;
} bodies[] = {
    {"identity", "{\"birth_date\":\"1990-05-01\",\"sex\":\"F\",\"document_type\":1}"},
    {"exam", "{\"conclusion\":\"contraindicated\",\"contraindicated_for\":[\"height\",\"vehicle\"],"
             "\"valid_until\":\"2027-02-01\"}"},
    {"training", "{\"type\":\"off_job\",\"hours\":8,\"score\":95,\"passed\":true,\"site\":7}"},
    {"study", "{\"points\":60}"},
    {"violation", "{\"class\":\"operation\",\"category\":\"7.06\",\"severity\":3,"
                  "\"off_job_training\":true,\"site\":7}"},
    {"rectification", "{\"of\":4}"},
    {"certificate", "{\"type\":\"special_operation\",\"class\":\"02\",\"number\":\"N-1\",\"issuer\":"
                    "\"housing\",\"valid_from\":\"2026-01-01\",\"valid_until\":\"2028-01-01\"}"},
    {"certificate_status", "{\"number\":\"N-1\",\"status\":\"suspended\",\"from\":\"2026-01-01\","
                           "\"until\":\"2026-06-01\"}"},
    {"ban", "{\"scope\":\"industry\",\"from\":\"2026-01-01\",\"basis\":\"decision 7\"}"},
    {"ban", "{\"scope\":\"role\",\"subject\":\"safety_officer\",\"from\":\"2026-01-01\","
            "\"until\":\"2026-06-01\",\"basis\":\"decision 7\"}"},
    {"ban", "{\"scope\":\"trade\",\"subject\":\"030\",\"from\":\"2026-01-01\",\"basis\":\"d\"}"},
    {"ban", "{\"scope\":\"site\",\"subject\":12,\"from\":\"2026-01-01\",\"basis\":\"d\"}"},
    {"agreement", "{\"type\":\"written_agreement\",\"from\":\"2026-01-01\"}"},
    {"engagement", "{\"org\":5,\"site\":7,\"trade\":\"1000\",\"role\":\"worker\",\"team\":\"班组一\","
                   "\"from\":\"2026-01-01\"}"},
    {"engagement_end", "{\"of\":3,\"until\":\"2026-03-01\"}"},
    {"override", "{\"colour\":\"green\",\"from\":\"2026-01-01\",\"until\":\"2026-02-01\","
                 "\"evidence\":\"letter\",\"signed_by\":[1,2]}"},
    {"star", "{\"points\":2}"},
    {"supersede", "{\"of\":4}"},
    {"consent", "{\"scope\":\"health\",\"given\":false}"},
    {"merge", "{\"into\":99}"},
    {"erasure", "{}"},
};

Test(record, every_kind_is_rendered_as_it_was_read)
{
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        char text[1024];
        struct build b = build_over(text, sizeof text);
        struct json_writer w = json_writer_over(&b);
        json_t *json = json_of(bodies[i].body);
        struct record record = {0};
        struct arena arena;
        struct err e;

        arena_init(&arena, 1 << 16);
        e = record_parse_body(record_kind_of(text_of(bodies[i].kind)), json, NULL, &arena, &record);
        cr_assert(!err_is(e), "%s: %s, expected %s", bodies[i].body, e.field, e.expected);
        json_open_object(&w, NULL);
        record_render_body(&record, &w);
        json_close_object(&w);
        cr_expect_str_eq(text, bodies[i].body);
        json_decref(json);
        arena_clear(&arena);
    }
}

/* 民法典201-202: the starting day is not counted; the last day is the corresponding one of the last
 * month, or that month's last. until is the day after. */
static const struct {
    const char *from;
    unsigned months;
    const char *until;
} periods[] = {
    {"2021-08-31", 6, "2022-03-01"},  {"2021-08-28", 6, "2022-03-01"},
    {"2021-08-27", 6, "2022-02-28"},  {"2023-08-31", 6, "2024-03-01"},
    {"2023-08-29", 6, "2024-03-01"},  {"2023-08-28", 6, "2024-02-29"},
    {"2024-02-29", 12, "2025-03-01"}, {"2024-02-29", 48, "2028-03-01"},
    {"2026-03-31", 1, "2026-05-01"},  {"2026-12-31", 240, "2047-01-01"},
};

Test(record, a_period_of_months_becomes_the_day_after_its_last)
{
    static const char *const kinds[] = {
        "\"kind\":\"ban\",\"scope\":\"industry\",\"basis\":\"b\"",
        "\"kind\":\"certificate_status\",\"number\":\"n\",\"status\":\"suspended\"",
    };

    for (size_t i = 0; i < 2 * sizeof periods / sizeof periods[0]; i++) {
        char text[256], until[DAY_TEXT_BYTES] = "";
        struct record record;
        struct arena arena;
        json_t *json;
        struct err e;

        (void)snprintf(text, sizeof text, "{%s," AT ",\"from\":\"%s\",\"months\":%u}", kinds[i % 2],
                       periods[i / 2].from, periods[i / 2].months);
        json = json_of(text);
        arena_init(&arena, 1 << 16);
        e = record_parse(json, &arena, &record);
        cr_assert(!err_is(e), "%s: %s", text, e.field);
        (void)day_format(i % 2 == 0 ? record.ban.until : record.certificate_status.until, until);
        cr_expect_str_eq(until, periods[i / 2].until, "%s", text);
        cr_expect_eq(i % 2 == 0 ? record.ban.months : record.certificate_status.months, 0,
                     "what is stored is the day");
        json_decref(json);
        arena_clear(&arena);
    }
}

static const struct {
    const char *record;
    enum err_code code;
    const char *field;
} refused[] = {
    {"{" AT "}", ERR_FIELD_MISSING, "/kind"},
    {"{\"kind\":\"wedding\"," AT "}", ERR_FIELD_CHOICE, "/kind"},
    {"{\"kind\":7," AT "}", ERR_FIELD_CHOICE, "/kind"},
    {"{\"kind\":\"study\",\"points\":1,\"recorded_at\":\"2026-02-01T08:00:00Z\"}",
     ERR_FIELD_MISSING, "/occurred_on"},
    {"{\"kind\":\"study\",\"points\":1,\"occurred_on\":\"2026-02-29\"}", ERR_DATE_INVALID,
     "/occurred_on"},
    {"{\"kind\":\"study\",\"points\":1,\"occurred_on\":\"2026-02-01\"}", ERR_FIELD_MISSING,
     "/recorded_at"},
    {"{\"kind\":\"study\",\"points\":1,\"occurred_on\":\"2026-02-01\",\"recorded_at\":\"noon\"}",
     ERR_TIME_INVALID, "/recorded_at"},
    {"{\"kind\":\"study\",\"points\":0," AT "}", ERR_FIELD_RANGE, "/points"},
    {"{\"kind\":\"study\",\"points\":\"60\"," AT "}", ERR_FIELD_TYPE, "/points"},
    {"{\"kind\":\"study\",\"points\":1.5," AT "}", ERR_FIELD_TYPE, "/points"},
    {"{\"kind\":\"study\",\"points\":60,\"a/b~c\":1," AT "}", ERR_FIELD_UNKNOWN, "/a~1b~0c"},
    {"{\"kind\":\"study\"," AT "}", ERR_FIELD_MISSING, "/points"},
    {"{\"kind\":\"study\",\"points\":null," AT "}", ERR_FIELD_MISSING, "/points"},
    {"{\"kind\":\"study\",\"points\":1,\"version\":0," AT "}", ERR_FIELD_RANGE, "/version"},
    {"{\"kind\":\"exam\",\"conclusion\":\"fine\"," AT "}", ERR_FIELD_CHOICE, "/conclusion"},
    {"{\"kind\":\"exam\",\"conclusion\":\"unfit\",\"contraindicated_for\":[\"height\",\"sea\"]," AT
     "}", ERR_FIELD_CHOICE, "/contraindicated_for/1"},
    {"{\"kind\":\"exam\",\"conclusion\":\"unfit\",\"valid_until\":\"soon\"," AT "}",
     ERR_DATE_INVALID, "/valid_until"},
    {"{\"kind\":\"violation\",\"class\":\"operation\",\"category\":\"7.6\",\"severity\":1," AT "}",
     ERR_FIELD_CHOICE, "/category"},
    {"{\"kind\":\"violation\",\"class\":\"operation\",\"category\":\"7.00\",\"severity\":1," AT "}",
     ERR_FIELD_CHOICE, "/category"},
    {"{\"kind\":\"violation\",\"class\":\"operation\",\"category\":\"7.14\",\"severity\":1," AT "}",
     ERR_FIELD_CHOICE, "/category"},
    {"{\"kind\":\"violation\",\"class\":\"operation\",\"category\":\"6.06\",\"severity\":1," AT "}",
     ERR_FIELD_CHOICE, "/category"},
    {"{\"kind\":\"violation\",\"class\":\"operation\",\"category\":\"99.99\",\"severity\":1," AT
     "}", ERR_FIELD_CHOICE, "/category"},
    {"{\"kind\":\"violation\",\"class\":\"operation\",\"category\":\"7.06\",\"severity\":5," AT "}",
     ERR_FIELD_RANGE, "/severity"},
    {"{\"kind\":\"certificate\",\"type\":\"special_operation\",\"number\":\"n\",\"issuer\":"
     "\"housing\",\"valid_from\":\"2026-01-01\",\"valid_until\":\"2028-01-01\"," AT "}",
     ERR_FIELD_MISSING, "/class"},
    {"{\"kind\":\"certificate\",\"type\":\"A\",\"number\":\"n\",\"issuer\":\"housing\","
     "\"valid_from\":\"2026-01-01\",\"valid_until\":\"2026-01-01\"," AT "}", ERR_DATE_ORDER,
     "/valid_until"},
    {"{\"kind\":\"certificate\",\"type\":\"A\",\"number\":\"a\\u200bb\",\"issuer\":\"housing\","
     "\"valid_from\":\"2026-01-01\",\"valid_until\":\"2028-01-01\"," AT "}", ERR_FIELD_TEXT,
     "/number"},
    {"{\"kind\":\"certificate\",\"type\":\"A\",\"number_hash\":\"xyz\",\"issuer\":\"housing\","
     "\"valid_from\":\"2026-01-01\",\"valid_until\":\"2028-01-01\"," AT "}", ERR_FIELD_TYPE,
     "/number_hash"},
    {"{\"kind\":\"ban\",\"scope\":\"trade\",\"from\":\"2026-01-01\",\"basis\":\"b\"," AT "}",
     ERR_FIELD_MISSING, "/subject"},
    {"{\"kind\":\"ban\",\"scope\":\"trade\",\"subject\":\"260\",\"from\":\"2026-01-01\",\"basis\":"
     "\"b\"," AT "}", ERR_FIELD_CHOICE, "/subject"},
    {"{\"kind\":\"ban\",\"scope\":\"industry\",\"subject\":\"030\",\"from\":\"2026-01-01\","
     "\"basis\":\"b\"," AT "}", ERR_FIELD_UNKNOWN, "/subject"},
    {"{\"kind\":\"ban\",\"scope\":\"industry\",\"from\":\"2026-01-01\",\"until\":\"2026-06-01\","
     "\"months\":6,\"basis\":\"b\"," AT "}", ERR_FIELD_UNKNOWN, "/months"},
    {"{\"kind\":\"ban\",\"scope\":\"industry\",\"from\":\"2026-01-01\",\"months\":0,\"basis\":\"b\"," AT
     "}", ERR_FIELD_RANGE, "/months"},
    {"{\"kind\":\"ban\",\"scope\":\"industry\",\"from\":\"2060-01-01\",\"months\":240,"
     "\"basis\":\"b\"," AT "}", ERR_FIELD_RANGE, "/months"},
    {"{\"kind\":\"certificate_status\",\"number\":\"n\",\"status\":\"suspended\",\"from\":"
     "\"2026-01-01\",\"until\":\"2026-06-01\",\"months\":6," AT "}", ERR_FIELD_UNKNOWN, "/months"},
    {"{\"kind\":\"override\",\"colour\":\"green\",\"from\":\"2026-01-01\",\"until\":\"2026-02-01\","
     "\"evidence\":\"e\",\"signed_by\":[1,1]," AT "}", ERR_FIELD_CHOICE, "/signed_by"},
    {"{\"kind\":\"override\",\"colour\":\"green\",\"from\":\"2026-01-01\",\"until\":\"2026-02-01\","
     "\"evidence\":\"e\",\"signed_by\":[1]," AT "}", ERR_FIELD_TYPE, "/signed_by"},
    {"{\"kind\":\"engagement_end\"," AT "}", ERR_FIELD_MISSING, "/of"},
    {"{\"kind\":\"engagement\",\"org\":1,\"site\":1,\"trade\":\"0030\",\"role\":\"worker\"," AT "}",
     ERR_FIELD_CHOICE, "/trade"},
    {"[]", ERR_JSON_OBJECT, NULL},
};

Test(record, the_unsafe_acts_of_gb_6441_are_7_01_to_7_13_and_a_refusal_says_so)
{
    struct arena arena;

    arena_init(&arena, 1 << 16);
    for (unsigned act = 0; act <= 14; act++) {
        char text[200];
        json_t *json;
        struct record record;
        struct err e;

        snprintf(text, sizeof text, "{\"kind\":\"violation\",\"class\":\"operation\","
                 "\"category\":\"7.%02u\",\"severity\":1," AT "}", act);
        json = json_of(text);
        e = record_parse(json, &arena, &record);
        cr_expect_eq(err_is(e), act < 1 || act > 13, "%s", text);
        if (err_is(e))
            cr_expect_not_null(strstr(e.expected, "7.01 to 7.13"), "%s", e.expected);
        else
            cr_expect_eq(record.violation.category, 700 + act);
        json_decref(json);
    }
    arena_clear(&arena);
}

Test(record, each_wrong_record_is_refused_at_its_field)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        json_t *json = json_of(refused[i].record);
        struct record record;
        struct arena arena;
        struct err e;

        arena_init(&arena, 1 << 16);
        e = record_parse(json, &arena, &record);
        cr_expect_eq(e.code, refused[i].code, "%s: code %d", refused[i].record, (int)e.code);
        if (refused[i].field != NULL)
            cr_expect_str_eq(e.field, refused[i].field);
        json_decref(json);
        arena_clear(&arena);
    }
}

Test(record, a_body_of_the_api_takes_the_callers_keys_and_no_names_for_ids)
{
    static const char *const also[] = {"worker", "occurred_on", NULL};
    json_t *json = json_of("{\"worker\":5,\"occurred_on\":\"x\",\"points\":60}");
    json_t *named = json_of("{\"type\":\"site_entry\",\"hours\":2,\"passed\":true,\"site\":\"S1\"}");
    struct record record = {0};
    struct arena arena;

    arena_init(&arena, 1 << 16);
    cr_assert(!err_is(record_parse_body(RECORD_STUDY, json, also, &arena, &record)));
    cr_assert_eq(record_parse_body(RECORD_STUDY, json, NULL, &arena, &record).code,
                 ERR_FIELD_UNKNOWN);
    cr_assert_eq(record_parse_body(RECORD_TRAINING, named, NULL, &arena, &record).code,
                 ERR_FIELD_TYPE);
    json_decref(json);
    json_decref(named);
    arena_clear(&arena);
}

Test(record, a_secret_is_rendered_as_its_hash_and_read_back_from_it)
{
    const char *hash = "0123456789abcdef0123456789abcdef";
    json_t *json = json_of("{\"number\":\"N-1\",\"status\":\"valid\",\"from\":\"2026-01-01\"}");
    struct record_secret secrets[RECORD_SECRETS_MAX];
    struct record record = {0}, again = {0};
    char text[256];
    struct build b = build_over(text, sizeof text);
    struct json_writer w = json_writer_over(&b);
    struct arena arena;

    arena_init(&arena, 1 << 16);
    cr_assert(!err_is(record_parse_body(RECORD_CERTIFICATE_STATUS, json, NULL, &arena, &record)));
    cr_assert_eq(record_secrets(&record, secrets), 1);
    cr_assert_str_eq(secrets[0].name, "number");
    secret_set_hash(secrets[0].secret, hash);
    cr_assert_eq(record.certificate_status.number.ref, 0x01234567);
    json_open_object(&w, NULL);
    record_render_body(&record, &w);
    json_close_object(&w);
    json_decref(json);
    cr_assert_null(strstr(text, "N-1"));
    json = json_of(text);
    cr_assert(!err_is(record_parse_body(RECORD_CERTIFICATE_STATUS, json, NULL, &arena, &again)));
    cr_assert_str_eq(again.certificate_status.number.hash, hash);
    cr_assert_eq(again.certificate_status.number.ref, 0x01234567);
    json_decref(json);
    arena_clear(&arena);
}

Test(record, a_text_and_its_hash_together_are_refused)
{
    json_t *json = json_of("{\"number\":\"N-1\",\"number_hash\":\"0123456789abcdef0123456789abcdef\","
                           "\"status\":\"valid\",\"from\":\"2026-01-01\"}");
    struct record record = {0};
    struct arena arena;

    arena_init(&arena, 1 << 16);
    cr_assert_eq(
        record_parse_body(RECORD_CERTIFICATE_STATUS, json, NULL, &arena, &record).code,
        ERR_FIELD_UNKNOWN);
    json_decref(json);
    arena_clear(&arena);
}

Test(record, names_and_numbers_of_sites_never_meet)
{
    json_t *named = json_of("\"7\""), *number = json_of("7");
    uint32_t a, b;

    cr_assert(!err_is(record_id_parse(named, "/site", &a)));
    cr_assert(!err_is(record_id_parse(number, "/site", &b)));
    cr_assert_neq(a, b);
    cr_assert_eq(b, 7);
    json_decref(named);
    json_decref(number);
}

Test(record, all_thirty_nine_trades_are_known_and_no_other)
{
    unsigned known = 0;

    for (uint16_t code = 0; code <= TRADE_MAX; code++)
        known += trade_find(code) != NULL;
    cr_assert_eq(known, 39);
    cr_assert_null(trade_find(260));
    cr_assert_null(trade_find(370));
    cr_assert_str_eq(trade_find(30)->zh, "架子工");
}
