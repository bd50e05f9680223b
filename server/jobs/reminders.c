/* jobs/reminders.c: see reminders.h.
 *
 * The walk and the writing take turns: the surveyor's thread fills `found` and ends; then the loop
 * writes it and submits the walk anew, behind the last worker that had room, until nobody was left
 * out. So memory is bounded, and the surveyor never waits for PostgreSQL. */
#include "jobs/reminders.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "domain/forecast.h"
#include "domain/record.h"

enum {
    ARENA_BYTES = 4 * 1024 * 1024,
    WRITE_AT_ONCE = 200,
    OF_ONE_MAX = 8, /* changes of one post; the rest is told when they come nearer */
    REASONS_TOLD_MAX = 8, /* the worst; they come in that order */
    DATA_BYTES = 1024,
    BEAT_TICKS = 12 /* a minute: how often the claim is renewed during a walk */
};

const unsigned reminder_stages[REMINDER_STAGES] = {REMINDER_DAYS_MAX, 30, 7};

struct reminder {
    int64_t worker_id, org_id, site_id;
    uint32_t engagement;
    unsigned stage;
    day_t due;
    char data[DATA_BYTES];
};

struct reminders {
    struct reminders_options options;
    struct loop_timer *timer;
    struct survey survey;
    struct arena arena, beat_arena;
    day_t today; /* of the walk */
    bool claiming, claimed, draining;
    bool place;         /* the next walk's, with the surveyor: reserved and not used yet */
    bool busy, walking; /* a walk or its writing is under way; the walk is */
    bool beating;
    unsigned ticks;
    /* of the walk: the surveyor's until done(), then the loop's */
    struct reminder *found;
    size_t count, written;
    int64_t after; /* workers up to this one have been told */
    bool full;
    int64_t full_at; /* the first worker for whom there was no room */
    int64_t added, sending; /* new events: in all, of the batch under way */
};

/* -- finding; on the surveyor's thread -------------------------------------------------------- */

/* The stage that a change in so many days has reached; 0: none yet. */
static unsigned stage_of(unsigned days)
{
    unsigned reached = 0;

    for (unsigned i = 0; i < REMINDER_STAGES; i++) {
        if (days <= reminder_stages[i])
            reached = reminder_stages[i];
    }
    return reached;
}

/* Gates see reasons of health by their class alone, and so do outside systems. */
static void put_reason(struct json_writer *w, const struct reason *reason)
{
    const char *class = reason_class(reason->code);
    bool health = strcmp(class, "health") == 0;

    json_open_object(w, NULL);
    json_put_string(w, "class", class);
    json_put_string(w, "code", health ? NULL : reason_name(reason->code));
    json_put_string(w, "colour", colour_name(reason->colour));
    json_close_object(w);
}

/* What begins that is bad; or, when nothing does (a decision ends that lifted it), what is there. */
static void put_reasons(struct json_writer *w, const struct forecast_change *change)
{
    struct reason begins[REASONS_MAX];
    unsigned count = forecast_reasons(&change->after, &change->before, begins), put = 0;
    const struct reason *told = begins;

    if (count == 0 || (begins[0].colour != COLOUR_YELLOW && begins[0].colour != COLOUR_RED)) {
        told = change->after.reasons;
        count = change->after.reason_count;
    }
    json_open_array(w, "reasons");
    for (unsigned i = 0; i < count && put < REASONS_TOLD_MAX; i++) {
        if (told[i].colour == COLOUR_YELLOW || told[i].colour == COLOUR_RED) {
            put_reason(w, &told[i]);
            put++;
        }
    }
    json_close_array(w);
}

static void put_data(struct reminder *r, const struct post *post,
                     const struct forecast_change *change)
{
    struct build out = build_over(r->data, sizeof r->data);
    struct json_writer w = json_writer_over(&out);
    char day[DAY_TEXT_BYTES], trade[8];
    struct build trade_text = build_over(trade, sizeof trade);

    build_format(&trade_text, "%03u", (unsigned)post->engaged->trade);
    json_open_object(&w, NULL);
    json_put_int(&w, "org", r->org_id);
    json_put_int(&w, "site", r->site_id);
    json_put_int(&w, "engagement", r->engagement);
    json_put_text(&w, "trade", build_done(&trade_text));
    json_put_text(&w, "on", day_format(change->on, day));
    json_put_int(&w, "days", r->stage);
    json_put_string(&w, "from", colour_name(forecast_colour(&change->before)));
    json_put_string(&w, "to", colour_name(forecast_colour(&change->after)));
    put_reasons(&w, change);
    json_put_string(&w, "policy", change->document->policy.id);
    json_close_object(&w);
    CHECK(!out.full); /* REASONS_TOLD_MAX short words and a few numbers */
}

