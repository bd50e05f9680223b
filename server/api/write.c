#include "api/write.h"

static struct write *write_of(struct exchange *x)
{
    CHECK(x->route->writes && *x->route->state_bytes >= sizeof(struct write));
    return x->state;
}

/* Keys are the account's own; a worker's are kept apart from every account's by their sign. */
static int64_t tenant_of(const struct exchange *x)
{
    const struct caller *caller = caller_of(x);

    return caller->role == ACCOUNT_WORKER ? -caller->worker_id : caller->account_id;
}

static struct text route_of(const struct exchange *x)
{
    return text_of(arena_format((struct arena *)&x->arena, "%s %s", method_name(x->route->method),
                                x->route->pattern));
}

struct batch *write_begin(struct exchange *x)
{
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    struct write *w = write_of(x);

    if (b == NULL)
        return NULL;
    w->found = (struct key_row){0};
    key_find(b, tenant_of(x), route_of(x), w->key, &w->found);
    return b;
}

bool write_seen(struct exchange *x, enum step *next)
{
    struct write *w = write_of(x);

    if (!w->found.found)
        return false;
    if (!bytes_equal(w->found.fingerprint, w->fingerprint, sizeof w->fingerprint))
        *next = exchange_fail(x, err_make(ERR_KEY_REUSE));
    else
        *next = exchange_answer_json(x, w->found.status, w->found.answer);
    return true;
}

struct batch *write_commit(struct exchange *x, int status, struct text answer)
{
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    struct write *w = write_of(x);

    if (b == NULL || answer.at == NULL)
        return NULL;
    w->status = status;
    w->answer = answer;
    key_insert(b, tenant_of(x), route_of(x), w->key, w->fingerprint, (int16_t)status, answer);
    return b;
}

void write_change(struct batch *b, enum change_kind kind, int64_t key, int64_t version)
{
    changes_insert(b, (int16_t)kind, &key, &version, 1);
}

void write_changes(struct batch *b, enum change_kind kind, const int64_t *keys,
                   const int64_t *versions, size_t count)
{
    if (count > 0)
        changes_insert(b, (int16_t)kind, keys, versions, count);
}

void write_audit(struct exchange *x, struct batch *b, const char *action, int64_t worker_id,
                 struct text detail)
{
    audit_insert(b, &(struct audit_row){.account_id = caller_of(x)->account_id,
                                        .action = action,
                                        .worker_id = worker_id,
                                        .detail = detail,
                                        .request_id = (int64_t)x->id});
}

void write_audit_list(struct exchange *x, struct batch *b, const char *action,
                      const int64_t *worker_ids, size_t count, struct text detail)
{
    audit_insert(b, &(struct audit_row){.account_id = caller_of(x)->account_id,
                                        .action = action,
                                        .worker_ids = worker_ids,
                                        .worker_count = count,
                                        .detail = detail,
                                        .request_id = (int64_t)x->id});
}

/* Somebody else was faster: look again, decide again. */
enum step write_failed(struct exchange *x)
{
    struct write *w = write_of(x);

    if (x->failure.code != ERR_CONFLICT || ++w->attempts >= WRITE_ATTEMPTS)
        return exchange_fail(x, x->failure);
    x->failure = OK;
    exchange_goto(x, w->again);
    return STEP_NEXT;
}

enum step write_send(struct exchange *x, struct batch *b, step_fn *const *again)
{
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    write_of(x)->again = again;
    x->on_failure = write_failed;
    return exchange_wait(x, batch_send(b, exchange_waiter(x)));
}

enum step write_answer(struct exchange *x)
{
    struct write *w = write_of(x);

    follower_nudge(app_of(x)->shared->follower);
    return exchange_answer_json(x, w->status, w->answer);
}
