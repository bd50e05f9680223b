/* The engine against a healthy PostgreSQL: values, order, one outcome a batch, what is refused. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "scoring/day.h"
#include "support/pg_bench.h"
#include "support/pg_fixture.h"

static void set_up(void)
{
    fixture_open();
    bench_open(fixture_conninfo(FIXTURE_APP), 2, 64, 4000);
}

static void tear_down(void)
{
    bench_close();
    fixture_close();
}

TestSuite(pg, .init = set_up, .fini = tear_down, .timeout = 60);

static void add_insert(struct batch *b, int64_t id, const char *name)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_text(p, name != NULL ? text_of(name) : (struct text){NULL, 0});
    batch_add(b, SQL_ITEM_INSERT, p, NULL, NULL);
}

static void add_int(struct batch *b, enum statement statement, int64_t value)
{
    struct params *p = params_new(b);

    params_int64(p, value);
    batch_add(b, statement, p, NULL, NULL);
}

static void add_divide(struct batch *b, int32_t by, int32_t *quotient)
{
    struct params *p = params_new(b);

    params_int32(p, by);
    batch_add(b, SQL_DIVIDE, p, decode_int32, quotient);
}

/* -- values ----------------------------------------------------------------------------------- */

struct echo {
    int rows;
    bool null[9];
    int16_t small;
    int32_t normal;
    int64_t big, instant;
    bool yes;
    struct text words, bytes, document;
    uint16_t day;
};

static struct err decode_echo(void *into, const struct rows *rows)
{
    struct echo *echo = into;

    echo->rows = rows->count;
    for (int i = 0; i < 9; i++)
        echo->null[i] = row_is_null(rows, 0, i);
    echo->small = row_int16(rows, 0, ECHO_VALUES_SMALL);
    echo->normal = row_int32(rows, 0, ECHO_VALUES_NORMAL);
    echo->big = row_int64(rows, 0, ECHO_VALUES_BIG);
    echo->yes = row_bool(rows, 0, ECHO_VALUES_YES);
    echo->words = row_text(rows, 0, ECHO_VALUES_WORDS);
    echo->bytes = row_text(rows, 0, ECHO_VALUES_BYTES);
    echo->document = row_text(rows, 0, ECHO_VALUES_DOCUMENT);
    echo->day = row_date(rows, 0, ECHO_VALUES_DAY);
    echo->instant = row_timestamptz(rows, 0, ECHO_VALUES_INSTANT);
    return OK;
}

Test(pg, every_type_comes_back_as_it_went)
{
    struct batch *b = bench_batch();
    struct params *p = params_new(b);
    struct echo echo = {0};

    params_int16(p, -32768);
    params_int32(p, INT32_MIN);
    params_int64(p, INT64_MAX);
    params_bool(p, true);
    params_text(p, TEXT("𠮷野家 建安码"));
    params_bytea(p, TEXT("\0\1\xff"));
    params_jsonb(p, TEXT("{\"a\": 1}"));
    params_date(p, 1);
    params_timestamptz(p, INT64_C(-1));
    batch_add(b, SQL_ECHO_VALUES, p, decode_echo, &echo);
    cr_assert_not(err_is(bench_run(b)));
    cr_assert_eq(echo.rows, 1);
    cr_assert_eq(echo.small, -32768);
    cr_assert_eq(echo.normal, INT32_MIN);
    cr_assert_eq(echo.big, INT64_MAX);
    cr_assert(echo.yes);
    cr_assert(text_is(echo.words, "𠮷野家 建安码"));
    cr_assert(text_equal(echo.bytes, TEXT("\0\1\xff")));
    cr_assert(text_is(echo.document, "{\"a\": 1}"));
    cr_assert_eq(echo.day, 1);
    cr_assert_eq(echo.instant, -1);
}

Test(pg, nulls_come_back_as_nulls)
{
    struct batch *b = bench_batch();
    struct params *p = params_new(b);
    struct echo echo = {0};

    for (int i = 0; i < 4; i++)
        params_null(p);
    params_text(p, (struct text){NULL, 0});
    params_bytea(p, (struct text){NULL, 0});
    params_jsonb(p, (struct text){NULL, 0});
    params_date(p, DAY_NEVER);
    params_timestamptz(p, INT64_MIN);
    batch_add(b, SQL_ECHO_VALUES, p, decode_echo, &echo);
    cr_assert_not(err_is(bench_run(b)));
    for (int i = 0; i < 9; i++)
        cr_assert(echo.null[i], "column %d", i);
    cr_assert_null(echo.words.at);
    cr_assert_null(echo.document.at);
    cr_assert_eq(echo.day, DAY_UNKNOWN);
    cr_assert_eq(echo.big, 0);
}

