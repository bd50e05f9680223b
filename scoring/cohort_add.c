/* scoring/cohort_add.c: one worker's facts, on their way into a cohort's lists. */
#include "scoring/cohort.h"

#include <string.h>

/* -- adding ----------------------------------------------------------------------------------- */

void cohort_begin(struct cohort_builder *builder, struct cohort_entry *staged, uint32_t capacity,
                  uint16_t gap_days)
{
    builder->staged = staged;
    builder->capacity = capacity;
    builder->count = 0;
    builder->workers = 0;
    builder->gap_days = gap_days;
    builder->stretches_a_day = UINT32_MAX / (gap_days < 2 ? 1u : gap_days / 2u) + 1u;
    memset(builder->of_rank, 0, sizeof builder->of_rank);
}

enum { LAST_STRETCH = 62 };

/* One worker on his way into the builder: nothing of him counts until all of it fits. */
struct adding {
    struct cohort_entry *at, *end;
    const struct facts *facts;
    const struct context *context; /* never NULL; nowhere and nobody where there is none */
    uint16_t worker;
    bool is_asked, full, odd;
    uint8_t rank[COHORT_LISTS];
    unsigned engagements;
    day_t seen;       /* the last day on which anything shows him at work */
    uint64_t seen_in; /* bit per stretch of days, from enrolment, in which anything does */
    bool is_long;     /* anything lies beyond the last stretch */
};

static inline void put(struct adding *a, unsigned list, uint16_t on, unsigned what, unsigned more)
{
    if (a->at == a->end) {
        a->full = true;
        return;
    }
    a->odd |= on == DAY_UNKNOWN || on > DAY_LAST || what > UINT16_MAX || more > UINT16_MAX;
    *a->at++ = (struct cohort_entry){a->worker,     on,           (uint16_t)what, (uint16_t)more,
                                     (uint8_t)list, a->rank[list]};
    a->rank[list] = (uint8_t)(a->rank[list] + (a->rank[list] < COHORT_RANKS_MAX));
}

static void put_training(struct adding *a, const struct fact *f)
{
    if (f->a < TRAINING_ENTRY_COMPANY || f->a > TRAINING_DRILL)
        a->odd = true;
    else if (f->c == 1) /* in vain it is no more than a sign of life */
        put(a, LIST_TRAINING + f->a, f->on,
            f->b | (f->ref == a->context->site ? TRAINING_HERE : 0u), 0);
}

static void put_exam(struct adding *a, const struct fact *f)
{
    unsigned conclusion = f->a <= EXAM_OTHER ? 1u << f->a : EXAM_OF_NO_KIND;

    put(a, LIST_EXAM, f->on, conclusion | (unsigned)f->b << 8, f->until);
}

static void put_violation(struct adding *a, const struct fact *f)
{
    a->odd |= f->a > 7 || f->b > VIOLATION_SEVERITY;
    put(a, LIST_VIOLATION, f->on,
        f->b | (unsigned)f->a << VIOLATION_CLASS_SHIFT | (f->c == 1 ? VIOLATION_OFF_JOB : 0u),
        f->ref);
}

static void put_certificate(struct adding *a, const struct fact *f)
{
    a->odd |= f->a > 15 || f->c > 15;
    put(a, LIST_CERTIFICATE, f->on, f->b | (unsigned)f->c << 8 | (unsigned)f->a << 12, f->until);
}

/* Facts of one kind, which lie together. */
struct stretch {
    const struct fact *first, *end;
};

static struct stretch stretch_of(const struct facts *facts, unsigned kind)
{
    struct stretch s = {facts->fact, facts->fact + facts->count};

    while (s.first < s.end && s.first->kind < kind)
        s.first++;
    while (s.end > s.first && s.end[-1].kind > kind)
        s.end--;
    return s;
}

/* Once for each certificate of that number, by its place from the last. */
static void put_status(struct adding *a, const struct fact *f)
{
    struct stretch all = stretch_of(a->facts, FACT_CERTIFICATE);

    for (const struct fact *c = all.first; c < all.end; c++) {
        if (c->ref == f->ref)
            put(a, LIST_STATUS, f->on,
                (f->a == CERTIFICATE_VALID) | (unsigned)(all.end - 1 - c) << 1, f->until);
    }
}

static void put_ban(struct adding *a, const struct fact *f)
{
    const struct context *c = a->context;
    const uint32_t subjects[] = {[BAN_INDUSTRY] = f->ref,
                                 [BAN_ROLE] = c->role,
                                 [BAN_TRADE] = c->trade,
                                 [BAN_SITE] = c->site};

    if (f->a < BAN_INDUSTRY || f->a > BAN_SITE || (f->a != BAN_INDUSTRY && !a->is_asked))
        return;
    if (f->ref == subjects[f->a])
        put(a, LIST_BAN, f->on, f->a, f->until);
}

