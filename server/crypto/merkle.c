#include "crypto/merkle.h"

#include <string.h>

#include "crypto/hash.h"
#include "crypto/seal.h"

static struct text bytes_of(const struct merkle_hash *hash)
{
    return (struct text){(const char *)hash->bytes, MERKLE_HASH_BYTES};
}

bool merkle_equal(const struct merkle_hash *a, const struct merkle_hash *b)
{
    return memcmp(a->bytes, b->bytes, MERKLE_HASH_BYTES) == 0;
}

void merkle_empty(struct merkle_hash *root)
{
    sha256(TEXT(""), root->bytes);
}

void merkle_leaf(struct text leaf, struct merkle_hash *hash)
{
    sha256_parts((const struct text[]){TEXT("\x00"), leaf}, 2, hash->bytes);
}

void merkle_node(const struct merkle_hash *left, const struct merkle_hash *right,
                 struct merkle_hash *hash)
{
    sha256_parts((const struct text[]){TEXT("\x01"), bytes_of(left), bytes_of(right)}, 3,
                 hash->bytes);
}

/* -- growth ----------------------------------------------------------------------------------- */

void merkle_append(struct merkle_tree *tree, const struct merkle_hash *leaf, merkle_grown_fn *grown,
                   void *arg)
{
    struct merkle_hash hash = *leaf;
    unsigned level = 0;

    CHECK(tree->size < MERKLE_SIZE_MAX);
    for (; (tree->size >> level & 1) != 0; level++) {
        merkle_node(&tree->peak[level], &hash, &hash);
        if (grown != NULL)
            grown(arg, level + 1, tree->size >> (level + 1), &hash);
    }
    tree->peak[level] = hash;
    tree->size++;
}

void merkle_root(const struct merkle_tree *tree, struct merkle_hash *root)
{
    bool any = false;

    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        if ((tree->size >> level & 1) == 0)
            continue;
        if (any)
            merkle_node(&tree->peak[level], root, root);
        else
            *root = tree->peak[level];
        any = true;
    }
    if (!any)
        merkle_empty(root);
}

/* -- which hashes a proof has ------------------------------------------------------------------- */

