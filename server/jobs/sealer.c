/* jobs/sealer.c: see sealer.h. A round: ask, look at the tree when it is not ours, read, seal. */
#include "jobs/sealer.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/seal.h"
#include "store/keys.h"

enum {
    ARENA_BYTES = 96 * 1024 * 1024, /* mostly documents of policies */
    NODES_MAX = SEALER_AT_ONCE / 15 + MERKLE_LEVELS,
    RETRY_MS = 1000, LOADING_MS = 20
};

struct sealer {
    struct sealer_options options;
    struct registry_reader *reader;
    struct loop_timer *timer;
    struct arena arena; /* of the round */
    bool draining;
    int32_t at_once; /* fewer while what they say does not fit */
    struct merkle_tree tree; /* as of the newest head that we know */
    bool tree_known;
    /* of the round: */
    struct log_head_row last;
    struct log_pending_rows pending;
    struct log_contents contents;
    struct log_nodes sought;
    struct merkle_tree grown;
    unsigned char salts[SEALER_AT_ONCE][LOG_SALT_BYTES];
    unsigned char commitments[SEALER_AT_ONCE][LOG_HASH_BYTES];
    struct log_node_row nodes[NODES_MAX];
    struct merkle_hash node_hashes[NODES_MAX];
    size_t node_count;
    char signed_bytes[LOG_HEAD_BYTES_MAX];
    struct merkle_hash root;
};

static void end_round(struct sealer *s, int64_t next_ms)
{
    arena_clear(&s->arena);
    if (!s->draining)
        loop_timer_start(s->timer, next_ms);
}

static void fail_round(struct sealer *s, struct err e)
{
    s->tree_known = false; /* another server may have sealed */
    if (e.code == ERR_TOO_LARGE && s->at_once > 1)
        s->at_once /= 2;
    else
        log_event(e.code == ERR_CONFLICT ? LOG_INFO : LOG_WARN, 0, "log_not_sealed",
                  log_text("error", err_row(e.code)->code), log_text("detail", e.detail));
    end_round(s, RETRY_MS);
}

/* -- sealing ---------------------------------------------------------------------------------------- */

static void keep_node(void *arg, unsigned level, uint64_t index, const struct merkle_hash *hash)
{
    struct sealer *s = arg;
    size_t i = s->node_count;

    if (level % MERKLE_STORED_STEP != 0)
        return;
    CHECK(i < NODES_MAX);
    s->node_hashes[i] = *hash;
    s->nodes[i] = (struct log_node_row){
        .level = level,
        .index = index,
        .hash = {(const char *)s->node_hashes[i].bytes, MERKLE_HASH_BYTES}};
    s->node_count++;
}

/* A row that is gone before it was sealed leaves a leaf that says nothing: the gap stays visible. */
static struct err grow(struct sealer *s)
{
    struct err e = random_bytes(s->salts, sizeof s->salts);

    s->grown = s->tree;
    s->node_count = 0;
    for (int i = 0; i < s->pending.count; i++) {
        const struct log_key *key = &s->pending.rows[i].key;
        struct merkle_hash leaf;

        if (s->contents.content[i].at == NULL)
            log_event(LOG_ERROR, 0, "log_row_gone", log_text("kind", log_leaf_kind_name(key->kind)),
                      log_number("subject", key->subject), log_number("number", key->number));
        log_commitment((struct text){(const char *)s->salts[i], LOG_SALT_BYTES},
                       s->contents.content[i], s->commitments[i]);
        log_leaf_hash(key->kind, s->commitments[i], &leaf);
        merkle_append(&s->grown, &leaf, keep_node, s);
    }
    merkle_root(&s->grown, &s->root);
    return e;
}

/* Of the active keys permitted for heads, the newest that this server holds. */
static struct err choose_signer(struct sealer *s, int64_t now_s, struct signer **signer)
{
    const struct signing_keys *keys;
    const struct signing_key *found = NULL;

