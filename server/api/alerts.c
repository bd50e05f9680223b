/* api/alerts.c: alerts of sites (大数据警示): who is in charge of a site sees what it is warned of
 * and by when it has to be put right, says that he has seen it, or, being an authority, moves the
 * deadline. Counting, clearing and escalating is the service's (jobs/site_alerts.h). */
#include "api/alerts.h"

#include "api/resource.h"
#include "api/write.h"
#include "domain/site_alert.h"
#include "store/alerts.h"

#define ALERT_STATES  "open|escalated|cleared"
#define ALERT_ACTIONS "seen|extend"

enum { EXTEND_DAYS_MAX = 90 };

enum { ACTION_SEEN = 1, ACTION_EXTEND };

struct alert_query {
    struct page page;
    int64_t site_id;
    int state;
};
const struct field alert_list_query[] = {
    PAGE_FIELDS(struct alert_query),
    {"site", FIELD_INT, offsetof(struct alert_query, site_id), false, 1, INT64_MAX, NULL},
    {"state", FIELD_CHOICE, offsetof(struct alert_query, state), false, 0, 0, ALERT_STATES},
    {0},
};

struct alert_input {
    int action;
    day_t deadline;
};
const struct field alert_act_fields[] = {
    {"action", FIELD_CHOICE, offsetof(struct alert_input, action), true, 0, 0, ALERT_ACTIONS},
    {"deadline", FIELD_DATE, offsetof(struct alert_input, deadline), false, 0, 0, NULL},
    {0},
};

struct alert_request {
    struct write write;
    int64_t id;
    struct alert_rows found;
    struct alert_event_rows events;
    struct site_rows site;
    struct standing_row standing;
};
const size_t alert_state_bytes = sizeof(struct alert_request);

/* A contractor sees the alerts of the sites that it runs, not of those where its people work. */
static void put_alert(struct json_writer *w, const struct alert_row *alert)
{
    json_put_int(w, "id", alert->id);
    json_put_int(w, "site", alert->site_id);
    json_put_text(w, "site_name", alert->site_name);
    json_put_text(w, "region", alert->region);
    json_put_string(w, "kind", site_alert_kind_name((enum site_alert_kind)alert->kind));
    json_put_int(w, "policy", alert->policy);
    json_put_string(w, "then", alert->then_what == ALERT_STOP_WORK ? "stop_work" : "report");
    json_put_text(w, "state", alert->state);
    json_put_bool(w, "seen", alert->seen);
    json_put_day(w, "opened_on", alert->opened_on);
    json_put_day(w, "deadline", alert->deadline);
    json_put_day(w, "ended_on", alert->ended_on);
}

/* -- GET /v1/alerts -------------------------------------------------------------------------- */

static enum step alert_list_load(struct exchange *x)
{
    const struct alert_query *q = x->query;
    struct alert_request *s = x->state;
    struct reach reach = reach_of(caller_of(x));
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (q->site_id != 0)
        reach.site_id = reach.site_id == 0 || reach.site_id == q->site_id ? q->site_id : -1;
    if (b != NULL)
        alerts_list(b, page_span(&q->page), &reach, choice_word(ALERT_STATES, q->state), &s->found);
    return load_send(x, b);
}

static enum step alert_list_answer(struct exchange *x)
{
    const struct alert_query *q = x->query;
    const struct alert_request *s = x->state;
    struct list list;
    int64_t last = 0;

    list_open(x, &list);
    for (int i = 0; i < s->found.count && i < page_limit(&q->page); i++) {
        json_open_object(&list.w, NULL);
        put_alert(&list.w, &s->found.rows[i]);
        json_close_object(&list.w);
        last = s->found.rows[i].id;
    }
    return list_answer_by_id(x, &list, &q->page, s->found.count, last);
}

step_fn *const alert_list[] = {alert_list_load, alert_list_answer, NULL};

/* -- GET /v1/alerts/{id} --------------------------------------------------------------------- */

static struct batch *find_alert(struct exchange *x, struct batch *b)
{
    struct alert_request *s = x->state;
    struct reach reach = reach_of(caller_of(x));

    if (b != NULL)
        alerts_list(b, span_of(s->id), &reach, (struct text){NULL, 0}, &s->found);
    return b;
}

