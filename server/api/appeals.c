#include "api/appeals.h"

#include "api/append.h"
#include "api/holidays.h"
#include "api/person_seal.h"
#include "api/resource.h"
#include "api/standing.h"
#include "api/verdict_grounds.h"
#include "domain/policy.h"
#include "store/appeals.h"

enum { APPEAL_DAYS_BACK = 366, APPEAL_ANSWER_BYTES = 256 };

/* -- POST /v1/appeals ----------------------------------------------------------------------- */

struct appeal_input {
    int64_t worker_id, site_id, disputes;
    struct text reason, words;
    int scope;
    day_t on;
};
const struct field appeal_post_fields[] = {
    {"worker", FIELD_INT, offsetof(struct appeal_input, worker_id), false, 1, INT32_MAX, NULL},
    {"reason", FIELD_TEXT, offsetof(struct appeal_input, reason), true, 1, 32, NULL},
    {"scope", FIELD_CHOICE, offsetof(struct appeal_input, scope), true, 0, 0, APPEAL_SCOPE_WORDS},
    {"site", FIELD_INT, offsetof(struct appeal_input, site_id), false, 1, INT64_MAX, NULL},
    {"on", FIELD_DATE, offsetof(struct appeal_input, on), false, 0, 0, NULL},
    {"disputes", FIELD_INT, offsetof(struct appeal_input, disputes), false, 1, INT32_MAX, NULL},
    {"words", FIELD_TEXT, offsetof(struct appeal_input, words), true, 1, APPEAL_WORDS_POINTS_MAX,
     NULL},
    {0},
};

struct appeal_post_request {
    struct write write; /* first: see write.h */
    struct person person;
    struct appeal_rows earlier;
    struct holiday_rows calendar;
    struct standing standing;
    struct org_rows enroller; /* of somebody who was never engaged */
    struct appeal_row row;
};
const size_t appeal_post_state_bytes = sizeof(struct appeal_post_request);

/* A worker appeals for himself, a contractor for somebody whom he names. */
static struct err choose_worker(const struct exchange *x, int64_t *worker_id)
{
    const struct appeal_input *in = x->input;
    const struct caller *caller = caller_of(x);

    *worker_id = in->worker_id;
    if (caller->role != ACCOUNT_WORKER)
        return in->worker_id != 0 ? OK : err_field(ERR_FIELD_MISSING, "/worker", NULL);
    *worker_id = caller->worker_id;
    return in->worker_id == 0 || in->worker_id == caller->worker_id
               ? OK : err_make(ERR_WORKER_UNKNOWN);
}

static struct err check_day(const struct exchange *x)
{
    const struct appeal_input *in = x->input;

    if (in->on != DAY_UNKNOWN && in->on > x->today)
        return err_field(ERR_DATE_FUTURE, "/on", NULL);
    if (in->on != DAY_UNKNOWN && in->on + APPEAL_DAYS_BACK < x->today)
        return err_field(ERR_DATE_TOO_OLD, "/on", "within a year");
    return OK;
}

static enum step appeal_post_load(struct exchange *x)
{
    struct appeal_post_request *s = x->state;
    struct person_name *name = arena_new(&x->arena, struct person_name);
    struct appeal_filter all = {.today = x->today};
    struct err e = choose_worker(x, &all.worker_id);
    struct batch *b;

    if (!err_is(e))
        e = check_day(x);
    if (err_is(e))
        return exchange_fail(x, e);
    b = write_begin(x);
    if (b == NULL || name == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    name->worker_id = all.worker_id;
    appeal_next_id(b, &s->row.appeal.id);
    appeals_list(b, &all, APPEALS_OF_ONE_MAX, &s->earlier);
    holidays_list(b, day_to_civil(x->today).year - 1, 2, &s->calendar);
    e = persons_load(b, &x->arena, name, 1, &s->person);
    return err_is(e) ? exchange_fail(x, e) : load_send(x, b);
}

/* The organisation that enrolled him; 0: none. */
static int64_t enroller_of(const struct person *person)
{
    for (size_t i = 0; i < person->record_count; i++) {
        if (person->records[i].kind == RECORD_IDENTITY)
            return person->records[i].org;
    }
    return 0;
}

static enum step appeal_post_look(struct exchange *x)
{
    const struct reach everything = {0};
    const struct appeal_input *in = x->input;
    struct appeal_post_request *s = x->state;
    struct batch *b;
    enum step seen;

