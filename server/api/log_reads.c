/* api/log_reads.c: see log_reads.h. */
#include "api/log_reads.h"

#include <string.h>

#include "api/append.h"
#include "api/resource.h"
#include "api/write.h"
#include "crypto/log_head.h"
#include "store/merkle_log.h"
#include "store/persons.h"

enum {
    LEAVES_MAX = 2000,
    LEAVES_DEFAULT = 500,
    HEAD_BYTES = 1024,
    LEAF_HEX_BYTES = 2 * LOG_LEAF_BYTES + 1
};

struct log_query {
    int64_t sequence, from, limit, index, size, old;
    struct text of;
};

const struct field log_head_query[] = {
    {"sequence", FIELD_INT, offsetof(struct log_query, sequence), false, 1, INT64_MAX, NULL},
    {0},
};
const struct field log_leaves_query[] = {
    {"from", FIELD_INT, offsetof(struct log_query, from), false, 0, INT64_MAX, NULL},
    {"limit", FIELD_INT, offsetof(struct log_query, limit), false, 1, LEAVES_MAX, NULL},
    {0},
};
/* Numbers of leaves are counted from 0; -1 in the input stands for one that was not given. */
const struct field log_proof_query[] = {
    {"index", FIELD_INT, offsetof(struct log_query, index), false, 0, INT64_MAX, NULL},
    {"old", FIELD_INT, offsetof(struct log_query, old), false, 1, INT64_MAX, NULL},
    {"size", FIELD_INT, offsetof(struct log_query, size), true, 1, INT64_MAX, NULL},
    {0},
};
const struct field log_evidence_query[] = {
    {"of", FIELD_TEXT, offsetof(struct log_query, of), true, 3, LOG_KEY_BYTES, NULL},
    {0},
};

struct log_read {
    struct log_head_row head; /* the newest, or the one asked for */
    struct log_leaf_rows leaves;
    /* of a proof: */
    struct merkle_range ranges[MERKLE_PROOF_MAX];
    unsigned count;
    struct log_nodes nodes;
    bool of_leaf;
    uint64_t index;
    /* of evidence: */
    struct log_key key;
    struct log_leaf_row leaf;
    struct log_contents contents;
    struct person person;
};
const size_t log_read_state_bytes = sizeof(struct log_read);

static void put_hex(struct json_writer *w, const char *name, const void *bytes, size_t count)
{
    char hex[2 * MERKLE_HASH_BYTES + 3];

    CHECK(2 * count < sizeof hex);
    hex_format(bytes, count, hex);
    json_put_string(w, name, hex);
}

static void put_head_text(struct json_writer *w, const struct log_head_row *head)
{
    char text[HEAD_BYTES];
    struct build out = build_over(text, sizeof text);

    envelope_format_text(head->signed_bytes, &out);
    CHECK(!out.full);
    json_put_text(w, "head", build_done(&out));
}

/* -- GET /v1/log/head ------------------------------------------------------------------------------- */

static enum step load_head(struct exchange *x, int64_t sequence)
{
    struct log_read *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (b != NULL)
        log_head_find(b, sequence, &s->head);
    return load_send(x, b);
}

static enum step head_load(struct exchange *x)
{
    const struct log_query *q = x->query;

    return load_head(x, q->sequence);
}

static enum step head_answer(struct exchange *x)
{
    const struct log_read *s = x->state;
    struct build out = answer_build(x, HEAD_BYTES);
    struct json_writer w = json_writer_over(&out);

    if (s->head.sequence == 0)
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    json_open_object(&w, NULL);
    json_put_int(&w, "sequence", s->head.sequence);
    json_put_int(&w, "size", s->head.size);
    put_hex(&w, "root", s->head.root.at, MERKLE_HASH_BYTES);
    json_put_time(&w, "at", s->head.at);
    put_head_text(&w, &s->head);
    json_close_object(&w);
    return exchange_answer_json(x, 200, build_done(&out));
}

step_fn *const log_head_get[] = {head_load, head_answer, NULL};

/* -- GET /v1/log/leaves ----------------------------------------------------------------------------- */

static enum step leaves_load(struct exchange *x)
{
    const struct log_query *q = x->query;
    struct log_read *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (b != NULL) {
        log_head_find(b, 0, &s->head);
        log_leaves(b, q->from, INT64_MAX, (int32_t)(q->limit != 0 ? q->limit : LEAVES_DEFAULT),
                   &s->leaves);
    }
    return load_send(x, b);
}

