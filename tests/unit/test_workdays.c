/* Working days: the calendar that comes with the program, deadlines over its edges, and documents
 * that are refused. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "domain/record.h"
#include "domain/workdays.h"
#include "support/no_leaks.h"

static day_t day(const char *text)
{
    day_t out;

    cr_assert(!err_is(day_parse(text_of(text), "", &out)), "%s", text);
    return out;
}

static struct err read_text(const char *text, struct holiday_year *year)
{
    static struct arena arena;
    json_t *json;
    struct err e;

    arena_init(&arena, 64 * 1024);
    cr_assert(!err_is(json_read(text_of(text), &json)), "%s", text);
    e = holiday_year_read(json, &arena, year);
    json_decref(json);
    if (!err_is(e))
        arena_clear(&arena); /* an error's field lies there */
    return e;
}

static struct holidays shipped(void)
{
    static struct holiday_year year;
    static char text[16 * 1024];
    FILE *file = fopen(JIANAN_SOURCE_DIR "/migrations/reference/holidays/2026.json", "r");

    cr_assert_not_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    cr_assert(!err_is(read_text(text, &year)));
    return (struct holidays){&year, 1};
}

/* The notice of 2025-11-04, its days on both sides of every edge. */
Test(workdays, the_calendar_of_2026_is_the_one_that_was_published, .fini = no_leaks)
{
    static const struct {
        const char *day;
        bool works;
    } days[] = {
        {"2026-01-01", false}, {"2026-01-02", false}, {"2026-01-03", false}, /* 元旦 */
        {"2026-01-04", true},  /* a Sunday, in exchange */
        {"2026-01-10", false}, /* a Saturday like any other */
        {"2026-02-13", true},  {"2026-02-14", true},  {"2026-02-15", false}, /* 春节 */
        {"2026-02-23", false}, {"2026-02-24", true},  {"2026-02-28", true},
        {"2026-04-03", true},  {"2026-04-04", false}, {"2026-04-06", false}, {"2026-04-07", true},
        {"2026-04-30", true},  {"2026-05-01", false}, {"2026-05-05", false}, {"2026-05-06", true},
        {"2026-05-09", true},  {"2026-05-10", false},
        {"2026-06-18", true},  {"2026-06-19", false}, {"2026-06-21", false}, {"2026-06-22", true},
        {"2026-09-20", true},  {"2026-09-25", false}, {"2026-09-27", false}, {"2026-09-28", true},
        {"2026-09-30", true},  {"2026-10-01", false}, {"2026-10-07", false}, {"2026-10-08", true},
        {"2026-10-10", true},  {"2026-10-11", false},
        {"2027-01-01", true},  /* a Friday of a year without calendar */
    };
    struct holidays holidays = shipped();
    unsigned off = 0;

    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
        cr_expect_eq(day_is_working(&holidays, day(days[i].day)), days[i].works, "%s",
                     days[i].day);
    for (unsigned i = 0; i < 365; i++)
        off += holidays.years[0].kind[i] < 0;
    cr_expect_eq(off, 3 + 9 + 3 + 5 + 3 + 3 + 7, "as many days off as the notice adds up to");
}

Test(workdays, five_working_days_are_counted_over_weekends_holidays_and_exchanged_days,
     .fini = no_leaks)
{
    static const struct {
        const char *from, *due;
        bool certain;
    } cases[] = {
        {"2026-03-02", "2026-03-09", true},  /* Monday to the next Monday */
        {"2026-03-06", "2026-03-13", true},  /* Friday */
        {"2026-03-07", "2026-03-13", true},  /* filed on a Saturday: Monday is the first day */
        {"2026-02-12", "2026-02-26", true},  /* over 春节, with Saturday the 14th worked */
        {"2026-09-24", "2026-10-09", true},  /* over 中秋节 and 国庆节 */
        {"2026-09-18", "2026-09-24", true},  /* Sunday the 20th is worked */
        {"2026-12-24", "2026-12-31", true},
        {"2026-12-25", "2027-01-01", false}, /* beyond what is known */
    };
    struct holidays holidays = shipped(), none = {NULL, 0};
    bool certain;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect_eq(day_add_working(&holidays, day(cases[i].from), 5, &certain),
                     day(cases[i].due), "%s", cases[i].from);
        cr_expect_eq(certain, cases[i].certain, "%s", cases[i].from);
    }
    cr_expect_eq(day_add_working(&none, day("2026-02-12"), 5, &certain), day("2026-02-19"));
    cr_expect_not(certain, "weekends alone");
    cr_expect_eq(day_add_working(&none, DAY_LAST - 1, 5, &certain), DAY_LAST);
}

