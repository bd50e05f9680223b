/* store/replay.c: see replay.h. */
#include "store/replay.h"

#include "store/directory.h"
#include "store/passes.h"
#include "store/persons.h"

/* -- passes --------------------------------------------------------------------------------------- */

static struct err decode_page(void *into, const struct rows *rows)
{
    struct replay_page *page = into;

    page->passes = arena_new_array(rows->arena, (size_t)rows->count + 1, struct pass);
    if (page->passes == NULL)
        return err_make(ERR_TOO_LARGE);
    for (int row = 0; row < rows->count; row++)
        page->passes[row] = pass_decode(rows, row);
    page->count = (size_t)rows->count;
    return OK;
}

void replay_passes(struct batch *b, day_t day, const struct pass *after, int32_t max,
                   struct replay_page *page)
{
    struct params *p = params_new(b);

    CHECK(max > 0 && max <= REPLAY_PASSES_MAX);
    params_date(p, day);
    params_int64(p, after->gate_id);
    params_int32(p, after->epoch);
    params_int64(p, after->seq);
    params_int16(p, after->told);
    params_int32(p, max);
    batch_add(b, SQL_REPLAY_PASSES, p, decode_page, page);
}

/* -- what they name ---------------------------------------------------------------------------------- */

/* A row as the readers of store/directory.h take it. These statements have the columns of theirs. */
enum { FIELDS_MAX = 16 };
_Static_assert((int)REPLAY_SITES_COLUMNS == (int)DIRECTORY_SITES_COLUMNS &&
                   (int)REPLAY_DEVICES_COLUMNS == (int)DIRECTORY_DEVICES_COLUMNS &&
                   (int)REPLAY_ORGS_COLUMNS == (int)DIRECTORY_ORGS_COLUMNS,
               "the same columns in the same order");
_Static_assert((int)REPLAY_SITES_RECTIFICATION == (int)DIRECTORY_SITES_RECTIFICATION &&
                   (int)REPLAY_DEVICES_ACTIVE == (int)DIRECTORY_DEVICES_ACTIVE &&
                   (int)REPLAY_ORGS_ACTIVE == (int)DIRECTORY_ORGS_ACTIVE,
               "the same columns in the same order");

static void read_fields(const struct rows *rows, int row, int columns, struct text *fields)
{
    CHECK(columns <= FIELDS_MAX);
    for (int column = 0; column < columns; column++)
        fields[column] = row_text(rows, row, column);
}

/* A row that makes no sense is left out: its passes cannot be made again, and say so. */
static struct err decode_sites(void *into, const struct rows *rows)
{
    struct replay_set *set = into;
    struct text fields[FIELDS_MAX];
    bool rule_read;

    set->sites = arena_new_array(rows->arena, (size_t)rows->count + 1, struct site);
    if (set->sites == NULL)
        return err_make(ERR_TOO_LARGE);
    for (int row = 0; row < rows->count; row++) {
        read_fields(rows, row, DIRECTORY_SITES_COLUMNS, fields);
        set->site_count +=
            site_row_read(fields, rows->arena, &set->sites[set->site_count], &rule_read);
    }
    return OK;
}

static struct err decode_devices(void *into, const struct rows *rows)
{
    struct replay_set *set = into;
    struct text fields[FIELDS_MAX];

    set->devices = arena_new_array(rows->arena, (size_t)rows->count + 1, struct device);
    if (set->devices == NULL)
        return err_make(ERR_TOO_LARGE);
    for (int row = 0; row < rows->count; row++) {
        read_fields(rows, row, DIRECTORY_DEVICES_COLUMNS, fields);
        set->device_count += device_row_read(fields, &set->devices[set->device_count]);
    }
    return OK;
}

static struct err decode_orgs(void *into, const struct rows *rows)
{
    struct replay_set *set = into;
    struct text fields[FIELDS_MAX];

