/* log_verify_run.c: see log_verify_run.h.
 *
 * One walk over the leaves in their order, a page at a time; the heads walk along, and each is
 * compared when the tree has its size. Waits for every batch: nobody else is on this loop. */
#include "log_verify_run.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/loop.h"
#include "crypto/log_head.h"
#include "crypto/signers.h"
#include "store/merkle_log.h"

enum {
    BATCH_MS = 60 * 1000,
    ARENA_BYTES_MAX = 1 << 30,
    LEAVES_AT_ONCE = 1000,
    HEADS_AT_ONCE = 1000,
    UNSEALED_MAX = 1000,
    LINE_BYTES = 512
};
#define LATE_US ((time_us)10 * 60 * US_PER_SECOND) /* far beyond what a transaction may take */

struct verify {
    struct loop *loop;
    struct pg_pool *pool;
    struct arena arena, head_arena;
    struct trust_list trust;
    struct log_verify_counts *counts;
    struct err e; /* of the batch under way */
    struct merkle_tree tree;
    bool torn; /* a leaf is missing: from there on no root can be right */
    bool root_told;
    struct log_head_row limit; /* the newest head when we began: what comes later is not looked at */
    struct log_head_rows heads;
    int head_at;
    struct log_head before; /* the head before; sequence 0: none */
    struct log_nodes nodes;
    struct merkle_hash grown[LOG_NODES_MAX];
};

/* -- telling ---------------------------------------------------------------------------------------- */

struct finding {
    const char *what;
    int64_t index; /* -1: none */
    int64_t from;  /* -1: none */
    int64_t sequence; /* of a head; 0: none */
    const struct log_key *key;
};

static void tell(struct verify *v, const struct finding *f)
{
    char line[LINE_BYTES], key[LOG_KEY_BYTES];
    struct build out = build_over(line, sizeof line);
    struct json_writer w = json_writer_over(&out);
    int64_t bad = f->from >= 0 ? f->from : f->index;

    json_open_object(&w, NULL);
    json_put_string(&w, "finding", f->what);
    if (f->index >= 0)
        json_put_int(&w, "index", f->index);
    if (f->from >= 0)
        json_put_int(&w, "from", f->from);
    if (f->key != NULL)
        json_put_text(&w, "row", log_key_format(f->key, key));
    if (f->sequence > 0)
        json_put_int(&w, "head", f->sequence);
    json_close_object(&w);
    CHECK(!out.full);
    printf("%.*s\n", (int)out.bytes, line);
    v->counts->findings++;
    if (bad >= 0 && (v->counts->first_bad < 0 || bad < v->counts->first_bad))
        v->counts->first_bad = bad;
}

/* -- waiting ---------------------------------------------------------------------------------------- */

static void on_done(void *arg, struct err e)
{
    struct verify *v = arg;

    v->e = e;
    loop_stop(v->loop);
}

static struct err run(struct verify *v, struct batch *b)
{
    struct err e = batch_send(b, (struct waiter){on_done, v});

    if (err_is(e))
        return e;
    loop_run(v->loop);
    return v->e;
}

static struct batch *new_batch(struct verify *v, struct arena *arena)
{
    struct batch *b = batch_new(v->pool, arena);

    CHECK_ALLOCATED(b);
    return b;
}

/* -- heads ------------------------------------------------------------------------------------------ */

static struct err read_heads(struct verify *v, int64_t after)
{
    struct batch *b;

    arena_clear(&v->head_arena);
    b = new_batch(v, &v->head_arena);
    v->head_at = 0;
    log_verify_heads(b, after, HEADS_AT_ONCE, &v->heads);
    v->e = run(v, b);
    while (!err_is(v->e) && v->heads.count > 0 &&
           v->heads.rows[v->heads.count - 1].sequence > v->limit.sequence)
        v->heads.count--;
    return v->e;
}

static bool says_the_same(const struct log_head_row *row, const struct log_head *head)
{
    return head->sequence == (uint64_t)row->sequence && head->size == (uint64_t)row->size &&
           head->t_s * US_PER_SECOND == row->at && row->root.bytes == MERKLE_HASH_BYTES &&
           memcmp(head->root.bytes, row->root.at, MERKLE_HASH_BYTES) == 0;
}

