/* gate_load: asks over kept connections on this machine, and says how it was answered.
 *
 *     gate_load PORT CONNECTIONS [-r RATE] [-c PID] [-d PID] < questions
 *     gate_load PORT CONNECTIONS [-r RATE] [-c PID] -n COUNT
 *
 * A question is a line: the gate's key, a tab, the body of POST /v1/gate/check. With -n it is COUNT
 * times GET /. Without -r each connection asks again once it is answered (closed loop). With -r
 * RATE questions a second are due at fixed moments, whatever the answers do, and the time of an answer
 * counts from the moment at which its question was due (open loop), so that a stall counts against
 * all who would have asked meanwhile. -c: CPU time of that process; -d: of PostgreSQL, given its first
 * process, with its children.
 *
 * Prints one line of name=value. Only 127.0.0.1 is asked; every question is asked once. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"

enum {
    CONNECTIONS_MAX = 4096,
    ANSWER_BYTES_MAX = 16 * 1024,
    EVENTS_MAX = 256,
    PATIENCE_MS = 20000
};
#define NS_PER_S 1000000000ll

static char get_root[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

struct question {
    char *at; /* head and body */
    size_t bytes;
};

struct connection {
    int fd;
    int64_t since_ns; /* when its question was sent, or was due */
    size_t count;
    char bytes[ANSWER_BYTES_MAX];
};

struct load {
    unsigned port, connections;
    double rate; /* 0: closed loop */
    pid_t server, database;
    struct question *questions;
    struct question same; /* with -n */
    size_t count, asked, answered;
    uint32_t *took_us;
    size_t good, opened, durable, spooled;
    size_t answer_bytes;
    struct connection *all;
    struct connection *idle[CONNECTIONS_MAX];
    unsigned idle_count;
    int epoll;
    int64_t started_ns;
};

static void die(const char *doing, const char *why)
{
    fprintf(stderr, "gate_load: %s: %s\n", doing, why);
    exit(1);
}

