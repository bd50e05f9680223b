#include "store/passes.h"

#include <string.h>

#include "base/clock.h"

enum { CHANGE_KIND_PASS_BATCH = 9 }; /* register/change.def; the register may use store, not the reverse */

/* -- columns of many passes as arrays --------------------------------------------------------- */

#define COLUMN(type, put)                                                                          \
    static bool put_##type(struct params *p, struct arena *arena, const struct pass *passes,       \
                           size_t count, size_t offset)                                            \
    {                                                                                              \
        PASS_TYPE_##type *values = arena_new_array(arena, count, PASS_TYPE_##type);                \
                                                                                                   \
        if (values == NULL)                                                                        \
            return false;                                                                          \
        for (size_t i = 0; i < count; i++)                                                         \
            memcpy(&values[i], (const char *)&passes[i] + offset, sizeof values[i]);               \
        put(p, values, count);                                                                     \
        return true;                                                                               \
    }
COLUMN(int16, params_int16_array)
COLUMN(int32, params_int32_array)
COLUMN(int64, params_int64_array)
COLUMN(date, params_date_array)
COLUMN(time, params_timestamptz_array)
#undef COLUMN

static bool put_all(struct params *p, struct arena *arena, const struct pass *passes, size_t count)
{
#define PASS(name, type)                                                                           \
    if (!put_##type(p, arena, passes, count, offsetof(struct pass, name)))                         \
        return false;
#include "domain/pass.def"
#undef PASS
    return true;
}

static bool put_keys(struct params *p, struct arena *arena, const struct pass *passes, size_t count)
{
    return put_int64(p, arena, passes, count, offsetof(struct pass, gate_id)) &&
           put_int32(p, arena, passes, count, offsetof(struct pass, epoch)) &&
           put_int64(p, arena, passes, count, offsetof(struct pass, seq)) &&
           put_date(p, arena, passes, count, offsetof(struct pass, day)) &&
           put_int16(p, arena, passes, count, offsetof(struct pass, told));
}

#define ROW_int16 row_int16
#define ROW_int32 row_int32
#define ROW_int64 row_int64
#define ROW_date  row_date
#define ROW_time  row_timestamptz

/* The statements that return whole passes list the columns in pass.def's order. */
enum {
#define PASS(name, type) COLUMN_##name,
#include "domain/pass.def"
#undef PASS
    PASS_COLUMNS
};
_Static_assert(PASS_COLUMNS == (int)PASS_FIND_COLUMNS, "pass_find.sql and pass.def differ");
_Static_assert(PASS_COLUMNS == (int)PASS_SINCE_COLUMNS, "pass_since.sql and pass.def differ");
_Static_assert(PASS_COLUMNS == (int)PASS_INSIDE_COLUMNS, "pass_inside.sql and pass.def differ");
_Static_assert(PASS_COLUMNS == (int)REPLAY_PASSES_COLUMNS, "replay_passes.sql and pass.def differ");
_Static_assert((int)COLUMN_inputs_hash == (int)PASS_FIND_INPUTS_HASH, "another order of columns");

struct pass pass_decode(const struct rows *rows, int row)
{
    struct pass pass;

    memset(&pass, 0, sizeof pass);
#define PASS(name, type) pass.name = ROW_##type(rows, row, COLUMN_##name);
#include "domain/pass.def"
#undef PASS
    return pass;
}

/* -- writing ---------------------------------------------------------------------------------- */

static struct err decode_inserted(void *into, const struct rows *rows)
{
    struct passes_inserted *inserted = into;
    size_t at = 0;

    /* Rows come back in the order they were sent, less those that were there. */
    for (int row = 0; row < rows->count; row++) {
        struct pass key = {
            .gate_id = row_int64(rows, row, PASS_INSERT_GATE_ID),
            .epoch = row_int32(rows, row, PASS_INSERT_EPOCH),
            .seq = row_int64(rows, row, PASS_INSERT_SEQ),
            .day = row_date(rows, row, PASS_INSERT_DAY),
            .told = row_int16(rows, row, PASS_INSERT_TOLD),
        };
        size_t looked = 0;

        for (; looked < inserted->count; looked++, at++) {
            if (at >= inserted->count)
                at = 0; /* another order than expected: look from the front */
            if (!inserted->were_new[at] && pass_is_same_key(&inserted->passes[at], &key))
                break;
        }
        CHECK(looked < inserted->count);
        inserted->were_new[at++] = true;
    }
    return OK;
}

static void put_days(struct params *p, const struct pass *passes, size_t count)
{
    day_t first = passes[0].day, last = first;

    for (size_t i = 1; i < count; i++) {
        first = passes[i].day < first ? passes[i].day : first;
        last = passes[i].day > last ? passes[i].day : last;
    }
    params_date(p, first);
    params_date(p, last);
}

struct err passes_insert(struct batch *b, struct arena *arena, const struct pass_batch *batch,
                         struct passes_inserted *inserted)
{
    struct params *row = params_new(b), *rows;

    CHECK(inserted->count > 0 && inserted->count <= PASSES_PER_BATCH);
    params_int64(row, batch->id);
    params_bytea(row, (struct text){(const char *)batch->server_id, 16}); /* a uuid's binary form */
    params_int32(row, (int32_t)inserted->count);
    params_int16(row, CHANGE_KIND_PASS_BATCH);
    params_int64(row, batch->server_key);
    put_days(row, inserted->passes, inserted->count);
    batch_add(b, SQL_PASS_BATCH_INSERT, row, NULL, NULL);
    rows = params_new(b);
    params_int64(rows, batch->id);
    if (!put_all(rows, arena, inserted->passes, inserted->count))
        return err_make(ERR_TOO_LARGE);
    batch_add(b, SQL_PASS_INSERT, rows, decode_inserted, inserted);
    return OK;
}

void passes_ensure_days(struct batch *b, const day_t *days, size_t count)
{
    struct params *p = params_new(b);

    params_date_array(p, days, count);
    batch_add(b, SQL_PASS_DAYS_ENSURE, p, NULL, NULL);
}

/* -- reading ---------------------------------------------------------------------------------- */

static struct err decode_found(void *into, const struct rows *rows)
{
    struct passes_found *found = into;

    for (int row = 0; row < rows->count; row++) {
        struct pass pass = pass_decode(rows, row);

        for (size_t i = 0; i < found->count; i++) {
            if (pass_is_same_key(&found->keys[i], &pass))
                found->found[i] = pass;
        }
    }
    return OK;
}

struct err passes_find(struct batch *b, struct arena *arena, struct passes_found *found)
{
    struct params *p = params_new(b);

    if (!put_keys(p, arena, found->keys, found->count))
        return err_make(ERR_TOO_LARGE);
    batch_add(b, SQL_PASS_FIND, p, decode_found, found);
    return OK;
}

static struct err decode_visit(void *into, const struct rows *rows)
{
    struct passes_visit *visit = into;

    for (int row = rows->count - 1; row >= 0; row--) {
        struct pass pass = pass_decode(rows, row);

        visit->visit(visit->arg, &pass);
    }
    return OK;
}

static void add_visit(struct batch *b, enum statement statement, int64_t since_us, int32_t max,
                      struct passes_visit *visit)
{
    struct params *p = params_new(b);

    params_timestamptz(p, since_us);
    /* A pass's day is by the gate's clock, which may be half a day off: one partition more. */
    params_date(p, (day_t)(clock_local_day(since_us) - 1));
    params_int32(p, max);
    batch_add(b, statement, p, decode_visit, visit);
}

void passes_since(struct batch *b, int64_t since_us, int32_t max, struct passes_visit *visit)
{
    add_visit(b, SQL_PASS_SINCE, since_us, max, visit);
}

void passes_inside(struct batch *b, int64_t since_us, int32_t max, struct passes_visit *visit)
{
    add_visit(b, SQL_PASS_INSIDE, since_us, max, visit);
}

static struct err decode_gaps(void *into, const struct rows *rows)
{
    struct pass_gaps *gaps = into;

    for (int row = 0; row < rows->count && gaps->count < PASS_GAPS_MAX; row++) {
        gaps->gap[gaps->count++] = (struct pass_gap){
            row_int32(rows, row, PASS_GAPS_EPOCH),
            row_int64(rows, row, PASS_GAPS_FIRST_MISSING),
            row_int64(rows, row, PASS_GAPS_LAST_MISSING),
        };
    }
    return OK;
}

struct err passes_gaps(struct batch *b, struct arena *arena, int64_t gate_id, day_t from,
                       day_t until, const struct pass_range *ranges, size_t count,
                       struct pass_gaps *gaps)
{
    int32_t *epochs = arena_new_array(arena, count, int32_t);
    int64_t *lowest = arena_new_array(arena, count, int64_t);
    int64_t *highest = arena_new_array(arena, count, int64_t);
    struct params *p = params_new(b);

    if (epochs == NULL || lowest == NULL || highest == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < count; i++) {
        epochs[i] = ranges[i].epoch;
        lowest[i] = ranges[i].lowest - 1;
        highest[i] = ranges[i].highest;
    }
    params_int64(p, gate_id);
    params_int32_array(p, epochs, count);
    params_int64_array(p, lowest, count);
    params_int64_array(p, highest, count);
    params_date(p, from);
    params_date(p, until);
    params_int32(p, PASS_GAPS_MAX);
    batch_add(b, SQL_PASS_GAPS, p, decode_gaps, gaps);
    return OK;
}
