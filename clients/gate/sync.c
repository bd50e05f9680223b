#include "clients/gate/sync_private.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "crypto/seal.h"

enum { QUESTION_MS = 30000, RECEIPTS_AFTER_MS = 1000, RETRY_MS = 20000 };

static const struct step_row {
    const char *name;
    enum stepped (*step)(struct sync *sync);
} steps[] = {
    {"site", sync_site},   {"trust", sync_trust}, {"rosters", sync_rosters},
    {"lists", sync_lists}, {"key", sync_key},     {"receipts", sync_hand_in},
    {"photos", sync_photos},
};
enum { STEPS = sizeof steps / sizeof steps[0], STEP_RECEIPTS = STEPS - 2 };

/* -- telling --------------------------------------------------------------------------------------- */

struct post {
    struct sync *sync;
    struct sync_news news;
};

static void on_post(void *arg)
{
    struct post *post = arg;

    post->sync->parts.news(post->sync->parts.arg, &post->news);
    free(post);
}

void sync_post(struct sync *sync, const struct sync_news *news)
{
    struct post *post = malloc(sizeof *post);

    CHECK_ALLOCATED(post);
    *post = (struct post){sync, *news};
    loop_post(sync->parts.loop, on_post, post);
}

/* "" stands for everything. */
static void tell_later(struct sync *sync, const char *name)
{
    if (sync->told_count == TOLD_TOGETHER_MAX) {
        sync->told_count = 0;
        name = "";
    }
    snprintf(sync->told[sync->told_count++], KEPT_NAME_BYTES, "%s", name);
}

void sync_tell(struct sync *sync, const char *name)
{
    struct sync_news news = {.measured = false};

    if (sync->together) {
        tell_later(sync, name);
        return;
    }
    snprintf(news.name, sizeof news.name, "%s", name);
    sync_post(sync, &news);
}

static void lock(struct sync *sync)
{
    CHECK(pthread_mutex_lock(&sync->lock) == 0);
}

static void unlock(struct sync *sync)
{
    CHECK(pthread_mutex_unlock(&sync->lock) == 0);
}

enum stepped sync_ill(struct sync *sync, const char *trouble)
{
    lock(sync);
    snprintf(sync->state.trouble, sizeof sync->state.trouble, "%s", trouble);
    unlock(sync);
    return STEPPED_ILL;
}

void sync_state(struct sync *sync, struct sync_state *state)
{
    lock(sync);
    *state = sync->state;
    unlock(sync);
}

time_us sync_clock(const struct sync *sync)
{
    return gate_time_at(&sync->time, gate_clocks_now());
}

/* -- asking ---------------------------------------------------------------------------------------- */

enum fetched sync_judge_answer(struct sync *sync, const struct answer *answer)
{
    char trouble[48];

    if (answer->end != ANSWER_CAME) {
        (void)sync_ill(sync, answer->trouble);
        if (!atomic_load(&sync->stopping))
            sync->parts.unreachable(sync->parts.arg);
        return FETCHED_NOWHERE;
    }
    if (answer->status == 200)
        return FETCHED_NEW;
    if (answer->status == 304)
        return FETCHED_SAME;
    if (answer->status == 404)
        return FETCHED_NONE;
    snprintf(trouble, sizeof trouble, "HTTP %d", answer->status);
    (void)sync_ill(sync, trouble);
    if (answer->status == 401 || answer->status == 403)
        sync->parts.unreachable(sync->parts.arg); /* nor will it answer for a scan */
    if (answer->status == 403 &&
        strcmp(json_string_at(answer->json, "code"), err_row(ERR_DEVICE_DISABLED)->code) == 0)
        return FETCHED_OUT;
    return answer->status >= 500 || answer->status == 429 ? FETCHED_NOWHERE : FETCHED_ILL;
}

enum stepped sync_ended(struct sync *sync, enum fetched fetched)
{
    switch (fetched) {
    case FETCHED_NEW:
    case FETCHED_SAME:    return STEPPED_WELL;
    case FETCHED_NONE:    return sync_ill(sync, "HTTP 404");
    case FETCHED_ILL:     return STEPPED_ILL;
    case FETCHED_NOWHERE: return STEPPED_NOWHERE;
    case FETCHED_OUT:     return STEPPED_OUT;
    }
    CHECK(false);
}

enum fetched sync_fetch(struct sync *sync, const char *name, const char *path, const char *accept,
                        struct answer *answer)
{
    struct kept_thing kept = {0};
    enum fetched fetched;

