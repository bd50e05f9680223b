/* domain/facts_pack: bytes there and back, and what is not ours. */
#include <criterion/criterion.h>
#include <string.h>

#include "domain/facts_pack.h"

static const struct fact some[] = {
    {46000, 0, FACT_EXAM, 1, 2, 0, 0},
    {46001, 46400, FACT_CERTIFICATE, 1, 2, 1, 0xDEADBEEF},
    {46001, DAY_NEVER, FACT_BAN, 1, 0, 0, 7},
};
static const struct facts whole = {some, 3, 33000, 46000, SEX_FEMALE, 0x01020304};

/* at + 1 is unaligned, so both ways of reading are tried. */
static struct err unpack_at(unsigned shift, size_t bytes, const unsigned char *from,
                            struct arena *arena, struct facts *facts)
{
    unsigned char *at = arena_alloc(arena, bytes + 16);

    memcpy(at + shift, from, bytes);
    return facts_unpack(at + shift, bytes, arena, facts);
}

Test(facts_pack, facts_come_back_from_aligned_and_unaligned_bytes)
{
    for (unsigned shift = 0; shift < 4; shift++) {
        unsigned char bytes[64];
        struct facts back;
        struct arena arena;

        arena_init(&arena, 1 << 12);
        cr_assert_eq(facts_pack_bytes(&whole), 48);
        cr_assert_eq(facts_pack(&whole, bytes), 48);
        cr_assert(!err_is(unpack_at(shift, 48, bytes, &arena, &back)));
        cr_assert_eq(back.count, 3);
        cr_assert_eq(back.birth, whole.birth);
        cr_assert_eq(back.enrolled, whole.enrolled);
        cr_assert_eq(back.sex, whole.sex);
        cr_assert_eq(back.version, whole.version);
        cr_assert_eq(memcmp(back.fact, some, sizeof some), 0);
        arena_clear(&arena);
    }
}

Test(facts_pack, the_bytes_are_little_endian_on_every_machine)
{
    static const unsigned char head[] = {1, 2, 3, 0, 0xE8, 0x80, 0xB0, 0xB3, 4, 3, 2, 1};
    unsigned char bytes[64];

    (void)facts_pack(&whole, bytes);
    cr_assert_eq(memcmp(bytes, head, sizeof head), 0);
    cr_assert_eq(bytes[12 + 12 + 8], 0xEF);
    cr_assert_eq(bytes[12 + 12 + 11], 0xDE);
}

Test(facts_pack, malformed_bytes_are_refused)
{
    static const struct {
        const char *what;
        size_t at;
        unsigned char value;
    } rows[] = {
        {"another format", 0, 2},  {"no such sex", 1, 3},  {"a count too high", 3, 5},
        {"a count too low", 2, 2}, {"kind 0", 12 + 4, 0},  {"an unknown kind", 36 + 4, FACT_KINDS},
        {"kinds not sorted", 12 + 4, FACT_OVERRIDE},
    };
    struct facts facts;
    struct arena arena;

    arena_init(&arena, 1 << 16);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned char bytes[64];

        (void)facts_pack(&whole, bytes);
        bytes[rows[i].at] = rows[i].value;
        cr_expect(err_is(unpack_at(0, 48, bytes, &arena, &facts)), "%s", rows[i].what);
    }
    for (size_t length = 0; length < 48; length++) {
        unsigned char bytes[64];

        (void)facts_pack(&whole, bytes);
        cr_expect(err_is(unpack_at(0, length, bytes, &arena, &facts)), "%zu bytes", length);
    }
    arena_clear(&arena);
}

Test(facts_pack, days_out_of_order_within_a_kind_are_refused)
{
    static const struct fact unsorted[] = {{46001, 0, FACT_STUDY, 0, 0, 0, 1},
                                           {46000, 0, FACT_STUDY, 0, 0, 0, 1}};
    struct facts facts = {unsorted, 2, 0, 0, 0, 1};
    unsigned char bytes[64];
    struct arena arena;

    arena_init(&arena, 1 << 12);
    (void)facts_pack(&facts, bytes);
    cr_assert(err_is(unpack_at(0, 36, bytes, &arena, &facts)));
    arena_clear(&arena);
}
