#include "net/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "net/router.h"

static const uint32_t MAGIC = 0x45584348;

enum { PROBLEM_BYTES_MAX = 4096, TRACE_LINE_BYTES_MAX = 1500 };

static struct exchange *exchange_from(void *arg)
{
    struct exchange *x = arg;

    CHECK(x != NULL && x->magic == MAGIC);
    return x;
}

struct exchange *exchange_new(struct http_connection *c, struct http_request *request, void *app)
{
    struct exchange *x = calloc(1, sizeof *x);

    CHECK_ALLOCATED(x);
    x->magic = MAGIC;
    x->id = request->id;
    x->connection = c;
    x->request = request;
    x->app = app;
    x->now = clock_wall_us();
    x->today = clock_local_day(x->now);
    x->started_us = clock_monotonic_us();
    x->english = problem_prefers_english(http_header(request, "Accept-Language"));
    arena_init(&x->arena, EXCHANGE_ARENA_BYTES);
    return x;
}

struct err exchange_take_route(struct exchange *x, const struct route_match *match)
{
    const struct route *route = match->route;

    CHECK(x->route == NULL && route != NULL);
    x->params = arena_new_array(&x->arena, ROUTE_PARAMS_MAX, struct text);
    x->state = arena_alloc(&x->arena, route->state_bytes != NULL ? *route->state_bytes : 0);
    if (x->params == NULL || x->state == NULL)
        return err_make(ERR_TOO_LARGE);
    memcpy(x->params, match->params, sizeof match->params);
    x->route = route;
    x->next = route->steps;
    return OK;
}

void exchange_note(struct exchange *x, const char *what)
{
    x->trace[x->traced++ % EXCHANGE_TRACE] =
        (struct exchange_trace){what, clock_monotonic_us() - x->started_us};
}

/* Steps are functions without names at run time; their place in the route's list names them. */
static void note_step(struct exchange *x)
{
    static const char *const names[] = {"step 1", "step 2", "step 3", "step 4",
                                        "step 5", "step 6", "step 7", "step 8"};

    for (size_t i = 0; x->route != NULL && i < sizeof names / sizeof names[0]; i++) {
        if (x->route->steps[i] == NULL)
            break;
        if (&x->route->steps[i] == x->next) {
            exchange_note(x, names[i]);
            return;
        }
    }
    exchange_note(x, "step");
}

static void exchange_free(struct exchange *x)
{
    CHECK(x->answered && !x->waiting);
    arena_clear(&x->arena);
    json_decref(x->json);
    x->magic = 0;
    free(x);
}

void exchange_run(struct exchange *x)
{
    enum step did;

    CHECK(exchange_from(x) == x && !x->running);
    x->running = true;
    do {
        CHECK(!x->answered && !x->waiting);       /* nobody runs an answered exchange */
        CHECK(x->next != NULL && *x->next != NULL); /* the last step answers */
        note_step(x);
        did = (*x->next++)(x);
    } while (did == STEP_NEXT);
    x->running = false;
    CHECK(did == STEP_DONE ? x->answered : x->waiting);
    if (did == STEP_DONE)
        exchange_free(x); /* the only place where an exchange ends */
}

void exchange_goto(struct exchange *x, step_fn *const *step)
{
    x->next = step;
}

/* -- waiting ------------------------------------------------------------------------------------- */

static enum step answer_failure(struct exchange *x)
{
    x->next = NULL; /* on_failure goes on by exchange_goto(), or it answers */
    return x->on_failure != NULL ? x->on_failure(x) : exchange_fail(x, x->failure);
}

static step_fn *const failure_steps[] = {answer_failure, NULL};

static void exchange_resume(void *arg, struct err e)
{
    struct exchange *x = exchange_from(arg);

    CHECK(x->waiting && !x->running); /* once, and never inside the call that started the work */
    x->waiting = false;
    exchange_note(x, err_is(e) ? "failed" : "resumed");
    x->failure = e;
    if (err_is(e))
        x->next = failure_steps;
    exchange_run(x);
}

struct waiter exchange_waiter(struct exchange *x)
{
    return (struct waiter){exchange_resume, x};
}

enum step exchange_wait(struct exchange *x, struct err e)
{
    if (err_is(e))
        return exchange_fail(x, e);
    CHECK(!x->waiting);
    x->waiting = true;
    exchange_note(x, "waits");
    return STEP_WAIT;
}

/* -- answering ----------------------------------------------------------------------------------- */

