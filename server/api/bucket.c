#include "api/bucket.h"

/* The generic cell rate algorithm (ITU-T I.371): the slot stores when everything that was taken so
 * far will have been earned. */
bool bucket_take(struct buckets *buckets, int64_t account_id, int64_t now_us)
{
    uint64_t mixed = (uint64_t)account_id * UINT64_C(0x9E3779B97F4A7C15);
    _Atomic int64_t *slot = &buckets->empty_until[mixed >> 52]; /* 12 bits: BUCKET_SLOTS */
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
