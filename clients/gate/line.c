#include "clients/gate/line.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "clients/http/client.h"

/* A question between the loop, which may stop waiting for it, and the thread. Whoever is last frees:
 * it always goes back to the loop. */
struct call {
    TAILQ_ENTRY(call) link;
    struct line *line;
    struct loop_timer *timer;
    struct waiter waiter; /* .done NULL: nobody waits any more */
    struct line_answer *answer;
    struct arena *arena;
    int64_t until_us; /* monotonic */
    char *body;
    size_t body_bytes;
    struct answer came; /* the thread's, until it is posted */
    bool asked;
};
TAILQ_HEAD(calls, call);

struct line {
    struct loop *loop;
    struct client *client;
    const char *key;
    loop_fn *came_up;
    void *arg;
    pthread_t thread;
    _Atomic bool stopping;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t wake;
    struct calls queue;
    unsigned queued;
    bool up, down_again;
    int64_t since_us;
    int refused;
};

/* -- states ---------------------------------------------------------------------------------------- */

static void lock(struct line *line)
{
    CHECK(pthread_mutex_lock(&line->lock) == 0);
}

static void unlock(struct line *line)
{
    CHECK(pthread_mutex_unlock(&line->lock) == 0);
}

struct line_state line_state(struct line *line)
{
    struct line_state state;

    lock(line);
    state = (struct line_state){line->up, line->since_us, line->refused};
    unlock(line);
    return state;
}

static void set_up(struct line *line, bool up, int refused)
{
    bool changed;

    lock(line);
    changed = line->up != up;
    if (changed) {
        line->up = up;
        line->since_us = clock_monotonic_us();
    }
    line->refused = refused;
    unlock(line);
    if (!changed)
        return;
    log_event(up ? LOG_INFO : LOG_WARN, 0, up ? "line_up" : "line_down",
              log_number("refused", refused));
    if (up)
        loop_post(line->loop, line->came_up, line->arg);
}

void line_is_down(struct line *line)
{
    lock(line);
    line->down_again = true; /* the thread tells, in its own time */
    CHECK(pthread_cond_signal(&line->wake) == 0);
    unlock(line);
}

/* -- the loop's side ------------------------------------------------------------------------------- */

static void tell(struct call *call)
{
    struct waiter waiter = call->waiter;

    call->waiter.done = NULL;
    loop_timer_cancel(call->timer);
    waiter.done(waiter.arg, OK);
}

static void on_time_over(void *arg)
{
    struct call *call = arg;

    call->answer->asked = true;
    tell(call); /* the thread still has it */
}

static void on_answer(void *arg)
{
    struct call *call = arg;

    if (call->waiter.done != NULL) {
        call->answer->asked = call->asked;
        if (call->came.end == ANSWER_CAME && call->came.body != NULL) {
            call->answer->status = call->came.status;
            call->answer->body = arena_text(
                call->arena, (struct text){call->came.body, call->came.body_bytes});
        }
        tell(call);
    }
    answer_clear(&call->came);
    loop_timer_free(call->timer);
    free(call->body);
    free(call);
}

static struct call *call_new(struct line *line, struct text body, int64_t timeout_ms)
{
    struct call *call = calloc(1, sizeof *call);

    CHECK_ALLOCATED(call);
    call->line = line;
    call->until_us = clock_monotonic_us() + timeout_ms * US_PER_MS;
    call->body = malloc(body.bytes + 1);
    CHECK_ALLOCATED(call->body);
    memcpy(call->body, body.at, body.bytes);
    call->body[body.bytes] = '\0';
    call->body_bytes = body.bytes;
    call->timer = loop_timer_new(line->loop, on_time_over, call);
    return call;
}

bool line_ask(struct line *line, struct text body, int64_t timeout_ms, struct arena *arena,
              struct line_answer *answer, struct waiter waiter)
{
    struct call *call;
    bool may;

    *answer = (struct line_answer){0};
    lock(line);
    may = line->up && !line->down_again && line->queued < LINE_QUEUE_MAX;
    if (may) {
        call = call_new(line, body, timeout_ms);
        call->waiter = waiter;
        call->answer = answer;
        call->arena = arena;
        TAILQ_INSERT_TAIL(&line->queue, call, link);
        line->queued++;
        loop_timer_start(call->timer, timeout_ms);
        CHECK(pthread_cond_signal(&line->wake) == 0);
    }
    unlock(line);
    return may;
}

/* -- the thread's side ----------------------------------------------------------------------------- */

static bool is_trouble(const struct answer *answer)
{
    return answer->end != ANSWER_CAME || answer->status >= 500 || answer->status == 429;
}

static void take_outcome(struct line *line, const struct answer *answer)
{
    int refused = answer->end == ANSWER_CAME && (answer->status == 401 || answer->status == 403)
                      ? answer->status
                      : 0;

    set_up(line, !is_trouble(answer) && refused == 0, refused);
}

