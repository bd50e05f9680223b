/* register/apply.c: see apply.h. */
#include "register/apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "domain/policy.h"
#include "register/gather.h"
#include "store/directory.h"
#include "store/keys.h"
#include "store/register_rows.h"

enum { APPLY_IDS_MAX = 2000, ID_BYTES_MAX = 21, APPLY_ARENA_BYTES_MAX = 1 << 28 };

/* "{7,9,12}", of at most APPLY_IDS_MAX. */
struct id_list {
    char text[APPLY_IDS_MAX * ID_BYTES_MAX + 3];
};

static void list_ids(struct id_list *list, const int64_t *ids, size_t count)
{
    struct build b = build_over(list->text, sizeof list->text);

    build_char(&b, '{');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            build_char(&b, ',');
        build_int(&b, ids[i]);
    }
    build_char(&b, '}');
    CHECK(!b.full);
}

/* -- workers and their slots -------------------------------------------------------------------- */

static bool on_slot(void *arg, const struct text *fields)
{
    struct slot_row row;

    if (!slot_row_read(fields, &row))
        return false;
    if (row.index >> SLOT_BITS >= SLOT_LISTS_MAX || row.worker_id > WORKER_ID_MAX)
        log_event(LOG_ERROR, 0, "register_slot", log_number("index", row.index));
    else
        registry_write_slot(arg, row.index, slot_value(row.worker_id, row.badge, row.is_void));
    return true;
}

static struct err apply_some_workers(struct registry *registry, struct link *link,
                                     const struct id_list *list, size_t count)
{
    const char *values[] = {list->text};
    struct gather gather;
    struct err e;

    gather_init(&gather, count);
    e = link_query(link, SQL_REGISTER_WORKERS, values, gather_worker, &gather);
    if (!err_is(e))
        e = link_query(link, SQL_REGISTER_ENGAGEMENTS, values, gather_engagement, &gather);
    if (!err_is(e)) {
        gather_join(&gather);
        registry_write_workers(registry, gather.views, gather.count);
        e = link_query(link, SQL_REGISTER_SLOTS, values, on_slot, registry);
    }
    gather_clear(&gather);
    return e;
}

struct err apply_workers(struct registry *registry, struct link *link, const int64_t *ids,
                         size_t count)
{
    struct id_list *list = malloc(sizeof *list);
    struct err e = OK;

    CHECK_ALLOCATED(list);
    while (count > 0 && !err_is(e)) {
        size_t some = count < APPLY_IDS_MAX ? count : APPLY_IDS_MAX;

        list_ids(list, ids, some);
        e = apply_some_workers(registry, link, list, some);
        ids += some;
        count -= some;
    }
    free(list);
    return e;
}

static struct err set_range(struct link *link, int64_t first, int64_t beyond)
{
    char first_text[ID_BYTES_MAX], beyond_text[ID_BYTES_MAX];
    const char *values[] = {first_text, beyond_text};

    snprintf(first_text, sizeof first_text, "%lld", (long long)first);
    snprintf(beyond_text, sizeof beyond_text, "%lld", (long long)beyond);
    return link_query(link, SQL_REGISTER_RANGE, values, NULL, NULL);
}

struct err apply_range(struct registry *registry, struct link *link, int64_t first, int64_t beyond)
{
    struct gather gather;
    struct err e = set_range(link, first, beyond);

    gather_init(&gather, (size_t)(beyond - first));
    if (!err_is(e))
        e = link_copy(link, SQL_REGISTER_LOAD_WORKERS, gather_worker, &gather);
    if (!err_is(e))
        e = link_copy(link, SQL_REGISTER_LOAD_ENGAGEMENTS, gather_engagement, &gather);
    if (!err_is(e)) {
        gather_join(&gather);
        registry_replace_workers(registry, first, beyond, gather.views, gather.count);
    }
    gather_clear(&gather);
    return e;
}

static bool on_list_slot(void *arg, const struct text *fields)
{
    uint32_t *values = arg;
    struct slot_row row;

    if (!slot_row_read(fields, &row))
        return false;
    if (row.worker_id <= WORKER_ID_MAX)
        values[row.index & (SLOTS_PER_LIST - 1)] =
            slot_value(row.worker_id, row.badge, row.is_void);
    return true;
}

