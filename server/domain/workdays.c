#include "domain/workdays.h"

#include <string.h>

#include "base/choice.h"
#include "domain/idnumber.h"
#include "domain/pointer.h"
#include "domain/record.h"

enum { SOURCE_POINTS_MAX = 200, NAME_POINTS = 20 };

static const char marks[] = "SEED|LAW|PUB|RECALL|INF";

/* -- reading a year ----------------------------------------------------------------------------- */

static struct err check_keys(const json_t *object, const char *const *known, const char *parent,
                             struct arena *arena)
{
    const char *key;
    const json_t *value;

    if (!json_is_object(object))
        return err_field(ERR_FIELD_TYPE, parent, "object");
    json_object_foreach((json_t *)(uintptr_t)object, key, value) {
        size_t i = 0;

        while (known[i] != NULL && strcmp(known[i], key) != 0)
            i++;
        if (known[i] == NULL)
            return err_field(ERR_FIELD_UNKNOWN, pointer_key(arena, parent, key), NULL);
    }
    for (size_t i = 0; known[i] != NULL; i++) {
        if (json_object_get(object, known[i]) == NULL)
            return err_field(ERR_FIELD_MISSING, pointer_key(arena, parent, known[i]), NULL);
    }
    return OK;
}

static struct err read_words(const json_t *value, const char *pointer, size_t max)
{
    if (!json_is_string(value))
        return err_field(ERR_FIELD_TYPE, pointer, "string");
    return text_check(text_of(json_string_value(value)), pointer, 1, max);
}

static struct err read_day(const json_t *value, const char *pointer, day_t *day)
{
    if (!json_is_string(value))
        return err_field(ERR_FIELD_TYPE, pointer, "YYYY-MM-DD");
    return day_parse(text_of(json_string_value(value)), pointer, day);
}

/* Marks [from, until), which must lie within the year and be unmarked. */
static struct err mark(struct holiday_year *year, day_t from, day_t until, signed char kind,
                       const char *pointer)
{
    day_t end = day_from_civil((struct civil){year->year + 1, 1, 1});

    if (from < year->first || until > end || until <= from)
        return err_field(ERR_FIELD_RANGE, pointer, "days of this year, until after from");
    for (day_t day = from; day < until; day++) {
        if (year->kind[day - year->first] != 0)
            return err_field(ERR_FIELD_CHOICE, pointer, "each day once, off or working");
        year->kind[day - year->first] = kind;
    }
    return OK;
}

static struct err read_span(const json_t *span, const char *pointer, struct arena *arena,
                            struct holiday_year *year)
{
    static const char *const keys[] = {"from", "until", "name", NULL};
    day_t from = DAY_UNKNOWN, until = DAY_UNKNOWN;
    struct err e = check_keys(span, keys, pointer, arena);

    if (!err_is(e))
        e = read_words(json_object_get(span, "name"), pointer_key(arena, pointer, "name"),
                       NAME_POINTS);
    if (!err_is(e))
        e = read_day(json_object_get(span, "from"), pointer_key(arena, pointer, "from"), &from);
    if (!err_is(e))
        e = read_day(json_object_get(span, "until"), pointer_key(arena, pointer, "until"), &until);
    return err_is(e) ? e : mark(year, from, until, -1, pointer);
}

/* 1900-01-01, day 0, was a Monday. */
static bool is_weekend(day_t day)
{
    return day % 7 >= 5;
}

static struct err read_working(const json_t *value, const char *pointer, struct holiday_year *year)
{
    day_t day = DAY_UNKNOWN;
    struct err e = read_day(value, pointer, &day);

    if (!err_is(e) && !is_weekend(day))
        e = err_field(ERR_FIELD_RANGE, pointer, "a Saturday or a Sunday");
    return err_is(e) ? e : mark(year, day, (day_t)(day + 1), 1, pointer);
}

static struct err read_list(const json_t *list, const char *pointer, struct arena *arena,
                            struct holiday_year *year, bool spans)
{
    struct err e = OK;

    if (!json_is_array(list))
        return err_field(ERR_FIELD_TYPE, pointer, "array");
    if (json_array_size(list) > HOLIDAY_SPANS_MAX)
        return err_field(ERR_FIELD_LENGTH, pointer, "0..40");
    for (size_t i = 0; i < json_array_size(list) && !err_is(e); i++) {
        const char *at = pointer_index(arena, pointer, i);

        e = spans ? read_span(json_array_get(list, i), at, arena, year)
                  : read_working(json_array_get(list, i), at, year);
    }
    return e;
}

static struct err read_year(const json_t *value, struct holiday_year *out)
{
    if (!json_is_integer(value))
        return err_field(ERR_FIELD_TYPE, "/year", "integer");
    if (json_integer_value(value) < HOLIDAY_YEAR_MIN || json_integer_value(value) > HOLIDAY_YEAR_MAX)
        return err_field(ERR_FIELD_RANGE, "/year", "2000..2078");
    *out = (struct holiday_year){.year = (int)json_integer_value(value)};
    out->first = day_from_civil((struct civil){out->year, 1, 1});
    return OK;
}

struct err holiday_year_read(const json_t *document, struct arena *arena, struct holiday_year *out)
{
    static const char *const keys[] = {"year", "source", "mark", "off", "working", NULL};
    const char *mark_given = json_string_value(json_object_get(document, "mark"));
    struct err e = check_keys(document, keys, "", arena);

    if (!err_is(e))
        e = read_year(json_object_get(document, "year"), out);
    if (!err_is(e))
        e = read_words(json_object_get(document, "source"), "/source", SOURCE_POINTS_MAX);
    if (!err_is(e) && (mark_given == NULL || choice_find(marks, text_of(mark_given)) < 0))
        e = err_field(ERR_FIELD_CHOICE, "/mark", marks);
    if (!err_is(e))
        e = read_list(json_object_get(document, "off"), "/off", arena, out, true);
    if (!err_is(e))
        e = read_list(json_object_get(document, "working"), "/working", arena, out, false);
    return e;
}

/* -- counting ----------------------------------------------------------------------------------- */

static const struct holiday_year *year_of(const struct holidays *holidays, day_t day)
{
    int year = day_to_civil(day).year;

    for (size_t i = 0; i < holidays->count; i++) {
        if (holidays->years[i].year == year)
            return &holidays->years[i];
    }
    return NULL;
}

bool day_is_working(const struct holidays *holidays, day_t day)
{
    const struct holiday_year *year = year_of(holidays, day);
    signed char kind = year != NULL ? year->kind[day - year->first] : 0;

    return kind != 0 ? kind > 0 : !is_weekend(day);
}

day_t day_add_working(const struct holidays *holidays, day_t from, unsigned count, bool *certain)
{
    day_t day = from;

    *certain = true;
    while (count > 0 && day < DAY_LAST) {
        day++;
        *certain = *certain && year_of(holidays, day) != NULL;
        count -= day_is_working(holidays, day);
    }
    return day;
}
