/* store/pg_conn.c: one connection's life.
 *
 *   resting --timer--> connecting --PQconnectPoll--> asking --settings--> ready
 *      ^                    |                          |                 |
 *      `--------------------+--------- conn_lost ------+-----------------'
 *
 * Asking is for the safety settings; statements are prepared when a batch first needs them
 * (pg_io.c). PQreset is not used (it blocks): a lost connection is dropped and a fresh one made,
 * after a rest that doubles from 100 ms to 5 s, with jitter so that servers do not come in step. */
#include <stdlib.h>
#include <string.h>

#include "store/pg_private.h"
#include "store/safety.h"

enum { CONN_MAGIC = 0x70676330 };

static const char *const state_names[] = {"resting", "connecting", "asking", "ready"};
static const bool legal[4][4] = {
    [CONN_RESTING] = {[CONN_CONNECTING] = true},
    [CONN_CONNECTING] = {[CONN_ASKING] = true, [CONN_RESTING] = true},
    [CONN_ASKING] = {[CONN_READY] = true, [CONN_RESTING] = true},
    [CONN_READY] = {[CONN_RESTING] = true},
};

struct pg_conn *conn_from(void *arg)
{
    struct pg_conn *conn = arg;

    CHECK(conn != NULL && conn->magic == CONN_MAGIC);
    return conn;
}

void conn_set_state(struct pg_conn *conn, enum conn_state state)
{
    struct pg_pool *pool = conn->pool;
    unsigned was = pool->ready_count;

    CHECK(legal[conn->state][state]);
    log_event(LOG_DEBUG, 0, "pg_connection", log_text("from", state_names[conn->state]),
              log_text("to", state_names[state]));
    if (conn->state == CONN_READY)
        pool->ready_count--;
    if (state == CONN_READY)
        pool->ready_count++;
    conn->state = state;
    if (was == 0 && pool->ready_count == 1)
        log_event(LOG_INFO, 0, "database_up");
    if (was == 1 && pool->ready_count == 0)
        log_event(LOG_ERROR, 0, "database_down");
}

/* The first attempt in vain is worth a line; a server that stays away is not worth one a second. */
static void log_lost(const struct pg_conn *conn, const char *why)
{
    bool news = conn->state == CONN_READY || conn->failures == 0;

    log_event(news ? LOG_WARN : LOG_DEBUG, 0, "pg_connection_lost",
              log_text("while", state_names[conn->state]), log_text("why", why),
              log_number("unanswered", conn->sent_count), log_number("failures", conn->failures));
}

static int64_t rest_ms(unsigned failures)
{
    int64_t ms = PG_BACKOFF_MIN_MS;

    while (failures-- > 1 && ms < PG_BACKOFF_MAX_MS)
        ms *= 2;
    if (ms > PG_BACKOFF_MAX_MS)
        ms = PG_BACKOFF_MAX_MS;
    return ms / 2 + (int64_t)arc4random_uniform((unsigned)ms / 2 + 1);
}

static void forget_events(struct pg_conn *conn)
{
    if (conn->readable != NULL)
        event_free(conn->readable);
    if (conn->writable != NULL)
        event_free(conn->writable);
    conn->readable = conn->writable = NULL;
}

/* The descriptor is libpq's: its events go before libpq may close it. */
static void hang_up(struct pg_conn *conn)
{
    forget_events(conn);
    PQfinish(conn->pq);
    conn->pq = NULL;
}

void conn_lost(struct pg_conn *conn, enum err_code read_code, const char *why)
{
    struct batch_list orphans = TAILQ_HEAD_INITIALIZER(orphans);
    struct batch *b;

    log_lost(conn, why);
    conn->failures++;
    conn->host = (conn->host + 1) % conn->pool->target.host_count;
    TAILQ_CONCAT(&orphans, &conn->sent, link);
    conn->sent_count = 0;
    conn->unfit = false;
    hang_up(conn);
    conn_set_state(conn, CONN_RESTING);
    loop_timer_start(conn->timer, rest_ms(conn->failures));
    while ((b = TAILQ_FIRST(&orphans)) != NULL) { /* last: their waiters see a settled connection */
        TAILQ_REMOVE(&orphans, b, link);
        batch_lose(b, read_code, "the connection to PostgreSQL was lost before it confirmed");
    }
}

void conn_lost_by_libpq(struct pg_conn *conn)
{
    char why[256];
    struct build out = build_over(why, sizeof why);

    build_text(&out, text_trim(text_of(PQerrorMessage(conn->pq))));
    conn_lost(conn, ERR_DATABASE, why);
}

/* A warning during a commit can mean that the standby has not got it although PostgreSQL answers
 * "done" (a cancelled wait for synchronous replication). Its words are in the server's language,
 * so every warning counts. */
static void on_notice(void *arg, const PGresult *notice)
{
    struct pg_conn *conn = conn_from(arg);
    const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    struct batch *b = TAILQ_FIRST(&conn->sent);
    char buffer[256];
    struct build out = build_over(buffer, sizeof buffer);

    if (severity == NULL || text_is(text_of(severity), "NOTICE"))
        return;
    result_describe(&out, notice);
    log_event(LOG_WARN, 0, "pg_notice", log_text("severity", severity), log_text("text", out.at));
    if (b != NULL && b->writes && text_is(text_of(severity), "WARNING"))
        b->doubted = true;
}

