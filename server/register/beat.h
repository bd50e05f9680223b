/* register/beat.h: this server's sign of life, what it says of freshness and of the clocks.
 *
 * Every heartbeat_ms a row is committed; when its change row comes back through the feed, the
 * register is at least as fresh as the moment at which it was sent. One beat is under way at a time,
 * on a connection of its own, which also tells the other servers of our commits and clears away
 * old change rows: whatever holds up that connection does not hold up following. */
#ifndef REGISTER_BEAT_H
#define REGISTER_BEAT_H

#include "register/registry_write.h"
#include "store/link.h"

enum { BEATS_KEPT = 16 };

enum beat_busy { BEAT_IDLE, BEAT_BEATING, BEAT_NOTIFYING, BEAT_PURGING };

struct beat {
    struct registry_gauges *gauges;
    struct link *link;
    char server_id[37]; /* as a uuid's text */
    int64_t key, every_ms, keep_ms;
    enum beat_busy busy;
    int64_t busy_since_us;       /* monotonic */
    int64_t number;              /* of the last beat sent; begins at the time of start, so never again */
    int64_t first;               /* of this process */
    int64_t sent_us[BEATS_KEPT]; /* monotonic, by number */
    int64_t sent_wall_us, due_us;
    bool notify_wanted;
    char *purge_until, *purge_next; /* snapshots: of keep_ms ago or longer, and later; or NULL */
    int64_t purge_due_us;
    bool purge_wanted;
};

void beat_init(struct beat *beat, struct registry_gauges *gauges, const unsigned char server_id[16],
               int64_t every_ms, int64_t keep_ms);
void beat_clear(struct beat *beat);

/* Sends one and waits for it: before loading, so that the change table is not empty. */
MUST_USE struct err beat_first(struct beat *beat);

/* Takes what has arrived, sends what is due. *committed: a beat of ours is on its way back. */
MUST_USE struct err beat_turn(struct beat *beat, bool *committed);
void beat_lost(struct beat *beat); /* the connection was dropped */
int64_t beat_wait_us(const struct beat *beat); /* until something is due here */

/* A HEARTBEAT change came through the feed. */
void beat_came_back(struct beat *beat, int64_t key, int64_t number);

/* The follower stands at this snapshot: in keep_ms, change rows that ended before it may go. */
void beat_at_snapshot(struct beat *beat, const char *snapshot);

#endif