struct refusal {
    char document[256];
    char field[32];
    int code;
};

#define HEAD "\"year\":2026,\"source\":\"通知\",\"mark\":\"PUB\","
ParameterizedTestParameters(workdays, a_document_that_contradicts_itself_is_refused)
{
    static struct refusal cases[] = {
        {"{" HEAD "\"off\":[],\"working\":[]}", "", ERR_NONE},
        {"[]", "", ERR_FIELD_TYPE},
        {"{" HEAD "\"off\":[]}", "/working", ERR_FIELD_MISSING},
        {"{" HEAD "\"off\":[],\"working\":[],\"more\":1}", "/more", ERR_FIELD_UNKNOWN},
        {"{\"year\":1999,\"source\":\"通知\",\"mark\":\"PUB\",\"off\":[],\"working\":[]}", "/year",
         ERR_FIELD_RANGE},
        {"{\"year\":2079,\"source\":\"通知\",\"mark\":\"PUB\",\"off\":[],\"working\":[]}", "/year",
         ERR_FIELD_RANGE},
        {"{\"year\":2026,\"source\":\"\",\"mark\":\"PUB\",\"off\":[],\"working\":[]}", "/source",
         ERR_FIELD_LENGTH},
        {"{\"year\":2026,\"source\":\"通知\",\"mark\":\"SURE\",\"off\":[],\"working\":[]}", "/mark",
         ERR_FIELD_CHOICE},
        {"{" HEAD "\"off\":{},\"working\":[]}", "/off", ERR_FIELD_TYPE},
        {"{" HEAD "\"off\":[1],\"working\":[]}", "/off/0", ERR_FIELD_TYPE},
        {"{" HEAD "\"off\":[{\"from\":\"2026-01-01\",\"until\":\"2026-01-01\",\"name\":\"x\"}],"
              "\"working\":[]}", "/off/0", ERR_FIELD_RANGE},
        {"{" HEAD "\"off\":[{\"from\":\"2025-12-31\",\"until\":\"2026-01-02\",\"name\":\"x\"}],"
              "\"working\":[]}", "/off/0", ERR_FIELD_RANGE},
        {"{" HEAD "\"off\":[{\"from\":\"2026-12-31\",\"until\":\"2027-01-01\",\"name\":\"x\"}],"
              "\"working\":[]}", "", ERR_NONE},
        {"{" HEAD "\"off\":[{\"from\":\"2026-12-31\",\"until\":\"2027-01-02\",\"name\":\"x\"}],"
              "\"working\":[]}", "/off/0", ERR_FIELD_RANGE},
        {"{" HEAD "\"off\":[{\"from\":\"2026-02-30\",\"until\":\"2026-03-02\",\"name\":\"x\"}],"
              "\"working\":[]}", "/off/0/from", ERR_DATE_INVALID},
        {"{" HEAD "\"off\":[{\"from\":\"2026-01-01\",\"until\":\"2026-01-02\"}],\"working\":[]}",
         "/off/0/name", ERR_FIELD_MISSING},
        {"{" HEAD "\"off\":[],\"working\":[\"2026-01-05\"]}", "/working/0", ERR_FIELD_RANGE},
        {"{" HEAD "\"off\":[],\"working\":[\"2027-01-02\"]}", "/working/0", ERR_FIELD_RANGE},
        {"{" HEAD "\"off\":[],\"working\":[\"2026-01-04\",\"2026-01-04\"]}", "/working/1",
         ERR_FIELD_CHOICE},
        {"{" HEAD "\"off\":[{\"from\":\"2026-01-03\",\"until\":\"2026-01-05\",\"name\":\"x\"}],"
              "\"working\":[\"2026-01-04\"]}", "/working/0", ERR_FIELD_CHOICE},
    };

    return cr_make_param_array(struct refusal, cases, sizeof cases / sizeof cases[0]);
}

ParameterizedTest(struct refusal *c, workdays, a_document_that_contradicts_itself_is_refused)
{
    struct holiday_year year;
    struct err e = read_text(c->document, &year);

    cr_expect_eq((int)e.code, c->code, "%s gave %d", c->document, (int)e.code);
    if (c->field[0] != '\0')
        cr_expect_str_eq(e.field, c->field, "%s", c->document);
}
