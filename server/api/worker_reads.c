/* api/worker_reads.c: one person: opened, explained, and who looked. */
#include "api/worker_reads.h"

#include "api/append.h"
#include "api/known_at.h"
#include "api/person_seal.h"
#include "api/resource.h"
#include "api/standing.h"
#include "domain/fold.h"
#include "domain/idnumber.h"
#include "store/reads.h"

struct worker_read {
    int64_t id;
    struct person person;
    struct person_details details;
    /* colour */
    struct standing standing;
    struct verdict_notes notes;
    /* accesses */
    struct access_rows accesses;
};
const size_t worker_read_state_bytes = sizeof(struct worker_read);

struct records_query {
    struct page page;
};
const struct field worker_records_query[] = {
    PAGE_FIELDS(struct records_query),
    {0},
};

struct colour_query {
    day_t on;
    struct text region;
    int64_t site_id;
    time_us known_at;
};
const struct field worker_colour_query[] = {
    {"on", FIELD_DATE, offsetof(struct colour_query, on), false, 0, 0, NULL},
    {"region", FIELD_REGION, offsetof(struct colour_query, region), false, 6, 6, NULL},
    {"site", FIELD_INT, offsetof(struct colour_query, site_id), false, 1, INT64_MAX, NULL},
    {"known_at", FIELD_TIME, offsetof(struct colour_query, known_at), false, 0, 0, NULL},
    {0},
};

struct accesses_query {
    struct page page;
};
const struct field worker_accesses_query[] = {
    PAGE_FIELDS(struct accesses_query),
    {0},
};

/* -- what these routes share ---------------------------------------------------------------- */

static bool engages(const struct caller *caller, const struct person *person, day_t today)
{
    return caller->role == ACCOUNT_CONTRACTOR && append_may_see(caller, person, today);
}

/* Names in full, and the results of health exams. */
static bool may_see_in_full(const struct caller *caller, const struct person *person, day_t today)
{
    return caller->role == ACCOUNT_WORKER || caller->role == ACCOUNT_REGULATOR ||
           engages(caller, person, today);
}

static enum step person_load(struct exchange *x)
{
    struct worker_read *s = x->state;
    struct err e = path_id(x, 0, ERR_WORKER_UNKNOWN, &s->id);
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    struct person_name *name = arena_new(&x->arena, struct person_name);

    if (!err_is(e) && (b == NULL || name == NULL))
        e = err_make(ERR_TOO_LARGE);
    if (err_is(e))
        return exchange_fail(x, e);
    name->worker_id = s->id;
    e = persons_load(b, &x->arena, name, 1, &s->person);
    return err_is(e) ? exchange_fail(x, e) : load_send(x, b);
}

/* Clinics and training centres name people by their document and read nothing of them. */
static bool may_open(const struct exchange *x)
{
    const struct worker_read *s = x->state;
    const struct caller *caller = caller_of(x);

    if (append_is_shown_documents(caller))
        return false;
    return append_may_see(caller, &s->person, x->today);
}

/* Nothing is answered before the row is on disk. */
static enum step open_person(struct exchange *x, struct batch *b, const char *action)
{
    struct worker_read *s = x->state;

    if (b != NULL)
        write_audit(x, b, action, s->id, TEXT(""));
    return load_send(x, b);
}

/* -- GET /v1/workers/{id} ------------------------------------------------------------------- */

static enum step worker_get_admit(struct exchange *x)
{
    const struct worker_read *s = x->state;

    if (!may_open(x))
        return exchange_fail(x, err_make(ERR_WORKER_UNKNOWN));
    if (s->person.erased)
        return exchange_fail(x, err_make(ERR_PERSON_ERASED));
    return open_person(x, batch_new(app_of(x)->pg, &x->arena), "worker.open");
}

