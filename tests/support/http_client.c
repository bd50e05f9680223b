#include "support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_SECONDS = 15, BYTES_MAX = 8 * 1024 * 1024, HEAD_MAX = 4096 };

void client_open(struct http_client *client, unsigned port)
{
    *client = (struct http_client){.fd = -1, .port = port};
}

static void disconnect(struct http_client *client)
{
    if (client->fd >= 0)
        close(client->fd);
    client->fd = -1;
    client->count = 0;
}

void client_close(struct http_client *client)
{
    disconnect(client);
    free(client->bytes);
    client->bytes = NULL;
    client->max = 0;
}

static bool connected(struct http_client *client)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((unsigned short)client->port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct timeval wait = {.tv_sec = WAIT_SECONDS};
    int on = 1;

    if (client->fd >= 0)
        return true;
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->fd < 0)
        return false;
    if (setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0 &&
        setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
        connect(client->fd, (struct sockaddr *)&to, sizeof to) == 0)
        return true;
    disconnect(client);
    return false;
}

static bool send_all(struct http_client *client, const char *at, size_t bytes)
{
    while (bytes > 0) {
        ssize_t sent = send(client->fd, at, bytes, MSG_NOSIGNAL);

        if (sent <= 0)
            return false;
        at += sent;
        bytes -= (size_t)sent;
    }
    return true;
}

/* Room for one more NUL is always kept. */
static bool receive_more(struct http_client *client)
{
    ssize_t got;

    if (client->count + 1 >= client->max) {
        size_t max = client->max == 0 ? 64 * 1024 : client->max * 2;
        char *bytes = max <= BYTES_MAX ? realloc(client->bytes, max) : NULL;

        if (bytes == NULL)
            return false;
        client->bytes = bytes;
        client->max = max;
    }
    got = recv(client->fd, client->bytes + client->count, client->max - client->count - 1, 0);
    if (got <= 0)
        return false;
    client->count += (size_t)got;
    client->bytes[client->count] = '\0';
    return true;
}

static char *copy(const char *at, size_t bytes)
{
    char *to = malloc(bytes + 1);

    if (to == NULL)
        abort();
    if (bytes > 0)
        memcpy(to, at, bytes);
    to[bytes] = '\0';
    return to;
}

static bool read_reply(struct http_client *client, struct http_reply *reply)
{
    const char *end, *length;
    size_t head_bytes, body_bytes;

    while (client->count == 0 || (end = strstr(client->bytes, "\r\n\r\n")) == NULL) {
        if (!receive_more(client))
            return false;
    }
    head_bytes = (size_t)(end - client->bytes) + 4;
    reply->head = copy(client->bytes, head_bytes);
    length = reply_header(reply, "Content-Length");
    body_bytes = length != NULL ? (size_t)strtoull(length, NULL, 10) : 0;
    while (client->count < head_bytes + body_bytes) {
        if (!receive_more(client))
            return false;
    }
    reply->body = copy(client->bytes + head_bytes, body_bytes);
    reply->body_bytes = body_bytes;
    client->count -= head_bytes + body_bytes;
    memmove(client->bytes, client->bytes + head_bytes + body_bytes, client->count + 1);
    return true;
}

static bool ask_once(struct http_client *client, const char *head, size_t head_bytes,
                     const char *body, size_t body_bytes, struct http_reply *reply)
{
    *reply = (struct http_reply){0};
    if (connected(client) && send_all(client, head, head_bytes) &&
        send_all(client, body, body_bytes) && read_reply(client, reply))
        return true;
    disconnect(client);
    reply_clear(reply);
    return false;
}

/* Unlike any that another run of the tests drew. */
static const char *new_key(char into[64])
{
    static unsigned count;
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(into, 64, "t-%d-%lld%09ld-%u", (int)getpid(), (long long)now.tv_sec, now.tv_nsec,
             ++count);
    return into;
}

