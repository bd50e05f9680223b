/* api/appeal_answers.c: somebody in charge answers an appeal: the answer, and what mends the wrong,
 * in one transaction. */
#include "api/appeals.h"

#include "api/append.h"
#include "api/metrics.h"
#include "api/person_seal.h"
#include "api/resource.h"
#include "store/appeals.h"

enum { ANSWER_BYTES = 256 };

struct answer_input {
    int outcome;
    struct text words;
    int64_t supersede, mended_by;
};
const struct field appeal_answer_fields[] = {
    {"outcome", FIELD_CHOICE, offsetof(struct answer_input, outcome), true, 0, 0,
     APPEAL_OUTCOME_WORDS},
    {"words", FIELD_TEXT, offsetof(struct answer_input, words), true, 1, APPEAL_WORDS_POINTS_MAX,
     NULL},
    {"supersede", FIELD_INT, offsetof(struct answer_input, supersede), false, 1, INT32_MAX, NULL},
    {"mended_by", FIELD_INT, offsetof(struct answer_input, mended_by), false, 1, INT32_MAX, NULL},
    {0},
};

struct answer_request {
    struct write write; /* first: see write.h */
    int64_t id;
    struct appeal_rows found;
    struct person person;
    struct posting_rows posting;
    struct record record; /* kind 0: none is posted */
    struct joining joining;
};
const size_t appeal_answer_state_bytes = sizeof(struct answer_request);

static enum step answer_load(struct exchange *x)
{
    struct answer_request *s = x->state;
    struct appeal_filter filter = {.today = x->today, .region = caller_of(x)->region};
    struct err e = path_id(x, 0, ERR_NOT_FOUND, &s->id);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    filter.id = s->id;
    b = write_begin(x);
    if (b != NULL)
        appeals_list(b, &filter, 1, &s->found);
    return load_send(x, b);
}

/* -- the record that mends ------------------------------------------------------------------ */

static struct err within(struct exchange *x, const char *parent, struct err e)
{
    if (e.field != NULL)
        e.field = arena_format(&x->arena, "%s%s", parent, e.field);
    return e;
}

static struct err read_record(struct exchange *x, struct record *record)
{
    const struct answer_input *in = x->input;

    *record = (struct record){0};
    if (in->supersede != 0 && in->mended_by != 0)
        return err_field(ERR_FIELD_UNKNOWN, "/mended_by", "one of supersede, mended_by");
    if (in->supersede == 0)
        return OK;
    record->kind = RECORD_SUPERSEDE;
    record->occurred_on = x->today;
    record->supersede.of = (uint32_t)in->supersede;
    return OK;
}

static enum step answer_look(struct exchange *x)
{
    struct answer_request *s = x->state;
    struct person_name *name = arena_new(&x->arena, struct person_name);
    struct batch *b;
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    e = s->found.count == 0 ? err_make(ERR_NOT_FOUND)
                            : if_match(x, s->found.rows[0].version);
    if (!err_is(e))
        e = read_record(x, &s->record);
    if (err_is(e))
        return exchange_fail(x, e);
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b == NULL || name == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    name->worker_id = s->found.rows[0].worker_id;
    posting_load(b, caller_of(x)->org_id, NULL, 0, &s->posting);
    e = persons_load(b, &x->arena, name, 1, &s->person);
    return err_is(e) ? exchange_fail(x, e) : load_send(x, b);
}

/* -- the answer ----------------------------------------------------------------------------- */

/* By the policy in force where the appeal is answered; while none is known, nothing is kept from it. */
static uint32_t never_lifts(struct exchange *x, struct text region)
{
    const struct policy_set *policies;
    const struct policy_document *document = NULL;
    uint32_t codes = 0;

    registry_enter(app_of(x)->reader);
    policies = registry_policies(app_of(x)->reader);
    if (policies != NULL)
        document = policy_find(policies, region, x->today);
    if (document != NULL)
        codes = policy_never_lifts(&document->policy);
    registry_leave(app_of(x)->reader);
    return codes;
}

static struct err admit(struct exchange *x)
{
    const struct answer_input *in = x->input;
    struct answer_request *s = x->state;
    bool posts = s->record.kind != 0;
    struct appeal_answer answer = {
        .by = caller_of(x)->account_id,
        .outcome = (enum appeal_state)(APPEAL_UPHELD + in->outcome - 1),
        .record = posts ? &s->record : NULL,
        .mended_by = (uint32_t)in->mended_by,
        .never_lifts = never_lifts(x, s->found.rows[0].region),
        .today = x->today,
    };
    struct err e = appeal_answer_admit(&s->found.rows[0].appeal, &answer, s->person.records,
                                       s->person.record_count);

    if (!err_is(e) && !s->posting.org_active)
        e = err_make(ERR_ORG_CLOSED);
    if (!err_is(e) && s->person.erased)
        e = err_make(ERR_PERSON_ERASED);
    if (err_is(e) || !posts)
        return e;
    e = append_join(x, &s->posting, s->record.supersede.of, &s->person, &s->record, &s->joining);
    return within(x, "/supersede", e);
}

static struct text render_answered(struct exchange *x, struct text state, int32_t mended_by)
{
    const struct answer_request *s = x->state;
    struct build out = answer_build(x, ANSWER_BYTES);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_int(&w, "id", s->id);
    json_put_int(&w, "version", s->found.rows[0].version + 1);
    json_put_text(&w, "state", state);
    json_put_id(&w, "mended_by", mended_by);
    json_close_object(&w);
    return out.full ? (struct text){NULL, 0} : build_done(&out);
}

static struct err write_rows(struct exchange *x, struct batch *b, struct text state,
                             int32_t mended_by, struct text sealed)
{
    struct answer_request *s = x->state;
    const struct appeal_row *row = &s->found.rows[0];
    struct work work = work_of(x);

    appeal_answer(b, row, state, mended_by, caller_of(x)->account_id, sealed);
    write_audit(x, b, "appeal.answer", row->worker_id, s->write.answer);
    return s->record.kind != 0 ? append_write(&work, b, &s->joining, 1) : OK;
}

static enum step answer_write(struct exchange *x)
{
    const struct answer_input *in = x->input;
    struct answer_request *s = x->state;
    struct text state = choice_word(APPEAL_OUTCOME_WORDS, in->outcome), sealed;
    struct work work = work_of(x);
    struct err e = admit(x);
    int32_t mended_by;
    struct batch *b;

    if (!err_is(e))
        e = person_seal_text(&work, &s->person, in->words, &sealed);
    if (err_is(e))
        return exchange_fail(x, e);
    mended_by = s->record.kind != 0 ? (int32_t)s->record.version : (int32_t)in->mended_by;
    b = write_commit(x, 201, render_answered(x, state, mended_by));
    e = b != NULL ? write_rows(x, b, state, mended_by, sealed) : err_make(ERR_TOO_LARGE);
    return err_is(e) ? exchange_fail(x, e) : write_send(x, b, appeal_answer_post);
}

static enum step answer_told(struct exchange *x)
{
    const struct answer_request *s = x->state;

    if (s->record.kind != 0)
        metrics_records(app_of(x)->shared->metrics, s->record.kind, 1);
    return write_answer(x);
}

step_fn *const appeal_answer_post[] = {answer_load, answer_look, answer_write, answer_told, NULL};