struct err apply_list(struct registry *registry, struct link *link, int64_t list)
{
    uint32_t *values;
    struct err e;

    if (list < 0 || list >= SLOT_LISTS_MAX)
        return OK;
    values = calloc(SLOTS_PER_LIST, sizeof *values);
    CHECK_ALLOCATED(values);
    e = set_range(link, list << SLOT_BITS, (list + 1) << SLOT_BITS);
    if (!err_is(e))
        e = link_copy(link, SQL_REGISTER_LOAD_SLOTS, on_list_slot, values);
    if (!err_is(e))
        registry_replace_list(registry, (uint32_t)list, values);
    free(values);
    return e;
}

/* -- the catalogue ------------------------------------------------------------------------------ */

struct objects {
    enum catalogue_kind kind;
    struct arena arena; /* of the row that is being read */
    struct entry *entries;
    size_t count, max;
};

static void *read_org(struct objects *objects, const struct text *fields)
{
    struct org org;

    (void)objects;
    return org_row_read(fields, &org) ? org_keep(&org) : NULL;
}

static void *read_site(struct objects *objects, const struct text *fields)
{
    struct site site;
    bool rule_read;

    if (!site_row_read(fields, &objects->arena, &site, &rule_read))
        return NULL;
    if (!rule_read)
        log_event(LOG_ERROR, 0, "register_site_rule", log_number("site", site.id));
    return site_keep(&site);
}

static void *read_device(struct objects *objects, const struct text *fields)
{
    struct device device;

    (void)objects;
    return device_row_read(fields, &device) ? device_keep(&device) : NULL;
}

static void *read_account(struct objects *objects, const struct text *fields)
{
    struct account account;

    (void)objects;
    return account_row_read(fields, &account) ? account_keep(&account) : NULL;
}

static const struct {
    enum statement statement;
    void *(*read)(struct objects *objects, const struct text *fields);
} kinds[CATALOGUE_KINDS] = {
    [CATALOGUE_ORG] = {SQL_DIRECTORY_ORGS, read_org},
    [CATALOGUE_SITE] = {SQL_DIRECTORY_SITES, read_site},
    [CATALOGUE_DEVICE] = {SQL_DIRECTORY_DEVICES, read_device},
    [CATALOGUE_ACCOUNT] = {SQL_DIRECTORY_ACCOUNTS, read_account},
};

/* Each of these statements gives the id first. */
_Static_assert((int)DIRECTORY_ORGS_ID == 0 && (int)DIRECTORY_SITES_ID == 0 &&
                   (int)DIRECTORY_DEVICES_ID == 0 && (int)DIRECTORY_ACCOUNTS_ID == 0,
               "on_object takes the first column for the key");

static bool on_object(void *arg, const struct text *fields)
{
    struct objects *objects = arg;
    int64_t id;
    void *object;

    if (!field_int64(fields[0], 0, &id))
        return false;
    object = kinds[objects->kind].read(objects, fields);
    arena_clear(&objects->arena);
    if (object == NULL)
        return false;
    if (objects->count == objects->max) {
        objects->max = objects->max == 0 ? 64 : objects->max * 2;
        objects->entries = realloc(objects->entries, objects->max * sizeof *objects->entries);
        CHECK_ALLOCATED(objects->entries);
    }
    objects->entries[objects->count++] = (struct entry){(uint64_t)id, object};
    return true;
}

static struct err read_objects(struct objects *objects, struct link *link, const int64_t *ids,
                               size_t count)
{
    enum statement statement = kinds[objects->kind].statement;
    const char *all[] = {NULL};
    struct id_list *list;
    struct err e = OK;

    if (ids == NULL)
        return link_query(link, statement, all, on_object, objects);
    list = malloc(sizeof *list);
    CHECK_ALLOCATED(list);
    while (count > 0 && !err_is(e)) {
        size_t some = count < APPLY_IDS_MAX ? count : APPLY_IDS_MAX;

        list_ids(list, ids, some);
        e = link_query(link, statement, (const char *const[]){list->text}, on_object, objects);
        ids += some;
        count -= some;
    }
    free(list);
    return e;
}

