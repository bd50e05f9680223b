/* clients/sim/receive.c: what the receiver of a webhook has to do, in the order in which it matters:
 * check the signature and the time over the bytes as they came, leave what was seen before, act,
 * answer 204. It listens on this machine only. */
#include "clients/sim/receive.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "clients/cli/exit.h"
#include "clients/http/reach.h"
#include "clients/sim/options.h"
#include "crypto/webhook.h"

enum { BODY_BYTES_MAX = 256 * 1024, SEEN_MAX = 4096, LEAVE_MS = 200, NOT_NOW = 503, NOT_YOU = 401 };

struct receiving {
    const struct sim_options *options;
    struct event_base *base;
    struct webhook_secret secret;
    char seen[SEEN_MAX][WEBHOOK_ID_BYTES_MAX + 1]; /* the last ones, in a ring */
    unsigned seen_count, failed, good, refused;
};

static struct text header(struct evhttp_request *request, const char *name)
{
    return text_of(evhttp_find_header(evhttp_request_get_input_headers(request), name));
}

/* -- once ------------------------------------------------------------------------------------- */

/* At least once is the sender's promise; once is the receiver's business. */
static bool was_seen(struct receiving *r, struct text id)
{
    char *place;

    for (unsigned i = 0; i < r->seen_count && i < SEEN_MAX; i++) {
        if (text_is(id, r->seen[i]))
            return true;
    }
    place = r->seen[r->seen_count++ % SEEN_MAX];
    snprintf(place, sizeof r->seen[0], "%.*s", (int)id.bytes, id.at);
    return false;
}

/* -- a line an event ---------------------------------------------------------------------------- */

static void print_time(void)
{
    struct local_time now = clock_local(clock_wall_us());

    printf("%02d:%02d:%02d ", now.hour, now.minute, now.second);
}

static void print_reasons(const json_t *reasons)
{
    const json_t *reason;
    size_t i;

    json_array_foreach(reasons, i, reason) {
        const char *code = json_string_at(reason, "code");

        printf(" %s", code[0] != '\0' ? code : json_string_at(reason, "class"));
    }
}

static void print_event(const json_t *message, bool again)
{
    const json_t *worker = json_object_get(message, "worker");
    const json_t *data = json_object_get(message, "data");

    print_time();
    printf("%s", json_string_at(message, "type"));
    if (worker != NULL)
        printf(" 工号 %lld %s", (long long)json_int_at(worker, "id"),
               json_string_at(worker, "name"));
    if (json_object_get(data, "on") != NULL)
        printf(" %s %s→%s", json_string_at(data, "on"), json_string_at(data, "from"),
               json_string_at(data, "to"));
    print_reasons(json_object_get(data, "reasons"));
    puts(again ? "（重复，已忽略 / again, left）" : "");
    (void)fflush(stdout);
}

static void complain(struct receiving *r, const char *zh, const char *en)
{
    print_time();
    printf("%s / %s\n", zh, en);
    (void)fflush(stdout);
    r->refused++;
}

/* -- requests ----------------------------------------------------------------------------------- */

static enum webhook_verdict judge(const struct receiving *r, struct evhttp_request *request,
                                  struct text body)
{
    return webhook_verify(&r->secret,
                          &(struct webhook_message){header(request, "webhook-id"),
                                                    header(request, "webhook-timestamp"), body},
                          header(request, "webhook-signature"), clock_wall_us() / US_PER_SECOND);
}

static int refuse(struct receiving *r, enum webhook_verdict verdict)
{
    if (verdict == WEBHOOK_LATE)
        complain(r, "拒收：时间戳超出五分钟", "refused: the timestamp is over five minutes off");
    else if (verdict == WEBHOOK_FORGED)
        complain(r, "拒收：签名不符", "refused: the signature is not this secret's");
    else
        complain(r, "拒收：缺少签名头", "refused: headers are missing");
    return NOT_YOU;
}

