/* api/orgs.c: organisations. A change is a new version; the loser of a race starts over. */
#include "api/orgs.h"

#include "api/resource.h"
#include "api/write.h"
#include "base/choice.h"
#include "domain/idnumber.h"
#include "domain/record.h"
#include "store/setup.h"

#define ORG_KIND_WORDS "operator|contractor|clinic|training_centre|regulator|owner|supervision"
#define PERMIT_WORDS   "none|valid|suspended|revoked"
#define ORG_STATES     "active|closed"

enum { ACCREDITATIONS_MAX = 16, USCC_TEXT_MAX = 40 };

struct org_input {
    struct text uscc, name, region;
    int kind, permit_state, state;
    day_t permit_until;
    struct word_list accreditations;
};

const struct field org_post_fields[] = {
    {"kind", FIELD_CHOICE, offsetof(struct org_input, kind), true, 0, 0, ORG_KIND_WORDS},
    {"uscc", FIELD_TEXT, offsetof(struct org_input, uscc), false, 1, USCC_TEXT_MAX, NULL},
    {"name", FIELD_TEXT, offsetof(struct org_input, name), true, 1, 100, NULL},
    {"region", FIELD_REGION, offsetof(struct org_input, region), false, 6, 6, NULL},
    {"permit_state", FIELD_CHOICE, offsetof(struct org_input, permit_state), false, 0, 0,
     PERMIT_WORDS},
    {"permit_until", FIELD_DATE, offsetof(struct org_input, permit_until), false, 0, 0, NULL},
    {"accreditations", FIELD_WORDS, offsetof(struct org_input, accreditations), false, 0,
     ACCREDITATIONS_MAX, NULL},
    {0},
};

const struct field org_patch_fields[] = {
    {"name", FIELD_TEXT, offsetof(struct org_input, name), false, 1, 100, NULL},
    {"region", FIELD_REGION, offsetof(struct org_input, region), false, 6, 6, NULL},
    {"permit_state", FIELD_CHOICE, offsetof(struct org_input, permit_state), false, 0, 0,
     PERMIT_WORDS},
    {"permit_until", FIELD_DATE, offsetof(struct org_input, permit_until), false, 0, 0, NULL},
    {"accreditations", FIELD_WORDS, offsetof(struct org_input, accreditations), false, 0,
     ACCREDITATIONS_MAX, NULL},
    {"state", FIELD_CHOICE, offsetof(struct org_input, state), false, 0, 0, ORG_STATES},
    {0},
};

struct org_query {
    struct page page;
    int kind;
};

const struct field org_list_query[] = {
    PAGE_FIELDS(struct org_query),
    {"kind", FIELD_CHOICE, offsetof(struct org_query, kind), false, 0, 0, ORG_KIND_WORDS},
    {0},
};

struct org_state {
    struct write write; /* first, as api/write.h wants it */
    int64_t id;
    struct org_rows found;
};
const size_t org_state_bytes = sizeof(struct org_state);

/* A safety officer sees the firm that employs him; others as everywhere. */
static struct reach org_reach(const struct caller *caller)
{
    if (caller->role == ACCOUNT_SAFETY_OFFICER)
        return (struct reach){.org_id = caller->org_id};
    return reach_of(caller);
}

static struct err check_accreditations(const struct word_list *words)
{
    const char *types = record_choices(RECORD_TRAINING, "type");

    for (size_t i = 0; i < words->count; i++) {
        if (choice_find(types, words->word[i]) < 0)
            return err_field(ERR_FIELD_CHOICE, "/accreditations", types);
    }
    return OK;
}

static struct org_change change_of(const struct exchange *x)
{
    const struct org_input *in = x->input;

    return (struct org_change){
        .kind = choice_word(ORG_KIND_WORDS, in->kind),
        .uscc = in->uscc,
        .name = in->name,
        .region = in->region,
        .permit_state = choice_word(PERMIT_WORDS, in->permit_state),
        .state = choice_word(ORG_STATES, in->state),
        .permit_until_given = json_object_get(x->json, "permit_until") != NULL, /* null clears */
        .permit_until = in->permit_until,
        .accreditations = in->accreditations.word,
        .accreditation_count = in->accreditations.count,
        .accreditations_given = input_has(x->json, "accreditations"),
    };
}

/* -- POST /v1/orgs -------------------------------------------------------------------------- */

static enum step org_post_load(struct exchange *x)
{
    const struct org_input *in = x->input;
    struct org_state *s = x->state;
    struct batch *b;
    struct err e = check_accreditations(&in->accreditations);

    if (!err_is(e) && in->uscc.at != NULL)
        e = uscc_check(in->uscc, "/uscc");
    if (err_is(e))
        return exchange_fail(x, e);
    b = write_begin(x);
    if (b != NULL)
        org_next_id(b, &s->id);
    return load_send(x, b);
}

static enum step org_post_write(struct exchange *x)
{
    struct org_state *s = x->state;
    struct org_change change = change_of(x);
    struct batch *b;
    enum step seen;