    registry_enter(s->reader);
    keys = registry_keys(s->reader);
    if (keys != NULL) {
        struct signing_keys mine = {.count = 0};

        for (unsigned i = 0; i < keys->count; i++) {
            if (signers_find(s->options.signers, keys->keys[i].kid) != NULL)
                mine.keys[mine.count++] = keys->keys[i];
        }
        found = signing_key_for(&mine, TOKEN_HEAD, now_s, 0);
        *signer = found != NULL ? signers_find(s->options.signers, found->kid) : NULL;
    }
    registry_leave(s->reader);
    return found != NULL ? OK : err_make(ERR_NO_SIGNER);
}

static struct err sign_head(struct sealer *s, struct log_head_row *row)
{
    struct build out = build_over(s->signed_bytes, sizeof s->signed_bytes);
    int64_t now_s = clock_wall_us() / US_PER_SECOND, last_s = s->last.at / US_PER_SECOND;
    struct log_head head = {.t_s = now_s > last_s ? now_s : last_s,
                            .sequence = (uint64_t)s->last.sequence + 1,
                            .size = s->grown.size,
                            .root = s->root};
    struct signer *signer = NULL;
    struct err e = choose_signer(s, head.t_s, &signer);

    if (!err_is(e))
        e = log_head_sign(signer, &head, &out);

    *row = (struct log_head_row){
        .sequence = (int64_t)head.sequence,
        .size = (int64_t)head.size,
        .at = head.t_s * US_PER_SECOND,
        .root = {(const char *)s->root.bytes, MERKLE_HASH_BYTES},
        .signed_bytes = build_done(&out),
        .server_id = {(const char *)s->options.server_id, 16}};
    return e;
}

static void learn(const struct sealer *s, int64_t size, int64_t at_us)
{
    atomic_store(&s->options.figures->leaves, size);
    atomic_store(&s->options.figures->head_at_s, at_us / US_PER_SECOND);
}

static void on_sealed(void *arg, struct err e)
{
    struct sealer *s = arg;
    bool more = s->pending.count == s->at_once;

    if (err_is(e)) {
        fail_round(s, e);
        return;
    }
    s->tree = s->grown;
    s->tree_known = true;
    s->at_once = SEALER_AT_ONCE;
    learn(s, (int64_t)s->tree.size, clock_wall_us());
    end_round(s, more ? 0 : s->options.period_ms);
}

static void seal_round(struct sealer *s)
{
    struct log_sealing sealing = {.pending = s->pending.rows,
                                  .count = (size_t)s->pending.count,
                                  .salts = s->salts,
                                  .commitments = s->commitments,
                                  .nodes = s->nodes};
    struct err e = grow(s);
    struct batch *b;

    sealing.node_count = s->node_count;
    if (!err_is(e))
        e = sign_head(s, &sealing.head);
    b = batch_new(s->options.pool, &s->arena);
    if (!err_is(e))
        e = b == NULL ? err_make(ERR_TOO_LARGE)
                      : log_seal(b, &s->arena, (int64_t)s->tree.size, &sealing);
    if (!err_is(e))
        e = batch_send(b, (struct waiter){on_sealed, s});
    if (err_is(e))
        fail_round(s, e);
}

static void on_contents(void *arg, struct err e)
{
    struct sealer *s = arg;

    if (err_is(e))
        fail_round(s, e);
    else
        seal_round(s);
}

static void read_contents(struct sealer *s)
{
    size_t count = (size_t)s->pending.count;
    struct log_key *keys = arena_new_array(&s->arena, count, struct log_key);
    struct batch *b;
    struct err e;

    if (count == 0) {
        seal_round(s);
        return;
    }
    b = batch_new(s->options.pool, &s->arena);
    if (keys == NULL || b == NULL) {
        fail_round(s, err_make(ERR_TOO_LARGE));
        return;
    }
    for (size_t i = 0; i < count; i++)
        keys[i] = s->pending.rows[i].key;
    s->contents = (struct log_contents){.keys = keys, .count = count};
    e = log_contents_load(b, &s->arena, &s->contents);
    if (!err_is(e))
        e = batch_send(b, (struct waiter){on_contents, s});
    if (err_is(e))
        fail_round(s, e);
}

/* -- the tree, when it is not known ------------------------------------------------------------------ */

static bool collect(void *arg, unsigned level, uint64_t index, struct merkle_hash *hash)
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

