/* scoring/cohort.h: a few thousand workers in columns, for colours down columns (scoring/batch.h).
 *
 * A cohort holds what the colours of a day can depend on, under any policy: people at one post each,
 * and their events list by list. It is one stretch of memory without pointers, so it can be kept,
 * copied and read in place. All columns are 16 bits wide, because one width keeps every pass a loop
 * that the compiler turns into vector instructions.
 *
 * In every list a worker's latest event comes first. Where many people have something, everybody's
 * latest is a column of its own (rank 0), everybody's latest but one the next, and so on, as long as
 * at least one worker in four has so many; whoever has not, has one there on day 0. What is left is
 * the list's tail, worker by worker. With the latest day of each rank beside it, a question about
 * the last twelve months does not even look at what is older.
 *
 *   list         on              what                                    more
 *   EXAM         examined on     1 << conclusion, hazards << 8           its own end, 0: by policy
 *   STUDY        earned on       points                                  -
 *   AGREEMENT    from            until                                   -
 *   TRAINING+t   held on         hours, HERE (of the post's site, if it  -
 *                                names one); passed ones only
 *   VIOLATION    happened on     severity, class << 4, OFF_JOB           category
 *   CERTIFICATE  valid from      class, issuer << 8, type << 12          valid until
 *   STATUS       from            1: valid again, place of his            until
 *                                certificate in its list << 1
 *   BAN          from            enum ban_scope; those that bear on the  until
 *                                post, and no others
 *   OVERRIDE     from            colour, signers << 8                    until
 *   GAP          shown at work   the day on which he was last seen at    -
 *                again           work before
 *   TRANSFER     took up the     the last day before on which he took up -
 *                post's trade    another trade
 *
 * The first three and trainings have ranks; of the others there is only a tail. GAP and TRANSFER
 * are derived here, because they depend on no policy; of gaps only those of at least the builder's
 * `gap_days` are kept. */
#ifndef SCORING_COHORT_H
#define SCORING_COHORT_H

#include <stddef.h>

#include "scoring/scoring.h"

enum cohort_list {
    LIST_EXAM,
    LIST_STUDY,
    LIST_AGREEMENT,
    LIST_VIOLATION,
    LIST_CERTIFICATE,
    LIST_STATUS,
    LIST_BAN,
    LIST_OVERRIDE,
    LIST_GAP,
    LIST_TRANSFER,
    LIST_TRAINING, /* + enum training_type; itself always empty */
    COHORT_LISTS = LIST_TRAINING + TRAINING_DRILL + 1
};

enum { TRAINING_HOURS = 0xff, TRAINING_HERE = 0x100 };
enum { VIOLATION_SEVERITY = 0xf, VIOLATION_CLASS_SHIFT = 4, VIOLATION_OFF_JOB = 0x100 };
enum { EXAM_OF_NO_KIND = 1 << 7 }; /* the conclusion's bit when it is beyond enum exam_conclusion */

/* The column `post`: what rules ask of a person and a post, a bit an answer. */
enum {
    POST_MAN = 1,
    POST_WOMAN = 2,
    POST_ASKED = 4, /* there is a context */
    POST_SITE = 8,  /* it names a site */
    POST_STOPPED = 16,
    POST_CLOSED = 32,
    POST_NO_PERMIT = 64,
    POST_PERMIT_SUSPENDED = 128,
    POST_PERMIT_REVOKED = 256,
    POST_PERMIT_EXPIRED = 512,
    POST_ROLE_SHIFT = 9, /* + enum role, from 1: the upper six bits */
    POST_ROLES = 0xfc00
};

enum {
    COHORT_WORKERS_MAX = 2048,
    COHORT_RANKS_MAX = 8,
    COHORT_LANES =
        64, /* columns are as long as a multiple of this, and begin at one of 128 bytes */
    COHORT_ALIGN = 128,
    COHORT_FILL = 4 /* a rank is a column when one worker in so many has an event of it */
};

struct cohort_part {
    uint32_t at, tail_at; /* in bytes from the cohort's beginning */
    uint32_t tail_count;
    uint16_t ranks;
    day_t latest[COHORT_RANKS_MAX + 1]; /* of each rank; then of the tail. 0: none */
};

struct cohort {
    uint32_t bytes; /* of the whole, this struct included */
    uint16_t workers, lanes;
    uint16_t pitch;    /* from one column to the next, in entries; at least `lanes` */
    uint16_t gap_days; /* shorter gaps were left out */
    uint32_t columns_at;
    uint32_t facts; /* events in all */
    struct cohort_part part[COHORT_LISTS];
};

/* One column an attribute of a worker at a post. */
enum cohort_column {
    COLUMN_BIRTH,
    COLUMN_ENROLLED,
    COLUMN_SEEN,  /* the last day on which anything shows him at work; DAY_NEVER: without end */
    COLUMN_TRADE, /* 0: not asked about */
    COLUMN_POST,
    COHORT_COLUMNS
};

/* A list as it lies in a cohort: rank r begins at [r * pitch]; and the tail. */
struct cohort_events {
    const uint16_t *on, *what, *more;
    const uint16_t *tail_worker, *tail_on, *tail_what, *tail_more;
    size_t pitch;
    uint32_t ranks, tail_count;
    const day_t *latest; /* ranks + 1 */
};

const uint16_t *cohort_column(const struct cohort *cohort, enum cohort_column column);
struct cohort_events cohort_events(const struct cohort *cohort, enum cohort_list list);

/* -- building one ----------------------------------------------------------------------------- */

struct cohort_entry {
    uint16_t worker, on, what, more;
    uint8_t list, rank; /* COHORT_RANKS_MAX: that one or a later one */
};

/* The caller's storage; about 25 KB. */
struct cohort_builder {
    struct cohort_entry *staged;
    uint32_t capacity, count;
    uint16_t workers, gap_days;
    uint64_t stretches_a_day; /* of half a gap's days; in 2^-32 */
    uint16_t columns[COHORT_COLUMNS][COHORT_WORKERS_MAX];
    uint32_t of_rank[COHORT_LISTS][COHORT_RANKS_MAX + 1];
};

enum cohort_added {
    COHORT_ADDED,
    COHORT_FULL, /* seal what is there and begin another; nothing was added */
    COHORT_ODD   /* facts that no fold gives, and that do not fit; nothing was added: such a worker
                    is left to safety_colours() */
};

/* staged: room for `capacity` entries, one an event and a few more; FACTS_PER_WORKER_MAX * 2 is
 * enough for any worker to fit into an empty builder. gap_days: batch_gap_days(). */
void cohort_begin(struct cohort_builder *builder, struct cohort_entry *staged, uint32_t capacity,
                  uint16_t gap_days);
enum cohort_added cohort_add(struct cohort_builder *builder, const struct facts *facts,
                             const struct context *context);

/* The bytes that sealing now would take; sealing writes them to `at`, which is aligned to
 * COHORT_ALIGN, and returns it. The builder can begin anew afterwards. */
size_t cohort_bytes(const struct cohort_builder *builder);
struct cohort *cohort_seal(const struct cohort_builder *builder, void *at);

#endif
