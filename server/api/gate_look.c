/* api/gate_look.c: what is known when a gate asks: by the register, by presence, and from before.
 *
 * The register lends what it gives until it is left: texts, site and device are copied here; facts
 * and engagements are used within the same step and then gone. */
#include "api/gate_check_private.h"

#include "api/access.h"
#include "register/presence.h"

/* -- place and person ------------------------------------------------------------------------- */

bool gate_look_place(struct exchange *x, struct gate_check *s)
{
    const struct registry_reader *reader = app_of(x)->reader;
    const struct device *device = registry_device(reader, caller_of(x)->device_id);
    const struct site *site = device != NULL ? registry_site(reader, device->site_id) : NULL;

    if (device != NULL) {
        s->device = *device;
        s->device.zone = arena_text(&x->arena, device->zone);
        s->q.device = &s->device;
    }
    if (site != NULL) {
        s->site = *site;
        s->site.region = arena_text(&x->arena, site->region);
        s->q.site = &s->site;
    }
    return site != NULL;
}

static int64_t worker_of(const struct exchange *x, struct gate_check *s, bool *known)
{
    struct slot_view slot;
    int64_t worker_id = 0;

    *known = true;
    if (s->q.by_number) {
        *known = text_to_int(s->input.worker_no, 1, INT64_MAX, &worker_id);
    } else if (s->has_token && (s->q.code_says == WHY_OK || s->q.direction == DIRECTION_OUT) &&
               s->q.code_says != WHY_SIGNATURE && s->q.code_says != WHY_UNKNOWN_KEY &&
               s->q.code_says != WHY_KEY) {
        *known = registry_slot(app_of(x)->reader, s->token.live.index, &slot);
        worker_id = *known ? slot.worker_id : 0;
        if (*known && slot.is_void && s->q.code_says == WHY_OK)
            s->q.code_says = WHY_VOID;
    }
    return worker_id;
}

/* The engagement here today; of several the one that was recorded last. */
static const struct engaged *engaged_here(const struct gate_check *s, day_t today)
{
    const struct engaged *found = NULL;

    for (unsigned i = 0; i < s->worker.engaged_count; i++) {
        const struct engaged *e = &s->worker.engaged[i];

        if (e->site_id == s->site.id && e->from <= today && today < e->until &&
            (found == NULL || e->version > found->version))
            found = e;
    }
    return found;
}

static bool is_rectifying(const struct site *site, int64_t worker_id)
{
    for (size_t i = 0; i < site->rectification_count; i++) {
        if (site->rectification[i] == worker_id)
            return true;
    }
    return false;
}

/* False: the register does not know the firm yet. */
static bool evaluate(struct exchange *x, struct gate_check *s, const struct engaged *e)
{
    const struct registry_reader *reader = app_of(x)->reader;
    const struct org *org = registry_org(reader, e->org_id);
    const struct policy_document *document =
        policy_find(registry_policies(reader), s->site.region, x->today);
    struct context context = {
        .trade = e->trade,
        .role = e->role,
        .site_state = (uint8_t)(s->q.rectifying ? SITE_OPEN : s->site.state),
        .org_permit = (uint8_t)(org != NULL ? org_permit_on(org, x->today) : PERMIT_UNASKED),
        .site = (uint32_t)s->site.id,
    };

    s->q.trade = e->trade;
    s->pass.engagement_version = (int32_t)e->version;
    s->pass.org_version = org != NULL ? org->version : 0;
    if (document != NULL) {
        safety_code(&s->worker.facts, &context, &document->policy, x->today, &s->verdict);
        s->q.verdict = &s->verdict;
        s->q.yellow_gate = document->policy.yellow_gate;
        s->q.pre_shift = document->policy.pre_shift;
    }
    return org != NULL;
}

bool gate_look_person(struct exchange *x, struct gate_check *s)
{
    const struct engaged *e;
    bool known;
    int64_t worker_id = worker_of(x, s, &known);

    s->q.worker_id = worker_id;
    if (worker_id <= 0)
        return known;
    s->q.worker_known = registry_worker(app_of(x)->reader, worker_id, &s->worker);
    if (!s->q.worker_known)
        return false;
    s->name = arena_text(&x->arena, s->worker.name_masked);
    s->pass.facts_version = (int32_t)s->worker.facts.version;
    s->q.facts = &s->worker.facts;
    s->q.rectifying = is_rectifying(&s->site, worker_id);
    e = s->q.site != NULL ? engaged_here(s, x->today) : NULL;
    return e == NULL || evaluate(x, s, e);
}

