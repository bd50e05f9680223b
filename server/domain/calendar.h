/* domain/calendar.h: the colours of each day of a span while post and policy change as well.
 *
 * scoring/calendar.h tells runs of days under one policy at one post. Here the span is cut where
 * either changes: a run ends where a colour, the post or the policy does. A change of place that
 * changes none of the three (a permit renewed, another region's policy) ends no run. */
#ifndef DOMAIN_CALENDAR_H
#define DOMAIN_CALENDAR_H

#include "domain/policy.h"
#include "scoring/calendar.h"

enum { CALENDAR_DAYS_MAX = 3 * 366 };

/* What holds on a day, and on every day after it before `until`. */
struct calendar_place {
    const struct policy_document *document; /* NULL: no policy is in force for the place */
    const struct context *context;          /* NULL: no post; lives until the next is asked for */
    const void *post;                       /* tells posts apart, and is handed on; NULL: none */
    day_t until;
};
typedef void calendar_place_fn(void *arg, day_t day, struct calendar_place *place);

/* place: of the run's first day; its `until` means nothing here. Without a policy the colours are
 * COLOUR_NONE and there is no reason. False: no more of them. */
typedef bool calendar_run_fn(void *arg, const struct calendar_place *place,
                             const struct calendar_run *run);

struct calendar_walk {
    const struct facts *facts;
    day_t from, until; /* the span, [from, until), 1 <= from */
    calendar_place_fn *place;
    calendar_run_fn *visit;
    void *arg; /* of both */
};
void calendar_walk(const struct calendar_walk *walk);

/* The first day after `day` on which policy_find() may give another document for the region. */
day_t policies_hold_until(const struct policy_set *set, struct text region, day_t day);

/* safety_code() by the document of the day, carried on past its ends: next_change is the first day on
 * which a colour differs under whatever is in force then, and a reason (code, scope and colour) began
 * and ends where the documents before and after say so. Where there was none before, or the rules of
 * one alone say since when, that stands. The document of the day; NULL: none, and `out` is not set. */
const struct policy_document *policies_judge(const struct policy_set *set, struct text region,
                                             const struct facts *facts,
                                             const struct context *context, day_t on,
                                             struct verdict *out);

#endif
