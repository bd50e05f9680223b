/* register/trial.h: what a policy that is not in force would change, for everybody.
 *
 * Each post is judged twice on one day: as now, and with the draft among the policies in force (where
 * its region is the longest prefix). Counted are posts: a person at a site in a trade; people who
 * are engaged nowhere count once, for the country's default policy only. The colour is colour_here,
 * and person_colour for those. */
#ifndef REGISTER_TRIAL_H
#define REGISTER_TRIAL_H

#include "register/two_colours.h"

enum { TRIAL_COLOURS = COLOUR_NONE + 1, TRIAL_EXAMPLES = 5 };

struct trial_counts {
    uint32_t from_to[TRIAL_COLOURS][TRIAL_COLOURS]; /* enum colour: now, then */
};
uint64_t trial_posts(const struct trial_counts *counts);
uint64_t trial_changed(const struct trial_counts *counts);

struct trial_row {
    int64_t key; /* TRIAL_BY_REGION: six digits as a number; else a trade's code, or an id */
    struct trial_counts counts;
};

enum trial_by { TRIAL_BY_REGION, TRIAL_BY_TRADE, TRIAL_BY_ORG, TRIAL_BY_SITE, TRIAL_BYS };

struct trial_example {
    int64_t worker_id, site_id; /* site_id 0: engaged nowhere */
};

struct trial_examples {
    struct trial_example example[TRIAL_EXAMPLES]; /* the first that were met */
    unsigned count;
};

struct trial {
    struct survey survey;
    const struct policy_document *draft;
    void (*done)(void *arg, bool complete); /* on the surveyor's thread; the caller's to set */
    void *done_arg;
    struct two_colours *judge;
    uint64_t other_policy; /* posts that another policy governs, with or without the draft */
    struct trial_counts total;
    uint32_t began[REASON_COUNT], ended[REASON_COUNT]; /* reasons, over posts whose colour changes */
    struct trial_examples examples[TRIAL_COLOURS][TRIAL_COLOURS];
    struct trial_table {
        struct trial_row *rows; /* open addressing; key -1: empty */
        size_t room, count;
    } by[TRIAL_BYS];
};

/* The draft is borrowed until trial_free(). Set done, then submit &trial->survey on a place for people. */
struct trial *trial_new(const struct policy_document *draft, day_t on);
void trial_free(struct trial *trial);

/* The rows of a table, those that change most first; at most max. Returns how many. */
size_t trial_most(const struct trial *trial, enum trial_by by, struct trial_row *into, size_t max);

#endif