static size_t render_head(const struct http_question *q, size_t body_bytes, char head[HEAD_MAX])
{
    char drawn[64];
    bool writes = strcmp(q->method, "GET") != 0 && strcmp(q->method, "HEAD") != 0;
    const char *key = q->idempotency != NULL ? q->idempotency : writes ? new_key(drawn) : "";
    int bytes = snprintf(head, HEAD_MAX, "%s %s HTTP/1.1\r\nHost: %s\r\n%s%s%s%s%s%s%s",
                         q->method, q->path, q->host != NULL ? q->host : "localhost",
                         q->key != NULL ? "Authorization: Bearer " : "",
                         q->key != NULL ? q->key : "", q->key != NULL ? "\r\n" : "",
                         key[0] != '\0' ? "Idempotency-Key: " : "", key,
                         key[0] != '\0' ? "\r\n" : "", q->extra != NULL ? q->extra : "");

    if (q->body != NULL)
        bytes += snprintf(head + bytes, HEAD_MAX - (size_t)bytes,
                          "Content-Type: %s\r\nContent-Length: %zu\r\n",
                          q->media_type != NULL ? q->media_type : "application/json", body_bytes);
    else if (writes)
        bytes += snprintf(head + bytes, HEAD_MAX - (size_t)bytes, "Content-Length: 0\r\n");
    bytes += snprintf(head + bytes, HEAD_MAX - (size_t)bytes, "\r\n");
    if (bytes >= HEAD_MAX)
        abort(); /* the test's own mistake */
    return (size_t)bytes;
}

struct http_reply client_ask(struct http_client *client, const struct http_question *question)
{
    size_t body_bytes = question->body_bytes > 0   ? question->body_bytes
                        : question->body != NULL ? strlen(question->body)
                                                 : 0;
    bool was_connected = client->fd >= 0;
    char head[HEAD_MAX];
    size_t head_bytes = render_head(question, body_bytes, head);
    struct http_reply reply;

    if (!ask_once(client, head, head_bytes, question->body, body_bytes, &reply) && was_connected)
        ask_once(client, head, head_bytes, question->body, body_bytes, &reply);
    if (reply.head != NULL) {
        reply.status = (int)strtol(reply.head + strlen("HTTP/1.1 "), NULL, 10);
        reply.json = json_loadb(reply.body, reply.body_bytes, JSON_REJECT_DUPLICATES, NULL);
        if (reply_header(&reply, "Connection") != NULL &&
            strcasecmp(reply_header(&reply, "Connection"), "close") == 0)
            disconnect(client);
    }
    return reply;
}

void reply_clear(struct http_reply *reply)
{
    free(reply->head);
    free(reply->body);
    json_decref(reply->json);
    *reply = (struct http_reply){0};
}

const char *reply_header(const struct http_reply *reply, const char *name)
{
    static char value[1024];
    size_t bytes = strlen(name);

    for (const char *line = reply->head; line != NULL; line = strstr(line, "\r\n")) {
        if (line != reply->head)
            line += 2;
        if (strncasecmp(line, name, bytes) == 0 && line[bytes] == ':') {
            line += bytes + 1;
            line += strspn(line, " ");
            snprintf(value, sizeof value, "%.*s", (int)strcspn(line, "\r"), line);
            return value;
        }
    }
    return NULL;
}

const json_t *reply_at(const struct http_reply *reply, const char *path)
{
    const json_t *at = reply->json;

    while (at != NULL && *path != '\0') {
        char name[64];
        size_t bytes = strcspn(path, ".");

        snprintf(name, sizeof name, "%.*s", (int)bytes, path);
        at = json_is_array(at) ? json_array_get(at, strtoul(name, NULL, 10))
                               : json_object_get(at, name);
        path += bytes + (path[bytes] == '.');
    }
    return at;
}

long long reply_int(const struct http_reply *reply, const char *path)
{
    return json_integer_value(reply_at(reply, path));
}

const char *reply_text(const struct http_reply *reply, const char *path)
{
    const char *text = json_string_value(reply_at(reply, path));

    return text != NULL ? text : "";
}
