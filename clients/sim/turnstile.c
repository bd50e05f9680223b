#include "clients/sim/turnstile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"

enum { QUESTION_BYTES = 2048 };

int32_t turnstile_epoch(void)
{
    return (int32_t)(clock_wall_us() / US_PER_SECOND);
}

int64_t turnstile_next(struct gate *gate)
{
    return atomic_fetch_add(&gate->seq, 1);
}

static struct text write_question(const struct gate *gate, const struct scan *scan,
                                  char buffer[QUESTION_BYTES])
{
    struct build out = build_over(buffer, QUESTION_BYTES);
    struct json_writer w = json_writer_over(&out);
    char at[CLOCK_RFC3339_BYTES], number[24];

    json_open_object(&w, NULL);
    if (scan->code != NULL) {
        json_put_string(&w, "code", scan->code);
    } else {
        snprintf(number, sizeof number, "%" PRId64, scan->worker);
        json_put_string(&w, "worker_no", number);
    }
    json_put_string(&w, "direction", scan->direction);
    json_put_text(&w, "at", clock_format(clock_wall_us(), at));
    json_put_int(&w, "epoch", gate->epoch);
    json_put_int(&w, "seq", scan->seq);
    json_close_object(&w);
    CHECK(!out.full);
    return build_done(&out);
}

static void keep(char *into, size_t bytes, const json_t *answer, const char *name)
{
    snprintf(into, bytes, "%s", json_string_at(answer, name));
}

void turnstile_ask(struct client *client, const struct gate *gate, const struct scan *scan,
                   struct told *told)
{
    char buffer[QUESTION_BYTES];
    struct text body = write_question(gate, scan, buffer);
    struct answer answer;

    client_ask(client,
               &(struct question){.method = "POST",
                                  .path = "/v1/gate/check",
                                  .key = gate->key,
                                  .body = body.at,
                                  .body_bytes = body.bytes},
               &answer);
    *told = (struct told){
        .end = answer.end, .status = answer.status, .took_us = answer.took_us};
    if (answer_is_good(&answer)) {
        keep(told->verdict, sizeof told->verdict, answer.json, "verdict");
        keep(told->why, sizeof told->why, answer.json, "why");
        keep(told->colour, sizeof told->colour, answer.json, "colour");
        keep(told->screen, sizeof told->screen, answer.json, "screen");
        keep(told->recorded, sizeof told->recorded, answer.json, "recorded");
        keep(told->pass, sizeof told->pass, answer.json, "pass");
    }
    told->body = answer.body;
    answer.body = NULL;
    answer_clear(&answer);
}