    (void)kept_find(&sync->kept, name, NULL, &kept);
    client_ask(sync->client,
               &(struct question){.path = path,
                                  .key = sync->parts.key,
                                  .accept = accept,
                                  .if_none_match = kept.etag},
               answer);
    fetched = sync_judge_answer(sync, answer);
    if (fetched != FETCHED_SAME)
        return fetched;
    if (err_is(kept_touch(&sync->kept, name, sync_clock(sync)))) {
        (void)sync_ill(sync, "the disk");
        return FETCHED_ILL;
    }
    sync_tell(sync, name);
    return FETCHED_SAME;
}

enum stepped sync_keep(struct sync *sync, const char *name, const struct answer *answer)
{
    struct kept_thing thing = {.body = {answer->body, answer->body_bytes}};
    struct err e;

    snprintf(thing.etag, sizeof thing.etag, "%s", answer->etag);
    thing.fetched_at = sync_clock(sync);
    thing.checked_at = thing.fetched_at;
    e = kept_put(&sync->kept, name, &thing);
    if (err_is(e))
        return sync_ill(sync, err_row(e.code)->code);
    sync_tell(sync, name);
    return STEPPED_WELL;
}

/* -- a round --------------------------------------------------------------------------------------- */

/* Nothing of what it was entrusted with stays with a gate that was switched off. */
static void forget_everything(struct sync *sync)
{
    log_event(LOG_ERROR, 0, "gate_switched_off");
    if (err_is(kept_drop(&sync->kept, "")))
        (void)sync_ill(sync, "the disk");
    sync_forget_photos(sync);
    sync_tell(sync, "");
}

static void note_round(struct sync *sync, const char *failed_at, bool whole)
{
    lock(sync);
    if (failed_at == NULL && whole) {
        sync->state.done_at = sync_clock(sync);
        sync->state.rounds++;
    }
    if (failed_at == NULL)
        sync->state.trouble[0] = '\0';
    snprintf(sync->state.step, sizeof sync->state.step, "%s", failed_at != NULL ? failed_at : "");
    unlock(sync);
    if (failed_at != NULL)
        log_event(LOG_WARN, 0, "sync_failed", log_text("step", failed_at),
                  log_text("why", sync->state.trouble));
}

/* Site and rosters belong together: a roster's colours were made for the site as it stood. Killed in
 * between, the gate knows neither of the new ones. */
static void begin_together(struct sync *sync)
{
    sync->told_count = 0;
    sync->together = !err_is(db_begin(&sync->kept.db));
}

static void end_together(struct sync *sync)
{
    if (!sync->together)
        return;
    sync->together = false;
    if (err_is(db_commit(&sync->kept.db))) {
        (void)sync_ill(sync, "the disk");
        return;
    }
    for (unsigned i = 0; i < sync->told_count; i++)
        sync_tell(sync, sync->told[i]);
}

/* Steps from `first` on. True when all went well. */
static bool run_round(struct sync *sync, unsigned first)
{
    const char *failed_at = NULL;

    lock(sync);
    sync->state.tried_at = sync_clock(sync);
    unlock(sync);
    sync->photos_due = sync->photos_due || first == 0;
    if (first == 0)
        begin_together(sync);
    for (unsigned i = first; i < STEPS && !atomic_load(&sync->stopping); i++) {
        enum stepped end = steps[i].step(sync);

        arena_clear(&sync->arena);
        if (end != STEPPED_WELL && failed_at == NULL)
            failed_at = steps[i].name;
        if (end == STEPPED_OUT)
            forget_everything(sync);
        if (steps[i].step == sync_rosters)
            end_together(sync);
        if (end == STEPPED_OUT || end == STEPPED_NOWHERE)
            break;
    }
    end_together(sync);
    note_round(sync, failed_at, first == 0);
    return failed_at == NULL;
}

/* -- the thread ------------------------------------------------------------------------------------ */

/* A tenth more or less, so that gates that came up together do not stay together. */
static int64_t with_jitter(int64_t ms)
{
    uint32_t dice = 0;

    if (err_is(random_bytes(&dice, sizeof dice)))
        return ms;
    return ms - ms / 10 + (int64_t)(dice % 1024) * (ms / 5) / 1024;
}

/* What is due: -1 nothing, else the first step. Waits for it. */
static int wait_for_work(struct sync *sync, int64_t until_us)
{
    struct timespec until = {until_us / US_PER_SECOND, until_us % US_PER_SECOND * 1000};
    int first = -1;

    lock(sync);
    while (!sync->asked_all && !sync->asked_receipts && !atomic_load(&sync->stopping) &&
           clock_monotonic_us() < until_us)
        (void)pthread_cond_clockwait(&sync->wake, &sync->lock, CLOCK_MONOTONIC, &until);
    if (sync->asked_all || clock_monotonic_us() >= until_us)
        first = 0;
    else if (sync->asked_receipts)
        first = STEP_RECEIPTS;
    sync->asked_all = sync->asked_all && first != 0;
    sync->asked_receipts = false;
    unlock(sync);
    return first;
}