struct err apply_objects(struct registry *registry, struct link *link, enum catalogue_kind kind,
                         const int64_t *ids, size_t count)
{
    struct objects objects = {.kind = kind};
    struct err e;

    arena_init(&objects.arena, APPLY_ARENA_BYTES_MAX);
    e = read_objects(&objects, link, ids, count);
    if (err_is(e)) {
        for (size_t i = 0; i < objects.count; i++)
            free(objects.entries[i].object);
    } else {
        registry_write_catalogue(registry, kind, objects.entries, objects.count, ids == NULL);
    }
    free(objects.entries);
    return e;
}

/* -- policies: few, so they are read all at once --------------------------------------------------- */

enum { POLICIES_MAX = 4096 };

struct policies {
    struct policy_set set; /* first: what the register hands out and gives back to be freed */
    struct arena arena;
    const struct policy_document *documents[POLICIES_MAX];
};

static void policies_free(void *set)
{
    struct policies *policies = set;

    arena_clear(&policies->arena);
    free(policies);
}

/* The day on which it was retired is the first that it no longer judges. */
static void end_policy(struct policy *policy, day_t day)
{
    if (day < policy->until)
        policy->until = day;
}

/* A document that this program cannot read is left out and reported: nobody is judged by half of it,
 * and gates under it answer that they cannot tell, unless a wider region's policy applies. */
static bool on_policy(void *arg, const struct text *fields)
{
    struct policies *policies = arg;
    struct policy_row row;
    struct policy_document *document = arena_new(&policies->arena, struct policy_document);
    struct err e;

    if (document == NULL || !policy_row_read(fields, &row) ||
        policies->set.count == POLICIES_MAX)
        return false;
    e = policy_compile(row.document, &policies->arena, document);
    if (err_is(e)) {
        log_event(LOG_ERROR, 0, "register_policy_unreadable", log_number("policy", row.number),
                  log_text("field", e.field), log_text("expected", e.expected));
        return true;
    }
    if (row.ended_at != 0)
        end_policy(&document->policy, clock_local_day(row.ended_at));
    policies->documents[policies->set.count++] = document;
    return true;
}

struct err apply_policies(struct registry *registry, struct link *link)
{
    struct policies *policies = calloc(1, sizeof *policies);
    struct err e;

    CHECK_ALLOCATED(policies);
    arena_init(&policies->arena, APPLY_ARENA_BYTES_MAX);
    policies->set.documents = policies->documents;
    e = link_query(link, SQL_DIRECTORY_POLICIES, NULL, on_policy, policies);
    if (err_is(e))
        policies_free(policies);
    else
        registry_write_policies(registry, &policies->set, policies_free);
    return e;
}

/* -- signing keys: few as well --------------------------------------------------------------------- */

static bool on_key(void *arg, const struct text *fields)
{
    struct signing_keys *keys = arg;

    return keys->count < SIGNING_KEYS_MAX &&
           signing_key_row_read(fields, &keys->keys[keys->count++]);
}

/* The signed list lies behind the keys, in the same piece of memory. */
static bool on_trust(void *arg, const struct text *fields)
{
    struct signing_keys **keys = arg;
    struct trust_row row;
    char *at;

    if (!trust_row_read(fields, &row))
        return false;
    *keys = realloc(*keys, sizeof **keys + row.bytes.bytes);
    CHECK_ALLOCATED(*keys);
    at = (char *)(*keys + 1);
    (*keys)->sequence = row.next;
    (*keys)->trust_sequence = row.sequence;
    (*keys)->trust = (struct text){NULL, 0};
    if (row.bytes.at != NULL) {
        memcpy(at, row.bytes.at, row.bytes.bytes);
        (*keys)->trust = (struct text){at, row.bytes.bytes};
    }
    return true;
}

struct err apply_keys(struct registry *registry, struct link *link)
{
    struct signing_keys *keys = calloc(1, sizeof *keys);
    struct err e;

    CHECK_ALLOCATED(keys);
    e = link_query(link, SQL_DIRECTORY_KEYS, NULL, on_key, keys);
    if (!err_is(e))
        e = link_query(link, SQL_DIRECTORY_TRUST, NULL, on_trust, &keys);
    if (err_is(e))
        free(keys);
    else
        registry_write_keys(registry, keys);
    return e;
}