/* The status to answer with. */
static int take(struct receiving *r, struct evhttp_request *request, struct text body)
{
    enum webhook_verdict verdict = judge(r, request, body);
    json_t *message;
    bool again;

    if (verdict != WEBHOOK_GOOD)
        return refuse(r, verdict);
    if (r->failed < r->options->fail_first) {
        r->failed++;
        complain(r, "装作繁忙", "playing busy");
        return NOT_NOW;
    }
    if (err_is(json_read(body, &message))) {
        complain(r, "拒收：不是 JSON", "refused: not JSON");
        return HTTP_BADREQUEST;
    }
    again = was_seen(r, header(request, "webhook-id"));
    print_event(message, again);
    json_decref(message);
    r->good += !again;
    return HTTP_NOCONTENT;
}

static void on_request(struct evhttp_request *request, void *arg)
{
    static const struct timeval leave = {.tv_usec = LEAVE_MS * 1000};
    struct receiving *r = arg;
    struct evbuffer *input = evhttp_request_get_input_buffer(request);
    size_t bytes = evbuffer_get_length(input);
    const char *at = (const char *)evbuffer_pullup(input, -1);

    evhttp_send_reply(request, take(r, request, (struct text){at != NULL ? at : "", bytes}), NULL,
                      NULL);
    if (r->options->messages > 0 && r->good >= r->options->messages)
        event_base_loopexit(r->base, &leave); /* once the answer is on its way */
}

static void on_signal(evutil_socket_t number, short what, void *arg)
{
    struct receiving *r = arg;

    (void)number;
    (void)what;
    event_base_loopexit(r->base, NULL);
}

/* -- life --------------------------------------------------------------------------------------- */

static bool read_secret(struct receiving *r)
{
    char text[CLIENT_KEY_BYTES_MAX + 1];
    bool good = key_read(r->options->secret, r->options->reach.english, text);

    if (good && !webhook_secret_parse(text_of(text), &r->secret)) {
        fprintf(stderr, "%s: 不是 whsec_ 开头的签名密钥 / holds no secret that begins with whsec_\n",
                r->options->secret);
        good = false;
    }
    explicit_bzero(text, sizeof text);
    return good;
}

static int listen_and_run(struct receiving *r, struct evhttp *http)
{
    struct event *interrupted = evsignal_new(r->base, SIGINT, on_signal, r);
    struct event *terminated = evsignal_new(r->base, SIGTERM, on_signal, r);

    CHECK_ALLOCATED(interrupted);
    CHECK_ALLOCATED(terminated);
    CHECK(event_add(interrupted, NULL) == 0 && event_add(terminated, NULL) == 0);
    evhttp_set_max_body_size(http, BODY_BYTES_MAX);
    evhttp_set_allowed_methods(http, EVHTTP_REQ_POST);
    evhttp_set_gencb(http, on_request, r);
    printf("正在监听 / listening on http://127.0.0.1:%u\n", r->options->port);
    (void)fflush(stdout);
    event_base_dispatch(r->base);
    event_free(interrupted);
    event_free(terminated);
    printf("收到 %u 条，拒收 %u 次 / taken %u, refused %u\n", r->good, r->refused, r->good,
           r->refused);
    return r->good >= r->options->messages ? CLI_DONE : CLI_NEGATIVE;
}

int receive_main(int argc, char **argv)
{
    static struct receiving r;
    static struct sim_options options;
    int status = sim_options_read(argc, argv, SIM_RECEIVE, &options);
    struct evhttp *http;

    r.options = &options;
    if (status != CLI_DONE)
        return status;
    if (!read_secret(&r))
        return CLI_USAGE;
    r.base = event_base_new();
    CHECK_ALLOCATED(r.base);
    http = evhttp_new(r.base);
    CHECK_ALLOCATED(http);
    if (evhttp_bind_socket(http, "127.0.0.1", (uint16_t)options.port) == 0) {
        status = listen_and_run(&r, http);
    } else {
        perror("127.0.0.1");
        status = CLI_UNREACHABLE;
    }
    evhttp_free(http);
    event_base_free(r.base);
    webhook_secret_forget(&r.secret);
    return status;
}