static enum step alert_get_load(struct exchange *x)
{
    struct alert_request *s = x->state;
    struct err e = path_id(x, 0, ERR_NOT_FOUND, &s->id);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    b = find_alert(x, batch_new(app_of(x)->pg, &x->arena));
    if (b != NULL)
        alert_events(b, s->id, &s->events);
    return load_send(x, b);
}

static void put_event(struct json_writer *w, const struct alert_event_row *event)
{
    json_open_object(w, NULL);
    json_put_time(w, "at", event->at);
    json_put_text(w, "event", event->event);
    json_put_id(w, "by", event->account_id); /* null: the service */
    json_put_day(w, "deadline", event->deadline);
    if (event->counted) {
        json_put_int(w, "people", event->people);
        json_put_int(w, "yellow", event->yellow);
        json_put_int(w, "red", event->red);
    }
    json_close_object(w);
}

static const struct policy_document *document_of(const struct policy_set *set, int32_t number)
{
    for (size_t i = 0; set != NULL && i < set->count; i++)
        if (set->documents[i]->policy.number == (uint32_t)number)
            return set->documents[i];
    return NULL;
}

/* The words are the policy's, while it is in force. */
static void put_words(struct json_writer *w, struct exchange *x, int32_t policy)
{
    struct registry_reader *reader = app_of(x)->reader;
    const struct policy_document *document;

    registry_enter(reader);
    document = document_of(registry_policies(reader), policy);
    if (document != NULL && document->policy.site_alert.days > 0) {
        const struct policy_alert_text *text = &document->alert_text;
        const struct policy_words *words = x->english ? &text->en : &text->zh;

        json_put_string(w, "what", words->what);
        json_put_string(w, "remedy", words->remedy);
        json_put_string(w, "help", words->help);
        json_open_array(w, "basis");
        for (unsigned i = 0; i < text->basis_count; i++) {
            json_open_object(w, NULL);
            json_put_string(w, "text", text->basis[i].text);
            json_put_string(w, "mark", text->basis[i].mark);
            json_close_object(w);
        }
        json_close_array(w);
    }
    registry_leave(reader);
}

static enum step alert_get_answer(struct exchange *x)
{
    const struct alert_request *s = x->state;
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);

    if (s->found.count == 0)
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    json_open_object(&w, NULL);
    put_alert(&w, &s->found.rows[0]);
    put_words(&w, x, s->found.rows[0].policy);
    json_open_array(&w, "events");
    for (int i = 0; i < s->events.count; i++)
        put_event(&w, &s->events.rows[i]);
    json_close_array(&w);
    json_close_object(&w);
    return out.full ? exchange_fail(x, err_make(ERR_TOO_LARGE))
                    : exchange_answer_json(x, 200, build_done(&out));
}

step_fn *const alert_get[] = {alert_get_load, alert_get_answer, NULL};

/* -- POST /v1/alerts/{id} -------------------------------------------------------------------- */

static enum step alert_act_load(struct exchange *x)
{
    struct alert_request *s = x->state;
    struct err e = path_id(x, 0, ERR_NOT_FOUND, &s->id);

    return err_is(e) ? exchange_fail(x, e) : load_send(x, find_alert(x, write_begin(x)));
}

/* A safety officer answers for the site; only an authority gives it more time. */
static struct err admit_action(const struct exchange *x, const struct alert_row *alert)
{
    const struct alert_input *in = x->input;

    if (text_is(alert->state, "cleared"))
        return err_field(ERR_FIELD_CHOICE, "/action", "nothing: it is cleared");
    if (in->action == ACTION_SEEN)
        return in->deadline == DAY_UNKNOWN ? OK : err_field(ERR_FIELD_UNKNOWN, "/deadline", NULL);
    if (caller_of(x)->role == ACCOUNT_SAFETY_OFFICER)
        return err_field(ERR_FORBIDDEN, "/action", "seen");
    if (in->deadline == DAY_UNKNOWN)
        return err_field(ERR_FIELD_MISSING, "/deadline", NULL);
    if (in->deadline <= alert->deadline || in->deadline < x->today ||
        in->deadline > x->today + EXTEND_DAYS_MAX)
        return err_field(ERR_FIELD_RANGE, "/deadline",
                         "later than now, within 90 days from today");
    return OK;
}