static void judge_settings(struct pg_conn *conn, const PGresult *settings)
{
    struct err e = safety_judge(settings);

    if (!err_is(e) || conn->pool->allow_unsafe)
        return;
    log_event(LOG_ERROR, 0, "unsafe_database", log_text("setting", e.field),
              log_text("expected", e.expected));
    conn->unfit = true;
}

static void settle(struct pg_conn *conn)
{
    if (conn->unfit) {
        conn_lost(conn, ERR_DATABASE, "the database is not fit to be used");
        return;
    }
    conn->failures = 0;
    loop_timer_cancel(conn->timer);
    conn_set_state(conn, CONN_READY);
    event_free(conn->readable);
    conn->readable = event_new(loop_base(conn->pool->loop), PQsocket(conn->pq),
                               EV_READ | EV_PERSIST, conn_on_readable, conn);
    CHECK_ALLOCATED(conn->readable);
    CHECK(event_add(conn->readable, NULL) == 0);
    pool_dispatch(conn->pool);
}

static void take_settings(struct pg_conn *conn, const PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
        judge_settings(conn, result);
        break;
    case PGRES_PIPELINE_SYNC:
        settle(conn);
        break;
    default:
        log_event(LOG_ERROR, 0, "settings_not_told",
                  log_text("why", err_from_result(result).detail));
        conn->unfit = true;
    }
}

static void on_asking(evutil_socket_t fd, short what, void *arg)
{
    struct pg_conn *conn = conn_from(arg);

    (void)fd;
    (void)what;
    if (PQconsumeInput(conn->pq) != 1) {
        conn_lost_by_libpq(conn);
        return;
    }
    while (conn->state == CONN_ASKING && !PQisBusy(conn->pq)) {
        PGresult *result = PQgetResult(conn->pq);

        if (result == NULL) {
            if (PQstatus(conn->pq) == CONNECTION_BAD)
                conn_lost_by_libpq(conn);
            continue;
        }
        take_settings(conn, result);
        PQclear(result);
    }
    if (conn->state == CONN_ASKING)
        conn_flush(conn);
}

static bool send_question(struct pg_conn *conn)
{
    return PQsetnonblocking(conn->pq, 1) == 0 && PQenterPipelineMode(conn->pq) == 1 &&
           PQsendQueryParams(conn->pq, SAFETY_SQL, 0, NULL, NULL, NULL, NULL, 0) == 1 &&
           PQpipelineSync(conn->pq) == 1;
}

static void ask(struct pg_conn *conn)
{
    struct event_base *base = loop_base(conn->pool->loop);
    int fd = PQsocket(conn->pq);

    forget_events(conn);
    conn_set_state(conn, CONN_ASKING);
    memset(conn->prepared, 0, sizeof conn->prepared);
    conn->unfit = false;
    conn->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_asking, conn);
    conn->writable = event_new(base, fd, EV_WRITE, conn_on_writable, conn);
    CHECK_ALLOCATED(conn->readable);
    CHECK_ALLOCATED(conn->writable);
    CHECK(event_add(conn->readable, NULL) == 0);
    if (send_question(conn))
        conn_flush(conn);
    else
        conn_lost_by_libpq(conn);
}

static void on_connecting(evutil_socket_t fd, short what, void *arg);

/* libpq may open another socket at any step, so each step watches anew, and once. */
static void watch(struct pg_conn *conn, short what)
{
    forget_events(conn);
    conn->readable =
        event_new(loop_base(conn->pool->loop), PQsocket(conn->pq), what, on_connecting, conn);
    CHECK_ALLOCATED(conn->readable);
    CHECK(event_add(conn->readable, NULL) == 0);
}

static void on_connecting(evutil_socket_t fd, short what, void *arg)
{
    struct pg_conn *conn = conn_from(arg);

    (void)fd;
    (void)what;
    forget_events(conn);
    switch (PQconnectPoll(conn->pq)) {
    case PGRES_POLLING_READING:
        watch(conn, EV_READ);
        break;
    case PGRES_POLLING_WRITING:
        watch(conn, EV_WRITE);
        break;
    case PGRES_POLLING_OK:
        ask(conn);
        break;
    default:
        conn_lost_by_libpq(conn);
    }
}

void conn_start(struct pg_conn *conn)
{
    conn_set_state(conn, CONN_CONNECTING);
    conn->pq = target_connect_start(&conn->pool->target, conn->host);
    CHECK_ALLOCATED(conn->pq);
    if (PQstatus(conn->pq) == CONNECTION_BAD) {
        conn_lost_by_libpq(conn);
        return;
    }
    PQsetNoticeReceiver(conn->pq, on_notice, conn);
    loop_timer_start(conn->timer, PG_CONNECT_MS);
    watch(conn, EV_WRITE);
}

static void on_timer(void *arg)
{
    struct pg_conn *conn = conn_from(arg);

    switch (conn->state) {
    case CONN_RESTING:
        conn_start(conn);
        break;
    case CONN_CONNECTING:
    case CONN_ASKING:
        conn_lost(conn, ERR_DATABASE, "PostgreSQL did not let us in in time");
        break;
    case CONN_READY:
        conn_check_deadline(conn);
        break;
    }
}

void conn_init(struct pg_conn *conn, struct pg_pool *pool)
{
    *conn = (struct pg_conn){.magic = CONN_MAGIC, .pool = pool, .state = CONN_RESTING};
    TAILQ_INIT(&conn->sent);
    conn->timer = loop_timer_new(pool->loop, on_timer, conn);
}

void conn_clear(struct pg_conn *conn)
{
    hang_up(conn);
    loop_timer_free(conn->timer);
}
