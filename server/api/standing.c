#include "api/standing.h"

#include "api/app.h"
#include "api/resource.h"
#include "domain/policy.h"

bool caller_may_see_engagement(const struct caller *caller, int64_t org_id, int64_t site_id)
{
    if (caller->role == ACCOUNT_CONTRACTOR)
        return org_id == caller->org_id;
    if (caller->role == ACCOUNT_SAFETY_OFFICER)
        return site_id == caller->site_id;
    return true;
}

bool standing_choose(struct standing *standing, const struct caller *caller,
                     const struct person *person, day_t on, int64_t site_id)
{
    *standing = (struct standing){.place.on = on};
    for (size_t i = 0; i < person->engagement_count; i++) {
        const struct person_engagement *e = &person->engagements[i];

        if (e->from <= on && on < e->until && (site_id == 0 || e->site_id == site_id) &&
            caller_may_see_engagement(caller, e->org_id, e->site_id))
            standing->engagement = e;
    }
    return site_id == 0 || standing->engagement != NULL;
}

void standing_load(struct standing *standing, struct batch *b, day_t today)
{
    const struct reach everything = {0};
    const struct person_engagement *e = standing->engagement;

    if (e == NULL)
        return;
    sites_list(b, span_of(e->site_id), &everything, today, (struct text){NULL, 0},
               &standing->site);
    orgs_list(b, span_of(e->org_id), &everything, (struct text){NULL, 0}, &standing->org);
}

void standing_set(struct standing *standing, struct text region)
{
    struct place *place = &standing->place;
    const struct person_engagement *e = standing->engagement;

    place->region = either(region, TEXT(""));
    if (region.at == NULL && e != NULL)
        place->region = standing->site.count > 0 ? standing->site.rows[0].region : e->site_region;
    if (e == NULL || standing->site.count == 0 || standing->org.count == 0)
        return;
    place->is_post = true;
    place->org_id = e->org_id;
    place->site_id = e->site_id;
    place->engagement = e->version;
    place->context = (struct context){
        .trade = e->trade,
        .role = e->role,
        .site_state = site_state_of_word(standing->site.rows[0].state),
        .org_permit = permit_of_row(&standing->org.rows[0], place->on),
        .site = (uint32_t)e->site_id,
    };
}

struct err standing_policy(const struct exchange *x, const struct place *place,
                           const struct policy_document **document)
{
    const struct policy_set *policies = registry_policies(app_of(x)->reader);

    *document = NULL;
    if (policies == NULL)
        return err_make(ERR_NOT_READY);
    *document = policy_find(policies, place->region, place->on);
    return *document != NULL ? OK : err_field(ERR_NO_POLICY, "on", NULL);
}
