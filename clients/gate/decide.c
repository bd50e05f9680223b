#include "clients/gate/decide.h"

#include <string.h>

#include "crypto/code.h"

enum { MS_PER_HOUR = 3600 * 1000 };

enum why why_named(const char *name)
{
    for (unsigned i = 0; i < WHY_COUNT; i++) {
        if (strcmp(why_row((enum why)i)->code, name) == 0)
            return (enum why)i;
    }
    return WHY_STALE;
}

/* -- what is asked while the code is judged -------------------------------------------------------- */

struct asking {
    const struct known *known;
    const struct moment *m;
    const struct token *token;
};

static bool is_old(time_us checked_at, unsigned hours, time_us now)
{
    return (now - checked_at) / US_PER_MS > (int64_t)hours * MS_PER_HOUR;
}

/* Today's list. Where only an older one is left, what was void then still is; about the others it says
 * nothing, and when it is older than the site allows, nobody can tell. */
static bool find_status(void *arg, uint64_t index, struct code_status *status)
{
    const struct asking *a = arg;
    const struct known_list *list = known_list_of(a->known, index);

    if (list == NULL)
        return false;
    status->is_beyond = !statuslist_at(list->packed, STATUSLIST_PACKED_BYTES, STATUSLIST_BITS,
                                       index & (STATUSLIST_ENTRIES - 1), &status->status);
    status->iat = list->iat;
    status->exp = list->exp;
    if (list->day == a->known->day)
        return true;
    if (status->status == STATUS_INVALID)
        status->exp = INT64_MAX / 2;
    return status->status == STATUS_INVALID ||
           is_old(list->checked_at, a->known->place.site.rule.list_hours, a->m->now);
}

static bool find_row(void *arg, uint64_t index, struct roster_row *row)
{
    const struct asking *a = arg;

    return roster_find(&a->known->roster, index, row);
}

/* Everything that keeps us from knowing: no roster for the day, or compared too long ago. */
static bool knows_the_day(const struct known *known, const struct moment *m)
{
    unsigned hours = known->place.site.rule.offline_hours;

    return known->has_place && known->has_roster && !is_old(known->place_checked, hours, m->now) &&
           !is_old(known->roster_checked, hours, m->now);
}

/* Form, key, signature, time, list, roster, colour: crypto/code.h's order. What was answered before is
 * the book's business. */
static void judge(const struct known *known, const struct shown *shown, const struct moment *m,
                  struct code_answer *answer)
{
    struct asking asking = {known, m, &shown->token};
    struct code_lists lists = {.find = find_status, .arg = &asking};
    struct code_roster roster = {.head = known->roster.head, .find = find_row, .arg = &asking};
    struct code_gate gate = {
        .trust = &known->trust,
        .now_s = m->now / US_PER_SECOND,
        .skew_s = known->skew_s,
        .clock_bad = !m->clock_good,
        .today = known->day,
        .today_from_s = clock_day_start(known->day) / US_PER_SECOND,
        .policy = CODE_ANY_POLICY,
        .direction = shown->direction == DIRECTION_OUT ? CODE_OUT : CODE_IN,
        .lists = known->list_count > 0 ? &lists : NULL,
        .roster = known->has_roster ? &roster : NULL,
    };

    if (known->has_place)
        lists.age_max_s = known->place.site.rule.list_hours * 3600;
    code_judge_token(&shown->token, &gate, answer);
}

static bool is_genuine(enum token_why why)
{
    return why != TOKEN_FORMAT && why != TOKEN_NOT_OURS && why != TOKEN_UNKNOWN_KEY &&
           why != TOKEN_KEY && why != TOKEN_SIGNATURE;
}

/* -- the question --------------------------------------------------------------------------------- */

/* Who may enter a zone was looked at when the roster was made: one bit a zone. */
static void apply_zones(struct site *site, uint32_t restrictions)
{
    for (unsigned i = 0; i < site->rule.zone_count; i++) {
        struct zone *zone = &site->rule.zones[i];

        zone->certificate_count = 0;
        zone->trade_count = (restrictions >> i & 1) != 0;
        zone->trades[0] = UINT16_MAX; /* nobody's */
    }
}

