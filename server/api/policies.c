/* api/policies.c: policies.
 *
 * The body of a new policy is the document itself (migrations/policies/README.md); the number it
 * carries is its name for ever. A regulator sets policies for places within his own region; the
 * operator, who runs the service for all of them, for any. Drafts are seen by those who set
 * policies, everything that was ever in force by everybody who may read. */
#include "api/policies.h"

#include "api/policy_findings.h"
#include "api/resource.h"
#include "api/write.h"
#include "crypto/seal.h"
#include "domain/policy.h"
#include "domain/policy_state.h"
#include "domain/record.h"
#include "store/policies.h"

enum { HASH_BYTES = 32 };

struct policy_query {
    struct page page;
};

const struct field policy_list_query[] = {
    PAGE_FIELDS(struct policy_query),
    {0},
};

enum { PAST_DAYS_MAX = 100000 };

struct policy_move_input {
    int state;
    int64_t past_days;
};

const struct field policy_state_fields[] = {
    {"state", FIELD_CHOICE, offsetof(struct policy_move_input, state), true, 0, 0,
     POLICY_STATE_WORDS},
    {"past_days", FIELD_INT, offsetof(struct policy_move_input, past_days), false, 0, PAST_DAYS_MAX,
     NULL},
    {0},
};

struct policy_request {
    struct write write;
    int64_t number;
    struct policy_document compiled;
    struct policy_rows found;
    struct text document;
    struct policy_checking checking;
};
const size_t policy_state_bytes = sizeof(struct policy_request);

static bool sets_policies(const struct caller *caller)
{
    return (caller->permissions & (MAY_SET_POLICY | MAY_SET_UP)) != 0;
}

static struct err admit_region(const struct exchange *x, struct text region)
{
    if ((caller_of(x)->permissions & MAY_SET_UP) != 0 || caller_in_region(caller_of(x), region))
        return OK;
    return err_make(ERR_NOT_FOUND);
}

static struct text policy_written(struct exchange *x, int64_t number, int32_t version,
                                  const char *state)
{
    const char *answer = arena_format(&x->arena,
                                      "{\"number\":%lld,\"version\":%d,\"state\":\"%s\"}",
                                      (long long)number, (int)version, state);

    return answer != NULL ? text_of(answer) : (struct text){NULL, 0};
}

/* findings: in how many places the checker found something to mend before it can be approved. */
static struct text policy_drafted(struct exchange *x, int64_t number, unsigned findings)
{
    const char *answer = arena_format(
        &x->arena, "{\"number\":%lld,\"version\":1,\"state\":\"draft\",\"findings\":%u}",
        (long long)number, findings);

    return answer != NULL ? text_of(answer) : (struct text){NULL, 0};
}

/* -- POST /v1/policies ---------------------------------------------------------------------- */

static enum step policy_post_load(struct exchange *x)
{
    struct policy_request *s = x->state;
    struct err e = policy_compile(x->request->body, &x->arena, &s->compiled);
    struct batch *b;

    if (!err_is(e) && err_is(admit_region(x, text_of(s->compiled.policy.region))))
        e = err_field(ERR_FORBIDDEN, "/region", "your own region");
    if (err_is(e))
        return exchange_fail(x, e);
    s->number = s->compiled.policy.number;
    b = write_begin(x);
    if (b != NULL)
        policies_list(b, (int32_t)s->number - 1, (int32_t)s->number, 1, true, &s->found);
    return load_send(x, b);
}

static enum step policy_post_check(struct exchange *x)
{
    struct policy_request *s = x->state;
    enum step seen;

    if (write_seen(x, &seen))
        return seen;
    if (s->found.count > 0)
        return exchange_fail(x, err_field(ERR_ALREADY_EXISTS, "/number", NULL));
    return policy_check_send(x, &s->checking, &s->compiled);
}

static enum step policy_post_write(struct exchange *x)
{
    struct policy_request *s = x->state;
    struct batch *b;

    if (err_is(s->checking.e))
        return exchange_fail(x, s->checking.e);
    b = write_commit(x, 201, policy_drafted(x, s->number, s->checking.report.finding_count));
    if (b != NULL) {
        policy_insert(b, (int32_t)s->number, "draft", x->request->body,
                      caller_of(x)->account_id);
        write_change(b, CHANGE_POLICY, s->number, 1);
        write_audit(x, b, "policy.draft", 0, s->write.answer);
    }
    return write_send(x, b, policy_post);
}

step_fn *const policy_post[] = {policy_post_load, policy_post_check, policy_post_write,
                                write_answer, NULL};

/* -- GET ------------------------------------------------------------------------------------ */

static void put_policy(struct json_writer *w, const struct exchange *x,
                       const struct policy_row *policy, struct text document)
{
    char hash[2 * HASH_BYTES + 1];

    CHECK(policy->sha256.bytes == HASH_BYTES); /* policy_sha256 in the schema */
    hex_format(policy->sha256.at, HASH_BYTES, hash);
    json_open_object(w, NULL);
    json_put_int(w, "number", policy->number);
    json_put_int(w, "version", policy->version);
    json_put_text(w, "state", policy->state);
    json_put_text(w, "id", policy->id);
    json_put_text(w, "region", policy->region);
    json_put_text(w, "effective", policy->effective);
    json_put_text_or_null(w, "until", policy->until);
    json_put_text(w, "title", x->english ? policy->title_en : policy->title_zh);
    json_put_string(w, "sha256", hash);
    json_put_id(w, "author", policy->author);
    json_put_time(w, "recorded_at", policy->recorded_at);
    if (document.at != NULL)
        json_put_raw(w, "document", document);
    json_close_object(w);
}

