#include "store/receipts.h"

/* -- keys ----------------------------------------------------------------------------------------- */

static struct err decode_keys(void *into, const struct rows *rows)
{
    struct device_key_rows *keys = into;

    keys->count = rows->count < DEVICE_KEYS_MAX ? rows->count : DEVICE_KEYS_MAX;
    for (int i = 0; i < keys->count; i++)
        keys->rows[i] = (struct device_key_row){
            .number = row_int32(rows, i, DEVICE_KEYS_NUMBER),
            .alg = row_int32(rows, i, DEVICE_KEYS_ALG),
            .kid = row_text(rows, i, DEVICE_KEYS_KID),
            .point = row_text(rows, i, DEVICE_KEYS_POINT),
            .removed = row_bool(rows, i, DEVICE_KEYS_REMOVED),
            .recorded_at = row_timestamptz(rows, i, DEVICE_KEYS_RECORDED_AT),
        };
    return OK;
}

void device_keys(struct batch *b, int64_t device_id, struct device_key_rows *into)
{
    struct params *p = params_new(b);

    params_int64(p, device_id);
    batch_add(b, SQL_DEVICE_KEYS, p, decode_keys, into);
}

void device_key_insert(struct batch *b, int64_t device_id, const struct device_key_row *key,
                       int32_t removes, int64_t account_id)
{
    struct params *p = params_new(b);

    params_int64(p, device_id);
    params_int32(p, key->number);
    params_bytea(p, key->kid);
    params_int32(p, key->alg);
    params_bytea(p, key->point);
    params_int32(p, removes);
    params_int64(p, account_id);
    batch_add(b, SQL_DEVICE_KEY_INSERT, p, NULL, NULL);
}

/* -- receipts --------------------------------------------------------------------------------------- */

static struct err decode_inserted(void *into, const struct rows *rows)
{
    struct receipt_row *receipts = into;

    for (int i = 0; i < rows->count; i++) {
        struct receipt_row *row = &receipts[row_int64(rows, i, RECEIPT_INSERT_PLACE) - 1];

        row->added = row_bool(rows, i, RECEIPT_INSERT_ADDED);
        row->forked = row_int64(rows, i, RECEIPT_INSERT_OTHERS) > 0;
    }
    return OK;
}

struct err receipts_insert(struct batch *b, struct arena *arena, int64_t gate_id, int64_t batch_id,
                           struct receipt_row *rows, size_t count)
{
    struct params *p = params_new(b);
    int32_t *epochs = arena_new_array(arena, count, int32_t);
    int64_t *seqs = arena_new_array(arena, count, int64_t);
    int64_t *ats = arena_new_array(arena, count, int64_t);
    struct text *digests = arena_new_array(arena, count, struct text);
    struct text *prevs = arena_new_array(arena, count, struct text);
    struct text *signeds = arena_new_array(arena, count, struct text);

    if (arena->full)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < count; i++) {
        epochs[i] = rows[i].epoch;
        seqs[i] = rows[i].seq;
        ats[i] = rows[i].at;
        digests[i] = rows[i].digest;
        prevs[i] = rows[i].prev;
        signeds[i] = rows[i].signed_bytes;
    }
    params_int64(p, gate_id);
    params_int64(p, batch_id);
    params_int32_array(p, epochs, count);
    params_int64_array(p, seqs, count);
    params_bytea_array(p, digests, count);
    params_bytea_array(p, prevs, count);
    params_timestamptz_array(p, ats, count);
    params_bytea_array(p, signeds, count);
    batch_add(b, SQL_RECEIPT_INSERT, p, decode_inserted, rows);
    return OK;
}

/* -- the chain --------------------------------------------------------------------------------------- */

static struct err decode_chain(void *into, const struct rows *rows)
{
    struct chain_report *report = into;

    report->epoch_count = rows->count < CHAIN_EPOCHS_MAX ? rows->count : CHAIN_EPOCHS_MAX;
    for (int i = 0; i < report->epoch_count; i++)
        report->epochs[i] = (struct chain_epoch){
            .epoch = row_int32(rows, i, DEVICE_CHAIN_EPOCH),
            .receipts = row_int64(rows, i, DEVICE_CHAIN_RECEIPTS),
            .last_seq = row_int64(rows, i, DEVICE_CHAIN_LAST_SEQ),
            .missing = row_int64(rows, i, DEVICE_CHAIN_MISSING),
            .forks = row_int64(rows, i, DEVICE_CHAIN_FORKS),
            .unlinked = row_int64(rows, i, DEVICE_CHAIN_UNLINKED),
            .broken = row_int64(rows, i, DEVICE_CHAIN_BROKEN),
            .branched = row_int64(rows, i, DEVICE_CHAIN_BRANCHED),
            .begun = row_int64(rows, i, DEVICE_CHAIN_BEGUN),
            .first_at = row_timestamptz(rows, i, DEVICE_CHAIN_FIRST_AT),
            .last_at = row_timestamptz(rows, i, DEVICE_CHAIN_LAST_AT),
        };
    return OK;
}

static struct err decode_gaps(void *into, const struct rows *rows)
{
    struct chain_report *report = into;

    report->gap_count = rows->count < CHAIN_GAPS_MAX ? rows->count : CHAIN_GAPS_MAX;
    for (int i = 0; i < report->gap_count; i++)
        report->gaps[i] =
            (struct chain_gap){row_int32(rows, i, DEVICE_CHAIN_GAPS_EPOCH),
                               row_int64(rows, i, DEVICE_CHAIN_GAPS_FIRST_MISSING),
                               row_int64(rows, i, DEVICE_CHAIN_GAPS_LAST_MISSING)};
    return OK;
}

void device_chain(struct batch *b, int64_t gate_id, struct chain_report *into)
{
    struct params *p = params_new(b), *q = params_new(b);

    params_int64(p, gate_id);
    params_int32(p, CHAIN_EPOCHS_MAX);
    batch_add(b, SQL_DEVICE_CHAIN, p, decode_chain, into);
    params_int64(q, gate_id);
    params_int32(q, CHAIN_GAPS_MAX);
    batch_add(b, SQL_DEVICE_CHAIN_GAPS, q, decode_gaps, into);
}
