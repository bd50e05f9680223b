/* register/beat.c: see beat.h. */
#include "register/beat.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "register/follower.h"

enum {
    BEAT_PATIENCE_MS = 10000, /* a commit may wait for a standby; then the connection is dropped */
    CLOCK_SAMPLE_MS_MAX = 1000, /* a longer way there and back says nothing of the clocks */
    KEEP_MS = 3600 * 1000 /* when nothing else is said */
};

int64_t follower_server_key(const unsigned char server_id[16])
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */

    for (int i = 0; i < 16; i++)
        hash = (hash ^ server_id[i]) * UINT64_C(1099511628211);
    return (int64_t)(hash >> 1);
}

static void format_uuid(char text[37], const unsigned char id[16])
{
    struct build b = build_over(text, 37);

    for (int i = 0; i < 16; i++)
        build_format(&b, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", id[i]);
    CHECK(b.bytes == 36 && !b.full);
}

void beat_init(struct beat *beat, struct registry_gauges *gauges, const unsigned char server_id[16],
               int64_t every_ms, int64_t keep_ms)
{
    *beat = (struct beat){
        .gauges = gauges, .every_ms = every_ms, .keep_ms = keep_ms == 0 ? KEEP_MS : keep_ms};
    format_uuid(beat->server_id, server_id);
    beat->key = follower_server_key(server_id);
    beat->number = clock_wall_us();
    beat->first = beat->number + 1;
}

void beat_clear(struct beat *beat)
{
    free(beat->purge_until);
    free(beat->purge_next);
}

/* A beat's row tells the database's clock at a moment between sending and now. */
static bool on_beaten(void *arg, const struct text *fields)
{
    struct beat *beat = arg;
    int64_t now_us = clock_wall_us();
    time_us at;

    if (!field_time(fields[REGISTER_BEAT_AT], &at))
        return false;
    if (now_us - beat->sent_wall_us <= CLOCK_SAMPLE_MS_MAX * US_PER_MS)
        atomic_store(&beat->gauges->clock_offset_us,
                     (beat->sent_wall_us + now_us) / 2 - at);
    return true;
}

/* While there is more, the next part follows. */
static bool on_purged(void *arg, const struct text *fields)
{
    struct beat *beat = arg;
    int64_t removed;

    if (!field_int64(fields[REGISTER_PURGE_REMOVED], 0, &removed))
        return false;
    beat->purge_wanted = removed > 0;
    return true;
}

/* The parameters of register_beat. */
struct beat_values {
    char number[24], key[24];
    const char *values[3];
};

static void next_beat(struct beat *beat, struct beat_values *v)
{
    int64_t now_us = clock_monotonic_us();

    beat->number++;
    beat->sent_us[beat->number % BEATS_KEPT] = now_us;
    beat->sent_wall_us = clock_wall_us();
    beat->due_us = now_us + beat->every_ms * US_PER_MS;
    snprintf(v->number, sizeof v->number, "%lld", (long long)beat->number);
    snprintf(v->key, sizeof v->key, "%lld", (long long)beat->key);
    v->values[0] = beat->server_id;
    v->values[1] = v->number;
    v->values[2] = v->key;
}

static struct err send_beat(struct beat *beat)
{
    struct beat_values v;

    next_beat(beat, &v);
    beat->busy = BEAT_BEATING;
    beat->busy_since_us = clock_monotonic_us();
    return link_send(beat->link, SQL_REGISTER_BEAT, v.values);
}

static struct err send_notify(struct beat *beat)
{
    beat->notify_wanted = false;
    beat->busy = BEAT_NOTIFYING;
    beat->busy_since_us = clock_monotonic_us();
    return link_send(beat->link, SQL_REGISTER_NOTIFY, NULL);
}

static struct err send_purge(struct beat *beat)
{
    const char *values[] = {beat->purge_until};

    beat->purge_wanted = false;
    beat->busy = BEAT_PURGING;
    beat->busy_since_us = clock_monotonic_us();
    return link_send(beat->link, SQL_REGISTER_PURGE, values);
}

static struct err collect(struct beat *beat, bool *done)
{
    static link_row_fn *const each[] = {
        [BEAT_BEATING] = on_beaten, [BEAT_NOTIFYING] = NULL, [BEAT_PURGING] = on_purged};

    return link_collect(beat->link, each[beat->busy], beat, done);
}

struct err beat_turn(struct beat *beat, bool *committed)
{
    int64_t now_us = clock_monotonic_us();
    bool done;
    struct err e;

    *committed = false;
    if (beat->busy != BEAT_IDLE) {
        e = collect(beat, &done);
        if (err_is(e))
            return e;
        if (!done && now_us - beat->busy_since_us > BEAT_PATIENCE_MS * US_PER_MS)
            return err_detail(ERR_DATABASE_TIMEOUT, "a heartbeat does not commit");
        if (!done)
            return OK;
        *committed = beat->busy == BEAT_BEATING;
        beat->busy = BEAT_IDLE;
    }
    if (beat->notify_wanted)
        return send_notify(beat);
    if (now_us >= beat->due_us)
        return send_beat(beat);
    if (beat->purge_wanted)
        return send_purge(beat);
    return OK;
}

struct err beat_first(struct beat *beat)
{
    struct beat_values v;

    CHECK(beat->busy == BEAT_IDLE);
    next_beat(beat, &v);
    return link_query(beat->link, SQL_REGISTER_BEAT, v.values, on_beaten, beat);
}

void beat_lost(struct beat *beat)
{
    link_drop(beat->link);
    beat->busy = BEAT_IDLE;
}

int64_t beat_wait_us(const struct beat *beat)
{
    int64_t left_us = beat->due_us - clock_monotonic_us();

    if (beat->busy != BEAT_IDLE)
        return beat->every_ms * US_PER_MS; /* its descriptor tells earlier */
    return beat->notify_wanted || beat->purge_wanted || left_us < 0 ? 0 : left_us;
}

void beat_came_back(struct beat *beat, int64_t key, int64_t number)
{
    int64_t sent_us;

    if (key != beat->key || number < beat->first || number > beat->number ||
        number <= beat->number - BEATS_KEPT)
        return;
    sent_us = beat->sent_us[number % BEATS_KEPT];
    if (sent_us > atomic_load(&beat->gauges->fresh_us))
        atomic_store(&beat->gauges->fresh_us, sent_us);
}

void beat_at_snapshot(struct beat *beat, const char *snapshot)
{
    int64_t now_us = clock_monotonic_us();

    if (now_us < beat->purge_due_us)
        return;
    beat->purge_due_us = now_us + beat->keep_ms * US_PER_MS;
    free(beat->purge_until);
    beat->purge_until = beat->purge_next; /* taken keep_ms ago or earlier */
    beat->purge_next = strdup(snapshot);
    CHECK_ALLOCATED(beat->purge_next);
    beat->purge_wanted = beat->purge_until != NULL;
}