/* Asks gate_decide(). What is asked of the policy and the site about a briefing today, only the
 * server knows: who would be let in but for that, nobody can tell about. */
static void ask(const struct known *known, struct gate_question *q, struct gate_answer *answer)
{
    bool wants_briefing = known->has_place &&
                          (known->place.site.rule.pre_shift == PRE_SHIFT_REFUSE ||
                           known->place.pre_shift == PRE_SHIFT_REFUSE);

    gate_decide(q, answer);
    if (q->direction == DIRECTION_IN && answer->verdict == VERDICT_OPEN && wants_briefing) {
        q->code_says = WHY_STALE;
        gate_decide(q, answer);
    }
}

/* The site's rule has its say about yellow, zones and what nobody can tell, so colours go on to
 * gate_decide(); a colour without a row in the roster can only refuse. */
static enum why why_of(const struct code_answer *answer)
{
    switch (answer->why) {
    case TOKEN_OK:
    case TOKEN_EXIT:
        return WHY_OK;
    case TOKEN_YELLOW:
    case TOKEN_RED:
        return answer->is_listed ? WHY_OK : why_named(token_why_name(answer->why));
    case TOKEN_UNKNOWN_KEY:
    case TOKEN_CLOCK:
        return why_named(token_why_name(answer->why));
    default:
        return answer->verdict == CODE_CANNOT_TELL ? WHY_STALE
                                                   : why_named(token_why_name(answer->why));
    }
}

static void look_up(const struct known *known, const struct shown *shown, const struct moment *m,
                    struct gate_question *q, struct code_answer *answer, struct decision *d)
{
    if (shown->read != TOKEN_OK) {
        answer->why = shown->read;
        answer->verdict = CODE_REFUSE;
    } else if (!known->has_trust) {
        answer->why = TOKEN_UNKNOWN_KEY;
        answer->verdict = CODE_CANNOT_TELL;
    } else {
        judge(known, shown, m, answer);
    }
    d->recognised = is_genuine(answer->why);
    q->worker_known = answer->is_listed;
    q->code_says = why_of(answer);
    if (q->code_says == WHY_OK && (!q->worker_known || !knows_the_day(known, m)))
        q->code_says = WHY_STALE;
}

static void fill_question(const struct known *known, const struct moment *m,
                          const struct code_answer *judged, struct site *site,
                          struct verdict *verdict, struct gate_question *q)
{
    q->today = known->day;
    q->presence_known = m->presence_known;
    q->inside = m->inside;
    q->trade = q->worker_known ? judged->row.trade : 0;
    if (!known->has_place) {
        q->fresh_ms = -1;
        return;
    }
    *site = known->place.site;
    site->rule.pre_shift = PRE_SHIFT_OFF; /* see ask() */
    apply_zones(site, q->worker_known ? judged->row.restrictions : UINT32_MAX);
    q->site = site;
    q->device = &known->place.device;
    q->yellow_gate = (uint8_t)(known->place.has_policy ? known->place.yellow_gate : YELLOW_DENY);
    if (q->worker_known && judged->colour != CODE_NO_COLOUR) {
        verdict->colour_here = (enum colour)judged->colour;
        q->verdict = verdict;
    }
}

/* -- the receipt ---------------------------------------------------------------------------------- */

