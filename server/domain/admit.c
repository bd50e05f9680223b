#include "domain/admit.h"

static bool is_superseded(const struct record *known, size_t count, uint32_t version)
{
    for (size_t i = 0; i < count; i++) {
        if (known[i].kind == RECORD_SUPERSEDE && known[i].supersede.of == version)
            return true;
    }
    return false;
}

static const struct record *record_of(const struct record *known, size_t count, uint32_t version)
{
    for (size_t i = 0; i < count; i++) {
        if (known[i].version == version)
            return &known[i];
    }
    return NULL;
}

const struct record *record_standing(const struct record *known, size_t count, uint32_t version)
{
    return is_superseded(known, count, version) ? NULL : record_of(known, count, version);
}

static struct err admit_day(const struct record *record, day_t today)
{
    if (record->occurred_on > today)
        return err_field(ERR_DATE_FUTURE, "/occurred_on", NULL);
    if (record->occurred_on < day_add_months(today, -12 * ADMIT_YEARS_BACK))
        return err_field(ERR_DATE_TOO_OLD, "/occurred_on", NULL);
    return OK;
}

static struct err admit_period(day_t from, day_t until, const char *until_field)
{
    if (until != DAY_UNKNOWN && until <= from)
        return err_field(ERR_DATE_ORDER, until_field, "> from");
    return OK;
}

static struct err admit_start(day_t from, const char *field, day_t today)
{
    if (from > today + ADMIT_DAYS_AHEAD)
        return err_field(ERR_DATE_FUTURE, field, NULL);
    return OK;
}

static struct err admit_certificate(const struct record *record, day_t today)
{
    struct err e = admit_start(record->certificate.valid_from, "/valid_from", today);

    if (err_is(e))
        return e;
    return admit_period(record->certificate.valid_from, record->certificate.valid_until,
                        "/valid_until");
}

static struct err admit_training(const struct record *record, const struct posting *posting)
{
    uint32_t wanted = UINT32_C(1) << record->training.type;
    uint32_t on_site = 1u << TRAINING_ENTRY_PROJECT | 1u << TRAINING_ENTRY_TEAM |
                       1u << TRAINING_SITE_ENTRY | 1u << TRAINING_PRE_SHIFT | 1u << TRAINING_DRILL;

    if (posting->role == ACCOUNT_TRAINING_CENTRE && (posting->accreditations & wanted) == 0)
        return err_field(ERR_NOT_ACCREDITED, "/type", NULL);
    if (posting->role != ACCOUNT_SAFETY_OFFICER)
        return OK;
    if ((on_site & wanted) == 0)
        return err_field(ERR_NOT_ACCREDITED, "/type",
                         "entry_project | entry_team | site_entry | pre_shift | drill");
    if (record->training.site != posting->site_id)
        return err_field(ERR_SITE_UNKNOWN, "/site", NULL);
    return OK;
}

static struct err admit_rectification(const struct record *record, const struct record *known,
                                      size_t count)
{
    const struct record *of = record_standing(known, count, record->rectification.of);

    if (of == NULL || of->kind != RECORD_VIOLATION)
        return err_field(ERR_VERSION_UNKNOWN, "/of", "violation");
    if (record->occurred_on < of->occurred_on)
        return err_field(ERR_DATE_ORDER, "/occurred_on", ">= violation");
    for (size_t i = 0; i < count; i++) {
        if (known[i].kind == RECORD_RECTIFICATION && known[i].rectification.of == of->version &&
            !is_superseded(known, count, known[i].version))
            return err_field(ERR_ALREADY_RECTIFIED, "/of", NULL);
    }
    return OK;
}

/* Ages are judged by it, and whoever has none is judged mildly: nobody is left without. */
static bool is_last_identity(const struct record *of, const struct record *known, size_t count)
{
    for (size_t i = 0; of->kind == RECORD_IDENTITY && i < count; i++) {
        if (known[i].kind == RECORD_IDENTITY && known[i].version != of->version &&
            !is_superseded(known, count, known[i].version))
            return false;
    }
    return of->kind == RECORD_IDENTITY;
}

/* A correction is the poster's own organisation's business, a regulator's, or that of whoever
 * upholds the appeal against it. */
static struct err admit_supersede(const struct record *record, const struct record *known,
                                  size_t count, const struct posting *posting)
{
    const struct record *of = record_of(known, count, record->supersede.of);

    if (of == NULL || of->kind == RECORD_SUPERSEDE || of->kind == RECORD_ERASURE)
        return err_field(ERR_VERSION_UNKNOWN, "/of", NULL);
    if (of->org != posting->org_id && posting->role != ACCOUNT_REGULATOR &&
        posting->upheld != of->version)
        return err_field(ERR_NOT_YOURS, "/of", NULL);
    if (is_superseded(known, count, of->version))
        return err_field(ERR_ALREADY_SUPERSEDED, "/of", NULL);
    if (is_last_identity(of, known, count))
        return err_field(ERR_IDENTITY_KEPT, "/of", "post kind identity first, or with it");
    return OK;
}