Test(pg, empty_text_is_not_null)
{
    struct batch *b = bench_batch();
    struct params *p = params_new(b);
    struct echo echo = {0};

    for (int i = 0; i < 4; i++)
        params_null(p);
    params_text(p, TEXT(""));
    params_bytea(p, TEXT(""));
    for (int i = 0; i < 3; i++)
        params_null(p);
    batch_add(b, SQL_ECHO_VALUES, p, decode_echo, &echo);
    cr_assert_not(err_is(bench_run(b)));
    cr_assert_not_null(echo.words.at);
    cr_assert_eq(echo.words.bytes, 0);
    cr_assert_not_null(echo.bytes.at);
}

static struct err decode_second_row(void *into, const struct rows *rows)
{
    struct echo *echo = into;

    echo->rows = rows->count;
    if (rows->count < 2)
        return OK;
    for (int i = 0; i < 8; i++)
        echo->null[i] = row_is_null(rows, 1, i);
    echo->small = row_int16(rows, 0, ECHO_ARRAYS_SMALL);
    echo->big = row_int64(rows, 1, ECHO_ARRAYS_BIG);
    echo->words = row_text(rows, 0, ECHO_ARRAYS_WORDS);
    echo->document = row_text(rows, 0, ECHO_ARRAYS_DOCUMENT);
    echo->day = row_date(rows, 0, ECHO_ARRAYS_DAY);
    echo->instant = row_timestamptz(rows, 0, ECHO_ARRAYS_INSTANT);
    return OK;
}

static void add_arrays(struct batch *b, size_t n, struct echo *echo)
{
    static const int16_t smalls[] = {-7, 8};
    static const int32_t normals[] = {1, 2};
    static const int64_t bigs[] = {1, INT64_MIN};
    static const struct text texts[] = {TEXT("甲"), {NULL, 0}}, jsons[] = {TEXT("[1]"), {NULL, 0}};
    static const uint16_t days[] = {45000, DAY_UNKNOWN};
    static const int64_t instants[] = {1700000000123456, INT64_MIN};
    struct params *p = params_new(b);

    params_int16_array(p, smalls, n);
    params_int32_array(p, normals, n);
    params_int64_array(p, bigs, n);
    params_text_array(p, texts, n);
    params_bytea_array(p, texts, n);
    params_jsonb_array(p, jsons, n);
    params_date_array(p, days, n);
    params_timestamptz_array(p, instants, n);
    batch_add(b, SQL_ECHO_ARRAYS, p, decode_second_row, echo);
}

Test(pg, arrays_of_every_type_arrive_with_their_nulls)
{
    static const bool null[8] = {false, false, false, true, true, true, true, true};
    struct batch *b = bench_batch();
    struct echo echo = {0};

    add_arrays(b, 2, &echo);
    cr_assert_not(err_is(bench_run(b)));
    cr_assert_eq(echo.rows, 2);
    cr_assert_arr_eq(echo.null, null, sizeof null);
    cr_assert_eq(echo.small, -7);
    cr_assert_eq(echo.big, INT64_MIN);
    cr_assert(text_is(echo.words, "甲"));
    cr_assert(text_is(echo.document, "[1]"));
    cr_assert_eq(echo.day, 45000);
    cr_assert_eq(echo.instant, 1700000000123456);
}

Test(pg, empty_arrays_give_no_rows)
{
    struct batch *b = bench_batch();
    struct echo echo = {.rows = -1};

    add_arrays(b, 0, &echo);
    cr_assert_not(err_is(bench_run(b)));
    cr_assert_eq(echo.rows, 0);
}

Test(pg, many_large_parameters_go_and_come_back)
{
    enum { BYTES = 64 * 1024, BATCHES = 40 };
    char *large = arena_alloc(bench_arena(), BYTES);
    struct batch_outcome outcomes[BATCHES];
    struct echo echoes[BATCHES];

    memset(large, 'x', BYTES);
    for (int i = 0; i < BATCHES; i++) {
        struct batch *b = bench_batch();
        struct params *p = params_new(b);

        for (int j = 0; j < 4; j++)
            params_null(p);
        params_text(p, (struct text){large, BYTES});
        for (int j = 0; j < 4; j++)
            params_null(p);
        batch_add(b, SQL_ECHO_VALUES, p, decode_echo, &echoes[i]);
        bench_send(b, &outcomes[i]);
    }
    bench_wait(outcomes, BATCHES);
    for (int i = 0; i < BATCHES; i++) {
        cr_assert_not(err_is(outcomes[i].error));
        cr_assert(text_equal(echoes[i].words, (struct text){large, BYTES}));
    }
}