    if (write_seen(x, &seen))
        return seen;
    if (!append_may_see(caller_of(x), &s->person, x->today))
        return exchange_fail(x, err_make(ERR_WORKER_UNKNOWN));
    if (s->person.erased)
        return exchange_fail(x, err_make(ERR_PERSON_ERASED));
    if (!standing_choose(&s->standing, caller_of(x), &s->person,
                         in->on != DAY_UNKNOWN ? in->on : x->today, in->site_id))
        return exchange_fail(x, err_field(ERR_SITE_UNKNOWN, "/site", NULL));
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL) {
        standing_load(&s->standing, b, x->today);
        orgs_list(b, span_of(enroller_of(&s->person)), &everything, (struct text){NULL, 0},
                  &s->enroller);
    }
    return load_send(x, b);
}

static bool is_meant(const struct appeal_input *in, const struct reason *reason)
{
    return (int)reason->scope + 1 == in->scope &&
           text_is(in->reason, reason_name((enum reason_code)reason->code));
}

static void fill_reason(struct appeal_row *row, const struct reason *reason)
{
    row->appeal.reason = (enum reason_code)reason->code;
    row->appeal.scope = (enum scope)reason->scope;
    row->appeal.colour = (enum colour)reason->colour;
    row->reason = text_of(reason_name(row->appeal.reason));
    row->scope = text_of(scope_name(row->appeal.scope));
    row->colour = text_of(colour_name((enum colour)reason->colour));
}

/* The site and the firm are known as they are now, so what they say is looked at today only. */
static struct err admit_reason(struct exchange *x, const struct policy_document *document,
                               const struct reason *reason, const struct verdict_grounds *grounds)
{
    const struct appeal_input *in = x->input;
    const struct record *rests_on[GROUNDS_MAX];
    size_t count;

    if (grounds_elsewhere((enum reason_code)reason->code) && grounds->place->on != x->today)
        return err_field(ERR_FIELD_RANGE, "/on", "today, of a site's state or a firm's permit");
    count = verdict_rests_on(document, reason, grounds, rests_on);
    return appeal_disputes_admit((uint32_t)in->disputes, rests_on, count, &x->arena);
}

/* The reason as the policy gave it that day: code, colour, policy. */
static struct err read_verdict(struct exchange *x, const struct policy_document *document,
                               const struct verdict_grounds *grounds, struct appeal_row *row)
{
    const struct place *place = grounds->place;
    struct verdict verdict;

    (void)safety_day(grounds->facts, place->is_post ? &place->context : NULL, &document->policy,
                     place->on, &verdict);
    for (unsigned i = 0; i < verdict.reason_count; i++) {
        if (!is_meant(x->input, &verdict.reasons[i]))
            continue;
        fill_reason(row, &verdict.reasons[i]);
        row->policy = (int32_t)verdict.policy;
        return admit_reason(x, document, &verdict.reasons[i], grounds);
    }
    return err_field(ERR_APPEAL_REASON, "/reason", "a reason and scope of GET …/colour");
}

static struct err find_reason(struct exchange *x, struct appeal_row *row)
{
    struct appeal_post_request *s = x->state;
    const struct policy_document *document;
    struct facts facts;
    const struct verdict_grounds grounds = {caller_of(x), &facts, &s->person, &s->standing.place};
    struct err e = facts_fold_on(s->person.records, s->person.record_count, s->standing.place.on,
                                 &x->arena, &facts);