static void put_engagements(struct json_writer *w, const struct exchange *x)
{
    const struct worker_read *s = x->state;

    json_open_array(w, "engagements");
    for (size_t i = 0; i < s->person.engagement_count; i++) {
        const struct person_engagement *e = &s->person.engagements[i];

        if (!caller_may_see_engagement(caller_of(x), e->org_id, e->site_id))
            continue;
        json_open_object(w, NULL);
        json_put_int(w, "version", e->version);
        json_put_int(w, "org", e->org_id);
        json_put_int(w, "site", e->site_id);
        json_put_trade(w, "trade", e->trade);
        json_put_role(w, "role", e->role);
        json_put_day(w, "from", e->from);
        json_put_day(w, "until", e->until);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_person(struct json_writer *w, const struct exchange *x)
{
    const struct worker_read *s = x->state;
    char number[DOCUMENT_BYTES_MAX + 1], phone[12];
    bool in_full = may_see_in_full(caller_of(x), &s->person, x->today);

    json_put_int(w, "id", s->id);
    json_put_int(w, "version",
                 s->person.record_count > 0
                     ? (int64_t)s->person.records[s->person.record_count - 1].version : 0);
    json_put_text(w, "name", in_full ? s->details.name : s->person.name_masked);
    json_put_int(w, "document_type", s->person.document_type);
    json_put_text(w, "document_number", document_mask(s->details.document_number, number));
    if (in_full && s->details.phone.at != NULL)
        json_put_text(w, "phone", phone_mask(s->details.phone, phone));
    put_engagements(w, x);
}

static enum step worker_get_answer(struct exchange *x)
{
    struct worker_read *s = x->state;
    struct work work = work_of(x);
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);
    struct err e = person_unseal_details(&work, &s->person, &s->details);

    if (err_is(e))
        return exchange_fail(x, e);
    json_open_object(&w, NULL);
    put_person(&w, x);
    json_close_object(&w);
    return out.full ? exchange_fail(x, err_make(ERR_TOO_LARGE))
                    : exchange_answer_json(x, 200, build_done(&out));
}

step_fn *const worker_get[] = {person_load, worker_get_admit, worker_get_answer, NULL};

/* -- GET /v1/workers/{id}/records ----------------------------------------------------------- */

static enum step worker_records_admit(struct exchange *x)
{
    if (!may_open(x))
        return exchange_fail(x, err_make(ERR_WORKER_UNKNOWN));
    return open_person(x, batch_new(app_of(x)->pg, &x->arena), "worker.records");
}

static bool may_see_record(const struct caller *caller, const struct record *record)
{
    if (record->kind == RECORD_ENGAGEMENT)
        return caller_may_see_engagement(caller, record->engagement.org, record->engagement.site);
    if (record->kind == RECORD_ENGAGEMENT_END)
        return caller_may_see_engagement(caller, record->engagement_end.org,
                                         record->engagement_end.site);
    return true;
}

/* Bodies hold salted hashes of what is personal; those are nobody's to read. */
static void put_record(struct json_writer *w, struct record record, bool health)
{
    struct record_secret secrets[RECORD_SECRETS_MAX];
    size_t count = record_secrets(&record, secrets);

    for (size_t i = 0; i < count; i++)
        *secrets[i].secret = (struct secret){{NULL, 0}, "", 0};
    json_open_object(w, NULL);
    json_put_int(w, "version", record.version);
    json_put_string(w, "kind", record_kind_name(record.kind));
    json_put_day(w, "occurred_on", record.occurred_on);
    json_put_time(w, "recorded_at", record.recorded_at);
    json_put_int(w, "by", record.by);
    json_put_int(w, "org", record.org);
    if (record.kind == RECORD_EXAM && !health)
        json_put_bool(w, "withheld", true);
    else {
        json_open_object(w, "body");
        record_render_body(&record, w);
        json_close_object(w);
    }
    json_close_object(w);
}

static enum step worker_records_answer(struct exchange *x)
{
    const struct records_query *q = x->query;
    const struct worker_read *s = x->state;
    const struct person *person = &s->person;
    bool health = may_see_in_full(caller_of(x), person, x->today);
    struct list list;
    int64_t last = 0;
    int put = 0;

    list_open(x, &list);
    for (size_t i = 0; i < person->record_count; i++) {
        const struct record *record = &person->records[i];

        if (record->version <= q->page.after || !may_see_record(caller_of(x), record))
            continue;
        if (++put > page_limit(&q->page))
            break;
        put_record(&list.w, *record, health);
        last = record->version;
    }
    return list_answer_by_id(x, &list, &q->page, put, last);
}

step_fn *const worker_records[] = {person_load, worker_records_admit, worker_records_answer, NULL};

/* -- GET /v1/workers/{id}/colour ------------------------------------------------------------ */

static enum step worker_colour_admit(struct exchange *x)
{
    const struct colour_query *q = x->query;
    struct worker_read *s = x->state;
    struct appeal_filter waiting = {.worker_id = s->id, .state = TEXT("open"), .today = x->today};
    struct batch *b;
    struct err e;

    if (!may_open(x))
        return exchange_fail(x, err_make(ERR_WORKER_UNKNOWN));
    e = person_as_known(&s->person, q->known_at, &x->arena);
    if (err_is(e))
        return exchange_fail(x, e);
    if (!standing_choose(&s->standing, caller_of(x), &s->person,
                         q->on != DAY_UNKNOWN ? q->on : x->today, q->site_id))
        return exchange_fail(x, err_field(ERR_SITE_UNKNOWN, "site", NULL));
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL) {
        standing_load(&s->standing, b, x->today);
        appeals_list(b, &waiting, REASONS_MAX, &s->notes.appeals);
    }
    return open_person(x, b, "worker.colour");
}

