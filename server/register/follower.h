/* register/follower.h: loads the register by binary COPY and follows the change feed.
 *
 * Own thread, own connections. What is new since the last snapshot S is what is visible now and has
 * (xid >= S.xmax or xid among S's in-progress ones), read together with the new snapshot in one
 * statement. An id sequence is not commit order, and a watermark on the oldest running transaction
 * would freeze behind any long one; this misses nothing and waits for nobody. When the system
 * identifier or the timeline changes, everything is loaded anew. */
#ifndef REGISTER_FOLLOWER_H
#define REGISTER_FOLLOWER_H

#include "register/registry.h"

struct follower_options {
    const char *conninfo;
    unsigned char server_id[16];
    int64_t poll_ms;      /* beside NOTIFY; 1000 */
    int64_t heartbeat_ms; /* 1000 */
    unsigned load_connections; /* parallel COPY: 1..8 */
    int64_t keep_ms;           /* change rows are cleared away after this or later; 0: an hour. Who
                                * was cut off for longer loads anew */
    /* PASS_BATCH changes of other servers (version is not our follower_server_key) are handed over
     * here, on the follower's thread; may be NULL. After a reload some may be missing: whoever keeps
     * presence rebuilds it when registry_health().reloads has grown. */
    void (*pass_batch)(void *arg, int64_t batch_id);
    void *arg;
};

struct follower;
struct follower *follower_start(struct registry *registry, const struct follower_options *options);
void follower_stop(struct follower *follower); /* joins the thread */

/* This server has committed changes: look now, and wake the other servers (coalesced, on a
 * connection of the follower's own, so no writing transaction waits for it). Any thread. */
void follower_nudge(struct follower *follower);

/* What stands for a server in change rows: the key of a HEARTBEAT, the version of a PASS_BATCH. */
int64_t follower_server_key(const unsigned char server_id[16]);

#endif
