/* api/gate_pass_read.c: fields, day, worker and words of one pass that a gate hands in. */
#include "api/gate_pass_read.h"

#include "api/input.h"
#include "domain/engine.h"

enum {
    DAYS_KEPT = 399 /* pass_partition_ensure() refuses 400 */
};

struct handed_input {
    int64_t epoch, seq, index, worker, flags, iat;
    time_us at;
    int direction, verdict, colour;
    struct text why;
    struct word_list reasons;
};

static const struct field handed_fields[] = {
    {"epoch", FIELD_INT, offsetof(struct handed_input, epoch), true, 0, INT32_MAX, NULL},
    {"seq", FIELD_INT, offsetof(struct handed_input, seq), true, 0, INT64_MAX, NULL},
    {"at", FIELD_TIME, offsetof(struct handed_input, at), true, 0, 0, NULL},
    {"direction", FIELD_CHOICE, offsetof(struct handed_input, direction), true, 0, 0, "in|out"},
    {"index", FIELD_INT, offsetof(struct handed_input, index), false, 0, INT64_MAX, NULL},
    {"iat", FIELD_INT, offsetof(struct handed_input, iat), false, 0, INT64_MAX, NULL},
    {"worker", FIELD_INT, offsetof(struct handed_input, worker), false, 1, INT64_MAX, NULL},
    {"verdict", FIELD_CHOICE, offsetof(struct handed_input, verdict), true, 0, 0,
     "open|refuse|cannot_tell"},
    {"colour", FIELD_CHOICE, offsetof(struct handed_input, colour), false, 0, 0,
     "green|yellow|red|none"},
    {"why", FIELD_TEXT, offsetof(struct handed_input, why), false, 1, 32, NULL},
    {"reasons", FIELD_WORDS, offsetof(struct handed_input, reasons), false, 0, REASON_COUNT, NULL},
    {"flags", FIELD_INT, offsetof(struct handed_input, flags), false, 0, GATE_FLAGS_KNOWN, NULL},
    {NULL},
};

static bool why_find(struct text name, int16_t *why)
{
    for (unsigned i = 0; i < WHY_COUNT; i++) {
        if (text_is(name, why_row((enum why)i)->code)) {
            *why = (int16_t)i;
            return true;
        }
    }
    return false;
}

static bool reasons_find(const struct word_list *words, int64_t *reasons)
{
    for (size_t i = 0; i < words->count; i++) {
        unsigned code = 0;

        while (code < REASON_COUNT && !text_is(words->word[i], reason_name((enum reason_code)code)))
            code++;
        if (code == REASON_COUNT)
            return false;
        *reasons |= (int64_t)1 << code;
    }
    return true;
}

/* What a gate says no why of: the plainest that fits. */
static int16_t why_default(const struct pass *pass)
{
    if (pass->direction == DIRECTION_OUT)
        return WHY_EXIT;
    if (pass->verdict == VERDICT_OPEN)
        return pass->restrictions != 0 ? WHY_RESTRICTED : WHY_OK;
    if (pass->verdict == VERDICT_CANNOT_TELL)
        return WHY_STALE;
    return pass->colour_here == COLOUR_YELLOW ? WHY_YELLOW : WHY_RED;
}

struct err gate_pass_day(const struct exchange *x, time_us at, day_t *day)
{
    *day = clock_local_day(at);
    if (*day > x->today + 1)
        return err_field(ERR_DATE_FUTURE, "/at", NULL);
    if (*day + DAYS_KEPT < x->today)
        return err_field(ERR_DATE_TOO_OLD, "/at", NULL);
    return OK;
}

/* A worker named by his id must exist; an index that the register does not know stays as it is. */
static struct err find_worker(struct exchange *x, const json_t *item, const struct handed_input *in,
                              struct pass *pass)
{
    const struct registry_reader *reader = app_of(x)->reader;
    struct worker_view worker;
    struct slot_view slot;

    pass->token_index = -1;
    if (input_has(item, "index")) {
        pass->token_index = in->index;
        pass->token_iat = in->iat;
        if (registry_slot(reader, (uint64_t)in->index, &slot))
            pass->worker_id = slot.worker_id;
    }
    if (in->worker == 0)
        return OK;
    if (!registry_worker(reader, in->worker, &worker))
        return err_field(ERR_WORKER_UNKNOWN, "/worker", NULL);
    pass->worker_id = in->worker;
    return OK;
}

struct err gate_pass_read(struct exchange *x, const json_t *item, const struct device *device,
                          struct pass *pass)
{
    struct handed_input in = {0};
    struct err e;

    if (!json_is_object(item))
        return err_make(ERR_JSON_OBJECT);
    e = input_check(item, handed_fields, &x->arena, &in);
    if (err_is(e))
        return e;
    *pass = (struct pass){
        .gate_id = device->id, .site_id = device->site_id, .epoch = (int32_t)in.epoch,
        .seq = in.seq, .direction = (int16_t)in.direction, .verdict = (int16_t)in.verdict,
        .flags = (int32_t)in.flags, .source = PASS_HANDED_IN, .at = in.at,
        .decided_at = in.at < x->now ? in.at : x->now, /* a gate ahead of us learns nothing early */
        .person_colour = COLOUR_NONE,
        .colour_here = (int16_t)(in.colour == 0 ? (int)COLOUR_NONE : in.colour - 1),
        .fresh_ms = -1,
        .engine = ENGINE_ELSEWHERE,
    };
    e = gate_pass_day(x, in.at, &pass->day);
    pass->today = pass->day;
    if (!err_is(e))
        e = find_worker(x, item, &in, pass);
    if (err_is(e))
        return e;
    if (!reasons_find(&in.reasons, &pass->reasons))
        return err_field(ERR_FIELD_CHOICE, "/reasons", "AGE_RED ...");
    pass->why = why_default(pass);
    if (in.why.at != NULL && !why_find(in.why, &pass->why))
        return err_field(ERR_FIELD_CHOICE, "/why", "ok | red | ...");
    if (pass->direction == DIRECTION_OUT && pass->verdict != VERDICT_OPEN)
        return err_field(ERR_FIELD_CHOICE, "/verdict", "open");
    pass_stamp(pass, 0);
    return OK;
}
