#include "clients/sim/city.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "clients/http/reach.h"

/* Two in Jiangsu, under its policy; one outside, where the default policy holds. */
const struct city_site city_sites[SITES] = {
    {"扬州邗江·演示一号工地", "321003",
     "{\"yellow_gate\":\"allow_restricted\",\"zones\":[{\"zone\":\"height\",\"trades\":[30]}]}"},
    {"句容·演示二号工地", "321183", "{\"yellow_gate\":\"deny\"}"},
    {"郑州金水·演示三号工地", "410105",
     "{\"yellow_gate\":\"allow_restricted\",\"passback\":\"flag\"}"},
};
const char *const city_contractors[CONTRACTORS] = {
    "演示劳务一公司（模板、钢筋）", "演示劳务二公司（砌筑、混凝土）", "演示劳务三公司（装饰）",
    "演示劳务四公司（水电、架子）", "演示劳务五公司（综合）",
};

unsigned city_site_of_contractor(unsigned contractor)
{
    static const unsigned sites[CONTRACTORS] = {0, 0, 1, 1, 2};

    return sites[contractor];
}

unsigned city_site_of_gate(unsigned gate)
{
    static const unsigned sites[GATES] = {0, 0, 0, 1, 1, 1, 2, 2};

    return sites[gate];
}

/* 25, 20, 20, 20 and 15 of a hundred. */
unsigned city_contractor_of(unsigned place)
{
    static const unsigned char by_twentieth[20] = {0, 1, 2, 3, 4, 0, 1, 2, 3, 4,
                                                   0, 1, 2, 3, 4, 0, 1, 2, 3, 0};

    return by_twentieth[place % 20];
}

/* -- files ------------------------------------------------------------------------------------------ */

static bool fail(const char *file, const char *why)
{
    fprintf(stderr, "%s: %s\n", file, why);
    return false;
}

static void path_in(const struct city *city, const char *name, char path[PATH_BYTES])
{
    CHECK(snprintf(path, PATH_BYTES, "%s/%s", city->dir, name) < PATH_BYTES);
}

/* Whole or not at all, and for nobody else to read. */
static bool write_json(const struct city *city, const char *name, const json_t *json)
{
    char path[PATH_BYTES], beside[PATH_BYTES + 8];
    int fd;
    bool good;

    path_in(city, name, path);
    snprintf(beside, sizeof beside, "%s.new", path);
    fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(beside, strerror(errno));
    good = json_dumpfd(json, fd, JSON_INDENT(1)) == 0;
    good = close(fd) == 0 && good && rename(beside, path) == 0;
    return good || fail(path, "could not be written");
}

static json_t *read_json(const struct city *city, const char *name)
{
    char path[PATH_BYTES];

    path_in(city, name, path);
    return json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
}

static bool make_dirs(const struct city *city)
{
    char path[PATH_BYTES];

    path_in(city, "keys", path);
    if ((mkdir(city->dir, 0700) != 0 && errno != EEXIST) ||
        (mkdir(path, 0700) != 0 && errno != EEXIST))
        return fail(path, strerror(errno));
    return true;
}

/* -- run.json ------------------------------------------------------------------------------------------ */

static bool begin_run(struct city *city)
{
    char random[IDEMPOTENCY_BYTES];
    json_t *json;
    bool good;

    idempotency_new(random);
    snprintf(city->run, sizeof city->run, "%.16s", random);
    city->today = clock_local_day(clock_wall_us());
    json = json_pack("{s:i, s:s, s:I, s:i, s:i}", "format", 1, "run", city->run, "seed",
                     (json_int_t)city->seed, "day", (int)city->today, "workers",
                     (int)city->worker_count);
    good = write_json(city, "run.json", json);
    json_decref(json);
    return good;
}

static bool take_run(struct city *city, const json_t *run, unsigned asked)
{
    snprintf(city->run, sizeof city->run, "%s", json_string_at(run, "run"));
    city->seed = (uint64_t)json_int_at(run, "seed");
    city->today = (day_t)json_int_at(run, "day");
    city->worker_count = (unsigned)json_int_at(run, "workers");
    if (strlen(city->run) != 16 || city->today == 0 || city->worker_count == 0 ||
        city->worker_count > PEOPLE_MAX)
        return fail("run.json", "内容无效 / cannot be used");
    if (asked != 0 && asked != city->worker_count)
        fprintf(stderr, "%s: %u 名工人，沿用 / goes on with its %u workers\n", city->dir,
                city->worker_count, city->worker_count);
    return true;
}

