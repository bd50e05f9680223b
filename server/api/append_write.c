/* api/append_write.c: new records of some workers, folded and put into a batch. */
#include "api/append.h"

#include <string.h>

#include "domain/facts_pack.h"
#include "store/records.h"

/* Arrays under way to PostgreSQL, sized for all that one request may add. */
struct rows_out {
    struct record_rows records;
    int64_t *worker_ids;
    int32_t *versions;
    int16_t *kinds;
    day_t *occurred_on;
    struct text *bodies, *secrets;
    size_t secret_count;
    int64_t *secret_workers;
    int32_t *secret_versions;
    /* one a worker */
    size_t workers;
    int64_t *fact_workers, *change_versions;
    int32_t *fact_versions;
    struct text *packed;
    /* engagements of the workers whose engagements moved */
    int64_t *moved;
    size_t moved_count;
    struct engagement_rows engagements;
    int64_t *e_workers, *e_orgs, *e_sites;
    int32_t *e_versions;
    int16_t *e_trades, *e_roles;
    day_t *e_from, *e_until;
    size_t e_max;
};

static bool rows_allocate(struct rows_out *o, struct arena *a, size_t records, size_t workers,
                          size_t engagements)
{
    o->worker_ids = arena_new_array(a, records, int64_t);
    o->versions = arena_new_array(a, records, int32_t);
    o->kinds = arena_new_array(a, records, int16_t);
    o->occurred_on = arena_new_array(a, records, day_t);
    o->bodies = arena_new_array(a, records, struct text);
    o->secrets = arena_new_array(a, records, struct text);
    o->secret_workers = arena_new_array(a, records, int64_t);
    o->secret_versions = arena_new_array(a, records, int32_t);
    o->fact_workers = arena_new_array(a, workers, int64_t);
    o->change_versions = arena_new_array(a, workers, int64_t);
    o->fact_versions = arena_new_array(a, workers, int32_t);
    o->packed = arena_new_array(a, workers, struct text);
    o->moved = arena_new_array(a, workers, int64_t);
    o->e_max = engagements;
    o->e_workers = arena_new_array(a, engagements, int64_t);
    o->e_orgs = arena_new_array(a, engagements, int64_t);
    o->e_sites = arena_new_array(a, engagements, int64_t);
    o->e_versions = arena_new_array(a, engagements, int32_t);
    o->e_trades = arena_new_array(a, engagements, int16_t);
    o->e_roles = arena_new_array(a, engagements, int16_t);
    o->e_from = arena_new_array(a, engagements, day_t);
    o->e_until = arena_new_array(a, engagements, day_t);
    return !a->full;
}

static void add_record(struct rows_out *o, int64_t worker_id, const struct record *record,
                       struct text body, struct text secret)
{
    size_t i = o->records.count++;

    o->worker_ids[i] = worker_id;
    o->versions[i] = (int32_t)record->version;
    o->kinds[i] = (int16_t)record->kind;
    o->occurred_on[i] = record->occurred_on;
    o->bodies[i] = body;
    if (secret.at == NULL)
        return;
    o->secret_workers[o->secret_count] = worker_id;
    o->secret_versions[o->secret_count] = (int32_t)record->version;
    o->secrets[o->secret_count++] = secret;
}

static bool moves_engagements(const struct joining *j)
{
    for (size_t i = 0; i < j->count; i++) {
        enum record_kind kind = j->records[i].kind;

        if (kind == RECORD_ENGAGEMENT || kind == RECORD_ENGAGEMENT_END || kind == RECORD_SUPERSEDE)
            return true;
    }
    return false;
}