static void check_signature(struct verify *v, const struct log_head_row *row)
{
    struct log_head head;
    struct envelope envelope;
    enum token_why why = TOKEN_FORMAT;

    if (log_head_read(row->signed_bytes, &head, &envelope) && says_the_same(row, &head))
        why = log_head_judge(&head, &envelope, &v->trust);
    if (why == TOKEN_UNKNOWN_KEY)
        v->counts->heads_by_other_keys++;
    else if (why != TOKEN_OK)
        tell(v, &(struct finding){"head_signature", -1, -1, row->sequence, NULL});
}

static void check_order(struct verify *v, const struct log_head_row *row)
{
    if ((uint64_t)row->sequence != v->before.sequence + 1 ||
        (uint64_t)row->size < v->before.size || row->at / US_PER_SECOND < v->before.t_s)
        tell(v, &(struct finding){"head_order", -1, -1, row->sequence, NULL});
}

/* Only the first is told: every later root has the same leaf below it. */
static void check_root(struct verify *v, const struct log_head_row *row)
{
    struct merkle_hash root;

    merkle_root(&v->tree, &root);
    if (v->torn || v->root_told || memcmp(root.bytes, row->root.at, MERKLE_HASH_BYTES) == 0)
        return;
    v->root_told = true;
    tell(v, &(struct finding){"head_root", row->size - 1, (int64_t)v->before.size, row->sequence,
                              NULL});
}

static struct err next_head(struct verify *v)
{
    const struct log_head_row *row = &v->heads.rows[v->head_at];

    v->counts->heads++;
    check_signature(v, row);
    check_order(v, row);
    v->before = (struct log_head){.t_s = row->at / US_PER_SECOND,
                                  .sequence = (uint64_t)row->sequence,
                                  .size = (uint64_t)row->size};
    return ++v->head_at < v->heads.count ? OK : read_heads(v, row->sequence);
}

/* Every head of the size that the tree has reached. */
static struct err heads_here(struct verify *v)
{
    struct err e = OK;

    while (!err_is(e) && v->head_at < v->heads.count &&
           (uint64_t)v->heads.rows[v->head_at].size <= v->tree.size) {
        if ((uint64_t)v->heads.rows[v->head_at].size == v->tree.size)
            check_root(v, &v->heads.rows[v->head_at]);
        e = next_head(v);
    }
    return e;
}

/* -- nodes ------------------------------------------------------------------------------------------ */

static void note_node(void *arg, unsigned level, uint64_t index, const struct merkle_hash *hash)
{
    struct verify *v = arg;

    if (level % MERKLE_STORED_STEP != 0)
        return;
    v->grown[v->nodes.count] = *hash;
    log_nodes_want(&v->nodes, level, index);
}

static struct err check_nodes(struct verify *v)
{
    struct batch *b = new_batch(v, &v->arena);
    struct err e;

    if (v->nodes.count == 0 || v->torn)
        return OK;
    e = log_nodes_load(b, &v->arena, &v->nodes);
    if (!err_is(e))
        e = run(v, b);
    for (size_t i = 0; i < v->nodes.count && !err_is(e); i++) {
        const struct log_node_row *node = &v->nodes.rows[i];
        uint64_t first = node->index << node->level, end = (node->index + 1) << node->level;

        if (node->hash.at == NULL ||
            memcmp(node->hash.at, v->grown[i].bytes, MERKLE_HASH_BYTES) != 0)
            tell(v, &(struct finding){"node_changed", (int64_t)end - 1, (int64_t)first, 0, NULL});
    }
    return e;
}

/* -- leaves ----------------------------------------------------------------------------------------- */

static void check_row(struct verify *v, const struct log_whole_leaf *leaf, struct text content,
                      int64_t at)
{
    unsigned char commitment[LOG_COMMITMENT_BYTES];
    struct finding f = {NULL, leaf->index, -1, 0, &leaf->key};

    log_commitment(leaf->salt, content, commitment);
    if (content.at == NULL)
        f.what = "row_missing";
    else if (memcmp(commitment, leaf->commitment.at, sizeof commitment) != 0)
        f.what = "row_changed";
    else if (at != 0 && v->before.sequence > 0 && at + LATE_US < v->before.t_s * US_PER_SECOND)
        f.what = "row_late";
    if (f.what != NULL)
        tell(v, &f);
}

static void check_leaf(struct verify *v, const struct log_whole_leaf *leaf)
{
    struct merkle_hash hash;

    if ((uint64_t)leaf->index != v->tree.size) {
        if (!v->torn)
            tell(v, &(struct finding){"leaf_missing", (int64_t)v->tree.size, -1, 0, NULL});
        v->torn = true;
        v->tree.size = (uint64_t)leaf->index; /* go on counting; no root is compared any more */
    }
    log_leaf_hash(leaf->key.kind, (const unsigned char *)leaf->commitment.at, &hash);
    merkle_append(&v->tree, &hash, v->torn ? NULL : note_node, v);
    v->counts->leaves++;
}

