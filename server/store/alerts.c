#include "store/alerts.h"

static struct err decode_claimed(void *into, const struct rows *rows)
{
    *(bool *)into = rows->count > 0 && row_bool(rows, 0, ALERT_CLAIM_CLAIMED);
    return OK;
}

void alert_claim(struct batch *b, int64_t period_ms, bool *claimed)
{
    struct params *p = params_new(b);

    params_int64(p, period_ms);
    batch_add(b, SQL_ALERT_CLAIM, p, decode_claimed, claimed);
}

/* -- arrays of columns ------------------------------------------------------------------------- */

enum { STANDING_NUMBERS = 6 };

static void put_standings(struct batch *b, struct arena *arena, const struct alerts_found *found)
{
    const struct standing *s = found->standings;
    size_t count = found->standing_count;
    int64_t *ids = arena_new_array(arena, count + 1, int64_t);
    int32_t *numbers = arena_new_array(arena, STANDING_NUMBERS * count + 1, int32_t);
    struct params *p = params_new(b);

    if (ids == NULL || numbers == NULL)
        return; /* a full arena fails the batch when it is sent */
    for (size_t i = 0; i < count; i++) {
        const int32_t row[STANDING_NUMBERS] = {s[i].people, s[i].no_code,        s[i].green,
                                               s[i].yellow, s[i].yellow_counted, s[i].red};

        ids[i] = s[i].site_id;
        for (size_t j = 0; j < STANDING_NUMBERS; j++)
            numbers[j * count + i] = row[j];
    }
    params_int64_array(p, ids, count);
    params_date(p, found->today);
    for (size_t j = 0; j < STANDING_NUMBERS; j++)
        params_int32_array(p, numbers + j * count, count);
    batch_add(b, SQL_STANDING_PUT, p, NULL, NULL);
}

struct columns { /* of breaches */
    int64_t *ids;
    int16_t *kinds, *then_what;
    int32_t *policies;
    day_t *deadlines;
};

static bool columns_of(struct arena *arena, const struct breach *breaches, size_t count,
                       struct columns *c)
{
    *c = (struct columns){arena_new_array(arena, count + 1, int64_t),
                          arena_new_array(arena, count + 1, int16_t),
                          arena_new_array(arena, count + 1, int16_t),
                          arena_new_array(arena, count + 1, int32_t),
                          arena_new_array(arena, count + 1, day_t)};
    if (c->ids == NULL || c->kinds == NULL || c->then_what == NULL || c->policies == NULL ||
        c->deadlines == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        c->ids[i] = breaches[i].site_id;
        c->kinds[i] = breaches[i].kind;
        c->then_what[i] = breaches[i].then_what;
        c->policies[i] = breaches[i].policy;
        c->deadlines[i] = breaches[i].deadline;
    }
    return true;
}

static void open_alerts(struct batch *b, const struct columns *c, size_t count, day_t today)
{
    struct params *p = params_new(b);

    params_int64_array(p, c->ids, count);
    params_int16_array(p, c->kinds, count);
    params_int32_array(p, c->policies, count);
    params_int16_array(p, c->then_what, count);
    params_date_array(p, c->deadlines, count);
    params_date(p, today);
    batch_add(b, SQL_ALERT_OPEN, p, NULL, NULL);
}

static void clear_alerts(struct batch *b, const struct columns *c, size_t count, day_t today)
{
    struct params *p = params_new(b);

    params_int64_array(p, c->ids, count);
    params_int16_array(p, c->kinds, count);
    params_date(p, today);
    batch_add(b, SQL_ALERT_CLEAR, p, NULL, NULL);
}

static void escalate_alerts(struct batch *b, const struct alerts_found *found)
{
    struct params *p = params_new(b);

    params_date(p, found->today);
    params_int16(p, found->site_change);
    batch_add(b, SQL_ALERT_ESCALATE, p, NULL, NULL);
}

void alerts_put(struct batch *b, struct arena *arena, const struct alerts_found *found)
{
    struct columns c;

    put_standings(b, arena, found);
    if (!columns_of(arena, found->breaches, found->breach_count, &c))
        return; /* the full arena fails the batch when it is sent */
    open_alerts(b, &c, found->breach_count, found->today);
    clear_alerts(b, &c, found->breach_count, found->today);
    escalate_alerts(b, found);
}

static struct err decode_untold(void *into, const struct rows *rows)
{
    struct untold_alerts *untold = into;

    untold->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct untold_alert);
    if (untold->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    untold->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        untold->rows[i] = (struct untold_alert){
            .alert_id = row_int64(rows, i, ALERT_UNTOLD_ALERT_ID),
            .site_id = row_int64(rows, i, ALERT_UNTOLD_SITE_ID),
            .org_id = row_int64(rows, i, ALERT_UNTOLD_ORG_ID),
            .event = row_text(rows, i, ALERT_UNTOLD_EVENT),
            .due = row_date(rows, i, ALERT_UNTOLD_DUE),
            .deadline = row_date(rows, i, ALERT_UNTOLD_DEADLINE),
            .kind = row_int16(rows, i, ALERT_UNTOLD_KIND),
            .then_what = row_int16(rows, i, ALERT_UNTOLD_THEN_WHAT),
            .people = row_int32(rows, i, ALERT_UNTOLD_PEOPLE),
            .yellow = row_int32(rows, i, ALERT_UNTOLD_YELLOW),
            .red = row_int32(rows, i, ALERT_UNTOLD_RED),
        };
    return OK;
}

