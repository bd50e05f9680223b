/* domain/fold.c: from records to facts. */
#include "domain/fold.h"

#include <stdlib.h>
#include <string.h>

#include "domain/record_set.h"

enum { BRIEFING_DAYS = 31 };

/* -- one record, one fact ----------------------------------------------------------------------- */

static day_t or_never(day_t day)
{
    return day != DAY_UNKNOWN ? day : DAY_NEVER;
}

typedef void fact_fn(const struct entry *e, struct fact *f);

static void exam_fact(const struct entry *e, struct fact *f)
{
    f->until = e->record->exam.valid_until;
    f->a = e->record->exam.conclusion;
    f->b = e->record->exam.contraindicated_for;
}

static void training_fact(const struct entry *e, struct fact *f)
{
    f->a = e->record->training.type;
    f->b = e->record->training.hours;
    f->c = e->record->training.passed;
    f->ref = (uint32_t)e->record->training.site;
}

static void study_fact(const struct entry *e, struct fact *f)
{
    f->ref = e->record->study.points;
}

static void violation_fact(const struct entry *e, struct fact *f)
{
    f->until = e->rectified;
    f->a = e->record->violation.class;
    f->b = e->record->violation.severity;
    f->c = e->record->violation.off_job_training;
    f->ref = e->record->violation.category;
}

static void certificate_fact(const struct entry *e, struct fact *f)
{
    f->on = e->record->certificate.valid_from;
    f->until = e->record->certificate.valid_until;
    f->a = e->record->certificate.type;
    f->b = e->record->certificate.class;
    f->c = e->record->certificate.issuer;
    f->ref = e->record->certificate.number.ref;
}

static void certificate_status_fact(const struct entry *e, struct fact *f)
{
    f->on = e->record->certificate_status.from;
    f->until = or_never(e->record->certificate_status.until);
    f->a = e->record->certificate_status.status;
    f->ref = e->record->certificate_status.number.ref;
}

static void ban_fact(const struct entry *e, struct fact *f)
{
    f->on = e->record->ban.from;
    f->until = or_never(e->record->ban.until);
    f->a = e->record->ban.scope;
    f->ref = (uint32_t)e->record->ban.subject;
}

static void agreement_fact(const struct entry *e, struct fact *f)
{
    f->on = e->record->agreement.from;
    f->until = or_never(e->record->agreement.until);
    f->a = e->record->agreement.type;
}

static void override_fact(const struct entry *e, struct fact *f)
{
    f->on = e->record->override.from;
    f->until = e->record->override.until;
    f->a = e->record->override.colour;
    f->c = RECORD_SIGNERS;
}

static void star_fact(const struct entry *e, struct fact *f)
{
    f->ref = e->record->star.points;
}

/* Kinds of record without a row say no fact by themselves. */
static const struct fact_row {
    uint8_t kind; /* enum fact_kind */
    fact_fn *fill;
} fact_rows[RECORD_KINDS] = {
    [RECORD_EXAM] = {FACT_EXAM, exam_fact},
    [RECORD_TRAINING] = {FACT_TRAINING, training_fact},
    [RECORD_STUDY] = {FACT_STUDY, study_fact},
    [RECORD_VIOLATION] = {FACT_VIOLATION, violation_fact},
    [RECORD_CERTIFICATE] = {FACT_CERTIFICATE, certificate_fact},
    [RECORD_CERTIFICATE_STATUS] = {FACT_CERTIFICATE_STATUS, certificate_status_fact},
    [RECORD_BAN] = {FACT_BAN, ban_fact},
    [RECORD_AGREEMENT] = {FACT_AGREEMENT, agreement_fact},
    [RECORD_OVERRIDE] = {FACT_OVERRIDE, override_fact},
    [RECORD_STAR] = {FACT_STAR, star_fact},
};

/* What a record says as a fact; false for kinds that say none. */
static bool fact_of(const struct entry *e, struct fact *f)
{
    const struct record *r = e->record;

    if (r->kind >= RECORD_KINDS || fact_rows[r->kind].fill == NULL)
        return false;
    *f = (struct fact){.on = r->occurred_on, .kind = fact_rows[r->kind].kind};
    fact_rows[r->kind].fill(e, f);
    return true;
}

/* A briefing (班前教育) is for its day. One a day for 60 months would push everything else out. */
static bool is_old_briefing(const struct fact *f, day_t reference)
{
    return f->kind == FACT_TRAINING && f->a == TRAINING_PRE_SHIFT &&
           f->on + BRIEFING_DAYS < reference;
}

/* What ended before it began never was. */
static size_t add_engagements(const struct engagements *all, struct fact *facts)
{
    size_t count = 0;

    for (size_t i = 0; i < all->count; i++) {
        const struct engagement *g = &all->engagement[i];

        if (g->from < g->until)
            facts[count++] = (struct fact){g->from, g->until, FACT_ENGAGEMENT, g->role,
                                           (uint8_t)(g->trade / 10), 0, (uint32_t)g->site};
    }
    return count;
}