    set->orgs = arena_new_array(rows->arena, (size_t)rows->count + 1, struct org);
    if (set->orgs == NULL)
        return err_make(ERR_TOO_LARGE);
    for (int row = 0; row < rows->count; row++) {
        read_fields(rows, row, DIRECTORY_ORGS_COLUMNS, fields);
        set->org_count += org_row_read(fields, &set->orgs[set->org_count]);
    }
    return OK;
}

static struct err decode_policies(void *into, const struct rows *rows)
{
    struct replay_set *set = into;

    set->policies = arena_new_array(rows->arena, (size_t)rows->count + 1, struct replay_policy);
    if (set->policies == NULL)
        return err_make(ERR_TOO_LARGE);
    for (int row = 0; row < rows->count; row++) {
        struct replay_policy *policy = &set->policies[row];
        struct err e = policy_compile(row_text(rows, row, REPLAY_POLICIES_DOCUMENT), rows->arena,
                                      &policy->document);

        if (e.code == ERR_TOO_LARGE)
            return e;
        policy->number = row_int32(rows, row, REPLAY_POLICIES_NUMBER);
        policy->whole = !err_is(e) && row_bool(rows, row, REPLAY_POLICIES_WHOLE);
    }
    set->policy_count = (size_t)rows->count;
    return OK;
}

_Static_assert((int)REPLAY_RECORDS_VERSION == (int)PERSONS_RECORDS_VERSION &&
                   (int)REPLAY_RECORDS_BODY == (int)PERSONS_RECORDS_BODY,
               "person_record_decode reads these columns");

static void add_record(struct replay_set *set, struct record *all, const struct rows *rows, int row)
{
    int64_t worker_id = row_int64(rows, row, REPLAY_RECORDS_WORKER_ID);
    struct replay_worker *worker =
        set->worker_count > 0 ? &set->workers[set->worker_count - 1] : NULL;

    if (worker == NULL || worker->worker_id != worker_id) {
        worker = &set->workers[set->worker_count++];
        *worker = (struct replay_worker){.worker_id = worker_id, .records = &all[row]};
    }
    if (err_is(person_record_decode(rows, row, &worker->records[worker->record_count++])))
        worker->unreadable = true;
}

static struct err decode_records(void *into, const struct rows *rows)
{
    struct replay_set *set = into;
    struct record *all = arena_new_array(rows->arena, (size_t)rows->count + 1, struct record);

    set->workers = arena_new_array(rows->arena, REPLAY_PASSES_MAX, struct replay_worker);
    if (all == NULL || set->workers == NULL)
        return err_make(ERR_TOO_LARGE);
    for (int row = 0; row < rows->count; row++)
        add_record(set, all, rows, row);
    return rows->arena->full ? err_make(ERR_TOO_LARGE) : OK;
}

/* Parameters: one column of the passes each. */
struct named {
    int64_t *site_ids, *gate_ids, *worker_ids;
    int32_t *site_versions, *device_versions, *facts_versions, *engagement_versions, *org_versions,
        *policies;
};

static bool name_all(struct arena *arena, const struct pass *passes, size_t count,
                     struct named *named)
{
    int64_t *ids = arena_new_array(arena, 3 * count, int64_t);
    int32_t *versions = arena_new_array(arena, 6 * count, int32_t);

    if (ids == NULL || versions == NULL)
        return false;
    *named = (struct named){ids, ids + count, ids + 2 * count, versions, versions + count,
                            versions + 2 * count, versions + 3 * count, versions + 4 * count,
                            versions + 5 * count};
    for (size_t i = 0; i < count; i++) {
        const struct pass *pass = &passes[i];

        named->site_ids[i] = pass->site_id;
        named->gate_ids[i] = pass->gate_id;
        named->worker_ids[i] = pass->worker_id;
        named->site_versions[i] = pass->site_version;
        named->device_versions[i] = pass->device_version;
        named->facts_versions[i] = pass->facts_version;
        named->engagement_versions[i] = pass->engagement_version;
        named->org_versions[i] = pass->org_version;
        named->policies[i] = pass->policy;
    }
    return true;
}

