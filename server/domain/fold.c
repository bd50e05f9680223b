#include "domain/fold.h"

#include <stdlib.h>
#include <string.h>

#include "domain/pointer.h"

/* Records by version, with what the set says about each. */
struct entry {
    const struct record *record;
    size_t index;     /* in the caller's array */
    day_t rectified;  /* violations: DAY_NEVER while open */
    bool superseded;
};

struct set {
    struct entry *entries; /* ascending by version */
    size_t count;
    struct arena *arena;
};

static int by_version(const void *a, const void *b)
{
    uint32_t left = ((const struct entry *)a)->record->version;
    uint32_t right = ((const struct entry *)b)->record->version;

    return left < right ? -1 : left > right;
}

static struct err bad_reference(const struct set *set, const struct entry *e)
{
    return err_field(ERR_VERSION_UNKNOWN,
                     pointer_key(set->arena, pointer_index(set->arena, "/records", e->index), "of"),
                     "an earlier record's version");
}

/* The entry of `version` if it is earlier than `from`. */
static struct entry *earlier(const struct set *set, const struct entry *from, uint32_t version)
{
    struct record key = {.version = version};
    struct entry wanted = {.record = &key};

    if (version >= from->record->version)
        return NULL;
    return bsearch(&wanted, set->entries, set->count, sizeof *set->entries, by_version);
}

static struct err set_open(struct set *set, const struct record *records, size_t count,
                           struct arena *arena)
{
    set->arena = arena;
    set->count = count;
    if (count > FOLD_RECORDS_MAX)
        return err_field(ERR_TOO_LARGE, "/records", "at most 16384 records");
    set->entries = arena_new_array(arena, count + 1, struct entry);
    if (set->entries == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < count; i++)
        set->entries[i] = (struct entry){&records[i], i, DAY_NEVER, false};
    qsort(set->entries, count, sizeof *set->entries, by_version);
    for (size_t i = 1; i < count; i++) {
        if (set->entries[i].record->version == set->entries[i - 1].record->version)
            return err_field(ERR_ALREADY_EXISTS,
                             pointer_key(arena,
                                         pointer_index(arena, "/records", set->entries[i].index),
                                         "version"),
                             "each version once");
    }
    return OK;
}

/* From the newest down, so that a supersession that was itself superseded has no effect. */
static struct err set_supersede(struct set *set)
{
    for (size_t i = set->count; i-- > 0;) {
        struct entry *e = &set->entries[i], *target;

        if (e->record->kind != RECORD_SUPERSEDE)
            continue;
        target = earlier(set, e, e->record->supersede.of);
        if (target == NULL)
            return bad_reference(set, e);
        if (!e->superseded)
            target->superseded = true;
    }
    return OK;
}

/* The earliest rectification counts. */
static struct err set_rectify(struct set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        struct entry *e = &set->entries[i], *target;

        if (e->record->kind != RECORD_RECTIFICATION)
            continue;
        target = earlier(set, e, e->record->rectification.of);
        if (target == NULL || target->record->kind != RECORD_VIOLATION)
            return bad_reference(set, e);
        if (!e->superseded && e->record->occurred_on < target->rectified)
            target->rectified = e->record->occurred_on;
    }
    return OK;
}

static struct err set_read(struct set *set, const struct record *records, size_t count,
                           struct arena *arena)
{
    struct err e = set_open(set, records, count, arena);

    if (!err_is(e))
        e = set_supersede(set);
    return err_is(e) ? e : set_rectify(set);
}

/* -- one record, one fact ----------------------------------------------------------------------- */

static day_t or_never(day_t day)
{
    return day != DAY_UNKNOWN ? day : DAY_NEVER;
}

