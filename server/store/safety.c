/* store/safety.c: see safety.h. The question stands here and not in store/sql, because it is asked
 * before any statement is prepared, of databases that may hold no schema yet. */
#include "store/safety.h"

#include <stdbool.h>
#include <string.h>

/* Every setting is a row with its value as text, so a name that a server does not know is absent. */
const char SAFETY_SQL[] =
    "SELECT name, setting FROM pg_catalog.pg_settings"
    " WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'zero_damaged_pages',"
    " 'ignore_checksum_failure', 'synchronous_standby_names')";

static const struct {
    const char *name, *refused, *expected;
    bool with_standby; /* refused only where a synchronous standby is named */
} rules[] = {
    {"fsync", "off", "on", false},
    {"full_page_writes", "off", "on", false},
    {"synchronous_commit", "off", "on", false},
    {"synchronous_commit", "local", "on | remote_apply", true},
    {"synchronous_commit", "remote_write", "on | remote_apply", true},
    {"zero_damaged_pages", "on", "off", false},
    {"ignore_checksum_failure", "on", "off", false},
};

static const char *setting_of(const PGresult *settings, const char *name)
{
    for (int i = 0; i < PQntuples(settings); i++) {
        if (strcmp(PQgetvalue(settings, i, 0), name) == 0)
            return PQgetvalue(settings, i, 1);
    }
    return "";
}

struct err safety_judge(const PGresult *settings)
{
    bool standby = *setting_of(settings, "synchronous_standby_names") != '\0';

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (rules[i].with_standby && !standby)
            continue;
        if (strcmp(setting_of(settings, rules[i].name), rules[i].refused) == 0)
            return err_field(ERR_UNSAFE_DATABASE, rules[i].name, rules[i].expected);
    }
    if (*setting_of(settings, "fsync") == '\0') /* no answer is no safety */
        return err_field(ERR_UNSAFE_DATABASE, "fsync", "on");
    return OK;
}

struct err safety_check(const char *conninfo, struct arena *arena)
{
    PGconn *pq = PQconnectdb(conninfo);
    PGresult *settings = NULL;
    struct err e;

    CHECK_ALLOCATED(pq);
    if (PQstatus(pq) == CONNECTION_OK)
        settings = PQexec(pq, SAFETY_SQL);
    if (PQresultStatus(settings) == PGRES_TUPLES_OK)
        e = safety_judge(settings);
    else
        e = err_detail(ERR_DATABASE, arena_format(arena, "%s", PQerrorMessage(pq)));
    PQclear(settings);
    PQfinish(pq);
    return e;
}
