#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 8192, ALIGNMENT = 16 };

struct arena_chunk {
    struct arena_chunk *older;
    size_t used, size;
    _Alignas(ALIGNMENT) unsigned char bytes[];
};

void arena_init(struct arena *arena, size_t bytes_max)
{
    *arena = (struct arena){.bytes_max = bytes_max};
}

void arena_clear(struct arena *arena)
{
    while (arena->chunks != NULL) {
        struct arena_chunk *older = arena->chunks->older;

        free(arena->chunks);
        arena->chunks = older;
    }
    arena->used_bytes = 0;
    arena->full = false;
}

static struct arena_chunk *chunk_new(struct arena *arena, size_t bytes)
{
    size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
    struct arena_chunk *chunk = malloc(sizeof *chunk + size);

    if (chunk == NULL)
        return NULL;
    chunk->older = arena->chunks;
    chunk->used = 0;
    chunk->size = size;
    arena->chunks = chunk;
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    struct arena_chunk *chunk = arena->chunks;
    size_t rounded = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    void *result;

    if (arena->full || rounded < bytes || rounded > arena->bytes_max - arena->used_bytes) {
        arena->full = true;
        return NULL;
    }
    if (chunk == NULL || chunk->size - chunk->used < rounded) {
        chunk = chunk_new(arena, rounded);
        if (chunk == NULL) {
            arena->full = true;
            return NULL;
        }
    }
    result = chunk->bytes + chunk->used;
    chunk->used += rounded;
    arena->used_bytes += rounded;
    return memset(result, 0, rounded);
}

void *arena_array(struct arena *arena, size_t count, size_t each_bytes)
{
    if (each_bytes != 0 && count > SIZE_MAX / each_bytes) {
        arena->full = true;
        return NULL;
    }
    return arena_alloc(arena, count * each_bytes);
}

struct text arena_text(struct arena *arena, struct text from)
{
    char *at = arena_alloc(arena, from.bytes + 1);

    if (at == NULL)
        return (struct text){NULL, 0};
    if (from.bytes > 0)
        memcpy(at, from.at, from.bytes);
    return (struct text){at, from.bytes};
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list args;
    int bytes;
    char *at;

    va_start(args, format);
    bytes = vsnprintf(NULL, 0, format, args);
    va_end(args);
    CHECK(bytes >= 0);
    at = arena_alloc(arena, (size_t)bytes + 1);
    if (at == NULL)
        return NULL;
    va_start(args, format);
    vsnprintf(at, (size_t)bytes + 1, format, args);
    va_end(args);
    return at;
}
