/* api/append_admit.c: whether a record may join: who sees whom, who corrects what, whose document
 * says when he was born; and how the record is stored then. */
#include "api/append_items.h"

#include "api/person_seal.h"
#include "domain/admit.h"

/* -- who sees whom ------------------------------------------------------------------------------ */

/* Is somebody in charge of this region (prefix) in charge of him? */
static bool engaged_in(struct text region, const struct person *person, uint16_t today)
{
    for (size_t i = 0; i < person->engagement_count; i++) {
        const struct person_engagement *e = &person->engagements[i];

        if (e->until > today && text_starts(e->site_region, region))
            return true;
    }
    return false;
}

static bool engaged_with(const struct caller *caller, const struct person *person, uint16_t today)
{
    if (caller->role == ACCOUNT_INSPECTOR || caller->role == ACCOUNT_REGULATOR)
        return engaged_in(caller->region, person, today);
    for (size_t i = 0; i < person->engagement_count; i++) {
        const struct person_engagement *e = &person->engagements[i];

        if (e->until <= today)
            continue;
        if (caller->role == ACCOUNT_CONTRACTOR && e->org_id == caller->org_id)
            return true;
        if (caller->role == ACCOUNT_SAFETY_OFFICER && e->site_id == caller->site_id)
            return true;
    }
    return false;
}

bool append_may_see(const struct caller *caller, const struct person *person, uint16_t today)
{
    if (!person->found)
        return false;
    if (caller->role == ACCOUNT_WORKER)
        return caller->worker_id == person->worker_id;
    if (append_is_shown_documents(caller))
        return true;
    return engaged_with(caller, person, today);
}

/* -- whether it joins ---------------------------------------------------------------------------- */

/* A correction needs the permission that posting what it corrects needs; regulators decide reviews
 * and correct whatever is wrong in their region; who upholds an appeal, what it is about. */
static struct err may_correct(const struct caller *caller, uint32_t upheld,
                              const struct record *record, const struct record *known,
                              size_t count)
{
    for (size_t i = 0; record->kind == RECORD_SUPERSEDE && i < count; i++) {
        uint32_t needed = known[i].kind == RECORD_IDENTITY ? MAY_ENROL
                                                           : append_permission(known[i].kind);

        if (known[i].version == record->supersede.of && known[i].version != upheld &&
            caller->role != ACCOUNT_REGULATOR && needed != 0 && (caller->permissions & needed) == 0)
            return err_field(ERR_NOT_YOURS, "/of", NULL);
    }
    return OK;
}

static const struct signer *read_signer(struct exchange *x, const struct posting_rows *rows,
                                        const struct person *person, const struct record *record,
                                        struct signer *signer)
{
    const struct posting_signer *found =
        posting_signer_find(rows, append_second_signer(caller_of(x), record));

    if (found == NULL)
        return NULL;
    *signer = (struct signer){found->role, found->active,
                              engaged_in(found->region, person, x->today)};
    return signer;
}

int64_t append_second_signer(const struct caller *caller, const struct record *record)
{
    const int64_t *signed_by = record->override.signed_by;

    if (record->kind != RECORD_OVERRIDE)
        return 0;
    return signed_by[0] == caller->account_id ? signed_by[1] : signed_by[0];
}

/* His document's number was the truth when he was enrolled, and stays it. */
static struct err check_identity(const struct work *work, const struct person *person,
                                 struct record *record)
{
    struct person_details details;
    struct document document;
    struct err e = person_unseal_details(work, person, &details);

    if (!err_is(e))
        e = document_parse((enum document_type)person->document_type, details.document_number,
                           "/document_number", work->today, &document);
    if (err_is(e))
        return err_detail(ERR_INTERNAL, "a stored document number does not parse");
    if (record->identity.document_type == 0)
        record->identity.document_type = document.type;
    return identity_admit(record, &document);
}

/* An end that names no engagement means the only one that he has with them. */
static void name_engagement(struct record *end, const struct person *person, int64_t org_id,
                            day_t today)
{
    uint32_t only = 0;

    if (end->engagement_end.of != 0 || end->engagement_end.site != 0 ||
        end->engagement_end.trade != 0 || end->engagement_end.role != 0)
        return;
    for (size_t i = 0; i < person->engagement_count; i++) {
        const struct person_engagement *e = &person->engagements[i];

        if (e->org_id != org_id || e->until <= today)
            continue;
        if (only != 0)
            return;
        only = e->version;
    }
    end->engagement_end.of = only;
}

struct err append_admit(struct exchange *x, const struct admission *to, struct record *record,
                        struct text *body, struct text *secret)
{
    const struct caller *caller = caller_of(x);
    struct work work = work_of(x);
    struct signer signer;
    struct posting posting = {
        .role = caller->role,
        .account_id = caller->account_id,
        .org_id = caller->org_id,
        .site_id = caller->site_id,
        .accreditations = to->rows->accreditations,
        .second = read_signer(x, to->rows, to->person, record, &signer),
        .upheld = to->upheld,
    };
    struct err e;

    if (record->kind == RECORD_ENGAGEMENT && record->engagement.from == DAY_UNKNOWN)
        record->engagement.from = record->occurred_on;
    if (record->kind == RECORD_ENGAGEMENT_END)
        name_engagement(record, to->person, caller->org_id, x->today);
    /* an end ends what was before */
    record->version = to->count > 0 ? to->there[to->count - 1].version + 1 : 1;
    e = may_correct(caller, to->upheld, record, to->there, to->count);
    if (!err_is(e))
        e = record_admit(record, to->there, to->count, &posting, x->today);
    if (!err_is(e) && record->kind == RECORD_IDENTITY)
        e = check_identity(&work, to->person, record);
    return err_is(e) ? e : person_seal_record(&work, to->person, record, body, secret);
}

struct err append_join(struct exchange *x, const struct posting_rows *rows, uint32_t upheld,
                       const struct person *person, struct record *record,
                       struct joining *joining)
{
    struct text *texts = arena_new_array(&x->arena, 2, struct text);
    struct admission to = {rows, person, person->records, person->record_count, upheld};

    if (texts == NULL)
        return err_make(ERR_TOO_LARGE);
    record->by = caller_of(x)->account_id;
    record->org = caller_of(x)->org_id;
    record->recorded_at = x->now;
    *joining = (struct joining){person, record, &texts[0], &texts[1], 1};
    return append_admit(x, &to, record, &texts[0], &texts[1]);
}
