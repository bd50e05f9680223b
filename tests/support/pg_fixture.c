#include "support/pg_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

#define TEMPLATE_LOCK "SELECT pg_advisory_lock(7021440122)"

static struct cluster own; /* when nobody gave us one */
static char socket_dir[108], database[96], infos[3][256];
static const char *const users[] = {"jianan_owner", "jianan_app", "postgres"};

static void die(const char *doing, const char *why)
{
    fprintf(stderr, "pg_fixture: %s: %s\n", doing, why);
    abort();
}

static PGconn *connect_to(const char *db)
{
    char info[256];
    struct build out = build_over(info, sizeof info);
    PGconn *pq;

    build_format(&out,
                 "host=%s dbname=%s user=postgres"
                 " options='-c client_min_messages=warning -c default_transaction_read_only=off"
                 " -c synchronous_commit=local'",
                 socket_dir, db);
    pq = PQconnectdb(info);
    if (PQstatus(pq) != CONNECTION_OK)
        die("connecting", PQerrorMessage(pq));
    return pq;
}

static void exec_on(PGconn *pq, const char *sql)
{
    PGresult *result = PQexec(pq, sql);
    ExecStatusType status = PQresultStatus(result);

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        die(sql, PQerrorMessage(pq));
    PQclear(result);
}

static int64_t query_int_on(PGconn *pq, const char *sql)
{
    PGresult *result = PQexec(pq, sql);
    int64_t value;

    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1)
        die(sql, PQerrorMessage(pq));
    value = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return value;
}

__attribute__((format(printf, 2, 3))) static void exec_format(PGconn *pq, const char *format, ...)
{
    char sql[512];
    va_list args;

    va_start(args, format);
    if (vsnprintf(sql, sizeof sql, format, args) >= (int)sizeof sql)
        die(format, "too long");
    va_end(args);
    exec_on(pq, sql);
}

/* -- the cluster ------------------------------------------------------------------------------ */

static const char *script(void)
{
    return JIANAN_SOURCE_DIR "/tests/support/postgres.sh";
}

static pid_t spawn(const char *verb, const char *dir, const char *settings, const char *log)
{
    pid_t pid = fork();

    if (pid < 0)
        die("fork", "failed");
    if (pid > 0)
        return pid;
    closefrom(3); /* Criterion waits for the last holder of its pipes */
    setenv("PG_EXTRA", settings, 1);
    setenv("PG_DEATH", "QUIT", 1);
    if (freopen(log, "a", stdout) == NULL || freopen(log, "a", stderr) == NULL)
        _exit(127);
    execl(script(), script(), verb, dir, (char *)NULL);
    _exit(127);
}

/* A test that crashes or times out runs no .fini: this process notices its end and cleans up. */
static void leave_janitor(const char *dir)
{
    int ends[2];
    char byte;
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) != 0)
        die("pipe", dir);
    pid = fork();
    if (pid < 0)
        die("fork", dir);
    if (pid > 0) {
        close(ends[0]); /* the other end stays open as long as this process lives */
        return;
    }
    setsid();
    dup2(ends[0], 0);
    closefrom(1);
    if (read(0, &byte, 1) == 0 && access(dir, F_OK) == 0)
        execl(script(), script(), "remove", dir, (char *)NULL);
    _exit(0);
}

void cluster_init(struct cluster *cluster)
{
    *cluster = (struct cluster){.dir = "/tmp/jianan-test-XXXXXX"};
    if (mkdtemp(cluster->dir) == NULL)
        die("mkdtemp", cluster->dir);
    leave_janitor(cluster->dir);
}

static bool is_answering(const char *dir)
{
    char info[128];
    struct build out = build_over(info, sizeof info);

    build_format(&out, "host=%s dbname=postgres user=postgres", dir);
    return PQping(info) == PQPING_OK;
}

void cluster_start(struct cluster *cluster, const char *settings)
{
    char log[96];
    struct build out = build_over(log, sizeof log);

    build_format(&out, "%s/postgres.log", cluster->dir);
    for (int tries = 0; tries < 600; tries++) { /* 30 s: recovery may take a while */
        if (cluster->pid == 0)
            cluster->pid = spawn("run", cluster->dir, settings, log);
        if (is_answering(cluster->dir))
            return;
        usleep(50000);
        if (waitpid(cluster->pid, NULL, WNOHANG) == cluster->pid)
            cluster->pid = 0; /* e.g. the last one's backends still hold its memory */
    }
    die("starting PostgreSQL", log);
}

/* Every process whose parent is `parent`. */
static void kill_children(pid_t parent)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;

    while (proc != NULL && (entry = readdir(proc)) != NULL) {
        char path[300];
        int pid, ppid;
        FILE *stat;

        snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
        stat = fopen(path, "r");
        if (stat == NULL)
            continue;
        if (fscanf(stat, "%d (%*[^)]) %*c %d", &pid, &ppid) == 2 && ppid == parent)
            kill(pid, SIGKILL);
        fclose(stat);
    }
    if (proc != NULL)
        closedir(proc);
}

