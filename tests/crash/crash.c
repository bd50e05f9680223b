/* crash: kill -9 under load, and look whether anything that was acknowledged is gone.
 *
 *     crash server|database [ROUNDS]   nothing may be lost, nothing may act twice
 *     crash unsafe [ROUNDS]            the same with synchronous_commit=off: something must be
 *                                      lost, and found missing, or the other two prove nothing
 *
 * A round: eight writers, each a process with a connection of its own, post exams, violations,
 * enrolments and gate checks as fast as they are answered. At a random moment the server, or every
 * process of PostgreSQL, is killed. It is started again; what was not acknowledged is asked again
 * under the same key, and so are the last few acknowledged of each writer, which must be answered
 * as before. Then the whole ledger is compared with the database.
 *
 * ROUNDS is 10, or JIANAN_CRASH_ROUNDS. The seed is printed; SEED=n replays its moments. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crash/check.h"
#include "crash/ledger.h"
#include "support/pg_fixture.h"

enum {
    ROUNDS = 10,
    FIRST_MS = 100, /* load before the kill, once enough was acknowledged */
    SPREAD_MS = 500,
    ENOUGH = 40,
    PATIENCE_MS = 30000,
    SETTLE_TRIES = 400,
    AGAIN = 5 /* acknowledged entries of each writer that are asked again */
};

enum victim { VICTIM_SERVER, VICTIM_DATABASE, VICTIM_UNSAFE, VICTIMS };
static const char *const victim_names[VICTIMS] = {"server", "database", "unsafe"};

/* A commit that is not waited for is lost while it lies in PostgreSQL's own memory. */
static const char *const database_settings[VICTIMS] = {
    "", "", "-c synchronous_commit=off -c wal_writer_delay=10s"};

static struct cluster cluster;
static struct server server;
static struct cast cast;
static struct ledger *ledger;
static uint64_t random_state;
static pid_t writers[WRITERS];

struct totals {
    long long acknowledged, spooled, unknown, refused, kept, repeated, unequal;
};
static struct totals totals;

static const enum sort sorts[WRITERS] = {SORT_EXAM,      SORT_EXAM,      SORT_VIOLATION,
                                         SORT_VIOLATION, SORT_ENROLMENT, SORT_ENROLMENT,
                                         SORT_PASS,      SORT_PASS};

static void die(const char *what)
{
    fprintf(stderr, "crash: %s\n", what);
    abort();
}

