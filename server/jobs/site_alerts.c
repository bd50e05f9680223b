/* jobs/site_alerts.c: see site_alerts.h.
 *
 * A round: claim it (one server at a time), count on the surveyor's thread, write what was found
 * from the loop, put what became of alerts into the outbox. A round that fails is left; the next one
 * counts anew, and tells what was not told. */
#include "jobs/site_alerts.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "jobs/alert_event.h"
#include "jobs/site_tally.h"
#include "register/change.h"
#include "store/alerts.h"

enum {
    ARENA_BYTES = 64 * 1024 * 1024, /* of a round's statements: 100 bytes a site */
    LOOK_AGAIN_DIVISOR = 4,         /* of a period: how soon others look whether it is their turn */
    UNTOLD_MAX = 500 /* of one round; the next one goes on */
};

struct site_alerts {
    struct site_alerts_options options;
    struct survey survey;
    struct loop_timer *timer;
    struct arena arena;
    struct site_tally tally; /* the surveyor's while it counts */
    bool claimed, complete;
    struct untold_alerts untold;
};

/* On the surveyor's thread. */
static void visit(void *arg, const struct post *post)
{
    struct site_alerts *a = arg;

    site_tally_add(&a->tally, post, a->survey.on);
}

/* -- writing down, on the loop ----------------------------------------------------------------- */

static void round_over(struct site_alerts *a)
{
    arena_clear(&a->arena);
    loop_timer_start(a->timer, a->options.period_ms / LOOK_AGAIN_DIVISOR + 1);
}

static void give_up(struct site_alerts *a, struct err e)
{
    log_event(LOG_WARN, 0, "site_alerts_failed", log_text("code", err_row(e.code)->code),
              log_text("detail", e.detail));
    round_over(a);
}

static void on_told(void *arg, struct err e)
{
    struct site_alerts *a = arg;

    if (err_is(e))
        give_up(a, e);
    else
        round_over(a);
}

static void on_untold(void *arg, struct err e)
{
    struct site_alerts *a = arg;
    struct batch *b;

    if (err_is(e) || a->untold.count == 0) {
        on_told(a, e);
        return;
    }
    b = batch_new(a->options.pool, &a->arena);
    CHECK_ALLOCATED(b);
    for (int i = 0; i < a->untold.count && !err_is(e); i++)
        e = alert_event_add(b, &a->arena, &a->untold.rows[i]);
    if (!err_is(e))
        e = batch_send(b, (struct waiter){on_told, a});
    if (err_is(e))
        give_up(a, e);
}

static void on_written(void *arg, struct err e)
{
    struct site_alerts *a = arg;
    struct batch *b;

    if (err_is(e)) {
        give_up(a, e);
        return;
    }
    follower_nudge(a->options.follower);
    arena_clear(&a->arena);
    b = batch_new(a->options.pool, &a->arena);
    CHECK_ALLOCATED(b);
    alerts_untold(b, UNTOLD_MAX, &a->untold);
    e = batch_send(b, (struct waiter){on_untold, a});
    if (err_is(e))
        give_up(a, e);
}

static void standing_of(const struct counted *site, struct standing *into)
{
    const struct site_counts *c = &site->counts;

    *into = (struct standing){site->site_id, (int32_t)c->people, (int32_t)c->no_code,
                              (int32_t)c->green, (int32_t)c->yellow, (int32_t)c->yellow_counted,
                              (int32_t)c->red};
}

static size_t breaches_of(const struct counted *site, day_t today, struct breach *into)
{
    unsigned kinds = site_alert_judge(&site->rule, &site->counts);
    size_t count = 0;

    for (unsigned kind = 1; kind < ALERT_KINDS; kind++)
        if ((kinds >> kind & 1) != 0)
            into[count++] = (struct breach){site->site_id, (int16_t)kind, (int32_t)site->policy,
                                            site->rule.then,
                                            site_alert_deadline(&site->rule, today)};
    return count;
}

