/* store/receipts.h: gates' own keys, the receipts that they signed, and how whole their chain is. */
#ifndef STORE_RECEIPTS_H
#define STORE_RECEIPTS_H

#include "store/pg.h"

enum { DEVICE_KEYS_MAX = 64, RECEIPT_PREV_BYTES = 32, CHAIN_EPOCHS_MAX = 200, CHAIN_GAPS_MAX = 200 };

struct device_key_row {
    int32_t number, alg;    /* alg: -7 ES256, -65537 SM2 */
    struct text kid, point; /* 4 and 64 bytes */
    bool removed;
    int64_t recorded_at;
};
struct device_key_rows {
    struct device_key_row rows[DEVICE_KEYS_MAX];
    int count;
};
void device_keys(struct batch *b, int64_t device_id, struct device_key_rows *into);
/* removes: keys up to this number no longer count; 0: none. */
void device_key_insert(struct batch *b, int64_t device_id, const struct device_key_row *key,
                       int32_t removes, int64_t account_id);

struct receipt_row {
    int32_t epoch;
    int64_t seq, at;           /* at: us since 1970 */
    struct text digest, prev;  /* 32 bytes each */
    struct text signed_bytes;
    bool added;                /* out: it was not there before */
    bool forked;               /* out: another one is there under its number */
};
/* Those that are there already change nothing. */
MUST_USE struct err receipts_insert(struct batch *b, struct arena *arena, int64_t gate_id,
                                    int64_t batch_id, struct receipt_row *rows, size_t count);

struct chain_epoch { /* what the members count: sql/device_chain.sql */
    int32_t epoch;
    int64_t receipts, last_seq, missing, forks, unlinked, broken, branched, begun;
    int64_t first_at, last_at;
};
struct chain_gap {
    int32_t epoch;
    int64_t first, last;
};
struct chain_report {
    struct chain_epoch epochs[CHAIN_EPOCHS_MAX];
    struct chain_gap gaps[CHAIN_GAPS_MAX];
    int epoch_count, gap_count;
};
void device_chain(struct batch *b, int64_t gate_id, struct chain_report *into);

#endif
