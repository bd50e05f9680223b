/* api/gate_passes.c: a gate hands in what it decided while it was alone: as receipts that it signed,
 * or, from a device that cannot sign, as plain passes.
 *
 * Each pass is answered by its place in the request: one bad of a thousand does not spoil the rest,
 * and sending all of them again is safe. They are facts: what was decided stands, however late it
 * comes, and never undoes what was seen later. */
#include <string.h>

#include "api/access.h"
#include "api/gate_answer.h"
#include "api/gate_check.h"
#include "api/gate_pass_read.h"
#include "api/gate_receipts.h"
#include "api/passes.h"
#include "base/json.h"
#include "base/log.h"
#include "crypto/seal.h"

enum {
    DAYS_AT_ONCE = 40,
    EPOCHS_AT_ONCE = 64,
    ITEM_BYTES = 384     /* of the answer */
};

struct gate_passes {
    const json_t *items;
    bool signed_ones; /* receipts */
    int64_t gate_id, site_id;
    struct device_key_rows keys;
    struct receipt_row *receipts; /* of good ones, when signed */
    struct waiter resume;         /* the next turn of the loop */
    size_t count, good, read;
    struct err *errors;   /* one an item */
    size_t *place;        /* of each good one: which item it is */
    struct pass *passes;  /* good ones */
    bool *were_new;
    struct passes_inserted inserted;
    day_t days[DAYS_AT_ONCE];
    size_t day_count;
    struct pass_range ranges[EPOCHS_AT_ONCE];
    size_t range_count;
    struct pass_gaps gaps;
    int64_t batch_id;
    struct passes_found found; /* what stands under the numbers that were there before */
    struct pass *missed;
    size_t *missed_of; /* which of the good ones */
};

const size_t gate_passes_post_bytes = sizeof(struct gate_passes);

/* -- reading all ------------------------------------------------------------------------------ */

/* False: more days or epochs at once than one request may bring. */
static bool note_day(struct gate_passes *s, day_t day)
{
    for (size_t i = 0; i < s->day_count; i++) {
        if (s->days[i] == day)
            return true;
    }
    if (s->day_count == DAYS_AT_ONCE)
        return false;
    s->days[s->day_count++] = day;
    return true;
}

static bool note_range(struct gate_passes *s, const struct pass *pass)
{
    for (size_t i = 0; i < s->range_count; i++) {
        struct pass_range *range = &s->ranges[i];

        if (range->epoch != pass->epoch)
            continue;
        if (pass->seq < range->lowest)
            range->lowest = pass->seq;
        if (pass->seq > range->highest)
            range->highest = pass->seq;
        return true;
    }
    if (s->range_count == EPOCHS_AT_ONCE)
        return false;
    s->ranges[s->range_count++] = (struct pass_range){pass->epoch, pass->seq, pass->seq};
    return true;
}

/* An item that was read becomes one of the good ones, unless its day or epoch is one too many. */
static void take(struct gate_passes *s, size_t i, struct err e)
{
    const struct pass *pass = &s->passes[s->good];

    if (!err_is(e) && (!note_day(s, pass->day) || !note_range(s, pass)))
        e = err_make(ERR_TOO_LARGE);
    s->errors[i] = e;
    if (!err_is(e))
        s->place[s->good++] = i;
}

static struct err read_body(struct exchange *x, struct gate_passes *s)
{
    const json_t *passes = json_object_get(x->json, "passes");
    const json_t *receipts = json_object_get(x->json, "receipts");
    const char *field = receipts != NULL ? "/receipts" : "/passes";
    size_t max = receipts != NULL ? GATE_RECEIPTS_MAX : GATE_PASSES_MAX;

    if (!json_is_object(x->json))
        return err_make(ERR_JSON_OBJECT);
    if (passes == NULL && receipts == NULL)
        return err_field(ERR_FIELD_MISSING, "/receipts", "array");
    if (json_object_size(x->json) != 1)
        return err_field(ERR_FIELD_UNKNOWN, "/", "receipts, or passes");
    s->signed_ones = receipts != NULL;
    s->items = s->signed_ones ? receipts : passes;
    if (!json_is_array(s->items))
        return err_field(ERR_FIELD_TYPE, field, "array");
    s->count = json_array_size(s->items);
    if (s->count == 0 || s->count > max)
        return err_field(ERR_FIELD_RANGE, field, s->signed_ones ? "1..500" : "1..1000");
    return OK;
}

static struct err make_room(struct exchange *x, struct gate_passes *s)
{
    s->errors = arena_new_array(&x->arena, s->count, struct err);
    s->place = arena_new_array(&x->arena, s->count, size_t);
    s->passes = arena_new_array(&x->arena, s->count, struct pass);
    s->were_new = arena_new_array(&x->arena, s->count, bool);
    if (s->signed_ones)
        s->receipts = arena_new_array(&x->arena, s->count, struct receipt_row);
    return x->arena.full ? err_make(ERR_TOO_LARGE) : OK;
}

