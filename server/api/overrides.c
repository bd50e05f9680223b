/* api/overrides.c: somebody asks for an override, and signs first. */
#include "api/overrides.h"

#include "api/append_items.h"
#include "api/resource.h"
#include "store/overrides.h"

enum { ASKED_BYTES = 256 };

struct override_post_request {
    struct write write; /* first: see write.h */
    int64_t id;
    struct person_name name;
    struct record record;
    int64_t second;
    struct posting_rows posting;
    struct person person;
    struct joining joining;
};
const size_t override_post_state_bytes = sizeof(struct override_post_request);

static struct err read_asked(struct exchange *x, struct override_post_request *s)
{
    static const char *const beside[] = {"worker", NULL};
    const json_t *worker = json_object_get(x->json, "worker");
    struct err e;

    if (!json_is_object(x->json))
        return err_make(x->json == NULL ? ERR_JSON_SYNTAX : ERR_JSON_OBJECT);
    if (worker == NULL)
        return err_field(ERR_FIELD_MISSING, "/worker", NULL);
    if (!json_is_integer(worker) || json_integer_value(worker) <= 0)
        return err_field(ERR_FIELD_TYPE, "/worker", "integer");
    s->name = (struct person_name){.worker_id = json_integer_value(worker)};
    s->record = (struct record){.kind = RECORD_OVERRIDE, .occurred_on = x->today};
    e = record_parse_body(RECORD_OVERRIDE, x->json, beside, &x->arena, &s->record);
    return err_is(e) ? e : record_check_words(x, &s->record);
}

static enum step override_load(struct exchange *x)
{
    struct override_post_request *s = x->state;
    struct err e = read_asked(x, s);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    b = write_begin(x);
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    s->second = append_second_signer(caller_of(x), &s->record);
    posting_load(b, caller_of(x)->org_id, NULL, 0, &s->posting);
    posting_signers(b, &s->second, 1, &s->posting);
    override_next_id(b, &s->id);
    e = persons_load(b, &x->arena, &s->name, 1, &s->person);
    return err_is(e) ? exchange_fail(x, e) : load_send(x, b);
}

/* Everything that the record will be held against is looked at now already. */
static struct err admit(struct exchange *x, struct override_post_request *s)
{
    if (!append_may_see(caller_of(x), &s->person, x->today))
        return err_make(ERR_WORKER_UNKNOWN);
    if (!s->posting.org_active)
        return err_make(ERR_ORG_CLOSED);
    if (s->person.erased)
        return err_make(ERR_PERSON_ERASED);
    return append_join(x, &s->posting, 0, &s->person, &s->record, &s->joining);
}

static struct text render_asked(struct exchange *x, const struct override_post_request *s,
                                time_us expires_at)
{
    struct build out = answer_build(x, ASKED_BYTES);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_int(&w, "id", s->id);
    json_put_int(&w, "version", 1);
    json_put_string(&w, "state", "awaiting_signature");
    json_put_int(&w, "worker", s->person.worker_id);
    json_put_time(&w, "expires_at", expires_at);
    json_close_object(&w);
    return out.full ? (struct text){NULL, 0} : build_done(&out);
}

static enum step override_write(struct exchange *x)
{
    struct override_post_request *s = x->state;
    time_us expires_at = x->now + (time_us)OVERRIDE_WAIT_HOURS * 3600 * US_PER_SECOND;
    struct batch *b;
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    e = admit(x, s);
    if (err_is(e))
        return exchange_fail(x, e);
    b = write_commit(x, 202, render_asked(x, s, expires_at));
    if (b != NULL) {
        override_insert(b, s->id, s->person.worker_id, s->joining.bodies[0], s->joining.secrets[0],
                        caller_of(x)->account_id, expires_at);
        write_audit(x, b, "override.ask", s->person.worker_id, s->write.answer);
    }
    return write_send(x, b, override_post);
}

step_fn *const override_post[] = {override_load, override_write, write_answer, NULL};
