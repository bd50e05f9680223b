/* api/bucket.h: how often one account may do something that invites probing.
 *
 * One counter a table slot, shared by all loops without a lock. Accounts that share a slot share its
 * rate, which only makes it stricter. */
#ifndef API_BUCKET_H
#define API_BUCKET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { BUCKET_SLOTS = 4096 };

struct buckets {
    int64_t interval_us; /* one more of them each interval */
    int64_t burst_us;    /* as much as may be used at once: burst * interval_us */
    _Atomic int64_t empty_until[BUCKET_SLOTS]; /* monotonic us: when the slot is as good as new */
};

/* Whether bucket_take() would; nothing is counted. */
bool bucket_has(struct buckets *buckets, int64_t account_id, int64_t now_us);
/* True: it may, and was counted. now_us is monotonic. */
bool bucket_take(struct buckets *buckets, int64_t account_id, int64_t now_us);

#endif
