#include "support/register_db.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "domain/facts_pack.h"
#include "support/pg_fixture.h"

enum { PRINTED_MAX = 5, LINE_BYTES = 32768 };

static void die(const char *doing, const char *why)
{
    fprintf(stderr, "register_db: %s: %s\n", doing, why);
    abort();
}

static char *read_file(const char *name)
{
    FILE *file = fopen(name, "rb");
    char *text = calloc(1, 1 << 20);

    if (file == NULL || text == NULL || fread(text, 1, (1 << 20) - 1, file) == 0)
        die("reading", name);
    fclose(file);
    return text;
}

static void exec_params(PGconn *pq, const char *sql, int count, const char *const *values)
{
    PGresult *result = PQexecParams(pq, sql, count, NULL, values, NULL, NULL, 0);

    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        die(sql, PQerrorMessage(pq));
    PQclear(result);
}

static void insert_policy(void)
{
    char *document = read_file(JIANAN_SOURCE_DIR "/migrations/policies/default.json");
    PGconn *pq = PQconnectdb(fixture_conninfo(FIXTURE_SUPERUSER));

    exec_params(pq,
                "INSERT INTO policy (number, version, state, document, sha256, account_id)"
                " VALUES (1, 1, 'in_force', $1::jsonb, sha256('\\x00'), 0)",
                1, (const char *const[]){document});
    PQfinish(pq);
    free(document);
}

void register_db_prepare(void)
{
    char *functions = read_file(JIANAN_SOURCE_DIR "/tests/support/register_db.sql");

    fixture_exec(functions);
    free(functions);
    insert_policy();
}

PGconn *register_db_connect(void)
{
    PGconn *pq = PQconnectdb(fixture_conninfo(FIXTURE_APP));

    if (PQstatus(pq) != CONNECTION_OK)
        die("connecting", PQerrorMessage(pq));
    return pq;
}

void db_exec(PGconn *pq, const char *sql)
{
    PGresult *result = PQexec(pq, sql);

    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        die(sql, PQerrorMessage(pq));
    PQclear(result);
}

void db_execf(PGconn *pq, const char *format, ...)
{
    char sql[1024];
    va_list args;
    int bytes;

    va_start(args, format);
    bytes = vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    if (bytes >= (int)sizeof sql)
        die(format, "too long");
    db_exec(pq, sql);
}

static PGresult *query(PGconn *pq, const char *sql)
{
    PGresult *result = PQexec(pq, sql);

    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        die(sql, PQerrorMessage(pq));
    return result;
}

int64_t db_int(PGconn *pq, const char *sql)
{
    PGresult *result = query(pq, sql);
    int64_t value = strtoll(PQgetvalue(result, 0, 0), NULL, 10);

    PQclear(result);
    return value;
}

/* -- comparing: each object as one line of text, from the database and from the register ------------ */

struct comparison {
    struct registry_reader *reader;
    unsigned differ;
    bool quiet;
};

static void compare(struct comparison *c, const char *what, const char *database,
                    const char *registered)
{
    if (strcmp(database, registered) == 0)
        return;
    if (c->differ++ < PRINTED_MAX && !c->quiet)
        fprintf(stderr, "%s differs\n  database: %s\n  register: %s\n", what, database, registered);
}

static void put_hex(struct build *out, const unsigned char *at, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        build_format(out, "%02x", at[i]);
}

static void put_index(struct build *out, uint64_t index)
{
    if (index == INDEX_NONE)
        build_string(out, "-");
    else
        build_format(out, "%" PRIu64, index);
}

static void line_of_worker(struct build *out, const struct registry_reader *reader, int64_t id)
{
    static unsigned char packed[FACTS_PACK_BYTES_MAX];
    struct worker_view view;

    if (!registry_worker(reader, id, &view)) {
        build_string(out, "unknown");
        return;
    }
    put_hex(out, packed, facts_pack(&view.facts, packed));
    build_format(out, "|%" PRIu32 "|%.*s|%d|", view.facts.version, (int)view.name_masked.bytes,
                 view.name_masked.at, view.access_version);
    put_index(out, view.index);
    build_char(out, '|');
    for (unsigned i = 0; i < view.engaged_count; i++) {
        const struct engaged *e = &view.engaged[i];

        build_format(out, "%u:%" PRId64 ":%" PRId64 ":%u:%u:%u:%u;", e->version, e->org_id,
                     e->site_id, e->trade, e->role, e->from, e->until);
    }
}

