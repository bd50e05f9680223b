/* scoring/cohort_add.c: one worker's facts, on their way into a cohort's lists. */
#include "scoring/cohort.h"

#include <string.h>

/* -- adding --------------------------------------------------------------------------------------- */

void cohort_begin(struct cohort_builder *builder, struct cohort_entry *staged, uint32_t capacity,
                  uint16_t gap_days)
{
    builder->staged = staged;
    builder->capacity = capacity;
    builder->count = 0;
    builder->workers = 0;
    builder->gap_days = gap_days;
    memset(builder->of_rank, 0, sizeof builder->of_rank);
}

/* One worker on his way into the builder: nothing of him counts until all of it fits. */
struct adding {
    struct cohort_entry *at, *end;
    const struct facts *facts;
    const struct context *context; /* never NULL; all zero where there is none */
    uint16_t start[FACT_KINDS + 1];
    uint16_t worker;
    uint8_t rank[COHORT_LISTS];
    bool is_asked, full, odd;
};

static void put(struct adding *a, unsigned list, uint16_t on, unsigned what, unsigned more)
{
    if (a->at == a->end) {
        a->full = true;
        return;
    }
    if (on == DAY_UNKNOWN || on > DAY_LAST || what > UINT16_MAX || more > UINT16_MAX) {
        a->odd = true;
        return;
    }
    *a->at++ = (struct cohort_entry){a->worker, on, (uint16_t)what, (uint16_t)more, (uint8_t)list,
                                     a->rank[list]};
    if (a->rank[list] < COHORT_RANKS_MAX)
        a->rank[list]++;
}

static void put_training(struct adding *a, const struct fact *f)
{
    unsigned what = f->b;

    if (f->c != 1)
        return; /* in vain; as a sign of life it is in `seen` */
    if (f->a < TRAINING_ENTRY_COMPANY || f->a > TRAINING_DRILL) {
        a->odd = true;
        return;
    }
    if (a->context->site != 0 && f->ref == a->context->site)
        what |= TRAINING_HERE;
    put(a, LIST_TRAINING + f->a, f->on, what, 0);
}

static void put_exam(struct adding *a, const struct fact *f)
{
    unsigned conclusion = f->a <= EXAM_OTHER ? 1u << f->a : EXAM_OF_NO_KIND;

    put(a, LIST_EXAM, f->on, conclusion | (unsigned)f->b << 8, f->until);
}

static void put_violation(struct adding *a, const struct fact *f)
{
    if (f->a > 7 || f->b > VIOLATION_SEVERITY || f->ref > UINT16_MAX) {
        a->odd = true;
        return;
    }
    put(a, LIST_VIOLATION, f->on,
        f->b | (unsigned)f->a << VIOLATION_CLASS_SHIFT | (f->c == 1 ? VIOLATION_OFF_JOB : 0),
        f->ref);
}

static void put_certificate(struct adding *a, const struct fact *f)
{
    if (f->a > 15 || f->c > 15) {
        a->odd = true;
        return;
    }
    put(a, LIST_CERTIFICATE, f->on, f->b | (unsigned)f->c << 8 | (unsigned)f->a << 12, f->until);
}

/* Once for each certificate of that number. */
static void put_status(struct adding *a, const struct fact *f)
{
    for (unsigned i = a->start[FACT_CERTIFICATE]; i < a->start[FACT_CERTIFICATE + 1]; i++) {
        if (a->facts->fact[i].ref == f->ref)
            put(a, LIST_STATUS, f->on,
                (f->a == CERTIFICATE_VALID) | (i - a->start[FACT_CERTIFICATE]) << 1, f->until);
    }
}

static bool ban_bears(const struct adding *a, const struct fact *f)
{
    if (f->a == BAN_INDUSTRY)
        return true;
    if (!a->is_asked)
        return false;
    switch (f->a) {
    case BAN_ROLE:  return f->ref == a->context->role;
    case BAN_TRADE: return f->ref == a->context->trade;
    case BAN_SITE:  return f->ref == a->context->site;
    default:        return false;
    }
}

static void put_fact(struct adding *a, const struct fact *f)
{
    switch (f->kind) {
    case FACT_EXAM:               put_exam(a, f); break;
    case FACT_TRAINING:           put_training(a, f); break;
    case FACT_STUDY:              put(a, LIST_STUDY, f->on, f->ref, 0); break;
    case FACT_VIOLATION:          put_violation(a, f); break;
    case FACT_CERTIFICATE:        put_certificate(a, f); break;
    case FACT_CERTIFICATE_STATUS: put_status(a, f); break;
    case FACT_AGREEMENT:          put(a, LIST_AGREEMENT, f->on, f->until, 0); break;
    case FACT_BAN:
        if (ban_bears(a, f))
            put(a, LIST_BAN, f->on, f->a, f->until);
        break;
    case FACT_OVERRIDE:
        a->odd |= f->a > COLOUR_NONE;
        put(a, LIST_OVERRIDE, f->on, f->a | (unsigned)f->c << 8, f->until);
        break;
    default: break; /* stars, and engagements but for what is derived of them */
    }
}

static bool is_latest_first(unsigned kind)
{
    return kind == FACT_EXAM || kind == FACT_TRAINING || kind == FACT_STUDY ||
           kind == FACT_AGREEMENT;
}

