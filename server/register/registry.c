/* register/registry.c: see registry.h and registry_write.h. */
#include "register/registry.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "register/block.h"
#include "register/reader.h"

/* A slot's value: worker id, and two bits above it. */
#define SLOT_BADGE (UINT32_C(1) << 30)
#define SLOT_VOID  (UINT32_C(1) << 31)
_Static_assert(WORKER_ID_MAX < SLOT_BADGE, "a slot holds a worker id and two bits");

static struct top *top_new(size_t count)
{
    struct top *top = calloc(1, sizeof *top + count * sizeof top->blocks[0]);

    CHECK_ALLOCATED(top);
    top->count = count;
    return top;
}

struct registry *registry_new(void)
{
    struct registry *registry = aligned_alloc(CACHE_LINE_BYTES, sizeof *registry);
    struct catalogue *catalogue = calloc(1, sizeof *catalogue);

    CHECK_ALLOCATED(registry);
    CHECK_ALLOCATED(catalogue);
    memset(registry, 0, sizeof *registry);
    atomic_init(&registry->epoch, 1);
    atomic_init(&registry->top, top_new(64));
    atomic_init(&registry->catalogue, catalogue);
    CHECK(pthread_mutex_init(&registry->lock, NULL) == 0);
    return registry;
}

static void table_free(const struct table *table, bool objects)
{
    for (size_t i = 0; objects && table != NULL && i < table->count; i++)
        free(table->entries[i].object);
    free((void *)(uintptr_t)table);
}

static void catalogue_free(struct registry *registry)
{
    struct catalogue *catalogue = atomic_load(&registry->catalogue);

    for (int kind = 0; kind < CATALOGUE_KINDS; kind++)
        table_free(catalogue->tables[kind], true);
    table_free(catalogue->prefixes, false);
    if (catalogue->policies != NULL)
        registry->free_policies((void *)(uintptr_t)catalogue->policies);
    free((void *)(uintptr_t)catalogue->keys);
    free(catalogue);
}

void registry_free(struct registry *registry)
{
    struct top *top = atomic_load(&registry->top);

    CHECK(readers_oldest(registry) == UINT64_MAX);
    retired_clear(&registry->retired);
    for (size_t i = 0; i < top->count; i++)
        free(atomic_load(&top->blocks[i]));
    free(top);
    for (size_t i = 0; i < SLOT_LISTS_MAX; i++)
        free((void *)atomic_load(&registry->lists[i]));
    catalogue_free(registry);
    for (size_t i = 0; i < registry->reader_count; i++)
        free(registry->readers[i]);
    CHECK(pthread_mutex_destroy(&registry->lock) == 0);
    free(registry);
}

/* -- reading ---------------------------------------------------------------------------------- */

static const struct registry *inside(const struct registry_reader *reader)
{
    CHECK(atomic_load_explicit(&reader->inside, memory_order_relaxed) != 0);
    return reader->registry;
}

static const struct block *find_block(const struct registry *registry, size_t number)
{
    struct top *top = atomic_load(&registry->top);

    return number < top->count ? atomic_load(&top->blocks[number]) : NULL;
}

bool registry_worker(const struct registry_reader *reader, int64_t worker_id,
                     struct worker_view *view)
{
    const struct registry *registry = inside(reader);
    const struct block *block;

    if (worker_id <= 0 || worker_id > WORKER_ID_MAX)
        return false;
    block = find_block(registry, (size_t)(worker_id >> BLOCK_SHIFT));
    return block != NULL && block_view(block, worker_id, view);
}

bool registry_slot(const struct registry_reader *reader, uint64_t index, struct slot_view *view)
{
    const struct registry *registry = inside(reader);
    const _Atomic uint32_t *list;
    uint32_t value;

    if (index >> SLOT_BITS >= SLOT_LISTS_MAX)
        return false;
    list = atomic_load(&registry->lists[index >> SLOT_BITS]);
    if (list == NULL)
        return false;
    value = atomic_load_explicit(&list[index & (SLOTS_PER_LIST - 1)], memory_order_acquire);
    *view = (struct slot_view){value & (SLOT_BADGE - 1), (value & SLOT_BADGE) != 0,
                               (value & SLOT_VOID) != 0};
    return value != 0;
}

