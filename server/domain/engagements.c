/* domain/engagements.c: who works where, for whom, as what (fold.h). */
#include "domain/engagement_here.h"
#include "domain/record_set.h"

bool engagement_speaks(const struct engagement_span *span, int64_t site, day_t on, uint32_t *newest)
{
    if (span->site != site || on < span->from || on >= span->until || span->version <= *newest)
        return false;
    *newest = span->version;
    return true;
}

static bool end_matches(const struct record *end, const struct engagement *open)
{
    if (end->engagement_end.of != 0)
        return end->engagement_end.of == open->version;
    return (end->engagement_end.org == 0 || end->engagement_end.org == open->org) &&
           (end->engagement_end.site == 0 || end->engagement_end.site == open->site) &&
           (end->engagement_end.trade == 0 || end->engagement_end.trade == open->trade) &&
           (end->engagement_end.role == 0 || end->engagement_end.role == open->role);
}

/* An end that names a version may move an end that was set before; the others close open ones. */
static void end_engagements(const struct record *end, struct engagements *all)
{
    day_t until = end->engagement_end.until != DAY_UNKNOWN ? end->engagement_end.until
                                                           : end->occurred_on;

    for (size_t i = 0; i < all->count; i++) {
        struct engagement *g = &all->engagement[i];

        if (end_matches(end, g) && (end->engagement_end.of != 0 || g->until == DAY_NEVER))
            g->until = until > g->from ? until : g->from;
    }
}

static struct err check_end(const struct record_set *set, const struct entry *e)
{
    const struct entry *target;

    if (e->record->engagement_end.of == 0)
        return OK;
    target = record_set_earlier(set, e, e->record->engagement_end.of);
    return target != NULL && target->record->kind == RECORD_ENGAGEMENT ? OK
                                                                       : record_set_refuse(set, e);
}

static struct engagement opened(const struct record *r)
{
    return (struct engagement){
        .org = r->engagement.org,
        .site = r->engagement.site,
        .version = r->version,
        .from = r->engagement.from != DAY_UNKNOWN ? r->engagement.from : r->occurred_on,
        .until = DAY_NEVER,
        .trade = r->engagement.trade,
        .role = r->engagement.role,
    };
}

struct err record_set_engage(const struct record_set *set, struct engagements *out)
{
    struct err e = OK;

    *out = (struct engagements){arena_new_array(set->arena, set->count + 1, struct engagement), 0};
    if (out->engagement == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < set->count && !err_is(e); i++) {
        const struct record *r = set->entries[i].record;

        if (r->kind == RECORD_ENGAGEMENT_END)
            e = check_end(set, &set->entries[i]);
        if (err_is(e) || set->entries[i].superseded)
            continue;
        if (r->kind == RECORD_ENGAGEMENT) {
            if (out->count == ENGAGEMENTS_MAX)
                return err_field(ERR_TOO_LARGE, "/records", "at most 1024 engagements");
            out->engagement[out->count++] = opened(r);
        } else if (r->kind == RECORD_ENGAGEMENT_END) {
            end_engagements(r, out);
        }
    }
    return e;
}

struct err engagements_fold(const struct record *records, size_t count, struct arena *arena,
                            struct engagements *out)
{
    struct record_set set;
    struct err e = record_set_read(&set, records, count, arena);

    *out = (struct engagements){NULL, 0};
    return err_is(e) ? e : record_set_engage(&set, out);
}
