/* store/badges.h: badges of people: issued, listed, voided. */
#ifndef STORE_BADGES_H
#define STORE_BADGES_H

#include "store/pg.h"

struct badge_row {
    int64_t worker_id, org_id;
    int32_t number; /* counts within the worker */
    uint64_t index;
    int64_t issued_at, expires_at; /* whole seconds, in microseconds */
    int64_t voided_at;             /* 0: it is not */
    struct text reason;            /* why it was voided, or .at NULL */
};
struct badge_rows {
    struct badge_row *rows; /* by worker and number */
    int count;
};
void badges_list(struct batch *b, const int64_t *worker_ids, size_t count, struct badge_rows *into);

struct new_badges { /* arrays run in parallel */
    size_t count;
    const int64_t *worker_ids;
    const int32_t *numbers;
    const int64_t *candidates; /* SLOT_CANDIDATES for each */
    int64_t org_id, account_id;
    int64_t issued_at, expires_at;
};
void badges_insert(struct batch *b, const struct new_badges *badges);

/* account_id 0: the worker himself. ERR_CONFLICT when it was voided meanwhile. */
void badge_void(struct batch *b, int64_t worker_id, int32_t number, struct text reason,
                int64_t account_id);

#endif
