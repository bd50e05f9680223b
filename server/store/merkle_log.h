/* store/merkle_log.h: the log in PostgreSQL: what waits to be sealed, leaves, nodes, heads.
 *
 * Hashes come and go as bytes: what they are made of is crypto/log_head.h's business. */
#ifndef STORE_MERKLE_LOG_H
#define STORE_MERKLE_LOG_H

#include <stdatomic.h>

#include "domain/log_leaf.h"
#include "store/pg.h"

enum { LOG_SALT_BYTES = 16, LOG_HASH_BYTES = 32 };

struct log_head_row {
    int64_t sequence; /* 0: there is none */
    int64_t size, at; /* at: us since 1970 */
    struct text root, signed_bytes;
    /* of log_last alone: */
    struct text server_id; /* 16 bytes */
    int64_t age_ms;
    int64_t leaves; /* that there are; anything but size is damage */
};
void log_last(struct batch *b, struct log_head_row *into);
/* sequence 0: the newest. */
void log_head_find(struct batch *b, int64_t sequence, struct log_head_row *into);

struct log_pending_row {
    int64_t id;
    struct log_key key;
};
struct log_pending_rows {
    struct log_pending_row *rows;
    int count;
};
void log_pending(struct batch *b, int32_t max, struct log_pending_rows *into);

/* What the named rows say. content .at NULL: the row is not there. `at` is when it was written; 0:
 * the row does not say. */
struct log_contents {
    const struct log_key *keys;
    size_t count;
    struct text *content; /* count of them, made here */
    int64_t *at;
};
MUST_USE struct err log_contents_load(struct batch *b, struct arena *arena,
                                      struct log_contents *contents);

/* Hashes of whole subtrees (crypto/merkle.h) of stored levels; level 0 is the leaves. */
struct log_node_row {
    unsigned level;
    uint64_t index;
    struct text hash; /* .at NULL: not there, or not yet asked for */
};
enum { LOG_NODES_MAX = 1024 };
struct log_nodes {
    struct log_node_row rows[LOG_NODES_MAX];
    size_t count;
};
/* Adds one to those that will be asked for. */
void log_nodes_want(struct log_nodes *nodes, unsigned level, uint64_t index);
/* LOG_HASH_BYTES of it, or NULL: it is not there. */
const char *log_nodes_hash(const struct log_nodes *nodes, unsigned level, uint64_t index);
MUST_USE struct err log_nodes_load(struct batch *b, struct arena *arena, struct log_nodes *nodes);

struct log_leaf_row {
    int64_t index; /* -1: it is not sealed */
    unsigned kind;
    struct text salt, commitment; /* salt: log_leaf_find alone */
};
void log_leaf_find(struct batch *b, const struct log_key *key, struct log_leaf_row *into);
struct log_leaf_rows {
    struct log_leaf_row *rows;
    int count;
};
void log_leaves(struct batch *b, int64_t from, int64_t until, int32_t max,
                struct log_leaf_rows *into);

/* -- looking at all of it: the operator's check ------------------------------------------------------ */

struct log_whole_leaf {
    int64_t index;
    struct log_key key;
    struct text salt, commitment;
};
struct log_whole_leaves {
    struct log_whole_leaf *rows;
    int count;
};
void log_verify_leaves(struct batch *b, int64_t from, int32_t max, struct log_whole_leaves *into);
struct log_head_rows {
    struct log_head_row *rows;
    int count;
};
void log_verify_heads(struct batch *b, int64_t after, int32_t max, struct log_head_rows *into);
/* Rows without a leaf that do not wait for one: ids are 0. */
void log_unsealed(struct batch *b, int32_t max, struct log_pending_rows *into);

/* What the service counts of the log; filled by the sealer, read by anybody. */
struct log_figures {
    _Atomic int64_t leaves, head_at_s; /* of the newest head, whoever signed it; 0: none yet */
    _Atomic bool broken; /* what is stored contradicts the newest head: somebody must look */
};

/* -- writing: the sealer's ------------------------------------------------------------------------ */

struct log_sealing {
    const struct log_pending_row *pending;
    size_t count;
    const unsigned char (*salts)[LOG_SALT_BYTES];
    const unsigned char (*commitments)[LOG_HASH_BYTES];
    const struct log_node_row *nodes; /* completed */
    size_t node_count;
    struct log_head_row head; /* server_id included */
};
/* Somebody who was faster makes the batch fail with ERR_CONFLICT; then nothing of it is kept. */
MUST_USE struct err log_seal(struct batch *b, struct arena *arena, int64_t first,
                             const struct log_sealing *sealing);

#endif