bool registry_has_list(const struct registry_reader *reader, uint32_t list)
{
    return list < SLOT_LISTS_MAX && atomic_load(&inside(reader)->lists[list]) != NULL;
}

static void *find_object(const struct registry_reader *reader, enum catalogue_kind kind, int64_t id)
{
    return table_find(atomic_load(&inside(reader)->catalogue)->tables[kind], (uint64_t)id);
}

const struct org *registry_org(const struct registry_reader *reader, int64_t id)
{
    return find_object(reader, CATALOGUE_ORG, id);
}

const struct site *registry_site(const struct registry_reader *reader, int64_t id)
{
    return find_object(reader, CATALOGUE_SITE, id);
}

const struct device *registry_device(const struct registry_reader *reader, int64_t id)
{
    return find_object(reader, CATALOGUE_DEVICE, id);
}

const struct account *registry_account(const struct registry_reader *reader, struct text key_prefix)
{
    const struct registry *registry = inside(reader);
    uint64_t number;

    if (!key_prefix_number(key_prefix, &number))
        return NULL;
    return table_find(atomic_load(&registry->catalogue)->prefixes, number);
}

const struct policy_set *registry_policies(const struct registry_reader *reader)
{
    return atomic_load(&inside(reader)->catalogue)->policies;
}

const struct signing_keys *registry_keys(const struct registry_reader *reader)
{
    return atomic_load(&inside(reader)->catalogue)->keys;
}

/* One block, inside; false when visit() wants no more. */
static bool scan_block(const struct registry_reader *reader, size_t number,
                       registry_visit_fn *visit, void *arg)
{
    const struct block *block = find_block(reader->registry, number);
    int64_t first = (int64_t)number << BLOCK_SHIFT;
    struct worker_view view;

    for (int64_t id = first; block != NULL && id < first + BLOCK_WORKERS; id++)
        if (block_view(block, id, &view) && !visit(arg, &view))
            return false;
    return true;
}

void registry_scan_blocks(struct registry_reader *reader, registry_visit_fn *visit,
                          registry_block_end_fn *block_end, void *arg)
{
    bool goes_on = true;
    size_t count = 1;

    for (size_t number = 0; goes_on && number < count; number++) {
        registry_enter(reader);
        count = atomic_load(&reader->registry->top)->count;
        goes_on = scan_block(reader, number, visit, arg);
        goes_on = (block_end == NULL || block_end(arg)) && goes_on;
        registry_leave(reader);
    }
}

void registry_scan(struct registry_reader *reader, registry_visit_fn *visit, void *arg)
{
    registry_scan_blocks(reader, visit, NULL, arg);
}

struct registry_health registry_health(const struct registry *registry)
{
    const struct registry_gauges *g = &registry->gauges;
    int64_t fresh_us = atomic_load(&g->fresh_us);

    return (struct registry_health){
        .ready = atomic_load(&g->ready),
        .fresh_ms = fresh_us == 0 ? -1 : (clock_monotonic_us() - fresh_us) / US_PER_MS,
        .clock_offset_ms = atomic_load(&g->clock_offset_us) / US_PER_MS,
        .workers = atomic_load(&g->workers),
        .changes = atomic_load(&g->changes),
        .reloads = atomic_load(&g->reloads),
        .lag_us = atomic_load(&g->lag_us),
    };
}

struct registry_gauges *registry_gauges(struct registry *registry)
{
    return &registry->gauges;
}

/* -- writing, under the lock -------------------------------------------------------------------- */

static void retire(struct registry *registry, void (*release)(void *), void *what)
{
    retired_add(&registry->retired, atomic_load(&registry->epoch), release, what);
}

/* What was retired until now cannot be found by a reader who enters from now on. */
static void next_epoch(struct registry *registry)
{
    atomic_fetch_add(&registry->epoch, 1);
}

static struct top *top_with(struct registry *registry, size_t number)
{
    struct top *old = atomic_load(&registry->top), *top;
    size_t count = old->count;

