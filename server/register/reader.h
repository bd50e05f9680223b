/* register/reader.h: a reader's own state; shared by registry.c and reader.c only. */
#ifndef REGISTER_READER_H
#define REGISTER_READER_H

#include <pthread.h>
#include <sys/queue.h>

#include "register/registry_write.h"
#include "register/retired.h"

enum { READERS_MAX = 64, CACHE_LINE_BYTES = 64 };

struct wait;
TAILQ_HEAD(wait_list, wait);

struct registry_reader {
    _Alignas(CACHE_LINE_BYTES) _Atomic uint64_t inside; /* epoch of entering; 0: outside */
    _Alignas(CACHE_LINE_BYTES) struct registry *registry;
    struct loop *loop;       /* NULL: this reader never waits */
    struct wait_list waits;  /* own thread only */
    _Atomic bool waits_any;  /* set by the reader, taken by the writer who wakes it */
    bool used;               /* under registry->lock, like `posts` */
    unsigned posts;          /* wake-ups on their way; until they came, nobody else gets this one */
};

struct top { /* grows by being replaced */
    size_t count;
    _Atomic(struct block *) blocks[];
};

struct registry {
    _Alignas(CACHE_LINE_BYTES) _Atomic uint64_t epoch; /* from 1 */
    _Alignas(CACHE_LINE_BYTES) _Atomic(struct top *) top;
    _Atomic(struct catalogue *) catalogue;
    _Atomic(_Atomic uint32_t *) lists[SLOT_LISTS_MAX];
    struct registry_gauges gauges;
    void (*free_policies)(void *);
    pthread_mutex_t lock; /* writers, and readers coming and going */
    struct retired retired;
    struct registry_reader *readers[READERS_MAX];
    size_t reader_count;
};

/* Under the lock. Posts a wake-up to every reader that awaits a change. */
void readers_wake(struct registry *registry);
/* Under the lock. The oldest epoch that a reader is inside of; UINT64_MAX: nobody is. */
uint64_t readers_oldest(const struct registry *registry);

void registry_lock(struct registry *registry);
void registry_unlock(struct registry *registry);

#endif
