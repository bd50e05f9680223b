/* api/sites.c: sites.
 *
 * The operator sets a site up: name, place, written rule, closing. Who is in charge of its safety
 * (a safety officer of this site, an inspector of its region) stops work, lets work go on, and
 * names the workers that may come in to put things right. What an inspector stopped, a safety
 * officer cannot open again. */
#include "api/sites.h"

#include "api/resource.h"
#include "api/write.h"
#include "domain/site_rule.h"
#include "store/setup.h"

#define SITE_STATES "open|stopped|closed"

enum { RULE_BYTES_MAX = 16 * 1024, RECTIFICATION_MAX = 500 };

struct site_input {
    struct text name, region;
    int64_t org_id;
    int state;
    json_t *rule;
    struct id_list rectification;
};

const struct field site_post_fields[] = {
    {"name", FIELD_TEXT, offsetof(struct site_input, name), true, 1, 100, NULL},
    {"region", FIELD_REGION, offsetof(struct site_input, region), true, 6, 6, NULL},
    {"org", FIELD_INT, offsetof(struct site_input, org_id), true, 1, INT64_MAX, NULL},
    {"rule", FIELD_OBJECT, offsetof(struct site_input, rule), false, 0, 0, NULL},
    {0},
};

const struct field site_patch_fields[] = {
    {"name", FIELD_TEXT, offsetof(struct site_input, name), false, 1, 100, NULL},
    {"rule", FIELD_OBJECT, offsetof(struct site_input, rule), false, 0, 0, NULL},
    {"state", FIELD_CHOICE, offsetof(struct site_input, state), false, 0, 0, SITE_STATES},
    {"rectification", FIELD_IDS, offsetof(struct site_input, rectification), false, 0,
     RECTIFICATION_MAX, NULL},
    {0},
};

struct site_query {
    struct page page;
    int state;
};

const struct field site_list_query[] = {
    PAGE_FIELDS(struct site_query),
    {"state", FIELD_CHOICE, offsetof(struct site_query, state), false, 0, 0, SITE_STATES},
    {0},
};

struct site_request {
    struct write write;
    int64_t id;
    struct text rule; /* compact JSON; .at NULL: not given */
    struct site_rows found;
    struct org_rows org;
    int64_t engaged; /* of the rectification list */
};
const size_t site_state_bytes = sizeof(struct site_request);

/* The rule as it will be stored: checked, and written by us. */
static struct err take_rule(struct exchange *x, const json_t *given, struct text *rule)
{
    struct site_rule parsed;
    struct err e = site_rule_parse(given, &parsed);
    char *at;
    size_t bytes;

    if (err_is(e)) {
        e.field = arena_format(&x->arena, "/rule%s", e.field != NULL ? e.field : "");
        return e;
    }
    at = arena_alloc(&x->arena, RULE_BYTES_MAX);
    if (at == NULL)
        return err_make(ERR_TOO_LARGE);
    bytes = json_dumpb(given, at, RULE_BYTES_MAX, JSON_COMPACT);
    if (bytes == 0 || bytes > RULE_BYTES_MAX)
        return err_field(ERR_FIELD_LENGTH, "/rule", "..16384");
    *rule = (struct text){at, bytes};
    return OK;
}

/* -- POST /v1/sites ------------------------------------------------------------------------- */

static enum step site_post_load(struct exchange *x)
{
    const struct site_input *in = x->input;
    struct site_request *s = x->state;
    const struct reach everything = {0};
    struct batch *b;
    struct err e;

    s->rule = TEXT("{}");
    e = in->rule != NULL ? take_rule(x, in->rule, &s->rule) : OK;
    if (err_is(e))
        return exchange_fail(x, e);
    b = write_begin(x);
    if (b != NULL) {
        site_next_id(b, &s->id);
        orgs_list(b, span_of(in->org_id), &everything, (struct text){NULL, 0}, &s->org);
    }
    return load_send(x, b);
}

static enum step site_post_write(struct exchange *x)
{
    const struct site_input *in = x->input;
    struct site_request *s = x->state;
    struct batch *b;
    enum step seen;

    if (write_seen(x, &seen))
        return seen;
    if (s->org.count == 0)
        return exchange_fail(x, err_field(ERR_ORG_UNKNOWN, "/org", NULL));
    b = write_commit(x, 201, written_answer(x, s->id, 1, TEXT("open")));
    if (b != NULL) {
        site_insert(b, s->id, &(struct site_change){.name = in->name,
                                                    .region = in->region,
                                                    .org_id = in->org_id,
                                                    .rule = s->rule},
                    caller_of(x)->account_id);
        write_change(b, CHANGE_SITE, s->id, 1);
        write_audit(x, b, "site.create", 0, s->write.answer);
    }
    return write_send(x, b, site_post);
}

step_fn *const site_post[] = {site_post_load, site_post_write, write_answer, NULL};

/* -- GET ------------------------------------------------------------------------------------ */

/* Whose workers are on the rectification list is for those in charge of the site. */
static bool may_see_rectification(const struct caller *caller, const struct site_row *site)
{
    return caller->role != ACCOUNT_CONTRACTOR || site->org_id == caller->org_id;
}

static void put_site(struct json_writer *w, const struct caller *caller,
                     const struct site_row *site)
{
    json_open_object(w, NULL);
    json_put_int(w, "id", site->id);
    json_put_int(w, "version", site->version);
    json_put_text(w, "name", site->name);
    json_put_text(w, "region", site->region);
    json_put_int(w, "org", site->org_id);
    json_put_text(w, "state", site->state);
    json_put_raw(w, "rule", site->rule);
    if (may_see_rectification(caller, site))
        json_put_raw(w, "rectification", site->rectification);
    json_put_time(w, "recorded_at", site->recorded_at);
    json_close_object(w);
}