struct looking {
    struct reminders *reminders;
    const struct post *post;
    unsigned told;
};

static bool on_change(void *arg, const struct forecast_change *change)
{
    struct looking *l = arg;
    struct reminders *rs = l->reminders;
    unsigned days = (unsigned)(change->on - rs->today), stage = stage_of(days);
    struct reminder *r = &rs->found[rs->count];

    if (stage == 0 || !forecast_worsens(change))
        return true;
    *r = (struct reminder){.worker_id = l->post->worker->worker_id,
                           .org_id = l->post->engaged->org_id,
                           .site_id = l->post->engaged->site_id,
                           .engagement = l->post->engaged->version,
                           .stage = stage,
                           .due = (day_t)(change->on - stage)};
    put_data(r, l->post, change);
    rs->count++;
    return ++l->told < OF_ONE_MAX;
}

static void visit(void *arg, const struct post *post)
{
    struct reminders *rs = arg;
    struct looking l = {rs, post, 0};
    struct outlook outlook;

    if (post->engaged == NULL || post->site == NULL || post->policies == NULL ||
        post->site->state == SITE_CLOSED || post->worker->worker_id <= rs->after || rs->full)
        return;
    if (rs->count + OF_ONE_MAX > REMINDERS_AT_ONCE) {
        rs->full = true;
        rs->full_at = post->worker->worker_id;
        return;
    }
    outlook = (struct outlook){.facts = &post->worker->facts, .policies = post->policies,
                               .site = post->site, .org = post->org,
                               .trade = post->engaged->trade, .role = post->engaged->role,
                               .from = post->engaged->from, .until = post->engaged->until};
    forecast_walk(&outlook, rs->today, REMINDER_DAYS_MAX, on_change, &l);
}

/* -- writing; on the loop --------------------------------------------------------------------- */

static void write_some(struct reminders *rs);
static void walk(struct reminders *rs);

static void give_up(struct reminders *rs)
{
    rs->busy = false; /* the claim runs out; whoever takes it next begins anew */
    rs->count = rs->written = 0;
}

static void finish(struct reminders *rs)
{
    log_event(LOG_INFO, 0, "reminders", log_number("added", rs->added));
    give_up(rs);
}

static void put_event(struct reminders *rs, struct batch *b, const struct reminder *r)
{
    const char *subject = arena_format(&rs->arena, "%lld.%u.%u", (long long)r->worker_id,
                                       (unsigned)r->engagement, r->stage);

    if (subject == NULL)
        return; /* a full arena fails the batch when it is sent */
    outbox_add(b,
               &(struct outbox_event){.kind = EVENT_REMINDER_EXPIRY,
                                      .subject = text_of(subject),
                                      .due = r->due,
                                      .org_id = r->org_id,
                                      .site_id = r->site_id,
                                      .worker_id = r->worker_id,
                                      .data = text_of(r->data)},
               &rs->sending);
}

static size_t writable(const struct reminders *rs)
{
    size_t left = rs->count - rs->written;

    return left < WRITE_AT_ONCE ? left : WRITE_AT_ONCE;
}

static bool is_last(const struct reminders *rs)
{
    return rs->written + writable(rs) == rs->count && !rs->full;
}

static void on_written(void *arg, struct err e)
{
    struct reminders *rs = arg;

    arena_clear(&rs->arena);
    if (err_is(e)) {
        log_event(LOG_WARN, 0, "reminders_failed", log_text("error", err_row(e.code)->code));
        give_up(rs);
        return;
    }
    rs->added += rs->sending;
    if (is_last(rs)) {
        finish(rs);
        return;
    }
    rs->written += writable(rs);
    if (rs->written < rs->count) {
        write_some(rs);
        return;
    }
    rs->after = rs->full_at - 1;
    walk(rs);
}

static void write_some(struct reminders *rs)
{
    struct batch *b = batch_new(rs->options.pool, &rs->arena);

    CHECK(b != NULL);
    rs->sending = 0;
    for (size_t i = 0; i < writable(rs); i++)
        put_event(rs, b, &rs->found[rs->written + i]);
    job_run_renew(b, REMINDERS_JOB, rs->today, rs->options.server_id, REMINDERS_LEASE_MS,
                  (int64_t)writable(rs), is_last(rs));
    if (err_is(batch_send(b, (struct waiter){on_written, rs}))) {
        arena_clear(&rs->arena);
        give_up(rs);
    }
}

static void on_walked(void *arg)
{
    struct reminders *rs = arg;

    rs->walking = false;
    rs->written = 0;
    write_some(rs);
}

