#include "crash/check.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/record.h"
#include "support/pg_fixture.h"

static void die(const char *doing, const char *why)
{
    fprintf(stderr, "check: %s: %s\n", doing, why);
    abort();
}

static void run(PGconn *pq, const char *sql)
{
    PGresult *result = PQexec(pq, sql);

    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        die(sql, PQerrorMessage(pq));
    PQclear(result);
}

static long long ask(PGconn *pq, const char *sql)
{
    PGresult *result = PQexec(pq, sql);
    long long value;

    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1)
        die(sql, PQerrorMessage(pq));
    value = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return value;
}

/* -- the ledger as tables ------------------------------------------------------------------- */

static const char tables[] =
    "CREATE TEMP TABLE told (route text, key text, worker bigint, version int, kind int,"
    " occurred date, body jsonb);"
    "CREATE TEMP TABLE told_pass (gate bigint, epoch int, seq bigint, worker bigint,"
    " direction int, verdict int);";

static void copy_begin(PGconn *pq, const char *sql)
{
    PGresult *result = PQexec(pq, sql);

    if (PQresultStatus(result) != PGRES_COPY_IN)
        die(sql, PQerrorMessage(pq));
    PQclear(result);
}

static void copy_line(PGconn *pq, const char *line)
{
    if (PQputCopyData(pq, line, (int)strlen(line)) != 1)
        die("copying", PQerrorMessage(pq));
}

static void copy_end(PGconn *pq)
{
    PGresult *result;

    if (PQputCopyEnd(pq, NULL) != 1)
        die("copying", PQerrorMessage(pq));
    while ((result = PQgetResult(pq)) != NULL) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            die("copying", PQerrorMessage(pq));
        PQclear(result);
    }
}

/* An enrolment was told of two records: who it is, and the engagement. */
static void copy_record(PGconn *pq, const struct ledger *ledger, const struct entry *entry)
{
    const char *route = sort_route(entry->sort), *body = entry_body(ledger, entry);
    char key[32], day[11];

    entry_key(entry, key);
    entry_occurred_on(ledger, entry, day);
    if (entry->sort == SORT_ENROLMENT) {
        copy_line(pq, say("%s\t%s\t%lld\t1\t%d\t\\N\t%s\n", route, key, entry->worker,
                          RECORD_IDENTITY, body));
        copy_line(pq, say("%s\t%s\t%lld\t%d\t%d\t\\N\t{\"site\":%lld,\"trade\":\"030\"}\n", route,
                          key, entry->worker, entry->engagement, RECORD_ENGAGEMENT,
                          ledger->cast->site));
        return;
    }
    copy_line(pq, say("%s\t%s\t%lld\t%d\t%d\t%s\t%s\n", route, key, entry->worker, entry->version,
                      entry->sort == SORT_EXAM ? RECORD_EXAM : RECORD_VIOLATION, day, body));
}

static void copy_pass(PGconn *pq, const struct ledger *ledger, const struct entry *entry)
{
    copy_line(pq, say("%lld\t%u\t%u\t%lld\t%d\t%d\n", ledger->cast->gate, entry->writer + 1u,
                      entry->number, entry->worker, entry->number % 2 == 0 ? 1 : 2,
                      entry->late ? 0 : entry->verdict));
}

static void copy_entries(PGconn *pq, const struct ledger *ledger, bool passes, bool acknowledged)
{
    copy_begin(pq, passes ? "COPY told_pass FROM STDIN" : "COPY told FROM STDIN");
    for (unsigned w = 0; w < WRITERS; w++) {
        for (uint32_t i = 0; i < ledger->writer[w].count; i++) {
            const struct entry *entry = &ledger->writer[w].entry[i];

            if (entry_is_acknowledged(entry) != acknowledged ||
                (entry->sort == SORT_PASS) != passes)
                continue;
            if (passes)
                copy_pass(pq, ledger, entry);
            else
                copy_record(pq, ledger, entry);
        }
    }
    copy_end(pq);
}

static PGconn *open_tables(const struct ledger *ledger, bool acknowledged)
{
    PGconn *pq = PQconnectdb(fixture_conninfo(FIXTURE_SUPERUSER));

    if (PQstatus(pq) != CONNECTION_OK)
        die("connecting", PQerrorMessage(pq));
    run(pq, tables);
    copy_entries(pq, ledger, false, acknowledged);
    copy_entries(pq, ledger, true, acknowledged);
    return pq;
}

