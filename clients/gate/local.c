/* clients/gate/local.c: the local interface: what the turnstile's board asks, what the guard reads. */
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "clients/gate/agent.h"
#include "crypto/seal.h"

enum { BODY_BYTES_MAX = 4 * 1024, SCRATCH_BYTES = 4096 };

#define ROUTE(method, path, name, state, does)                                                     \
    {method, path, 0, NULL, NULL, name, state, 0, NULL, false, does}

static enum step health(struct exchange *x)
{
    return exchange_answer(x, 200, "text/plain; charset=utf-8", TEXT("ok\n"), NULL);
}

static step_fn *const health_get[] = {health, NULL};

const struct route local_routes[] = {
    ROUTE(METHOD_POST, "/scan", scan_post, &scan_state_bytes, "A code was shown: open or not"),
    ROUTE(METHOD_GET, "/", status_page, NULL, "How the gate is, for people"),
    ROUTE(METHOD_GET, "/photos/{hash}", photo_get, NULL, "A photo, for the page"),
    ROUTE(METHOD_GET, "/status", status_get, NULL, "How the gate is, for programs"),
    ROUTE(METHOD_GET, "/healthz", health_get, NULL, "Is the process alive"),
};
const size_t local_route_count = sizeof local_routes / sizeof local_routes[0];

/* -- from a request to its steps ------------------------------------------------------------------- */

static enum step find_route(struct exchange *x)
{
    struct route_match *match = arena_new(&x->arena, struct route_match);
    const char *allowed = NULL;
    struct err e;

    if (match == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    if (agent_of(x)->stopping)
        return exchange_fail(x, err_make(ERR_STOPPING));
    e = router_find(agent_of(x)->router, x->request->method, x->request->path, &x->arena, match,
                    &allowed);
    if (!err_is(e))
        e = exchange_take_route(x, match);
    return err_is(e) ? exchange_fail(x, e) : STEP_NEXT;
}

static step_fn *const first_steps[] = {find_route, NULL};

/* Not a CORS-simple type, so that no page in a browser can scan. */
static bool is_json(const struct http_request *request)
{
    struct text rest, type = http_header(request, "content-type");

    return text_equal_ignoring_case(text_trim(text_cut(type, ';', &rest)),
                                    TEXT("application/json"));
}

enum step local_permit(struct exchange *x)
{
    const struct agent *agent = agent_of(x);
    struct text sent = http_header(x->request, "authorization"), wanted = text_of(agent->scan_key);
    struct text scheme = TEXT("Bearer ");

    if (!is_json(x->request))
        return exchange_fail(x, err_field(ERR_HTTP_MEDIA_TYPE, NULL, "application/json"));
    if (wanted.bytes == 0)
        return STEP_NEXT;
    if (!text_starts(sent, scheme) || sent.bytes != scheme.bytes + wanted.bytes ||
        !bytes_equal(sent.at + scheme.bytes, wanted.at, wanted.bytes))
        return exchange_fail(x, err_make(ERR_UNAUTHENTICATED));
    return STEP_NEXT;
}

static void on_request(void *arg, struct http_connection *c, struct http_request *request)
{
    struct exchange *x = exchange_new(c, request, arg);

    exchange_goto(x, first_steps);
    exchange_run(x);
}

static struct err on_admit(void *arg, const struct http_request *head, size_t *body_bytes_max)
{
    (void)arg;
    (void)head;
    *body_bytes_max = BODY_BYTES_MAX;
    return OK;
}

static void on_late(void *arg, uint64_t request_id)
{
    (void)arg;
    log_event(LOG_WARN, request_id, "handler_late", log_number("limit_ms", HTTP_HANDLER_MS));
}

struct http_handlers local_handlers(struct agent *agent)
{
    return (struct http_handlers){.admit = on_admit, .request = on_request,
                                  .refuse = exchange_refuse, .late = on_late, .arg = agent};
}
