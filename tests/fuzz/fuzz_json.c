/* Any bytes as JSON. What is accepted is UTF-8 without NUL, no deeper than the limit, and means the
 * same when it is written and read again; as a string it survives our writer. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_tree(const json_t *json, unsigned depth)
{
    const char *key;
    const json_t *value;

    CHECK(depth <= JSON_DEPTH_MAX);
    if (json_is_string(json)) {
        struct text text = {json_string_value(json), json_string_length(json)};

        CHECK(text_is_utf8(text, NULL) && strlen(text.at) == text.bytes);
    }
    for (size_t i = 0; i < json_array_size(json); i++)
        check_tree(json_array_get(json, i), depth + 1);
    if (!json_is_object(json))
        return;
    json_object_foreach((json_t *)(uintptr_t)json, key, value) {
        CHECK(text_is_utf8(text_of(key), NULL));
        check_tree(value, depth + 1);
    }
}

static void as_document(struct text input)
{
    json_t *first, *second;
    struct err e = json_read(input, &first);
    char *dumped;

    CHECK(err_is(e) == (first == NULL));
    if (err_is(e))
        return;
    check_tree(first, 0);
    dumped = json_dumps(first, JSON_ENCODE_ANY | JSON_COMPACT);
    CHECK_ALLOCATED(dumped);
    e = json_read(text_of(dumped), &second);
    CHECK(!err_is(e) && json_equal(first, second));
    json_decref(first);
    json_decref(second);
    free(dumped);
}

static void as_string(struct text input)
{
    static char bytes[1 << 16];
    struct build out = build_over(bytes, sizeof bytes);
    struct json_writer w = json_writer_over(&out);
    json_t *json;
    struct err e;

    if (!text_is_utf8(input, NULL) || input.bytes > sizeof bytes / 8 ||
        (input.bytes > 0 && memchr(input.at, '\0', input.bytes) != NULL))
        return;
    json_put_text(&w, NULL, input);
    e = json_read(build_done(&out), &json);
    CHECK(!err_is(e));
    CHECK(text_equal(input, (struct text){json_string_value(json), json_string_length(json)}));
    json_decref(json);
}

static void as_time(struct text input)
{
    char bytes[CLOCK_RFC3339_BYTES];
    time_us at, again;

    if (!clock_parse(input, &at))
        return;
    CHECK(clock_parse(clock_format(at, bytes), &again) && at == again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text input = {(const char *)data, size};

    as_document(input);
    as_string(input);
    as_time(input);
    return 0;
}
