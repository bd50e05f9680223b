#include "api/import_job.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "api/access.h"
#include "api/imports.h"
#include "base/log.h"
#include "store/imports.h"

/* PATIENCE_S without progress, and a job gives up; one try at a chunk more lies well within the time
 * after which store/sql/job_imports_interrupted.sql holds it for dead. */
enum { ARENA_BYTES = 16 * 1024 * 1024, RETRY_MS = 500, PATIENCE_S = 120 };

struct import_job {
    struct import_job *older, **link; /* in app->imports */
    struct app *app;
    struct caller caller;
    int64_t id;
    char *csv;
    size_t bytes;
    struct csv_reader reader;
    struct import_columns columns;
    int32_t rows_done, rows_bad;
    struct loop_timer *retry;
    int64_t progress_us; /* monotonic: when the last chunk was written */
    struct arena arena; /* of one try at a chunk */
    struct work work;
    struct enrolling all;
    /* of the chunk under way: rows are read once, because reading CSV changes it */
    struct import_line {
        unsigned row;
        struct err error;
        struct text cells[ENROL_COLUMNS];
    } lines[IMPORT_CHUNK];
    size_t line_count;
    struct import_error refused[IMPORT_CHUNK];
    size_t refused_count;
    bool last;
};

static _Atomic unsigned places_taken;

bool import_place_take(void)
{
    if (atomic_fetch_add(&places_taken, 1) < IMPORTS_AT_ONCE)
        return true;
    import_place_leave();
    return false;
}

void import_place_leave(void)
{
    unsigned before = atomic_fetch_sub(&places_taken, 1);

    CHECK(before > 0);
}

static int column_of(struct text name)
{
    for (int i = 0; i < ENROL_COLUMNS; i++) {
        if (text_is(name, enrol_column_name((enum enrol_column)i)))
            return i;
    }
    return -1;
}

struct err import_read_header(struct csv_reader *reader, struct import_columns *columns)
{
    struct text cells[CSV_FIELDS_MAX];
    unsigned count, row;
    struct err e = csv_next_row(reader, cells, CSV_FIELDS_MAX, &count, &row);

    if (err_is(e))
        return e;
    memset(columns->at, -1, sizeof columns->at);
    for (unsigned i = 0; i < count; i++) {
        int column = column_of(text_trim(cells[i]));

        if (column < 0 || columns->at[column] >= 0)
            return err_field(ERR_CSV_HEADER, "header", "known columns, each once");
        columns->at[column] = (int)i;
    }
    for (int i = 0; i < ENROL_COLUMNS; i++) {
        if (enrol_column_required((enum enrol_column)i) && columns->at[i] < 0)
            return err_field(ERR_CSV_HEADER, enrol_column_name((enum enrol_column)i), "required");
    }
    return OK;
}

static void job_link(struct import_job *job)
{
    job->older = job->app->imports;
    job->link = &job->app->imports;
    if (job->older != NULL)
        job->older->link = &job->older;
    job->app->imports = job;
}

static void job_end(struct import_job *job)
{
    *job->link = job->older;
    if (job->older != NULL)
        job->older->link = job->link;
    loop_timer_free(job->retry);
    arena_clear(&job->arena);
    explicit_bzero(job->csv, job->bytes); /* names and numbers */
    free(job->csv);
    free(job);
    import_place_leave();
}

static void refuse(struct import_job *job, unsigned row, struct err e)
{
    struct import_error *into = &job->refused[job->refused_count++];

    *into = (struct import_error){
        .row_number = (int32_t)row,
        .column_name = text_of(e.field != NULL && e.field[0] == '/' ? e.field + 1 : e.field),
        .code = text_of(err_row(e.code)->code),
        .expected = text_of(e.expected),
    };
}

/* Text of a cell stays where csv put it: in the job's own copy of the file. */
static void read_cells(const struct import_columns *columns, const struct text *cells,
                       unsigned count, struct import_line *line)
{
    for (int i = 0; i < ENROL_COLUMNS; i++) {
        int at = columns->at[i];
        struct text cell = {NULL, 0};

        if (at >= 0 && (unsigned)at < count)
            cell = text_trim(cells[at]);
        line->cells[i] = cell.bytes > 0 ? cell : (struct text){NULL, 0};
    }
}

static void read_lines(struct import_job *job)
{
    struct text cells[CSV_FIELDS_MAX];
    unsigned count;

    job->line_count = 0;
    while (job->line_count < IMPORT_CHUNK) {
        struct import_line *line = &job->lines[job->line_count];

        line->error = csv_next_row(&job->reader, cells, CSV_FIELDS_MAX, &count, &line->row);
        if (!err_is(line->error) && count == 0) {
            job->last = true;
            return;
        }
        if (err_is(line->error)) {
            line->row = job->reader.row;
            line->error.field = "row";
        } else {
            read_cells(&job->columns, cells, count, line);
        }
        job->line_count++;
    }
}

static void chunk_begin(void *arg);
static void chunk_resolved(void *arg, struct err e);
static void chunk_loaded(void *arg, struct err e);
static void chunk_written(void *arg, struct err e);

static void given_up(void *arg, struct err e)
{
    (void)e; /* unknown here: the jobs table tells later that nobody is at work on it */
    job_end(arg);
}

/* What was done stays done; the clerk sees `interrupted` and sends the file again. */
static void give_up(struct import_job *job, struct err e)
{
    struct batch *b;

    log_event(LOG_ERROR, 0, "import_interrupted", log_number("import", job->id),
              log_text("code", err_row(e.code)->code), log_text("detail", e.detail));
    arena_clear(&job->arena);
    b = batch_new(job->app->pg, &job->arena);
    CHECK_ALLOCATED(b);
    import_progress(b, job->id, job->rows_done, job->rows_bad, TEXT("interrupted"));
    if (err_is(batch_send(b, (struct waiter){given_up, job})))
        job_end(job);
}