static struct err add_engagements(struct rows_out *o, struct arena *arena, int64_t worker_id,
                                  const struct record *records, size_t count)
{
    struct engagements folded;
    struct err failed = engagements_fold(records, count, arena, &folded);

    if (err_is(failed))
        return failed;
    o->moved[o->moved_count++] = worker_id;
    for (size_t i = 0; i < folded.count; i++) {
        const struct engagement *e = &folded.engagement[i];
        size_t at = o->engagements.count++;

        if (at >= o->e_max)
            return err_make(ERR_TOO_LARGE);
        o->e_workers[at] = worker_id;
        o->e_versions[at] = (int32_t)e->version;
        o->e_orgs[at] = e->org;
        o->e_sites[at] = e->site;
        o->e_trades[at] = (int16_t)e->trade;
        o->e_roles[at] = e->role;
        o->e_from[at] = e->from;
        o->e_until[at] = e->until;
    }
    return OK;
}

static struct err pack(const struct facts *facts, struct arena *arena, struct text *packed)
{
    size_t bytes = facts_pack_bytes(facts);
    unsigned char *at = arena_alloc(arena, bytes);

    if (at == NULL)
        return err_make(ERR_TOO_LARGE);
    *packed = (struct text){(const char *)at, facts_pack(facts, at)};
    return OK;
}

/* What was there and what joins, folded as one set. */
static struct err add_worker(struct rows_out *o, struct arena *arena, const struct joining *j)
{
    size_t known = j->person->record_count, at = o->workers++;
    struct record *all = arena_new_array(arena, known + j->count, struct record);
    struct facts facts;
    struct err e;

    if (all == NULL)
        return err_make(ERR_TOO_LARGE);
    if (known > 0)
        memcpy(all, j->person->records, known * sizeof *all);
    memcpy(all + known, j->records, j->count * sizeof *all);
    e = facts_fold(all, known + j->count, arena, &facts);
    if (!err_is(e))
        e = pack(&facts, arena, &o->packed[at]);
    if (err_is(e))
        return e;
    o->fact_workers[at] = j->person->worker_id;
    o->fact_versions[at] = (int32_t)facts.version;
    o->change_versions[at] = facts.version;
    if (!moves_engagements(j))
        return OK;
    return add_engagements(o, arena, j->person->worker_id, all, known + j->count);
}

static void send_rows(const struct work *work, struct batch *b, struct rows_out *o)
{
    o->records.worker_ids = o->worker_ids;
    o->records.versions = o->versions;
    o->records.kinds = o->kinds;
    o->records.occurred_on = o->occurred_on;
    o->records.bodies = o->bodies;
    o->engagements.worker_ids = o->e_workers;
    o->engagements.versions = o->e_versions;
    o->engagements.org_ids = o->e_orgs;
    o->engagements.site_ids = o->e_sites;
    o->engagements.trades = o->e_trades;
    o->engagements.roles = o->e_roles;
    o->engagements.from = o->e_from;
    o->engagements.until = o->e_until;
    records_insert(b, &o->records, work->caller->account_id, work->caller->org_id);
    record_secrets_insert(b, o->secret_workers, o->secret_versions, o->secrets, o->secret_count);
    facts_put(b, o->fact_workers, o->fact_versions, o->packed, o->workers);
    engagements_put(b, o->moved, o->moved_count, &o->engagements);
    write_changes(b, CHANGE_WORKER, o->fact_workers, o->change_versions, o->workers);
}

struct err append_write(const struct work *work, struct batch *b, const struct joining *joining,
                        size_t count)
{
    struct rows_out *o = arena_new(work->arena, struct rows_out);
    size_t records = 0, engagements = 0;

    for (size_t i = 0; i < count; i++) {
        records += joining[i].count;
        engagements += joining[i].person->engagement_count + joining[i].count;
    }
    if (o == NULL || !rows_allocate(o, work->arena, records, count, engagements))
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < count; i++) {
        const struct joining *j = &joining[i];
        struct err e;

        for (size_t k = 0; k < j->count; k++)
            add_record(o, j->person->worker_id, &j->records[k], j->bodies[k], j->secrets[k]);
        e = add_worker(o, work->arena, j);
        if (err_is(e))
            return e;
    }
    send_rows(work, b, o);
    return OK;
}