/* -- questions ------------------------------------------------------------------------------ */

static const char lost_records[] =
    "SELECT count(*) FROM told LEFT JOIN record ON worker_id = worker AND record.version ="
    " told.version WHERE worker_id IS NULL";
static const char changed_records[] =
    "SELECT count(*) FROM told JOIN record ON worker_id = worker AND record.version = told.version"
    " WHERE record.kind <> told.kind OR occurred_on <> coalesce(occurred, occurred_on)"
    " OR NOT record.body @> told.body";
static const char forgotten_keys[] =
    "SELECT count(*) FROM told LEFT JOIN idempotency AS i ON i.route = told.route AND i.key ="
    " told.key WHERE i.key IS NULL";
static const char records_told_twice[] =
    "SELECT count(*) - count(DISTINCT (worker, version)) FROM told";
static const char lost_passes[] =
    "SELECT count(*) FROM told_pass LEFT JOIN pass ON gate_id = gate AND pass.epoch ="
    " told_pass.epoch AND pass.seq = told_pass.seq AND told = 0 WHERE gate_id IS NULL";
static const char changed_passes[] =
    "SELECT count(*) FROM told_pass t JOIN pass p ON gate_id = gate AND p.epoch = t.epoch AND"
    " p.seq = t.seq AND told = 0 WHERE worker_id <> worker OR p.direction <> t.direction OR"
    " t.verdict NOT IN (0, p.verdict)";
static const char passes_twice[] =
    "SELECT count(*) FROM (SELECT FROM pass WHERE told = 0 GROUP BY gate_id, epoch, seq"
    " HAVING count(*) > 1) AS twice";
/* What was not told although everything was told: a key that acted twice. */
static const char records_untold[] =
    "SELECT count(*) FROM record LEFT JOIN told ON worker = worker_id AND told.version ="
    " record.version WHERE worker IS NULL";
static const char passes_untold[] =
    "SELECT count(*) FROM pass p LEFT JOIN told_pass t ON gate_id = gate AND p.epoch = t.epoch AND"
    " p.seq = t.seq WHERE told = 0 AND gate IS NULL";
static const char keys_and_audit[] =
    "SELECT abs((SELECT count(*) FROM audit WHERE action = 'record.post') -"
    " (SELECT count(*) FROM idempotency WHERE route IN ('POST /v1/exams', 'POST /v1/violations')))";
static const char persons_untold[] =
    "SELECT count(*) FROM person WHERE NOT EXISTS (SELECT FROM told WHERE worker = worker_id)";
static const char broken_versions[] =
    "SELECT count(*) FROM (SELECT FROM record LEFT JOIN facts USING (worker_id) GROUP BY worker_id,"
    " facts.version HAVING count(*) <> max(record.version) OR facts.version IS DISTINCT FROM"
    " max(record.version)) AS broken";

struct findings check_ledger(const struct ledger *ledger, bool settled)
{
    PGconn *pq = open_tables(ledger, true);
    struct findings f = {
        .records = ask(pq, "SELECT count(DISTINCT (route, key)) FROM told"),
        .passes = ask(pq, "SELECT count(*) FROM told_pass"),
        .lost = ask(pq, lost_records) + ask(pq, lost_passes),
        .changed = ask(pq, changed_records) + ask(pq, changed_passes),
        .forgotten = ask(pq, forgotten_keys),
        .twice = ask(pq, records_told_twice) + ask(pq, passes_twice),
        .broken = ask(pq, broken_versions),
    };

    if (settled)
        f.twice += ask(pq, records_untold) + ask(pq, passes_untold) + ask(pq, keys_and_audit) +
                   ask(pq, persons_untold);
    PQfinish(pq);
    return f;
}

long long check_kept(const struct ledger *ledger)
{
    PGconn *pq = open_tables(ledger, false);
    long long kept =
        ask(pq, "SELECT count(DISTINCT (told.route, told.key)) FROM told JOIN idempotency AS i ON"
                " i.route = told.route AND i.key = told.key") +
        ask(pq, "SELECT count(*) FROM told_pass t JOIN pass p ON gate_id = gate AND p.epoch ="
                " t.epoch AND p.seq = t.seq AND told = 0");

    PQfinish(pq);
    return kept;
}
