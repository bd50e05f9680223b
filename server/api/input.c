#include "api/input.h"

#include <string.h>

#include "base/choice.h"
#include "base/clock.h"
#include "crypto/seal.h"
#include "domain/idnumber.h"
#include "domain/pointer.h"
#include "domain/record.h"

/* "/name" as a JSON pointer (RFC 6901), for an error about a known field: names need no escapes. */
static const char *pointer_to(struct arena *arena, const char *name)
{
    const char *pointer = arena_format(arena, "/%s", name);

    return pointer != NULL ? pointer : "";
}

static struct err bad(struct arena *arena, enum err_code code, const struct field *field,
                      const char *expected)
{
    return err_field(code, pointer_to(arena, field->name), expected);
}

static const char *range_of(struct arena *arena, const struct field *field)
{
    return arena_format(arena, "%lld..%lld", (long long)field->min, (long long)field->max);
}

static struct err read_text(struct text value, const struct field *field, struct arena *arena,
                            struct text *into)
{
    size_t points;

    if (!text_is_utf8(value, &points) || !text_is_clean(value))
        return bad(arena, ERR_FIELD_TEXT, field, NULL);
    if ((int64_t)points < field->min || (int64_t)points > field->max)
        return bad(arena, ERR_FIELD_LENGTH, field, range_of(arena, field));
    *into = arena_text(arena, value);
    return into->at == NULL ? err_make(ERR_TOO_LARGE) : OK;
}

static struct err read_region(struct text value, const struct field *field, struct arena *arena,
                              struct text *into)
{
    bool digits = (int64_t)value.bytes >= field->min && (int64_t)value.bytes <= field->max;

    for (size_t i = 0; digits && i < value.bytes; i++)
        digits = value.at[i] >= '0' && value.at[i] <= '9';
    if (!digits)
        return bad(arena, ERR_FIELD_RANGE, field, "GB/T 2260, 6 digits");
    *into = arena_text(arena, value);
    return into->at == NULL ? err_make(ERR_TOO_LARGE) : OK;
}

static struct err read_choice(struct text value, const struct field *field, struct arena *arena,
                              int *into)
{
    int place = choice_find(field->choices, value);

    if (place < 0)
        return bad(arena, ERR_FIELD_CHOICE, field, field->choices);
    *into = place + 1;
    return OK;
}

static struct err read_string(struct text value, const struct field *field, struct arena *arena,
                              void *into)
{
    switch (field->type) {
    case FIELD_TEXT:   return read_text(value, field, arena, into);
    case FIELD_REGION: return read_region(value, field, arena, into);
    case FIELD_CHOICE: return read_choice(value, field, arena, into);
    case FIELD_DATE:
        return day_parse(value, pointer_to(arena, field->name), into);
    case FIELD_TIME:
        if (!clock_parse(value, into))
            return bad(arena, ERR_TIME_INVALID, field, "2026-11-22T06:01:02+08:00");
        return OK;
    default: return bad(arena, ERR_FIELD_TYPE, field, NULL);
    }
}

static struct err read_ids(const json_t *array, const struct field *field, struct arena *arena,
                           struct id_list *into)
{
    size_t count = json_array_size(array);

    if (!json_is_array(array))
        return bad(arena, ERR_FIELD_TYPE, field, "array");
    if ((int64_t)count > field->max)
        return bad(arena, ERR_FIELD_LENGTH, field, range_of(arena, field));
    into->id = arena_new_array(arena, count + 1, int64_t);
    if (into->id == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(array, i);

        if (!json_is_integer(one) || json_integer_value(one) <= 0)
            return bad(arena, ERR_FIELD_TYPE, field, "array of positive integers");
        into->id[into->count++] = json_integer_value(one);
    }
    return OK;
}

static struct err read_words(const json_t *array, const struct field *field, struct arena *arena,
                             struct word_list *into)
{
    static const struct field word = {"", FIELD_TEXT, 0, true, 1, 64, NULL};
    size_t count = json_array_size(array);

    if (!json_is_array(array))
        return bad(arena, ERR_FIELD_TYPE, field, "array");
    if ((int64_t)count > field->max)
        return bad(arena, ERR_FIELD_LENGTH, field, range_of(arena, field));
    into->word = arena_new_array(arena, count + 1, struct text);
    if (into->word == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(array, i);
        struct err e;

        if (!json_is_string(one))
            return bad(arena, ERR_FIELD_TYPE, field, "array of strings");
        e = read_text((struct text){json_string_value(one), json_string_length(one)}, &word, arena,
                      &into->word[into->count++]);
        if (err_is(e))
            return bad(arena, e.code, field, e.expected);
    }
    return OK;
}