/* One line a request: the pattern, never the path, which may name somebody. */
static void log_request(const struct exchange *x, int status, size_t bytes, struct err e)
{
    struct log_field fields[8] = {
        log_text("method", method_name(x->request->method)),
        log_text("route", x->route != NULL ? x->route->pattern : "none"),
        log_number("status", status),
        log_number("us", clock_monotonic_us() - x->started_us),
        log_number("bytes", bytes),
    };
    unsigned count = 5;

    if (err_is(e))
        fields[count++] = log_text("code", err_row(e.code)->code);
    if (e.detail != NULL)
        fields[count++] = log_text("detail", e.detail);
    log_write(LOG_INFO, x->id, "request", fields);
}

static void log_trace(const struct exchange *x)
{
    char line[TRACE_LINE_BYTES_MAX];
    struct build b = build_over(line, sizeof line);
    unsigned first = x->traced > EXCHANGE_TRACE ? x->traced - EXCHANGE_TRACE : 0;

    for (unsigned i = first; i < x->traced; i++) {
        const struct exchange_trace *t = &x->trace[i % EXCHANGE_TRACE];

        build_format(&b, "%s%s@%lld", i > first ? ", " : "", t->what, (long long)t->at_us);
    }
    log_event(LOG_WARN, x->id, "trace", log_text("steps", b.at));
}

static void answer(struct exchange *x, const struct http_answer *answer, struct err e)
{
    CHECK(!x->answered && !x->waiting);
    x->answered = true;
    exchange_note(x, "answers");
    log_request(x, answer->status, answer->body.bytes, e);
    if (answer->status >= 500)
        log_trace(x);
    http_answer(x->connection, answer);
    x->connection = NULL; /* neither is ours any more */
    x->request = NULL;
}

enum step exchange_answer(struct exchange *x, int status, const char *content_type,
                          struct text body, const char *extra)
{
    if (x->arena.full || body.bytes > HTTP_ANSWER_BYTES_MAX)
        return exchange_fail(x, err_detail(ERR_TOO_LARGE, "the answer's memory"));
    answer(x, &(struct http_answer){status, content_type, body, extra, false}, OK);
    return STEP_DONE;
}

enum step exchange_answer_file(struct exchange *x, const char *content_type, struct text body,
                               const char *extra)
{
    if (x->arena.full || body.bytes > HTTP_FILE_BYTES_MAX)
        return exchange_fail(x, err_detail(ERR_TOO_LARGE, "the file's memory"));
    answer(x, &(struct http_answer){200, content_type, body, extra, false}, OK);
    return STEP_DONE;
}

enum step exchange_answer_json(struct exchange *x, int status, struct text body)
{
    return exchange_answer(x, status, "application/json", body, NULL);
}

/* Header lines that belong to an error. Allow is the router's own text, never input. */
static void put_extra(struct build *b, struct err e, int64_t retry_after_s)
{
    int status = err_row(e.code)->status;

    if (status == 429 || status == 503)
        build_format(b, "Retry-After: %lld\r\n",
                     (long long)(retry_after_s > 0 ? retry_after_s : 1));
    if (e.code == ERR_HTTP_METHOD && e.expected != NULL)
        build_format(b, "Allow: %s\r\n", e.expected);
    if (status == 401)
        build_string(b, "WWW-Authenticate: Bearer\r\n");
}

/* A problem needs no arena, so that a full one can be told. */
static struct http_answer problem(struct err e, uint64_t id, bool english, int64_t retry_after_s,
                                  char body[PROBLEM_BYTES_MAX], char extra[128])
{
    struct build out = build_over(body, PROBLEM_BYTES_MAX), headers = build_over(extra, 128);

    problem_render(&out, e, id, english);
    if (out.full) { /* a field's name is as long as the caller made it */
        out = build_over(body, PROBLEM_BYTES_MAX);
        problem_render(&out, err_make(e.code), id, english);
    }
    put_extra(&headers, e, retry_after_s);
    CHECK(!out.full && !headers.full);
    return (struct http_answer){err_row(e.code)->status, "application/problem+json",
                                build_done(&out), extra, false};
}

enum step exchange_fail(struct exchange *x, struct err e)
{
    char body[PROBLEM_BYTES_MAX], extra[128];
    struct http_answer made;

    CHECK(err_is(e));
    made = problem(e, x->id, x->english, x->retry_after_s, body, extra);
    answer(x, &made, e);
    return STEP_DONE;
}

void exchange_refuse(void *arg, struct http_connection *c, const struct http_request *head,
                     struct err e)
{
    bool english = problem_prefers_english(http_header(head, "Accept-Language"));
    char body[PROBLEM_BYTES_MAX], extra[128];
    struct http_answer made = problem(e, head->id, english, 0, body, extra);

    (void)arg;
    http_answer(c, &made);
}