static void put_override(struct adding *a, const struct fact *f)
{
    a->odd |= f->a > COLOUR_NONE;
    put(a, LIST_OVERRIDE, f->on, f->a | (unsigned)f->c << 8, f->until);
}

/* -- signs of life ---------------------------------------------------------------------------- */

/* It shows nothing that an engagement does not, and facts keep only the last month's. */
static bool is_briefing(const struct fact *f)
{
    return f->kind == FACT_TRAINING && f->a == TRAINING_PRE_SHIFT;
}

/* The last day of an engagement, as evaluate_idle() has it. */
static day_t active_until(const struct fact *engagement)
{
    return engagement->until == DAY_NEVER ? DAY_NEVER : (day_t)(engagement->until - 1);
}

/* Which stretch of half the shortest gap's days a day lies in, counted from enrolment. */
static inline unsigned stretch_number(const struct cohort_builder *builder, const struct adding *a,
                                      day_t day)
{
    unsigned enrolled = a->facts->enrolled, since = (day - enrolled) & -(unsigned)(day > enrolled);

    return (unsigned)((uint64_t)since * builder->stretches_a_day >> 32);
}

/* In a gap lies at least one whole stretch. So who is seen in every one up to the last has none, and
 * nothing need be put in order of days. */
static inline void show_day(const struct cohort_builder *builder, struct adding *a, day_t day)
{
    unsigned stretch = stretch_number(builder, a, day);

    a->seen = day > a->seen ? day : a->seen;
    a->is_long |= stretch > LAST_STRETCH;
    a->seen_in |= UINT64_C(1) << (stretch & 63);
}

static void show_engagement(const struct cohort_builder *builder, struct adding *a,
                            const struct fact *f)
{
    day_t until = active_until(f);
    unsigned from = stretch_number(builder, a, f->on);
    unsigned to = until == DAY_NEVER ? LAST_STRETCH : stretch_number(builder, a, until);

    a->engagements++;
    a->odd |= f->until <= f->on; /* the fold leaves those out */
    a->seen = until > a->seen ? until : a->seen;
    if (from > LAST_STRETCH || to > LAST_STRETCH || to < from)
        a->is_long = true;
    else
        a->seen_in |= (UINT64_C(2) << to) - (UINT64_C(1) << from);
}

static bool may_have_gaps(const struct adding *a)
{
    return a->is_long || (a->seen_in & (a->seen_in + 1)) != 0;
}

static const uint8_t activity_kinds[] = {FACT_EXAM, FACT_TRAINING, FACT_STUDY, FACT_VIOLATION,
                                         FACT_ENGAGEMENT};
enum { ACTIVITY_KINDS = sizeof activity_kinds };

/* The next one in order of `on` among the kinds' heads. */
static const struct fact *next_activity(struct stretch kinds[ACTIVITY_KINDS])
{
    struct stretch *of = NULL;

    for (unsigned k = 0; k < ACTIVITY_KINDS; k++) {
        if (kinds[k].first < kinds[k].end && (of == NULL || kinds[k].first->on < of->first->on))
            of = &kinds[k];
    }
    return of != NULL ? of->first++ : NULL;
}

static void put_gaps(struct adding *a, uint16_t gap_days)
{
    struct stretch kinds[ACTIVITY_KINDS];
    day_t last = a->facts->enrolled;
    const struct fact *f;

    for (unsigned k = 0; k < ACTIVITY_KINDS; k++)
        kinds[k] = stretch_of(a->facts, activity_kinds[k]);
    while (last != DAY_NEVER && (f = next_activity(kinds)) != NULL) {
        day_t until = f->kind == FACT_ENGAGEMENT ? active_until(f) : f->on;

        if (is_briefing(f))
            continue;
        if (last != DAY_UNKNOWN && f->on >= last + gap_days)
            put(a, LIST_GAP, f->on, last, 0);
        last = until > last ? until : last;
    }
}

/* -- engagements ------------------------------------------------------------------------------ */

static bool was_in_trade_before(const struct stretch *all, const struct fact *engagement)
{
    for (const struct fact *f = all->first; f->on < engagement->on; f++) {
        if (f->b == engagement->b)
            return true;
    }
    return false;
}

/* The post's trade taken up after another one: see evaluate_transfer_training(). */
static void put_transfer(struct adding *a)
{
    struct stretch all = stretch_of(a->facts, FACT_ENGAGEMENT);
    const uint16_t trade = a->context->trade;
    const struct fact *taken_up = all.first;
    day_t before = DAY_UNKNOWN;

    while (taken_up < all.end && taken_up->b * 10 != trade)
        taken_up++;
    if (taken_up == all.end)
        return;
    for (const struct fact *f = all.first; f->on < taken_up->on; f++) {
        if (!was_in_trade_before(&all, f))
            before = f->on;
    }
    if (before != DAY_UNKNOWN)
        put(a, LIST_TRANSFER, taken_up->on, before, 0);
}

