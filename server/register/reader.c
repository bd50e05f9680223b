/* register/reader.c: readers come and go, enter and leave, and wait for the next change. */
#include "register/reader.h"

#include <stdatomic.h>
#include <stdlib.h>

struct wait {
    TAILQ_ENTRY(wait) link;
    struct registry_reader *reader;
    struct loop_timer *timer;
    struct waiter waiter;
};

void registry_lock(struct registry *registry)
{
    CHECK(pthread_mutex_lock(&registry->lock) == 0);
}

void registry_unlock(struct registry *registry)
{
    CHECK(pthread_mutex_unlock(&registry->lock) == 0);
}

/* Under the lock: one that its last owner has left and no wake-up still travels to. */
static struct registry_reader *find_unused(struct registry *registry)
{
    for (size_t i = 0; i < registry->reader_count; i++) {
        struct registry_reader *reader = registry->readers[i];

        if (!reader->used && reader->posts == 0)
            return reader;
    }
    return NULL;
}

static struct registry_reader *add_reader(struct registry *registry)
{
    struct registry_reader *reader =
        aligned_alloc(CACHE_LINE_BYTES, sizeof(struct registry_reader));

    CHECK_ALLOCATED(reader);
    CHECK(registry->reader_count < READERS_MAX);
    *reader = (struct registry_reader){.registry = registry};
    TAILQ_INIT(&reader->waits);
    registry->readers[registry->reader_count++] = reader;
    return reader;
}

struct registry_reader *registry_reader_new(struct registry *registry, struct loop *loop)
{
    struct registry_reader *reader;

    registry_lock(registry);
    reader = find_unused(registry);
    if (reader == NULL)
        reader = add_reader(registry);
    reader->loop = loop;
    reader->used = true;
    registry_unlock(registry);
    return reader;
}

static void wait_free(struct wait *wait)
{
    TAILQ_REMOVE(&wait->reader->waits, wait, link);
    loop_timer_free(wait->timer);
    free(wait);
}

void registry_reader_free(struct registry_reader *reader)
{
    struct registry *registry = reader->registry;

    CHECK(atomic_load_explicit(&reader->inside, memory_order_relaxed) == 0);
    while (!TAILQ_EMPTY(&reader->waits))
        wait_free(TAILQ_FIRST(&reader->waits));
    registry_lock(registry);
    atomic_store(&reader->waits_any, false);
    reader->used = false;
    registry_unlock(registry);
}

void registry_enter(struct registry_reader *reader)
{
    uint64_t epoch = atomic_load(&reader->registry->epoch);

    CHECK(atomic_load_explicit(&reader->inside, memory_order_relaxed) == 0);
    atomic_store(&reader->inside, epoch);
}

void registry_leave(struct registry_reader *reader)
{
    CHECK(atomic_load_explicit(&reader->inside, memory_order_relaxed) != 0);
    atomic_store_explicit(&reader->inside, 0, memory_order_release);
}

uint64_t readers_oldest(const struct registry *registry)
{
    uint64_t oldest = UINT64_MAX;

    for (size_t i = 0; i < registry->reader_count; i++) {
        uint64_t inside = atomic_load(&registry->readers[i]->inside);

        if (inside != 0 && inside < oldest)
            oldest = inside;
    }
    return oldest;
}

/* The waits that are there now; those that their waiters add wait for the next change. */
static void on_published(void *arg)
{
    struct registry_reader *reader = arg;
    struct wait_list due = TAILQ_HEAD_INITIALIZER(due);

    registry_lock(reader->registry);
    reader->posts--;
    registry_unlock(reader->registry);
    TAILQ_CONCAT(&due, &reader->waits, link);
    while (!TAILQ_EMPTY(&due)) {
        struct wait *wait = TAILQ_FIRST(&due);
        struct waiter waiter = wait->waiter;

        TAILQ_REMOVE(&due, wait, link);
        loop_timer_free(wait->timer);
        free(wait);
        waiter.done(waiter.arg, OK);
    }
}

void readers_wake(struct registry *registry)
{
    for (size_t i = 0; i < registry->reader_count; i++) {
        struct registry_reader *reader = registry->readers[i];

        if (!reader->used || !atomic_exchange(&reader->waits_any, false))
            continue;
        reader->posts++;
        loop_post(reader->loop, on_published, reader);
    }
}

static void on_timeout(void *arg)
{
    struct wait *wait = arg;
    struct waiter waiter = wait->waiter;

    wait_free(wait);
    waiter.done(waiter.arg, OK);
}

void registry_await(struct registry_reader *reader, int64_t timeout_ms, struct waiter waiter)
{
    struct wait *wait = calloc(1, sizeof *wait);

    CHECK_ALLOCATED(wait);
    CHECK(reader->loop != NULL);
    wait->reader = reader;
    wait->waiter = waiter;
    wait->timer = loop_timer_new(reader->loop, on_timeout, wait);
    loop_timer_start(wait->timer, timeout_ms);
    TAILQ_INSERT_TAIL(&reader->waits, wait, link);
    atomic_store(&reader->waits_any, true);
}
