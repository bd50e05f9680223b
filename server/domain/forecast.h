/* domain/forecast.h: what will become of somebody's colours at his post if nothing is recorded.
 *
 * Pieces of scoring say until when they surely hold; besides, a policy may begin or end and the
 * firm's permit run out. So the walk goes from one such day to the next, never day by day. A site is
 * taken to stay as it is, and the post to end when the engagement does. */
#ifndef DOMAIN_FORECAST_H
#define DOMAIN_FORECAST_H

#include "domain/directory.h"
#include "domain/policy.h"

struct outlook { /* of one person at one post; borrowed */
    const struct facts *facts;
    const struct policy_set *policies;
    const struct site *site; /* NULL: no post, the default policy */
    const struct org *org;   /* his firm; NULL: its permit is not asked about */
    uint16_t trade;
    uint8_t role;
    day_t from, until; /* the engagement: [from, until) */
};

/* A day on which a colour or a reason differs from the day before. */
struct forecast_change {
    day_t on;
    const struct policy_document *document_before, *document; /* explain the reasons */
    struct verdict before, after; /* of the day before, of the day; as safety_day() gives them */
};

/* Called in order of days. False: no more of them. */
typedef bool forecast_visit_fn(void *arg, const struct forecast_change *change);

/* Changes on days in (today, today + days] within the engagement; for one that begins later, in
 * (its first day, today + days]. A day on which no policy is in force changes nothing. */
void forecast_walk(const struct outlook *outlook, day_t today, unsigned days,
                   forecast_visit_fn *visit, void *arg);

bool forecast_changes_colour(const struct forecast_change *change);
/* The colour that counts: here, at a post; the person's, without one. */
enum colour forecast_colour(const struct verdict *verdict);
/* It gets worse: the colour that counts, or something begins that is yellow or red by itself, as a
 * certificate that ends behind a colour that is yellow already. */
bool forecast_worsens(const struct forecast_change *change);
/* Of `in`, those that `not_in` does not give; at most REASONS_MAX. */
unsigned forecast_reasons(const struct verdict *in, const struct verdict *not_in,
                          struct reason reasons[REASONS_MAX]);

#endif