static enum step worker_colour_answer(struct exchange *x)
{
    const struct colour_query *q = x->query;
    struct worker_read *s = x->state;
    const struct place *place = &s->standing.place;
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct facts facts;
    struct err e;

    standing_set(&s->standing, q->region);
    s->notes.person = &s->person;
    s->notes.stars = stars_sum(s->person.records, s->person.record_count);
    e = facts_fold_on(s->person.records, s->person.record_count, place->on, &x->arena, &facts);
    if (!err_is(e))
        e = verdict_render(x, &out, s->id, &facts, place, &s->notes);
    if (err_is(e))
        return exchange_fail(x, e);
    return out.full ? exchange_fail(x, err_make(ERR_TOO_LARGE))
                    : exchange_answer_json(x, 200, build_done(&out));
}

step_fn *const worker_colour[] = {person_load, worker_colour_admit, worker_colour_answer, NULL};

/* -- GET /v1/workers/{id}/stars ------------------------------------------------------------- */

static enum step worker_stars_admit(struct exchange *x)
{
    if (!may_open(x))
        return exchange_fail(x, err_make(ERR_WORKER_UNKNOWN));
    return open_person(x, batch_new(app_of(x)->pg, &x->arena), "worker.stars");
}

static void put_star(struct json_writer *w, const struct record *star)
{
    json_open_object(w, NULL);
    json_put_int(w, "version", star->version);
    json_put_day(w, "occurred_on", star->occurred_on);
    json_put_int(w, "points", star->star.points);
    json_put_int(w, "org", star->org);
    json_close_object(w);
}

static enum step worker_stars_answer(struct exchange *x)
{
    const struct worker_read *s = x->state;
    const struct person *person = &s->person;
    struct star_sum sum = stars_sum(person->records, person->record_count);
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_int(&w, "worker", s->id);
    json_put_int(&w, "count", sum.count);
    json_put_int(&w, "points", (int64_t)sum.points);
    json_open_array(&w, "items");
    for (size_t i = person->record_count; i-- > 0;) { /* newest first */
        if (star_stands(&person->records[i], person->records, person->record_count))
            put_star(&w, &person->records[i]);
    }
    json_close_array(&w);
    json_close_object(&w);
    return out.full ? exchange_fail(x, err_make(ERR_TOO_LARGE))
                    : exchange_answer_json(x, 200, build_done(&out));
}

step_fn *const worker_stars[] = {person_load, worker_stars_admit, worker_stars_answer, NULL};

/* -- GET /v1/workers/{id}/accesses ---------------------------------------------------------- */

/* Who looked is told to the person, and to the regulator of his place. */
static enum step worker_accesses_admit(struct exchange *x)
{
    const struct accesses_query *q = x->query;
    struct worker_read *s = x->state;
    enum account_role role = caller_of(x)->role;
    struct batch *b;

    if (role != ACCOUNT_WORKER && role != ACCOUNT_REGULATOR)
        return exchange_fail(x, err_make(ERR_FORBIDDEN));
    if (!may_open(x))
        return exchange_fail(x, err_make(ERR_WORKER_UNKNOWN));
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        worker_accesses(b, s->id, q->page.after > 0 ? q->page.after : INT64_MAX,
                        page_limit(&q->page) + 1, &s->accesses);
    return open_person(x, b, "worker.accesses");
}

static void put_access(struct json_writer *w, const struct access_row *row)
{
    json_open_object(w, NULL);
    json_put_int(w, "id", row->id);
    json_put_time(w, "at", row->at);
    json_put_text(w, "action", row->action);
    json_put_text_or_null(w, "role", row->role); /* null: the person himself, or the service */
    json_put_id(w, "org", row->org_id);
    json_put_text_or_null(w, "org_name", row->org_name);
    json_close_object(w);
}

static enum step worker_accesses_answer(struct exchange *x)
{
    const struct accesses_query *q = x->query;
    const struct worker_read *s = x->state;
    struct list list;
    int64_t last = 0;

    list_open(x, &list);
    for (int i = 0; i < s->accesses.count && i < page_limit(&q->page); i++) {
        put_access(&list.w, &s->accesses.rows[i]);
        last = s->accesses.rows[i].id;
    }
    return list_answer_by_id(x, &list, &q->page, s->accesses.count, last);
}

step_fn *const worker_accesses_list[] = {person_load, worker_accesses_admit, worker_accesses_answer,
                                         NULL};