    if (write_seen(x, &seen))
        return seen;
    if (change.region.at == NULL)
        change.region = TEXT("");
    if (change.permit_state.at == NULL)
        change.permit_state = TEXT("none");
    b = write_commit(x, 201, written_answer(x, s->id, 1, TEXT("active")));
    if (b != NULL) {
        org_insert(b, s->id, &change, caller_of(x)->account_id);
        write_change(b, CHANGE_ORG, s->id, 1);
        write_audit(x, b, "org.create", 0, s->write.answer);
    }
    return write_send(x, b, org_post);
}

step_fn *const org_post[] = {org_post_load, org_post_write, write_answer, NULL};

/* -- GET ------------------------------------------------------------------------------------ */

static void put_org(struct json_writer *w, const char *key, const struct org_row *org)
{
    json_open_object(w, key);
    json_put_int(w, "id", org->id);
    json_put_int(w, "version", org->version);
    json_put_text(w, "kind", org->kind);
    json_put_text_or_null(w, "uscc", org->uscc);
    json_put_text(w, "name", org->name);
    json_put_text(w, "region", org->region);
    json_put_text(w, "permit_state", org->permit_state);
    json_put_day(w, "permit_until", org->permit_until);
    json_put_raw(w, "accreditations", org->accreditations);
    json_put_text(w, "state", org->state);
    json_put_time(w, "recorded_at", org->recorded_at);
    json_close_object(w);
}

static enum step org_list_load(struct exchange *x)
{
    const struct org_query *q = x->query;
    struct org_state *s = x->state;
    struct reach reach = org_reach(caller_of(x));
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (b != NULL)
        orgs_list(b, page_span(&q->page), &reach, choice_word(ORG_KIND_WORDS, q->kind), &s->found);
    return load_send(x, b);
}

static enum step org_list_answer(struct exchange *x)
{
    const struct org_query *q = x->query;
    const struct org_state *s = x->state;
    struct list list;
    int64_t last = 0;

    list_open(x, &list);
    for (int i = 0; i < s->found.count && i < page_limit(&q->page); i++) {
        put_org(&list.w, NULL, &s->found.rows[i]);
        last = s->found.rows[i].id;
    }
    return list_answer_by_id(x, &list, &q->page, s->found.count, last);
}

step_fn *const org_list[] = {org_list_load, org_list_answer, NULL};

static enum step org_get_load(struct exchange *x)
{
    struct org_state *s = x->state;
    struct reach reach = org_reach(caller_of(x));
    struct err e = path_id(x, 0, ERR_ORG_UNKNOWN, &s->id);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    b = x->route->writes ? write_begin(x) : batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        orgs_list(b, span_of(s->id), &reach, (struct text){NULL, 0}, &s->found);
    return load_send(x, b);
}

static enum step org_get_answer(struct exchange *x)
{
    const struct org_state *s = x->state;
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);

    if (s->found.count == 0)
        return exchange_fail(x, err_make(ERR_ORG_UNKNOWN));
    put_org(&w, NULL, &s->found.rows[0]);
    return answer_object(x, &out, s->found.rows[0].version);
}

step_fn *const org_get[] = {org_get_load, org_get_answer, NULL};

/* -- PATCH /v1/orgs/{id} -------------------------------------------------------------------- */

/* A regulator keeps the permit; everything else is set up by the operator. */
/* A firm is the business of the region it is registered in, wherever its people work. */
static struct err org_patch_admit(const struct exchange *x, const struct org_row *org)
{
    static const char *const set_up_only[] = {"/name", "/region", "/accreditations", "/state"};
    const struct org_input *in = x->input;

    if ((caller_of(x)->permissions & MAY_SET_UP) == 0) {
        if (org->region.bytes == 0 || !caller_in_region(caller_of(x), org->region))
            return err_make(ERR_FORBIDDEN);
        for (size_t i = 0; i < sizeof set_up_only / sizeof *set_up_only; i++) {
            if (json_object_get(x->json, set_up_only[i] + 1) != NULL)
                return err_field(ERR_FORBIDDEN, set_up_only[i], "permit_state | permit_until");
        }
    }
    return check_accreditations(&in->accreditations);
}

static enum step org_patch_write(struct exchange *x)
{
    struct org_state *s = x->state;
    const struct org_row *org = s->found.rows;
    struct org_change change = change_of(x);
    struct batch *b;
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    if (s->found.count == 0)
        return exchange_fail(x, err_make(ERR_ORG_UNKNOWN));
    e = org_patch_admit(x, org);
    if (!err_is(e))
        e = if_match(x, org->version);
    if (err_is(e))
        return exchange_fail(x, e);
    b = write_commit(x, 200, written_answer(x, org->id, org->version + 1,
                                            either(change.state, org->state)));
    if (b != NULL) {
        org_amend(b, org->id, org->version, &change, caller_of(x)->account_id);
        write_change(b, CHANGE_ORG, org->id, org->version + 1);
        write_audit(x, b, "org.amend", 0, s->write.answer);
    }
    return write_send(x, b, org_patch);
}

step_fn *const org_patch[] = {org_get_load, org_patch_write, write_answer, NULL};
