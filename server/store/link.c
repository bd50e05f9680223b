/* store/link.c: see link.h. */
#include "store/link.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/pg_private.h"

enum {
    LINK_COLUMNS_MAX = 16,
    LINK_SESSION_MS = 24 * 3600 * 1000, /* loading may keep a snapshot for long; our timer rules */
    COPY_HEADER_BYTES = 19
};

struct link {
    PGconn *pq; /* NULL: not connected */
    struct pg_target target;
    unsigned host;
    int stop_fd;
    int64_t timeout_ms;
    int columns; /* of the statement under way */
    bool prepared[SQL_COUNT];
};

struct link *link_new(const char *conninfo, int stop_fd, int64_t timeout_ms)
{
    struct link *link = calloc(1, sizeof *link);

    CHECK_ALLOCATED(link);
    target_init(&link->target, conninfo, LINK_SESSION_MS);
    link->stop_fd = stop_fd;
    link->timeout_ms = timeout_ms;
    return link;
}

void link_drop(struct link *link)
{
    if (link->pq != NULL)
        PQfinish(link->pq);
    link->pq = NULL;
    memset(link->prepared, 0, sizeof link->prepared);
}

void link_free(struct link *link)
{
    if (link == NULL)
        return;
    link_drop(link);
    target_clear(&link->target);
    free(link);
}

bool link_is_open(const struct link *link)
{
    return link->pq != NULL;
}

int link_fd(const struct link *link)
{
    return link->pq == NULL ? -1 : PQsocket(link->pq);
}

int link_backend(const struct link *link)
{
    return link->pq == NULL ? 0 : PQbackendPID(link->pq);
}

static struct err give_up(struct link *link, enum err_code code, const char *why)
{
    link_drop(link);
    return err_detail(code, why);
}

/* Until the socket is ready for `events`. Drops the connection when that is not to be waited for. */
static struct err await(struct link *link, short events)
{
    int64_t deadline_us = clock_monotonic_us() + link->timeout_ms * US_PER_MS;
    struct pollfd fds[] = {{.fd = PQsocket(link->pq), .events = events},
                           {.fd = link->stop_fd, .events = POLLIN}};

    for (;;) {
        int64_t left_ms = (deadline_us - clock_monotonic_us()) / US_PER_MS;
        int ready = left_ms < 0 ? 0 : poll(fds, 2, (int)left_ms + 1);

        if (ready < 0 && errno == EINTR)
            continue;
        if (fds[1].revents != 0)
            return give_up(link, ERR_STOPPING, "stopping");
        if (ready <= 0)
            return give_up(link, ERR_DATABASE_TIMEOUT, "PostgreSQL is silent");
        return OK;
    }
}

struct err link_open(struct link *link)
{
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;
    struct err e;

    CHECK(link->pq == NULL);
    link->pq = target_connect_start(&link->target, link->host++ % link->target.host_count);
    CHECK_ALLOCATED(link->pq);
    while (status != PGRES_POLLING_OK) {
        if (status == PGRES_POLLING_FAILED || PQstatus(link->pq) == CONNECTION_BAD)
            return give_up(link, ERR_DATABASE, "cannot connect");
        e = await(link, status == PGRES_POLLING_READING ? POLLIN : POLLOUT);
        if (err_is(e))
            return e;
        status = PQconnectPoll(link->pq);
    }
    if (PQsetnonblocking(link->pq, 1) != 0)
        return give_up(link, ERR_DATABASE, "cannot connect");
    return OK;
}

/* Sends what libpq has buffered, reading meanwhile: a server that blocks on writing reads nothing. */
static struct err flush(struct link *link)
{
    int left;

    while ((left = PQflush(link->pq)) > 0) {
        struct err e = await(link, POLLIN | POLLOUT);

        if (err_is(e))
            return e;
        if (PQconsumeInput(link->pq) == 0)
            return give_up(link, ERR_DATABASE, "connection lost");
    }
    return left == 0 ? OK : give_up(link, ERR_DATABASE, "connection lost");
}

/* The next result in *result; NULL at the end of a statement. */
static struct err next_result(struct link *link, PGresult **result)
{
    while (PQisBusy(link->pq)) {
        struct err e = await(link, POLLIN);

        if (err_is(e))
            return e;
        if (PQconsumeInput(link->pq) == 0)
            return give_up(link, ERR_DATABASE, "connection lost");
    }
    *result = PQgetResult(link->pq);
    return OK;
}

static struct err rows_of(const struct link *link, const PGresult *result, link_row_fn *each,
                          void *arg)
{
    struct text fields[LINK_COLUMNS_MAX];

    for (int row = 0; each != NULL && row < PQntuples(result); row++) {
        for (int column = 0; column < link->columns; column++)
            fields[column] =
                PQgetisnull(result, row, column)
                    ? (struct text){NULL, 0}
                    : (struct text){PQgetvalue(result, row, column),
                                    (size_t)PQgetlength(result, row, column)};
        if (!each(arg, fields))
            return err_detail(ERR_INTERNAL, "a row makes no sense");
    }
    return OK;
}

