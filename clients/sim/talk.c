#include "clients/sim/talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/check.h"

enum { TRIES = 6, FIRST_PAUSE_MS = 100 };

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* Worth asking again: nothing has been decided, or what was is told once more. */
static bool is_passing(const struct answer *answer)
{
    return answer->end == ANSWER_LOST || answer->status == 429 || answer->status == 503 ||
           (answer->status == 409 && strcmp(json_string_at(answer->json, "code"), "conflict") == 0);
}

static json_t *ask(struct client *client, const struct question *question)
{
    struct answer answer;
    json_t *json = NULL;

    for (int i = 0; i < TRIES; i++) {
        client_ask(client, question, &answer);
        if (answer_is_good(&answer) || !is_passing(&answer) || i == TRIES - 1)
            break;
        answer_clear(&answer);
        pause_ms((long)FIRST_PAUSE_MS << i);
    }
    if (answer_is_good(&answer)) {
        json = answer.json != NULL ? json_incref(answer.json) : json_object();
    } else {
        fprintf(stderr, "%s %s: ", question->method != NULL ? question->method : "GET",
                question->path);
        answer_complain(&answer, speaks_english(), NULL);
    }
    answer_clear(&answer);
    return json;
}

json_t *talk_write(struct client *client, const char *key, const char *path, json_t *body,
                   const char *idempotency)
{
    char *text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;
    json_t *json = ask(client, &(struct question){.method = "POST",
                                                  .path = path,
                                                  .key = key,
                                                  .body = text,
                                                  .body_bytes = text != NULL ? strlen(text) : 0,
                                                  .idempotency = idempotency});

    free(text);
    json_decref(body);
    return json;
}

json_t *talk_read(struct client *client, const char *key, const char *path)
{
    return ask(client, &(struct question){.path = path, .key = key});
}
