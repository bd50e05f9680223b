/* base/json.h: reading JSON by jansson behind limits, writing it into a builder.
 *
 * Reading refuses duplicate keys, invalid UTF-8, NUL in strings, numbers beyond 64 bits, trailing
 * bytes and depth above JSON_DEPTH_MAX. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>

#include "base/err.h"
#include "base/text.h"

enum { JSON_DEPTH_MAX = 16 };

/* The caller owns *json (json_decref). Fails with ERR_JSON_SYNTAX or ERR_TOO_LARGE. */
MUST_USE struct err json_read(struct text from, json_t **json);
/* Where what json_read() refused for its syntax stops being JSON: line and column, from 1. */
void json_error_place(struct text from, int *line, int *column);

/* A writer emits commas by itself. Keys are literals; strings are escaped. Overflow is seen in
 * writer.out->full. Depth up to JSON_DEPTH_MAX. */
struct json_writer {
    struct build *out;
    unsigned depth;
    bool comma[JSON_DEPTH_MAX + 1];
};

struct json_writer json_writer_over(struct build *out);
void json_open_object(struct json_writer *w, const char *key); /* key NULL inside an array */
void json_close_object(struct json_writer *w);
void json_open_array(struct json_writer *w, const char *key);
void json_close_array(struct json_writer *w);
void json_put_text(struct json_writer *w, const char *key, struct text value);
void json_put_string(struct json_writer *w, const char *key, const char *value); /* NULL -> null */
void json_put_int(struct json_writer *w, const char *key, int64_t value);
void json_put_bool(struct json_writer *w, const char *key, bool value);
void json_put_null(struct json_writer *w, const char *key);
void json_put_raw(struct json_writer *w, const char *key, struct text json); /* JSON already */

#endif
