/* store/pg_batch.c: a batch is its statements and one sync: one transaction, one outcome. */
#include "store/pg_private.h"

struct batch *batch_new(struct pg_pool *pool, struct arena *arena)
{
    struct batch *b = arena_new(arena, struct batch);

    if (b == NULL)
        return NULL;
    *b = (struct batch){.pool = pool, .arena = arena, .state = BATCH_OPEN};
    b->last = &b->first;
    return b;
}

void batch_add(struct batch *b, enum statement statement, struct params *params, decode_fn *decode,
               void *into)
{
    struct batch_item *item = arena_new(b->arena, struct batch_item);

    CHECK(b->state == BATCH_OPEN);
    CHECK((int)statement >= 0 && (int)statement < SQL_COUNT);
    if (b->arena->full)
        return; /* batch_send will say so */
    CHECK((params == NULL ? 0 : params->count) == statements[statement].param_count);
    *item = (struct batch_item){
        .statement = statement, .params = params, .decode = decode, .into = into};
    *b->last = item;
    b->last = &item->next;
    b->writes |= statements[statement].writes;
}

struct err batch_send(struct batch *b, struct waiter waiter)
{
    struct pg_pool *pool = b->pool;

    CHECK(b->state == BATCH_OPEN && waiter.done != NULL);
    if (b->arena->full)
        return err_make(ERR_TOO_LARGE);
    CHECK(b->first != NULL);
    if (err_is(b->error))
        return b->error; /* a parameter that PostgreSQL's text cannot hold */
    if (pool_is_broken(pool))
        return err_detail(ERR_DATABASE, "no connection to PostgreSQL");
    if (pool->queued >= pool->queue_max)
        return err_detail(ERR_BUSY, "the queue for PostgreSQL is full");
    b->waiter = waiter;
    b->answering = b->first;
    pool_enqueue(pool, b);
    return OK;
}

static void keep_first(struct batch *b, struct err e)
{
    if (!err_is(b->error))
        b->error = e;
}

void batch_decode(struct batch *b, const PGresult *result)
{
    struct rows rows = {.result = result, .arena = b->arena, .count = PQntuples(result)};

    CHECK(b->answering != NULL);
    if (b->answering->decode == NULL || err_is(b->error))
        return;
    keep_first(b, b->answering->decode(b->answering->into, &rows));
    if (b->arena->full) /* what it wrote is kept, but cannot be told: the same key will tell */
        keep_first(b, err_detail(b->writes ? ERR_OUTCOME_UNKNOWN : ERR_TOO_LARGE,
                                 "the rows do not fit the arena"));
}

/* A refusal outweighs what a decoder said of rows that are undone now. */
void batch_refuse(struct batch *b, const PGresult *result)
{
    struct err e = err_from_result(result);
    const char *name = b->answering != NULL ? statements[b->answering->statement].name : "commit";
    char *detail;

    if (b->undone)
        return;
    b->undone = true;
    detail = arena_format(b->arena, "%s: %s", name, e.detail);
    e.detail = detail != NULL ? detail : name;
    b->error = e;
}

void batch_next_statement(struct batch *b)
{
    if (b->answering != NULL) /* NULL follows the results of commit, too, when it was refused */
        b->answering = b->answering->next;
}

void batch_fail(struct batch *b, struct err e)
{
    b->error = e;
    b->undone = true;
    batch_finish(b);
}

void batch_lose(struct batch *b, enum err_code read_code, const char *why)
{
    if (!b->undone) /* else it is certain that nothing was kept, and why */
        b->error = err_detail(b->writes ? ERR_OUTCOME_UNKNOWN : read_code, why);
    b->undone = true;
    batch_finish(b);
}

void batch_finish(struct batch *b)
{
    struct pg_pool *pool = b->pool;
    struct waiter waiter = b->waiter;
    struct err e = b->error;

    CHECK(b->state == BATCH_QUEUED || b->state == BATCH_SENT);
    if (b->doubted && !b->undone)
        e = err_detail(ERR_OUTCOME_UNKNOWN, "PostgreSQL warned while it committed");
    b->state = BATCH_DONE;
    pool->telling = true;
    waiter.done(waiter.arg, e); /* may drop the arena, and b with it */
    pool->telling = false;
}
