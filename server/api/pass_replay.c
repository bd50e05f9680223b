/* api/pass_replay.c: find the pass, load what it names, write down who looked, decide again.
 *
 * A pass is one row, or two when the device was told something else than what was decided. */
#include "api/pass_replay.h"

#include "api/pass_words.h"
#include "api/resource.h"
#include "api/verdict_render.h"
#include "api/write.h"
#include "store/passes.h"
#include "store/replay.h"

enum { ROWS = 2, DAY_DIGITS = 8 }; /* told 0 and 1 */

struct pass_request {
    struct pass keys[ROWS], rows[ROWS];
    size_t row_count;
    struct passes_found found;
    struct site_rows site; /* within the caller's reach */
    struct replay_set set;
};
const size_t pass_get_state_bytes = sizeof(struct pass_request);

/* -- finding it ----------------------------------------------------------------------------------- */

static bool read_day(struct text digits, day_t *day)
{
    int64_t number;
    struct civil civil;

    if (digits.bytes != DAY_DIGITS || !text_to_int(digits, 19000101, 20790605, &number))
        return false;
    civil = (struct civil){(int)(number / 10000), (int)(number / 100 % 100), (int)(number % 100)};
    *day = civil_exists(civil) ? day_from_civil(civil) : DAY_UNKNOWN;
    return *day != DAY_UNKNOWN;
}

static bool read_id(struct text from, struct pass *key)
{
    struct text gate, epoch, seq, day = {NULL, 0};
    int64_t epoch_value;

    gate = text_cut(from, '-', &epoch);
    epoch = text_cut(epoch, '-', &seq);
    seq = text_cut(seq, '-', &day);
    if (day.at == NULL || !text_to_int(gate, 1, INT64_MAX, &key->gate_id) ||
        !text_to_int(epoch, 0, INT32_MAX, &epoch_value) ||
        !text_to_int(seq, 0, INT64_MAX, &key->seq) || !read_day(day, &key->day))
        return false;
    key->epoch = (int32_t)epoch_value;
    return true;
}

static enum step pass_find(struct exchange *x)
{
    struct pass_request *s = x->state;
    struct batch *b;
    struct err e;

    if (!read_id(x->params[0], &s->keys[0]))
        return exchange_fail(x, err_make(ERR_PASS_UNKNOWN));
    s->keys[1] = s->keys[0];
    s->keys[1].told = 1;
    s->found = (struct passes_found){s->keys, ROWS, s->rows};
    b = batch_new(app_of(x)->pg, &x->arena);
    e = b != NULL ? passes_find(b, &x->arena, &s->found) : err_make(ERR_TOO_LARGE);
    return err_is(e) ? exchange_fail(x, e) : load_send(x, b);
}

/* The rows that are there, to the front. */
static void keep_found(struct pass_request *s)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (s->rows[i].gate_id != 0)
            s->rows[s->row_count++] = s->rows[i];
    }
}

static enum step pass_load(struct exchange *x)
{
    struct pass_request *s = x->state;
    struct reach reach = reach_of(caller_of(x));
    struct batch *b;
    struct err e;

    keep_found(s);
    if (s->row_count == 0 || s->rows[0].site_id == 0)
        return exchange_fail(x, err_make(ERR_PASS_UNKNOWN));
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    sites_list(b, span_of(s->rows[0].site_id), &reach, x->today, (struct text){NULL, 0}, &s->site);
    e = replay_load(b, &x->arena, s->rows, s->row_count, &s->set);
    return err_is(e) ? exchange_fail(x, e) : load_send(x, b);
}

static enum step pass_audit(struct exchange *x)
{
    const struct pass_request *s = x->state;
    struct batch *b;

    if (s->site.count == 0)
        return exchange_fail(x, err_make(ERR_PASS_UNKNOWN));
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        write_audit(x, b, "pass.open", s->rows[0].worker_id, TEXT(""));
    return load_send(x, b);
}

/* -- telling of it ---------------------------------------------------------------------------------- */

static void put_versions(struct json_writer *w, const struct pass *pass)
{
    json_put_int(w, "engine", pass->engine);
    json_put_day(w, "day", pass->today);
    json_put_id(w, "facts_version", pass->facts_version);
    json_put_id(w, "engagement_version", pass->engagement_version);
    json_put_id(w, "site_version", pass->site_version);
    json_put_id(w, "device_version", pass->device_version);
    json_put_id(w, "org_version", pass->org_version);
    json_put_id(w, "policy", pass->policy);
    json_put_id(w, "semantics", pass->semantics);
}