static void fill_receipt(const struct known *known, const struct shown *shown,
                         const struct moment *m, const struct gate_question *q,
                         const struct code_answer *judged, struct decision *d)
{
    struct receipt *r = &d->receipt;
    const struct gate_answer *a = &d->answer;

    r->t_s = m->now > 0 ? m->now / US_PER_SECOND : 0;
    r->direction = q->direction;
    r->index = d->index;
    r->colour = a->colour != COLOUR_NONE ? (int)a->colour : RECEIPT_UNKNOWN;
    r->verdict = a->verdict;
    r->why = (uint16_t)a->why;
    if (d->index >= 0) {
        r->inputs[RECEIPT_TOKEN_KIND] = shown->token.kind;
        r->inputs[RECEIPT_TOKEN_IAT] = d->iat;
    }
    if (d->index >= 0 && shown->token.kind != TOKEN_BADGE)
        r->inputs[RECEIPT_TOKEN_POLICY] = shown->token.live.policy;
    r->inputs[RECEIPT_TOKEN_COLOUR] = judged->token_colour;
    r->inputs[RECEIPT_LIST_IAT] = judged->list_iat;
    r->inputs[RECEIPT_LIST_STATUS] = judged->list_status;
    if (known->has_trust)
        r->inputs[RECEIPT_TRUST_SEQ] = (int64_t)known->trust.sequence;
    if (known->has_roster) {
        r->inputs[RECEIPT_ROSTER_SEQ] = (int64_t)known->roster.head.seq;
        r->inputs[RECEIPT_POLICY] = known->roster.head.policy;
    }
    if (q->worker_known)
        r->inputs[RECEIPT_ROSTER_COLOUR] = judged->row.colour_here;
    if (known->has_place) {
        r->site = (uint64_t)known->place.site.id;
        r->gate = (uint64_t)known->place.device.id;
        r->inputs[RECEIPT_SITE_VERSION] = known->place.site.version;
    }
    r->inputs[RECEIPT_CLOCK_OFFSET_MS] = m->clock_offset_ms;
    r->inputs[RECEIPT_FLAGS] = a->flags;
    r->inputs[RECEIPT_RESTRICTIONS] = a->restrictions;
    r->inputs[RECEIPT_TOLD] = m->server_late;
}

static void fill_flags(const struct moment *m, const struct code_answer *judged,
                       struct gate_answer *answer)
{
    if ((judged->flags & CODE_COLOUR_DIFFERS) != 0)
        answer->flags |= GATE_COLOUR_MOVED;
    if (m->server_late)
        answer->flags |= GATE_LATE;
    if (m->clock_offset_ms > GATE_CLOCK_MS_MAX || m->clock_offset_ms < -GATE_CLOCK_MS_MAX)
        answer->flags |= GATE_CLOCK;
}

void decide(const struct known *known, const struct shown *shown, const struct moment *m,
            struct decision *d)
{
    struct gate_question q = {.direction = shown->direction, .by_number = shown->by_number};
    struct code_answer judged = {.colour = CODE_NO_COLOUR, .token_colour = CODE_NO_COLOUR,
                                 .list_iat = -1, .list_status = -1};
    struct verdict verdict = {0};
    struct site site;

    *d = (struct decision){.index = RECEIPT_UNKNOWN};
    for (unsigned i = 0; i < RECEIPT_INPUT_COUNT; i++)
        d->receipt.inputs[i] = RECEIPT_UNKNOWN;
    if (shown->by_number)
        q.code_says = WHY_STALE; /* only the server knows people by number */
    else
        look_up(known, shown, m, &q, &judged, d);
    if (d->recognised) {
        d->index = (int64_t)shown->token.live.index;
        d->iat = token_time(&shown->token);
        if (judged.is_listed)
            memcpy(d->photo.hash, judged.row.photo, sizeof d->photo.hash);
        q.rectifying = known->has_place && place_is_rectifying(&known->place, d->index);
    }
    fill_question(known, m, &judged, &site, &verdict, &q);
    ask(known, &q, &d->answer);
    fill_flags(m, &judged, &d->answer);
    fill_receipt(known, shown, m, &q, &judged, d);
    if (d->recognised && shown->token.kind != TOKEN_BADGE &&
        d->answer.verdict != VERDICT_CANNOT_TELL)
        d->until_s = token_dead_s(&shown->token, known->skew_s);
    if (known->has_place && known->has_roster)
        d->checked_at = known->place_checked < known->roster_checked ? known->place_checked
                                                                     : known->roster_checked;
}

void decide_unrecorded(const struct known *known, enum direction direction,
                       struct decision *d)
{
    struct gate_question q = {
        .direction = direction,
        .site = known->has_place ? &known->place.site : NULL,
        .device = known->has_place ? &known->place.device : NULL,
    };

    gate_unrecorded(&q, &d->answer);
}
