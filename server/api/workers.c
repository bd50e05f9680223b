#include "api/workers.h"

#include "api/enrol.h"
#include "api/metrics.h"
#include "api/resource.h"
#include "domain/pointer.h"

/* -- POST /v1/workers ---------------------------------------------------------------------------- */

struct worker_post {
    struct write write; /* first: see write.h */
    bool many;
    struct enrolling all;
};
const size_t worker_post_state_bytes = sizeof(struct worker_post);

/* JSON's values as the cells of a CSV would have them: one reader serves both. */
static struct err read_cell(struct exchange *x, const char *name, const json_t *value,
                            struct text cells[ENROL_COLUMNS])
{
    for (int i = 0; i < ENROL_COLUMNS; i++) {
        if (!text_is(text_of(name), enrol_column_name((enum enrol_column)i)))
            continue;
        if (json_is_null(value))
            return OK;
        if (json_is_integer(value) && (i == ENROL_site || i == ENROL_document_type))
            cells[i] = text_of(arena_format(&x->arena, "%lld",
                                            (long long)json_integer_value(value)));
        else if (json_is_string(value))
            cells[i] = (struct text){json_string_value(value), json_string_length(value)};
        else
            return err_field(ERR_FIELD_TYPE, enrol_column_name((enum enrol_column)i),
                             i == ENROL_site ? "integer" : "string");
        return OK;
    }
    return err_field(ERR_FIELD_UNKNOWN, pointer_key(&x->arena, "", name), NULL);
}

static struct err read_enrolment(struct exchange *x, json_t *object, struct enrolment *e)
{
    struct text cells[ENROL_COLUMNS] = {{0}};
    struct work work = work_of(x);
    const char *name;
    json_t *value;

    if (!json_is_object(object))
        return err_make(ERR_JSON_OBJECT);
    json_object_foreach(object, name, value) {
        struct err failed = read_cell(x, name, value, cells);

        if (err_is(failed))
            return failed;
    }
    return enrolment_parse(&work, cells, e);
}

static struct err read_body(struct exchange *x, struct worker_post *s)
{
    if (x->json == NULL)
        return err_make(ERR_JSON_SYNTAX);
    s->many = json_is_array(x->json);
    s->all.count = s->many ? json_array_size(x->json) : 1;
    if (s->all.count == 0 || s->all.count > PERSONS_MAX)
        return err_field(ERR_FIELD_LENGTH, "", "1..500");
    s->all.item = arena_new_array(&x->arena, s->all.count, struct enrolment);
    if (s->all.item == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < s->all.count; i++) {
        struct err e = read_enrolment(x, s->many ? json_array_get(x->json, i) : x->json,
                                      &s->all.item[i]);

        s->all.item[i].error = e;
        if (err_is(e) && !s->many)
            return e;
    }
    return OK;
}

/* A field of a JSON body is named by its pointer. */
static struct err pointing(struct exchange *x, struct err e)
{
    if (e.field != NULL && e.field[0] != '/' && e.field[0] != '\0')
        e.field = arena_format(&x->arena, "/%s", e.field);
    return e;
}

static enum step post_resolve(struct exchange *x)
{
    struct worker_post *s = x->state;
    struct work work = work_of(x);
    struct err e = read_body(x, s);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, pointing(x, e));
    b = write_begin(x);
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    e = enrol_resolving(&work, &s->all, b);
    return exchange_wait(x, err_is(e) ? e : batch_send(b, exchange_waiter(x)));
}

static enum step post_load(struct exchange *x)
{
    struct worker_post *s = x->state;
    struct work work = work_of(x);
    struct batch *b;
    enum step next;
    struct err e;

    if (write_seen(x, &next))
        return next;
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    e = enrol_loading(&work, &s->all, b);
    return exchange_wait(x, err_is(e) ? e : batch_send(b, exchange_waiter(x)));
}

static void render_enrolled(struct json_writer *w, const struct enrolment *e)
{
    json_put_int(w, "worker", e->person.worker_id);
    json_put_int(w, "version", e->version);
    json_put_int(w, "engagement", e->engagement_version);
}

static int status_of(const struct enrolment *e)
{
    return e->outcome == ENROL_UNCHANGED ? 200 : 201;
}

static struct text render(struct exchange *x, const struct worker_post *s)
{
    size_t room = 256 + s->all.count * 512, refused = 0;
    char *at = arena_alloc(&x->arena, room);
    struct build out;
    struct json_writer w;

    if (at == NULL)
        return (struct text){NULL, 0};
    out = build_over(at, room);
    w = json_writer_over(&out);
    json_open_object(&w, NULL);
    if (!s->many) {
        render_enrolled(&w, &s->all.item[0]);
        json_close_object(&w);
        return build_done(&out);
    }
    json_open_array(&w, "items");
    for (size_t i = 0; i < s->all.count; i++) {
        const struct enrolment *e = &s->all.item[i];

        json_open_object(&w, NULL);
        refused += err_is(e->error);
        if (err_is(e->error)) {
            json_put_refusal(&w, pointing(x, e->error), x->english);
        } else {
            json_put_int(&w, "status", status_of(e));
            render_enrolled(&w, e);
        }
        json_close_object(&w);
    }
    json_close_array(&w);
    json_put_int(&w, "accepted", (int64_t)(s->all.count - refused));
    json_put_int(&w, "refused", (int64_t)refused);
    json_close_object(&w);
    return out.full ? (struct text){NULL, 0} : build_done(&out);
}