void alerts_untold(struct batch *b, int32_t max, struct untold_alerts *into)
{
    struct params *p = params_new(b);

    params_int32(p, max);
    batch_add(b, SQL_ALERT_UNTOLD, p, decode_untold, into);
}

/* -- reading ------------------------------------------------------------------------------------ */

static struct err decode_alerts(void *into, const struct rows *rows)
{
    struct alert_rows *alerts = into;

    alerts->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct alert_row);
    if (alerts->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    alerts->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        alerts->rows[i] = (struct alert_row){
            .id = row_int64(rows, i, ALERT_LIST_ID),
            .site_id = row_int64(rows, i, ALERT_LIST_SITE_ID),
            .site_name = row_text(rows, i, ALERT_LIST_SITE_NAME),
            .region = row_text(rows, i, ALERT_LIST_REGION),
            .state = row_text(rows, i, ALERT_LIST_STATE),
            .policy = row_int32(rows, i, ALERT_LIST_POLICY),
            .kind = row_int16(rows, i, ALERT_LIST_KIND),
            .then_what = row_int16(rows, i, ALERT_LIST_THEN_WHAT),
            .opened_on = row_date(rows, i, ALERT_LIST_OPENED_ON),
            .deadline = row_date(rows, i, ALERT_LIST_DEADLINE),
            .ended_on = row_date(rows, i, ALERT_LIST_ENDED_ON),
            .seen = row_bool(rows, i, ALERT_LIST_SEEN),
        };
    return OK;
}

static void list_alerts(struct batch *b, struct span span, const struct reach *reach,
                        struct text state, bool current, struct alert_rows *into)
{
    struct params *p = params_new(b);

    params_int64(p, span.after);
    params_int64(p, span.upto);
    params_int32(p, span.max);
    params_reach(p, reach);
    params_text(p, state);
    params_bool(p, current);
    batch_add(b, SQL_ALERT_LIST, p, decode_alerts, into);
}

void alerts_list(struct batch *b, struct span span, const struct reach *reach, struct text state,
                 struct alert_rows *into)
{
    list_alerts(b, span, reach, state, false, into);
}

void alerts_current(struct batch *b, const struct reach *reach, struct alert_rows *into)
{
    list_alerts(b, (struct span){0, INT64_MAX, SETUP_ROWS_MAX}, reach, (struct text){NULL, 0},
                true, into);
}

static struct err decode_events(void *into, const struct rows *rows)
{
    struct alert_event_rows *events = into;

    events->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct alert_event_row);
    if (events->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    events->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        events->rows[i] = (struct alert_event_row){
            .at = row_timestamptz(rows, i, ALERT_EVENTS_AT),
            .account_id = row_int64(rows, i, ALERT_EVENTS_ACCOUNT_ID),
            .event = row_text(rows, i, ALERT_EVENTS_EVENT),
            .deadline = row_date(rows, i, ALERT_EVENTS_DEADLINE),
            .counted = !row_is_null(rows, i, ALERT_EVENTS_PEOPLE),
            .people = row_int32(rows, i, ALERT_EVENTS_PEOPLE),
            .yellow = row_int32(rows, i, ALERT_EVENTS_YELLOW),
            .red = row_int32(rows, i, ALERT_EVENTS_RED),
        };
    return OK;
}

void alert_events(struct batch *b, int64_t alert_id, struct alert_event_rows *into)
{
    struct params *p = params_new(b);

    params_int64(p, alert_id);
    batch_add(b, SQL_ALERT_EVENTS, p, decode_events, into);
}

void alert_act(struct batch *b, const struct alert_act *act)
{
    struct params *p = params_new(b);

    params_int64(p, act->read->id);
    params_text(p, act->event);
    params_int64(p, act->account_id);
    params_date(p, act->deadline);
    params_text(p, act->read->state);
    params_date(p, act->read->deadline);
    batch_add(b, SQL_ALERT_ACT, p, NULL, NULL);
}

static struct err decode_standing(void *into, const struct rows *rows)
{
    struct standing_row *row = into;

    if (rows->count == 0)
        return OK;
    row->on = row_date(rows, 0, STANDING_FIND_ON_DAY);
    row->at = row_timestamptz(rows, 0, STANDING_FIND_AT);
    row->standing = (struct standing){
        .people = row_int32(rows, 0, STANDING_FIND_PEOPLE),
        .no_code = row_int32(rows, 0, STANDING_FIND_NO_CODE),
        .green = row_int32(rows, 0, STANDING_FIND_GREEN),
        .yellow = row_int32(rows, 0, STANDING_FIND_YELLOW),
        .yellow_counted = row_int32(rows, 0, STANDING_FIND_YELLOW_COUNTED),
        .red = row_int32(rows, 0, STANDING_FIND_RED),
    };
    return OK;
}

void standing_find(struct batch *b, int64_t site_id, struct standing_row *into)
{
    struct params *p = params_new(b);

    params_int64(p, site_id);
    batch_add(b, SQL_STANDING_FIND, p, decode_standing, into);
}
