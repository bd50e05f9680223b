/* clients/gate/sync_private.h: what the files of the sync share; nobody else includes it. */
#ifndef GATE_SYNC_PRIVATE_H
#define GATE_SYNC_PRIVATE_H

#include <pthread.h>

#include "clients/gate/book.h"
#include "clients/gate/known.h"
#include "clients/gate/photos.h"
#include "clients/gate/sync.h"
#include "clients/http/client.h"

/* Names of things that are told of together. */
enum { TOLD_TOGETHER_MAX = 16 };
enum { SYNC_ARENA_BYTES = ROSTER_BYTES_MAX + 4 * 1024 * 1024 };

struct sync {
    struct sync_parts parts;
    pthread_t thread;
    _Atomic bool stopping;
    pthread_mutex_t lock; /* guards what follows, up to the next line */
    pthread_cond_t wake;
    bool asked_all, asked_receipts;
    struct sync_state state;
    /* the thread's own */
    struct client *client;
    struct kept kept;
    struct book book;
    struct gate_time time;
    struct arena arena; /* cleared after each step */
    struct place place; /* as of this round */
    bool has_place;
    struct trust_list trust;
    bool has_trust;
    bool together; /* what is kept becomes true with the rosters, all at once */
    char told[TOLD_TOGETHER_MAX][KEPT_NAME_BYTES];
    unsigned told_count;
    bool photos_due; /* since the last whole round, not all have been looked for */
};

/* How a step ended. */
enum stepped {
    STEPPED_WELL,
    STEPPED_ILL,     /* the next steps may go better */
    STEPPED_NOWHERE, /* the server is not there: none will */
    STEPPED_OUT      /* the server has switched this gate off */
};

/* sync_steps.c, hand_in.c */
enum stepped sync_site(struct sync *sync);
enum stepped sync_key(struct sync *sync);
enum stepped sync_trust(struct sync *sync);
enum stepped sync_rosters(struct sync *sync);
enum stepped sync_lists(struct sync *sync);
enum stepped sync_hand_in(struct sync *sync);
/* sync_photos.c */
enum stepped sync_photos(struct sync *sync);
void sync_forget_photos(struct sync *sync);

/* What became of asking for a thing that may be kept already. */
enum fetched { FETCHED_NEW, FETCHED_SAME, FETCHED_NONE, FETCHED_ILL, FETCHED_NOWHERE, FETCHED_OUT };
/* GET path; what is kept under `name` is not sent again. FETCHED_NEW: the body is in *answer, which
 * the caller clears in any case. FETCHED_SAME has been marked as compared. */
enum fetched sync_fetch(struct sync *sync, const char *name, const char *path, const char *accept,
                        struct answer *answer);
/* Keeps a new thing, and tells the loop. */
enum stepped sync_keep(struct sync *sync, const char *name, const struct answer *answer);
/* For what was asked but is no thing to keep: how it ended, as a step. */
enum stepped sync_ended(struct sync *sync, enum fetched fetched);
enum fetched sync_judge_answer(struct sync *sync, const struct answer *answer);
void sync_tell(struct sync *sync, const char *name);
void sync_post(struct sync *sync, const struct sync_news *news);
/* Why a step did not go well, for the page and the log; holds no input. */
enum stepped sync_ill(struct sync *sync, const char *trouble);
time_us sync_clock(const struct sync *sync);
/* Waits a moment; true as soon as anybody wants this thread for something else. */
bool sync_is_wanted_elsewhere(struct sync *sync, int64_t pause_ms);
void sync_note_photos(struct sync *sync, const struct photos_sum *sum, int64_t missing);

#endif