void cluster_kill(struct cluster *cluster)
{
    if (cluster->pid == 0)
        return;
    kill(cluster->pid, SIGSTOP); /* so that it cannot put new ones in their place */
    kill_children(cluster->pid);
    kill(cluster->pid, SIGKILL);
    waitpid(cluster->pid, NULL, 0);
    cluster->pid = 0;
}

void cluster_clear(struct cluster *cluster)
{
    cluster_kill(cluster);
    waitpid(spawn("remove", cluster->dir, "", "/dev/null"), NULL, 0);
}

/* -- databases -------------------------------------------------------------------------------- */

static void make_infos(void)
{
    for (int i = 0; i < 3; i++) {
        struct build out = build_over(infos[i], sizeof infos[i]);

        build_format(&out, "host=%s dbname=%s user=%s", socket_dir, database, users[i]);
    }
}

/* Named after what the migrations say, so that an edited one makes a new template. */
static void name_template(char name[64])
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */

    for (int i = 0; i < migrations_embedded.count; i++) {
        for (const char *c = migrations_embedded.rows[i].sha256; *c != '\0'; c++)
            hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    }
    snprintf(name, 64, "template_%016llx", (unsigned long long)hash);
}

static void migrate_template(PGconn *pq, const char *name)
{
    struct arena arena;
    struct err e;

    exec_format(pq, "DROP DATABASE IF EXISTS %s_half", name);
    exec_format(pq, "CREATE DATABASE %s_half OWNER jianan_owner", name);
    snprintf(database, sizeof database, "%s_half", name);
    make_infos();
    arena_init(&arena, 65536);
    e = migrate_run(infos[FIXTURE_OWNER], &migrations_embedded, &arena);
    if (err_is(e))
        die("migrating the template", e.detail);
    arena_clear(&arena);
    exec_format(pq, "ALTER DATABASE %s_half RENAME TO %s", name, name);
}

static void ensure_roles(PGconn *pq)
{
    if (query_int_on(pq, "SELECT count(*) FROM pg_roles WHERE rolname = 'jianan_owner'") == 0)
        exec_on(pq, "CREATE ROLE jianan_owner LOGIN CREATEROLE");
    if (query_int_on(pq, "SELECT count(*) FROM pg_roles WHERE rolname = 'jianan_app'") == 0)
        exec_on(pq, "CREATE ROLE jianan_app LOGIN");
}

/* As the superuser on `postgres`, holding the lock that makes test programs take turns. */
static void make_database(const char *from)
{
    PGconn *pq = connect_to("postgres");
    char name[64], count[160];

    exec_on(pq, TEMPLATE_LOCK);
    ensure_roles(pq);
    name_template(name);
    snprintf(count, sizeof count, "SELECT count(*) FROM pg_database WHERE datname = '%s'", name);
    if (from == NULL && query_int_on(pq, count) == 0)
        migrate_template(pq, name);
    snprintf(database, sizeof database, "test_%d_%lld", (int)getpid(),
             (long long)query_int_on(pq, "SELECT txid_current()"));
    exec_format(pq, "CREATE DATABASE %s OWNER jianan_owner TEMPLATE %s", database,
                from != NULL ? from : name);
    PQfinish(pq);
    make_infos();
}

static void find_cluster(void)
{
    const char *given = getenv("JIANAN_TEST_PG");

    if (given != NULL && *given != '\0') {
        snprintf(socket_dir, sizeof socket_dir, "%s", given);
        return;
    }
    cluster_init(&own);
    cluster_start(&own, "");
    snprintf(socket_dir, sizeof socket_dir, "%s", own.dir);
}

void fixture_open(void)
{
    find_cluster();
    make_database(NULL);
}

void fixture_open_empty(void)
{
    find_cluster();
    make_database("template0");
}

void fixture_open_on(const char *dir)
{
    snprintf(socket_dir, sizeof socket_dir, "%s", dir);
    make_database(NULL);
}

#if defined(__SANITIZE_ADDRESS__)
int __lsan_do_recoverable_leak_check(void);
#endif

void fixture_close(void)
{
    if (is_answering(socket_dir)) {
        PGconn *pq = connect_to("postgres");

        exec_format(pq, "DROP DATABASE IF EXISTS %s WITH (FORCE)", database);
        PQfinish(pq);
    }
    if (own.pid != 0)
        cluster_clear(&own);
#if defined(__SANITIZE_ADDRESS__)
    if (__lsan_do_recoverable_leak_check() != 0)
        die("leak check", "something was not freed");
#endif
}

const char *fixture_conninfo(enum fixture_role role)
{
    return infos[role];
}

void fixture_exec(const char *sql)
{
    PGconn *pq = connect_to(database);

    exec_on(pq, sql);
    PQfinish(pq);
}

int64_t fixture_query_int(const char *sql)
{
    PGconn *pq = connect_to(database);
    int64_t value = query_int_on(pq, sql);

    PQfinish(pq);
    return value;
}