static int64_t now_ns(void)
{
    struct timespec now;

    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* -- questions -------------------------------------------------------------------------------------- */

static void take_line(struct load *load, char *line, size_t bytes)
{
    char *tab = memchr(line, '\t', bytes);
    struct question *q = &load->questions[load->count++];
    int made;

    if (tab == NULL)
        die("questions", "a line without a tab");
    *tab = '\0';
    made =
        asprintf(&q->at,
                 "POST /v1/gate/check HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
                 "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                 line, strlen(tab + 1), tab + 1);
    CHECK(made > 0);
    q->bytes = (size_t)made;
}

static void read_questions(struct load *load)
{
    size_t max = 0, room = 0;
    char *line = NULL;
    ssize_t bytes;

    while ((bytes = getline(&line, &room, stdin)) > 0) {
        if (load->count == max) {
            max = max == 0 ? 4096 : 2 * max;
            load->questions = reallocarray(load->questions, max, sizeof *load->questions);
            CHECK_ALLOCATED(load->questions);
        }
        if (line[bytes - 1] == '\n')
            line[--bytes] = '\0';
        take_line(load, line, (size_t)bytes);
    }
    free(line);
}

static const struct question *question_of(const struct load *load, size_t i)
{
    return load->questions != NULL ? &load->questions[i] : &load->same;
}

/* -- connections ------------------------------------------------------------------------------------ */

static void connect_all(struct load *load)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((unsigned short)load->port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int on = 1;

    load->all = calloc(load->connections, sizeof *load->all);
    CHECK_ALLOCATED(load->all);
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    for (unsigned i = 0; i < load->connections; i++) {
        struct connection *c = &load->all[i];
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};

        c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (c->fd < 0 || setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
            connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0 ||
            fcntl(c->fd, F_SETFL, O_NONBLOCK) != 0 ||
            epoll_ctl(load->epoll, EPOLL_CTL_ADD, c->fd, &event) != 0)
            die("connecting", strerror(errno));
        load->idle[load->idle_count++] = c;
    }
}

/* A question fits into a socket's buffer; anything else is no bench. */
static void ask(struct load *load, struct connection *c, int64_t since_ns)
{
    const struct question *q = question_of(load, load->asked++);

    c->since_ns = since_ns;
    c->count = 0;
    if (send(c->fd, q->at, q->bytes, MSG_NOSIGNAL) != (ssize_t)q->bytes)
        die("sending", strerror(errno));
}

/* -- answers ---------------------------------------------------------------------------------------- */

/* The whole answer's size, or 0 while it is not known. */
static size_t answer_bytes(const struct connection *c)
{
    const char *end = memmem(c->bytes, c->count, "\r\n\r\n", 4), *at;
    size_t head;

    if (end == NULL)
        return 0;
    head = (size_t)(end - c->bytes) + 4;
    for (at = c->bytes; at < end; at = (const char *)memchr(at, '\n', (size_t)(end + 4 - at)) + 1) {
        if (strncasecmp(at, "content-length:", 15) == 0)
            return head + strtoul(at + 15, NULL, 10);
    }
    return head;
}

static bool holds(const struct connection *c, const char *word)
{
    return memmem(c->bytes, c->count, word, strlen(word)) != NULL;
}

static void take_answer(struct load *load, struct connection *c)
{
    load->took_us[load->answered++] = (uint32_t)((now_ns() - c->since_ns) / 1000);
    load->answer_bytes += c->count;
    if (c->count > 12 && memcmp(c->bytes + 9, "200", 3) == 0)
        load->good++;
    else if (load->answered - load->good == 1)
        fprintf(stderr, "gate_load: %.*s\n", (int)c->count, c->bytes);
    if (load->questions == NULL)
        return;
    load->opened += holds(c, "\"verdict\":\"open\"");
    load->durable += holds(c, "\"recorded\":\"db\"");
    load->spooled += holds(c, "\"recorded\":\"spool\"");
}

static void on_readable(struct load *load, struct connection *c)
{
    ssize_t got = recv(c->fd, c->bytes + c->count, sizeof c->bytes - c->count, 0);
    size_t whole;

    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0)
        die("receiving", got == 0 ? "closed by the server, or too long" : strerror(errno));
    c->count += (size_t)got;
    whole = answer_bytes(c);
    if (whole == 0 || c->count < whole)
        return;
    take_answer(load, c);
    if (load->rate == 0 && load->asked < load->count)
        ask(load, c, now_ns());
    else
        load->idle[load->idle_count++] = c;
}

/* -- the loop --------------------------------------------------------------------------------------- */

/* Asks all that is due, as far as connections are free; how long until the next is due. */
static int64_t ask_due(struct load *load)
{
    while (load->idle_count > 0 && load->asked < load->count) {
        int64_t now = now_ns(), due = now;

        if (load->rate > 0)
            due = load->started_ns + (int64_t)((double)load->asked * NS_PER_S / load->rate);
        if (due > now)
            return due - now;
        ask(load, load->idle[--load->idle_count], due);
    }
    return PATIENCE_MS * (NS_PER_S / 1000);
}

static void run(struct load *load)
{
    struct epoll_event events[EVENTS_MAX];

    load->started_ns = now_ns();
    while (load->answered < load->count) {
        int64_t wait_ns = ask_due(load);
        struct timespec wait = {wait_ns / NS_PER_S, wait_ns % NS_PER_S};
        int count = epoll_pwait2(load->epoll, events, EVENTS_MAX, &wait, NULL);

        if (count < 0 && errno != EINTR)
            die("epoll", strerror(errno));
        if (count == 0 && wait_ns >= PATIENCE_MS * (NS_PER_S / 1000))
            die("waiting", "no answer");
        for (int i = 0; i < count; i++)
            on_readable(load, events[i].data.ptr);
    }
}

/* -- CPU time of others ------------------------------------------------------------------------------- */

struct cpu {
    double all_s, kernel_s; /* the kernel's share is in all_s, too */
};

