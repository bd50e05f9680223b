/* The Merkle tree of RFC 6962: the vectors of the Certificate Transparency reference code (the same
 * leaves, roots and proofs are in its merkle_tree_test.cc), and every proof of every small tree. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/merkle.h"
#include "crypto/seal.h"
#include "support/hex.h"

enum { TREES_MAX = 300 };

static struct merkle_hash leaf_hash[TREES_MAX];
static struct merkle_hash stored[8][TREES_MAX]; /* by level and index */
static struct merkle_hash root_of[TREES_MAX + 1];

static void keep(void *arg, unsigned level, uint64_t index, const struct merkle_hash *hash)
{
    (void)arg;
    if (level < 8 * MERKLE_STORED_STEP && level % MERKLE_STORED_STEP == 0)
        stored[level / MERKLE_STORED_STEP][index] = *hash;
}

static bool find(void *arg, unsigned level, uint64_t index, struct merkle_hash *hash)
{
    (void)arg;
    cr_assert_eq(level % MERKLE_STORED_STEP, 0);
    cr_assert_lt(index, TREES_MAX);
    *hash = stored[level / MERKLE_STORED_STEP][index];
    return true;
}

static void grow(struct merkle_tree *tree, struct text leaf)
{
    uint64_t index = tree->size;

    merkle_leaf(leaf, &leaf_hash[index]);
    stored[0][index] = leaf_hash[index];
    merkle_append(tree, &leaf_hash[index], keep, NULL);
    merkle_root(tree, &root_of[tree->size]);
}

static struct merkle_hash hash_of(const char *hex)
{
    struct merkle_hash hash;

    cr_assert(hex_parse(text_of(hex), hash.bytes, sizeof hash.bytes), "%s", hex);
    return hash;
}

static void cr_same(const struct merkle_hash *is, const char *hex, const char *what)
{
    struct merkle_hash want = hash_of(hex);

    cr_assert(merkle_equal(is, &want), "%s", what);
}

/* -- the reference vectors ---------------------------------------------------------------------- */