static struct err take_result(const struct link *link, PGresult *result, link_row_fn *each,
                              void *arg)
{
    struct err e = OK;

    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK: break;
    case PGRES_TUPLES_OK:
        if (PQnfields(result) != link->columns)
            e = err_detail(ERR_INTERNAL, "a statement returns other columns than it says");
        else
            e = rows_of(link, result, each, arg);
        break;
    default: e = err_from_result(result);
    }
    PQclear(result);
    return e;
}

/* Reads to the end of the statement; the first error counts. */
static struct err read_results(struct link *link, link_row_fn *each, void *arg)
{
    struct err first = OK;

    for (;;) {
        PGresult *result;
        struct err e = next_result(link, &result);

        if (err_is(e))
            return e;
        if (result == NULL)
            break;
        e = take_result(link, result, each, arg);
        if (!err_is(first))
            first = e;
    }
    if (PQstatus(link->pq) == CONNECTION_BAD)
        return give_up(link, ERR_DATABASE, "connection lost");
    return first;
}

static int count_columns(const char *columns)
{
    int count = columns[0] != '\0';

    for (; *columns != '\0'; columns++)
        count += *columns == ',';
    return count;
}

static struct err prepare(struct link *link, enum statement statement)
{
    const struct statement_row *row = &statements[statement];
    struct err e;

    if (link->prepared[statement])
        return OK;
    if (PQsendPrepare(link->pq, row->name, row->text, 0, NULL) == 0)
        return give_up(link, ERR_DATABASE, "connection lost");
    e = flush(link);
    if (!err_is(e))
        e = read_results(link, NULL, NULL);
    if (!err_is(e))
        link->prepared[statement] = true;
    return e;
}

struct err link_send(struct link *link, enum statement statement, const char *const *values)
{
    const struct statement_row *row = &statements[statement];
    struct err e;

    if (link->pq == NULL)
        return err_detail(ERR_DATABASE, "not connected");
    e = prepare(link, statement);
    if (err_is(e))
        return e;
    link->columns = count_columns(row->columns);
    CHECK(link->columns <= LINK_COLUMNS_MAX);
    if (PQsendQueryPrepared(link->pq, row->name, row->param_count, values, NULL, NULL, 1) == 0)
        return give_up(link, ERR_DATABASE, "connection lost");
    return flush(link);
}

struct err link_query(struct link *link, enum statement statement, const char *const *values,
                      link_row_fn *each, void *arg)
{
    struct err e = link_send(link, statement, values);

    return err_is(e) ? e : read_results(link, each, arg);
}

struct err link_collect(struct link *link, link_row_fn *each, void *arg, bool *done)
{
    *done = false;
    if (PQconsumeInput(link->pq) == 0)
        return give_up(link, ERR_DATABASE, "connection lost");
    if (PQisBusy(link->pq))
        return OK;
    *done = true;
    return read_results(link, each, arg);
}

struct err link_notified(struct link *link, int but, bool *any)
{
    PGnotify *notify;

    *any = false;
    if (PQconsumeInput(link->pq) == 0)
        return give_up(link, ERR_DATABASE, "connection lost");
    while ((notify = PQnotifies(link->pq)) != NULL) {
        *any = *any || notify->be_pid != but;
        PQfreemem(notify);
    }
    return OK;
}

struct err link_adopt_snapshot(struct link *link, const char *id)
{
    char *quoted, command[128];
    struct build b = build_over(command, sizeof command);
    struct err e;

    if (link->pq == NULL)
        return err_detail(ERR_DATABASE, "not connected");
    quoted = PQescapeLiteral(link->pq, id, strlen(id)); /* takes no parameters */
    CHECK_ALLOCATED(quoted);
    build_format(&b, "SET TRANSACTION SNAPSHOT %s", quoted);
    PQfreemem(quoted);
    CHECK(!b.full);
    if (PQsendQuery(link->pq, command) == 0)
        return give_up(link, ERR_DATABASE, "connection lost");
    e = flush(link);
    return err_is(e) ? e : read_results(link, NULL, NULL);
}

/* -- COPY (FORMAT binary): PostgreSQL, COPY, File Formats ----------------------------------------- */

static uint64_t big_endian(const char *at, size_t bytes)
{
    uint64_t value = 0;

    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | (unsigned char)at[i];
    return value;
}

static bool take(struct text *rest, size_t bytes, const char **at)
{
    if (rest->bytes < bytes)
        return false;
    *at = rest->at;
    *rest = (struct text){rest->at + bytes, rest->bytes - bytes};
    return true;
}

static bool take_fields(struct text *rest, int columns, struct text *fields)
{
    const char *at;

    for (int i = 0; i < columns; i++) {
        uint32_t bytes;

        if (!take(rest, 4, &at))
            return false;
        bytes = (uint32_t)big_endian(at, 4);
        fields[i] = (struct text){NULL, 0};
        if (bytes == UINT32_MAX)
            continue;
        fields[i].bytes = bytes;
        if (!take(rest, bytes, &fields[i].at))
            return false;
    }
    return true;
}

