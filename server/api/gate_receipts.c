/* api/gate_receipts.c: see gate_receipts.h. */
#include "api/gate_receipts.h"

#include <string.h>

#include "api/gate_pass_read.h"
#include "crypto/ecc.h"
#include "crypto/receipt.h"
#include "domain/engine.h"

static const struct device_key_row *key_named(const struct device_key_rows *keys,
                                              const unsigned char kid[TOKEN_KID_BYTES])
{
    for (int i = 0; i < keys->count; i++) {
        if (!keys->rows[i].removed && memcmp(keys->rows[i].kid.at, kid, TOKEN_KID_BYTES) == 0)
            return &keys->rows[i];
    }
    return NULL;
}

static struct err check_signature(const struct receipt_read *receipt,
                                  const struct device_key_rows *keys)
{
    const struct device_key_row *row = key_named(keys, receipt->envelope.kid);
    EVP_PKEY *key;
    bool holds;

    if (row == NULL || row->alg != (int32_t)receipt->envelope.alg)
        return err_field(ERR_RECEIPT_KEY, NULL, "POST /v1/gate/key");
    key = ecc_public_key(ecc_alg_find(row->alg), (const unsigned char *)row->point.at);
    if (key == NULL)
        return err_make(ERR_CRYPTO);
    holds = envelope_is_signed_by(&receipt->envelope, key);
    EVP_PKEY_free(key);
    return holds ? OK : err_make(ERR_RECEIPT_SIGNATURE);
}

/* What a receipt's form allows and a pass has no words for. */
static struct err check_words(const struct receipt *said)
{
    if (said->why >= WHY_COUNT)
        return err_field(ERR_RECEIPT_INVALID, "why", NULL);
    if (said->reasons >> REASON_COUNT != 0)
        return err_field(ERR_RECEIPT_INVALID, "reasons", NULL);
    if (said->direction == DIRECTION_OUT && said->verdict != VERDICT_OPEN)
        return err_field(ERR_RECEIPT_INVALID, "verdict", "open");
    return OK;
}

static int64_t known(const struct receipt *said, enum receipt_input input, int64_t max)
{
    int64_t value = said->inputs[input];

    return value >= 0 && value <= max ? value : 0;
}

static struct pass pass_of(const struct receipt *said, time_us now)
{
    time_us at = said->t_s * US_PER_SECOND;
    int32_t flags = (int32_t)known(said, RECEIPT_FLAGS, GATE_FLAGS_KNOWN);

    if (said->inputs[RECEIPT_TOLD] == 1)
        flags |= GATE_LATE; /* the server was asked, and answered too late */
    return (struct pass){
        .gate_id = (int64_t)said->gate,
        .site_id = (int64_t)said->site,
        .epoch = (int32_t)said->epoch,
        .seq = (int64_t)said->seq,
        .direction = (int16_t)said->direction,
        .verdict = (int16_t)said->verdict,
        .why = (int16_t)said->why,
        .person_colour = COLOUR_NONE,
        .colour_here = (int16_t)(said->colour >= 0 ? said->colour : (int)COLOUR_NONE),
        .reasons = (int64_t)said->reasons,
        .restrictions = (int32_t)known(said, RECEIPT_RESTRICTIONS, INT32_MAX),
        .flags = flags,
        .source = PASS_HANDED_IN,
        .at = at,
        .decided_at = at < now ? at : now, /* a gate ahead of us learns nothing early */
        .token_index = said->index,
        .token_iat = known(said, RECEIPT_TOKEN_IAT, INT64_MAX),
        .token_policy = (int32_t)known(said, RECEIPT_TOKEN_POLICY, INT32_MAX),
        .policy = (int32_t)known(said, RECEIPT_POLICY, INT32_MAX),
        .site_version = (int32_t)known(said, RECEIPT_SITE_VERSION, INT32_MAX),
        .fresh_ms = -1,
        .engine = ENGINE_ELSEWHERE,
    };
}

static struct err read_text(struct exchange *x, const json_t *item, struct text *bytes)
{
    struct text text = {json_string_value(item), json_string_length(item)};
    unsigned char *at = arena_alloc(&x->arena, RECEIPT_BYTES_MAX);

    if (at == NULL)
        return err_make(ERR_TOO_LARGE);
    if (!json_is_string(item) ||
        envelope_parse_text(text, at, RECEIPT_BYTES_MAX, bytes) != TOKEN_OK)
        return err_field(ERR_RECEIPT_INVALID, NULL, "JA1.…");
    return OK;
}

static struct err keep_row(struct exchange *x, const struct receipt_read *receipt,
                           struct text bytes, struct receipt_row *row)
{
    struct text digest = {(const char *)receipt->digest, RECEIPT_DIGEST_BYTES};
    struct text prev = {(const char *)receipt->said.prev, RECEIPT_DIGEST_BYTES};

    *row = (struct receipt_row){.epoch = (int32_t)receipt->said.epoch,
                                .seq = (int64_t)receipt->said.seq,
                                .at = receipt->said.t_s * US_PER_SECOND,
                                .digest = arena_text(&x->arena, digest),
                                .prev = arena_text(&x->arena, prev),
                                .signed_bytes = bytes};
    return x->arena.full ? err_make(ERR_TOO_LARGE) : OK;
}

struct err gate_receipt_read(struct exchange *x, const json_t *item, int64_t gate_id,
                             int64_t site_id, const struct device_key_rows *keys,
                             struct receipt_row *row, struct pass *pass)
{
    struct receipt_read receipt;
    struct text bytes;
    struct err e = read_text(x, item, &bytes);

    if (err_is(e))
        return e;
    if (!receipt_read(bytes, &receipt))
        return err_make(ERR_RECEIPT_INVALID);
    if (receipt.said.gate != (uint64_t)gate_id || receipt.said.site != (uint64_t)site_id)
        return err_make(ERR_RECEIPT_GATE);
    e = check_signature(&receipt, keys);
    if (!err_is(e))
        e = check_words(&receipt.said);
    if (err_is(e))
        return e;
    *pass = pass_of(&receipt.said, x->now);
    e = gate_pass_day(x, pass->at, &pass->day);
    pass->today = pass->day;
    return err_is(e) ? e : keep_row(x, &receipt, bytes, row);
}

void gate_receipt_name(struct exchange *x, struct pass *pass)
{
    struct slot_view slot;

    if (pass->token_index >= 0 &&
        registry_slot(app_of(x)->reader, (uint64_t)pass->token_index, &slot))
        pass->worker_id = slot.worker_id;
    pass_stamp(pass, 0);
}
