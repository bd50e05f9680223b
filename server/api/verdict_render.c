#include "api/verdict_render.h"

#include "api/app.h"
#include "api/standing.h"
#include "api/verdict_grounds.h"
#include "domain/calendar.h"
#include "domain/policy.h"
#include "domain/record.h"

enum site_state site_state_of_word(struct text word)
{
    if (text_is(word, "open"))
        return SITE_OPEN;
    return text_is(word, "stopped") ? SITE_STOPPED : SITE_CLOSED;
}

enum permit_state permit_of_row(const struct org_row *row, day_t on)
{
    static const char *const words[] = {
        [PERMIT_NONE] = "none",
        [PERMIT_VALID] = "valid",
        [PERMIT_SUSPENDED] = "suspended",
        [PERMIT_REVOKED] = "revoked",
    };
    struct org org = {.permit_until = row->permit_until};
    unsigned i = 0;

    while (i < sizeof words / sizeof *words - 1 && !text_is(row->permit_state, words[i]))
        i++;
    org.permit = (enum permit_state)i;
    return org_permit_on(&org, on);
}

void json_put_trade(struct json_writer *w, const char *key, uint16_t trade)
{
    char code[8];
    struct build b = build_over(code, sizeof code);

    build_format(&b, "%03u", (unsigned)trade);
    json_put_text(w, key, build_done(&b));
}

void json_put_role(struct json_writer *w, const char *key, uint8_t role)
{
    json_put_text_or_null(w, key, choice_word(record_choices(RECORD_ENGAGEMENT, "role"), role));
}

static void put_reason(struct json_writer *w, const struct policy_document *document,
                       const struct reason *reason, bool english,
                       const struct verdict_grounds *grounds)
{
    const struct policy_reason *says = policy_explain(document, reason);
    const struct policy_rule_text *text = policy_rule_text(document, reason);
    const struct policy_words *words = english ? &says->en : &says->zh;
    bool unborn = grounds != NULL && verdict_lacks_birth_date(document, reason, grounds);

    json_open_object(w, NULL);
    json_put_string(w, "code", reason_name(reason->code));
    json_put_string(w, "colour", colour_name(reason->colour));
    json_put_string(w, "scope", scope_name(reason->scope));
    json_put_day(w, "since", reason->since);
    json_put_day(w, "until", reason->until);
    json_put_string(w, "what", unborn ? verdict_no_birth_date(english) : words->what);
    json_put_string(w, "remedy", words->remedy);
    json_put_string(w, "help", words->help);
    json_open_array(w, "basis");
    for (unsigned i = 0; i < text->basis_count; i++) {
        json_open_object(w, NULL);
        json_put_string(w, "text", text->basis[i].text);
        json_put_string(w, "mark", text->basis[i].mark);
        json_close_object(w);
    }
    json_close_array(w);
    if (grounds != NULL)
        verdict_grounds_put(w, document, reason, grounds);
    json_put_string(w, "appeal",
                    english ? "Is this wrong? You may appeal: a person of the housing authority, "
                              "not the system, looks at it and answers by a deadline."
                            : "认为有误？您可以申诉：由住建部门的工作人员（不是系统）复核，并在期限内答复。");
    json_close_object(w);
}

static void put_notes(struct json_writer *w, const struct verdict_notes *notes)
{
    json_open_object(w, "stars");
    json_put_int(w, "count", notes->stars.count);
    json_put_int(w, "points", (int64_t)notes->stars.points);
    json_close_object(w);
    json_open_array(w, "appeals");
    for (int i = 0; i < notes->appeals.count; i++) {
        const struct appeal_row *row = &notes->appeals.rows[i];

        json_open_object(w, NULL);
        json_put_int(w, "id", row->appeal.id);
        json_put_text(w, "reason", row->reason);
        json_put_text(w, "scope", row->scope);
        json_put_day(w, "due", row->due);
        json_close_object(w);
    }
    json_close_array(w);
}

void post_put(struct json_writer *w, const struct place *place)
{
    if (!place->is_post) {
        json_put_null(w, "post");
        return;
    }
    json_open_object(w, "post");
    json_put_int(w, "org", place->org_id);
    json_put_int(w, "site", place->site_id);
    json_put_trade(w, "trade", place->context.trade);
    json_put_role(w, "role", place->context.role);
    json_close_object(w);
}

void verdict_put(struct json_writer *w, const struct policy_document *document,
                 const struct verdict *v, bool english, const struct verdict_grounds *grounds)
{
    json_put_string(w, "person_colour", colour_name(v->person_colour));
    if (v->has_context)
        json_put_string(w, "colour_here", colour_name(v->colour_here));
    else
        json_put_null(w, "colour_here");
    json_open_array(w, "reasons");
    for (unsigned i = 0; i < v->reason_count; i++)
        put_reason(w, document, &v->reasons[i], english, grounds);
    json_close_array(w);
    json_put_day(w, "next_change", v->next_change);
    json_put_string(w, "policy", document->policy.id);
    json_put_int(w, "policy_number", v->policy);
    json_put_int(w, "semantics", v->semantics);
    json_put_day(w, "on", v->on);
}

struct err verdict_render(struct exchange *x, struct build *out, int64_t worker_id,
                          const struct facts *facts, const struct place *place,
                          const struct verdict_notes *notes)
{
    const struct registry_reader *reader = app_of(x)->reader;
    const struct policy_document *document = NULL;
    const struct policy_set *policies;
    const struct verdict_grounds grounds = {caller_of(x), facts, notes->person, place};
    struct json_writer w = json_writer_over(out);
    struct verdict verdict;

    registry_enter(app_of(x)->reader); /* the policy's words are read until it is left */
    policies = registry_policies(reader);
    if (policies != NULL)
        document = policies_judge(policies, place->region, facts,
                                  place->is_post ? &place->context : NULL, place->on, &verdict);
    if (document != NULL) {
        json_open_object(&w, NULL);
        json_put_int(&w, "worker", worker_id);
        json_put_int(&w, "version", facts->version);
        json_put_text(&w, "region", place->region);
        post_put(&w, place);
        verdict_put(&w, document, &verdict, x->english, &grounds);
        put_notes(&w, notes);
        json_close_object(&w);
    }
    registry_leave(app_of(x)->reader);
    return document != NULL ? OK : err_make(ERR_NOT_READY);
}

bool colours_of(const struct registry_reader *reader, const struct facts *facts,
                const struct place *place, struct colours *colours)
{
    const struct policy_set *policies = registry_policies(reader);
    const struct policy_document *document = NULL;

    if (policies != NULL)
        document = policy_find(policies, place->region, place->on);
    if (document == NULL)
        return false;
    *colours = safety_colours(facts, place->is_post ? &place->context : NULL, &document->policy,
                              place->on);
    return true;
}
