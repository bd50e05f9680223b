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