static enum step site_list_load(struct exchange *x)
{
    const struct site_query *q = x->query;
    struct site_request *s = x->state;
    struct reach reach = reach_of(caller_of(x));
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (b != NULL)
        sites_list(b, page_span(&q->page), &reach, x->today, choice_word(SITE_STATES, q->state),
                   &s->found);
    return load_send(x, b);
}

static enum step site_list_answer(struct exchange *x)
{
    const struct site_query *q = x->query;
    const struct site_request *s = x->state;
    struct list list;
    int64_t last = 0;

    list_open(x, &list);
    for (int i = 0; i < s->found.count && i < page_limit(&q->page); i++) {
        put_site(&list.w, caller_of(x), &s->found.rows[i]);
        last = s->found.rows[i].id;
    }
    return list_answer_by_id(x, &list, &q->page, s->found.count, last);
}

step_fn *const site_list[] = {site_list_load, site_list_answer, NULL};

static enum step site_get_load(struct exchange *x)
{
    struct site_request *s = x->state;
    struct reach reach = reach_of(caller_of(x));
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    struct err e = path_id(x, 0, ERR_SITE_UNKNOWN, &s->id);

    if (err_is(e))
        return exchange_fail(x, e);
    if (b != NULL)
        sites_list(b, span_of(s->id), &reach, x->today, (struct text){NULL, 0}, &s->found);
    return load_send(x, b);
}

static enum step site_get_answer(struct exchange *x)
{
    const struct site_request *s = x->state;
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);

    if (s->found.count == 0)
        return exchange_fail(x, err_make(ERR_SITE_UNKNOWN));
    put_site(&w, caller_of(x), &s->found.rows[0]);
    return answer_object(x, &out, s->found.rows[0].version);
}

step_fn *const site_get[] = {site_get_load, site_get_answer, NULL};

/* -- PATCH /v1/sites/{id} ------------------------------------------------------------------- */

/* Each id once: a list counts people, not mentions. */
static void drop_repeats(struct id_list *list)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++) {
        size_t j = 0;

        while (j < kept && list->id[j] != list->id[i])
            j++;
        if (j == kept)
            list->id[kept++] = list->id[i];
    }
    list->count = kept;
}

static enum step site_patch_load(struct exchange *x)
{
    struct site_input *in = x->input;
    struct site_request *s = x->state;
    struct reach reach = reach_of(caller_of(x));
    struct err e = path_id(x, 0, ERR_SITE_UNKNOWN, &s->id);
    struct batch *b;

    if (!err_is(e) && in->rule != NULL)
        e = take_rule(x, in->rule, &s->rule);
    if (err_is(e))
        return exchange_fail(x, e);
    drop_repeats(&in->rectification);
    b = write_begin(x);
    if (b != NULL) {
        sites_list(b, span_of(s->id), &reach, x->today, (struct text){NULL, 0}, &s->found);
        site_engaged(b, s->id, in->rectification.id, in->rectification.count, x->today,
                     &s->engaged);
    }
    return load_send(x, b);
}

/* Who is in charge of safety, but did not set the site up. */
static struct err admit_in_charge(const struct exchange *x, const struct site_row *site,
                                  struct text state)
{
    if (json_object_get(x->json, "name") != NULL)
        return err_field(ERR_FORBIDDEN, "/name", "state | rectification");
    if (json_object_get(x->json, "rule") != NULL)
        return err_field(ERR_FORBIDDEN, "/rule", "state | rectification");
    if (text_is(state, "closed") || (state.at != NULL && text_is(site->state, "closed")))
        return err_field(ERR_FORBIDDEN, "/state", "open | stopped");
    if (text_is(state, "open") && text_is(site->state, "stopped") &&
        caller_of(x)->role == ACCOUNT_SAFETY_OFFICER && !text_is(site->state_by, "safety_officer"))
        return err_field(ERR_FORBIDDEN, "/state", "inspector");
    return OK;
}

static struct err site_patch_admit(const struct exchange *x, const struct site_row *site,
                                   struct text state)
{
    const struct site_input *in = x->input;
    const struct site_request *s = x->state;

    if ((caller_of(x)->permissions & MAY_SET_UP) == 0) {
        struct err e = admit_in_charge(x, site, state);

        if (err_is(e))
            return e;
    }
    if (s->engaged != (int64_t)in->rectification.count)
        return err_field(ERR_WORKER_UNKNOWN, "/rectification", NULL);
    return if_match(x, site->version);
}

static enum step site_patch_write(struct exchange *x)
{
    const struct site_input *in = x->input;
    struct site_request *s = x->state;
    const struct site_row *site = s->found.rows;
    struct text state = choice_word(SITE_STATES, in->state);
    struct batch *b;
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    e = s->found.count == 0 ? err_make(ERR_SITE_UNKNOWN) : site_patch_admit(x, site, state);
    if (err_is(e))
        return exchange_fail(x, e);
    b = write_commit(x, 200,
                     written_answer(x, site->id, site->version + 1, either(state, site->state)));
    if (b != NULL) {
        site_amend(b, site->id, site->version,
                   &(struct site_change){
                       .name = in->name,
                       .state = state,
                       .rule = s->rule,
                       .rectification = in->rectification.id,
                       .rectification_count = in->rectification.count,
                       .rectification_given = input_has(x->json, "rectification")},
                   caller_of(x)->account_id);
        write_change(b, CHANGE_SITE, site->id, site->version + 1);
        write_audit(x, b, "site.amend", 0, s->write.answer);
    }
    return write_send(x, b, site_patch);
}

step_fn *const site_patch[] = {site_patch_load, site_patch_write, write_answer, NULL};
