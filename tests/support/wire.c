#include "support/wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PAIRS_MAX = 32, TURN_MS = 5, CHUNK = 4096 };

struct wire {
    unsigned server_port, port;
    int listener;
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    bool stopping, broken, cut, drop_all;
    long bytes, after; /* after < 0: not armed */
    enum wire_fate fate;
    const char *before; /* NULL: not armed */
    int pairs[PAIRS_MAX][2]; /* the thread's own; -1: none */
};

static void must(bool good, const char *what)
{
    if (!good) {
        perror(what);
        abort();
    }
}

static struct sockaddr_in here(unsigned port)
{
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((unsigned short)port),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static void close_pair(struct wire *wire, int i)
{
    for (int side = 0; side < 2; side++) {
        if (wire->pairs[i][side] >= 0)
            close(wire->pairs[i][side]);
        wire->pairs[i][side] = -1;
    }
}

static void accept_one(struct wire *wire)
{
    struct sockaddr_in to = here(wire->server_port);
    int client = accept(wire->listener, NULL, NULL), i = 0, on = 1;

    while (i < PAIRS_MAX && wire->pairs[i][0] >= 0)
        i++;
    if (client < 0 || wire->broken || i == PAIRS_MAX) {
        if (client >= 0)
            close(client);
        return;
    }
    wire->pairs[i][0] = client;
    wire->pairs[i][1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(wire->pairs[i][1], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(wire->pairs[i][1], (struct sockaddr *)&to, sizeof to) != 0)
        close_pair(wire, i);
}

/* Under the lock. How many of these may still go over the wire. A question's first line comes whole. */
static ssize_t allowed(struct wire *wire, const char *chunk, ssize_t got)
{
    ssize_t left = got;

    if (wire->before != NULL &&
        memmem(chunk, (size_t)got, wire->before, strlen(wire->before)) != NULL) {
        wire->cut = true;
        return 0;
    }
    if (wire->after >= 0 && wire->bytes + got >= wire->after) {
        left = wire->after > wire->bytes ? wire->after - wire->bytes : 0;
        wire->cut = true;
    }
    wire->bytes += left;
    return left;
}

static void pass_on(struct wire *wire, int i, int side)
{
    char chunk[CHUNK];
    ssize_t got = recv(wire->pairs[i][side], chunk, sizeof chunk, MSG_DONTWAIT), may;

    if (got <= 0) {
        close_pair(wire, i);
        return;
    }
    may = allowed(wire, chunk, got);
    if (may > 0 && send(wire->pairs[i][1 - side], chunk, (size_t)may, MSG_NOSIGNAL) != may)
        close_pair(wire, i);
    else if (wire->cut && wire->fate == WIRE_CUT)
        close_pair(wire, i);
}

static void turn(struct wire *wire)
{
    struct pollfd polled[1 + 2 * PAIRS_MAX];
    int owner[1 + 2 * PAIRS_MAX], count = 0;

    polled[count++] = (struct pollfd){wire->listener, POLLIN, 0};
    for (int i = 0; i < PAIRS_MAX; i++) {
        if (wire->drop_all)
            close_pair(wire, i);
        for (int side = 0; side < 2 && wire->pairs[i][0] >= 0 && !wire->cut; side++) {
            owner[count] = 2 * i + side;
            polled[count++] = (struct pollfd){wire->pairs[i][side], POLLIN, 0};
        }
    }
    wire->drop_all = false;
    pthread_mutex_unlock(&wire->lock);
    poll(polled, (nfds_t)count, TURN_MS);
    pthread_mutex_lock(&wire->lock);
    if (polled[0].revents != 0)
        accept_one(wire);
    for (int n = 1; n < count && !wire->cut; n++) {
        if (polled[n].revents != 0 && wire->pairs[owner[n] / 2][0] == polled[n].fd)
            pass_on(wire, owner[n] / 2, 0);
        else if (polled[n].revents != 0 && wire->pairs[owner[n] / 2][1] == polled[n].fd)
            pass_on(wire, owner[n] / 2, 1);
    }
}

static void *run(void *arg)
{
    struct wire *wire = arg;

    pthread_mutex_lock(&wire->lock);
    while (!wire->stopping)
        turn(wire);
    for (int i = 0; i < PAIRS_MAX; i++)
        close_pair(wire, i);
    pthread_mutex_unlock(&wire->lock);
    return NULL;
}

struct wire *wire_open(unsigned server_port)
{
    struct wire *wire = calloc(1, sizeof *wire);
    struct sockaddr_in at = here(0);
    socklen_t bytes = sizeof at;

    must(wire != NULL, "calloc");
    wire->server_port = server_port;
    wire->after = -1;
    memset(wire->pairs, 0xff, sizeof wire->pairs); /* -1 */
    wire->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(bind(wire->listener, (struct sockaddr *)&at, sizeof at) == 0 &&
             listen(wire->listener, 16) == 0 &&
             getsockname(wire->listener, (struct sockaddr *)&at, &bytes) == 0,
         "a listener");
    wire->port = ntohs(at.sin_port);
    pthread_mutex_init(&wire->lock, NULL);
    must(pthread_create(&wire->thread, NULL, run, wire) == 0, "a thread");
    return wire;
}

void wire_close(struct wire *wire)
{
    pthread_mutex_lock(&wire->lock);
    wire->stopping = true;
    pthread_mutex_unlock(&wire->lock);
    pthread_join(wire->thread, NULL);
    close(wire->listener);
    pthread_mutex_destroy(&wire->lock);
    free(wire);
}

unsigned wire_port(const struct wire *wire)
{
    return wire->port;
}

static void set(struct wire *wire, bool broken, long after, enum wire_fate fate,
                const char *before)
{
    pthread_mutex_lock(&wire->lock);
    wire->drop_all = wire->drop_all || wire->cut || broken;
    wire->cut = false;
    wire->broken = broken;
    wire->bytes = 0;
    wire->after = after;
    wire->fate = fate;
    wire->before = before;
    pthread_mutex_unlock(&wire->lock);
}

void wire_arm(struct wire *wire, long after_bytes, enum wire_fate fate)
{
    set(wire, false, after_bytes, fate, NULL);
}

void wire_arm_before(struct wire *wire, const char *question)
{
    set(wire, false, -1, WIRE_SILENT, question);
}

void wire_mend(struct wire *wire)
{
    set(wire, false, -1, WIRE_SILENT, NULL);
}

void wire_break(struct wire *wire)
{
    set(wire, true, -1, WIRE_SILENT, NULL);
}

long wire_bytes(struct wire *wire)
{
    long bytes;

    pthread_mutex_lock(&wire->lock);
    bytes = wire->bytes;
    pthread_mutex_unlock(&wire->lock);
    return bytes;
}

bool wire_is_cut(struct wire *wire, int wait_ms)
{
    for (int waited = 0;; waited += TURN_MS) {
        bool cut;

        pthread_mutex_lock(&wire->lock);
        cut = wire->cut;
        pthread_mutex_unlock(&wire->lock);
        if (cut || waited >= wait_ms)
            return cut;
        nanosleep(&(struct timespec){.tv_nsec = TURN_MS * 1000000}, NULL);
    }
}