static void line_of_slot(struct build *out, const struct registry_reader *reader, int64_t index)
{
    struct slot_view slot;

    if (!registry_slot(reader, (uint64_t)index, &slot))
        build_string(out, "unknown");
    else
        build_format(out, "%" PRId64 "|%d|%d", slot.worker_id, slot.badge, slot.is_void);
}

static void line_of_org(struct build *out, const struct registry_reader *reader, int64_t id)
{
    const struct org *org = registry_org(reader, id);

    if (org == NULL)
        build_string(out, "unknown");
    else
        build_format(out, "%d|%.*s|%.*s|%d|%u|%u|%d", org->version, (int)org->name.bytes,
                     org->name.at, (int)org->region.bytes, org->region.at, org->permit,
                     org->permit_until, org->accreditations, org->active);
}

static void line_of_site(struct build *out, const struct registry_reader *reader, int64_t id)
{
    const struct site *site = registry_site(reader, id);

    if (site == NULL) {
        build_string(out, "unknown");
        return;
    }
    build_format(out, "%d|%.*s|%d|%u|%d|", site->version, (int)site->name.bytes, site->name.at,
                 site->state, site->rule.offline_hours, site->rule.yellow_gate == YELLOW_ALLOW);
    for (size_t i = 0; i < site->rectification_count; i++)
        build_format(out, "%" PRId64 ",", site->rectification[i]);
}

static void line_of_device(struct build *out, const struct registry_reader *reader, int64_t id)
{
    const struct device *device = registry_device(reader, id);

    if (device == NULL)
        build_string(out, "unknown");
    else
        build_format(out, "%d|%" PRId64 "|%.*s|%d|%.*s|%d", device->version, device->site_id,
                     (int)device->name.bytes, device->name.at, device->direction,
                     (int)device->zone.bytes, device->zone.at, device->active);
}

/* By the prefix that the database has now. */
static void line_of_account(struct build *out, const struct registry_reader *reader, int64_t prefix)
{
    char text[17];
    const struct account *account;

    snprintf(text, sizeof text, "%012" PRIx64, (uint64_t)prefix);
    account = registry_account(reader, text_of(text));
    if (account == NULL) {
        build_string(out, "unknown");
        return;
    }
    build_format(out, "%" PRId64 "|%d|%.*s|", account->id, account->version,
                 (int)account->label.bytes, account->label.at);
    put_hex(out, account->key_hash, sizeof account->key_hash);
}

static void line_of_policies(struct build *out, const struct registry_reader *reader, int64_t zero)
{
    const struct policy_set *set = registry_policies(reader);

    (void)zero;
    for (size_t i = 0; set != NULL && i < set->count; i++)
        build_format(out, "%u,", set->documents[i]->policy.number);
}

/* In the order of their numbers, whatever the register's. */
static void line_of_keys(struct build *out, const struct registry_reader *reader, int64_t zero)
{
    const struct signing_keys *keys = registry_keys(reader);

    for (int32_t number = 1; keys != NULL && number <= SIGNING_KEYS_MAX; number++) {
        for (unsigned i = 0; i < keys->count; i++) {
            const struct signing_key *key = &keys->keys[i];

            if (key->number == number)
                build_format(out, "%d:%d:%s:%u,", key->number, key->version,
                             signing_state_name(key->state), key->kinds);
        }
    }
    build_format(out, "%" PRIu64, keys != NULL ? keys->trust_sequence : 0);
    (void)zero;
}

