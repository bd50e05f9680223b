/* register/block.c: see block.h. */
#include "register/block.h"

#include <stdlib.h>
#include <string.h>

static bool is_set(const uint64_t bits[BLOCK_WORKERS / 64], unsigned at)
{
    return (bits[at / 64] >> (at % 64) & 1) != 0;
}

static void set(uint64_t bits[BLOCK_WORKERS / 64], unsigned at)
{
    bits[at / 64] |= UINT64_C(1) << (at % 64);
}

bool block_view(const struct block *block, int64_t worker_id, struct worker_view *view)
{
    unsigned at = (unsigned)worker_id & (BLOCK_WORKERS - 1);
    uint32_t fact = block->fact_from[at], engaged = block->engaged_from[at];
    uint32_t photo = block->name_from[at];
    uint32_t name = photo + (is_set(block->photographed, at) ? PHOTO_HASH_BYTES : 0);

    if (!is_set(block->present, at))
        return false;
    *view = (struct worker_view){
        .worker_id = worker_id,
        .facts = {.fact = block->fact + fact,
                  .count = (uint16_t)(block->fact_from[at + 1] - fact),
                  .birth = block->birth[at],
                  .enrolled = block->enrolled[at],
                  .sex = block->sex[at],
                  .version = block->version[at]},
        .engaged = block->engaged + engaged,
        .engaged_count = block->engaged_from[at + 1] - engaged,
        .name_masked = {block->name + name, block->name_from[at + 1] - name},
        .photo = {block->name + photo, name - photo},
        .index = block->index[at] == UINT32_MAX ? INDEX_NONE : block->index[at],
        .access_version = block->access_version[at],
    };
    return true;
}

/* Walks through the block's worker ids; the row, if there is one for it, wins over the old view. */
struct merge {
    const struct block *old;
    const struct worker_view *row, *end;
    int64_t worker_id;
};

static bool merge_next(struct merge *m, struct worker_view *view)
{
    int64_t id = m->worker_id++;

    if (m->row < m->end && m->row->worker_id == id) {
        *view = *m->row++;
        return view->facts.version != 0;
    }
    return m->old != NULL && block_view(m->old, id, view);
}

static struct merge merge_over(const struct block *old, uint32_t number,
                               const struct worker_view *rows, size_t count)
{
    return (struct merge){old, rows, rows + count, (int64_t)number << BLOCK_SHIFT};
}

struct sizes {
    size_t workers, facts, engaged, name_bytes;
};

static struct sizes measure(struct merge m)
{
    struct sizes sum = {0};
    struct worker_view view;

    for (int i = 0; i < BLOCK_WORKERS; i++) {
        if (!merge_next(&m, &view))
            continue;
        sum.workers++;
        sum.facts += view.facts.count;
        sum.engaged += view.engaged_count;
        sum.name_bytes += view.photo.bytes + view.name_masked.bytes;
    }
    CHECK(m.row == m.end); /* every row belongs to this block, and they are sorted */
    return sum;
}

/* memcpy, which may not be given NULL, even for nothing. */
static void copy(void *to, const void *from, size_t bytes)
{
    if (bytes > 0)
        memcpy(to, from, bytes);
}

static void put_worker(struct block *block, unsigned at, const struct worker_view *view)
{
    CHECK(view->photo.bytes == 0 || view->photo.bytes == PHOTO_HASH_BYTES);
    copy(block->fact + block->fact_from[at], view->facts.fact,
           view->facts.count * sizeof *view->facts.fact);
    copy(block->engaged + block->engaged_from[at], view->engaged,
           view->engaged_count * sizeof *view->engaged);
    copy(block->name + block->name_from[at], view->photo.at, view->photo.bytes);
    copy(block->name + block->name_from[at] + view->photo.bytes, view->name_masked.at,
         view->name_masked.bytes);
    block->fact_from[at + 1] += view->facts.count;
    block->engaged_from[at + 1] += view->engaged_count;
    block->name_from[at + 1] += (uint32_t)(view->photo.bytes + view->name_masked.bytes);
    set(block->present, at);
    if (view->photo.bytes > 0)
        set(block->photographed, at);
    block->version[at] = view->facts.version;
    block->access_version[at] = view->access_version;
    block->index[at] = view->index >= UINT32_MAX ? UINT32_MAX : (uint32_t)view->index;
    block->birth[at] = view->facts.birth;
    block->enrolled[at] = view->facts.enrolled;
    block->sex[at] = view->facts.sex;
}

static struct block *block_new(uint32_t number, struct sizes sizes)
{
    size_t engaged = sizes.engaged * sizeof(struct engaged);
    size_t facts = sizes.facts * sizeof(struct fact);
    size_t bytes = sizeof(struct block) + engaged + facts + sizes.name_bytes;
    struct block *block = malloc(bytes);

    CHECK_ALLOCATED(block);
    memset(block, 0, sizeof *block);
    block->number = number;
    block->count = (uint32_t)sizes.workers;
    block->bytes = bytes;
    block->engaged = (struct engaged *)(void *)block->packed;
    block->fact = (struct fact *)(void *)(block->packed + engaged);
    block->name = (char *)block->packed + engaged + facts;
    return block;
}

struct block *block_merge(const struct block *old, uint32_t number, const struct worker_view *rows,
                          size_t count)
{
    struct merge m = merge_over(old, number, rows, count);
    struct sizes sizes = measure(m);
    struct worker_view view;
    struct block *block;

    if (sizes.workers == 0)
        return NULL;
    block = block_new(number, sizes);
    for (unsigned at = 0; at < BLOCK_WORKERS; at++) {
        block->fact_from[at + 1] = block->fact_from[at];
        block->engaged_from[at + 1] = block->engaged_from[at];
        block->name_from[at + 1] = block->name_from[at];
        if (merge_next(&m, &view))
            put_worker(block, at, &view);
    }
    CHECK(block->fact_from[BLOCK_WORKERS] == sizes.facts);
    CHECK(block->name_from[BLOCK_WORKERS] == sizes.name_bytes);
    return block;
}
