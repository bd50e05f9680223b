/* store/appeals.h: appeals and what was written with them. */
#ifndef STORE_APPEALS_H
#define STORE_APPEALS_H

#include "domain/appeal.h"
#include "store/pg.h"

struct appeal_row {
    struct appeal appeal;
    int64_t worker_id, org_id; /* org_id: who filed it on his behalf; 0: himself */
    int64_t account_id;        /* who wrote this version; 0: the worker himself */
    int32_t version, policy, round;
    int32_t mended_by;         /* version of the worker's record; 0: none */
    struct text reason, scope, colour, region, state; /* as stored */
    day_t on, filed_on, due;
    bool due_certain;
    int64_t filed_at, recorded_at;
};
struct appeal_rows {
    struct appeal_row *rows;
    int count;
};

/* Where an appeal stands in the list. It moves when it is answered, so a page ends at a place, not at
 * an appeal. */
struct appeal_place {
    bool closed;
    day_t due;
    int64_t id; /* 0: before all */
};
struct appeal_place appeal_place_of(const struct appeal_row *row);

/* 0, "", .at NULL: not narrowed by this. */
struct appeal_filter {
    struct appeal_place after;
    int64_t id, worker_id;
    int64_t org_id;     /* an organisation's own people, and what it filed */
    struct text region; /* prefix */
    struct text state;
    bool overdue;
    day_t today;
};
/* Open ones first, by their deadline; then the others. */
void appeals_list(struct batch *b, const struct appeal_filter *filter, int32_t max,
                  struct appeal_rows *into);

void appeal_next_id(struct batch *b, int64_t *id);
/* The first version; sealed: what was written. */
void appeal_insert(struct batch *b, const struct appeal_row *row, struct text sealed);
/* The version after row->version. */
void appeal_answer(struct batch *b, const struct appeal_row *row, struct text state,
                   int32_t mended_by, int64_t account_id, struct text sealed);

enum { APPEAL_VERSIONS_MAX = 2 };
struct appeal_words { /* by version - 1; .at NULL: erased, or not there yet */
    struct text sealed[APPEAL_VERSIONS_MAX];
};
void appeal_words_load(struct batch *b, int64_t id, struct appeal_words *words);

#endif
