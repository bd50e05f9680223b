#include "jobs/poster.h"

#include <curl/curl.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"

enum { KEPT_CONNECTIONS = 64 };

struct transfer {
    struct transfer *next, **link; /* in poster->transfers */
    struct poster *poster;
    CURL *easy;
    struct curl_slist *headers;
    void (*done)(void *arg, const struct poster_result *result);
    void *arg;
    size_t answer_bytes;
    bool https, refused, admitted; /* an address was refused; one was not */
};

struct poster {
    struct loop *loop;
    const struct webhook_rules *rules;
    const char *ca;
    CURLM *multi;
    struct loop_timer *timer;
    struct transfer *transfers;
};

const char *poster_end_name(enum poster_end end)
{
    static const char *const names[] = {
        [POSTER_ANSWERED] = "",        [POSTER_TIMEOUT] = "timeout", [POSTER_RESOLVE] = "resolve",
        [POSTER_ADDRESS] = "address",  [POSTER_CONNECT] = "connect", [POSTER_TLS] = "tls",
        [POSTER_BROKEN] = "broken",
    };

    return names[end];
}

/* -- what curl asks of us ------------------------------------------------------------------- */

static curl_socket_t on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *at)
{
    struct transfer *t = arg;
    struct address address;

    (void)purpose; /* there is but one */
    if (!address_of_socket(&at->addr, &address) ||
        !webhook_may_reach(&address, t->https, t->poster->rules)) {
        t->refused = true;
        return CURL_SOCKET_BAD;
    }
    t->admitted = true;
    return socket(at->family, at->socktype | SOCK_CLOEXEC, at->protocol);
}

/* Enough of an answer is as good as all of it: its status came first. */
static size_t on_answer(char *bytes, size_t one, size_t count, void *arg)
{
    struct transfer *t = arg;

    (void)bytes;
    (void)one; /* always 1 */
    t->answer_bytes += count;
    return t->answer_bytes <= POSTER_ANSWER_BYTES_MAX ? count : 0;
}

static void look_for_ends(struct poster *poster);

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
    struct poster *poster = arg;
    int flags = ((what & EV_READ) != 0 ? CURL_CSELECT_IN : 0) |
                ((what & EV_WRITE) != 0 ? CURL_CSELECT_OUT : 0);
    int running;

    CHECK(curl_multi_socket_action(poster->multi, fd, flags, &running) == CURLM_OK);
    look_for_ends(poster);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *watched)
{
    struct poster *poster = arg;
    struct event *event = watched;
    short wanted = (short)(((what & CURL_POLL_IN) != 0 ? EV_READ : 0) |
                           ((what & CURL_POLL_OUT) != 0 ? EV_WRITE : 0) | EV_PERSIST);

    (void)easy;
    if (event != NULL)
        event_free(event);
    event = NULL;
    if (what != CURL_POLL_REMOVE) {
        event = event_new(loop_base(poster->loop), fd, wanted, on_ready, poster);
        CHECK_ALLOCATED(event);
        CHECK(event_add(event, NULL) == 0);
    }
    CHECK(curl_multi_assign(poster->multi, fd, event) == CURLM_OK);
    return 0;
}

static void on_timer(void *arg)
{
    struct poster *poster = arg;
    int running;

    CHECK(curl_multi_socket_action(poster->multi, CURL_SOCKET_TIMEOUT, 0, &running) == CURLM_OK);
    look_for_ends(poster);
}

static int on_timer_wanted(CURLM *multi, long ms, void *arg)
{
    struct poster *poster = arg;

    (void)multi;
    if (ms < 0)
        loop_timer_cancel(poster->timer);
    else
        loop_timer_start(poster->timer, ms);
    return 0;
}

/* -- how it ended --------------------------------------------------------------------------- */

static enum poster_end end_of(const struct transfer *t, CURLcode code)
{
    switch (code) {
    case CURLE_OK:                  return POSTER_ANSWERED;
    case CURLE_WRITE_ERROR:         return POSTER_ANSWERED; /* on_answer had enough */
    case CURLE_OPERATION_TIMEDOUT:  return POSTER_TIMEOUT;
    case CURLE_COULDNT_RESOLVE_HOST: return POSTER_RESOLVE;
    case CURLE_COULDNT_CONNECT:     return t->refused && !t->admitted ? POSTER_ADDRESS : POSTER_CONNECT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CIPHER:          return POSTER_TLS;
    default:                        return POSTER_BROKEN;
    }
}

static void transfer_free(struct transfer *t)
{
    *t->link = t->next;
    if (t->next != NULL)
        t->next->link = t->link;
    CHECK(curl_multi_remove_handle(t->poster->multi, t->easy) == CURLM_OK);
    curl_easy_cleanup(t->easy);
    curl_slist_free_all(t->headers);
    free(t);
}

