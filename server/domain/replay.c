/* domain/replay.c: see replay.h. */
#include "domain/replay.h"

#include <string.h>

#include "domain/engagement_here.h"
#include "domain/engine.h"

const char *replay_result_name(enum replay_result result)
{
    static const char *const names[] = {
        [REPLAY_EQUAL] = "equal",
        [REPLAY_DIFFERENT] = "different",
        [REPLAY_ELSEWHERE] = "decided_elsewhere",
        [REPLAY_IMPOSSIBLE] = "impossible",
    };

    CHECK(result >= REPLAY_EQUAL && result < REPLAY_RESULTS);
    return names[result];
}

const char *replay_part_name(unsigned place)
{
    static const char *const names[] = {
        "verdict", "why", "person_colour", "colour_here", "reasons", "restrictions",
        "flags", "policy", "semantics", "engagement", "inputs", NULL,
    };

    CHECK(place < sizeof names / sizeof names[0]);
    return names[place];
}

/* -- from what is there to a case ------------------------------------------------------------------ */

/* What the pass was decided by, in the making. */
struct attempt {
    const struct pass *stored;
    const struct replay_inputs *inputs;
    const struct engine *engine;
    struct arena *arena;
    struct gate_case c;
    struct gate_after after;
    struct facts facts;
};

static const struct engagement *engagement_here(const struct engagements *all, int64_t site_id,
                                                day_t today)
{
    const struct engagement *found = NULL;
    uint32_t newest = 0;

    for (size_t i = 0; i < all->count; i++) {
        const struct engagement *e = &all->engagement[i];
        struct engagement_span span = {e->site, e->version, e->from, e->until};

        if (engagement_speaks(&span, site_id, today, &newest))
            found = e;
    }
    return found;
}

/* The records up to the version that was folded then; false when they are not all there. */
static bool fold(struct attempt *a)
{
    const struct replay_inputs *in = a->inputs;
    uint32_t version = (uint32_t)a->stored->facts_version;
    struct engagements engagements;
    size_t count = 0;

    while (count < in->record_count && in->records[count].version <= version)
        count++;
    if (count == 0 || in->records[count - 1].version != version)
        return false;
    if (err_is(a->engine->facts(in->records, count, a->arena, &a->facts)) ||
        err_is(a->engine->engagements(in->records, count, a->arena, &engagements)))
        return false;
    a->c.facts = &a->facts;
    if (a->c.site != NULL)
        a->c.engagement = engagement_here(&engagements, a->c.site->id, a->c.today);
    return true;
}

/* The first thing that the pass names and that is not there; NULL: all are. */
static const char *gather(struct attempt *a)
{
    const struct pass *stored = a->stored;
    const struct replay_inputs *in = a->inputs;

    if (!gate_case_restore(stored, &a->c, &a->after))
        return "inputs";
    a->c.site = stored->site_version != 0 ? in->site : NULL;
    a->c.device = stored->device_version != 0 ? in->device : NULL;
    a->c.org = stored->org_version != 0 ? in->org : NULL;
    a->c.policy = stored->policy != 0 ? in->policy : NULL;
    if (stored->site_version != 0 && in->site == NULL)
        return "site";
    if (stored->device_version != 0 && in->device == NULL)
        return "device";
    if (stored->org_version != 0 && in->org == NULL)
        return "org";
    if (stored->policy != 0 && in->policy == NULL)
        return "policy";
    return stored->facts_version == 0 || fold(a) ? NULL : "records";
}

/* -- comparing ------------------------------------------------------------------------------------- */

static uint32_t compare(const struct pass *a, const struct pass *b)
{
    uint32_t differs = 0;

    differs |= a->verdict != b->verdict ? REPLAY_VERDICT : 0;
    differs |= a->why != b->why ? REPLAY_WHY : 0;
    differs |= a->person_colour != b->person_colour ? REPLAY_PERSON_COLOUR : 0;
    differs |= a->colour_here != b->colour_here ? REPLAY_COLOUR_HERE : 0;
    differs |= a->reasons != b->reasons ? REPLAY_REASONS : 0;
    differs |= a->restrictions != b->restrictions ? REPLAY_RESTRICTIONS : 0;
    differs |= a->flags != b->flags ? REPLAY_FLAGS : 0;
    differs |= a->policy != b->policy ? REPLAY_POLICY : 0;
    differs |= a->semantics != b->semantics ? REPLAY_SEMANTICS : 0;
    differs |= a->engagement_version != b->engagement_version ? REPLAY_ENGAGEMENT : 0;
    return differs;
}

static void decide_again(const struct attempt *a, struct replay *out)
{
    uint64_t hash = a->engine->hash(&a->c);
    const struct gate_after *after = &a->after;
    struct gate_answer told;

    a->engine->decide(&a->c, &out->outcome);
    out->again = *a->stored;
    gate_case_keep(&a->c, &out->again);
    gate_outcome_keep(&out->outcome, &out->again);
    if (after->unrecorded || after->late || after->rule_moved) {
        told = out->outcome.answer;
        a->engine->tell(&a->c, after, &told);
        gate_after_keep(after, &told, &out->again);
    }
    pass_stamp(&out->again, hash);
    out->decided = true;
    out->differs = compare(a->stored, &out->again);
    if (hash != pass_case_hash(a->stored))
        out->differs |= REPLAY_INPUTS;
    out->result = out->differs == 0 ? REPLAY_EQUAL : REPLAY_DIFFERENT;
}

/* Nothing of it was seen here, so only the row itself can be looked at. */
static void look_at_row(const struct pass *stored, struct replay *out)
{
    bool same = pass_case_hash(stored) == 0;

    out->result = same ? REPLAY_ELSEWHERE : REPLAY_DIFFERENT;
    out->differs = same ? 0 : REPLAY_INPUTS;
}

void replay_pass(const struct pass *stored, const struct replay_inputs *inputs,
                 struct arena *arena, struct replay *out)
{
    struct attempt a = {.stored = stored, .inputs = inputs, .arena = arena};

    memset(out, 0, sizeof *out);
    if (stored->engine == ENGINE_ELSEWHERE) {
        look_at_row(stored, out);
        return;
    }
    a.engine = engine_find(stored->engine);
    out->missing = a.engine == NULL ? "engine" : gather(&a);
    if (out->missing != NULL)
        out->result = REPLAY_IMPOSSIBLE;
    else
        decide_again(&a, out);
}

bool replay_explain(const struct pass *stored, const struct replay_inputs *inputs,
                    struct arena *arena, struct verdict *verdict)
{
    struct attempt a = {.stored = stored, .inputs = inputs, .arena = arena};

    a.engine = engine_find(stored->engine);
    return a.engine != NULL && gather(&a) == NULL && gate_case_explain(&a.c, verdict);
}
