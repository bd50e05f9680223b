/* api/append.c: the three steps by which records join workers: load, decide and write, answer. */
#include "api/append.h"

#include <string.h>

#include "api/append_items.h"
#include "api/metrics.h"

struct append {
    struct write write; /* first: see write.h */
    struct items items;
    struct person *persons; /* one an item */
    struct posting_rows posting;
    struct shown_rows shown; /* clinics, training centres */
};

const size_t append_state_bytes = sizeof(struct append);

/* One worker's share of a request: what is known, followed by what joins. */
struct group {
    const struct person *person;
    struct record *all;
    size_t known, joined;
    struct text *bodies, *secrets;
};
struct groups {
    struct group *group; /* room for one an item */
    size_t count;
};

static int64_t *site_of(struct record *record)
{
    switch (record->kind) {
    case RECORD_ENGAGEMENT:     return &record->engagement.site;
    case RECORD_ENGAGEMENT_END: return &record->engagement_end.site;
    case RECORD_TRAINING:       return &record->training.site;
    case RECORD_VIOLATION:      return &record->violation.site;
    case RECORD_BAN: return record->ban.scope == BAN_SITE ? &record->ban.subject : NULL;
    default:         return NULL;
    }
}

/* Of those who are named by their number here, who showed his document before. */
static void load_shown(struct exchange *x, struct batch *b, const struct person_name *names,
                       size_t count)
{
    struct append *s = x->state;
    int64_t *ids = arena_new_array(&x->arena, count, int64_t);

    if (ids == NULL || !append_is_shown_documents(caller_of(x)))
        return; /* a full arena is seen when the batch is sent */
    for (size_t i = 0; i < count; i++)
        ids[i] = names[i].worker_id;
    shown_find(b, caller_of(x)->org_id, ids, count, &s->shown);
}

static enum step append_load(struct exchange *x)
{
    struct append *s = x->state;
    struct person_name *names;
    struct batch *b;
    int64_t *sites;
    size_t site_count = 0;
    struct err e = items_read(x, &s->items);

    if (err_is(e))
        return exchange_fail(x, e);
    names = arena_new_array(&x->arena, s->items.count, struct person_name);
    sites = arena_new_array(&x->arena, s->items.count, int64_t);
    s->persons = arena_new_array(&x->arena, s->items.count, struct person);
    b = write_begin(x);
    if (names == NULL || sites == NULL || s->persons == NULL || b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    for (size_t i = 0; i < s->items.count; i++) {
        int64_t *site = site_of(&s->items.item[i].record);

        names[i] = s->items.item[i].name;
        if (site != NULL && *site != 0)
            sites[site_count++] = *site;
    }
    posting_load(b, caller_of(x)->org_id, sites, site_count, &s->posting);
    load_shown(x, b, names, s->items.count);
    e = persons_load(b, &x->arena, names, s->items.count, s->persons);
    return exchange_wait(x, err_is(e) ? e : batch_send(b, exchange_waiter(x)));
}

/* A contractor may newly engage somebody whom he does not see yet: then he names him by document,
 * which only the person can have shown him. */
static bool may_engage(const struct caller *caller, const struct item *item)
{
    return caller->role == ACCOUNT_CONTRACTOR && item->record.kind == RECORD_ENGAGEMENT &&
           item->name.worker_id == 0 && item->person->found;
}

/* Numbers count up: who may post about anybody must not find out by them who there is. */
static bool is_guessed(const struct caller *caller, const struct append *s,
                       const struct item *item)
{
    return append_is_shown_documents(caller) && item->name.worker_id != 0 &&
           !shown_has(&s->shown, item->name.worker_id);
}

static struct err check_site(const struct caller *caller, const struct append *s,
                             struct item *item)
{
    int64_t *site = site_of(&item->record);
    const struct posting_site *known;