static const struct {
    const char *leaf, *root; /* the root with this leaf as the last */
} reference[] = {
    {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
    {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
    {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
    {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
    {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
    {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
    {"606162636465666768696a6b6c6d6e6f",
     "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
};
enum { REFERENCE_COUNT = sizeof reference / sizeof reference[0] };

static void grow_reference(void)
{
    struct merkle_tree tree = {0};
    unsigned char space[64];

    merkle_root(&tree, &root_of[0]);
    for (unsigned i = 0; i < REFERENCE_COUNT; i++)
        grow(&tree, hex_bytes(reference[i].leaf, space, sizeof space));
}

Test(merkle, roots_of_the_reference_leaves)
{
    grow_reference();
    cr_same(&root_of[0], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "no leaves");
    for (unsigned i = 0; i < REFERENCE_COUNT; i++)
        cr_same(&root_of[i + 1], reference[i].root, reference[i].leaf);
}

#define H2_2 "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
#define H4_4 "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
#define LEAF_2 "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
#define LEAF_5 "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
#define H6_2 "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
#define H0_4 "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
#define H0_2 "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
#define LEAF_1 "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
#define H4_2 "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"

static const struct {
    bool growth; /* from `at` leaves, else of leaf `at` */
    uint64_t at, size;
    unsigned count;
    const char *proof[3];
} paths[] = {
    {false, 0, 1, 0, {0}},
    {false, 0, 8, 3, {LEAF_2, H2_2, H4_4}},
    {false, 5, 8, 3, {LEAF_5, H6_2, H0_4}},
    {false, 2, 3, 1, {H0_2}},
    {false, 1, 5, 3, {LEAF_1, H2_2, LEAF_5}},
    {true, 1, 1, 0, {0}},
    {true, 1, 8, 3, {LEAF_2, H2_2, H4_4}},
    {true, 6, 8, 3, {H4_2, H6_2, H0_4}},
    {true, 2, 5, 2, {H2_2, LEAF_5}},
};

static unsigned prove(bool growth, uint64_t at, uint64_t size,
                      struct merkle_hash proof[MERKLE_PROOF_MAX])
{
    struct merkle_range ranges[MERKLE_PROOF_MAX];
    unsigned count =
        growth ? merkle_consistency(at, size, ranges) : merkle_inclusion(at, size, ranges);

    for (unsigned i = 0; i < count; i++)
        cr_assert(merkle_range_hash(ranges[i], find, NULL, &proof[i]));
    return count;
}

Test(merkle, proofs_of_the_reference_tree)
{
    struct merkle_hash proof[MERKLE_PROOF_MAX];

    grow_reference();
    for (unsigned i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        unsigned count = prove(paths[i].growth, paths[i].at, paths[i].size, proof);

        cr_assert_eq(count, paths[i].count, "proof %u has %u hashes", i, count);
        for (unsigned j = 0; j < count; j++)
            cr_same(&proof[j], paths[i].proof[j], "a hash of a proof");
    }
}

/* -- every proof of every tree up to 300 leaves --------------------------------------------------- */

static void grow_all(void)
{
    struct merkle_tree tree = {0};

    merkle_root(&tree, &root_of[0]);
    for (unsigned i = 0; i < TREES_MAX; i++) {
        char leaf[16];
        struct build b = build_over(leaf, sizeof leaf);

        build_format(&b, "leaf %u", i);
        grow(&tree, build_done(&b));
    }
}

Test(merkle, every_inclusion_proof_verifies_and_no_other_leaf_with_it)
{
    struct merkle_hash proof[MERKLE_PROOF_MAX];

    grow_all();
    for (uint64_t size = 1; size <= TREES_MAX; size++) {
        for (uint64_t index = 0; index < size; index++) {
            unsigned count = prove(false, index, size, proof);
            const struct merkle_hash *leaf = &leaf_hash[index], *root = &root_of[size];
            uint64_t other = (index + 1) % size;

            cr_assert(merkle_verify_inclusion(index, size, leaf, proof, count, root));
            if (size == 1)
                continue;
            cr_assert_not(merkle_verify_inclusion(index, size, &leaf_hash[other], proof, count, root));
            cr_assert_not(merkle_verify_inclusion(other, size, leaf, proof, count, root));
            cr_assert_not(merkle_verify_inclusion(index, size, leaf, proof, count - 1, root));
            cr_assert_not(merkle_verify_inclusion(index, size, leaf, proof, count, &root_of[size - 1]));
        }
    }
}

Test(merkle, every_consistency_proof_verifies_and_no_other_root_with_it)
{
    struct merkle_hash proof[MERKLE_PROOF_MAX];

    grow_all();
    for (uint64_t size = 1; size <= TREES_MAX; size++) {
        for (uint64_t old = 0; old <= size; old++) {
            unsigned count = prove(true, old, size, proof);
            const struct merkle_hash *was = &root_of[old], *is = &root_of[size];

            cr_assert(merkle_verify_consistency(old, was, size, is, proof, count),
                      "%lu to %lu", (unsigned long)old, (unsigned long)size);
            cr_assert_not(merkle_verify_consistency(old, &leaf_hash[7], size, is, proof, count));
            if (old == 0)
                continue;
            cr_assert_not(merkle_verify_consistency(old, was, size, &leaf_hash[7], proof, count));
            cr_assert_not(merkle_verify_consistency(old - 1, was, size, is, proof, count));
            if (count > 0)
                cr_assert_not(merkle_verify_consistency(old, was, size, is, proof, count - 1));
        }
    }
}

/* Trees whose shapes differ: whole, ragged, one more, one less. */
static const uint64_t flip_sizes[] = {2, 3, 7, 8, 64, 65, 100, 255, 300};

Test(merkle, every_flipped_bit_of_a_proof_is_seen)
{
    struct merkle_hash proof[MERKLE_PROOF_MAX];

    grow_all();
    for (unsigned s = 0; s < sizeof flip_sizes / sizeof flip_sizes[0]; s++) {
        uint64_t size = flip_sizes[s], at = size * 5 / 8;
        for (unsigned growth = 0; growth < 2; growth++) {
            unsigned count = prove(growth, at, size, proof);

            for (unsigned bit = 0; bit < count * MERKLE_HASH_BYTES * 8; bit++) {
                unsigned char *byte = &proof[bit / 256].bytes[bit % 256 / 8];

                *byte ^= (unsigned char)(1u << bit % 8);
                if (growth)
                    cr_assert_not(merkle_verify_consistency(at, &root_of[at], size, &root_of[size],
                                                            proof, count));
                else
                    cr_assert_not(merkle_verify_inclusion(at, size, &leaf_hash[at], proof, count,
                                                          &root_of[size]));
                *byte ^= (unsigned char)(1u << bit % 8);
            }
        }
    }
}

Test(merkle, a_tree_goes_on_from_what_was_stored)
{
    grow_all();
    for (uint64_t size = 0; size < TREES_MAX; size++) {
        struct merkle_tree tree;
        struct merkle_hash root;

        cr_assert(merkle_tree_at(size, find, NULL, &tree));
        merkle_root(&tree, &root);
        cr_assert(merkle_equal(&root, &root_of[size]));
        merkle_append(&tree, &leaf_hash[size], NULL, NULL);
        merkle_root(&tree, &root);
        cr_assert(merkle_equal(&root, &root_of[size + 1]));
    }
}

static bool count_them(void *arg, unsigned level, uint64_t index, struct merkle_hash *hash)
{
    (void)level;
    (void)index;
    *hash = (struct merkle_hash){{0}};
    ++*(unsigned *)arg;
    return true;
}

Test(merkle, a_proof_reads_few_stored_hashes_however_large_the_log)
{
    static const uint64_t sizes[] = {(UINT64_C(1) << 40) - 1, (UINT64_C(1) << 40) + 1,
                                     MERKLE_SIZE_MAX - 1};
    struct merkle_range ranges[MERKLE_PROOF_MAX];

    for (unsigned i = 0; i < 3; i++) {
        for (unsigned growth = 0; growth < 2; growth++) {
            uint64_t at = sizes[i] / 3 * 2;
            unsigned count = growth ? merkle_consistency(at, sizes[i], ranges)
                                    : merkle_inclusion(at, sizes[i], ranges);
            unsigned sought = 0;
            struct merkle_hash hash;

            for (unsigned j = 0; j < count; j++)
                cr_assert(merkle_range_hash(ranges[j], count_them, &sought, &hash));
            cr_assert_leq(sought, MERKLE_SOUGHT_MAX);
        }
    }
}

Test(merkle, sizes_beyond_all_logs_are_refused)
{
    struct merkle_hash hash = {{0}};

    cr_assert_not(merkle_verify_inclusion(0, UINT64_MAX, &hash, NULL, 0, &hash));
    cr_assert_not(merkle_verify_inclusion(0, 0, &hash, NULL, 0, &hash));
    cr_assert_not(merkle_verify_consistency(UINT64_MAX, &hash, UINT64_MAX, &hash, NULL, 0));
    cr_assert_not(merkle_verify_consistency(2, &hash, 1, &hash, NULL, 0));
}
