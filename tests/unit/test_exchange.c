/* net/exchange: steps, waiting, failing, the one answer, the log line; through the real server. */
#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "net/router.h"
#include "support/net_server.h"
#include "support/no_leaks.h"
#include "support/raw_client.h"

TestSuite(exchange, .fini = no_leaks, .timeout = 30);

static struct router *router;
static struct net_server *server;

/* -- a few routes -------------------------------------------------------------------------------- */

struct count_state {
    int zero; /* must be 0 when the first step runs */
    int attempts;
    char text[64];
};
static const size_t count_state_bytes = sizeof(struct count_state);

struct later {
    struct waiter waiter;
    struct err e;
    struct loop_timer *timer;
};

static void on_later(void *arg)
{
    struct later *later = arg;

    loop_timer_free(later->timer);
    later->waiter.done(later->waiter.arg, later->e);
    free(later);
}

/* Something that takes time and then succeeds or fails. */
static struct err start_later(struct waiter waiter, int64_t delay_ms, struct err e)
{
    struct later *later = calloc(1, sizeof *later);

    CHECK_ALLOCATED(later);
    *later = (struct later){waiter, e, loop_timer_new(net_server_loop(server), on_later, later)};
    loop_timer_start(later->timer, delay_ms);
    return OK;
}

static enum step count_first(struct exchange *x)
{
    struct count_state *s = x->state;

    CHECK(s->zero == 0 && s->attempts == 0);
    s->zero = 1;
    return STEP_NEXT;
}

static enum step count_wait(struct exchange *x)
{
    struct count_state *s = x->state;

    s->attempts++;
    return exchange_wait(x, start_later(exchange_waiter(x), 5, OK));
}

static enum step count_answer(struct exchange *x)
{
    struct count_state *s = x->state;
    struct build b = build_over(s->text, sizeof s->text);

    build_format(&b, "%.*s after %d", (int)x->params[0].bytes, x->params[0].at, s->attempts);
    return exchange_answer(x, 200, "text/plain", build_done(&b), "ETag: \"7\"\r\n");
}

static enum step fail_wait(struct exchange *x)
{
    struct err e = err_detail(ERR_DATABASE, "test");

    return exchange_wait(x, start_later(exchange_waiter(x), 5, e));
}

static enum step fail_start(struct exchange *x)
{
    return exchange_wait(x, err_field(ERR_FIELD_RANGE, "/severity", "1..4"));
}

static step_fn *const race_again[];

static enum step race_lost(struct exchange *x)
{
    struct count_state *s = x->state;

    CHECK(x->failure.code == ERR_CONFLICT);
    if (++s->attempts > 2)
        return exchange_fail(x, x->failure);
    exchange_goto(x, race_again);
    return STEP_NEXT;
}

static enum step race_try(struct exchange *x)
{
    struct count_state *s = x->state;
    bool wins = text_is(x->params[0], "wins") && s->attempts == 2;

    x->on_failure = race_lost;
    return exchange_wait(x, start_later(exchange_waiter(x), 1,
                                        wins ? OK : err_make(ERR_CONFLICT)));
}

static enum step slow_wait(struct exchange *x)
{
    return exchange_wait(x, start_later(exchange_waiter(x), 500, OK));
}

static enum step big_answer(struct exchange *x)
{
    size_t bytes = HTTP_ANSWER_BYTES_MAX + (text_is(x->params[0], "over") ? 1 : 0);
    char *at = arena_alloc(&x->arena, bytes);

    return exchange_answer_json(x, 200, (struct text){at, bytes});
}

static enum step full_answer(struct exchange *x)
{
    CHECK(arena_alloc(&x->arena, EXCHANGE_ARENA_BYTES) == NULL);
    return exchange_answer_json(x, 200, TEXT("{}"));
}

static enum step broken_answer(struct exchange *x)
{
    exchange_note(x, "the pump is out");
    return exchange_fail(x, err_detail(ERR_INTERNAL, "a detail for the log"));
}

