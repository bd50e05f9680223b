/* register/follower.c: see follower.h.
 *
 * One thread, three connections: `feed` reads (one REPEATABLE READ transaction a round, so that a
 * round's rows belong together), `listen` is told of commits elsewhere, `beat` writes our signs of
 * life. When any of them fails, all are opened anew after a pause; the position stays, and the next
 * round reads what was missed. It is loaded anew when the position means nothing any more: another
 * database or timeline, or change rows that we have not seen were cleared away. */
#include "register/follower.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "register/apply.h"
#include "register/beat.h"
#include "register/change.h"
#include "register/load.h"
#include "store/register_rows.h"

enum {
    FOLLOWER_SILENCE_MS = 5000, /* without a byte from PostgreSQL, a connection is dropped */
    BACKOFF_MIN_MS = 100,
    BACKOFF_MAX_MS = 5000,
    CHANGES_MAX = 1000000 /* more of them than this are loaded anew (register_changes.sql) */
};

struct position {
    int64_t system_identifier;
    char timeline[9], at[40];
    char *snapshot; /* NULL: nowhere yet */
    uint64_t oldest;
};

struct changes {
    struct change_row *rows; /* by kind, then key */
    size_t count, max;
};

struct follower {
    struct registry *registry;
    struct registry_gauges *gauges;
    struct follower_options options;
    char *conninfo;
    pthread_t thread;
    int stop_fd, wake_fd; /* readable: stop; look now */
    _Atomic bool stopping, nudged;
    struct link *feed, *listen;
    struct beat beat;
    struct position position; /* what the register holds */
    struct changes changes;
    int64_t poll_due_us, backoff_ms;
    bool loaded, was_lost; /* was_lost: not followed since the connections were opened */
};

/* -- the position ------------------------------------------------------------------------------ */

static void position_clear(struct position *position)
{
    free(position->snapshot);
    *position = (struct position){0};
}

static bool on_position(void *arg, const struct text *fields)
{
    struct position *position = arg;
    struct position_row row;

    if (!position_row_read(fields, &row) || row.timeline.bytes >= sizeof position->timeline ||
        row.at.bytes >= sizeof position->at)
        return false;
    position_clear(position);
    position->system_identifier = row.system_identifier;
    memcpy(position->timeline, row.timeline.at, row.timeline.bytes);
    memcpy(position->at, row.at.at, row.at.bytes);
    position->snapshot = strndup(row.snapshot.at, row.snapshot.bytes);
    CHECK_ALLOCATED(position->snapshot);
    position->oldest = row.oldest;
    return true;
}

/* Nothing that we have not seen was cleared away: either nothing was, or what went is older than a
 * row that was over before our snapshot. Rows go in the order of their xid, and such a row is left
 * when they go (register_purge.sql). */
static bool is_complete_since(const struct position *since, const struct position *now)
{
    uint64_t xmin;

    if (now->oldest == since->oldest)
        return true;
    return now->oldest != 0 && snapshot_xmin(text_of(since->snapshot), &xmin) &&
           now->oldest < xmin;
}

/* NULL: the feed can be followed from `since`. Else why not. */
static const char *reason_to_load(const struct position *since, const struct position *now)
{
    if (since->snapshot == NULL)
        return "start";
    if (since->system_identifier != now->system_identifier)
        return "another database";
    if (strcmp(since->timeline, now->timeline) != 0)
        return "another timeline";
    if (!is_complete_since(since, now))
        return "changes were cleared away";
    return NULL;
}

/* -- a round ------------------------------------------------------------------------------------ */

static bool on_change(void *arg, const struct text *fields)
{
    struct changes *changes = arg;

    if (changes->count == changes->max) {
        changes->max = changes->max == 0 ? 256 : changes->max * 2;
        changes->rows = realloc(changes->rows, changes->max * sizeof *changes->rows);
        CHECK_ALLOCATED(changes->rows);
    }
    return change_row_read(fields, &changes->rows[changes->count++]);
}

/* The keys of one kind, ascending and unique; only those that can be ids. */
struct keys {
    int64_t *ids;
    size_t count;
};

static struct keys keys_of(const struct changes *changes, enum change_kind kind)
{
    struct keys keys = {malloc((changes->count + 1) * sizeof *keys.ids), 0};

