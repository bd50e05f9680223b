/* domain/gate.c: the order of a gate's questions; the first that has an answer decides.
 *
 *   leaving                                                 open,   whatever else is true
 *   the code itself (format, key, signature, time, void)    refuse, or cannot tell
 *   site or device not known here; register too old;        cannot tell
 *     clock too far off
 *   nobody known; not engaged here today                    refuse
 *   site closed; site stopped, and not on the list of       refuse
 *     those who rectify
 *   no policy for the region                                cannot tell
 *   red; yellow where yellow is denied                      refuse
 *   the zone that the device guards                         refuse
 *   the same code just used elsewhere                       refuse
 *   already inside; no briefing today                       by the site's rule
 *   otherwise                                               open, for yellow perhaps restricted
 *
 * A refusal that does not depend on the system's health comes before "cannot tell", so that a
 * forged code is refused even when the database is gone. What is worth a review is flagged whether
 * or not it decided.
 *
 * What was decided may still not be what the device is told: when its pass cannot be recorded, or
 * its deadline is over, the site's rule for that takes the place of "open". */
#include "domain/gate.h"

#include <stddef.h>

static const struct why_row rows[] = {
#define WHY(name, code, screen, voice, english) [WHY_##name] = {code, screen, voice, english},
#include "domain/gate.def"
#undef WHY
};

const struct why_row *why_row(enum why why)
{
    CHECK((unsigned)why < WHY_COUNT);
    return &rows[why];
}

const char *verdict_kind_name(enum verdict_kind kind)
{
    static const char *const names[] = {
        [VERDICT_OPEN] = "open",
        [VERDICT_REFUSE] = "refuse",
        [VERDICT_CANNOT_TELL] = "cannot_tell",
    };

    CHECK(kind >= VERDICT_OPEN && kind <= VERDICT_CANNOT_TELL);
    return names[kind];
}

static const struct site_rule *rule_of(const struct gate_question *q)
{
    return q->site != NULL ? &q->site->rule : &site_rule_default;
}

/* A zone is high-risk: nothing but a plain yes opens it, whatever the site has written. A device
 * that is not known might guard one. */
static bool is_always_secure(const struct gate_question *q)
{
    return q->device == NULL || q->device->zone.bytes > 0;
}

static void answer_with(struct gate_answer *answer, enum verdict_kind verdict, enum why why)
{
    answer->verdict = verdict;
    answer->why = why;
}

/* Nobody could tell: the site's written rule decides, and what it opens is listed for review. */
static void answer_by_rule(const struct gate_question *q, enum fallback rule, enum why why,
                           struct gate_answer *answer)
{
    if (rule == FALLBACK_OPEN_FLAGGED && !is_always_secure(q)) {
        answer_with(answer, VERDICT_OPEN, why);
        answer->flags |= GATE_OPENED_BY_RULE;
    } else {
        answer_with(answer, VERDICT_CANNOT_TELL, why);
        answer->restrictions = 0; /* of an answer that was to open */
    }
}

static bool had_briefing(const struct gate_question *q)
{
    if (q->facts == NULL || q->site == NULL)
        return false;
    for (unsigned i = 0; i < q->facts->count; i++) {
        const struct fact *f = &q->facts->fact[i];

        if (f->kind == FACT_TRAINING && f->a == TRAINING_PRE_SHIFT && f->on == q->today &&
            f->c == 1 && f->ref == (uint32_t)q->site->id)
            return true;
    }
    return false;
}

/* The stricter of what the policy and the site say: enum pre_shift goes from lenient to strict. */
static enum pre_shift pre_shift_rule(const struct gate_question *q)
{
    enum pre_shift site = rule_of(q)->pre_shift;

    return q->pre_shift > site ? (enum pre_shift)q->pre_shift : site;
}

static uint32_t entry_flags(const struct gate_question *q)
{
    uint32_t flags = 0;

    if (q->used_elsewhere)
        flags |= GATE_ELSEWHERE;
    if (q->by_number)
        flags |= GATE_WITHOUT_CODE;
    if (q->worker_known && q->presence_known && q->inside)
        flags |= GATE_PASSBACK;
    if (q->worker_known && pre_shift_rule(q) != PRE_SHIFT_OFF && !had_briefing(q))
        flags |= GATE_PRE_SHIFT;
    return flags;
}

