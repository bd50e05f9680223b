#include "api/enrol.h"

#include "api/access.h"
#include "api/person_seal.h"
#include "api/slots.h"
#include "domain/admit.h"
#include "domain/idnumber.h"
#include "store/writes.h"

static bool stands(const struct enrolment *e)
{
    return !err_is(e->error);
}

struct err enrol_resolving(const struct work *work, struct enrolling *all, struct batch *b)
{
    int16_t *types = arena_new_array(work->arena, all->count, int16_t);
    struct text *hmacs = arena_new_array(work->arena, all->count, struct text);
    struct text *names = arena_new_array(work->arena, all->count, struct text);
    int64_t *sites = arena_new_array(work->arena, all->count, int64_t);
    struct resolved *resolved = arena_new_array(work->arena, all->count, struct resolved);
    size_t count = 0;

    CHECK(all->count <= PERSONS_MAX);
    if (types == NULL || hmacs == NULL || names == NULL || sites == NULL || resolved == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < all->count; i++) {
        if (!stands(&all->item[i]))
            continue;
        types[count] = all->item[i].document_type;
        hmacs[count] = all->item[i].document_hmac;
        names[count] = all->item[i].name_hmac;
        sites[count++] = all->item[i].engagement.engagement.site;
    }
    all->resolved = resolved;
    enrol_resolve(b, types, hmacs, names, count, resolved, &all->lists, work->arena);
    posting_load(b, work->caller->org_id, sites, count, &all->posting);
    return OK;
}

/* The same person twice in one request: the first one stands. */
static bool stands_earlier(const struct enrolling *all, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (stands(&all->item[i]) &&
            text_equal(all->item[i].document_hmac, all->item[at].document_hmac))
            return true;
    }
    return false;
}

static struct err check(const struct enrolling *all, size_t at)
{
    const struct posting_site *site =
        posting_site_find(&all->posting, all->item[at].engagement.engagement.site);

    if (!all->posting.org_active)
        return err_make(ERR_ORG_CLOSED);
    if (site == NULL || !site->open)
        return err_field(ERR_SITE_UNKNOWN, "site", NULL);
    if (stands_earlier(all, at))
        return err_field(ERR_DUPLICATE_ROW, "document_number", NULL);
    return OK;
}

struct err enrol_loading(const struct work *work, struct enrolling *all, struct batch *b)
{
    struct person_name *names = arena_new_array(work->arena, all->count, struct person_name);
    size_t count = 0, resolved = 0;

    all->loaded = arena_new_array(work->arena, all->count, struct person);
    if (names == NULL || all->loaded == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < all->count; i++) {
        struct enrolment *e = &all->item[i];

        if (!stands(e))
            continue;
        e->who = all->resolved[resolved++];
        e->error = check(all, i);
        if (stands(e) && e->who.known)
            names[count++].worker_id = e->who.worker_id;
    }
    return persons_load(b, work->arena, names, count, all->loaded);
}

static struct err new_person(const struct work *work, struct enrolment *e)
{
    struct person_details details = {e->name, e->number, e->phone};
    unsigned char *key_and_salt = arena_alloc(work->arena, SEAL_WRAPPED_BYTES + 16);
    char mask[8];
    struct person_key key;
    struct err failed;

    if (key_and_salt == NULL)
        return err_make(ERR_TOO_LARGE);
    e->person = (struct person){.found = true, .worker_id = e->who.worker_id,
                                .document_type = e->document_type, .access_version = 1};
    failed = random_bytes(key_and_salt + SEAL_WRAPPED_BYTES, 16);
    if (!err_is(failed))
        failed = person_key_new(work->app->shared->vault, e->who.worker_id, &key, key_and_salt);
    if (err_is(failed))
        return failed;
    e->person.wrapped = (struct text){(const char *)key_and_salt, SEAL_WRAPPED_BYTES};
    e->person.salt = (struct text){(const char *)key_and_salt + SEAL_WRAPPED_BYTES, 16};
    e->person.name_masked = arena_text(work->arena, name_mask(e->name, mask));
    failed = person_seal_details(work, &key, e->who.worker_id, &details, &e->person.sealed);
    person_key_forget(&key);
    return failed;
}

static struct err join(const struct work *work, struct enrolment *e, const struct record *record)
{
    size_t known = e->person.record_count, at = e->joining_count;
    uint32_t last = known > 0 ? e->person.records[known - 1].version : 0;
    struct record *r = &e->joining[at];

    *r = *record;
    r->version = last + 1 + (uint32_t)at;
    r->by = work->caller->account_id;
    r->org = work->caller->org_id;
    r->recorded_at = work->now;
    if (r->occurred_on == DAY_UNKNOWN)
        r->occurred_on = work->today;
    e->version = r->version;
    e->joining_count++;
    return person_seal_record(work, &e->person, r, &e->bodies[at], &e->secrets[at]);
}

static struct err join_identity(const struct work *work, struct enrolment *e)
{
    struct record identity = {.kind = RECORD_IDENTITY};

    identity.identity.birth_date = e->birth;
    identity.identity.sex = e->sex;
    identity.identity.document_type = (uint8_t)e->document_type;
    return join(work, e, &identity);
}

