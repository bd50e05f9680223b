/* domain/gate_case.c: see gate_case.h. */
#include "domain/gate_case.h"

#include <stddef.h>

#include "domain/mix.h"

/* -- deciding ------------------------------------------------------------------------------------ */

static bool is_rectifying(const struct gate_case *c)
{
    for (size_t i = 0; c->site != NULL && i < c->site->rectification_count; i++) {
        if (c->site->rectification[i] == c->worker_id)
            return true;
    }
    return false;
}

/* What the colour at this post depends on; false when there is no post, or no policy for its place. */
static bool context_of(const struct gate_case *c, struct context *context)
{
    if (c->facts == NULL || c->site == NULL || c->engagement == NULL || c->policy == NULL)
        return false;
    *context = (struct context){
        .trade = c->engagement->trade,
        .role = c->engagement->role,
        .site_state = (uint8_t)(is_rectifying(c) ? SITE_OPEN : c->site->state),
        .org_permit = (uint8_t)(c->org != NULL ? org_permit_on(c->org, c->today) : PERMIT_UNASKED),
        .site = (uint32_t)c->site->id,
    };
    return true;
}

/* A gate waits: colours and reasons of the day, and not since when or until when. */
static bool judge(const struct gate_case *c, struct verdict *verdict)
{
    struct context context;

    if (!context_of(c, &context))
        return false;
    (void)safety_day(c->facts, &context, c->policy, c->today, verdict);
    return true;
}

bool gate_case_explain(const struct gate_case *c, struct verdict *verdict)
{
    struct context context;

    if (!context_of(c, &context))
        return false;
    safety_code(c->facts, &context, c->policy, c->today, verdict);
    return true;
}

/* The operator's limit takes the place of ours. */
static int64_t freshness(const struct gate_case *c)
{
    if (c->fresh_ms > c->fresh_limit_ms)
        return GATE_FRESH_MS_MAX + 1;
    return c->fresh_ms < GATE_FRESH_MS_MAX ? c->fresh_ms : GATE_FRESH_MS_MAX;
}

static struct gate_question question_of(const struct gate_case *c, const struct verdict *verdict)
{
    return (struct gate_question){
        .direction = c->direction,
        .code_says = c->code_says,
        .worker_known = c->facts != NULL,
        .site = c->site,
        .device = c->device,
        .verdict = verdict,
        .facts = c->facts,
        .trade = c->engagement != NULL ? c->engagement->trade : 0,
        .yellow_gate = verdict != NULL ? c->policy->yellow_gate : 0,
        .pre_shift = verdict != NULL ? c->policy->pre_shift : 0,
        .fresh_ms = freshness(c),
        .clock_offset_ms = c->clock_offset_ms,
        .inside = c->inside,
        .presence_known = c->presence_known,
        .used_elsewhere = c->used_elsewhere,
        .rectifying = is_rectifying(c),
        .by_number = c->by_number,
        .today = c->today,
        .worker_id = c->worker_id,
    };
}

void gate_case_decide(const struct gate_case *c, struct gate_outcome *out)
{
    struct gate_question q;

    out->judged = judge(c, &out->verdict);
    q = question_of(c, out->judged ? &out->verdict : NULL);
    gate_decide(&q, &out->answer);
    if (c->gate_clock_off)
        out->answer.flags |= GATE_CLOCK;
    if (out->judged && c->live_code && c->code_policy == out->verdict.policy &&
        c->code_colour != out->verdict.person_colour)
        out->answer.flags |= GATE_COLOUR_MOVED;
}

void gate_case_tell(const struct gate_case *c, const struct gate_after *after,
                    struct gate_answer *answer)
{
    struct gate_question q = {
        .direction = c->direction,
        .site = after->rule_moved ? NULL : c->site,
        .device = after->rule_moved ? NULL : c->device,
    };

    if (after->unrecorded)
        gate_unrecorded(&q, answer);
    if (after->late)
        gate_late(&q, answer);
}

/* -- the hash ------------------------------------------------------------------------------------ */