/* -- city.json ------------------------------------------------------------------------------------------ */

static json_t *ids_of(const int64_t *ids, unsigned count)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < count; i++)
        json_array_append_new(array, json_integer(ids[i]));
    return array;
}

static void take_ids(const json_t *city, const char *name, int64_t *ids, unsigned count)
{
    const json_t *array = json_object_get(city, name);

    for (unsigned i = 0; i < count; i++)
        ids[i] = json_integer_value(json_array_get(array, i));
}

bool city_save(const struct city *city)
{
    json_t *json = json_pack("{s:i, s:I, s:I}", "format", 1, "owner", (json_int_t)city->owner,
                             "regulator", (json_int_t)city->regulator);
    json_t *workers = json_array();
    bool good;

    json_object_set_new(json, "contractors", ids_of(city->contractors, CONTRACTORS));
    json_object_set_new(json, "clinics", ids_of(city->clinics, CLINICS));
    json_object_set_new(json, "centres", ids_of(city->centres, CENTRES));
    json_object_set_new(json, "sites", ids_of(city->sites, SITES));
    json_object_set_new(json, "gates", ids_of(city->gates, GATES));
    for (unsigned i = 0; i < city->worker_count; i++)
        json_array_append_new(workers,
                              json_pack("[I, s]", (json_int_t)city->workers[i].id,
                                        city->workers[i].key));
    json_object_set_new(json, "workers", workers);
    good = write_json(city, "city.json", json);
    json_decref(json);
    return good;
}

static bool take_city(struct city *city, const json_t *json)
{
    const json_t *workers = json_object_get(json, "workers");

    city->owner = json_int_at(json, "owner");
    city->regulator = json_int_at(json, "regulator");
    take_ids(json, "contractors", city->contractors, CONTRACTORS);
    take_ids(json, "clinics", city->clinics, CLINICS);
    take_ids(json, "centres", city->centres, CENTRES);
    take_ids(json, "sites", city->sites, SITES);
    take_ids(json, "gates", city->gates, GATES);
    if (json_array_size(workers) != city->worker_count)
        return fail("city.json", "内容无效 / cannot be used");
    for (unsigned i = 0; i < city->worker_count; i++) {
        const json_t *one = json_array_get(workers, i);
        const char *key = json_string_value(json_array_get(one, 1));

        city->workers[i].id = json_integer_value(json_array_get(one, 0));
        snprintf(city->workers[i].key, sizeof city->workers[i].key, "%s", key != NULL ? key : "");
    }
    return true;
}

bool city_open(struct city *city, const char *dir, uint64_t seed, unsigned workers,
               bool *is_complete)
{
    json_t *run, *complete;
    bool good;

    *city = (struct city){
        .dir = dir, .seed = seed, .worker_count = workers > 0 ? workers : 2000};
    *is_complete = false;
    if (!make_dirs(city))
        return false;
    run = read_json(city, "run.json");
    good = run != NULL ? take_run(city, run, workers) : begin_run(city);
    json_decref(run);
    if (!good)
        return false;
    city->workers = calloc(city->worker_count, sizeof *city->workers);
    CHECK_ALLOCATED(city->workers);
    complete = read_json(city, "city.json");
    good = complete == NULL || take_city(city, complete);
    *is_complete = complete != NULL && good;
    json_decref(complete);
    return good;
}

void city_clear(struct city *city)
{
    free(city->workers);
    city->workers = NULL;
}

/* -- keys -------------------------------------------------------------------------------------------------- */

void city_key_file(const struct city *city, const char *name, unsigned number,
                   char path[PATH_BYTES])
{
    char digits[16] = "";

    if (number != 0)
        snprintf(digits, sizeof digits, "-%u", number);
    CHECK(snprintf(path, PATH_BYTES, "%s/keys/%s%s.key", city->dir, name, digits) < PATH_BYTES);
}

bool city_key(const struct city *city, const char *name, unsigned number, char *key)
{
    char path[PATH_BYTES];

    city_key_file(city, name, number, path);
    return key_read(path, speaks_english(), key);
}

bool city_has_key(const struct city *city, const char *name, unsigned number)
{
    char path[PATH_BYTES];

    city_key_file(city, name, number, path);
    return access(path, R_OK) == 0;
}
