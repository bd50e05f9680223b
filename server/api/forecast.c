/* api/forecast.c: see forecast.h.
 *
 * The people come from PostgreSQL by the engagement's index, a few hundred a batch; what is known of
 * them comes from the register. A step ends after so many of them or a few milliseconds, whichever
 * comes first: a gate on the same loop does not wait for a site's forecast. Only the page is kept, in
 * order, so that any number of people takes the same memory. It is told after looking again, because
 * what the register lends is not kept. */
#include "api/forecast.h"

#include <string.h>

#include "api/resource.h"
#include "api/verdict_render.h"
#include "api/write.h"
#include "domain/forecast.h"
#include "store/reads.h"

enum {
    CHUNK = 200,
    STEP_US = 5000,
    DETAIL_BYTES = 256,
    ROW_BYTES_MAX = 48 * 1024 /* 2 x 32 reasons in words */
};

struct forecast_query {
    struct page page;
    int64_t site_id, org_id, days;
};
const struct field forecast_query_fields[] = {
    PAGE_FIELDS(struct forecast_query),
    {"days", FIELD_INT, offsetof(struct forecast_query, days), false, 1, FORECAST_DAYS_MAX, NULL},
    {"site", FIELD_INT, offsetof(struct forecast_query, site_id), false, 1, INT64_MAX, NULL},
    {"org", FIELD_INT, offsetof(struct forecast_query, org_id), false, 1, INT64_MAX, NULL},
    {0},
};

/* A row: day, worker, and which of his engagements, in one number that sorts as the rows do and
 * serves as `after`. */
enum { PLACE_BITS = 8, WORKER_BITS = 30 };
static int64_t row_key(day_t on, int64_t worker_id, unsigned place)
{
    return ((int64_t)on << WORKER_BITS | worker_id) << PLACE_BITS | (int64_t)place;
}
static day_t key_day(int64_t key)
{
    return (day_t)(key >> (WORKER_BITS + PLACE_BITS));
}
static int64_t key_worker(int64_t key)
{
    return key >> PLACE_BITS & WORKER_ID_MAX;
}
static unsigned key_place(int64_t key)
{
    return (unsigned)(key & ((1 << PLACE_BITS) - 1));
}
_Static_assert(WORKER_ID_MAX < INT64_C(1) << WORKER_BITS, "a worker's id has room");

struct forecast_request {
    struct reach reach;
    unsigned days;
    int64_t after; /* the worker that was looked at last */
    unsigned people;
    struct worker_ids found;
    int64_t *rows; /* the page and one more, ascending */
    int count, max;
};
const size_t forecast_state_bytes = sizeof(struct forecast_request);

/* -- who is asked about --------------------------------------------------------------------- */

/* What is asked for within what the caller sees; -1 is nobody's id. */
static int64_t within(int64_t reach, int64_t asked)
{
    if (asked == 0 || asked == reach)
        return reach;
    return reach == 0 ? asked : -1;
}

static enum step forecast_begin(struct exchange *x)
{
    const struct forecast_query *q = x->query;
    struct forecast_request *s = x->state;