static void hash_rule(uint64_t *hash, const struct site_rule *rule)
{
    mix_put(hash, rule->yellow_gate);
    mix_put(hash, rule->cannot_tell);
    mix_put(hash, rule->late);
    mix_put(hash, rule->unrecorded);
    mix_put(hash, rule->passback);
    mix_put(hash, rule->pre_shift);
    mix_put(hash, rule->offline_hours);
    mix_put(hash, rule->list_hours);
    mix_put(hash, rule->zone_count);
    for (unsigned i = 0; i < rule->zone_count; i++) {
        const struct zone *zone = &rule->zones[i];

        mix_put_text(hash, text_of(zone->name));
        mix_put(hash, zone->trade_count);
        for (unsigned k = 0; k < zone->trade_count; k++)
            mix_put(hash, zone->trades[k]);
        mix_put(hash, zone->certificate_count);
        for (unsigned k = 0; k < zone->certificate_count; k++)
            mix_put(hash, zone->certificates[k]);
    }
}
_Static_assert(sizeof(struct site_rule) == 2144, "a new member of the rule joins the hash");

static void hash_site(uint64_t *hash, const struct site *site)
{
    mix_put(hash, (uint64_t)site->id);
    mix_put(hash, (uint64_t)site->version);
    mix_put(hash, (uint64_t)site->org_id);
    mix_put_text(hash, site->region);
    mix_put(hash, site->state);
    hash_rule(hash, &site->rule);
    mix_put(hash, site->rectification_count);
    for (size_t i = 0; i < site->rectification_count; i++)
        mix_put(hash, (uint64_t)site->rectification[i]);
}

static void hash_device(uint64_t *hash, const struct device *device)
{
    mix_put(hash, (uint64_t)device->id);
    mix_put(hash, (uint64_t)device->version);
    mix_put(hash, (uint64_t)device->site_id);
    mix_put(hash, device->direction);
    mix_put_text(hash, device->zone);
    mix_put(hash, device->active);
}

static void hash_org(uint64_t *hash, const struct org *org)
{
    mix_put(hash, (uint64_t)org->id);
    mix_put(hash, (uint64_t)org->version);
    mix_put(hash, org->permit);
    mix_put(hash, org->permit_until);
}

static void hash_facts(uint64_t *hash, const struct facts *facts)
{
    mix_put(hash, facts->version);
    mix_put(hash, facts->birth);
    mix_put(hash, facts->enrolled);
    mix_put(hash, facts->sex);
    mix_put(hash, facts->count);
    for (unsigned i = 0; i < facts->count; i++) {
        const struct fact *f = &facts->fact[i];

        mix_put(hash, (uint64_t)f->on << 48 | (uint64_t)f->until << 32 | (uint64_t)f->kind << 24 |
                          (uint64_t)f->a << 16 | (uint64_t)f->b << 8 | f->c);
        mix_put(hash, f->ref);
    }
}

static void hash_engagement(uint64_t *hash, const struct engagement *e)
{
    mix_put(hash, (uint64_t)e->org);
    mix_put(hash, (uint64_t)e->site);
    mix_put(hash, e->version);
    mix_put(hash, (uint64_t)e->from << 16 | e->until);
    mix_put(hash, e->trade);
    mix_put(hash, e->role);
}

/* A policy's document is covered by the digest that its own row holds. */
uint64_t gate_case_hash(const struct gate_case *c)
{
    uint64_t hash = MIX_BEGIN;

    mix_put(&hash, (c->site != NULL) | (c->device != NULL) << 1 | (c->facts != NULL) << 2 |
                       (c->engagement != NULL) << 3 | (c->org != NULL) << 4);
    if (c->site != NULL)
        hash_site(&hash, c->site);
    if (c->device != NULL)
        hash_device(&hash, c->device);
    if (c->facts != NULL)
        hash_facts(&hash, c->facts);
    if (c->engagement != NULL)
        hash_engagement(&hash, c->engagement);
    if (c->org != NULL)
        hash_org(&hash, c->org);
    return hash;
}

/* -- the case in a row --------------------------------------------------------------------------- */

_Static_assert((int)WHY_COUNT <= (int)INPUT_CODE_SAYS + 1, "a why fits its bits");

static int32_t bit(bool set, enum pass_input input)
{
    return set ? (int32_t)input : 0;
}