/* A firm that has this worker there already is told so by being given the engagement it has. */
static uint32_t engaged_already(const struct enrolment *e, const struct work *work)
{
    const struct record *wanted = &e->engagement;

    for (size_t i = 0; i < e->person.engagement_count; i++) {
        const struct person_engagement *has = &e->person.engagements[i];

        if (has->org_id == work->caller->org_id && has->site_id == wanted->engagement.site &&
            has->trade == wanted->engagement.trade && has->until == DAY_NEVER)
            return has->version;
    }
    return 0;
}

static struct err decide(const struct work *work, struct enrolment *e)
{
    struct posting posting = {.role = work->caller->role, .org_id = work->caller->org_id};
    struct err failed = OK;

    e->joining_count = 0;
    if (e->who.known && (!e->person.found || e->person.erased))
        return err_make(ERR_CONFLICT); /* erased since he was looked up: send it again */
    e->engagement.occurred_on = work->today;
    if (!e->who.known) {
        failed = new_person(work, e);
        if (!err_is(failed))
            failed = join_identity(work, e);
    }
    e->engagement_version = engaged_already(e, work);
    e->outcome = !e->who.known ? ENROL_NEW
               : e->engagement_version != 0 ? ENROL_UNCHANGED : ENROL_ENGAGED;
    if (e->outcome == ENROL_UNCHANGED)
        e->version = e->person.records[e->person.record_count - 1].version;
    if (err_is(failed) || e->outcome == ENROL_UNCHANGED)
        return failed;
    failed = record_admit(&e->engagement, e->person.records, e->person.record_count, &posting,
                          work->today);
    if (!err_is(failed))
        failed = join(work, e, &e->engagement);
    e->engagement_version = e->version;
    if (!err_is(failed) && e->agreement.kind != 0)
        failed = join(work, e, &e->agreement);
    return failed;
}

struct err enrol_deciding(const struct work *work, struct enrolling *all)
{
    size_t loaded = 0;

    for (size_t i = 0; i < all->count; i++) {
        struct enrolment *e = &all->item[i];

        if (!stands(e))
            continue;
        if (e->who.known)
            e->person = all->loaded[loaded++];
        e->error = decide(work, e);
        if (e->error.code == ERR_TOO_LARGE || e->error.code == ERR_CRYPTO)
            return e->error; /* not this row's fault */
        if (err_is(e->error))
            e->outcome = ENROL_REFUSED;
    }
    return OK;
}

/* Columns of the new people among the items. */
static struct err write_new(const struct work *work, const struct enrolling *all, struct batch *b,
                            size_t count)
{
    struct arena *a = work->arena;
    int64_t *ids = arena_new_array(a, count, int64_t), *others = arena_new_array(a, count, int64_t);
    int16_t *types = arena_new_array(a, count, int16_t);
    struct text *column = arena_new_array(a, 6 * count, struct text);
    int64_t *candidates = NULL;
    size_t n = 0;
    struct err failed = slots_draw(a, &all->lists, count, &candidates);

    if (err_is(failed) || ids == NULL || others == NULL || types == NULL || column == NULL)
        return err_is(failed) ? failed : err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < all->count; i++) {
        const struct enrolment *e = &all->item[i];

        if (e->outcome != ENROL_NEW)
            continue;
        ids[n] = e->who.worker_id;
        others[n] = e->who.other;
        types[n] = e->document_type;
        column[0 * count + n] = e->document_hmac;
        column[1 * count + n] = e->name_hmac;
        column[2 * count + n] = e->person.name_masked;
        column[3 * count + n] = e->person.sealed;
        column[4 * count + n] = e->person.wrapped;
        column[5 * count + n] = e->person.salt;
        n++;
    }
    persons_insert(b,
                   &(struct person_rows){count, ids, others, types, column, column + count,
                                         column + 2 * count, column + 3 * count,
                                         column + 4 * count, column + 5 * count, candidates},
                   work->caller->account_id);
    return OK;
}

struct err enrol_writing(const struct work *work, struct enrolling *all, struct batch *b)
{
    struct joining *joining = arena_new_array(work->arena, all->count + 1, struct joining);
    int64_t *workers = arena_new_array(work->arena, all->count + 1, int64_t);
    size_t joined = 0, fresh = 0;
    struct err failed = OK;

    if (joining == NULL || workers == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < all->count; i++) {
        struct enrolment *e = &all->item[i];

        if (e->outcome != ENROL_NEW && e->outcome != ENROL_ENGAGED)
            continue;
        fresh += e->outcome == ENROL_NEW;
        workers[joined] = e->person.worker_id;
        joining[joined++] = (struct joining){&e->person, e->joining, e->bodies, e->secrets,
                                             e->joining_count};
    }
    if (fresh > 0)
        failed = write_new(work, all, b, fresh);
    if (err_is(failed) || joined == 0)
        return failed;
    audit_insert(b, &(struct audit_row){.account_id = work->caller->account_id,
                                        .action = "worker.enrol",
                                        .worker_ids = workers,
                                        .worker_count = joined,
                                        .request_id = work->request_id});
    return append_write(work, b, joining, joined);
}
