#include "domain/grounds.h"

#include "domain/admit.h"
#include "scoring/sums.h"

#define KIND(name) (UINT32_C(1) << RECORD_##name)

enum {
    POST = KIND(ENGAGEMENT) | KIND(ENGAGEMENT_END),
    AGE = KIND(IDENTITY) | KIND(EXAM), /* a clean exam lifts some ages */
    /* a gap between any two signs of work; the day of enrolment is no claim of a record's */
    WORK = POST | KIND(TRAINING) | KIND(EXAM) | KIND(STUDY) | KIND(VIOLATION),
};

/* rests: what it was read from, so that taking it back, or putting it right, can end the reason;
 * mends: what, posted anew, can. */
static const struct {
    uint32_t rests, mends;
} rows[REASON_COUNT] = {
    [REASON_AGE_RED] = {AGE, AGE},
    [REASON_AGE_TRADE] = {AGE, AGE},
    [REASON_AGE_UNDER] = {AGE, AGE},
    [REASON_AGE_YELLOW] = {AGE, AGE},
    [REASON_CERT_EXPIRED] = {KIND(CERTIFICATE), KIND(CERTIFICATE)},
    [REASON_CERT_NONE] = {KIND(CERTIFICATE), KIND(CERTIFICATE)},
    /* so many violations block it */
    [REASON_CERT_SUSPENDED] = {KIND(CERTIFICATE) | KIND(CERTIFICATE_STATUS) | KIND(VIOLATION),
                               KIND(CERTIFICATE) | KIND(CERTIFICATE_STATUS)},
    [REASON_ENT_PERMIT] = {0, 0}, /* the firm's */
    [REASON_HEALTH_CONTRA] = {KIND(EXAM), KIND(EXAM)},
    [REASON_HEALTH_EXPIRED] = {KIND(EXAM), KIND(EXAM)},
    [REASON_HEALTH_NONE] = {KIND(EXAM), KIND(EXAM)},
    [REASON_HEALTH_RECHECK] = {KIND(EXAM), KIND(EXAM)},
    [REASON_HEALTH_UNFIT] = {KIND(EXAM), KIND(EXAM)},
    [REASON_IDLE_RETRAIN] = {WORK, WORK},
    [REASON_NO_CONTRACT] = {KIND(AGREEMENT), KIND(AGREEMENT)},
    [REASON_OVERRIDE] = {KIND(OVERRIDE), KIND(OVERRIDE)},
    [REASON_POST_BAN] = {KIND(BAN), 0},
    [REASON_SITE_STOPPED] = {0, 0}, /* the site's */
    [REASON_TRAIN_EXPIRED] = {KIND(TRAINING), KIND(TRAINING)},
    [REASON_TRAIN_NONE] = {KIND(TRAINING) | POST, KIND(TRAINING) | POST}, /* POST: 转岗 */
    [REASON_TRAIN_POINTS] = {KIND(STUDY), KIND(STUDY)},
    [REASON_TRAIN_SITE] = {KIND(TRAINING), KIND(TRAINING)},
    [REASON_VIOL_OFFJOB] = {KIND(VIOLATION) | KIND(TRAINING), KIND(TRAINING)},
    [REASON_VIOL_POINTS] = {KIND(VIOLATION), 0}, /* 整改 takes no points off */
};

static uint32_t post_of(enum scope scope)
{
    return scope == SCOPE_PERSON ? 0 : POST;
}

static bool has(uint32_t kinds, const struct record *record)
{
    return (kinds & UINT32_C(1) << record->kind) != 0;
}

bool grounds_rest(enum reason_code reason, enum scope scope, const struct record *record)
{
    return reason < REASON_COUNT && has(rows[reason].rests | post_of(scope), record);
}

bool grounds_mend(enum reason_code reason, enum scope scope, const struct record *record)
{
    return reason < REASON_COUNT && has(rows[reason].mends | post_of(scope), record);
}

bool grounds_elsewhere(enum reason_code reason)
{
    return reason < REASON_COUNT && rows[reason].rests == 0;
}

/* -- on a day ----------------------------------------------------------------------------------- */

