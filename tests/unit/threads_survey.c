/* Threads that ask for surveys against the surveyor and a writer: everybody is seen once, a block
 * under one set of policies, and every place comes back.
 *
 * Without Criterion, as threads_registry. Exit status 0: all is well. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "register/registry_write.h"
#include "register/survey.h"

enum { WORKERS = 1500, ROUNDS = 60 };

static struct surveyor *surveyor;
static _Atomic bool stop;

struct asker {
    enum survey_for asked;
    struct survey survey;
    unsigned posts;
    uint64_t generation; /* of this block; 0: it has not begun */
    _Atomic bool done;
    unsigned wrong;
};

static void visit(void *arg, const struct post *post)
{
    struct asker *asker = arg;

    asker->posts++;
    if (asker->generation == 0)
        asker->generation = post->generation;
    asker->wrong += post->generation != asker->generation;
}

static void block_end(void *arg)
{
    ((struct asker *)arg)->generation = 0;
}

static void on_done(void *arg, bool complete)
{
    struct asker *asker = arg;

    asker->wrong += !complete || asker->posts != WORKERS;
    atomic_store(&asker->done, true);
}

static void *ask_on(void *arg)
{
    struct asker *asker = arg;

    for (unsigned round = 0; round < ROUNDS; round++) {
        while (!surveyor_reserve(surveyor, asker->asked))
            usleep(100);
        if (round % 4 == 0) { /* it was not needed after all */
            surveyor_release(surveyor, asker->asked);
            continue;
        }
        asker->posts = 0;
        atomic_store(&asker->done, false);
        asker->survey = (struct survey){.asked = asker->asked, .on = 46000, .visit = visit,
                                        .block_end = block_end, .done = on_done, .arg = asker};
        CHECK(surveyor_submit(surveyor, &asker->survey));
        while (!atomic_load(&asker->done))
            usleep(100);
    }
    return NULL;
}

static void put_policies(struct registry *registry)
{
    struct policy_set *set = calloc(1, sizeof *set);

    CHECK_ALLOCATED(set);
    registry_write_policies(registry, set, free);
    registry_published(registry);
}

static void *write_on(void *arg)
{
    while (!atomic_load(&stop)) {
        put_policies(arg);
        usleep(200);
    }
    return NULL;
}

static void put_workers(struct registry *registry)
{
    for (int64_t id = 1; id <= WORKERS; id++) {
        struct worker_view view = {.worker_id = id, .facts = {.birth = 30000, .version = 1},
                                   .name_masked = TEXT("张*"), .index = INDEX_NONE,
                                   .access_version = 1};

        registry_write_workers(registry, &view, 1);
    }
}

int main(void)
{
    struct registry *registry = registry_new();
    static struct asker askers[2 * SURVEY_FORS];
    pthread_t threads[2 * SURVEY_FORS], writer;
    unsigned wrong = 0;

    put_policies(registry);
    put_workers(registry);
    surveyor = surveyor_start(registry);
    CHECK(pthread_create(&writer, NULL, write_on, registry) == 0);
    for (unsigned i = 0; i < 2 * SURVEY_FORS; i++) {
        askers[i].asked = (enum survey_for)(i % SURVEY_FORS);
        CHECK(pthread_create(&threads[i], NULL, ask_on, &askers[i]) == 0);
    }
    for (unsigned i = 0; i < 2 * SURVEY_FORS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        wrong += askers[i].wrong;
    }
    atomic_store(&stop, true);
    CHECK(pthread_join(writer, NULL) == 0);
    for (int i = 0; i < SURVEYS_FOR_PEOPLE_MAX; i++)
        wrong += !surveyor_reserve(surveyor, SURVEY_FOR_PEOPLE);
    surveyor_stop(surveyor);
    registry_free(registry);
    printf("%u wrong\n", wrong);
    return wrong == 0 ? 0 : 1;
}
