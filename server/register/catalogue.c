/* register/catalogue.c: see catalogue.h. */
#include "register/catalogue.h"

#include <stdlib.h>
#include <string.h>

void *table_find(const struct table *table, uint64_t key)
{
    size_t low = 0, high = table == NULL ? 0 : table->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct entry *entry = &table->entries[middle];

        if (entry->key == key)
            return entry->object;
        if (entry->key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static struct table *table_new(size_t entries_max)
{
    struct table *table = malloc(sizeof *table + entries_max * sizeof table->entries[0]);

    CHECK_ALLOCATED(table);
    table->count = 0;
    return table;
}

struct table *table_merge(const struct table *old, const struct entry *changes, size_t count)
{
    size_t old_count = old == NULL ? 0 : old->count, i = 0, j = 0;
    struct table *table = table_new(old_count + count);

    while (i < old_count || j < count) {
        bool take_change =
            i == old_count || (j < count && changes[j].key <= old->entries[i].key);

        if (take_change && i < old_count && old->entries[i].key == changes[j].key)
            i++;
        CHECK(!take_change || j == 0 || changes[j - 1].key < changes[j].key);
        table->entries[table->count++] = take_change ? changes[j++] : old->entries[i++];
    }
    return table;
}

bool key_prefix_number(struct text prefix, uint64_t *number)
{
    uint64_t value = 0;

    if (prefix.bytes != 12)
        return false;
    for (size_t i = 0; i < prefix.bytes; i++) {
        char c = prefix.at[i];

        if (c >= '0' && c <= '9')
            value = value << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            value = value << 4 | (uint64_t)(c - 'a' + 10);
        else
            return false;
    }
    *number = value;
    return true;
}

static int by_key(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;

    return (left->key > right->key) - (left->key < right->key);
}

struct table *table_of_prefixes(const struct table *accounts)
{
    size_t count = accounts == NULL ? 0 : accounts->count, kept = 0;
    struct table *table = table_new(count);
    struct entry *entries = table->entries;

    for (size_t i = 0; i < count; i++) {
        const struct account *account = accounts->entries[i].object;
        struct entry *entry = &entries[table->count];

        if (key_prefix_number(text_of(account->key_prefix), &entry->key)) {
            entry->object = accounts->entries[i].object;
            table->count++;
        }
    }
    qsort(entries, table->count, sizeof *entries, by_key);
    for (size_t i = 0; i < table->count; i++) {
        bool shared = (i > 0 && entries[i - 1].key == entries[i].key) ||
                      (i + 1 < table->count && entries[i + 1].key == entries[i].key);

        if (!shared)
            entries[kept++] = entries[i]; /* never ahead of i: what i + 1 is compared with stays */
    }
    table->count = kept;
    return table;
}

/* Copies behind *at what `text` says, and lets it say so there. */
static void keep_text(struct text *text, char **at)
{
    if (text->bytes > 0)
        memcpy(*at, text->at, text->bytes);
    text->at = *at;
    *at += text->bytes;
}

static void *keep(const void *object, size_t bytes, size_t more_bytes, char **more)
{
    char *copy = malloc(bytes + more_bytes);

    CHECK_ALLOCATED(copy);
    memcpy(copy, object, bytes);
    *more = copy + bytes;
    return copy;
}

struct org *org_keep(const struct org *org)
{
    char *at;
    struct org *copy =
        keep(org, sizeof *org, org->uscc.bytes + org->name.bytes + org->region.bytes, &at);

    keep_text(&copy->uscc, &at);
    keep_text(&copy->name, &at);
    keep_text(&copy->region, &at);
    return copy;
}

struct site *site_keep(const struct site *site)
{
    size_t list_bytes = site->rectification_count * sizeof *site->rectification;
    char *at;
    struct site *copy =
        keep(site, sizeof *site, list_bytes + site->name.bytes + site->region.bytes, &at);

    _Static_assert(sizeof(struct site) % _Alignof(int64_t) == 0, "the list follows the struct");
    if (list_bytes > 0)
        memcpy(at, site->rectification, list_bytes);
    copy->rectification = (const int64_t *)(void *)at;
    at += list_bytes;
    keep_text(&copy->name, &at);
    keep_text(&copy->region, &at);
    return copy;
}

struct device *device_keep(const struct device *device)
{
    char *at;
    struct device *copy = keep(device, sizeof *device, device->name.bytes + device->zone.bytes, &at);

    keep_text(&copy->name, &at);
    keep_text(&copy->zone, &at);
    return copy;
}

struct account *account_keep(const struct account *account)
{
    char *at;
    struct account *copy =
        keep(account, sizeof *account, account->region.bytes + account->label.bytes, &at);

    keep_text(&copy->region, &at);
    keep_text(&copy->label, &at);
    return copy;
}