static void decide_exit(const struct gate_question *q, struct gate_answer *answer)
{
    answer_with(answer, VERDICT_OPEN, WHY_EXIT);
    if (q->used_elsewhere)
        answer->flags |= GATE_ELSEWHERE;
    if (q->by_number)
        answer->flags |= GATE_WITHOUT_CODE;
    if (q->worker_known && q->presence_known && !q->inside)
        answer->flags |= GATE_PASSBACK;
}

static bool decide_code(const struct gate_question *q, struct gate_answer *answer)
{
    switch (q->code_says) {
    case WHY_OK:
        return false;
    case WHY_UNKNOWN_KEY:
    case WHY_STALE:
    case WHY_CLOCK:
        answer_by_rule(q, rule_of(q)->cannot_tell, q->code_says, answer);
        return true;
    default:
        answer_with(answer, VERDICT_REFUSE, q->code_says);
        return true;
    }
}

static bool decide_health(const struct gate_question *q, struct gate_answer *answer)
{
    enum why why = WHY_OK;

    if (q->site == NULL || q->device == NULL || q->fresh_ms < 0 ||
        q->fresh_ms > GATE_FRESH_MS_MAX)
        why = WHY_STALE;
    else if (q->clock_offset_ms > GATE_CLOCK_MS_MAX || q->clock_offset_ms < -GATE_CLOCK_MS_MAX)
        why = WHY_CLOCK;
    if (why == WHY_OK)
        return false;
    answer_by_rule(q, rule_of(q)->cannot_tell, why, answer);
    return true;
}

static bool decide_place(const struct gate_question *q, struct gate_answer *answer)
{
    enum why why = WHY_OK;

    if (!q->worker_known)
        why = WHY_UNKNOWN_WORKER;
    else if (q->trade == 0)
        why = WHY_NOT_ENGAGED;
    else if (q->site->state == SITE_CLOSED)
        why = WHY_SITE_CLOSED;
    else if (q->site->state == SITE_STOPPED && !q->rectifying)
        why = WHY_SITE_STOPPED;
    if (why == WHY_OK)
        return false;
    answer_with(answer, VERDICT_REFUSE, why);
    return true;
}

/* The stricter of what the policy and the site say: enum yellow_gate goes from strict to lenient. */
static enum yellow_gate yellow_rule(const struct gate_question *q)
{
    enum yellow_gate site = rule_of(q)->yellow_gate;

    return q->yellow_gate < site ? (enum yellow_gate)q->yellow_gate : site;
}

static bool is_restricted(const struct gate_question *q)
{
    return q->verdict->colour_here == COLOUR_YELLOW && yellow_rule(q) == YELLOW_ALLOW_RESTRICTED;
}

static bool decide_colour(const struct gate_question *q, struct gate_answer *answer)
{
    if (q->verdict == NULL) {
        answer_by_rule(q, rule_of(q)->cannot_tell, WHY_NO_POLICY, answer);
        return true;
    }
    if (q->verdict->colour_here == COLOUR_RED) {
        answer_with(answer, VERDICT_REFUSE, WHY_RED);
        return true;
    }
    if (q->verdict->colour_here == COLOUR_YELLOW && yellow_rule(q) == YELLOW_DENY) {
        answer_with(answer, VERDICT_REFUSE, WHY_YELLOW);
        return true;
    }
    return false;
}

static bool is_suspended(const struct facts *facts, uint32_t certificate, day_t on)
{
    bool suspended = false;

    for (unsigned i = 0; i < facts->count; i++) { /* by day, then as recorded: the last one counts */
        const struct fact *f = &facts->fact[i];

        if (f->kind != FACT_CERTIFICATE_STATUS || f->ref != certificate || f->on > on)
            continue;
        if (f->a == CERTIFICATE_VALID)
            suspended = false;
        else if (on < f->until)
            suspended = true;
    }
    return suspended;
}

static bool holds_certificate(const struct gate_question *q, const struct zone *zone)
{
    for (unsigned i = 0; q->facts != NULL && i < q->facts->count; i++) {
        const struct fact *f = &q->facts->fact[i];

        if (f->kind != FACT_CERTIFICATE || f->a != CERTIFICATE_SPECIAL_OPERATION ||
            f->on > q->today || q->today >= f->until || is_suspended(q->facts, f->ref, q->today))
            continue;
        for (unsigned k = 0; k < zone->certificate_count; k++) {
            if (zone->certificates[k] == f->b)
                return true;
        }
    }
    return zone->certificate_count == 0;
}