static struct err write_down(struct site_alerts *a)
{
    struct standing *standings = arena_new_array(&a->arena, a->tally.count + 1,
                                                struct standing);
    struct breach *breaches = arena_new_array(&a->arena, ALERT_KINDS * (a->tally.count + 1),
                                              struct breach);
    struct alerts_found found = {.standings = standings, .breaches = breaches,
                                 .today = a->survey.on, .site_change = CHANGE_SITE};
    struct batch *b = batch_new(a->options.pool, &a->arena);

    if (standings == NULL || breaches == NULL || b == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < a->tally.room; i++) {
        const struct counted *site = &a->tally.rows[i];

        if (site->site_id == 0)
            continue;
        standing_of(site, &standings[found.standing_count++]);
        found.breach_count += breaches_of(site, found.today, &breaches[found.breach_count]);
    }
    alerts_put(b, &a->arena, &found);
    return batch_send(b, (struct waiter){on_written, a});
}

/* What the register does not know for certain opens no alert and clears none. */
static bool may_count(const struct site_alerts *a)
{
    struct registry_health health = registry_health(a->options.registry);

    return health.ready && health.fresh_ms >= 0 && health.fresh_ms <= a->options.fresh_ms;
}

/* The register may have grown old while it was counted. */
static void on_counted(void *arg)
{
    struct site_alerts *a = arg;
    struct err e;

    if (!a->complete) {
        round_over(a);
        return;
    }
    if (!may_count(a)) {
        give_up(a, err_detail(ERR_NOT_READY, "the register is stale"));
        return;
    }
    arena_clear(&a->arena);
    e = write_down(a);
    if (err_is(e))
        give_up(a, e);
}

static void on_surveyed(void *arg, bool complete)
{
    struct site_alerts *a = arg;

    a->complete = complete;
    loop_post(a->options.loop, on_counted, a);
}

/* -- a round ------------------------------------------------------------------------------------ */

static void give_place_back(const struct site_alerts *a)
{
    surveyor_release(a->options.surveyor, SURVEY_FOR_SERVICE);
}

static void on_claimed(void *arg, struct err e)
{
    struct site_alerts *a = arg;

    if (err_is(e) || !a->claimed) {
        give_place_back(a);
        if (err_is(e))
            give_up(a, e);
        else
            round_over(a);
        return;
    }
    a->survey = (struct survey){.asked = SURVEY_FOR_SERVICE,
                                .on = clock_local_day(clock_wall_us()), .visit = visit,
                                .done = on_surveyed, .arg = a};
    site_tally_empty(&a->tally);
    if (!surveyor_submit(a->options.surveyor, &a->survey))
        round_over(a);
}

/* A round that is claimed is counted: the place with the surveyor comes first. */
static void on_due(void *arg)
{
    struct site_alerts *a = arg;
    struct batch *b;

    if (!may_count(a) || !surveyor_reserve(a->options.surveyor, SURVEY_FOR_SERVICE)) {
        loop_timer_start(a->timer, a->options.period_ms / LOOK_AGAIN_DIVISOR + 1);
        return;
    }
    arena_clear(&a->arena);
    b = batch_new(a->options.pool, &a->arena);
    CHECK_ALLOCATED(b);
    a->claimed = false;
    alert_claim(b, a->options.period_ms, &a->claimed);
    if (err_is(batch_send(b, (struct waiter){on_claimed, a}))) {
        give_place_back(a);
        round_over(a);
    }
}

struct site_alerts *site_alerts_start(const struct site_alerts_options *options)
{
    struct site_alerts *a = calloc(1, sizeof *a);

    CHECK_ALLOCATED(a);
    a->options = *options;
    arena_init(&a->arena, ARENA_BYTES);
    a->timer = loop_timer_new(options->loop, on_due, a);
    loop_timer_start(a->timer, 0);
    return a;
}

void site_alerts_stop(struct site_alerts *a)
{
    if (a == NULL)
        return;
    loop_timer_free(a->timer);
    arena_clear(&a->arena);
    site_tally_clear(&a->tally);
    free(a);
}