day_t grounds_day(const struct record *record)
{
    day_t day = DAY_UNKNOWN;

    switch (record->kind) {
    case RECORD_CERTIFICATE:        day = record->certificate.valid_from; break;
    case RECORD_CERTIFICATE_STATUS: day = record->certificate_status.from; break;
    case RECORD_BAN:                day = record->ban.from; break;
    case RECORD_AGREEMENT:          day = record->agreement.from; break;
    case RECORD_OVERRIDE:           day = record->override.from; break;
    case RECORD_ENGAGEMENT:         day = record->engagement.from; break;
    case RECORD_ENGAGEMENT_END:     day = record->engagement_end.until; break;
    default:                        break;
    }
    return day != DAY_UNKNOWN ? day : record->occurred_on;
}

enum counting {
    COUNTS_NOT,
    COUNTED, /* of these, the newest, where none counts now */
    COUNTS
};
typedef enum counting counts_fn(const struct grounds_question *q, const struct record *record);

static enum counting within(const struct grounds_question *q, const struct record *record,
                            unsigned months)
{
    return q->on < day_add_months(grounds_day(record), (int)months) ? COUNTS : COUNTED;
}

static bool in_force(const struct grounds_question *q, day_t until)
{
    return until == DAY_UNKNOWN || q->on < until;
}

static enum counting counts_last(const struct grounds_question *q, const struct record *record)
{
    (void)q;
    (void)record;
    return COUNTED;
}

static enum counting counts_identity(const struct grounds_question *q, const struct record *record)
{
    (void)q;
    return record->kind == RECORD_IDENTITY ? COUNTED : COUNTS_NOT;
}

static enum counting counts_entry(const struct grounds_question *q, const struct record *record)
{
    const struct rule_entry_training *r = &q->rule->entry_training;

    for (unsigned i = 0; i < r->need_count; i++) {
        if (record->kind == RECORD_TRAINING && record->training.type == r->need[i].type)
            return COUNTS;
    }
    return COUNTS_NOT;
}

static bool is_training(const struct record *record, uint32_t types)
{
    return record->kind == RECORD_TRAINING && (types >> record->training.type & 1) != 0;
}

static enum counting counts_periodic(const struct grounds_question *q, const struct record *record)
{
    const struct rule_periodic_training *r = &q->rule->periodic_training;

    if (!is_training(record, r->types))
        return COUNTS_NOT;
    return r->window_months != 0 ? within(q, record, r->window_months) : COUNTED;
}

static enum counting counts_transfer(const struct grounds_question *q, const struct record *record)
{
    return record->kind == RECORD_ENGAGEMENT ||
                   is_training(record, q->rule->transfer_training.types) ? COUNTS : COUNTS_NOT;
}

static enum counting counts_study(const struct grounds_question *q, const struct record *record)
{
    return within(q, record, q->rule->study_points.window_months);
}

static enum counting counts_site_training(const struct grounds_question *q,
                                          const struct record *record)
{
    const struct rule_site_training *r = &q->rule->site_training;

    if (!is_training(record, r->types) || q->context == NULL ||
        record->training.site != q->context->site)
        return COUNTS_NOT;
    return r->validity_months == 0 ? COUNTS : within(q, record, r->validity_months);
}

/* The last sign of work before the reason began is where the gap opened. */
static enum counting counts_idle(const struct grounds_question *q, const struct record *record)
{
    return grounds_day(record) < q->reason->since ? COUNTED : COUNTS_NOT;
}

static enum counting counts_points(const struct grounds_question *q, const struct record *record)
{
    const struct fact violation = {.on = record->occurred_on, .kind = FACT_VIOLATION,
                                   .a = record->violation.class, .b = record->violation.severity};

    return violation_counts_on(q->rule, &violation, q->on) ? COUNTS : COUNTS_NOT;
}

static enum counting counts_off_job(const struct grounds_question *q, const struct record *record)
{
    (void)q;
    return record->kind == RECORD_VIOLATION && record->violation.off_job_training ? COUNTED
                                                                                  : COUNTS_NOT;
}

static bool is_asked_for(const struct grounds_question *q, const struct record *certificate)
{
    const struct rule_certificate *r = &q->rule->certificate;

    for (unsigned i = 0; i < r->need_count && q->context != NULL; i++) {
        const struct certificate_need *need = &r->needs[i];
        bool by_trade = need->trade != 0 && need->trade == q->context->trade;
        bool by_role = need->role != 0 && need->role == q->context->role;
        bool here = q->reason->scope == SCOPE_TRADE ? by_trade : by_role;

        if (here && (need->types >> certificate->certificate.type & 1) != 0)
            return true;
    }
    return false;
}