static struct err look_at_gate(struct exchange *x, struct gate_passes *s)
{
    const struct device *device = registry_device(app_of(x)->reader, caller_of(x)->device_id);

    if (device == NULL)
        return err_make(ERR_NOT_READY);
    if (!device->active) /* a stolen gate says what it likes; a good one keeps its queue */
        return err_make(ERR_DEVICE_DISABLED);
    s->gate_id = device->id;
    s->site_id = device->site_id;
    return OK;
}

static enum step passes_open_request(struct exchange *x)
{
    struct gate_passes *s = x->state;
    struct err e = read_body(x, s);
    struct batch *b;

    if (caller_of(x)->device_id == 0)
        return exchange_fail(x, err_make(ERR_FORBIDDEN));
    if (!err_is(e))
        e = make_room(x, s);
    if (err_is(e))
        return exchange_fail(x, e);
    http_keep_long(x->connection);
    registry_enter(app_of(x)->reader);
    e = look_at_gate(x, s);
    registry_leave(app_of(x)->reader);
    if (err_is(e))
        return exchange_fail(x, e);
    if (!s->signed_ones)
        return STEP_NEXT;
    b = batch_new(app_of(x)->pass_pg, &x->arena);
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    device_keys(b, s->gate_id, &s->keys);
    return exchange_wait(x, batch_send(b, exchange_waiter(x)));
}

static void on_next_turn(void *arg)
{
    const struct gate_passes *s = arg;

    s->resume.done(s->resume.arg, OK);
}

/* Signatures take their time: other gates' questions come in between. */
static bool read_receipts(struct exchange *x, struct gate_passes *s)
{
    size_t end = s->read + GATE_RECEIPTS_AT_ONCE;

    for (; s->read < s->count && s->read < end; s->read++)
        take(s, s->read,
             gate_receipt_read(x, json_array_get(s->items, s->read), s->gate_id, s->site_id,
                               &s->keys, &s->receipts[s->good], &s->passes[s->good]));
    return s->read == s->count;
}

static void read_passes(struct exchange *x, struct gate_passes *s)
{
    const struct device *device = registry_device(app_of(x)->reader, s->gate_id);

    for (size_t i = 0; i < s->count && device != NULL; i++)
        take(s, i, gate_pass_read(x, json_array_get(s->items, i), device, &s->passes[s->good]));
}

static void name_receipts(struct exchange *x, struct gate_passes *s)
{
    for (size_t i = 0; i < s->good; i++)
        gate_receipt_name(x, &s->passes[i]);
}

static enum step passes_read(struct exchange *x)
{
    struct gate_passes *s = x->state;

    if (s->signed_ones && !read_receipts(x, s)) {
        exchange_goto(x, &gate_passes_post[1]);
        s->resume = exchange_waiter(x);
        loop_post(app_of(x)->loop, on_next_turn, s);
        return exchange_wait(x, OK);
    }
    registry_enter(app_of(x)->reader);
    if (s->signed_ones)
        name_receipts(x, s);
    else
        read_passes(x, s);
    registry_leave(app_of(x)->reader);
    return STEP_NEXT;
}

/* The days' partitions first, in a transaction of their own: making one locks the whole table. */
static enum step passes_ensure(struct exchange *x)
{
    struct gate_passes *s = x->state;
    struct batch *b;

    if (s->good == 0)
        return STEP_NEXT;
    b = batch_new(app_of(x)->pass_pg, &x->arena);
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    passes_ensure_days(b, s->days, s->day_count);
    return exchange_wait(x, batch_send(b, exchange_waiter(x)));
}

static void day_span(const struct gate_passes *s, day_t *from, day_t *until)
{
    *from = *until = s->days[0];
    for (size_t i = 1; i < s->day_count; i++) {
        *from = s->days[i] < *from ? s->days[i] : *from;
        *until = s->days[i] > *until ? s->days[i] : *until;
    }
    *from = (day_t)(*from - 1); /* an epoch may have begun the day before */
}

static enum step passes_write(struct exchange *x)
{
    struct gate_passes *s = x->state;
    const struct shared *shared = app_of(x)->shared;
    struct pass_batch batch = {0, shared->server_id, follower_server_key(shared->server_id)};
    struct batch *b;
    day_t from, until;
    struct err e;

    if (s->good == 0)
        return STEP_NEXT;
    e = random_bytes(&s->batch_id, sizeof s->batch_id);
    b = batch_new(app_of(x)->pass_pg, &x->arena);
    if (b == NULL || err_is(e))
        return exchange_fail(x, err_is(e) ? e : err_make(ERR_TOO_LARGE));
    batch.id = (int64_t)((uint64_t)s->batch_id >> 1);
    s->inserted = (struct passes_inserted){s->passes, s->good, s->were_new};
    e = passes_insert(b, &x->arena, &batch, &s->inserted);
    if (!err_is(e) && s->signed_ones)
        e = receipts_insert(b, &x->arena, s->gate_id, batch.id, s->receipts, s->good);
    day_span(s, &from, &until);
    if (!err_is(e))
        e = passes_gaps(b, &x->arena, caller_of(x)->device_id, from, until, s->ranges,
                        s->range_count, &s->gaps);
    return exchange_wait(x, err_is(e) ? e : batch_send(b, exchange_waiter(x)));
}

