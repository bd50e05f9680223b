#include "clients/http/client.h"

#include <curl/curl.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/json.h"

enum { HEADERS_MAX = 8, HEADER_BYTES_MAX = 512, URL_BYTES_MAX = 2560, CONNECT_MS = 5000 };

struct client {
    CURL *curl;
    char server[256];
    bool english;
    const _Atomic bool *stop;
    struct answer *answer; /* being received */
    char error[CURL_ERROR_SIZE];
};

static void start_curl(void)
{
    CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == 0);
}

/* -- the server's address --------------------------------------------------------------------- */

bool server_is_here(const char *server)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    const char *host = strstr(server, "://");

    if (host == NULL)
        return false;
    host += 3;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t bytes = strlen(names[i]);

        if (strncasecmp(host, names[i], bytes) == 0 &&
            (host[bytes] == '\0' || host[bytes] == ':' || host[bytes] == '/'))
            return true;
    }
    return false;
}

/* NULL when it may be used. */
static const char *fault_of(const char *server)
{
    bool https = strncmp(server, "https://", 8) == 0;

    if (!https && strncmp(server, "http://", 7) != 0)
        return "服务器地址须以 https:// 开头 / the server's address must begin with https://";
    if (!https && !server_is_here(server))
        return "明文 http 只允许访问本机 / plain http is for this machine only";
    if (strlen(server) >= sizeof((struct client *)0)->server || strchr(server, '@') != NULL ||
        strchr(server, '?') != NULL)
        return "服务器地址无效 / the server's address cannot be used";
    return NULL;
}

/* -- receiving --------------------------------------------------------------------------------- */

static size_t on_body(char *bytes, size_t one, size_t count, void *arg)
{
    struct client *client = arg;
    struct answer *answer = client->answer;
    char *grown;

    (void)one; /* always 1 */
    if (count > CLIENT_ANSWER_BYTES_MAX - answer->body_bytes)
        return 0;
    grown = realloc(answer->body, answer->body_bytes + count + 1);
    if (grown == NULL)
        return 0;
    memcpy(grown + answer->body_bytes, bytes, count);
    answer->body = grown;
    answer->body_bytes += count;
    grown[answer->body_bytes] = '\0';
    return count;
}

/* Keeps a header's value when it is this header and the value fits. */
static void keep_header(const char *line, size_t count, const char *name, char *into, size_t bytes)
{
    size_t named = strlen(name), at;

    if (count <= named || strncasecmp(line, name, named) != 0)
        return;
    at = strcspn(line + named, "\r\n");
    if (at < bytes)
        snprintf(into, bytes, "%.*s", (int)at, line + named);
}

static size_t on_header(char *bytes, size_t one, size_t count, void *arg)
{
    struct answer *answer = ((struct client *)arg)->answer;

    (void)one;
    keep_header(bytes, count, "date: ", answer->date, sizeof answer->date);
    keep_header(bytes, count, "etag: ", answer->etag, sizeof answer->etag);
    return count;
}

/* curl asks at least once a second. */
static int on_progress(void *arg, curl_off_t down_all, curl_off_t down, curl_off_t up_all,
                       curl_off_t up)
{
    const struct client *client = arg;

    (void)down_all;
    (void)down;
    (void)up_all;
    (void)up;
    return client->stop != NULL && atomic_load(client->stop);
}

/* -- a client ----------------------------------------------------------------------------------- */