    if (caller_of(x)->role == ACCOUNT_WORKER)
        return exchange_fail(x, err_make(ERR_FORBIDDEN));
    if (!registry_health(app_of(x)->shared->registry).ready)
        return exchange_fail(x, err_make(ERR_NOT_READY));
    s->max = page_limit(&q->page) + 1;
    s->rows = arena_new_array(&x->arena, (size_t)s->max + 1, int64_t);
    if (s->rows == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    s->days = q->days != 0 ? (unsigned)q->days : FORECAST_DAYS_DEFAULT;
    s->reach = reach_of(caller_of(x));
    s->reach.site_id = within(s->reach.site_id, q->site_id);
    s->reach.org_id = within(s->reach.org_id, q->org_id);
    return STEP_NEXT;
}

static enum step forecast_load(struct exchange *x)
{
    struct forecast_request *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (b != NULL)
        forecast_workers(b, s->after, &s->reach, x->today, CHUNK, &s->found);
    return load_send(x, b);
}

/* -- looking; between registry_enter() and registry_leave() ----------------------------------- */

static bool is_seen(const struct registry_reader *reader, const struct reach *reach,
                    const struct engaged *engaged, day_t today)
{
    const struct site *site = registry_site(reader, engaged->site_id);

    return site != NULL && engaged->until > today &&
           (reach->org_id == 0 || reach->org_id == engaged->org_id) &&
           (reach->site_id == 0 || reach->site_id == engaged->site_id) &&
           (reach->region.bytes == 0 || text_starts(site->region, reach->region));
}

static struct outlook outlook_of(const struct registry_reader *reader,
                                 const struct worker_view *worker, const struct engaged *engaged)
{
    return (struct outlook){.facts = &worker->facts,
                            .policies = registry_policies(reader),
                            .site = registry_site(reader, engaged->site_id),
                            .org = registry_org(reader, engaged->org_id),
                            .trade = engaged->trade,
                            .role = engaged->role,
                            .from = engaged->from,
                            .until = engaged->until};
}

struct keeping {
    struct forecast_request *request;
    int64_t after, worker_id;
    unsigned place;
};

/* Into its place; what no longer fits on the page falls off its end. */
static void keep_row(struct forecast_request *s, int64_t key)
{
    int at = s->count;

    if (at == s->max) {
        if (key >= s->rows[at - 1])
            return;
        at--;
    } else {
        s->count++;
    }
    while (at > 0 && s->rows[at - 1] > key) {
        s->rows[at] = s->rows[at - 1];
        at--;
    }
    s->rows[at] = key;
}

static bool on_change(void *arg, const struct forecast_change *change)
{
    struct keeping *k = arg;
    int64_t key = row_key(change->on, k->worker_id, k->place);

    if (forecast_changes_colour(change) && key > k->after)
        keep_row(k->request, key);
    return true;
}

static void look_at(struct exchange *x, int64_t worker_id)
{
    const struct forecast_query *q = x->query;
    struct forecast_request *s = x->state;
    const struct registry_reader *reader = app_of(x)->reader;
    struct worker_view worker;

    if (!registry_worker(reader, worker_id, &worker))
        return; /* enrolled a moment ago */
    for (unsigned i = 0; i < worker.engaged_count && i < 1 << PLACE_BITS; i++) {
        struct keeping k = {s, q->page.after, worker_id, i};
        struct outlook outlook;

        if (!is_seen(reader, &s->reach, &worker.engaged[i], x->today))
            continue;
        outlook = outlook_of(reader, &worker, &worker.engaged[i]);
        forecast_walk(&outlook, x->today, s->days, on_change, &k);
    }
}

/* How many of those found could be looked at before the loop's other connections had to have their
 * turn: one at least. */
static int look_at_some(struct exchange *x)
{
    struct forecast_request *s = x->state;
    int64_t until = clock_monotonic_us() + STEP_US;
    int looked = 0;

    registry_enter(app_of(x)->reader);
    while (looked < s->found.count && (looked == 0 || clock_monotonic_us() < until))
        look_at(x, s->found.ids[looked++]);
    registry_leave(app_of(x)->reader);
    return looked;
}

static enum step forecast_keep(struct exchange *x)
{
    struct forecast_request *s = x->state;
    int looked = look_at_some(x);

    s->people += (unsigned)looked;
    if (looked == s->found.count && looked < CHUNK)
        return STEP_NEXT;
    if (s->people >= FORECAST_PEOPLE_MAX)
        return exchange_fail(x, err_field(ERR_TOO_MANY_PEOPLE, "site", "site | org"));
    s->after = s->found.ids[looked - 1];
    exchange_goto(x, forecast_list + 1); /* further: others have their turn meanwhile */
    return STEP_NEXT;
}

/* -- who was looked at ---------------------------------------------------------------------- */

static struct text detail_of(struct exchange *x)
{
    const struct forecast_query *q = x->query;
    const struct forecast_request *s = x->state;
    struct build out = answer_build(x, DETAIL_BYTES);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_int(&w, "days", s->days);
    json_put_id(&w, "site", q->site_id);
    json_put_id(&w, "org", q->org_id);
    json_put_id(&w, "after", q->page.after);
    json_close_object(&w);
    return build_done(&out);
}

static int rows_told(const struct forecast_request *s)
{
    return s->count < s->max ? s->count : s->max - 1;
}

static enum step forecast_audit(struct exchange *x)
{
    const struct forecast_request *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    int64_t *ids = arena_new_array(&x->arena, (size_t)s->max, int64_t);

