/* register/load.c: see load.h.
 *
 * The work is cut into ranges of worker ids and lists of slots; each loader takes the next one. */
#include "register/load.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "register/apply.h"
#include "register/block.h"

enum { LOADERS_MAX = 8, RANGE_WORKERS = 64 * BLOCK_WORKERS, SNAPSHOT_ID_BYTES = 64 };

struct load {
    struct registry *registry;
    const struct load_options *options;
    char snapshot[SNAPSHOT_ID_BYTES];
    int64_t last_worker, last_index;
    uint64_t ranges, lists;
    _Atomic uint64_t next; /* piece of work: ranges first, then lists */
    _Atomic bool failed;
};

struct loader {
    struct load *load;
    pthread_t thread;
    struct err e; /* its detail may be another thread's memory: only the code is used */
};

static struct err load_piece(struct load *load, struct link *link, uint64_t piece)
{
    int64_t first = (int64_t)piece * RANGE_WORKERS;

    if (piece < load->ranges)
        return apply_range(load->registry, link, first, first + RANGE_WORKERS);
    return apply_list(load->registry, link, (int64_t)(piece - load->ranges));
}

static struct err load_pieces(struct load *load, struct link *link)
{
    struct err e = link_open(link);

    if (!err_is(e))
        e = link_query(link, SQL_REGISTER_BEGIN, NULL, NULL, NULL);
    if (!err_is(e))
        e = link_adopt_snapshot(link, load->snapshot);
    while (!err_is(e) && !atomic_load(&load->failed)) {
        uint64_t piece = atomic_fetch_add(&load->next, 1);

        if (piece >= load->ranges + load->lists)
            break;
        e = load_piece(load, link, piece);
        registry_reclaim(load->registry);
    }
    return e;
}

static void *loader_run(void *arg)
{
    struct loader *loader = arg;
    const struct load_options *options = loader->load->options;
    struct link *link = link_new(options->conninfo, options->stop_fd, options->timeout_ms);

    loader->e = load_pieces(loader->load, link);
    if (err_is(loader->e))
        atomic_store(&loader->load->failed, true);
    link_free(link);
    return NULL;
}

static bool on_export(void *arg, const struct text *fields)
{
    struct load *load = arg;

    if (fields[0].at == NULL || fields[0].bytes >= sizeof load->snapshot)
        return false;
    memcpy(load->snapshot, fields[0].at, fields[0].bytes);
    return true;
}

static bool on_extent(void *arg, const struct text *fields)
{
    struct load *load = arg;

    return field_int64(fields[REGISTER_EXTENT_LAST_WORKER], 0, &load->last_worker) &&
           field_int64(fields[REGISTER_EXTENT_LAST_INDEX], 0, &load->last_index);
}

static struct err load_catalogue(struct registry *registry, struct link *leader)
{
    struct err e = apply_keys(registry, leader);

    if (!err_is(e))
        e = apply_policies(registry, leader);
    for (enum catalogue_kind kind = 0; kind < CATALOGUE_KINDS && !err_is(e); kind++)
        e = apply_objects(registry, leader, kind, NULL, 0);
    return e;
}

static struct err run_loaders(struct load *load)
{
    struct loader loaders[LOADERS_MAX] = {{.load = load}};
    unsigned count = load->options->connections;
    struct err first = OK;

    CHECK(count >= 1 && count <= LOADERS_MAX);
    for (unsigned i = 0; i < count; i++) {
        loaders[i] = (struct loader){.load = load};
        CHECK(pthread_create(&loaders[i].thread, NULL, loader_run, &loaders[i]) == 0);
    }
    for (unsigned i = 0; i < count; i++) {
        CHECK(pthread_join(loaders[i].thread, NULL) == 0);
        if (!err_is(first) && err_is(loaders[i].e))
            first = err_detail(loaders[i].e.code, "a loader failed");
    }
    return first;
}

static int64_t at_most(int64_t value, int64_t limit)
{
    return value < limit ? value : limit;
}

struct err load_all(struct registry *registry, struct link *leader,
                    const struct load_options *options)
{
    struct load load = {.registry = registry, .options = options};
    struct err e = link_query(leader, SQL_REGISTER_EXPORT, NULL, on_export, &load);

    if (!err_is(e))
        e = link_query(leader, SQL_REGISTER_EXTENT, NULL, on_extent, &load);
    if (!err_is(e))
        e = load_catalogue(registry, leader);
    if (err_is(e))
        return e;
    load.ranges = (uint64_t)(at_most(load.last_worker, WORKER_ID_MAX) / RANGE_WORKERS) + 1;
    load.lists =
        (uint64_t)at_most(load.last_index >> SLOT_BITS, SLOT_LISTS_MAX - 1) + 1;
    e = run_loaders(&load);
    if (!err_is(e))
        registry_truncate(registry, (int64_t)load.ranges * RANGE_WORKERS, (uint32_t)load.lists);
    return e;
}
