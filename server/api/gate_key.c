/* api/gate_key.c: see gate_key.h. */
#include "api/gate_key.h"

#include <string.h>

#include "api/resource.h"
#include "api/write.h"
#include "crypto/ecc.h"
#include "store/receipts.h"
#include "store/setup.h"

#define ALGORITHMS "ES256|SM2"

enum { ANSWER_BYTES = 256, HEX_DIGITS = 2 * ECC_COORDINATE_BYTES, KID_HEX_BYTES = 2 * TOKEN_KID_BYTES + 1 };

struct key_input {
    int alg;
    struct text x, y;
    bool remove_earlier;
};

#define KEY_FIELDS                                                                                 \
    {"alg", FIELD_CHOICE, offsetof(struct key_input, alg), true, 0, 0, ALGORITHMS},                \
    {"x", FIELD_TEXT, offsetof(struct key_input, x), true, HEX_DIGITS, HEX_DIGITS, NULL},          \
    {"y", FIELD_TEXT, offsetof(struct key_input, y), true, HEX_DIGITS, HEX_DIGITS, NULL}

const struct field gate_key_fields[] = {KEY_FIELDS, {0}};
const struct field device_key_fields[] = {
    KEY_FIELDS,
    {"remove_earlier", FIELD_BOOL, offsetof(struct key_input, remove_earlier), false, 0, 0, NULL},
    {0},
};

struct gate_key {
    struct write write;
    int64_t device_id;
    bool by_gate;
    struct device_rows device;
    struct device_key_rows keys;
    unsigned char point[ECC_POINT_BYTES], kid[TOKEN_KID_BYTES];
    int32_t alg;
    struct chain_report chain;
};
const size_t gate_key_state_bytes = sizeof(struct gate_key);

/* -- a key ------------------------------------------------------------------------------------------ */

/* The point must lie on the curve: any other would verify nothing, or too much. */
static struct err read_key(const struct key_input *in, struct gate_key *s)
{
    const struct ecc_alg *alg = ecc_alg_named(choice_word(ALGORITHMS, in->alg));
    EVP_PKEY *key;

    CHECK(alg != NULL);
    if (!hex_parse(in->x, s->point, ECC_COORDINATE_BYTES))
        return err_field(ERR_FIELD_TEXT, "/x", "64 hex digits");
    if (!hex_parse(in->y, s->point + ECC_COORDINATE_BYTES, ECC_COORDINATE_BYTES))
        return err_field(ERR_FIELD_TEXT, "/y", "64 hex digits");
    key = ecc_public_key(alg, s->point);
    if (key == NULL)
        return err_field(ERR_FIELD_RANGE, "/x", "a point on the curve of alg");
    EVP_PKEY_free(key);
    ecc_kid(s->point, s->kid);
    s->alg = alg->id;
    return OK;
}

static const struct device_key_row *key_there(const struct gate_key *s)
{
    for (int i = 0; i < s->keys.count; i++) {
        if (s->keys.rows[i].alg == s->alg &&
            memcmp(s->keys.rows[i].point.at, s->point, ECC_POINT_BYTES) == 0)
            return &s->keys.rows[i];
    }
    return NULL;
}

static struct text render_key(struct exchange *x, int32_t number)
{
    const struct gate_key *s = x->state;
    struct build out = answer_build(x, ANSWER_BYTES);
    struct json_writer w = json_writer_over(&out);
    char kid[KID_HEX_BYTES];

    hex_format(s->kid, TOKEN_KID_BYTES, kid);
    json_open_object(&w, NULL);
    json_put_int(&w, "device", s->device_id);
    json_put_int(&w, "number", number);
    json_put_string(&w, "kid", kid);
    json_close_object(&w);
    return out.full ? (struct text){NULL, 0} : build_done(&out);
}

static enum step load(struct exchange *x, struct err e)
{
    struct gate_key *s = x->state;
    struct reach reach = reach_of(caller_of(x));
    struct batch *b;

    if (!err_is(e))
        e = read_key(x->input, s);
    if (err_is(e))
        return exchange_fail(x, e);
    b = write_begin(x);
    if (b != NULL) {
        if (!s->by_gate)
            devices_list(b, span_of(s->device_id), &reach, 0, &s->device);
        device_keys(b, s->device_id, &s->keys);
    }
    return load_send(x, b);
}

static enum step gate_key_load(struct exchange *x)
{
    struct gate_key *s = x->state;

    s->by_gate = true;
    s->device_id = caller_of(x)->device_id;
    return load(x, s->device_id == 0 ? err_make(ERR_FORBIDDEN) : OK);
}

static enum step device_key_load(struct exchange *x)
{
    struct gate_key *s = x->state;

    return load(x, path_id(x, 0, ERR_NOT_FOUND, &s->device_id));
}

static enum step write_key(struct exchange *x, step_fn *const *again)
{
    const struct key_input *in = x->input;
    struct gate_key *s = x->state;
    int32_t number = (int32_t)s->keys.count + 1;
    struct batch *b = write_commit(x, 201, render_key(x, number));

