/* cli/score_case.h: one case of `jianan score`: a worker's records, and perhaps a place. */
#ifndef CLI_SCORE_CASE_H
#define CLI_SCORE_CASE_H

#include "base/json.h"
#include "domain/fold.h"

/* One line, read. What it points at lies in the object and in the arena. */
struct score_case {
    const json_t *id;
    struct text region;
    bool has_region, has_context;
    struct context context;
    struct record *records;
    size_t record_count;
};

/* *c is zeroed by the caller. Records that state no version are numbered by when they were recorded.
 * Fails as records are refused, the field a JSON pointer into the line. */
MUST_USE struct err score_case_read(const json_t *object, struct arena *arena,
                                    struct score_case *c);

#endif