/* What a record says as a fact; false for kinds that say none. */
static bool fact_of(const struct entry *e, struct fact *f)
{
    const struct record *r = e->record;

    *f = (struct fact){.on = r->occurred_on};
    switch (r->kind) {
    case RECORD_EXAM:
        f->kind = FACT_EXAM;
        f->until = r->exam.valid_until;
        f->a = r->exam.conclusion;
        f->b = r->exam.contraindicated_for;
        return true;
    case RECORD_TRAINING:
        f->kind = FACT_TRAINING;
        f->a = r->training.type;
        f->b = r->training.hours;
        f->c = r->training.passed;
        f->ref = (uint32_t)r->training.site;
        return true;
    case RECORD_STUDY:
        f->kind = FACT_STUDY;
        f->ref = r->study.points;
        return true;
    case RECORD_VIOLATION:
        f->kind = FACT_VIOLATION;
        f->until = e->rectified;
        f->a = r->violation.class;
        f->b = r->violation.severity;
        f->c = r->violation.off_job_training;
        f->ref = r->violation.category;
        return true;
    case RECORD_CERTIFICATE:
        *f = (struct fact){r->certificate.valid_from, r->certificate.valid_until, FACT_CERTIFICATE,
                           r->certificate.type, r->certificate.class, r->certificate.issuer,
                           r->certificate.number.ref};
        return true;
    case RECORD_CERTIFICATE_STATUS:
        *f = (struct fact){r->certificate_status.from, or_never(r->certificate_status.until),
                           FACT_CERTIFICATE_STATUS, r->certificate_status.status, 0, 0,
                           r->certificate_status.number.ref};
        return true;
    case RECORD_BAN:
        *f = (struct fact){r->ban.from, or_never(r->ban.until), FACT_BAN, r->ban.scope, 0, 0,
                           (uint32_t)r->ban.subject};
        return true;
    case RECORD_AGREEMENT:
        *f = (struct fact){r->agreement.from, or_never(r->agreement.until), FACT_AGREEMENT,
                           r->agreement.type, 0, 0, 0};
        return true;
    case RECORD_OVERRIDE:
        *f = (struct fact){r->override.from, r->override.until, FACT_OVERRIDE, r->override.colour,
                           0, RECORD_SIGNERS, 0};
        return true;
    case RECORD_STAR:
        f->kind = FACT_STAR;
        f->ref = r->star.points;
        return true;
    default: return false;
    }
}

/* -- the horizon -------------------------------------------------------------------------------- */

#define BIT(n) (1u << (n))

/* No passing of time ends these; see the header. */
static bool stays(const struct fact *f, const struct fact *last_exam)
{
    const unsigned trainings = BIT(TRAINING_ENTRY_COMPANY) | BIT(TRAINING_ENTRY_PROJECT) |
                               BIT(TRAINING_ENTRY_TEAM) | BIT(TRAINING_SITE_ENTRY) |
                               BIT(TRAINING_OFF_JOB);

    switch (f->kind) {
    case FACT_BAN:       return true;
    case FACT_EXAM:      return f == last_exam;
    case FACT_TRAINING:  return f->c == 1 && (trainings >> f->a & 1) != 0;
    case FACT_VIOLATION: return f->c == 1;
    default:             return false;
    }
}

static bool is_within(const struct fact *f, day_t horizon)
{
    switch (f->kind) {
    case FACT_CERTIFICATE:
    case FACT_CERTIFICATE_STATUS:
    case FACT_AGREEMENT:
    case FACT_OVERRIDE: return f->until > horizon;
    case FACT_EXAM:     return f->on >= horizon || f->until > horizon;
    default:            return f->on >= horizon;
    }
}

/* By kind, then day. Facts come in order of version, and a stable sort (merging runs, bottom up)
 * keeps that order among equals: "then as recorded". */
static void sort_facts(struct fact *facts, size_t count, struct fact *scratch)
{
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t low = 0; low < count; low += 2 * width) {
            size_t middle = low + width < count ? low + width : count;
            size_t high = low + 2 * width < count ? low + 2 * width : count;
            size_t left = low, right = middle, at = low;

            while (at < high) {
                const struct fact *a = &facts[left], *b = &facts[right];
                bool take_left = right >= high ||
                                 (left < middle && (a->kind < b->kind ||
                                                    (a->kind == b->kind && a->on <= b->on)));

                scratch[at++] = take_left ? facts[left++] : facts[right++];
            }
        }
        memcpy(facts, scratch, count * sizeof *facts);
    }
}

