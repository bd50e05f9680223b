/* The arena: alignment, zeroes, and what happens at every ceiling. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

Test(arena, memory_is_zeroed_aligned_and_distinct)
{
    struct arena arena;
    unsigned char *before = NULL;

    arena_init(&arena, 1 << 20);
    for (size_t bytes = 1; bytes < 300; bytes++) {
        unsigned char *at = arena_alloc(&arena, bytes);

        cr_assert(at != NULL && (uintptr_t)at % _Alignof(max_align_t) == 0);
        for (size_t i = 0; i < bytes; i++)
            cr_assert_eq(at[i], 0);
        memset(at, 0xFF, bytes);
        cr_assert(before == NULL || before[bytes - 2] == 0xFF);
        before = at;
    }
    arena_clear(&arena);
}

/* An answer is built from several pieces; at no ceiling may one be lost unnoticed. */
Test(arena, at_every_small_ceiling_the_pieces_fit_or_the_arena_is_full)
{
    for (size_t ceiling = 0; ceiling <= 256; ceiling++) {
        struct arena arena;
        struct text copy;
        char *formatted;
        uint64_t *numbers;

        arena_init(&arena, ceiling);
        copy = arena_text(&arena, TEXT("seventeen letters"));
        formatted = arena_format(&arena, "%d-%s", 42, "x");
        numbers = arena_new_array(&arena, 4, uint64_t);
        cr_expect_eq(arena.full, copy.at == NULL || formatted == NULL || numbers == NULL);
        cr_expect_eq(arena.full, ceiling < 32 + 16 + 32, "ceiling %zu", ceiling);
        cr_expect_leq(arena.used_bytes, ceiling);
        cr_expect(copy.at == NULL || strcmp(copy.at, "seventeen letters") == 0);
        cr_expect(formatted == NULL || strcmp(formatted, "42-x") == 0);
        cr_expect(numbers == NULL || numbers[3] == 0);
        arena_clear(&arena);
    }
}

Test(arena, once_full_it_stays_full_until_it_is_cleared)
{
    struct arena arena;

    arena_init(&arena, 64);
    cr_expect(arena_alloc(&arena, 65) == NULL);
    cr_expect(arena.full && arena_alloc(&arena, 1) == NULL);
    arena_clear(&arena);
    cr_expect(!arena.full && arena_alloc(&arena, 64) != NULL);
    cr_expect(arena_alloc(&arena, 1) == NULL, "not one byte more");
    arena_clear(&arena);
}

Test(arena, sizes_that_overflow_are_full_and_not_small)
{
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 14, SIZE_MAX / 2};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct arena arena;

        arena_init(&arena, 1 << 20);
        cr_expect(arena_alloc(&arena, sizes[i]) == NULL && arena.full, "size %zu", sizes[i]);
        arena_clear(&arena);
        cr_expect(arena_array(&arena, sizes[i], 16) == NULL && arena.full);
        arena_clear(&arena);
    }
}

Test(arena, a_piece_larger_than_a_chunk_fits_under_the_ceiling)
{
    struct arena arena;
    unsigned char *large;

    arena_init(&arena, 100000);
    large = arena_alloc(&arena, 90000);
    cr_assert(large != NULL);
    large[89999] = 1;
    cr_expect(arena_alloc(&arena, 9000) != NULL);
    cr_expect(arena_alloc(&arena, 2000) == NULL);
    arena_clear(&arena);
    cr_expect(arena.chunks == NULL && arena.used_bytes == 0);
}

Test(arena, an_empty_text_is_a_text)
{
    struct arena arena;
    struct text copy;

    arena_init(&arena, 64);
    copy = arena_text(&arena, (struct text){NULL, 0});
    cr_expect(copy.at != NULL && copy.bytes == 0 && copy.at[0] == '\0');
    arena_clear(&arena);
}
