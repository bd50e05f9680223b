#include "api/policy_findings.h"

#include "api/app.h"
#include "api/resource.h"
#include "base/errands.h"
#include "store/policies.h"

static void check(void *arg)
{
    struct policy_checking *checking = arg;

    checking->e = policy_check(checking->document, checking->arena, &checking->report);
}

enum step policy_check_send(struct exchange *x, struct policy_checking *checking,
                            const struct policy_document *document)
{
    struct app *app = app_of(x);

    *checking = (struct policy_checking){.document = document, .arena = &x->arena};
    return exchange_wait(x, errands_send(app->shared->errands, app->loop, check, checking,
                                         exchange_waiter(x))
                                ? OK : err_make(ERR_BUSY));
}

/* -- GET /v1/policies/{number}/findings ----------------------------------------------------- */

struct findings_request {
    struct policy_rows found;
    struct text document;
    struct policy_document compiled;
    struct policy_checking checking;
};
const size_t policy_findings_state_bytes = sizeof(struct findings_request);

static enum step findings_load(struct exchange *x)
{
    bool with_drafts = (caller_of(x)->permissions & (MAY_SET_POLICY | MAY_SET_UP)) != 0;
    struct findings_request *s = x->state;
    int64_t number;
    struct batch *b;

    if (!text_to_int(x->params[0], 1, INT32_MAX, &number))
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL) {
        policies_list(b, (int32_t)number - 1, (int32_t)number, 1, with_drafts, &s->found);
        policy_document_load(b, (int32_t)number, &s->document);
    }
    return load_send(x, b);
}

static enum step findings_check(struct exchange *x)
{
    struct findings_request *s = x->state;
    struct err e = s->found.count == 0 ? err_make(ERR_NOT_FOUND)
                                       : policy_compile(s->document, &x->arena, &s->compiled);

    return err_is(e) ? exchange_fail(x, e) : policy_check_send(x, &s->checking, &s->compiled);
}

static enum step findings_answer(struct exchange *x)
{
    const struct findings_request *s = x->state;
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);

    if (err_is(s->checking.e))
        return exchange_fail(x, s->checking.e);
    json_open_object(&w, NULL);
    json_put_day(&w, "on", s->checking.report.on);
    policy_findings_put(&w, "items", &s->checking.report);
    json_close_object(&w);
    return answer_object(x, &out, s->found.rows[0].version);
}

step_fn *const policy_findings_get[] = {findings_load, findings_check, findings_answer, NULL};