/* The largest power of two below n; n > 1. */
static uint64_t split(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

/* They are found from the root down; a proof goes up. */
static void reverse(struct merkle_range *ranges, unsigned count)
{
    for (unsigned i = 0; i < count / 2; i++) {
        struct merkle_range kept = ranges[i];

        ranges[i] = ranges[count - 1 - i];
        ranges[count - 1 - i] = kept;
    }
}

unsigned merkle_inclusion(uint64_t index, uint64_t size,
                          struct merkle_range ranges[MERKLE_PROOF_MAX])
{
    uint64_t first = 0, n = size;
    unsigned count = 0;

    CHECK(index < size && size <= MERKLE_SIZE_MAX);
    while (n > 1) {
        uint64_t k = split(n);

        if (index - first < k) {
            ranges[count++] = (struct merkle_range){first + k, first + n};
            n = k;
        } else {
            ranges[count++] = (struct merkle_range){first, first + k};
            first += k;
            n -= k;
        }
    }
    reverse(ranges, count);
    return count;
}

unsigned merkle_consistency(uint64_t old, uint64_t size,
                            struct merkle_range ranges[MERKLE_PROOF_MAX])
{
    uint64_t first = 0, m = old, n = size;
    unsigned count = 0;

    CHECK(old <= size && size <= MERKLE_SIZE_MAX);
    if (old == 0)
        return 0;
    while (m < n) {
        uint64_t k = split(n);

        if (m <= k) {
            ranges[count++] = (struct merkle_range){first + k, first + n};
            n = k;
        } else {
            ranges[count++] = (struct merkle_range){first, first + k};
            first += k;
            m -= k;
            n -= k;
        }
    }
    if (first > 0) /* else it is the old root itself, which whoever checks has */
        ranges[count++] = (struct merkle_range){first, first + n};
    reverse(ranges, count);
    return count;
}

/* -- hashes from stored ones -------------------------------------------------------------------- */

static bool subtree_hash(unsigned level, uint64_t index, merkle_find_fn *find, void *arg,
                         struct merkle_hash *hash)
{
    struct merkle_hash right;

    if (level % MERKLE_STORED_STEP == 0)
        return find(arg, level, index, hash);
    if (!subtree_hash(level - 1, 2 * index, find, arg, hash) ||
        !subtree_hash(level - 1, 2 * index + 1, find, arg, &right))
        return false;
    merkle_node(hash, &right, hash);
    return true;
}

/* The largest subtree that begins at first and ends by end. */
static unsigned largest_level(uint64_t first, uint64_t end)
{
    unsigned level = (unsigned)(63 - __builtin_clzll(end - first));

    if (first != 0 && (unsigned)__builtin_ctzll(first) < level)
        level = (unsigned)__builtin_ctzll(first);
    return level;
}

bool merkle_range_hash(struct merkle_range range, merkle_find_fn *find, void *arg,
                       struct merkle_hash *hash)
{
    struct merkle_hash peak[MERKLE_LEVELS];
    unsigned count = 0;

    CHECK(range.first <= range.end && range.end <= MERKLE_SIZE_MAX);
    for (uint64_t at = range.first; at < range.end;) {
        unsigned level = largest_level(at, range.end);

        if (!subtree_hash(level, at >> level, find, arg, &peak[count++]))
            return false;
        at += UINT64_C(1) << level;
    }
    if (count == 0) {
        merkle_empty(hash);
        return true;
    }
    *hash = peak[--count];
    while (count > 0)
        merkle_node(&peak[--count], hash, hash);
    return true;
}

bool merkle_tree_at(uint64_t size, merkle_find_fn *find, void *arg, struct merkle_tree *tree)
{
    uint64_t at = 0;

    CHECK(size <= MERKLE_SIZE_MAX);
    *tree = (struct merkle_tree){.size = size};
    for (unsigned level = MERKLE_LEVELS; level-- > 0;) {
        if ((size >> level & 1) == 0)
            continue;
        if (!subtree_hash(level, at >> level, find, arg, &tree->peak[level]))
            return false;
        at += UINT64_C(1) << level;
    }
    return true;
}

/* -- checking ----------------------------------------------------------------------------------- */

bool merkle_verify_inclusion(uint64_t index, uint64_t size, const struct merkle_hash *leaf,
                             const struct merkle_hash *proof, unsigned count,
                             const struct merkle_hash *root)
{
    struct merkle_hash hash = *leaf;
    uint64_t fn = index, sn = size - 1;

    if (index >= size || size > MERKLE_SIZE_MAX)
        return false;
    for (unsigned i = 0; i < count; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) != 0 || fn == sn) {
            merkle_node(&proof[i], &hash, &hash);
            for (; (fn & 1) == 0 && fn != 0; fn >>= 1)
                sn >>= 1;
        } else {
            merkle_node(&hash, &proof[i], &hash);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && merkle_equal(&hash, root);
}

/* 0 < old < size. */
static bool verify_growth(uint64_t old, const struct merkle_hash *old_root, uint64_t size,
                          const struct merkle_hash *root, const struct merkle_hash *proof,
                          unsigned count)
{
    bool whole = (old & (old - 1)) == 0; /* then the old root is a node of the new tree */
    uint64_t fn = old - 1, sn = size - 1;
    struct merkle_hash was, is;

    if (!whole && count == 0)
        return false;
    for (; (fn & 1) != 0; fn >>= 1)
        sn >>= 1;
    was = is = whole ? *old_root : proof[0];
    for (unsigned i = whole ? 0 : 1; i < count; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) != 0 || fn == sn) {
            merkle_node(&proof[i], &was, &was);
            merkle_node(&proof[i], &is, &is);
            for (; (fn & 1) == 0 && fn != 0; fn >>= 1)
                sn >>= 1;
        } else {
            merkle_node(&is, &proof[i], &is);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && merkle_equal(&was, old_root) && merkle_equal(&is, root);
}

bool merkle_verify_consistency(uint64_t old, const struct merkle_hash *old_root, uint64_t size,
                               const struct merkle_hash *root, const struct merkle_hash *proof,
                               unsigned count)
{
    struct merkle_hash empty;

    if (old > size || size > MERKLE_SIZE_MAX)
        return false;
    merkle_empty(&empty);
    if (old == 0)
        return count == 0 && merkle_equal(old_root, &empty);
    if (old == size)
        return count == 0 && merkle_equal(old_root, root);
    return verify_growth(old, old_root, size, root, proof, count);
}
