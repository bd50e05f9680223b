#include "support/cast.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *say(const char *format, ...)
{
    enum { TURNS = 8, BYTES = 4096 };
    static char turns[TURNS][BYTES];
    static unsigned turn;
    char *into = turns[turn++ % TURNS];
    va_list args;

    va_start(args, format);
    if (vsnprintf(into, BYTES, format, args) >= BYTES)
        abort();
    va_end(args);
    return into;
}

static long long id_of(struct http_reply reply)
{
    long long id = reply_int(&reply, "id");

    reply_clear(&reply);
    return id;
}

long long cast_org(struct server *server, const char *kind, const char *more)
{
    return id_of(server_must(server, "POST", "/v1/orgs", server->operator_key,
                             say("{\"kind\":\"%s\",\"name\":\"测试%s\"%s}", kind, kind, more)));
}

static struct part part_of(struct http_reply reply, const char *id, long long org)
{
    struct part part = {.id = reply_int(&reply, id), .org = org};

    snprintf(part.key, sizeof part.key, "%s", reply_text(&reply, "key"));
    if (part.key[0] == '\0')
        abort();
    reply_clear(&reply);
    return part;
}

struct part cast_account(struct server *server, const char *role, long long org, const char *more)
{
    return part_of(server_must(server, "POST", "/v1/accounts", server->operator_key,
                               say("{\"role\":\"%s\",\"org\":%lld,\"label\":\"%s\"%s}", role, org,
                                   role, more)),
                   "id", org);
}

static long long site(struct server *server, const char *region, long long org)
{
    return id_of(server_must(server, "POST", "/v1/sites", server->operator_key,
                             say("{\"name\":\"%s工地\",\"region\":\"%s\",\"org\":%lld}", region,
                                 region, org)));
}

static struct part gate(struct server *server, long long site_id, long long *device)
{
    struct http_reply reply =
        server_must(server, "POST", "/v1/devices", server->operator_key,
                    say("{\"site\":%lld,\"name\":\"东门\",\"direction\":\"both\"}", site_id));

    *device = reply_int(&reply, "id");
    return part_of(reply, "account", 0);
}

static const struct cast *opened;

void cast_open(struct server *server, struct cast *cast)
{
    const char *permit = ",\"permit_state\":\"valid\"";
    long long ministry = cast_org(server, "regulator", ",\"region\":\"320000\"");
    long long other_ministry = cast_org(server, "regulator", ",\"region\":\"410000\"");

    cast->contractor = cast_account(server, "contractor", cast_org(server, "contractor", permit), "");
    cast->other_contractor =
        cast_account(server, "contractor", cast_org(server, "contractor", permit), "");
    cast->clinic = cast_account(server, "clinic", cast_org(server, "clinic", ""), "");
    cast->centre = cast_account(
        server, "training_centre",
        cast_org(server, "training_centre",
                 ",\"accreditations\":[\"entry_company\",\"entry_project\",\"entry_team\"]"),
        "");
    cast->site = site(server, "320900", cast->contractor.org);
    cast->other_site = site(server, "410100", cast->other_contractor.org);
    cast->safety_officer = cast_account(server, "safety_officer", cast->contractor.org,
                                        say(",\"site\":%lld", cast->site));
    cast->inspector = cast_account(server, "inspector", ministry, ",\"region\":\"3209\"");
    cast->regulator = cast_account(server, "regulator", ministry, ",\"region\":\"32\"");
    cast->other_regulator = cast_account(server, "regulator", other_ministry, ",\"region\":\"41\"");
    cast->gate_account = gate(server, cast->site, &cast->gate);
    cast->other_gate_account = gate(server, cast->other_site, &cast->other_gate);
    opened = cast;
}

void cast_meet(struct server *server, const struct part *part, const char *number)
{
    struct http_reply reply =
        server_must(server, "POST", "/v1/workers/find", part->key,
                    say("{\"document_type\":1,\"document_number\":\"%s\"}", number));

    reply_clear(&reply);
}

const char *cast_number(char into[19], const char *birth, unsigned n)
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;

    snprintf(into, 19, "990101%.8s%03u", birth, n % 1000); /* GB 11643; 99 is no region */
    for (int i = 0; i < 17; i++)
        sum += (into[i] - '0') * weights[i];
    into[17] = "10X98765432"[sum % 11];
    into[18] = '\0';
    return into;
}

long long cast_worker(struct server *server, const char *key, const char *name, const char *number,
                      long long site_id, const char *trade)
{
    struct http_reply reply = server_must(
        server, "POST", "/v1/workers", key,
        say("{\"name\":\"%s\",\"document_number\":\"%s\",\"site\":%lld,\"trade\":\"%s\"}", name,
            number, site_id, trade));
    long long id = reply_int(&reply, "worker");

    reply_clear(&reply);
    if (opened != NULL) {
        cast_meet(server, &opened->clinic, number);
        cast_meet(server, &opened->centre, number);
    }
    return id;
}

void cast_enforce(struct server *server, const char *key, long long policy)
{
    const char *path = say("/v1/policies/%lld/state", policy);
    struct http_reply reply = server_ask(server, "POST", path, key, "{\"state\":\"in_force\"}");
    long long gone =
        reply.status == 400 ? strtoll(reply_text(&reply, "errors.0.expected"), NULL, 10) : 0;

    reply_clear(&reply);
    if (gone > 0) {
        reply = server_must(server, "POST", path, key,
                            say("{\"state\":\"in_force\",\"past_days\":%lld}", gone));
        reply_clear(&reply);
    }
}

void cast_phone(struct server *server, const char *contractor_key, long long worker,
                char key[CAST_WORKER_KEY_BYTES])
{
    cast_phone_with(server, contractor_key, worker, CAST_DEVICE_KEY, key);
}

void cast_phone_with(struct server *server, const char *contractor_key, long long worker,
                     const char *device_key, char key[CAST_WORKER_KEY_BYTES])
{
    struct http_reply reply = server_must(
        server, "POST", say("/v1/workers/%lld/invitation", worker), contractor_key, NULL);
    const char *body = say("{\"token\":\"%s\",\"keep\":\"key\",\"device_key\":%s}",
                           reply_text(&reply, "token"), device_key);

    reply_clear(&reply);
    reply = server_must(server, "POST", "/v1/session/worker", NULL, body);
    snprintf(key, CAST_WORKER_KEY_BYTES, "%s", reply_text(&reply, "key"));
    if (key[0] == '\0')
        abort();
    reply_clear(&reply);
}
