#include "support/city.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHINA_S = 8 * 3600, DAY_S = 24 * 3600 };

static long long id_of(struct http_reply reply)
{
    long long id = reply_int(&reply, "id");

    reply_clear(&reply);
    return id;
}

static void done(struct http_reply reply)
{
    reply_clear(&reply);
}

void city_enrol(struct server *server, const char *contractor_key, long long site,
                const char *trade, struct citizen *citizen)
{
    struct http_reply reply = server_must(
        server, "POST", "/v1/workers", contractor_key,
        say("{\"name\":\"%s\",\"document_number\":\"%s\",\"phone\":\"%s\",\"site\":%lld,"
            "\"trade\":\"%s\"}",
            citizen->name, citizen->number, citizen->phone, site, trade));

    citizen->id = reply_int(&reply, "worker");
    reply_clear(&reply);
    cast_phone(server, contractor_key, citizen->id, citizen->key);
}

static struct citizen planted(const char *name, const char *birth, unsigned n)
{
    struct citizen citizen = {0};

    snprintf(citizen.name, sizeof citizen.name, "%s", name);
    snprintf(citizen.phone, sizeof citizen.phone, "199%08u", 71000000u + n);
    cast_number(citizen.number, birth, n);
    return citizen;
}

static void open_neighbour(struct server *server, struct city *city)
{
    struct http_reply reply;

    city->neighbour = cast_account(
        server, "contractor",
        cast_org(server, "contractor", ",\"permit_state\":\"valid\",\"region\":\"320900\""), "");
    city->neighbour_site =
        id_of(server_must(server, "POST", "/v1/sites", server->operator_key,
                          say("{\"name\":\"隔壁工地\",\"region\":\"320902\",\"org\":%lld}",
                              city->neighbour.org)));
    reply = server_must(server, "POST", "/v1/devices", server->operator_key,
                        say("{\"site\":%lld,\"name\":\"西门\",\"direction\":\"both\"}",
                            city->neighbour_site));
    city->neighbour_gate = reply_int(&reply, "id");
    city->neighbour_gate_account = (struct part){.id = reply_int(&reply, "account")};
    snprintf(city->neighbour_gate_account.key, sizeof city->neighbour_gate_account.key, "%s",
             reply_text(&reply, "key"));
    reply_clear(&reply);
}

/* Firms of a region are seen by those in charge of it. */
static void settle(struct server *server, long long org, const char *region)
{
    done(server_must(server, "PATCH", say("/v1/orgs/%lld", org), server->operator_key,
                     say("{\"region\":\"%s\"}", region)));
}

void city_open(struct server *server, struct city *city)
{
    memset(city, 0, sizeof *city);
    cast_open(server, &city->cast);
    open_neighbour(server, city);
    city->other_clinic = cast_account(server, "clinic", cast_org(server, "clinic", ""), "");
    settle(server, city->cast.contractor.org, "320900");
    settle(server, city->cast.other_contractor.org, "410100");
    city->own = planted("欧阳钢筋工", "19900101", 11);
    city->next_door = planted("司徒木工", "19880202", 12);
    city->far = planted("端木架子工", "19850303", 13);
    city_enrol(server, city->cast.contractor.key, city->cast.site, "020", &city->own);
    city_enrol(server, city->neighbour.key, city->neighbour_site, "020", &city->next_door);
    city_enrol(server, city->cast.other_contractor.key, city->cast.other_site, "020", &city->far);
    cast_meet(server, &city->cast.clinic, city->own.number);
    cast_meet(server, &city->other_clinic, city->own.number);
    cast_meet(server, &city->cast.centre, city->own.number);
}

void city_make_green(struct server *server, const struct city *city, long long worker)
{
    const struct cast *cast = &city->cast;

    done(server_must(server, "POST", "/v1/exams", cast->clinic.key,
                     say("{\"worker\":%lld,\"conclusion\":\"no_abnormality\"}", worker)));
    done(server_must(
        server, "POST", "/v1/trainings", cast->centre.key,
        say("[{\"worker\":%lld,\"type\":\"entry_company\",\"hours\":40,\"passed\":true},"
            "{\"worker\":%lld,\"type\":\"entry_project\",\"hours\":40,\"passed\":true},"
            "{\"worker\":%lld,\"type\":\"entry_team\",\"hours\":40,\"passed\":true},"
            "{\"worker\":%lld,\"kind\":\"study\",\"points\":100}]",
            worker, worker, worker, worker)));
    done(server_must(server, "POST", "/v1/trainings", cast->safety_officer.key,
                     say("{\"worker\":%lld,\"type\":\"site_entry\",\"hours\":8,\"passed\":true,"
                         "\"site\":%lld}",
                         worker, cast->site)));
    done(server_must(server, "POST", say("/v1/workers/%lld/records", worker),
                     cast->contractor.key,
                     say("{\"kind\":\"agreement\",\"type\":\"labour_contract\",\"from\":\"%s\"}",
                         city_today())));
}

static bool stands_in(const char *text, const char *value)
{
    char hex[2 * sizeof ((struct citizen *)NULL)->name + 1];
    size_t bytes = strlen(value);

    for (size_t i = 0; i < bytes; i++)
        snprintf(hex + 2 * i, 3, "%02x", (unsigned char)value[i]);
    return strstr(text, value) != NULL || strstr(text, hex) != NULL;
}

const char *city_told_of(const struct citizen *citizen, const char *text)
{
    const char *const values[] = {citizen->name, citizen->number, citizen->phone};

    for (int i = 0; i < 3; i++) {
        if (values[i][0] != '\0' && stands_in(text, values[i]))
            return values[i];
    }
    return NULL;
}

char *city_log(const struct server *server)
{
    FILE *file = fopen(say("%s/log", server->dir), "r");
    char *text = NULL;
    size_t bytes = 0;

    if (file == NULL || getdelim(&text, &bytes, '\0', file) < 0) {
        fputs("city: no log\n", stderr);
        abort();
    }
    fclose(file);
    return text;
}

void city_expect_quiet(struct server *server, const struct city *city)
{
    const struct citizen *const people[] = {&city->own, &city->next_door, &city->far};
    struct http_reply metrics = server_must(server, "GET", "/metrics", NULL, NULL);
    char *log = city_log(server);

    for (int i = 0; i < 3; i++) {
        if (city_told_of(people[i], log) != NULL || city_told_of(people[i], metrics.body) != NULL) {
            fprintf(stderr, "city: person %d stands in the log or in /metrics\n", i);
            abort();
        }
    }
    free(log);
    reply_clear(&metrics);
}

const char *city_now(void)
{
    static char text[32];
    time_t now = time(NULL);
    struct tm tm;

    gmtime_r(&now, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return text;
}

const char *city_day(int days_from_today)
{
    static char texts[4][16];
    static unsigned turn;
    char *text = texts[turn++ % 4];
    time_t then = time(NULL) + CHINA_S + (time_t)days_from_today * DAY_S;
    struct tm tm;

    gmtime_r(&then, &tm);
    strftime(text, 16, "%Y-%m-%d", &tm);
    return text;
}

const char *city_today(void)
{
    return city_day(0);
}
