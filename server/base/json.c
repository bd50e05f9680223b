#include "base/json.h"

#include <string.h>

/* jansson's own limit is 2,048 levels; ours is found by counting brackets outside strings before
 * it allocates anything. */
static bool depth_within(struct text from)
{
    unsigned depth = 0;
    bool in_string = false;

    for (size_t i = 0; i < from.bytes; i++) {
        char c = from.at[i];

        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > JSON_DEPTH_MAX)
                return false;
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return true;
}

struct err json_read(struct text from, json_t **json)
{
    json_error_t error;

    *json = NULL;
    if (!depth_within(from))
        return err_field(ERR_JSON_SYNTAX, "", "depth <= 16");
    *json = json_loadb(from.at != NULL ? from.at : "", from.bytes,
                       JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (*json != NULL)
        return OK;
    switch (json_error_code(&error)) {
    case json_error_out_of_memory: return err_make(ERR_TOO_LARGE);
    case json_error_duplicate_key: return err_field(ERR_JSON_SYNTAX, "", "no duplicate keys");
    default:                       return err_make(ERR_JSON_SYNTAX);
    }
}

void json_error_place(struct text from, int *line, int *column)
{
    json_error_t error = {.line = 1, .column = 1};

    json_decref(json_loadb(from.at, from.bytes, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error));
    *line = error.line;
    *column = error.column;
}

struct json_writer json_writer_over(struct build *out)
{
    return (struct json_writer){.out = out};
}

static void put_escaped(struct build *out, struct text value)
{
    size_t start = 0;

    build_char(out, '"');
    for (size_t i = 0; i < value.bytes; i++) {
        unsigned char c = (unsigned char)value.at[i];

        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        build_text(out, (struct text){value.at + start, i - start});
        if (c == '"' || c == '\\')
            build_format(out, "\\%c", c);
        else
            build_format(out, "\\u%04x", c);
        start = i + 1;
    }
    if (value.bytes > start)
        build_text(out, (struct text){value.at + start, value.bytes - start});
    build_char(out, '"');
}

static void put_key(struct json_writer *w, const char *key)
{
    if (w->comma[w->depth])
        build_char(w->out, ',');
    w->comma[w->depth] = true;
    if (key != NULL) {
        put_escaped(w->out, text_of(key));
        build_char(w->out, ':');
    }
}

static void open_level(struct json_writer *w, const char *key, char bracket)
{
    put_key(w, key);
    build_char(w->out, bracket);
    CHECK(w->depth < JSON_DEPTH_MAX);
    w->comma[++w->depth] = false;
}

static void close_level(struct json_writer *w, char bracket)
{
    CHECK(w->depth > 0);
    w->depth--;
    build_char(w->out, bracket);
}

void json_open_object(struct json_writer *w, const char *key)
{
    open_level(w, key, '{');
}

void json_close_object(struct json_writer *w)
{
    close_level(w, '}');
}

void json_open_array(struct json_writer *w, const char *key)
{
    open_level(w, key, '[');
}

void json_close_array(struct json_writer *w)
{
    close_level(w, ']');
}

void json_put_text(struct json_writer *w, const char *key, struct text value)
{
    put_key(w, key);
    put_escaped(w->out, value);
}

void json_put_string(struct json_writer *w, const char *key, const char *value)
{
    if (value == NULL)
        json_put_null(w, key);
    else
        json_put_text(w, key, text_of(value));
}

void json_put_int(struct json_writer *w, const char *key, int64_t value)
{
    put_key(w, key);
    build_int(w->out, value);
}

void json_put_bool(struct json_writer *w, const char *key, bool value)
{
    json_put_raw(w, key, value ? TEXT("true") : TEXT("false"));
}

void json_put_null(struct json_writer *w, const char *key)
{
    json_put_raw(w, key, TEXT("null"));
}

void json_put_raw(struct json_writer *w, const char *key, struct text json)
{
    put_key(w, key);
    build_text(w->out, json);
}
