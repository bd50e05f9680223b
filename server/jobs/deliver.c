#include "jobs/deliver.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "crypto/webhook.h"

enum {
    ARENA_BYTES = 8 * 1024 * 1024,
    BODY_BYTES_MAX = 64 * 1024,
    FIGURES_TICKS = 15,
    HEADER_BYTES_MAX = 160
};

/* One delivery that is ours, on one of three lists: with the poster; with an outcome that PostgreSQL
 * has not been told; in the batch that tells it. */
struct sending {
    struct sending *next, **link;
    struct deliver *deliver;
    struct delivery_outcome outcome;
    int64_t lease_until_us; /* monotonic */
};

struct deliver {
    struct deliver_options options;
    struct loop_timer *timer;
    struct arena arena, mark_arena, figures_arena;
    struct deliveries found;
    struct outbox_state state;
    bool claiming, marking, counting, again; /* again: the claim brought something */
    unsigned posted_count;
    struct sending *posted, *known, *marks;
    unsigned ticks;
    bool draining;
    struct waiter idle;
};

static void claim(struct deliver *d);
static void mark(struct deliver *d);

static void sending_take(struct sending *s)
{
    *s->link = s->next;
    if (s->next != NULL)
        s->next->link = s->link;
}

static void sending_put(struct sending **list, struct sending *s)
{
    s->next = *list;
    s->link = list;
    if (s->next != NULL)
        s->next->link = &s->next;
    *list = s;
}

static void sendings_free(struct sending **list)
{
    while (*list != NULL) {
        struct sending *s = *list;

        sending_take(s);
        free(s);
    }
}

/* -- what is sent --------------------------------------------------------------------------- */

static struct text body_of(struct arena *arena, const struct delivery *delivery)
{
    char *at = arena_alloc(arena, BODY_BYTES_MAX), time[CLOCK_RFC3339_BYTES];
    struct build out;
    struct json_writer w;

    if (at == NULL)
        return (struct text){NULL, 0};
    out = build_over(at, BODY_BYTES_MAX);
    w = json_writer_over(&out);
    json_open_object(&w, NULL);
    json_put_text(&w, "id", delivery->message);
    json_put_text(&w, "type", delivery->kind);
    json_put_text(&w, "timestamp", clock_format(delivery->at, time));
    if (delivery->worker_id != 0) {
        json_open_object(&w, "worker");
        json_put_int(&w, "id", delivery->worker_id);
        if (delivery->name_masked.at != NULL)
            json_put_text(&w, "name", delivery->name_masked);
        else
            json_put_null(&w, "name");
        json_close_object(&w);
    }
    json_put_raw(&w, "data", delivery->data);
    json_close_object(&w);
    return out.full ? (struct text){NULL, 0} : build_done(&out);
}

static struct err sign_with(const struct deliver *d, const struct delivery *delivery,
                            struct text sealed, const struct webhook_message *message,
                            struct build *out)
{
    char signature[WEBHOOK_SIGNATURE_TEXT];
    struct webhook_secret secret;
    struct err e =
        webhook_secret_open(d->options.vault, delivery->webhook_id, sealed, &secret);

    if (err_is(e))
        return e;
    webhook_sign(&secret, message, signature);
    webhook_secret_forget(&secret);
    build_char(out, ' ');
    build_string(out, signature);
    return OK;
}

struct message_headers {
    char id[HEADER_BYTES_MAX], timestamp[HEADER_BYTES_MAX], signature[HEADER_BYTES_MAX];
};

static struct err sign(const struct deliver *d, const struct delivery *delivery, struct text body,
                       struct message_headers *headers)
{
    struct build id = build_over(headers->id, sizeof headers->id),
                 timestamp = build_over(headers->timestamp, sizeof headers->timestamp),
                 signature = build_over(headers->signature, sizeof headers->signature);
    char now[24];
    struct build now_text = build_over(now, sizeof now);
    struct err e;

    build_int(&now_text, clock_wall_us() / US_PER_SECOND);
    build_format(&id, "webhook-id: %.*s", (int)delivery->message.bytes, delivery->message.at);
    build_format(&timestamp, "webhook-timestamp: %s", now);
    build_string(&signature, "webhook-signature:");
    e = sign_with(d, delivery, delivery->secret,
                  &(struct webhook_message){delivery->message, build_done(&now_text), body},
                  &signature);
    if (!err_is(e) && delivery->secret_before.at != NULL)
        e = sign_with(d, delivery, delivery->secret_before,
                      &(struct webhook_message){delivery->message, build_done(&now_text), body},
                      &signature);
    CHECK(!id.full && !timestamp.full && !signature.full);
    return e;
}