    CHECK_ALLOCATED(keys.ids);
    for (size_t i = 0; i < changes->count; i++)
        if (changes->rows[i].kind == (int16_t)kind && changes->rows[i].key >= 0)
            keys.ids[keys.count++] = changes->rows[i].key;
    return keys;
}

static struct err apply_kind(struct follower *f, enum change_kind kind, const struct keys *keys)
{
    struct err e = OK;

    switch (kind) {
    case CHANGE_WORKER:  return apply_workers(f->registry, f->feed, keys->ids, keys->count);
    case CHANGE_ORG:
        return apply_objects(f->registry, f->feed, CATALOGUE_ORG, keys->ids, keys->count);
    case CHANGE_SITE:
        return apply_objects(f->registry, f->feed, CATALOGUE_SITE, keys->ids, keys->count);
    case CHANGE_DEVICE:
        return apply_objects(f->registry, f->feed, CATALOGUE_DEVICE, keys->ids, keys->count);
    case CHANGE_ACCOUNT:
        return apply_objects(f->registry, f->feed, CATALOGUE_ACCOUNT, keys->ids, keys->count);
    case CHANGE_POLICY: return apply_policies(f->registry, f->feed);
    case CHANGE_KEY:    return apply_keys(f->registry, f->feed);
    case CHANGE_SLOT_LIST:
        for (size_t i = 0; i < keys->count && !err_is(e); i++)
            e = apply_list(f->registry, f->feed, keys->ids[i]);
        return e;
    case CHANGE_HEARTBEAT:
    case CHANGE_PASS_BATCH: return OK; /* told once everything is in place */
    }
    return OK;
}

/* Whole lists before workers, whose slots are newer or the same; what engagements name, first. */
static struct err apply_changes(struct follower *f)
{
    static const enum change_kind order[] = {CHANGE_KEY,     CHANGE_POLICY,    CHANGE_ORG,
                                             CHANGE_SITE,
                                             CHANGE_DEVICE,  CHANGE_ACCOUNT,   CHANGE_SLOT_LIST,
                                             CHANGE_WORKER};
    struct err e = OK;

    for (size_t i = 0; i < sizeof order / sizeof order[0] && !err_is(e); i++) {
        struct keys keys = keys_of(&f->changes, order[i]);

        if (keys.count > 0)
            e = apply_kind(f, order[i], &keys);
        free(keys.ids);
    }
    return e;
}

static void tell_pass_batch(const struct follower *f, const struct change_row *row)
{
    if (f->options.pass_batch != NULL && row->version != f->beat.key)
        f->options.pass_batch(f->options.arg, row->key);
}

/* Everything is published: freshness, lag, counts, and who waits. */
static void tell_changes(struct follower *f)
{
    time_us newest = 0;
    int64_t lag_us;
    uint64_t count = 0;

    for (size_t i = 0; i < f->changes.count; i++) {
        const struct change_row *row = &f->changes.rows[i];

        if (row->kind == CHANGE_HEARTBEAT) {
            beat_came_back(&f->beat, row->key, row->version);
            continue;
        }
        if (row->kind == CHANGE_PASS_BATCH)
            tell_pass_batch(f, row);
        count++;
        newest = row->at > newest ? row->at : newest;
    }
    if (count == 0)
        return;
    lag_us = clock_wall_us() - atomic_load(&f->gauges->clock_offset_us) - newest;
    atomic_store(&f->gauges->lag_us, lag_us < 0 ? 0 : lag_us);
    atomic_fetch_add(&f->gauges->changes, count);
    registry_published(f->registry);
}

static struct err load(struct follower *f, const char *why)
{
    struct load_options options = {f->conninfo, f->options.load_connections, f->stop_fd,
                                   FOLLOWER_SILENCE_MS};
    int64_t began_us = clock_monotonic_us();
    struct err e = load_all(f->registry, f->feed, &options);

    if (err_is(e))
        return e;
    if (f->loaded)
        atomic_fetch_add(&f->gauges->reloads, 1);
    f->loaded = true;
    log_event(LOG_INFO, 0, "register_loaded", log_text("why", why),
              log_number("workers", atomic_load(&f->gauges->workers)),
              log_number("ms", (clock_monotonic_us() - began_us) / US_PER_MS));
    registry_published(f->registry);
    return OK;
}

