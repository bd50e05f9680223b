/* register/registry.h: what gates need of the database, in this process's memory.
 *
 * PostgreSQL is the truth; this is its shadow. Workers lie in immutable blocks of columns; a
 * follower (follower.h) copies a block, applies committed changes and publishes the copy by one
 * release-store; an old block is freed when every reader has left. Readers take no lock and are
 * never blocked. Between registry_enter() and registry_leave() everything that was looked up stays
 * as it was; nothing may be kept beyond. */
#ifndef REGISTER_REGISTRY_H
#define REGISTER_REGISTRY_H

#include "base/loop.h"
#include "base/waiter.h"
#include "domain/directory.h"
#include "domain/photo.h"
#include "domain/policy.h"
#include "domain/signing_key.h"

struct registry;
struct registry_reader; /* one a thread */

struct registry *registry_new(void);
void registry_free(struct registry *registry); /* no readers are left */

struct registry_reader *registry_reader_new(struct registry *registry, struct loop *loop);
void registry_reader_free(struct registry_reader *reader);
void registry_enter(struct registry_reader *reader);
void registry_leave(struct registry_reader *reader);

/* -- between enter and leave ---------------------------------------------------------------- */

struct engaged { /* a worker's engagement: [from, until) */
    int64_t org_id, site_id;
    uint32_t version;
    day_t from, until;
    uint16_t trade;
    uint8_t role;
};

/* Worker ids are dense and below this; lists of slots (index >> 20) likewise. */
#define WORKER_ID_MAX  ((INT64_C(1) << 30) - 1)
#define SLOT_LISTS_MAX 4096
#define INDEX_NONE     UINT64_MAX

struct worker_view {
    int64_t worker_id;
    struct facts facts;
    const struct engaged *engaged;
    unsigned engaged_count;
    struct text name_masked;
    struct text photo; /* PHOTO_HASH_BYTES of it, or none */
    uint64_t index; /* of the worker's own slot; INDEX_NONE until it has one */
    int32_t access_version; /* 0: erased */
};

bool registry_worker(const struct registry_reader *reader, int64_t worker_id,
                     struct worker_view *view);

struct slot_view {
    int64_t worker_id;
    bool badge, is_void;
};
bool registry_slot(const struct registry_reader *reader, uint64_t index, struct slot_view *view);
/* Has anybody ever had a slot of this list? Once true, always true. */
bool registry_has_list(const struct registry_reader *reader, uint32_t list);

/* NULL when unknown. Closed and disabled ones are there, with their state. */
const struct org *registry_org(const struct registry_reader *reader, int64_t id);
const struct site *registry_site(const struct registry_reader *reader, int64_t id);
const struct device *registry_device(const struct registry_reader *reader, int64_t id);
const struct account *registry_account(const struct registry_reader *reader, struct text key_prefix);
/* Policies in force, for policy_find(). Never NULL once ready. */
const struct policy_set *registry_policies(const struct registry_reader *reader);
/* The keys that sign; NULL until it is ready. */
const struct signing_keys *registry_keys(const struct registry_reader *reader);

/* Runs fn for every worker, block by block, leaving and entering between blocks. False stops. */
typedef bool registry_visit_fn(void *arg, const struct worker_view *view);
void registry_scan(struct registry_reader *reader, registry_visit_fn *visit, void *arg);
/* The same; block_end() after each block, still inside. */
typedef bool registry_block_end_fn(void *arg);
void registry_scan_blocks(struct registry_reader *reader, registry_visit_fn *visit,
                          registry_block_end_fn *block_end, void *arg);

/* -- at any time ---------------------------------------------------------------------------- */

struct registry_health {
    bool ready;              /* loaded and caught up at least once */
    int64_t fresh_ms;        /* monotonic age of the newest heartbeat that came back; -1: none yet */
    int64_t clock_offset_ms; /* this server's clock minus the database's */
    uint64_t workers, changes, reloads;
    int64_t lag_us;          /* last change: commit to visible here, by the database's clock */
};
struct registry_health registry_health(const struct registry *registry);

/* Tells the waiter (on the reader's loop) after the next published change or timeout_ms, with OK
 * either way: look again. Everyone reads their own writes by waiting for a version. */
void registry_await(struct registry_reader *reader, int64_t timeout_ms, struct waiter waiter);

#endif
