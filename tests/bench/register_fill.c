/* How fast a register is filled and how much memory a worker takes, beside a plain binary COPY of
 * the same tables to nowhere, in the same run, turn about.
 *
 *     register_fill [workers] [rounds]      on the private PostgreSQL of the tests
 *
 * Reports only. Build it without sanitizers (preset release). */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "register/follower.h"
#include "register/registry_write.h"
#include "support/pg_fixture.h"
#include "support/register_db.h"

enum { WORKERS = 300000, ROUNDS = 3, LOOKUPS = 2000000 };

static PGresult *start_copy(PGconn *pq, const char *table)
{
    char sql[128];
    PGresult *result;

    snprintf(sql, sizeof sql, "COPY %s TO STDOUT (FORMAT binary)", table);
    result = PQexec(pq, sql);
    CHECK(PQresultStatus(result) == PGRES_COPY_OUT);
    return result;
}

static int64_t copy_table(PGconn *pq, const char *table)
{
    char *row;
    int64_t bytes = 0;
    int size;

    PQclear(start_copy(pq, table));
    while ((size = PQgetCopyData(pq, &row, 0)) > 0) {
        bytes += size;
        PQfreemem(row);
    }
    PQclear(PQgetResult(pq));
    CHECK(PQgetResult(pq) == NULL);
    return bytes;
}

static double seconds_of_copy(PGconn *pq, int64_t *bytes)
{
    static const char *const tables[] = {
        "facts", "(SELECT worker_id, name_masked, access_version FROM person)", "engagement",
        "slot"};
    int64_t began_us = clock_monotonic_us();

    *bytes = 0;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        *bytes += copy_table(pq, tables[i]);
    return (double)(clock_monotonic_us() - began_us) / US_PER_SECOND;
}

struct sum {
    uint64_t facts, engaged, name_bytes;
};

static bool add_up(void *arg, const struct worker_view *view)
{
    struct sum *sum = arg;

    sum->facts += view->facts.count;
    sum->engaged += view->engaged_count;
    sum->name_bytes += view->name_masked.bytes;
    return true;
}

/* A lookup whose id depends on the one before, so that nothing overlaps. */
static double nanoseconds_of_lookup(struct registry_reader *reader, int64_t workers)
{
    int64_t id = 1, began_us = clock_monotonic_us(), us;
    struct worker_view view;

    for (int i = 0; i < LOOKUPS; i++) {
        registry_enter(reader);
        CHECK(registry_worker(reader, id, &view));
        id = (int64_t)((uint64_t)(id * 2654435761 + view.facts.version) % (uint64_t)workers) + 1;
        registry_leave(reader);
    }
    us = clock_monotonic_us() - began_us;
    return (double)us * 1000 / LOOKUPS;
}

static void report_contents(struct registry *registry, struct registry_reader *reader,
                            int64_t workers)
{
    struct sum sum = {0};
    double each = (double)workers;

    registry_scan(reader, add_up, &sum);
    printf("%.1f bytes a worker all in, with %.2f facts, %.2f engagements, %.1f bytes of name each;"
           " dependent lookup %.0f ns\n",
           (double)atomic_load(&registry_gauges(registry)->bytes) / each, (double)sum.facts / each,
           (double)sum.engaged / each, (double)sum.name_bytes / each,
           nanoseconds_of_lookup(reader, workers));
}

static double seconds_of_fill(unsigned connections, int64_t workers, bool report)
{
    const struct follower_options options = {.conninfo = fixture_conninfo(FIXTURE_APP),
                                             .server_id = {9},
                                             .poll_ms = 1000,
                                             .heartbeat_ms = 1000,
                                             .load_connections = connections};
    struct registry *registry = registry_new();
    struct registry_reader *reader = registry_reader_new(registry, NULL);
    int64_t began_us = clock_monotonic_us(), us;
    struct follower *follower = follower_start(registry, &options);

    while (!registry_health(registry).ready)
        usleep(1000);
    us = clock_monotonic_us() - began_us;
    CHECK(registry_health(registry).workers == (uint64_t)workers);
    if (report)
        report_contents(registry, reader, workers);
    follower_stop(follower);
    registry_reader_free(reader);
    registry_free(registry);
    return (double)us / US_PER_SECOND;
}

static void enrol(PGconn *pq, int64_t workers)
{
    for (int64_t first = 1; first <= workers; first += 10000)
        db_execf(pq, "SELECT test_enrol(%lld, %lld)", (long long)first,
                 (long long)(first + 9999 < workers ? first + 9999 : workers));
    fixture_exec("VACUUM ANALYZE");
}

int main(int argc, char **argv)
{
    int64_t workers = argc > 1 ? strtoll(argv[1], NULL, 10) : WORKERS, bytes;
    long rounds = argc > 2 ? strtol(argv[2], NULL, 10) : ROUNDS;
    PGconn *pq;

    setvbuf(stdout, NULL, _IOLBF, 0); /* the fixture forks: nothing may be left to be said twice */
    log_set_level(LOG_ERROR);
    fixture_open();
    register_db_prepare();
    pq = register_db_connect();
    enrol(pq, workers);
    for (long round = 0; round < rounds; round++) {
        double copy = seconds_of_copy(pq, &bytes);
        double one = seconds_of_fill(1, workers, round == rounds - 1);
        double two = seconds_of_fill(2, workers, false);

        printf("%lld workers: plain COPY of %.0f MB %.2f s; filled over one connection %.2f s"
               " (%.0f k/s), over two %.2f s (%.0f k/s)\n",
               (long long)workers, (double)bytes / 1e6, copy, one, (double)workers / one / 1000, two,
               (double)workers / two / 1000);
    }
    PQfinish(pq);
    fixture_close();
    return 0;
}
