#include "support/receiver.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "net/exchange.h"
#include "support/net_server.h"

enum { PATIENCE_MS = 30000, STEP_MS = 10 };

struct receiver {
    struct net_server *server;
    pthread_mutex_t lock; /* guards what follows; the server's thread fills it */
    struct receipt receipts[RECEIPTS_MAX];
    unsigned count;
    int status;
    const char *extra;
    struct http_connection *held[RECEIPTS_MAX]; /* of the server's thread */
    unsigned held_count;
};

static void copy(char *into, size_t bytes, struct text from)
{
    snprintf(into, bytes, "%.*s", (int)from.bytes, from.at != NULL ? from.at : "");
}

static struct err admit(void *arg, const struct http_request *head, size_t *body_bytes_max)
{
    (void)arg;
    (void)head;
    *body_bytes_max = RECEIPT_BODY_MAX - 1;
    return OK;
}

static void answer(struct http_connection *c, int status, const char *extra)
{
    http_answer(c, &(struct http_answer){.status = status, .extra = extra});
}

static int keep(struct receiver *r, const struct http_request *request, const char **extra)
{
    struct receipt *receipt = &r->receipts[r->count];
    int status;

    CHECK(pthread_mutex_lock(&r->lock) == 0);
    CHECK(r->count < RECEIPTS_MAX);
    copy(receipt->path, sizeof receipt->path, request->path);
    copy(receipt->id, sizeof receipt->id, http_header(request, "webhook-id"));
    copy(receipt->timestamp, sizeof receipt->timestamp, http_header(request, "webhook-timestamp"));
    copy(receipt->signature, sizeof receipt->signature, http_header(request, "webhook-signature"));
    copy(receipt->type, sizeof receipt->type, http_header(request, "content-type"));
    copy(receipt->body, sizeof receipt->body, request->body);
    r->count++;
    status = r->status;
    *extra = r->extra;
    CHECK(pthread_mutex_unlock(&r->lock) == 0);
    return status;
}

static void on_request(void *arg, struct http_connection *c, struct http_request *request)
{
    struct receiver *r = arg;
    const char *extra;
    int status = keep(r, request, &extra);

    if (status != 0)
        answer(c, status, extra);
    else
        r->held[r->held_count++] = c;
}

struct receiver *receiver_start(SSL_CTX *tls)
{
    struct receiver *r = calloc(1, sizeof *r);
    struct http_handlers handlers = {admit, on_request, exchange_refuse, NULL, r};
    static const struct http_limits patient = {5000, 10000, 60000, 30000, 75000, 1000};

    CHECK_ALLOCATED(r);
    CHECK(pthread_mutex_init(&r->lock, NULL) == 0);
    r->status = 204;
    r->server = net_server_start(&(struct net_server_options){
        .handlers = &handlers, .tls = tls, .limits = patient});
    return r;
}

void receiver_stop(struct receiver *r)
{
    receiver_release(r);
    net_server_stop(r->server);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

unsigned receiver_port(const struct receiver *r)
{
    return net_server_port(r->server);
}

void receiver_answer(struct receiver *r, int status, const char *extra)
{
    CHECK(pthread_mutex_lock(&r->lock) == 0);
    r->status = status;
    r->extra = extra;
    CHECK(pthread_mutex_unlock(&r->lock) == 0);
}

static void release(void *arg)
{
    struct receiver *r = arg;

    while (r->held_count > 0)
        answer(r->held[--r->held_count], 204, NULL);
}

void receiver_release(struct receiver *r)
{
    net_server_run(r->server, release, r);
}

unsigned receiver_count(struct receiver *r)
{
    unsigned count;

    CHECK(pthread_mutex_lock(&r->lock) == 0);
    count = r->count;
    CHECK(pthread_mutex_unlock(&r->lock) == 0);
    return count;
}

void receiver_wait(struct receiver *r, unsigned count)
{
    for (int waited = 0; receiver_count(r) < count; waited += STEP_MS) {
        if (waited >= PATIENCE_MS) {
            fprintf(stderr, "receiver: %u came, not %u\n", receiver_count(r), count);
            abort();
        }
        nanosleep(&(struct timespec){.tv_nsec = STEP_MS * 1000000}, NULL);
    }
}

struct receipt receiver_get(struct receiver *r, unsigned place)
{
    struct receipt receipt;

    CHECK(place < receiver_count(r));
    CHECK(pthread_mutex_lock(&r->lock) == 0);
    receipt = r->receipts[place];
    CHECK(pthread_mutex_unlock(&r->lock) == 0);
    return receipt;
}
