#include "api/bucket.h"

static _Atomic int64_t *slot_of(struct buckets *buckets, int64_t account_id)
{
    uint64_t mixed = (uint64_t)account_id * UINT64_C(0x9E3779B97F4A7C15);

    return &buckets->empty_until[mixed >> 52]; /* 12 bits: BUCKET_SLOTS */
}

bool bucket_has(struct buckets *buckets, int64_t account_id, int64_t now_us)
{
    int64_t seen = atomic_load_explicit(slot_of(buckets, account_id), memory_order_relaxed);

    return seen <= now_us || seen + buckets->interval_us - now_us <= buckets->burst_us;
}

/* The generic cell rate algorithm (ITU-T I.371): the slot stores when everything that was taken so
 * far will have been earned. */
bool bucket_take(struct buckets *buckets, int64_t account_id, int64_t now_us)
{
    _Atomic int64_t *slot = slot_of(buckets, account_id);
    int64_t seen = atomic_load_explicit(slot, memory_order_relaxed), next;

    do {
        next = (seen > now_us ? seen : now_us) + buckets->interval_us;
        if (next - now_us > buckets->burst_us)
            return false;
    } while (!atomic_compare_exchange_weak_explicit(slot, &seen, next, memory_order_relaxed,
                                                    memory_order_relaxed));
    return true;
}
_Static_assert(BUCKET_SLOTS == 1 << 12, "the upper 12 bits name a slot");