static void transfer_end(struct transfer *t, CURLcode code)
{
    struct poster_result result = {.end = end_of(t, code)};
    void (*done)(void *arg, const struct poster_result *result) = t->done;
    void *arg = t->arg;
    curl_off_t took_us = 0;
    long status = 0;

    CHECK(curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &took_us) == CURLE_OK);
    CHECK(curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK);
    result.took_ms = (int32_t)(took_us / 1000);
    result.status = result.end == POSTER_ANSWERED ? (int)status : 0;
    transfer_free(t);
    done(arg, &result);
}

static void look_for_ends(struct poster *poster)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(poster->multi, &left)) != NULL) {
        CURLcode code = message->data.result;
        char *transfer;

        CHECK(message->msg == CURLMSG_DONE);
        CHECK(curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer) == CURLE_OK);
        transfer_end((struct transfer *)(void *)transfer, code);
    }
}

/* -- a poster ------------------------------------------------------------------------------- */

static void start_curl(void)
{
    CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == 0);
}

struct poster *poster_new(struct loop *loop, const struct webhook_rules *rules, const char *ca)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct poster *poster = calloc(1, sizeof *poster);

    CHECK(pthread_once(&once, start_curl) == 0);
    CHECK_ALLOCATED(poster);
    poster->loop = loop;
    poster->rules = rules;
    poster->ca = ca;
    poster->multi = curl_multi_init();
    CHECK_ALLOCATED(poster->multi);
    poster->timer = loop_timer_new(loop, on_timer, poster);
    curl_multi_setopt(poster->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(poster->multi, CURLMOPT_SOCKETDATA, poster);
    curl_multi_setopt(poster->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted);
    curl_multi_setopt(poster->multi, CURLMOPT_TIMERDATA, poster);
    curl_multi_setopt(poster->multi, CURLMOPT_MAXCONNECTS, (long)KEPT_CONNECTIONS);
    return poster;
}

void poster_free(struct poster *poster)
{
    if (poster == NULL)
        return;
    while (poster->transfers != NULL)
        transfer_free(poster->transfers);
    curl_multi_cleanup(poster->multi);
    loop_timer_free(poster->timer);
    free(poster);
}

/* -- sending -------------------------------------------------------------------------------- */

static void add_header(struct transfer *t, const char *line)
{
    struct curl_slist *longer = curl_slist_append(t->headers, line);

    CHECK_ALLOCATED(longer);
    t->headers = longer;
}

#define SET(t, option, value)                                                                      \
    CHECK(curl_easy_setopt((t)->easy, CURLOPT_##option, (value)) == CURLE_OK)

/* Whom it goes to, and whom it must not go to. */
static void set_reach(struct transfer *t, const char *url)
{
    t->https = webhook_url_is_https(text_of(url));
    SET(t, URL, url);
    SET(t, PROTOCOLS_STR, t->https ? "https" : "http");
    SET(t, FOLLOWLOCATION, 0L);
    SET(t, PROXY, ""); /* none, whatever the environment says */
    SET(t, OPENSOCKETFUNCTION, on_open_socket);
    SET(t, OPENSOCKETDATA, t);
    SET(t, SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(t, SSL_VERIFYPEER, 1L);
    SET(t, SSL_VERIFYHOST, 2L);
    if (t->poster->ca != NULL)
        SET(t, CAINFO, t->poster->ca);
}

static void set_message(struct transfer *t, const struct poster_message *message)
{
    for (unsigned i = 0; i < POSTER_HEADERS_MAX && message->header[i] != NULL; i++)
        add_header(t, message->header[i]);
    add_header(t, "Expect:"); /* curl's own waits a second */
    SET(t, HTTPHEADER, t->headers);
    SET(t, POST, 1L);
    SET(t, POSTFIELDSIZE_LARGE, (curl_off_t)message->body.bytes);
    SET(t, COPYPOSTFIELDS, message->body.at);
    SET(t, USERAGENT, "jianan-webhook");
    SET(t, HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(t, HTTP09_ALLOWED, 0L);
}

void poster_send(struct poster *poster, const struct poster_message *message)
{
    struct transfer *t = calloc(1, sizeof *t);

    CHECK_ALLOCATED(t);
    t->poster = poster;
    t->done = message->done;
    t->arg = message->arg;
    t->easy = curl_easy_init();
    CHECK_ALLOCATED(t->easy);
    set_reach(t, message->url);
    set_message(t, message);
    SET(t, PRIVATE, t);
    SET(t, NOSIGNAL, 1L);
    SET(t, TIMEOUT_MS, (long)POSTER_TIMEOUT_MS);
    SET(t, WRITEFUNCTION, on_answer);
    SET(t, WRITEDATA, t);
    t->next = poster->transfers;
    t->link = &poster->transfers;
    if (t->next != NULL)
        t->next->link = &t->next;
    poster->transfers = t;
    CHECK(curl_multi_add_handle(poster->multi, t->easy) == CURLM_OK);
}
