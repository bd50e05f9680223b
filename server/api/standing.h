/* api/standing.h: where and as what a person is judged on a day: his engagement of that day, with
 * the site and the firm as they are now.
 *
 * Three moves: standing_choose() once the person is loaded, standing_load() into the next batch,
 * standing_set() when that has come. */
#ifndef API_STANDING_H
#define API_STANDING_H

#include "api/access.h"
#include "api/verdict_render.h"
#include "store/persons.h"
#include "store/setup.h"

struct standing {
    struct place place;
    const struct person_engagement *engagement; /* NULL: no post is asked about */
    struct site_rows site;
    struct org_rows org;
};

/* Another firm's engagement is that firm's business; another site's that site's. */
bool caller_may_see_engagement(const struct caller *caller, int64_t org_id, int64_t site_id);

/* The newest engagement of the day that the caller may know of; with site_id, on that site only.
 * False when a site was asked for and there is none. */
MUST_USE bool standing_choose(struct standing *standing, const struct caller *caller,
                              const struct person *person, day_t on, int64_t site_id);
void standing_load(struct standing *standing, struct batch *b, day_t today);
/* The policy in force for the place; between registry_enter() and registry_leave(). ERR_NOT_READY
 * while the register holds none. */
MUST_USE struct err standing_policy(const struct exchange *x, const struct place *place,
                                    const struct policy_document **document);
/* region: whose policy applies; .at NULL: the site's. */
void standing_set(struct standing *standing, struct text region);

#endif
