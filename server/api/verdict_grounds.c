#include "api/verdict_grounds.h"

#include "api/standing.h"
#include "scoring/sums.h"

bool verdict_lacks_birth_date(const struct policy_document *document, const struct reason *reason,
                              const struct verdict_grounds *grounds)
{
    return document->policy.rules[reason->rule].kind == RULE_AGE &&
           grounds->facts->birth == DAY_UNKNOWN;
}

const char *verdict_no_birth_date(bool english)
{
    return english ? "No birth date of yours is on record, so your age cannot be judged."
                   : "系统中没有您的出生日期，无法按年龄判定。";
}

/* 450 hundredths: 4.5 */
static void put_hundredths(struct json_writer *w, const char *key, uint64_t value)
{
    char digits[32];
    struct build b = build_over(digits, sizeof digits);

    build_int(&b, (int64_t)(value / 100));
    if (value % 100 != 0)
        build_format(&b, value % 10 == 0 ? ".%01u" : ".%02u",
                     (unsigned)(value % 10 == 0 ? value % 100 / 10 : value % 100));
    json_put_raw(w, key, build_done(&b));
}

static void put_points(struct json_writer *w, const struct rule *rule, const struct facts *facts,
                       day_t on)
{
    if (rule->kind == RULE_VIOLATION_POINTS) {
        put_hundredths(w, "points", violation_points_on(rule, facts, on));
        put_hundredths(w, "yellow", rule->violation_points.yellow);
        put_hundredths(w, "red", rule->violation_points.red);
    } else if (rule->kind == RULE_STUDY_POINTS) {
        json_put_int(w, "points", (int64_t)study_points_on(rule, facts, on));
        json_put_int(w, "required", rule->study_points.points);
    }
}

static bool may_see(const struct caller *caller, const struct record *record)
{
    if (record->kind == RECORD_ENGAGEMENT)
        return caller_may_see_engagement(caller, record->engagement.org, record->engagement.site);
    if (record->kind == RECORD_ENGAGEMENT_END)
        return caller_may_see_engagement(caller, record->engagement_end.org,
                                         record->engagement_end.site);
    return true;
}

size_t verdict_rests_on(const struct policy_document *document, const struct reason *reason,
                        const struct verdict_grounds *grounds,
                        const struct record *out[GROUNDS_MAX])
{
    const struct place *place = grounds->place;
    const struct grounds_question question = {
        .rule = &document->policy.rules[reason->rule],
        .reason = reason,
        .context = place->is_post ? &place->context : NULL,
        .engagement = reason->scope != SCOPE_PERSON ? place->engagement : 0,
        .on = place->on,
    };
    size_t count = grounds_on(&question, grounds->person->records, grounds->person->record_count,
                              out);
    size_t seen = 0;

    for (size_t i = 0; i < count; i++) {
        if (may_see(grounds->caller, out[i]))
            out[seen++] = out[i];
    }
    return seen;
}

void verdict_grounds_put(struct json_writer *w, const struct policy_document *document,
                         const struct reason *reason, const struct verdict_grounds *grounds)
{
    const struct record *records[GROUNDS_MAX];
    size_t count = verdict_rests_on(document, reason, grounds, records);

    json_open_array(w, "rests_on");
    for (size_t i = 0; i < count; i++) {
        json_open_object(w, NULL);
        json_put_int(w, "version", records[i]->version);
        json_put_string(w, "kind", record_kind_name(records[i]->kind));
        json_put_day(w, "on", grounds_day(records[i]));
        json_close_object(w);
    }
    json_close_array(w);
    put_points(w, &document->policy.rules[reason->rule], grounds->facts, grounds->place->on);
    if (verdict_lacks_birth_date(document, reason, grounds))
        json_put_string(w, "missing", "birth_date");
}
