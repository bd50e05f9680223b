/* store/pg_params.c: parameters in PostgreSQL's binary form (network byte order).
 *
 * Each type has one row that says how one value is written; a single parameter and an array's
 * element go through the same row. Out of arena, everything turns into a no-op and batch_send says
 * ERR_TOO_LARGE. */
#include <arpa/inet.h>
#include <endian.h>
#include <limits.h>
#include <string.h>

#include "scoring/day.h"
#include "store/pg_private.h"

enum {
    PG_EPOCH_DAY = 36524,         /* 2000-01-01, in days since 1900-01-01 */
    PG_EPOCH_SECONDS = 946684800, /* 2000-01-01T00:00:00Z, in seconds since 1970 */
    JSONB_VERSION = 1,
    ARRAY_HEAD_BYTES = 20,
};

/* Where bytes are put: the first pass only counts (`at` NULL), the second one writes. */
struct sink {
    char *at;
    size_t bytes;
};

static void put(struct sink *out, const void *from, size_t bytes)
{
    if (out->at != NULL && bytes > 0)
        memcpy(out->at + out->bytes, from, bytes);
    out->bytes += bytes;
}

static void put_int32(struct sink *out, int32_t value)
{
    uint32_t wire = htonl((uint32_t)value);

    put(out, &wire, sizeof wire);
}

static void put_int64(struct sink *out, int64_t value)
{
    uint64_t wire = htobe64((uint64_t)value);

    put(out, &wire, sizeof wire);
}

/* Writes values[i]; false for SQL NULL. */
typedef bool write_fn(struct sink *out, const void *values, size_t i);

static bool write_int16(struct sink *out, const void *values, size_t i)
{
    uint16_t wire = htons((uint16_t)((const int16_t *)values)[i]);

    put(out, &wire, sizeof wire);
    return true;
}

static bool write_int32(struct sink *out, const void *values, size_t i)
{
    put_int32(out, ((const int32_t *)values)[i]);
    return true;
}

static bool write_int64(struct sink *out, const void *values, size_t i)
{
    put_int64(out, ((const int64_t *)values)[i]);
    return true;
}

static bool write_bytes(struct sink *out, const void *values, size_t i)
{
    struct text value = ((const struct text *)values)[i];

    if (value.at == NULL)
        return false;
    put(out, value.at, value.bytes);
    return true;
}

static bool write_jsonb(struct sink *out, const void *values, size_t i)
{
    if (((const struct text *)values)[i].at == NULL)
        return false;
    put(out, &(const char){JSONB_VERSION}, 1);
    return write_bytes(out, values, i);
}

static bool write_date(struct sink *out, const void *values, size_t i)
{
    uint16_t day = ((const uint16_t *)values)[i];

    if (day == DAY_UNKNOWN || day == DAY_NEVER)
        return false;
    put_int32(out, (int32_t)day - PG_EPOCH_DAY);
    return true;
}

static bool write_timestamptz(struct sink *out, const void *values, size_t i)
{
    int64_t us = ((const int64_t *)values)[i];

    if (us == INT64_MIN)
        return false;
    put_int64(out, us - (int64_t)PG_EPOCH_SECONDS * US_PER_SECOND);
    return true;
}

/* oid: pg_type.dat; they never change. */
struct type {
    int32_t oid;
    write_fn *write;
    bool is_text; /* valid UTF-8 without U+0000, or PostgreSQL refuses the whole batch */
};

static const struct type INT16 = {21, write_int16, false};
static const struct type INT32 = {23, write_int32, false};
static const struct type INT64 = {20, write_int64, false};
static const struct type TEXTUAL = {25, write_bytes, true};
static const struct type BYTEA = {17, write_bytes, false};
static const struct type JSONB = {3802, write_jsonb, true};
static const struct type DATE = {1082, write_date, false};
static const struct type TIMESTAMPTZ = {1184, write_timestamptz, false};

struct params *params_new(struct batch *b)
{
    struct params *p = arena_new(b->arena, struct params);

    if (p != NULL)
        p->batch = b;
    return p;
}

/* The next parameter is bytes[length], or SQL NULL. */
static void add(struct params *p, const char *bytes, size_t length)
{
    CHECK(p->count < PARAMS_MAX && length <= INT_MAX);
    p->values[p->count] = bytes;
    p->lengths[p->count] = (int)length;
    p->count++;
}