static bool may_pass(enum err_code code)
{
    return code == ERR_DATABASE || code == ERR_DATABASE_TIMEOUT || code == ERR_OUTCOME_UNKNOWN ||
           code == ERR_CONFLICT || code == ERR_BUSY || code == ERR_STORAGE_FULL;
}

/* The same chunk again, a little later: everything in it may be done twice without effect. */
static void again_later(struct import_job *job, struct err e)
{
    bool patient = clock_monotonic_us() - job->progress_us < PATIENCE_S * US_PER_SECOND;

    if (!may_pass(e.code) || !patient) {
        give_up(job, e);
        return;
    }
    loop_timer_start(job->retry, RETRY_MS);
}

static struct batch *job_batch(struct import_job *job)
{
    return batch_new(job->app->pg, &job->arena);
}

static void send_chunk(struct import_job *job, struct batch *b, struct err e,
                 void (*done)(void *arg, struct err e))
{
    if (!err_is(e) && b == NULL)
        e = err_make(ERR_TOO_LARGE);
    if (!err_is(e))
        e = batch_send(b, (struct waiter){done, job});
    if (err_is(e))
        again_later(job, e);
}

static void parse_lines(struct import_job *job)
{
    job->all = (struct enrolling){
        .item = arena_new_array(&job->arena, IMPORT_CHUNK, struct enrolment),
        .count = job->line_count};
    CHECK_ALLOCATED(job->all.item);
    job->refused_count = 0;
    for (size_t i = 0; i < job->line_count; i++) {
        struct enrolment *e = &job->all.item[i];

        e->error = job->lines[i].error;
        if (!err_is(e->error))
            e->error = enrolment_parse(&job->work, job->lines[i].cells, e);
    }
}

/* A try at the chunk that was read: the first, or one after a failure. */
static void chunk_begin(void *arg)
{
    struct import_job *job = arg;
    struct batch *b;

    arena_clear(&job->arena);
    job->work.now = clock_wall_us();
    job->work.today = clock_local_day(job->work.now);
    parse_lines(job);
    b = job_batch(job);
    send_chunk(job, b, b != NULL ? enrol_resolving(&job->work, &job->all, b) : OK, chunk_resolved);
}

static void chunk_resolved(void *arg, struct err e)
{
    struct import_job *job = arg;
    struct batch *b;

    if (err_is(e)) {
        again_later(job, e);
        return;
    }
    b = job_batch(job);
    send_chunk(job, b, b != NULL ? enrol_loading(&job->work, &job->all, b) : OK, chunk_loaded);
}

static void chunk_loaded(void *arg, struct err e)
{
    struct import_job *job = arg;
    struct batch *b;

    if (!err_is(e))
        e = enrol_deciding(&job->work, &job->all);
    if (err_is(e)) {
        again_later(job, e);
        return;
    }
    for (size_t i = 0; i < job->all.count; i++) {
        if (err_is(job->all.item[i].error))
            refuse(job, job->lines[i].row, job->all.item[i].error);
    }
    b = job_batch(job);
    if (b != NULL) {
        e = enrol_writing(&job->work, &job->all, b);
        import_errors_insert(b, job->id, job->refused, job->refused_count, &job->arena);
        import_progress(b, job->id, job->rows_done + (int32_t)job->all.count,
                        job->rows_bad + (int32_t)job->refused_count,
                        job->last ? TEXT("done") : TEXT("running"));
    }
    send_chunk(job, b, e, chunk_written);
}

static void chunk_written(void *arg, struct err e)
{
    struct import_job *job = arg;

    if (err_is(e)) {
        again_later(job, e);
        return;
    }
    job->progress_us = clock_monotonic_us();
    job->rows_done += (int32_t)job->all.count;
    job->rows_bad += (int32_t)job->refused_count;
    follower_nudge(job->app->shared->follower);
    if (job->last) {
        log_event(LOG_INFO, 0, "import_done", log_number("import", job->id),
                  log_number("rows", job->rows_done), log_number("refused", job->rows_bad));
        job_end(job);
        return;
    }
    read_lines(job);
    loop_timer_start(job->retry, 0); /* a turn for everybody else */
}

void import_start(const struct work *work, int64_t id, struct text csv)
{
    struct import_job *job = calloc(1, sizeof *job);

    CHECK_ALLOCATED(job);
    job->csv = malloc(csv.bytes + 1);
    CHECK_ALLOCATED(job->csv);
    memcpy(job->csv, csv.at, csv.bytes);
    job->bytes = csv.bytes;
    job->app = work->app;
    job_link(job);
    job->caller = *work->caller;
    job->caller.region = TEXT("");
    job->id = id;
    job->progress_us = clock_monotonic_us();
    arena_init(&job->arena, ARENA_BYTES);
    job->work = (struct work){.app = work->app, .arena = &job->arena, .caller = &job->caller,
                              .request_id = work->request_id};
    job->retry = loop_timer_new(work->app->loop, chunk_begin, job);
    job->reader = csv_over(job->csv, job->bytes);
    CHECK(!err_is(import_read_header(&job->reader, &job->columns))); /* the request did so before */
    read_lines(job);
    loop_timer_start(job->retry, 0);
}

void imports_abandon(struct app *app)
{
    while (app->imports != NULL) {
        log_event(LOG_WARN, 0, "import_interrupted", log_number("import", app->imports->id));
        job_end(app->imports);
    }
}