    if (site == NULL)
        return OK;
    if (*site == 0 && caller->role == ACCOUNT_SAFETY_OFFICER)
        *site = caller->site_id; /* their own, unless they say another */
    if (*site == 0 || *site == caller->site_id)
        return OK;
    known = posting_site_find(&s->posting, *site);
    if (known == NULL || (item->record.kind == RECORD_ENGAGEMENT && !known->open) ||
        caller->role == ACCOUNT_SAFETY_OFFICER ||
        !caller_in_region(caller, known->region))
        return err_field(ERR_SITE_UNKNOWN, "/site", NULL);
    return OK;
}

static size_t items_about(const struct append *s, const struct person *person)
{
    size_t count = 0;

    for (size_t i = 0; i < s->items.count; i++)
        count += s->persons[i].worker_id == person->worker_id;
    return count;
}

static struct group *group_of(struct arena *arena, struct groups *groups, const struct append *s,
                              const struct person *person)
{
    size_t joining_max;
    struct group *g;

    for (size_t i = 0; i < groups->count; i++) {
        if (groups->group[i].person->worker_id == person->worker_id)
            return &groups->group[i];
    }
    g = &groups->group[groups->count++];
    joining_max = items_about(s, person);
    g->person = person;
    g->known = person->record_count;
    g->all = arena_new_array(arena, g->known + joining_max, struct record);
    g->bodies = arena_new_array(arena, joining_max, struct text);
    g->secrets = arena_new_array(arena, joining_max, struct text);
    if (g->all != NULL && g->known > 0)
        memcpy(g->all, person->records, g->known * sizeof *g->all);
    return g;
}

static struct err join(struct exchange *x, struct append *s, struct item *item, struct group *g)
{
    struct admission to = {&s->posting, g->person, g->all, g->known + g->joined, 0};
    struct err e;

    if (g->all == NULL || g->bodies == NULL || g->secrets == NULL)
        return err_make(ERR_TOO_LARGE);
    e = append_admit(x, &to, &item->record, &g->bodies[g->joined], &g->secrets[g->joined]);
    if (err_is(e))
        return e;
    g->all[to.count] = item->record;
    g->joined++;
    return OK;
}

static struct err decide(struct exchange *x, struct append *s, size_t i, struct groups *groups)
{
    struct item *item = &s->items.item[i];
    const struct caller *caller = caller_of(x);
    struct err e;

    item->person = &s->persons[i];
    if (is_guessed(caller, s, item))
        return err_make(ERR_WORKER_UNKNOWN);
    if (!append_may_see(caller, item->person, x->today) && !may_engage(caller, item))
        return err_make(ERR_WORKER_UNKNOWN);
    if (item->person->erased)
        return err_make(ERR_PERSON_ERASED);
    e = check_site(caller, s, item);
    return err_is(e) ? e : join(x, s, item, group_of(&x->arena, groups, s, item->person));
}

/* Identities join first: what takes the wrong one back may stand before the right one. */
static void decide_all(struct exchange *x, struct append *s, struct groups *groups)
{
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < s->items.count; i++) {
            struct item *item = &s->items.item[i];

            if (!err_is(item->error) && (item->record.kind == RECORD_IDENTITY) == (round == 0))
                item->error = decide(x, s, i, groups);
        }
    }
}

static struct err write_groups(struct exchange *x, struct batch *b, const struct groups *groups)
{
    struct joining *joining = arena_new_array(&x->arena, groups->count + 1, struct joining);
    int64_t *workers = arena_new_array(&x->arena, groups->count + 1, int64_t);
    struct work work = work_of(x);
    size_t joined = 0;

    if (b == NULL || joining == NULL || workers == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < groups->count; i++) {
        const struct group *g = &groups->group[i];

        if (g->joined == 0)
            continue;
        workers[joined] = g->person->worker_id;
        joining[joined++] = (struct joining){g->person, g->all + g->known, g->bodies, g->secrets,
                                             g->joined};
    }
    if (joined == 0)
        return OK;
    write_audit_list(x, b, "record.post", workers, joined, TEXT(""));
    if (append_is_shown_documents(caller_of(x)))
        shown_insert(b, caller_of(x)->org_id, workers, joined);
    return append_write(&work, b, joining, joined);
}

static enum step append_decide(struct exchange *x)
{
    struct append *s = x->state;
    struct groups groups = {arena_new_array(&x->arena, s->items.count, struct group), 0};
    struct batch *b;
    struct text answer;
    enum step next;
    struct err e;
    int status;

    if (write_seen(x, &next))
        return next;
    if (caller_of(x)->org_id != 0 && !s->posting.org_active)
        return exchange_fail(x, err_make(ERR_ORG_CLOSED));
    if (groups.group == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    decide_all(x, s, &groups);
    if (!s->items.many && err_is(s->items.item[0].error))
        return exchange_fail(x, s->items.item[0].error);
    answer = items_render(x, &s->items, &status);
    b = write_commit(x, status, answer);
    e = write_groups(x, b, &groups);
    return err_is(e) ? exchange_fail(x, e) : write_send(x, b, append_steps);
}

static enum step append_answer(struct exchange *x)
{
    struct append *s = x->state;

    for (size_t i = 0; i < s->items.count; i++) {
        if (!err_is(s->items.item[i].error))
            metrics_records(app_of(x)->shared->metrics, s->items.item[i].record.kind, 1);
    }
    return write_answer(x);
}

step_fn *const append_steps[] = {append_load, append_decide, append_answer, NULL};