/* The surveyor's thread says that the walk has ended; what it found is the loop's from here. */
static void done(void *arg, bool complete)
{
    struct reminders *rs = arg;

    if (complete)
        loop_post(rs->options.loop, on_walked, rs);
}

static bool has_place(struct reminders *rs)
{
    if (!rs->place)
        rs->place = surveyor_reserve(rs->options.surveyor, SURVEY_FOR_SERVICE);
    return rs->place;
}

static void give_place_back(struct reminders *rs)
{
    if (rs->place)
        surveyor_release(rs->options.surveyor, SURVEY_FOR_SERVICE);
    rs->place = false;
}

static void walk(struct reminders *rs)
{
    rs->count = 0;
    rs->full = false;
    rs->survey.asked = SURVEY_FOR_SERVICE;
    rs->survey.on = rs->today;
    rs->survey.visit = visit;
    rs->survey.done = done;
    rs->survey.arg = rs;
    rs->walking = false;
    if (!rs->draining && has_place(rs)) {
        rs->place = false;
        rs->walking = surveyor_submit(rs->options.surveyor, &rs->survey);
    }
    if (!rs->walking)
        give_up(rs);
}

/* -- whose turn it is ------------------------------------------------------------------------- */

static void on_claimed(void *arg, struct err e)
{
    struct reminders *rs = arg;

    arena_clear(&rs->arena);
    rs->claiming = false;
    if (err_is(e) || !rs->claimed) {
        give_place_back(rs);
        return;
    }
    rs->busy = true;
    rs->after = rs->added = 0;
    walk(rs);
}

static bool can_tell(const struct reminders *rs)
{
    struct registry_health health = registry_health(rs->options.registry);

    return health.ready && health.fresh_ms >= 0 && health.fresh_ms <= rs->options.fresh_ms;
}

static void claim(struct reminders *rs)
{
    time_us now = clock_wall_us();
    struct batch *b = batch_new(rs->options.pool, &rs->arena);

    CHECK(b != NULL);
    rs->today = clock_local_day(now);
    rs->claimed = false;
    job_run_claim(b, REMINDERS_JOB, rs->today, rs->options.server_id, REMINDERS_LEASE_MS,
                  clock_local(now).hour >= rs->options.hour, &rs->claimed);
    rs->claiming = !err_is(batch_send(b, (struct waiter){on_claimed, rs}));
    if (!rs->claiming) {
        arena_clear(&rs->arena);
        give_place_back(rs);
    }
}

static void on_beaten(void *arg, struct err e)
{
    struct reminders *rs = arg;

    (void)e; /* the next one may succeed; a claim that is lost is only a waste */
    rs->beating = false;
    arena_clear(&rs->beat_arena);
}

/* A walk over a nation takes longer than the claim. */
static void beat(struct reminders *rs)
{
    struct batch *b;

    if (rs->beating || !rs->walking || ++rs->ticks % BEAT_TICKS != 0)
        return;
    b = batch_new(rs->options.pool, &rs->beat_arena);
    CHECK(b != NULL);
    job_run_renew(b, REMINDERS_JOB, rs->today, rs->options.server_id, REMINDERS_LEASE_MS, 0, false);
    rs->beating = !err_is(batch_send(b, (struct waiter){on_beaten, rs}));
    if (!rs->beating)
        arena_clear(&rs->beat_arena);
}

static void on_tick(void *arg)
{
    struct reminders *rs = arg;

    beat(rs);
    if (!rs->busy && !rs->claiming && !rs->draining && can_tell(rs) && has_place(rs))
        claim(rs);
    loop_timer_start(rs->timer, REMINDERS_TICK_MS);
}

struct reminders *reminders_start(const struct reminders_options *options)
{
    struct reminders *rs = calloc(1, sizeof *rs);

    CHECK_ALLOCATED(rs);
    rs->options = *options;
    rs->found = calloc(REMINDERS_AT_ONCE, sizeof *rs->found);
    CHECK_ALLOCATED(rs->found);
    arena_init(&rs->arena, ARENA_BYTES);
    arena_init(&rs->beat_arena, ARENA_BYTES);
    rs->timer = loop_timer_new(options->loop, on_tick, rs);
    loop_timer_start(rs->timer, 0);
    return rs;
}

void reminders_drain(struct reminders *rs)
{
    rs->draining = true;
}

void reminders_stop(struct reminders *rs)
{
    if (rs == NULL)
        return;
    loop_timer_free(rs->timer);
    arena_clear(&rs->arena);
    arena_clear(&rs->beat_arena);
    free(rs->found);
    free(rs);
}