/* A fact has a byte for the trade: every code is a multiple of ten. */
#define TRADE(code, zh, en) _Static_assert(code % 10 == 0 && code / 10 <= UINT8_MAX, zh);
#include "domain/trade.def"
#undef TRADE

/* -- the horizon -------------------------------------------------------------------------------- */

#define BIT(n) (1u << (n))

/* No passing of time ends what these say; see the header. */
static bool stays(const struct fact *f)
{
    const unsigned trainings = BIT(TRAINING_ENTRY_COMPANY) | BIT(TRAINING_ENTRY_PROJECT) |
                               BIT(TRAINING_ENTRY_TEAM) | BIT(TRAINING_SITE_ENTRY) |
                               BIT(TRAINING_TRANSFER) | BIT(TRAINING_OFF_JOB);

    switch (f->kind) {
    case FACT_BAN:
    case FACT_CERTIFICATE:
    case FACT_CERTIFICATE_STATUS:
    case FACT_ENGAGEMENT: return true;
    case FACT_TRAINING:   return f->c == 1 && (trainings >> f->a & 1) != 0;
    case FACT_VIOLATION:  return f->c == 1;
    default:              return false;
    }
}

/* The day after the last one on which it was, or was valid. */
static day_t over_on(const struct fact *f)
{
    day_t day = (day_t)(f->on + 1);

    switch (f->kind) {
    case FACT_AGREEMENT:
    case FACT_OVERRIDE: return f->until;
    case FACT_EXAM:     return f->until > day ? f->until : day;
    default:            return day;
    }
}

/* Of what is over: the newest exam, and the newest passed training of each type, which tell that
 * there was one. Facts are looked at from the newest; `seen` begins at 0. */
static bool is_newest(const struct fact *f, uint32_t *seen)
{
    uint32_t bit;

    if (f->kind != FACT_EXAM && (f->kind != FACT_TRAINING || f->c != 1))
        return false;
    bit = f->kind == FACT_EXAM ? BIT(0) : BIT(f->a);
    if ((*seen & bit) != 0)
        return false;
    *seen |= bit;
    return true;
}
enum { NEWEST_MAX = TRAINING_DRILL + 1 };

/* Drops what was over by the horizon and need not stay; order stays. */
static size_t keep_since(struct fact *facts, size_t count, day_t horizon)
{
    size_t first = count;
    uint32_t seen = 0;

    for (size_t i = count; i-- > 0;) {
        if (stays(&facts[i]) || over_on(&facts[i]) > horizon || is_newest(&facts[i], &seen))
            facts[--first] = facts[i];
    }
    memmove(facts, facts + first, (count - first) * sizeof *facts);
    return count - first;
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

static int by_end(const void *a, const void *b)
{
    return (int)over_on(a) - (int)over_on(b);
}

/* Keeps the newest FACTS_PER_WORKER_MAX: finds the day by which what need not stay must be over to
 * be dropped. Facts of one day stand or fall together, so that their order never matters. */
static struct err keep_newest(struct fact *facts, size_t *count, struct fact *scratch)
{
    size_t droppable = 0, surplus = *count - FACTS_PER_WORKER_MAX + NEWEST_MAX;

    for (size_t i = 0; i < *count; i++) {
        if (!stays(&facts[i]))
            scratch[droppable++] = facts[i];
    }
    if (droppable < surplus)
        return err_field(ERR_TOO_LARGE, "/records", "at most 1024 facts that must stay");
    qsort(scratch, droppable, sizeof *scratch, by_end);
    *count = keep_since(facts, *count, over_on(&scratch[surplus - 1]));
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

static struct err fold_set(const struct record_set *set, day_t reference, struct facts *facts)
{
    struct fact *all = arena_new_array(set->arena, set->count + 1, struct fact);
    struct fact *scratch = arena_new_array(set->arena, set->count + 1, struct fact);
    struct engagements engagements;
    struct err e = record_set_engage(set, &engagements);
    size_t count = 0;

    if (err_is(e))
        return e;
    if (all == NULL || scratch == NULL)
        return err_make(ERR_TOO_LARGE);
    *facts = (struct facts){.fact = all};
    for (size_t i = 0; i < set->count; i++) {
        const struct entry *entry = &set->entries[i];

        if (entry->record->kind == RECORD_IDENTITY)
            read_identity(facts, entry);
        if (!entry->superseded && fact_of(entry, &all[count]) &&
            !is_old_briefing(&all[count], reference))
            count++;
    }
    count += add_engagements(&engagements, all + count);
    sort_facts(all, count, scratch);
    count = keep_since(all, count, day_add_months(reference, -FACTS_HORIZON_MONTHS));
    if (count > FACTS_PER_WORKER_MAX)
        e = keep_newest(all, &count, scratch);
    facts->count = (uint16_t)count;
    facts->version = set->count > 0 ? set->entries[set->count - 1].record->version : 0;
    return e;
}

static struct err fold_by(const struct record *records, size_t count, day_t latest,
                          struct arena *arena, struct facts *facts)
{
    struct record_set set;
    day_t newest = 1;
    struct err e = record_set_read(&set, records, count, arena);

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
