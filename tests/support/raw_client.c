#include "support/raw_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"

static int64_t now_ms(void)
{
    struct timespec t;

    CHECK(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool raw_open(struct raw_client *client, unsigned port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct timeval wait = {RAW_WAIT_MS / 1000, 0};

    *client = (struct raw_client){.fd = -1};
    client->bytes = calloc(1, RAW_BYTES_MAX + 1);
    CHECK_ALLOCATED(client->bytes);
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->fd < 0)
        return false;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(setsockopt(client->fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) == 0);
    CHECK(setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0);
    return connect(client->fd, (struct sockaddr *)&to, sizeof to) == 0;
}

bool raw_open_tls(struct raw_client *client, unsigned port, int version)
{
    if (!raw_open(client, port))
        return false;
    client->context = SSL_CTX_new(TLS_client_method());
    CHECK_ALLOCATED(client->context);
    SSL_CTX_set_security_level(client->context, 0); /* so that the server does the refusing */
    CHECK(SSL_CTX_set_min_proto_version(client->context, version) == 1);
    CHECK(SSL_CTX_set_max_proto_version(client->context, version) == 1);
    client->tls = SSL_new(client->context);
    CHECK_ALLOCATED(client->tls);
    CHECK(SSL_set_fd(client->tls, client->fd) == 1);
    return SSL_connect(client->tls) == 1;
}

void raw_close(struct raw_client *client)
{
    SSL_free(client->tls);
    SSL_CTX_free(client->context);
    if (client->fd >= 0)
        close(client->fd);
    free(client->bytes);
    *client = (struct raw_client){.fd = -1};
}

void raw_reset(struct raw_client *client)
{
    struct linger hard = {1, 0};

    CHECK(setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard) == 0);
    raw_close(client);
}

bool raw_send(struct raw_client *client, const void *bytes, size_t count)
{
    const char *at = bytes;

    while (count > 0) {
        ssize_t sent = client->tls != NULL ? SSL_write(client->tls, at, (int)count)
                                           : send(client->fd, at, count, MSG_NOSIGNAL);

        if (sent <= 0)
            return false;
        at += sent;
        count -= (size_t)sent;
    }
    return true;
}

bool raw_send_text(struct raw_client *client, const char *text)
{
    return raw_send(client, text, strlen(text));
}

void raw_half_close(struct raw_client *client)
{
    CHECK(shutdown(client->fd, SHUT_WR) == 0);
}

/* Reads once; false at the end of the connection or of the time. */
static bool receive(struct raw_client *client, int64_t until_ms)
{
    struct pollfd p = {.fd = client->fd, .events = POLLIN};
    int64_t left_ms = until_ms - now_ms();
    size_t room = RAW_BYTES_MAX - client->count;
    ssize_t got;

    CHECK(room > 0);
    if (client->tls == NULL || SSL_pending(client->tls) == 0) {
        if (left_ms <= 0 || poll(&p, 1, (int)left_ms) <= 0)
            return false;
    }
    got = client->tls != NULL ? SSL_read(client->tls, client->bytes + client->count, (int)room)
                              : recv(client->fd, client->bytes + client->count, room, 0);
    if (got <= 0) {
        client->closed = true;
        return false;
    }
    client->count += (size_t)got;
    client->bytes[client->count] = '\0';
    return true;
}

static void take(struct raw_client *client, size_t count)
{
    CHECK(count <= client->count);
    memmove(client->bytes, client->bytes + count, client->count - count + 1);
    client->count -= count;
}

const char *raw_header(const struct raw_answer *answer, const char *name, char value[256])
{
    size_t bytes = strlen(name);

    for (const char *line = strstr(answer->head, "\r\n"); line != NULL;
         line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, bytes) == 0 && line[2 + bytes] == ':') {
            size_t length = strcspn(line + 2 + bytes + 2, "\r");

            CHECK(length < 256);
            memcpy(value, line + 2 + bytes + 2, length);
            value[length] = '\0';
            return value;
        }
    }
    return NULL;
}

struct raw_answer raw_read_head(struct raw_client *client)
{
    struct raw_answer answer = {0};
    int64_t until_ms = now_ms() + RAW_WAIT_MS;
    char value[256];
    char *end;
    size_t bytes;

    while ((end = strstr(client->bytes, "\r\n\r\n")) == NULL) {
        if (!receive(client, until_ms)) {
            answer.timed_out = !client->closed;
            return answer;
        }
    }
    bytes = (size_t)(end - client->bytes) + 4;
    CHECK(bytes < sizeof answer.head);
    memcpy(answer.head, client->bytes, bytes);
    take(client, bytes);
    CHECK(sscanf(answer.head, "HTTP/1.1 %3d ", &answer.status) == 1);
    answer.close = raw_header(&answer, "Connection", value) != NULL && strcmp(value, "close") == 0;
    return answer;
}

struct raw_answer raw_read(struct raw_client *client, bool to_head_request)
{
    struct raw_answer answer = raw_read_head(client);
    int64_t until_ms = now_ms() + RAW_WAIT_MS;
    char value[256];

    while (answer.status == 100)
        answer = raw_read_head(client);
    if (answer.status == 0 || to_head_request ||
        raw_header(&answer, "Content-Length", value) == NULL)
        return answer;
    answer.body_bytes = strtoul(value, NULL, 10);
    CHECK(answer.body_bytes < RAW_BYTES_MAX);
    while (client->count < answer.body_bytes) {
        if (!receive(client, until_ms)) {
            answer.status = 0;
            return answer;
        }
    }
    answer.body = calloc(1, answer.body_bytes + 1);
    CHECK_ALLOCATED(answer.body);
    memcpy(answer.body, client->bytes, answer.body_bytes);
    take(client, answer.body_bytes);
    return answer;
}

void raw_answer_clear(struct raw_answer *answer)
{
    free(answer->body);
    answer->body = NULL;
}

bool raw_is_closed(struct raw_client *client, int wait_ms)
{
    int64_t until_ms = now_ms() + wait_ms;

    while (!client->closed) {
        take(client, client->count);
        if (!receive(client, until_ms) && !client->closed)
            return false;
    }
    return true;
}

int raw_ask(unsigned port, const char *request, bool *closed)
{
    struct raw_client client;
    struct raw_answer answer = {0};

    if (raw_open(&client, port) && raw_send_text(&client, request))
        answer = raw_read(&client, strncmp(request, "HEAD ", 5) == 0);
    if (closed != NULL)
        *closed = answer.status != 0 && answer.close && raw_is_closed(&client, RAW_WAIT_MS);
    raw_answer_clear(&answer);
    raw_close(&client);
    return answer.status;
}
