#include "support/parallel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void send_one(struct raw_client *client, const struct http_question *q)
{
    char request[8192];
    const char *body = q->body != NULL ? q->body : "";
    int bytes = snprintf(request, sizeof request,
                         "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
                         "Idempotency-Key: %s\r\nContent-Type: %s\r\n"
                         "Content-Length: %zu\r\n\r\n%s",
                         q->method, q->path, q->key, q->idempotency,
                         q->media_type != NULL ? q->media_type : "application/json",
                         strlen(body), body);

    if (bytes < 0 || (size_t)bytes >= sizeof request || !raw_send_text(client, request))
        abort(); /* the test's own mistake, or no server */
}

void parallel_begin(struct parallel *p, unsigned port, const struct http_question *questions,
                    unsigned count)
{
    if (count > PARALLEL_MAX)
        abort();
    p->count = count;
    for (unsigned i = 0; i < count; i++) {
        if (!raw_open(&p->client[i], port))
            abort();
    }
    for (unsigned i = 0; i < count; i++)
        send_one(&p->client[i], &questions[i]);
}

void parallel_finish(struct parallel *p)
{
    for (unsigned i = 0; i < p->count; i++)
        p->answer[i] = raw_read(&p->client[i], false);
}

void parallel_clear(struct parallel *p)
{
    for (unsigned i = 0; i < p->count; i++) {
        raw_answer_clear(&p->answer[i]);
        raw_close(&p->client[i]);
    }
    p->count = 0;
}

unsigned parallel_count(const struct parallel *p, int status)
{
    unsigned found = 0;

    for (unsigned i = 0; i < p->count; i++)
        found += p->answer[i].status == status;
    return found;
}

unsigned parallel_count_text(const struct parallel *p, const char *text)
{
    unsigned found = 0;

    for (unsigned i = 0; i < p->count; i++)
        found += p->answer[i].body != NULL && strstr(p->answer[i].body, text) != NULL;
    return found;
}