/* Some numbers were there before. */
static enum step passes_compare(struct exchange *x)
{
    struct gate_passes *s = x->state;
    struct batch *b;
    struct err e;

    s->missed = arena_new_array(&x->arena, s->good, struct pass);
    s->missed_of = arena_new_array(&x->arena, s->good, size_t);
    s->found.found = arena_new_array(&x->arena, s->good, struct pass);
    if (x->arena.full)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    s->found.keys = s->missed;
    for (size_t i = 0; i < s->good; i++) {
        if (s->were_new[i])
            continue;
        s->missed[s->found.count] = s->passes[i];
        s->missed_of[s->found.count++] = i;
    }
    if (s->found.count == 0)
        return STEP_NEXT;
    b = batch_new(app_of(x)->pass_pg, &x->arena);
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    e = passes_find(b, &x->arena, &s->found);
    return exchange_wait(x, err_is(e) ? e : batch_send(b, exchange_waiter(x)));
}

/* Another pass under the same number: the gate counts anew under an old epoch, as one does that was
 * restored from an old image. What came first stands; somebody should look at the gate. */
static size_t refuse_reused(const struct exchange *x, struct gate_passes *s)
{
    size_t reused = 0;

    for (size_t i = 0; i < s->found.count; i++) {
        const struct pass *stored = &s->found.found[i];

        if (stored->gate_id == 0 || (pass_is_same_question(stored, &s->missed[i]) &&
                                     stored->at == s->missed[i].at))
            continue;
        s->errors[s->place[s->missed_of[i]]] =
            s->signed_ones ? err_make(ERR_RECEIPT_FORK) : err_field(ERR_PASS_REUSED, "/seq", NULL);
        reused++;
    }
    if (reused > 0)
        log_event(LOG_WARN, x->id, "gate_numbers_reused",
                  log_number("gate", s->passes[0].gate_id), log_number("passes", reused));
    return reused;
}

/* -- answering -------------------------------------------------------------------------------- */

static void put_refused(struct exchange *x, struct json_writer *w, struct err e)
{
    const struct err_row *row = err_row(e.code);

    json_put_int(w, "status", row->status);
    json_put_string(w, "code", row->code);
    json_put_string(w, "message", x->english ? row->en : row->zh);
    json_put_string(w, "field", e.field);
    json_put_string(w, "expected", e.expected);
}

static void put_items(struct exchange *x, struct json_writer *w, const struct gate_passes *s)
{
    char id[PASS_ID_BYTES];
    size_t good = 0;

    json_open_array(w, "items");
    for (size_t i = 0; i < s->count; i++) {
        bool read = good < s->good && s->place[good] == i;

        json_open_object(w, NULL);
        if (err_is(s->errors[i])) {
            put_refused(x, w, s->errors[i]);
        } else {
            json_put_int(w, "status", s->were_new[good] ? 201 : 200); /* 200: it was there */
            json_put_text(w, "pass", pass_id_format(&s->passes[good], id));
        }
        good += read;
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_gaps(struct json_writer *w, const struct pass_gaps *gaps)
{
    json_open_array(w, "gaps");
    for (size_t i = 0; i < gaps->count; i++) {
        json_open_object(w, NULL);
        json_put_int(w, "epoch", gaps->gap[i].epoch);
        json_put_int(w, "first", gaps->gap[i].first);
        json_put_int(w, "last", gaps->gap[i].last);
        json_close_object(w);
    }
    json_close_array(w);
}

static enum step passes_answer(struct exchange *x)
{
    struct gate_passes *s = x->state;
    size_t bytes = 256 + s->count * ITEM_BYTES + PASS_GAPS_MAX * 96, fresh = 0, reused;
    char *at = arena_alloc(&x->arena, bytes);
    struct json_writer w;
    struct build b;

    if (at == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    reused = refuse_reused(x, s);
    for (size_t i = 0; i < s->good; i++) {
        fresh += s->were_new[i];
        if (s->were_new[i])
            passes_learn(app_of(x)->shared, &s->passes[i]);
    }
    b = build_over(at, bytes);
    w = json_writer_over(&b);
    json_open_object(&w, NULL);
    put_items(x, &w, s);
    json_put_int(&w, "accepted", (int64_t)fresh);
    json_put_int(&w, "duplicates", (int64_t)(s->good - fresh - reused));
    json_put_int(&w, "refused", (int64_t)(s->count - s->good + reused));
    put_gaps(&w, &s->gaps);
    json_close_object(&w);
    if (b.full || b.bytes > HTTP_ANSWER_BYTES_MAX)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    return exchange_answer_json(x, 200, build_done(&b));
}

step_fn *const gate_passes_post[] = {
    passes_open_request, passes_read, passes_ensure, passes_write, passes_compare, passes_answer, NULL,
};