/* -- its outcome ---------------------------------------------------------------------------- */

static void note_failure(struct sending *s, const char *trouble)
{
    uint32_t dice = 0;

    if (err_is(random_bytes(&dice, sizeof dice)))
        dice = (uint32_t)clock_monotonic_us();
    s->outcome.trouble = trouble;
    s->outcome.retry_ms = webhook_retry_ms(s->outcome.attempt, dice);
    atomic_fetch_add(s->outcome.retry_ms < 0 ? &s->deliver->options.figures->dead
                                             : &s->deliver->options.figures->failed,
                     1);
    log_event(LOG_WARN, 0, "delivery_failed", log_number("webhook", s->outcome.webhook_id),
              log_number("event", s->outcome.outbox_id), log_number("attempt", s->outcome.attempt),
              log_text("trouble", trouble), log_number("status", s->outcome.status),
              log_number("again_ms", s->outcome.retry_ms));
}

static const char *trouble_of(const struct poster_result *result)
{
    if (result->end != POSTER_ANSWERED)
        return poster_end_name(result->end);
    if (result->status >= 200 && result->status <= 299)
        return NULL;
    return result->status >= 300 && result->status <= 399 ? "redirect" : "status";
}

static void ended(struct sending *s, const struct poster_result *result)
{
    struct deliver *d = s->deliver;
    const char *trouble = trouble_of(result);

    s->outcome.status = (int16_t)result->status;
    s->outcome.took_ms = result->took_ms;
    if (trouble != NULL)
        note_failure(s, trouble);
    else
        atomic_fetch_add(&d->options.figures->delivered, 1);
    sending_put(&d->known, s);
    mark(d);
}

static void on_posted(void *arg, const struct poster_result *result)
{
    struct sending *s = arg;

    sending_take(s);
    s->deliver->posted_count--;
    ended(s, result);
}

static struct sending *sending_new(struct deliver *d, const struct delivery *delivery)
{
    struct sending *s = calloc(1, sizeof *s);

    CHECK_ALLOCATED(s);
    s->deliver = d;
    s->outcome = (struct delivery_outcome){.outbox_id = delivery->outbox_id,
                                           .webhook_id = delivery->webhook_id,
                                           .attempt = delivery->attempt};
    s->lease_until_us = clock_monotonic_us() + DELIVER_LEASE_MS * (int64_t)US_PER_MS;
    return s;
}

static void refuse_to_send(struct sending *s, const char *trouble)
{
    note_failure(s, trouble);
    sending_put(&s->deliver->known, s);
    mark(s->deliver);
}

static void send_one(struct deliver *d, const struct delivery *delivery)
{
    struct sending *s = sending_new(d, delivery);
    struct text body = body_of(&d->arena, delivery);
    struct message_headers headers;

    if (body.at == NULL) {
        refuse_to_send(s, "too_large");
        return;
    }
    if (err_is(sign(d, delivery, body, &headers))) { /* not this vault's: somebody must look */
        log_event(LOG_ERROR, 0, "webhook_secret_unreadable",
                  log_number("webhook", delivery->webhook_id));
        refuse_to_send(s, "secret");
        return;
    }
    d->posted_count++;
    sending_put(&d->posted, s);
    poster_send(d->options.poster,
                &(struct poster_message){.url = delivery->url.at,
                               .header = {"Content-Type: application/json", headers.id,
                                          headers.timestamp, headers.signature},
                               .body = body,
                               .done = on_posted,
                               .arg = s});
}

/* -- telling PostgreSQL --------------------------------------------------------------------- */

static void look_if_idle(struct deliver *d)
{
    struct waiter idle = d->idle;

    if (!d->draining || d->claiming || d->marking || d->posted != NULL || d->known != NULL ||
        idle.done == NULL)
        return;
    d->idle = (struct waiter){NULL, NULL};
    idle.done(idle.arg, OK);
}

/* What was not written is tried again with the next tick, while the claim is ours: after that
 * somebody else sends it again anyhow. */