void gate_case_keep(const struct gate_case *c, struct pass *pass)
{
    pass->facts_version = c->facts != NULL ? (int32_t)c->facts->version : 0;
    pass->engagement_version = c->engagement != NULL ? (int32_t)c->engagement->version : 0;
    pass->site_version = c->site != NULL ? c->site->version : 0;
    pass->org_version = c->org != NULL ? c->org->version : 0;
    pass->device_version = c->device != NULL ? c->device->version : 0;
    pass->fresh_ms = c->fresh_ms;
    pass->fresh_limit_ms = c->fresh_limit_ms;
    pass->clock_offset_ms = c->clock_offset_ms;
    pass->today = c->today;
    pass->token_policy = (int32_t)c->code_policy;
    pass->inputs = (int32_t)c->code_says | bit(c->by_number, INPUT_BY_NUMBER) |
                   bit(c->used_elsewhere, INPUT_USED_ELSEWHERE) |
                   bit(c->presence_known, INPUT_PRESENCE_KNOWN) | bit(c->inside, INPUT_INSIDE) |
                   bit(c->gate_clock_off, INPUT_GATE_CLOCK_OFF) |
                   bit(c->live_code, INPUT_LIVE_CODE) | ((int32_t)c->code_colour << 12 & INPUT_CODE_COLOUR);
}

void gate_outcome_keep(const struct gate_outcome *outcome, struct pass *pass)
{
    const struct verdict *v = &outcome->verdict;

    pass->verdict = (int16_t)outcome->answer.verdict;
    pass->why = (int16_t)outcome->answer.why;
    pass->flags = (int32_t)outcome->answer.flags;
    pass->restrictions = (int32_t)outcome->answer.restrictions;
    pass->colour_here = (int16_t)outcome->answer.colour;
    pass->person_colour = outcome->judged ? v->person_colour : COLOUR_NONE;
    pass->policy = outcome->judged ? (int32_t)v->policy : 0;
    pass->semantics = outcome->judged ? (int16_t)v->semantics : 0;
    pass->reasons = 0;
    for (unsigned i = 0; outcome->judged && i < v->reason_count; i++)
        pass->reasons |= (int64_t)1 << v->reasons[i].code;
}

void gate_after_keep(const struct gate_after *after, const struct gate_answer *answer,
                     struct pass *pass)
{
    pass->verdict = (int16_t)answer->verdict;
    pass->why = (int16_t)answer->why;
    pass->flags = (int32_t)answer->flags;
    pass->restrictions = (int32_t)answer->restrictions;
    pass->inputs |= bit(after->unrecorded, INPUT_UNRECORDED) | bit(after->late, INPUT_LATE) |
                    bit(after->rule_moved, INPUT_RULE_MOVED);
}

bool gate_case_restore(const struct pass *pass, struct gate_case *c, struct gate_after *after)
{
    int32_t inputs = pass->inputs;

    *c = (struct gate_case){
        .direction = (enum direction)pass->direction,
        .code_says = (enum why)(inputs & INPUT_CODE_SAYS),
        .by_number = (inputs & INPUT_BY_NUMBER) != 0,
        .used_elsewhere = (inputs & INPUT_USED_ELSEWHERE) != 0,
        .presence_known = (inputs & INPUT_PRESENCE_KNOWN) != 0,
        .inside = (inputs & INPUT_INSIDE) != 0,
        .gate_clock_off = (inputs & INPUT_GATE_CLOCK_OFF) != 0,
        .live_code = (inputs & INPUT_LIVE_CODE) != 0,
        .code_colour = (uint8_t)((inputs & INPUT_CODE_COLOUR) >> 12),
        .code_policy = (uint32_t)pass->token_policy,
        .fresh_ms = pass->fresh_ms,
        .fresh_limit_ms = pass->fresh_limit_ms,
        .clock_offset_ms = pass->clock_offset_ms,
        .today = pass->today,
        .worker_id = pass->worker_id,
    };
    *after = (struct gate_after){
        .unrecorded = (inputs & INPUT_UNRECORDED) != 0,
        .late = (inputs & INPUT_LATE) != 0,
        .rule_moved = (inputs & INPUT_RULE_MOVED) != 0,
    };
    return (inputs & ~INPUT_ALL) == 0 && (int)c->code_says < (int)WHY_COUNT &&
           (c->direction == DIRECTION_IN || c->direction == DIRECTION_OUT);
}