/* Inside the round's transaction: from position to `now`. */
static struct err advance(struct follower *f, const struct position *now)
{
    const char *why = reason_to_load(&f->position, now);
    const char *values[] = {f->position.snapshot, f->was_lost ? f->position.at : NULL};
    struct err e = OK;

    f->changes.count = 0;
    if (why == NULL && (f->was_lost || strcmp(f->position.snapshot, now->snapshot) != 0))
        e = link_query(f->feed, SQL_REGISTER_CHANGES, values, on_change, &f->changes);
    if (err_is(e))
        return e;
    if (f->changes.count > CHANGES_MAX)
        why = "too many changes";
    if (why == NULL)
        return apply_changes(f);
    f->changes.count = 0;
    position_clear(&f->position); /* should it fail halfway, what is there now is a mixture */
    return load(f, why);
}

static struct err round_trip(struct follower *f, struct position *now)
{
    struct err e = link_query(f->feed, SQL_REGISTER_BEGIN, NULL, NULL, NULL);

    if (!err_is(e))
        e = link_query(f->feed, SQL_REGISTER_POSITION, NULL, on_position, now);
    if (!err_is(e))
        e = advance(f, now);
    if (!err_is(e))
        e = link_query(f->feed, SQL_REGISTER_COMMIT, NULL, NULL, NULL);
    return e;
}

static struct err follow_once(struct follower *f)
{
    struct position now = {0};
    struct err e = round_trip(f, &now);

    if (err_is(e)) {
        position_clear(&now);
        return e;
    }
    position_clear(&f->position);
    f->position = now;
    f->was_lost = false;
    tell_changes(f);
    beat_at_snapshot(&f->beat, now.snapshot);
    registry_reclaim(f->registry);
    return OK;
}

/* -- connections -------------------------------------------------------------------------------- */

static void disconnect(struct follower *f)
{
    link_drop(f->feed);
    link_drop(f->listen);
    beat_lost(&f->beat);
}

/* After a beat of our own the change table is not empty, and the snapshot that follows is at least
 * as fresh as that beat. */
static struct err connect_all(struct follower *f)
{
    struct err e = link_open(f->feed);

    if (!err_is(e))
        e = link_open(f->listen);
    if (!err_is(e))
        e = link_open(f->beat.link);
    if (!err_is(e))
        e = link_query(f->listen, SQL_REGISTER_LISTEN, NULL, NULL, NULL);
    if (!err_is(e))
        e = beat_first(&f->beat);
    return e;
}

static struct err catch_up(struct follower *f)
{
    struct err e = connect_all(f);
    int64_t first = f->beat.number;

    f->was_lost = true;
    if (!err_is(e))
        e = follow_once(f);
    if (!err_is(e)) {
        beat_came_back(&f->beat, f->beat.key, first); /* a load does not bring it back by itself */
        e = follow_once(f);
    }
    if (!err_is(e)) {
        f->backoff_ms = BACKOFF_MIN_MS;
        atomic_store(&f->gauges->ready, true);
    }
    return e;
}

/* -- the thread --------------------------------------------------------------------------------- */

static void empty(int fd)
{
    uint64_t count;
    ssize_t ignored = read(fd, &count, sizeof count);

    (void)ignored;
}

/* Until something is due, a connection speaks, or somebody nudges or stops us. */
static void wait_for_news(struct follower *f)
{
    struct pollfd fds[] = {{.fd = f->stop_fd, .events = POLLIN},
                           {.fd = f->wake_fd, .events = POLLIN},
                           {.fd = link_fd(f->listen), .events = POLLIN},
                           {.fd = link_fd(f->beat.link), .events = POLLIN},
                           {.fd = link_fd(f->feed), .events = POLLIN}};
    int64_t wait_us = f->poll_due_us - clock_monotonic_us(), beat_us = beat_wait_us(&f->beat);

    if (beat_us < wait_us)
        wait_us = beat_us;
    if (wait_us > 0)
        (void)poll(fds, 5, (int)(wait_us / US_PER_MS) + 1);
    if (fds[4].revents != 0)
        f->poll_due_us = 0; /* unasked, it only says that it is going away, or a setting changed */
}