    if (err_is(e))
        return e;
    registry_enter(app_of(x)->reader);
    e = standing_policy(x, &s->standing.place, &document);
    if (!err_is(e))
        e = read_verdict(x, document, &grounds, row);
    registry_leave(app_of(x)->reader);
    return e;
}

/* Where it is answered: where he works, or worked last; before he ever did, where the firm is that
 * enrolled him. A firm of no region leaves it to every authority (store/sql/appeal_list.sql). */
static struct text region_of(const struct appeal_post_request *s)
{
    const struct person *person = &s->person;

    if (s->standing.engagement != NULL)
        return s->standing.engagement->site_region;
    if (person->engagement_count > 0)
        return person->engagements[person->engagement_count - 1].site_region;
    return s->enroller.count > 0 ? s->enroller.rows[0].region : TEXT("");
}

static struct err set_deadline(struct exchange *x, struct appeal_row *row)
{
    const struct appeal_post_request *s = x->state;
    struct holidays holidays;
    struct err e = holidays_compile(&s->calendar, &x->arena, &holidays);

    if (err_is(e))
        return e;
    row->filed_on = x->today;
    row->due = day_add_working(&holidays, x->today, (unsigned)app_of(x)->shared->appeal_days,
                               &row->due_certain);
    return OK;
}

static struct err fill_row(struct exchange *x, struct appeal_row *row)
{
    const struct appeal_input *in = x->input;
    struct appeal_post_request *s = x->state;
    const struct person *person = &s->person;
    const struct caller *caller = caller_of(x);
    size_t count = (size_t)s->earlier.count;
    struct appeal *earlier = arena_new_array(&x->arena, count + 1, struct appeal);
    struct err e;

    if (earlier == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < count; i++)
        earlier[i] = s->earlier.rows[i].appeal;
    standing_set(&s->standing, (struct text){NULL, 0});
    row->worker_id = person->worker_id;
    row->account_id = caller->account_id;
    row->org_id = caller->role == ACCOUNT_CONTRACTOR ? caller->org_id : 0;
    row->on = s->standing.place.on;
    row->region = region_of(s);
    row->appeal.state = APPEAL_OPEN;
    row->appeal.site_id = s->standing.place.site_id;
    row->appeal.disputes = (uint32_t)in->disputes;
    row->appeal.known_version =
        person->record_count > 0 ? person->records[person->record_count - 1].version : 0;
    e = find_reason(x, row);
    if (!err_is(e))
        e = appeal_admit(&row->appeal, earlier, count, &row->round);
    return err_is(e) ? e : set_deadline(x, row);
}

static struct text render_filed(struct exchange *x, const struct appeal_row *row)
{
    struct build out = answer_build(x, APPEAL_ANSWER_BYTES);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_int(&w, "id", row->appeal.id);
    json_put_int(&w, "version", 1);
    json_put_string(&w, "state", "open");
    json_put_day(&w, "due", row->due);
    json_put_bool(&w, "due_certain", row->due_certain);
    json_close_object(&w);
    return out.full ? (struct text){NULL, 0} : build_done(&out);
}

static enum step appeal_post_write(struct exchange *x)
{
    const struct appeal_input *in = x->input;
    struct appeal_post_request *s = x->state;
    struct work work = work_of(x);
    struct text sealed;
    struct err e = fill_row(x, &s->row);
    struct batch *b;

    if (!err_is(e))
        e = person_seal_text(&work, &s->person, in->words, &sealed);
    if (err_is(e))
        return exchange_fail(x, e);
    b = write_commit(x, 201, render_filed(x, &s->row));
    if (b != NULL) {
        appeal_insert(b, &s->row, sealed);
        write_audit(x, b, "appeal.file", s->row.worker_id, s->write.answer);
    }
    return write_send(x, b, appeal_post);
}

step_fn *const appeal_post[] = {appeal_post_load, appeal_post_look, appeal_post_write,
                                write_answer, NULL};