void gate_look_presence(const struct exchange *x, struct gate_check *s)
{
    enum presence_of found = PRESENCE_UNKNOWN;

    if (s->q.worker_known && s->q.site != NULL)
        found = presence_find(app_of(x)->shared->presence, s->site.id, s->q.worker_id, x->now);
    s->q.presence_known = found != PRESENCE_UNKNOWN;
    s->q.inside = found == PRESENCE_INSIDE;
}

void gate_look_health(const struct exchange *x, struct gate_check *s)
{
    struct registry_health health = registry_health(app_of(x)->shared->registry);
    int64_t fresh_ms = health.ready ? health.fresh_ms : -1;

    s->pass.fresh_ms = (int32_t)(fresh_ms > INT32_MAX ? INT32_MAX : fresh_ms);
    s->q.clock_offset_ms = health.clock_offset_ms;
    s->q.fresh_ms = fresh_ms;
    if (fresh_ms > app_of(x)->shared->fresh_ms) /* the operator's limit, whatever ours is */
        s->q.fresh_ms = GATE_FRESH_MS_MAX + 1;
    else if (fresh_ms > GATE_FRESH_MS_MAX)
        s->q.fresh_ms = GATE_FRESH_MS_MAX;
}

/* -- what was answered before ----------------------------------------------------------------- */

void gate_repeat(struct gate_check *s, const struct pass *earlier, enum recent_recorded recorded)
{
    s->pass = *earlier;
    s->repeated = true;
    s->receipt.recorded = recorded;
    s->answer = (struct gate_answer){
        .verdict = (enum verdict_kind)earlier->verdict,
        .why = (enum why)earlier->why,
        .flags = (uint32_t)earlier->flags,
        .restrictions = (uint32_t)earlier->restrictions,
        .colour = (enum colour)earlier->colour_here,
    };
}

/* A live code is one pass at one gate in one direction, while it lives. Somebody whom nobody could
 * tell anything may ask again. */
static void claim_code(struct exchange *x, struct gate_check *s)
{
    struct recent *recent = recent_of(x);
    int64_t now_s = x->now / US_PER_SECOND;
    enum recent_recorded recorded;
    struct recent_use first;
    struct pass earlier;
    enum recent_seen seen;

    s->use = (struct recent_use){
        .site_id = s->site.id, .gate_id = s->pass.gate_id, .index = s->pass.token_index,
        .iat = s->pass.token_iat, .until_s = s->token.live.exp + TOKEN_SKEW_S, .seq = s->pass.seq,
        .epoch = s->pass.epoch, .day = s->pass.day, .direction = s->pass.direction,
    };
    s->claimed = true;
    seen = recent_claim(recent, &s->use, now_s, &first);
    if (seen == RECENT_SAME) {
        if (recent_find(recent, first.gate_id, first.epoch, first.seq, first.day, &earlier,
                        &recorded) &&
            earlier.verdict != VERDICT_CANNOT_TELL) {
            s->use = first;
            gate_repeat(s, &earlier, recorded);
            return;
        }
        recent_forget(recent, &first);
        seen = recent_claim(recent, &s->use, now_s, &first);
    }
    s->q.used_elsewhere = seen == RECENT_ELSEWHERE;
}

struct err gate_look_earlier(struct exchange *x, struct gate_check *s)
{
    enum recent_recorded recorded;
    struct pass earlier;

    if (recent_find(recent_of(x), s->pass.gate_id, s->pass.epoch, s->pass.seq, s->pass.day,
                    &earlier, &recorded)) {
        if (!pass_is_same_question(&earlier, &s->pass))
            return err_field(ERR_PASS_REUSED, "/seq", NULL);
        gate_repeat(s, &earlier, recorded);
        return OK;
    }
    if (s->q.code_says == WHY_OK && s->has_token && s->token.kind == TOKEN_LIVE)
        claim_code(x, s);
    return OK;
}
