/* support/parallel.h: several requests at the same moment, each on a connection of its own. */
#ifndef SUPPORT_PARALLEL_H
#define SUPPORT_PARALLEL_H

#include "support/http_client.h"
#include "support/raw_client.h"

enum { PARALLEL_MAX = 64 };

struct parallel {
    unsigned count;
    struct raw_client client[PARALLEL_MAX];
    struct raw_answer answer[PARALLEL_MAX]; /* after parallel_finish() */
};

/* Sends them all and returns. The connections are made first, so that they arrive together. */
void parallel_begin(struct parallel *p, unsigned port, const struct http_question *questions,
                    unsigned count);
/* Waits for all answers; status 0: none came. */
void parallel_finish(struct parallel *p);
void parallel_clear(struct parallel *p);

/* How many were answered with this status; how many with this text in their body. */
unsigned parallel_count(const struct parallel *p, int status);
unsigned parallel_count_text(const struct parallel *p, const char *text);

#endif