/* Whether there may be something new, by whatever way we learn it. */
static struct err look_around(struct follower *f, bool *look)
{
    bool notified, committed;
    struct err e = link_notified(f->listen, link_backend(f->beat.link), &notified);

    *look = clock_monotonic_us() >= f->poll_due_us;
    empty(f->wake_fd); /* before looking at `nudged`, or a nudge between the two is slept through */
    if (atomic_exchange(&f->nudged, false)) {
        f->beat.notify_wanted = true;
        *look = true;
    }
    if (!err_is(e))
        e = beat_turn(&f->beat, &committed);
    if (!err_is(e))
        *look = *look || notified || committed;
    return e;
}

static struct err follow(struct follower *f)
{
    struct err e = catch_up(f);

    while (!err_is(e) && !atomic_load(&f->stopping)) {
        bool look;

        wait_for_news(f);
        e = look_around(f, &look);
        if (err_is(e) || !look)
            continue;
        f->poll_due_us = clock_monotonic_us() + f->options.poll_ms * US_PER_MS;
        e = follow_once(f);
    }
    return e;
}

/* Pauses grow, and differ from server to server, so that a database that comes back is not run down. */
static void pause_before_retry(struct follower *f)
{
    struct pollfd stop = {.fd = f->stop_fd, .events = POLLIN};
    int64_t jitter_ms = clock_monotonic_us() % (f->backoff_ms / 2 + 1);

    (void)poll(&stop, 1, (int)(f->backoff_ms / 2 + jitter_ms));
    f->backoff_ms = f->backoff_ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : f->backoff_ms * 2;
}

static void *follower_run(void *arg)
{
    struct follower *f = arg;

    while (!atomic_load(&f->stopping)) {
        struct err e = follow(f);

        disconnect(f);
        registry_reclaim(f->registry);
        if (atomic_load(&f->stopping))
            break;
        log_event(LOG_WARN, 0, "register_cut_off", log_text("code", err_row(e.code)->code),
                  log_text("detail", e.detail));
        pause_before_retry(f);
    }
    return NULL;
}

struct follower *follower_start(struct registry *registry, const struct follower_options *options)
{
    struct follower *f = calloc(1, sizeof *f);

    CHECK_ALLOCATED(f);
    CHECK(options->load_connections >= 1 && options->load_connections <= 8);
    CHECK(options->poll_ms > 0 && options->heartbeat_ms > 0);
    f->registry = registry;
    f->gauges = registry_gauges(registry);
    f->options = *options;
    f->conninfo = strdup(options->conninfo);
    CHECK_ALLOCATED(f->conninfo);
    f->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    f->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    CHECK(f->stop_fd >= 0 && f->wake_fd >= 0);
    f->feed = link_new(f->conninfo, f->stop_fd, FOLLOWER_SILENCE_MS);
    f->listen = link_new(f->conninfo, f->stop_fd, FOLLOWER_SILENCE_MS);
    beat_init(&f->beat, f->gauges, options->server_id, options->heartbeat_ms, options->keep_ms);
    f->beat.link = link_new(f->conninfo, f->stop_fd, FOLLOWER_SILENCE_MS);
    f->backoff_ms = BACKOFF_MIN_MS;
    CHECK(pthread_create(&f->thread, NULL, follower_run, f) == 0);
    return f;
}

static void signal_fd(int fd)
{
    uint64_t one = 1;
    ssize_t ignored = write(fd, &one, sizeof one);

    (void)ignored; /* EAGAIN: it is readable already */
}

void follower_nudge(struct follower *f)
{
    atomic_store(&f->nudged, true);
    signal_fd(f->wake_fd);
}

void follower_stop(struct follower *f)
{
    atomic_store(&f->stopping, true);
    signal_fd(f->stop_fd);
    CHECK(pthread_join(f->thread, NULL) == 0);
    link_free(f->feed);
    link_free(f->listen);
    link_free(f->beat.link);
    beat_clear(&f->beat);
    position_clear(&f->position);
    free(f->changes.rows);
    free(f->conninfo);
    close(f->stop_fd);
    close(f->wake_fd);
    free(f);
}
