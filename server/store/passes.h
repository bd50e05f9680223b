/* store/passes.h: what gates were asked and answered, in and out of PostgreSQL.
 *
 * A pass is known by (gate, epoch, seq, day, told); writing one that is there already changes
 * nothing, so a batch whose outcome is unknown may be written again. */
#ifndef STORE_PASSES_H
#define STORE_PASSES_H

#include "domain/pass.h"
#include "store/pg.h"

enum { PASSES_PER_BATCH = 1000 };

struct pass_batch {
    int64_t id;                     /* > 0 */
    const unsigned char *server_id; /* 16 bytes */
    int64_t server_key;             /* what stands for the server in the change row */
};

/* Adds a batch's row, the passes that are new, and the change that tells other servers. were_new
 * (count of them, zeroed) says which ones by the time b ends. */
struct passes_inserted {
    const struct pass *passes;
    size_t count;
    bool *were_new;
};
MUST_USE struct err passes_insert(struct batch *b, struct arena *arena,
                                  const struct pass_batch *batch,
                                  struct passes_inserted *inserted);

/* Finds the stored row of each key; found[i].gate_id stays 0 where there is none. */
struct passes_found {
    const struct pass *keys;
    size_t count;
    struct pass *found; /* count of them, zeroed */
};
MUST_USE struct err passes_find(struct batch *b, struct arena *arena, struct passes_found *found);

/* A whole pass, of a row that has the columns of domain/pass.def in their order. */
struct pass pass_decode(const struct rows *rows, int row);

/* Asks for the partitions of these days. */
void passes_ensure_days(struct batch *b, const day_t *days, size_t count);

/* For a server that starts: what was decided, and told so, since an instant, newest last; and the
 * last opened pass of everybody at each site since an instant. At most `max` rows (of the first the
 * newest); visit runs for each. */
struct passes_visit {
    void (*visit)(void *arg, const struct pass *pass);
    void *arg;
};
void passes_since(struct batch *b, int64_t since_us, int32_t max, struct passes_visit *visit);
void passes_inside(struct batch *b, int64_t since_us, int32_t max, struct passes_visit *visit);

/* Numbers that a gate has not handed in, between those it has: [first, last] of an epoch. */
struct pass_gap {
    int32_t epoch;
    int64_t first, last;
};
enum { PASS_GAPS_MAX = 100 };
struct pass_gaps {
    struct pass_gap gap[PASS_GAPS_MAX];
    size_t count;
};
/* Looks between lowest and highest of each epoch, one number further down included. */
struct pass_range {
    int32_t epoch;
    int64_t lowest, highest;
};
MUST_USE struct err passes_gaps(struct batch *b, struct arena *arena, int64_t gate_id,
                                day_t from, day_t until, const struct pass_range *ranges,
                                size_t count, struct pass_gaps *gaps);

#endif
