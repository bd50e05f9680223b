/* Parameters as PostgreSQL's binary protocol wants them, byte by byte, without a server. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

#include "scoring/day.h"
#include "store/pg_private.h"

static struct arena arena;
static struct batch *batch;

static struct params *fresh(size_t bytes_max)
{
    arena_init(&arena, bytes_max);
    batch = batch_new(NULL, &arena);
    cr_assert_not_null(batch);
    return params_new(batch);
}

static void expect(const struct params *p, const void *bytes, int length)
{
    cr_assert_eq(p->count, 1);
    cr_assert_not_null(p->values[0]);
    cr_assert_eq(p->lengths[0], length, "%d bytes", p->lengths[0]);
    cr_assert_arr_eq(p->values[0], bytes, (size_t)length);
    arena_clear(&arena);
}

static void expect_null(const struct params *p)
{
    cr_assert_eq(p->count, 1);
    cr_assert_null(p->values[0]);
    arena_clear(&arena);
}

Test(params, integers_are_big_endian)
{
    struct params *p = fresh(65536);

    params_int16(p, -2);
    expect(p, "\xff\xfe", 2);
    p = fresh(65536);
    params_int32(p, 0x01020304);
    expect(p, "\1\2\3\4", 4);
    p = fresh(65536);
    params_int64(p, INT64_MIN);
    expect(p, "\x80\0\0\0\0\0\0\0", 8);
}

Test(params, a_bool_is_one_byte)
{
    struct params *p = fresh(65536);

    params_bool(p, true);
    expect(p, "\1", 1);
    p = fresh(65536);
    params_bool(p, false);
    expect(p, "\0", 1);
}

Test(params, an_empty_text_is_not_null)
{
    struct params *p = fresh(65536);

    params_text(p, TEXT(""));
    expect(p, "", 0);
    p = fresh(65536);
    params_text(p, (struct text){NULL, 0});
    expect_null(p);
}

Test(params, a_date_counts_from_2000)
{
    struct params *p = fresh(65536);

    params_date(p, 36524); /* 2000-01-01 */
    expect(p, "\0\0\0\0", 4);
    p = fresh(65536);
    params_date(p, 36523);
    expect(p, "\xff\xff\xff\xff", 4);
}

Test(params, an_unknown_or_endless_date_is_null)
{
    struct params *p = fresh(65536);

    params_date(p, DAY_UNKNOWN);
    expect_null(p);
    p = fresh(65536);
    params_date(p, DAY_NEVER);
    expect_null(p);
}

Test(params, an_instant_counts_from_2000)
{
    struct params *p = fresh(65536);

    params_timestamptz(p, INT64_C(946684800000001));
    expect(p, "\0\0\0\0\0\0\0\1", 8);
    p = fresh(65536);
    params_timestamptz(p, INT64_MIN);
    expect_null(p);
}

Test(params, jsonb_opens_with_its_version)
{
    struct params *p = fresh(65536);

    params_jsonb(p, TEXT("{}"));
    expect(p, "\1{}", 3);
}

Test(params, an_array_says_its_type_and_size)
{
    struct params *p = fresh(65536);

    params_int16_array(p, (const int16_t[]){7, 8}, 2);
    expect(p,
           "\0\0\0\1"
           "\0\0\0\1"
           "\0\0\0\x15"
           "\0\0\0\2"
           "\0\0\0\1"
           "\0\0\0\2\0\7"
           "\0\0\0\2\0\10",
           32);
}

Test(params, an_array_holds_nulls)
{
    const struct text words[] = {{NULL, 0}, TEXT("a")};
    struct params *p = fresh(65536);

    params_text_array(p, words, 2);
    expect(p,
           "\0\0\0\1"
           "\0\0\0\1"
           "\0\0\0\x19"
           "\0\0\0\2"
           "\0\0\0\1"
           "\xff\xff\xff\xff"
           "\0\0\0\1a",
           29);
}

Test(params, an_empty_array_has_no_dimensions)
{
    struct params *p = fresh(65536);

    params_int64_array(p, NULL, 0);
    expect(p,
           "\0\0\0\0"
           "\0\0\0\1"
           "\0\0\0\x14",
           12);
}

struct bad_text {
    char name[24];
    char bytes[8];
    size_t count;
};

ParameterizedTestParameters(params, text_that_postgresql_cannot_hold_is_refused)
{
    static struct bad_text cases[] = {
        {"nul", "a\0b", 3},          {"cut", "\xe5\xbb", 2},     {"surrogate", "\xed\xa0\x80", 3},
        {"overlong", "\xc0\x80", 2}, {"latin1", "\xe9t\xe9", 3},
    };

    return cr_make_param_array(struct bad_text, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(struct bad_text *c, params, text_that_postgresql_cannot_hold_is_refused)
{
    struct params *p = fresh(65536);

    params_text(p, (struct text){c->bytes, c->count});
    cr_assert_eq(batch->error.code, ERR_FIELD_TEXT, "%s", c->name);
    arena_clear(&arena);
    p = fresh(65536);
    params_bytea(p, (struct text){c->bytes, c->count});
    cr_assert_eq(batch->error.code, ERR_NONE, "bytea holds anything: %s", c->name);
    arena_clear(&arena);
}

/* Out of memory is an arena's ceiling, for every small one. */
Test(params, any_ceiling_of_memory_is_survived)
{
    static const struct text words[] = {TEXT("one"), TEXT("two"), TEXT("three")};
    size_t filled = 0;

    for (size_t bytes_max = sizeof(struct batch) + 16; bytes_max < 4096; bytes_max += 16) {
        struct params *p = fresh(bytes_max);

        params_text(p, words[0]);
        params_text_array(p, words, 3);
        params_jsonb(p, TEXT("{\"a\":1}"));
        params_null(p);
        cr_assert_eq(arena.full, p == NULL || p->count != 4, "%zu", bytes_max);
        filled += !arena.full;
        arena_clear(&arena);
    }
    cr_assert_gt(filled, 0);
}
