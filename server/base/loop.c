#include "base/loop.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct post {
    struct post *next;
    loop_fn *run;
    void *arg;
};

struct loop {
    struct event_base *base;
    struct event *wake;
    int fd;
    pthread_mutex_t lock; /* guards first and last; held for a few instructions */
    struct post *first, **last;
};

struct loop_timer {
    struct event *event;
    loop_fn *run;
    void *arg;
};

static struct post *take_posts(struct loop *loop)
{
    struct post *first;

    CHECK(pthread_mutex_lock(&loop->lock) == 0);
    first = loop->first;
    loop->first = NULL;
    loop->last = &loop->first;
    CHECK(pthread_mutex_unlock(&loop->lock) == 0);
    return first;
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
    struct loop *loop = arg;
    uint64_t count;
    struct post *post;

    (void)what;
    if (read(fd, &count, sizeof count) < 0)
        return; /* somebody else's turn emptied it */
    for (post = take_posts(loop); post != NULL;) {
        struct post *next = post->next;

        post->run(post->arg);
        free(post);
        post = next;
    }
}

struct loop *loop_new(void)
{
    struct event_config *config = event_config_new();
    struct loop *loop = calloc(1, sizeof *loop);

    CHECK_ALLOCATED(config);
    CHECK_ALLOCATED(loop);
    CHECK(event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) == 0);
    loop->base = event_base_new_with_config(config);
    CHECK_ALLOCATED(loop->base);
    event_config_free(config);
    loop->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    CHECK(loop->fd >= 0);
    CHECK(pthread_mutex_init(&loop->lock, NULL) == 0);
    loop->last = &loop->first;
    loop->wake = event_new(loop->base, loop->fd, EV_READ | EV_PERSIST, on_wake, loop);
    CHECK_ALLOCATED(loop->wake);
    CHECK(event_add(loop->wake, NULL) == 0);
    return loop;
}

void loop_free(struct loop *loop)
{
    struct post *post = take_posts(loop);

    while (post != NULL) {
        struct post *next = post->next;

        free(post);
        post = next;
    }
    event_free(loop->wake);
    event_base_free(loop->base);
    close(loop->fd);
    CHECK(pthread_mutex_destroy(&loop->lock) == 0);
    free(loop);
}

struct event_base *loop_base(const struct loop *loop)
{
    return loop->base;
}

void loop_run(struct loop *loop)
{
    CHECK(event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY) >= 0);
}

void loop_stop(struct loop *loop)
{
    CHECK(event_base_loopbreak(loop->base) == 0);
}

void loop_post(struct loop *loop, loop_fn *run, void *arg)
{
    struct post *post = malloc(sizeof *post);
    uint64_t one = 1;
    ssize_t written;

    CHECK_ALLOCATED(post);
    *post = (struct post){.run = run, .arg = arg};
    CHECK(pthread_mutex_lock(&loop->lock) == 0);
    *loop->last = post;
    loop->last = &post->next;
    CHECK(pthread_mutex_unlock(&loop->lock) == 0);
    written = write(loop->fd, &one, sizeof one);
    (void)written; /* EAGAIN: it is already due to wake */
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct loop_timer *timer = arg;

    (void)fd;
    (void)what;
    timer->run(timer->arg);
}

struct loop_timer *loop_timer_new(struct loop *loop, loop_fn *run, void *arg)
{
    struct loop_timer *timer = calloc(1, sizeof *timer);

    CHECK_ALLOCATED(timer);
    timer->run = run;
    timer->arg = arg;
    timer->event = evtimer_new(loop->base, on_timer, timer);
    CHECK_ALLOCATED(timer->event);
    return timer;
}

void loop_timer_start(struct loop_timer *timer, int64_t delay_ms)
{
    struct timeval delay = {delay_ms / 1000, (delay_ms % 1000) * 1000};

    CHECK(evtimer_add(timer->event, &delay) == 0);
}

void loop_timer_cancel(struct loop_timer *timer)
{
    CHECK(evtimer_del(timer->event) == 0);
}

void loop_timer_free(struct loop_timer *timer)
{
    if (timer == NULL)
        return;
    event_free(timer->event);
    free(timer);
}
