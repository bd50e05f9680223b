#include "support/net_server.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "net/exchange.h"

enum { HELD_MAX = 256 };

struct net_server {
    struct net_server_options options;
    struct loop *loop;
    struct http_server *http;
    pthread_t thread;
    struct http_connection *held[HELD_MAX];
    unsigned held_count;
    char *big;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool drained;
};

struct call {
    void (*fn)(void *arg);
    void *arg;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool done;
};

struct slow {
    struct net_server *server;
    struct http_connection *connection;
    struct loop_timer *timer;
};

static void answer_text(struct http_connection *c, int status, struct text body)
{
    http_answer(c, &(struct http_answer){status, "text/plain", body, NULL, false});
}

static void on_slow(void *arg)
{
    struct slow *slow = arg;

    loop_timer_free(slow->timer);
    answer_text(slow->connection, 200, TEXT("slow"));
    free(slow);
}

static void start_slow(struct net_server *s, struct http_connection *c)
{
    struct slow *slow = calloc(1, sizeof *slow);

    CHECK_ALLOCATED(slow);
    slow->server = s;
    slow->connection = c;
    slow->timer = loop_timer_new(s->loop, on_slow, slow);
    loop_timer_start(slow->timer, s->options.slow_ms);
}

static struct err admit(void *arg, const struct http_request *head, size_t *body_bytes_max)
{
    (void)arg;
    *body_bytes_max = NET_SERVER_BODY_MAX;
    if (text_is(head->path, "/refused"))
        return err_make(ERR_FORBIDDEN);
    return OK;
}

static void request(void *arg, struct http_connection *c, struct http_request *r)
{
    struct net_server *s = arg;

    if (text_is(r->path, "/echo")) {
        answer_text(c, 200, r->method == METHOD_POST ? r->body : r->query);
    } else if (text_is(r->path, "/slow")) {
        start_slow(s, c);
    } else if (text_is(r->path, "/big")) {
        answer_text(c, 200, (struct text){s->big, s->options.big_bytes});
    } else if (text_is(r->path, "/never")) {
        CHECK(s->held_count < HELD_MAX);
        s->held[s->held_count++] = c;
    } else {
        answer_text(c, 404, TEXT("nothing here"));
    }
}

static void *run(void *arg)
{
    loop_run(((struct net_server *)arg)->loop);
    return NULL;
}

struct net_server *net_server_start(const struct net_server_options *options)
{
    struct net_server *s = calloc(1, sizeof *s);
    struct http_handlers handlers = {admit, request, exchange_refuse, NULL, s};

    CHECK_ALLOCATED(s);
    log_set_level(LOG_ERROR);
    s->options = *options;
    s->big = malloc(options->big_bytes + 1);
    CHECK_ALLOCATED(s->big);
    memset(s->big, 'x', options->big_bytes);
    CHECK(pthread_mutex_init(&s->lock, NULL) == 0);
    CHECK(pthread_cond_init(&s->changed, NULL) == 0);
    s->loop = loop_new();
    s->http = http_server_new(s->loop, options->handlers != NULL ? options->handlers : &handlers);
    if (options->limits.headers_ms > 0)
        http_server_set_limits(s->http, &options->limits);
    CHECK(!err_is(http_listen(s->http, "127.0.0.1", 0, options->tls)));
    CHECK(pthread_create(&s->thread, NULL, run, s) == 0);
    return s;
}

struct loop *net_server_loop(const struct net_server *s)
{
    return s->loop;
}

unsigned net_server_port(const struct net_server *s)
{
    return http_port(s->http);
}

static void do_call(void *arg)
{
    struct call *call = arg;

    call->fn(call->arg);
    CHECK(pthread_mutex_lock(&call->lock) == 0);
    call->done = true;
    CHECK(pthread_cond_signal(&call->changed) == 0);
    CHECK(pthread_mutex_unlock(&call->lock) == 0);
}

void net_server_run(struct net_server *s, void (*fn)(void *arg), void *arg)
{
    struct call call = {.fn = fn, .arg = arg};

    CHECK(pthread_mutex_init(&call.lock, NULL) == 0 && pthread_cond_init(&call.changed, NULL) == 0);
    loop_post(s->loop, do_call, &call);
    CHECK(pthread_mutex_lock(&call.lock) == 0);
    while (!call.done)
        CHECK(pthread_cond_wait(&call.changed, &call.lock) == 0);
    CHECK(pthread_mutex_unlock(&call.lock) == 0);
    CHECK(pthread_mutex_destroy(&call.lock) == 0 && pthread_cond_destroy(&call.changed) == 0);
}

static void end_http(void *arg)
{
    struct net_server *s = arg;

    if (s->http != NULL)
        http_server_free(s->http);
    s->http = NULL;
}

void net_server_end_http(struct net_server *s)
{
    net_server_run(s, end_http, s);
}

static void stop(void *arg)
{
    end_http(arg);
    loop_stop(((struct net_server *)arg)->loop);
}

void net_server_stop(struct net_server *s)
{
    net_server_release(s);
    loop_post(s->loop, stop, s);
    CHECK(pthread_join(s->thread, NULL) == 0);
    loop_free(s->loop);
    CHECK(pthread_mutex_destroy(&s->lock) == 0 && pthread_cond_destroy(&s->changed) == 0);
    free(s->big);
    free(s);
}

struct reading {
    struct net_server *server;
    struct http_counts counts;
    unsigned held;
};

static void read_counts(void *arg)
{
    struct reading *r = arg;

    if (r->server->http != NULL)
        r->counts = http_counts(r->server->http);
    r->held = r->server->held_count;
}

struct http_counts net_server_counts(struct net_server *s)
{
    struct reading r = {.server = s};

    net_server_run(s, read_counts, &r);
    return r.counts;
}

unsigned net_server_held(struct net_server *s)
{
    struct reading r = {.server = s};

    net_server_run(s, read_counts, &r);
    return r.held;
}

static void release(void *arg)
{
    struct net_server *s = arg;

    while (s->held_count > 0)
        answer_text(s->held[--s->held_count], 200, TEXT("held"));
}

void net_server_release(struct net_server *s)
{
    net_server_run(s, release, s);
}

static void on_drained(void *arg)
{
    struct net_server *s = arg;

    CHECK(pthread_mutex_lock(&s->lock) == 0);
    CHECK(!s->drained);
    s->drained = true;
    CHECK(pthread_cond_signal(&s->changed) == 0);
    CHECK(pthread_mutex_unlock(&s->lock) == 0);
}

struct drain {
    struct net_server *server;
    int64_t timeout_ms;
};

static void drain(void *arg)
{
    struct drain *d = arg;

    http_drain(d->server->http, d->timeout_ms, on_drained, d->server);
}

void net_server_drain_begin(struct net_server *s, int64_t timeout_ms)
{
    struct drain d = {s, timeout_ms};

    net_server_run(s, drain, &d);
}

bool net_server_drain_end(struct net_server *s, int64_t wait_ms)
{
    struct timespec until;
    bool drained;

    CHECK(clock_gettime(CLOCK_REALTIME, &until) == 0);
    until.tv_sec += wait_ms / 1000;
    CHECK(pthread_mutex_lock(&s->lock) == 0);
    while (!s->drained && pthread_cond_timedwait(&s->changed, &s->lock, &until) == 0)
        continue;
    drained = s->drained;
    CHECK(pthread_mutex_unlock(&s->lock) == 0);
    return drained;
}

bool net_server_drain(struct net_server *s, int64_t timeout_ms)
{
    net_server_drain_begin(s, timeout_ms);
    return net_server_drain_end(s, timeout_ms + 1000);
}