static void keep_marks(struct deliver *d)
{
    int64_t now = clock_monotonic_us();

    while (d->marks != NULL) {
        struct sending *s = d->marks;

        sending_take(s);
        if (s->lease_until_us > now)
            sending_put(&d->known, s);
        else
            free(s);
    }
}

static void on_marked(void *arg, struct err e)
{
    struct deliver *d = arg;

    arena_clear(&d->mark_arena);
    d->marking = false;
    if (err_is(e)) {
        keep_marks(d);
    } else {
        sendings_free(&d->marks);
        mark(d);
        if (d->again)
            claim(d);
    }
    look_if_idle(d);
}

static void mark(struct deliver *d)
{
    struct batch *b;

    if (d->marking || d->known == NULL)
        return;
    b = batch_new(d->options.pool, &d->mark_arena);
    CHECK(b != NULL);
    while (d->known != NULL) {
        struct sending *s = d->known;

        sending_take(s);
        sending_put(&d->marks, s);
        delivery_mark(b, &s->outcome);
    }
    d->marking = !err_is(batch_send(b, (struct waiter){on_marked, d}));
    if (!d->marking) {
        arena_clear(&d->mark_arena);
        keep_marks(d);
    }
}

/* -- claiming ------------------------------------------------------------------------------- */

static void on_claimed(void *arg, struct err e)
{
    struct deliver *d = arg;

    d->claiming = false;
    d->again = !err_is(e) && d->found.count > 0;
    for (int i = 0; !err_is(e) && i < d->found.count; i++)
        send_one(d, &d->found.rows[i]);
    d->found = (struct deliveries){NULL, 0};
    arena_clear(&d->arena);
    look_if_idle(d);
}

static void claim(struct deliver *d)
{
    struct batch *b;

    if (d->claiming || d->draining || d->posted_count >= DELIVER_IN_ALL)
        return;
    b = batch_new(d->options.pool, &d->arena);
    CHECK(b != NULL);
    d->again = false;
    deliveries_claim(b, DELIVER_OF_ONE, (int32_t)(DELIVER_IN_ALL - d->posted_count),
                     DELIVER_LEASE_MS, &d->found);
    d->claiming = !err_is(batch_send(b, (struct waiter){on_claimed, d}));
    if (!d->claiming)
        arena_clear(&d->arena);
}

/* -- counting ------------------------------------------------------------------------------- */

static void on_counted(void *arg, struct err e)
{
    struct deliver *d = arg;

    d->counting = false;
    arena_clear(&d->figures_arena);
    if (err_is(e))
        return;
    atomic_store(&d->options.figures->pending, d->state.pending);
    atomic_store(&d->options.figures->given_up, d->state.dead);
    atomic_store(&d->options.figures->oldest_s, d->state.oldest_s);
}

static void count(struct deliver *d)
{
    struct batch *b;

    if (d->counting)
        return;
    b = batch_new(d->options.pool, &d->figures_arena);
    CHECK(b != NULL);
    outbox_state(b, &d->state);
    d->counting = !err_is(batch_send(b, (struct waiter){on_counted, d}));
    if (!d->counting)
        arena_clear(&d->figures_arena);
}

/* -- life ----------------------------------------------------------------------------------- */

static void on_tick(void *arg)
{
    struct deliver *d = arg;

    mark(d);
    claim(d);
    if (d->ticks++ % FIGURES_TICKS == 0)
        count(d);
    loop_timer_start(d->timer, DELIVER_TICK_MS);
}

struct deliver *deliver_start(const struct deliver_options *options)
{
    struct deliver *d = calloc(1, sizeof *d);

    CHECK_ALLOCATED(d);
    d->options = *options;
    d->timer = loop_timer_new(options->loop, on_tick, d);
    arena_init(&d->arena, ARENA_BYTES);
    arena_init(&d->mark_arena, ARENA_BYTES);
    arena_init(&d->figures_arena, ARENA_BYTES);
    loop_timer_start(d->timer, 0);
    return d;
}

void deliver_drain(struct deliver *d, struct waiter idle)
{
    d->draining = true;
    d->idle = idle;
    look_if_idle(d);
}

void deliver_stop(struct deliver *d)
{
    if (d == NULL)
        return;
    loop_timer_free(d->timer);
    sendings_free(&d->posted);
    sendings_free(&d->known);
    sendings_free(&d->marks);
    arena_clear(&d->arena);
    arena_clear(&d->mark_arena);
    arena_clear(&d->figures_arena);
    free(d);
}
