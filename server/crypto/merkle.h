/* crypto/merkle.h: the Merkle tree of RFC 6962 section 2.1: hashes, growth, proofs and their check.
 *
 * A leaf is hashed behind a byte 00, two nodes behind a byte 01, all with SHA-256. Leaves are only
 * appended, so whatever spans a whole power of two of them never changes again: a *subtree* (level,
 * index) is the node over leaves index << level .. (index + 1) << level. What a log keeps are those of
 * every fourth level (and the leaves' own hashes): the others are made from at most 8 of them, and a
 * proof over 2^30 leaves reads about 100 rows.
 *
 * Pure: no allocation, no I/O; nothing here knows what a leaf says. */
#ifndef CRYPTO_MERKLE_H
#define CRYPTO_MERKLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/check.h"
#include "base/text.h"

enum {
    MERKLE_HASH_BYTES = 32,
    MERKLE_LEVELS = 63,       /* a log has less than 2^62 leaves */
    MERKLE_PROOF_MAX = 64,    /* hashes in a proof */
    MERKLE_STORED_STEP = 4,   /* levels that are stored: 0 (leaves), 4, 8, ... */
    MERKLE_SOUGHT_MAX = 1024  /* stored hashes that one proof may need */
};
#define MERKLE_SIZE_MAX (UINT64_C(1) << 62)

struct merkle_hash {
    unsigned char bytes[MERKLE_HASH_BYTES];
};
MUST_USE bool merkle_equal(const struct merkle_hash *a, const struct merkle_hash *b);

void merkle_empty(struct merkle_hash *root); /* the root of no leaves: SHA-256 of nothing */
void merkle_leaf(struct text leaf, struct merkle_hash *hash);
void merkle_node(const struct merkle_hash *left, const struct merkle_hash *right,
                 struct merkle_hash *hash);

/* -- growth ----------------------------------------------------------------------------------- */

struct merkle_tree { /* all zero: no leaves */
    uint64_t size;
    struct merkle_hash peak[MERKLE_LEVELS]; /* of level l, where bit l of size is set */
};
/* Told of each subtree that the leaf completes, level 1 first. */
typedef void merkle_grown_fn(void *arg, unsigned level, uint64_t index,
                             const struct merkle_hash *hash);
/* grown may be NULL. */
void merkle_append(struct merkle_tree *tree, const struct merkle_hash *leaf, merkle_grown_fn *grown,
                   void *arg);
void merkle_root(const struct merkle_tree *tree, struct merkle_hash *root);

/* -- proofs ----------------------------------------------------------------------------------- */

/* A proof's hash is the root over some neighbouring leaves [first, end). */
struct merkle_range {
    uint64_t first, end;
};
/* PATH(index, D[size]), index < size, and PROOF(old, D[size]), old <= size: what their hashes span,
 * in the proof's order; the number of them. */
unsigned merkle_inclusion(uint64_t index, uint64_t size,
                          struct merkle_range ranges[MERKLE_PROOF_MAX]);
unsigned merkle_consistency(uint64_t old, uint64_t size,
                            struct merkle_range ranges[MERKLE_PROOF_MAX]);

/* Gives the hash of a subtree of a stored level; false when it does not have it. */
typedef bool merkle_find_fn(void *arg, unsigned level, uint64_t index, struct merkle_hash *hash);
/* The root over a range that one of the functions above named, or over [0, size). False as soon as
 * find says so. */
MUST_USE bool merkle_range_hash(struct merkle_range range, merkle_find_fn *find, void *arg,
                                struct merkle_hash *hash);
/* The tree as it was at a size, from stored hashes. */
MUST_USE bool merkle_tree_at(uint64_t size, merkle_find_fn *find, void *arg,
                             struct merkle_tree *tree);

/* -- checking (RFC 9162 sections 2.1.3.2 and 2.1.4.2, which check the same proofs) -------------- */

MUST_USE bool merkle_verify_inclusion(uint64_t index, uint64_t size, const struct merkle_hash *leaf,
                                      const struct merkle_hash *proof, unsigned count,
                                      const struct merkle_hash *root);
/* The tree of `size` begins with the one of `old` leaves. */
MUST_USE bool merkle_verify_consistency(uint64_t old, const struct merkle_hash *old_root,
                                        uint64_t size, const struct merkle_hash *root,
                                        const struct merkle_hash *proof, unsigned count);

#endif