static void ask(struct line *line, struct call *call)
{
    if (clock_monotonic_us() < call->until_us && !atomic_load(&line->stopping)) {
        client_ask(line->client,
                   &(struct question){.method = "POST",
                                      .path = "/v1/gate/check",
                                      .key = line->key,
                                      .body = call->body,
                                      .body_bytes = call->body_bytes},
                   &call->came);
        call->asked = call->came.end != ANSWER_UNREACHABLE;
        take_outcome(line, &call->came);
    }
    loop_post(line->loop, on_answer, call);
}

/* With the gate's own key: a server that is well but refuses this gate is no use to it. */
static void probe(struct line *line)
{
    struct answer answer;

    client_ask(line->client, &(struct question){.path = "/readyz"}, &answer);
    if (answer_is_good(&answer)) {
        answer_clear(&answer);
        client_ask(line->client, &(struct question){.path = "/v1/gate/site", .key = line->key},
                   &answer);
    }
    take_outcome(line, &answer);
    answer_clear(&answer);
}

/* Under the lock. Waits for a question, the end, or until_us. */
static void wait_until(struct line *line, int64_t until_us)
{
    struct timespec until = {until_us / US_PER_SECOND, until_us % US_PER_SECOND * 1000};

    while (TAILQ_EMPTY(&line->queue) && !line->down_again && !atomic_load(&line->stopping)) {
        if (pthread_cond_clockwait(&line->wake, &line->lock, CLOCK_MONOTONIC, &until) != 0)
            return;
    }
}

static struct call *next_call(struct line *line, int64_t until_us, bool *down_again)
{
    struct call *call;

    lock(line);
    wait_until(line, until_us);
    call = TAILQ_FIRST(&line->queue);
    if (call != NULL) {
        TAILQ_REMOVE(&line->queue, call, link);
        line->queued--;
    }
    *down_again = line->down_again;
    line->down_again = false;
    unlock(line);
    return call;
}

static void *run(void *arg)
{
    struct line *line = arg;
    int64_t probe_at_us = 0, wait_ms = LINE_PROBE_MIN_MS;

    while (!atomic_load(&line->stopping)) {
        bool up = line_state(line).up, down_again;
        struct call *call = next_call(line, up ? INT64_MAX / 2 : probe_at_us, &down_again);

        if (down_again)
            set_up(line, false, 0);
        if (call != NULL) {
            ask(line, call);
        } else if (!line_state(line).up && clock_monotonic_us() >= probe_at_us &&
                   !atomic_load(&line->stopping)) {
            probe(line);
            probe_at_us = clock_monotonic_us() + wait_ms * US_PER_MS;
            wait_ms = wait_ms * 2 > LINE_PROBE_MAX_MS ? LINE_PROBE_MAX_MS : wait_ms * 2;
        }
        if (line_state(line).up)
            wait_ms = LINE_PROBE_MIN_MS;
    }
    return NULL;
}

/* -- opening and ending ---------------------------------------------------------------------------- */

struct line *line_open(struct loop *loop, const struct gate_settings *settings, const char *key,
                       loop_fn *came_up, void *arg, const char **why)
{
    struct line *line = calloc(1, sizeof *line);

    CHECK_ALLOCATED(line);
    line->loop = loop;
    line->key = key;
    line->came_up = came_up;
    line->arg = arg;
    TAILQ_INIT(&line->queue);
    line->client = client_new(&(struct client_options){.server = settings->server,
                                                       .ca = settings->ca[0] != '\0' ? settings->ca
                                                                                     : NULL,
                                                       .timeout_ms = (long)settings->online_ms,
                                                       .stop = &line->stopping},
                              why);
    if (line->client == NULL) {
        free(line);
        return NULL;
    }
    CHECK(pthread_mutex_init(&line->lock, NULL) == 0);
    CHECK(pthread_cond_init(&line->wake, NULL) == 0);
    CHECK(pthread_create(&line->thread, NULL, run, line) == 0);
    return line;
}

void line_stop(struct line *line)
{
    struct call *call;

    atomic_store(&line->stopping, true);
    lock(line);
    CHECK(pthread_cond_signal(&line->wake) == 0);
    unlock(line);
    CHECK(pthread_join(line->thread, NULL) == 0);
    while ((call = TAILQ_FIRST(&line->queue)) != NULL) {
        TAILQ_REMOVE(&line->queue, call, link);
        loop_post(line->loop, on_answer, call);
    }
}

void line_free(struct line *line)
{
    if (line == NULL)
        return;
    client_free(line->client);
    CHECK(pthread_cond_destroy(&line->wake) == 0);
    CHECK(pthread_mutex_destroy(&line->lock) == 0);
    free(line);
}