/* Drops what lies beyond the horizon; order stays. */
static size_t keep_horizon(struct fact *facts, size_t count, day_t horizon)
{
    const struct fact *last_exam = NULL;
    size_t kept = 0;

    for (size_t i = 0; i < count && facts[i].kind == FACT_EXAM; i++)
        last_exam = &facts[i];
    for (size_t i = 0; i < count; i++) {
        bool keep = stays(&facts[i], last_exam) || is_within(&facts[i], horizon);

        if (keep) {
            if (&facts[i] == last_exam)
                last_exam = &facts[kept];
            facts[kept++] = facts[i];
        }
    }
    return kept;
}

static int by_day(const void *a, const void *b)
{
    return (int)((const struct fact *)a)->on - (int)((const struct fact *)b)->on;
}

/* Keeps the newest FACTS_PER_WORKER_MAX: finds the day before which what need not stay is dropped.
 * Facts of one day stand or fall together, so that their order never matters. */
static struct err keep_newest(struct fact *facts, size_t *count, struct fact *scratch)
{
    size_t droppable = 0, surplus = *count - FACTS_PER_WORKER_MAX, kept = 0;
    const struct fact *last_exam = NULL;
    day_t first_kept;

    for (size_t i = 0; i < *count; i++) {
        if (facts[i].kind == FACT_EXAM)
            last_exam = &facts[i];
    }
    for (size_t i = 0; i < *count; i++) {
        if (!stays(&facts[i], last_exam))
            scratch[droppable++] = facts[i];
    }
    if (droppable < surplus)
        return err_field(ERR_TOO_LARGE, "/records", "at most 1024 facts that must stay");
    qsort(scratch, droppable, sizeof *scratch, by_day);
    first_kept = (day_t)(scratch[surplus - 1].on + 1);
    for (size_t i = 0; i < *count; i++) {
        bool is_last = &facts[i] == last_exam;

        if (stays(&facts[i], last_exam) || facts[i].on >= first_kept) {
            facts[kept] = facts[i];
            if (is_last)
                last_exam = &facts[kept];
            kept++;
        }
    }
    *count = kept;
    return OK;
}

/* -- all of it ---------------------------------------------------------------------------------- */

static void read_identity(struct facts *facts, const struct entry *e)
{
    if (facts->enrolled == DAY_UNKNOWN || e->record->occurred_on < facts->enrolled)
        facts->enrolled = e->record->occurred_on; /* a corrected record enrolled him all the same */
    if (e->superseded)
        return;
    facts->birth = e->record->identity.birth_date;
    facts->sex = e->record->identity.sex;
}

static struct err fold_set(const struct set *set, day_t reference, struct facts *facts)
{
    struct fact *all = arena_new_array(set->arena, set->count + 1, struct fact);
    struct fact *scratch = arena_new_array(set->arena, set->count + 1, struct fact);
    size_t count = 0;

    if (all == NULL || scratch == NULL)
        return err_make(ERR_TOO_LARGE);
    *facts = (struct facts){.fact = all};
    for (size_t i = 0; i < set->count; i++) {
        const struct entry *e = &set->entries[i];

        if (e->record->kind == RECORD_IDENTITY)
            read_identity(facts, e);
        if (!e->superseded && fact_of(e, &all[count]))
            count++;
    }
    sort_facts(all, count, scratch);
    count = keep_horizon(all, count, day_add_months(reference, -FACTS_HORIZON_MONTHS));
    if (count > FACTS_PER_WORKER_MAX) {
        struct err e = keep_newest(all, &count, scratch);

        if (err_is(e))
            return e;
    }
    facts->count = (uint16_t)count;
    facts->version = set->count > 0 ? set->entries[set->count - 1].record->version : 0;
    return OK;
}