static enum step json_answer(struct exchange *x)
{
    CHECK(!err_is(json_read(TEXT("{\"kept\":1}"), &x->json))); /* freed with the exchange */
    return exchange_answer_json(x, 201, TEXT("{}"));
}

static step_fn *const count_steps[] = {count_first, count_wait, count_wait, count_answer, NULL};
static step_fn *const fail_wait_steps[] = {fail_wait, count_answer, NULL};
static step_fn *const fail_start_steps[] = {fail_start, count_answer, NULL};
static step_fn *const race_again[] = {race_try, count_answer, NULL};
static step_fn *const slow_steps[] = {slow_wait, count_answer, NULL};
static step_fn *const big_steps[] = {big_answer, NULL};
static step_fn *const full_steps[] = {full_answer, NULL};
static step_fn *const broken_steps[] = {broken_answer, NULL};
static step_fn *const json_steps[] = {json_answer, NULL};

#define ROW(m, p, s)                                                                               \
    {.method = METHOD_##m, .pattern = (p), .steps = (s), .state_bytes = &count_state_bytes}

static const struct route rows[] = {
    ROW(GET, "/count/{name}", count_steps),      ROW(GET, "/fail-wait", fail_wait_steps),
    ROW(GET, "/fail-start", fail_start_steps),   ROW(GET, "/race/{name}", race_again),
    ROW(GET, "/slow/{name}", slow_steps),        ROW(GET, "/big/{name}", big_steps),
    ROW(GET, "/full", full_steps),               ROW(GET, "/broken/{name}", broken_steps),
    ROW(POST, "/json", json_steps),
};

/* -- what main and api do in the real program ---------------------------------------------------- */

static enum step find_route(struct exchange *x)
{
    struct route_match match;
    const char *allowed;
    struct err e = router_find(router, x->request->method, x->request->path, &x->arena, &match,
                               &allowed);

    if (!err_is(e))
        e = exchange_take_route(x, &match);
    return err_is(e) ? exchange_fail(x, e) : STEP_NEXT;
}

static step_fn *const first_steps[] = {find_route, NULL};

static struct err admit(void *arg, const struct http_request *head, size_t *body_bytes_max)
{
    (void)arg;
    (void)head;
    *body_bytes_max = 1024;
    return OK;
}

static void request(void *arg, struct http_connection *c, struct http_request *r)
{
    struct exchange *x = exchange_new(c, r, arg);

    x->next = first_steps;
    exchange_run(x);
}

static void start(int64_t handler_ms)
{
    static const struct http_handlers handlers = {admit, request, exchange_refuse, NULL, NULL};

    router = router_new(rows, sizeof rows / sizeof rows[0]);
    server = net_server_start(&(struct net_server_options){
        .handlers = &handlers,
        .limits = {.headers_ms = 5000, .body_ms = 5000, .handler_ms = handler_ms,
                   .write_ms = 5000, .idle_ms = 5000, .linger_ms = 200}});
}

static void stop(void)
{
    net_server_stop(server);
    router_free(router);
}

static struct raw_answer ask(const char *line, const char *headers)
{
    struct raw_client client;
    struct raw_answer answer;
    char bytes[512];

    snprintf(bytes, sizeof bytes, "%s HTTP/1.1\r\nHost: a\r\n%sConnection: close\r\n\r\n", line,
             headers);
    cr_assert(raw_open(&client, net_server_port(server)));
    cr_assert(raw_send_text(&client, bytes));
    answer = raw_read(&client, strncmp(line, "HEAD ", 5) == 0);
    raw_close(&client);
    return answer;
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, (ms % 1000) * 1000000}, NULL);
}

/* -- the tests ----------------------------------------------------------------------------------- */