/* splitmix64 */
static uint64_t random_next(void)
{
    uint64_t z = random_state += 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static void pause_ms(int64_t ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* -- writers -------------------------------------------------------------------------------- */

/* One process each, so that a connection's bytes are its own. Ends when told to, or when the server
 * is gone; a database that is away is asked again, a little slower. */
static void write_until_stopped(unsigned number)
{
    struct http_client client;
    struct entry *entry;

    client_open(&client, ledger->port);
    while (!ledger->stop && (entry = ledger_add(ledger, number, sorts[number])) != NULL) {
        entry_ask(ledger, &client, entry);
        entry->first_status = entry->status;
        if (entry->status == 0)
            break;
        if (!entry_is_acknowledged(entry))
            pause_ms(10);
    }
    client_close(&client);
}

static void start_writers(void)
{
    ledger->stop = false;
    for (unsigned i = 0; i < WRITERS; i++) {
        writers[i] = fork();
        if (writers[i] < 0)
            die("fork");
        if (writers[i] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            write_until_stopped(i);
            _exit(0);
        }
    }
}

static void join_writers(void)
{
    int status;

    ledger->stop = true;
    for (unsigned i = 0; i < WRITERS; i++) {
        if (waitpid(writers[i], &status, 0) != writers[i] || status != 0)
            die("a writer failed");
    }
}

/* -- a round -------------------------------------------------------------------------------- */

/* The round's clinic has seen their documents; asking it thirty times a minute would be the limit. */
static void meet(long long worker)
{
    char sql[128];

    snprintf(sql, sizeof sql, "INSERT INTO shown_document (org_id, worker_id) VALUES (%lld, %lld)",
             cast.clinic.org, worker);
    fixture_exec(sql);
}

static void enrol_cohort(void)
{
    for (unsigned i = 0; i < COHORT; i++) {
        struct entry *entry = ledger_add(ledger, WRITERS - 3, SORT_ENROLMENT);

        if (entry == NULL)
            die("the ledger is full");
        entry_ask(ledger, &server.client, entry);
        entry->first_status = entry->status;
        if (!entry_is_acknowledged(entry))
            die("nobody could be enrolled before the round");
        ledger->cohort[i] = entry->worker;
        meet(entry->worker);
    }
}

static void wait_for_load(unsigned acknowledged_before)
{
    for (int waited = 0; waited < PATIENCE_MS; waited += 5) {
        if (ledger_acknowledged(ledger) >= acknowledged_before + ENOUGH) {
            pause_ms(FIRST_MS + (int64_t)(random_next() % SPREAD_MS));
            return;
        }
        pause_ms(5);
    }
    die("too little was acknowledged before the kill");
}

static bool metric_is_zero(const char *name)
{
    struct http_reply reply = client_ask(
        &server.client, &(struct http_question){.method = "GET", .path = "/metrics"});
    const char *at = reply.body != NULL ? strstr(reply.body, name) : NULL;
    bool zero = at != NULL && strtod(at + strlen(name), NULL) == 0;

    reply_clear(&reply);
    return zero;
}

static bool is_ready(void)
{
    struct http_reply reply =
        client_ask(&server.client, &(struct http_question){.method = "GET", .path = "/readyz"});
    bool ready = reply.status == 200;

    reply_clear(&reply);
    return ready;
}

static bool is_calm(void)
{
    return is_ready() && metric_is_zero("\njianan_passes_waiting ");
}

static void wait_until(bool (*holds)(void))
{
    for (int waited = 0; waited < PATIENCE_MS; waited += 20) {
        if (holds())
            return;
        pause_ms(20);
    }
    die("it does not become ready again, or its spool does not drain");
}

static void kill_server(void)
{
    server_kill(&server);
    join_writers();
    server_start_again(&server);
}

static void kill_database(enum victim victim)
{
    cluster_kill(&cluster);
    pause_ms((int64_t)(random_next() % 200));
    cluster_start(&cluster, database_settings[victim]);
    wait_until(is_ready); /* under load: what it finds at its return counts, too */
    pause_ms(FIRST_MS);
    join_writers();
}

/* What this round's writers were told at first. */
static void count_round(const uint32_t *began)
{
    for (unsigned w = 0; w < WRITERS; w++) {
        for (uint32_t i = began[w]; i < ledger->writer[w].count; i++) {
            const struct entry *entry = &ledger->writer[w].entry[i];

            totals.acknowledged += entry_is_acknowledged(entry);
            totals.spooled += entry->recorded == RECORDED_SPOOL;
            totals.unknown += entry->unknown;
            totals.refused += !entry_is_acknowledged(entry) && !entry->unknown;
        }
    }
    totals.kept += check_kept(ledger);
}

static void settle(struct entry *entry)
{
    for (int i = 0; i < SETTLE_TRIES && !entry_is_acknowledged(entry); i++) {
        entry_ask(ledger, &server.client, entry);
        totals.repeated++;
        if (!entry_is_acknowledged(entry))
            pause_ms(25);
    }
    if (!entry_is_acknowledged(entry))
        die("a repeated request is never acknowledged");
}

static void settle_round(const uint32_t *began)
{
    for (unsigned w = 0; w < WRITERS; w++) {
        uint32_t count = ledger->writer[w].count, told = 0;

        for (uint32_t i = count; i > began[w]; i--) {
            struct entry *entry = &ledger->writer[w].entry[i - 1];

            if (!entry_is_acknowledged(entry))
                settle(entry);
            else if (told++ < AGAIN)
                totals.unequal += !entry_ask(ledger, &server.client, entry);
        }
    }
    wait_until(is_calm);
}

static struct findings run_round(enum victim victim)
{
    uint32_t began[WRITERS];
    unsigned before;

    enrol_cohort();
    for (unsigned w = 0; w < WRITERS; w++)
        began[w] = ledger->writer[w].count;
    before = ledger_acknowledged(ledger);
    start_writers();
    wait_for_load(before);
    if (victim == VICTIM_SERVER)
        kill_server();
    else
        kill_database(victim);
    wait_until(is_calm);
    count_round(began);
    if (victim != VICTIM_UNSAFE)
        settle_round(began);
    return check_ledger(ledger, victim != VICTIM_UNSAFE);
}

/* -- all rounds ----------------------------------------------------------------------------- */

static void open_all(enum victim victim)
{
    static const char *const settings[VICTIMS][3] = {
        {"--key_requests_per_s=100000", NULL},
        {"--key_requests_per_s=100000", NULL},
        {"--key_requests_per_s=100000", "--unsafe_database=1", NULL}};

    cluster_init(&cluster);
    cluster_start(&cluster, database_settings[victim]);
    fixture_open_on(cluster.dir);
    server_start(&server, settings[victim]);
    cast_open(&server, &cast);
    ledger = ledger_new(&cast, server.port);
}

static void close_all(void)
{
    server_stop(&server);
    fixture_close();
    cluster_clear(&cluster);
    ledger_free(ledger);
}

static void print_round(int round, const struct findings *f)
{
    printf("round %d: %lld records and %lld passes acknowledged in all: %lld lost, %lld changed,"
           " %lld keys forgotten, %lld twice, %lld workers broken\n",
           round, f->records, f->passes, f->lost, f->changed, f->forgotten, f->twice, f->broken);
    fflush(stdout);
}

static void print_totals(enum victim victim, int rounds, uint64_t seed)
{
    printf("kill -9 of the %s, %d rounds, seed %llu: %lld acknowledged at once (%lld in the spool),"
           " %lld unknown, %lld refused; of those not acknowledged %lld were kept; %lld repeated;"
           " %lld answered otherwise than before\n",
           victim == VICTIM_SERVER ? "server" : "database", rounds, (unsigned long long)seed,
           totals.acknowledged, totals.spooled, totals.unknown, totals.refused, totals.kept,
           totals.repeated, totals.unequal);
    fflush(stdout);
}

static bool is_missing(const struct findings *f)
{
    return f->lost + f->changed + f->forgotten > 0;
}

static bool is_sound(const struct findings *f)
{
    return !is_missing(f) && f->twice == 0 && f->broken == 0;
}

/* Safe settings: every round is sound. Unsafe ones: until something is missing. */
static int run(enum victim victim, int rounds, uint64_t seed)
{
    bool sound = true, missing = false;
    int round;

    random_state = seed;
    printf("SEED=%llu\n", (unsigned long long)seed);
    fflush(stdout); /* before anything forks */
    open_all(victim);
    for (round = 1; round <= rounds && sound && !missing; round++) {
        struct findings f = run_round(victim);

        print_round(round, &f);
        sound = is_sound(&f) || victim == VICTIM_UNSAFE;
        missing = is_missing(&f) && victim == VICTIM_UNSAFE;
    }
    print_totals(victim, round - 1, seed);
    close_all();
    if (victim == VICTIM_UNSAFE) {
        puts(missing ? "the loss was noticed, as it must be" : "NO LOSS WAS NOTICED");
        return !missing;
    }
    if (totals.unknown == 0)
        puts("NOTHING WAS UNDER WAY WHEN IT DIED: this proves nothing");
    return !sound || totals.unequal > 0 || totals.unknown == 0;
}

static enum victim victim_of(const char *name)
{
    for (int v = 0; v < VICTIMS; v++) {
        if (strcmp(name, victim_names[v]) == 0)
            return (enum victim)v;
    }
    return VICTIMS;
}

int main(int argc, char **argv)
{
    enum victim victim = argc >= 2 ? victim_of(argv[1]) : VICTIMS;
    const char *rounds = argc >= 3 ? argv[2] : getenv("JIANAN_CRASH_ROUNDS");
    const char *seed = getenv("SEED");

    if (victim == VICTIMS) {
        fputs("crash server|database|unsafe [ROUNDS]\n", stderr);
        return 2;
    }
    return run(victim, rounds != NULL ? (int)strtol(rounds, NULL, 10) : ROUNDS,
               seed != NULL ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL));
}
