/* clients/gate/sync_photos.c: the photos of everybody in the rosters that are kept, so that the guard
 * sees whose code was shown, also without network. Whose photo is in no roster any more, his file goes.
 *
 * The last step of a round, because it may take minutes at first: it makes room as soon as anybody
 * waits for another one, and goes on after that. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "clients/gate/photos.h"
#include "clients/gate/sync_private.h"
#include "domain/photo.h"

enum {
    ROSTERS_MAX = 16,
    PATH_BYTES = 96,
    PAUSE_MS = 20, /* so that fetching photos leaves the gate's requests to its scans */
    BYTES_PER_MB = 1 << 20
};

struct wanted {
    struct photo_name *names; /* heap */
    size_t count, max;
};

static void want(struct wanted *wanted, const struct roster_row *row)
{
    struct photo_name name;

    memcpy(name.hash, row->photo, sizeof name.hash);
    if (photo_name_is_none(&name))
        return;
    if (wanted->count == wanted->max) {
        wanted->max = wanted->max == 0 ? 256 : 2 * wanted->max;
        wanted->names = realloc(wanted->names, wanted->max * sizeof *wanted->names);
        CHECK_ALLOCATED(wanted->names);
    }
    wanted->names[wanted->count++] = name;
}

static void sort_once_each(struct wanted *wanted)
{
    size_t kept = 0;

    if (wanted->count == 0)
        return;
    qsort(wanted->names, wanted->count, sizeof *wanted->names, photo_name_order);
    for (size_t i = 1; i < wanted->count; i++) {
        if (photo_name_order(&wanted->names[kept], &wanted->names[i]) != 0)
            wanted->names[++kept] = wanted->names[i];
    }
    wanted->count = kept + 1;
}

/* Of every day's roster; sorted after each, so that days do not add up. */
static void collect(struct sync *sync, struct wanted *wanted)
{
    char names[ROSTERS_MAX][KEPT_NAME_BYTES];
    size_t count = kept_names(&sync->kept, "roster/", names, ROSTERS_MAX);

    for (size_t i = 0; i < count; i++) {
        struct cbor_reader rest;
        struct kept_thing kept;
        struct roster_row row;
        struct roster roster;

        if (kept_find(&sync->kept, names[i], &sync->arena, &kept) &&
            roster_read(kept.body, &roster)) {
            rest = roster.rows;
            while (roster_next(&rest, &row))
                want(wanted, &row);
        }
        arena_clear(&sync->arena);
        sort_once_each(wanted);
    }
}

static enum stepped keep(struct sync *sync, const struct photo_name *name,
                         const struct answer *answer)
{
    struct text jpeg = {answer->body, answer->body_bytes};
    struct err e;

    if (jpeg.bytes > PHOTO_BYTES_MAX || !photo_is(name, jpeg))
        return sync_ill(sync, "a photo is not the one that was asked for");
    e = photos_keep(sync->parts.settings->data_dir, name, jpeg);
    return err_is(e) ? sync_ill(sync, err_row(e.code)->code) : STEPPED_WELL;
}

/* Somebody's new photo, or that he is gone: the roster that says so comes with the next round. */
static enum stepped fetch(struct sync *sync, const struct photo_name *name, struct photos_sum *sum)
{
    char hex[PHOTO_HEX_BYTES], path[PATH_BYTES];
    struct answer answer;
    enum fetched fetched;
    enum stepped end;

    photo_name_format(name, hex);
    snprintf(path, sizeof path, "/v1/gate/photos/%s", hex);
    client_ask(sync->client,
               &(struct question){.path = path, .key = sync->parts.key, .accept = "image/jpeg"},
               &answer);
    fetched = sync_judge_answer(sync, &answer);
    if (fetched == FETCHED_NEW) {
        end = keep(sync, name, &answer);
        sum->count += end == STEPPED_WELL;
        sum->bytes += end == STEPPED_WELL ? (int64_t)answer.body_bytes : 0;
    } else {
        end = fetched == FETCHED_NONE ? STEPPED_WELL : sync_ended(sync, fetched);
    }
    answer_clear(&answer);
    return end;
}

static enum stepped fetch_missing(struct sync *sync, const struct wanted *wanted,
                                  struct photos_sum *sum)
{
    const char *dir = sync->parts.settings->data_dir;
    int64_t bytes_max = sync->parts.settings->photos_mb * BYTES_PER_MB - PHOTO_BYTES_MAX;

    for (size_t i = 0; i < wanted->count; i++) {
        enum stepped end;

        if (photos_has(dir, &wanted->names[i]))
            continue;
        if (sum->bytes > bytes_max)
            return sync_ill(sync, "there are more photos than photos_mb allows");
        end = fetch(sync, &wanted->names[i], sum);
        if (end != STEPPED_WELL)
            return end;
        if (sync_is_wanted_elsewhere(sync, PAUSE_MS))
            return STEPPED_WELL; /* photos_due still holds */
    }
    sync->photos_due = false;
    return STEPPED_WELL;
}

enum stepped sync_photos(struct sync *sync)
{
    struct wanted wanted = {0};
    struct photos_sum sum;
    enum stepped end;

    if (!sync->photos_due || !sync->has_place)
        return STEPPED_WELL;
    if (sync->parts.settings->photos_mb > 0)
        collect(sync, &wanted);
    sum = photos_prune(sync->parts.settings->data_dir, wanted.names, wanted.count);
    end = fetch_missing(sync, &wanted, &sum);
    sync_note_photos(sync, &sum, (int64_t)wanted.count - sum.count);
    free(wanted.names);
    return end;
}

void sync_forget_photos(struct sync *sync)
{
    struct photos_sum sum = photos_prune(sync->parts.settings->data_dir, NULL, 0);

    sync_note_photos(sync, &sum, 0);
}