Test(exchange, steps_run_in_order_and_wait_between)
{
    struct raw_answer answer;
    char value[256];

    start(5000);
    answer = ask("GET /count/three", "");
    cr_expect(answer.status == 200);
    cr_expect_str_eq(answer.body, "three after 2");
    cr_expect_str_eq(raw_header(&answer, "ETag", value), "\"7\"");
    raw_answer_clear(&answer);
    answer = ask("POST /json", "");
    cr_expect(answer.status == 201);
    cr_expect_str_eq(raw_header(&answer, "Content-Type", value), "application/json");
    raw_answer_clear(&answer);
    stop();
}

Test(exchange, a_lost_race_starts_over_and_gives_up_in_time)
{
    struct raw_answer answer;

    start(5000);
    answer = ask("GET /race/wins", "");
    cr_expect(answer.status == 200);
    cr_expect_str_eq(answer.body, "wins after 2");
    raw_answer_clear(&answer);
    answer = ask("GET /race/loses", "");
    cr_expect(answer.status == 409);
    raw_answer_clear(&answer);
    stop();
}

struct failure_case {
    const char *line;
    int status;
    const char *code, *header, *value;
};

Test(exchange, a_failure_is_answered_as_problem_details)
{
    static const struct failure_case cases[] = {
        {"GET /fail-wait", 503, "database_unavailable", "Retry-After", "1"},
        {"GET /fail-start", 400, "field_range", NULL, NULL},
        {"GET /nothing", 404, "not_found", NULL, NULL},
        {"GET /a//b", 400, "uri_invalid", NULL, NULL},
        {"POST /count/x", 405, "method_not_allowed", "Allow", "GET, HEAD"},
        {"DELETE /json", 405, "method_not_allowed", "Allow", "POST"},
        {"TRACE /json", 405, "method_not_allowed", "Allow", "GET, HEAD, POST, PUT, PATCH, DELETE"},
        {"GET /full", 413, "too_large", NULL, NULL},
        {"GET /big/over", 413, "too_large", NULL, NULL},
        {"GET /broken/x", 500, "internal", NULL, NULL},
    };

    start(5000);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct failure_case *c = &cases[i];
        struct raw_answer answer = ask(c->line, "");
        char value[256] = "";
        json_t *json = NULL;

        cr_expect(answer.status == c->status, "%s: %d", c->line, answer.status);
        raw_header(&answer, "Content-Type", value);
        cr_expect_str_eq(value, "application/problem+json", "%s", c->line);
        cr_assert(!err_is(json_read((struct text){answer.body, answer.body_bytes}, &json)));
        cr_expect_str_eq(json_string_value(json_object_get(json, "code")), c->code, "%s", c->line);
        cr_expect(json_integer_value(json_object_get(json, "status")) == c->status);
        if (c->header != NULL) {
            cr_expect(raw_header(&answer, c->header, value) != NULL, "%s", c->line);
            cr_expect_str_eq(value, c->value, "%s: %s", c->line, value);
        } else {
            cr_expect(raw_header(&answer, "Retry-After", value) == NULL);
            cr_expect(raw_header(&answer, "Allow", value) == NULL);
        }
        json_decref(json);
        raw_answer_clear(&answer);
    }
    stop();
}

Test(exchange, an_answer_of_the_largest_size_is_sent_whole)
{
    struct raw_answer answer;

    start(5000);
    answer = ask("GET /big/just", "");
    cr_expect(answer.status == 200 && answer.body_bytes == HTTP_ANSWER_BYTES_MAX);
    raw_answer_clear(&answer);
    stop();
}

static json_t *rendered(struct err e, bool english)
{
    char text[4096];
    struct build out = build_over(text, sizeof text);
    json_t *json = NULL;

    problem_render(&out, e, 42, english);
    cr_assert(!out.full && !err_is(json_read(build_done(&out), &json)), "%s", text);
    return json;
}

