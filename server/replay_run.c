/* replay_run.c: see replay_run.h.
 *
 * A loop with nothing but a connection: a page of passes, then what they name, then the next page. */
#include "replay_run.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/loop.h"
#include "domain/record.h"
#include "store/replay.h"

enum {
    BATCH_MS = 60 * 1000,
    ARENA_BYTES_MAX = 1 << 30,  /* a page whose workers have thousands of records each */
    FOLD_BYTES_MAX = 256 << 20, /* one worker's */
    LINE_BYTES = 4096
};

struct replay_run {
    struct loop *loop;
    struct pg_pool *pool;
    struct arena arena, scratch; /* of a page, of a pass */
    day_t day, until;            /* [day, until) is left */
    struct pass last;            /* the page goes on behind it */
    struct replay_page page;
    struct replay_set set;
    struct replay_counts counts;
    struct err e;
};

static void end(struct replay_run *run, struct err e)
{
    run->e = e;
    loop_stop(run->loop);
}

/* -- telling ---------------------------------------------------------------------------------------- */

static void put_key(struct json_writer *w, const struct pass *pass)
{
    char day[DAY_TEXT_BYTES];

    json_put_int(w, "gate", pass->gate_id);
    json_put_int(w, "epoch", pass->epoch);
    json_put_int(w, "seq", pass->seq);
    json_put_text(w, "day", day_format(pass->day, day));
    json_put_int(w, "told", pass->told);
}

static void put_parts(struct json_writer *w, uint32_t differs)
{
    json_open_array(w, "differs");
    for (unsigned i = 0; replay_part_name(i) != NULL; i++) {
        if ((differs >> i & 1) != 0)
            json_put_string(w, NULL, replay_part_name(i));
    }
    json_close_array(w);
}

static void put_answer(struct json_writer *w, const char *name, const struct pass *pass)
{
    bool known = pass->verdict >= VERDICT_OPEN && pass->verdict <= VERDICT_CANNOT_TELL &&
                 pass->why >= 0 && pass->why < WHY_COUNT;

    json_open_object(w, name);
    json_put_string(w, "verdict",
                    known ? verdict_kind_name((enum verdict_kind)pass->verdict) : NULL);
    json_put_string(w, "why", known ? why_row((enum why)pass->why)->code : NULL);
    json_put_string(w, "colour_here", colour_name((enum colour)pass->colour_here));
    json_put_int(w, "reasons", pass->reasons);
    json_put_int(w, "flags", pass->flags);
    json_close_object(w);
}

static void print_finding(const struct pass *pass, const struct replay *replay)
{
    char line[LINE_BYTES];
    struct build out = build_over(line, sizeof line);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    put_key(&w, pass);
    json_put_string(&w, "result", replay_result_name(replay->result));
    if (replay->missing != NULL)
        json_put_string(&w, "missing", replay->missing);
    put_parts(&w, replay->differs);
    put_answer(&w, "stored", pass);
    if (replay->decided)
        put_answer(&w, "again", &replay->again);
    json_close_object(&w);
    CHECK(!out.full);
    printf("%.*s\n", (int)out.bytes, line);
}

static void count(struct replay_counts *counts, enum replay_result result)
{
    counts->passes++;
    counts->equal += result == REPLAY_EQUAL;
    counts->elsewhere += result == REPLAY_ELSEWHERE;
    counts->different += result == REPLAY_DIFFERENT;
    counts->impossible += result == REPLAY_IMPOSSIBLE;
}

/* -- page by page ------------------------------------------------------------------------------------ */

static void ask_page(struct replay_run *run);

static void on_inputs(void *arg, struct err e)
{
    struct replay_run *run = arg;

    if (err_is(e)) {
        end(run, e);
        return;
    }
    for (size_t i = 0; i < run->page.count; i++) {
        const struct pass *pass = &run->page.passes[i];
        struct replay_inputs inputs;
        struct replay replay;

        replay_inputs_of(&run->set, pass, &inputs, NULL);
        replay_pass(pass, &inputs, &run->scratch, &replay);
        arena_clear(&run->scratch);
        count(&run->counts, replay.result);
        if (replay.result == REPLAY_DIFFERENT || replay.result == REPLAY_IMPOSSIBLE)
            print_finding(pass, &replay);
    }
    run->last = run->page.passes[run->page.count - 1];
    ask_page(run);
}

static void next_day(struct replay_run *run)
{
    run->day++;
    run->last = (struct pass){.told = -1};
    if (run->day < run->until)
        ask_page(run);
    else
        end(run, OK);
}

static void on_page(void *arg, struct err e)
{
    struct replay_run *run = arg;
    struct batch *b;

    if (!err_is(e) && run->page.count == 0) {
        next_day(run);
        return;
    }
    b = err_is(e) ? NULL : batch_new(run->pool, &run->arena);
    if (!err_is(e))
        e = b == NULL ? err_make(ERR_TOO_LARGE)
                      : replay_load(b, &run->arena, run->page.passes, run->page.count, &run->set);
    if (!err_is(e))
        e = batch_send(b, (struct waiter){on_inputs, run});
    if (err_is(e))
        end(run, e);
}

static void ask_page(struct replay_run *run)
{
    struct batch *b;
    struct err e = err_make(ERR_TOO_LARGE);

    arena_clear(&run->arena);
    run->page = (struct replay_page){0};
    run->set = (struct replay_set){0};
    b = batch_new(run->pool, &run->arena);
    if (b != NULL) {
        replay_passes(b, run->day, &run->last, REPLAY_PASSES_MAX, &run->page);
        e = batch_send(b, (struct waiter){on_page, run});
    }
    if (err_is(e))
        end(run, e);
}

/* -- all of it ---------------------------------------------------------------------------------------- */

static void on_start(void *arg)
{
    ask_page(arg);
}

static struct err read_span(const char *span, day_t *from, day_t *until)
{
    struct text rest = text_of(span), first = rest, last = rest;
    struct err e;

    for (size_t i = 0; i + 1 < rest.bytes; i++) {
        if (rest.at[i] == '.' && rest.at[i + 1] == '.') {
            first = (struct text){rest.at, i};
            last = (struct text){rest.at + i + 2, rest.bytes - i - 2};
            break;
        }
    }
    e = day_parse(first, "--replay", from);
    if (!err_is(e))
        e = day_parse(last, "--replay", until);
    if (!err_is(e) && *until < *from)
        e = err_field(ERR_DATE_ORDER, "--replay", "DAY or DAY..DAY");
    *until = (day_t)(*until + 1);
    return e;
}

struct err replay_run(const struct settings *s, const char *span, struct replay_counts *counts)
{
    struct replay_run run = {.last.told = -1};
    struct err e = read_span(span, &run.day, &run.until);

    if (err_is(e))
        return e;
    arena_init(&run.arena, ARENA_BYTES_MAX);
    arena_init(&run.scratch, FOLD_BYTES_MAX);
    run.loop = loop_new();
    run.pool = pg_pool_new(run.loop, &(struct pg_options){.conninfo = s->database,
                                                          .connections = 1,
                                                          .queue_max = 4,
                                                          .batch_ms = BATCH_MS,
                                                          .allow_unsafe = s->unsafe_database});
    loop_post(run.loop, on_start, &run);
    loop_run(run.loop);
    pg_pool_free(run.pool);
    loop_free(run.loop);
    arena_clear(&run.scratch);
    arena_clear(&run.arena);
    *counts = run.counts;
    return run.e;
}
