/* jobs/site_alerts.c: see site_alerts.h.
 *
 * A round: claim it (one server at a time), count on the surveyor's thread, write what was found
 * from the loop, put what became of alerts into the outbox. A round that fails is left; the next one
 * counts anew, and tells what was not told. */
#include "jobs/site_alerts.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "domain/site_alert.h"
#include "jobs/alert_event.h"
#include "register/change.h"
#include "store/alerts.h"

enum {
    ARENA_BYTES = 64 * 1024 * 1024, /* of a round's statements: 100 bytes a site */
    LOOK_AGAIN_DIVISOR = 4,         /* of a period: how soon others look whether it is their turn */
    SITES_MAX = 1 << 20,
    UNTOLD_MAX = 500 /* of one round; the next one goes on */
};

struct counted { /* a site */
    struct site_counts counts;
    struct site_alert_rule rule;
    uint32_t policy;
};

struct site_alerts {
    struct site_alerts_options options;
    struct survey survey;
    struct loop_timer *timer;
    struct arena arena;
    struct counted *sites; /* by site id; [0, room) */
    size_t room, used;     /* used: one more than the highest id that was met */
    bool claimed, complete;
    struct untold_alerts untold;
};

/* -- counting, on the surveyor's thread ------------------------------------------------------- */

static struct counted *counted_at(struct site_alerts *a, int64_t site_id)
{
    size_t at = (size_t)site_id;

    if (site_id <= 0 || site_id >= SITES_MAX)
        return NULL; /* ids are drawn from 1 upwards */
    if (at >= a->room) {
        size_t room = at + at / 2 + 64;

        a->sites = realloc(a->sites, room * sizeof *a->sites);
        CHECK_ALLOCATED(a->sites);
        memset(a->sites + a->room, 0, (room - a->room) * sizeof *a->sites);
        a->room = room;
    }
    if (at >= a->used)
        a->used = at + 1;
    return &a->sites[at];
}

/* With two engagements on one site, the newer one speaks, as at the gate. */
static bool is_newest_there(const struct post *post, day_t on)
{
    for (unsigned i = 0; i < post->worker->engaged_count; i++) {
        const struct engaged *other = &post->worker->engaged[i];

        if (other->site_id == post->engaged->site_id && other->from <= on && on < other->until &&
            other->version > post->engaged->version)
            return false;
    }
    return true;
}

static void visit(void *arg, const struct post *post)
{
    struct site_alerts *a = arg;
    struct counted *site;

    if (post->site == NULL || post->document == NULL || post->site->state == SITE_CLOSED ||
        !is_newest_there(post, a->survey.on))
        return;
    site = counted_at(a, post->site->id);
    if (site == NULL)
        return;
    site->rule = post->document->policy.site_alert;
    site->policy = post->document->policy.number;
    site_counts_add(&site->counts, &post->worker->facts, &post->context, &post->document->policy,
                    a->survey.on);
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

static void standing_of(const struct site_counts *c, int64_t site_id, struct standing *into)
{
    *into = (struct standing){site_id, (int32_t)c->people, (int32_t)c->no_code, (int32_t)c->green,
                              (int32_t)c->yellow, (int32_t)c->yellow_counted, (int32_t)c->red};
}

static size_t breaches_of(const struct counted *site, int64_t site_id, day_t today,
                          struct breach *into)
{
    unsigned kinds = site_alert_judge(&site->rule, &site->counts);
    size_t count = 0;

    for (unsigned kind = 1; kind < ALERT_KINDS; kind++)
        if ((kinds >> kind & 1) != 0)
            into[count++] = (struct breach){site_id, (int16_t)kind, (int32_t)site->policy,
                                            site->rule.then,
                                            site_alert_deadline(&site->rule, today)};
    return count;
}

static struct err write_down(struct site_alerts *a)
{
    struct standing *standings = arena_new_array(&a->arena, a->used + 1, struct standing);
    struct breach *breaches = arena_new_array(&a->arena, ALERT_KINDS * (a->used + 1),
                                              struct breach);
    struct alerts_found found = {.standings = standings, .breaches = breaches,
                                 .today = a->survey.on, .site_change = CHANGE_SITE};
    struct batch *b = batch_new(a->options.pool, &a->arena);

    if (standings == NULL || breaches == NULL || b == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t id = 1; id < a->used; id++) {
        if (a->sites[id].counts.people == 0)
            continue;
        standing_of(&a->sites[id].counts, (int64_t)id, &standings[found.standing_count++]);
        found.breach_count += breaches_of(&a->sites[id], (int64_t)id, found.today,
                                          &breaches[found.breach_count]);
    }
    alerts_put(b, &a->arena, &found);
    return batch_send(b, (struct waiter){on_written, a});
}

static void on_counted(void *arg)
{
    struct site_alerts *a = arg;
    struct err e;

    if (!a->complete) {
        round_over(a);
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

static void on_claimed(void *arg, struct err e)
{
    struct site_alerts *a = arg;

    if (err_is(e)) {
        give_up(a, e);
        return;
    }
    a->survey = (struct survey){.on = clock_local_day(clock_wall_us()), .visit = visit,
                                .done = on_surveyed, .arg = a};
    if (a->used > 0)
        memset(a->sites, 0, a->used * sizeof *a->sites);
    a->used = 0;
    if (!a->claimed || !surveyor_submit(a->options.surveyor, &a->survey))
        round_over(a);
}

/* What the register does not know for certain opens no alert and clears none. */
static bool may_count(const struct site_alerts *a)
{
    struct registry_health health = registry_health(a->options.registry);

    return health.ready && health.fresh_ms >= 0 && health.fresh_ms <= a->options.fresh_ms;
}

static void on_due(void *arg)
{
    struct site_alerts *a = arg;
    struct batch *b;

    if (!may_count(a)) {
        loop_timer_start(a->timer, a->options.period_ms / LOOK_AGAIN_DIVISOR + 1);
        return;
    }
    arena_clear(&a->arena);
    b = batch_new(a->options.pool, &a->arena);
    CHECK_ALLOCATED(b);
    a->claimed = false;
    alert_claim(b, a->options.period_ms, &a->claimed);
    if (err_is(batch_send(b, (struct waiter){on_claimed, a})))
        round_over(a);
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
    free(a->sites);
    free(a);
}