static const char *string_at(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

Test(exchange, a_problem_names_what_is_wrong_where_and_what_would_be_right)
{
    struct err e = err_field(ERR_FIELD_RANGE, "/severity", "1..4");
    json_t *json = rendered(e, true), *item;

    cr_expect_str_eq(string_at(json, "type"), "urn:jianan:error:field_range");
    cr_expect_str_eq(string_at(json, "title"), "This value is outside the allowed range");
    cr_expect_str_eq(string_at(json, "detail"),
                     "This value is outside the allowed range (expected: 1..4)");
    cr_expect_str_eq(string_at(json, "instance"), "urn:jianan:request:42");
    cr_expect(json_array_size(json_object_get(json, "errors")) == 1);
    item = json_array_get(json_object_get(json, "errors"), 0);
    cr_expect_str_eq(string_at(item, "pointer"), "/severity");
    cr_expect_str_eq(string_at(item, "code"), "field_range");
    cr_expect_str_eq(string_at(item, "expected"), "1..4");
    cr_expect(string_at(item, "message") != NULL);
    json_decref(json);
    json = rendered(e, false);
    cr_expect_str_eq(string_at(json, "title"), "数值超出允许范围");
    cr_expect_str_eq(string_at(json, "detail"), "数值超出允许范围（应为：1..4）");
    json_decref(json);
    json = rendered(err_detail(ERR_INTERNAL, "for the operator only"), true);
    cr_expect(json_object_get(json, "errors") == NULL);
    cr_expect(strstr(string_at(json, "detail"), "operator only") == NULL);
    json_decref(json);
}

Test(exchange, every_error_renders_in_both_languages)
{
    for (int code = ERR_NONE + 1; code < ERR_COUNT; code++) {
        for (int english = 0; english < 2; english++) {
            json_t *json = rendered(err_field((enum err_code)code, "\"\n</", "x"), english != 0);

            cr_expect(json_integer_value(json_object_get(json, "status")) >= 400);
            json_decref(json);
        }
    }
}

struct language_case {
    const char *header;
    bool english;
};

Test(exchange, the_language_is_the_one_that_is_preferred)
{
    static const struct language_case cases[] = {
        {"", false},
        {"zh", false},
        {"en", true},
        {"EN-gb", true},
        {"zh-CN,zh;q=0.9,en;q=0.8", false},
        {"en-US,en;q=0.9,zh;q=0.8", true},
        {"zh;q=0.2, en;q=0.3", true},
        {"en;q=0.5, zh;q=0.5", false},
        {"en;q=0", false},
        {"en;q=0, *", false},
        {"*", false},
        {"en, *;q=0.1", true},
        {"fr", false},
        {"fr, en;q=0.1", true},
        {"english", false},
        {"en;q=0.999", true},
        {"en;q=1.000", true},
        {"en;q=1.001", false},
        {"en;q=2", false},
        {"en;q=x", false},
        {"en;q=", false},
        {"en;q", false},
        {"en ; q=0.5", true},
        {",,,en,,,", true},
        {";;==", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect(problem_prefers_english(text_of(cases[i].header)) == cases[i].english, "%s",
                  cases[i].header);
    cr_expect(!problem_prefers_english((struct text){NULL, 0}));
}

Test(exchange, accept_language_reaches_answers_and_refusals)
{
    struct raw_answer answer;

    start(5000);
    answer = ask("GET /nothing", "Accept-Language: en\r\n");
    cr_expect(strstr(answer.body, "There is nothing here") != NULL, "%s", answer.body);
    raw_answer_clear(&answer);
    answer = ask("TRACE /nothing", "Accept-Language: en\r\n");
    cr_expect(strstr(answer.body, "does not know that method") != NULL, "%s", answer.body);
    raw_answer_clear(&answer);
    answer = ask("TRACE /nothing", "");
    cr_expect(strstr(answer.body, "不支持此方法") != NULL, "%s", answer.body);
    raw_answer_clear(&answer);
    stop();
}

/* -- the log ------------------------------------------------------------------------------------- */

/* What the program writes to standard error while `line` is asked. The caller frees it. */
static char *log_of(const char *line)
{
    char *text = calloc(1, 64 * 1024);
    FILE *file = tmpfile();
    int kept = dup(STDERR_FILENO);
    struct raw_answer answer;
    ssize_t got;

    cr_assert(file != NULL && kept >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
    log_set_level(LOG_INFO);
    answer = ask(line, "");
    raw_answer_clear(&answer);
    (void)net_server_counts(server); /* the loop has turned: the line is written */
    log_set_level(LOG_ERROR);
    cr_assert(dup2(kept, STDERR_FILENO) >= 0);
    close(kept);
    got = pread(fileno(file), text, 64 * 1024 - 1, 0);
    cr_assert(got >= 0);
    fclose(file);
    return text;
}

static unsigned count_of(const char *text, const char *what)
{
    unsigned count = 0;

    for (text = strstr(text, what); text != NULL; text = strstr(text + 1, what))
        count++;
    return count;
}

Test(exchange, a_request_is_one_log_line_with_the_pattern_and_never_the_path)
{
    char *text;

    start(5000);
    text = log_of("GET /count/zhangsan");
    cr_expect(count_of(text, "\n") == 1, "%s", text);
    cr_expect(strstr(text, "\"event\":\"request\"") != NULL && strstr(text, "\"id\":") != NULL);
    cr_expect(strstr(text, "\"method\":\"GET\",\"route\":\"/count/{name}\",\"status\":200") != NULL,
              "%s", text);
    cr_expect(strstr(text, "\"bytes\":16") != NULL, "%s", text);
    cr_expect(strstr(text, "zhangsan") == NULL);
    free(text);
    text = log_of("GET /zhangsan/nothing?name=zhangsan");
    cr_expect(strstr(text, "\"route\":\"none\",\"status\":404") != NULL, "%s", text);
    cr_expect(strstr(text, "zhangsan") == NULL, "%s", text);
    free(text);
    stop();
}

Test(exchange, the_trace_is_written_only_when_an_exchange_ends_in_5xx)
{
    char *text;

    start(5000);
    text = log_of("GET /fail-start");
    cr_expect(count_of(text, "\"event\":\"trace\"") == 0, "%s", text);
    free(text);
    text = log_of("GET /broken/zhangsan");
    cr_expect(count_of(text, "\"event\":\"trace\"") == 1, "%s", text);
    cr_expect(strstr(text, "the pump is out@") != NULL, "%s", text);
    cr_expect(strstr(text, "a detail for the log") != NULL, "%s", text);
    cr_expect(strstr(text, "zhangsan") == NULL, "%s", text);
    free(text);
    text = log_of("GET /fail-wait");
    cr_expect(strstr(text, "waits@") != NULL && strstr(text, "failed@") != NULL, "%s", text);
    free(text);
    stop();
}

/* -- when nobody waits for the answer ------------------------------------------------------------ */

Test(exchange, an_exchange_that_outlives_its_deadline_ends_by_itself)
{
    struct raw_answer answer;
    struct http_counts counts;

    start(100);
    answer = ask("GET /slow/x", "");
    cr_expect(answer.status == 503, "%d", answer.status);
    cr_expect(strstr(answer.body, "\"code\":\"busy\"") != NULL);
    raw_answer_clear(&answer);
    counts = net_server_counts(server);
    cr_expect(counts.late == 1 && counts.dropped == 0);
    sleep_ms(700);
    counts = net_server_counts(server);
    cr_expect(counts.dropped == 1, "the exchange has ended and its answer went nowhere");
    stop();
}

Test(exchange, an_exchange_outlives_its_peer_and_even_its_server)
{
    struct raw_client client;

    start(5000);
    cr_assert(raw_open(&client, net_server_port(server)));
    cr_assert(raw_send_text(&client, "GET /slow/x HTTP/1.1\r\nHost: a\r\n\r\n"));
    while (net_server_counts(server).requests == 0)
        sleep_ms(1);
    raw_reset(&client);
    cr_expect(net_server_drain(server, 100)); /* 500 ms before the waiter comes back */
    cr_expect(net_server_counts(server).dropped == 0);
    sleep_ms(700);
    cr_expect(net_server_counts(server).dropped == 1);
    stop();
}
