#include "clients/sim/seed.h"

#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "clients/cli/exit.h"
#include "clients/http/screen.h"
#include "clients/sim/lane.h"
#include "clients/sim/options.h"
#include "clients/sim/setup.h"

enum { PHONES = 600, WATCH_MS = 100 };

static bool run_lanes(struct city *city, const struct reach *reach)
{
    _Atomic uint64_t done = 0;
    struct lane lanes[CONTRACTORS] = {0};
    pthread_t threads[CONTRACTORS];
    uint64_t all = lane_work(city, PHONES);
    struct bar bar = bar_start("工人入场 / workers", all);
    bool good = true;

    for (unsigned i = 0; i < CONTRACTORS; i++) {
        lanes[i] = (struct lane){
            .city = city, .reach = reach, .contractor = i, .phones = PHONES, .done = &done};
        CHECK(pthread_create(&threads[i], NULL, lane_run, &lanes[i]) == 0);
    }
    for (unsigned i = 0; i < CONTRACTORS; i++) {
        while (pthread_tryjoin_np(threads[i], NULL) != 0) {
            nanosleep(&(struct timespec){.tv_nsec = WATCH_MS * 1000000L}, NULL);
            bar_move(&bar, atomic_load(&done));
        }
        good = good && lanes[i].good;
    }
    bar_end(&bar, atomic_load(&done));
    return good;
}

/* The phone of one of the green, for trying things by hand. */
static void keep_one_phone(const struct city *city)
{
    char file[PATH_BYTES];

    for (unsigned i = 0; i < city->worker_count; i++) {
        struct person p;

        person_make(&p, city->seed, i, city->today);
        if (city->workers[i].key[0] == '\0' || p.flaw != FLAW_NONE || p.age > 50 || p.age < 19)
            continue;
        city_key_file(city, "worker", 0, file);
        if (!key_write(file, city->workers[i].key))
            perror(file);
        return;
    }
}

static void tell(const struct city *city, bool was_there, int64_t took_us)
{
    if (was_there)
        printf("城市已在 %s，沿用 / the city is there already\n", city->dir);
    printf("%d 个工地，%d 家劳务企业，%d 台闸机，%u 名工人"
           " / sites, contractors, gates, workers\n",
           SITES, CONTRACTORS, GATES, city->worker_count);
    if (!was_there)
        printf("用时 / took %.1f s\n", (double)took_us / US_PER_SECOND);
}

static int seed(struct city *city, struct reach *reach)
{
    struct client *client = reach_client(reach);
    int64_t started_us = clock_monotonic_us();
    bool good = client != NULL && reach_key(reach) && setup_city(city, client, reach) &&
                run_lanes(city, reach) && city_save(city);

    client_free(client);
    if (!good)
        return CLI_REFUSED;
    keep_one_phone(city);
    tell(city, false, clock_monotonic_us() - started_us);
    return CLI_DONE;
}

int seed_main(int argc, char **argv)
{
    struct sim_options options;
    struct city city;
    bool is_complete;
    int status = sim_options_read(argc, argv, SIM_SEED, &options);

    if (status != CLI_DONE)
        return status;
    if (!city_open(&city, options.state, options.seed, options.workers, &is_complete)) {
        city_clear(&city);
        return CLI_INPUT;
    }
    if (is_complete)
        tell(&city, true, 0);
    else
        status = seed(&city, &options.reach);
    city_clear(&city);
    return status;
}