static enum counting counts_certificate(const struct grounds_question *q,
                                        const struct record *record)
{
    const struct rule_certificate *r = &q->rule->certificate;

    if (record->kind == RECORD_CERTIFICATE)
        return is_asked_for(q, record) ? COUNTS : COUNTS_NOT;
    if (record->kind == RECORD_CERTIFICATE_STATUS)
        return in_force(q, record->certificate_status.until) ? COUNTS : COUNTS_NOT;
    if (r->blocked_violations == 0 || q->reason->scope != SCOPE_TRADE ||
        (r->blocked_classes != 0 && (r->blocked_classes >> record->violation.class & 1) == 0))
        return COUNTS_NOT;
    return within(q, record, r->blocked_months) == COUNTS ? COUNTS : COUNTS_NOT;
}

static enum counting counts_ban(const struct grounds_question *q, const struct record *record)
{
    static const uint8_t scopes[] = {[BAN_INDUSTRY] = SCOPE_PERSON, [BAN_ROLE] = SCOPE_ROLE,
                                     [BAN_TRADE] = SCOPE_TRADE, [BAN_SITE] = SCOPE_SITE};

    return scopes[record->ban.scope] == q->reason->scope && in_force(q, record->ban.until)
               ? COUNTS : COUNTS_NOT;
}

static enum counting counts_override(const struct grounds_question *q, const struct record *record)
{
    return in_force(q, record->override.until) ? COUNTED : COUNTS_NOT;
}

/* By the kind of rule; of the kinds of record that the reason's row names. */
static counts_fn *const counting[RULE_KINDS] = {
    [RULE_AGE] = counts_identity,
    [RULE_EXAM] = counts_last,
    [RULE_ENTRY_TRAINING] = counts_entry,
    [RULE_PERIODIC_TRAINING] = counts_periodic,
    [RULE_TRANSFER_TRAINING] = counts_transfer,
    [RULE_STUDY_POINTS] = counts_study,
    [RULE_SITE_TRAINING] = counts_site_training,
    [RULE_IDLE] = counts_idle,
    [RULE_VIOLATION_POINTS] = counts_points,
    [RULE_OFF_JOB] = counts_off_job,
    [RULE_CERTIFICATE] = counts_certificate,
    [RULE_BAN] = counts_ban,
    [RULE_AGREEMENT] = counts_last,
    [RULE_SITE_STATE] = counts_last, /* of no kind */
    [RULE_PERMIT] = counts_last,
    [RULE_OVERRIDE] = counts_override,
};

/* A birth date is true on every day, also before somebody came with it; of several, the one that was
 * recorded last counts (fold.c). */
static day_t counts_from(const struct record *record)
{
    return record->kind == RECORD_IDENTITY ? 1 : grounds_day(record);
}

static enum counting counts_for(const struct grounds_question *q, const struct record *record)
{
    if (!has(rows[q->reason->code].rests, record) || counts_from(record) > q->on)
        return COUNTS_NOT;
    return counting[q->rule->kind](q, record);
}

size_t grounds_on(const struct grounds_question *q, const struct record *records, size_t count,
                  const struct record *out[GROUNDS_MAX])
{
    const struct record *newest = NULL;
    bool any = false;
    size_t n = 0;

    for (size_t i = 0; i < count && n < GROUNDS_MAX; i++) {
        const struct record *record = &records[i];
        enum counting how = counts_for(q, record);
        bool post = q->engagement != 0 && record->version == q->engagement;

        if ((how == COUNTS_NOT && !post) ||
            record_standing(records, count, record->version) == NULL)
            continue;
        if (how == COUNTS || post)
            out[n++] = record;
        any = any || how == COUNTS;
        if (how == COUNTED && (newest == NULL || counts_from(record) >= counts_from(newest)))
            newest = record;
    }
    if (any || newest == NULL || (n > 0 && out[0] == newest))
        return n;
    out[n] = newest; /* beside the post's, if that */
    if (n > 0 && newest->version < out[0]->version) {
        out[1] = out[0];
        out[0] = newest;
    }
    return n + 1;
}
