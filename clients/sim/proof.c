#include "clients/sim/proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "base/clock.h"
#include "clients/sim/talk.h"

enum { LOOKS = 12, PAUSE_MS = 500, PAGE = 500, TIMES_MAX = 200 };

/* How often each pass of this morning was found. */
struct finding {
    const struct morning *morning;
    unsigned char *times[GATES];
};

static void count_row(struct finding *f, const json_t *row)
{
    const struct morning *m = f->morning;
    int64_t gate = json_int_at(row, "gate"), seq = json_int_at(row, "seq");

    for (unsigned g = 0; g < m->gate_count; g++) {
        if (m->gates[g].id == gate && json_int_at(row, "epoch") == m->gates[g].epoch && seq >= 0 &&
            seq < SCANS_MAX && !json_is_true(json_object_get(row, "told_otherwise")) &&
            f->times[g][seq] < TIMES_MAX)
            f->times[g][seq]++;
    }
}

static bool read_page(struct finding *f, struct client *client, const char *key, int64_t site,
                      char after[64])
{
    struct civil day = day_to_civil(clock_local_day(
        (int64_t)f->morning->gates[0].epoch * US_PER_SECOND)); /* the day on which it began */
    char path[256];
    json_t *page;
    const json_t *row;
    size_t i;

    snprintf(path, sizeof path, "/v1/passes?site=%lld&day=%04d-%02d-%02d&limit=%d%s%s",
             (long long)site, day.year, day.month, day.day, PAGE, after[0] != '\0' ? "&after=" : "",
             after);
    page = talk_read(client, key, path);
    if (page == NULL)
        return false;
    json_array_foreach(json_object_get(page, "items"), i, row) {
        count_row(f, row);
    }
    snprintf(after, 64, "%s", json_string_at(page, "next"));
    json_decref(page);
    return true;
}

static bool read_site(struct finding *f, struct client *client, unsigned site)
{
    char key[CLIENT_KEY_BYTES_MAX + 1], after[64];

    if (!city_key(f->morning->city, "safety", site + 1, key))
        return false;
    after[0] = '\0';
    do {
        if (!read_page(f, client, key, f->morning->city->sites[site], after))
            return false;
    } while (after[0] != '\0');
    return true;
}

static struct proof compare(const struct finding *f)
{
    struct proof proof = {0};

    for (unsigned g = 0; g < f->morning->gate_count; g++) {
        for (unsigned seq = 0; seq < SCANS_MAX; seq++) {
            bool acknowledged = atomic_load(&f->morning->acknowledged[g][seq]) != 0;

            proof.acknowledged += acknowledged;
            proof.found += f->times[g][seq] > 0;
            proof.missing += acknowledged && f->times[g][seq] == 0;
            proof.twice += f->times[g][seq] > 1;
        }
    }
    return proof;
}

static bool look(const struct morning *m, struct client *client, struct proof *proof)
{
    struct finding f = {.morning = m};
    bool good = true;

    for (unsigned g = 0; g < m->gate_count; g++) {
        f.times[g] = calloc(SCANS_MAX, 1);
        CHECK_ALLOCATED(f.times[g]);
    }
    for (unsigned site = 0; site < SITES && good; site++)
        good = read_site(&f, client, site);
    *proof = compare(&f);
    for (unsigned g = 0; g < m->gate_count; g++)
        free(f.times[g]);
    return good && proof->missing == 0 && proof->twice == 0;
}

bool proof_of(const struct morning *morning, struct proof *proof)
{
    struct client *client = reach_client(morning->reach);
    bool good = false;

    *proof = (struct proof){0};
    for (int i = 0; client != NULL && i < LOOKS && !good; i++) {
        if (i > 0)
            nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
        good = look(morning, client, proof);
        if (proof->twice > 0)
            break;
    }
    client_free(client);
    return good;
}
