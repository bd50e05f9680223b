/* api/trials.c: a policy is tried on everybody before it is in force.
 *
 * The request is answered at once with the trial's number; a surveyor counts behind it
 * (register/trial.h) and GET /v1/trials/{id} tells how far it is, then what it found. Who may set
 * a policy for a place may try it, and read the trials of that place. */
#include "api/trials.h"

#include "api/resource.h"
#include "api/trial_job.h"
#include "api/write.h"
#include "base/log.h"
#include "domain/policy.h"
#include "domain/record.h"
#include "register/survey.h"
#include "store/policies.h"
#include "store/trials.h"

struct trial_input {
    day_t on;
};
const struct field trial_post_fields[] = {
    {"on", FIELD_DATE, offsetof(struct trial_input, on), false, 0, 0, NULL},
    {0},
};

struct trial_query {
    struct page page;
    int64_t policy;
};
const struct field trial_list_query[] = {
    PAGE_FIELDS(struct trial_query),
    {"policy", FIELD_INT, offsetof(struct trial_query, policy), false, 1, INT32_MAX, NULL},
    {0},
};

struct trial_request {
    struct write write;
    int64_t id;
    int32_t number;
    struct policy_rows policy;
    struct text document;
    struct policy_document compiled;
    day_t on;
    struct trial_items found;
    bool place; /* reserved with the surveyor, and not yet used */
};
const size_t trial_state_bytes = sizeof(struct trial_request);

/* -- POST /v1/policies/{number}/trial ------------------------------------------------------- */

static enum step trial_post_load(struct exchange *x)
{
    struct trial_request *s = x->state;
    int64_t number;
    struct batch *b;

    if (!text_to_int(x->params[0], 1, INT32_MAX, &number))
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    s->number = (int32_t)number;
    b = write_begin(x);
    if (b != NULL) {
        policies_list(b, s->number - 1, s->number, 1, true, &s->policy);
        policy_document_load(b, s->number, &s->document);
        trial_next_id(b, &s->id);
    }
    return load_send(x, b);
}

static bool may_set(const struct caller *caller, struct text region)
{
    return (caller->permissions & MAY_SET_UP) != 0 || caller_in_region(caller, region);
}

/* It is tried on a day on which it would apply: today, or the day from which it would. */
static struct err choose_day(struct exchange *x)
{
    const struct trial_input *in = x->input;
    struct trial_request *s = x->state;
    const struct policy *policy = &s->compiled.policy;
    char from[DAY_TEXT_BYTES];

    s->on = x->today > policy->from ? x->today : policy->from;
    if (in->on != DAY_UNKNOWN)
        s->on = in->on;
    if (s->on >= policy->from && s->on < policy->until)
        return OK;
    return err_field(ERR_FIELD_RANGE, "/on",
                     arena_format(&x->arena, "from %s on, while the policy applies",
                                  day_format(policy->from, from).at));
}

static struct err trial_admit(struct exchange *x)
{
    struct trial_request *s = x->state;
    struct err e;

    if (s->policy.count == 0 || s->document.at == NULL ||
        !may_set(caller_of(x), s->policy.rows[0].region))
        return err_make(ERR_NOT_FOUND);
    e = policy_compile(s->document, &x->arena, &s->compiled);
    return err_is(e) ? e : choose_day(x);
}

/* Taken before anything is written: an answer that is stored under the request's key must be kept. */
static bool take_place(struct exchange *x)
{
    struct trial_request *s = x->state;

    s->place = surveyor_reserve(app_of(x)->shared->surveyor, SURVEY_FOR_PEOPLE);
    return s->place;
}

static void give_place_back(struct exchange *x)
{
    struct trial_request *s = x->state;

    if (s->place)
        surveyor_release(app_of(x)->shared->surveyor, SURVEY_FOR_PEOPLE);
    s->place = false;
}

static enum step trial_not_written(struct exchange *x)
{
    give_place_back(x);
    return write_failed(x);
}

static struct batch *trial_batch(struct exchange *x)
{
    struct trial_request *s = x->state;
    const struct shared *shared = app_of(x)->shared;
    struct batch *b;

