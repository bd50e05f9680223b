/* base/arena.h: bump allocation with a ceiling, dropped whole.
 *
 * One arena lives as long as one exchange (or one batch, or one file being read). Nothing in it is
 * freed by itself. An allocation beyond the ceiling returns NULL and marks the arena full for good,
 * so that a caller may build a whole answer and look once at the end. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/check.h"
#include "base/text.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *chunks; /* newest first */
    size_t used_bytes;          /* sum over all chunks */
    size_t bytes_max;
    bool full;
};

void arena_init(struct arena *arena, size_t bytes_max);
void arena_clear(struct arena *arena); /* frees everything; the arena may be used again */

/* Zeroed memory aligned for any type, or NULL at the ceiling. */
MUST_USE void *arena_alloc(struct arena *arena, size_t bytes);
MUST_USE void *arena_array(struct arena *arena, size_t count, size_t each_bytes);

/* Copies end in NUL beyond the text's length. `.at` is NULL at the ceiling. */
MUST_USE struct text arena_text(struct arena *arena, struct text from);
MUST_USE char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define arena_new(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define arena_new_array(arena, n, type) ((type *)arena_array((arena), (n), sizeof(type)))

#endif
