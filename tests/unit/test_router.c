/* net/router: method and path to a row, and every path trick that must not reach one. */
#include <criterion/criterion.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "net/router.h"
#include "support/no_leaks.h"

TestSuite(router, .fini = no_leaks);

static enum step never(struct exchange *x)
{
    (void)x;
    return STEP_DONE;
}

static step_fn *const steps[] = {never, NULL};

#define ROW(m, p) {.method = METHOD_##m, .pattern = (p), .steps = steps}

static const struct route rows[] = {
    ROW(GET, "/"),
    ROW(GET, "/healthz"),
    ROW(GET, "/openapi.yaml"),
    ROW(POST, "/v1/workers"),
    ROW(GET, "/v1/workers/{id}"),
    ROW(PATCH, "/v1/workers/{id}"),
    ROW(DELETE, "/v1/workers/{id}"),
    ROW(GET, "/v1/workers/{id}/code"),
    ROW(POST, "/v1/workers/find"),
    ROW(GET, "/v1/lists/{region}/{number}/{day}"),
    ROW(GET, "/v1/a/{b}/c/{d}/{e}/{f}"),
};

struct find_case {
    const char *name;
    enum method method;
    const char *path;
    enum err_code code;
    const char *pattern; /* expected, or the methods of 405 */
    const char *params;  /* joined by | */
};

static const struct find_case cases[] = {
    {"the root", METHOD_GET, "/", ERR_NONE, "/", ""},
    {"a literal", METHOD_GET, "/healthz", ERR_NONE, "/healthz", ""},
    {"a literal with a dot", METHOD_GET, "/openapi.yaml", ERR_NONE, "/openapi.yaml", ""},
    {"one name", METHOD_GET, "/v1/workers/17", ERR_NONE, "/v1/workers/{id}", "17"},
    {"the same row by another method", METHOD_PATCH, "/v1/workers/17", ERR_NONE, "/v1/workers/{id}", "17"},
    {"behind a name", METHOD_GET, "/v1/workers/17/code", ERR_NONE, "/v1/workers/{id}/code", "17"},
    {"three names", METHOD_GET, "/v1/lists/320900/7/2026-11-22", ERR_NONE, "/v1/lists/{region}/{number}/{day}", "320900|7|2026-11-22"},
    {"four names", METHOD_GET, "/v1/a/1/c/2/3/4", ERR_NONE, "/v1/a/{b}/c/{d}/{e}/{f}", "1|2|3|4"},
    {"HEAD finds GET", METHOD_HEAD, "/healthz", ERR_NONE, "/healthz", ""},
    {"a literal before a name", METHOD_POST, "/v1/workers/find", ERR_NONE, "/v1/workers/find", ""},
    {"back to the name when the literal leads nowhere", METHOD_GET, "/v1/workers/find/code", ERR_NONE, "/v1/workers/{id}/code", "find"},
    {"a decoded name", METHOD_GET, "/v1/workers/a%20b", ERR_NONE, "/v1/workers/{id}", "a b"},
    {"a decoded name in UTF-8", METHOD_GET, "/v1/workers/%E5%BC%A0", ERR_NONE, "/v1/workers/{id}", "张"},
    {"decoded once only", METHOD_GET, "/v1/workers/%2541", ERR_NONE, "/v1/workers/{id}", "%41"},
    {"a literal by escapes", METHOD_GET, "/%68ealth%7a", ERR_NONE, "/healthz", ""},
    {"three dots are a name", METHOD_GET, "/v1/workers/...", ERR_NONE, "/v1/workers/{id}", "..."},
    {"nothing there", METHOD_GET, "/v2", ERR_NOT_FOUND, NULL, NULL},
    {"a prefix of a route", METHOD_GET, "/v1", ERR_NOT_FOUND, NULL, NULL},
    {"longer than any route", METHOD_GET, "/v1/workers/17/code/x", ERR_NOT_FOUND, NULL, NULL},
    {"deeper than the router goes", METHOD_GET, "/1/2/3/4/5/6/7/8/9/10/11/12/13/14", ERR_NOT_FOUND, NULL, NULL},
    {"case counts", METHOD_GET, "/Healthz", ERR_NOT_FOUND, NULL, NULL},
    {"braces are no wildcard", METHOD_POST, "/v1/{workers}", ERR_NOT_FOUND, NULL, NULL},
    {"another method", METHOD_POST, "/healthz", ERR_HTTP_METHOD, "GET, HEAD", NULL},
    {"another method of many", METHOD_PUT, "/v1/workers/17", ERR_HTTP_METHOD, "GET, HEAD, PATCH, DELETE", NULL},
    {"HEAD of what has no GET", METHOD_HEAD, "/v1/workers", ERR_HTTP_METHOD, "POST", NULL},
    {"a literal hides the name", METHOD_GET, "/v1/workers/find", ERR_HTTP_METHOD, "POST", NULL},
    {"empty", METHOD_GET, "", ERR_HTTP_URI, NULL, NULL},
    {"no slash first", METHOD_GET, "healthz", ERR_HTTP_URI, NULL, NULL},
    {"a slash at the end", METHOD_GET, "/healthz/", ERR_HTTP_URI, NULL, NULL},
    {"two slashes", METHOD_GET, "//healthz", ERR_HTTP_URI, NULL, NULL},
    {"two slashes inside", METHOD_GET, "/v1//workers", ERR_HTTP_URI, NULL, NULL},
    {"dot", METHOD_GET, "/./healthz", ERR_HTTP_URI, NULL, NULL},
    {"dot dot", METHOD_GET, "/v1/../healthz", ERR_HTTP_URI, NULL, NULL},
    {"dot dot by escapes", METHOD_GET, "/v1/%2e%2E/healthz", ERR_HTTP_URI, NULL, NULL},
    {"dot dot half by escape", METHOD_GET, "/v1/workers/.%2e", ERR_HTTP_URI, NULL, NULL},
    {"an encoded slash", METHOD_GET, "/v1/workers/1%2F2", ERR_HTTP_URI, NULL, NULL},
    {"an encoded slash, small", METHOD_GET, "/v1%2fworkers", ERR_HTTP_URI, NULL, NULL},
    {"an encoded NUL", METHOD_GET, "/v1/workers/1%00", ERR_HTTP_URI, NULL, NULL},
    {"an encoded line end", METHOD_GET, "/v1/workers/1%0d%0a", ERR_HTTP_URI, NULL, NULL},
    {"an encoded DEL", METHOD_GET, "/v1/workers/1%7f", ERR_HTTP_URI, NULL, NULL},
    {"a cut escape", METHOD_GET, "/v1/workers/1%2", ERR_HTTP_URI, NULL, NULL},
    {"a bare percent sign", METHOD_GET, "/v1/workers/%", ERR_HTTP_URI, NULL, NULL},
    {"an escape that is none", METHOD_GET, "/v1/workers/%zz", ERR_HTTP_URI, NULL, NULL},
    {"a sign in an escape", METHOD_GET, "/v1/workers/%+1", ERR_HTTP_URI, NULL, NULL},
    {"overlong UTF-8 of a slash", METHOD_GET, "/v1/workers/%c0%af", ERR_HTTP_URI, NULL, NULL},
    {"broken UTF-8", METHOD_GET, "/v1/workers/%ff", ERR_HTTP_URI, NULL, NULL},
    {"a path parameter", METHOD_GET, "/v1/workers;x=1/17", ERR_HTTP_URI, NULL, NULL},
    {"an encoded semicolon", METHOD_GET, "/v1/workers/17%3bx", ERR_HTTP_URI, NULL, NULL},
};

