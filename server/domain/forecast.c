#include "domain/forecast.h"

/* -- one day ------------------------------------------------------------------------------------ */

static const struct policy_document *document_on(const struct outlook *o, day_t day)
{
    return policy_find(o->policies, o->site != NULL ? o->site->region : TEXT(""), day);
}

static struct context context_on(const struct outlook *o, day_t day)
{
    return (struct context){
        .trade = o->trade,
        .role = o->role,
        .site_state = (uint8_t)o->site->state,
        .org_permit = (uint8_t)(o->org != NULL ? org_permit_on(o->org, day) : PERMIT_UNASKED),
        .site = (uint32_t)o->site->id,
    };
}

static void earlier(day_t *day, day_t after, day_t candidate)
{
    if (candidate > after && candidate < *day)
        *day = candidate;
}

/* Until when everything but the facts' own pieces stays as it is. */
static day_t surroundings_until(const struct outlook *o, day_t day)
{
    day_t until = DAY_NEVER;

    for (size_t i = 0; i < o->policies->count; i++) {
        earlier(&until, day, o->policies->documents[i]->policy.from);
        earlier(&until, day, o->policies->documents[i]->policy.until);
    }
    if (o->org != NULL)
        earlier(&until, day, o->org->permit_until);
    return until;
}

/* Of one day: the verdict without its ends, which nobody here asks for, and until when it surely holds.
 * document NULL: no policy is in force, and there is no verdict. */
struct piece_of_time {
    const struct policy_document *document;
    struct verdict verdict;
    day_t until;
};

static void look_at(const struct outlook *o, day_t day, struct piece_of_time *piece)
{
    struct context context;

    piece->document = document_on(o, day);
    piece->until = surroundings_until(o, day);
    if (piece->document == NULL)
        return;
    if (o->site != NULL)
        context = context_on(o, day);
    earlier(&piece->until, day,
            safety_day(o->facts, o->site != NULL ? &context : NULL, &piece->document->policy, day,
                       &piece->verdict));
}

/* -- comparing ---------------------------------------------------------------------------------- */

static bool gives(const struct verdict *verdict, const struct reason *reason)
{
    for (unsigned i = 0; i < verdict->reason_count; i++) {
        const struct reason *other = &verdict->reasons[i];

        if (other->code == reason->code && other->colour == reason->colour &&
            other->scope == reason->scope)
            return true;
    }
    return false;
}

unsigned forecast_reasons(const struct verdict *in, const struct verdict *not_in,
                          struct reason reasons[REASONS_MAX])
{
    unsigned count = 0;

    for (unsigned i = 0; i < in->reason_count; i++) {
        if (!gives(not_in, &in->reasons[i]))
            reasons[count++] = in->reasons[i];
    }
    return count;
}

bool forecast_changes_colour(const struct forecast_change *change)
{
    return change->before.person_colour != change->after.person_colour ||
           change->before.colour_here != change->after.colour_here;
}

enum colour forecast_colour(const struct verdict *verdict)
{
    return verdict->has_context ? verdict->colour_here : verdict->person_colour;
}

static bool is_worse(enum colour than, enum colour colour)
{
    return colour != than && colour != COLOUR_NONE && colour_worse(than, colour) == colour;
}

/* A reason that was there and has become milder is no news of this kind. */
static bool is_bad_news(const struct verdict *before, const struct reason *reason)
{
    enum colour was = COLOUR_GREEN;

    for (unsigned i = 0; i < before->reason_count; i++) {
        const struct reason *other = &before->reasons[i];

        if (other->code == reason->code && other->scope == reason->scope)
            was = colour_worse(was, other->colour);
    }
    return is_worse(was, reason->colour);
}

bool forecast_worsens(const struct forecast_change *change)
{
    if (is_worse(forecast_colour(&change->before), forecast_colour(&change->after)))
        return true;
    for (unsigned i = 0; i < change->after.reason_count; i++) {
        if (is_bad_news(&change->before, &change->after.reasons[i]))
            return true;
    }
    return false;
}

static bool differs(const struct forecast_change *change)
{
    struct reason unused[REASONS_MAX];

    return forecast_changes_colour(change) ||
           forecast_reasons(&change->after, &change->before, unused) > 0 ||
           forecast_reasons(&change->before, &change->after, unused) > 0;
}

/* -- walking ------------------------------------------------------------------------------------ */

/* What holds before a piece is what the one before it said on its first day. */
static bool tell(const struct piece_of_time *before, const struct piece_of_time *after, day_t day,
                 forecast_visit_fn *visit, void *arg)
{
    struct forecast_change change = {.on = day, .document_before = before->document,
                                     .document = after->document};

    if (before->document == NULL || after->document == NULL)
        return true;
    change.before = before->verdict;
    change.before.on = (day_t)(day - 1);
    change.after = after->verdict;
    return !differs(&change) || visit(arg, &change);
}

void forecast_walk(const struct outlook *o, day_t today, unsigned days, forecast_visit_fn *visit,
                   void *arg)
{
    uint32_t last = (uint32_t)today + days;
    struct piece_of_time pieces[2];
    day_t day = today > o->from ? today : o->from;
    unsigned now = 0;

    look_at(o, day, &pieces[now]);
    for (day = pieces[now].until; day <= last && day < o->until; day = pieces[now].until) {
        now = !now;
        look_at(o, day, &pieces[now]);
        if (!tell(&pieces[!now], &pieces[now], day, visit, arg))
            return;
    }
}
