/* register/catalogue.h: organisations, sites, devices, accounts and policies, found by their key.
 *
 * A table is a sorted array of keys and pointers and never changes; a change makes another table
 * that copies pointers only, because every object is an allocation of its own. */
#ifndef REGISTER_CATALOGUE_H
#define REGISTER_CATALOGUE_H

#include "domain/directory.h"
#include "domain/policy.h"
#include "domain/signing_key.h"

enum catalogue_kind {
    CATALOGUE_ORG, CATALOGUE_SITE, CATALOGUE_DEVICE, CATALOGUE_ACCOUNT, CATALOGUE_KINDS
};

struct entry {
    uint64_t key;
    void *object;
};

struct table {
    size_t count;
    struct entry entries[];
};

struct catalogue {
    const struct table *tables[CATALOGUE_KINDS]; /* by id; NULL: empty */
    const struct table *prefixes;                /* accounts by the prefix of their key */
    const struct policy_set *policies;
    const struct signing_keys *keys; /* NULL: not loaded yet */
};

/* NULL when there is none; table may be NULL. */
void *table_find(const struct table *table, uint64_t key);

/* A new table (free() it) of the old one's entries with changes[] in place of them; changes are
 * sorted by key and unique. */
struct table *table_merge(const struct table *old, const struct entry *changes, size_t count);

/* Accounts by prefix. Two with the same prefix (one in 2^48) are both kept out of reach. */
struct table *table_of_prefixes(const struct table *accounts);

/* A prefix is 12 lower-case hexadecimal digits; false otherwise. */
bool key_prefix_number(struct text prefix, uint64_t *number);

/* Deep copies, one allocation each: free() them. */
struct org *org_keep(const struct org *org);
struct site *site_keep(const struct site *site);
struct device *device_keep(const struct device *device);
struct account *account_keep(const struct account *account);

#endif