static struct router *all_rows(void)
{
    return router_new(rows, sizeof rows / sizeof rows[0]);
}

static void join_params(const struct route_match *match, char out[128])
{
    struct build b = build_over(out, 128);

    for (size_t i = 0; i < ROUTE_PARAMS_MAX && match->params[i].at != NULL; i++) {
        build_string(&b, i > 0 ? "|" : "");
        build_text(&b, match->params[i]);
    }
}

Test(router, a_method_and_a_path_find_their_row_or_a_named_error)
{
    struct router *router = all_rows();
    char params[128];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct find_case *c = &cases[i];
        struct route_match match;
        struct arena arena;
        const char *allowed;
        struct err e;

        arena_init(&arena, 64 * 1024);
        e = router_find(router, c->method, text_of(c->path), &arena, &match, &allowed);
        cr_expect(e.code == c->code, "%s: error %d", c->name, (int)e.code);
        if (e.code == ERR_NONE && c->code == ERR_NONE) {
            cr_expect_str_eq(match.route->pattern, c->pattern, "%s: %s", c->name,
                             match.route->pattern);
            join_params(&match, params);
            cr_expect_str_eq(params, c->params, "%s: params %s", c->name, params);
        }
        if (c->code == ERR_HTTP_METHOD) {
            cr_expect_str_eq(allowed, c->pattern, "%s: allows %s", c->name, allowed);
            cr_expect_str_eq(e.expected, c->pattern, "%s", c->name);
        } else {
            cr_expect(allowed == NULL, "%s", c->name);
        }
        arena_clear(&arena);
    }
    router_free(router);
}

Test(router, every_row_is_found_under_its_own_method)
{
    struct router *router = all_rows();

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct route_match match;
        struct arena arena;
        const char *allowed;
        struct err e;

        arena_init(&arena, 64 * 1024);
        e = router_find(router, rows[i].method, text_of(rows[i].pattern), &arena, &match, &allowed);
        cr_expect(!err_is(e) && match.route == &rows[i], "%s", rows[i].pattern);
        arena_clear(&arena);
    }
    router_free(router);
}

Test(router, a_full_arena_is_told)
{
    struct router *router = all_rows();
    struct route_match match;
    const char *allowed;
    struct arena arena;

    arena_init(&arena, 2);
    cr_expect(router_find(router, METHOD_GET, TEXT("/v1/workers/%41%42%43"), &arena, &match,
                          &allowed).code == ERR_TOO_LARGE);
    arena_clear(&arena);
    router_free(router);
}

static void build_with(const char *pattern)
{
    const struct route bad[] = {ROW(GET, "/v1/workers/{id}"), {.method = METHOD_GET,
                                .pattern = pattern, .steps = steps}};

    freopen("/dev/null", "w", stderr);
    router_new(bad, 2);
}

Test(router, a_row_twice_is_a_bug, .signal = SIGABRT)
{
    build_with("/v1/workers/{number}");
}

Test(router, an_empty_segment_is_a_bug, .signal = SIGABRT)
{
    build_with("/v1/");
}

Test(router, half_a_name_is_a_bug, .signal = SIGABRT)
{
    build_with("/v1/x{id}");
}

Test(router, a_fifth_name_is_a_bug, .signal = SIGABRT)
{
    build_with("/{a}/{b}/{c}/{d}/{e}");
}