static enum step post_write(struct exchange *x)
{
    struct worker_post *s = x->state;
    struct work work = work_of(x);
    struct err e = enrol_deciding(&work, &s->all);
    struct batch *b;

    if (!err_is(e) && !s->many)
        e = s->all.item[0].error;
    if (err_is(e))
        return exchange_fail(x, pointing(x, e));
    b = write_commit(x, s->many ? 200 : status_of(&s->all.item[0]), render(x, s));
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    e = enrol_writing(&work, &s->all, b);
    return err_is(e) ? exchange_fail(x, e) : write_send(x, b, worker_post);
}

static enum step post_answer(struct exchange *x)
{
    struct worker_post *s = x->state;

    for (size_t i = 0; i < s->all.count; i++) {
        for (size_t k = 0; k < s->all.item[i].joining_count; k++)
            metrics_records(app_of(x)->shared->metrics, s->all.item[i].joining[k].kind, 1);
    }
    return write_answer(x);
}

step_fn *const worker_post[] = {post_resolve, post_load, post_write, post_answer, NULL};

/* -- one person: what changes to him have in common --------------------------------------------------- */

const size_t worker_erase_state_bytes = sizeof(struct worker_change);

enum step worker_change_load(struct exchange *x)
{
    struct worker_change *s = x->state;
    struct person_name *name = arena_new(&x->arena, struct person_name);
    struct batch *b = write_begin(x);
    struct err e;

    if (!text_to_int(x->params[0], 1, INT32_MAX, &s->worker_id))
        return exchange_fail(x, err_make(ERR_WORKER_UNKNOWN));
    if (name == NULL || b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    name->worker_id = s->worker_id;
    e = persons_load(b, &x->arena, name, 1, &s->person);
    return exchange_wait(x, err_is(e) ? e : batch_send(b, exchange_waiter(x)));
}

/* -- DELETE /v1/workers/{id} ---------------------------------------------------------------------- */

static bool is_engaged(const struct person *person, uint16_t today)
{
    for (size_t i = 0; i < person->engagement_count; i++) {
        if (person->engagements[i].until > today)
            return true;
    }
    return false;
}

/* Regulators erase on a person's request, when he works nowhere in their region any more; so any
 * engagement that ever was there is enough to be in charge. */
static bool may_erase(const struct caller *caller, const struct person *person)
{
    if (caller->role == ACCOUNT_WORKER)
        return caller->worker_id == person->worker_id;
    for (size_t i = 0; i < person->engagement_count; i++) {
        if (caller_in_region(caller, person->engagements[i].site_region))
            return true;
    }
    return false;
}

/* The records end with one that says so. It claims the next version, so that of an engagement and
 * an erasure in the same instant one comes too late, and starts over. */
static struct err erase_rows(struct exchange *x, struct batch *b)
{
    struct worker_change *s = x->state;
    const struct person *person = &s->person;
    const struct caller *caller = caller_of(x);
    struct work work = work_of(x);
    struct record erasure = {.kind = RECORD_ERASURE, .occurred_on = x->today,
                             .recorded_at = x->now, .by = caller->account_id,
                             .org = caller->org_id};
    struct text body = TEXT("{}"), secret = {NULL, 0};
    struct joining joining = {person, &erasure, &body, &secret, 1};
    struct err e;

    CHECK(person->record_count > 0); /* nobody is enrolled without one */
    erasure.version = person->records[person->record_count - 1].version + 1;
    e = append_write(&work, b, &joining, 1);
    if (!err_is(e))
        person_erase(b, s->worker_id, caller->account_id);
    return e;
}

static enum step erase_write(struct exchange *x)
{
    struct worker_change *s = x->state;
    enum step next;
    struct batch *b;
    struct err e;

    if (write_seen(x, &next))
        return next;
    if (!s->person.found || !may_erase(caller_of(x), &s->person))
        return exchange_fail(x, err_make(ERR_WORKER_UNKNOWN));
    if (s->person.erased)
        return exchange_fail(x, err_make(ERR_PERSON_ERASED));
    if (is_engaged(&s->person, x->today))
        return exchange_fail(x, err_make(ERR_STILL_ENGAGED));
    b = write_commit(x, 200, text_of(arena_format(&x->arena, "{\"worker\":%lld,\"erased\":true}",
                                                  (long long)s->worker_id)));
    e = b != NULL ? erase_rows(x, b) : err_make(ERR_TOO_LARGE);
    if (err_is(e))
        return exchange_fail(x, e);
    write_audit(x, b, "worker.erase", s->worker_id, TEXT(""));
    return write_send(x, b, worker_erase);
}

step_fn *const worker_erase[] = {worker_change_load, erase_write, write_answer, NULL};