/* Also used for an empty value, which must not look like SQL NULL: one byte is always there. */
static char *room(struct params *p, size_t bytes)
{
    return arena_alloc(p->batch->arena, bytes + 1);
}

static void check_texts(struct params *p, const struct type *type, const struct text *texts,
                        size_t count)
{
    if (!type->is_text)
        return;
    for (size_t i = 0; i < count; i++) {
        if (texts[i].at == NULL || texts[i].bytes == 0)
            continue;
        if (memchr(texts[i].at, '\0', texts[i].bytes) == NULL && text_is_utf8(texts[i], NULL))
            continue;
        if (!err_is(p->batch->error))
            p->batch->error = err_make(ERR_FIELD_TEXT);
    }
}

static void add_one(struct params *p, const struct type *type, const void *value)
{
    struct sink out = {NULL, 0};

    if (p == NULL)
        return;
    check_texts(p, type, value, 1);
    if (!type->write(&out, value, 0)) {
        add(p, NULL, 0);
        return;
    }
    out.at = room(p, out.bytes);
    out.bytes = 0;
    if (out.at == NULL)
        return;
    type->write(&out, value, 0);
    add(p, out.at, out.bytes);
}

/* PostgreSQL's array_send: dimensions, has NULLs, element type, size, lower bound, elements. */
static void put_array(struct sink *out, const struct type *type, const void *values, size_t count)
{
    put_int32(out, count > 0);
    put_int32(out, 1); /* there may be NULLs */
    put_int32(out, type->oid);
    if (count == 0)
        return;
    put_int32(out, (int32_t)count);
    put_int32(out, 1);
    for (size_t i = 0; i < count; i++) {
        struct sink one = {NULL, 0};
        bool is_set = type->write(&one, values, i);

        put_int32(out, is_set ? (int32_t)one.bytes : -1);
        if (is_set)
            type->write(out, values, i);
    }
}

static void add_array(struct params *p, const struct type *type, const void *values, size_t count)
{
    struct sink out = {NULL, 0};

    if (p == NULL)
        return;
    CHECK(count <= INT32_MAX);
    check_texts(p, type, values, count);
    put_array(&out, type, values, count);
    out.at = room(p, out.bytes);
    out.bytes = 0;
    if (out.at == NULL)
        return;
    put_array(&out, type, values, count);
    add(p, out.at, out.bytes);
}

void params_int16(struct params *p, int16_t value)
{
    add_one(p, &INT16, &value);
}

void params_int32(struct params *p, int32_t value)
{
    add_one(p, &INT32, &value);
}

void params_int64(struct params *p, int64_t value)
{
    add_one(p, &INT64, &value);
}

void params_bool(struct params *p, bool value)
{
    struct text byte = {value ? "\1" : "\0", 1};

    add_one(p, &BYTEA, &byte); /* one byte, as is */
}

void params_text(struct params *p, struct text value)
{
    add_one(p, &TEXTUAL, &value);
}

void params_bytea(struct params *p, struct text value)
{
    add_one(p, &BYTEA, &value);
}

void params_jsonb(struct params *p, struct text json)
{
    add_one(p, &JSONB, &json);
}

void params_date(struct params *p, uint16_t day)
{
    add_one(p, &DATE, &day);
}

void params_timestamptz(struct params *p, int64_t us)
{
    add_one(p, &TIMESTAMPTZ, &us);
}

void params_null(struct params *p)
{
    if (p != NULL)
        add(p, NULL, 0);
}

void params_int16_array(struct params *p, const int16_t *values, size_t count)
{
    add_array(p, &INT16, values, count);
}

void params_int32_array(struct params *p, const int32_t *values, size_t count)
{
    add_array(p, &INT32, values, count);
}

void params_int64_array(struct params *p, const int64_t *values, size_t count)
{
    add_array(p, &INT64, values, count);
}

void params_text_array(struct params *p, const struct text *values, size_t count)
{
    add_array(p, &TEXTUAL, values, count);
}

void params_bytea_array(struct params *p, const struct text *values, size_t count)
{
    add_array(p, &BYTEA, values, count);
}

void params_jsonb_array(struct params *p, const struct text *values, size_t count)
{
    add_array(p, &JSONB, values, count);
}

void params_date_array(struct params *p, const uint16_t *days, size_t count)
{
    add_array(p, &DATE, days, count);
}

void params_timestamptz_array(struct params *p, const int64_t *us, size_t count)
{
    add_array(p, &TIMESTAMPTZ, us, count);
}