static void stop_broken(struct sealer *s, const char *what)
{
    log_event(LOG_ERROR, 0, "log_broken", log_text("what", what),
              log_number("size", s->last.size), log_number("sequence", s->last.sequence));
    atomic_store(&s->options.figures->broken, true);
    s->tree_known = false;
    end_round(s, s->options.period_ms);
}

static void on_nodes(void *arg, struct err e)
{
    struct sealer *s = arg;
    struct merkle_hash root;

    if (err_is(e)) {
        fail_round(s, e);
        return;
    }
    if (!merkle_tree_at((uint64_t)s->last.size, find, &s->sought, &s->tree)) {
        stop_broken(s, "nodes are missing");
        return;
    }
    merkle_root(&s->tree, &root);
    if (s->last.sequence != 0 && memcmp(root.bytes, s->last.root.at, MERKLE_HASH_BYTES) != 0) {
        stop_broken(s, "the nodes do not give the head's root");
        return;
    }
    atomic_store(&s->options.figures->broken, false);
    s->tree_known = true;
    read_contents(s);
}

static void load_tree(struct sealer *s)
{
    struct batch *b = batch_new(s->options.pool, &s->arena);
    struct merkle_tree shape;
    struct err e;

    s->sought.count = 0;
    if (b == NULL) {
        fail_round(s, err_make(ERR_TOO_LARGE));
        return;
    }
    CHECK(merkle_tree_at((uint64_t)s->last.size, collect, &s->sought, &shape));
    e = log_nodes_load(b, &s->arena, &s->sought);
    if (!err_is(e))
        e = batch_send(b, (struct waiter){on_nodes, s});
    if (err_is(e))
        fail_round(s, e);
}

/* -- whose turn it is -------------------------------------------------------------------------------- */

static bool is_anothers(const struct sealer *s)
{
    return s->last.sequence != 0 && s->last.age_ms < 2 * s->options.period_ms &&
           memcmp(s->last.server_id.at, s->options.server_id, 16) != 0;
}

static void on_asked(void *arg, struct err e)
{
    struct sealer *s = arg;

    if (err_is(e)) {
        fail_round(s, e);
        return;
    }
    learn(s, s->last.size, s->last.at);
    if (s->last.leaves != s->last.size) {
        stop_broken(s, "the leaves are not as many as the head says");
    } else if (is_anothers(s)) {
        s->tree_known = false;
        end_round(s, s->options.period_ms);
    } else if (s->tree_known && s->tree.size == (uint64_t)s->last.size) {
        read_contents(s);
    } else {
        load_tree(s);
    }
}

/* The keys are known, so that heads can be signed; and whether there is any. */
static bool keys_are_known(struct sealer *s, bool *none)
{
    const struct signing_keys *keys;

    registry_enter(s->reader);
    keys = registry_keys(s->reader);
    *none = keys != NULL && keys->count == 0;
    registry_leave(s->reader);
    return keys != NULL;
}

static void on_due(void *arg)
{
    struct sealer *s = arg;
    struct batch *b;
    struct err e;
    bool none;

    if (!keys_are_known(s, &none)) {
        end_round(s, LOADING_MS);
        return;
    }
    b = batch_new(s->options.pool, &s->arena);
    CHECK(b != NULL);
    if (none) /* the database was not there when this server started */
        signing_key_first(b, s->options.first);
    log_last(b, &s->last);
    log_pending(b, s->at_once, &s->pending);
    e = batch_send(b, (struct waiter){on_asked, s});
    if (err_is(e))
        end_round(s, RETRY_MS); /* the pool still connects */
}

struct sealer *sealer_start(const struct sealer_options *options)
{
    struct sealer *s = calloc(1, sizeof *s);

    CHECK_ALLOCATED(s);
    s->options = *options;
    s->at_once = SEALER_AT_ONCE;
    arena_init(&s->arena, ARENA_BYTES);
    s->reader = registry_reader_new(options->registry, NULL);
    s->timer = loop_timer_new(options->loop, on_due, s);
    loop_timer_start(s->timer, 0);
    return s;
}

void sealer_drain(struct sealer *s)
{
    s->draining = true;
    loop_timer_cancel(s->timer);
}

void sealer_stop(struct sealer *s)
{
    if (s == NULL)
        return;
    loop_timer_free(s->timer);
    registry_reader_free(s->reader);
    arena_clear(&s->arena);
    free(s);
}