static void put_kind(struct adding *a, unsigned kind)
{
    const struct fact *fact = a->facts->fact;

    if (is_latest_first(kind)) {
        for (unsigned i = a->start[kind + 1]; i > a->start[kind]; i--)
            put_fact(a, &fact[i - 1]);
    } else {
        for (unsigned i = a->start[kind]; i < a->start[kind + 1]; i++)
            put_fact(a, &fact[i]);
    }
}

/* -- what is derived of engagements and of all events --------------------------------------------- */

static bool is_trade(const struct fact *engagement, uint16_t trade)
{
    return engagement->b * 10 == trade;
}

static bool was_in_trade_before(const struct adding *a, unsigned engagement)
{
    const struct fact *fact = a->facts->fact;

    for (unsigned i = a->start[FACT_ENGAGEMENT]; i < engagement && fact[i].on < fact[engagement].on;
         i++) {
        if (fact[i].b == fact[engagement].b)
            return true;
    }
    return false;
}

/* The post's trade taken up after another one: see evaluate_transfer_training(). */
static void put_transfer(struct adding *a)
{
    const struct fact *fact = a->facts->fact;
    unsigned i = a->start[FACT_ENGAGEMENT], end = a->start[FACT_ENGAGEMENT + 1];
    day_t before = DAY_UNKNOWN;

    if (!a->is_asked || a->context->trade == 0)
        return;
    for (; i < end && !is_trade(&fact[i], a->context->trade); i++)
        ;
    if (i == end)
        return;
    for (unsigned k = a->start[FACT_ENGAGEMENT]; fact[k].on < fact[i].on; k++) {
        if (!was_in_trade_before(a, k))
            before = fact[k].on;
    }
    if (before != DAY_UNKNOWN)
        put(a, LIST_TRANSFER, fact[i].on, before, 0);
}

/* The last day on which an event shows somebody at work, as evaluate_idle() has it. */
static day_t active_until(const struct fact *f)
{
    if (f->kind != FACT_ENGAGEMENT)
        return f->on;
    return f->until == DAY_NEVER ? DAY_NEVER : (day_t)(f->until - 1);
}

static const uint8_t activity_kinds[] = {FACT_EXAM, FACT_TRAINING, FACT_STUDY, FACT_VIOLATION,
                                         FACT_ENGAGEMENT};
enum { ACTIVITY_KINDS = sizeof activity_kinds };

/* Whether it shows anything, and not only that he stood at the gate that morning. */
static bool is_activity(const struct fact *f)
{
    return f->kind != FACT_TRAINING || f->a != TRAINING_PRE_SHIFT;
}

static day_t last_seen(const struct adding *a)
{
    day_t last = a->facts->enrolled;

    for (unsigned k = 0; k < ACTIVITY_KINDS; k++) {
        unsigned kind = activity_kinds[k];

        for (unsigned i = a->start[kind]; i < a->start[kind + 1]; i++) {
            const struct fact *f = &a->facts->fact[i];

            if (is_activity(f) && active_until(f) > last)
                last = active_until(f);
        }
    }
    return last;
}

/* The next one in order of `on` among the kinds' heads. */
static const struct fact *next_activity(const struct adding *a, uint16_t at[ACTIVITY_KINDS])
{
    const struct fact *first = NULL;
    unsigned from = 0;

    for (unsigned k = 0; k < ACTIVITY_KINDS; k++) {
        const struct fact *f = &a->facts->fact[at[k]];

        if (at[k] < a->start[activity_kinds[k] + 1] && (first == NULL || f->on < first->on)) {
            first = f;
            from = k;
        }
    }
    if (first != NULL)
        at[from]++;
    return first;
}

static void put_gaps(struct adding *a, uint16_t gap_days)
{
    uint16_t at[ACTIVITY_KINDS];
    day_t last = a->facts->enrolled;
    const struct fact *f;

    for (unsigned k = 0; k < ACTIVITY_KINDS; k++)
        at[k] = a->start[activity_kinds[k]];
    while (last != DAY_NEVER && (f = next_activity(a, at)) != NULL) {
        if (!is_activity(f))
            continue;
        if (last != DAY_UNKNOWN && f->on >= last + gap_days)
            put(a, LIST_GAP, f->on, last, 0);
        if (active_until(f) > last)
            last = active_until(f);
    }
}

/* -- a worker's columns --------------------------------------------------------------------------- */

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

static void find_kinds(struct adding *a)
{
    unsigned i = 0;

    for (unsigned kind = 0; kind <= FACT_KINDS; kind++) {
        while (i < a->facts->count && a->facts->fact[i].kind < kind)
            i++;
        a->start[kind] = (uint16_t)i;
    }
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
    builder->columns[COLUMN_SEEN][i] = last_seen(a);
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
    };

    if (builder->workers == COHORT_WORKERS_MAX)
        return COHORT_FULL;
    if (!fits_columns(&a))
        return COHORT_ODD;
    find_kinds(&a);
    for (unsigned kind = 0; kind < FACT_KINDS; kind++)
        put_kind(&a, kind);
    put_transfer(&a);
    put_gaps(&a, builder->gap_days);
    if (a.odd)
        return COHORT_ODD;
    if (a.full)
        return COHORT_FULL;
    take(builder, &a);
    return COHORT_ADDED;
}