static struct err check_page(struct verify *v, const struct log_whole_leaves *leaves)
{
    size_t count = (size_t)leaves->count;
    struct log_key *keys = arena_new_array(&v->arena, count, struct log_key);
    struct log_contents contents = {.keys = keys, .count = count};
    struct batch *b = new_batch(v, &v->arena);
    struct err e;

    CHECK_ALLOCATED(keys);
    for (size_t i = 0; i < count; i++)
        keys[i] = leaves->rows[i].key;
    e = log_contents_load(b, &v->arena, &contents);
    if (!err_is(e))
        e = run(v, b);
    v->nodes.count = 0;
    for (size_t i = 0; i < count && !err_is(e); i++) {
        check_row(v, &leaves->rows[i], contents.content[i], contents.at[i]);
        check_leaf(v, &leaves->rows[i]);
        e = heads_here(v);
    }
    return err_is(e) ? e : check_nodes(v);
}

static struct err walk(struct verify *v)
{
    struct log_whole_leaves leaves;
    struct batch *first = new_batch(v, &v->arena);
    struct err e;

    log_last(first, &v->limit);
    e = run(v, first);
    if (!err_is(e) && v->limit.leaves > v->limit.size)
        tell(v, &(struct finding){"head_missing", v->limit.size, -1, 0, NULL});
    if (!err_is(e))
        e = read_heads(v, 0);

    if (!err_is(e))
        e = heads_here(v);
    while (!err_is(e) && (int64_t)v->tree.size < v->limit.size) {
        struct batch *b;

        arena_clear(&v->arena);
        b = new_batch(v, &v->arena);
        log_verify_leaves(b, (int64_t)v->tree.size, LEAVES_AT_ONCE, &leaves);
        e = run(v, b);
        while (!err_is(e) && leaves.count > 0 &&
               leaves.rows[leaves.count - 1].index >= v->limit.size)
            leaves.count--;
        if (err_is(e) || leaves.count == 0)
            break;
        e = check_page(v, &leaves);
    }
    return e;
}

/* Heads beyond the last leaf. */
static struct err check_end(struct verify *v)
{
    struct err e = OK;

    if (v->head_at < v->heads.count)
        tell(v, &(struct finding){"leaf_missing", (int64_t)v->tree.size, -1, 0, NULL});
    while (v->head_at < v->heads.count && !err_is(e))
        e = next_head(v);
    return e;
}

static struct err check_unsealed(struct verify *v)
{
    struct log_pending_rows rows;
    struct batch *b;
    struct err e;

    arena_clear(&v->arena);
    b = new_batch(v, &v->arena);
    log_unsealed(b, UNSEALED_MAX, &rows);
    e = run(v, b);
    for (int i = 0; !err_is(e) && i < rows.count; i++)
        tell(v, &(struct finding){"row_unsealed", -1, -1, 0, &rows.rows[i].key});
    return e;
}

static struct err open_trust(struct verify *v, const char *signing_key)
{
    struct signers signers;
    struct err e = signers_open(text_of(signing_key), &signers, NULL);

    for (unsigned i = 0; i < signers.count && !err_is(e); i++)
        e = trust_list_add(&v->trust, signer_key(signers.at[i]));
    signers_close(&signers);
    return e;
}

struct err log_verify_run(const struct settings *s, struct log_verify_counts *counts)
{
    static struct verify v;
    struct err e = open_trust(&v, s->signing_key);

    *counts = (struct log_verify_counts){.first_bad = -1};
    v.counts = counts;
    if (err_is(e))
        return e;
    arena_init(&v.arena, ARENA_BYTES_MAX);
    arena_init(&v.head_arena, ARENA_BYTES_MAX);
    v.loop = loop_new();
    v.pool = pg_pool_new(v.loop, &(struct pg_options){.conninfo = s->database,
                                                      .connections = 1,
                                                      .queue_max = 4,
                                                      .batch_ms = BATCH_MS,
                                                      .allow_unsafe = s->unsafe_database});
    e = walk(&v);
    if (!err_is(e))
        e = check_end(&v);
    if (!err_is(e))
        e = check_unsealed(&v);
    pg_pool_free(v.pool);
    loop_free(v.loop);
    trust_list_clear(&v.trust);
    arena_clear(&v.arena);
    arena_clear(&v.head_arena);
    return e;
}
