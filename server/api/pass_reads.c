#include "api/pass_reads.h"

#include "api/gate_answer.h"
#include "api/pass_words.h"
#include "api/resource.h"
#include "api/write.h"
#include "domain/gate.h"
#include "store/passes.h"
#include "store/reads.h"

enum { AFTER_BYTES_MAX = 64, DETAIL_BYTES = 256 };

struct pass_query {
    int64_t limit, site_id;
    day_t day;
    struct text after;
};
const struct field pass_list_query[] = {
    {"site", FIELD_INT, offsetof(struct pass_query, site_id), true, 1, INT64_MAX, NULL},
    {"day", FIELD_DATE, offsetof(struct pass_query, day), false, 0, 0, NULL},
    {"limit", FIELD_INT, offsetof(struct pass_query, limit), false, 1, PAGE_MAX, NULL},
    {"after", FIELD_TEXT, offsetof(struct pass_query, after), false, 1, AFTER_BYTES_MAX, NULL},
    {0},
};

struct pass_request {
    day_t day;
    int32_t limit;
    struct pass_place after;
    struct site_rows site;
    struct listed_passes found;
};
const size_t pass_list_state_bytes = sizeof(struct pass_request);

static bool read_place(struct text from, struct pass_place *place)
{
    struct text gate, epoch, seq, told = {NULL, 0};
    int64_t epoch_value, told_value;

    gate = text_cut(from, '.', &epoch);
    epoch = text_cut(epoch, '.', &seq);
    seq = text_cut(seq, '.', &told);
    if (told.at == NULL || !text_to_int(gate, 0, INT64_MAX, &place->gate_id) ||
        !text_to_int(epoch, 0, INT32_MAX, &epoch_value) ||
        !text_to_int(seq, 0, INT64_MAX, &place->seq) || !text_to_int(told, 0, 1, &told_value))
        return false;
    place->epoch = (int32_t)epoch_value;
    place->told = (int16_t)told_value;
    return true;
}

static enum step passes_load(struct exchange *x)
{
    const struct pass_query *q = x->query;
    struct pass_request *s = x->state;
    struct reach reach = reach_of(caller_of(x));
    struct batch *b;

    s->day = q->day != DAY_UNKNOWN ? q->day : x->today;
    s->limit = q->limit > 0 ? (int32_t)q->limit : PAGE_DEFAULT;
    if (q->after.at != NULL && !read_place(q->after, &s->after))
        return exchange_fail(x, err_field(ERR_QUERY_INVALID, "after", "gate.epoch.seq.told"));
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL) {
        sites_list(b, span_of(q->site_id), &reach, x->today, (struct text){NULL, 0}, &s->site);
        passes_list(b, q->site_id, s->day, &s->after, s->limit + 1, &s->found);
    }
    return load_send(x, b);
}

static size_t shown(const struct pass_request *s)
{
    return (size_t)(s->found.count < s->limit ? s->found.count : s->limit);
}

static enum step passes_audit(struct exchange *x)
{
    const struct pass_query *q = x->query;
    const struct pass_request *s = x->state;
    struct build detail = answer_build(x, DETAIL_BYTES);
    struct json_writer w = json_writer_over(&detail);
    int64_t *ids = arena_new_array(&x->arena, shown(s) + 1, int64_t);
    size_t count = 0;
    struct batch *b;

    if (s->site.count == 0)
        return exchange_fail(x, err_field(ERR_SITE_UNKNOWN, "site", NULL));
    if (ids == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    for (size_t i = 0; i < shown(s); i++) {
        if (s->found.rows[i].worker_id != 0)
            ids[count++] = s->found.rows[i].worker_id;
    }
    json_open_object(&w, NULL);
    json_put_int(&w, "site", q->site_id);
    json_put_day(&w, "day", s->day);
    json_close_object(&w);
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        write_audit_list(x, b, "pass.list", ids, count, build_done(&detail));
    return load_send(x, b);
}

static void put_pass(struct json_writer *w, const struct listed_pass *listed, day_t day)
{
    const struct pass_place *place = &listed->place;
    struct pass pass = {
        .gate_id = place->gate_id, .epoch = place->epoch, .seq = place->seq, .day = day,
        .verdict = listed->verdict, .why = listed->why, .person_colour = listed->person_colour,
        .colour_here = listed->colour_here,
    };
    char id[PASS_ID_BYTES];

    json_open_object(w, NULL);
    json_put_text(w, "pass", pass_id_format(&pass, id));
    json_put_int(w, "gate", pass.gate_id);
    json_put_int(w, "epoch", pass.epoch);
    json_put_int(w, "seq", pass.seq);
    json_put_bool(w, "told_otherwise", place->told != 0);
    json_put_id(w, "worker", listed->worker_id);
    json_put_string(w, "direction", listed->direction == DIRECTION_IN ? "in" : "out");
    pass_put_answer(w, &pass);
    pass_put_reasons(w, listed->reasons);
    pass_put_flags(w, listed->flags);
    json_put_string(w, "source", pass_source_name(listed->source));
    json_put_time(w, "at", listed->at);
    json_put_time(w, "decided_at", listed->decided_at);
    json_put_time(w, "recorded_at", listed->recorded_at);
    json_put_id(w, "policy", listed->policy);
    json_close_object(w);
}

static enum step passes_answer(struct exchange *x)
{
    const struct pass_request *s = x->state;
    struct text next = {NULL, 0};
    struct list list;

    list_open(x, &list);
    for (size_t i = 0; i < shown(s); i++)
        put_pass(&list.w, &s->found.rows[i], s->day);
    if (s->found.count > s->limit) {
        const struct pass_place *last = &s->found.rows[s->limit - 1].place;

        next = text_of(arena_format(&x->arena, "%lld.%d.%lld.%d", (long long)last->gate_id,
                                    (int)last->epoch, (long long)last->seq, (int)last->told));
    }
    return list_answer(x, &list, next);
}

step_fn *const pass_list[] = {passes_load, passes_audit, passes_answer, NULL};
