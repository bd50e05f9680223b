/* Readers on other threads against a writer: nothing torn, nothing freed under a reader's eyes.
 *
 * A program of its own without Criterion, whose arena the thread sanitizer does not let it map; so
 * it runs under the address and the thread sanitizer alike. Exit status 0: all is well. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "register/registry_write.h"

enum { READERS = 3, WORKERS = 1500, ROUNDS = 400, ORGS = 16, LOOKS_MIN = 100000 };

static const struct fact some_facts[] = {
    {45000, 45365, FACT_EXAM, EXAM_NO_ABNORMALITY, 0, 0, 5},
    {45010, 0, FACT_TRAINING, TRAINING_ENTRY_COMPANY, 24, 1, 7},
    {45020, DAY_NEVER, FACT_VIOLATION, VIOLATION_OPERATION, 2, 0, 706},
};

struct contest {
    struct registry *registry;
    _Atomic bool stop;
    _Atomic uint64_t looked, torn, scanned;
};

/* In round r everybody has version r, r % 4 facts and index r: a mixture is a torn worker. */
static bool is_whole(const struct worker_view *view)
{
    bool whole = view->facts.count == view->facts.version % 4 &&
                 view->index == view->facts.version && text_is(view->name_masked, "张*");

    for (unsigned i = 0; i < view->facts.count; i++)
        whole = whole && view->facts.fact[i].ref == some_facts[i].ref;
    return whole;
}

static void look_at(struct contest *contest, struct registry_reader *reader, int64_t id)
{
    struct worker_view view;
    struct slot_view slot;
    const struct org *org = registry_org(reader, id % ORGS + 1);
    bool whole = true;

    if (registry_worker(reader, id, &view))
        whole = is_whole(&view);
    if (org != NULL)
        whole = whole && org->name.bytes == (size_t)(org->version % 50);
    if (registry_slot(reader, (uint64_t)id, &slot))
        whole = whole && slot.worker_id == id;
    if (!whole)
        atomic_fetch_add(&contest->torn, 1);
    atomic_fetch_add(&contest->looked, 1);
}

static bool on_scanned(void *arg, const struct worker_view *view)
{
    struct contest *contest = arg;

    if (!is_whole(view))
        atomic_fetch_add(&contest->torn, 1);
    atomic_fetch_add(&contest->scanned, 1);
    return true;
}

static void *read_on(void *arg)
{
    struct contest *contest = arg;
    struct registry_reader *reader = registry_reader_new(contest->registry, NULL);

    for (int64_t id = 1; !atomic_load(&contest->stop); id = id % WORKERS + 1) {
        registry_enter(reader);
        for (int64_t i = 0; i < 20; i++)
            look_at(contest, reader, (id + i * 97) % WORKERS + 1);
        registry_leave(reader);
        if (id % 100 == 0)
            registry_scan(reader, on_scanned, contest);
    }
    registry_reader_free(reader);
    return NULL;
}

static void write_round(struct registry *registry, uint32_t round)
{
    static const char name[50] = "................................................";
    static struct worker_view views[WORKERS];
    struct entry orgs[ORGS];

    for (int64_t id = 1; id <= WORKERS; id++) {
        views[id - 1] = (struct worker_view){
            .worker_id = id,
            .facts = {some_facts, (uint16_t)(round % 4), 30000, 45000, SEX_MALE, round},
            .name_masked = TEXT("张*"),
            .index = round,
            .access_version = 1,
        };
        registry_write_slot(registry, (uint64_t)id, slot_value(id, round % 2 == 0, false));
    }
    for (int64_t id = 1; id <= ORGS; id++) {
        struct org org = {.id = id, .version = (int32_t)round, .name = {name, round % 50}};

        orgs[id - 1] = (struct entry){(uint64_t)id, org_keep(&org)};
    }
    registry_write_workers(registry, views, WORKERS);
    registry_write_catalogue(registry, CATALOGUE_ORG, orgs, ORGS, false);
    registry_published(registry);
}

int main(void)
{
    struct contest contest = {.registry = registry_new()};
    pthread_t threads[READERS];
    bool good;

    for (int i = 0; i < READERS; i++)
        CHECK(pthread_create(&threads[i], NULL, read_on, &contest) == 0);
    for (uint32_t round = 1; round <= ROUNDS; round++)
        write_round(contest.registry, round);
    while (atomic_load(&contest.looked) < LOOKS_MIN || atomic_load(&contest.scanned) == 0)
        usleep(1000);
    atomic_store(&contest.stop, true);
    for (int i = 0; i < READERS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    printf("%llu looks, %llu workers scanned, %llu torn\n",
           (unsigned long long)atomic_load(&contest.looked),
           (unsigned long long)atomic_load(&contest.scanned),
           (unsigned long long)atomic_load(&contest.torn));
    good = atomic_load(&contest.torn) == 0 && registry_reclaim(contest.registry) == 0;
    registry_free(contest.registry);
    return good ? 0 : 1;
}