/* One message of PostgreSQL's: the header before the first row, whole rows, -1 at the end. */
static bool copy_message(const struct link *link, struct text message, bool *began,
                         link_row_fn *each, void *arg)
{
    static const char signature[] = "PGCOPY\n\377\r\n";
    struct text fields[LINK_COLUMNS_MAX];
    const char *at;

    if (!*began) {
        if (!take(&message, COPY_HEADER_BYTES, &at) || memcmp(at, signature, 11) != 0 ||
            big_endian(at + 11, 4) != 0 || !take(&message, big_endian(at + 15, 4), &at))
            return false;
        *began = true;
    }
    while (message.bytes > 0) {
        if (!take(&message, 2, &at))
            return false;
        if (big_endian(at, 2) == UINT16_MAX)
            return message.bytes == 0;
        if (big_endian(at, 2) != (uint64_t)link->columns ||
            !take_fields(&message, link->columns, fields) || !each(arg, fields))
            return false;
    }
    return true;
}

static struct err read_copy(struct link *link, link_row_fn *each, void *arg)
{
    bool began = false;

    for (;;) {
        char *at;
        int bytes = PQgetCopyData(link->pq, &at, 1);
        bool good;
        struct err e;

        if (bytes < 0)
            return bytes == -1 ? OK : give_up(link, ERR_DATABASE, "COPY broke off");
        if (bytes == 0) {
            e = await(link, POLLIN);
            if (err_is(e))
                return e;
            if (PQconsumeInput(link->pq) == 0)
                return give_up(link, ERR_DATABASE, "connection lost");
            continue;
        }
        good = copy_message(link, (struct text){at, (size_t)bytes}, &began, each, arg);
        PQfreemem(at);
        if (!good)
            return give_up(link, ERR_INTERNAL, "COPY gave what makes no sense");
    }
}

static struct err send_copy(struct link *link, enum statement statement)
{
    char *command;
    int bytes, sent;

    bytes = asprintf(&command, "COPY (%s) TO STDOUT (FORMAT binary)", statements[statement].text);
    CHECK(bytes > 0);
    sent = PQsendQuery(link->pq, command);
    free(command);
    return sent != 0 ? flush(link) : give_up(link, ERR_DATABASE, "connection lost");
}

static struct err copy_refused(struct link *link, PGresult *result)
{
    struct err e, end;

    if (result == NULL)
        return give_up(link, ERR_DATABASE, "connection lost");
    e = take_result(link, result, NULL, NULL);
    end = read_results(link, NULL, NULL);
    return err_is(e) ? e : err_is(end) ? end : err_detail(ERR_INTERNAL, "this is no COPY");
}

struct err link_copy(struct link *link, enum statement statement, link_row_fn *each, void *arg)
{
    PGresult *result;
    struct err e;

    CHECK(statements[statement].param_count == 0);
    if (link->pq == NULL)
        return err_detail(ERR_DATABASE, "not connected");
    link->columns = count_columns(statements[statement].columns);
    e = send_copy(link, statement);
    if (!err_is(e))
        e = next_result(link, &result);
    if (err_is(e))
        return e;
    if (PQresultStatus(result) != PGRES_COPY_OUT)
        return copy_refused(link, result);
    PQclear(result);
    e = read_copy(link, each, arg);
    return err_is(e) ? e : read_results(link, NULL, NULL);
}

/* -- values --------------------------------------------------------------------------------------- */

bool field_int16(struct text field, int16_t *value)
{
    if (field.bytes != 2)
        return false;
    *value = (int16_t)big_endian(field.at, 2);
    return true;
}

bool field_int32(struct text field, int32_t none, int32_t *value)
{
    if (field.at != NULL && field.bytes != 4)
        return false;
    *value = field.at == NULL ? none : (int32_t)big_endian(field.at, 4);
    return true;
}

bool field_int64(struct text field, int64_t none, int64_t *value)
{
    if (field.at != NULL && field.bytes != 8)
        return false;
    *value = field.at == NULL ? none : (int64_t)big_endian(field.at, 8);
    return true;
}

bool field_bool(struct text field, bool *value)
{
    if (field.bytes != 1)
        return false;
    *value = field.at[0] != 0;
    return true;
}

/* PostgreSQL counts days from 2000-01-01, which is day 36524 of ours (scoring/day.h). */
bool field_day(struct text field, uint16_t none, uint16_t *day)
{
    int32_t days;

    if (!field_int32(field, 0, &days))
        return false;
    if (field.at == NULL)
        *day = none;
    else
        *day = days < 1 - 36524 ? 1 : days > 65534 - 36524 ? 65534 : (uint16_t)(days + 36524);
    return true;
}

/* PostgreSQL counts microseconds from 2000-01-01T00:00:00Z. */
bool field_time(struct text field, time_us *at)
{
    if (field.bytes != 8)
        return false;
    *at = (int64_t)big_endian(field.at, 8) + INT64_C(946684800) * US_PER_SECOND;
    return true;
}