/* -- a worker --------------------------------------------------------------------------------- */

static void put_fact(const struct cohort_builder *builder, struct adding *a, const struct fact *f)
{
    switch (f->kind) {
    case FACT_EXAM:
        put_exam(a, f);
        show_day(builder, a, f->on);
        break;
    case FACT_TRAINING:
        put_training(a, f);
        if (!is_briefing(f))
            show_day(builder, a, f->on);
        break;
    case FACT_STUDY:
        put(a, LIST_STUDY, f->on, f->ref, 0);
        show_day(builder, a, f->on);
        break;
    case FACT_VIOLATION:
        put_violation(a, f);
        show_day(builder, a, f->on);
        break;
    case FACT_ENGAGEMENT:
        show_engagement(builder, a, f);
        break;
    case FACT_CERTIFICATE:
        put_certificate(a, f);
        break;
    case FACT_CERTIFICATE_STATUS:
        put_status(a, f);
        break;
    case FACT_BAN:
        put_ban(a, f);
        break;
    case FACT_AGREEMENT:
        put(a, LIST_AGREEMENT, f->on, f->until, 0);
        break;
    case FACT_OVERRIDE:
        put_override(a, f);
        break;
    default:
        break; /* stars */
    }
}

static uint16_t post_bits(const struct adding *a)
{
    static const uint16_t sexes[] = {0, POST_MAN, POST_WOMAN};
    static const uint16_t states[] = {0, 0, POST_STOPPED, POST_CLOSED};
    static const uint16_t permits[] = {
        [PERMIT_NONE] = POST_NO_PERMIT,
        [PERMIT_VALID] = 0,
        [PERMIT_SUSPENDED] = POST_PERMIT_SUSPENDED,
        [PERMIT_REVOKED] = POST_PERMIT_REVOKED,
        [PERMIT_EXPIRED] = POST_PERMIT_EXPIRED,
        [PERMIT_UNASKED] = 0,
    };
    const struct context *c = a->context;
    unsigned bits = a->facts->sex <= SEX_FEMALE ? sexes[a->facts->sex] : 0;

    if (a->is_asked)
        bits |= POST_ASKED;
    if (c->site != 0)
        bits |= POST_SITE;
    if (c->role != 0)
        bits |= 1u << (POST_ROLE_SHIFT + c->role);
    return (uint16_t)(bits | states[c->site_state] | permits[c->org_permit]);
}

static bool fits_columns(const struct adding *a)
{
    const struct context *c = a->context;

    return c->role <= ROLE_HEAD && c->site_state <= SITE_CLOSED &&
           c->org_permit <= PERMIT_UNASKED && c->trade <= TRADE_MAX;
}

static void take(struct cohort_builder *builder, const struct adding *a)
{
    unsigned i = builder->workers++;

    for (const struct cohort_entry *e = builder->staged + builder->count; e < a->at; e++)
        builder->of_rank[e->list][e->rank]++;
    builder->count = (uint32_t)(a->at - builder->staged);
    builder->columns[COLUMN_BIRTH][i] = a->facts->birth;
    builder->columns[COLUMN_ENROLLED][i] = a->facts->enrolled;
    builder->columns[COLUMN_SEEN][i] = a->seen;
    builder->columns[COLUMN_TRADE][i] = a->context->trade;
    builder->columns[COLUMN_POST][i] = post_bits(a);
}

enum cohort_added cohort_add(struct cohort_builder *builder, const struct facts *facts,
                             const struct context *context)
{
    static const struct context nowhere = {.org_permit = PERMIT_UNASKED};
    struct adding a = {
        .at = builder->staged + builder->count,
        .end = builder->staged + builder->capacity,
        .facts = facts,
        .context = context != NULL ? context : &nowhere,
        .worker = builder->workers,
        .is_asked = context != NULL,
        .seen = facts->enrolled,
        .seen_in = 1,
    };

    if (builder->workers == COHORT_WORKERS_MAX)
        return COHORT_FULL;
    if (!fits_columns(&a))
        return COHORT_ODD;
    for (unsigned i = facts->count; i > 0; i--)
        put_fact(builder, &a, &facts->fact[i - 1]);
    if (a.engagements > 1 && a.context->trade != 0)
        put_transfer(&a);
    if (may_have_gaps(&a))
        put_gaps(&a, builder->gap_days);
    if (a.odd)
        return COHORT_ODD;
    if (a.full)
        return COHORT_FULL;
    take(builder, &a);
    return COHORT_ADDED;
}
