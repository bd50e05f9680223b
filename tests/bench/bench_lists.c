/* What a status list costs: half of 2^20 slots are somebody's; all are judged, packed, compressed and
 * signed, beside zlib alone over the same bytes, in turns.
 *
 *   bench_lists ROUNDS      prints, between tabs: whole, judging, packing, compressing and signing,
 *                           zlib alone (median ms), bytes */
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/clock.h"
#include "bench/people.h"
#include "crypto/signer.h"
#include "crypto/statuslist.h"
#include "register/listing.h"
#include "register/registry_write.h"
#include "support/cases.h"
#include "support/code_maker.h"
#include "support/workforce.h"

enum { WORKERS = 1 << 19, BLOCK = 512, ROUNDS_MAX = 100, DAY_S = 86400 };
enum part { WHOLE, JUDGED, PACKED, SIGNED, ZLIB, PARTS };

static double took[PARTS][ROUNDS_MAX];
static unsigned char packed[LISTING_BYTES], deflated[2 * LISTING_BYTES];

static void fill_block(struct workforce *w, int64_t first, day_t today)
{
    const struct engaged at = engaged_at(1, 11, 20);
    struct worker_view views[BLOCK];
    struct bench_worker people[BLOCK];
    struct arena arena;

    arena_init(&arena, 4 << 20);
    for (unsigned i = 0; i < BLOCK; i++) {
        int64_t id = first + i;
        uint64_t slot = (uint64_t)id * 2654435761u % LISTING_SLOTS; /* odd: no slot twice */

        bench_worker_make(&people[i], (unsigned)id, today, 1, &arena);
        people[i].facts.version = 1;
        views[i] = (struct worker_view){.worker_id = id, .facts = people[i].facts, .engaged = &at,
                                        .engaged_count = 1, .name_masked = TEXT("张*"),
                                        .index = slot, .access_version = 1};
        registry_write_slot(w->registry, slot, slot_value(id, false, false));
    }
    registry_write_workers(w->registry, views, BLOCK);
    arena_clear(&arena);
}

static double lap(int64_t *began)
{
    int64_t now = clock_monotonic_us(), us = now - *began;

    *began = now;
    return (double)us / US_PER_MS;
}

static size_t measure(struct workforce *w, struct signer *signer, day_t today, size_t round)
{
    struct listing *l = listing_new(w->registry, TEXT("32"), 2, today);
    const struct statuslist_claims claims = {TEXT("x/lists/32/0/2026-11-22"), 1, DAY_S, 300};
    uLongf bytes = sizeof deflated;
    int64_t began = clock_monotonic_us();
    struct arena arena;
    struct text list;

    arena_init(&arena, 4 << 20);
    CHECK(survey_run(w->reader, listing_survey(l), NULL));
    took[JUDGED][round] = lap(&began);
    CHECK(listing_pack(l, 0, packed));
    took[PACKED][round] = lap(&began);
    CHECK(!err_is(statuslist_issue(signer, &claims, packed, &arena, &list)));
    took[SIGNED][round] = lap(&began);
    CHECK(compress2(deflated, &bytes, packed, sizeof packed, 6) == Z_OK);
    took[ZLIB][round] = lap(&began);
    took[WHOLE][round] = took[JUDGED][round] + took[PACKED][round] + took[SIGNED][round];
    CHECK(listing_is_whole(l));
    listing_free(l);
    bytes = list.bytes;
    arena_clear(&arena);
    return bytes;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 5, bytes = 0;
    struct workforce w = workforce_new();
    struct signer *signer = maker_signer(TOKEN_ES256);
    day_t today = on_day("2026-11-22");

    if (rounds < 1 || rounds > ROUNDS_MAX)
        return 2;
    for (int64_t first = BLOCK; first < BLOCK + WORKERS; first += BLOCK)
        fill_block(&w, first, today);
    for (size_t i = 0; i < rounds; i++)
        bytes = measure(&w, signer, today, i);
    for (int part = 0; part < PARTS; part++) {
        qsort(took[part], rounds, sizeof took[part][0], by_value);
        printf("%.1f\t", took[part][rounds / 2]);
    }
    printf("%zu\n", bytes);
    signer_close(signer);
    workforce_free(&w);
    return 0;
}
