#include "clients/gate/decide.h"

#include <string.h>

enum { MS_PER_HOUR = 3600 * 1000 };

enum why why_named(const char *name)
{
    for (unsigned i = 0; i < WHY_COUNT; i++) {
        if (strcmp(why_row((enum why)i)->code, name) == 0)
            return (enum why)i;
    }
    return WHY_STALE;
}

/* -- the code ------------------------------------------------------------------------------------- */

/* Form, key, signature, time. A clock that cannot be trusted condemns nobody's code, and vouches for
 * none. */
static enum token_why judge_code(const struct known *known, const struct shown *shown,
                                 const struct moment *m)
{
    int64_t now_s = m->now / US_PER_SECOND;
    enum token_why why = shown->read;

    if (why != TOKEN_OK)
        return why;
    if (!known->has_trust)
        return TOKEN_UNKNOWN_KEY;
    if (m->clock_good)
        return token_judge(&shown->token, &known->trust, now_s, known->skew_s);
    why = token_verify(&shown->token, &known->trust);
    return why == TOKEN_OK ? TOKEN_CLOCK : why;
}

/* -- list and roster ------------------------------------------------------------------------------ */

static bool is_old(time_us checked_at, unsigned hours, time_us now)
{
    return (now - checked_at) / US_PER_MS > (int64_t)hours * MS_PER_HOUR;
}

/* A list can only refuse. Void beats everything, except that a slot given out after the list was
 * made looks like one nobody has. */
static enum token_why judge_list(const struct known *known, const struct shown *shown,
                                 const struct moment *m, struct receipt *receipt)
{
    const struct known_list *list = known_list_of(known, shown->token.live.index);
    unsigned status;

    if (list == NULL)
        return TOKEN_OK;
    if (!statuslist_at(list->packed, STATUSLIST_PACKED_BYTES, STATUSLIST_BITS,
                       shown->token.live.index & (STATUSLIST_ENTRIES - 1), &status))
        return TOKEN_STALE;
    receipt->inputs[RECEIPT_LIST_IAT] = list->iat;
    receipt->inputs[RECEIPT_LIST_STATUS] = status;
    if (status == STATUS_INVALID)
        return shown->token.kind == TOKEN_BADGE && shown->token.live.iat > list->iat ? TOKEN_STALE
                                                                                    : TOKEN_VOID;
    if (is_old(list->checked_at, known->place.site.rule.list_hours, m->now))
        return TOKEN_STALE;
    return list->day == known->day && status == STATUS_SUSPENDED ? TOKEN_RED : TOKEN_OK;
}