/* Ends early when everything is asked for, or, if `receipts` count as well, when they are. */
static bool pause_unless_asked(struct sync *sync, int64_t ms, bool receipts)
{
    int64_t until_us = clock_monotonic_us() + ms * US_PER_MS;
    struct timespec until = {until_us / US_PER_SECOND, until_us % US_PER_SECOND * 1000};
    bool asked;

    lock(sync);
    while (!(asked = sync->asked_all || (receipts && sync->asked_receipts) ||
                     atomic_load(&sync->stopping)) &&
           clock_monotonic_us() < until_us)
        (void)pthread_cond_clockwait(&sync->wake, &sync->lock, CLOCK_MONOTONIC, &until);
    unlock(sync);
    return asked;
}

bool sync_is_wanted_elsewhere(struct sync *sync, int64_t pause_ms)
{
    return pause_unless_asked(sync, pause_ms, true);
}

void sync_note_photos(struct sync *sync, const struct photos_sum *sum, int64_t missing)
{
    lock(sync);
    sync->state.photos = sum->count;
    sync->state.photo_bytes = sum->bytes;
    sync->state.photos_missing = missing;
    unlock(sync);
}

static void *run(void *arg)
{
    struct sync *sync = arg;
    int64_t next_us = 0;

    while (!atomic_load(&sync->stopping)) {
        int first = wait_for_work(sync, next_us);

        if (first < 0)
            continue;
        if (first > 0)
            /* more may come with the first: one request for all of a moment's */
            (void)pause_unless_asked(sync, RECEIPTS_AFTER_MS, false);
        if (run_round(sync, (unsigned)first))
            next_us = first == 0 ? clock_monotonic_us() +
                                       with_jitter(sync->parts.settings->sync_s * 1000) * US_PER_MS
                                 : next_us;
        else
            next_us = clock_monotonic_us() + with_jitter(RETRY_MS) * US_PER_MS;
    }
    return NULL;
}

static void ask_for(struct sync *sync, bool all)
{
    lock(sync);
    sync->asked_all = sync->asked_all || all;
    sync->asked_receipts = true;
    CHECK(pthread_cond_signal(&sync->wake) == 0);
    unlock(sync);
}

void sync_now(struct sync *sync)
{
    ask_for(sync, true);
}

void sync_receipts(struct sync *sync)
{
    ask_for(sync, false);
}

/* -- opening and ending ---------------------------------------------------------------------------- */

static const char *open_files(struct sync *sync)
{
    const char *dir = sync->parts.settings->data_dir;

    if (err_is(kept_open(&sync->kept, dir)))
        return "kept.db cannot be opened";
    if (err_is(book_open_again(&sync->book, dir))) {
        kept_close(&sync->kept);
        return "receipts.db cannot be opened";
    }
    book_read_time(&sync->book, &sync->time);
    return NULL;
}

struct sync *sync_open(const struct sync_parts *parts, const char **why)
{
    struct sync *sync = calloc(1, sizeof *sync);

    CHECK_ALLOCATED(sync);
    sync->parts = *parts;
    sync->client = client_new(
        &(struct client_options){.server = parts->settings->server,
                                 .ca = parts->settings->ca[0] != '\0' ? parts->settings->ca : NULL,
                                 .timeout_ms = QUESTION_MS,
                                 .stop = &sync->stopping},
        why);
    if (sync->client != NULL)
        *why = open_files(sync);
    if (sync->client == NULL || *why != NULL) {
        client_free(sync->client);
        free(sync);
        return NULL;
    }
    arena_init(&sync->arena, SYNC_ARENA_BYTES);
    CHECK(pthread_mutex_init(&sync->lock, NULL) == 0);
    CHECK(pthread_cond_init(&sync->wake, NULL) == 0);
    CHECK(pthread_create(&sync->thread, NULL, run, sync) == 0);
    return sync;
}

void sync_stop(struct sync *sync)
{
    atomic_store(&sync->stopping, true);
    lock(sync);
    CHECK(pthread_cond_signal(&sync->wake) == 0);
    unlock(sync);
    CHECK(pthread_join(sync->thread, NULL) == 0);
}

void sync_free(struct sync *sync)
{
    if (sync == NULL)
        return;
    if (sync->has_trust)
        trust_list_clear(&sync->trust);
    arena_clear(&sync->arena);
    client_free(sync->client);
    book_close(&sync->book);
    kept_close(&sync->kept);
    CHECK(pthread_cond_destroy(&sync->wake) == 0);
    CHECK(pthread_mutex_destroy(&sync->lock) == 0);
    free(sync);
}
