/* Transactions of random length, begun and ended in random order, while gates read: at the end the
 * register holds exactly what the database holds, without having been loaded anew.
 *
 *     register_holds [seconds]        SEED=n repeats a run's choices
 *
 * A program of its own without Criterion, so that it runs under the thread sanitizer as well. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "register/follower.h"
#include "support/pg_fixture.h"
#include "support/register_db.h"

enum { WRITERS = 6, READERS = 2, WORKERS = 2000, SECONDS = 6, SETTLE_MS = 60000 };

struct run {
    struct registry *registry;
    struct follower *follower;
    _Atomic bool stop;
    _Atomic uint64_t looked, mixed;
    PGconn *writers[WRITERS];
    bool in_transaction[WRITERS];
    unsigned commits, rollbacks;
    unsigned seed;
};

static unsigned draw(struct run *run, unsigned below)
{
    run->seed = run->seed * 1664525u + 1013904223u; /* Numerical Recipes' */
    return (run->seed >> 8) % below;
}

/* A worker of version v has (v - 1) % 9 facts and an engagement of version 100 + v (register_db.sql),
 * or is as enrolled: anything else is a mixture of two versions. */
static bool is_mixed(const struct worker_view *view)
{
    uint32_t version = view->facts.version;

    if (version <= 1)
        return view->facts.count != view->worker_id % 6;
    return view->facts.count != (version - 1) % 9 || view->engaged_count == 0 ||
           view->engaged[view->engaged_count - 1].version != 100 + version;
}

static bool on_scanned(void *arg, const struct worker_view *view)
{
    struct run *run = arg;

    if (is_mixed(view))
        atomic_fetch_add(&run->mixed, 1);
    atomic_fetch_add(&run->looked, 1);
    return !atomic_load(&run->stop);
}

static void *read_on(void *arg)
{
    struct run *run = arg;
    struct registry_reader *reader = registry_reader_new(run->registry, NULL);

    while (!atomic_load(&run->stop)) {
        registry_scan(reader, on_scanned, run);
        usleep(2000); /* the writers need the processors too */
    }
    registry_reader_free(reader);
    return NULL;
}

/* Each writer has workers and objects of its own, so that none waits for another's row. */
static void write_something(struct run *run, unsigned writer)
{
    PGconn *pq = run->writers[writer];
    unsigned worker = 1 + writer + WRITERS * draw(run, WORKERS / WRITERS - 1);
    unsigned object = 100 + writer + WRITERS * draw(run, 10);
    static const char *const objects[] = {"test_org", "test_site", "test_device", "test_account"};

    if (draw(run, 3) == 0)
        db_execf(pq, "SELECT %s(%u)", objects[draw(run, 4)], object);
    else
        db_execf(pq, "SELECT test_touch(%u)", worker);
}

static void end_transaction(struct run *run, unsigned writer)
{
    bool commit = draw(run, 5) != 0;

    db_exec(run->writers[writer], commit ? "COMMIT" : "ROLLBACK");
    run->in_transaction[writer] = false;
    *(commit ? &run->commits : &run->rollbacks) += 1;
    if (commit && draw(run, 2) == 0)
        follower_nudge(run->follower);
}

/* The first writer ends its transactions rarely: one that is always open while others pass. */
static void step(struct run *run)
{
    unsigned writer = draw(run, WRITERS);

    if (!run->in_transaction[writer]) {
        db_exec(run->writers[writer], "BEGIN");
        run->in_transaction[writer] = true;
    }
    write_something(run, writer);
    if (draw(run, writer == 0 ? 100 : 3) == 0)
        end_transaction(run, writer);
}

static void write_for(struct run *run, int64_t seconds)
{
    int64_t until_us = clock_monotonic_us() + seconds * US_PER_SECOND;

    for (unsigned i = 0; i < WRITERS; i++)
        run->writers[i] = register_db_connect();
    while (clock_monotonic_us() < until_us)
        step(run);
    for (unsigned i = 0; i < WRITERS; i++) {
        if (run->in_transaction[i])
            end_transaction(run, i);
        PQfinish(run->writers[i]);
    }
}

static void start_following(struct run *run)
{
    const struct follower_options options = {.conninfo = fixture_conninfo(FIXTURE_APP),
                                             .server_id = {7},
                                             .poll_ms = 50,
                                             .heartbeat_ms = 200,
                                             .load_connections = 2};

    run->registry = registry_new();
    run->follower = follower_start(run->registry, &options);
    while (!registry_health(run->registry).ready)
        usleep(10000);
}

static unsigned choose_seed(void)
{
    const char *given = getenv("SEED");

    return given != NULL ? (unsigned)strtoul(given, NULL, 10) : (unsigned)clock_wall_us();
}

/* With threads that read all the while. */
static void contend(struct run *run, int64_t seconds)
{
    pthread_t threads[READERS];

    for (int i = 0; i < READERS; i++)
        CHECK(pthread_create(&threads[i], NULL, read_on, run) == 0);
    write_for(run, seconds);
    atomic_store(&run->stop, true);
    for (int i = 0; i < READERS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

static unsigned check_result(struct run *run, PGconn *pq)
{
    struct registry_reader *reader = registry_reader_new(run->registry, NULL);
    unsigned differ = register_db_settle(reader, pq, SETTLE_MS);
    struct registry_health health = registry_health(run->registry);

    printf("%u commits, %u rollbacks, %llu changes followed, %llu workers read: %u differ, %llu"
           " mixed, %llu reloads\n",
           run->commits, run->rollbacks, (unsigned long long)health.changes,
           (unsigned long long)atomic_load(&run->looked), differ,
           (unsigned long long)atomic_load(&run->mixed), (unsigned long long)health.reloads);
    registry_reader_free(reader);
    return differ + (unsigned)atomic_load(&run->mixed) + (unsigned)health.reloads;
}

int main(int argc, char **argv)
{
    struct run run = {.seed = choose_seed()};
    unsigned wrong;
    PGconn *pq;

    setvbuf(stdout, NULL, _IOLBF, 0); /* the fixture forks: nothing may be left to be said twice */
    log_set_level(LOG_ERROR);
    printf("SEED=%u\n", run.seed);
    fixture_open();
    register_db_prepare();
    pq = register_db_connect();
    db_execf(pq, "SELECT test_enrol(1, %d)", WORKERS);
    start_following(&run);
    contend(&run, argc > 1 ? strtol(argv[1], NULL, 10) : SECONDS);
    wrong = check_result(&run, pq);
    PQfinish(pq);
    follower_stop(run.follower);
    registry_free(run.registry);
    fixture_close();
    return wrong == 0 && run.commits > 0 ? 0 : 1;
}