static bool zone_has_trade(const struct zone *zone, uint16_t trade)
{
    for (unsigned i = 0; i < zone->trade_count; i++) {
        if (zone->trades[i] == trade)
            return true;
    }
    return zone->trade_count == 0;
}

static bool may_enter_zone(const struct gate_question *q, const struct zone *zone)
{
    return zone_has_trade(zone, q->trade) && holds_certificate(q, zone);
}

uint32_t gate_shut_zones(const struct gate_question *q)
{
    const struct site_rule *rule = rule_of(q);
    uint32_t shut = 0;

    for (unsigned i = 0; i < rule->zone_count; i++) {
        if (is_restricted(q) || !may_enter_zone(q, &rule->zones[i]))
            shut |= 1u << i;
    }
    return shut;
}

static bool decide_zone(const struct gate_question *q, struct gate_answer *answer)
{
    const struct site_rule *rule = rule_of(q);

    if (q->device->zone.bytes == 0)
        return false;
    for (unsigned i = 0; i < rule->zone_count; i++) {
        const struct zone *zone = &rule->zones[i];

        if (!text_is(q->device->zone, zone->name))
            continue;
        if (is_restricted(q))
            answer_with(answer, VERDICT_REFUSE, WHY_RESTRICTED);
        else if (!may_enter_zone(q, zone))
            answer_with(answer, VERDICT_REFUSE, WHY_ZONE);
        else
            return false;
        return true;
    }
    /* The device guards a zone that the site's rule does not describe: nobody can tell. */
    answer_by_rule(q, rule->cannot_tell, WHY_NO_POLICY, answer);
    return true;
}

static bool decide_habits(const struct gate_question *q, struct gate_answer *answer)
{
    const struct site_rule *rule = rule_of(q);
    enum why why = WHY_OK;

    if (q->used_elsewhere)
        why = WHY_REPLAYED;
    else if ((answer->flags & GATE_PASSBACK) != 0 && rule->passback == PASSBACK_REFUSE)
        why = WHY_PASSBACK;
    else if ((answer->flags & GATE_PRE_SHIFT) != 0 && pre_shift_rule(q) == PRE_SHIFT_REFUSE)
        why = WHY_PRE_SHIFT;
    if (why == WHY_OK)
        return false;
    answer_with(answer, VERDICT_REFUSE, why);
    return true;
}

static void decide_open(const struct gate_question *q, struct gate_answer *answer)
{
    if (!is_restricted(q)) {
        answer_with(answer, VERDICT_OPEN, WHY_OK);
        return;
    }
    answer_with(answer, VERDICT_OPEN, WHY_RESTRICTED);
    answer->restrictions = (uint32_t)((1ull << rule_of(q)->zone_count) - 1);
}

void gate_decide(const struct gate_question *q, struct gate_answer *answer)
{
    *answer = (struct gate_answer){.colour = COLOUR_NONE};
    if (q->verdict != NULL)
        answer->colour = q->verdict->colour_here;
    if (q->direction == DIRECTION_OUT) {
        decide_exit(q, answer);
        return;
    }
    CHECK(q->direction == DIRECTION_IN);
    answer->flags = entry_flags(q);
    if (decide_code(q, answer) || decide_health(q, answer) || decide_place(q, answer) ||
        decide_colour(q, answer) || decide_zone(q, answer) || decide_habits(q, answer))
        return;
    decide_open(q, answer);
}

void gate_unrecorded(const struct gate_question *q, struct gate_answer *answer)
{
    if (q->direction == DIRECTION_OUT || answer->verdict != VERDICT_OPEN)
        return; /* a refusal needs no record to stand */
    answer_by_rule(q, rule_of(q)->unrecorded, WHY_UNRECORDED, answer);
}

void gate_late(const struct gate_question *q, struct gate_answer *answer)
{
    if (q->direction == DIRECTION_OUT)
        return;
    answer->flags |= GATE_LATE;
    if (answer->verdict == VERDICT_OPEN) /* a refusal stands however late it is */
        answer_by_rule(q, rule_of(q)->late, WHY_LATE, answer);
}