    if (number < count)
        return old;
    while (count <= number)
        count *= 2;
    top = top_new(count);
    for (size_t i = 0; i < old->count; i++)
        atomic_init(&top->blocks[i], atomic_load(&old->blocks[i]));
    atomic_store(&registry->top, top);
    retire(registry, free, old);
    return top;
}

static void put_block(struct registry *registry, uint32_t number, struct block *block)
{
    struct top *top = top_with(registry, number);
    struct block *old = atomic_exchange(&top->blocks[number], block);
    struct registry_gauges *g = &registry->gauges;

    atomic_fetch_add(&g->workers, (block == NULL ? 0 : block->count) -
                                      (uint64_t)(old == NULL ? 0 : old->count));
    atomic_fetch_add(&g->bytes,
                     (block == NULL ? 0 : block->bytes) - (uint64_t)(old == NULL ? 0 : old->bytes));
    retire(registry, free, old);
}

/* How many of views[] belong to the block of the first of them. */
static size_t run_of_block(const struct worker_view *views, size_t count)
{
    int64_t number = views[0].worker_id >> BLOCK_SHIFT;
    size_t run = 1;

    while (run < count && views[run].worker_id >> BLOCK_SHIFT == number)
        run++;
    return run;
}

void registry_write_workers(struct registry *registry, const struct worker_view *views,
                            size_t count)
{
    registry_lock(registry);
    for (size_t run; count > 0; views += run, count -= run) {
        uint32_t number = (uint32_t)(views[0].worker_id >> BLOCK_SHIFT);

        CHECK(views[0].worker_id > 0 && views[0].worker_id <= WORKER_ID_MAX);
        run = run_of_block(views, count);
        put_block(registry, number,
                  block_merge(find_block(registry, number), number, views, run));
    }
    next_epoch(registry);
    registry_unlock(registry);
}

static void replace_block(struct registry *registry, uint32_t number,
                          const struct worker_view *views, size_t count)
{
    struct block *block = count == 0 ? NULL : block_merge(NULL, number, views, count);

    if (block != NULL || find_block(registry, number) != NULL)
        put_block(registry, number, block);
}

void registry_replace_workers(struct registry *registry, int64_t first, int64_t end,
                              const struct worker_view *views, size_t count)
{
    CHECK(first % BLOCK_WORKERS == 0 && end % BLOCK_WORKERS == 0);
    for (int64_t number = first >> BLOCK_SHIFT; number < end >> BLOCK_SHIFT; number++) {
        size_t run = 0;

        if (count > 0 && views[0].worker_id >> BLOCK_SHIFT == number)
            run = run_of_block(views, count);
        registry_lock(registry);
        replace_block(registry, (uint32_t)number, views, run);
        next_epoch(registry);
        registry_unlock(registry);
        views += run;
        count -= run;
    }
    CHECK(count == 0);
}

uint32_t slot_value(int64_t worker_id, bool badge, bool is_void)
{
    CHECK(worker_id > 0 && worker_id <= WORKER_ID_MAX);
    return (uint32_t)worker_id | (badge ? SLOT_BADGE : 0) | (is_void ? SLOT_VOID : 0);
}

/* Lists are never taken away again, so readers may use them without asking. */
static _Atomic uint32_t *list_with(struct registry *registry, uint64_t number)
{
    _Atomic uint32_t *list = atomic_load(&registry->lists[number]);

    if (list != NULL)
        return list;
    list = calloc(SLOTS_PER_LIST, sizeof *list);
    CHECK_ALLOCATED(list);
    atomic_store(&registry->lists[number], list);
    atomic_fetch_add(&registry->gauges.bytes, SLOTS_PER_LIST * sizeof *list);
    return list;
}

void registry_write_slot(struct registry *registry, uint64_t index, uint32_t value)
{
    CHECK(index >> SLOT_BITS < SLOT_LISTS_MAX);
    registry_lock(registry);
    atomic_store_explicit(
        &list_with(registry, index >> SLOT_BITS)[index & (SLOTS_PER_LIST - 1)], value,
        memory_order_release);
    registry_unlock(registry);
}