static const struct {
    const char *what, *sql; /* key, line */
    void (*line)(struct build *out, const struct registry_reader *reader, int64_t key);
} subjects[] = {
    {"worker",
     "SELECT worker_id, encode(packed, 'hex') || '|' || f.version || '|' || coalesce(name_masked, '')"
     " || '|' || coalesce(access_version, 0) || '|' || coalesce(index::text, '-') || '|' || coalesce("
     "(SELECT string_agg(concat_ws(':', e.version, org_id, site_id, trade, role,"
     " from_day - date '1900-01-01', coalesce(until_day - date '1900-01-01', 65535)) || ';', ''"
     " ORDER BY e.version) FROM engagement e WHERE e.worker_id = f.worker_id), '')"
     " FROM facts f LEFT JOIN person USING (worker_id)"
     " LEFT JOIN (SELECT worker_id, index FROM slot WHERE badge IS NULL) s USING (worker_id)",
     line_of_worker},
    {"slot",
     "SELECT index, worker_id || '|' || (badge IS NOT NULL)::int || '|' || void::int FROM slot",
     line_of_slot},
    {"org",
     "SELECT DISTINCT ON (id) id, concat_ws('|', version, name, region, array_position(ARRAY['none',"
     "'valid','suspended','revoked'], permit_state) - 1, coalesce(permit_until - date '1900-01-01', 0),"
     " (1 << 5) | (1 << 13), (state = 'active')::int) FROM org ORDER BY id, version DESC",
     line_of_org},
    {"site",
     "SELECT DISTINCT ON (id) id, concat_ws('|', version, name, array_position(ARRAY['open','stopped',"
     "'closed'], state), rule->>'offline_hours', (rule->>'yellow_gate' = 'allow')::int,"
     " (SELECT coalesce(string_agg(r || ',', ''), '') FROM unnest(rectification) AS r))"
     " FROM site ORDER BY id, version DESC",
     line_of_site},
    {"device",
     "SELECT DISTINCT ON (id) id, concat_ws('|', version, site_id, name, array_position(ARRAY['in',"
     "'out','both'], direction), zone, (state = 'active')::int) FROM device ORDER BY id, version DESC",
     line_of_device},
    {"account",
     "SELECT DISTINCT ON (id) ('x' || lpad(key_prefix, 16, '0'))::bit(64)::bigint, concat_ws('|', id,"
     " version, label, encode(key_hash, 'hex')) FROM account ORDER BY id, version DESC",
     line_of_account},
    {"policies",
     "SELECT 0, coalesce(string_agg(number || ',', '' ORDER BY number), '') FROM (SELECT DISTINCT ON"
     " (number) number, state FROM policy ORDER BY number, version DESC) p WHERE state IN ('in_force', 'retiring', 'retired')",
     line_of_policies},
    {"keys",
     "SELECT 0, coalesce((SELECT string_agg(concat_ws(':', number, version, state, kinds) || ',', '' ORDER BY"
     " number) FROM (SELECT DISTINCT ON (number) * FROM signing_key ORDER BY number, version DESC) k), '')"
     " || coalesce((SELECT max(sequence) FROM trust_list), 0)",
     line_of_keys},
};

static void compare_subject(struct comparison *c, PGconn *pq, size_t subject)
{
    static char line[LINE_BYTES];
    PGresult *rows = query(pq, subjects[subject].sql);

    registry_enter(c->reader);
    for (int i = 0; i < PQntuples(rows); i++) {
        struct build out = build_over(line, sizeof line - 1);

        subjects[subject].line(&out, c->reader, strtoll(PQgetvalue(rows, i, 0), NULL, 10));
        if (out.full)
            die("comparing", "a line is too long");
        line[out.bytes] = '\0';
        compare(c, subjects[subject].what, PQgetvalue(rows, i, 1), line);
    }
    registry_leave(c->reader);
    PQclear(rows);
}

static bool count_worker(void *arg, const struct worker_view *view)
{
    (void)view;
    ++*(int64_t *)arg;
    return true;
}

/* Nobody is in the register who is not in the database: both have as many. */
static void compare_counts(struct comparison *c, PGconn *pq)
{
    char database[32], registered[32];
    int64_t scanned = 0;

    registry_scan(c->reader, count_worker, &scanned);
    snprintf(database, sizeof database, "%" PRId64, db_int(pq, "SELECT count(*) FROM facts"));
    snprintf(registered, sizeof registered, "%" PRId64, scanned);
    compare(c, "count of workers", database, registered);
}

static unsigned differences(struct registry_reader *reader, PGconn *pq, bool quiet)
{
    struct comparison c = {reader, 0, quiet};

    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++)
        compare_subject(&c, pq, i);
    compare_counts(&c, pq);
    return c.differ;
}

unsigned register_db_differences(struct registry_reader *reader, PGconn *pq)
{
    return differences(reader, pq, false);
}

unsigned register_db_settle(struct registry_reader *reader, PGconn *pq, int64_t timeout_ms)
{
    int64_t until_us = clock_monotonic_us() + timeout_ms * US_PER_MS;

    while (clock_monotonic_us() < until_us) {
        if (differences(reader, pq, true) == 0)
            return 0;
        usleep(20000);
    }
    return differences(reader, pq, false);
}