static struct text acted(struct exchange *x, const struct alert_row *alert, day_t deadline)
{
    struct build out = answer_build(x, 256);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_int(&w, "id", alert->id);
    json_put_text(&w, "state", deadline != DAY_UNKNOWN ? TEXT("open") : alert->state);
    json_put_day(&w, "deadline", deadline != DAY_UNKNOWN ? deadline : alert->deadline);
    json_close_object(&w);
    return build_done(&out);
}

static enum step alert_act_write(struct exchange *x)
{
    const struct alert_input *in = x->input;
    struct alert_request *s = x->state;
    struct batch *b;
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    e = s->found.count == 0 ? err_make(ERR_NOT_FOUND) : admit_action(x, &s->found.rows[0]);
    if (err_is(e))
        return exchange_fail(x, e);
    b = write_commit(x, 200, acted(x, &s->found.rows[0], in->deadline));
    if (b != NULL) {
        alert_act(b, &(struct alert_act){
                         .read = &s->found.rows[0],
                         .event = in->action == ACTION_SEEN ? TEXT("seen") : TEXT("extended"),
                         .account_id = caller_of(x)->account_id,
                         .deadline = in->deadline});
        write_audit(x, b, in->action == ACTION_SEEN ? "alert.seen" : "alert.extend", 0,
                    s->write.answer);
    }
    return write_send(x, b, alert_act_post);
}

step_fn *const alert_act_post[] = {alert_act_load, alert_act_write, write_answer, NULL};

/* -- GET /v1/sites/{id}/standing ------------------------------------------------------------- */

static enum step standing_load(struct exchange *x)
{
    struct alert_request *s = x->state;
    struct reach reach = reach_of(caller_of(x));
    struct err e = path_id(x, 0, ERR_SITE_UNKNOWN, &s->id);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL) {
        sites_list(b, span_of(s->id), &reach, x->today, (struct text){NULL, 0}, &s->site);
        standing_find(b, s->id, &s->standing);
        reach.site_id = s->id;
        alerts_current(b, &reach, &s->found);
    }
    return load_send(x, b);
}

static void put_standing(struct json_writer *w, const struct standing_row *row)
{
    if (row->at == 0) {
        json_put_null(w, "counted_at"); /* nobody has been engaged there yet, or it is new */
        return;
    }
    json_put_time(w, "counted_at", row->at);
    json_put_day(w, "on", row->on);
    json_put_int(w, "people", row->standing.people);
    json_put_int(w, "no_code", row->standing.no_code);
    json_put_int(w, "green", row->standing.green);
    json_put_int(w, "yellow", row->standing.yellow);
    json_put_int(w, "yellow_counted", row->standing.yellow_counted);
    json_put_int(w, "red", row->standing.red);
}

/* Firms that only send people to a site do not see how it stands. */
static bool may_see_standing(const struct exchange *x)
{
    const struct alert_request *s = x->state;

    return s->site.count > 0 && (caller_of(x)->role != ACCOUNT_CONTRACTOR ||
                                 s->site.rows[0].org_id == caller_of(x)->org_id);
}

static enum step standing_answer(struct exchange *x)
{
    const struct alert_request *s = x->state;
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);

    if (!may_see_standing(x))
        return exchange_fail(x, err_make(ERR_SITE_UNKNOWN));
    json_open_object(&w, NULL);
    json_put_int(&w, "site", s->id);
    json_put_text(&w, "state", s->site.rows[0].state);
    put_standing(&w, &s->standing);
    json_open_array(&w, "alerts");
    for (int i = 0; i < s->found.count; i++) {
        json_open_object(&w, NULL);
        put_alert(&w, &s->found.rows[i]);
        json_close_object(&w);
    }
    json_close_array(&w);
    json_close_object(&w);
    return out.full ? exchange_fail(x, err_make(ERR_TOO_LARGE))
                    : exchange_answer_json(x, 200, build_done(&out));
}

step_fn *const site_standing_get[] = {standing_load, standing_answer, NULL};
