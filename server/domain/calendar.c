/* domain/calendar.c: see calendar.h. */
#include "domain/calendar.h"

/* One run is held back until it is known where it ends. */
struct walking {
    const struct calendar_walk *walk;
    const struct calendar_place *now; /* of the stretch of days that is being walked */
    struct calendar_place place;
    struct calendar_run run;
    bool held, stopped;
};

static void tell(struct walking *w)
{
    if (w->held && !w->stopped)
        w->stopped = !w->walk->visit(w->walk->arg, &w->place, &w->run);
    w->held = false;
}

static bool goes_on(const struct walking *w, const struct calendar_run *run)
{
    return w->held && w->place.document == w->now->document && w->place.post == w->now->post &&
           w->run.first.person_colour == run->first.person_colour &&
           w->run.first.colour_here == run->first.colour_here;
}

static bool on_run(void *arg, const struct calendar_run *run)
{
    struct walking *w = arg;

    if (goes_on(w, run)) {
        w->run.until = run->until;
        return true;
    }
    tell(w);
    w->place = *w->now;
    w->run = *run;
    w->held = true;
    return !w->stopped;
}

static void without_policy(struct walking *w, day_t from, day_t until)
{
    struct calendar_run run = {
        .from = from,
        .until = until,
        .first = {.person_colour = COLOUR_NONE, .colour_here = COLOUR_NONE, .on = from,
                  .next_change = until},
    };

    (void)on_run(w, &run);
}

void calendar_walk(const struct calendar_walk *walk)
{
    struct walking w = {.walk = walk};
    struct calendar_place place;

    for (day_t day = walk->from; day < walk->until && !w.stopped; day = place.until) {
        walk->place(walk->arg, day, &place);
        CHECK(place.until > day);
        if (place.until > walk->until)
            place.until = walk->until;
        w.now = &place;
        if (place.document == NULL)
            without_policy(&w, day, place.until);
        else
            safety_calendar(walk->facts, place.context, &place.document->policy, day, place.until,
                            on_run, &w);
    }
    tell(&w);
}

static void earlier(day_t *until, day_t day, day_t candidate)
{
    if (candidate > day && candidate < *until)
        *until = candidate;
}

day_t policies_hold_until(const struct policy_set *set, struct text region, day_t day)
{
    day_t until = DAY_NEVER;

    for (size_t i = 0; i < set->count; i++) {
        const struct policy *policy = &set->documents[i]->policy;

        if (!text_starts(region, text_of(policy->region)))
            continue;
        earlier(&until, day, policy->from);
        earlier(&until, day, policy->until);
    }
    return until;
}

/* -- one day, and what comes before and after it ------------------------------------------------ */

struct judging {
    const struct policy_set *set;
    struct text region;
    const struct facts *facts;
    const struct context *context;
};

static const struct policy_document *judge(const struct judging *j, day_t day, struct verdict *out)
{
    const struct policy_document *document = policy_find(j->set, j->region, day);

    if (document != NULL)
        safety_code(j->facts, j->context, &document->policy, day, out);
    return document;
}

/* The last day up to `day` from which policy_find() may give another document; 0: never did. */
static day_t held_since(const struct judging *j, day_t day)
{
    day_t since = 0;

    for (size_t i = 0; i < j->set->count; i++) {
        const struct policy *policy = &j->set->documents[i]->policy;

        if (!text_starts(j->region, text_of(policy->region)))
            continue;
        if (policy->from <= day && policy->from > since)
            since = policy->from;
        if (policy->until <= day && policy->until > since)
            since = policy->until;
    }
    return since;
}

static const struct reason *same_reason(const struct verdict *v, const struct reason *as)
{
    for (unsigned i = 0; i < v->reason_count; i++) {
        const struct reason *r = &v->reasons[i];

        if (r->code == as->code && r->scope == as->scope && r->colour == as->colour)
            return r;
    }
    return NULL;
}

static bool reaches(const struct verdict *v, day_t day)
{
    bool far = v->next_change >= day;

    for (unsigned i = 0; i < v->reason_count; i++)
        far |= v->reasons[i].until >= day;
    return far;
}

/* then: what is said from `day` on, by another document; NULL: nothing. */
static void carry_on(struct verdict *v, const struct verdict *then, day_t day)
{
    if (v->next_change >= day)
        v->next_change = then != NULL && then->person_colour == v->person_colour &&
                                 then->colour_here == v->colour_here
                             ? then->next_change : day;
    for (unsigned i = 0; i < v->reason_count; i++) {
        struct reason *r = &v->reasons[i];
        const struct reason *same = then != NULL ? same_reason(then, r) : NULL;

        if (r->until >= day)
            r->until = same != NULL ? same->until : day;
    }
}

static bool began_by(const struct verdict *v, day_t day)
{
    bool old = false;

    for (unsigned i = 0; i < v->reason_count; i++)
        old |= v->reasons[i].since <= day;
    return old;
}

/* before: what was said until the day before `day`, by another document. */
static void carry_back(struct verdict *v, const struct verdict *before, day_t day)
{
    for (unsigned i = 0; i < v->reason_count; i++) {
        struct reason *r = &v->reasons[i];
        const struct reason *same = same_reason(before, r);

        if (r->since <= day)
            r->since = same != NULL ? same->since : day;
    }
}

const struct policy_document *policies_judge(const struct policy_set *set, struct text region,
                                             const struct facts *facts,
                                             const struct context *context, day_t on,
                                             struct verdict *out)
{
    struct judging j = {set, region, facts, context};
    const struct policy_document *document = judge(&j, on, out);
    struct verdict other;

    if (document == NULL)
        return NULL;
    for (day_t day = policies_hold_until(set, region, on); day != DAY_NEVER && reaches(out, day);
         day = policies_hold_until(set, region, day))
        carry_on(out, judge(&j, day, &other) != NULL ? &other : NULL, day);
    for (day_t day = held_since(&j, on); day > 1 && began_by(out, day); day = held_since(&j, day - 1)) {
        if (judge(&j, (day_t)(day - 1), &other) == NULL)
            break;
        carry_back(out, &other, day);
    }
    return document;
}