    b = write_commit(x, 202,
                     text_of(arena_format(&x->arena, "{\"trial\":%lld,\"policy\":%d}",
                                          (long long)s->id, (int)s->number)));
    if (b != NULL) {
        trial_insert(b, &(struct trial_start){
                            .id = s->id,
                            .account_id = caller_of(x)->account_id,
                            .workers = (int64_t)registry_health(shared->registry).workers,
                            .policy = s->number,
                            .region = s->policy.rows[0].region,
                            .on = s->on,
                            .server_id = shared->server_id});
        write_audit(x, b, "policy.trial", 0, s->write.answer);
    }
    return b;
}

static enum step trial_post_write(struct exchange *x)
{
    enum step next;
    struct err e;

    if (write_seen(x, &next))
        return next;
    e = trial_admit(x);
    if (err_is(e))
        return exchange_fail(x, e);
    if (!take_place(x))
        return exchange_fail(x, err_make(ERR_BUSY));
    next = write_send(x, trial_batch(x), trial_post);
    if (next == STEP_WAIT)
        x->on_failure = trial_not_written;
    else
        give_place_back(x);
    return next;
}

/* One that the service's end keeps from beginning is `running` until the jobs call it interrupted;
 * that is what its number tells. */
static enum step trial_post_answer(struct exchange *x)
{
    struct trial_request *s = x->state;
    struct work work = work_of(x);
    struct err e = trial_start(&work, &(struct trial_order){s->id, s->document, s->on});

    s->place = false;
    if (err_is(e))
        log_event(LOG_WARN, x->id, "trial_not_begun", log_number("trial", s->id),
                  log_text("code", err_row(e.code)->code));
    return write_answer(x);
}

step_fn *const trial_post[] = {trial_post_load, trial_post_write, trial_post_answer, NULL};

/* -- GET ------------------------------------------------------------------------------------ */

static struct text region_of(const struct caller *caller)
{
    return (caller->permissions & MAY_SET_UP) != 0 ? TEXT("") : caller->region;
}

static void put_trial(struct json_writer *w, const struct trial_item *trial)
{
    json_open_object(w, NULL);
    json_put_int(w, "trial", trial->id);
    json_put_int(w, "policy", trial->policy);
    json_put_text(w, "region", trial->region);
    json_put_day(w, "on", trial->on);
    json_put_text(w, "state", trial->state);
    json_put_int(w, "workers", trial->workers);
    json_put_int(w, "done", trial->workers_done);
    json_put_time(w, "started_at", trial->started_at);
    if (trial->ended_at != 0)
        json_put_time(w, "ended_at", trial->ended_at);
    if (trial->report.at != NULL)
        json_put_raw(w, "report", trial->report);
    json_close_object(w);
}

static enum step trial_list_load(struct exchange *x)
{
    const struct trial_query *q = x->query;
    struct trial_request *s = x->state;
    struct span span = page_span(&q->page);
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (b != NULL)
        trials_list(b, span.after, span.upto, span.max, (int32_t)q->policy,
                    region_of(caller_of(x)), &s->found);
    return load_send(x, b);
}

static enum step trial_list_answer(struct exchange *x)
{
    const struct trial_query *q = x->query;
    const struct trial_request *s = x->state;
    struct list list;
    int64_t last = 0;

    list_open(x, &list);
    for (int i = 0; i < s->found.count && i < page_limit(&q->page); i++) {
        put_trial(&list.w, &s->found.rows[i]);
        last = s->found.rows[i].id;
    }
    return list_answer_by_id(x, &list, &q->page, s->found.count, last);
}

step_fn *const trial_list[] = {trial_list_load, trial_list_answer, NULL};

static enum step trial_get_load(struct exchange *x)
{
    struct trial_request *s = x->state;
    struct err e = path_id(x, 0, ERR_NOT_FOUND, &s->id);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        trials_list(b, s->id - 1, s->id, 1, 0, region_of(caller_of(x)), &s->found);
    return load_send(x, b);
}

static enum step trial_get_answer(struct exchange *x)
{
    const struct trial_request *s = x->state;
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);

    if (s->found.count == 0)
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    put_trial(&w, &s->found.rows[0]);
    return out.full ? exchange_fail(x, err_make(ERR_TOO_LARGE))
                    : exchange_answer_json(x, 200, build_done(&out));
}

step_fn *const trial_get[] = {trial_get_load, trial_get_answer, NULL};
