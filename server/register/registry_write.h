/* register/registry_write.h: how the follower fills the register; nobody else includes it.
 *
 * Any thread may call these (a lock orders writers); readers are never made to wait. What is
 * replaced is kept until every reader that might see it has left (registry_reclaim). */
#ifndef REGISTER_REGISTRY_WRITE_H
#define REGISTER_REGISTRY_WRITE_H

#include "register/catalogue.h"
#include "register/registry.h"

/* Views are sorted by worker id, unique, ids in [1, WORKER_ID_MAX]; what they point to is copied.
 * A view whose facts.version is 0 takes the worker out. */
void registry_write_workers(struct registry *registry, const struct worker_view *views,
                            size_t count);

/* The same, and nobody else is left in [first, end), which begins and ends with a block. */
void registry_replace_workers(struct registry *registry, int64_t first, int64_t end,
                              const struct worker_view *views, size_t count);

/* A slot's value, and a whole list of 2^20 of them (copied). 0: nobody's. */
enum { SLOT_BITS = 20, SLOTS_PER_LIST = 1 << SLOT_BITS };
uint32_t slot_value(int64_t worker_id, bool badge, bool is_void);
void registry_write_slot(struct registry *registry, uint64_t index, uint32_t value);
void registry_replace_list(struct registry *registry, uint32_t list, const uint32_t *values);

/* Nobody is left from worker `first` on (block-aligned), and no slot from list `list` on. */
void registry_truncate(struct registry *registry, int64_t first, uint32_t list);

/* Sorted by id, unique; the objects (org_keep and so on) are the register's from now on. With
 * replace, what is not among them is gone. */
void registry_write_catalogue(struct registry *registry, enum catalogue_kind kind,
                              const struct entry *entries, size_t count, bool replace);
void registry_write_policies(struct registry *registry, struct policy_set *policies,
                             void (*free_policies)(void *));
/* keys and what it points to are one allocation, and the register's from now on: free() ends it. */
void registry_write_keys(struct registry *registry, struct signing_keys *keys);

/* Ends a round: wakes who awaits a change, frees what nobody can see any more. */
void registry_published(struct registry *registry);
/* Frees what nobody can see any more; how many things still wait for a reader to leave. */
size_t registry_reclaim(struct registry *registry);

/* What registry_health() tells; atomics, one writer. */
struct registry_gauges {
    _Atomic bool ready;
    _Atomic int64_t fresh_us; /* monotonic: when the newest beat that came back was sent; 0: none */
    _Atomic int64_t clock_offset_us, lag_us;
    _Atomic uint64_t workers, bytes, changes, reloads; /* bytes: of worker blocks and slot lists */
};
struct registry_gauges *registry_gauges(struct registry *registry);

#endif
