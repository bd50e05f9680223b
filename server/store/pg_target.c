/* store/pg_target.c: where a connection attempt goes, and with which session settings.
 *
 * libpq would try several hosts by itself, but its connect_timeout does not count when one polls,
 * so a first host that swallows packets would be waited for over and over. Each attempt therefore
 * goes to one host, the next one to the next. A host that is not the primary is refused by
 * target_session_attrs. Host names are resolved by libpq, which blocks: give hostaddr, a unix
 * socket's folder, or names that /etc/hosts knows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/pg_private.h"

/* statement_timeout and lock_timeout end before our own timer: they tell for certain that nothing
 * was kept, while ours can only drop the connection. */
static char *session_options(const char *given, int64_t batch_ms)
{
    char *options;
    int bytes =
        asprintf(&options,
                 "%s -c statement_timeout=%lld -c lock_timeout=%lld"
                 " -c idle_in_transaction_session_timeout=%lld -c search_path=public,pg_temp"
                 " -c TimeZone=UTC",
                 given != NULL ? given : "", (long long)(batch_ms * 3 / 4),
                 (long long)(batch_ms / 2), (long long)(batch_ms * 2));

    CHECK(bytes > 0);
    return options;
}

/* "a,b,c" -> three strings of their own; the count. */
static unsigned split(const char *from, char *into[PG_HOSTS_MAX])
{
    struct text rest = text_of(from);
    unsigned count = 0;

    if (from == NULL)
        return 0;
    while (rest.at != NULL) {
        struct text one = text_cut(rest, ',', &rest);

        CHECK(count < PG_HOSTS_MAX);
        into[count] = strndup(one.at, one.bytes);
        CHECK_ALLOCATED(into[count]);
        count++;
    }
    return count;
}

/* One port for all hosts, or one each (libpq-connect, 34.1.1.3). */
static void spread_port(struct pg_target *target, unsigned ports)
{
    if (ports != 1)
        return;
    for (unsigned i = 1; i < target->host_count; i++) {
        target->ports[i] = strdup(target->ports[0]);
        CHECK_ALLOCATED(target->ports[i]);
    }
}

void target_init(struct pg_target *target, const char *conninfo, int64_t batch_ms)
{
    PQconninfoOption *given = PQconninfoParse(conninfo, NULL), *o;
    const char *options = NULL;
    unsigned hosts = 0, addresses = 0, ports = 0;

    CHECK(given != NULL); /* the settings were checked (safety_check) */
    *target = (struct pg_target){.conninfo = strdup(conninfo)};
    CHECK_ALLOCATED(target->conninfo);
    for (o = given; o->keyword != NULL; o++) {
        if (strcmp(o->keyword, "host") == 0)
            hosts = split(o->val, target->hosts);
        else if (strcmp(o->keyword, "hostaddr") == 0)
            addresses = split(o->val, target->hostaddrs);
        else if (strcmp(o->keyword, "port") == 0)
            ports = split(o->val, target->ports);
        else if (strcmp(o->keyword, "options") == 0)
            options = o->val;
    }
    target->options = session_options(options, batch_ms);
    target->host_count = hosts > addresses ? hosts : addresses;
    if (target->host_count == 0)
        target->host_count = 1; /* PGHOST or the default socket */
    spread_port(target, ports);
    PQconninfoFree(given);
}

void target_clear(struct pg_target *target)
{
    for (unsigned i = 0; i < PG_HOSTS_MAX; i++) {
        free(target->hosts[i]);
        free(target->hostaddrs[i]);
        free(target->ports[i]);
    }
    free(target->conninfo);
    free(target->options);
}

PGconn *target_connect_start(const struct pg_target *target, unsigned host)
{
    const char *keywords[12] = {"dbname", "target_session_attrs", "options", "client_encoding",
                                "fallback_application_name"};
    const char *values[12] = {target->conninfo, "read-write", target->options, "UTF8",
                              "jianan-server"};
    const struct {
        const char *keyword, *value;
    } one_host[] = {{"host", target->hosts[host]},
                    {"hostaddr", target->hostaddrs[host]},
                    {"port", target->ports[host]}};
    size_t n = 5;

    for (size_t i = 0; i < 3; i++) {
        if (one_host[i].value == NULL)
            continue;
        keywords[n] = one_host[i].keyword;
        values[n++] = one_host[i].value;
    }
    return PQconnectStartParams(keywords, values, 1);
}