/* Adds one process, when it is `pid` or a child of it. */
static void add_cpu(struct cpu *cpu, const char *name, pid_t pid, bool children)
{
    double ticks = (double)sysconf(_SC_CLK_TCK);
    unsigned long user, kernel;
    char path[300];
    int own, parent;
    FILE *stat;

    if (snprintf(path, sizeof path, "/proc/%s/stat", name) >= (int)sizeof path)
        return;
    stat = fopen(path, "r");
    if (stat == NULL)
        return; /* it has just ended */
    /* proc(5): pid (comm) state ppid, nine fields, utime, stime */
    if (fscanf(stat, "%d (%*[^)]) %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &own,
               &parent, &user, &kernel) == 4 &&
        (own == pid || (children && parent == pid))) {
        cpu->all_s += (double)(user + kernel) / ticks;
        cpu->kernel_s += (double)kernel / ticks;
    }
    (void)fclose(stat);
}

static struct cpu cpu_of(pid_t pid, bool children)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    struct cpu sum = {0};

    while (pid != 0 && proc != NULL && (entry = readdir(proc)) != NULL) {
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
            add_cpu(&sum, entry->d_name, pid, children);
    }
    if (proc != NULL)
        (void)closedir(proc);
    return sum;
}

static struct cpu cpu_since(struct cpu before, struct cpu now)
{
    return (struct cpu){now.all_s - before.all_s, now.kernel_s - before.kernel_s};
}

/* -- telling ---------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static double quantile_ms(const struct load *load, unsigned per_thousand)
{
    return load->took_us[(load->count - 1) * per_thousand / 1000] / 1e3;
}

static void tell(struct load *load, double s, struct cpu server, struct cpu database)
{
    double count = (double)load->count;

    qsort(load->took_us, load->count, sizeof load->took_us[0], compare);
    printf("rate=%.0f p50_ms=%.2f p99_ms=%.2f max_ms=%.1f cpu_us=%.1f kernel_us=%.1f "
           "db_cpu_us=%.1f bytes=%zu "
           "asked=%zu good=%zu open=%zu db=%zu spool=%zu s=%.2f\n",
           count / s, quantile_ms(load, 500), quantile_ms(load, 990), quantile_ms(load, 1000),
           server.all_s * 1e6 / count, server.kernel_s * 1e6 / count, database.all_s * 1e6 / count,
           load->answer_bytes / load->count, load->count, load->good, load->opened, load->durable,
           load->spooled, s);
}

static bool read_options(struct load *load, int argc, char **argv)
{
    int option;

    while ((option = getopt(argc, argv, "r:c:d:n:")) != -1) {
        switch (option) {
        case 'r':
            load->rate = strtod(optarg, NULL);
            break;
        case 'c':
            load->server = (pid_t)strtol(optarg, NULL, 10);
            break;
        case 'd':
            load->database = (pid_t)strtol(optarg, NULL, 10);
            break;
        case 'n':
            load->count = strtoul(optarg, NULL, 10);
            break;
        default:
            return false;
        }
    }
    if (argc - optind != 2)
        return false;
    load->port = (unsigned)strtoul(argv[optind], NULL, 10);
    load->connections = (unsigned)strtoul(argv[optind + 1], NULL, 10);
    return load->port > 0 && load->connections > 0 && load->connections <= CONNECTIONS_MAX;
}

int main(int argc, char **argv)
{
    static struct load load = {.same = {get_root, sizeof get_root - 1}};
    struct cpu server, database;
    int64_t took_ns;

    if (!read_options(&load, argc, argv)) {
        fprintf(stderr, "gate_load PORT CONNECTIONS [-r RATE] [-c PID] [-d PID] [-n COUNT]\n");
        return 2;
    }
    if (load.count == 0)
        read_questions(&load);
    if (load.count == 0)
        die("questions", "none");
    load.took_us = calloc(load.count, sizeof *load.took_us);
    CHECK_ALLOCATED(load.took_us);
    connect_all(&load);
    server = cpu_of(load.server, false);
    database = cpu_of(load.database, true);
    run(&load);
    took_ns = now_ns() - load.started_ns;
    tell(&load, (double)took_ns / NS_PER_S, cpu_since(server, cpu_of(load.server, false)),
         cpu_since(database, cpu_of(load.database, true)));
    return load.good == load.count ? 0 : 1;
}
