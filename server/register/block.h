/* register/block.h: 512 workers in columns, immutable once made.
 *
 * What scoring reads lies in columns; events, engagements and masked names are packed behind, in
 * the same allocation. A block is changed by making another one (block_merge). Columns beside the
 * packed data cost 29 bytes a worker; what follows is 12 a fact, 32 an engagement, the name, and 16
 * for a photo. */
#ifndef REGISTER_BLOCK_H
#define REGISTER_BLOCK_H

#include "register/registry.h"

enum { BLOCK_WORKERS = 512, BLOCK_SHIFT = 9 };

struct block {
    uint32_t number; /* of the worker ids [number << 9, (number + 1) << 9) */
    uint32_t count;  /* of workers that are there */
    uint64_t present[BLOCK_WORKERS / 64];
    uint64_t photographed[BLOCK_WORKERS / 64]; /* the photo's hash lies before the name */
    uint32_t version[BLOCK_WORKERS];
    int32_t access_version[BLOCK_WORKERS];
    uint32_t index[BLOCK_WORKERS];           /* UINT32_MAX: no slot yet */
    uint32_t fact_from[BLOCK_WORKERS + 1];   /* worker i has [from[i], from[i + 1]) */
    uint32_t engaged_from[BLOCK_WORKERS + 1];
    uint32_t name_from[BLOCK_WORKERS + 1];
    day_t birth[BLOCK_WORKERS];
    day_t enrolled[BLOCK_WORKERS];
    uint8_t sex[BLOCK_WORKERS];
    struct engaged *engaged; /* these three point into `packed` */
    struct fact *fact;
    char *name;
    size_t bytes; /* of the whole allocation */
    _Alignas(8) unsigned char packed[];
};

/* False when the worker is not there. worker_id lies in the block's range. */
bool block_view(const struct block *block, int64_t worker_id, struct worker_view *view);

/* A new block (free() it): what `old` holds (NULL: nothing), with rows[] in place of it. Rows are
 * sorted by worker id, unique, all of block `number`; one whose facts.version is 0 is taken out.
 * NULL when nobody is left. */
struct block *block_merge(const struct block *old, uint32_t number, const struct worker_view *rows,
                          size_t count);

#endif
