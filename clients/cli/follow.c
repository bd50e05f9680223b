/* clients/cli/follow.c: work that goes on behind its answer is followed until it has ended. */
#include <string.h>
#include <time.h>

#include "clients/cli/command.h"
#include "clients/cli/show.h"
#include "clients/http/screen.h"

enum { LOOK_EVERY_MS = 200 };

bool session_get(struct session *s, const char *path, struct answer *answer)
{
    client_ask(s->client, &(struct question){.path = path, .key = s->reach.key}, answer);
    if (!answer_is_good(answer))
        answer_complain(answer, s->reach.english, NULL);
    return answer_is_good(answer);
}

json_t *session_follow(struct session *s, const char *path, const char *label, uint64_t total)
{
    struct bar bar = bar_start(label, total);

    for (;;) {
        struct answer answer;
        json_t *now = session_get(s, path, &answer) ? json_incref(answer.json) : NULL;
        uint64_t done = (uint64_t)json_int_at(now, "done");

        answer_clear(&answer);
        if (now == NULL || strcmp(json_string_at(now, "state"), "running") != 0) {
            bar_end(&bar, done);
            return now;
        }
        bar_move(&bar, done);
        json_decref(now);
        nanosleep(&(struct timespec){.tv_nsec = LOOK_EVERY_MS * 1000000L}, NULL);
    }
}