/* -- batches ---------------------------------------------------------------------------------- */

static struct err decode_session(void *into, const struct rows *rows)
{
    struct text *texts = into;

    for (int i = 0; i < SESSION_COLUMNS; i++) {
        if (i != SESSION_PID)
            texts[i] = row_text(rows, 0, i);
    }
    return OK;
}

Test(pg, a_session_has_its_timeouts_path_and_zone)
{
    struct text texts[SESSION_COLUMNS];
    struct batch *b = bench_batch();

    batch_add(b, SQL_SESSION, NULL, decode_session, texts);
    cr_assert_not(err_is(bench_run(b)));
    cr_assert(text_is(texts[SESSION_ZONE], "UTC"));
    cr_assert(text_is(texts[SESSION_PATH], "public,pg_temp"));
    cr_assert(text_is(texts[SESSION_STATEMENT_TIMEOUT], "3s"));
    cr_assert(text_is(texts[SESSION_LOCK_TIMEOUT], "2s"));
    cr_assert(text_is(texts[SESSION_ENCODING], "UTF8"));
    cr_assert(text_is(texts[SESSION_APPLICATION], "jianan-server"));
}

Test(pg, batches_sent_before_the_first_connection_wait_for_it)
{
    struct batch *b = bench_batch();
    int64_t total = -1;

    cr_assert_not(pg_pool_is_up(bench_pool()));
    batch_add(b, SQL_ITEM_TOTAL, NULL, decode_int64, &total);
    cr_assert_not(err_is(bench_run(b)));
    cr_assert_eq(total, 0);
    cr_assert(pg_pool_is_up(bench_pool()));
}

Test(pg, a_failing_batch_does_not_touch_its_neighbours)
{
    enum { BATCHES = 30 };
    struct batch_outcome outcomes[BATCHES];
    int32_t quotients[BATCHES];

    for (int i = 0; i < BATCHES; i++) {
        struct batch *b = bench_batch();

        add_insert(b, i, "fine");
        add_divide(b, i % 3 == 1 ? 0 : 4, &quotients[i]);
        add_insert(b, 1000 + i, "fine");
        bench_send(b, &outcomes[i]);
    }
    bench_wait(outcomes, BATCHES);
    for (int i = 0; i < BATCHES; i++) {
        cr_assert_eq(outcomes[i].error.code, i % 3 == 1 ? ERR_DATA_REFUSED : ERR_NONE, "batch %d", i);
        cr_assert(i % 3 == 1 || quotients[i] == 25);
    }
    cr_assert_eq(fixture_query_int("SELECT count(*) FROM item"), 2 * (BATCHES - BATCHES / 3));
    cr_assert_eq(fixture_query_int("SELECT count(*) FROM item WHERE id % 1000 % 3 = 1"), 0);
}

Test(pg, the_first_error_of_a_batch_wins_and_names_its_statement)
{
    struct batch *b = bench_batch();
    int32_t quotient = 7;
    struct err e;

    add_insert(b, 1, "bad");
    add_divide(b, 0, &quotient);
    e = bench_run(b);
    cr_assert_eq(e.code, ERR_FIELD_TEXT);
    cr_assert_eq(strncmp(e.detail, "item_insert: 23514", 18), 0, "%s", e.detail);
    cr_assert_eq(quotient, 7, "an aborted statement is not decoded");
}

Test(pg, batches_on_one_connection_end_in_the_order_sent)
{
    enum { BATCHES = 50 };
    struct batch_outcome outcomes[BATCHES];

    bench_close();
    bench_open(fixture_conninfo(FIXTURE_APP), 1, BATCHES, 4000);
    for (int i = 0; i < BATCHES; i++) {
        struct batch *b = bench_batch();

        add_insert(b, i, NULL);
        bench_send(b, &outcomes[i]);
    }
    bench_wait(outcomes, BATCHES);
    for (unsigned i = 0; i < BATCHES; i++)
        cr_assert_eq(outcomes[i].order, i + 1);
}