static struct err read_value(const json_t *value, const struct field *field, struct arena *arena,
                             void *into)
{
    switch (field->type) {
    case FIELD_INT:
        if (!json_is_integer(value))
            return bad(arena, ERR_FIELD_TYPE, field, "integer");
        if (json_integer_value(value) < field->min || json_integer_value(value) > field->max)
            return bad(arena, ERR_FIELD_RANGE, field, range_of(arena, field));
        *(int64_t *)into = json_integer_value(value);
        return OK;
    case FIELD_BOOL:
        if (!json_is_boolean(value))
            return bad(arena, ERR_FIELD_TYPE, field, "true | false");
        *(bool *)into = json_is_true(value);
        return OK;
    case FIELD_IDS:   return read_ids(value, field, arena, into);
    case FIELD_WORDS: return read_words(value, field, arena, into);
    case FIELD_OBJECT:
        if (!json_is_object(value))
            return bad(arena, ERR_FIELD_TYPE, field, "object");
        memcpy(into, &value, sizeof value);
        return OK;
    default:
        if (!json_is_string(value))
            return bad(arena, ERR_FIELD_TYPE, field, "string");
        return read_string((struct text){json_string_value(value), json_string_length(value)},
                           field, arena, into);
    }
}

static const struct field *field_named(const struct field *fields, const char *name)
{
    for (; fields->name != NULL; fields++) {
        if (strcmp(fields->name, name) == 0)
            return fields;
    }
    return NULL;
}

struct err input_check(const json_t *object, const struct field *fields, struct arena *arena,
                       void *into)
{
    const char *name;
    const json_t *value;

    if (!json_is_object(object))
        return err_make(ERR_JSON_OBJECT);
    json_object_foreach((json_t *)(uintptr_t)object, name, value) {
        const struct field *field = field_named(fields, name);
        struct err e;

        if (field == NULL) /* echoes the caller's own name, cut where it is long */
            return err_field(ERR_FIELD_UNKNOWN, pointer_key(arena, "", name), NULL);
        if (json_is_null(value) && !field->required)
            continue;
        e = read_value(value, field, arena, (char *)into + field->offset);
        if (err_is(e))
            return e;
    }
    for (const struct field *f = fields; f->name != NULL; f++) {
        if (f->required && !input_has(object, f->name))
            return bad(arena, ERR_FIELD_MISSING, f, NULL);
    }
    return OK;
}

bool input_has(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return value != NULL && !json_is_null(value);
}

static bool hex_digits(const char *at, unsigned char *byte)
{
    return hex_parse((struct text){at, 2}, byte, 1);
}

/* Undoes %XX and '+' of a query value (application/x-www-form-urlencoded). */
static bool query_decode(struct text from, struct arena *arena, struct text *to)
{
    char *at = arena_alloc(arena, from.bytes + 1);
    size_t count = 0;

    if (at == NULL)
        return false;
    for (size_t i = 0; i < from.bytes; i++) {
        char c = from.at[i];

        if (c == '%') {
            unsigned char byte;

            if (i + 2 >= from.bytes || !hex_digits(from.at + i + 1, &byte) || byte == 0)
                return false;
            at[count++] = (char)byte;
            i += 2;
        } else {
            at[count++] = c == '+' ? ' ' : c;
        }
    }
    *to = (struct text){at, count};
    return true;
}

static struct err read_parameter(struct text pair, const struct field *fields, struct arena *arena,
                                 uint64_t *seen, void *into)
{
    struct text value, name = text_cut(pair, '=', &value);
    const struct field *field = NULL;
    uint64_t bit = 0;

    for (size_t i = 0; fields[i].name != NULL; i++) {
        if (text_is(name, fields[i].name)) {
            field = &fields[i];
            bit = UINT64_C(1) << i;
        }
    }
    if (field == NULL || (*seen & bit) != 0 || value.at == NULL ||
        !query_decode(value, arena, &value))
        return err_field(ERR_QUERY_INVALID, field != NULL ? field->name : "query", NULL);
    *seen |= bit;
    if (field->type == FIELD_INT) {
        if (!text_to_int(value, field->min, field->max, (int64_t *)((char *)into + field->offset)))
            return err_field(ERR_QUERY_INVALID, field->name, range_of(arena, field));
        return OK;
    }
    if (field->type == FIELD_BOOL) {
        *(bool *)((char *)into + field->offset) = text_is(value, "true");
        return text_is(value, "true") || text_is(value, "false")
                   ? OK : err_field(ERR_QUERY_INVALID, field->name, "true | false");
    }
    return read_string(value, field, arena, (char *)into + field->offset);
}

struct err input_check_query(struct text query, const struct field *fields, struct arena *arena,
                             void *into)
{
    uint64_t seen = 0;

    while (query.at != NULL && query.bytes > 0) {
        struct err e = read_parameter(text_cut(query, '&', &query), fields, arena, &seen, into);

        if (err_is(e))
            return e;
    }
    for (size_t i = 0; fields[i].name != NULL; i++) {
        if (fields[i].required && (seen & UINT64_C(1) << i) == 0)
            return err_field(ERR_QUERY_INVALID, fields[i].name, "required");
    }
    return OK;
}