/* Everything that keeps us from knowing: no roster for the day, or compared too long ago. */
static bool knows_the_day(const struct known *known, const struct moment *m)
{
    unsigned hours = known->place.site.rule.offline_hours;

    return known->has_place && known->has_roster && !is_old(known->place_checked, hours, m->now) &&
           !is_old(known->roster_checked, hours, m->now) &&
           m->now / US_PER_SECOND < known->roster.head.exp;
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

/* What the code itself says of today; false: nothing. */
static bool stated_colour(const struct known *known, const struct shown *shown, unsigned *colour)
{
    return token_colour_on(&shown->token, known->day,
                           clock_day_start(known->day) / US_PER_SECOND, colour);
}

/* A code that was made after the roster, under the same policy, knows better what is bad: the worse of
 * the two counts, and a difference is listed for people to look at. */
static void weigh_colours(const struct known *known, const struct shown *shown,
                          struct roster_row *row, uint32_t *flags)
{
    unsigned stated;

    if (!stated_colour(known, shown, &stated) || stated == row->colour_here ||
        shown->token.live.policy != known->roster.head.policy)
        return;
    *flags |= GATE_COLOUR_MOVED;
    if (shown->token.live.iat > known->roster.head.iat && stated > row->colour_here)
        row->colour_here = stated;
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

static void look_up(const struct known *known, const struct shown *shown, const struct moment *m,
                    struct gate_question *q, struct roster_row *row, struct decision *d)
{
    enum token_why why = judge_code(known, shown, m);

    d->recognised = why == TOKEN_OK || why == TOKEN_CLOCK || why == TOKEN_EXPIRED;
    if (why == TOKEN_OK)
        why = judge_list(known, shown, m, &d->receipt);
    if (d->recognised && known->has_roster &&
        roster_find(&known->roster, shown->token.live.index, row))
        q->worker_known = true;
    if (why == TOKEN_OK && (!knows_the_day(known, m) || !q->worker_known))
        why = TOKEN_STALE;
    q->code_says = why_named(token_why_name(why));
}

static void fill_question(const struct known *known, const struct moment *m,
                          const struct roster_row *row, struct site *site,
                          struct verdict *verdict, struct gate_question *q)
{
    q->today = known->day;
    q->presence_known = m->presence_known;
    q->inside = m->inside;
    q->trade = q->worker_known ? row->trade : 0;
    if (!known->has_place) {
        q->fresh_ms = -1;
        return;
    }
    *site = known->place.site;
    site->rule.pre_shift = PRE_SHIFT_OFF; /* see ask() */
    apply_zones(site, q->worker_known ? row->restrictions : UINT32_MAX);
    q->site = site;
    q->device = &known->place.device;
    q->yellow_gate = (uint8_t)(known->place.has_policy ? known->place.yellow_gate : YELLOW_DENY);
    if (q->worker_known && row->colour_here < COLOUR_NONE) {
        verdict->colour_here = (enum colour)row->colour_here;
        q->verdict = verdict;
    }
}

/* -- the receipt ---------------------------------------------------------------------------------- */

static void fill_receipt(const struct known *known, const struct shown *shown,
                         const struct moment *m, const struct gate_question *q,
                         const struct roster_row *row, struct decision *d)
{
    struct receipt *r = &d->receipt;
    const struct gate_answer *a = &d->answer;
    unsigned colour;

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
    if (d->index >= 0 && stated_colour(known, shown, &colour)) {
        r->inputs[RECEIPT_TOKEN_COLOUR] = colour;
        r->inputs[RECEIPT_TOKEN_POLICY] = shown->token.live.policy;
    }
    if (known->has_trust)
        r->inputs[RECEIPT_TRUST_SEQ] = (int64_t)known->trust.sequence;
    if (known->has_roster) {
        r->inputs[RECEIPT_ROSTER_SEQ] = (int64_t)known->roster.head.seq;
        r->inputs[RECEIPT_POLICY] = known->roster.head.policy;
    }
    if (q->worker_known)
        r->inputs[RECEIPT_ROSTER_COLOUR] = row->colour_here;
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

static void fill_flags(const struct moment *m, uint32_t moved, struct gate_answer *answer)
{
    answer->flags |= moved;
    if (m->server_late)
        answer->flags |= GATE_LATE;
    if (m->clock_offset_ms > GATE_CLOCK_MS_MAX || m->clock_offset_ms < -GATE_CLOCK_MS_MAX)
        answer->flags |= GATE_CLOCK;
}

void decide(const struct known *known, const struct shown *shown, const struct moment *m,
            struct decision *d)
{
    struct gate_question q = {.direction = shown->direction, .by_number = shown->by_number};
    struct roster_row row = {0};
    struct verdict verdict = {0};
    struct site site;
    uint32_t flags = 0;

    *d = (struct decision){.index = RECEIPT_UNKNOWN};
    for (unsigned i = 0; i < RECEIPT_INPUT_COUNT; i++)
        d->receipt.inputs[i] = RECEIPT_UNKNOWN;
    if (shown->by_number)
        q.code_says = WHY_STALE; /* only the server knows people by number */
    else
        look_up(known, shown, m, &q, &row, d);
    if (q.worker_known)
        weigh_colours(known, shown, &row, &flags);
    if (d->recognised) {
        d->index = (int64_t)shown->token.live.index;
        d->iat = token_time(&shown->token);
        q.rectifying = known->has_place && place_is_rectifying(&known->place, d->index);
    }
    fill_question(known, m, &row, &site, &verdict, &q);
    ask(known, &q, &d->answer);
    fill_flags(m, flags, &d->answer);
    fill_receipt(known, shown, m, &q, &row, d);
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
