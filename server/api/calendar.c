/* api/calendar.c: what is true of each day, by the engagement of that day.
 *
 * The policies, sites and firms are as they are now, each policy from its own day on; a firm's permit
 * ends on its day. Of several engagements of a day the newest counts, as for the colour of a day. */
#include "api/calendar.h"

#include "api/append.h"
#include "api/known_at.h"
#include "api/resource.h"
#include "api/standing.h"
#include "domain/calendar.h"
#include "domain/fold.h"

enum { POSTS_MAX = 200, YEAR_MONTHS = 12 };

struct calendar_query {
    day_t from, to;
    struct text region;
    int64_t site_id;
    time_us known_at;
};
const struct field worker_calendar_query[] = {
    {"from", FIELD_DATE, offsetof(struct calendar_query, from), false, 0, 0, NULL},
    {"to", FIELD_DATE, offsetof(struct calendar_query, to), false, 0, 0, NULL},
    {"region", FIELD_REGION, offsetof(struct calendar_query, region), false, 6, 6, NULL},
    {"site", FIELD_INT, offsetof(struct calendar_query, site_id), false, 1, INT64_MAX, NULL},
    {"known_at", FIELD_TIME, offsetof(struct calendar_query, known_at), false, 0, 0, NULL},
    {0},
};

struct calendar_request {
    int64_t id;
    day_t from, until; /* [from, until) */
    struct person person;
    struct standing *posts; /* one an engagement of the span that the caller may know of */
    size_t post_count;
    struct facts facts;
};
const size_t worker_calendar_state_bytes = sizeof(struct calendar_request);

/* -- whose, and when -------------------------------------------------------------------------------- */

/* `to` is the last day; without it, a year. */
static struct err read_span(const struct exchange *x, struct calendar_request *s)
{
    const struct calendar_query *q = x->query;

    s->from = q->from != DAY_UNKNOWN ? q->from : x->today;
    s->until = q->to != DAY_UNKNOWN ? (day_t)(q->to + 1) : day_add_months(s->from, YEAR_MONTHS);
    if (s->until <= s->from)
        return err_field(ERR_DATE_ORDER, "to", "the span's last day, not before from");
    if (s->until - s->from > CALENDAR_DAYS_MAX)
        return err_field(ERR_FIELD_RANGE, "to", "at most three years after from");
    return OK;
}

static enum step calendar_load(struct exchange *x)
{
    struct calendar_request *s = x->state;
    struct person_name *name = arena_new(&x->arena, struct person_name);
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    struct err e = path_id(x, 0, ERR_WORKER_UNKNOWN, &s->id);

    if (!err_is(e))
        e = read_span(x, s);
    if (!err_is(e) && (b == NULL || name == NULL))
        e = err_make(ERR_TOO_LARGE);
    if (err_is(e))
        return exchange_fail(x, e);
    name->worker_id = s->id;
    e = persons_load(b, &x->arena, name, 1, &s->person);
    return err_is(e) ? exchange_fail(x, e) : load_send(x, b);
}

/* -- his posts in the span --------------------------------------------------------------------------- */

static bool is_asked_about(const struct exchange *x, const struct person_engagement *e)
{
    const struct calendar_query *q = x->query;
    const struct calendar_request *s = x->state;

    return e->from < s->until && s->from < e->until &&
           (q->site_id == 0 || e->site_id == q->site_id) &&
           caller_may_see_engagement(caller_of(x), e->org_id, e->site_id);
}

static struct err choose_posts(const struct exchange *x, struct calendar_request *s,
                               struct arena *arena)
{
    const struct calendar_query *q = x->query;

    s->posts = arena_new_array(arena, POSTS_MAX, struct standing);
    if (s->posts == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < s->person.engagement_count; i++) {
        if (!is_asked_about(x, &s->person.engagements[i]))
            continue;
        if (s->post_count == POSTS_MAX)
            return err_field(ERR_TOO_LARGE, "to", "a span with at most 200 engagements");
        s->posts[s->post_count++].engagement = &s->person.engagements[i];
    }
    return q->site_id != 0 && s->post_count == 0 ? err_field(ERR_SITE_UNKNOWN, "site", NULL) : OK;
}

static enum step calendar_admit(struct exchange *x)
{
    const struct calendar_query *q = x->query;
    struct calendar_request *s = x->state;
    struct batch *b;
    struct err e;