Test(pg, what_commit_refuses_is_the_batch_s_error)
{
    struct batch *b = bench_batch(), *next = bench_batch();

    add_insert(b, 5, NULL);
    add_int(b, SQL_PART_INSERT, 77);
    cr_assert_eq(bench_run(b).code, ERR_WORKER_UNKNOWN);
    cr_assert_eq(fixture_query_int("SELECT count(*) FROM item"), 0);
    add_insert(next, 5, NULL);
    cr_assert_not(err_is(bench_run(next)));
}

static struct err decode_dislike(void *into, const struct rows *rows)
{
    (void)into;
    (void)rows;
    return err_make(ERR_NOT_FOUND);
}

Test(pg, a_decoder_s_error_is_the_batch_s_and_a_refusal_outweighs_it)
{
    struct batch *b = bench_batch(), *refused = bench_batch();
    int32_t quotient;

    batch_add(b, SQL_ITEM_TOTAL, NULL, decode_dislike, NULL);
    cr_assert_eq(bench_run(b).code, ERR_NOT_FOUND);
    batch_add(refused, SQL_ITEM_TOTAL, NULL, decode_dislike, NULL);
    add_divide(refused, 0, &quotient);
    cr_assert_eq(bench_run(refused).code, ERR_DATA_REFUSED);
}

/* -- what is refused -------------------------------------------------------------------------- */

Test(pg, a_full_queue_is_busy)
{
    struct batch_outcome outcomes[5];

    bench_close();
    bench_open(fixture_conninfo(FIXTURE_APP), 1, 4, 4000);
    for (int i = 0; i < 5; i++) {
        struct batch *b = bench_batch();

        add_insert(b, i, NULL);
        bench_send(b, &outcomes[i]);
    }
    cr_assert(outcomes[4].done);
    cr_assert_eq(outcomes[4].error.code, ERR_BUSY);
    cr_assert_eq(pg_pool_queued(bench_pool()), 4);
    bench_wait(outcomes, 4);
    cr_assert_eq(fixture_query_int("SELECT count(*) FROM item"), 4);
}

Test(pg, a_batch_beyond_its_arena_is_not_sent)
{
    struct batch_outcome outcome = {0};
    struct arena small;
    struct batch *b;
    struct params *p;

    arena_init(&small, 4096);
    b = batch_new(bench_pool(), &small);
    p = params_new(b);
    params_int64(p, 1);
    params_text(p, (struct text){(const char[8192]){[0 ... 8191] = 'x'}, 8192});
    batch_add(b, SQL_ITEM_INSERT, p, NULL, NULL);
    bench_send(b, &outcome);
    cr_assert_eq(outcome.error.code, ERR_TOO_LARGE);
    arena_clear(&small);
}

static void big_rows(enum statement statement, bool with_name, enum err_code expected)
{
    struct batch_outcome outcome = {0};
    struct arena small;
    struct batch *b;
    struct params *p;
    struct echo echo;

    arena_init(&small, 16384);
    b = batch_new(bench_pool(), &small);
    if (with_name)
        add_insert(b, 3, NULL);
    p = params_new(b);
    for (int i = 0; i < 4; i++)
        params_null(p);
    params_text(p, (struct text){(const char[12000]){[0 ... 11999] = 'x'}, 12000});
    for (int i = 0; i < 4; i++)
        params_null(p);
    batch_add(b, statement, p, decode_echo, &echo);
    bench_send(b, &outcome);
    bench_wait(&outcome, 1);
    cr_assert_eq(outcome.error.code, expected);
    arena_clear(&small);
}

Test(pg, rows_beyond_the_arena_are_too_large_to_read_and_unknown_to_write)
{
    big_rows(SQL_ECHO_VALUES, false, ERR_TOO_LARGE);
    big_rows(SQL_ECHO_VALUES, true, ERR_OUTCOME_UNKNOWN);
    cr_assert_eq(fixture_query_int("SELECT count(*) FROM item"), 1, "it was kept, and says so");
}

Test(pg, text_with_nul_is_refused_before_it_is_sent)
{
    struct batch *b = bench_batch();
    struct params *p = params_new(b);
    struct batch_outcome outcome;

    params_int64(p, 1);
    params_text(p, TEXT("a\0b"));
    batch_add(b, SQL_ITEM_INSERT, p, NULL, NULL);
    bench_send(b, &outcome);
    cr_assert(outcome.done);
    cr_assert_eq(outcome.error.code, ERR_FIELD_TEXT);
}

