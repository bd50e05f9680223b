/* clients/gate/sync.h: a thread that keeps what the gate must know, and hands in what it decided.
 *
 * It owns a connection to the server, one to each of the two files, and shares nothing else: what
 * is new it keeps first and then names to the loop. It may be killed anywhere. */
#ifndef GATE_SYNC_H
#define GATE_SYNC_H

#include "base/loop.h"
#include "clients/gate/gate_settings.h"
#include "clients/gate/gate_time.h"
#include "clients/gate/kept.h"
#include "crypto/signer.h"

struct sync;

/* Told on the loop. */
struct sync_news {
    char name[KEPT_NAME_BYTES]; /* what was kept, compared or dropped; "": everything */
    bool measured;              /* `time` is new instead */
    struct gate_time time;
};
typedef void sync_news_fn(void *arg, const struct sync_news *news);

struct sync_parts {
    struct loop *loop;
    const struct gate_settings *settings;
    const char *key;
    const struct signer *signer; /* its public half is registered at the server */
    sync_news_fn *news;
    void (*unreachable)(void *arg); /* on the sync's thread */
    void *arg;
};
/* NULL when the server's address or a file cannot be used: *why says it. */
struct sync *sync_open(const struct sync_parts *parts, const char **why);
/* Ends the thread; then the loop must turn once more before sync_free(). */
void sync_stop(struct sync *sync);
void sync_free(struct sync *sync);

/* Any thread. Everything at once; or only the receipts, a moment later. */
void sync_now(struct sync *sync);
void sync_receipts(struct sync *sync);

struct sync_state {
    time_us tried_at, done_at; /* 0: never; done: every step went well */
    int64_t rounds;            /* that went well, since the start */
    char step[16];             /* at which the last one failed; "": none did */
    char trouble[160];         /* what was wrong with it */
    int64_t photos, photo_bytes, photos_missing; /* kept here; in a roster and not here */
};
void sync_state(struct sync *sync, struct sync_state *state);

#endif
