/* clients/gate/line.h: the line to the server: scans are asked on a thread of its own, with one kept
 * connection; and whether the server can be reached at all.
 *
 * After a failure the line is down: nobody waits for it, and the thread asks /readyz every second,
 * then more rarely up to every LINE_PROBE_MAX_MS, until the server says yes. */
#ifndef GATE_LINE_H
#define GATE_LINE_H

#include "base/arena.h"
#include "base/loop.h"
#include "base/waiter.h"
#include "clients/gate/gate_settings.h"

enum { LINE_QUEUE_MAX = 16, LINE_PROBE_MIN_MS = 1000, LINE_PROBE_MAX_MS = 15000 };

struct line;
/* key: the gate's, for Authorization. `came_up` runs on the loop when the line is up again. NULL
 * when the server's address cannot be used: *why says it. */
struct line *line_open(struct loop *loop, const struct gate_settings *settings, const char *key,
                       loop_fn *came_up, void *arg, const char **why);
/* Ends the thread; then the loop must turn once more before line_free(). */
void line_stop(struct line *line);
void line_free(struct line *line);

struct line_state {
    bool up;
    int64_t since_us; /* monotonic; 0: since the start */
    int refused;      /* 401 or 403: the server will have nothing to do with this gate; else 0 */
};
struct line_state line_state(struct line *line);

/* What became of a question. */
struct line_answer {
    bool asked; /* it may have reached the server */
    int status; /* 0: nothing came in time */
    struct text body; /* in the arena */
};
/* POST /v1/gate/check. The waiter runs on the loop, at the latest after timeout_ms, and *answer is
 * filled. False: the line is down, or too many wait; nothing was begun. */
MUST_USE bool line_ask(struct line *line, struct text body, int64_t timeout_ms,
                       struct arena *arena, struct line_answer *answer, struct waiter waiter);

/* Somebody else has found the server unreachable, or well. */
void line_is_down(struct line *line);

#endif
