/* support/replayer.h: runs `jianan-server --replay` over the test's database. */
#ifndef SUPPORT_REPLAYER_H
#define SUPPORT_REPLAYER_H

#include <stdbool.h>
#include <stdint.h>

struct replayed {
    int status; /* of the program: 0 all is equal, 1 something is not */
    long long passes, equal, elsewhere, different, impossible;
    char finding[4096]; /* the first line that is not the counts; "" */
};
/* span: "2026-11-21" or "2026-11-01..2026-11-21". Dies when the program tells no counts. */
struct replayed replay_days(const char *span);

/* The last pass was decided by the site and the firm as they are now: the server has heard. */
bool last_pass_is_current(void);

/* The days of all passes, as a span. */
const char *replay_span(void);

#endif