static enum step policy_list_load(struct exchange *x)
{
    const struct policy_query *q = x->query;
    struct policy_request *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    int32_t after = q->page.after < INT32_MAX ? (int32_t)q->page.after : INT32_MAX;

    if (b != NULL)
        policies_list(b, after, INT32_MAX, page_limit(&q->page) + 1, sets_policies(caller_of(x)),
                      &s->found);
    return load_send(x, b);
}

static enum step policy_list_answer(struct exchange *x)
{
    const struct policy_query *q = x->query;
    const struct policy_request *s = x->state;
    struct list list;
    int64_t last = 0;

    list_open(x, &list);
    for (int i = 0; i < s->found.count && i < page_limit(&q->page); i++) {
        put_policy(&list.w, x, &s->found.rows[i], (struct text){NULL, 0});
        last = s->found.rows[i].number;
    }
    return list_answer_by_id(x, &list, &q->page, s->found.count, last);
}

step_fn *const policy_list[] = {policy_list_load, policy_list_answer, NULL};

static enum step policy_get_load(struct exchange *x)
{
    struct policy_request *s = x->state;
    int32_t number;
    struct batch *b;

    if (!text_to_int(x->params[0], 1, INT32_MAX, &s->number))
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    number = (int32_t)s->number;
    b = x->route->writes ? write_begin(x) : batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL) {
        policies_list(b, number - 1, number, 1, sets_policies(caller_of(x)), &s->found);
        policy_document_load(b, number, &s->document);
    }
    return load_send(x, b);
}

static enum step policy_get_answer(struct exchange *x)
{
    const struct policy_request *s = x->state;
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);

    if (s->found.count == 0)
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    put_policy(&w, x, &s->found.rows[0], s->document);
    return answer_object(x, &out, s->found.rows[0].version);
}

step_fn *const policy_get[] = {policy_get_load, policy_get_answer, NULL};

/* -- POST /v1/policies/{number}/state ------------------------------------------------------- */

/* A policy judges every day from its own first one on, also those that are gone: whoever puts it in
 * force says how many those are, so that nobody changes the past unawares. */
static struct err admit_past_days(struct exchange *x, const struct policy_move *move)
{
    const struct policy_move_input *in = x->input;
    const struct policy_request *s = x->state;
    const struct policy_row *policy = s->found.rows;
    day_t effective, until = DAY_UNKNOWN;
    struct err e = day_parse(policy->effective, "/effective", &effective);
    unsigned gone;

    if (!err_is(e) && policy->until.bytes > 0)
        e = day_parse(policy->until, "/until", &until);
    if (err_is(e))
        return e;
    gone = policy_days_gone(move, effective, until, x->today);
    if (in->past_days == (int64_t)gone)
        return OK;
    return err_field(gone > 0 ? ERR_FIELD_MISSING : ERR_FIELD_RANGE, "/past_days",
                     arena_format(&x->arena, "%u: days already gone that it will judge", gone));
}

static struct err admit_move(struct exchange *x, enum policy_state to)
{
    const struct policy_request *s = x->state;
    const struct policy_row *policy = s->found.rows;
    struct policy_move move;
    struct err e = s->found.count == 0 ? err_make(ERR_NOT_FOUND)
                                       : admit_region(x, policy->region);

    if (!err_is(e))
        e = if_match(x, policy->version);
    if (err_is(e))
        return e;
    move = (struct policy_move){.from = policy_state_of(policy->state),
                                .to = to,
                                .author = policy->author,
                                .last = policy->account_id,
                                .by = caller_of(x)->account_id};
    e = policy_move_admit(&move);
    return err_is(e) ? e : admit_past_days(x, &move);
}

/* Nothing is approved in which the checker finds something to mend. */
static enum step policy_state_check(struct exchange *x)
{
    const struct policy_move_input *in = x->input;
    struct policy_request *s = x->state;
    enum policy_state to = (enum policy_state)in->state; /* the words are in the enum's order */
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    e = admit_move(x, to);
    if (!err_is(e) && to == POLICY_APPROVED)
        e = policy_compile(s->document, &x->arena, &s->compiled);
    if (err_is(e))
        return exchange_fail(x, e);
    return to == POLICY_APPROVED ? policy_check_send(x, &s->checking, &s->compiled) : STEP_NEXT;
}

static enum step policy_state_write(struct exchange *x)
{
    const struct policy_move_input *in = x->input;
    const struct policy_request *s = x->state;
    const struct policy_row *policy = s->found.rows;
    const char *to = policy_state_name((enum policy_state)in->state);
    const struct policy_report *report = &s->checking.report;
    struct batch *b;

    if (err_is(s->checking.e))
        return exchange_fail(x, s->checking.e);
    if (report->finding_count > 0)
        return exchange_fail(x, err_field(ERR_POLICY_FINDINGS, report->findings[0].at, NULL));
    b = write_commit(x, 200, policy_written(x, policy->number, policy->version + 1, to));
    if (b != NULL) {
        policy_move(b, policy->number, policy->version, to, caller_of(x)->account_id);
        write_change(b, CHANGE_POLICY, policy->number, policy->version + 1);
        write_audit(x, b, "policy.state", 0, s->write.answer);
    }
    return write_send(x, b, policy_put_state);
}

step_fn *const policy_put_state[] = {policy_get_load, policy_state_check, policy_state_write,
                                     write_answer, NULL};