Test(pg, a_breach_is_told_by_the_constraint_s_name)
{
    struct batch *b = bench_batch(), *again = bench_batch(), *note = bench_batch();
    struct params *p = params_new(note);
    struct err e;

    add_insert(b, 1, NULL);
    cr_assert_not(err_is(bench_run(b)));
    add_insert(again, 1, "a person's name");
    e = bench_run(again);
    cr_assert_eq(e.code, ERR_ALREADY_EXISTS);
    params_int64(p, 1);
    params_text(p, TEXT("bad"));
    batch_add(note, SQL_ITEM_NOTE, p, NULL, NULL);
    e = bench_run(note);
    cr_assert_eq(e.code, ERR_DATA_REFUSED, "a constraint that is not listed is our bug");
    cr_assert_not_null(strstr(e.detail, "[item_note]"), "%s", e.detail);
}

Test(pg, an_error_never_quotes_what_it_was_given)
{
    struct batch *b = bench_batch();
    struct params *p = params_new(b);
    struct err e;

    params_text(p, TEXT("990000x99001010019"));
    batch_add(b, SQL_JSON_FIELD, p, NULL, NULL);
    e = bench_run(b);
    cr_assert_eq(e.code, ERR_DATA_REFUSED);
    cr_assert_not_null(strstr(e.detail, "22P02"), "%s", e.detail);
    cr_assert_null(strstr(e.detail, "990000"), "%s", e.detail);
}

Test(pg, a_missing_grant_is_a_wrong_set_up)
{
    struct batch *b = bench_batch();
    int64_t total;

    batch_add(b, SQL_SECRET_TOTAL, NULL, decode_int64, &total);
    cr_assert_eq(bench_run(b).code, ERR_DATABASE_GRANT);
}

/* Holds a lock in another session while the batch runs. */
Test(pg, a_lock_that_is_not_given_is_busy_for_that_batch_only)
{
    PGconn *holder = PQconnectdb(fixture_conninfo(FIXTURE_SUPERUSER));
    struct batch *b, *other;
    struct batch_outcome outcomes[2];
    struct params *p;
    int64_t total;

    PQclear(PQexec(holder, "INSERT INTO item VALUES (1), (2)"));
    PQclear(PQexec(holder, "BEGIN; SELECT FROM item WHERE id = 1 FOR UPDATE"));
    bench_close();
    bench_open(fixture_conninfo(FIXTURE_APP), 2, 8, 600);
    bench_wait_until_up();
    b = bench_batch();
    p = params_new(b);
    params_int64(p, 1);
    params_text(p, TEXT("mine"));
    batch_add(b, SQL_ITEM_NOTE, p, NULL, NULL);
    other = bench_batch();
    batch_add(other, SQL_ITEM_TOTAL, NULL, decode_int64, &total);
    bench_send(b, &outcomes[0]);
    bench_send(other, &outcomes[1]);
    bench_wait(outcomes, 2);
    cr_assert_eq(outcomes[0].error.code, ERR_BUSY);
    cr_assert_eq(outcomes[1].error.code, ERR_NONE);
    PQfinish(holder);
}

Test(pg, a_slow_statement_is_stopped_by_postgresql_and_undone)
{
    struct batch *b;
    struct params *p;

    bench_close();
    bench_open(fixture_conninfo(FIXTURE_APP), 1, 8, 800);
    bench_wait_until_up();
    b = bench_batch();
    p = params_new(b);
    params_int64(p, 1);
    params_int64(p, 5000);
    batch_add(b, SQL_ITEM_INSERT_SLOWLY, p, NULL, NULL);
    cr_assert_eq(bench_run(b).code, ERR_DATABASE_TIMEOUT, "a write, but its end is known");
    cr_assert(pg_pool_is_up(bench_pool()), "the connection is kept");
    cr_assert_eq(fixture_query_int("SELECT count(*) FROM item"), 0);
}

Test(pg, waiting_too_long_for_a_connection_is_busy)
{
    enum { BATCHES = 8 };
    struct batch_outcome outcomes[BATCHES];

    bench_close();
    bench_open(fixture_conninfo(FIXTURE_APP), 1, BATCHES, 400);
    bench_wait_until_up();
    for (int i = 0; i < BATCHES; i++) {
        struct batch *b = bench_batch();

        add_int(b, SQL_NAP, 250);
        bench_send(b, &outcomes[i]);
    }
    bench_wait(outcomes, BATCHES);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(outcomes[i].error.code, ERR_NONE, "batch %d only stood behind others", i);
    cr_assert_eq(outcomes[7].error.code, ERR_BUSY);
    cr_assert(pg_pool_is_up(bench_pool()));
}
