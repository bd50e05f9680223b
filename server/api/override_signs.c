/* api/override_signs.c: the second signature, which makes an override a record; and taking it back
 * before anybody signed. */
#include "api/overrides.h"

#include "api/append_items.h"
#include "api/metrics.h"
#include "api/resource.h"
#include "store/overrides.h"

enum { SIGNED_BYTES = 256 };

struct override_act_request {
    struct write write; /* first: see write.h */
    int64_t id;
    struct override_rows found;
    struct text sealed; /* the evidence */
    struct record record;
    struct person_name name;
    int64_t first;
    struct posting_rows posting;
    struct person person;
    struct joining joining;
};
const size_t override_act_state_bytes = sizeof(struct override_act_request);

static enum step override_act_load(struct exchange *x)
{
    struct override_act_request *s = x->state;
    struct override_filter filter = {.region = caller_of(x)->region, .today = x->today,
                                     .account_id = caller_of(x)->account_id};
    struct err e = path_id(x, 0, ERR_NOT_FOUND, &s->id);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    filter.id = s->id;
    b = write_begin(x);
    if (b != NULL) {
        overrides_list(b, &filter, 1, &s->found);
        override_words_load(b, s->id, &s->sealed);
    }
    return load_send(x, b);
}

/* The row as it was shown, and whether the caller may do this to it. */
typedef struct err admit_fn(enum override_state state, int64_t asked_by, int64_t by);
static struct err find(const struct exchange *x, admit_fn *may, const struct override_row **row)
{
    const struct override_act_request *s = x->state;
    struct err e;

    if (s->found.count == 0)
        return err_make(ERR_NOT_FOUND);
    *row = &s->found.rows[0];
    e = if_match(x, (*row)->version);
    return err_is(e) ? e : may((*row)->state, (*row)->asked_by, caller_of(x)->account_id);
}

/* -- POST /v1/overrides/{id}/signature ---------------------------------------------------------- */

static enum step override_sign_look(struct exchange *x)
{
    struct override_act_request *s = x->state;
    const struct override_row *row;
    struct batch *b;
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    e = find(x, override_sign_admit, &row);
    if (err_is(e))
        return exchange_fail(x, e);
    s->record = row->record;
    s->record.occurred_on = x->today;
    s->record.override.signed_by[0] = s->first = row->asked_by;
    s->record.override.signed_by[1] = caller_of(x)->account_id;
    s->name = (struct person_name){.worker_id = row->worker_id};
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    posting_load(b, caller_of(x)->org_id, NULL, 0, &s->posting);
    posting_signers(b, &s->first, 1, &s->posting);
    e = persons_load(b, &x->arena, &s->name, 1, &s->person);
    return err_is(e) ? exchange_fail(x, e) : load_send(x, b);
}

/* The first one must still be somebody who may sign. The evidence rests sealed as it came. */
static struct err admit(struct exchange *x, struct override_act_request *s)
{
    struct err e;

    if (!append_may_see(caller_of(x), &s->person, x->today))
        return err_make(ERR_WORKER_UNKNOWN);
    if (!s->posting.org_active)
        return err_make(ERR_ORG_CLOSED);
    if (s->person.erased || s->sealed.at == NULL)
        return err_make(ERR_PERSON_ERASED);
    e = append_join(x, &s->posting, 0, &s->person, &s->record, &s->joining);
    s->joining.secrets = &s->sealed;
    return e;
}

static struct text render_signed(struct exchange *x, const struct override_act_request *s)
{
    struct build out = answer_build(x, SIGNED_BYTES);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_int(&w, "id", s->id);
    json_put_int(&w, "version", s->found.rows[0].version + 1);
    json_put_string(&w, "state", "signed");
    json_put_int(&w, "worker", s->person.worker_id);
    json_put_int(&w, "record", s->record.version);
    json_close_object(&w);
    return out.full ? (struct text){NULL, 0} : build_done(&out);
}

static enum step override_sign_write(struct exchange *x)
{
    struct override_act_request *s = x->state;
    struct work work = work_of(x);
    struct err e = admit(x, s);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    b = write_commit(x, 201, render_signed(x, s));
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    override_move(b, &s->found.rows[0], OVERRIDE_SIGNED, (int32_t)s->record.version,
                  caller_of(x)->account_id);
    write_audit(x, b, "override.sign", s->person.worker_id, s->write.answer);
    e = append_write(&work, b, &s->joining, 1);
    return err_is(e) ? exchange_fail(x, e) : write_send(x, b, override_sign_post);
}

static enum step override_sign_told(struct exchange *x)
{
    metrics_records(app_of(x)->shared->metrics, RECORD_OVERRIDE, 1);
    return write_answer(x);
}

step_fn *const override_sign_post[] = {override_act_load, override_sign_look, override_sign_write,
                                       override_sign_told, NULL};

/* -- POST /v1/overrides/{id}/withdrawal --------------------------------------------------------- */

static enum step override_withdraw_write(struct exchange *x)
{
    struct override_act_request *s = x->state;
    const struct override_row *row;
    struct batch *b;
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    e = find(x, override_withdraw_admit, &row);
    if (err_is(e))
        return exchange_fail(x, e);
    b = write_commit(x, 201, written_answer(x, s->id, row->version + 1, TEXT("withdrawn")));
    if (b != NULL) {
        override_move(b, row, OVERRIDE_WITHDRAWN, 0, caller_of(x)->account_id);
        write_audit(x, b, "override.withdraw", row->worker_id, s->write.answer);
    }
    return write_send(x, b, override_withdraw_post);
}

step_fn *const override_withdraw_post[] = {override_act_load, override_withdraw_write, write_answer,
                                           NULL};
