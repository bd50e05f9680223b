#include "domain/policy_read.h"

#include <string.h>

#include "base/choice.h"
#include "domain/idnumber.h"
#include "domain/pointer.h"
#include "domain/record.h"

void policy_refuse(struct policy_reader *reader, const char *path, const char *expected)
{
    if (!policy_refused(reader))
        reader->first = err_field(ERR_POLICY_INVALID, path, expected);
}

struct cursor cursor_open(struct policy_reader *reader, const json_t *object, const char *path)
{
    if (!json_is_object(object))
        policy_refuse(reader, path, "object");
    return (struct cursor){.reader = reader, .object = object, .path = path};
}

void cursor_close(struct cursor *c)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)c->object, key, value)
    {
        unsigned i = 0;

        while (i < c->taken_count && strcmp(c->taken[i], key) != 0)
            i++;
        if (i == c->taken_count) {
            policy_refuse(c->reader, cursor_path(c, key), "a key of this format");
            return;
        }
    }
}

const char *cursor_path(struct cursor *c, const char *key)
{
    return pointer_key(c->reader->arena, c->path, key);
}

const json_t *cursor_find(struct cursor *c, const char *key)
{
    CHECK(c->taken_count < CURSOR_KEYS_MAX);
    c->taken[c->taken_count++] = key;
    return json_object_get(c->object, key);
}

const json_t *cursor_get(struct cursor *c, const char *key)
{
    const json_t *value = cursor_find(c, key);

    if (value == NULL)
        policy_refuse(c->reader, cursor_path(c, key), "this key is required");
    return value;
}

int64_t cursor_int(struct cursor *c, const char *key, int64_t min, int64_t max,
                   const char *expected)
{
    const json_t *value = cursor_get(c, key);

    if (value == NULL)
        return min;
    if (json_is_integer(value) && json_integer_value(value) >= min &&
        json_integer_value(value) <= max)
        return json_integer_value(value);
    policy_refuse(c->reader, cursor_path(c, key), expected);
    return min;
}

bool cursor_bool(struct cursor *c, const char *key, bool otherwise)
{
    const json_t *value = cursor_find(c, key);

    if (value == NULL)
        return otherwise;
    if (!json_is_boolean(value))
        policy_refuse(c->reader, cursor_path(c, key), "true | false");
    return json_is_true(value);
}

const char *cursor_string(struct cursor *c, const char *key, size_t points_max)
{
    const json_t *value = cursor_get(c, key);
    struct text text = {json_string_value(value), json_string_length(value)};

    if (value == NULL)
        return "";
    if (!json_is_string(value) || err_is(text_check(text, NULL, 1, points_max))) {
        policy_refuse(c->reader, cursor_path(c, key), "plain text");
        return "";
    }
    text = arena_text(c->reader->arena, text);
    return text.at != NULL ? text.at : "";
}

unsigned cursor_choice(struct cursor *c, const char *key, const char *choices, int otherwise)
{
    const json_t *value = otherwise < 0 ? cursor_get(c, key) : cursor_find(c, key);
    int place = -1;

    if (value == NULL)
        return otherwise < 0 ? 0 : (unsigned)otherwise;
    if (json_is_string(value))
        place = choice_find(choices, text_of(json_string_value(value)));
    if (place < 0)
        policy_refuse(c->reader, cursor_path(c, key), choices);
    return place < 0 ? 0 : (unsigned)place;
}

enum colour cursor_bad_colour(struct cursor *c, const char *key)
{
    return COLOUR_YELLOW + cursor_choice(c, key, "yellow|red", -1);
}

enum colour cursor_colour(struct cursor *c, const char *key)
{
    return COLOUR_GREEN + cursor_choice(c, key, "green|yellow|red", -1);
}

day_t cursor_day(struct cursor *c, const char *key, day_t otherwise)
{
    const json_t *value = cursor_find(c, key);
    day_t day = otherwise;

    if (value == NULL && otherwise == DAY_UNKNOWN)
        policy_refuse(c->reader, cursor_path(c, key), "YYYY-MM-DD");
    if (value != NULL &&
        (!json_is_string(value) || err_is(day_parse(text_of(json_string_value(value)), NULL, &day))))
        policy_refuse(c->reader, cursor_path(c, key), "YYYY-MM-DD");
    return day;
}

const json_t *cursor_array(struct cursor *c, const char *key, size_t min, size_t max,
                           size_t *count)
{
    const json_t *value = cursor_get(c, key);

    *count = 0;
    if (value == NULL)
        return NULL;
    if (!json_is_array(value) || json_array_size(value) < min || json_array_size(value) > max) {
        policy_refuse(c->reader, cursor_path(c, key),
                      arena_format(c->reader->arena, "array of %zu..%zu", min, max));
        return NULL;
    }
    *count = json_array_size(value);
    return value;
}

uint32_t cursor_choices(struct cursor *c, const char *key, const char *choices, unsigned from)
{
    size_t count;
    const json_t *array = cursor_array(c, key, 1, 32, &count);
    uint32_t set = 0;

    for (size_t i = 0; i < count; i++) {
        const json_t *word = json_array_get(array, i);
        int place = json_is_string(word) ? choice_find(choices, text_of(json_string_value(word)))
                                         : -1;

        if (place < 0 || (set >> ((unsigned)place + from) & 1) != 0) {
            policy_refuse(c->reader, pointer_index(c->reader->arena, cursor_path(c, key), i),
                          choices);
            return 0;
        }
        set |= 1u << ((unsigned)place + from);
    }
    return set;
}

struct trade_list cursor_trades(struct cursor *c, const char *key)
{
    struct trade_list none = {NULL, 0};
    size_t count;
    const json_t *array;
    uint16_t *trades;

    if (json_object_get(c->object, key) == NULL) {
        (void)cursor_find(c, key);
        return none;
    }
    array = cursor_array(c, key, 0, 64, &count);
    trades = arena_new_array(c->reader->arena, count + 1, uint16_t);
    for (size_t i = 0; trades != NULL && i < count; i++) {
        const json_t *word = json_array_get(array, i);

        if (!json_is_string(word) ||
            err_is(trade_parse(text_of(json_string_value(word)), NULL, &trades[i])) ||
            (i > 0 && trades[i] <= trades[i - 1])) {
            policy_refuse(c->reader, pointer_index(c->reader->arena, cursor_path(c, key), i),
                          "known trade codes like 030, rising");
            return none;
        }
    }
    return trades != NULL ? (struct trade_list){trades, (uint16_t)count} : none;
}