    if (append_is_shown_documents(caller_of(x)) ||
        !append_may_see(caller_of(x), &s->person, x->today))
        return exchange_fail(x, err_make(ERR_WORKER_UNKNOWN));
    e = person_as_known(&s->person, q->known_at, &x->arena);
    if (!err_is(e))
        e = choose_posts(x, s, &x->arena);
    if (err_is(e))
        return exchange_fail(x, e);
    b = batch_new(app_of(x)->pg, &x->arena);
    for (size_t i = 0; b != NULL && i < s->post_count; i++)
        standing_load(&s->posts[i], b, x->today);
    if (b != NULL)
        write_audit(x, b, "worker.calendar", s->id, TEXT(""));
    return load_send(x, b);
}

/* -- the days ------------------------------------------------------------------------------------------ */

struct telling {
    struct exchange *x;
    const struct calendar_request *s;
    const struct policy_set *policies;
    struct context context; /* of the stretch that is being walked */
    struct json_writer w;
};

static void until_at_most(day_t *until, day_t day, day_t candidate)
{
    if (candidate > day && candidate < *until)
        *until = candidate;
}

/* The newest engagement of the day, and until when no other begins or ends. */
static const struct standing *post_on(const struct calendar_request *s, day_t day, day_t *until)
{
    const struct standing *newest = NULL;

    for (size_t i = 0; i < s->post_count; i++) {
        const struct person_engagement *e = s->posts[i].engagement;

        until_at_most(until, day, e->from);
        until_at_most(until, day, e->until);
        if (e->from <= day && day < e->until)
            newest = &s->posts[i];
    }
    return newest;
}

static void place_on(void *arg, day_t day, struct calendar_place *place)
{
    struct telling *t = arg;
    const struct calendar_query *q = t->x->query;
    const struct standing *post;
    struct text region;

    *place = (struct calendar_place){.until = t->s->until};
    post = post_on(t->s, day, &place->until);
    region = post != NULL ? post->place.region : either(q->region, TEXT(""));
    place->document = policy_find(t->policies, region, day);
    until_at_most(&place->until, day, policies_hold_until(t->policies, region, day));
    if (post == NULL || !post->place.is_post)
        return;
    t->context = post->place.context;
    t->context.org_permit = permit_of_row(&post->org.rows[0], day);
    until_at_most(&place->until, day, post->org.rows[0].permit_until);
    place->context = &t->context;
    place->post = post;
}

static bool put_run(void *arg, const struct calendar_place *place, const struct calendar_run *run)
{
    static const struct place nowhere = {0};
    struct telling *t = arg;
    const struct standing *post = place->post;

    json_open_object(&t->w, NULL);
    json_put_day(&t->w, "from", run->from);
    json_put_day(&t->w, "until", run->until);
    post_put(&t->w, post != NULL ? &post->place : &nowhere);
    if (place->document != NULL) {
        verdict_put(&t->w, place->document, &run->first, t->x->english, NULL);
    } else {
        json_put_string(&t->w, "person_colour", colour_name(COLOUR_NONE));
        json_put_null(&t->w, "colour_here");
        json_put_null(&t->w, "policy");
    }
    json_close_object(&t->w);
    return true;
}

/* False: the register holds no policy at all yet. */
static bool put_runs(struct exchange *x, struct telling *t)
{
    struct calendar_request *s = x->state;
    struct calendar_walk walk = {&s->facts, s->from, s->until, place_on, put_run, t};

    registry_enter(app_of(x)->reader); /* the policies' words are read until it is left */
    t->policies = registry_policies(app_of(x)->reader);
    json_open_array(&t->w, "runs");
    if (t->policies != NULL)
        calendar_walk(&walk);
    json_close_array(&t->w);
    registry_leave(app_of(x)->reader);
    return t->policies != NULL;
}

static enum step calendar_answer(struct exchange *x)
{
    const struct calendar_query *q = x->query;
    struct calendar_request *s = x->state;
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct telling t = {.x = x, .s = s, .w = json_writer_over(&out)};
    struct err e = facts_fold_on(s->person.records, s->person.record_count, s->from, &x->arena,
                                 &s->facts);

    if (err_is(e))
        return exchange_fail(x, e);
    for (size_t i = 0; i < s->post_count; i++)
        standing_set(&s->posts[i], q->region);
    json_open_object(&t.w, NULL);
    json_put_int(&t.w, "worker", s->id);
    json_put_int(&t.w, "version", s->facts.version);
    if (q->known_at != 0)
        json_put_time(&t.w, "known_at", q->known_at);
    else
        json_put_null(&t.w, "known_at");
    if (!put_runs(x, &t))
        return exchange_fail(x, err_make(ERR_NOT_READY));
    json_close_object(&t.w);
    return out.full ? exchange_fail(x, err_field(ERR_TOO_LARGE, "to", "a shorter span"))
                    : exchange_answer_json(x, 200, build_done(&out));
}

step_fn *const worker_calendar[] = {calendar_load, calendar_admit, calendar_answer, NULL};