struct err identity_admit(const struct record *record, const struct document *document)
{
    if (record->identity.document_type != 0 && record->identity.document_type != document->type)
        return err_field(ERR_FIELD_CHOICE, "/document_type", "the type he was enrolled with");
    if (document->birth != DAY_UNKNOWN && record->identity.birth_date != document->birth)
        return err_field(ERR_FIELD_RANGE, "/birth_date", "as in the document's number");
    if (document->sex != SEX_UNKNOWN && record->identity.sex != document->sex)
        return err_field(ERR_FIELD_RANGE, "/sex", "as in the document's number");
    return OK;
}

static bool ends(const struct record *end, const struct record *engagement)
{
    if (end->kind != RECORD_ENGAGEMENT_END)
        return false;
    if (end->engagement_end.of != 0)
        return end->engagement_end.of == engagement->version;
    return end->engagement_end.org == engagement->engagement.org &&
           end->engagement_end.site == engagement->engagement.site &&
           (end->engagement_end.trade == 0 ||
            end->engagement_end.trade == engagement->engagement.trade) &&
           end->version > engagement->version;
}

static bool is_open(const struct record *known, size_t count, const struct record *engagement)
{
    if (is_superseded(known, count, engagement->version))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (ends(&known[i], engagement) && !is_superseded(known, count, known[i].version))
            return false;
    }
    return true;
}

static struct err admit_engagement(const struct record *record, const struct record *known,
                                   size_t count, const struct posting *posting, day_t today)
{
    if (record->engagement.org != posting->org_id)
        return err_field(ERR_NOT_YOURS, "/org", NULL);
    for (size_t i = 0; i < count; i++) {
        if (known[i].kind == RECORD_ENGAGEMENT &&
            known[i].engagement.org == record->engagement.org &&
            known[i].engagement.site == record->engagement.site &&
            known[i].engagement.trade == record->engagement.trade &&
            is_open(known, count, &known[i]))
            return err_field(ERR_ENGAGEMENT_OPEN, "/site", NULL);
    }
    return admit_start(record->engagement.from, "/from", today);
}

static struct err admit_engagement_end(const struct record *record, const struct record *known,
                                       size_t count, const struct posting *posting)
{
    for (size_t i = 0; i < count; i++) {
        if (known[i].kind != RECORD_ENGAGEMENT || known[i].engagement.org != posting->org_id ||
            !ends(record, &known[i]))
            continue;
        if (!is_open(known, count, &known[i]))
            return err_field(ERR_ENGAGEMENT_ENDED, "/of", NULL);
        if (record->engagement_end.until != DAY_UNKNOWN &&
            record->engagement_end.until < known[i].engagement.from)
            return err_field(ERR_DATE_ORDER, "/until", ">= from");
        return OK;
    }
    return err_field(ERR_VERSION_UNKNOWN, "/of", "the version of his engagement with you, or its site");
}

static struct err admit_signer(const struct signer *second)
{
    const char *expected = NULL;

    if (second == NULL)
        expected = "an account that exists";
    else if (second->role != ACCOUNT_INSPECTOR && second->role != ACCOUNT_REGULATOR)
        expected = "an inspector or a regulator";
    else if (!second->active)
        expected = "an active account";
    else if (!second->in_charge)
        expected = "in charge of a place where the worker is engaged";
    return expected != NULL ? err_field(ERR_SIGNER_INVALID, "/signed_by", expected) : OK;
}

/* An override is signed by two, and whoever posts it is one of them. */
static struct err admit_override(const struct record *record, const struct posting *posting)
{
    struct err e;

    if (record->override.signed_by[0] != posting->account_id &&
        record->override.signed_by[1] != posting->account_id)
        return err_field(ERR_SIGNER_FIRST, "/signed_by", "your own account and another one");
    e = admit_signer(posting->second);
    if (err_is(e))
        return e;
    return admit_period(record->override.from, record->override.until, "/until");
}

struct err record_admit(const struct record *record, const struct record *known, size_t count,
                        const struct posting *posting, day_t today)
{
    struct err e = admit_day(record, today);

    if (err_is(e))
        return e;
    switch (record->kind) {
    case RECORD_EXAM:
        return admit_period(record->occurred_on, record->exam.valid_until, "/valid_until");
    case RECORD_TRAINING:      return admit_training(record, posting);
    case RECORD_CERTIFICATE:   return admit_certificate(record, today);
    case RECORD_RECTIFICATION: return admit_rectification(record, known, count);
    case RECORD_SUPERSEDE:     return admit_supersede(record, known, count, posting);
    case RECORD_ENGAGEMENT:    return admit_engagement(record, known, count, posting, today);
    case RECORD_ENGAGEMENT_END: return admit_engagement_end(record, known, count, posting);
    case RECORD_CERTIFICATE_STATUS:
        return admit_period(record->certificate_status.from, record->certificate_status.until,
                            "/until");
    case RECORD_BAN:       return admit_period(record->ban.from, record->ban.until, "/until");
    case RECORD_AGREEMENT: return admit_period(record->agreement.from, record->agreement.until, "/until");
    case RECORD_OVERRIDE:  return admit_override(record, posting);
    default: return OK;
    }
}
