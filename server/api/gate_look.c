/* api/gate_look.c: what is known when a gate asks: by the register, by presence, and from before.
 *
 * The register lends what it gives until it is left: texts, site and device are copied here; facts
 * and engagements are used within the same step and then gone. */
#include "api/gate_check_private.h"

#include "api/access.h"
#include "domain/engagement_here.h"
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
        s->c.device = &s->device;
    }
    if (site != NULL) {
        s->site = *site;
        s->site.region = arena_text(&x->arena, site->region);
        s->c.site = &s->site;
    }
    return site != NULL;
}

static int64_t worker_of(const struct exchange *x, struct gate_check *s, bool *known)
{
    struct slot_view slot;
    int64_t worker_id = 0;

    *known = true;
    if (s->c.by_number) {
        *known = text_to_int(s->input.worker_no, 1, INT64_MAX, &worker_id);
    } else if (s->has_token && (s->c.code_says == WHY_OK || s->c.direction == DIRECTION_OUT) &&
               s->c.code_says != WHY_SIGNATURE && s->c.code_says != WHY_UNKNOWN_KEY &&
               s->c.code_says != WHY_KEY) {
        *known = registry_slot(app_of(x)->reader, s->token.live.index, &slot);
        worker_id = *known ? slot.worker_id : 0;
        if (*known && slot.is_void && s->c.code_says == WHY_OK)
            s->c.code_says = WHY_VOID;
    }
    return worker_id;
}

static const struct engaged *engaged_here(const struct gate_check *s, day_t today)
{
    const struct engaged *found = NULL;
    uint32_t newest = 0;

    for (unsigned i = 0; i < s->worker.engaged_count; i++) {
        const struct engaged *e = &s->worker.engaged[i];
        struct engagement_span span = {e->site_id, e->version, e->from, e->until};

        if (engagement_speaks(&span, s->site.id, today, &newest))
            found = e;
    }
    return found;
}

/* False: the register does not know the firm yet. */
static bool look_at_post(struct exchange *x, struct gate_check *s, const struct engaged *e)
{
    const struct registry_reader *reader = app_of(x)->reader;
    const struct policy_document *document =
        policy_find(registry_policies(reader), s->site.region, x->today);

    s->engagement = (struct engagement){
        .org = e->org_id, .site = e->site_id, .version = e->version, .from = e->from,
        .until = e->until, .trade = e->trade, .role = e->role,
    };
    s->c.engagement = &s->engagement;
    s->c.org = registry_org(reader, e->org_id);
    s->c.policy = document != NULL ? &document->policy : NULL;
    return s->c.org != NULL;
}

bool gate_look_person(struct exchange *x, struct gate_check *s)
{
    const struct engaged *e;
    bool known;
    int64_t worker_id = worker_of(x, s, &known);

    s->c.worker_id = worker_id;
    if (worker_id <= 0)
        return known;
    if (!registry_worker(app_of(x)->reader, worker_id, &s->worker))
        return false;
    s->name = arena_text(&x->arena, s->worker.name_masked);
    s->photo = arena_text(&x->arena, s->worker.photo);
    s->c.facts = &s->worker.facts;
    e = s->c.site != NULL ? engaged_here(s, x->today) : NULL;
    return e == NULL || look_at_post(x, s, e);
}

void gate_look_presence(const struct exchange *x, struct gate_check *s)
{
    enum presence_of found = PRESENCE_UNKNOWN;

    if (s->c.facts != NULL && s->c.site != NULL)
        found = presence_find(app_of(x)->shared->presence, s->site.id, s->c.worker_id, x->now);
    s->c.presence_known = found != PRESENCE_UNKNOWN;
    s->c.inside = found == PRESENCE_INSIDE;
}

/* As the row has it. */
static int32_t clamp(int64_t value)
{
    if (value > INT32_MAX)
        return INT32_MAX;
    return value < INT32_MIN ? INT32_MIN : (int32_t)value;
}

void gate_look_health(const struct exchange *x, struct gate_check *s)
{
    struct registry_health health = registry_health(app_of(x)->shared->registry);

    s->c.fresh_ms = health.ready ? clamp(health.fresh_ms) : -1;
    s->c.fresh_limit_ms = clamp(app_of(x)->shared->fresh_ms);
    s->c.clock_offset_ms = clamp(health.clock_offset_ms);
}

void gate_look_away(struct gate_check *s)
{
    s->c.facts = NULL;
    s->c.engagement = NULL;
    s->c.org = NULL;
    s->c.policy = NULL;
    s->site.rectification = NULL;
    s->site.rectification_count = 0;
}

/* -- what was answered before ----------------------------------------------------------------- */

void gate_repeat(struct gate_check *s, const struct pass *earlier, enum recent_recorded recorded)
{
    s->pass = *earlier;
    s->case_hash = pass_case_hash(earlier);
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

/* What a code is known by while it lives: codes of different kinds may name one index and one second. */
static int64_t index_of(const struct gate_check *s)
{
    enum { KIND_SHIFT = 56, SHORT = 1 }; /* an index is below 2^53 */
    int64_t kind = s->is_short ? SHORT : s->token.kind == TOKEN_KBT ? TOKEN_KBT : 0;

    return s->pass.token_index | kind << KIND_SHIFT;
}

/* A code that is not a badge is one pass at one gate in one direction, while it lives. Somebody whom
 * nobody could tell anything may ask again. */
static void claim_code(struct exchange *x, struct gate_check *s)
{
    struct recent *recent = recent_of(x);
    int64_t now_s = x->now / US_PER_SECOND;
    enum recent_recorded recorded;
    struct recent_use first;
    struct pass earlier;
    enum recent_seen seen;

    s->use = (struct recent_use){
        .site_id = s->site.id, .gate_id = s->pass.gate_id, .index = index_of(s),
        .iat = s->pass.token_iat, .until_s = token_dead_s(&s->token, TOKEN_SKEW_S),
        .seq = s->pass.seq,
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
    s->c.used_elsewhere = seen == RECENT_ELSEWHERE;
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
    if (s->c.code_says == WHY_OK && s->has_token && s->token.kind != TOKEN_BADGE)
        claim_code(x, s);
    return OK;
}