void registry_replace_list(struct registry *registry, uint32_t number, const uint32_t *values)
{
    _Atomic uint32_t *list;

    CHECK(number < SLOT_LISTS_MAX);
    registry_lock(registry);
    list = list_with(registry, number);
    for (size_t i = 0; i < SLOTS_PER_LIST; i++)
        if (atomic_load_explicit(&list[i], memory_order_relaxed) != values[i])
            atomic_store_explicit(&list[i], values[i], memory_order_release);
    registry_unlock(registry);
}


void registry_truncate(struct registry *registry, int64_t first, uint32_t list)
{
    static const uint32_t nobody[SLOTS_PER_LIST];
    size_t count;

    CHECK(first % BLOCK_WORKERS == 0);
    registry_lock(registry);
    count = atomic_load(&registry->top)->count;
    for (size_t number = (size_t)(first >> BLOCK_SHIFT); number < count; number++)
        replace_block(registry, (uint32_t)number, NULL, 0);
    next_epoch(registry);
    registry_unlock(registry);
    for (; list < SLOT_LISTS_MAX; list++)
        if (atomic_load(&registry->lists[list]) != NULL)
            registry_replace_list(registry, list, nobody);
}

/* Publishes a copy of it, in place of the one before. */
static void put_catalogue(struct registry *registry, const struct catalogue *changed)
{
    struct catalogue *copy = malloc(sizeof *copy);

    CHECK_ALLOCATED(copy);
    *copy = *changed;
    retire(registry, free, atomic_exchange(&registry->catalogue, copy));
}

/* What stands in `old` and is not the same object in `now`. */
static void retire_replaced(struct registry *registry, const struct table *old,
                            const struct table *now)
{
    for (size_t i = 0; old != NULL && i < old->count; i++)
        if (table_find(now, old->entries[i].key) != old->entries[i].object)
            retire(registry, free, old->entries[i].object);
}

void registry_write_catalogue(struct registry *registry, enum catalogue_kind kind,
                              const struct entry *entries, size_t count, bool replace)
{
    struct catalogue next;
    const struct table *old, *old_prefixes;

    registry_lock(registry);
    next = *atomic_load(&registry->catalogue);
    old = next.tables[kind];
    old_prefixes = next.prefixes;
    next.tables[kind] = table_merge(replace ? NULL : old, entries, count);
    if (kind == CATALOGUE_ACCOUNT)
        next.prefixes = table_of_prefixes(next.tables[kind]);
    put_catalogue(registry, &next);
    retire_replaced(registry, old, next.tables[kind]);
    retire(registry, free, (void *)(uintptr_t)old);
    if (kind == CATALOGUE_ACCOUNT)
        retire(registry, free, (void *)(uintptr_t)old_prefixes);
    next_epoch(registry);
    registry_unlock(registry);
}

void registry_write_policies(struct registry *registry, struct policy_set *policies,
                             void (*free_policies)(void *))
{
    struct catalogue next;
    const struct policy_set *old;

    registry_lock(registry);
    next = *atomic_load(&registry->catalogue);
    old = next.policies;
    policies->generation = old != NULL ? old->generation + 1 : 1;
    next.policies = policies;
    put_catalogue(registry, &next);
    registry->free_policies = free_policies;
    retire(registry, free_policies, (void *)(uintptr_t)old);
    next_epoch(registry);
    registry_unlock(registry);
}

void registry_write_keys(struct registry *registry, struct signing_keys *keys)
{
    struct catalogue next;
    const struct signing_keys *old;

    registry_lock(registry);
    next = *atomic_load(&registry->catalogue);
    old = next.keys;
    keys->generation = old != NULL ? old->generation + 1 : 1;
    next.keys = keys;
    put_catalogue(registry, &next);
    retire(registry, free, (void *)(uintptr_t)old);
    next_epoch(registry);
    registry_unlock(registry);
}

static size_t reclaim(struct registry *registry)
{
    retired_release(&registry->retired, readers_oldest(registry));
    return registry->retired.count;
}

size_t registry_reclaim(struct registry *registry)
{
    size_t left;

    registry_lock(registry);
    left = reclaim(registry);
    registry_unlock(registry);
    return left;
}

void registry_published(struct registry *registry)
{
    registry_lock(registry);
    readers_wake(registry);
    reclaim(registry);
    registry_unlock(registry);
}
