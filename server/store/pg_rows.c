/* store/pg_rows.c: values out of a binary result.
 *
 * A value's size is CHECKed: another one means that statement and decoder do not belong together,
 * which tests/integration/test_statements.c would have said. */
#include <arpa/inet.h>
#include <endian.h>
#include <string.h>

#include "scoring/day.h"
#include "store/pg_private.h"

enum {
    PG_EPOCH_DAY = 36524,         /* 2000-01-01, in days since 1900-01-01 */
    PG_EPOCH_SECONDS = 946684800, /* 2000-01-01T00:00:00Z, in seconds since 1970 */
    JSONB_OID = 3802,
};

/* The value's bytes, or NULL for SQL NULL. */
static const char *value_of(const struct rows *rows, int row, int column, int bytes)
{
    CHECK(row >= 0 && row < rows->count);
    CHECK(column >= 0 && column < PQnfields(rows->result));
    if (PQgetisnull(rows->result, row, column))
        return NULL;
    CHECK(bytes < 0 || PQgetlength(rows->result, row, column) == bytes);
    return PQgetvalue(rows->result, row, column);
}

bool row_is_null(const struct rows *rows, int row, int column)
{
    return value_of(rows, row, column, -1) == NULL;
}

int16_t row_int16(const struct rows *rows, int row, int column)
{
    const char *value = value_of(rows, row, column, 2);
    uint16_t wire = 0;

    if (value != NULL)
        memcpy(&wire, value, sizeof wire);
    return (int16_t)ntohs(wire);
}

int32_t row_int32(const struct rows *rows, int row, int column)
{
    const char *value = value_of(rows, row, column, 4);
    uint32_t wire = 0;

    if (value != NULL)
        memcpy(&wire, value, sizeof wire);
    return (int32_t)ntohl(wire);
}

int64_t row_int64(const struct rows *rows, int row, int column)
{
    const char *value = value_of(rows, row, column, 8);
    uint64_t wire = 0;

    if (value != NULL)
        memcpy(&wire, value, sizeof wire);
    return (int64_t)be64toh(wire);
}

bool row_bool(const struct rows *rows, int row, int column)
{
    const char *value = value_of(rows, row, column, 1);

    return value != NULL && *value != 0;
}

/* jsonb travels with a version byte in front. */
struct text row_text(const struct rows *rows, int row, int column)
{
    struct text value = {value_of(rows, row, column, -1), 0};

    if (value.at == NULL)
        return value;
    value.bytes = (size_t)PQgetlength(rows->result, row, column);
    if (PQftype(rows->result, column) == JSONB_OID) {
        CHECK(value.bytes > 0);
        value.at++;
        value.bytes--;
    }
    return arena_text(rows->arena, value);
}

uint16_t row_date(const struct rows *rows, int row, int column)
{
    int64_t day;

    if (row_is_null(rows, row, column))
        return DAY_UNKNOWN;
    day = (int64_t)row_int32(rows, row, column) + PG_EPOCH_DAY;
    if (day <= DAY_UNKNOWN)
        return DAY_UNKNOWN; /* before 1900-01-02, or -infinity */
    return day > DAY_LAST ? DAY_NEVER : (uint16_t)day;
}

int64_t row_timestamptz(const struct rows *rows, int row, int column)
{
    int64_t us;

    if (row_is_null(rows, row, column))
        return 0;
    us = row_int64(rows, row, column);
    if (us == INT64_MIN || us == INT64_MAX)
        return us; /* -infinity, infinity */
    return us + (int64_t)PG_EPOCH_SECONDS * US_PER_SECOND;
}
