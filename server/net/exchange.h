/* net/exchange.h: one request: its steps, its one answer, its end.
 *
 * A step does one thing and says what comes next. STEP_WAIT means that something that takes time
 * was started with exchange_waiter(); when it ends, the next step runs. A failure of what was
 * waited for goes to exchange->on_failure (a step), by default answering the failure as problem
 * details. An exchange is answered exactly once and is freed by exchange_run() only, with its
 * arena. Time is read once per exchange. */
#ifndef NET_EXCHANGE_H
#define NET_EXCHANGE_H

#include <jansson.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/waiter.h"
#include "net/http.h"

enum step { STEP_NEXT, STEP_WAIT, STEP_DONE };
struct exchange;
typedef enum step step_fn(struct exchange *x);

enum { EXCHANGE_ARENA_BYTES = 16 * 1024 * 1024, EXCHANGE_TRACE = 32 };

struct route_match;

struct exchange_trace {
    const char *what;
    int64_t at_us; /* since the exchange began */
};

struct exchange {
    uint32_t magic;
    uint64_t id;
    struct http_connection *connection;
    struct http_request *request;
    const struct route *route;
    struct text *params;     /* of the pattern, decoded */
    struct arena arena;
    time_us now;             /* wall clock, read once */
    uint16_t today;          /* local day of now */
    int64_t started_us;      /* monotonic */
    void *app;               /* the loop's parts: struct app of api/app.h */
    void *caller;            /* struct caller of api/access.h, in the arena */
    void *input;             /* the checked body, in the arena */
    void *query;             /* the checked query, in the arena */
    void *state;             /* route->state_bytes, zeroed */
    json_t *json;            /* the parsed body, or NULL; freed with the exchange */
    step_fn *const *next;
    step_fn *on_failure;     /* NULL: exchange_fail(x, x->failure) */
    struct err failure;      /* of what was waited for */
    int64_t retry_after_s;   /* told with 429 and 503; 0: a second */
    bool english;            /* Accept-Language prefers en over zh */
    bool answered;
    bool running, waiting;   /* exchange_run() is on the stack; a waiter is out */
    struct exchange_trace trace[EXCHANGE_TRACE];
    unsigned traced;
};

/* Makes an exchange and leaves it to exchange_run(). route is NULL until it is found. */
struct exchange *exchange_new(struct http_connection *c, struct http_request *request, void *app);
void exchange_run(struct exchange *x);

/* Takes what router_find() found: route, params, zeroed state, and goes on with its first step.
 * ERR_TOO_LARGE when the arena is full. */
MUST_USE struct err exchange_take_route(struct exchange *x, const struct route_match *match);
/* Notes a step of its own in the trace, which is logged when the exchange ends in 5xx. `what` is
 * static and holds no input. */
void exchange_note(struct exchange *x, const char *what);

struct waiter exchange_waiter(struct exchange *x);
/* For steps that start something: waits when e is OK, else answers e. */
enum step exchange_wait(struct exchange *x, struct err e);
/* Answers problem+json (RFC 9457) and ends. 405 carries Allow: e.expected, as router_find() gave it;
 * 429 and 503 carry Retry-After. */
enum step exchange_fail(struct exchange *x, struct err e);
/* Answers and ends. body lies in the arena or is static; above HTTP_ANSWER_BYTES_MAX, or when the
 * arena got full while it was built, the answer is ERR_TOO_LARGE. extra as in struct http_answer. */
enum step exchange_answer(struct exchange *x, int status, const char *content_type,
                          struct text body, const char *extra);
/* The same for a file: up to HTTP_FILE_BYTES_MAX. */
enum step exchange_answer_file(struct exchange *x, const char *content_type, struct text body,
                               const char *extra);
enum step exchange_answer_json(struct exchange *x, int status, struct text body);
/* Back to a step of this exchange's own list (retries). */
void exchange_goto(struct exchange *x, step_fn *const *step);

/* Answers what never became an exchange; fits struct http_handlers.refuse (arg is not used). */
void exchange_refuse(void *arg, struct http_connection *c, const struct http_request *head,
                     struct err e);

/* problem.c: problem+json of e into out: type, title, status, detail, instance, code, errors[]. */
void problem_render(struct build *out, struct err e, uint64_t id, bool english);
/* Does an Accept-Language header (RFC 9110 12.5.4) put en before zh? Empty or neither: no. */
bool problem_prefers_english(struct text accept_language);

#endif
