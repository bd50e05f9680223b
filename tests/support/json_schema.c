#include "support/json_schema.h"

#include <regex.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"

struct at {
    const json_t *root, *schema; /* the whole; the one that holds the keyword */
};

typedef bool keyword_fn(struct at at, const json_t *is, const json_t *value);

static bool valid(const json_t *root, const json_t *schema, const json_t *value);

/* -- values ----------------------------------------------------------------------------------- */

static bool of_type(struct at at, const json_t *is, const json_t *value)
{
    const char *type = json_string_value(is);

    (void)at;
    if (strcmp(type, "object") == 0)
        return json_is_object(value);
    if (strcmp(type, "array") == 0)
        return json_is_array(value);
    if (strcmp(type, "string") == 0)
        return json_is_string(value);
    if (strcmp(type, "boolean") == 0)
        return json_is_boolean(value);
    CHECK(strcmp(type, "integer") == 0);
    return json_is_integer(value);
}

static bool is_const(struct at at, const json_t *is, const json_t *value)
{
    (void)at;
    return json_equal(is, value) == 1;
}

static bool in_enum(struct at at, const json_t *is, const json_t *value)
{
    size_t i;
    json_t *one;

    (void)at;
    json_array_foreach((json_t *)(uintptr_t)is, i, one)
    {
        if (json_equal(one, value) == 1)
            return true;
    }
    return false;
}

static bool at_least(struct at at, const json_t *is, const json_t *value)
{
    (void)at;
    return !json_is_number(value) || json_number_value(value) >= json_number_value(is);
}

static bool at_most(struct at at, const json_t *is, const json_t *value)
{
    (void)at;
    return !json_is_number(value) || json_number_value(value) <= json_number_value(is);
}

static bool matches(const char *pattern, const char *text)
{
    regex_t regex;
    bool is;

    CHECK(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) == 0);
    is = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return is;
}

static bool has_pattern(struct at at, const json_t *is, const json_t *value)
{
    (void)at;
    return !json_is_string(value) || matches(json_string_value(is), json_string_value(value));
}

static bool has_format(struct at at, const json_t *is, const json_t *value)
{
    (void)at;
    CHECK(strcmp(json_string_value(is), "date") == 0);
    return !json_is_string(value) ||
           matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_string_value(value));
}

static size_t points_of(const json_t *value)
{
    size_t points = 0;

    CHECK(text_is_utf8((struct text){json_string_value(value), json_string_length(value)},
                       &points));
    return points;
}

static bool has_min_length(struct at at, const json_t *is, const json_t *value)
{
    (void)at;
    return !json_is_string(value) || points_of(value) >= (size_t)json_integer_value(is);
}

static bool has_max_length(struct at at, const json_t *is, const json_t *value)
{
    (void)at;
    return !json_is_string(value) || points_of(value) <= (size_t)json_integer_value(is);
}

/* -- objects ---------------------------------------------------------------------------------- */

static bool has_properties(struct at at, const json_t *is, const json_t *value)
{
    const char *key;
    json_t *schema;

    json_object_foreach((json_t *)(uintptr_t)is, key, schema)
    {
        const json_t *one = json_object_get(value, key);

        if (one != NULL && !valid(at.root, schema, one))
            return false;
    }
    return true;
}

/* What `properties` beside it does not name. */
static bool has_no_others(struct at at, const json_t *is, const json_t *value)
{
    const json_t *named = json_object_get(at.schema, "properties");
    const char *key;
    json_t *one;

    json_object_foreach((json_t *)(uintptr_t)value, key, one)
    {
        if (json_object_get(named, key) == NULL && !valid(at.root, is, one))
            return false;
    }
    return true;
}

static bool has_required(struct at at, const json_t *is, const json_t *value)
{
    size_t i;
    json_t *key;

    (void)at;
    json_array_foreach((json_t *)(uintptr_t)is, i, key)
    {
        if (json_is_object(value) && json_object_get(value, json_string_value(key)) == NULL)
            return false;
    }
    return true;
}

static bool has_names(struct at at, const json_t *is, const json_t *value)
{
    const char *key;
    json_t *one;

    json_object_foreach((json_t *)(uintptr_t)value, key, one)
    {
        json_t *name = json_string(key);
        bool good = valid(at.root, is, name);

        json_decref(name);
        if (!good)
            return false;
    }
    return true;
}

/* -- arrays ----------------------------------------------------------------------------------- */

static bool has_items(struct at at, const json_t *is, const json_t *value)
{
    size_t i;
    json_t *one;

    json_array_foreach((json_t *)(uintptr_t)value, i, one)
    {
        if (!valid(at.root, is, one))
            return false;
    }
    return true;
}

static bool has_min_items(struct at at, const json_t *is, const json_t *value)
{
    (void)at;
    return !json_is_array(value) || json_array_size(value) >= (size_t)json_integer_value(is);
}

static bool has_max_items(struct at at, const json_t *is, const json_t *value)
{
    (void)at;
    return !json_is_array(value) || json_array_size(value) <= (size_t)json_integer_value(is);
}

static bool has_unique_items(struct at at, const json_t *is, const json_t *value)
{
    (void)at;
    CHECK(json_is_true(is));
    for (size_t i = 0; i < json_array_size(value); i++) {
        for (size_t n = 0; n < i; n++) {
            if (json_equal(json_array_get(value, i), json_array_get(value, n)) == 1)
                return false;
        }
    }
    return true;
}