    if (b != NULL) {
        device_key_insert(b, s->device_id,
                          &(struct device_key_row){
                              .number = number,
                              .alg = s->alg,
                              .kid = {(const char *)s->kid, TOKEN_KID_BYTES},
                              .point = {(const char *)s->point, ECC_POINT_BYTES}},
                          in->remove_earlier ? number - 1 : 0, caller_of(x)->account_id);
        write_audit(x, b, s->by_gate ? "gate.key" : "device.key", 0, s->write.answer);
    }
    return write_send(x, b, again);
}

static enum step key_decide(struct exchange *x)
{
    struct gate_key *s = x->state;
    const struct device_key_row *there = key_there(s);
    enum step seen;

    if (write_seen(x, &seen))
        return seen;
    if (!s->by_gate && s->device.count == 0)
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    if (there != NULL && !there->removed)
        return exchange_answer_json(x, 200, render_key(x, there->number));
    if (there != NULL || s->keys.count == DEVICE_KEYS_MAX || (s->by_gate && s->keys.count > 0))
        return exchange_fail(x, err_make(s->by_gate ? ERR_GATE_KEY_OTHER : ERR_ALREADY_EXISTS));
    return write_key(x, s->by_gate ? gate_key_post : device_key_post);
}

step_fn *const gate_key_post[] = {gate_key_load, key_decide, write_answer, NULL};
step_fn *const device_key_post[] = {device_key_load, key_decide, write_answer, NULL};

/* -- the chain --------------------------------------------------------------------------------------- */

static enum step chain_load(struct exchange *x)
{
    struct gate_key *s = x->state;
    struct reach reach = reach_of(caller_of(x));
    struct err e = path_id(x, 0, ERR_NOT_FOUND, &s->device_id);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL) {
        devices_list(b, span_of(s->device_id), &reach, 0, &s->device);
        device_keys(b, s->device_id, &s->keys);
        device_chain(b, s->device_id, &s->chain);
    }
    return load_send(x, b);
}

static void put_keys(struct json_writer *w, const struct device_key_rows *keys)
{
    char kid[KID_HEX_BYTES];

    json_open_array(w, "keys");
    for (int i = 0; i < keys->count; i++) {
        const struct device_key_row *key = &keys->rows[i];

        hex_format(key->kid.at, TOKEN_KID_BYTES, kid);
        json_open_object(w, NULL);
        json_put_int(w, "number", key->number);
        json_put_string(w, "kid", kid);
        json_put_string(w, "alg", ecc_alg_find(key->alg)->name);
        json_put_bool(w, "removed", key->removed);
        json_put_time(w, "recorded_at", key->recorded_at);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_epochs(struct json_writer *w, const struct chain_report *chain)
{
    json_open_array(w, "epochs");
    for (int i = 0; i < chain->epoch_count; i++) {
        const struct chain_epoch *e = &chain->epochs[i];

        json_open_object(w, NULL);
        json_put_int(w, "epoch", e->epoch);
        json_put_int(w, "receipts", e->receipts);
        json_put_int(w, "last_seq", e->last_seq);
        json_put_int(w, "missing", e->missing);
        json_put_int(w, "forks", e->forks);
        json_put_int(w, "unlinked", e->unlinked);
        json_put_int(w, "broken", e->broken);
        json_put_int(w, "branched", e->branched);
        json_put_time(w, "first_at", e->first_at);
        json_put_time(w, "last_at", e->last_at);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_gaps(struct json_writer *w, const struct chain_report *chain)
{
    json_open_array(w, "gaps");
    for (int i = 0; i < chain->gap_count; i++) {
        json_open_object(w, NULL);
        json_put_int(w, "epoch", chain->gaps[i].epoch);
        json_put_int(w, "first", chain->gaps[i].first);
        json_put_int(w, "last", chain->gaps[i].last);
        json_close_object(w);
    }
    json_close_array(w);
}

/* whole: nothing is missing. suspect: what no gate does that works as it should; somebody must look. */
static void put_summary(struct json_writer *w, const struct chain_report *chain)
{
    int64_t missing = 0, wrong = 0, begun = 0;

    for (int i = 0; i < chain->epoch_count; i++) {
        const struct chain_epoch *e = &chain->epochs[i];

        missing += e->missing + e->unlinked;
        wrong += e->forks + e->broken + e->branched;
        begun += e->begun;
    }
    json_put_bool(w, "whole", missing == 0);
    json_put_bool(w, "suspect", wrong > 0 || begun > 1);
    json_put_int(w, "begun", begun);
}

static enum step chain_answer(struct exchange *x)
{
    const struct gate_key *s = x->state;
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);

    if (s->device.count == 0)
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    json_open_object(&w, NULL);
    json_put_int(&w, "device", s->device_id);
    put_summary(&w, &s->chain);
    put_keys(&w, &s->keys);
    put_epochs(&w, &s->chain);
    put_gaps(&w, &s->chain);
    json_close_object(&w);
    return exchange_answer_json(x, 200, build_done(&out));
}

step_fn *const device_chain_get[] = {chain_load, chain_answer, NULL};
