#include "domain/appeal.h"

#include "domain/admit.h"
#include "domain/grounds.h"

static bool rests_on(const struct appeal *appeal, const struct record *record)
{
    return grounds_rest(appeal->reason, appeal->scope, record);
}

static bool is_same_matter(const struct appeal *a, const struct appeal *b)
{
    return a->reason == b->reason && a->scope == b->scope &&
           (a->scope == SCOPE_PERSON || a->site_id == b->site_id);
}

struct err appeal_admit(const struct appeal *appeal, const struct appeal *earlier,
                        size_t earlier_count, int32_t *round)
{
    *round = 1;
    for (size_t i = 0; i < earlier_count; i++) {
        if (!is_same_matter(&earlier[i], appeal))
            continue;
        if (earlier[i].state == APPEAL_OPEN)
            return err_field(ERR_APPEAL_OPEN, "/reason", NULL);
        ++*round;
    }
    return OK;
}

static const char *what_may_be_disputed(const struct record *const *grounds, size_t count,
                                        struct arena *arena)
{
    enum { DIGITS = 12 };
    size_t bytes = (count + 1) * DIGITS;
    char *at = arena_alloc(arena, bytes);
    struct build b;

    if (count == 0 || at == NULL)
        return "none: the reason is there for want of a record; leave this out";
    b = build_over(at, bytes);
    for (size_t i = 0; i < count; i++)
        build_format(&b, "%s%u", i > 0 ? " | " : "", grounds[i]->version);
    return at;
}

struct err appeal_disputes_admit(uint32_t disputes, const struct record *const *grounds,
                                 size_t count, struct arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        if (grounds[i]->version == disputes)
            return OK;
    }
    return disputes == 0 ? OK
                         : err_field(ERR_VERSION_UNKNOWN, "/disputes",
                                     what_may_be_disputed(grounds, count, arena));
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
    return record->version <= appeal->known_version && rests_on(appeal, record);
}

static const struct record *of_version(const struct record *known, size_t count, uint32_t version)
{
    for (size_t i = 0; i < count; i++) {
        if (known[i].version == version)
            return &known[i];
    }
    return NULL;
}

/* A signed decision takes the place of what the rules say of the person, and of that alone. */
static const char *what_overrides(const struct appeal *appeal, const struct record *record,
                                  const struct appeal_answer *answer)
{
    day_t today = answer->today;

    if ((answer->never_lifts >> appeal->reason & 1) != 0)
        return "the policy lets no override lift this reason; supersede the disputed record";
    if (appeal->scope != SCOPE_PERSON)
        return "an override lifts reasons of scope person only; supersede the disputed record";
    if (record->override.colour >= appeal->colour)
        return "an override of a milder colour than the one appealed against";
    if (today < record->override.from || today >= record->override.until)
        return "an override that is in force today";
    return NULL;
}

/* NULL, or what would mend it. `record` is what supersedes, decides or adds; the record that a
 * supersession takes back is, of an answer's own, still there. */
static const char *what_mends(const struct appeal *appeal, const struct record *record,
                              const struct record *known, size_t count,
                              const struct appeal_answer *answer)
{
    const struct record *of;

    if (record->kind == RECORD_OVERRIDE)
        return what_overrides(appeal, record, answer);
    if (record->kind != RECORD_SUPERSEDE)
        return grounds_mend(appeal->reason, appeal->scope, record)
                   ? NULL : "a record that bears on the reason, an override, or a supersession";
    of = of_version(known, count, record->supersede.of);
    return of != NULL && is_disputed(appeal, of) ? NULL : "the record that is disputed";
}

static struct err admit_record(const struct appeal *appeal, const struct appeal_answer *answer,
                               const struct record *known, size_t count)
{
    const char *expected = what_mends(appeal, answer->record, known, count, answer);

    return expected == NULL ? OK : err_field(ERR_VERSION_UNKNOWN, "/supersede", expected);
}

static struct err admit_later(const struct appeal *appeal, const struct appeal_answer *answer,
                              const struct record *known, size_t count)
{
    const struct record *record = record_standing(known, count, answer->mended_by);
    const char *expected = "a record that came after the appeal";

    if (record != NULL && record->version > appeal->known_version)
        expected = what_mends(appeal, record, known, count, answer);
    return expected == NULL ? OK : err_field(ERR_VERSION_UNKNOWN, "/mended_by", expected);
}

static struct err admit_mending(const struct appeal *appeal, const struct appeal_answer *answer,
                                const struct record *known, size_t count)
{
    bool mended = answer->record != NULL || answer->mended_by != 0;

    if (answer->outcome == APPEAL_REJECTED)
        return mended ? err_field(ERR_FIELD_CHOICE, "/outcome", "what is mended is not rejected")
                      : OK;
    if (answer->record != NULL)
        return admit_record(appeal, answer, known, count);
    if (answer->mended_by != 0)
        return admit_later(appeal, answer, known, count);
    if (grounds_elsewhere(appeal->reason))
        return OK; /* the site's state or the firm's permit is what is mended */
    return err_field(ERR_FIELD_MISSING, "/mended_by", "supersede or mended_by");
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