/* -- schemas of schemas ----------------------------------------------------------------------- */

static size_t count_valid(struct at at, const json_t *schemas, const json_t *value)
{
    size_t i, count = 0;
    json_t *one;

    json_array_foreach((json_t *)(uintptr_t)schemas, i, one)
        count += valid(at.root, one, value);
    return count;
}

static bool is_one_of(struct at at, const json_t *is, const json_t *value)
{
    return count_valid(at, is, value) == 1;
}

static bool is_any_of(struct at at, const json_t *is, const json_t *value)
{
    return count_valid(at, is, value) > 0;
}

static bool is_not(struct at at, const json_t *is, const json_t *value)
{
    return !valid(at.root, is, value);
}

static bool is_if(struct at at, const json_t *is, const json_t *value)
{
    const json_t *next = json_object_get(at.schema, valid(at.root, is, value) ? "then" : "else");

    return next == NULL || valid(at.root, next, value);
}

static bool is_ref(struct at at, const json_t *is, const json_t *value)
{
    const char *name = json_string_value(is);
    const json_t *to;

    CHECK(strncmp(name, "#/$defs/", 8) == 0);
    to = json_object_get(json_object_get(at.root, "$defs"), name + 8);
    CHECK(to != NULL);
    return valid(at.root, to, value);
}

/* -- the table -------------------------------------------------------------------------------- */

enum holds { NO_SCHEMA, A_SCHEMA, SCHEMAS, NAMED_SCHEMAS };

static const struct keyword {
    const char *name;
    keyword_fn *holds_for; /* NULL: says nothing by itself */
    enum holds holds;      /* what schemas its value holds */
} keywords[] = {
    {"$schema", NULL, NO_SCHEMA},
    {"title", NULL, NO_SCHEMA},
    {"description", NULL, NO_SCHEMA},
    {"$defs", NULL, NAMED_SCHEMAS},
    {"$ref", is_ref, NO_SCHEMA},
    {"type", of_type, NO_SCHEMA},
    {"const", is_const, NO_SCHEMA},
    {"enum", in_enum, NO_SCHEMA},
    {"minimum", at_least, NO_SCHEMA},
    {"maximum", at_most, NO_SCHEMA},
    {"pattern", has_pattern, NO_SCHEMA},
    {"format", has_format, NO_SCHEMA},
    {"minLength", has_min_length, NO_SCHEMA},
    {"maxLength", has_max_length, NO_SCHEMA},
    {"properties", has_properties, NAMED_SCHEMAS},
    {"additionalProperties", has_no_others, A_SCHEMA},
    {"required", has_required, NO_SCHEMA},
    {"propertyNames", has_names, A_SCHEMA},
    {"items", has_items, A_SCHEMA},
    {"minItems", has_min_items, NO_SCHEMA},
    {"maxItems", has_max_items, NO_SCHEMA},
    {"uniqueItems", has_unique_items, NO_SCHEMA},
    {"oneOf", is_one_of, SCHEMAS},
    {"anyOf", is_any_of, SCHEMAS},
    {"not", is_not, A_SCHEMA},
    {"if", is_if, A_SCHEMA},
    {"then", NULL, A_SCHEMA},
    {"else", NULL, A_SCHEMA},
};

static const struct keyword *keyword_find(const char *name)
{
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        if (strcmp(keywords[i].name, name) == 0)
            return &keywords[i];
    }
    return NULL;
}

static bool valid(const json_t *root, const json_t *schema, const json_t *value)
{
    const char *key;
    json_t *is;

    if (json_is_boolean(schema))
        return json_is_true(schema);
    json_object_foreach((json_t *)(uintptr_t)schema, key, is)
    {
        const struct keyword *keyword = keyword_find(key);

        CHECK(keyword != NULL);
        if (keyword->holds_for != NULL &&
            !keyword->holds_for((struct at){root, schema}, is, value))
            return false;
    }
    return true;
}

static const char *unknown_within(const struct keyword *keyword, const json_t *is)
{
    const char *unknown = NULL, *key;
    size_t i;
    json_t *one;

    if (keyword->holds == A_SCHEMA)
        return schema_unknown_keyword(is);
    if (keyword->holds == SCHEMAS) {
        json_array_foreach((json_t *)(uintptr_t)is, i, one)
            unknown = unknown != NULL ? unknown : schema_unknown_keyword(one);
    }
    if (keyword->holds == NAMED_SCHEMAS) {
        json_object_foreach((json_t *)(uintptr_t)is, key, one)
            unknown = unknown != NULL ? unknown : schema_unknown_keyword(one);
    }
    return unknown;
}

const char *schema_unknown_keyword(const json_t *schema)
{
    const char *key;
    json_t *is;

    json_object_foreach((json_t *)(uintptr_t)schema, key, is)
    {
        const struct keyword *keyword = keyword_find(key);
        const char *unknown = keyword != NULL ? unknown_within(keyword, is) : key;

        if (unknown != NULL)
            return unknown;
    }
    return NULL;
}

bool schema_accepts(const json_t *schema, const json_t *value)
{
    return valid(schema, schema, value);
}
