/* api/dispatch.c: from a complete HTTP request to the first step of its route.
 *
 * The steps that every request has in common are the preamble; the route's own follow. */
#include <string.h>

#include "api/access.h"
#include "api/app.h"
#include "api/input.h"
#include "api/metrics.h"
#include "api/pages.h"
#include "api/write.h"
#include "base/json.h"
#include "base/log.h"

enum { BODY_BYTES_MAX = 64 * 1024, SCRATCH_BYTES = 4096, INPUT_BYTES_MAX = 2048 };

/* "charset=utf-8" or a parameter that says nothing of the charset. */
static bool is_readable(struct text parameter)
{
    struct text value, name = text_trim(text_cut(parameter, '=', &value));

    if (!text_equal_ignoring_case(name, TEXT("charset")))
        return true;
    value = text_trim(value);
    return text_equal_ignoring_case(value, TEXT("utf-8")) ||
           text_equal_ignoring_case(value, TEXT("\"utf-8\""));
}

/* "application/json" matches with or without parameters; another charset than UTF-8 does not. */
static bool media_type_is(struct text sent, const char *wanted)
{
    struct text rest;

    if (!text_equal_ignoring_case(text_trim(text_cut(sent, ';', &rest)), text_of(wanted)))
        return false;
    while (rest.at != NULL) {
        if (!is_readable(text_cut(rest, ';', &rest)))
            return false;
    }
    return true;
}

static struct err read_json(struct exchange *x)
{
    struct err e = json_read(x->request->body, &x->json);

    if (err_is(e) || x->route->body == NULL)
        return e;
    x->input = arena_alloc(&x->arena, INPUT_BYTES_MAX);
    if (x->input == NULL)
        return err_make(ERR_TOO_LARGE);
    return input_check(x->json, x->route->body, &x->arena, x->input);
}

static enum step read_query(struct exchange *x)
{
    static const struct field none[] = {{0}};
    struct err e;

    x->query = arena_alloc(&x->arena, INPUT_BYTES_MAX);
    if (x->query == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    e = input_check_query(x->request->query, x->route->query != NULL ? x->route->query : none,
                          &x->arena, x->query);
    return err_is(e) ? exchange_fail(x, e) : STEP_NEXT;
}

static bool takes_body(enum method method)
{
    return method == METHOD_POST || method == METHOD_PUT || method == METHOD_PATCH;
}

static enum step read_body(struct exchange *x)
{
    const char *wanted = x->route->media_type;
    struct err e;

    if (!takes_body(x->request->method))
        return STEP_NEXT;
    if (x->request->body.bytes == 0 && x->route->body == NULL && wanted == NULL)
        return STEP_NEXT;
    if (!media_type_is(http_header(x->request, "content-type"),
                       wanted != NULL ? wanted : "application/json") ||
        http_header(x->request, "content-encoding").at != NULL)
        return exchange_fail(x, err_field(ERR_HTTP_MEDIA_TYPE, NULL,
                                          wanted != NULL ? wanted : "application/json"));
    if (wanted != NULL)
        return STEP_NEXT; /* the route reads it by itself */
    e = read_json(x);
    return err_is(e) ? exchange_fail(x, e) : STEP_NEXT;
}

static bool key_is_valid(struct text key)
{
    if (key.at == NULL || key.bytes == 0 || key.bytes > WRITE_KEY_BYTES_MAX)
        return false;
    for (size_t i = 0; i < key.bytes; i++) {
        if (key.at[i] < 0x21 || key.at[i] > 0x7e)
            return false;
    }
    return true;
}

/* Which asking this is: the key, and what it was used for. */
static enum step read_key(struct exchange *x)
{
    struct write *w = x->state;
    char head[HTTP_URI_BYTES_MAX + 16];
    struct build b = build_over(head, sizeof head);
    unsigned char digests[64];

    if (!x->route->writes)
        return STEP_NEXT;
    w->key = http_header(x->request, "idempotency-key");
    if (!key_is_valid(w->key))
        return exchange_fail(x, err_field(ERR_KEY_MISSING, "Idempotency-Key", "[!-~]{1,64}"));
    build_string(&b, method_name(x->request->method));
    build_char(&b, ' ');
    build_text(&b, x->request->path);
    sha256(build_done(&b), digests);
    sha256(x->request->body, digests + 32);
    sha256((struct text){(const char *)digests, sizeof digests}, w->fingerprint);
    return STEP_NEXT;
}

static enum step begin_route(struct exchange *x)
{
    x->on_failure = NULL;
    exchange_goto(x, x->route->steps);
    return STEP_NEXT;
}

static step_fn *const shared_steps[] = {
    access_authenticate, access_authenticated, access_permit, read_query,
    read_body,           read_key,             begin_route,   NULL,
};
static enum step find_route(struct exchange *x)
{
    struct route_match *match = arena_new(&x->arena, struct route_match);
    const char *allowed = NULL;
    struct err e;

    if (match == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    keyring_refresh(&app_of(x)->keyring, app_of(x)->reader, &app_of(x)->shared->signers);
    if (app_of(x)->shared->stopping)
        return exchange_fail(x, err_make(ERR_STOPPING));
    e = router_find(app_of(x)->shared->router, x->request->method, x->request->path, &x->arena,
                    match, &allowed);
    if (e.code == ERR_NOT_FOUND && pages_have(x))
        return pages_answer(x);
    if (err_is(e))
        return exchange_fail(x, e);
    e = exchange_take_route(x, match);
    if (err_is(e))
        return exchange_fail(x, e);
    exchange_goto(x, shared_steps); /* the route's own follow them */
    return STEP_NEXT;
}

static step_fn *const first_steps[] = {find_route, NULL};

static void on_request(void *arg, struct http_connection *c, struct http_request *request)
{
    struct exchange *x = exchange_new(c, request, arg);

    exchange_goto(x, first_steps);
    exchange_run(x);
}

static struct err on_admit(void *arg, const struct http_request *head, size_t *body_bytes_max)
{
    struct app *app = arg;
    struct route_match match;
    const char *allowed = NULL;
    struct arena arena;
    struct err e;

    *body_bytes_max = BODY_BYTES_MAX; /* an unknown address is answered 404 after a small body */
    arena_init(&arena, SCRATCH_BYTES);
    e = router_find(app->shared->router, head->method, head->path, &arena, &match, &allowed);
    if (!err_is(e) && match.route->body_bytes_max > 0)
        *body_bytes_max = match.route->body_bytes_max;
    arena_clear(&arena);
    return OK;
}

static void on_refuse(void *arg, struct http_connection *c, const struct http_request *head,
                      struct err e)
{
    struct app *app = arg;

    metrics_refused(app->shared->metrics, e.code);
    exchange_refuse(NULL, c, head, e);
}

static void on_late(void *arg, uint64_t request_id)
{
    (void)arg;
    log_event(LOG_WARN, request_id, "handler_late", log_number("limit_ms", HTTP_HANDLER_MS));
}

struct http_handlers app_handlers(struct app *app)
{
    return (struct http_handlers){
        .admit = on_admit, .request = on_request, .refuse = on_refuse, .late = on_late, .arg = app};
}