static void put_moment(struct json_writer *w, const struct pass *pass, const struct gate_case *c,
                       const struct gate_after *after)
{
    json_put_string(w, "code_says", why_row(c->code_says)->code);
    json_put_bool(w, "by_number", c->by_number);
    json_put_bool(w, "used_elsewhere", c->used_elsewhere);
    json_put_string(w, "presence", !c->presence_known ? NULL : c->inside ? "inside" : "outside");
    json_put_string(w, "code_colour",
                    c->live_code ? colour_name((enum colour)c->code_colour) : NULL);
    json_put_id(w, "code_policy", pass->token_policy);
    json_put_int(w, "fresh_ms", c->fresh_ms);
    json_put_int(w, "fresh_limit_ms", c->fresh_limit_ms);
    json_put_int(w, "clock_offset_ms", c->clock_offset_ms);
    json_put_bool(w, "gate_clock_off", c->gate_clock_off);
    json_put_bool(w, "unrecorded", after->unrecorded);
    json_put_bool(w, "late", after->late);
    json_put_bool(w, "rule_moved", after->rule_moved);
}

/* null: decided by the gate itself, or the bits make no sense. */
static void put_inputs(struct json_writer *w, const struct pass *pass)
{
    struct gate_case c;
    struct gate_after after;

    if (pass->engine == 0 || !gate_case_restore(pass, &c, &after)) {
        json_put_null(w, "inputs");
        return;
    }
    json_open_object(w, "inputs");
    put_versions(w, pass);
    put_moment(w, pass, &c, &after);
    json_close_object(w);
}

static void put_answer(struct json_writer *w, const struct pass *pass, const struct site *site)
{
    pass_put_answer(w, pass);
    pass_put_reasons(w, pass->reasons);
    pass_put_restrictions(w, pass->restrictions, site != NULL ? &site->rule : NULL);
    pass_put_flags(w, pass->flags);
}

static void put_differences(struct json_writer *w, const struct replay *replay)
{
    json_open_array(w, "differs");
    for (unsigned i = 0; replay_part_name(i) != NULL; i++) {
        if ((replay->differs >> i & 1) != 0)
            json_put_string(w, NULL, replay_part_name(i));
    }
    json_close_array(w);
    json_put_string(w, "missing", replay->missing);
}

/* What comes out now, with the policy's words for every reason. */
static void put_replay(struct exchange *x, struct json_writer *w, const struct pass *pass,
                       const struct replay_inputs *inputs,
                       const struct policy_document *document)
{
    struct replay replay;
    struct verdict verdict;

    replay_pass(pass, inputs, &x->arena, &replay);
    json_open_object(w, "replay");
    json_put_string(w, "result", replay_result_name(replay.result));
    put_differences(w, &replay);
    if (replay.decided)
        put_answer(w, &replay.again, inputs->site);
    if (replay.decided && replay_explain(pass, inputs, &x->arena, &verdict)) {
        json_open_object(w, "colour");
        verdict_put(w, document, &verdict, x->english, NULL);
        json_close_object(w);
    } else {
        json_put_null(w, "colour");
    }
    json_close_object(w);
}

static void put_row(struct exchange *x, struct json_writer *w, const struct pass *pass)
{
    const struct pass_request *s = x->state;
    const struct policy_document *document;
    struct replay_inputs inputs;

    replay_inputs_of(&s->set, pass, &inputs, &document);
    json_open_object(w, NULL);
    json_put_bool(w, "told_otherwise", pass->told != 0);
    json_put_time(w, "decided_at", pass->decided_at);
    put_answer(w, pass, inputs.site);
    put_inputs(w, pass);
    put_replay(x, w, pass, &inputs, document);
    json_close_object(w);
}

static enum step pass_answer(struct exchange *x)
{
    const struct pass_request *s = x->state;
    const struct pass *pass = &s->rows[0];
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_text(&w, "pass", x->params[0]);
    json_put_int(&w, "gate", pass->gate_id);
    json_put_int(&w, "site", pass->site_id);
    json_put_id(&w, "worker", pass->worker_id);
    json_put_string(&w, "direction", pass->direction == DIRECTION_IN ? "in" : "out");
    json_put_string(&w, "source", pass_source_name(pass->source));
    json_put_time(&w, "at", pass->at);
    json_open_array(&w, "answers");
    for (size_t i = 0; i < s->row_count; i++)
        put_row(x, &w, &s->rows[i]);
    json_close_array(&w);
    json_close_object(&w);
    return out.full || x->arena.full ? exchange_fail(x, err_make(ERR_TOO_LARGE))
                                     : exchange_answer_json(x, 200, build_done(&out));
}

step_fn *const pass_get[] = {pass_find, pass_load, pass_audit, pass_answer, NULL};