/* Kind and commitment as one number in hexadecimal: exactly the bytes that are hashed. */
static void put_leaf(struct json_writer *w, const struct log_leaf_row *leaf)
{
    unsigned char bytes[LOG_LEAF_BYTES];
    char hex[LEAF_HEX_BYTES];

    bytes[0] = (unsigned char)leaf->kind;
    memcpy(bytes + 1, leaf->commitment.at, LOG_COMMITMENT_BYTES);
    hex_format(bytes, sizeof bytes, hex);
    json_put_string(w, NULL, hex);
}

static enum step leaves_answer(struct exchange *x)
{
    const struct log_query *q = x->query;
    const struct log_read *s = x->state;
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);
    int64_t next = q->from;

    json_open_object(&w, NULL);
    json_put_int(&w, "from", q->from);
    json_put_int(&w, "size", s->head.size);
    json_open_array(&w, "leaves");
    for (int i = 0; i < s->leaves.count && s->leaves.rows[i].index == next; i++, next++)
        put_leaf(&w, &s->leaves.rows[i]);
    json_close_array(&w);
    if (next < s->head.size && next > q->from)
        json_put_int(&w, "next", next);
    else
        json_put_null(&w, "next");
    json_close_object(&w);
    return exchange_answer_json(x, 200, build_done(&out));
}

step_fn *const log_leaves_get[] = {leaves_load, leaves_answer, NULL};

/* -- proofs ------------------------------------------------------------------------------------------- */

static bool want(void *arg, unsigned level, uint64_t index, struct merkle_hash *hash)
{
    log_nodes_want(arg, level, index);
    *hash = (struct merkle_hash){{0}};
    return true;
}

static bool find(void *arg, unsigned level, uint64_t index, struct merkle_hash *hash)
{
    const char *found = log_nodes_hash(arg, level, index);

    if (found != NULL)
        memcpy(hash->bytes, found, MERKLE_HASH_BYTES);
    return found != NULL;
}

/* What the proof needs, noted in s->nodes. */
static void want_proof(struct log_read *s)
{
    struct merkle_hash hash;

    for (unsigned i = 0; i < s->count; i++)
        CHECK(merkle_range_hash(s->ranges[i], want, &s->nodes, &hash));
    if (s->of_leaf)
        log_nodes_want(&s->nodes, 0, s->index);
}

static enum step load_nodes(struct exchange *x)
{
    struct log_read *s = x->state;
    struct batch *b;
    struct err e;

    want_proof(s);
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    e = log_nodes_load(b, &x->arena, &s->nodes);
    return exchange_wait(x, err_is(e) ? e : batch_send(b, exchange_waiter(x)));
}

/* False: the log has lost what it is made of. */
static bool put_path(struct json_writer *w, struct log_read *s)
{
    bool whole = true;

    json_open_array(w, "path");
    for (unsigned i = 0; i < s->count && whole; i++) {
        struct merkle_hash hash;

        whole = merkle_range_hash(s->ranges[i], find, &s->nodes, &hash);
        if (whole)
            put_hex(w, NULL, hash.bytes, MERKLE_HASH_BYTES);
    }
    json_close_array(w);
    return whole;
}

/* -- GET /v1/log/proof -------------------------------------------------------------------------------- */

static enum step proof_load(struct exchange *x)
{
    (void)x;
    return load_head(x, 0);
}

static enum step proof_nodes(struct exchange *x)
{
    const struct log_query *q = x->query;
    struct log_read *s = x->state;
    uint64_t size = (uint64_t)q->size;

    if (q->size > s->head.size)
        return exchange_fail(x, err_field(ERR_FIELD_RANGE, "/size", "no more leaves than GET /v1/log/head says"));
    if (q->old > q->size)
        return exchange_fail(x, err_field(ERR_FIELD_RANGE, "/old", "at most size"));
    s->of_leaf = q->old == 0;
    if (s->of_leaf && q->index >= q->size)
        return exchange_fail(x, err_field(ERR_FIELD_RANGE, "/index", "below size"));
    s->index = (uint64_t)q->index;
    s->count = s->of_leaf ? merkle_inclusion(s->index, size, s->ranges)
                          : merkle_consistency((uint64_t)q->old, size, s->ranges);
    return load_nodes(x);
}