#define SET(client, option, value)                                                                 \
    CHECK(curl_easy_setopt((client)->curl, CURLOPT_##option, (value)) == CURLE_OK)

struct client *client_new(const struct client_options *options, const char **why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct client *client;

    CHECK(pthread_once(&once, start_curl) == 0);
    *why = fault_of(options->server);
    if (*why != NULL)
        return NULL;
    client = calloc(1, sizeof *client);
    CHECK_ALLOCATED(client);
    client->curl = curl_easy_init();
    CHECK_ALLOCATED(client->curl);
    snprintf(client->server, sizeof client->server, "%s", options->server);
    while (client->server[strlen(client->server) - 1] == '/')
        client->server[strlen(client->server) - 1] = '\0';
    client->english = options->english;
    client->stop = options->stop;
    SET(client, NOSIGNAL, 1L);
    SET(client, FOLLOWLOCATION, 0L);
    SET(client, PROTOCOLS_STR, "http,https");
    SET(client, CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    SET(client, TIMEOUT_MS, options->timeout_ms > 0 ? options->timeout_ms : 60000L);
    SET(client, TCP_NODELAY, 1L);
    SET(client, HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(client, WRITEFUNCTION, on_body);
    SET(client, WRITEDATA, client);
    SET(client, HEADERFUNCTION, on_header);
    SET(client, HEADERDATA, client);
    SET(client, ERRORBUFFER, client->error);
    SET(client, XFERINFOFUNCTION, on_progress);
    SET(client, XFERINFODATA, client);
    SET(client, NOPROGRESS, options->stop == NULL ? 1L : 0L);
    if (server_is_here(client->server))
        SET(client, NOPROXY, "*");
    if (options->ca != NULL)
        SET(client, CAINFO, options->ca);
    return client;
}

void client_free(struct client *client)
{
    if (client == NULL)
        return;
    curl_easy_cleanup(client->curl);
    free(client);
}

/* -- asking -------------------------------------------------------------------------------------- */

static void add_header(struct curl_slist **headers, const char *name, const char *value)
{
    char line[HEADER_BYTES_MAX];
    struct curl_slist *longer;

    if (value == NULL)
        return;
    CHECK(snprintf(line, sizeof line, "%s: %s", name, value) < (int)sizeof line);
    longer = curl_slist_append(*headers, line);
    explicit_bzero(line, sizeof line);
    CHECK_ALLOCATED(longer);
    *headers = longer;
}

static struct curl_slist *headers_of(const struct client *client, const struct question *q)
{
    char bearer[CLIENT_KEY_BYTES_MAX + 8];
    struct curl_slist *headers = NULL;

    add_header(&headers, "Accept", q->accept != NULL ? q->accept : "application/json");
    add_header(&headers, "Accept-Language", client->english ? "en" : "zh-CN");
    if (q->body != NULL)
        add_header(&headers, "Content-Type",
                   q->media_type != NULL ? q->media_type : "application/json");
    add_header(&headers, "Expect", q->body != NULL ? "" : NULL); /* curl's own waits a second */
    add_header(&headers, "Idempotency-Key", q->idempotency);
    add_header(&headers, "If-Match", q->if_match);
    if (q->if_none_match != NULL && q->if_none_match[0] != '\0')
        add_header(&headers, "If-None-Match", q->if_none_match);
    if (q->key != NULL) {
        CHECK(snprintf(bearer, sizeof bearer, "Bearer %s", q->key) < (int)sizeof bearer);
        add_header(&headers, "Authorization", bearer);
        explicit_bzero(bearer, sizeof bearer);
    }
    return headers;
}

static void set_method(struct client *client, const struct question *q)
{
    const char *method = q->method != NULL ? q->method : "GET";

    SET(client, CUSTOMREQUEST, NULL);
    if (q->body != NULL || strcmp(method, "POST") == 0) {
        SET(client, POST, 1L);
        SET(client, POSTFIELDS, q->body != NULL ? q->body : "");
        SET(client, POSTFIELDSIZE_LARGE, (curl_off_t)(q->body != NULL ? q->body_bytes : 0));
    } else {
        SET(client, HTTPGET, 1L);
    }
    if (strcmp(method, "GET") != 0 && strcmp(method, "POST") != 0)
        SET(client, CUSTOMREQUEST, method);
}

/* Failures after which the server cannot have seen the question. */
static bool never_left(CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return true;
    default:
        return false;
    }
}

static void take_outcome(struct client *client, CURLcode code, struct answer *answer)
{
    curl_off_t all_us = 0, before_us = 0;
    long status = 0;

    if (code != CURLE_OK) {
        answer->end = never_left(code) ? ANSWER_UNREACHABLE : ANSWER_LOST;
        snprintf(answer->trouble, sizeof answer->trouble, "%s",
                 client->error[0] != '\0' ? client->error : curl_easy_strerror(code));
        return;
    }
    CHECK(curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK);
    CHECK(curl_easy_getinfo(client->curl, CURLINFO_TOTAL_TIME_T, &all_us) == CURLE_OK &&
          curl_easy_getinfo(client->curl, CURLINFO_PRETRANSFER_TIME_T, &before_us) == CURLE_OK);
    answer->end = ANSWER_CAME;
    answer->status = (int)status;
    answer->round_us = all_us - before_us;
    if (answer->body != NULL &&
        err_is(json_read((struct text){answer->body, answer->body_bytes}, &answer->json)))
        answer->json = NULL;
}

void client_ask(struct client *client, const struct question *question, struct answer *answer)
{
    char url[URL_BYTES_MAX];
    struct curl_slist *headers = headers_of(client, question);
    int64_t started_us = clock_monotonic_us();
    CURLcode code;

    *answer = (struct answer){.end = ANSWER_UNREACHABLE};
    client->answer = answer;
    client->error[0] = '\0';
    CHECK(snprintf(url, sizeof url, "%s%s", client->server, question->path) < (int)sizeof url);
    SET(client, URL, url);
    SET(client, HTTPHEADER, headers);
    set_method(client, question);
    code = curl_easy_perform(client->curl);
    answer->took_us = clock_monotonic_us() - started_us;
    take_outcome(client, code, answer);
    SET(client, HTTPHEADER, NULL);
    curl_slist_free_all(headers);
}

void answer_clear(struct answer *answer)
{
    json_decref(answer->json);
    free(answer->body);
    answer->json = NULL;
    answer->body = NULL;
}

/* -- small things -------------------------------------------------------------------------------- */

int64_t json_int_at(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

const char *json_string_at(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));

    return value != NULL ? value : "";
}

void idempotency_new(char key[IDEMPOTENCY_BYTES])
{
    unsigned char bytes[(IDEMPOTENCY_BYTES - 1) / 2];

    CHECK(RAND_bytes(bytes, sizeof bytes) == 1);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(key + 2 * i, 3, "%02x", bytes[i]);
}
