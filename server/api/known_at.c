#include "api/known_at.h"

struct err person_as_known(struct person *person, time_us known_at, struct arena *arena)
{
    struct engagements folded;
    struct err e;

    if (known_at == 0)
        return OK;
    person->record_count = records_known_at(person->records, person->record_count, known_at);
    if (person->record_count == 0)
        return err_field(ERR_WORKER_UNKNOWN, "known_at", "an instant after the enrolment");
    e = engagements_fold(person->records, person->record_count, arena, &folded);
    if (err_is(e))
        return e;
    person->engagements = arena_new_array(arena, folded.count + 1, struct person_engagement);
    if (person->engagements == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < folded.count; i++) {
        const struct engagement *g = &folded.engagement[i];

        person->engagements[i] = (struct person_engagement){
            .org_id = g->org, .site_id = g->site, .version = g->version, .from = g->from,
            .until = g->until, .trade = g->trade, .role = g->role,
        };
    }
    person->engagement_count = folded.count;
    return OK;
}