    if (ids == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    for (int i = 0; i < rows_told(s); i++)
        ids[i] = key_worker(s->rows[i]);
    if (b != NULL)
        write_audit_list(x, b, "worker.forecast", ids, (size_t)rows_told(s), detail_of(x));
    return load_send(x, b);
}

/* -- telling -------------------------------------------------------------------------------- */

static void put_reasons(struct json_writer *w, const char *key,
                        const struct policy_document *document, const struct verdict *in,
                        const struct verdict *not_in, bool english)
{
    struct reason reasons[REASONS_MAX];
    unsigned count = forecast_reasons(in, not_in, reasons);

    json_open_array(w, key);
    for (unsigned i = 0; i < count; i++) {
        const struct policy_reason *says = policy_explain(document, &reasons[i]);
        const struct policy_words *words = english ? &says->en : &says->zh;

        json_open_object(w, NULL);
        json_put_string(w, "code", reason_name(reasons[i].code));
        json_put_string(w, "colour", colour_name(reasons[i].colour));
        json_put_string(w, "scope", scope_name(reasons[i].scope));
        json_put_string(w, "what", words->what);
        json_put_string(w, "remedy", words->remedy);
        json_put_string(w, "help", words->help);
        json_close_object(w);
    }
    json_close_array(w);
}

struct telling {
    struct json_writer *w;
    const struct worker_view *worker;
    const struct engaged *engaged;
    day_t on, today;
    bool english;
};

static void put_colours(struct json_writer *w, const struct forecast_change *change)
{
    json_put_string(w, "from", colour_name(change->before.colour_here));
    json_put_string(w, "to", colour_name(change->after.colour_here));
    json_put_string(w, "person_from", colour_name(change->before.person_colour));
    json_put_string(w, "person_to", colour_name(change->after.person_colour));
}

static bool tell_change(void *arg, const struct forecast_change *change)
{
    const struct telling *t = arg;
    struct json_writer *w = t->w;

    if (change->on != t->on)
        return change->on < t->on;
    json_open_object(w, NULL);
    json_put_int(w, "worker", t->worker->worker_id);
    json_put_text_or_null(w, "name", t->worker->access_version != 0 ? t->worker->name_masked
                                                                    : (struct text){NULL, 0});
    json_put_int(w, "org", t->engaged->org_id);
    json_put_int(w, "site", t->engaged->site_id);
    json_put_trade(w, "trade", t->engaged->trade);
    json_put_role(w, "role", t->engaged->role);
    json_put_day(w, "on", change->on);
    json_put_int(w, "days", change->on - t->today);
    put_colours(w, change);
    put_reasons(w, "begins", change->document, &change->after, &change->before, t->english);
    put_reasons(w, "ends", change->document_before, &change->before, &change->after, t->english);
    json_put_string(w, "policy", change->document->policy.id);
    json_close_object(w);
    return false;
}

/* What has changed since it was kept is not told: the next asking has it. */
static void tell_row(struct exchange *x, struct json_writer *w, int64_t key)
{
    const struct forecast_request *s = x->state;
    const struct registry_reader *reader = app_of(x)->reader;
    struct worker_view worker;
    struct outlook outlook;
    struct telling t = {.w = w, .worker = &worker, .on = key_day(key), .today = x->today,
                        .english = x->english};

    if (!registry_worker(reader, key_worker(key), &worker) ||
        key_place(key) >= worker.engaged_count)
        return;
    t.engaged = &worker.engaged[key_place(key)];
    if (!is_seen(reader, &s->reach, t.engaged, x->today))
        return;
    outlook = outlook_of(reader, &worker, t.engaged);
    forecast_walk(&outlook, (day_t)(t.on - 1), 1, tell_change, &t);
}

static enum step forecast_answer(struct exchange *x)
{
    const struct forecast_request *s = x->state;
    struct text next = {NULL, 0};
    struct list list;
    int told = 0;

    list_open(x, &list);
    registry_enter(app_of(x)->reader);
    while (told < rows_told(s) && list.out.bytes + ROW_BYTES_MAX < list.out.max)
        tell_row(x, &list.w, s->rows[told++]);
    registry_leave(app_of(x)->reader);
    if (told < s->count)
        next = text_of(arena_format(&x->arena, "%lld", (long long)s->rows[told - 1]));
    return list_answer(x, &list, next);
}

step_fn *const forecast_list[] = {forecast_begin, forecast_load,   forecast_keep,
                                  forecast_audit, forecast_answer, NULL};