static struct err fold_by(const struct record *records, size_t count, day_t latest,
                          struct arena *arena, struct facts *facts)
{
    struct set set;
    day_t newest = 1;
    struct err e = set_read(&set, records, count, arena);

    if (err_is(e))
        return e;
    for (size_t i = 0; i < count; i++) {
        if (records[i].occurred_on > newest)
            newest = records[i].occurred_on;
    }
    return fold_set(&set, newest < latest ? newest : latest, facts);
}

struct err facts_fold(const struct record *records, size_t count, struct arena *arena,
                      struct facts *facts)
{
    return fold_by(records, count, DAY_LAST, arena, facts);
}

struct err facts_fold_on(const struct record *records, size_t count, day_t on,
                         struct arena *arena, struct facts *facts)
{
    return fold_by(records, count, on, arena, facts);
}

size_t records_known_at(const struct record *records, size_t count, time_us at)
{
    while (count > 0 && records[count - 1].recorded_at > at)
        count--;
    return count;
}

/* -- engagements -------------------------------------------------------------------------------- */

static bool end_matches(const struct record *end, const struct engagement *open)
{
    if (end->engagement_end.of != 0)
        return end->engagement_end.of == open->version;
    return (end->engagement_end.org == 0 || end->engagement_end.org == open->org) &&
           (end->engagement_end.site == 0 || end->engagement_end.site == open->site) &&
           (end->engagement_end.trade == 0 || end->engagement_end.trade == open->trade) &&
           (end->engagement_end.role == 0 || end->engagement_end.role == open->role);
}

/* An end that names a version may move an end that was set before; the others close open ones. */
static void end_engagements(const struct record *end, struct engagements *all)
{
    day_t until = end->engagement_end.until != DAY_UNKNOWN ? end->engagement_end.until
                                                           : end->occurred_on;

    for (size_t i = 0; i < all->count; i++) {
        struct engagement *g = &all->engagement[i];

        if (end_matches(end, g) && (end->engagement_end.of != 0 || g->until == DAY_NEVER))
            g->until = until > g->from ? until : g->from;
    }
}

static struct err check_end(const struct set *set, const struct entry *e)
{
    const struct entry *target;

    if (e->record->engagement_end.of == 0)
        return OK;
    target = earlier(set, e, e->record->engagement_end.of);
    return target != NULL && target->record->kind == RECORD_ENGAGEMENT ? OK
                                                                       : bad_reference(set, e);
}

static struct engagement opened(const struct record *r)
{
    return (struct engagement){
        .org = r->engagement.org,
        .site = r->engagement.site,
        .version = r->version,
        .from = r->engagement.from != DAY_UNKNOWN ? r->engagement.from : r->occurred_on,
        .until = DAY_NEVER,
        .trade = r->engagement.trade,
        .role = r->engagement.role,
    };
}

struct err engagements_fold(const struct record *records, size_t count, struct arena *arena,
                            struct engagements *out)
{
    struct set set;
    struct err e = set_read(&set, records, count, arena);

    *out = (struct engagements){NULL, 0};
    if (err_is(e))
        return e;
    out->engagement = arena_new_array(arena, count + 1, struct engagement);
    if (out->engagement == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < set.count && !err_is(e); i++) {
        const struct record *r = set.entries[i].record;

        if (set.entries[i].superseded)
            continue;
        if (r->kind == RECORD_ENGAGEMENT) {
            if (out->count == ENGAGEMENTS_MAX)
                return err_field(ERR_TOO_LARGE, "/records", "at most 1024 engagements");
            out->engagement[out->count++] = opened(r);
        } else if (r->kind == RECORD_ENGAGEMENT_END) {
            e = check_end(&set, &set.entries[i]);
            end_engagements(r, out);
        }
    }
    return e;
}
