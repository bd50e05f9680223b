/* replay_run.h: `jianan-server --replay DAY[..DAY]`: every pass of these days is decided again.
 *
 * Prints one line of JSON for each pass that differs or cannot be made again, and a last one with
 * the counts. It reads the database only, and may run beside servers. */
#ifndef REPLAY_RUN_H
#define REPLAY_RUN_H

#include "base/err.h"
#include "settings.h"

struct replay_counts {
    int64_t passes, equal, elsewhere, different, impossible;
};

/* span: "2026-11-21" or "2026-11-01..2026-11-21", both included. Fails with ERR_DATE_INVALID,
 * ERR_DATE_ORDER, or as a batch does. */
MUST_USE struct err replay_run(const struct settings *s, const char *span,
                               struct replay_counts *counts);

#endif