static enum step proof_answer(struct exchange *x)
{
    const struct log_query *q = x->query;
    struct log_read *s = x->state;
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);
    const char *leaf = s->of_leaf ? log_nodes_hash(&s->nodes, 0, s->index) : NULL;

    json_open_object(&w, NULL);
    json_put_int(&w, s->of_leaf ? "index" : "old", s->of_leaf ? q->index : q->old);
    json_put_int(&w, "size", q->size);
    if (leaf != NULL)
        put_hex(&w, "leaf", leaf, MERKLE_HASH_BYTES);
    if (!put_path(&w, s) || (s->of_leaf && leaf == NULL))
        return exchange_fail(x, err_detail(ERR_INTERNAL, "the log has lost a hash"));
    json_close_object(&w);
    return exchange_answer_json(x, 200, build_done(&out));
}

step_fn *const log_proof_get[] = {proof_load, proof_nodes, proof_answer, NULL};

/* -- GET /v1/log/evidence ------------------------------------------------------------------------------ */

/* Records are for those who see all of the person's; policies for all who have a key; what else is kept
 * concerns many, and is for whoever reads the whole country's audit. */
static bool may_open(const struct exchange *x, const struct log_read *s)
{
    const struct caller *caller = caller_of(x);

    switch (s->key.kind) {
    case LOG_LEAF_POLICY: return true;
    case LOG_LEAF_RECORD:
        return (caller->role == ACCOUNT_WORKER || caller->role == ACCOUNT_REGULATOR ||
                caller->role == ACCOUNT_CONTRACTOR) &&
               append_may_see(caller, &s->person, x->today);
    default:
        return (role_permissions(caller->role) & MAY_READ_AUDIT) != 0 &&
               caller->region.bytes == 0;
    }
}

static enum step evidence_load(struct exchange *x)
{
    const struct log_query *q = x->query;
    struct log_read *s = x->state;
    struct person_name *name = arena_new(&x->arena, struct person_name);
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    struct err e = OK;

    if (!log_key_parse(q->of, &s->key))
        return exchange_fail(x, err_field(ERR_FIELD_TEXT, "/of", "record:7.3 | policy:2.1 | ..."));
    if (b == NULL || name == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    log_head_find(b, 0, &s->head);
    log_leaf_find(b, &s->key, &s->leaf);
    s->contents = (struct log_contents){.keys = &s->key, .count = 1};
    e = log_contents_load(b, &x->arena, &s->contents);
    if (s->key.kind == LOG_LEAF_RECORD && !err_is(e)) {
        name->worker_id = s->key.subject;
        e = persons_load(b, &x->arena, name, 1, &s->person);
    }
    return exchange_wait(x, err_is(e) ? e : batch_send(b, exchange_waiter(x)));
}

/* What is not his to see and what is not there look the same. */
static enum step evidence_nodes(struct exchange *x)
{
    struct log_read *s = x->state;

    if (!may_open(x, s) || s->leaf.index < 0 || s->leaf.index >= s->head.size ||
        s->contents.content[0].at == NULL)
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    s->of_leaf = true;
    s->index = (uint64_t)s->leaf.index;
    s->count = merkle_inclusion(s->index, (uint64_t)s->head.size, s->ranges);
    return load_nodes(x);
}

static enum step evidence_audit(struct exchange *x)
{
    const struct log_read *s = x->state;
    char key[LOG_KEY_BYTES];
    struct text name = log_key_format(&s->key, key);
    const char *detail =
        arena_format(&x->arena, "{\"of\":\"%.*s\"}", (int)name.bytes, name.at);
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (b != NULL)
        write_audit(x, b, "log.evidence", s->key.kind == LOG_LEAF_RECORD ? s->key.subject : 0,
                    text_of(detail));
    return load_send(x, b);
}

static enum step evidence_answer(struct exchange *x)
{
    struct log_read *s = x->state;
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);
    char key[LOG_KEY_BYTES];

    json_open_object(&w, NULL);
    json_put_text(&w, "of", log_key_format(&s->key, key));
    json_put_int(&w, "kind", s->key.kind);
    json_put_int(&w, "index", s->leaf.index);
    put_hex(&w, "salt", s->leaf.salt.at, LOG_SALT_BYTES);
    json_put_text(&w, "content", s->contents.content[0]);
    json_put_int(&w, "size", s->head.size);
    if (!put_path(&w, s))
        return exchange_fail(x, err_detail(ERR_INTERNAL, "the log has lost a hash"));
    put_head_text(&w, &s->head);
    json_close_object(&w);
    return exchange_answer_json(x, 200, build_done(&out));
}

step_fn *const log_evidence_get[] = {
    evidence_load, evidence_nodes, evidence_audit, evidence_answer, NULL,
};
