#include "crash/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "domain/gate.h"

enum { DAY_S = 24 * 3600, DAYS = 300, ZONE_S = 8 * 3600 };
static const int64_t LONG_S = 1000ll * DAY_S;

static const char *const routes[SORTS] = {
    [SORT_EXAM] = "POST /v1/exams",
    [SORT_VIOLATION] = "POST /v1/violations",
    [SORT_ENROLMENT] = "POST /v1/workers",
};

const char *sort_route(enum sort sort)
{
    return routes[sort];
}

struct ledger *ledger_new(const struct cast *cast, unsigned port)
{
    struct ledger *ledger = mmap(NULL, sizeof *ledger, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (ledger == MAP_FAILED)
        abort();
    ledger->cast = cast;
    ledger->port = port;
    ledger->base_s = time(NULL) - (DAYS + 20) * DAY_S;
    return ledger;
}

void ledger_free(struct ledger *ledger)
{
    munmap(ledger, sizeof *ledger);
}

struct entry *ledger_add(struct ledger *ledger, unsigned writer, enum sort sort)
{
    uint32_t number = ledger->writer[writer].count;
    struct entry *entry = &ledger->writer[writer].entry[number];

    if (number == ENTRIES_MAX)
        return NULL;
    *entry = (struct entry){.sort = (uint8_t)sort, .writer = (uint8_t)writer, .number = number,
                            .worker = ledger->cohort[number % COHORT], .at_s = time(NULL)};
    ledger->writer[writer].count = number + 1;
    return entry;
}

unsigned ledger_acknowledged(const struct ledger *ledger)
{
    unsigned count = 0;

    for (unsigned w = 0; w < WRITERS; w++) {
        for (uint32_t i = 0; i < ledger->writer[w].count; i++)
            count += entry_is_acknowledged(&ledger->writer[w].entry[i]);
    }
    return count;
}

bool entry_is_acknowledged(const struct entry *entry)
{
    return entry->status >= 200 && entry->status <= 299 && entry->recorded != RECORDED_NOWHERE;
}

/* -- what it asks --------------------------------------------------------------------------- */

void entry_key(const struct entry *entry, char key[32])
{
    snprintf(key, 32, "crash-%u-%u", entry->writer, entry->number);
}

/* A thousand people a birthday. */
static void birth_of(const struct entry *entry, int *year, int *month, int *day)
{
    unsigned n = (entry->writer * ENTRIES_MAX + entry->number) / 1000;

    *year = 1975 + (int)(n / (12 * 28));
    *month = 1 + (int)(n / 28 % 12);
    *day = 1 + (int)(n % 28);
}

void entry_number(const struct entry *entry, char number[19])
{
    int year, month, day;
    char birth[16];

    birth_of(entry, &year, &month, &day);
    snprintf(birth, sizeof birth, "%04d%02d%02d", year % 10000, month % 100, day % 100);
    cast_number(number, birth, entry->writer * ENTRIES_MAX + entry->number);
}

static void day_at(int64_t seconds, char day[11])
{
    time_t at = (time_t)seconds;
    struct tm tm;

    gmtime_r(&at, &tm);
    strftime(day, 11, "%Y-%m-%d", &tm);
}

void entry_occurred_on(const struct ledger *ledger, const struct entry *entry, char day[11])
{
    day_at(ledger->base_s + (int64_t)(entry->number % DAYS) * DAY_S, day);
}

const char *entry_body(const struct ledger *ledger, const struct entry *entry)
{
    static const char *const conclusions[] = {"no_abnormality", "recheck", "unfit"};
    static const char *const classes[] = {"command", "operation", "discipline"};
    unsigned n = entry->number, turn = n / DAYS;
    char until[11];
    int year, month, day;

    switch ((enum sort)entry->sort) {
    case SORT_EXAM: /* with the day of the exam unlike any other of this writer */
        day_at(ledger->base_s + LONG_S + (int64_t)turn * DAY_S, until);
        return say("{\"conclusion\":\"%s\",\"valid_until\":\"%s\"}", conclusions[n % 3], until);
    case SORT_VIOLATION:
        return say("{\"class\":\"%s\",\"category\":\"7.%02u\",\"severity\":%u,\"site\":%lld}",
                   classes[n % 3], 1 + turn % 9, 1 + n % 4, ledger->cast->site);
    case SORT_ENROLMENT:
        birth_of(entry, &year, &month, &day);
        return say("{\"birth_date\":\"%04d-%02d-%02d\"}", year, month, day);
    default:
        return "{}";
    }
}

static const char *record_request(const struct ledger *ledger, const struct entry *entry)
{
    const char *body = entry_body(ledger, entry);
    char day[11];

    entry_occurred_on(ledger, entry, day);
    return say("{\"worker\":%lld,\"occurred_on\":\"%s\",%s", entry->worker, day, body + 1);
}

static const char *enrolment_request(const struct ledger *ledger, const struct entry *entry)
{
    char number[19];

    entry_number(entry, number);
    return say("{\"name\":\"王建国\",\"document_number\":\"%s\",\"site\":%lld,"
               "\"trade\":\"030\"}",
               number, ledger->cast->site);
}

static const char *pass_request(const struct entry *entry)
{
    time_t at = (time_t)entry->at_s + ZONE_S;
    char text[32];
    struct tm tm;

    gmtime_r(&at, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S+08:00", &tm);
    return say("{\"worker_no\":\"%lld\",\"direction\":\"%s\",\"at\":\"%s\",\"epoch\":%u,"
               "\"seq\":%u}", entry->worker, entry->number % 2 == 0 ? "in" : "out", text,
               entry->writer + 1u, entry->number);
}

static struct http_question question_of(const struct ledger *ledger, const struct entry *entry,
                                        char key[32])
{
    const struct cast *cast = ledger->cast;
    struct http_question q = {.method = "POST", .idempotency = key};

    entry_key(entry, key);
    if (entry->sort == SORT_PASS) {
        q.path = "/v1/gate/check";
        q.key = cast->gate_account.key;
        q.body = pass_request(entry);
        q.idempotency = ""; /* epoch and seq are its key */
        return q;
    }
    q.path = strchr(routes[entry->sort], '/');
    q.key = entry->sort == SORT_EXAM        ? cast->clinic.key
            : entry->sort == SORT_VIOLATION ? cast->safety_officer.key
                                            : cast->contractor.key;
    q.body = entry->sort == SORT_ENROLMENT ? enrolment_request(ledger, entry)
                                           : record_request(ledger, entry);
    return q;
}

/* -- what it was told ----------------------------------------------------------------------- */

static uint64_t hash_of(const char *text)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */

    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return hash;
}

/* Of a gate's answer all that was decided: where the pass rests may change (spool, then database),
 * and the name on the screen is looked up anew. */
static uint64_t hash_of_pass(const struct http_reply *reply)
{
    json_t *decided = json_deep_copy(reply->json);
    uint64_t hash;
    char *text;

    json_object_del(decided, "recorded");
    json_object_del(decided, "name");
    text = json_dumps(decided, JSON_COMPACT | JSON_SORT_KEYS);
    hash = hash_of(text);
    free(text);
    json_decref(decided);
    return hash;
}

static enum recorded recorded_of(const char *name)
{
    return strcmp(name, "db") == 0      ? RECORDED_DB
           : strcmp(name, "spool") == 0 ? RECORDED_SPOOL
                                        : RECORDED_NOWHERE;
}

static void take_pass(struct entry *entry, const struct http_reply *reply)
{
    const char *verdict = reply_text(reply, "verdict");

    entry->recorded = (uint8_t)recorded_of(reply_text(reply, "recorded"));
    entry->verdict = strcmp(verdict, "open") == 0     ? VERDICT_OPEN
                     : strcmp(verdict, "refuse") == 0 ? VERDICT_REFUSE
                                                      : VERDICT_CANNOT_TELL;
    entry->late = strcmp(reply_text(reply, "why"), "late") == 0;
    entry->answer_hash = hash_of_pass(reply);
}

static void take_record(struct entry *entry, const struct http_reply *reply)
{
    entry->recorded = RECORDED_DB;
    entry->worker = reply_int(reply, "worker");
    entry->version = (int32_t)reply_int(reply, "version");
    entry->engagement = (int32_t)reply_int(reply, "engagement");
    entry->answer_hash = hash_of(reply->body);
}

bool entry_ask(const struct ledger *ledger, struct http_client *client, struct entry *entry)
{
    bool was_acknowledged = entry_is_acknowledged(entry), equal = true;
    struct entry before = *entry;
    char key[32];
    struct http_question q = question_of(ledger, entry, key);
    struct http_reply reply = client_ask(client, &q);

    entry->status = (uint16_t)reply.status;
    if (reply.status >= 200 && reply.status <= 299) {
        if (entry->sort == SORT_PASS)
            take_pass(entry, &reply);
        else
            take_record(entry, &reply);
    } else if (reply.status == 0 || strcmp(reply_text(&reply, "code"), "outcome_unknown") == 0) {
        entry->unknown = true;
    } else if (reply.status < 500 && reply.status != 409) {
        fprintf(stderr, "%s was refused: %s\n", q.body, reply.body); /* the harness's own mistake */
        abort();
    }
    if (was_acknowledged && !before.late)
        equal = entry->status == before.status && entry->answer_hash == before.answer_hash;
    if (!equal)
        fprintf(stderr, "%s under key %s: another answer: %d %s\n", q.body, key, reply.status,
                reply.body);
    if (was_acknowledged)
        *entry = before;
    reply_clear(&reply);
    return equal;
}
