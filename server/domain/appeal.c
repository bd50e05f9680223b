#include "domain/appeal.h"

#include "domain/admit.h"

#define KIND(name) (UINT32_C(1) << RECORD_##name)

/* No default: the compiler asks for each reason that is added. */
static uint32_t kinds_of(enum reason_code reason)
{
    switch (reason) {
    case REASON_AGE_RED:
    case REASON_AGE_TRADE:
    case REASON_AGE_UNDER:
    case REASON_AGE_YELLOW:     return KIND(IDENTITY);
    case REASON_CERT_EXPIRED:
    case REASON_CERT_NONE:      return KIND(CERTIFICATE) | KIND(CERTIFICATE_STATUS);
    case REASON_CERT_SUSPENDED: return KIND(CERTIFICATE_STATUS) | KIND(VIOLATION);
    case REASON_HEALTH_CONTRA:
    case REASON_HEALTH_EXPIRED:
    case REASON_HEALTH_NONE:
    case REASON_HEALTH_RECHECK:
    case REASON_HEALTH_UNFIT:   return KIND(EXAM);
    case REASON_IDLE_RETRAIN:
        return KIND(ENGAGEMENT) | KIND(ENGAGEMENT_END) | KIND(TRAINING);
    case REASON_NO_CONTRACT:    return KIND(AGREEMENT);
    case REASON_OVERRIDE:       return KIND(OVERRIDE);
    case REASON_POST_BAN:       return KIND(BAN);
    case REASON_TRAIN_EXPIRED:
    case REASON_TRAIN_NONE:
    case REASON_TRAIN_SITE:     return KIND(TRAINING);
    case REASON_TRAIN_POINTS:   return KIND(STUDY);
    case REASON_VIOL_OFFJOB:    return KIND(VIOLATION) | KIND(TRAINING);
    case REASON_VIOL_POINTS:    return KIND(VIOLATION) | KIND(RECTIFICATION);
    case REASON_ENT_PERMIT:
    case REASON_SITE_STOPPED:
    case REASON_COUNT:          return 0; /* the firm's, the site's */
    }
    return 0;
}

bool appeal_rests_on(enum reason_code reason, const struct record *record)
{
    return (kinds_of(reason) & UINT32_C(1) << record->kind) != 0;
}

static bool is_same_matter(const struct appeal *a, const struct appeal *b)
{
    return a->reason == b->reason && a->scope == b->scope &&
           (a->scope == SCOPE_PERSON || a->site_id == b->site_id);
}

struct err appeal_admit(const struct appeal *appeal, const struct appeal *earlier,
                        size_t earlier_count, const struct record *known, size_t count,
                        int32_t *round)
{
    *round = 1;
    for (size_t i = 0; i < earlier_count; i++) {
        if (!is_same_matter(&earlier[i], appeal))
            continue;
        if (earlier[i].state == APPEAL_OPEN)
            return err_field(ERR_APPEAL_OPEN, "/reason", NULL);
        ++*round;
    }
    if (appeal->disputes != 0) {
        const struct record *disputed = record_standing(known, count, appeal->disputes);

        if (disputed == NULL || !appeal_rests_on(appeal->reason, disputed))
            return err_field(ERR_VERSION_UNKNOWN, "/disputes", "a record that the reason rests on");
    }
    return OK;
}

/* -- answering ---------------------------------------------------------------------------------- */

/* An override has two authors: both signed it. */
static bool is_by(const struct record *record, int64_t account)
{
    if (record->by == account)
        return true;
    return record->kind == RECORD_OVERRIDE && (record->override.signed_by[0] == account ||
                                               record->override.signed_by[1] == account);
}

static bool is_disputed(const struct appeal *appeal, const struct record *record)
{
    if (appeal->disputes != 0)
        return record->version == appeal->disputes;
    return record->version <= appeal->known_version && appeal_rests_on(appeal->reason, record);
}

static struct err admit_record(const struct appeal *appeal, const struct record *record,
                               const struct record *known, size_t count)
{
    const struct record *of;

    if (record->kind != RECORD_SUPERSEDE)
        return OK;
    of = record_standing(known, count, record->supersede.of);
    if (of == NULL || !is_disputed(appeal, of))
        return err_field(ERR_VERSION_UNKNOWN, "/supersede", "the record that is disputed");
    return OK;
}

static struct err admit_mending(const struct appeal *appeal, const struct appeal_answer *answer,
                                const struct record *known, size_t count)
{
    bool mended = answer->record != NULL || answer->mended_by != 0;

    if (answer->outcome == APPEAL_REJECTED)
        return mended ? err_field(ERR_FIELD_CHOICE, "/outcome", "what is mended is not rejected")
                      : OK;
    if (!mended)
        return err_field(ERR_FIELD_MISSING, "/mended_by", "supersede, override or mended_by");
    if (answer->record != NULL)
        return admit_record(appeal, answer->record, known, count);
    if (answer->mended_by <= appeal->known_version ||
        record_standing(known, count, answer->mended_by) == NULL)
        return err_field(ERR_VERSION_UNKNOWN, "/mended_by", "a record that came after the appeal");
    return OK;
}

struct err appeal_answer_admit(const struct appeal *appeal, const struct appeal_answer *answer,
                               const struct record *known, size_t count)
{
    if (appeal->state != APPEAL_OPEN)
        return err_make(ERR_APPEAL_ANSWERED);
    for (size_t i = 0; i < count; i++) {
        if (is_disputed(appeal, &known[i]) && is_by(&known[i], answer->by))
            return err_make(ERR_APPEAL_OWN_RECORD);
    }
    return admit_mending(appeal, answer, known, count);
}