static void add(struct batch *b, enum statement statement, const int64_t *ids,
                const int32_t *versions, size_t count, decode_fn *decode, struct replay_set *set)
{
    struct params *p = params_new(b);

    params_int64_array(p, ids, count);
    params_int32_array(p, versions, count);
    batch_add(b, statement, p, decode, set);
}

struct err replay_load(struct batch *b, struct arena *arena, const struct pass *passes,
                       size_t count, struct replay_set *set)
{
    struct params *orgs = params_new(b), *policies = params_new(b);
    struct named named;

    CHECK(count <= REPLAY_PASSES_MAX);
    if (!name_all(arena, passes, count, &named))
        return err_make(ERR_TOO_LARGE);
    add(b, SQL_REPLAY_SITES, named.site_ids, named.site_versions, count, decode_sites, set);
    add(b, SQL_REPLAY_DEVICES, named.gate_ids, named.device_versions, count, decode_devices, set);
    add(b, SQL_REPLAY_RECORDS, named.worker_ids, named.facts_versions, count, decode_records, set);
    params_int64_array(orgs, named.worker_ids, count);
    params_int32_array(orgs, named.engagement_versions, count);
    params_int32_array(orgs, named.org_versions, count);
    batch_add(b, SQL_REPLAY_ORGS, orgs, decode_orgs, set);
    params_int32_array(policies, named.policies, count);
    batch_add(b, SQL_REPLAY_POLICIES, policies, decode_policies, set);
    return OK;
}

/* -- for one pass ------------------------------------------------------------------------------------ */

static void find_place(const struct replay_set *set, const struct pass *pass,
                       struct replay_inputs *inputs)
{
    for (size_t i = 0; i < set->site_count; i++) {
        if (set->sites[i].id == pass->site_id && set->sites[i].version == pass->site_version)
            inputs->site = &set->sites[i];
    }
    for (size_t i = 0; i < set->device_count; i++) {
        if (set->devices[i].id == pass->gate_id &&
            set->devices[i].version == pass->device_version)
            inputs->device = &set->devices[i];
    }
}

static void find_worker(const struct replay_set *set, const struct pass *pass,
                        struct replay_inputs *inputs)
{
    for (size_t i = 0; i < set->worker_count; i++) {
        const struct replay_worker *worker = &set->workers[i];

        if (worker->worker_id != pass->worker_id || worker->unreadable)
            continue;
        inputs->records = worker->records;
        inputs->record_count = worker->record_count;
    }
}

/* The firm of the engagement that was found then. */
static void find_org(const struct replay_set *set, const struct pass *pass,
                     struct replay_inputs *inputs)
{
    int64_t org_id = 0;

    for (size_t i = 0; i < inputs->record_count; i++) {
        const struct record *record = &inputs->records[i];

        if (record->version == (uint32_t)pass->engagement_version &&
            record->kind == RECORD_ENGAGEMENT)
            org_id = record->engagement.org;
    }
    for (size_t i = 0; i < set->org_count; i++) {
        if (set->orgs[i].id == org_id && set->orgs[i].version == pass->org_version)
            inputs->org = &set->orgs[i];
    }
}

void replay_inputs_of(const struct replay_set *set, const struct pass *pass,
                      struct replay_inputs *inputs, const struct policy_document **document)
{
    const struct policy_document *found = NULL;

    *inputs = (struct replay_inputs){0};
    find_place(set, pass, inputs);
    find_worker(set, pass, inputs);
    find_org(set, pass, inputs);
    for (size_t i = 0; i < set->policy_count; i++) {
        if (set->policies[i].number == pass->policy && set->policies[i].whole)
            found = &set->policies[i].document;
    }
    inputs->policy = found != NULL ? &found->policy : NULL;
    if (document != NULL)
        *document = found;
}
