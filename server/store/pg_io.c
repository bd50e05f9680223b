/* store/pg_io.c: a ready connection. Batches go out pipelined; their results come in that order.
 *
 * A batch ends at its PGRES_PIPELINE_SYNC and nowhere else: a sent COMMIT is nothing, only its
 * result is. Between the batches of one connection a failure does not spread, because each has a
 * sync of its own. Results are drained while there is still something to send, or both sides could
 * wait for the other for ever. */
#include "store/pg_private.h"

void conn_flush(struct pg_conn *conn)
{
    int left = PQflush(conn->pq);

    if (left < 0)
        conn_lost_by_libpq(conn);
    else if (left > 0)
        CHECK(event_add(conn->writable, NULL) == 0);
}

void conn_on_writable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    conn_flush(conn_from(arg));
}

static void arm_deadline(struct pg_conn *conn)
{
    const struct batch *oldest = TAILQ_FIRST(&conn->sent);

    if (oldest == NULL)
        loop_timer_cancel(conn->timer);
    else
        loop_timer_start(conn->timer, ms_until(oldest->deadline_us));
}

void conn_check_deadline(struct pg_conn *conn)
{
    const struct batch *oldest = TAILQ_FIRST(&conn->sent);

    if (oldest != NULL && ms_until(oldest->deadline_us) == 0) {
        conn_lost(conn, ERR_DATABASE_TIMEOUT, "PostgreSQL did not answer in time");
        return;
    }
    arm_deadline(conn);
}

/* What this connection has not prepared yet is prepared now: with all of some 170 statements on every
 * connection, a server that starts and a database that just came back would parse for seconds. It has
 * a sync of its own, so it stays prepared when the batch is refused. */
static bool send_preparations(struct pg_conn *conn, struct batch *b)
{
    bool sent = true;

    b->preparing = false;
    for (const struct batch_item *item = b->first; sent && item != NULL; item = item->next) {
        const struct statement_row *row = &statements[item->statement];

        if (conn->prepared[item->statement])
            continue;
        sent = PQsendPrepare(conn->pq, row->name, row->text, 0, NULL) == 1;
        conn->prepared[item->statement] = true;
        b->preparing = true;
    }
    return sent && (!b->preparing || PQpipelineSync(conn->pq) == 1);
}

static bool send_item(PGconn *pq, const struct batch_item *item)
{
    static const int binary[PARAMS_MAX] = {[0 ... PARAMS_MAX - 1] = 1};
    const struct params *p = item->params;

    return PQsendQueryPrepared(pq, statements[item->statement].name, p != NULL ? p->count : 0,
                               p != NULL ? p->values : NULL, p != NULL ? p->lengths : NULL,
                               p != NULL ? binary : NULL, 1) == 1;
}

void conn_send(struct pg_conn *conn, struct batch *b)
{
    bool sent;

    CHECK(conn->state == CONN_READY && b->state == BATCH_QUEUED);
    b->state = BATCH_SENT;
    b->deadline_us = clock_monotonic_us() + conn->pool->batch_ms * US_PER_MS;
    TAILQ_INSERT_TAIL(&conn->sent, b, link);
    conn->sent_count++;
    if (conn->sent_count == 1)
        arm_deadline(conn);
    sent = send_preparations(conn, b);
    for (const struct batch_item *item = b->first; sent && item != NULL; item = item->next)
        sent = send_item(conn->pq, item);
    if (sent && PQpipelineSync(conn->pq) == 1)
        conn_flush(conn);
    else
        conn_lost_by_libpq(conn);
}

/* The next one's time begins now: it was only waiting so far, and a connection that answers must not
 * be dropped because of what stood before it. */
static void finish_oldest(struct pg_conn *conn)
{
    struct batch *b = TAILQ_FIRST(&conn->sent), *next;

    CHECK(b->answering == NULL); /* every statement was answered before the sync */
    TAILQ_REMOVE(&conn->sent, b, link);
    conn->sent_count--;
    next = TAILQ_FIRST(&conn->sent);
    if (next != NULL)
        next->deadline_us = clock_monotonic_us() + conn->pool->batch_ms * US_PER_MS;
    arm_deadline(conn);
    batch_finish(b);
}

/* What could not be prepared is refused again, by the batch's own statement. */
static void take_preparation(struct pg_conn *conn, struct batch *b, const PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_PIPELINE_ABORTED:
        break;
    case PGRES_PIPELINE_SYNC:
        b->preparing = false;
        break;
    default:
        log_event(LOG_ERROR, 0, "statement_not_prepared",
                  log_text("why", err_from_result(result).detail));
        conn->unfit |= result_is_fatal(result);
    }
}

static void take_result(struct pg_conn *conn, struct batch *b, const PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
        batch_decode(b, result);
        break;
    case PGRES_PIPELINE_ABORTED: /* an earlier statement of the batch has said why */
        break;
    case PGRES_PIPELINE_SYNC:
        finish_oldest(conn);
        break;
    default:
        if (result_is_fatal(result)) { /* the server hangs up: what becomes of it is not known */
            log_event(LOG_WARN, 0, "pg_fatal", log_text("why", err_from_result(result).detail));
            conn->unfit = true;
            break;
        }
        conn->unfit |= result_condemns(result);
        batch_refuse(b, result);
    }
}

/* False when the connection is gone. */
static bool read_results(struct pg_conn *conn)
{
    struct batch *b;

    while ((b = TAILQ_FIRST(&conn->sent)) != NULL && !PQisBusy(conn->pq)) {
        PGresult *result = PQgetResult(conn->pq);

        if (result == NULL && PQstatus(conn->pq) == CONNECTION_BAD)
            return false; /* else this loop would never end */
        if (result == NULL && !b->preparing)
            batch_next_statement(b);
        else if (result != NULL && b->preparing)
            take_preparation(conn, b, result);
        else if (result != NULL)
            take_result(conn, b, result);
        PQclear(result);
    }
    return true;
}

/* With nothing sent nobody parses what came, but a farewell must be heard. */
static bool is_dead(struct pg_conn *conn)
{
    if (TAILQ_EMPTY(&conn->sent))
        PQisBusy(conn->pq);
    return PQstatus(conn->pq) != CONNECTION_OK;
}

void conn_on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct pg_conn *conn = conn_from(arg);

    (void)fd;
    (void)what;
    if (PQconsumeInput(conn->pq) != 1 || !read_results(conn) || is_dead(conn))
        conn_lost(conn, ERR_DATABASE, "PostgreSQL closed the connection");
    else if (conn->unfit)
        conn_lost(conn, ERR_DATABASE, "PostgreSQL has to be connected to afresh");
    else
        conn_flush(conn);
    pool_dispatch(conn->pool);
}
